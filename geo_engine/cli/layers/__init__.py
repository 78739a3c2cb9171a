"""The verbs of layers: what a workspace holds, what is in each, what is wrong with it, how to get more."""

from geo_engine.cli.layers.adding import layers_add
from geo_engine.cli.layers.checking import layers_check
from geo_engine.cli.layers.differing import layers_diff
from geo_engine.cli.layers.exporting import layers_export
from geo_engine.cli.layers.fetching import layers_fetch
from geo_engine.cli.layers.group import layers
from geo_engine.cli.layers.recipes import layers_recipes
from geo_engine.cli.layers.showing import layers_list, layers_show

__all__ = [
    "layers",
    "layers_add",
    "layers_check",
    "layers_diff",
    "layers_export",
    "layers_fetch",
    "layers_list",
    "layers_recipes",
    "layers_show",
]
