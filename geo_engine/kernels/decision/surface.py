"""Count over a surface in how many draws each cell is among the best."""

from __future__ import annotations

import numba as nb
import numpy as np
from numpy.typing import NDArray

__all__ = ["count_reached"]

_BLOCK = 2048  # cells whose scores stay in the nearest cache


@nb.njit(nogil=True, cache=True)
def count_reached(
    utilities: NDArray[np.float32], weights: NDArray[np.float32], thresholds: NDArray[np.float32], counts: NDArray[np.int32]
) -> None:
    """Add to each cell the number of draws in which its weighted sum reaches the draw's threshold.

    Parameters
    ----------
    utilities : float32 ndarray, shape (criteria, cells)
        A cell with a NaN reaches no threshold.
    weights : float32 ndarray, shape (draws, criteria)
        Of each draw.
    thresholds : float32 ndarray, shape (draws,)
        Of each draw.
    counts : int32 ndarray, shape (cells,)
        Added to.
    """
    criteria, cells = utilities.shape
    scores = np.empty(_BLOCK, np.float32)
    for begin in range(0, cells, _BLOCK):
        size = min(_BLOCK, cells - begin)
        for d in range(weights.shape[0]):
            scores[:size] = weights[d, 0] * utilities[0, begin : begin + size]
            for c in range(1, criteria):
                weight, row = weights[d, c], utilities[c, begin : begin + size]
                for k in range(size):
                    scores[k] += weight * row[k]
            threshold, block = thresholds[d], counts[begin : begin + size]
            for k in range(size):
                block[k] += np.int32(scores[k] >= threshold)
