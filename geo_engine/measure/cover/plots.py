"""Plots that somebody gave: their names and shapes, and the square metres that each has in every cell of a grid."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo_engine.measure.columns import sizes
from geo_engine.measure.cover.shares import pieces
from geo_engine.model import Candidates, Features, Grid, unique_names

__all__ = ["PlotCells", "Plots", "disc", "plot_cells", "plots_of"]

_AT_ONCE = 200_000  # squares that are cut at a time, so that a plot as large as a country fits the memory
_SLIVER = 1e-3  # of a cell: what the rounding of a file leaves where an outline follows the cells
_CORNERS = 64  # of the polygon that stands for a disc
_AN_AREA = 2  # dimensions, as shapely counts them

Float = NDArray[np.float64]
Int = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class PlotCells:
    """Which cells of a grid k plots lie in, and how much of each.

    Parameters
    ----------
    first : int64 ndarray, shape (k + 1,)
        Plot i has the entries ``first[i]:first[i + 1]`` of the arrays below, by row, then by column.
    rows, cols : int64 ndarray, shape (n,)
        The cells; those off the grid are left out.
    area : float64 ndarray, shape (n,)
        Square metres of the plot in the cell, above 0.
    """

    first: Int
    rows: Int
    cols: Int
    area: Float

    def of(self, plot: int) -> tuple[Int, Int, Float]:
        """Give the rows, columns and square metres of one plot."""
        part = slice(self.first[plot], self.first[plot + 1])
        return self.rows[part], self.cols[part], self.area[part]

    def owner(self) -> Int:
        """Give the plot of each entry, int64 of shape (n,)."""
        return np.repeat(np.arange(len(self.first) - 1), np.diff(self.first))


@dataclass(frozen=True, eq=False)
class Plots:
    """Plots with their cells.

    Parameters
    ----------
    names : tuple of str
        k names, each once.
    geometry : ndarray of shapely geometries, shape (k,)
        Polygons in study coordinates; a point where a plot is said to have no land.
    cells : PlotCells
        Where they lie.
    notes : tuple of str
        What a reader should know of them.
    """

    names: tuple[str, ...]
    geometry: NDArray[np.object_]
    cells: PlotCells
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.names)

    @classmethod
    def made(cls, names: Sequence[str], geometry: Sequence[BaseGeometry] | NDArray[np.object_], grid: Grid, *notes: str) -> Plots:
        """Put shapes on a grid; names that are there twice are told apart."""
        shapes = np.empty(len(geometry), object)
        shapes[:] = geometry
        return cls(unique_names(names), shapes, plot_cells(grid, shapes), notes)


def plots_of(candidates: Candidates, data: Features, grid: Grid) -> Plots:
    """Take the plots of a layer.

    Parameters
    ----------
    candidates : Candidates
        Says which columns to read.
    data : Features
        The layer, filtered.
    grid : Grid
        The frame.

    Raises
    ------
    LayerError
        If a size in hectares is blank, negative or no number.
    """
    notes = []
    column = candidates.name or data.layer.id
    given = data.table[column] if column and column in data.table else [""] * len(data)
    names = [_name(value, row) for row, value in enumerate(given, start=1)]
    geometry = data.geometry
    if candidates.hectares:
        hectares = sizes(data, candidates.hectares, None)
        geometry = np.array([disc(point, 1e4 * size) for point, size in zip(geometry, hectares, strict=True)], dtype=object)
        notes.append(
            f"The plots of '{data.layer.title}' are points: a disc of the hectares that column '{candidates.hectares}' states stands for "
            "each, which is an estimate of where its land lies."
        )
    report = data.report
    if report.repaired or report.empty:
        notes.append(f"Of '{data.layer.title}' {report.repaired} shapes were repaired and {report.empty} without a shape left out.")
    return Plots.made(names, geometry, grid, *notes)


def _name(value: object, row: int) -> str:
    text = str(value).strip()
    return text if value is not None and value == value and text else f"plot {row}"  # noqa: PLR0124 - NaN, a blank, differs from itself


def disc(point: BaseGeometry, area: float) -> BaseGeometry:
    """Make the disc of an area, in square metres, about a point, as a polygon of 64 corners; the point itself where there is none.

    >>> round(disc(shapely.Point(0, 0), 10_000.0).area, 6)
    10000.0
    """
    if area <= 0:
        return point
    radius = math.sqrt(2.0 * area / (_CORNERS * math.sin(2.0 * math.pi / _CORNERS)))
    return shapely.buffer(point, radius, quad_segs=_CORNERS // 4)


def plot_cells(grid: Grid, shapes: Sequence[BaseGeometry] | NDArray[np.object_]) -> PlotCells:
    """Cut shapes with the cells of a grid, by clipping the cells that an edge may cross.

    Parts of less than a thousandth of a cell are left out, and cells that are covered but for a thousandth are whole: an outline that
    follows the cells does so too where a file has rounded it.

    Parameters
    ----------
    grid : Grid
        The frame.
    shapes : sequence of shapely geometries
        k polygons in study coordinates, valid; what is no polygon has no cells.

    Returns
    -------
    PlotCells
        The square metres of a shape that lies on the grid add up to its area, but for the thousandths.

    Examples
    --------
    >>> grid = Grid("EPSG:27700", 0.0, 300.0, 100.0, 3, 3)
    >>> found = plot_cells(grid, [shapely.box(50.0, 100.0, 250.0, 200.0)])
    >>> found.rows.tolist(), found.cols.tolist(), found.area.tolist()
    ([1, 1, 1], [0, 1, 2], [5000.0, 10000.0, 5000.0])
    """
    frame = shapely.box(*grid.bounds)
    cut = [(plot, piece) for plot, shape in enumerate(shapes) for piece in _on_the_grid(shape, frame)]
    owner = np.array([plot for plot, _ in cut], np.int64)
    parts = np.array([piece for _, piece in cut], dtype=object)
    if not cut:
        return PlotCells(np.zeros(len(shapes) + 1, np.int64), np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0))
    shapely.prepare(parts)
    west, south, east, north = shapely.bounds(parts).T
    row0, col0 = (np.maximum(v, 0) for v in grid.cells_at(west, north))
    row1, col1 = (np.minimum(v, most - 1) for v, most in zip(grid.cells_at(east, south), grid.shape, strict=True))
    wide = np.maximum(col1 - col0 + 1, 0)
    count = wide * np.maximum(row1 - row0 + 1, 0)
    keys, areas = [], []
    for piece, number in _helpings(count):
        row, col = row0[piece] + number // wide[piece], col0[piece] + number % wide[piece]
        keys.append(owner[piece] * grid.size + row * grid.cols + col)
        areas.append(_areas(grid, parts[piece], row, col))
    key, inverse = np.unique(np.concatenate(keys), return_inverse=True)
    area = np.bincount(inverse, weights=np.concatenate(areas), minlength=len(key)).astype(np.float64)
    plot, cell = np.divmod(key, grid.size)
    whole = np.minimum(grid.cell_area, shapely.area(np.asarray(shapes, dtype=object)))[plot]
    kept = area > _SLIVER * whole
    area = np.where(area > (1.0 - _SLIVER) * grid.cell_area, grid.cell_area, area)[kept]
    rows, cols = np.divmod(cell[kept], grid.cols)
    return PlotCells(np.searchsorted(plot[kept], np.arange(len(shapes) + 1)), rows, cols, area)


def _on_the_grid(shape: BaseGeometry, frame: BaseGeometry) -> Iterator[BaseGeometry]:
    """Give the pieces of a shape that lie on the grid; none of what is no polygon."""
    if shapely.get_dimensions(shape) == _AN_AREA and shapely.intersects(frame, shape):
        yield from pieces(shape if shapely.contains(frame, shape) else shapely.intersection(frame, shape))


def _helpings(count: Int) -> Iterator[tuple[Int, Int]]:
    """Count off the cells in the box of every piece, so many at a time: which piece, and which of its cells."""
    end = np.cumsum(count)
    for begin in range(0, int(end[-1]), _AT_ONCE):
        position = np.arange(begin, min(begin + _AT_ONCE, int(end[-1])))
        piece = np.searchsorted(end, position, side="right")
        yield piece, position - (end - count)[piece]


def _areas(grid: Grid, parts: NDArray[np.object_], row: Int, col: Int) -> Float:
    """Give the square metres of each part in its cell."""
    west, north = grid.west + col * grid.cell, grid.north - row * grid.cell
    squares = shapely.box(west, grid.north - (row + 1) * grid.cell, grid.west + (col + 1) * grid.cell, north)
    area = np.where(shapely.contains(parts, squares), grid.cell_area, 0.0)
    crossed = (area == 0) & shapely.intersects(parts, squares)
    area[crossed] = shapely.area(shapely.intersection(parts[crossed], squares[crossed]))
    return area
