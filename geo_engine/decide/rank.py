"""Scores of areas from the quantities of their cells, and ranks with ties told."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from geo_engine.decide.combine import attribution
from geo_engine.decide.overlay import WEIGHTED_SUM, criterion_utility
from geo_engine.model import Combination, Contribution, Criterion, WeightedSum

__all__ = ["contributions", "percentile_below", "ranks"]


def contributions(
    criteria: Sequence[Criterion],
    weights: Sequence[float],
    quantities: Sequence[NDArray[np.float32]],
    combination: Combination = WEIGHTED_SUM,
    cell_weights: NDArray[np.float64] | None = None,
) -> tuple[Contribution, ...]:
    """Explain the score of an area: what each criterion adds.

    Parameters
    ----------
    criteria, weights : sequences
        Criteria and their shares.
    quantities : sequence of float32 ndarray, shape (cells,)
        For each criterion, the quantity at each cell of the area (one cell for a point).
    combination : Combination
        How the score is made; see `attribution` for the shares of a method that is no sum.
    cell_weights : float64 ndarray, shape (cells,), optional
        What each cell counts, adding up to 1: the share of a plot that lies in it. All alike by default.

    Returns
    -------
    tuple of Contribution
        Mean quantity and mean utility over the cells; the points add up to the score. A NaN utility makes NaN points.

    Examples
    --------
    >>> from geo_engine.model import Distance, Linear
    >>> criterion = Criterion("Distance to port", Distance(layer="ports"), Linear(worst=20000.0, best=0.0), 1.0, "near is good")
    >>> [part] = contributions([criterion], [1.0], [np.array([0.0, 10000.0], np.float32)])
    >>> part.value, part.utility, part.points
    (5000.0, 0.75, 75.0)
    """
    parts = []
    utilities = [criterion_utility(criterion, quantity) for criterion, quantity in zip(criteria, quantities, strict=True)]
    means = [_mean(worth, cell_weights) for worth in utilities]
    if isinstance(combination, WeightedSum):
        points = [100.0 * weight * worth for weight, worth in zip(weights, means, strict=True)]
    else:
        points = [100.0 * _mean(part, cell_weights) for part in attribution(combination, np.stack(utilities), weights)]
    for criterion, weight, quantity, worth, gained in zip(criteria, weights, quantities, means, points, strict=True):
        value = _mean(quantity.astype(np.float64), cell_weights)
        parts.append(Contribution(criterion.name, criterion.slug, value, criterion.measure.unit, worth, weight, gained))
    return tuple(parts)


def _mean(values: NDArray[np.float64], weights: NDArray[np.float64] | None) -> float:
    return float(np.mean(values) if weights is None else np.sum(weights * values))


def ranks(scores: Sequence[float]) -> tuple[list[int], list[bool]]:
    """Rank scores from the highest, equal scores (to nine decimals) sharing the better rank.

    Returns
    -------
    ranks : list of int
        From 1, in the order given.
    tied : list of bool
        Whether another score is equal.

    Examples
    --------
    >>> ranks([80.0, 90.0, 80.0, 70.0])
    ([2, 1, 2, 4], [True, False, True, False])
    """
    rounded = np.round(np.asarray(scores, np.float64), 9)
    rank = [int((rounded > score).sum()) + 1 for score in rounded]
    tied = [int((rounded == score).sum()) > 1 for score in rounded]
    return rank, tied


def percentile_below(scores: NDArray[np.float32], score: float) -> float:
    """Give the share, in per cent, of sorted scored land that scores lower; NaN for a NaN score or no land.

    `scores` is float32, rising, without NaN.

    >>> percentile_below(np.array([10, 20, 30, 40], np.float32), 30.0)
    50.0
    """
    if np.isnan(score) or scores.size == 0:
        return float("nan")
    return 100.0 * float(np.searchsorted(scores, np.float32(score), side="left")) / scores.size
