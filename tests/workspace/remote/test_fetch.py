"""Addresses fetched from servers on this machine that behave, and that do not."""

from __future__ import annotations

import hashlib
import io
import time
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import numpy as np
import pytest
import rasterio
import shapely
from rasterio import Affine

from geo_engine.errors import LayerError
from geo_engine.model import Join, Layer
from geo_engine.workspace import hash_sources, open_raster, read_features
from geo_engine.workspace.remote.download import Limits
from geo_engine.workspace.remote.fetch import fetch_layer
from tests.workspace.remote.serving import Server, in_turn, sends

DEGREES = "EPSG:4326"
CSV = "name,lon,lat\n" + "".join(f"place {n},{-1.5 + n / 1000},{52 + n / 1000}\n" for n in range(2000))
QUICK = Limits(silence=0.4, tries=3, pause=0.01)


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    yield made
    made.close()


def layer(folder: Path, source: str, **more: object) -> Layer:
    (folder / "layers").mkdir(exist_ok=True)
    file = folder / "layers" / "a.toml"
    file.write_text(f'source = "{source}"\n')
    return Layer("a", "A", source, "points", "nobody", "CC0-1.0", "2024", path=file, **more)  # type: ignore[arg-type]


def fault(one: Layer, limits: Limits = QUICK) -> str:
    with pytest.raises(LayerError) as caught:
        fetch_layer(one, limits=limits)
    assert str(caught.value).startswith("layers/a.toml:1 source: ")
    return str(caught.value)


def test_a_run_reads_what_was_fetched_and_asks_no_server(tmp_path: Path, server: Server) -> None:
    server.answers["/a.csv"] = sends(CSV)
    one = layer(tmp_path, f"{server.root}/a.csv")
    with pytest.raises(LayerError, match="not here, and nothing is fetched unless asked for"):
        read_features(one, crs=DEGREES)
    assert server.asked == []
    (got,) = fetch_layer(one, limits=QUICK)
    asked = len(server.asked)
    features = read_features(one, crs=DEGREES)
    assert len(features) == 2000
    assert shapely.get_coordinates(features.geometry[7]).tolist() == [[-1.493, 52.007]]
    assert len(server.asked) == asked == 1
    assert got.sha256 == hashlib.sha256(CSV.encode()).hexdigest() == hash_sources([one])[one.source]
    assert got.path.name == f"{got.sha256[:32]}.csv"
    assert (got.size, got.changed) == (len(CSV), False)


def test_what_was_fetched_again_and_is_another_is_said(tmp_path: Path, server: Server) -> None:
    one = layer(tmp_path, f"{server.root}/a.csv")
    server.answers["/a.csv"] = in_turn(sends(CSV), sends(CSV), sends(CSV.replace("place", "spot")))
    assert [fetch_layer(one, limits=QUICK)[0].changed for _ in range(3)] == [False, False, True]
    assert read_features(one, crs=DEGREES).table["name"].iloc[0] == "spot 0"


def test_joined_tables_are_fetched_too_and_each_workspace_has_its_own(tmp_path: Path, server: Server) -> None:
    server.answers["/a.csv"] = sends(CSV)
    server.answers["/b"] = sends("name,size\nplace 3,7\n", Content_Disposition='attachment; filename="sizes.csv"')
    one = layer(tmp_path, f"{server.root}/a.csv", join=(Join(f"{server.root}/b", "name"),))
    one.path.write_text(f'source = "{one.source}"\njoin = [{{ source = "{server.root}/b", on = "name" }}]\n')  # type: ignore[union-attr]
    assert len(fetch_layer(one, limits=QUICK)) == 2
    assert read_features(one, crs=DEGREES).table["size"].dropna().tolist() == [7.0]
    (tmp_path / "other").mkdir()
    with pytest.raises(LayerError, match="not here"):
        read_features(layer(tmp_path / "other", one.source), crs=DEGREES)


