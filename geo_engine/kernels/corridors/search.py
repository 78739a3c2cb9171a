"""Dijkstra's search over a raster of multipliers (Dijkstra 1959), with a binary heap of its own.

The heap holds each cell once and knows where it stands, so that a cheaper way moves it up. Cells are ordered by cost, then by
flat index: the answer does not depend on the order of pushing, nor on how much of the raster lies around.
"""

from __future__ import annotations

import numba as nb
import numpy as np
from numpy.typing import NDArray

from geo_engine.kernels.corridors.moves import BESIDE, LENGTHS, MOVES, QUARTERS

__all__ = ["least_cost_search", "way_back"]

_SETTLED = -2


@nb.njit(nogil=True, cache=True)
def _up(heap: NDArray[np.int64], place: NDArray[np.int64], cost: NDArray[np.float64], at: int) -> None:
    """Move the entry at `at` up to where it belongs."""
    cell = heap[at]
    while at > 0:
        parent = (at - 1) // 2
        other = heap[parent]
        if cost[other] < cost[cell] or (cost[other] == cost[cell] and other < cell):
            break
        heap[at] = other
        place[other] = at
        at = parent
    heap[at] = cell
    place[cell] = at


@nb.njit(nogil=True, cache=True)
def _down(heap: NDArray[np.int64], place: NDArray[np.int64], cost: NDArray[np.float64], size: int) -> None:
    """Move the entry at the top down to where it belongs."""
    cell, at = heap[0], 0
    while True:
        child = 2 * at + 1
        if child >= size:
            break
        if child + 1 < size:
            left, right = heap[child], heap[child + 1]
            if cost[right] < cost[left] or (cost[right] == cost[left] and right < left):
                child += 1
        other = heap[child]
        if cost[cell] < cost[other] or (cost[cell] == cost[other] and cell < other):
            break
        heap[at] = other
        place[other] = at
        at = child
    heap[at] = cell
    place[cell] = at


@nb.njit(nogil=True, cache=True)
def least_cost_search(
    factor: NDArray[np.float64],
    cell: float,
    sources: NDArray[np.int64],
    targets: NDArray[np.int64],
    end_factor: NDArray[np.float64],
    end_cost: NDArray[np.float64],
    limit: float,
    cost: NDArray[np.float64],
    previous: NDArray[np.int64],
) -> int:
    """Find the target that is cheapest to reach from any source, and the way to it.

    What a move costs is the integral of the multiplier along the straight line between two cell centres. A move is closed where
    its line touches a closed cell, be it at a corner. A closed target is entered at its own multiplier and never left: the moves
    out of it begin in a closed cell.

    Parameters
    ----------
    factor : float64 ndarray, shape (rows, columns)
        Multiplier of length, above 0; infinite closes a cell.
    cell : float
        Side of a cell in metres.
    sources : int64 ndarray
        Flat indices of cells where the way may begin; they are open.
    targets : int64 ndarray, shape (k,)
        Flat indices of cells where it may end.
    end_factor : float64 ndarray, shape (k,)
        Multiplier of the target's cell where that is closed: a way may end there, never pass through.
    end_cost : float64 ndarray, shape (k,)
        What the target takes beyond its cell's centre, in metres times multiplier.
    limit : float
        Nothing beyond this cost is looked at, in metres times multiplier.
    cost : float64 ndarray, shape (rows * columns,)
        Filled in place: metres times multiplier to each cell that was reached, infinite elsewhere. It is final for the way found.
    previous : int64 ndarray, shape (rows * columns,)
        Filled in place: the cell before on the way, -1 at sources and where nothing was reached.

    Returns
    -------
    int
        Index of the target with the least cost, of equals the one whose cell comes first by cost and flat index; -1 where none can
        be reached within the limit.
    """
    rows, cols = factor.shape
    heap = np.empty(rows * cols, np.int64)
    place = np.full(rows * cols, -1, np.int64)
    goal = np.full(rows * cols, -1, np.int64)
    cost[:] = np.inf
    previous[:] = -1
    for k in range(targets.size - 1, -1, -1):
        goal[targets[k]] = k
    size = 0
    for source in sources:
        if place[source] == -1:
            cost[source] = 0.0
            heap[size] = source
            _up(heap, place, cost, size)
            size += 1
    best, least = -1, np.inf
    while size > 0:
        here = heap[0]
        if cost[here] > limit or cost[here] >= least:
            break
        place[here] = _SETTLED
        size -= 1
        if size > 0:
            heap[0] = heap[size]
            _down(heap, place, cost, size)
        row, col = here // cols, here % cols
        if goal[here] >= 0:
            for k in range(targets.size):
                total = cost[here] + end_cost[k]
                if targets[k] == here and total < least and total <= limit:
                    best, least = k, total
        for m in range(MOVES.shape[0]):
            to_row, to_col = row + MOVES[m, 0], col + MOVES[m, 1]
            if to_row < 0 or to_row >= rows or to_col < 0 or to_col >= cols:
                continue
            there = to_row * cols + to_col
            if place[there] == _SETTLED:
                continue
            if np.isinf(factor[row + BESIDE[m, 0, 0], col + BESIDE[m, 0, 1]] + factor[row + BESIDE[m, 1, 0], col + BESIDE[m, 1, 1]]):
                continue
            total = 0.0
            for q in range(4):
                passed_row, passed_col = row + QUARTERS[m, q, 0], col + QUARTERS[m, q, 1]
                f = factor[passed_row, passed_col]
                if np.isinf(f) and goal[there] >= 0 and passed_row == to_row and passed_col == to_col:
                    f = end_factor[goal[there]]
                total += f
            total = cost[here] + 0.25 * total * LENGTHS[m] * cell
            if total < cost[there]:
                cost[there] = total
                previous[there] = here
                if place[there] == -1:
                    place[there] = size
                    heap[size] = there
                    size += 1
                _up(heap, place, cost, place[there])
    return best


@nb.njit(nogil=True, cache=True)
def way_back(previous: NDArray[np.int64], end: int) -> NDArray[np.int64]:
    """Give the cells of the way from its source to `end`, flat indices, int64 of shape (cells,)."""
    count, at = 1, end
    while previous[at] >= 0:
        at = previous[at]
        count += 1
    way = np.empty(count, np.int64)
    at = end
    for k in range(count - 1, -1, -1):
        way[k] = at
        at = previous[at]
    return way
