"""A band of stored tiles, asked for as an array is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from geo_engine.run.storing.cache import Tiles

__all__ = ["StoredBand"]

Scalar = TypeVar("Scalar", np.float32, np.uint32)
_Part = tuple[int, slice, slice]
"""A row or column of tiles, the cells of it that are asked for, and where they go."""


class StoredBand(Generic[Scalar]):
    """One band of a store.

    Parameters
    ----------
    store : Tiles
        Of the grid.
    number : int
        Of the band, from 0.
    fill : float32 or uint32
        What stands where there is no tile; its type is the band's.
    """

    def __init__(self, store: Tiles, number: int, fill: Scalar) -> None:
        self._store, self._number = store, number
        self._fill: Scalar = fill

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return self._store.shape

    def __getitem__(self, cells: tuple[slice, slice] | tuple[NDArray[np.int64], NDArray[np.int64]]) -> NDArray[Scalar]:
        """Give a window, also of every so many rows and columns; or the values of some cells, by their rows and columns."""
        rows, cols = cells
        if isinstance(rows, slice) and isinstance(cols, slice):
            return self._window(range(*rows.indices(self.shape[0])), range(*cols.indices(self.shape[1])))
        return self._cells(np.asarray(rows), np.asarray(cols))

    def _window(self, rows: range, cols: range) -> NDArray[Scalar]:
        out = np.full((len(rows), len(cols)), self._fill)
        across = list(self._parts(cols))
        for down, theirs, ours in self._parts(rows):
            for right, their_cols, our_cols in across:
                if (planes := self._store.planes(down, right)) is not None:
                    out[ours, our_cols] = planes[self._number, theirs, their_cols].view(out.dtype)
        return out

    def _parts(self, wanted: range) -> Iterator[_Part]:
        """Share out rows or columns among the tiles that hold them."""
        side, at = self._store.side, 0
        while at < len(wanted):
            number = wanted[at] // side
            end = at + len(range(wanted[at], min((number + 1) * side, wanted.stop), wanted.step))
            start = wanted[at] - number * side
            yield number, slice(start, wanted[end - 1] - number * side + 1, wanted.step), slice(at, end)
            at = end

    def _cells(self, rows: NDArray[np.int64], cols: NDArray[np.int64]) -> NDArray[Scalar]:
        out = np.full(rows.shape, self._fill)
        down, right = rows // self._store.side, cols // self._store.side
        order = np.lexsort((right, down))
        starts = np.flatnonzero(np.diff(down[order], prepend=-1) | np.diff(right[order], prepend=-1))
        for these in np.split(order, starts[1:]):
            if not len(these):
                continue
            i, j = int(down[these[0]]), int(right[these[0]])
            if (planes := self._store.planes(i, j)) is not None:
                found = planes[self._number, rows[these] - i * self._store.side, cols[these] - j * self._store.side]
                out[these] = found.view(out.dtype)
        return out
