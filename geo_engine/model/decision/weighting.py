"""How the weights of criteria are found, as parameters only, and what came of it.

The methods are applied in `geo_engine.decide.weights`. Numbers stand in the order of the study's criteria.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

__all__ = [
    "DataWeights",
    "DerivedWeights",
    "EqualWeights",
    "PairwiseComparison",
    "PointWeights",
    "RankOrder",
    "SwingWeights",
    "Weighting",
]


@dataclass(frozen=True, slots=True)
class Weighting:
    """A way to find weights."""

    kind: ClassVar[str] = ""


@dataclass(frozen=True, slots=True)
class EqualWeights(Weighting):
    """Every criterion counts the same."""

    kind: ClassVar[str] = "equal"


@dataclass(frozen=True, slots=True)
class PointWeights(Weighting):
    """Points for each criterion, as they are given."""

    kind: ClassVar[str] = "direct"
    points: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class SwingWeights(PointWeights):
    """Points for the swing of each criterion from its worst to its best, the most wanted swing being 100."""

    kind: ClassVar[str] = "swing"


@dataclass(frozen=True, slots=True)
class RankOrder(Weighting):
    """Criteria in order of importance.

    Parameters
    ----------
    groups : tuple of tuple of int
        Numbers of the criteria, the most important first; those of one group are equally important.
    formula : {'centroid', 'sum', 'reciprocal'}
        What the order is worth.
    """

    kind: ClassVar[str] = "rank_order"
    groups: tuple[tuple[int, ...], ...]
    formula: Literal["centroid", "sum", "reciprocal"] = "centroid"


@dataclass(frozen=True, slots=True)
class PairwiseComparison(Weighting):
    """Judgements of pairs by one person or several.

    Parameters
    ----------
    matrices : tuple of square matrices
        For each person, how many times as important the criterion of the row is as that of the column.
    persons : tuple of str
        Their names.
    """

    kind: ClassVar[str] = "ahp"
    matrices: tuple[tuple[tuple[float, ...], ...], ...]
    persons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DataWeights(Weighting):
    """Weights from how the utilities of the places compared are spread, without anybody's judgement.

    Parameters
    ----------
    formula : {'entropy', 'critic'}
        Shannon's entropy, or contrast and conflict.
    """

    kind: ClassVar[str] = "data"
    formula: Literal["entropy", "critic"]


@dataclass(frozen=True, slots=True)
class DerivedWeights:
    """Weights with what is to be known of them.

    Parameters
    ----------
    method : str
        In words: ``"ahp"``, ``"rank_order, centroid"``.
    shares : tuple of float
        0 to 1, adding up to 1.
    lambda_max, consistency_index, consistency_ratio : float or None
        Of a pairwise comparison: the principal eigenvalue, ``(lambda_max - n) / (n - 1)``, and that over the index of random matrices.
    notes : tuple of str
        What the weights were made from, where that is not in the study.
    warnings : tuple of str
        Whole sentences.
    """

    method: str
    shares: tuple[float, ...]
    lambda_max: float | None = None
    consistency_index: float | None = None
    consistency_ratio: float | None = None
    notes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
