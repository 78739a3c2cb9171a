"""Value functions as parameters only: what turns a physical quantity into a utility from 0 to 1.

The formulas are applied in `geo_engine.decide.value_functions`. Every quantity is in the SI unit of the measure. Those that ArcGIS has
in Rescale by Function carry its names and parameters (Esri, ArcGIS Pro, Spatial Analyst: "Formulas for the transformation functions").
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

__all__ = [
    "Bounded",
    "Classes",
    "Exponential",
    "Gaussian",
    "Large",
    "Linear",
    "Logarithm",
    "LogisticDecay",
    "LogisticGrowth",
    "MSLarge",
    "MSSmall",
    "Near",
    "Piecewise",
    "Power",
    "Ranges",
    "Small",
    "Step",
    "SymmetricLinear",
    "ValueFunction",
]


@dataclass(frozen=True, slots=True)
class ValueFunction:
    """A function from quantity to utility."""

    kind: ClassVar[str] = ""


@dataclass(frozen=True, slots=True)
class Bounded(ValueFunction):
    """A value function that holds between two thresholds only.

    Parameters
    ----------
    function : ValueFunction
        What holds from `lower` to `upper`, both included.
    lower, upper : float or None
        Thresholds; None where there is none.
    below, above : float or None
        Utility beyond them; None keeps the utility at the threshold.
    """

    kind: ClassVar[str] = "bounded"
    function: ValueFunction
    lower: float | None = None
    upper: float | None = None
    below: float | None = None
    above: float | None = None


@dataclass(frozen=True, slots=True)
class Linear(ValueFunction):
    """Straight line from `worst` (0) to `best` (1), flat beyond."""

    kind: ClassVar[str] = "linear"
    worst: float
    best: float


@dataclass(frozen=True, slots=True)
class SymmetricLinear(ValueFunction):
    """A tent: 0 at `minimum` and `maximum`, 1 half-way between, 0 beyond; upside down where `minimum` is above `maximum`."""

    kind: ClassVar[str] = "symmetric_linear"
    minimum: float
    maximum: float


@dataclass(frozen=True, slots=True)
class Piecewise(ValueFunction):
    """Straight lines through (quantity, utility) points in rising order of quantity, flat beyond."""

    kind: ClassVar[str] = "piecewise"
    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Step(ValueFunction):
    """`below` under the threshold `at`, `above` at it and over it."""

    kind: ClassVar[str] = "step"
    at: float
    below: float = 1.0
    above: float = 0.0


@dataclass(frozen=True, slots=True)
class Classes(ValueFunction):
    """A utility for each whole number; `other` for any other value."""

    kind: ClassVar[str] = "classes"
    utilities: Mapping[int, float]
    other: float = 0.0


@dataclass(frozen=True, slots=True)
class Ranges(ValueFunction):
    """A utility for each range (low, high, utility), its low end included and its high end not; `other` for any other value."""

    kind: ClassVar[str] = "ranges"
    ranges: tuple[tuple[float, float, float], ...]
    other: float = 0.0


@dataclass(frozen=True, slots=True)
class Gaussian(ValueFunction):
    """Bell around `midpoint`: ``exp(-spread * (q - midpoint) ** 2)``, spread in one over the unit squared."""

    kind: ClassVar[str] = "gaussian"
    midpoint: float
    spread: float


@dataclass(frozen=True, slots=True)
class Near(ValueFunction):
    """Peak at `midpoint`: ``1 / (1 + spread * (q - midpoint) ** 2)``, spread in one over the unit squared."""

    kind: ClassVar[str] = "near"
    midpoint: float
    spread: float


@dataclass(frozen=True, slots=True)
class Large(ValueFunction):
    """Large quantities are good: ``1 / (1 + (q / midpoint) ** -spread)``, one half at `midpoint`; 0 at and below 0."""

    kind: ClassVar[str] = "large"
    midpoint: float
    spread: float = 5.0


@dataclass(frozen=True, slots=True)
class Small(ValueFunction):
    """Small quantities are good: one minus `Large`."""

    kind: ClassVar[str] = "small"
    midpoint: float
    spread: float = 5.0


@dataclass(frozen=True, slots=True)
class MSLarge(ValueFunction):
    """Quantities well above the mean are good: ``1 - b s / (q - a m + b s)`` above ``a m``, else 0.

    Parameters
    ----------
    mean, sd : float
        Mean m and population standard deviation s of the quantity over the land that is compared. They are given and not
        taken from the data of a run, so that a utility means the same in every tile, region and cell size.
    mean_multiplier, sd_multiplier : float
        a and b, above 0.
    """

    kind: ClassVar[str] = "ms_large"
    mean: float
    sd: float
    mean_multiplier: float = 1.0
    sd_multiplier: float = 1.0


@dataclass(frozen=True, slots=True)
class MSSmall(MSLarge):
    """Quantities not far above the mean are good: ``b s / (q - a m + b s)`` above ``a m``, else 1."""

    kind: ClassVar[str] = "ms_small"


@dataclass(frozen=True, slots=True)
class Exponential(ValueFunction):
    """Rises slowly, then fast, from 0 at `lower` to 1 at `upper`: ``exp(base_factor * q)`` on that scale, flat beyond.

    Parameters
    ----------
    lower, upper : float
        Where the utility is 0 and 1; the other way round with `falling`.
    base_factor : float
        One over the unit; a negative one rises fast, then slowly. A shift of the quantity drops out on the scale from 0 to 1.
    falling : bool
        One minus the utility: small quantities are good.
    """

    kind: ClassVar[str] = "exponential"
    lower: float
    upper: float
    base_factor: float
    falling: bool = False


@dataclass(frozen=True, slots=True)
class Logarithm(ValueFunction):
    """Rises fast, then slowly, from 0 at `lower` to 1 at `upper`: ``log(q - shift)`` on that scale, flat beyond.

    `shift` is below `lower`; a factor before the quantity drops out on the scale from 0 to 1. `falling` as for `Exponential`.
    """

    kind: ClassVar[str] = "logarithm"
    lower: float
    upper: float
    shift: float
    falling: bool = False


@dataclass(frozen=True, slots=True)
class Power(ValueFunction):
    """Rises from 0 at `lower` to 1 at `upper` as ``(q - shift) ** exponent`` on that scale, flat beyond.

    `shift` is at most `lower`, `exponent` above 0. `falling` as for `Exponential`.
    """

    kind: ClassVar[str] = "power"
    lower: float
    upper: float
    exponent: float
    shift: float
    falling: bool = False


@dataclass(frozen=True, slots=True)
class LogisticGrowth(ValueFunction):
    """S-curve that rises from `intercept` at `minimum` to one minus `intercept` at `maximum`."""

    kind: ClassVar[str] = "logistic_growth"
    minimum: float
    maximum: float
    intercept: float = 0.01


@dataclass(frozen=True, slots=True)
class LogisticDecay(ValueFunction):
    """S-curve that falls from one minus `intercept` at `minimum` to `intercept` at `maximum`."""

    kind: ClassVar[str] = "logistic_decay"
    minimum: float
    maximum: float
    intercept: float = 0.01
