"""Which cells an area may gain or lose, told by the eight cells around them."""

from __future__ import annotations

import numba as nb
import numpy as np
from numpy.typing import NDArray

__all__ = ["ANY_DROP", "ANY_GAIN", "IN", "SOLID", "ring_code"]

IN = 1
"""State of a cell that belongs to the area."""

_RING = 8


def _arcs(inside: list[bool]) -> int:
    """Count the arcs of a circle of flags that are up; a whole circle is none."""
    return sum(up and not inside[k - 1] for k, up in enumerate(inside))


def _solid(code: int) -> bool:
    """Tell whether a cell's square meets the rest of the area along one piece of its edge, corners alone not counting as one.

    Two shapes without holes make one without holes exactly where what they share is in one piece; and taking the cell away again is the
    same question. A corner that is met alone would be a place where the outline touches itself; so would one between two sides that are
    met where the cell across the corner is not of the area, were the cell taken away.
    Where all four sides are met, that would leave a hole.
    """
    cells = [bool(code >> k & 1) for k in range(_RING)]  # from north, clockwise: sides are even, corners odd
    met = [cells[k] if k % 2 == 0 else cells[k] or cells[k - 1] != cells[(k + 1) % _RING] for k in range(_RING)]
    return any(cells[::2]) and not all(cells[::2]) and _arcs(met) == 1


def _held(code: int) -> bool:
    """Tell whether the side neighbours hang together without the cell in the middle, by way of the corners."""
    cells = [bool(code >> k & 1) for k in range(_RING)]
    if not any(cells[::2]):
        return False
    joined = [cells[k] and (k % 2 == 0 or cells[k - 1] or cells[(k + 1) % _RING]) for k in range(_RING)]
    if all(joined):
        return True
    start = joined.index(False)
    turned = [*joined[start:], *joined[:start]]
    arcs, on = 0, False
    for k, up in enumerate(turned):
        side = (start + k) % 2 == 0
        if up and side and not on:
            arcs, on = arcs + 1, True
        on = on and up
    return arcs == 1


SOLID: NDArray[np.bool_] = np.array([_solid(code) for code in range(256)])
"""By ring code: the cell may be gained or lost by an area that is in one piece and without holes, and it stays so."""
ANY_GAIN: NDArray[np.bool_] = np.array([bool(code & 0b01010101) for code in range(256)])
"""By ring code: the cell may be gained where holes are allowed."""
ANY_DROP: NDArray[np.bool_] = np.array([_held(code) for code in range(256)])
"""By ring code: the cell may be lost where holes are allowed; an area may hang together farther off too, which is not looked for."""


@nb.njit(nogil=True, cache=True, inline="always")
def ring_code(state: NDArray[np.int8], at: int, width: int) -> int:
    """Give the cells around one that belong to the area as eight bits, from north and clockwise.

    Parameters
    ----------
    state : int8 ndarray, shape (cells of the window,)
        `IN` marks the area; the window has a margin of one cell.
    at, width : int
        Flat index, and the window's columns.
    """
    code = 0
    if state[at - width] == IN:
        code |= 1
    if state[at - width + 1] == IN:
        code |= 2
    if state[at + 1] == IN:
        code |= 4
    if state[at + width + 1] == IN:
        code |= 8
    if state[at + width] == IN:
        code |= 16
    if state[at + width - 1] == IN:
        code |= 32
    if state[at - 1] == IN:
        code |= 64
    if state[at - width - 1] == IN:
        code |= 128
    return code
