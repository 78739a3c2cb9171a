"""Tables of value functions: ``value`` of a criterion, one for each function."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import pairwise
from typing import Annotated, Any, ClassVar, Self

from pydantic import BeforeValidator, Field, ValidationInfo, model_validator

from geo_engine.model import (
    Classes,
    Gaussian,
    Linear,
    LogisticDecay,
    LogisticGrowth,
    Piecewise,
    Step,
    ValueFunction,
)
from geo_engine.workspace.schema.base import Measured, Share, Table, context_of, in_unit, quantity, refuse

__all__ = ["FUNCTIONS", "FunctionTable"]


class FunctionTable(Table):
    """A value function; its quantities are in the unit of the measure."""

    function: str

    def noun(self) -> ValueFunction:
        """Make the value function; each kind has its own."""
        raise NotImplementedError


class LinearTable(FunctionTable):
    worst: Measured
    best: Measured

    @model_validator(mode="after")
    def _two_ends(self) -> Self:
        if self.worst == self.best:
            what = "worst and best are the same, so the function tells nothing apart"
            raise refuse(what, "two different quantities")
        return self

    def noun(self) -> ValueFunction:
        return Linear(self.worst, self.best)


def _points(value: object, info: ValidationInfo) -> tuple[tuple[float, float], ...]:
    if not isinstance(value, list) or not all(isinstance(point, list) and len(point) == 2 for point in value) or len(value) < 2:  # noqa: PLR2004 - pairs
        what = "points are two or more pairs of a quantity and a utility"
        raise refuse(what, '[["1 km", 1.0], ["25 km", 0.0]]')
    points = tuple((quantity(at, context_of(info).dimension), quantity(utility, "number")) for at, utility in value)
    for (low, _), (high, _) in pairwise(points):
        if not low < high:
            what = "quantities of points do not rise"
            raise refuse(what, "each quantity above the one before it")
    utilities = {utility for _, utility in points}
    if min(utilities) < 0 or max(utilities) > 1:
        what = "a utility is outside 0 to 1"
        raise refuse(what, "0 is worst, 1 is best")
    if len(utilities) == 1:
        what = "all points have the same utility, so the function tells nothing apart"
        raise refuse(what)
    return points


class PiecewiseTable(FunctionTable):
    points: Annotated[Any, BeforeValidator(_points)]

    def noun(self) -> ValueFunction:
        return Piecewise(self.points)


class StepTable(FunctionTable):
    filled: ClassVar[Mapping[str, str]] = {"below": "1", "above": "0"}
    at: Measured
    below: Share = 1.0
    above: Share = 0.0

    @model_validator(mode="after")
    def _a_step(self) -> Self:
        if self.below == self.above:
            what = "below and above are the same, so the function tells nothing apart"
            raise refuse(what)
        return self

    def noun(self) -> ValueFunction:
        return Step(self.at, self.below, self.above)


def _utilities(value: object) -> dict[int, float]:
    if not isinstance(value, dict) or not value:
        what = "utilities are a table of whole numbers"
        raise refuse(what, '{ "1" = 1.0, "2" = 0.4 }')
    utilities = {}
    for key, utility in value.items():
        if not re.fullmatch(r"[-+]?\d{1,9}", str(key)):
            what = f"class '{key}' is not a whole number"
            raise refuse(what, '{ "1" = 1.0, "2" = 0.4 }')
        utilities[int(key)] = quantity(utility, "number")
        if not 0 <= utilities[int(key)] <= 1:
            what = f"the utility of class '{key}' is outside 0 to 1"
            raise refuse(what, "0 is worst, 1 is best")
    return utilities


class ClassesTable(FunctionTable):
    filled: ClassVar[Mapping[str, str]] = {"other": "0"}
    utilities: Annotated[Any, BeforeValidator(_utilities)]
    other: Share = 0.0

    @model_validator(mode="after")
    def _tells_apart(self) -> Self:
        if {*self.utilities.values()} == {self.other}:
            what = "all classes have the same utility as any other value, so the function tells nothing apart"
            raise refuse(what)
        return self

    def noun(self) -> ValueFunction:
        return Classes(self.utilities, self.other)


class GaussianTable(FunctionTable):
    midpoint: Measured
    spread: Annotated[float, Field(gt=0)]

    def noun(self) -> ValueFunction:
        return Gaussian(self.midpoint, self.spread)


class LogisticGrowthTable(FunctionTable):
    filled: ClassVar[Mapping[str, str]] = {"intercept": "1 %"}
    minimum: Measured
    maximum: Measured
    intercept: Annotated[float, in_unit("share"), Field(gt=0, lt=0.5)] = 0.01

    @model_validator(mode="after")
    def _rising(self) -> Self:
        if not self.minimum < self.maximum:
            what = "minimum is not below maximum"
            raise refuse(what, "minimum < maximum")
        return self

    def noun(self) -> ValueFunction:
        return LogisticGrowth(self.minimum, self.maximum, self.intercept)


class LogisticDecayTable(LogisticGrowthTable):
    def noun(self) -> ValueFunction:
        return LogisticDecay(self.minimum, self.maximum, self.intercept)


FUNCTIONS: Mapping[str, type[FunctionTable]] = {
    "linear": LinearTable,
    "piecewise": PiecewiseTable,
    "step": StepTable,
    "classes": ClassesTable,
    "gaussian": GaussianTable,
    "logistic_growth": LogisticGrowthTable,
    "logistic_decay": LogisticDecayTable,
}
