"""Faults of columns: blank, constant, numbers written as text, values far from all others, accuracies and lengths in a wrong unit."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
import pandas as pd
import pyproj
import shapely
from numpy.typing import NDArray

from geo_engine.workspace.data.table import match_column
from geo_engine.workspace.faults.finding import Finding
from geo_engine.workspace.faults.robust import far_off
from geo_engine.workspace.raw.rows import Raw

__all__ = ["column_faults", "unit_faults"]

_NUMBER = re.compile(r"[-+]?(?:\d{1,3}(?:[,. ]\d{3})+|\d+)(?:[.,]\d+)?\s*%?")
_MOST = 0.9  # share of the filled cells that must be numbers
_SLIP = 1000.0
_ABOUT = 3.0  # a ratio within this factor of 1000 is a slip
_ROUGH, _FINE = 100_000.0, 1.0  # metres: no accuracy is worse, few are better
_LENGTH = re.compile(r"(?:^|_)(?:length|len|shape_len|shape_leng|shape_length)(?:_?(km|m|mi))?$", re.IGNORECASE)
_UNITS = {"": 1.0, "m": 1.0, "km": 1000.0, "mi": 1609.344}


def column_faults(raw: Raw) -> Iterator[Finding]:
    """Find faults of the columns of a layer's rows."""
    table = raw.source.table
    own = {raw.layer.id, *raw.placed}
    blank = [str(name) for number, name in enumerate(table.columns) if not _filled(table.iloc[:, number]).any()]
    if blank:
        yield Finding("blank_column", f"{len(blank)} of {len(table.columns)} columns hold nothing", len(blank), tuple(blank[:5]))
    if len(table) > 1:
        constant = [
            str(name)
            for number, name in enumerate(table.columns)
            if str(name) not in blank and _filled(table.iloc[:, number]).all() and len(set(table.iloc[:, number].map(str))) == 1
        ]
        if constant:
            what = f"{len(constant)} of {len(table.columns)} columns say the same in every row"
            yield Finding("constant_column", what, len(constant), tuple(constant[:5]))
    for number, name in enumerate(table.columns):
        column = table.iloc[:, number]
        if str(name) in own or str(name) in blank:
            continue
        if not pd.api.types.is_numeric_dtype(column):
            yield from _written_numbers(str(name), column)
        elif not pd.api.types.is_bool_dtype(column):
            values = column.to_numpy(dtype=np.float64, na_value=np.nan)
            if (far := far_off(values)).any():
                rest = values[~far & np.isfinite(values)]
                told = ", ".join(f"{value:.6g}" for value in values[far][:3])
                what = f"'{name}': {told} where the others are {rest.min():.6g} to {rest.max():.6g}"
                yield Finding("outlier", what, int(far.sum()), raw.named(far))


def _filled(column: pd.Series) -> NDArray[np.bool_]:
    filled: NDArray[np.bool_] = column.notna().to_numpy(dtype=np.bool_)
    if not pd.api.types.is_numeric_dtype(column):
        filled = filled & (column.map(str).str.strip() != "").to_numpy(dtype=np.bool_)
    return filled


def _written_numbers(name: str, column: pd.Series) -> Iterator[Finding]:
    """Tell a column of text whose cells are numbers with decimal commas, blanks or per cent signs; codes with leading zeros are none."""
    texts = column[_filled(column)].map(lambda cell: str(cell).strip())
    number = texts.map(lambda text: _NUMBER.fullmatch(text) is not None)
    if pd.api.types.is_datetime64_any_dtype(column) or number.mean() < _MOST:
        return
    if texts.map(lambda text: re.match(r"0\d", text) is not None).any() or texts.map(str.isdigit).all():
        return
    odd = texts[~number].unique()
    rest = f", but for {', '.join(map(repr, odd[:3]))}" if len(odd) else ""
    what = f"'{name}' is text, and its cells are numbers{rest}: it can be neither compared nor summed"
    yield Finding("number_as_text", what, len(texts), tuple(texts[:3]))


def unit_faults(raw: Raw) -> Iterator[Finding]:
    """Find accuracies and lengths that are off by a thousand, since km were taken for m or the other way round."""
    yield from _accuracy_faults(raw)
    if raw.layer.geometry in {"lines", "network"} and raw.crs is not None:
        yield from _length_faults(raw)


def _accuracy_faults(raw: Raw) -> Iterator[Finding]:
    accuracy = raw.layer.accuracy
    values = np.array([accuracy.metres] if accuracy.metres is not None else list(accuracy.by_value.values()), dtype=np.float64)
    name, word = match_column(map(str, raw.source.table.columns), accuracy.column) if accuracy.column else None, "accuracy"
    if name is not None and not accuracy.by_value:
        values = pd.to_numeric(raw.source.table[name], errors="coerce").to_numpy(dtype=np.float64) * accuracy.unit
        word = f"'{name}'"
        ending = re.search(r"_(km|m)$", name.casefold())
        if ending and _UNITS[ending[1]] != accuracy.unit:
            what = f"{word} is read with {accuracy.unit:g} m to the unit, and its name says {ending[1]}"
            yield Finding("accuracy_unit", what, len(values))
            return
    values = values[np.isfinite(values)]
    if not len(values):
        return
    middle = float(np.median(values))
    if middle > _ROUGH:
        yield Finding("accuracy_unit", f"{word} is {middle / 1000:g} km in the middle: are they metres?", len(values))
    elif 0 < middle < _FINE:
        yield Finding("accuracy_unit", f"{word} is {middle:g} m in the middle: are they kilometres?", len(values))


def _length_faults(raw: Raw) -> Iterator[Finding]:
    """Hold stated lengths against the drawn ones, on the ellipsoid where the CRS is in degrees."""
    stated = raw.layer.network.length if raw.layer.network else None
    geometry = raw.geometry
    there = ~(shapely.is_missing(geometry) | shapely.is_empty(geometry))
    drawn = np.full(len(geometry), np.nan)
    drawn[there] = _metres(geometry[there], raw.crs)
    for column in map(str, raw.source.table.columns):
        match = _LENGTH.search(column)
        if column != stated and not match:
            continue
        unit = 1.0 if column == stated else _UNITS[(match[1] or "").casefold()] if match else 1.0
        values = pd.to_numeric(raw.source.table[column], errors="coerce").to_numpy(dtype=np.float64) * unit
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = values / drawn
            slipped = np.isfinite(ratio) & (ratio > 0) & (_near_slip(ratio) | _near_slip(1 / ratio))
        if column != stated and match and not match[1] and slipped.sum() > len(ratio) / 2:
            continue  # a column that states no unit may be in kilometres all through
        if slipped.any():
            middle = float(np.median(ratio[slipped]))
            what = f"'{column}' is {middle:.3g} times the drawn length in {slipped.sum()} of {there.sum()} rows: km for m?"
            yield Finding("length_unit", what, int(slipped.sum()), raw.named(slipped))


def _near_slip(ratio: NDArray[np.float64]) -> NDArray[np.bool_]:
    near: NDArray[np.bool_] = (ratio > _SLIP / _ABOUT) & (ratio < _SLIP * _ABOUT)
    return near


def _metres(geometry: NDArray[np.object_], crs: str | None) -> NDArray[np.float64]:
    known = pyproj.CRS.from_user_input(crs)
    if known.is_projected:
        unit = float(known.axis_info[0].unit_conversion_factor)
        return np.asarray(shapely.length(geometry), dtype=np.float64) * unit
    globe = known.get_geod() or pyproj.Geod(ellps="WGS84")
    return np.array([abs(globe.geometry_length(shape)) for shape in geometry])
