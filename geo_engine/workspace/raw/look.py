"""A first look at data that are no layer yet: format, CRS, geometry, columns, extent, and what is plainly wrong."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyogrio
import pyproj
import rasterio
import shapely
from numpy.typing import NDArray
from pyogrio.errors import DataLayerError, DataSourceError
from rasterio.errors import NotGeoreferencedWarning, RasterioError

from geo_engine.errors import Fault, LayerError
from geo_engine.model import GeometryKind
from geo_engine.workspace.catalogue import local_file
from geo_engine.workspace.data.geometry import of_kind
from geo_engine.workspace.data.rows import Source, lines_from_text, points_from, points_from_references
from geo_engine.workspace.data.source import read_source
from geo_engine.workspace.network_files import is_graphml, is_osm
from geo_engine.workspace.raw.columns import ColumnFacts, Coordinates, column_facts, coordinates_in, identifier_of, named_pairs

__all__ = ["Look", "RasterFacts", "crs_name", "look_at", "raster_facts", "row_counts"]

_RASTERS = frozenset({".tif", ".tiff", ".vrt", ".asc", ".img", ".jp2", ".nc", ".bil", ".dem", ".hgt"})
_PLAIN = frozenset({".csv", ".txt", ".tsv", ".xlsx", ".xls", ".ods"})
_MOST_PIXELS = 1024  # a side: a raster is looked at through so many cells at most
_FEW_VALUES = 32  # so many different whole numbers and fewer are taken for classes


@dataclass(frozen=True, slots=True)
class RasterFacts:
    """What a raster holds, seen through at most 1,024 by 1,024 of its cells.

    Parameters
    ----------
    columns, rows, bands : int
        Its size.
    cell : float
        Width of a cell in the unit of its CRS.
    kind : str
        Data type, and ``classes`` or ``continuous``.
    nodata : float or None
        The value that stands for no data.
    blank : float
        Share of the cells looked at that have no data.
    low, middle, high : float
        Least value, median and greatest value of band 1; NaN where all is blank.
    values : tuple of int
        The classes, where there are few.
    seen : int
        Every so manieth column and row was looked at.
    """

    columns: int
    rows: int
    bands: int
    cell: float
    kind: str
    nodata: float | None
    blank: float
    low: float
    middle: float
    high: float
    values: tuple[int, ...]
    seen: int


@dataclass(frozen=True, slots=True)
class Look:
    """What a source holds.

    Parameters
    ----------
    source : str
        As given, absolute where it is a file.
    format : str
        GDAL's name of the format, or ours.
    sublayer : str or None
        The layer inside that was looked at, where there are several.
    sublayers : tuple of str
        All of them.
    geometry : GeometryKind
        Kind that most features have.
    kinds : mapping of str to int
        Features by kind of geometry, as GEOS calls it.
    crs : str or None
        Short where it has a code.
    bounds : tuple of float or None
        West, south, east, north in `crs`; None where nothing has a place.
    features, empty, invalid, duplicates : int
        Rows; without geometry; whose shape is broken; that repeat another row in everything.
    columns : tuple of ColumnFacts
        Attributes.
    coordinates : Coordinates or None
        Of a plain table.
    id : str or None
        Column that names a feature.
    raster : RasterFacts or None
        Of a raster.
    notes : tuple of str
        What reading had to say.
    """

    source: str
    format: str
    geometry: GeometryKind
    sublayer: str | None = None
    sublayers: tuple[str, ...] = ()
    kinds: Mapping[str, int] | None = None
    crs: str | None = None
    bounds: tuple[float, float, float, float] | None = None
    features: int = 0
    empty: int = 0
    invalid: int = 0
    duplicates: int = 0
    columns: tuple[ColumnFacts, ...] = ()
    coordinates: Coordinates | None = None
    id: str | None = None
    raster: RasterFacts | None = None
    notes: tuple[str, ...] = ()


def crs_name(crs: str | None) -> str | None:
    """Give a CRS by its code where it has one, else as it is.

    >>> crs_name(pyproj.CRS("EPSG:27700").to_wkt()), crs_name(None)
    ('EPSG:27700', None)
    """
    if not crs:
        return None
    known = pyproj.CRS.from_user_input(crs)
    authority = known.to_authority(min_confidence=70)
    return ":".join(authority) if authority and authority[0] == "EPSG" else "EPSG:4326" if authority == ("OGC", "CRS84") else crs


def look_at(source: str, sublayer: str | None = None) -> tuple[Look, Source | None]:
    """Look at a file or an address.

    Parameters
    ----------
    source : str
        A path or an address for GDAL.
    sublayer : str, optional
        Layer inside it.

    Returns
    -------
    look : Look
        What was found.
    rows : Source or None
        The data themselves, with geometry where there is any; None for a raster.

    Raises
    ------
    LayerError
        If it is missing, cannot be read, holds several layers and none was chosen, or nothing says where its rows are.
    """
    name = Path(source).name
    if Path(source).suffix.lower() in _RASTERS:
        return _raster(source), None
    sublayers = _sublayers(source)
    kind: GeometryKind | None = "network" if is_osm(source, "network", sublayer) or is_graphml(source) else None
    rows = read_source(source, place=name, sublayer=sublayer, geometry=kind or "")
    coordinates = None
    if rows.geometry is None:
        rows, coordinates = _placed(rows, name)
    geometry = np.asarray(rows.geometry, dtype=object)
    empty, invalid, duplicates = row_counts(rows)
    there = geometry[~(shapely.is_missing(geometry) | shapely.is_empty(geometry))]
    kinds = pd.Series([shape.geom_type for shape in there], dtype=object).value_counts().to_dict()
    crs = crs_name(coordinates.crs if coordinates else rows.crs)
    bounds = tuple(shapely.total_bounds(there).tolist()) if len(there) else None
    look = Look(
        source=source,
        format=_format(source),
        sublayer=sublayer,
        sublayers=sublayers,
        geometry=kind or _kind(there),
        kinds={str(key): int(count) for key, count in sorted(kinds.items())},
        crs=crs,
        bounds=(bounds[0], bounds[1], bounds[2], bounds[3]) if bounds else None,
        features=len(rows.table),
        empty=empty,
        invalid=invalid,
        duplicates=duplicates,
        columns=column_facts(rows.table),
        coordinates=coordinates,
        id=identifier_of(rows.table),
        notes=rows.notes,
    )
    return look, rows


def _sublayers(source: str) -> tuple[str, ...]:
    """List the layers inside a source; none where GDAL does not read it, which is told when it is read."""
    try:
        return tuple(str(name) for name, kind in pyogrio.list_layers(source) if kind is not None)
    except (DataSourceError, DataLayerError, ValueError):
        return ()


def _format(source: str) -> str:
    """Name the format as GDAL does, or by the name's ending where it is read without GDAL."""
    suffix = "".join(Path(source).suffixes[-2:]).lower()
    if Path(source).suffix.lower() in {".csv", ".txt", ".tsv"}:
        return "CSV"
    if suffix.endswith((".osm.pbf", ".osm", ".osm.bz2")):
        return "OpenStreetMap"
    if suffix.endswith((".parquet", ".geoparquet")):
        return "Parquet"
    if suffix.endswith(".graphml"):
        return "GraphML"
    try:
        return str(pyogrio.read_info(source, layer=_sublayers(source)[0])["driver"])
    except (DataSourceError, DataLayerError, ValueError, IndexError):
        return suffix.lstrip(".") or "address"


