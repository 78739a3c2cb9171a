"""Tables and rasters of a notebook written as the data of a layer."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import rasterio
import rasterio.errors
from affine import Affine
from numpy.typing import NDArray

from geo_engine.errors import Fault, LayerError

__all__ = ["RasterBand", "write_layer_data"]

_FIXED_DATE = "1980-01-01T00:00:00.000Z"


@dataclass(frozen=True, eq=False)
class RasterBand:
    """Cells of a raster, all of them.

    Parameters
    ----------
    cells : ndarray, shape (rows, columns)
        float32 with NaN where there is none for continuous values; as stored for whole numbers.
    west, north, width, height : float
        Upper-left corner, and the sides of a cell, in units of `crs`.
    crs : str
        As WKT, or the layer's own.
    """

    cells: NDArray[np.generic]
    west: float
    north: float
    width: float
    height: float
    crs: str


def write_layer_data(data: object, stem: Path, *, replace: bool) -> Path:
    """Write data beside the layers: geometry as a GeoPackage, a plain table as a CSV, cells as a GeoTIFF; the same data, the same bytes.

    Parameters
    ----------
    data : GeoDataFrame, GeoSeries, DataFrame or RasterBand
        With its CRS where it has geometry.
    stem : Path
        The file without its ending.
    replace : bool
        Whether a file that is there is replaced; it is kept beside the new one as ``.NAME.before``.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    LayerError
        If it is no such table, has no rows or no CRS, cannot be written, or the file is there already.
    """
    if isinstance(data, gpd.GeoSeries):
        data = gpd.GeoDataFrame(geometry=data)
    if not isinstance(data, pd.DataFrame | RasterBand):
        allowed = "a GeoDataFrame, a DataFrame with lon and lat or easting and northing, or a DataArray"
        raise LayerError(Fault(stem.name, "no layer can be made of this", found=type(data).__name__, allowed=allowed))
    if isinstance(data, pd.DataFrame) and not len(data):
        raise LayerError(Fault(stem.name, "the table has no rows", allowed="one row or more"))
    if isinstance(data, gpd.GeoDataFrame) and data.crs is None:
        raise LayerError(Fault(stem.name, "the GeoDataFrame has no CRS", remedy='say what it is in: frame.set_crs("EPSG:4326")'))
    file = stem.with_suffix(".gpkg" if isinstance(data, gpd.GeoDataFrame) else ".tif" if isinstance(data, RasterBand) else ".csv")
    if file.exists() and not replace:
        raise LayerError(Fault(f"layers/data/{file.name}", "is there already", remedy="give another name, or replace=True"))
    partial = file.with_name(f".{stem.name}.partial{file.suffix}")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        _write(data, partial, stem.name)
        if file.exists():
            file.rename(file.with_name(f".{file.name}.before"))
        partial.rename(file)
    except (OSError, ValueError, RuntimeError, TypeError, rasterio.errors.RasterioError) as error:
        partial.unlink(missing_ok=True)
        said = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise LayerError(Fault(f"layers/data/{file.name}", f"cannot be written: {said}")) from error
    return file


def _write(data: pd.DataFrame | RasterBand, path: Path, layer: str) -> None:
    if isinstance(data, RasterBand):
        _write_cells(data, path)
        return
    if not isinstance(data, gpd.GeoDataFrame):
        data.to_csv(path, index=False, lineterminator="\n")
        return
    before = pyogrio.get_gdal_config_option("OGR_CURRENT_DATE")
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": _FIXED_DATE})
    try:
        pyogrio.write_dataframe(data, path, layer=layer, driver="GPKG")
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": before})


def _write_cells(band: RasterBand, path: Path) -> None:
    rows, cols = band.cells.shape
    floating = np.issubdtype(band.cells.dtype, np.floating)
    profile = {
        "driver": "GTiff",
        "height": rows,
        "width": cols,
        "count": 1,
        "dtype": band.cells.dtype,
        "crs": band.crs,
        "compress": "deflate",
    }
    place = Affine(band.width, 0.0, band.west, 0.0, -band.height, band.north)
    with rasterio.open(path, "w", transform=place, nodata=np.nan if floating else None, tiled=True, **profile) as out:
        out.write(band.cells, 1)
