"""Tables of PostGIS, read live: the window, the condition and the columns go into the query."""

from __future__ import annotations

import os
import re
from typing import Any

import numpy as np
import pandas as pd
import shapely

from geo_engine.errors import Fault, LayerError, nearest_spelling
from geo_engine.workspace.data.reading import Reading
from geo_engine.workspace.data.rows import Source
from geo_engine.workspace.data.table import bad_where, check_where, listed

__all__ = ["read_postgis"]

_KEY = re.compile(r"(\w+)\s*=\s*(?:'((?:[^'\\]|\\.)*)'|(\S+))")
_PATIENCE = 30.0  # seconds for a connection, and for each answer
_KEYS = {"host": "PGHOST", "port": "PGPORT", "dbname": "PGDATABASE", "user": "PGUSER", "password": "PGPASSWORD"}
_SHAPES = frozenset({"geometry", "geography", "raster"})
_NUMBERS = frozenset({"int2", "int4", "int8", "float4", "float8", "numeric"})
_TIMES = frozenset({"date", "timestamp", "timestamptz"})
_KNOWN = _NUMBERS | _TIMES | {"bool", "text", "varchar"}
_COLUMNS = """
select a.attname::text, t.typname::text from pg_attribute a join pg_type t on t.oid = a.atttypid
where a.attrelid = cast(cast(:of as text) as regclass) and a.attnum > 0 and not a.attisdropped order by a.attnum
"""
_TABLES = """
select n.nspname::text, c.relname::text, a.attname::text from pg_attribute a
join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
join pg_type t on t.oid = a.atttypid
where t.typname in ('geometry', 'geography') and a.attnum > 0 and not a.attisdropped and c.relkind in ('r', 'v', 'm', 'f', 'p')
and has_table_privilege(c.oid, 'select')
order by 1, 2, a.attnum
"""


def read_postgis(source: str, *, place: str, sublayer: str | None, where: str, where_place: str, reading: Reading | None = None) -> Source:
    """Read a table or view of PostGIS.

    Parameters
    ----------
    source : str
        ``PG:`` and words as libpq takes them: ``PG:host=db.example.org dbname=gis user=reader``. What is left out comes from
        PGHOST, PGPORT, PGDATABASE, PGUSER and PGPASSWORD. ``host`` may be the folder of a socket.
    place, where_place : str
        How messages call the places that name the source and the condition.
    sublayer : str or None
        ``table``, ``schema.table`` or ``table.column``; None where only one table has a geometry.
    where : str
        A condition in the database's SQL; blank for all rows.
    reading : Reading, optional
        Window and columns; the window goes by the table's index.

    Returns
    -------
    Source
        Rows in the order of their first column, numbered from 1.

    Raises
    ------
    LayerError
        If pg8000 is not installed, the database cannot be reached or refuses, the table is not there or not clear, or the
        condition is bad. Pass-words stand in no message.
    """
    try:
        import pg8000.native  # noqa: PLC0415 - an extra: asked for when it is needed
    except ImportError as error:
        what = "PostGIS needs pg8000, which is not installed"
        raise LayerError(Fault(place, what, remedy="pip install 'geo-engine[postgis]'")) from error
    asked = {match[1]: match[2].replace("\\'", "'") if match[2] is not None else match[3] for match in _KEY.finditer(source[3:])}
    if unknown := sorted(asked.keys() - _KEYS.keys()):
        raise LayerError(Fault(place, f"unknown words after PG: {', '.join(unknown)}", allowed=", ".join(_KEYS)))
    said = {key: asked.get(key, os.environ.get(variable, "")) for key, variable in _KEYS.items()}
    host = said["host"] or "localhost"
    port = int(said["port"] or 5432)
    try:
        database = pg8000.native.Connection(
            said["user"] or os.environ.get("USER", "postgres"),
            host=host,
            unix_sock=f"{host}/.s.PGSQL.{port}" if host.startswith("/") else None,
            port=port,
            database=said["dbname"] or None,
            password=said["password"] or None,
            timeout=_PATIENCE,
        )
    except (pg8000.exceptions.Error, OSError) as error:
        found = f"{host}, port {port}, database '{said['dbname']}'"
        raise LayerError(
            Fault(place, f"the database cannot be opened: {_told(error)}", found, remedy="is it running, and may this user read it?")
        ) from error
    try:
        return _read(database, place, sublayer, where, where_place, reading or Reading())
    except (pg8000.exceptions.Error, OSError) as error:
        raise (LayerError(bad_where(where, where_place, _told(error))) if where else LayerError(Fault(place, _told(error)))) from error
    finally:
        database.close()


def _told(error: Exception) -> str:
    """Give what the database says, in its own words."""
    first = error.args[0] if error.args else ""
    return str(first.get("M", first)) if isinstance(first, dict) else str(first).split("\n")[0]


