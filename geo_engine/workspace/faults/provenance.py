"""Faults of what a layer's file says: questions, licence, and a vintage that the data contradict."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

import numpy as np
import pandas as pd

from geo_engine.model import Layer
from geo_engine.workspace.faults.finding import Finding

__all__ = ["provenance_faults", "vintage_faults"]

_NO_LICENCE = frozenset({"", "-", "?", "none", "unknown", "tbc", "tbd", "n/a", "na", "not known", "not stated", "unlicensed"})
_YEAR = re.compile(r"(?<!\d)(1[89]\d\d|20\d\d)(?!\d)")
_DATE = re.compile(r"\d{4}-\d\d(?:-\d\d.*)?|\d{1,2}/\d{1,2}/\d{4}")
_DATED = re.compile(r"date|year|vintage|updated|modified|survey", re.IGNORECASE)
_LATE = 1  # years that the newest date of the data may lag behind the vintage


def provenance_faults(layer: Layer, today: dt.date) -> Iterator[Finding]:
    """Find faults of the file itself.

    >>> [each.code for each in provenance_faults(Layer("a", "A", "a.csv", "points", "me", "tbc", "2031"), dt.date(2026, 1, 1))]
    ['no_licence', 'future_vintage']
    """
    if layer.questions:
        yield Finding("unanswered", f"'?' stands for {', '.join(layer.questions)}", len(layer.questions), layer.questions)
    if layer.licence.strip().casefold() in _NO_LICENCE and "licence" not in layer.questions:
        yield Finding("no_licence", f"licence = '{layer.licence}': nobody may use data without one")
    years = _years(layer.vintage)
    if years and max(years) > today.year:
        yield Finding("future_vintage", f"vintage = '{layer.vintage}', and this is {today.year}")


def _years(vintage: str) -> list[int]:
    """List the years that a vintage names."""
    return [int(year) for year in _YEAR.findall(vintage)]


def vintage_faults(layer: Layer, table: pd.DataFrame) -> Iterator[Finding]:
    """Hold the newest date in a table against the stated vintage.

    Dates are columns of dates, texts that are written as dates, and whole numbers from 1900 to 2100 in columns that are called a year.
    The newest of all may lag a year behind the first year that the vintage names, and not be younger than the last.

    Parameters
    ----------
    layer : Layer
        With its vintage in words; without a year in it nothing is held against it.
    table : DataFrame
        n rows.
    """
    stated = _years(layer.vintage)
    newest = [(year, str(name)) for number, name in enumerate(table.columns) if (year := _newest(str(name), table.iloc[:, number]))]
    if not stated or not newest:
        return
    year, column = max(newest)
    if year > max(stated):
        yield Finding("newer_than_vintage", f"'{column}' reaches {year}, vintage is '{layer.vintage}'", 1, (column,))
    elif year < min(stated) - _LATE:
        names = tuple(name for _, name in newest)
        what = f"the newest date is of {year} ('{column}'), vintage is '{layer.vintage}'"
        yield Finding("older_than_vintage", what, len(names), names[:3])


def _newest(name: str, column: pd.Series) -> int | None:
    filled = column.dropna()
    if not len(filled):
        return None
    if pd.api.types.is_datetime64_any_dtype(column):
        return int(filled.max().year)
    if pd.api.types.is_numeric_dtype(column):
        values = filled.to_numpy(dtype=np.float64)
        whole = (values == np.round(values)).all() and (values >= 1900).all() and (values <= 2100).all()  # noqa: PLR2004 - years
        return int(values.max()) if whole and _DATED.search(name) else None
    texts = filled.map(str).str.strip()
    texts = texts[texts != ""]
    if not len(texts) or not texts.map(lambda text: _DATE.fullmatch(text) is not None).all():
        return None
    years = [int(year) for text in texts.unique() for year in _YEAR.findall(text)]
    return max(years) if years else None
