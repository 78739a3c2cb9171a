"""What a raster says about a place besides its own value: slope, aspect, and cells of a class within reach."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from geo_engine.errors import Fault, StudyError
from geo_engine.kernels.land import cells
from geo_engine.measure.places import Places
from geo_engine.model import Aspect, ClassDistance, ClassShare, RasterSampler, RasterWindow, Slope

__all__ = ["aspect", "class_distance", "class_share", "slope"]

Float = NDArray[np.float64]
Float32 = NDArray[np.float32]
_LEVEL = -1.0  # the aspect of land that falls no way
_HALF_TURN, _TURN = 180.0, 360.0


def _by_window(sampler: RasterSampler, reach: float, at: Callable[[RasterWindow], Float32]) -> Callable[[Places], Float32]:
    """Prepare a measure that is worked out window by window; NaN off the raster."""

    def measure(places: Places) -> Float32:
        e, n = (np.ascontiguousarray(axis.ravel()) for axis in places.coordinates())
        out = np.full(e.size, np.nan, np.float32)
        for window in sampler.windows(e, n, reach):
            out[window.index] = at(window)
        return out.reshape(places.shape)

    return measure


def slope(measure: Slope, sampler: RasterSampler) -> Callable[[Places], Float32]:
    """Prepare the slope of an elevation model.

    Parameters
    ----------
    measure : Slope
        In degrees or per cent.
    sampler : RasterSampler
        Heights.

    Returns
    -------
    callable
        Gives float32 of the places' shape: of the cell that holds the place, from the eight about it, each weighed 1, 2, 1 along the side
        that it stands on (Horn 1981, "Hill shading and the reflectance map", Proceedings of the IEEE 69). NaN off the raster, in its
        outermost cells, and where one of the nine has no height.
    """

    def at(window: RasterWindow) -> Float32:
        rise = np.hypot(*_gradient(window)) * measure.height
        found = 100.0 * rise if measure.slope_unit == "%" else np.degrees(np.arctan(rise))
        return found.astype(np.float32)

    return _by_window(sampler, 0.0, at)


def aspect(measure: Aspect, sampler: RasterSampler) -> Callable[[Places], Float32]:
    """Prepare the aspect of an elevation model: the direction of steepest descent, by the gradient that `slope` takes.

    Parameters
    ----------
    measure : Aspect
        With or without a direction that is faced.
    sampler : RasterSampler
        Heights, in any unit.

    Returns
    -------
    callable
        Gives float32 of the places' shape, in degrees: 0 is grid north, 90 east, below 360; -1 where the land is level. With `facing` the
        angle to that direction, 0 to 180, and 90 where it is level. NaN as for `slope`.
    """

    def at(window: RasterWindow) -> Float32:
        east, north = _gradient(window)
        bearing = np.degrees(np.arctan2(-east, -north)) % _TURN
        level = (east == 0) & (north == 0)
        if measure.facing is None:
            bearing = bearing.astype(np.float32)
            bearing[bearing >= _TURN] = 0.0  # what rounding has made of a hair west of north
            return np.where(level, np.float32(_LEVEL), bearing)
        off = np.abs((bearing - measure.facing + _HALF_TURN) % _TURN - _HALF_TURN)
        return np.where(level, _HALF_TURN / 2.0, off).astype(np.float32)

    return _by_window(sampler, 0.0, at)


def _gradient(window: RasterWindow) -> tuple[Float, Float]:
    """Give the rise by metre east and by metre north, each of shape (k,); NaN where one of the nine cells has no value or is not there."""
    rows, cols = window.values.shape
    row, col = (np.minimum(np.floor(axis).astype(np.int64), most - 1) for axis, most in ((window.row, rows), (window.col, cols)))
    padded = np.full((rows + 2, cols + 2), np.nan)
    padded[1:-1, 1:-1] = window.values
    around = [[padded[row + down, col + across] for across in range(3)] for down in range(3)]
    (a, b, c), (d, own, f), (g, h, i) = around
    by_col = ((c + 2.0 * f + i) - (a + 2.0 * d + g)) / 8.0
    by_row = ((g + 2.0 * h + i) - (a + 2.0 * b + c)) / 8.0
    col_e, col_n, row_e, row_n = window.steps
    determinant = col_e * row_n - col_n * row_e
    unknown = np.where(np.isnan(own), np.nan, 0.0)
    return (by_col * row_n - by_row * col_n) / determinant + unknown, (by_row * col_e - by_col * row_e) / determinant + unknown


def class_share(measure: ClassShare, sampler: RasterSampler) -> Callable[[Places], Float32]:
    """Prepare the share of a raster's cells within a radius that are of some classes.

    Parameters
    ----------
    measure : ClassShare
        Classes and radius.
    sampler : RasterSampler
        Whole numbers.

    Returns
    -------
    callable
        Gives float32 of the places' shape, 0 to 1: of the cells with a value whose centre lies within the radius. NaN where fewer than
        half of the cells there have one, and off the raster.

    Raises
    ------
    StudyError
        If the radius is shorter than a cell.
    """
    _refuse_short(measure, sampler)

    def at(window: RasterWindow) -> Float32:
        known, counted = (_sums(marked) for marked in (~np.isnan(window.values), np.isin(window.values, measure.classes)))
        out = np.empty(window.index.size, np.float32)
        cells.class_share(known, counted, window.col, window.row, window.steps, measure.within, out)
        return out

    return _by_window(sampler, measure.within, at)


def _sums(marked: NDArray[np.bool_]) -> NDArray[np.int32]:
    """Count what is marked left of each column, shape (rows, columns + 1)."""
    sums = np.zeros((marked.shape[0], marked.shape[1] + 1), np.int32)
    np.cumsum(marked, axis=1, out=sums[:, 1:])
    return sums


def class_distance(measure: ClassDistance, sampler: RasterSampler) -> Callable[[Places], Float32]:
    """Prepare the distance to the nearest cell of some classes.

    Parameters
    ----------
    measure : ClassDistance
        Classes, and how far they are looked for.
    sampler : RasterSampler
        Whole numbers.

    Returns
    -------
    callable
        Gives float32 of the places' shape, metres to the cell's edge: 0 in a cell of the class, `within` where there is none so near. NaN
        where the cell that holds the place has no value, and off the raster; cells without a value are of no class.

    Raises
    ------
    StudyError
        If the limit is shorter than a cell.
    """
    _refuse_short(measure, sampler)

    def at(window: RasterWindow) -> Float32:
        counted = np.isin(window.values, measure.classes)
        left, right = np.empty(counted.shape, np.int32), np.empty(counted.shape, np.int32)
        cells.nearest_columns(counted, left, right)
        out = np.empty(window.index.size, np.float32)
        cells.class_distance(left, right, window.col, window.row, window.steps, measure.within, out)
        rows, cols = counted.shape
        own = np.minimum(window.row.astype(np.int64), rows - 1), np.minimum(window.col.astype(np.int64), cols - 1)
        out[np.isnan(window.values[own])] = np.nan
        return out

    return _by_window(sampler, measure.within, at)


def _refuse_short(measure: ClassShare | ClassDistance, sampler: RasterSampler) -> None:
    spacing = sampler.spacing()
    if measure.within < spacing:
        raise StudyError(
            Fault(
                f"measure '{measure.kind}' of {measure.layer}",
                "within is shorter than a cell of the raster",
                found=f"{measure.within:g} m",
                allowed=f"{spacing:,.4g} m or more",
            )
        )
