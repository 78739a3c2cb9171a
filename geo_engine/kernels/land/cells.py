"""Cells of a raster about places: how many within a radius are of a class, and how far the nearest one is.

A cell is the parallelogram that its two steps span: from a column to the next, and from a row to the next, in metres east and north.
Offsets from a place are taken in cells first, which is exact, so that no number depends on the window that the cells stand in.
"""

from __future__ import annotations

import math

import numba as nb
import numpy as np
from numpy.typing import NDArray

__all__ = ["class_distance", "class_share", "nearest_columns"]


@nb.njit(nogil=True, cache=True)
def _is_within(dx: float, dy: float, p: float, q: float, s: float, limit2: float) -> bool:
    return p * dx * dx + 2.0 * q * dx * dy + s * dy * dy <= limit2


@nb.njit(nogil=True, cache=True)
def _chords(across: float, down: float, p: float, q: float, s: float, limit2: float, reach: int, ends: NDArray[np.int32]) -> int:
    """Write the first and last column of the disc in each row, counted from the place's own cell; return how many cells it has.

    The place lies `across` and `down` in its cell; rows go from `reach` above its own to `reach` below it. An empty row ends before it
    begins.
    """
    cells = 0
    for k in range(2 * reach + 1):
        dy = k - reach + 0.5 - down
        half = math.sqrt(max(q * q * dy * dy - p * (s * dy * dy - limit2), 0.0)) / p
        middle = across - q * dy / p - 0.5
        first, last = math.floor(middle - half) - 1, math.ceil(middle + half) + 1
        while first <= last and not _is_within(first + 0.5 - across, dy, p, q, s, limit2):
            first += 1
        while last >= first and not _is_within(last + 0.5 - across, dy, p, q, s, limit2):
            last -= 1
        ends[0, k], ends[1, k] = first, last
        cells += last - first + 1
    return cells


@nb.njit(nogil=True, cache=True)
def class_share(
    known: NDArray[np.int32],
    counted: NDArray[np.int32],
    col: NDArray[np.float64],
    row: NDArray[np.float64],
    steps: NDArray[np.float64],
    radius: float,
    out: NDArray[np.float32],
) -> None:
    """Write the share of the cells with their centre within a radius that are of a class.

    Parameters
    ----------
    known, counted : int32 ndarray, shape (rows, columns + 1)
        How many cells of the row left of a column have a value, and are of the class; the first column is 0.
    col, row : float64 ndarray, shape (k,)
        Places in cells from the upper-left corner.
    steps : float64 ndarray, shape (4, k)
        Metres east and north from a column to the next, then from a row to the next.
    radius : float
        Metres, the limit included.
    out : float32 ndarray, shape (k,)
        Of the cells with a value, 0 to 1; NaN where fewer than half of the cells in the disc have one. Filled in place.
    """
    rows, cols = known.shape[0], known.shape[1] - 1
    limit2 = radius * radius
    ends = np.empty((2, 0), np.int32)
    cells, reach = 0, 0
    before = np.full(6, np.nan)
    for k in range(col.size):
        own_col, own_row = math.floor(col[k]), math.floor(row[k])
        across, down = col[k] - own_col, row[k] - own_row
        a, b, c, d = steps[0, k], steps[1, k], steps[2, k], steps[3, k]
        # Places of a tile mostly lie alike in their cells, and then have one disc.
        if not (before[0] == across and before[1] == down and before[2] == a and before[3] == b and before[4] == c and before[5] == d):
            before[0], before[1], before[2], before[3], before[4], before[5] = across, down, a, b, c, d
            p, q, s = a * a + b * b, a * c + b * d, c * c + d * d
            reach = math.ceil(radius * math.sqrt(p / (p * s - q * q))) + 1
            if ends.shape[1] < 2 * reach + 1:
                ends = np.empty((2, 2 * reach + 1), np.int32)
            cells = _chords(across, down, p, q, s, limit2, reach, ends)
        with_value, of_class = 0, 0
        for r in range(max(own_row - reach, 0), min(own_row + reach + 1, rows)):
            first, last = ends[0, r - own_row + reach], ends[1, r - own_row + reach]
            if first <= last:
                begin, end = min(max(own_col + first, 0), cols), min(max(own_col + last + 1, 0), cols)
                with_value += known[r, end] - known[r, begin]
                of_class += counted[r, end] - counted[r, begin]
        out[k] = np.nan if with_value == 0 or 2 * with_value < cells else of_class / with_value


