"""Draw weights between bounds."""

from __future__ import annotations

import numba as nb
import numpy as np
from numpy.typing import NDArray

__all__ = ["walk_between"]


@nb.njit(nogil=True, cache=True)
def walk_between(
    weights: NDArray[np.float64],
    low: NDArray[np.float64],
    high: NDArray[np.float64],
    chances: NDArray[np.float64],
    out: NDArray[np.float64],
) -> None:
    """Walk at random through the weights between bounds, and keep where each walk ends.

    A step takes two criteria and shares what they have together anew, evenly over what their bounds allow: whatever the first
    weights, the walk comes to be anywhere alike (Gibbs sampling of the uniform distribution).

    Parameters
    ----------
    weights : float64 ndarray, shape (criteria,)
        Where the walk begins; moved on in place.
    low, high : float64 ndarray, shape (criteria,)
        Bounds.
    chances : float64 ndarray, shape (draws, steps, 3)
        Even chances from 0 to 1 for the two criteria and their new share.
    out : float64 ndarray, shape (draws, criteria)
        Filled in place: the weights after each draw's steps.
    """
    criteria = weights.size
    for d in range(chances.shape[0]):
        for step in range(chances.shape[1]):
            i = int(chances[d, step, 0] * criteria)
            j = (i + 1 + int(chances[d, step, 1] * (criteria - 1))) % criteria
            both = weights[i] + weights[j]
            least, most = max(low[i], both - high[j]), min(high[i], both - low[j])
            weights[i] = least + (most - least) * chances[d, step, 2]
            weights[j] = both - weights[i]
        out[d] = weights
