"""Text and bytes to nouns: study files, profiles and layer files; vector and raster data, read, repaired and projected."""

from typing import TYPE_CHECKING

from geo_engine.doors import opened

if TYPE_CHECKING:
    from geo_engine.workspace.catalogue import Catalogue, hash_file, hash_sources, is_address, masked, read_catalogue
    from geo_engine.workspace.data import EmptyWindowError, count_rows, open_raster, read_features
    from geo_engine.workspace.data.geometry import project
    from geo_engine.workspace.data.raster import raster_file
    from geo_engine.workspace.example import new_workspace
    from geo_engine.workspace.faults import CODES, Area, Finding, find_faults
    from geo_engine.workspace.places import Rivals, find_region, read_rivals, region_names
    from geo_engine.workspace.plugged import Plugin, hash_plugin, list_plugins, load_plugin
    from geo_engine.workspace.raw import (
        ANSWERS,
        ColumnFacts,
        Look,
        RasterFacts,
        Raw,
        Recipe,
        column_facts,
        criterion_for,
        layer_name,
        look_at,
        not_here,
        place_layer,
        raster_facts,
        raw_rows,
        read_recipes,
        recipe_called,
        refuse_unready,
        toml_for,
        write_recipe,
    )
    from geo_engine.workspace.remote.download import Limits
    from geo_engine.workspace.remote.fetch import Fetched, fetch_layer
    from geo_engine.workspace.sections import with_scenario
    from geo_engine.workspace.study import read_study
    from geo_engine.workspace.toml_file import find_workspace
else:
    __getattr__ = opened(__name__, __file__)

__all__ = [
    "ANSWERS",
    "CODES",
    "Area",
    "Catalogue",
    "ColumnFacts",
    "EmptyWindowError",
    "Fetched",
    "Finding",
    "Limits",
    "Look",
    "Plugin",
    "RasterFacts",
    "Raw",
    "Recipe",
    "Rivals",
    "column_facts",
    "count_rows",
    "criterion_for",
    "fetch_layer",
    "find_faults",
    "find_region",
    "find_workspace",
    "hash_file",
    "hash_plugin",
    "hash_sources",
    "is_address",
    "layer_name",
    "list_plugins",
    "load_plugin",
    "look_at",
    "masked",
    "new_workspace",
    "not_here",
    "open_raster",
    "place_layer",
    "project",
    "raster_facts",
    "raster_file",
    "raw_rows",
    "read_catalogue",
    "read_features",
    "read_recipes",
    "read_rivals",
    "read_study",
    "recipe_called",
    "refuse_unready",
    "region_names",
    "toml_for",
    "with_scenario",
    "write_recipe",
]