def test_a_raster_and_an_archive_behind_addresses(tmp_path: Path, server: Server) -> None:
    values = np.arange(12, dtype=np.uint8).reshape(3, 4)
    with rasterio.open(
        tmp_path / "a.tif",
        "w",
        driver="GTiff",
        width=4,
        height=3,
        count=1,
        dtype="uint8",
        crs="EPSG:27700",
        transform=Affine(1, 0, 0, 0, -1, 3),
    ) as out:
        out.write(values, 1)
    server.answers["/grid"] = sends((tmp_path / "a.tif").read_bytes())  # no ending: told by its first bytes
    one = replace(layer(tmp_path, f"{server.root}/grid"), geometry="raster")
    fetch_layer(one, limits=QUICK)
    assert open_raster(one, crs="EPSG:27700").sample(np.array([0.5, 3.5]), np.array([2.5, 0.5])).tolist() == [0, 11]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("../../evil.csv", CSV)
    server.answers["/a.zip"] = sends(packed.getvalue())
    two = layer(tmp_path, f"{server.root}/a.zip")
    fetch_layer(two, limits=QUICK)
    with pytest.raises(LayerError, match="lead out of it"):
        read_features(two, crs=DEGREES)


def test_half_a_file_is_gone_on_with_where_it_broke_off(tmp_path: Path, server: Server) -> None:
    body, sign = CSV.encode(), '"v1"'

    def rest(handler: BaseHTTPRequestHandler) -> None:
        start = int(handler.headers["Range"].removeprefix("bytes=").removesuffix("-"))
        assert handler.headers["If-Range"] == sign
        whole = f"bytes {start}-{len(body) - 1}/{len(body)}"
        sends(body[start:], 206, Content_Range=whole, ETag=sign)(handler)

    server.answers["/a.csv"] = in_turn(sends(body, cut=1000, ETag=sign), rest)
    (got,) = fetch_layer(layer(tmp_path, f"{server.root}/a.csv"), limits=QUICK)
    assert [asked for _, asked in server.asked] == [None, "bytes=1000-"]
    assert got.path.read_bytes() == body


def test_a_new_version_is_not_sewn_to_half_of_the_old_one(tmp_path: Path, server: Server) -> None:
    new = CSV.replace("place", "spot")
    server.answers["/a.csv"] = in_turn(sends(CSV, cut=1000, ETag='"v1"'), sends(new, ETag='"v2"'))
    (got,) = fetch_layer(layer(tmp_path, f"{server.root}/a.csv"), limits=QUICK)
    assert got.path.read_text() == new


def test_a_part_that_goes_on_elsewhere_is_not_taken(tmp_path: Path, server: Server) -> None:
    wrong = sends(CSV[500:], 206, Content_Range=f"bytes 500-{len(CSV) - 1}/{len(CSV)}")
    server.answers["/a.csv"] = in_turn(sends(CSV, cut=1000, ETag='"v1"'), wrong)
    assert "goes on at another place than asked" in fault(layer(tmp_path, f"{server.root}/a.csv"))


def test_half_a_file_for_ever_is_told_and_leaves_nothing_to_read(tmp_path: Path, server: Server) -> None:
    server.answers["/a.csv"] = sends(CSV, cut=1000)
    one = layer(tmp_path, f"{server.root}/a.csv")
    text = fault(one)
    assert f"1,000 of {len(CSV):,} bytes, 3 tries" in text
    with pytest.raises(LayerError, match="not here"):
        read_features(one, crs=DEGREES)


@pytest.mark.parametrize("page", ["<!DOCTYPE html><html>Please log in</html>", "\n<!-- x -->\n<HTML>", "\ufeff<html lang='en'>"])
def test_a_page_is_no_data(tmp_path: Path, server: Server, page: str) -> None:
    server.answers["/a.gpkg"] = sends(page, Content_Type="application/geopackage+sqlite3")
    assert "answers with a page and not with data" in fault(layer(tmp_path, f"{server.root}/a.gpkg"))
    assert len(server.asked) == 1


def test_a_server_that_fails_is_asked_again_and_one_that_refuses_is_not(tmp_path: Path, server: Server) -> None:
    server.answers["/a.csv"] = in_turn(sends("", 500), sends("", 503), sends(CSV))
    one = layer(tmp_path, f"{server.root}/a.csv")
    assert fetch_layer(one, limits=QUICK)[0].size == len(CSV)
    assert len(server.asked) == 3
    server.answers["/a.csv"] = sends("", 500)
    assert "500 Internal Server Error, 3 tries" in fault(one)
    assert len(read_features(one, crs=DEGREES)) == 2000  # what had been fetched is still there
    before = len(server.asked)
    assert "404 Not Found" in fault(layer(tmp_path, f"{server.root}/none.csv"))
    assert len(server.asked) == before + 1


