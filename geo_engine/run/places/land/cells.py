"""Cells of a grid as land: which are free, and the polygon that some of them make up."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo_engine.decide import Area
from geo_engine.model import STATUS_OFF_AREA, Grid, StatusBit

__all__ = ["blocking", "cells_of", "outline"]


def blocking(status: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """Give the bits that keep a cell from being part of a site: all but 'unreachable', which costs points instead.

    Of a cell that a forced inclusion frees none is left.
    """
    forced = (status >> np.uint32(StatusBit.FORCED)).astype(np.bool_) & (status != STATUS_OFF_AREA)
    return np.where(forced, np.uint32(0), status & np.uint32(~np.uint32(1 << StatusBit.UNREACHABLE)))


def outline(grid: Grid, rows: NDArray[np.int64], cols: NDArray[np.int64]) -> BaseGeometry:
    """Give the polygon that some cells of a grid make up, in study coordinates."""
    west, north = grid.west + cols * grid.cell, grid.north - rows * grid.cell
    # The far edges are computed as the neighbour's near ones: a sum may round otherwise and leave slits between cells.
    east, south = grid.west + (cols + 1) * grid.cell, grid.north - (rows + 1) * grid.cell
    polygon = shapely.union_all(shapely.box(west, south, east, north))
    return shapely.orient_polygons(shapely.normalize(shapely.simplify(polygon, 0.0)))


def cells_of(grid: Grid, area: Area) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Give the rows and columns of a located area's cells."""
    rows, cols = np.divmod(area.cells, grid.cols)
    return rows, cols
