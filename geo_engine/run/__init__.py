"""The only room that calls the others in turn: plan, tiles, areas, outputs, and questions to a finished run."""

from geo_engine.publish import best_table, gaps_sentence, near_miss_sentence
from geo_engine.run.catalogue import (
    Added,
    CatalogueView,
    CheckedLayer,
    GapView,
    LayerView,
    NetworkView,
    ReachedShare,
    add_layer,
    check_layers,
    show_layer,
    view_catalogue,
)
from geo_engine.run.comparing import Comparison, Moved, Unmatched, compare_runs
from geo_engine.run.executors import default_workers
from geo_engine.run.planning.plan import Estimate, Plan, find_regions, make_plan
from geo_engine.run.progress import Reporter, SilentReporter, reporter_for
from geo_engine.run.questions import (
    Answer,
    BackTest,
    Change,
    CheckReport,
    Source,
    StoredRun,
    WeightsAnswer,
    ask_file,
    back_test,
    check_plan,
    explain,
    open_run,
    plot_back_test,
)
from geo_engine.run.record import plain
from geo_engine.run.runner import RunOutcome, default_folder, run_study, solve
from geo_engine.workspace import ANSWERS, new_workspace, read_study, with_scenario

__all__ = [
    "ANSWERS",
    "Added",
    "Answer",
    "BackTest",
    "CatalogueView",
    "Change",
    "CheckReport",
    "CheckedLayer",
    "Comparison",
    "Estimate",
    "GapView",
    "LayerView",
    "Moved",
    "NetworkView",
    "Plan",
    "ReachedShare",
    "Reporter",
    "RunOutcome",
    "SilentReporter",
    "Source",
    "StoredRun",
    "Unmatched",
    "WeightsAnswer",
    "add_layer",
    "ask_file",
    "back_test",
    "best_table",
    "check_layers",
    "check_plan",
    "compare_runs",
    "default_folder",
    "default_workers",
    "explain",
    "find_regions",
    "gaps_sentence",
    "make_plan",
    "near_miss_sentence",
    "new_workspace",
    "open_run",
    "plain",
    "plot_back_test",
    "read_study",
    "reporter_for",
    "run_study",
    "show_layer",
    "solve",
    "view_catalogue",
    "with_scenario",
]