def _kind(geometry: NDArray[np.object_]) -> GeometryKind:
    """Choose the kind that most features are of; points where there are none."""
    kinds: tuple[GeometryKind, ...] = ("points", "lines", "polygons")
    counts = [int(of_kind(geometry, kind).sum()) if len(geometry) else 0 for kind in kinds]
    return kinds[int(np.argmax(counts))]


def _placed(rows: Source, name: str) -> tuple[Source, Coordinates | None]:
    """Give the rows of a plain table their geometry: WKT, or the columns that say where they are."""
    placed = lines_from_text(rows, name, name)
    if placed.geometry is not None:
        return placed, None
    coordinates = coordinates_in(rows.table)
    if coordinates is None:
        for east, north in named_pairs(rows.table)[:1]:
            points_from(rows, east, north, name, name, allowed="a number")  # says which rows hold no number
        raise LayerError(
            Fault(
                name,
                "no column says where the rows are",
                ", ".join(str(column) for column in rows.table.columns) or "no columns",
                "longitude and latitude, easting and northing, WKT",
                "rename the columns to lon and lat, or easting and northing",
            )
        )
    if coordinates.kind == "grid references":
        return points_from_references(rows, coordinates.columns[0], name, name), coordinates
    east, north = coordinates.columns
    return points_from(rows, east, north, name, name, allowed="a number"), coordinates


