"""Apply value functions: a physical quantity in, a utility from 0 (worst) to 1 (best) out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geo_engine.kernels.value import linear_utility
from geo_engine.model import (
    Bounded,
    Classes,
    Exponential,
    Gaussian,
    Large,
    Linear,
    Logarithm,
    LogisticDecay,
    LogisticGrowth,
    MSLarge,
    MSSmall,
    Near,
    Piecewise,
    Power,
    Ranges,
    Small,
    Step,
    SymmetricLinear,
    ValueFunction,
)

__all__ = ["held", "linear_terms", "utility", "worth"]

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
    The formulas of ArcGIS (Esri, ArcGIS Pro, Spatial Analyst, "Formulas for the transformation functions"), with q the quantity:

    - exponential: ``exp((q - shift) * base_factor)``; logarithm: ``ln((q - shift) * factor)``; power: ``(q - shift) ^ exponent``.
      Each is then laid linearly on the scale from 0 to 1 between the thresholds, as there between the ends of the data, so that the
      shift of the first and the factor of the second drop out.
    - gaussian: ``exp(-spread (q - midpoint)^2)``; near: ``1 / (1 + spread (q - midpoint)^2)``.
    - large: ``1 / (1 + (q / midpoint)^-spread)``; small: one minus large.
    - MS large: ``1 - b s / (q - a m + b s)`` above ``a m``, else 0; MS small: one minus MS large. Esri's page on MS small
      gives 0 for the second case, which its own figure and name contradict: it is 1.
    - logistic growth: ``1 / (1 + (1 - c) / c exp(-k (q - minimum)))`` with c the intercept and k so that the value at
      `maximum` is 1 - c; decay is one minus growth.
    - symmetric linear: a tent over the middle between `minimum` and `maximum`.

    Examples
    --------
    >>> utility(Linear(worst=25000.0, best=1000.0), np.array([1000, 13000, 90000, np.inf, np.nan], np.float32))
    array([1. , 0.5, 0. , 0. , nan])
    >>> utility(Gaussian(10.0, 0.1), np.array([12.0], np.float32)).round(6)
    array([0.67032])
    >>> utility(Large(10.0, 5.0), np.array([5, 10, 20], np.float32)).round(6)
    array([0.030303, 0.5     , 0.969697])
    """
    if isinstance(function, Linear):
        out = np.empty(quantity.shape)
        linear_utility(np.ascontiguousarray(quantity).reshape(-1), *linear_terms(function), out.reshape(-1))
        return out
    q = quantity.astype(np.float64)
    out = worth(function, q)
    out[np.isnan(q)] = np.nan
    out[np.isinf(q)] = 0.0
    return out


def worth(function: ValueFunction, q: Float) -> Float:
    """Give the utility of finite quantities, float64 and not yet rounded to what surfaces hold; anything where one is not finite.

    >>> worth(Linear(worst=0.0, best=3.0), np.array([1.0])).tolist()
    [0.3333333333333333]
    """
    formula = _FORMULAS.get(type(function))
    if formula is None:
        msg = f"unknown value function {type(function).__name__}"
        raise TypeError(msg)
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        return formula(function, q)


def held(threshold: float) -> float:
    """Give a threshold as quantities hold numbers, in float32: 0.7 of a study is 0.7 of a raster.

    >>> held(0.7) == 0.7, held(0.5) == 0.5
    (False, True)
    """
    return float(np.float32(threshold))


def _bounded(f: Bounded, q: Float) -> Float:
    lower, upper = (np.nan if end is None else held(end) for end in (f.lower, f.upper))
    out = worth(f.function, np.fmin(np.fmax(q, lower), upper))
    if f.below is not None:
        out[q < lower] = f.below
    if f.above is not None:
        out[q > upper] = f.above
    return out


def _linear(f: Linear, q: Float) -> Float:
    worst, slope = linear_terms(f)
    return np.clip((q - worst) * slope, 0.0, 1.0)


def _symmetric_linear(f: SymmetricLinear, q: Float) -> Float:
    half = (f.maximum - f.minimum) / 2.0
    tent = np.clip(1.0 - np.abs(q - (f.minimum + half)) / abs(half), 0.0, 1.0)
    return tent if half > 0 else 1.0 - tent


