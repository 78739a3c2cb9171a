"""Growing an area from a seed by the best neighbour, and exchanging its border cells for better ones."""

from __future__ import annotations

import math

import numba as nb
import numpy as np
from numpy.typing import NDArray

from geo_engine.kernels.areas.cells import IN, ring_code

__all__ = ["MEAN", "MINIMUM", "SUM", "grow", "swap", "worth_of"]

MEAN, SUM, MINIMUM = 0, 1, 2
"""What an area is judged by."""

_QUEUED, _PUT_OFF = 2, 3
_GAIN = 1e-9  # less is rounding: swaps must end
_ROUNDS = 200


@nb.njit(nogil=True, cache=True)
def worth_of(count: int, total: float, least: float, perimeter: int, most: int, by: int, compactness: float) -> float:
    """Judge an area: ``(1 - c) e + 100 c s``, with the evaluation e and the squareness ``s = 16 count / perimeter^2``.

    Parameters
    ----------
    count : int
        Cells.
    total, least : float
        Sum and minimum of the values.
    perimeter : int
        Sides of cells along the outline; of holes too.
    most : int
        Cells that an area may have: the sum is told as a share of it, so that it is on the scale of the values.
    by : int
        `MEAN`, `SUM` or `MINIMUM`.
    compactness : float
        c, 0 to 1.

    Returns
    -------
    float
        On the scale of the values, 0 to 100.
    """
    judged = total / count if by == MEAN else total / most if by == SUM else least
    if compactness == 0.0:
        return judged
    return (1.0 - compactness) * judged + 1600.0 * compactness * count / (perimeter * perimeter)


@nb.njit(nogil=True, cache=True, inline="always")
def _sides(code: int) -> int:
    return (code & 1) + (code >> 2 & 1) + (code >> 4 & 1) + (code >> 6 & 1)


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
    top = heap[0]
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
        perimeter += 4 - 2 * _sides(code)
        if found >= fewest:
            worth = worth_of(found, total, least, perimeter, most, by, compactness)
            if worth > best + _GAIN:
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


@nb.njit(nogil=True, cache=True)
def swap(
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
    drop: NDArray[np.bool_],
    state: NDArray[np.int8],
    cells: NDArray[np.int64],
    count: int,
    lost: NDArray[np.int64],
    gained: NDArray[np.int64],
) -> tuple[int, float]:
    """Exchange border cells for better neighbours, gain or lose some, until nothing single makes the area worth more.

    Parameters
    ----------
    value, usable, width, seed, reach2, fewest, most, by, compactness, gain
        As for `grow`; the seed stays.
    drop : bool ndarray, shape (256,)
        Which cells the area may lose, by ring code.
    state : int8 ndarray, shape (cells of the window,)
        `IN` marks the area; changed with it.
    cells : int64 ndarray, shape (most,)
        The area's flat indices; changed in place and put in rising order.
    count : int
        How many they are.
    lost, gained : int64 ndarray, shape (5 most,)
        Scratch.

    Returns
    -------
    count, worth : int, float
        Of the area as it is then.
    """
    seed_r, seed_c = seed // width, seed % width
    steps = (-width, 1, width, -1)
    for _ in range(_ROUNDS):
        cells[:count].sort()
        total, least, second, perimeter = 0.0, np.inf, np.inf, 0
        for k in range(count):
            v = float(value[cells[k]])
            total += v
            if v < least:
                least, second = v, least
            else:
                second = min(second, v)
            perimeter += 4 - _sides(ring_code(state, cells[k], width))
        worth = worth_of(count, total, least, perimeter, most, by, compactness)
        out, into = 0, 0
        for k in range(count):
            cell = cells[k]
            border = False
            for step in steps:
                near = cell + step
                if state[near] == IN:
                    continue
                border = True
                if state[near] == 0 and usable[near]:
                    down, right = near // width - seed_r, near % width - seed_c
                    if down * down + right * right <= reach2:
                        state[near] = _QUEUED
                        gained[into] = near
                        into += 1
            if border and cell != seed:
                lost[out] = cell
                out += 1
        for k in range(into):
            state[gained[k]] = 0
        _sort(lost, out, value, 1.0)
        _sort(gained, into, value, -1.0)
        changed = False
        if count < most:
            for k in range(into):
                new = gained[k]
                code = ring_code(state, new, width)
                after = perimeter + 4 - 2 * _sides(code)
                if gain[code] and (
                    worth_of(count + 1, total + value[new], min(least, value[new]), after, most, by, compactness) > worth + _GAIN
                ):
                    state[new] = IN
                    cells[count] = new
                    count += 1
                    changed = True
                    break
        if not changed and count > fewest:
            for k in range(out):
                old = lost[k]
                code = ring_code(state, old, width)
                after = perimeter + 2 * _sides(code) - 4
                rest = second if value[old] == least else least
                if drop[code] and worth_of(count - 1, total - value[old], rest, after, most, by, compactness) > worth + _GAIN:
                    state[old] = 0
                    cells[np.searchsorted(cells[:count], old)] = cells[count - 1]
                    count -= 1
                    changed = True
                    break
        if not changed:
            changed = _exchange(
                value,
                width,
                most,
                by,
                compactness,
                gain,
                drop,
                state,
                cells,
                count,
                lost,
                out,
                gained,
                into,
                total,
                least,
                second,
                perimeter,
            )
        if not changed:
            return count, worth
    cells[:count].sort()
    return count, _judged(value, width, most, by, compactness, state, cells, count)


