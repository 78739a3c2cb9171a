"""Files and addresses opened and read whole: CSV, any format that GDAL reads, Parquet, OpenStreetMap, GraphML."""

from __future__ import annotations

import warnings
from pathlib import Path

import geopandas
import numpy as np
import pandas as pd
import pyogrio
from pyogrio.errors import DataLayerError, DataSourceError, FeatureError
from shapely.errors import ShapelyError

from geo_engine.errors import Fault, LayerError, nearest_spelling
from geo_engine.workspace.catalogue import is_address, local_file
from geo_engine.workspace.data.networks.graphml import read_graphml
from geo_engine.workspace.data.networks.osm import read_osm
from geo_engine.workspace.data.rows import WGS84, Source
from geo_engine.workspace.data.table import bad_where, check_where, filter_rows, parse_csv, typed
from geo_engine.workspace.network_files import is_graphml, is_osm

__all__ = ["Source", "read_source"]

_SHOWN = 300  # characters of what a reader says


def read_source(
    source: str, *, place: str, sublayer: str | None = None, where: str = "", where_place: str = "", geometry: str = ""
) -> Source:
    """Open a file or an address and read all of it.

    Parameters
    ----------
    source : str
        A path or an address for GDAL.
    place : str
        How messages call the place that names the source.
    sublayer : str, optional
        Layer inside the source.
    where : str, optional
        OGR SQL condition.
    where_place : str, optional
        How messages call the place of the condition.
    geometry : str, optional
        The layer's kind: lines or a network of an OpenStreetMap file come as edges between nodes (`read_osm`).

    Returns
    -------
    Source
        Attributes and geometry, unchanged.

    Raises
    ------
    LayerError
        If the source is missing, cannot be read or is cut short, has several layers and none was chosen, lacks a column
        of the condition, or the condition is bad.
    """
    local = local_file(source)
    if local is None and not is_address(source):
        raise LayerError(_missing(source, place))
    if local is not None and source.lower().endswith((".csv", ".txt", ".tsv")) and local.is_file() and local == Path(source):
        frame, lines, notes = parse_csv(_bytes(local, place), local.name)
        table = Source(frame, None, None, lines, "line", tuple(notes))
        return table.take(filter_rows(frame, where, where_place)) if where else table
    if local is not None and local.is_file() and local == Path(source) and is_osm(source, geometry, sublayer):
        frame, shapes, remarks = read_osm(local, place)
        table = Source(frame, shapes, WGS84, frame["osm_id"].to_numpy(dtype=np.int64), "way", remarks)
        return table.take(filter_rows(frame, where, where_place)) if where else table
    if local is not None and local.is_file() and local == Path(source) and is_graphml(source):
        table = read_graphml(_bytes(local, place), local.name, place)
        return table.take(filter_rows(table.table, where, where_place)) if where else table
    if local is not None and local.suffix.lower() == ".shp" and (short := _cut_short(local)):
        raise LayerError(Fault(place, f"'{local.name}' is cut short", found=short, remedy="copy it again, whole"))
    if source.lower().endswith((".parquet", ".geoparquet")) and "Parquet" not in pyogrio.list_drivers():
        table = _read_parquet(source, place)
        return table.take(filter_rows(table.table, where, where_place)) if where else table
    return _read_ogr(source, place, sublayer, where, where_place)


def _cut_short(path: Path) -> str:
    """Compare a shapefile's length with what its header states (ESRI 1998: bytes 24 to 27, in 16-bit words), as GDAL does not."""
    with path.open("rb") as stream:
        head = stream.read(28)
    stated, size = int.from_bytes(head[24:28], "big") * 2, path.stat().st_size
    return f"{size} of {stated} bytes" if size < stated else ""


def _missing(source: str, place: str) -> Fault:
    path = Path(source)
    others = [other.name for other in path.parent.iterdir()] if path.parent.is_dir() else []
    nearest = nearest_spelling(path.name, others)
    return Fault(
        place,
        "there is no such file",
        found=f"'{source}'",
        remedy=nearest or (f"the folder '{path.parent}' has no such file" if others else f"the folder '{path.parent}' is missing or empty"),
    )


