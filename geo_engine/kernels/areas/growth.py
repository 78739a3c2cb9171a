"""Growing an area from a seed by the best neighbour."""

from __future__ import annotations

import math

import numba as nb
import numpy as np
from numpy.typing import NDArray

from geo_engine.kernels.areas.cells import IN, ring_code
from geo_engine.kernels.areas.worth import LEAST_GAIN, sides, worth_of

__all__ = ["grow"]

_QUEUED, _PUT_OFF = 2, 3


@nb.njit(nogil=True, cache=True, inline="always")
def _first(key: NDArray[np.float64], a: int, b: int) -> bool:
    return key[a] > key[b] or (key[a] == key[b] and a < b)


@nb.njit(nogil=True, cache=True)
def _push(heap: NDArray[np.int64], size: int, key: NDArray[np.float64], new: int) -> int:
    at = size
    while at > 0:
        parent = (at - 1) // 2
        if not _first(key, new, heap[parent]):
            break
        heap[at] = heap[parent]
        at = parent
    heap[at] = new
    return size + 1


@nb.njit(nogil=True, cache=True)
def _pop(heap: NDArray[np.int64], size: int, key: NDArray[np.float64]) -> int:
    """Take the first out; the size is one less afterwards."""
    top = int(heap[0])
    size -= 1
    moved = heap[size]
    at = 0
    while True:
        child = 2 * at + 1
        if child >= size:
            break
        if child + 1 < size and _first(key, heap[child + 1], heap[child]):
            child += 1
        if not _first(key, heap[child], moved):
            break
        heap[at] = heap[child]
        at = child
    heap[at] = moved
    return top


@nb.njit(nogil=True, cache=True)
def grow(
    value: NDArray[np.float32],
    usable: NDArray[np.bool_],
    width: int,
    seed: int,
    reach2: float,
    fewest: int,
    most: int,
    by: int,
    compactness: float,
    gain: NDArray[np.bool_],
    state: NDArray[np.int8],
    key: NDArray[np.float64],
    heap: NDArray[np.int64],
    cells: NDArray[np.int64],
) -> tuple[int, float, bool]:
    """Grow from a seed by the best neighbour (four sides) and keep the stage that is worth most.

    A neighbour is the better the higher ``(1 - c) value - 100 c d^2 / r^2``, with its distance d from the seed and the radius r of a
    circle of the fewest cells; of equals the lower index comes first.

    Parameters
    ----------
    value : float32 ndarray, shape (cells of the window,)
        Flat, row by row; higher is better.
    usable : bool ndarray, shape (cells of the window,)
        Cells that may be taken; none on the window's edge.
    width : int
        The window's columns.
    seed : int
        Flat index of the first cell, which is usable.
    reach2 : float
        Square of the farthest that a cell's centre may be from the seed's, in cells.
    fewest, most : int
        Cells of an area.
    by, compactness
        As for `worth_of`.
    gain : bool ndarray, shape (256,)
        Which cells the area may gain, by ring code.
    state, key, heap : ndarray
        Scratch as long as the window; `state` holds the area afterwards.
    cells : int64 ndarray, shape (most,)
        Filled with flat indices in the order of growth.

    Returns
    -------
    count : int
        Cells of the area, or all that were found where these are fewer than `fewest`.
    worth : float
        As by `worth_of`; minus infinity where there are too few.
    cut : bool
        Whether usable land next to the area was left out for its distance or its shape.
    """
    state[:] = 0
    seed_r, seed_c = seed // width, seed % width
    fall = 100.0 * compactness * math.pi / fewest
    heap[0] = seed
    size, found, perimeter, cut = 1, 0, 0, False
    total, least = 0.0, np.inf
    best, best_count = -np.inf, 0
    steps = (-width, 1, width, -1)
    while size > 0 and found < most:
        cell = _pop(heap, size, key)
        size -= 1
        code = ring_code(state, cell, width)
        if found > 0 and not gain[code]:
            state[cell] = _PUT_OFF
            continue
        state[cell] = IN
        cells[found] = cell
        found += 1
        total += value[cell]
        least = min(least, value[cell])
        perimeter += 4 - 2 * sides(code)
        if found >= fewest:
            worth = worth_of(found, total, least, perimeter, most, by, compactness)
            if worth > best + LEAST_GAIN:
                best, best_count = worth, found
        for step in steps:
            near = cell + step
            if state[near] != 0 or not usable[near]:
                continue
            down, right = near // width - seed_r, near % width - seed_c
            away = down * down + right * right
            if away > reach2:
                cut = True
                continue
            state[near] = _QUEUED
            key[near] = (1.0 - compactness) * value[near] - fall * away
            size = _push(heap, size, key, near)
        for down in (-width, 0, width):  # what was put off may be asked for again where its surroundings have changed
            for right in (-1, 0, 1):
                near = cell + down + right
                if state[near] == _PUT_OFF:
                    state[near] = _QUEUED
                    size = _push(heap, size, key, near)
    if found < fewest:
        for k in range(found):
            for step in steps:
                cut = cut or state[cells[k] + step] == _PUT_OFF
        return found, -np.inf, cut
    for k in range(state.size):
        if state[k] != IN:
            state[k] = 0
    for k in range(best_count, found):
        state[cells[k]] = 0
    return best_count, best, cut
