"""Apply value functions: a physical quantity in, a utility from 0 (worst) to 1 (best) out."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from geo_engine.kernels.value import linear_utility
from geo_engine.model import Classes, Gaussian, Linear, LogisticDecay, LogisticGrowth, Piecewise, Step, ValueFunction

__all__ = ["linear_terms", "utility"]

Float = NDArray[np.float64]


def linear_terms(function: Linear) -> tuple[float, float]:
    """Give the quantity worth 0 and the utility for each unit beyond it, as the kernels take them."""
    return function.worst, 1.0 / (function.best - function.worst)


def utility(function: ValueFunction, quantity: NDArray[np.float32]) -> Float:
    """Give the utility of quantities.

    Parameters
    ----------
    function : ValueFunction
        Parameters in the quantity's SI unit.
    quantity : float32 ndarray, any shape
        NaN where unknown, infinite where unreachable.

    Returns
    -------
    float64 ndarray, same shape
        0 to 1; NaN where the quantity is NaN; 0 where it is infinite, whatever the function.

    Raises
    ------
    TypeError
        If the value function is of a kind that is not known here.

    Notes
    -----
    gaussian: ``exp(-spread (q - midpoint)^2)`` (ArcGIS, Rescale by Function).
    logistic growth: ``1 / (1 + (1 - c) / c exp(-k (q - minimum)))`` with c the intercept and k so that the value at
    `maximum` is 1 - c; decay is one minus growth.

    Examples
    --------
    >>> utility(Linear(worst=25000.0, best=1000.0), np.array([1000, 13000, 90000, np.inf, np.nan], np.float32))
    array([1. , 0.5, 0. , 0. , nan])
    >>> utility(Gaussian(10.0, 0.1), np.array([12.0], np.float32)).round(6)
    array([0.67032])
    """
    if isinstance(function, Linear):
        out = np.empty(quantity.shape)
        linear_utility(np.ascontiguousarray(quantity).reshape(-1), *linear_terms(function), out.reshape(-1))
        return out
    q = quantity.astype(np.float64)
    if isinstance(function, Piecewise):
        known, worth = (np.array(side, np.float64) for side in zip(*function.points, strict=True))
        out = np.interp(q, known, worth)
        out[np.isnan(q)] = np.nan
    elif isinstance(function, Step):
        out = np.where(q < function.at, function.below, function.above)
        out[np.isnan(q)] = np.nan
    elif isinstance(function, Classes):
        out = np.full(q.shape, function.other)
        for number, worth_of in function.utilities.items():
            out[q == number] = worth_of
        out[np.isnan(q)] = np.nan
    elif isinstance(function, Gaussian):
        out = np.exp(-function.spread * (q - function.midpoint) ** 2)
    elif isinstance(function, LogisticGrowth | LogisticDecay):
        odds = (1.0 - function.intercept) / function.intercept
        rate = 2.0 * np.log(odds) / (function.maximum - function.minimum)
        with np.errstate(over="ignore"):
            out = 1.0 / (1.0 + odds * np.exp(-rate * (q - function.minimum)))
        if isinstance(function, LogisticDecay):
            out = 1.0 - out
    else:
        msg = f"unknown value function {type(function).__name__}"
        raise TypeError(msg)
    out[np.isinf(q)] = 0.0
    return out