@nb.njit(nogil=True, cache=True)
def nearest_columns(counted: NDArray[np.bool_], left: NDArray[np.int32], right: NDArray[np.int32]) -> None:
    """Write for each cell the nearest column of its row that is of a class, itself included.

    On its left, -1 where there is none; on its right, the number of columns where there is none.
    """
    rows, cols = counted.shape
    for r in range(rows):
        last = -1
        for c in range(cols):
            if counted[r, c]:
                last = c
            left[r, c] = last
        last = cols
        for c in range(cols - 1, -1, -1):
            if counted[r, c]:
                last = c
            right[r, c] = last


@nb.njit(nogil=True, cache=True)
def _to_cell2(dx: float, dy: float, p: float, q: float, s: float) -> float:
    """Squared metres from the origin to the cell whose upper-left corner lies at (dx, dy) in cells: 0 in it, else to its nearest edge."""
    if dx <= 0.0 <= dx + 1.0 and dy <= 0.0 <= dy + 1.0:
        return 0.0
    best = np.inf
    for corner in range(2):
        u = dx + corner  # along the edge at this column, then along the edge at this row
        v = min(max(-q * u / s, dy), dy + 1.0)
        best = min(best, p * u * u + 2.0 * q * u * v + s * v * v)
        v = dy + corner
        u = min(max(-q * v / p, dx), dx + 1.0)
        best = min(best, p * u * u + 2.0 * q * u * v + s * v * v)
    return best


@nb.njit(nogil=True, cache=True)
def class_distance(
    left: NDArray[np.int32],
    right: NDArray[np.int32],
    col: NDArray[np.float64],
    row: NDArray[np.float64],
    steps: NDArray[np.float64],
    limit: float,
    out: NDArray[np.float32],
) -> None:
    """Write the distance to the edge of the nearest cell of a class.

    In a row the distance to a cell is a convex function of its column, so that the nearest cells on either side of the column
    with the least distance suffice. Rows are looked at from the place outwards, until they are farther away than what was found.

    Parameters
    ----------
    left, right : int32 ndarray, shape (rows, columns)
        As `nearest_columns` writes them.
    col, row, steps
        As for `class_share`; places lie in the window.
    limit : float
        Metres: what is farther away is told as this.
    out : float32 ndarray, shape (k,)
        Metres; 0 in a cell of the class. Filled in place.
    """
    rows, cols = left.shape
    for k in range(col.size):
        p = steps[0, k] * steps[0, k] + steps[1, k] * steps[1, k]
        q = steps[0, k] * steps[2, k] + steps[1, k] * steps[3, k]
        s = steps[2, k] * steps[2, k] + steps[3, k] * steps[3, k]
        across = int(abs(q) / p) + 1  # columns by which the least of a row may be off, where cells are skewed
        upright = s - q * q / p
        start = min(int(row[k]), rows - 1)
        best = limit * limit
        for way in (1, -1):
            r = start if way == 1 else start - 1
            while 0 <= r < rows:
                near = max(r - row[k], row[k] - (r + 1.0), 0.0)
                if upright * near * near >= best:
                    break
                dy = r - row[k]
                middle = min(max(math.floor(col[k] - q * near * way / p), 0), cols - 1)
                begin, end = max(middle - across, 0), min(middle + across, cols - 1)
                c = left[r, begin]
                if c >= 0:
                    best = min(best, _to_cell2(c - col[k], dy, p, q, s))
                c = right[r, begin]
                while c <= end:
                    best = min(best, _to_cell2(c - col[k], dy, p, q, s))
                    if c == cols - 1:
                        break
                    c = right[r, c + 1]
                c = right[r, end]
                if c < cols:
                    best = min(best, _to_cell2(c - col[k], dy, p, q, s))
                r += way
        out[k] = np.float32(min(math.sqrt(best), limit))
