"""Vector data of any format that GDAL reads: the rows, the columns and the window that are needed, and no more."""

from __future__ import annotations

import warnings
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyogrio
from numpy.typing import NDArray
from pyogrio.errors import DataLayerError, DataSourceError, FeatureError

from geo_engine.errors import Fault, LayerError, nearest_spelling
from geo_engine.workspace.data.reading import Reading
from geo_engine.workspace.data.rows import Source
from geo_engine.workspace.data.table import bad_where, check_where, columns_in, filter_rows, match_column, typed

__all__ = ["read_gdal"]

_GEOMETRY = "geometry"  # what pyogrio calls shapes, and takes a column of that name away for
# A sheet's first row has the headings, even where all cells are text; a schema that GML points to is not downloaded.
_OPTIONS = {".xlsx": {"HEADERS": "FORCE"}, ".gml": {"DOWNLOAD_SCHEMA": "NO"}}
_SHEETS = frozenset({"XLSX", "ODS"})


def read_gdal(
    source: str, label: str, *, place: str, sublayer: str | None, where: str, where_place: str, reading: Reading | None = None
) -> Source:
    """Read one layer of a source through GDAL.

    Parameters
    ----------
    source, label : str
        What GDAL opens, and how messages call it.
    place, where_place : str
        How messages call the places that name the source and the condition.
    sublayer : str or None
        The layer; None where there is one only.
    where : str
        OGR SQL; blank for all rows. It goes down to the format, except for plain tables, whose types are found here.
    reading : Reading, optional
        Window and columns go down to the format; curves come as chains of straight pieces, a degree of arc each or less than four.

    Returns
    -------
    Source
        Rows are numbered from 1.

    Raises
    ------
    LayerError
        If it cannot be read or is cut short, has several layers and none was chosen, lacks a column of the condition, or the
        condition is bad.
    """
    how = reading or Reading()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            options = _OPTIONS.get(Path(label).suffix.lower(), {})
            layer, info = _chosen(source, label, place, sublayer, encoding=how.encoding, **options)
            columns = [str(column) for column in info["fields"]]
            plain = info["driver"] == "CSV" or info["driver"] in _SHEETS
            if where and (faults := check_where(where, columns, where_place)):
                raise LayerError(faults)  # noqa: TRY301 - told after the layer is closed
            asked = {"layer": layer, "encoding": how.encoding, "bbox": None if plain else how.bounds_in(info["crs"]), **options}
            asked |= {"where": None if plain else where or None}
            needed = how.wanted(columns)
            if needed is not None and where:  # some formats take a column that is left out for blank
                needed += [n for word in columns_in(where) if (n := match_column(columns, word)) and n not in needed]
            rows, table, geometry = _read(source, columns if needed is None else needed, shapes=info["geometry_type"] is not None, **asked)
        except LayerError:
            raise
        except (DataSourceError, DataLayerError, FeatureError, ValueError, UnicodeDecodeError, LookupError) as error:
            if where and ("SQL" in str(error) or "column" in str(error)):
                raise LayerError(bad_where(where, where_place)) from error
            text = str(error).split("; It might help")[0].replace(source, label)
            raise LayerError(
                Fault(place, f"'{label}' cannot be read: {text}", remedy="is it whole, and in a format that GDAL reads?")
            ) from error
    if plain:
        table = pd.DataFrame({name: _plain(table[name], how.decimal) for name in table.columns}, columns=table.columns)
    notes = tuple(dict.fromkeys(f"{label}: {warning.message}" for warning in caught if issubclass(warning.category, RuntimeWarning)))
    result = Source(table, geometry, info["crs"], rows, "row" if info["driver"] in _SHEETS else "feature", notes)
    return result.take(filter_rows(table, where, where_place)) if where and plain else result


def _chosen(source: str, label: str, place: str, sublayer: str | None, **asked: Any) -> tuple[str, dict[str, Any]]:  # noqa: ANN401 - arguments of pyogrio
    """Choose the layer and look at it; layers are listed only where one is named or there are several: that reads some formats whole."""
    if sublayer is None:
        with warnings.catch_warnings():
            warnings.filterwarnings("error", "More than one layer")
            with suppress(UserWarning, DataLayerError):
                info = pyogrio.read_info(source, **asked)
                return str(info["layer_name"]), info
    layer = _listed(source, label, place, sublayer)
    return layer, pyogrio.read_info(source, layer=layer, **asked)


def _listed(source: str, label: str, place: str, sublayer: str | None) -> str:
    layers = pyogrio.list_layers(source)
    names = [str(name) for name in layers[:, 0]]
    if sublayer is not None:
        if sublayer not in names:
            raise LayerError(Fault(place, f"unknown sublayer '{sublayer}'", "", ", ".join(names), nearest_spelling(sublayer, names)))
        return sublayer
    spatial = [str(name) for name, kind in layers if kind is not None] or names
    if len(spatial) != 1:
        raise LayerError(Fault(place, f"'{label}' holds {len(spatial)} layers", ", ".join(spatial), remedy='choose one: sublayer = "..."'))
    return spatial[0]


def _read(
    source: str,
    columns: list[str],
    *,
    shapes: bool,
    **asked: Any,  # noqa: ANN401 - arguments of pyogrio
) -> tuple[NDArray[np.int64], pd.DataFrame, NDArray[np.object_] | None]:
    """Read rows, attributes and shapes; a column called geometry is read by itself, because shapes take its name."""
    others = [column for column in columns if column != _GEOMETRY] if shapes else columns
    frame = pyogrio.read_dataframe(source, columns=others, read_geometry=shapes, fid_as_index=True, **asked)
    rows = frame.index.to_numpy(dtype=np.int64)
    rows = rows + (1 if int(rows.min(initial=1)) == 0 or _counts_from_zero(source, **asked) else 0)
    geometry = np.asarray(frame.geometry.array, dtype=object) if shapes else None
    table = pd.DataFrame(frame.drop(columns=[_GEOMETRY]) if shapes else frame).reset_index(drop=True)
    if len(others) < len(columns):
        alone = pyogrio.read_dataframe(source, columns=[_GEOMETRY], read_geometry=False, **asked)
        table = table.assign(**{_GEOMETRY: alone[_GEOMETRY].to_numpy()})[columns]
    return rows, table, geometry


def _counts_from_zero(source: str, **asked: Any) -> bool:  # noqa: ANN401 - arguments of pyogrio
    """Tell whether the first row has the number 0, where a part was read that may not hold it."""
    if asked.get("bbox") is None and asked.get("where") is None:
        return False
    whole = {name: value for name, value in asked.items() if name not in {"bbox", "where"}}
    first = pyogrio.read_dataframe(source, columns=[], read_geometry=False, fid_as_index=True, max_features=1, **whole)
    return len(first) == 1 and int(first.index[0]) == 0


def _plain(column: pd.Series, decimal: str) -> pd.Series:
    """Find the type of a column of a plain table as that of a CSV is found; dates of a sheet stay dates."""
    if not (pd.api.types.is_object_dtype(column) or pd.api.types.is_string_dtype(column)):
        return column
    return typed(["" if pd.isna(cell) else str(cell) for cell in column], decimal)
