"""Blocks of seeds: what their areas can be worth at most, and the best of them."""

from __future__ import annotations

import numba as nb
import numpy as np
from numpy.typing import NDArray

from geo_engine.kernels.areas.growth import grow
from geo_engine.kernels.areas.swaps import swap
from geo_engine.kernels.areas.worth import MEAN, MINIMUM

__all__ = ["best_of_block", "bound_of_block", "highest_by_block", "pockets_of_block"]


@nb.njit(nogil=True, cache=True)
def highest_by_block(
    value: NDArray[np.float32], usable: NDArray[np.bool_], side: int, row0: int, col0: int, out: NDArray[np.float32]
) -> None:
    """Give the highest usable value of each block of a window.

    Parameters
    ----------
    value : float32 ndarray, shape (rows, columns)
        Of the window; higher is better.
    usable : bool ndarray, shape (rows, columns)
        Cells that count.
    side : int
        Cells along a block; blocks are counted from the corner of the grid.
    row0, col0 : int
        Where on the grid the window begins: anywhere in its first block.
    out : float32 ndarray, shape (block rows, block columns)
        Filled, from the block that holds the window's first cell; minus infinity where nothing is usable.
    """
    out[:] = -np.inf
    down, right = row0 % side, col0 % side
    for r in range(value.shape[0]):
        line = (r + down) // side
        for c in range(value.shape[1]):
            if usable[r, c] and value[r, c] > out[line, (c + right) // side]:
                out[line, (c + right) // side] = value[r, c]


@nb.njit(nogil=True, cache=True)
def bound_of_block(
    value: NDArray[np.float32],
    usable: NDArray[np.bool_],
    row0: int,
    row1: int,
    col0: int,
    col1: int,
    fewest: int,
    most: int,
    by: int,
    pool: NDArray[np.float32],
) -> tuple[float, int]:
    """Tell what the areas within a window can be worth at most: that of its best cells, whether they lie together or not.

    Parameters
    ----------
    value, usable : ndarray, shape (rows, columns)
        The surface, and the cells that may be taken.
    row0, row1, col0, col1 : int
        The window: a block with a margin of the reach.
    fewest, most, by
        As for `grow`.
    pool : float32 ndarray
        Scratch as long as the window has cells.

    Returns
    -------
    bound : float
        Minus infinity where fewer than `fewest` cells are usable. Compactness is not counted.
    count : int
        Usable cells.
    """
    count = 0
    for r in range(row0, row1):
        for c in range(col0, col1):
            if usable[r, c]:
                pool[count] = value[r, c]
                count += 1
    if count < fewest:
        return -np.inf, count
    wanted = fewest if by in (MEAN, MINIMUM) else min(most, count)
    low, high, k = 0, count - 1, wanted - 1
    while low < high:  # quickselect: the `wanted` highest come to stand in front
        pivot = pool[(low + high) // 2]
        i, j = low, high
        while i <= j:
            while pool[i] > pivot:
                i += 1
            while pool[j] < pivot:
                j -= 1
            if i <= j:
                pool[i], pool[j] = pool[j], pool[i]
                i += 1
                j -= 1
        if k <= j:
            high = j
        elif k >= i:
            low = i
        else:
            break
    if by == MINIMUM:
        return float(pool[k]), count
    total = 0.0
    for i in range(wanted):
        total += pool[i]
    return total / (wanted if by == MEAN else most), count


@nb.njit(nogil=True, cache=True)
def best_of_block(
    value: NDArray[np.float32],
    usable: NDArray[np.bool_],
    seeds: NDArray[np.bool_],
    row0: int,
    row1: int,
    col0: int,
    col1: int,
    step: int,
    margin: int,
    reach2: float,
    fewest: int,
    most: int,
    by: int,
    compactness: float,
    tries: int,
    again: int,
    gain: NDArray[np.bool_],
    drop: NDArray[np.bool_],
    window: NDArray[np.float32],
    inside: NDArray[np.bool_],
    state: NDArray[np.int8],
    key: NDArray[np.float64],
    heap: NDArray[np.int64],
    cells: NDArray[np.int64],
    lost: NDArray[np.int64],
    gained: NDArray[np.int64],
    grown: NDArray[np.float64],
    best: NDArray[np.int64],
) -> tuple[int, float, int, bool]:
    """Grow from the seeds of a block, swap in those that came out best, and give the best of these.

    Parameters
    ----------
    value, usable : ndarray, shape (rows, columns)
        The surface, and the cells that may be taken.
    seeds : bool ndarray, shape (rows, columns)
        Cells that an area may be grown from.
    row0, row1, col0, col1 : int
        The block.
    step : int
        Seeds keep so many cells apart, counted from the grid's corner; every cell is tried where that finds nothing.
    margin : int
        Cells that an area may lie outside the block, and one more.
    reach2, fewest, most, by, compactness, gain, drop
        As for `grow` and `swap`.
    tries : int
        Areas of the block that are swapped in, the best grown first; 0 for all.
    again : int
        Cells of such an area that it is grown anew without, one at a time: a way round them may lead farther.
    window, inside, state, key, heap, cells, lost, gained : ndarray
        Scratch: see `grow` and `swap`.
    grown : float64 ndarray
        Scratch as long as the block has cells.
    best : int64 ndarray, shape (most,)
        Filled with the flat indices of the best area's cells on the grid, rising.

    Returns
    -------
    count, worth, seed : int, float, int
        Of the best area; equals go to the seed that comes first. A count of 0 where no seed grows an area.
    failed : bool
        Whether a seed could not grow an area.
    """
    rows, cols = value.shape
    width = col1 - col0 + 2 * margin
    size = width * (row1 - row0 + 2 * margin)
    w, u, s, k_, h = window[:size], inside[:size], state[:size], key[:size], heap
    at = 0
    for r in range(row0 - margin, row1 + margin):
        for c in range(col0 - margin, col1 + margin):
            edge = r == row0 - margin or r == row1 + margin - 1 or c == col0 - margin or c == col1 + margin - 1
            off = edge or r < 0 or r >= rows or c < 0 or c >= cols
            u[at] = not off and usable[r, c]
            w[at] = value[r, c] if u[at] else 0.0
            at += 1
    across = col1 - col0
    found_any, failed = False, False
    for stride in (step, 1):
        number = 0
        for r in range(row0, row1):
            for c in range(col0, col1):
                grown[number] = -np.inf
                at = (r - row0 + margin) * width + c - col0 + margin
                if (stride == 1 or (r % stride == 0 and c % stride == 0)) and u[at] and seeds[r, c]:
                    count, worth, cut = grow(w, u, width, at, reach2, fewest, most, by, compactness, gain, s, k_, h, cells)
                    if count >= fewest:
                        grown[number] = worth
                        found_any = True
                    else:
                        failed = True
                        for k in range(0 if cut else count):  # the whole of a piece that is too small
                            u[cells[k]] = False
                number += 1
        if found_any or step == 1:
            break
    best_worth, best_count, best_seed = -np.inf, 0, -1
    first, first_count = np.empty(most, np.int64), 0
    left = number if tries == 0 else tries
    while found_any and left > 0:
        left -= 1
        pick = 0
        for k in range(1, number):
            if grown[k] > grown[pick]:
                pick = k
        if grown[pick] == -np.inf:
            break
        grown[pick] = -np.inf
        r, c = row0 + pick // across, col0 + pick % across
        seed = (pick // across + margin) * width + pick % across + margin
        without = -1
        for turn in range(again + 1):  # once as it comes, then without each cell of what that gave
            if turn > 0:
                if turn > first_count or first[turn - 1] == seed:
                    continue
                without = first[turn - 1]
                u[without] = False
            count, worth, _ = grow(w, u, width, seed, reach2, fewest, most, by, compactness, gain, s, k_, h, cells)
            if turn > 0:
                u[without] = True
            if count < fewest:
                continue
            count, worth = swap(w, u, width, seed, reach2, fewest, most, by, compactness, gain, drop, s, cells, count, lost, gained)
            if turn == 0:
                first_count = count
                first[:count] = cells[:count]
            flat = r * cols + c
            if worth > best_worth or (worth == best_worth and flat < best_seed):
                best_worth, best_count, best_seed = worth, count, flat
                for k in range(count):
                    best[k] = (cells[k] // width + row0 - margin) * cols + cells[k] % width + col0 - margin
    return best_count, best_worth, best_seed, failed


@nb.njit(nogil=True, cache=True)
def pockets_of_block(
    value: NDArray[np.float32],
    free: NDArray[np.bool_],
    told: NDArray[np.bool_],
    row0: int,
    row1: int,
    col0: int,
    col1: int,
    step: int,
    margin: int,
    reach2: float,
    fewest: int,
    gain: NDArray[np.bool_],
    window: NDArray[np.float32],
    inside: NDArray[np.bool_],
    state: NDArray[np.int8],
    key: NDArray[np.float64],
    heap: NDArray[np.int64],
    cells: NDArray[np.int64],
    pockets: NDArray[np.int64],
    sizes: NDArray[np.int64],
) -> int:
    """Find the pieces of free land in a block's reach that are too small for an area.

    Parameters
    ----------
    free : bool ndarray, shape (rows, columns)
        Cells that may be taken, whatever areas were found.
    told : bool ndarray, shape (rows, columns)
        Cells that have been looked at; marked further.
    pockets : int64 ndarray
        Filled with the pieces' flat indices on the grid, one piece after another, rising; as long as the block has cells times `fewest`.
    sizes : int64 ndarray
        Filled with the cells of each; as long as the block has cells.
    value, row0, row1, col0, col1, step, margin, reach2, fewest, gain, window, inside, state, key, heap, cells
        As for `best_of_block`.

    Returns
    -------
    count : int
        Pieces found.
    """
    rows, cols = value.shape
    width = col1 - col0 + 2 * margin
    size = width * (row1 - row0 + 2 * margin)
    w, u, s, k_ = window[:size], inside[:size], state[:size], key[:size]
    at = 0
    for r in range(row0 - margin, row1 + margin):
        for c in range(col0 - margin, col1 + margin):
            edge = r == row0 - margin or r == row1 + margin - 1 or c == col0 - margin or c == col1 + margin - 1
            off = edge or r < 0 or r >= rows or c < 0 or c >= cols
            u[at] = not off and free[r, c]
            w[at] = value[r, c] if u[at] else 0.0
            at += 1
    found, filled = 0, 0
    for stride in (step, 1):
        for r in range(row0, row1):
            for c in range(col0, col1):
                if (stride > 1 and (r % stride != 0 or c % stride != 0)) or not free[r, c] or told[r, c]:
                    continue
                at = (r - row0 + margin) * width + c - col0 + margin
                count, _, _ = grow(w, u, width, at, reach2, fewest, fewest, MEAN, 0.0, gain, s, k_, heap, cells)
                cells[:count].sort()
                for k in range(count):
                    pr, pc = cells[k] // width + row0 - margin, cells[k] % width + col0 - margin
                    told[pr, pc] = True
                    if count < fewest:
                        pockets[filled + k] = pr * cols + pc
                if count < fewest:
                    sizes[found] = count
                    found, filled = found + 1, filled + count
    return found