def row_counts(rows: Source) -> tuple[int, int, int]:
    """Count rows without geometry, with a broken shape, and that repeat an earlier row in geometry and every attribute."""
    geometry = np.asarray(rows.geometry, dtype=object)
    blank = shapely.is_missing(geometry) | shapely.is_empty(geometry)
    invalid = int((~shapely.is_valid(geometry[~blank])).sum())
    return int(blank.sum()), invalid, int(repeated(rows).sum())


def repeated(rows: Source) -> NDArray[np.bool_]:
    """Mark rows, shape (n,), that repeat an earlier one in geometry and every attribute."""
    table = rows.table.astype(str)
    table.insert(
        0,
        "\0geometry",
        pd.Series(list(np.asarray(shapely.to_wkb(np.asarray(rows.geometry, dtype=object)), dtype=object)), index=table.index),
    )
    return table.duplicated().to_numpy(dtype=np.bool_)


def raster_facts(source: str, place: str) -> tuple[RasterFacts, str | None, tuple[float, float, float, float], NDArray[np.float32]]:
    """Look at a raster through at most 1,024 by 1,024 cells: it is never read whole.

    Parameters
    ----------
    source, place : str
        The raster, and how messages call the place that names it.

    Returns
    -------
    facts : RasterFacts
        What it holds.
    crs : str or None
        Short where it has a code.
    bounds : tuple of float
        West, south, east, north.
    cells : float32 ndarray, shape (rows, columns)
        Band 1 as it was looked at; NaN where there is no data.

    Raises
    ------
    LayerError
        If it is missing or cannot be read.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        try:
            with rasterio.open(source) as dataset:
                step = max(1, -(-max(dataset.width, dataset.height) // _MOST_PIXELS))
                shape = (max(1, dataset.height // step), max(1, dataset.width // step))
                cells = dataset.read(1, out_shape=shape, masked=True)
                crs = crs_name(dataset.crs.to_wkt()) if dataset.crs else None
                bounds = (dataset.bounds.left, dataset.bounds.bottom, dataset.bounds.right, dataset.bounds.top)
                size = (dataset.width, dataset.height, dataset.count)
                cell, nodata = abs(dataset.transform.a), dataset.nodata
                scale, offset = dataset.scales[0], dataset.offsets[0]
        except RasterioError as error:
            raise LayerError(
                Fault(place, f"cannot be read as a raster: {error}", remedy="is it whole, and in a format that GDAL reads?")
            ) from error
    values = np.where(np.ma.getmaskarray(cells), np.nan, np.ma.getdata(cells).astype(np.float64) * scale + offset).astype(np.float32)
    known = values[np.isfinite(values)]
    different = np.unique(known)
    few = bool(len(different)) and len(different) <= _FEW_VALUES and not np.issubdtype(cells.dtype, np.floating)
    ends = (float(known.min()), float(np.median(known)), float(known.max())) if known.size else (np.nan, np.nan, np.nan)
    facts = RasterFacts(
        *size,
        cell=cell,
        kind=f"{cells.dtype}, {'classes' if few else 'continuous'}",
        nodata=nodata,
        blank=1.0 - known.size / values.size,
        low=ends[0],
        middle=ends[1],
        high=ends[2],
        values=tuple(int(value) for value in different) if few else (),
        seen=step,
    )
    return facts, crs, bounds, values


def _raster(source: str) -> Look:
    place = Path(source).name
    if local_file(source) is None and not source.startswith(("http", "/vsi")):
        raise LayerError(Fault(place, "there is no such file", found=f"'{source}'"))
    facts, crs, bounds, _ = raster_facts(source, place)
    with rasterio.open(source) as dataset:
        driver = str(dataset.driver)
    return Look(source, driver, "raster", crs=crs, bounds=bounds, raster=facts)
