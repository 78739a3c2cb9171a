"""`layers add ADDRESS` against a server on this machine that is slow, breaks off, fails, or gives a page in place of data."""

from __future__ import annotations

import time
import tomllib
from base64 import b64encode
from collections.abc import Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest

from geo_engine.workspace.remote import fetch
from geo_engine.workspace.remote.download import Limits
from tests.cli.conftest import Call, parsed
from tests.run.tiny import Tiny
from tests.workspace.remote.serving import Answer, Server, in_turn, sends

CSV = "name,lon,lat,beds\n" + "".join(f"home {n},{-1.99 + n / 10_000},{52.6 + n / 10_000},{n}\n" for n in range(500))
PAGE = "<!DOCTYPE html><html><body>Please log in</body></html>"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """A server, and no patience: what is waited for in tests is a hundredth of what users wait."""
    monkeypatch.setattr(fetch, "Limits", partial(Limits, silence=0.5, tries=3, pause=0.01))
    made = Server()
    yield made
    made.close()


def added(call: Call, tiny: Tiny, address: str, *more: object) -> dict[str, Any]:
    told: dict[str, Any] = parsed(call("layers", "add", address, "--name", "homes", "--workspace", tiny.path, "--json", *more).stdout)
    return told


def left(tiny: Tiny) -> set[str]:
    """Name what lies in the folder of layers."""
    return {path.relative_to(tiny.path).as_posix() for path in (tiny.path / "layers").glob("*.toml")}


def test_an_address_becomes_a_layer_that_is_read_without_the_server(tiny: Tiny, call: Call, server: Server) -> None:
    server.answers["/homes.csv"] = sends(CSV)
    told = added(call, tiny, f"{server.root}/homes.csv", "--licence", "CC0-1.0")
    assert told["look"]["features"] == 500
    assert told["look"]["format"] == "CSV"
    text = tomllib.loads((tiny.path / "layers" / "homes.toml").read_text(encoding="utf-8"))
    assert text["source"] == f"{server.root}/homes.csv"
    server.close()
    shown = parsed(call("layers", "show", "homes", "--workspace", tiny.path, "--json").stdout)
    assert shown["features"] == 500
    assert (tiny.path / "outputs" / "layers" / "homes.png").is_file()


def test_a_slow_server_is_waited_for_as_long_as_it_gives_something(tiny: Tiny, call: Call, server: Server) -> None:
    def dripping(handler: BaseHTTPRequestHandler) -> None:
        body = CSV.encode()
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        for at in range(0, len(body), 4096):
            handler.wfile.write(body[at : at + 4096])
            handler.wfile.flush()
            time.sleep(0.02)

    server.answers["/homes.csv"] = dripping
    told = added(call, tiny, f"{server.root}/homes.csv")
    assert told["look"]["features"] == 500


def test_half_a_file_is_gone_on_with(tiny: Tiny, call: Call, server: Server) -> None:
    body, half = CSV.encode(), len(CSV) // 2
    whole = f"bytes {half}-{len(body) - 1}/{len(body)}"
    server.answers["/homes.csv"] = in_turn(sends(body, cut=half, ETag='"1"'), sends(body[half:], 206, Content_Range=whole, ETag='"1"'))
    told = added(call, tiny, f"{server.root}/homes.csv")
    assert told["look"]["features"] == 500
    assert [wanted for _, wanted in server.asked] == [None, f"bytes={half}-"]


def test_a_server_that_fails_and_comes_back_is_asked_again(tiny: Tiny, call: Call, server: Server) -> None:
    server.answers["/homes.csv"] = in_turn(sends("out of order", 503), sends("still", 500), sends(CSV))
    told = added(call, tiny, f"{server.root}/homes.csv")
    assert told["look"]["features"] == 500
    assert len(server.asked) == 3


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (sends(PAGE, Content_Type="text/html"), "page"),
        (sends(PAGE, Content_Type="text/csv"), "page"),
        (sends("out of order", 500), "500"),
        (sends("gone", 404), "404"),
        (sends(CSV, cut=100), "100 of 15,537 bytes"),
        (sends(""), "empty"),
    ],
    ids=["a page", "a page that says it is a table", "500 for ever", "404", "half a file for ever", "nothing"],
)
def test_what_is_no_data_leaves_no_layer(tiny: Tiny, refused: Call, server: Server, answer: Answer, words: str) -> None:
    before = left(tiny)
    server.answers["/homes.csv"] = answer
    refused(3, (words,), "layers", "add", f"{server.root}/homes.csv", "--name", "homes", "--workspace", tiny.path)
    assert left(tiny) == before
    kept = [path for path in tiny.path.rglob("*") if path.is_file() and path.name.startswith("homes")]
    assert kept == []


def test_a_silent_server_is_given_up(tiny: Tiny, refused: Call, server: Server) -> None:
    server.answers["/homes.csv"] = lambda _: time.sleep(2)
    refused(3, ("homes.csv",), "layers", "add", f"{server.root}/homes.csv", "--name", "homes", "--workspace", tiny.path)
    assert "layers/homes.toml" not in left(tiny)


def test_offline_asks_nobody(tiny: Tiny, refused: Call, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GEO_ENGINE_OFFLINE", "1")
    server.answers["/homes.csv"] = sends(CSV)
    refused(3, ("no network may be asked",), "layers", "add", f"{server.root}/homes.csv", "--name", "homes", "--workspace", tiny.path)
    assert server.asked == []
    assert "layers/homes.toml" not in left(tiny)


def test_a_broken_new_version_does_not_take_the_old_layer_away(tiny: Tiny, call: Call, refused: Call, server: Server) -> None:
    server.answers["/homes.csv"] = in_turn(sends(CSV), sends(PAGE, Content_Type="text/html"))
    added(call, tiny, f"{server.root}/homes.csv")
    file = tiny.path / "layers" / "homes.toml"
    before = file.read_bytes()
    refused(3, ("page",), "layers", "add", f"{server.root}/homes.csv", "--name", "homes", "--force", "--workspace", tiny.path)
    assert file.read_bytes() == before
    assert parsed(call("layers", "show", "homes", "--no-map", "--workspace", tiny.path, "--json").stdout)["features"] == 500


def test_a_password_goes_to_its_own_server_only_and_is_not_told(tiny: Tiny, call: Call, refused: Call, server: Server) -> None:
    heard: list[tuple[str, str | None]] = []

    def asks(handler: BaseHTTPRequestHandler) -> None:
        heard.append((handler.path, handler.headers.get("Authorization")))
        sends("no", 403)(handler) if handler.path == "/locked.csv" else sends(CSV)(handler)

    def elsewhere(handler: BaseHTTPRequestHandler) -> None:
        heard.append((handler.path, handler.headers.get("Authorization")))
        sends("", 302, Location=f"{server.root}/homes.csv")(handler)

    server.answers |= {"/locked.csv": asks, "/homes.csv": asks, "/moved.csv": elsewhere}
    address = server.root.replace("http://", "http://me:secret%3F@")
    told = refused(3, ("403",), "layers", "add", f"{address}/locked.csv", "--name", "homes", "--workspace", tiny.path)
    assert "secret" not in told.output
    assert added(call, tiny, f"{address}/moved.csv")["look"]["features"] == 500
    known = "Basic " + b64encode(b"me:secret?").decode()
    assert heard == [("/locked.csv", known), ("/moved.csv", known), ("/homes.csv", None)]
