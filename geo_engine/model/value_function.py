"""Value functions as parameters only: what turns a physical quantity into a utility from 0 to 1.

The formulas are applied in `geo_engine.decide.value_functions`. Every quantity is in the SI unit of the measure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

__all__ = ["Classes", "Gaussian", "Linear", "LogisticDecay", "LogisticGrowth", "Piecewise", "Step", "ValueFunction"]


@dataclass(frozen=True, slots=True)
class ValueFunction:
    """A function from quantity to utility."""

    kind: ClassVar[str] = ""


@dataclass(frozen=True, slots=True)
class Linear(ValueFunction):
    """Straight line from `worst` (0) to `best` (1), flat beyond."""

    kind: ClassVar[str] = "linear"
    worst: float
    best: float


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
class Gaussian(ValueFunction):
    """Bell around `midpoint`: ``exp(-spread * (q - midpoint) ** 2)``, spread in one over the unit squared."""

    kind: ClassVar[str] = "gaussian"
    midpoint: float
    spread: float


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
