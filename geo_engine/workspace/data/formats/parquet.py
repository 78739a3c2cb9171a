"""Parquet with and without geometry: whole where all is needed, by row groups where a window or a few columns are."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import pandas as pd
import pyproj
import shapely
from numpy.typing import NDArray
from shapely.errors import ShapelyError

from geo_engine.errors import Fault, LayerError
from geo_engine.workspace.data.reading import Bounds, Reading
from geo_engine.workspace.data.rows import Source
from geo_engine.workspace.data.table import columns_in, match_column

__all__ = ["read_parquet"]

_SHOWN = 300  # characters of what a reader says
_WGS84 = "OGC:CRS84"  # what GeoParquet means where it names no CRS
_BATCH = 65_536  # rows at a time
_TOUCHING = "touches the window?"  # a column for the time of reading
# A damaged byte shows wherever the readers of Parquet, its metadata, its CRS or its shapes meet it.
_BROKEN = (ValueError, OSError, RuntimeError, LookupError, TypeError, AttributeError, ShapelyError)


def read_parquet(source: str, place: str, where: str = "", reading: Reading | None = None) -> Source:
    """Read a Parquet file; a named index becomes columns.

    Parameters
    ----------
    source : str
        The file.
    place : str
        How messages call the place that names it.
    where : str, optional
        OGR SQL that will be applied: its columns are read too. It is not applied here.
    reading : Reading, optional
        Where it has a window and the file states the bounds of each row (the covering of GeoParquet 1.1), only rows that
        touch the window come, and row groups without any are not read.

    Returns
    -------
    Source
        Rows are numbered from 1, among those that came.

    Raises
    ------
    LayerError
        If pyarrow is not installed or the file is no whole Parquet file.
    """
    how = reading or Reading()
    try:
        sparing = how.window is not None or how.columns is not None
        frame, rows = _read_part(source, where, how) if sparing else (_read_whole(source), None)
    except ImportError as error:
        what = "Parquet needs pyarrow, which is not installed"
        raise LayerError(
            Fault(place, what, found=f"'{source}'", remedy="pip install 'geo-engine[parquet]', or turn the file into a GeoPackage or a CSV")
        ) from error
    except _BROKEN as error:
        text = str(error).replace(source, Path(source).name)[:_SHOWN]
        raise LayerError(Fault(place, f"'{Path(source).name}' cannot be read: {text}", remedy="is it whole, and Parquet?")) from error
    frame = frame.reset_index(drop=frame.index.names == [None])
    rows = np.arange(1, len(frame) + 1) if rows is None else rows
    if not isinstance(frame, geopandas.GeoDataFrame):
        return Source(frame, None, None, rows, "row")
    geometry = np.asarray(frame.geometry.array, dtype=object)
    table = pd.DataFrame(frame.drop(columns=[frame.geometry.name]))
    return Source(table, geometry, frame.crs.to_wkt() if frame.crs else None, rows, "feature")


def _read_whole(source: str) -> pd.DataFrame:
    try:
        frame: pd.DataFrame = geopandas.read_parquet(source)
    except ValueError as error:
        if "geo metadata" not in str(error):  # as geopandas says of a plain table
            raise
        return pd.read_parquet(source)
    return frame


def _read_part(source: str, where: str, how: Reading) -> tuple[pd.DataFrame, NDArray[np.int64] | None]:
    """Read the needed columns of the rows that may touch the window, a batch at a time; gives the rows' numbers from 1, None for all."""
    import pyarrow.dataset  # noqa: PLC0415 - an extra: asked for when it is needed

    data = pyarrow.dataset.dataset(source, format="parquet")
    geo = json.loads((data.schema.metadata or {}).get(b"geo", b"{}"))
    shape = geo.get("primary_column")
    about = geo.get("columns", {}).get(shape, {})
    if shape and str(about.get("encoding", "WKB")).upper() != "WKB":
        return _read_whole(source), None
    covering = about.get("covering", {}).get("bbox", {})
    kept = how.wanted(data.schema.names)
    columns = [name for name in data.schema.names if name != covering.get("xmin", [""])[0]] if kept is None else list(kept)
    columns += [name for word in columns_in(where) if (name := match_column(data.schema.names, word)) and name not in columns]
    columns += [shape] if shape and shape not in columns else []
    # No CRS at all means degrees; a CRS that is null means that nobody knows.
    crs = None if not shape or about.get("crs", "") is None else pyproj.CRS.from_user_input(about.get("crs") or _WGS84)
    box = how.bounds_in(crs.to_wkt() if crs else None)
    touching = _touching(covering, box) if box and covering else None
    table, rows = _rows_of(data, columns, touching)
    frame: pd.DataFrame = table.select([name for name in columns if name != shape]).to_pandas()
    if not shape:
        return frame, rows
    geometry = shapely.from_wkb(table[shape].to_numpy(zero_copy_only=False))
    located: pd.DataFrame = geopandas.GeoDataFrame(frame.assign(**{shape: geometry}), geometry=shape, crs=crs)
    return located, rows


def _rows_of(data: Any, columns: list[str], touching: Any) -> tuple[Any, NDArray[np.int64] | None]:  # noqa: ANN401 - of pyarrow
    """Read the rows for which an expression holds, and tell which they are; groups of rows that cannot have one are left out."""
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.compute as pc  # noqa: PLC0415

    how = {"batch_size": _BATCH, "batch_readahead": 2, "fragment_readahead": 1}
    if touching is None:
        return data.scanner(columns=columns, **how).to_table(), None
    wanted = {name: pc.field(name) for name in columns} | {_TOUCHING: touching}
    kept, rows = [data.schema.empty_table().select(columns)], [np.empty(0, np.int64)]
    begin = 0
    for fragment in data.get_fragments():
        sizes = [fragment.metadata.row_group(number).num_rows for number in range(fragment.metadata.num_row_groups)]
        begins = begin + np.concatenate([[0], np.cumsum(sizes)])
        for group in fragment.split_by_row_group(touching, schema=data.schema):
            at = int(begins[group.row_groups[0].id])
            for batch in group.scanner(schema=data.schema, columns=wanted, **how).to_batches():
                touches = batch.column(_TOUCHING).to_numpy(zero_copy_only=False).astype(bool)
                rows.append(at + 1 + np.flatnonzero(touches))
                kept.append(pa.table(batch.filter(batch.column(_TOUCHING)).select(columns)))
                at += batch.num_rows
        begin = int(begins[-1])
    return pa.concat_tables(kept, promote_options="permissive"), np.concatenate(rows)


def _touching(covering: dict[str, list[str]], box: Bounds) -> Any:  # noqa: ANN401 - an expression of pyarrow
    import pyarrow.compute as pc  # noqa: PLC0415

    west, south, east, north = box
    low_x, low_y, high_x, high_y = (pc.field(*covering[name]) for name in ("xmin", "ymin", "xmax", "ymax"))
    return (low_x <= east) & (high_x >= west) & (low_y <= north) & (high_y >= south)
