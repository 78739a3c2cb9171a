"""Linear value function, weight and sum in one pass: the overlay reads each quantity once."""

from __future__ import annotations

import numba as nb
import numpy as np
from numpy.typing import NDArray

__all__ = ["add_linear", "linear_utility"]


@nb.njit(nogil=True, cache=True)
def linear_utility(quantity: NDArray[np.float32], worst: float, slope: float, out: NDArray[np.float64]) -> None:
    """Write the utility of quantities: ``(quantity - worst) * slope``, from 0 to 1.

    Parameters
    ----------
    quantity : float32 ndarray, shape (m,)
        NaN where unknown, infinite where unreachable.
    worst, slope : float
        Quantity worth 0, and utility for each unit beyond it.
    out : float64 ndarray, shape (m,)
        Filled in place; NaN where unknown, 0 where infinite.
    """
    for j in range(quantity.size):
        q = np.float64(quantity[j])
        raw = (q - worst) * slope
        worth = 0.0 if raw < 0.0 else (min(raw, 1.0))  # NaN passes
        out[j] = 0.0 if abs(q) == np.inf else worth


@nb.njit(nogil=True, cache=True)
def add_linear(
    quantity: NDArray[np.float32],
    worst: float,
    slope: float,
    unknown_utility: float,
    points: float,
    score: NDArray[np.float64],
    unknown: NDArray[np.bool_],
    unreachable: NDArray[np.bool_],
) -> None:
    """Add ``points * utility`` to the score, as `linear_utility` gives it, and note what is unknown and unreachable.

    Parameters
    ----------
    quantity, worst, slope
        As for `linear_utility`.
    unknown_utility : float
        Utility of the unknown; NaN refuses it.
    points : float
        Points of a utility of 1.
    score : float64 ndarray, shape (m,)
        Added to; NaN where an unknown is refused.
    unknown, unreachable : bool ndarray, shape (m,)
        Set where an unknown is refused, and where the quantity is infinite; never cleared.
    """
    refuses = np.isnan(unknown_utility)
    for j in range(quantity.size):
        q = np.float64(quantity[j])
        raw = (q - worst) * slope
        worth = 0.0 if raw < 0.0 else (min(raw, 1.0))
        missing, far = q != q, abs(q) == np.inf  # noqa: PLR0124 - NaN is not itself
        worth = 0.0 if far else worth
        worth = unknown_utility if missing else worth
        score[j] += worth * points
        unknown[j] |= missing & refuses
        unreachable[j] |= far
