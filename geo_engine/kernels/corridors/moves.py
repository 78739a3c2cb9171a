"""The sixteen moves from a cell's centre to another's: along a side, across a corner, and the knight's of chess.

Each straight move is cut into four quarters that lie in one cell each, so what it costs is its length times the mean of
four multipliers. A move along a side or across a corner has two quarters in the cell that it leaves and two in the one that
it enters; a knight's has a quarter in each of four cells. Only a move across a corner touches cells that it does
not run through: the two beside that corner.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["BESIDE", "LENGTHS", "MOVES", "QUARTERS"]

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

BESIDE: NDArray[np.int64] = np.array([[(row, 0), (0, col)] if abs(row) == abs(col) else [(0, 0)] * 2 for row, col in MOVES], dtype=np.int64)
"""The two cells that a move across a corner only touches, int64 of shape (16, 2, 2); the start itself for other moves."""
