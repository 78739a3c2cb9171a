"""Tables of value functions: ``value`` of a criterion, one for each function."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from itertools import pairwise
from typing import Annotated, Any, ClassVar, Self

from pydantic import BeforeValidator, Field, ValidationInfo, model_validator

from geo_engine.model import (
    Bounded,
    Classes,
    Exponential,
    Gaussian,
    Large,
    Linear,
    Logarithm,
    LogisticDecay,
    LogisticGrowth,
    MSLarge,
    MSSmall,
    Near,
    Piecewise,
    Power,
    Ranges,
    Small,
    Step,
    SymmetricLinear,
    ValueFunction,
)
from geo_engine.workspace.schema.base import Measured, Share, Table, context_of, in_unit, quantity, refuse

__all__ = ["FUNCTIONS", "FunctionTable"]

_DECADE = math.log(10.0)  # ArcGIS fits its curves to its default scale, from 1 to 10


class FunctionTable(Table):
    """A value function; its quantities are in the unit of the measure."""

    function: str

    def noun(self) -> ValueFunction:
        """Make the value function; each kind has its own."""
        raise NotImplementedError


class CurveTable(FunctionTable):
    """A value function that may hold between two thresholds only."""

    lower: Measured | None = None
    upper: Measured | None = None
    value_below: Share | None = None
    value_above: Share | None = None

    @model_validator(mode="after")
    def _thresholds(self) -> Self:
        if self.lower is not None and self.upper is not None and not self.lower < self.upper:
            what = "lower is not below upper"
            raise refuse(what, "lower < upper")
        for value, key, end in ((self.value_below, "value_below", "lower"), (self.value_above, "value_above", "upper")):
            if value is not None and getattr(self, end) is None:
                what = f"{key} says what holds beyond a threshold, and there is no {end}"
                raise refuse(what, remedy=f"give {end} too")
        return self

    def noun(self) -> ValueFunction:
        """Make the curve, and its thresholds around it where they say more than the curve does."""
        said = [self.value_below, self.value_above] + ([] if isinstance(self, ScaledTable) else [self.lower, self.upper])
        curve = self.curve()
        if all(value is None for value in said):
            return curve
        return Bounded(curve, self.lower, self.upper, self.value_below, self.value_above)

    def curve(self) -> ValueFunction:
        """Make the curve; each kind has its own."""
        raise NotImplementedError


class LinearTable(CurveTable):
    worst: Measured
    best: Measured

    @model_validator(mode="after")
    def _two_ends(self) -> Self:
        if self.worst == self.best:
            what = "worst and best are the same, so the function tells nothing apart"
            raise refuse(what, "two different quantities")
        return self

    def curve(self) -> ValueFunction:
        return Linear(self.worst, self.best)


class SymmetricLinearTable(CurveTable):
    minimum: Measured
    maximum: Measured

    @model_validator(mode="after")
    def _two_ends(self) -> Self:
        if self.minimum == self.maximum:
            what = "minimum and maximum are the same, so the function tells nothing apart"
            raise refuse(what, "two different quantities")
        return self

    def curve(self) -> ValueFunction:
        return SymmetricLinear(self.minimum, self.maximum)


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


class PiecewiseTable(CurveTable):
    points: Annotated[Any, BeforeValidator(_points)]

    def curve(self) -> ValueFunction:
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


def _ranges(value: object, info: ValidationInfo) -> tuple[tuple[float, float, float], ...]:
    if not isinstance(value, list) or not value or not all(isinstance(row, list) and len(row) == 3 for row in value):  # noqa: PLR2004 - triples
        what = "ranges are rows of a low end, a high end and a utility"
        raise refuse(what, '[["0 km", "5 km", 1.0], ["5 km", "20 km", 0.4]]')
    dimension = context_of(info).dimension
    ranges = tuple((quantity(low, dimension), quantity(high, dimension), quantity(worth, "number")) for low, high, worth in value)
    for low, high, worth in ranges:
        if not low < high:
            what = "the low end of a range is not below its high end"
            raise refuse(what, "low < high")
        if not 0 <= worth <= 1:
            what = "a utility is outside 0 to 1"
            raise refuse(what, "0 is worst, 1 is best")
    for (_, high, _), (low, _, _) in pairwise(ranges):
        if low < high:
            what = "ranges overlap or do not rise"
            raise refuse(what, "each range from the end of the one before it, or above")
    return ranges


class RangesTable(FunctionTable):
    filled: ClassVar[Mapping[str, str]] = {"other": "0"}
    ranges: Annotated[Any, BeforeValidator(_ranges)]
    other: Share = 0.0

    @model_validator(mode="after")
    def _tells_apart(self) -> Self:
        if {worth for _, _, worth in self.ranges} == {self.other}:
            what = "all ranges have the same utility as any other value, so the function tells nothing apart"
            raise refuse(what)
        return self

    def noun(self) -> ValueFunction:
        return Ranges(self.ranges, self.other)


class GaussianTable(CurveTable):
    midpoint: Measured
    spread: Annotated[float, Field(gt=0)]

    def curve(self) -> ValueFunction:
        return Gaussian(self.midpoint, self.spread)


class NearTable(GaussianTable):
    def curve(self) -> ValueFunction:
        return Near(self.midpoint, self.spread)


class LargeTable(CurveTable):
    filled: ClassVar[Mapping[str, str]] = {"spread": "5"}
    midpoint: Annotated[Measured, Field(gt=0)]
    spread: Annotated[float, Field(gt=0)] = 5.0

    def curve(self) -> ValueFunction:
        return Large(self.midpoint, self.spread)


class SmallTable(LargeTable):
    def curve(self) -> ValueFunction:
        return Small(self.midpoint, self.spread)


class MSLargeTable(CurveTable):
    filled: ClassVar[Mapping[str, str]] = {"mean_multiplier": "1", "sd_multiplier": "1"}
    mean: Measured | None = None
    sd: Annotated[Measured, Field(gt=0)] | None = None
    mean_multiplier: Annotated[float, Field(gt=0)] = 1.0
    sd_multiplier: Annotated[float, Field(gt=0)] = 1.0

    @model_validator(mode="after")
    def _given(self) -> Self:
        self._moments()
        return self

    def _moments(self) -> tuple[float, float]:
        if self.mean is None or self.sd is None:
            what = f"{self.function} needs the mean and the population standard deviation (sd) of the quantity over the land compared"
            remedy = "'gdalinfo -stats FILE' prints both for a raster; for another measure take them from the values of a table of sites"
            raise refuse(what, 'mean = "12 km", sd = "7 km"', remedy)
        return self.mean, self.sd

    def curve(self) -> ValueFunction:
        return MSLarge(*self._moments(), self.mean_multiplier, self.sd_multiplier)


class MSSmallTable(MSLargeTable):
    def curve(self) -> ValueFunction:
        return MSSmall(*self._moments(), self.mean_multiplier, self.sd_multiplier)


class ScaledTable(CurveTable):
    """A curve without ends of its own: the thresholds are where its utility is 0 and 1."""

    lower: Measured
    upper: Measured
    falling: bool = False


class ExponentialTable(ScaledTable):
    filled: ClassVar[Mapping[str, str]] = {"base_factor": "ln 10 / (upper - lower), as ArcGIS fits it", "falling": "false"}
    base_factor: float | None = None

    @model_validator(mode="after")
    def _bent(self) -> Self:
        if self.base_factor == 0:
            what = "a base_factor of 0 is no curve"
            raise refuse(what, "above 0 (slowly, then fast) or below 0 (fast, then slowly), in one over the SI unit")
        return self

    def curve(self) -> ValueFunction:
        fitted = _DECADE / (self.upper - self.lower)
        return Exponential(self.lower, self.upper, fitted if self.base_factor is None else self.base_factor, self.falling)


class LogarithmTable(ScaledTable):
    filled: ClassVar[Mapping[str, str]] = {"shift": "lower - (upper - lower) / (e^9 - 1), the curve from 1 to 10", "falling": "false"}
    shift: Measured | None = None

    @model_validator(mode="after")
    def _has_a_logarithm(self) -> Self:
        if self.shift is not None and not self.shift < self.lower:
            what = "shift is not below lower, and what is not above 0 has no logarithm"
            raise refuse(what, "shift < lower")
        return self

    def curve(self) -> ValueFunction:
        fitted = self.lower - (self.upper - self.lower) / math.expm1(9.0)
        return Logarithm(self.lower, self.upper, fitted if self.shift is None else self.shift, self.falling)


class PowerTable(ScaledTable):
    filled: ClassVar[Mapping[str, str]] = {"shift": "lower", "falling": "false"}
    exponent: Annotated[float, Field(gt=0)]
    shift: Measured | None = None

    @model_validator(mode="after")
    def _has_a_power(self) -> Self:
        if self.shift is not None and self.shift > self.lower:
            what = "shift is above lower, and a negative number has no power"
            raise refuse(what, "shift at or below lower")
        return self

    def curve(self) -> ValueFunction:
        return Power(self.lower, self.upper, self.exponent, self.lower if self.shift is None else self.shift, self.falling)


class LogisticGrowthTable(CurveTable):
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

    def curve(self) -> ValueFunction:
        return LogisticGrowth(self.minimum, self.maximum, self.intercept)


class LogisticDecayTable(LogisticGrowthTable):
    def curve(self) -> ValueFunction:
        return LogisticDecay(self.minimum, self.maximum, self.intercept)


FUNCTIONS: Mapping[str, type[FunctionTable]] = {
    "linear": LinearTable,
    "piecewise": PiecewiseTable,
    "step": StepTable,
    "classes": ClassesTable,
    "ranges": RangesTable,
    "exponential": ExponentialTable,
    "gaussian": GaussianTable,
    "large": LargeTable,
    "logarithm": LogarithmTable,
    "logistic_decay": LogisticDecayTable,
    "logistic_growth": LogisticGrowthTable,
    "ms_large": MSLargeTable,
    "ms_small": MSSmallTable,
    "near": NearTable,
    "power": PowerTable,
    "small": SmallTable,
    "symmetric_linear": SymmetricLinearTable,
}
