"""Surfaces as xarray knows them: named, with units, cell centres and a CRS that rioxarray and GIS programs find."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import pyproj
from numpy.typing import NDArray

from geo_engine.errors import Fault, RunError
from geo_engine.model import Grid

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["as_array", "grid_array"]


def grid_array(grid: Grid, values: NDArray[np.generic], name: str, attributes: Mapping[str, object]) -> xr.DataArray:
    """Give values of a grid's cells as an array with coordinates.

    Parameters
    ----------
    grid : Grid
        The frame.
    values : ndarray, shape (rows, columns)
        Of its cells.
    name : str
        Of the array.
    attributes : mapping
        ``long_name``, ``units`` and the like.

    Returns
    -------
    xarray.DataArray
        Dimensions ``northing`` (falling) and ``easting``, both at cell centres, in metres.

    Raises
    ------
    RunError
        If xarray is not installed.
    """
    return as_array(values, (grid.west, grid.north, grid.cell, grid.cell), grid.crs, name, attributes)


def as_array(
    values: NDArray[np.generic], corner: tuple[float, float, float, float], crs: str, name: str, attributes: Mapping[str, object]
) -> xr.DataArray:
    """Give values of square or oblong cells as an array with coordinates.

    Parameters
    ----------
    values : ndarray, shape (rows, columns)
        Row 0 in the north.
    corner : tuple of float
        West, north, width and height of a cell.
    crs : str
        What they are in.
    name : str
        Of the array.
    attributes : mapping
        As `grid_array`.

    Raises
    ------
    RunError
        If xarray is not installed.
    """
    try:
        import xarray as xr  # noqa: PLC0415 - an extra
    except ImportError as error:
        remedy = "install it: pip install 'geo-engine[notebook]'"
        raise RunError(Fault(name, "needs xarray, which is not installed", remedy=remedy)) from error
    west, north, width, height = corner
    known = pyproj.CRS.from_user_input(crs)
    down, across = ("latitude", "longitude") if known.is_geographic else ("northing", "easting")
    unit = "degrees" if known.is_geographic else "m"
    rows, cols = values.shape
    coordinates = {
        down: (down, north - height * (np.arange(rows) + 0.5), _axis("Y", down, unit, geographic=known.is_geographic)),
        across: (across, west + width * (np.arange(cols) + 0.5), _axis("X", across, unit, geographic=known.is_geographic)),
        "spatial_ref": ((), 0, {**known.to_cf(), "GeoTransform": f"{west:.17g} {width:.17g} 0 {north:.17g} 0 {-height:.17g}"}),
    }
    told = {**attributes, "crs": known.to_string() if known.to_authority() else known.name, "res": (width, height)}
    made = xr.DataArray(values, coords=coordinates, dims=(down, across), name=name, attrs=told)
    made.encoding["grid_mapping"] = "spatial_ref"  # where CF, and rioxarray, look for the CRS
    return made


def _axis(axis: str, name: str, unit: str, *, geographic: bool) -> dict[str, str]:
    """Say what a coordinate is, in the words of CF."""
    standard = name if geographic else f"projection_{'x' if axis == 'X' else 'y'}_coordinate"
    said = {"axis": axis, "standard_name": standard, "long_name": name}
    return {**said, "units": f"degrees_{'east' if axis == 'X' else 'north'}" if geographic else unit}
