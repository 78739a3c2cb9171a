"""Why a place scores what it scores, by which features, and what would have to change for another rank."""

from geo_engine.run.questions.explanation.answer import Answer, Source, answer_for
from geo_engine.run.questions.explanation.cells import best_near, points_of
from geo_engine.run.questions.explanation.change import Change, ValueChange, WeightMove, WeightsAnswer
from geo_engine.run.questions.explanation.explain import explain
from geo_engine.run.questions.explanation.sureness import Sureness

__all__ = [
    "Answer",
    "Change",
    "Source",
    "Sureness",
    "ValueChange",
    "WeightMove",
    "WeightsAnswer",
    "answer_for",
    "best_near",
    "explain",
    "points_of",
]
