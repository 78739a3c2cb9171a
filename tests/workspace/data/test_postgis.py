"""PostGIS, as Debian has it, started for these tests and read over the network of this machine."""

from __future__ import annotations

import getpass
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pyproj
import pytest
import shapely

from geo_engine.errors import LayerError
from geo_engine.model import Features, Layer
from geo_engine.workspace import hash_sources, read_features

pytest.importorskip("pg8000")
pytestmark = pytest.mark.postgis
OSGB = "EPSG:27700"
TABLES = """
create extension postgis;
create table points (id int, name text, price numeric(8,2), built date, open boolean, geom geometry(PointZ, 27700));
insert into points select n, 'Place ' || n, n * 1.25, date '2024-01-01' + n, n % 2 = 0,
  st_setsrid(st_makepoint(400000 + 1000 * n, 300000, 5), 27700) from generate_series(0, 99) n;
insert into points values (100, 'O''Hara "the 2nd" 🏭: ../..', null, null, null, null);
create index on points using gist (geom);
create schema "Odd Schema";
create table "Odd Schema"."My ""Table" ("Grid Ref" text, geometry text, "the geom" geometry(Geometry, 4326));
insert into "Odd Schema"."My ""Table" values ('a', 'round', 'SRID=4326;POLYGON((-1 52, -1 53, 0 53, 0 52, -1 52))');
create table curves (id int, geom geometry(CurvePolygon, 27700));
insert into curves values (1, 'SRID=27700;CURVEPOLYGON(CIRCULARSTRING(0 0, 1000 1000, 2000 0, 1000 -1000, 0 0))');
create table globe (id int, geog geography(Point));
insert into globe values (1, 'POINT(-1.5 52)');
create role reader login password 'hush';
grant select on points to reader;
"""


def program(name: str) -> str:
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    return str(found[-1]) if found else shutil.which(name) or name


@pytest.fixture(scope="module")
def database() -> Iterator[str]:
    """Start a cluster in a folder of its own; root hands it to the user postgres, since PostgreSQL refuses root."""
    folder = Path(tempfile.mkdtemp(prefix="pg", dir="/tmp"))
    user = "postgres" if os.geteuid() == 0 else getpass.getuser()
    if os.geteuid() == 0:
        shutil.chown(folder, user)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]

    def run(*command: str, **more: str) -> None:
        asked = {"user": user} if os.geteuid() == 0 else {}
        subprocess.run(command, check=True, capture_output=True, text=True, cwd=folder, **asked, **more)  # type: ignore[call-overload]

    options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off"
    try:
        run(
            program("initdb"),
            "-D",
            f"{folder}/db",
            "-U",
            "boss",
            "--auth=trust",
            "--auth-host=scram-sha-256",
            "--encoding=UTF8",
            "--no-sync",
        )
        run(program("pg_ctl"), "-D", f"{folder}/db", "-w", "-l", f"{folder}/log", "-o", options, "start")
        try:
            run("psql", "-q", "-v", "ON_ERROR_STOP=1", "-h", str(folder), "-p", str(port), "-U", "boss", "postgres", input=TABLES)
            yield f"PG:host={folder} port={port} dbname=postgres user=boss"
        finally:
            run(program("pg_ctl"), "-D", f"{folder}/db", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder)


def layer(source: str, geometry: str = "points", **more: object) -> Layer:
    return Layer("a", "A", source, geometry, "nobody", "CC0-1.0", "2024", **more)  # type: ignore[arg-type]


def read(source: str, geometry: str = "points", crs: str = OSGB, **more: object) -> Features:
    return read_features(layer(source, geometry, **more), crs=crs)


