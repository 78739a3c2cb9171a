"""Averages whose weights go by the place of a utility among the others of its cell."""

from __future__ import annotations

import numba as nb
import numpy as np
from numpy.typing import NDArray

__all__ = ["average_by_order", "average_by_quantifier"]


@nb.njit(nogil=True, cache=True)
def _sort_best_first(values: NDArray[np.float64], beside: NDArray[np.float64]) -> None:
    """Sort a few values from the highest, by insertion, and what stands beside them along."""
    for k in range(1, values.size):
        value, other = values[k], beside[k]
        j = k
        while j > 0 and values[j - 1] < value:
            values[j], beside[j] = values[j - 1], beside[j - 1]
            j -= 1
        values[j], beside[j] = value, other


@nb.njit(nogil=True, cache=True)
def average_by_order(
    utilities: NDArray[np.float64], weights: NDArray[np.float64], order_weights: NDArray[np.float64], out: NDArray[np.float64]
) -> None:
    """Write ``sum(u v z) / sum(u v)``, the utilities z from the best, u their criterion weights, v the order weights.

    Parameters
    ----------
    utilities : float64 ndarray, shape (criteria, cells)
        NaN makes NaN.
    weights, order_weights : float64 ndarray, shape (criteria,)
        Of the criteria; for the best utility of a cell first. Equal utilities have the mean of their order weights.
    out : float64 ndarray, shape (cells,)
        Filled in place. Where no criterion with a weight has an order weight, order weights decide alone.
    """
    n, cells = utilities.shape
    z, u = np.empty(n), np.empty(n)
    for cell in range(cells):
        for i in range(n):
            z[i], u[i] = utilities[i, cell], weights[i]
        _sort_best_first(z, u)
        total, weighing, plain, alone = 0.0, 0.0, 0.0, 0.0
        first = 0
        while first < n:
            last, order = first + 1, order_weights[first]
            while last < n and z[last] == z[first]:
                order += order_weights[last]
                last += 1
            order /= last - first
            for k in range(first, last):
                total += order * u[k] * z[k]
                weighing += order * u[k]
                plain += order * z[k]
                alone += order
            first = last
        out[cell] = total / weighing if weighing > 0.0 else plain / alone


@nb.njit(nogil=True, cache=True)
def average_by_quantifier(utilities: NDArray[np.float64], weights: NDArray[np.float64], alpha: float, out: NDArray[np.float64]) -> None:
    """Write ``sum((U_k ** alpha - U_{k-1} ** alpha) z_k)``, the utilities z from the best, U_k the weights of the k best.

    Parameters
    ----------
    utilities, out
        As for `average_by_order`.
    weights : float64 ndarray, shape (criteria,)
        Adding up to 1.
    alpha : float
        0 or more.
    """
    n, cells = utilities.shape
    z, u = np.empty(n), np.empty(n)
    for cell in range(cells):
        for i in range(n):
            z[i], u[i] = utilities[i, cell], weights[i]
        _sort_best_first(z, u)
        total, reached, before = 0.0, 0.0, 0.0
        for k in range(n):
            if u[k] > 0.0:
                reached += u[k]
                now = reached**alpha
                total += (now - before) * z[k]
                before = now
            else:
                total += 0.0 * z[k]  # an unknown is unknown, whatever its weight
        out[cell] = total / before  # a sum of shares may round
