"""The land that is searched: held whole, or read window by window where it is too large to be held."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from geo_engine.kernels.areas.blocks import highest_by_block
from geo_engine.kernels.areas.land import close_around
from geo_engine.model import Tile

__all__ = ["Ground", "Piece", "block_side", "blocks_of", "seed_step"]

_LARGE = 64  # cells: below, every cell is a seed
_SEEDS_A_SIDE = 8  # of an area, where areas are large
_SMALLEST_BLOCK = 4  # cells along a side


@dataclass(frozen=True, eq=False)
class Piece:
    """A window of the land.

    Parameters
    ----------
    score : float32 ndarray, shape (rows, columns)
        NaN where there is none; such cells must not be free.
    free : bool ndarray, shape (rows, columns)
        Cells that may be part of an area.
    within : bool ndarray, shape (rows, columns), or None
        Where the first area may begin; None: anywhere.
    """

    score: NDArray[np.float32]
    free: NDArray[np.bool_]
    within: NDArray[np.bool_] | None = None


@dataclass(frozen=True, eq=False)
class Ground:
    """Land as a search sees it.

    Parameters
    ----------
    shape : tuple of int
        Rows and columns of the grid.
    side : int
        Cells along the windows that are looked at together; what is found does not depend on it.
    read : callable
        Gives a window; the same window is the same at every call, and nobody changes what was given.
    highest : callable
        Gives, for the side of a block, the highest score of the free cells of each block of the grid: float32 of shape (block rows, block
        columns), minus infinity where none is free.
    """

    shape: tuple[int, int]
    side: int
    read: Callable[[Tile], Piece]
    highest: Callable[[int], NDArray[np.float32]]

    @classmethod
    def held(cls, score: NDArray[np.float32], free: NDArray[np.bool_], within: NDArray[np.bool_] | None = None) -> Ground:
        """Take land that is held whole, as one window."""
        whole = np.ascontiguousarray(score)

        def read(tile: Tile) -> Piece:
            return Piece(whole[tile.window], free[tile.window], None if within is None else within[tile.window])

        return cls(score.shape, max(score.shape), read, lambda side: blocks_of(whole, free, side, 0, 0))

    def without(self, areas: Sequence[tuple[NDArray[np.int64], NDArray[np.int64]]], spacing: float) -> Ground:
        """Give the land that is not nearer than a spacing, in cells, to some areas, each given by its rows and columns, row by row."""

        def read(tile: Tile) -> Piece:
            piece = self.read(tile)
            free = piece.free.copy()
            for rows, cols in areas:
                close_around(free, rows, cols, spacing, tile.row0, tile.col0)
            return Piece(piece.score, free, piece.within)

        def highest(side: int) -> NDArray[np.float32]:
            found, (height, width), far = self.highest(side).copy(), self.shape, math.ceil(spacing)
            for rows, cols in areas:
                (row0, row1), (col0, col1) = (
                    (max(int(low) - far, 0) // side * side, min((int(high) + far) // side * side + side, end))
                    for low, high, end in ((rows.min(), rows.max(), height), (cols.min(), cols.max(), width))
                )
                piece = read(Tile(row0, row1, col0, col1))
                blocks = blocks_of(piece.score, piece.free, side, row0, col0)
                found[row0 // side : row0 // side + blocks.shape[0], col0 // side : col0 // side + blocks.shape[1]] = blocks
            return found

        return replace(self, read=read, highest=highest)

    @property
    def size(self) -> int:
        """Cells of the grid."""
        return self.shape[0] * self.shape[1]


def seed_step(cells: int) -> int:
    """Give how many cells apart areas of so many cells begin."""
    return max(1, math.isqrt(cells) // _SEEDS_A_SIDE) if cells >= _LARGE else 1


def block_side(cells: int) -> int:
    """Give the side of the blocks that seeds of areas of so many cells go by: whole steps of seeds.

    >>> block_side(8), block_side(800)
    (4, 27)
    """
    step = seed_step(cells)
    return max(_SMALLEST_BLOCK, math.isqrt(cells) // step * step)


def blocks_of(score: NDArray[np.float32], free: NDArray[np.bool_], side: int, row0: int, col0: int) -> NDArray[np.float32]:
    """Give the highest free score of each block that a window touches; the window begins at a row and a column of the grid.

    >>> blocks_of(np.float32([[1, 2, 9]]), np.array([[True, True, False]]), 2, 0, 1).tolist()
    [[1.0, 2.0]]
    """
    (rows, cols), down, right = score.shape, row0 % side, col0 % side
    out = np.empty((-(-(rows + down) // side), -(-(cols + right) // side)), np.float32)
    highest_by_block(np.ascontiguousarray(score), np.ascontiguousarray(free), side, row0, col0, out)
    return out
