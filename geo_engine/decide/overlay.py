"""Weighted overlay: quantities of all criteria in, one score out, with what is unknown and unreachable told apart."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo_engine.decide.value_functions import utility
from geo_engine.model import Criterion

__all__ = ["Overlay", "criterion_utility", "weighted_overlay"]


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


def weighted_overlay(criteria: Sequence[Criterion], weights: Sequence[float], quantities: Iterable[NDArray[np.float32]]) -> Overlay:
    """Combine quantities to ``100 * sum(weight * utility)``.

    Parameters
    ----------
    criteria : sequence of Criterion
        At least one.
    weights : sequence of float
        Shares that add up to 1, in the same order.
    quantities : iterable of float32 ndarray
        One for each criterion, of one shape, taken one at a time so that only one need be held.

    Returns
    -------
    Overlay
        Arrays of that shape.
    """
    score: NDArray[np.float64] | None = None
    unknown = unreachable = np.zeros((), np.bool_)
    for criterion, weight, quantity in zip(criteria, weights, quantities, strict=True):
        worth = criterion_utility(criterion, quantity)
        worth *= 100.0 * weight
        score = worth if score is None else np.add(score, worth, out=score)
        if criterion.unknown is None:
            unknown = unknown | np.isnan(quantity)
        unreachable = unreachable | np.isinf(quantity)
    if score is None:
        msg = "an overlay needs at least one criterion"
        raise ValueError(msg)
    return Overlay(score, np.broadcast_to(unknown, score.shape), unreachable)
