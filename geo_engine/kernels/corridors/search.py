"""Dijkstra's search over a raster of multipliers (Dijkstra 1959), in sixteen directions, with a binary heap of its own.

A move goes from a cell's centre to another's: along a side, across a corner, or as the knight of chess does. It is cut into four
quarters that lie in one cell each, so what it costs is its length times the mean of four multipliers. A move along a side or across
a corner has two quarters in the cell that it leaves and two in the one that it enters; a knight's has one in each of four cells.
Only a move across a corner touches cells that it does not run through: the two beside that corner.

The heap holds each cell once and knows where it stands, so that a cheaper way moves it up. Cells are ordered by cost, then by
flat index: the answer does not depend on the order of pushing, nor on how much of the raster lies around.
"""

from __future__ import annotations

import numba as nb
import numpy as np
from numpy.typing import NDArray

__all__ = ["LENGTHS", "MOVES", "QUARTERS", "least_cost_search", "way_back"]

_SETTLED = -2

# The moves stand in the file of the search: what was compiled is kept by this file's text alone.
MOVES = np.array(
    [
        *[(-1, 0), (0, -1), (0, 1), (1, 0)],
        *[(-1, -1), (-1, 1), (1, -1), (1, 1)],
        *[(-2, -1), (-2, 1), (-1, -2), (-1, 2), (1, -2), (1, 2), (2, -1), (2, 1)],
    ],
    dtype=np.int64,
)
"""Rows and columns of each move, int64 of shape (16, 2)."""

LENGTHS = np.sqrt((MOVES**2).sum(axis=1))
"""Length of each move in cells, float64 of shape (16,): 1, the root of 2, the root of 5."""


def _quarters(row: int, col: int) -> list[tuple[int, int]]:
    here, there = (0, 0), (row, col)
    if abs(row) == 2:  # noqa: PLR2004 - a knight's move of two rows: it changes column half way
        return [here, (row // 2, 0), (row // 2, col), there]
    if abs(col) == 2:  # noqa: PLR2004 - and of two columns
        return [here, (0, col // 2), (row, col // 2), there]
    return [here, here, there, there]


QUARTERS: NDArray[np.int64] = np.array([_quarters(int(row), int(col)) for row, col in MOVES], dtype=np.int64)
"""The cell of each quarter as rows and columns from the start, int64 of shape (16, 4, 2)."""

_BESIDE: NDArray[np.int64] = np.array(
    [[(row, 0), (0, col)] if abs(row) == abs(col) else [(0, 0)] * 2 for row, col in MOVES], dtype=np.int64
)
"""The two cells that a move across a corner only touches, int64 of shape (16, 2, 2); the start itself for other moves."""


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
            if np.isinf(factor[row + _BESIDE[m, 0, 0], col + _BESIDE[m, 0, 1]] + factor[row + _BESIDE[m, 1, 0], col + _BESIDE[m, 1, 1]]):
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
