"""The windows of land that a search holds: the last ones that it looked at, with what is still open in them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo_engine.decide.locating.ground import Ground
from geo_engine.kernels.areas.land import close_around, mark_within
from geo_engine.model import Tile

__all__ = ["Marks", "Patch", "Patches"]

_HELD = 256 * 2**20  # bytes of patches, about
_BYTES_A_CELL = 7
_FEWEST = 4  # patches that are held, however large
_MARKS_SIDE = 256  # cells

Box = tuple[int, int, int, int]
"""First row, row after the last, first column, column after the last."""


@dataclass(eq=False)
class Patch:
    """A window of land in a search.

    Parameters
    ----------
    row0, col0 : int
        Where on the grid it begins.
    score, value : float32 ndarray, shape (rows, columns)
        The surface, and what areas are judged by.
    free, still_open, near : bool ndarray, shape (rows, columns)
        Cells that may be taken, those that are left of them, and those that an area may begin at.
    anywhere : bool
        Whether areas may begin at every cell, as they may until the first is taken where they must lie near one another.
    """

    row0: int
    col0: int
    score: NDArray[np.float32]
    value: NDArray[np.float32]
    free: NDArray[np.bool_]
    still_open: NDArray[np.bool_]
    near: NDArray[np.bool_]
    anywhere: bool

    def local(self, box: Box) -> Box:
        """Give a box of the grid in the patch's own rows and columns."""
        return box[0] - self.row0, box[1] - self.row0, box[2] - self.col0, box[3] - self.col0


class Patches:
    """Patches of a ground, made when they are asked for and let go when others are.

    Parameters
    ----------
    ground : Ground
        The land.
    block : int
        Side of a block: patches are made of whole ones.
    rings : int
        Blocks of other patches around the own ones: the reach of an area.
    judged : callable
        Turns scores into what areas are judged by.
    farthest : float
        See `Wish`.
    """

    def __init__(
        self,
        ground: Ground,
        block: int,
        rings: int,
        judged: Callable[[NDArray[np.float32]], NDArray[np.float32]],
        farthest: float,
    ) -> None:
        self._ground, self._judged, self._farthest = ground, judged, farthest
        self._block, self._side = block, -(-ground.side // block) * block
        self._halo = rings * block
        self._most = max(_FEWEST, _HELD // (_BYTES_A_CELL * (self._side + 2 * self._halo) ** 2))
        self._held: dict[tuple[int, int], Patch] = {}
        self._taken: list[tuple[NDArray[np.int64], NDArray[np.int64], float]] = []

    def about(self, row: int, col: int) -> Patch:
        """Give the patch of a cell, with all that is in reach of an area that begins in its block."""
        key = row // self._side, col // self._side
        patch = self._held.pop(key, None) or self._made(key)
        self._held[key] = patch  # what was asked for last is let go last
        if len(self._held) > self._most:
            del self._held[next(iter(self._held))]
        return patch

    def take(self, cells: NDArray[np.int64], spacing: float) -> None:
        """Close the land around an area that is taken, and let areas begin near it, in all patches that are and will be."""
        rows, cols = np.divmod(cells, self._ground.shape[1])
        self._taken.append((rows, cols, spacing))
        for patch in self._held.values():
            self._take_in(patch, rows, cols, spacing)

    def cores(self, wanted: NDArray[np.bool_] | None = None) -> Iterator[tuple[Patch, tuple[slice, slice]]]:
        """Yield every patch with the part of it that is its own and no other's; of a mask of blocks those only that hold one."""
        (rows, cols), blocks = self._ground.shape, self._side // self._block
        for row in range(0, rows, self._side):
            for col in range(0, cols, self._side):
                down, right = row // self._block, col // self._block
                if wanted is not None and not wanted[down : down + blocks, right : right + blocks].any():
                    continue
                patch = self.about(row, col)
                box = patch.local((row, min(row + self._side, rows), col, min(col + self._side, cols)))
                yield patch, (slice(*box[:2]), slice(*box[2:]))

    def _made(self, key: tuple[int, int]) -> Patch:
        (rows, cols), (down, right) = self._ground.shape, key
        row0, col0 = max(down * self._side - self._halo, 0), max(right * self._side - self._halo, 0)
        row1, col1 = min((down + 1) * self._side + self._halo, rows), min((right + 1) * self._side + self._halo, cols)
        piece = self._ground.read(Tile(row0, row1, col0, col1))
        anywhere = piece.within is None
        near = np.ones(piece.free.shape, np.bool_) if piece.within is None else piece.within.copy()
        patch = Patch(row0, col0, piece.score, self._judged(piece.score), piece.free, piece.free.copy(), near, anywhere)
        for taken in self._taken:
            self._take_in(patch, *taken)
        return patch

    def _take_in(self, patch: Patch, rows: NDArray[np.int64], cols: NDArray[np.int64], spacing: float) -> None:
        if _touches(patch, rows, cols, spacing):
            close_around(patch.still_open, rows, cols, spacing, patch.row0, patch.col0)
        if math.isfinite(self._farthest):
            if patch.anywhere:
                patch.near[:], patch.anywhere = False, False
            mark_within(patch.near, rows, cols, self._farthest, patch.row0, patch.col0)


def _touches(patch: Patch, rows: NDArray[np.int64], cols: NDArray[np.int64], far: float) -> bool:
    """Tell whether a patch may hold cells within a distance of some others."""
    height, width = patch.free.shape
    down = max(patch.row0 - int(rows[-1]), int(rows[0]) - (patch.row0 + height), 0)
    right = max(patch.col0 - int(cols.max()), int(cols.min()) - (patch.col0 + width), 0)
    return bool(max(down, right) <= far)


class Marks:
    """A mask of a whole grid of which little is set, in squares."""

    def __init__(self) -> None:
        self._squares: dict[tuple[int, int], NDArray[np.bool_]] = {}

    def read(self, box: Box) -> NDArray[np.bool_]:
        """Give a box of it."""
        out = np.zeros((box[1] - box[0], box[3] - box[2]), np.bool_)
        for square, theirs, ours in self._parts(box):
            if square in self._squares:
                out[ours] = self._squares[square][theirs]
        return out

    def write(self, box: Box, mask: NDArray[np.bool_]) -> None:
        """Set a box of it."""
        for square, theirs, ours in self._parts(box):
            self._squares.setdefault(square, np.zeros((_MARKS_SIDE, _MARKS_SIDE), np.bool_))[theirs] = mask[ours]

    @staticmethod
    def _parts(box: Box) -> Iterator[tuple[tuple[int, int], tuple[slice, slice], tuple[slice, slice]]]:
        row0, row1, col0, col1 = box
        for down in range(row0 // _MARKS_SIDE, -(-row1 // _MARKS_SIDE)):
            for right in range(col0 // _MARKS_SIDE, -(-col1 // _MARKS_SIDE)):
                r, c = down * _MARKS_SIDE, right * _MARKS_SIDE
                r0, r1, c0, c1 = max(row0, r), min(row1, r + _MARKS_SIDE), max(col0, c), min(col1, c + _MARKS_SIDE)
                theirs, ours = (slice(r0 - r, r1 - r), slice(c0 - c, c1 - c)), (slice(r0 - row0, r1 - row0), slice(c0 - col0, c1 - col0))
                yield (down, right), theirs, ours
