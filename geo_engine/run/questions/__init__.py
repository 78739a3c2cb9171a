"""Questions to a study before it runs and to a run that is finished: what will it do, why this place."""

from geo_engine.run.questions.backtest import BackTest, back_test, plot_back_test
from geo_engine.run.questions.check import CheckReport, check_plan
from geo_engine.run.questions.explanation import Answer, Change, Source, Sureness, WeightsAnswer, explain
from geo_engine.run.questions.planned import InputState, NetworkState, RunPlan, StagePlan, plan_run
from geo_engine.run.questions.rivals import BestArea, Rival, ask_file, ask_rivals
from geo_engine.run.questions.sensitivity import InputMoved, SensitivityAnswer, Variance, ask_sensitivity
from geo_engine.run.questions.stored import StoredRun, open_run, run_in_memory, study_of_run, weigh_again

__all__ = [
    "Answer",
    "BackTest",
    "BestArea",
    "Change",
    "CheckReport",
    "InputMoved",
    "InputState",
    "NetworkState",
    "Rival",
    "RunPlan",
    "SensitivityAnswer",
    "Source",
    "StagePlan",
    "StoredRun",
    "Sureness",
    "Variance",
    "WeightsAnswer",
    "ask_file",
    "ask_rivals",
    "ask_sensitivity",
    "back_test",
    "check_plan",
    "explain",
    "open_run",
    "plan_run",
    "plot_back_test",
    "run_in_memory",
    "study_of_run",
    "weigh_again",
]
