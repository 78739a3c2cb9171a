"""Questions to a study before it runs and to a run that is finished: what will it do, why this place, what is there."""

from geo_engine.run.questions.ask import Answer, BackTest, Source, ask_file, back_test, explain
from geo_engine.run.questions.catalogue import CatalogueView, LayerView, show_layer, view_catalogue
from geo_engine.run.questions.check import CheckReport, check_plan
from geo_engine.run.questions.network_view import NetworkView, ReachedShare
from geo_engine.run.questions.stored import StoredRun, open_run

__all__ = [
    "Answer",
    "BackTest",
    "CatalogueView",
    "CheckReport",
    "LayerView",
    "NetworkView",
    "ReachedShare",
    "Source",
    "StoredRun",
    "ask_file",
    "back_test",
    "check_plan",
    "explain",
    "open_run",
    "show_layer",
    "view_catalogue",
]
