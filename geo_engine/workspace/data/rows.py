"""Rows as a source gave them, before anything was made of them, and the geometry that plain columns hold."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo_engine.errors import Fault, LayerError
from geo_engine.workspace.data.grid_reference import read_reference
from geo_engine.workspace.data.table import listed, match_column, unknown_column

__all__ = ["OSGB36", "TEXT_COLUMNS", "WGS84", "Source", "lines_from_text", "points_from", "points_from_references"]

WGS84 = "EPSG:4326"
OSGB36 = "EPSG:27700"
TEXT_COLUMNS = ("geometry", "wkt", "WKT")
_COMMA = re.compile(r"[-+]?\d+,\d+", re.ASCII)
_SHOWN = 40  # characters of a text that is no geometry


@dataclass(frozen=True, eq=False)
class Source:
    """What a file or an address gave, before anything was made of it.

    Parameters
    ----------
    table : DataFrame
        Attributes, n rows.
    geometry : ndarray of shapely geometries, shape (n,), or None
        In `crs`; None for a plain table.
    crs : str or None
        As stated in the data.
    rows : int64 ndarray, shape (n,)
        Line of a CSV, way of OpenStreetMap, or number of the feature from 1.
    row_word : str
        What `rows` counts: ``line``, ``way``, ``edge``, ``node`` or ``feature``.
    notes : tuple of str
        What a reader should know.
    """

    table: pd.DataFrame
    geometry: NDArray[np.object_] | None
    crs: str | None
    rows: NDArray[np.int64]
    row_word: str
    notes: tuple[str, ...] = ()

    def take(self, keep: NDArray[np.bool_]) -> Source:
        """Keep the rows that a mask of shape (n,) names."""
        table: Any = self.table[keep].reset_index(drop=True)
        return replace(self, table=table, geometry=None if self.geometry is None else self.geometry[keep], rows=self.rows[keep])

    def named(self, mask: NDArray[np.bool_]) -> str:
        """Name the rows of a mask of shape (n,) as people find them: ``line 3, line 7``."""
        return listed(f"{self.row_word} {row}" for row in self.rows[mask])


def points_from(source: Source, lon: str, lat: str, place: str, label: str, *, allowed: str = "degrees as a number, 51.5") -> Source:
    """Turn two columns of a plain table into points.

    Parameters
    ----------
    source : Source
        n rows.
    lon, lat : str
        The columns; others' letter case is forgiven.
    place, label : str
        How messages call the place that names the source, and the source.
    allowed : str, optional
        What a cell may hold, in words.

    Raises
    ------
    LayerError
        With both columns where they are missing, and with every row whose coordinate is blank or not a number.
    """
    table = source.table
    names = [match_column(map(str, table.columns), wanted) for wanted in (lon, lat)]
    faults = [
        unknown_column(place, wanted, map(str, table.columns), f" in {label}")
        for wanted, name in zip((lon, lat), names, strict=True)
        if name is None
    ]
    if faults:
        raise LayerError(faults)
    values = []
    for name in names:
        column = table[str(name)]
        number = pd.to_numeric(column, errors="coerce").to_numpy(dtype=np.float64)
        bad = ~np.isfinite(number)
        values.append(number)
        if bad.any():
            cells = (
                f"'{'' if pd.isna(cell) else cell}' in {source.row_word} {row}"
                for cell, row in zip(column[bad], source.rows[bad], strict=True)
            )
            comma = any(_COMMA.fullmatch(str(cell).strip()) for cell in column[bad])
            remedy = 'with a comma before fractions say so in the layer\'s file: decimal = ","' if comma else ""
            faults.append(Fault(place, f"'{name}' of {label} is not a number in {int(bad.sum())} rows", listed(cells), allowed, remedy))
    if faults:
        raise LayerError(faults)
    return replace(source, geometry=np.asarray(shapely.points(values[0], values[1]), dtype=object).reshape(-1))


def points_from_references(source: Source, column: str, place: str, label: str) -> Source:
    """Turn a column of references of the British National Grid into points (EPSG:27700), each the middle of the square it names.

    Raises
    ------
    LayerError
        If the column is missing, and with every row that holds no reference.

    Examples
    --------
    >>> table = pd.DataFrame({"ref": ["TG 51409 13177"]})
    >>> points_from_references(Source(table, None, None, np.array([2]), "line"), "ref", "", "a.csv").geometry.tolist()
    [<POINT (651409.5 313177.5)>]
    """
    name = match_column(map(str, source.table.columns), column)
    if name is None:
        raise LayerError(unknown_column(place, column, map(str, source.table.columns), f" in {label}"))
    texts = ["" if pd.isna(cell) else str(cell) for cell in source.table[name]]
    places = [read_reference(text) for text in texts]
    if bad := [row for row, found in enumerate(places) if found is None]:
        cells = listed(f"'{_cut(texts[row])}' in {source.row_word} {source.rows[row]}" for row in bad)
        what = f"'{name}' of {label} is no grid reference in {len(bad)} rows"
        raise LayerError(Fault(place, what, cells, "two letters and an even number of digits: TG 514 131"))
    pairs = np.array(places, dtype=np.float64).reshape(-1, 2)
    return replace(source, geometry=np.asarray(shapely.points(pairs), dtype=object).reshape(-1))


def lines_from_text(source: Source, place: str, label: str) -> Source:
    """Take the geometry of a plain table from its column ``geometry``, ``wkt`` or ``WKT``, where it has one.

    Returns
    -------
    Source
        The same where there is no such column; else with geometry (None in a blank row) and without the column.

    Raises
    ------
    LayerError
        With every row whose text is no geometry in WKT.

    Examples
    --------
    >>> table = pd.DataFrame({"u": [1, 2], "wkt": ["LINESTRING (0 0, 1 1)", None]})
    >>> made = lines_from_text(Source(table, None, None, np.array([2, 3]), "line"), "", "edges.csv")
    >>> made.geometry.tolist(), list(made.table)
    ([<LINESTRING (0 0, 1 1)>, None], ['u'])
    """
    name = next((name for name in TEXT_COLUMNS if name in source.table.columns), None)
    if name is None:
        return source
    column = source.table[name]
    texts = ["" if pd.isna(cell) else str(cell).strip() for cell in column]
    geometry = np.asarray(shapely.from_wkt(texts, on_invalid="ignore"), dtype=object).reshape(-1)
    bad = shapely.is_missing(geometry) & np.array([bool(text) for text in texts], dtype=np.bool_)
    if bad.any():
        cells = listed(f"'{_cut(texts[row])}' in {source.row_word} {source.rows[row]}" for row in np.flatnonzero(bad).tolist())
        what = f"'{name}' of {label} is not a geometry in {int(bad.sum())} rows"
        raise LayerError(Fault(place, what, cells, "WKT, as LINESTRING (0 0, 1 1)"))
    return replace(source, table=source.table.drop(columns=[name]), geometry=geometry)


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."
