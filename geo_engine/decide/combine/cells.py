"""Combine utilities cell by cell: what a place is worth depends on nothing but the place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from geo_engine.decide.combine.ordered import ordered_average, quantifier_average
from geo_engine.model import (
    Combination,
    Fuzzy,
    Minimum,
    OrderedAverage,
    QuantifierAverage,
    Topsis,
    WeightedProduct,
    WeightedSum,
)

__all__ = ["attribution", "combined", "fuzzy", "topsis", "weighted_product", "weighted_sum"]

Float = NDArray[np.float64]

_STEPS = 32
_SMALL = 1e-6


def combined(combination: Combination, utilities: Float, weights: Sequence[float]) -> Float:
    """Combine utilities by a study's method.

    Parameters
    ----------
    combination : Combination
        The method.
    utilities : float64 ndarray, shape (n, ...)
        0 to 1, NaN where unknown; one row a criterion.
    weights : sequence of float, length n
        Shares that add up to 1.

    Returns
    -------
    float64 ndarray, shape (...)
        0 to 1; NaN where any utility is NaN, whatever the method and the weight.

    Raises
    ------
    TypeError
        If the method is of a kind that is not known here.

    Examples
    --------
    >>> combined(Minimum(), np.array([[0.2, 0.9], [0.8, 0.7]]), [0.5, 0.5])
    array([0.2, 0.7])
    """
    match combination:
        case WeightedSum():
            score = weighted_sum(utilities, weights)
        case WeightedProduct():
            score = weighted_product(utilities, weights)
        case OrderedAverage(order_weights):
            score = ordered_average(utilities, weights, order_weights)
        case QuantifierAverage(alpha):
            score = quantifier_average(utilities, weights, alpha)
        case Topsis():
            score = topsis(utilities, weights)
        case Fuzzy(operator, gamma):
            score = fuzzy(utilities, weights, operator, gamma)
        case Minimum():
            score = fuzzy(utilities, weights, "and")
        case _:
            msg = f"unknown combination {type(combination).__name__}"
            raise TypeError(msg)
    score[np.isnan(utilities).any(axis=0)] = np.nan
    return score


def weighted_sum(utilities: Float, weights: Sequence[float]) -> Float:
    """Add up weights times utilities, ``sum(w u)``; shapes as for `combined`.

    >>> weighted_sum(np.array([[1.0], [0.5]]), [0.75, 0.25])
    array([0.875])
    """
    total = np.zeros(utilities.shape[1:])
    for weight, worth in zip(weights, utilities, strict=True):
        total += weight * worth
    return total


def weighted_product(utilities: Float, weights: Sequence[float]) -> Float:
    """Multiply utilities to the power of their weights, ``prod(u ** w)`` (Bridgman 1922); shapes as for `combined`.

    A criterion without weight takes no part, also where its utility is 0.

    >>> weighted_product(np.array([[1.0], [0.25]]), [0.5, 0.5])
    array([0.5])
    """
    total = np.ones(utilities.shape[1:])
    for weight, worth in zip(weights, utilities, strict=True):
        if weight > 0:
            total *= worth**weight
    return total


def topsis(utilities: Float, weights: Sequence[float]) -> Float:
    """Give the nearness to the ideal, a utility of 1 everywhere, against the worst, 0 everywhere; shapes as for `combined`.

    ``d- / (d+ + d-)`` with ``d- = sqrt(sum((w u)^2))`` and ``d+ = sqrt(sum((w (1 - u))^2))`` (Hwang and Yoon 1981, with ideals that are
    given and not taken from the data: a cell's score does not change with the region or the tile).

    >>> topsis(np.array([[1.0, 0.5], [0.0, 0.5]]), [0.5, 0.5])
    array([0.5, 0.5])
    """
    near, far = np.zeros(utilities.shape[1:]), np.zeros(utilities.shape[1:])
    for weight, worth in zip(weights, utilities, strict=True):
        near += (weight * worth) ** 2
        far += (weight * (1.0 - worth)) ** 2
    near, far = np.sqrt(near), np.sqrt(far)
    return np.asarray(near / (near + far))


def fuzzy(
    utilities: Float,
    weights: Sequence[float],
    operator: Literal["and", "or", "product", "sum", "gamma"],
    gamma: float = 0.9,
) -> Float:
    """Combine utilities as memberships of fuzzy sets; shapes as for `combined`.

    and: the least; or: the greatest; product: ``prod(u)``; sum: ``1 - prod(1 - u)``; gamma: ``sum ** gamma * product ** (1 - gamma)``
    (Zimmermann and Zysno, Fuzzy Sets and Systems 4, 1980; An, Moon and Rencz, Canadian Journal of Exploration Geophysics 27, 1991).
    Criteria without weight take no part, the others take part alike.

    >>> u = np.array([[0.75], [0.50]])
    >>> [fuzzy(u, [1, 1], name)[0] for name in ("and", "or", "product", "sum")]
    [np.float64(0.5), np.float64(0.75), np.float64(0.375), np.float64(0.875)]
    """
    taking_part = utilities[np.asarray(weights, np.float64) > 0]
    if operator == "and":
        return np.asarray(taking_part.min(axis=0))
    if operator == "or":
        return np.asarray(taking_part.max(axis=0))
    product = np.asarray(taking_part.prod(axis=0))
    if operator == "product":
        return product
    total = 1.0 - np.asarray((1.0 - taking_part).prod(axis=0))
    return total if operator == "sum" else np.asarray(total**gamma * product ** (1.0 - gamma))


def attribution(combination: Combination, utilities: Float, weights: Sequence[float]) -> Float:
    """Split a combined score into what each criterion adds.

    All utilities rise together from 0 to what they are, in small steps; each step's gain is split as the criteria gain it one by
    one (the price of Aumann and Shapley, Values of Non-Atomic Games, 1974). For a weighted sum these are weight times utility.

    Parameters
    ----------
    combination, utilities, weights
        As for `combined`.

    Returns
    -------
    float64 ndarray, shape (n, ...)
        They add up to the combined score; NaN where any utility is NaN.

    Examples
    --------
    >>> attribution(WeightedProduct(), np.array([[0.64], [0.25]]), [0.5, 0.5]).round(6).ravel()
    array([0.2, 0.2])
    """
    if isinstance(combination, WeightedSum):
        parts = np.asarray(weights, np.float64).reshape(-1, *(1,) * (utilities.ndim - 1)) * utilities
        parts[:, np.isnan(utilities).any(axis=0)] = np.nan
        return parts
    parts = np.zeros(utilities.shape)
    before = combined(combination, np.zeros(utilities.shape), weights)
    for step in range(1, _STEPS + 1):
        middle = utilities * ((step - 0.5) / _STEPS)
        alone = np.stack([_slope(combination, middle, weights, i) for i in range(len(utilities))])
        total = alone.sum(axis=0)
        after = combined(combination, utilities * (step / _STEPS), weights)
        parts += (after - before) * np.divide(alone, total, out=np.zeros(alone.shape), where=total > 0)
        before = after
    parts[:, np.isnan(utilities).any(axis=0)] = np.nan
    return parts


def _slope(combination: Combination, utilities: Float, weights: Sequence[float], number: int) -> Float:
    """Give what a small rise of one criterion, in proportion to its utility, adds; from both sides, since a least has a corner."""
    more, less = utilities.copy(), utilities.copy()
    more[number] *= 1.0 + _SMALL
    less[number] *= 1.0 - _SMALL
    return combined(combination, more, weights) - combined(combination, less, weights)
