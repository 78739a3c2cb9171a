"""How the utilities of the criteria become one score, as parameters only.

The methods are applied in `geo_engine.decide.combine`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

__all__ = ["Combination", "Fuzzy", "Minimum", "OrderedAverage", "QuantifierAverage", "Topsis", "WeightedProduct", "WeightedSum"]


@dataclass(frozen=True, slots=True)
class Combination:
    """A way to combine utilities."""

    kind: ClassVar[str] = ""


@dataclass(frozen=True, slots=True)
class WeightedSum(Combination):
    """Weights times utilities, added: what is bad can be made up for in full."""

    kind: ClassVar[str] = "weighted_sum"


@dataclass(frozen=True, slots=True)
class WeightedProduct(Combination):
    """Utilities to the power of their weights, multiplied: one worst value makes the whole worst."""

    kind: ClassVar[str] = "weighted_product"


@dataclass(frozen=True, slots=True)
class OrderedAverage(Combination):
    """Weighted average by rank within the place: order weights go to the best utility first, the worst last."""

    kind: ClassVar[str] = "owa"
    order_weights: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class QuantifierAverage(Combination):
    """Ordered average led by the quantifier ``share ** alpha``: 0 the best utility alone, 1 the weighted sum, large the worst."""

    kind: ClassVar[str] = "owa"
    alpha: float


@dataclass(frozen=True, slots=True)
class Topsis(Combination):
    """Nearness to the ideal against the worst.

    Parameters
    ----------
    normalisation : {'vector', 'minmax'}
        How columns of a table of sites are made comparable. On a surface the ideal is a utility of 1 in every criterion and
        the worst 0, so that a cell's score does not depend on other cells, and the normalisation plays no part.
    """

    kind: ClassVar[str] = "topsis"
    normalisation: Literal["vector", "minmax"] = "vector"


@dataclass(frozen=True, slots=True)
class Fuzzy(Combination):
    """Fuzzy operators; a weight only says whether a criterion takes part, which it does above 0.

    Parameters
    ----------
    operator : {'and', 'or', 'product', 'sum', 'gamma'}
        The least, the greatest, the product, one minus the product of what is missing, and between the last two.
    gamma : float
        0 is the product, 1 the sum.
    """

    kind: ClassVar[str] = "fuzzy"
    operator: Literal["and", "or", "product", "sum", "gamma"]
    gamma: float = 0.9


@dataclass(frozen=True, slots=True)
class Minimum(Combination):
    """The limiting factor: a place is worth its worst criterion of those with a weight."""

    kind: ClassVar[str] = "minimum"
