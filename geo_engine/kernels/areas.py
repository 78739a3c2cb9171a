"""Grow contiguous areas of a number of cells on a scored grid, and close the land around those that are taken."""

from __future__ import annotations

import numba as nb
import numpy as np
from numpy.typing import NDArray

__all__ = ["close_around", "grow_area", "grow_seeds", "regrow"]


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
    reach2: float,
    mark: NDArray[np.int64],
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
    reach2 : float
        Square of the farthest that a cell's centre may be from the seed's, in cells.
    mark : int64 ndarray, shape (side, side)
        Scratch for the window about the seed, side being odd and more than twice the reach; its first cell counts the calls.
    heap : int64 ndarray
        Scratch, four times as long as `area` and four more.
    area : int64 ndarray, shape (cells,)
        Filled with flat indices in the order of growth.

    Returns
    -------
    count : int
        Cells found; fewer than asked for where the free land within reach is too small.
    total : float
        Sum of their scores, float64.
    """
    rows, cols = score.shape
    seed_r, seed_c = seed // cols, seed % cols
    middle = mark.shape[0] // 2
    mark[0, 0] += 1
    stamp = mark[0, 0]
    heap[0] = seed
    size, found, total = 1, 0, 0.0
    mark[middle, middle] = stamp
    while size > 0 and found < area.size:
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
            away_r, away_c = nr - seed_r, nc - seed_c
            if nr < 0 or nr >= rows or nc < 0 or nc >= cols or away_r * away_r + away_c * away_c > reach2:
                continue
            if mark[middle + away_r, middle + away_c] == stamp or not free[nr, nc]:
                continue
            mark[middle + away_r, middle + away_c] = stamp
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
def grow_seeds(
    score: NDArray[np.float32],
    free: NDArray[np.bool_],
    still_open: NDArray[np.bool_],
    seen: NDArray[np.bool_],
    order: NDArray[np.int64],
    position: int,
    best: float,
    reach2: float,
    apart: int,
    mark: NDArray[np.int64],
    heap: NDArray[np.int64],
    area: NDArray[np.int64],
    seeds: NDArray[np.int64],
    means: NDArray[np.float64],
    count: int,
    small: NDArray[np.int64],
    small_count: int,
) -> tuple[int, float, int, int]:
    """Grow from the open cells within reach of the cells of `order`, until no cell left scores more than the best mean.

    A seed that is left over has no cell in reach that scores more than the best mean, so its area cannot be better.

    Parameters
    ----------
    score, free, reach2, mark, heap, area
        As for `grow_area`.
    still_open : bool ndarray, shape (rows, columns)
        Free cells that no taken area has closed.
    seen : bool ndarray, shape (rows, columns)
        Cells that have been seeds, or lie within `apart` of one.
    order : int64 ndarray
        Flat indices of free cells by falling score, then by rising index.
    position : int
        Where to go on in `order`.
    best : float
        Best mean so far.
    apart : int
        Cells by which a seed keeps others away, up and down, left and right; 0 makes every cell a seed.
    seeds, means : ndarray, shape (capacity,)
        Seeds of the areas found and their means, filled from `count` on.
    count : int
        Areas found so far.
    small : int64 ndarray, shape (capacity,)
        Seeds on pockets of free land that are too small, filled from `small_count` on; when full, no more are kept.
    small_count : int
        Such seeds so far.

    Returns
    -------
    position, best, count, small_count : tuple
        Where it stopped, and the counts; it also stops where the capacity may not suffice for one more cell of `order`.
    """
    rows, cols = score.shape
    reach = mark.shape[0] // 2
    room = mark.shape[0] * mark.shape[0]
    while position < order.size and count + room <= seeds.size:
        cell = order[position]
        r, c = cell // cols, cell % cols
        if score[r, c] <= best:
            break
        position += 1
        if not still_open[r, c]:
            continue
        for sr in range(max(r - reach, 0), min(r + reach + 1, rows)):
            for sc in range(max(c - reach, 0), min(c + reach + 1, cols)):
                if seen[sr, sc] or not still_open[sr, sc] or (sr - r) ** 2 + (sc - c) ** 2 > reach2:
                    continue
                for nr in range(max(sr - apart, 0), min(sr + apart + 1, rows)):
                    for nc in range(max(sc - apart, 0), min(sc + apart + 1, cols)):
                        seen[nr, nc] = True
                seed = sr * cols + sc
                found, total = grow_area(score, still_open, seed, reach2, mark, heap, area)
                if found == area.size:
                    seeds[count], means[count] = seed, total / found
                    best = max(best, means[count])
                    count += 1
                elif small_count < small.size:
                    found, _ = grow_area(score, free, seed, reach2, mark, heap, area)
                    if found < area.size:
                        small[small_count] = seed
                        small_count += 1
    return position, best, count, small_count


@nb.njit(nogil=True, cache=True)
def close_around(still_open: NDArray[np.bool_], area: NDArray[np.int64], spacing: float) -> None:
    """Close every cell whose centre is nearer than `spacing` (in cells) to a cell of the area, and the area itself."""
    rows, cols = still_open.shape
    reach = int(np.ceil(min(spacing, float(rows + cols))))
    for k in range(area.size):
        r, c = area[k] // cols, area[k] % cols
        still_open[r, c] = False
        for nr in range(max(r - reach, 0), min(r + reach + 1, rows)):
            for nc in range(max(c - reach, 0), min(c + reach + 1, cols)):
                if still_open[nr, nc] and (nr - r) ** 2 + (nc - c) ** 2 < spacing * spacing:
                    still_open[nr, nc] = False


@nb.njit(nogil=True, cache=True)
def regrow(
    score: NDArray[np.float32],
    still_open: NDArray[np.bool_],
    taken: NDArray[np.int64],
    spacing: float,
    reach2: float,
    mark: NDArray[np.int64],
    heap: NDArray[np.int64],
    area: NDArray[np.int64],
    seeds: NDArray[np.int64],
    means: NDArray[np.float64],
    count: int,
) -> int:
    """Grow again, on the land that is still open, from the seeds near an area that was taken; drop those that cannot grow.

    Parameters
    ----------
    taken : int64 ndarray
        Cells of the area around which land was closed.
    spacing : float
        In cells, as for `close_around`.
    score, still_open, reach2, mark, heap, area, seeds, means, count
        As for `grow_seeds`; seeds and means are packed in place.

    Returns
    -------
    count : int
        How many areas are left.
    """
    rows, cols = score.shape
    far = min(np.ceil(spacing), float(rows + cols)) + 2.0 * mark.shape[0]
    r0, r1, c0, c1 = rows, 0, cols, 0
    for k in range(taken.size):
        r, c = taken[k] // cols, taken[k] % cols
        r0, r1, c0, c1 = min(r0, r), max(r1, r), min(c0, c), max(c1, c)
    kept = 0
    for k in range(count):
        seed, mean = seeds[k], means[k]
        r, c = seed // cols, seed % cols
        if not still_open[r, c]:
            continue
        if r0 - far <= r <= r1 + far and c0 - far <= c <= c1 + far:
            found, total = grow_area(score, still_open, seed, reach2, mark, heap, area)
            if found < area.size:
                continue
            mean = total / found
        seeds[kept], means[kept] = seed, mean
        kept += 1
    return kept
