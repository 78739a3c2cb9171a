"""How uncertain weights are, as parameters only: the sets and spreads that robustness draws them from.

Weights are drawn in `geo_engine.decide.robustness`; they add up to 1 and stand in the order of the study's criteria.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

__all__ = ["DirichletWeights", "IntervalWeights", "OrderedWeights", "UniformWeights", "WeightDistribution"]


@dataclass(frozen=True, slots=True)
class WeightDistribution:
    """A distribution of weights."""

    kind: ClassVar[str] = ""


@dataclass(frozen=True, slots=True)
class UniformWeights(WeightDistribution):
    """Every set of weights is as likely as any other: nothing is known of them."""

    kind: ClassVar[str] = "uniform"


@dataclass(frozen=True, slots=True)
class IntervalWeights(WeightDistribution):
    """Every set of weights within bounds is as likely as any other.

    Parameters
    ----------
    low, high : tuple of float
        Of each criterion's share; the lows add up to 1 at most, the highs to 1 at least.
    """

    kind: ClassVar[str] = "intervals"
    low: tuple[float, ...]
    high: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class OrderedWeights(WeightDistribution):
    """Every set of weights that keeps an order of importance is as likely as any other.

    Parameters
    ----------
    groups : tuple of tuple of int
        Numbers of the criteria, the most important first; within a group nothing is known of the order.
    """

    kind: ClassVar[str] = "order"
    groups: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class DirichletWeights(WeightDistribution):
    """Weights about given ones.

    Parameters
    ----------
    shares : tuple of float
        Their mean; adds up to 1. A criterion without a share is never drawn one.
    concentration : float
        How close they keep: the standard deviation of a share w is ``sqrt(w (1 - w) / (concentration + 1))``.
    """

    kind: ClassVar[str] = "dirichlet"
    shares: tuple[float, ...]
    concentration: float