@nb.njit(nogil=True, cache=True)
def _sort(cells: NDArray[np.int64], count: int, value: NDArray[np.float32], sign: float) -> None:
    """Sort by value, rising or with a sign of -1 falling, equals by index; insertion for few, since they come nearly in order."""
    if count > 48:  # noqa: PLR2004 - beyond, a merge pays
        chosen = cells[:count].copy()
        chosen.sort()
        keys = np.empty(count)
        for k in range(count):
            keys[k] = sign * value[chosen[k]]
        order = np.argsort(keys, kind="mergesort")
        for k in range(count):
            cells[k] = chosen[order[k]]
        return
    for k in range(1, count):
        cell = cells[k]
        v = sign * value[cell]
        at = k
        while at > 0:
            other = cells[at - 1]
            o = sign * value[other]
            if o < v or (o == v and other < cell):
                break
            cells[at] = other
            at -= 1
        cells[at] = cell


@nb.njit(nogil=True, cache=True)
def _judged(
    value: NDArray[np.float32],
    width: int,
    most: int,
    by: int,
    compactness: float,
    state: NDArray[np.int8],
    cells: NDArray[np.int64],
    count: int,
) -> float:
    total, least, perimeter = 0.0, np.inf, 0
    for k in range(count):
        total += value[cells[k]]
        least = min(least, value[cells[k]])
        perimeter += 4 - _sides(ring_code(state, cells[k], width))
    return worth_of(count, total, least, perimeter, most, by, compactness)


@nb.njit(nogil=True, cache=True)
def _exchange(
    value: NDArray[np.float32],
    width: int,
    most: int,
    by: int,
    compactness: float,
    gain: NDArray[np.bool_],
    drop: NDArray[np.bool_],
    state: NDArray[np.int8],
    cells: NDArray[np.int64],
    count: int,
    lost: NDArray[np.int64],
    out: int,
    gained: NDArray[np.int64],
    into: int,
    total: float,
    least: float,
    second: float,
    perimeter: int,
) -> bool:
    """Exchange as many pairs as pay, worst cells first for the best neighbours; tell whether any did."""
    changed = False
    worth = worth_of(count, total, least, perimeter, most, by, compactness)
    for i in range(out):
        old = lost[i]
        for j in range(into):
            new = gained[j]
            better = value[new] - value[old]
            if compactness == 0.0 and better <= 0.0:
                break
            tightest = max(perimeter - 6, 4)  # a swap shortens the outline by six sides at most
            hoped = worth_of(count, total + better, max(least, min(second, value[new])), tightest, most, by, compactness)
            if hoped <= worth + _GAIN:
                break
            if state[new] == IN:
                continue
            code_old = ring_code(state, old, width)
            away = abs(old // width - new // width) > 1 or abs(old % width - new % width) > 1
            if away and not drop[code_old]:
                # Only a cell beside it could hold together what this one holds: go on to the next neighbour.
                continue
            rest = second if value[old] == least else least
            if drop[code_old]:
                state[old] = 0
                code_new = ring_code(state, new, width)
                allowed = gain[code_new]
                state[old] = IN
            else:
                allowed = False
            if not allowed and not away:
                code_first = ring_code(state, new, width)
                if gain[code_first]:
                    state[new] = IN
                    allowed = drop[ring_code(state, old, width)]
                    state[new] = 0
            if not allowed:
                continue
            state[old] = 0
            code_new = ring_code(state, new, width)
            state[old] = IN
            after = perimeter + 2 * _sides(code_old) - 4 + 4 - 2 * _sides(code_new)
            swapped = worth_of(count, total + better, min(rest, value[new]), after, most, by, compactness)
            if swapped <= worth + _GAIN:
                continue
            state[old], state[new] = 0, IN
            for k in range(count):
                if cells[k] == old:
                    cells[k] = new
                    break
            changed = True
            worth, perimeter = swapped, after
            total += better
            if by == 2:  # noqa: PLR2004 - MINIMUM: the two least are known for the first swap only
                return True
            break
    return changed
