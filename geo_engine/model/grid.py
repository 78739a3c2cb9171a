"""The study grid and its tiles: immutable, hashable, north up, addressed by row and column."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

__all__ = ["Band", "Grid", "Tile"]

Scalar_co = TypeVar("Scalar_co", bound=np.generic, covariant=True)


class Band(Protocol[Scalar_co]):
    """The values of a grid, asked for as those of an array are, held or not; an array is one."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Rows and columns."""

    def __getitem__(self, cells: tuple[slice, slice] | tuple[NDArray[np.int64], NDArray[np.int64]], /) -> NDArray[Scalar_co]:
        """Give a window, also of every so many rows and columns; or the values of some cells, by their rows and columns."""


@dataclass(frozen=True, slots=True)
class Tile:
    """A window of a grid: rows ``row0:row1`` and columns ``col0:col1``.

    >>> Tile(0, 2, 0, 3).shape
    (2, 3)
    """

    row0: int
    row1: int
    col0: int
    col1: int

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of the window."""
        return self.row1 - self.row0, self.col1 - self.col0

    @property
    def window(self) -> tuple[slice, slice]:
        """The two slices that cut this window out of an array of the whole grid."""
        return slice(self.row0, self.row1), slice(self.col0, self.col1)

    def parts(self, side: int) -> Iterator[Tile]:
        """Yield the windows of at most `side` by `side` cells that it falls into, row by row.

        >>> [part.shape for part in Tile(0, 3, 0, 4).parts(2)]
        [(2, 2), (2, 2), (1, 2), (1, 2)]
        """
        for row0 in range(self.row0, self.row1, side):
            for col0 in range(self.col0, self.col1, side):
                yield Tile(row0, min(row0 + side, self.row1), col0, min(col0 + side, self.col1))


@dataclass(frozen=True, slots=True)
class Grid:
    """A raster frame: CRS, upper-left corner, square cells, rows and columns.

    Parameters
    ----------
    crs : str
        A projected CRS in metres, such as ``"EPSG:27700"``.
    west, north : float
        Easting and northing of the upper-left corner of the upper-left cell, in metres.
    cell : float
        Side of a cell, in metres.
    rows, cols : int
        Number of cells down and across.

    Examples
    --------
    >>> grid = Grid.covering((120.0, 40.0, 470.0, 260.0), cell=100.0, crs="EPSG:27700")
    >>> grid.shape, grid.bounds
    ((3, 4), (100.0, 0.0, 500.0, 300.0))
    >>> grid.eastings(Tile(0, 3, 0, 2))
    array([150., 250.])
    >>> grid.northings(Tile(0, 3, 0, 2))
    array([250., 150.,  50.])
    """

    crs: str
    west: float
    north: float
    cell: float
    rows: int
    cols: int

    @classmethod
    def covering(cls, bounds: tuple[float, float, float, float], *, cell: float, crs: str) -> Grid:
        """Make the smallest grid that covers `bounds` with its corners on whole multiples of the cell.

        Grids of one study therefore share their cells, whatever the region.

        Parameters
        ----------
        bounds : tuple of float
            West, south, east, north in metres.
        cell : float
            Side of a cell in metres.
        crs : str
            The study's CRS.
        """
        west, south, east, north = bounds
        col0, row0 = math.floor(west / cell), math.ceil(north / cell)
        cols, rows = math.ceil(east / cell) - col0, row0 - math.floor(south / cell)
        return cls(crs, col0 * cell, row0 * cell, cell, max(rows, 1), max(cols, 1))

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return self.rows, self.cols

    @property
    def size(self) -> int:
        """Number of cells."""
        return self.rows * self.cols

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """West, south, east, north in metres."""
        return self.west, self.north - self.rows * self.cell, self.west + self.cols * self.cell, self.north

    @property
    def cell_area(self) -> float:
        """Area of a cell in square metres."""
        return self.cell * self.cell

    @property
    def whole(self) -> Tile:
        """The tile that is the whole grid."""
        return Tile(0, self.rows, 0, self.cols)

    def tiles(self, side: int = 512) -> Iterator[Tile]:
        """Yield the tiles of at most `side` by `side` cells, row by row."""
        return self.whole.parts(side)

    def eastings(self, tile: Tile) -> NDArray[np.float64]:
        """Eastings of the cell centres of a tile's columns, in metres, shape (columns,)."""
        return self.west + (np.arange(tile.col0, tile.col1, dtype=np.float64) + 0.5) * self.cell

    def northings(self, tile: Tile) -> NDArray[np.float64]:
        """Northings of the cell centres of a tile's rows, in metres, shape (rows,), falling."""
        return self.north - (np.arange(tile.row0, tile.row1, dtype=np.float64) + 0.5) * self.cell

    def centres(self, rows: NDArray[np.int64], cols: NDArray[np.int64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Eastings and northings, in metres, of the centres of the given cells, each shape (n,)."""
        return self.west + (cols.astype(np.float64) + 0.5) * self.cell, self.north - (rows.astype(np.float64) + 0.5) * self.cell

    def cells_at(self, eastings: NDArray[np.float64], northings: NDArray[np.float64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Rows and columns of the cells that hold the given points; outside the grid they are out of range."""
        cols = np.floor((eastings - self.west) / self.cell).astype(np.int64)
        rows = np.floor((self.north - northings) / self.cell).astype(np.int64)
        return rows, cols

    def holds(self, rows: NDArray[np.int64], cols: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Tell which of the given cells lie on the grid."""
        return (rows >= 0) & (rows < self.rows) & (cols >= 0) & (cols < self.cols)