def test_a_server_that_falls_silent_or_drips_is_given_up(tmp_path: Path, server: Server) -> None:
    def silent(handler: BaseHTTPRequestHandler) -> None:
        sends(CSV, cut=10)(handler)
        time.sleep(1)

    def drips(handler: BaseHTTPRequestHandler) -> None:
        sends(CSV, cut=0)(handler)
        for letter in CSV[:40]:
            handler.wfile.write(letter.encode())
            time.sleep(0.05)

    server.answers["/silent.csv"], server.answers["/drips.csv"] = silent, drips
    assert "no answer for 0.2 s" in fault(layer(tmp_path, f"{server.root}/silent.csv"), Limits(silence=0.2, tries=1))
    assert "too slow" in fault(layer(tmp_path, f"{server.root}/drips.csv"), Limits(silence=1, longest=0.3, tries=1))


@pytest.mark.parametrize("stated", [True, False])
def test_more_than_the_limit_is_not_taken(tmp_path: Path, server: Server, *, stated: bool) -> None:
    def unstated(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        handler.wfile.write(CSV.encode())

    server.answers["/a.csv"] = sends(CSV) if stated else unstated
    assert "more than the limit" in fault(layer(tmp_path, f"{server.root}/a.csv"), replace(QUICK, size=5000))
    assert list((tmp_path / "layers/.fetched").glob("*.csv")) == []


@pytest.mark.parametrize(
    "target", ["file:///etc/passwd", "ftp://127.0.0.1/a.csv", "gopher://127.0.0.1/", "javascript:alert(1)", "data:text/csv,a"]
)
def test_a_redirection_off_the_web_is_not_followed(tmp_path: Path, server: Server, target: str) -> None:
    for code in (302, 308):
        server.answers["/a.csv"] = sends("", code, Location=target)
        assert f"sends on to an address that is not followed. Found: '{target}'" in fault(layer(tmp_path, f"{server.root}/a.csv"))


def test_a_redirection_on_the_web_is_followed_and_a_circle_ends(tmp_path: Path, server: Server) -> None:
    server.answers |= {
        "/a.csv": sends("", 301, Location="/b.csv"),
        "/b.csv": sends(CSV),
        "/round.csv": sends("", 302, Location="/round.csv"),
    }
    assert fetch_layer(layer(tmp_path, f"{server.root}/a.csv"), limits=QUICK)[0].size == len(CSV)
    assert "302" in fault(layer(tmp_path, f"{server.root}/round.csv"))


def test_a_file_that_names_other_files_is_not_taken(tmp_path: Path, server: Server) -> None:
    server.answers["/a.vrt"] = sends("<VRTDataset><SourceFilename>/etc/passwd</SourceFilename></VRTDataset>")
    assert "it may name any file of this machine" in fault(layer(tmp_path, f"{server.root}/a.vrt"))


def test_offline_says_all_that_is_missing_and_asks_nobody(tmp_path: Path, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    one = layer(tmp_path, f"{server.root}/a.csv", join=(Join("http://me:secret@127.0.0.1/b.csv", "name"),))
    one.path.write_text(f'source = "{one.source}"\njoin = [{{ source = "x", on = "name" }}]\n')  # type: ignore[union-attr]
    monkeypatch.setenv("GEO_ENGINE_OFFLINE", "1")
    with pytest.raises(LayerError) as caught:
        fetch_layer(one)
    assert len(caught.value.faults) == 2
    assert "secret" not in str(caught.value)
    assert server.asked == []


def test_what_has_changed_in_the_store_is_told(tmp_path: Path, server: Server) -> None:
    server.answers["/a.csv"] = sends(CSV)
    one = layer(tmp_path, f"{server.root}/a.csv")
    (got,) = fetch_layer(one, limits=QUICK)
    got.path.write_text(CSV + "more,1,2\n")
    with pytest.raises(LayerError, match="is gone or has changed"):
        read_features(one, crs=DEGREES)
    next(got.path.parent.glob("*.json")).write_text('{"file": "../../a.toml"')
    with pytest.raises(LayerError, match="the note of what was fetched, cannot be read"):
        read_features(one, crs=DEGREES)
