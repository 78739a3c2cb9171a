"""One layer as one file: GeoPackage, Parquet, FlatGeobuf, GeoJSON or CSV of features, a cloud-optimised GeoTIFF of cells."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyogrio
import pyproj
import rasterio
import rasterio.shutil
import shapely
from rasterio.enums import Resampling
from rasterio.errors import RasterioError
from rasterio.vrt import WarpedVRT
from rasterio.warp import calculate_default_transform
from rasterio.windows import from_bounds
from rasterio.windows import transform as window_transform

from geo_engine.errors import Fault, RunError
from geo_engine.publish.exports.columns import storable
from geo_engine.publish.exports.geopackage import Sheet, steady_gdal, write_sheets
from geo_engine.publish.tables import Cell, write_csv

__all__ = ["FORMATS", "write_cells", "write_sheet"]

Box = tuple[float, float, float, float]


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
    try:
        with rasterio.open(source) as cells:
            if same:
                transform, width, height = cells.transform, cells.width, cells.height
            else:
                transform, width, height = calculate_default_transform(own_crs, crs, cells.width, cells.height, *cells.bounds)
            if box is not None:
                window = from_bounds(*box, transform=transform)
                first, last = max(math.floor(window.col_off), 0), min(math.ceil(window.col_off + window.width), width)
                top, bottom = max(math.floor(window.row_off), 0), min(math.ceil(window.row_off + window.height), height)
                if first >= last or top >= bottom:
                    raise RunError(Fault(path.name, "the raster has no cell in the region"))
                transform = window_transform(rasterio.windows.Window(first, top, last - first, bottom - top), transform)
                width, height = last - first, bottom - top
            nodata = cells.nodata if cells.nodata is not None else (math.nan if np.issubdtype(cells.dtypes[0], np.floating) else None)
            how = {"resampling": Resampling.nearest if classes or same else Resampling.bilinear, "nodata": nodata}
            with WarpedVRT(cells, src_crs=own_crs, crs=crs, transform=transform, width=width, height=height, **how) as seen:
                overviews = "nearest" if classes else "average"
                shape = {"compress": "ZSTD", "predictor": "STANDARD", "blocksize": 512, "overview_resampling": overviews}
                rasterio.shutil.copy(seen, path, driver="COG", bigtiff="IF_SAFER", **shape)
        sidecar = path.with_name(path.name + ".aux.xml")
        sidecar.unlink(missing_ok=True)
        with rasterio.open(path, "r+", IGNORE_COG_LAYOUT_BREAK="YES") as written:
            written.update_tags(**tags)
    except RasterioError as error:
        raise RunError(Fault(path.name, f"cannot be written: {error}")) from error
    return path


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
