"""Files and addresses opened and read: CSV, any format that GDAL reads, Parquet, PostGIS, OpenStreetMap, GraphML."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from geo_engine.errors import Fault, LayerError, nearest_spelling
from geo_engine.workspace.catalogue import is_address, local_file
from geo_engine.workspace.data.formats.archive import look_through
from geo_engine.workspace.data.formats.gdal import read_gdal
from geo_engine.workspace.data.formats.parquet import read_parquet
from geo_engine.workspace.data.formats.postgis import read_postgis
from geo_engine.workspace.data.formats.tagged import read_tagged
from geo_engine.workspace.data.networks.osm import read_osm
from geo_engine.workspace.data.reading import Reading
from geo_engine.workspace.data.rows import WGS84, Source
from geo_engine.workspace.data.table import filter_rows, parse_csv
from geo_engine.workspace.network_files import is_graphml, is_osm
from geo_engine.workspace.remote.store import fetched_file, is_fetched, is_service

__all__ = ["Source", "read_source"]


def read_source(
    source: str,
    *,
    place: str,
    sublayer: str | None = None,
    where: str = "",
    where_place: str = "",
    geometry: str = "",
    reading: Reading | None = None,
) -> Source:
    """Open a file or an address and read what is needed of it.

    Parameters
    ----------
    source : str
        A path or an address. What lies behind http and https is read from where it was fetched to, never from there.
    place : str
        How messages call the place that names the source.
    sublayer : str, optional
        Layer inside the source: a layer, a table, a sheet.
    where : str, optional
        OGR SQL condition.
    where_place : str, optional
        How messages call the place of the condition.
    geometry : str, optional
        The layer's kind: lines or a network of an OpenStreetMap file come as edges between nodes (`read_osm`).
    reading : Reading, optional
        Encoding, tags, window and the like; all of the data where it is left out.

    Returns
    -------
    Source
        Attributes and geometry, unchanged.

    Raises
    ------
    LayerError
        If the source is missing or not fetched yet, cannot be read or is cut short, has several layers and none was chosen,
        lacks a column of the condition, or the condition is bad.
    """
    how = reading or Reading()
    if source.upper().startswith("PG:"):
        return read_postgis(source, place=place, sublayer=sublayer, where=where, where_place=where_place, reading=how)
    label = Path(source).name
    if is_fetched(source):
        local: Path | None = fetched_file(source, sublayer, how.store, place)
        source, sublayer = str(local), None if is_service(source) else sublayer
        label = Path(source).name
    else:
        local = local_file(source)
    if local is None and not is_address(source):
        raise LayerError(_missing(source, place))
    whole = local is not None and local.is_file() and local == Path(source)
    table = _read_own(source, local, place, sublayer, where, geometry, how) if local is not None and whole else None
    if table is not None:
        return table.take(filter_rows(table.table, where, where_place)) if where else table
    if local is not None and local.is_file():
        look_through(local, place)
    if local is not None and local.suffix.lower() == ".shp" and (short := _cut_short(local)):
        raise LayerError(Fault(place, f"'{local.name}' is cut short", found=short, remedy="copy it again, whole"))
    return read_gdal(source, label, place=place, sublayer=sublayer, where=where, where_place=where_place, reading=how)


def _read_own(source: str, local: Path, place: str, sublayer: str | None, where: str, geometry: str, how: Reading) -> Source | None:
    """Read a file in a format that has a reader here, all rows that may be wanted; None for any other."""
    name = source.lower()
    if name.endswith((".csv", ".txt", ".tsv")):
        frame, lines, notes = parse_csv(_bytes(local, place), local.name, how.encoding, how.decimal)
        return Source(frame, None, None, lines, "line", tuple(notes))
    if how.tags:
        return read_tagged(local, place, geometry, how.tags)
    if is_osm(source, geometry, sublayer):
        frame, shapes, remarks = read_osm(local, place)
        return Source(frame, shapes, WGS84, frame["osm_id"].to_numpy(dtype=np.int64), "way", remarks)
    if is_graphml(source):
        from geo_engine.workspace.data.networks.graphml import read_graphml  # noqa: PLC0415 - networkx, for such a file only

        return read_graphml(_bytes(local, place), local.name, place)
    if name.endswith((".parquet", ".geoparquet")):
        return read_parquet(source, place, where, how)
    return None


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
