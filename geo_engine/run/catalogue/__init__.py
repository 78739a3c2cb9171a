"""The layers of a workspace: listed, added, shown, checked, and held against newer data."""

from geo_engine.run.catalogue.adding import Added, add_layer
from geo_engine.run.catalogue.checking import CheckedLayer, check_layers
from geo_engine.run.catalogue.listing import CatalogueView, GapView, view_catalogue
from geo_engine.run.catalogue.network_view import NetworkView, ReachedShare
from geo_engine.run.catalogue.recipes import RecipeView, put_recipe, view_recipes
from geo_engine.run.catalogue.showing import LayerView, show_layer

__all__ = [
    "Added",
    "CatalogueView",
    "CheckedLayer",
    "GapView",
    "LayerView",
    "NetworkView",
    "ReachedShare",
    "RecipeView",
    "add_layer",
    "check_layers",
    "put_recipe",
    "show_layer",
    "view_catalogue",
    "view_recipes",
]
