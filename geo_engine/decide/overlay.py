"""Weighted overlay: quantities of all criteria in, one score out, with what is unknown and unreachable told apart."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo_engine.decide.combine import combined
from geo_engine.decide.value_functions import linear_terms, utility
from geo_engine.kernels.value import add_linear
from geo_engine.model import Combination, Criterion, Linear, WeightedSum

__all__ = ["WEIGHTED_SUM", "Overlay", "criterion_utility", "weighted_overlay"]


WEIGHTED_SUM = WeightedSum()
_NOTHING_TO_LAY = "an overlay needs at least one criterion"


@dataclass(frozen=True, eq=False)
class Overlay:
    """Scores with their reasons for doubt; arrays of one shape.

    Parameters
    ----------
    score : float64 ndarray
        0 to 100; NaN where a refused quantity is unknown.
    unknown : bool ndarray
        True where a quantity is NaN whose criterion refuses the unknown: there is no score.
    unreachable : bool ndarray
        True where any quantity is infinite.
    """

    score: NDArray[np.float64]
    unknown: NDArray[np.bool_]
    unreachable: NDArray[np.bool_]


def criterion_utility(criterion: Criterion, quantity: NDArray[np.float32]) -> NDArray[np.float64]:
    """Give the utility of a criterion's quantities, with its own utility for the unknown.

    Returns
    -------
    float64 ndarray, shape of the quantity
        0 to 1; NaN where unknown and the criterion refuses the unknown.
    """
    worth = utility(criterion.value, quantity)
    if criterion.unknown is not None:
        worth[np.isnan(worth)] = criterion.unknown
    return worth


def weighted_overlay(
    criteria: Sequence[Criterion],
    weights: Sequence[float],
    quantities: Iterable[NDArray[np.float32]],
    combination: Combination = WEIGHTED_SUM,
) -> Overlay:
    """Combine quantities to ``100 * sum(weight * utility)``, or by another method that gives 0 to 1 of the utilities.

    Parameters
    ----------
    criteria : sequence of Criterion
        At least one.
    weights : sequence of float
        Shares that add up to 1, in the same order.
    quantities : iterable of float32 ndarray
        One for each criterion, of one shape, taken one at a time: of a weighted sum only one need be held.
    combination : Combination
        The method.

    Returns
    -------
    Overlay
        Arrays of that shape.
    """
    if not isinstance(combination, WeightedSum):
        return _combined(criteria, weights, quantities, combination)
    made: Overlay | None = None
    for criterion, weight, quantity in zip(criteria, weights, quantities, strict=True):
        if made is None:
            shape = quantity.shape
            made = Overlay(np.zeros(shape), np.zeros(shape, np.bool_), np.zeros(shape, np.bool_))
        _add(made, criterion, 100.0 * weight, quantity)
    if made is None:
        raise ValueError(_NOTHING_TO_LAY)
    return made


def _combined(
    criteria: Sequence[Criterion], weights: Sequence[float], quantities: Iterable[NDArray[np.float32]], combination: Combination
) -> Overlay:
    """Combine the utilities of all criteria at once."""
    worth = []
    unreachable: NDArray[np.bool_] | None = None
    for criterion, quantity in zip(criteria, quantities, strict=True):
        worth.append(criterion_utility(criterion, quantity))
        far = np.isinf(quantity)
        unreachable = far if unreachable is None else unreachable | far
    if unreachable is None:
        raise ValueError(_NOTHING_TO_LAY)
    score = combined(combination, np.stack(worth), weights)
    return Overlay(100.0 * score, np.isnan(score), unreachable)


def _add(overlay: Overlay, criterion: Criterion, points: float, quantity: NDArray[np.float32]) -> None:
    """Add one criterion in place; a linear value function, the commonest, in one pass."""
    if isinstance(criterion.value, Linear):
        worst, slope = linear_terms(criterion.value)
        refused = np.nan if criterion.unknown is None else criterion.unknown
        flat = (np.ascontiguousarray(quantity).reshape(-1), worst, slope, refused, points)
        add_linear(*flat, overlay.score.reshape(-1), overlay.unknown.reshape(-1), overlay.unreachable.reshape(-1))
        return
    worth = criterion_utility(criterion, quantity)
    worth *= points
    np.add(overlay.score, worth, out=overlay.score)
    if criterion.unknown is None:
        np.logical_or(overlay.unknown, np.isnan(quantity), out=overlay.unknown)
    np.logical_or(overlay.unreachable, np.isinf(quantity), out=overlay.unreachable)
