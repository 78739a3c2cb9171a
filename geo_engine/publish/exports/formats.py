"""One layer as one file: GeoPackage, Parquet, FlatGeobuf, GeoJSON or CSV of features, a cloud-optimised GeoTIFF of cells."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyogrio
import pyproj
import rasterio
import rasterio.shutil
import shapely
from affine import Affine
from rasterio.enums import Resampling
from rasterio.errors import RasterioError
from rasterio.vrt import WarpedVRT

from geo_engine.errors import Fault, RunError
from geo_engine.publish.exports.columns import storable
from geo_engine.publish.exports.geopackage import Sheet, steady_gdal, write_sheets
from geo_engine.publish.tables import Cell, write_csv

__all__ = ["FORMATS", "write_cells", "write_sheet"]

Box = tuple[float, float, float, float]
_SLACK = 1e-6  # of a cell: an edge of the box that lies on a cell's edge takes no further cell


def write_sheet(sheet: Sheet, path: Path, form: str) -> Path:
    """Write features as one of `FORMATS`; the same features give the same bytes.

    Parameters
    ----------
    sheet : Sheet
        Features, with what is to be said of them.
    path : Path
        The file to make.
    form : str
        A key of `FORMATS`. GeoJSON is RFC 7946 and takes features in WGS84 only. CSV has ``easting`` and ``northing`` (``lon`` and
        ``lat``, where the CRS has degrees) of points, and ``wkt`` of other geometry; text that a spreadsheet would run gets an
        apostrophe before it.

    Returns
    -------
    Path
        `path`.

    Raises
    ------
    RunError
        If the format needs a library that is not there, or the file cannot be written.
    """
    try:
        FORMATS[form](sheet, path)
    except ImportError as error:
        raise RunError(
            Fault(
                path.name, "Parquet needs pyarrow, which is not installed", remedy="pip install 'geo-engine[parquet]', or another --format"
            )
        ) from error
    except (OSError, pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError) as error:
        raise RunError(Fault(path.name, f"cannot be written: {error}")) from error
    return path


def write_cells(source: str, path: Path, *, crs: str, own_crs: str, box: Box | None, classes: bool, tags: Mapping[str, str]) -> Path:
    """Write a raster as a cloud-optimised GeoTIFF, in another CRS and cut to a box where that is asked for; it is never held whole.

    Parameters
    ----------
    source : str
        What GDAL opens.
    path : Path
        The file to make.
    crs, own_crs : str
        Of the file, and of the source. Where they are the same no cell is computed anew.
    box : tuple of float or None
        West, south, east, north in `crs`, moved out to whole cells; None for all.
    classes : bool
        Whether numbers are classes: a new cell then takes the nearest value, and is otherwise interpolated (bilinear).
    tags : mapping of str to str
        Provenance, for the file's tags.

    Returns
    -------
    Path
        `path`.

    Raises
    ------
    RunError
        If the box holds no cell, or the raster cannot be read or written.
    """
    same = pyproj.CRS.from_user_input(crs) == pyproj.CRS.from_user_input(own_crs)
    whole = path.with_suffix(".whole.tif")
    try:
        with rasterio.open(source) as cells:
            with nullcontext(cells) if same else WarpedVRT(cells, src_crs=own_crs, crs=crs) as whole_seen:
                frame = (whole_seen.transform, whole_seen.width, whole_seen.height)
            transform, width, height = frame if box is None else _cut(*frame, box, path.name)
            nodata = cells.nodata if cells.nodata is not None else (math.nan if np.issubdtype(cells.dtypes[0], np.floating) else None)
            how = Resampling.nearest if classes or same else Resampling.bilinear
            place = {"crs": crs, "transform": transform, "width": width, "height": height, "nodata": nodata}
            blocks = {"tiled": True, "blockxsize": 512, "blockysize": 512, "compress": "ZSTD"}
            kept = {"count": cells.count, "dtype": cells.dtypes[0]}
            with (
                WarpedVRT(cells, src_crs=own_crs, resampling=how, **place) as seen,
                rasterio.open(whole, "w", driver="GTiff", bigtiff="IF_SAFER", **place, **kept, **blocks) as target,
            ):
                for _, window in target.block_windows(1):
                    target.write(seen.read(window=window), window=window)
                target.update_tags(**tags)
                target.scales, target.offsets, target.units = cells.scales, cells.offsets, cells.units
        overviews = "nearest" if classes else "average"
        rasterio.shutil.copy(whole, path, driver="COG", bigtiff="IF_SAFER", compress="ZSTD", overview_resampling=overviews)
    except RasterioError as error:
        raise RunError(Fault(path.name, f"cannot be written: {error}")) from error
    finally:
        whole.unlink(missing_ok=True)
    return path


def _cut(transform: Affine, width: int, height: int, box: Box, name: str) -> tuple[Affine, int, int]:
    """Give the part of a north-up frame that holds a box, in whole cells."""
    west, south, east, north = box
    (left, right), (top, bottom) = ~transform @ (np.array([west, east]), np.array([north, south]))
    first, last = max(math.floor(left + _SLACK), 0), min(math.ceil(right - _SLACK), width)
    upper, lower = max(math.floor(top + _SLACK), 0), min(math.ceil(bottom - _SLACK), height)
    if first >= last or upper >= lower:
        raise RunError(Fault(name, "the raster has no cell in the region"))
    return transform @ Affine.translation(first, upper), last - first, lower - upper


def _geopackage(sheet: Sheet, path: Path) -> None:
    write_sheets(path, [sheet])


def _parquet(sheet: Sheet, path: Path) -> None:
    sheet.frame.to_parquet(path, index=False, compression="zstd")


def _flatgeobuf(sheet: Sheet, path: Path) -> None:
    with steady_gdal():
        pyogrio.write_dataframe(
            sheet.frame,
            path,
            layer=sheet.name,
            driver="FlatGeobuf",
            geometry_type=sheet.kind,
            promote_to_multi=sheet.kind.startswith("Multi"),
            layer_options={"TITLE": sheet.title, "DESCRIPTION": sheet.description},
        )


def _geojson(sheet: Sheet, path: Path) -> None:
    options = {"RFC7946": "YES", "DESCRIPTION": sheet.description}
    pyogrio.write_dataframe(sheet.frame, path, layer=sheet.name, driver="GeoJSON", layer_options=options)


def _csv(sheet: Sheet, path: Path) -> None:
    frame = sheet.frame
    geometry = frame.geometry.to_numpy()
    if sheet.kind == "Point":
        names = ("lon", "lat") if pyproj.CRS.from_user_input(frame.crs).is_geographic else ("easting", "northing")
        places = shapely.get_coordinates(geometry)
        head: dict[str, Any] = {names[0]: places[:, 0], names[1]: places[:, 1]}
    else:
        head = {"geometry_wkt": shapely.to_wkt(geometry, rounding_precision=-1)}
    table, _ = storable(pd.concat([pd.DataFrame(head, index=frame.index), pd.DataFrame(frame.drop(columns=frame.geometry.name))], axis=1))
    columns = [str(column) for column in table.columns]
    rows = [dict(zip(columns, map(_cell, row), strict=True)) for row in zip(*(table[name].tolist() for name in columns), strict=True)]
    write_csv(path, columns, rows)


def _cell(value: Any) -> Cell:  # noqa: ANN401 - a cell of a table can be anything
    if pd.isna(value):
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str | int | float) else str(value)


FORMATS: Mapping[str, Callable[[Sheet, Path], None]] = {
    "gpkg": _geopackage,
    "parquet": _parquet,
    "fgb": _flatgeobuf,
    "geojson": _geojson,
    "csv": _csv,
}
"""How features are written, by the ending of the file."""
