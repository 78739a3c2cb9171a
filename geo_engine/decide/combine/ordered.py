"""Ordered weighted averages: weights by the place of a utility among the others, from 'the best alone' to 'the worst alone'."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from geo_engine.kernels.decision.ordered import average_by_order, average_by_quantifier

__all__ = ["ordered_average", "orness", "quantifier_average", "quantifier_orness", "trade_off"]

Float = NDArray[np.float64]


def orness(order_weights: Sequence[float]) -> float:
    """Say how much order weights lean to the best: 1 the best alone, 0.5 even, 0 the worst alone.

    ``sum((n - k) v_k) / (n - 1)`` for k from 1, the best first (Yager, IEEE Transactions on Systems, Man and Cybernetics 18, 1988).

    >>> orness([1, 0, 0]), orness([0.5, 0.5]), orness([0, 0, 1])
    (1.0, 0.5, 0.0)
    """
    weights = np.asarray(order_weights, np.float64)
    n = len(weights)
    if n == 1:
        return 0.5
    return float((np.arange(n - 1, -1, -1) * weights / weights.sum()).sum() / (n - 1))


def trade_off(order_weights: Sequence[float]) -> float:
    """Say how far one criterion can make up for another: 0 not at all (one order weight has it all), 1 in full (even).

    ``1 - sqrt(n sum((v_k - 1/n)^2) / (n - 1))`` (Jiang and Eastman, International Journal of Geographical Information Science 14, 2000).

    >>> trade_off([1, 0, 0]), trade_off([0.5, 0.5])
    (0.0, 1.0)
    """
    weights = np.asarray(order_weights, np.float64)
    n = len(weights)
    if n == 1:
        return 1.0
    away = ((weights / weights.sum() - 1.0 / n) ** 2).sum()
    return float(1.0 - np.sqrt(n * away / (n - 1)))


def quantifier_orness(alpha: float) -> float:
    """Say how much the quantifier ``share ** alpha`` leans to the best: ``1 / (1 + alpha)``.

    >>> quantifier_orness(0.0), quantifier_orness(1.0)
    (1.0, 0.5)
    """
    return 1.0 / (1.0 + alpha)


def ordered_average(utilities: Float, weights: Sequence[float], order_weights: Sequence[float]) -> Float:
    """Average utilities by order weights and criterion weights together.

    With the utilities z from the best to the worst, u the criterion weights and v the order weights in that order:
    ``sum(u_k v_k z_k) / sum(u_k v_k)`` (Malczewski, Progress in Planning 62, 2004; International Journal of Applied Earth Observation
    and Geoinformation 8, 2006). Even order weights make the weighted sum, even criterion weights Yager's average.

    Parameters
    ----------
    utilities : float64 ndarray, shape (n, ...)
        0 to 1, NaN where unknown.
    weights, order_weights : sequence of float, length n
        Criteria's; the best utility's first.

    Returns
    -------
    float64 ndarray, shape (...)
        0 to 1; NaN where any utility is NaN. Equal utilities share their order weights. Where the criteria that the order weights
        lead to have no weight at all, the order weights decide alone: what small weights would tend to.

    Examples
    --------
    >>> ordered_average(np.array([[0.2], [0.8], [0.5]]), [1 / 3, 1 / 3, 1 / 3], [0.5, 0.3, 0.2]).round(4)
    array([0.59])
    """
    cells, out = _laid_flat(utilities)
    average_by_order(cells, np.asarray(weights, np.float64), np.asarray(order_weights, np.float64), out)
    return out.reshape(utilities.shape[1:])


def quantifier_average(utilities: Float, weights: Sequence[float], alpha: float) -> Float:
    """Average utilities by the quantifier ``share ** alpha``, which makes order weights of the criterion weights.

    With U_k the sum of the weights of the k best criteria: ``sum((U_k ** alpha - U_{k-1} ** alpha) z_k)``
    (Yager, International Journal of Intelligent Systems 11, 1996; Malczewski 2006, as above).

    Parameters
    ----------
    utilities : float64 ndarray, shape (n, ...)
        0 to 1, NaN where unknown.
    weights : sequence of float, length n
        Shares that add up to 1.
    alpha : float
        0 the best criterion with a weight, 1 the weighted sum, the larger the nearer to the worst with a weight.

    Returns
    -------
    float64 ndarray, shape (...)
        0 to 1; NaN where any utility is NaN.

    Examples
    --------
    >>> (
    ...     quantifier_average(np.array([[0.2], [0.8]]), [0.5, 0.5], 1.0),
    ...     quantifier_average(np.array([[0.2], [0.8]]), [0.5, 0.5], 2.0).round(6),
    ... )
    (array([0.5]), array([0.35]))
    """
    cells, out = _laid_flat(utilities)
    average_by_quantifier(cells, np.asarray(weights, np.float64), alpha, out)
    return out.reshape(utilities.shape[1:])


def _laid_flat(utilities: Float) -> tuple[Float, Float]:
    """Give utilities as the kernels take them, criteria by cells, and room for the answer."""
    cells = np.ascontiguousarray(utilities, np.float64).reshape(len(utilities), -1)
    return cells, np.empty(cells.shape[1])