def _bytes(path: Path, place: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise LayerError(Fault(place, f"'{path.name}' cannot be read: {error.strerror}")) from error


def _read_parquet(source: str, place: str) -> Source:
    """Read Parquet, with or without geometry, where this GDAL has no driver for it; a named index becomes columns."""
    try:
        try:
            frame = geopandas.read_parquet(source)
        except ValueError as error:
            if "geo metadata" not in str(error):  # as geopandas says of a plain table
                raise
            frame = pd.read_parquet(source)
    except ImportError as error:
        what = "Parquet needs pyarrow, which is not installed"
        raise LayerError(
            Fault(place, what, found=f"'{source}'", remedy="pip install 'geo-engine[parquet]', or turn the file into a GeoPackage or a CSV")
        ) from error
    except (ValueError, OSError, RuntimeError, LookupError, TypeError, AttributeError, ShapelyError) as error:
        # A damaged byte shows wherever the readers of Parquet, its metadata, its CRS or its shapes meet it.
        text = str(error).replace(source, Path(source).name)[:_SHOWN]
        raise LayerError(Fault(place, f"'{Path(source).name}' cannot be read: {text}", remedy="is it whole, and Parquet?")) from error
    frame = frame.reset_index(drop=frame.index.names == [None])
    rows = np.arange(1, len(frame) + 1)
    if not isinstance(frame, geopandas.GeoDataFrame):
        return Source(frame, None, None, rows, "row")
    geometry = np.asarray(frame.geometry.array, dtype=object)
    table = pd.DataFrame(frame.drop(columns=[frame.geometry.name]))
    return Source(table, geometry, frame.crs.to_wkt() if frame.crs else None, rows, "feature")


def _chosen(source: str, place: str, sublayer: str | None) -> str:
    layers = pyogrio.list_layers(source)
    names = [str(name) for name in layers[:, 0]]
    if sublayer is not None:
        if sublayer not in names:
            raise LayerError(Fault(place, f"unknown sublayer '{sublayer}'", "", ", ".join(names), nearest_spelling(sublayer, names)))
        return sublayer
    spatial = [str(name) for name, kind in layers if kind is not None] or names
    if len(spatial) != 1:
        raise LayerError(
            Fault(place, f"'{Path(source).name}' holds {len(spatial)} layers", ", ".join(spatial), remedy='choose one: sublayer = "..."')
        )
    return spatial[0]


def _read_ogr(source: str, place: str, sublayer: str | None, where: str, where_place: str) -> Source:
    name = Path(source).name
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            layer = _chosen(source, place, sublayer)
            info = pyogrio.read_info(source, layer=layer)
            columns = [str(column) for column in info["fields"]]
            plain = info["driver"] == "CSV"
            if where and not plain and (faults := check_where(where, columns, where_place)):
                raise LayerError(faults)
            frame = pyogrio.read_dataframe(source, layer=layer, where=None if plain else where or None, fid_as_index=True)
        except (DataSourceError, DataLayerError, FeatureError, ValueError, UnicodeDecodeError) as error:
            if isinstance(error, LayerError):
                raise
            if where and ("SQL" in str(error) or "column" in str(error)):
                raise LayerError(bad_where(where, where_place)) from error
            text = str(error).split("; It might help")[0].replace(source, name)
            raise LayerError(
                Fault(place, f"'{name}' cannot be read: {text}", remedy="is it whole, and in a format that GDAL reads?")
            ) from error
    rows = frame.index.to_numpy(dtype=np.int64)
    first = int(rows.min(initial=1))
    rows = rows + (1 if first == 0 else 0)
    geometry = np.asarray(frame.geometry.array, dtype=object) if info["geometry_type"] is not None else None
    table = pd.DataFrame(frame.drop(columns=["geometry"]) if geometry is not None else frame).reset_index(drop=True)
    if plain:
        table = pd.DataFrame({column: typed(["" if pd.isna(cell) else str(cell) for cell in table[column]]) for column in table.columns})
    notes = tuple(dict.fromkeys(f"{name}: {warning.message}" for warning in caught if issubclass(warning.category, RuntimeWarning)))
    result = Source(table, geometry, info["crs"], rows, "feature", notes)
    return result.take(filter_rows(table, where, where_place)) if where and plain else result
