"""Surfaces as xarray knows them: named, with units, cell centres and a CRS that rioxarray and GIS programs find."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeGuard

import numpy as np
import pyproj
import pyproj.exceptions
from numpy.typing import NDArray

from geo_engine.errors import Fault, LayerError, RunError
from geo_engine.model import Grid
from geo_engine.run.given import RasterBand

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["as_array", "band_of", "grid_array", "is_array"]

_ROWS_AND_COLUMNS = 2


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


def is_array(data: object) -> TypeGuard[xr.DataArray]:
    """Tell whether something is an array of xarray, which is not loaded for the question."""
    loaded = sys.modules.get("xarray")
    return loaded is not None and isinstance(data, loaded.DataArray)


def band_of(array: xr.DataArray, name: str) -> RasterBand:
    """Take the cells of an array, row 0 in the north.

    Parameters
    ----------
    array : xarray.DataArray
        Two dimensions besides those of one item: rows, columns, with coordinates at cell centres, evenly spaced. Its CRS stands where
        rioxarray keeps it (``spatial_ref``), or in ``attrs["crs"]``.
    name : str
        How messages call it.

    Returns
    -------
    RasterBand
        float32 of numbers with fractions; uint8 of true and false; whole numbers as they are, 64 bits only where they are needed.

    Raises
    ------
    LayerError
        With every fault.
    """
    flat = array.squeeze(drop=True)
    if flat.ndim != _ROWS_AND_COLUMNS:
        found = ", ".join(f"{dimension} of {size}" for dimension, size in array.sizes.items())
        raise LayerError(Fault(name, "is no raster of rows and columns", found, "two dimensions; take one band or one time first"))
    faults = []
    steps = []
    for dimension in flat.dims:
        places = np.asarray(flat[dimension], np.float64) if dimension in flat.coords else np.empty(0)
        step = np.diff(places)
        if len(step) < 1 or not np.isfinite(places).all() or step[0] == 0 or not np.allclose(step, step[0], rtol=1e-4):
            faults.append(Fault(name, f"'{dimension}' does not say where its cells are", allowed="centres, evenly spaced, two or more"))
        steps.append((places, (places[-1] - places[0]) / max(len(step), 1) if len(places) else 0.0))
    crs = _crs_of(array)
    if not crs:
        faults.append(Fault(name, "the array states no CRS", remedy='say what it is in: array.attrs["crs"] = "EPSG:27700"'))
    values = np.asarray(flat)
    if values.dtype.kind not in "biuf":
        faults.append(Fault(name, "holds no numbers", found=str(values.dtype)))
    if faults:
        raise LayerError(faults)
    (norths, up), (easts, across) = steps
    values = values[:: -1 if up > 0 else 1, :: -1 if across < 0 else 1]
    width, height = abs(across), abs(up)
    corner = (float(easts.min() - width / 2), float(norths.max() + height / 2), float(width), float(height))
    return RasterBand(np.ascontiguousarray(_small(values)), *corner, crs)


def _small(values: NDArray[np.generic]) -> NDArray[np.generic]:
    if values.dtype.kind == "f":
        return values.astype(np.float32)
    if values.dtype.kind == "b":
        return values.astype(np.uint8)
    fits = values.dtype.itemsize > 4 and values.size and np.iinfo(np.int32).min <= values.min() and values.max() <= np.iinfo(np.int32).max  # noqa: PLR2004 - bytes
    return values.astype(np.int32) if fits else values


def _crs_of(array: xr.DataArray) -> str:
    """Find the CRS of an array, as WKT; empty where it states none that PROJ knows."""
    name = str(array.encoding.get("grid_mapping", array.attrs.get("grid_mapping", "spatial_ref")))
    mapping = array.coords[name].attrs if name in array.coords else {}
    for said in (mapping.get("crs_wkt"), mapping.get("spatial_ref"), array.attrs.get("crs")):
        if said:
            try:
                return pyproj.CRS.from_user_input(said).to_wkt()
            except pyproj.exceptions.CRSError:
                continue
    return ""


def _axis(axis: str, name: str, unit: str, *, geographic: bool) -> dict[str, str]:
    """Say what a coordinate is, in the words of CF."""
    standard = name if geographic else f"projection_{'x' if axis == 'X' else 'y'}_coordinate"
    said = {"axis": axis, "standard_name": standard, "long_name": name}
    return {**said, "units": f"degrees_{'east' if axis == 'X' else 'north'}" if geographic else unit}