def _piecewise(f: Piecewise, q: Float) -> Float:
    known, worth = (np.array(side, np.float64) for side in zip(*f.points, strict=True))
    return np.asarray(np.interp(q, known, worth))


def _step(f: Step, q: Float) -> Float:
    return np.where(q < f.at, f.below, f.above)


def _classes(f: Classes, q: Float) -> Float:
    out = np.full(q.shape, f.other)
    for number, worth in f.utilities.items():
        out[q == number] = worth
    return out


def _ranges(f: Ranges, q: Float) -> Float:
    out = np.full(q.shape, f.other)
    for low, high, worth in f.ranges:
        out[(q >= held(low)) & (q < held(high))] = worth
    return out


def _gaussian(f: Gaussian, q: Float) -> Float:
    return np.exp(-f.spread * (q - f.midpoint) ** 2)


def _near(f: Near, q: Float) -> Float:
    return 1.0 / (1.0 + f.spread * (q - f.midpoint) ** 2)


def _large(f: Large, q: Float) -> Float:
    return 1.0 / (1.0 + (np.maximum(q, 0.0) / f.midpoint) ** -f.spread)


def _small(f: Small, q: Float) -> Float:
    return 1.0 / (1.0 + (np.maximum(q, 0.0) / f.midpoint) ** f.spread)


def _ms_small(f: MSLarge, q: Float) -> Float:
    scale = f.sd_multiplier * f.sd
    return scale / (np.maximum(q - f.mean_multiplier * f.mean, 0.0) + scale)


def _ms_large(f: MSLarge, q: Float) -> Float:
    return 1.0 - _ms_small(f, q)


def _exponential(f: Exponential, q: Float) -> Float:
    """Lay the curve from 0 to 1: with the end that is larger taken out, nothing overflows."""
    end, other = (f.upper, f.lower) if f.base_factor > 0 else (f.lower, f.upper)
    b = f.base_factor
    near = np.expm1(b * (np.clip(q, f.lower, f.upper) - end))
    share: Float = near / np.expm1(b * (other - end))  # 0 at the larger end, 1 at the other
    rising: Float = 1.0 - share if b > 0 else share
    return 1.0 - rising if f.falling else rising


def _logarithm(f: Logarithm, q: Float) -> Float:
    low = f.lower - f.shift
    rising: Float = np.log((np.clip(q, f.lower, f.upper) - f.shift) / low) / np.log((f.upper - f.shift) / low)
    return 1.0 - rising if f.falling else rising


def _power(f: Power, q: Float) -> Float:
    whole = f.upper - f.shift  # taken out, so that nothing overflows
    low = ((f.lower - f.shift) / whole) ** f.exponent
    rising: Float = (((np.clip(q, f.lower, f.upper) - f.shift) / whole) ** f.exponent - low) / (1.0 - low)
    return 1.0 - rising if f.falling else rising


def _logistic_growth(f: LogisticGrowth | LogisticDecay, q: Float) -> Float:
    odds = (1.0 - f.intercept) / f.intercept
    rate = 2.0 * np.log(odds) / (f.maximum - f.minimum)
    worth: Float = 1.0 / (1.0 + odds * np.exp(-rate * (q - f.minimum)))
    return worth


def _logistic_decay(f: LogisticDecay, q: Float) -> Float:
    return 1.0 - _logistic_growth(f, q)


_FORMULAS: Mapping[type[ValueFunction], Callable[[Any, Float], Float]] = {
    Bounded: _bounded,
    Linear: _linear,
    SymmetricLinear: _symmetric_linear,
    Piecewise: _piecewise,
    Step: _step,
    Classes: _classes,
    Ranges: _ranges,
    Gaussian: _gaussian,
    Near: _near,
    Large: _large,
    Small: _small,
    MSLarge: _ms_large,
    MSSmall: _ms_small,
    Exponential: _exponential,
    Logarithm: _logarithm,
    Power: _power,
    LogisticGrowth: _logistic_growth,
    LogisticDecay: _logistic_decay,
}
