"""The layers of a workspace: listed, added, fetched, shown, checked, and held against newer data."""

from geo_engine.run.catalogue.exporting import LayerExport, LayerFile, export_layers
from geo_engine.run.catalogue.getting.adding import Added, add_layer
from geo_engine.run.catalogue.getting.fetching import fetch_layers
from geo_engine.run.catalogue.getting.recipes import RecipeView, put_recipe, view_recipes
from geo_engine.run.catalogue.judging.checking import CheckedLayer, check_layers
from geo_engine.run.catalogue.judging.differing import LayerDiff, diff_layer
from geo_engine.run.catalogue.judging.reranked import Reranked, rerank
from geo_engine.run.catalogue.listing import CatalogueView, GapView, view_catalogue
from geo_engine.run.catalogue.network_view import NetworkView, ReachedShare
from geo_engine.run.catalogue.showing import LayerView, show_layer

__all__ = [
    "Added",
    "CatalogueView",
    "CheckedLayer",
    "GapView",
    "LayerDiff",
    "LayerExport",
    "LayerFile",
    "LayerView",
    "NetworkView",
    "ReachedShare",
    "RecipeView",
    "Reranked",
    "add_layer",
    "check_layers",
    "diff_layer",
    "export_layers",
    "fetch_layers",
    "put_recipe",
    "rerank",
    "show_layer",
    "view_catalogue",
    "view_recipes",
]
