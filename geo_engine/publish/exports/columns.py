"""Attributes as every format can hold them: names that do not clash, one type a column, text that is text."""

from __future__ import annotations

import json
import re
from typing import Any

import numpy as np
import pandas as pd

__all__ = ["storable"]

_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_TAKEN = frozenset({"fid", "geom", "geometry", "ogc_fid", "ogr_geometry"})
_NUMBERS = frozenset({"integer", "floating", "mixed-integer-float", "decimal"})


def storable(table: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, str]]:
    """Give a table that GeoPackage, FlatGeobuf, GeoJSON, Parquet and CSV hold alike.

    Parameters
    ----------
    table : DataFrame
        Attributes, n rows, of any origin.

    Returns
    -------
    table : DataFrame
        n rows. A name that a format keeps for itself, or that differs from an earlier one by its case alone, gets a number;
        a column of several types becomes text, and so do lists and mappings, as JSON.
    renamed : dict of str to str
        New name by old, of those that changed.

    Examples
    --------
    >>> table, renamed = storable(pd.DataFrame({"fid": ["x"], "Name": [[1, 2]], "name": [3]}))
    >>> list(table), table["Name"].tolist(), renamed
    (['fid_2', 'Name', 'name_2'], ['[1, 2]'], {'fid': 'fid_2', 'name': 'name_2'})
    """
    names: dict[str, str] = {}
    made: dict[str, pd.Series[Any]] = {}
    for number, column in enumerate(table.columns):
        old = str(column)
        name = _free(_UNFIT.sub("", old).strip() or "column", set(names))
        names[name.lower()] = old
        made[name] = _one_type(table.iloc[:, number])
    renamed = {old: new for new, old in zip(made, names.values(), strict=True) if new != old}
    return pd.DataFrame(made, index=table.index), renamed


def _free(name: str, taken: set[str]) -> str:
    """Add a number where the name is taken, or kept by a format for itself."""
    free, number = name, 1
    while free.lower() in taken | _TAKEN:
        number += 1
        free = f"{name}_{number}"
    return free


def _one_type(column: pd.Series[Any]) -> pd.Series[Any]:
    if isinstance(column.dtype, pd.DatetimeTZDtype) or column.dtype.kind in "bifM":
        return column
    if column.dtype.kind == "u":
        return column.astype("int64") if column.max() <= np.iinfo(np.int64).max else column.astype("float64")
    kind = pd.api.types.infer_dtype(column, skipna=True)
    if kind in _NUMBERS and column.dtype == object:
        return pd.to_numeric(column)
    values = column.tolist()
    if kind == "string" and not _UNFIT.search("".join([value for value in values if isinstance(value, str)])):
        return column
    return pd.Series([_text(value) for value in values], index=column.index, dtype=object)


def _text(value: Any) -> str | None:  # noqa: ANN401 - a cell of a table can be anything
    if isinstance(value, list | tuple | dict | np.ndarray):
        plain = value.tolist() if isinstance(value, np.ndarray) else value
        return _UNFIT.sub("", json.dumps(plain, ensure_ascii=False, default=str))
    return None if pd.isna(value) else _UNFIT.sub("", str(value))
