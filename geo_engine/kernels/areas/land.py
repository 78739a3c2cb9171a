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
def _fill(mask: NDArray[np.bool_], rows: NDArray[np.int64], cols: NDArray[np.int64], row0: int, col0: int, limit: float, mark: int) -> None:
    """Set the cells about an area, run by run: a disc about each run of cells in a row is a stretch of each row.

    To mark is 1 and takes those at the limit too; to clear is 0 and leaves them.
    """
    height, width = mask.shape
    farthest = max(max(abs(row0), abs(row0 + height)) + rows[-1], max(abs(col0), abs(col0 + width)) + cols.max()) + 1
    limit = min(limit, 2.0 * float(farthest))
    reach = math.ceil(limit)
    at = 0
    while at < rows.size:
        r, first = rows[at] - row0, cols[at] - col0
        last = first
        while at + 1 < rows.size and rows[at + 1] == rows[at] and cols[at + 1] == cols[at] + 1:
            at += 1
            last += 1
        at += 1
        for nr in range(max(r - reach, 0), min(r + reach + 1, height)):
            half = _half(limit, nr - r, mark)
            if half >= 0:
                mask[nr, max(first - half, 0) : max(min(last + half + 1, width), 0)] = mark == 1


@nb.njit(nogil=True, cache=True)
def close_around(
    still_open: NDArray[np.bool_], rows: NDArray[np.int64], cols: NDArray[np.int64], spacing: float, row0: int, col0: int
) -> None:
    """Close every cell whose centre is nearer than `spacing` to one of an area's, and the area itself.

    Parameters
    ----------
    still_open : bool ndarray, shape (rows, columns)
        A window of the grid; changed in place.
    rows, cols : int64 ndarray, shape (n,)
        The area's cells on the grid, row by row; they may lie off the window.
    spacing : float
        In cells.
    row0, col0 : int
        Where on the grid the window begins.
    """
    for k in range(rows.size):
        r, c = rows[k] - row0, cols[k] - col0
        if 0 <= r < still_open.shape[0] and 0 <= c < still_open.shape[1]:
            still_open[r, c] = False
    if spacing > 0.0 and rows.size > 0:
        _fill(still_open, rows, cols, row0, col0, spacing, 0)


@nb.njit(nogil=True, cache=True)
def mark_within(near: NDArray[np.bool_], rows: NDArray[np.int64], cols: NDArray[np.int64], farthest: float, row0: int, col0: int) -> None:
    """Mark every cell whose centre is `farthest` from one of an area's, or nearer.

    Parameters
    ----------
    near : bool ndarray, shape (rows, columns)
        A window of the grid; changed in place.
    rows, cols : int64 ndarray, shape (n,)
        The area's cells on the grid, row by row; they may lie off the window.
    farthest : float
        In cells.
    row0, col0 : int
        Where on the grid the window begins.
    """
    if rows.size > 0:
        _fill(near, rows, cols, row0, col0, farthest, 1)
