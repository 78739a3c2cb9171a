"""Exchanging an area's border cells for better ones."""

from __future__ import annotations

import numba as nb
import numpy as np
from numpy.typing import NDArray

from geo_engine.kernels.areas.cells import IN, ring_code
from geo_engine.kernels.areas.worth import LEAST_GAIN, MINIMUM, sides, worth_of

__all__ = ["swap"]

_SEEN = 2
_ROUNDS = 200


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
            perimeter += 4 - sides(ring_code(state, cells[k], width))
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
                        state[near] = _SEEN
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
                after = perimeter + 4 - 2 * sides(code)
                if gain[code] and (
                    worth_of(count + 1, total + value[new], min(least, value[new]), after, most, by, compactness) > worth + LEAST_GAIN
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
                after = perimeter + 2 * sides(code) - 4
                rest = second if value[old] == least else least
                if drop[code] and worth_of(count - 1, total - value[old], rest, after, most, by, compactness) > worth + LEAST_GAIN:
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
        perimeter += 4 - sides(ring_code(state, cells[k], width))
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
            if hoped <= worth + LEAST_GAIN:
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
            after = perimeter + 2 * sides(code_old) - 4 + 4 - 2 * sides(code_new)
            swapped = worth_of(count, total + better, min(rest, value[new]), after, most, by, compactness)
            if swapped <= worth + LEAST_GAIN:
                continue
            state[old], state[new] = 0, IN
            for k in range(count):
                if cells[k] == old:
                    cells[k] = new
                    break
            changed = True
            worth, perimeter = swapped, after
            total += better
            if by == MINIMUM:  # the two least are known for the first swap only
                return True
            break
    return changed
