"""What the columns of a table hold: types, blanks, ranges, and which of them names a feature or tells where it is."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

__all__ = ["ColumnFacts", "Coordinates", "column_facts", "coordinates_in", "identifier_of", "named_pairs"]

_SHOWN = 40  # characters of a cell
_LON = ("lon", "long", "longitude", "lng", "xlon", "loncentroid")
_LAT = ("lat", "latitude", "ylat", "latcentroid")
_EAST = ("easting", "eastings", "east", "osgbeasting", "osgb36easting", "gridx", "geox", "xcoord", "xcoordinate", "x")
_NORTH = ("northing", "northings", "north", "osgbnorthing", "osgb36northing", "gridy", "geoy", "ycoord", "ycoordinate", "y")
_REFERENCE = ("gridreference", "gridref", "osgridreference", "osgridref", "ngr", "nationalgridreference", "osgr")
_REFERENCE_TEXT = re.compile(r"\s*[A-HJ-Z]{2}\s*(?:\d{2}|\d{4}|\d{6}|\d{8}|\d{10}|\d{1,5}\s+\d{1,5})\s*", re.IGNORECASE)
_MOST = 0.9  # share of the filled cells that must look as expected
_BRITISH_EAST, _BRITISH_NORTH = (0.0, 700_000.0), (0.0, 1_300_000.0)  # metres of the National Grid
_NAMES = ("name", "title", "id", "code", "reference", "ref", "uid", "key", "number", "fid")


@dataclass(frozen=True, slots=True)
class ColumnFacts:
    """What one column holds.

    Parameters
    ----------
    name : str
        Of the column.
    kind : str
        ``whole numbers``, ``numbers``, ``text``, ``dates`` or ``true or false``.
    blank, distinct : int
        Blank cells, and different values among the others.
    low, high : str
        Least and greatest, of numbers and dates; of texts the shortest and longest number of characters.
    example : str
        The first filled cell, cut where it is long.
    """

    name: str
    kind: str
    blank: int
    distinct: int
    low: str
    high: str
    example: str


@dataclass(frozen=True, slots=True)
class Coordinates:
    """Columns of a plain table that say where its rows are.

    Parameters
    ----------
    kind : {'degrees', 'metres', 'grid references'}
        What they hold.
    columns : tuple of str
        Longitude and latitude; easting and northing; or the one column of references.
    crs : str or None
        What they are in, where that can be told: degrees are WGS84; metres within the National Grid's square are said to be it.
    """

    kind: Literal["degrees", "metres", "grid references"]
    columns: tuple[str, ...]
    crs: str | None


def column_facts(table: pd.DataFrame) -> tuple[ColumnFacts, ...]:
    """Describe every column of a table of n rows.

    >>> facts = column_facts(pd.DataFrame({"kv": [400.0, None, 132.0], "name": ["Up", "Up", "Down"]}))
    >>> [(each.name, each.kind, each.blank, each.distinct, each.low, each.high) for each in facts]
    [('kv', 'numbers', 1, 2, '132', '400'), ('name', 'text', 0, 2, '2 characters', '4 characters')]
    """
    return tuple(_facts(str(name), table.iloc[:, number]) for number, name in enumerate(table.columns))


def _facts(name: str, column: pd.Series) -> ColumnFacts:
    filled = column.dropna()
    texts = filled.map(str)
    blank = len(column) - len(filled)
    kind, low, high = "text", "", ""
    if pd.api.types.is_bool_dtype(column):
        kind = "true or false"
    elif pd.api.types.is_numeric_dtype(column):
        kind = "whole numbers" if pd.api.types.is_integer_dtype(column) else "numbers"
        low, high = (f"{filled.min():.6g}", f"{filled.max():.6g}") if len(filled) else ("", "")
    elif pd.api.types.is_datetime64_any_dtype(column):
        kind = "dates"
        low, high = (f"{filled.min():%Y-%m-%d}", f"{filled.max():%Y-%m-%d}") if len(filled) else ("", "")
    else:
        blank += int((texts.str.strip() == "").sum())
        texts = texts[texts.str.strip() != ""]
        if len(texts):
            low, high = (f"{count} characters" for count in (texts.str.len().min(), texts.str.len().max()))
    example = " ".join(str(texts.iloc[0]).split()) if len(texts) else ""
    return ColumnFacts(
        name, kind, blank, int(texts.nunique()), low, high, example if len(example) <= _SHOWN else f"{example[: _SHOWN - 3]}..."
    )


def coordinates_in(table: pd.DataFrame) -> Coordinates | None:
    """Find the columns that say where the rows of a plain table are; None where none do.

    Names decide, and what stands in the cells must agree: nine filled cells of ten are degrees, metres or references. Of several
    ways to say it degrees come first, then metres.

    >>> coordinates_in(pd.DataFrame({"Easting": [651409], "Northing": [313177]}))
    Coordinates(kind='metres', columns=('Easting', 'Northing'), crs='EPSG:27700')
    >>> coordinates_in(pd.DataFrame({"X": [1.7], "Y": [52.6]}))
    Coordinates(kind='degrees', columns=('X', 'Y'), crs='EPSG:4326')
    >>> coordinates_in(pd.DataFrame({"Grid Reference": ["TG 51409 13177"]}))
    Coordinates(kind='grid references', columns=('Grid Reference',), crs='EPSG:27700')
    """
    names, pairs = _names(table), named_pairs(table)
    for wanted in ("degrees", "metres"):
        for east, north in pairs:
            found = _pair(table[east], table[north])
            if found is not None and found[0] == wanted:
                return Coordinates(found[0], (east, north), found[1])
    for name in _found(names, _REFERENCE):
        texts = table[name].dropna().map(str)
        if len(texts) and texts.map(lambda text: _REFERENCE_TEXT.fullmatch(text) is not None).mean() >= _MOST:
            return Coordinates("grid references", (name,), "EPSG:27700")
    return None


def named_pairs(table: pd.DataFrame) -> list[tuple[str, str]]:
    """List pairs of columns whose names say that they hold places, likeliest first, whatever stands in them.

    >>> named_pairs(pd.DataFrame({"lat": [], "LON": [], "kv": []}))
    [('LON', 'lat')]
    """
    names = _names(table)
    pairs = [(names[a], names[b]) for a, b in zip(_LON, _LAT, strict=False) if a in names and b in names]
    pairs += [(east, north) for east in _found(names, _LON) for north in _found(names, _LAT)]
    pairs += [(east, north) for east, north in zip(_found(names, _EAST), _found(names, _NORTH), strict=False)]
    return list(dict.fromkeys(pairs))


def _names(table: pd.DataFrame) -> dict[str, str]:
    return {_bare(str(name)): str(name) for name in reversed(table.columns)}


def _bare(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.casefold())


def _found(names: dict[str, str], wanted: Iterable[str]) -> list[str]:
    return [names[bare] for bare in wanted if bare in names]


def _pair(easts: pd.Series, norths: pd.Series) -> tuple[Literal["degrees", "metres"], str | None] | None:
    east, north = (pd.to_numeric(column, errors="coerce").to_numpy(dtype=np.float64) for column in (easts, norths))
    known = np.isfinite(east) & np.isfinite(north)
    filled = (easts.notna() & norths.notna()).to_numpy()
    if not known.any() or known.sum() < _MOST * filled.sum():
        return None
    east, north = east[known], north[known]
    if ((np.abs(east) <= 180) & (np.abs(north) <= 90)).mean() >= _MOST:  # noqa: PLR2004 - degrees
        return "degrees", "EPSG:4326"
    british = (east >= _BRITISH_EAST[0]) & (east <= _BRITISH_EAST[1]) & (north >= _BRITISH_NORTH[0]) & (north <= _BRITISH_NORTH[1])
    return "metres", "EPSG:27700" if british.mean() >= _MOST else None


def identifier_of(table: pd.DataFrame) -> str | None:
    """Choose the column that names a feature: filled and different in every row, one that is called so before any other text.

    >>> identifier_of(pd.DataFrame({"kv": [400, 132], "Name": ["Up", "Down"], "town": ["A", "B"]}))
    'Name'
    >>> identifier_of(pd.DataFrame({"kv": [400, 400]})) is None
    True
    """
    unique = [
        str(name)
        for number, name in enumerate(table.columns)
        if (column := table.iloc[:, number]).notna().all() and not column.map(str).duplicated().any()
    ]
    for wanted in _NAMES:
        for name in unique:
            if _bare(name) == wanted or _bare(name).endswith(wanted):
                return name
    texts = [name for name in unique if not pd.api.types.is_numeric_dtype(table[name])]
    return texts[0] if texts else None