def _read(database: Any, place: str, sublayer: str | None, where: str, where_place: str, how: Reading) -> Source:  # noqa: ANN401 - untyped library
    _ask(database, "set session characteristics as transaction read only")
    table, shape = _chosen([tuple(row) for row in _ask(database, _TABLES)], place, sublayer)
    kinds = dict(_ask(database, _COLUMNS, of=table))
    if where and (faults := check_where(where, kinds, where_place)):
        raise LayerError(faults)
    plain = [name for name, kind in kinds.items() if kind not in _SHAPES]
    columns = plain if (needed := how.wanted(plain)) is None else needed
    drawn = f"cast({_quoted(shape)} as geometry)"
    found = _ask(database, f"select st_srid({drawn}) from {table} where {_quoted(shape)} is not null limit 1")  # noqa: S608 - names are quoted
    number = int(found[0][0]) if found else 0
    names = _ask(database, "select auth_name, auth_srid from spatial_ref_sys where srid = cast(:number as int)", number=number)
    crs = f"{names[0][0]}:{names[0][1]}" if names else None
    conditions, box = [f"({where})"] if where else [], how.bounds_in(crs)
    if box:
        conditions.append(f"{drawn} && st_makeenvelope({', '.join(map(repr, box))}, {number})")
    after = f" where {' and '.join(conditions)}" if conditions else ""
    listing = ", ".join([f"st_asbinary(st_curvetoline(st_force2d({drawn})))", *(_selected(name, kinds[name]) for name in columns)])
    order = f" order by {_quoted(plain[0])}" if plain else ""
    rows = _ask(database, f"select {listing} from {table}{after}{order}")  # noqa: S608 - names are quoted, the condition is the user's
    cells = list(zip(*rows, strict=True)) if rows else [()] * (len(columns) + 1)
    geometry = np.asarray(shapely.from_wkb(list(cells[0])), dtype=object).reshape(-1)
    made = {name: _typed(values, kinds[name]) for name, values in zip(columns, cells[1:], strict=True)}
    return Source(pd.DataFrame(made, columns=pd.Index(columns, dtype="str")), geometry, crs, np.arange(1, len(rows) + 1), "row")


def _ask(database: Any, sql: str, **values: object) -> list[list[Any]]:  # noqa: ANN401 - untyped library
    """Ask with a parameter even where none is needed: only then does the database take one statement and not several."""
    if not sql.startswith("set "):
        sql = f"select * from ({sql}) as answer where cast(:yes as boolean)"  # noqa: S608 - made here
        values["yes"] = True
    return list(database.run(sql, **values) or [])


def _quoted(name: str) -> str:
    """Quote a name for SQL.

    >>> _quoted('a"b')
    '"a""b"'
    """
    return '"' + name.replace('"', '""') + '"'


def _chosen(tables: list[tuple[str, ...]], place: str, sublayer: str | None) -> tuple[str, str]:
    """Find the quoted table and the column of its shapes by ``table``, ``schema.table``, ``table.column`` or all three."""
    names = [
        f"{schema}.{table}" + (f".{shape}" if len([t for t in tables if t[:2] == (schema, table)]) > 1 else "")
        for schema, table, shape in tables
    ]
    fitting = [each for each in tables if sublayer is None or sublayer in {each[1], ".".join(each[:2]), ".".join(each[1:]), ".".join(each)}]
    if len(fitting) != 1:
        what = f"unknown table '{sublayer}'" if not fitting and sublayer else f"the database holds {len(fitting)} tables that it may be"
        remedy = nearest_spelling(sublayer or "", names) or 'choose one: sublayer = "schema.table"'
        raise LayerError(Fault(place, what, allowed=listed(names, 20) or "none that this user may read", remedy=remedy))
    schema, table, shape = fitting[0]
    return f"{_quoted(schema)}.{_quoted(table)}", shape


def _selected(name: str, kind: str) -> str:
    """Select a column as something that a table in memory holds."""
    if kind == "numeric":
        return f"cast({_quoted(name)} as float8) as {_quoted(name)}"
    return _quoted(name) if kind in _KNOWN else f"cast({_quoted(name)} as text) as {_quoted(name)}"


def _typed(values: tuple[Any, ...], kind: str) -> pd.Series:
    if kind in _NUMBERS:
        whole = kind.startswith("int") and None not in values
        return pd.Series(values, dtype="int64" if whole else "float64")
    if kind in _TIMES:
        return pd.to_datetime(pd.Series(values, dtype="object"), utc=kind == "timestamptz")
    return pd.Series(values, dtype="bool" if kind == "bool" and None not in values else "object" if kind == "bool" else "str")
