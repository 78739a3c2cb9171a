"""Which places stand for a shape on a run's grid, and the best cell near one."""

from __future__ import annotations

import math

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo_engine.measure import PointPlaces, plot_cells
from geo_engine.run.questions.stored import StoredRun

__all__ = ["best_near", "points_of", "share_outside"]

_AN_AREA = 2  # dimensions, as shapely counts them


def points_of(run: StoredRun, shape: BaseGeometry) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Give the places that stand for a shape: itself for a point; for an area the centres of its cells, weighed by its share in each.

    Parameters
    ----------
    run : StoredRun
        The run.
    shape : shapely geometry
        In study coordinates.

    Returns
    -------
    eastings, northings : float64 ndarray, shape (m,)
        Metres, at least one place. Cells off the area studied are left out, unless all are.
    weights : float64 ndarray, shape (m,)
        They add up to 1.
    """
    grid = run.plan.grid
    if shapely.get_dimensions(shape) == _AN_AREA:
        rows, cols, area = plot_cells(grid, [shape]).of(0)
        e, n = grid.centres(rows, cols)
        on_area = PointPlaces(e, n).inside(run.plan.rings)
        kept = on_area if on_area.any() else np.ones(len(e), np.bool_)  # what lies off the area is told as a share
        if len(e):
            return e[kept], n[kept], area[kept] / area[kept].sum()
        shape = shapely.point_on_surface(shape)
    middle = shapely.centroid(shape)
    return np.array([shapely.get_x(middle)]), np.array([shapely.get_y(middle)]), np.ones(1)


def share_outside(run: StoredRun, shape: BaseGeometry) -> float:
    """Give the share of an area that lies outside the area studied, to a thousandth; 0 for a point."""
    whole = float(shapely.area(shape))
    return round(1.0 - float(shapely.area(shapely.intersection(shape, run.plan.area))) / whole, 3) if whole > 0 else 0.0


def best_near(run: StoredRun, shape: BaseGeometry, accuracy: float) -> float:
    """Give the score of the best cell whose centre lies within the accuracy of a place's centre.

    Parameters
    ----------
    run : StoredRun
        The run.
    shape : shapely geometry
        The place, in study coordinates.
    accuracy : float
        Metres; NaN where not stated.

    Returns
    -------
    float
        0 to 100; NaN where no accuracy above 0 is stated, and where no cell so near has a score.
    """
    if math.isnan(accuracy) or accuracy <= 0:
        return float("nan")
    centre = shapely.centroid(shape)
    easting, northing = float(shapely.get_x(centre)), float(shapely.get_y(centre))
    grid = run.plan.grid
    reach = math.ceil(accuracy / grid.cell) + 1
    row, col = (int(v[0]) for v in grid.cells_at(np.array([easting]), np.array([northing])))
    r0, r1 = max(row - reach, 0), min(row + reach + 1, grid.rows)
    c0, c1 = max(col - reach, 0), min(col + reach + 1, grid.cols)
    if r0 >= r1 or c0 >= c1:
        return float("nan")
    rows, cols = np.mgrid[r0:r1, c0:c1]
    e, n = grid.centres(rows, cols)
    near = run.surface.score[r0:r1, c0:c1][np.hypot(e - easting, n - northing) <= accuracy]
    return float(np.nanmax(near)) if (~np.isnan(near)).any() else float("nan")
