"""One rule for what lies far from all others, whatever is measured."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["FAR", "far_off"]

FAR = 10.0
"""Robust standard deviations from the median beyond which a value is far off."""

_TO_SD = 1.4826  # the median absolute deviation of a normal distribution times this is its standard deviation
_FEW = 12  # values and fewer have no 'all others'
_SKEWED = 100.0  # times the least value that the greatest must be for logarithms to be taken


def far_off(values: NDArray[np.float64], *, skewed: bool = True) -> NDArray[np.bool_]:
    """Mark values that lie far from the others.

    A value is far where ``|v - median| > 10 * 1.4826 * MAD``, the identifier of Hampel (1974) with a wide limit. Where none is below 0 and
    those above it differ by a factor of 100 and more, those are judged by their logarithms and zeros not at all, since a city is no fault
    of a list of towns. Twelve values and fewer, or such of which more than half are the same, say nothing.

    Parameters
    ----------
    values : float64 ndarray, shape (n,)
        NaN is never far.
    skewed : bool
        Whether logarithms may be taken.

    Returns
    -------
    bool ndarray, shape (n,)

    Examples
    --------
    >>> values = np.array([10.0, 11, 12, 9, 10, 11, 13, 8, 10, 12, 11, 9, 400])
    >>> np.flatnonzero(far_off(values)).tolist(), far_off(values[:12]).any()
    ([12], np.False_)
    """
    known = np.isfinite(values)
    marked = np.zeros(values.shape, dtype=np.bool_)
    if known.sum() <= _FEW:
        return marked
    some = values[known]
    above = some[some > 0]
    if skewed and some.min() >= 0 and len(above) and above.max() >= _SKEWED * above.min():
        if len(above) <= _FEW:
            return marked
        known &= values > 0
        some = np.log(above)
    away = np.abs(some - np.median(some))
    spread = _TO_SD * float(np.median(away))
    if spread > 0:
        marked[known] = away > FAR * spread
    return marked
