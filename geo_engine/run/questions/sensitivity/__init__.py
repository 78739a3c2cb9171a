"""What each input of a study does to the ranking that a run found: moved one at a time, sites that come and go, shares of variance."""

from geo_engine.run.questions.sensitivity.answer import (
    InputMoved,
    MethodReversals,
    SensitivityAnswer,
    Standing,
    Turned,
    Variance,
    WeightEffect,
)
from geo_engine.run.questions.sensitivity.ask import ask_sensitivity

__all__ = [
    "InputMoved",
    "MethodReversals",
    "SensitivityAnswer",
    "Standing",
    "Turned",
    "Variance",
    "WeightEffect",
    "ask_sensitivity",
]
