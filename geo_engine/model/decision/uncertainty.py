"""How uncertain weights are, as parameters only: the sets and spreads that robustness draws them from.

Weights are drawn in `geo_engine.decide.robustness`; they add up to 1 and stand in the order of the study's criteria. Positions
and sizes are drawn in `geo_engine.run.robustness`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar, Literal

__all__ = [
    "DirichletWeights",
    "IntervalWeights",
    "OrderedWeights",
    "Robustness",
    "SizeSpread",
    "UniformWeights",
    "WeightDistribution",
    "WeightSpread",
]


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


@dataclass(frozen=True, slots=True)
class WeightSpread:
    """How far the weights of a study may be off, said before the weights themselves are known.

    Parameters
    ----------
    distribution : {'dirichlet', 'intervals', 'order', 'uniform'}
        About the study's weights; within a share of each; in their order of importance; any weights at all.
    concentration : float or None
        Of a Dirichlet distribution; see `DirichletWeights`.
    relative : float or None
        Of intervals: each weight w lies within ``w (1 - relative)`` and ``w (1 + relative)``, at most 1.
    groups : tuple of tuple of int
        Of an order that is given, as in `OrderedWeights`; empty takes the order of the study's weights.
    """

    distribution: Literal["dirichlet", "intervals", "order", "uniform"] = "dirichlet"
    concentration: float | None = None
    relative: float | None = None
    groups: tuple[tuple[int, ...], ...] = ()

    def about(self, shares: tuple[float, ...]) -> WeightDistribution:
        """Give the distribution about weights that add up to 1.

        >>> WeightSpread("intervals", relative=0.5).about((0.4, 0.6))
        IntervalWeights(low=(0.2, 0.3), high=(0.6000000000000001, 0.8999999999999999))
        >>> WeightSpread("order").about((0.2, 0.6, 0.2))
        OrderedWeights(groups=((1,), (0, 2)))
        """
        if self.distribution == "uniform":
            return UniformWeights()
        if self.distribution == "intervals":
            off = self.relative or 0.0
            return IntervalWeights(tuple(w * (1.0 - off) for w in shares), tuple(min(w * (1.0 + off), 1.0) for w in shares))
        if self.distribution == "order":
            levels = sorted(set(shares), reverse=True)
            found = tuple(tuple(number for number, share in enumerate(shares) if share == level) for level in levels)
            return OrderedWeights(self.groups or found)
        return DirichletWeights(shares, self.concentration or 1.0)

    def text(self) -> str:
        """Say it in a few words.

        >>> WeightSpread("dirichlet", concentration=100.0).text()
        'Dirichlet about the weights, concentration 100'
        """
        return {
            "dirichlet": f"Dirichlet about the weights, concentration {self.concentration or 0:g}",
            "intervals": f"even within {self.relative or 0:.4g} of each weight",
            "order": "even among those that keep the order of importance",
            "uniform": "even among all weights",
        }[self.distribution]


@dataclass(frozen=True, slots=True)
class SizeSpread:
    """How far sizes in a column may be off.

    Parameters
    ----------
    layer, where : str, str or None
        The features, and a filter that names those whose size is uncertain.
    column : str
        Their size.
    spread : float
        Relative standard deviation: a size is multiplied by a log-normal factor with mean 1 and this standard deviation.
    source : str
        Where the spread comes from; judgement says so.
    """

    layer: str
    column: str
    spread: float
    where: str | None = None
    source: str = ""


@dataclass(frozen=True, slots=True)
class Robustness:
    """What is drawn to find how sure a ranking is.

    Parameters
    ----------
    draws : int
        Of weights.
    seed : int
        Of all random numbers.
    data_draws : int
        Of positions and sizes; draw d of the weights goes with draw ``d % data_draws`` of the data.
    weights : WeightSpread
        How uncertain weights are.
    volumes : tuple of SizeSpread
        How uncertain sizes are; of several that hold for a feature the first counts. Positions are uncertain by what layers state.
    surface : bool
        Whether to find for each cell how often it is among the best.
    """

    draws: int = 10_000
    seed: int = 1
    data_draws: int = 200
    weights: WeightSpread = field(default_factory=lambda: WeightSpread("dirichlet", concentration=100.0))
    volumes: tuple[SizeSpread, ...] = ()
    surface: bool = True
