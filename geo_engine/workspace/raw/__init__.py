"""Data before they are a layer: a first look, a draft of the layer's file, and rows as the source has them."""

from geo_engine.workspace.raw.columns import ColumnFacts, Coordinates, column_facts, coordinates_in, identifier_of
from geo_engine.workspace.raw.draft import ANSWERS, criterion_for, layer_name, toml_for
from geo_engine.workspace.raw.look import Look, RasterFacts, crs_name, look_at, raster_facts
from geo_engine.workspace.raw.placing import place_layer
from geo_engine.workspace.raw.ready import not_here, refuse_unready
from geo_engine.workspace.raw.recipes import Recipe, read_recipes, recipe_called, write_recipe
from geo_engine.workspace.raw.rows import Raw, raw_rows

__all__ = [
    "ANSWERS",
    "ColumnFacts",
    "Coordinates",
    "Look",
    "RasterFacts",
    "Raw",
    "Recipe",
    "column_facts",
    "coordinates_in",
    "criterion_for",
    "crs_name",
    "identifier_of",
    "layer_name",
    "look_at",
    "not_here",
    "place_layer",
    "raster_facts",
    "raw_rows",
    "read_recipes",
    "recipe_called",
    "refuse_unready",
    "toml_for",
    "write_recipe",
]
