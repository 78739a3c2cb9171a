"""Grow contiguous areas of a number of cells on a scored grid, best first, apart from each other."""

from __future__ import annotations

import numba as nb
import numpy as np
from numpy.typing import NDArray

__all__ = ["grow_area", "stamp_taken"]


@nb.njit(nogil=True, cache=True, inline="always")
def _better(score: NDArray[np.float32], a: int, b: int, cols: int) -> bool:
    """Tell whether flat cell a comes before b: higher score, then lower row, then lower column (the flat index)."""
    sa, sb = score[a // cols, a % cols], score[b // cols, b % cols]
    return sa > sb or (sa == sb and a < b)


@nb.njit(nogil=True, cache=True)
def grow_area(
    score: NDArray[np.float32],
    free: NDArray[np.bool_],
    seed: int,
    cells: int,
    reach2: float,
    mark: NDArray[np.int32],
    stamp: int,
    heap: NDArray[np.int64],
    area: NDArray[np.int64],
) -> tuple[int, float]:
    """Grow from a seed by the best neighbour (four sides) until the area has enough cells.

    Parameters
    ----------
    score : float32 ndarray, shape (rows, columns)
        Higher is better.
    free : bool ndarray, shape (rows, columns)
        Cells that may be used.
    seed : int
        Flat index of the first cell, which is free.
    cells : int
        How many cells.
    reach2 : float
        Square of the farthest that a cell's centre may be from the seed's, in cells.
    mark : int32 ndarray, shape (rows, columns)
        Scratch: cells already seen hold `stamp`.
    stamp : int
        A number not used before.
    heap : int64 ndarray
        Scratch, at least ``4 * cells + 4`` long.
    area : int64 ndarray, shape (cells,)
        Filled with flat indices.

    Returns
    -------
    count : int
        Cells found; fewer than asked for where the free land within reach is too small.
    total : float
        Sum of their scores, float64.
    """
    rows, cols = score.shape
    seed_r, seed_c = seed // cols, seed % cols
    heap[0] = seed
    size, found, total = 1, 0, 0.0
    mark[seed_r, seed_c] = stamp
    while size > 0 and found < cells:
        cell = heap[0]
        size -= 1
        if size > 0:
            moved = heap[size]
            at = 0
            while True:
                child = 2 * at + 1
                if child >= size:
                    break
                if child + 1 < size and _better(score, heap[child + 1], heap[child], cols):
                    child += 1
                if not _better(score, heap[child], moved, cols):
                    break
                heap[at] = heap[child]
                at = child
            heap[at] = moved
        area[found] = cell
        found += 1
        r, c = cell // cols, cell % cols
        total += score[r, c]
        for down, right in ((-1, 0), (0, -1), (0, 1), (1, 0)):
            nr, nc = r + down, c + right
            if nr < 0 or nr >= rows or nc < 0 or nc >= cols or mark[nr, nc] == stamp or not free[nr, nc]:
                continue
            if (nr - seed_r) ** 2 + (nc - seed_c) ** 2 > reach2:
                continue
            mark[nr, nc] = stamp
            new = nr * cols + nc
            at = size
            size += 1
            while at > 0:
                parent = (at - 1) // 2
                if not _better(score, new, heap[parent], cols):
                    break
                heap[at] = heap[parent]
                at = parent
            heap[at] = new
    return found, total


@nb.njit(nogil=True, cache=True)
def stamp_taken(free: NDArray[np.bool_], area: NDArray[np.int64], spacing: float) -> None:
    """Make every cell unfree whose centre is nearer than `spacing` (in cells) to a cell of the area, and the area itself."""
    rows, cols = free.shape
    reach = int(np.ceil(spacing))
    for k in range(area.size):
        r, c = area[k] // cols, area[k] % cols
        free[r, c] = False
        for nr in range(max(r - reach, 0), min(r + reach + 1, rows)):
            for nc in range(max(c - reach, 0), min(c + reach + 1, cols)):
                if (nr - r) ** 2 + (nc - c) ** 2 < spacing * spacing:
                    free[nr, nc] = False