def test_a_table_reads_back_equal(database: str) -> None:
    features = read(database, sublayer="points")
    assert (features.report.read, features.report.empty) == (101, 1)
    assert shapely.get_coordinates(features.geometry, include_z=False).tolist() == [[400000 + 1000 * n, 300000] for n in range(100)]
    assert features.table["id"].tolist() == list(range(100))
    assert features.table["price"].tolist() == [n * 1.25 for n in range(100)]
    assert features.table["built"].iloc[59] == pd.Timestamp("2024-02-29")
    assert features.table["open"].tolist()[:3] == [True, False, True]


def test_the_window_the_condition_and_the_columns_go_to_the_database(database: str) -> None:
    west, south, east, north = pyproj.Transformer.from_crs(OSGB, "EPSG:3857", always_xy=True).transform_bounds(
        409_500, 299_000, 420_500, 301_000
    )
    part = read_features(
        layer(database, sublayer="public.points", id="name", where="open"), crs="EPSG:3857", where="name like 'Place 1%' and price < 20.00",
        columns=["price"], window=(west, south, east, north), only_columns=True,
    )  # fmt: skip
    assert part.labels() == [f"Place {n}" for n in (10, 12, 14)]
    assert sorted(part.table.columns) == ["name", "price"]


def test_names_that_need_quotes_and_a_column_called_geometry(database: str) -> None:
    features = read(database, "polygons", crs="EPSG:4326", sublayer='Odd Schema.My "Table')
    assert features.table.to_dict("list") == {"Grid Ref": ["a"], "geometry": ["round"]}
    assert shapely.area(features.geometry).tolist() == [1.0]


def test_curves_and_geography(database: str) -> None:
    circle = read(database, "polygons", sublayer="curves")
    assert shapely.area(circle.geometry[0]) == pytest.approx(np.pi * 1e6, rel=2e-3)  # 32 pieces a quarter
    point = read(database, crs="EPSG:4326", sublayer="globe")
    assert shapely.get_coordinates(point.geometry).tolist() == [[-1.5, 52]]


def test_a_user_with_a_pass_word_sees_what_it_may(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    port = database.split("port=")[1].split(maxsplit=1)[0]
    reader = f"PG:host=127.0.0.1 port={port} dbname=postgres user=reader"
    assert len(read(f"{reader} password=hush")) == 100  # the one table that it may read need not be named
    monkeypatch.setenv("PGPASSWORD", "hush")
    assert len(read(reader)) == 100
    with pytest.raises(LayerError) as caught:
        read(f"{reader} password='loud noise'")
    assert "the database cannot be opened" in str(caught.value)
    assert "loud" not in str(caught.value)
    assert list(hash_sources([layer(f"{reader} password=hush")])) == [f"{reader} password=***"]


@pytest.mark.parametrize(
    "where", ["name = 'x'); drop table points; --", "id = 1); delete from points; commit; select (1", "price >", "id = 'x'"]
)
def test_a_condition_is_a_condition_and_no_more(database: str, where: str) -> None:
    with pytest.raises(LayerError):
        read_features(layer(database, sublayer="points"), crs=OSGB, where=where)
    assert len(read(database, sublayer="points")) == 100


def test_unclear_and_unknown_tables_and_columns_are_told(database: str) -> None:
    with pytest.raises(LayerError, match=r"holds 4 tables.*public\.points"):
        read(database)
    with pytest.raises(LayerError, match=r"unknown table 'point'.*did you mean|unknown table 'point'"):
        read(database, sublayer="point")
    with pytest.raises(LayerError, match="column 'nmae' is missing"):
        read(database, sublayer="points", where="nmae = 'a'")
    with pytest.raises(LayerError, match="unknown words after PG: tables"):
        read(f"{database} tables=points")


def test_a_database_that_is_not_there_is_told(database: str) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(LayerError, match="the database cannot be opened"):
        read(f"PG:host=127.0.0.1 port={port} dbname=postgres user=reader password=hush")
    with pytest.raises(LayerError, match="the database cannot be opened"):
        read(database.replace("dbname=postgres", "dbname=nothing"), sublayer="points")
