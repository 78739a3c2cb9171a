"""Attribute tables: CSV with typed columns, OGR SQL filters, and second tables joined by a key.

Types are found in a plain way: a column is numbers where every filled cell is one, text otherwise. Text stays as written:
``yes``, ``no``, ``true``, ``NA``, ``=1+1``, ``400/132``, and codes with leading zeros. A blank cell is missing.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd
import pyogrio
from numpy.typing import NDArray

from geo_engine.errors import Fault, LayerError, nearest_spelling

__all__ = [
    "bad_where",
    "check_where",
    "columns_in",
    "filter_rows",
    "join_table",
    "keys",
    "listed",
    "match_column",
    "parse_csv",
    "typed",
    "unknown_column",
]

_INTEGER = re.compile(r"[-+]?(?:0|[1-9]\d{0,15})", re.ASCII)
_NUMBER = re.compile(r"[-+]?(?:(?:0|[1-9]\d*)(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?", re.ASCII)
_COMMA_NUMBER = re.compile(_NUMBER.pattern.replace(r"\.", ","), re.ASCII)
_LITERAL = re.compile(r"'(?:[^']|'')*'")
_WORD = re.compile(r'"((?:[^"]|"")*)"|\b([A-Za-z_]\w*)(\s*\()?')
_SQL_WORDS = frozenset(
    {"and", "or", "not", "in", "like", "ilike", "between", "is", "null", "true", "false", "escape", "cast", "as"}
    | {"fid", "ogr_geometry", "ogr_geom_wkt", "ogr_geom_area", "ogr_style", "integer", "float", "character"}
)
_MOST_NAMED = 5


def listed(items: Iterable[object], most: int = _MOST_NAMED) -> str:
    """Name some things and count the rest.

    >>> listed([1, 2]), listed(range(9))
    ('1, 2', '0, 1, 2, 3, 4 and 4 more')
    """
    names = [str(item) for item in items]
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def match_column(columns: Iterable[str], wanted: str) -> str | None:
    """Find a column by its name, or else by its name in other letters' case; None where there is none.

    >>> match_column(["Name", "LON"], "lon")
    'LON'
    """
    names = [str(column) for column in columns]
    if wanted in names:
        return wanted
    return next((name for name in names if name.lower() == wanted.lower()), None)


def unknown_column(where: str, column: str, columns: Iterable[str], use: str = "") -> Fault:
    """Say that a column is missing, which ones there are, and which is spelt most like it."""
    names = [str(name) for name in columns]
    return Fault(where, f"column '{column}' is missing{use}", ", ".join(names) or "no columns", "", nearest_spelling(column, names))


def _decoded(data: bytes, encoding: str | None, label: str) -> tuple[str, str]:
    """Decode bytes; the second text is a note where they were not UTF-8 and nobody said so."""
    if encoding is not None:
        try:
            return data.decode("utf-8-sig" if encoding.lower() in {"utf-8", "utf8"} else encoding), ""
        except UnicodeDecodeError as error:
            found = f"byte {data[error.start]:#04x} at {error.start}"
            raise LayerError(
                Fault(label, f"this is not {encoding}", found, remedy="leave out 'encoding', or name the right one")
            ) from error
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16"), "read as UTF-16"
    try:
        return data.decode("utf-8-sig"), ""
    except UnicodeDecodeError:
        try:
            return data.decode("cp1252"), "not UTF-8: read as Windows-1252 (Latin-1)"
        except UnicodeDecodeError:
            return data.decode("latin-1"), "not UTF-8: read as Latin-1"


def typed(cells: Sequence[str], decimal: str = ".") -> pd.Series:
    """Make a typed column from texts.

    Parameters
    ----------
    cells : sequence of str
        One column as written.
    decimal : str, optional
        Sign before fractions; where it is a comma, points are not understood as one.

    Returns
    -------
    Series
        int64, or float64 where a number has a fraction or a cell is blank (NaN), or text (blank is missing).

    Examples
    --------
    >>> typed(["1", "2"]).dtype, typed(["1.5", ""]).tolist(), typed(["007", "8"]).tolist(), typed(["yes", "no"]).tolist()
    (dtype('int64'), [1.5, nan], ['007', '8'], ['yes', 'no'])
    """
    stripped = [cell.strip() for cell in cells]
    if decimal == "," and all(_COMMA_NUMBER.fullmatch(cell) for cell in stripped if cell):
        stripped = [cell.replace(",", ".") for cell in stripped]
    filled = [cell for cell in stripped if cell]
    if filled and len(filled) == len(stripped) and all(map(_INTEGER.fullmatch, filled)):
        return pd.Series(np.array(stripped, dtype=np.int64))
    if filled and all(map(_NUMBER.fullmatch, filled)):
        return pd.Series(np.array([float(cell) if cell else np.nan for cell in stripped], dtype=np.float64))
    return pd.Series([cell or None for cell in stripped], dtype="str")


def _shape_faults(names: list[str], first_line: int, rows: list[list[str]], lines: list[int], label: str) -> list[Fault]:
    """Find headings without a name or given twice, and rows that do not fit the headings."""
    faults = []
    for number, name in enumerate(names):
        if not name:
            faults.append(Fault(f"{label}:{first_line}", f"column {number + 1} has no name", allowed="a name for every column"))
        elif name.lower() in [other.lower() for other in names[:number]]:
            faults.append(Fault(f"{label}:{first_line}", f"column '{name}' is there twice", found=", ".join(names)))
    ragged = [
        (line, len(row))
        for row, line in zip(rows, lines, strict=True)
        if len(row) < len(names) or any(cell.strip() for cell in row[len(names) :])
    ]
    if ragged:
        found = listed(f"{cells} in line {line}" for line, cells in ragged)
        faults.append(
            Fault(
                f"{label}:{ragged[0][0]}",
                f"{len(ragged)} rows differ from the headings in number of cells",
                found,
                f"{len(names)} cells",
                "text with a comma stands in double quotes",
            )
        )
    return faults


def parse_csv(
    data: bytes, label: str, encoding: str | None = None, decimal: str = "."
) -> tuple[pd.DataFrame, NDArray[np.int64], list[str]]:
    """Read the bytes of a CSV: comma, semicolon or tab, one line of headings, quoted cells as usual.

    Parameters
    ----------
    data : bytes
        UTF-8 with or without a byte order mark; else UTF-16, Windows-1252 or Latin-1, which is noted.
    label : str
        How messages call the file.
    encoding : str, optional
        What the bytes are in, if somebody said so.
    decimal : str, optional
        Sign before fractions.

    Returns
    -------
    frame : DataFrame
        Typed columns, n rows.
    lines : int64 ndarray, shape (n,)
        The last line of each row in the file, from 1.
    notes : list of str
        What a reader should know.

    Raises
    ------
    LayerError
        With every fault: empty, binary, unnamed or repeated headings, rows with more or fewer cells than headings.
    """
    text, note = _decoded(data, encoding, label)
    if "\0" in text:
        raise LayerError(Fault(label, "this is not a text file", found="a zero byte", allowed="a CSV in UTF-8"))
    heading = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=heading.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[list[str]] = []
    lines: list[int] = []
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                rows.append(row)
                lines.append(reader.line_num)
    except csv.Error as error:
        raise LayerError(Fault(f"{label}:{reader.line_num}", f"not a CSV: {error}")) from error
    if not rows:
        raise LayerError(Fault(label, "the file is empty", allowed="a line of column names, then rows"))
    names = [name.strip() for name in rows.pop(0)]
    first_line = lines.pop(0)
    while names and not names[-1] and all(len(row) < len(names) or not row[len(names) - 1].strip() for row in rows):
        names.pop()
    faults = _shape_faults(names, first_line, rows, lines, label)
    if faults:
        raise LayerError(faults)
    frame = pd.DataFrame(
        {name: typed([row[number] for row in rows], decimal) for number, name in enumerate(names)}, columns=pd.Index(names, dtype="str")
    )
    return frame, np.array(lines, dtype=np.int64), [f"{label}: {note}"] if note else []


def columns_in(where: str) -> list[str]:
    r"""List the columns that an OGR SQL condition names.

    >>> columns_in("max_kv >= 275 and \"type of site\" <> 'no and yes' and lower(name) like 'x%'")
    ['max_kv', 'type of site', 'name']
    """
    found: list[str] = []
    for match in _WORD.finditer(_LITERAL.sub("''", where)):
        word = match[1].replace('""', '"') if match[1] is not None else match[2]
        is_column = match[1] is not None or (not match[3] and word.lower() not in _SQL_WORDS)
        if is_column and word not in found:
            found.append(word)
    return found


def check_where(where: str, columns: Iterable[str], place: str) -> list[Fault]:
    """Find the columns of a condition that a table does not have."""
    names = list(columns)
    faults = []
    for column in columns_in(where):
        if match_column(names, column) is None:
            fault = unknown_column(place, column, names, f' in where "{where}"')
            remedy = fault.remedy or ("text stands in single quotes: 'text'" if f'"{column}"' in where else "")
            faults.append(Fault(fault.where, fault.what, fault.found, fault.allowed, remedy))
    return faults


def bad_where(where: str, place: str, why: str = "") -> Fault:
    """Say that a condition is not OGR SQL, or compares text with numbers."""
    remedy = "text in single quotes, numbers without, 'and', 'or', 'not', 'in', 'like', 'is null'; no functions"
    return Fault(place, f"bad where{': ' + why if why else ''}", found=f'"{where}"', allowed="OGR SQL, as after WHERE", remedy=remedy)


def filter_rows(frame: pd.DataFrame, where: str, place: str) -> NDArray[np.bool_]:
    """Apply an OGR SQL condition to a table in memory.

    Parameters
    ----------
    frame : DataFrame
        n rows.
    where : str
        The condition. A comparison with a missing value is not fulfilled.
    place : str
        How messages call the place of the condition.

    Returns
    -------
    bool ndarray, shape (n,)
        Rows that fulfil it.

    Raises
    ------
    LayerError
        For an unknown column or a condition that OGR does not understand.

    Examples
    --------
    >>> filter_rows(pd.DataFrame({"kv": [400.0, 132.0, None]}), "kv >= 275", "layer 'grid'").tolist()
    [True, False, False]
    """
    faults = check_where(where, [str(column) for column in frame.columns], place)
    if faults:
        raise LayerError(faults)
    keep = np.zeros(len(frame), dtype=np.bool_)
    if not len(frame):
        return keep
    names = {name for column in columns_in(where) if (name := match_column(map(str, frame.columns), column))}
    number = "row number"
    while number in names:
        number += "_"
    part = frame[sorted(names)].reset_index(drop=True).assign(**{number: np.arange(len(frame))})
    stream = io.BytesIO()
    pyogrio.write_dataframe(part, stream, driver="FlatGeobuf", layer="table", SPATIAL_INDEX="NO")
    try:
        kept = pyogrio.read_dataframe(io.BytesIO(stream.getvalue()), where=where, read_geometry=False)
    except (ValueError, pyogrio.errors.DataSourceError, pyogrio.errors.FeatureError) as error:
        raise LayerError(bad_where(where, place)) from error
    keep[kept[number].to_numpy(dtype=np.int64)] = True
    return keep


def keys(column: pd.Series) -> pd.Series:
    """Make keys that compare whether they were read as numbers or as text; missing where a cell is blank.

    >>> keys(pd.Series([1.0, None])).tolist(), keys(pd.Series([12345678901234567])).tolist(), keys(pd.Series([" 1 "])).tolist()
    (['1', nan], ['12345678901234567'], ['1'])
    """
    if pd.api.types.is_integer_dtype(column):
        return column.map(lambda value: None if pd.isna(value) else str(value))
    if pd.api.types.is_numeric_dtype(column):
        return column.map(lambda value: None if pd.isna(value) else f"{value:.0f}" if float(value).is_integer() else f"{value:.15g}")
    return column.map(lambda value: None if pd.isna(value) else str(value).strip() or None)


def join_table(frame: pd.DataFrame, other: pd.DataFrame, on: str, *, place: str, label: str) -> tuple[pd.DataFrame, int]:
    """Add the columns of a second table by a key; every row of the first stays, once.

    Parameters
    ----------
    frame, other : DataFrame
        The first and the second table.
    on : str
        The key column, present in both.
    place, label : str
        How messages call the place of the join and the second table.

    Returns
    -------
    joined : DataFrame
        As many rows as `frame`, in the same order; missing values where there is no partner.
    unmatched : int
        Rows of `frame` without a partner.

    Raises
    ------
    LayerError
        With every fault: the key is missing in one of them, the second table has a key twice, both have a column of one name.
    """
    faults = [
        unknown_column(place, on, map(str, table.columns), f" in {name}")
        for table, name in ((frame, "the layer"), (other, label))
        if on not in table.columns
    ]
    if faults:
        raise LayerError(faults)
    right = keys(other[on])
    doubled = right[right.notna() & right.duplicated()].unique()
    if len(doubled):
        faults.append(
            Fault(place, f"{len(doubled)} keys are in {label} more than once", found=listed(doubled), allowed=f"each '{on}' once")
        )
    both = [str(column) for column in other.columns if column != on and column in frame.columns]
    if both:
        faults.append(Fault(place, f"{label} has columns that the layer has too", found=", ".join(both), allowed="other names for them"))
    if faults:
        raise LayerError(faults)
    positions = pd.Series(other.index[right.notna()], index=right[right.notna()])
    partner = keys(frame[on]).map(positions)
    added = other.drop(columns=[on]).reindex(partner.to_numpy(dtype=np.float64)).reset_index(drop=True)
    return pd.concat([frame.reset_index(drop=True), added], axis=1), int(partner.isna().sum())
