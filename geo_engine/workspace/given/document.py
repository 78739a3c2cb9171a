"""A mapping written as TOML, so that what was made in Python can be read, kept and run by anybody."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Iterator, Mapping
from pathlib import PurePath

import numpy as np

from geo_engine.errors import Fault, StudyError
from geo_engine.workspace.raw.draft import toml_text

__all__ = ["toml_document", "toml_table"]

_BARE = re.compile(r"[A-Za-z0-9_-]+")


def toml_document(content: Mapping[str, object]) -> str:
    """Write a mapping as TOML: plain keys first, then a table for each mapping and one for each mapping of a list.

    What lies deeper stands in one line. Paths become texts, numpy's numbers numbers; a key whose value is None is left out.

    Raises
    ------
    StudyError
        If a value is of a kind that TOML has not, with the key.

    Examples
    --------
    >>> print(toml_document({"title": "A", "criteria": [{"name": "Near", "value": {"best": "1 km"}}], "sites": {"count": 5}}))
    title = "A"
    <BLANKLINE>
    [[criteria]]
    name = "Near"
    value = { best = "1 km" }
    <BLANKLINE>
    [sites]
    count = 5
    <BLANKLINE>
    """
    lines = [f"{_key(key)} = {_value(value, key)}" for key, value in content.items() if value is not None and not _is_table(value)]
    for key, value in content.items():
        if _is_table(value):
            lines += _tables(key, value)
    return "\n".join(lines) + "\n"


def toml_table(head: str, table: Mapping[str, object]) -> str:
    """Write one table of TOML under its head, each key in one line.

    >>> print(toml_table("scenarios.grid", {"title": "Grid", "weights": {"grid": 50.0}}))
    [scenarios.grid]
    title = "Grid"
    weights = { grid = 50.0 }
    <BLANKLINE>
    """
    return "\n".join([f"[{head}]", *_lines(table, head)]) + "\n"


def _is_table(value: object) -> bool:
    listed = isinstance(value, list | tuple) and bool(value) and all(isinstance(item, Mapping) for item in value)
    return isinstance(value, Mapping) or listed


def _tables(key: str, value: object) -> Iterator[str]:
    head, items = (f"[{_key(key)}]", [value]) if isinstance(value, Mapping) else (f"[[{_key(key)}]]", value)
    for item in items if isinstance(items, list | tuple) else ():
        yield from ("", head, *_lines(item, key))


def _lines(table: Mapping[str, object], place: str) -> Iterator[str]:
    yield from (f"{_key(name)} = {_value(inner, f'{place}.{name}')}" for name, inner in table.items() if inner is not None)


def _key(key: object) -> str:
    text = str(key)
    return text if _BARE.fullmatch(text) else toml_text(text)


def _value(value: object, place: str) -> str:  # noqa: PLR0911 - a return for each kind
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return repr(value) if math.isfinite(value) else str(value)
    if isinstance(value, str | PurePath):
        return toml_text(str(value))
    if isinstance(value, dt.date | dt.datetime | dt.time):
        return value.isoformat()
    if isinstance(value, Mapping):
        inner = ", ".join(f"{_key(key)} = {_value(item, f'{place}.{key}')}" for key, item in value.items() if item is not None)
        return f"{{ {inner} }}" if inner else "{}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(_value(item, place) for item in value)}]"
    allowed = "texts, numbers, true and false, dates, lists and mappings"
    raise StudyError(Fault(place, "cannot stand in a study", found=f"{type(value).__name__} {str(value)[:40]!r}", allowed=allowed))
