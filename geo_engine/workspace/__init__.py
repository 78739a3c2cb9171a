"""Text and bytes to nouns: study files, profiles and layer files; vector and raster data, read, repaired and projected."""

from geo_engine.workspace.catalogue import Catalogue, hash_file, hash_sources, masked, read_catalogue
from geo_engine.workspace.data import EmptyWindowError, count_rows, open_raster, read_features
from geo_engine.workspace.example import new_workspace
from geo_engine.workspace.places import Rivals, find_region, read_rivals, region_names
from geo_engine.workspace.remote.download import Limits
from geo_engine.workspace.remote.fetch import Fetched, fetch_layer
from geo_engine.workspace.sections import with_scenario
from geo_engine.workspace.study import read_study
from geo_engine.workspace.toml_file import find_workspace

__all__ = [
    "Catalogue",
    "EmptyWindowError",
    "Fetched",
    "Limits",
    "Rivals",
    "count_rows",
    "fetch_layer",
    "find_region",
    "find_workspace",
    "hash_file",
    "hash_sources",
    "masked",
    "new_workspace",
    "open_raster",
    "read_catalogue",
    "read_features",
    "read_rivals",
    "read_study",
    "region_names",
    "with_scenario",
]
