"""Land around areas that are taken: closed to others, or near enough for others."""

from __future__ import annotations

import math

import numba as nb
import numpy as np
from numpy.typing import NDArray

__all__ = ["close_around", "mark_within"]


@nb.njit(nogil=True, cache=True, inline="always")
def _half(limit: float, down: int, closed: int) -> int:
    """Give how many columns off a cell may be, in a row so far down: nearer than the limit, or at the limit too."""
    left = limit * limit - float(down * down)
    if left < 0.0 or (left == 0.0 and not closed):
        return -1
    half = int(math.sqrt(left))
    while float(half * half) > left or (not closed and float(half * half) == left):
        half -= 1
    while float((half + 1) * (half + 1)) < left or (closed and float((half + 1) * (half + 1)) == left):
        half += 1
    return half


@nb.njit(nogil=True, cache=True)
def _fill(mask: NDArray[np.bool_], area: NDArray[np.int64], limit: float, mark: int) -> None:
    """Set the cells about an area, run by run: a disc about each run of cells in a row is a stretch of each row.

    To mark is 1 and takes those at the limit too; to clear is 0 and leaves them.
    """
    rows, cols = mask.shape
    limit = min(limit, float(rows + cols))
    reach = math.ceil(limit)
    at = 0
    while at < area.size:
        r, first = area[at] // cols, area[at] % cols
        last = first
        while at + 1 < area.size and area[at + 1] == area[at] + 1 and area[at + 1] % cols != 0:
            at += 1
            last += 1
        at += 1
        for nr in range(max(r - reach, 0), min(r + reach + 1, rows)):
            half = _half(limit, nr - r, mark)
            if half >= 0:
                mask[nr, max(first - half, 0) : min(last + half + 1, cols)] = mark == 1


@nb.njit(nogil=True, cache=True)
def close_around(still_open: NDArray[np.bool_], area: NDArray[np.int64], spacing: float) -> None:
    """Close every cell whose centre is nearer than `spacing` to one of an area's, and the area itself.

    Parameters
    ----------
    still_open : bool ndarray, shape (rows, columns)
        Changed in place.
    area : int64 ndarray, shape (n,)
        Flat indices, rising.
    spacing : float
        In cells.
    """
    cols = still_open.shape[1]
    for cell in area:
        still_open[cell // cols, cell % cols] = False
    if spacing > 0.0:
        _fill(still_open, area, spacing, 0)


@nb.njit(nogil=True, cache=True)
def mark_within(near: NDArray[np.bool_], area: NDArray[np.int64], farthest: float) -> None:
    """Mark every cell whose centre is `farthest` from one of an area's, or nearer.

    Parameters
    ----------
    near : bool ndarray, shape (rows, columns)
        Changed in place.
    area : int64 ndarray, shape (n,)
        Flat indices, rising.
    farthest : float
        In cells.
    """
    _fill(near, area, farthest, 1)
