"""The verb that fetches, with a server on this machine."""

from __future__ import annotations

import json
import socket
from pathlib import Path

import pytest
from click.testing import CliRunner

from geo_engine.cli import main
from geo_engine.workspace import new_workspace
from tests.workspace.remote.serving import Server, sends

CSV = "name,lon,lat,max_kv\nMill,-1.80,52.90,400\nHill,-1.3,53,275\n"


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    new_workspace(tmp_path / "ws")
    return tmp_path / "ws"


def point_to(workspace: Path, address: str) -> None:
    layer = workspace / "layers/substations.toml"
    layer.write_text(layer.read_text().replace("data/substations.csv", address))


def call(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(main, list(arguments), env={"COLUMNS": "200"})
    return done.exit_code, done.output


def test_a_run_says_what_to_fetch_and_runs_when_it_is_fetched(workspace: Path) -> None:
    server = Server()
    try:
        server.answers["/a.csv"] = sends(CSV)
        point_to(workspace, f"{server.root}/a.csv")
        study = str(workspace / "studies/example.toml")
        code, text = call("run", study)
        assert code == 3
        assert "geo-engine layers fetch" in " ".join(text.split())
        assert server.asked == []
        code, text = call("layers", "fetch", "--workspace", str(workspace), "--json")
        assert code == 0
        told = json.loads(text)
        assert told["counties"] == []
        assert told["substations"][0]["size"] == len(CSV)
        assert call("layers", "fetch", "substations", "--offline", "--workspace", str(workspace))[0] == 0
    finally:
        server.close()
    assert call("run", study)[0] == 0  # the server is gone by now
    record = json.loads((workspace / "outputs/example/both-counties/run.json").read_text())
    assert record["inputs_sha256"][f"{server.root}/a.csv"] == told["substations"][0]["sha256"]


def test_what_cannot_be_fetched_is_an_error_that_names_the_layer(workspace: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    point_to(workspace, f"http://127.0.0.1:{port}/a.csv")
    code, text = call("layers", "fetch", "--offline", "--workspace", str(workspace))
    assert code == 3
    assert "layers/substations.toml" in text
    code, text = call("layers", "fetch", "substation", "--workspace", str(workspace))
    assert code == 3
    assert "Did you mean 'substations'?" in " ".join(text.split())
