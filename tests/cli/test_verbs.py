"""The verbs: what they print, as text and as JSON, and what they make of hostile names and arguments."""

from __future__ import annotations

from importlib import metadata
from pathlib import Path

import pytest

from geo_engine import run as engine
from geo_engine.run import RunOutcome
from tests.cli.conftest import Call, parsed
from tests.run import tiny as ws
from tests.run.tiny import Tiny


@pytest.fixture(scope="module")
def folder(finished: tuple[Tiny, RunOutcome]) -> Path:
    return finished[1].folder


# ---------------------------------------------------------------------------------------------- help


@pytest.mark.parametrize(
    "verb",
    [
        (),
        ("new",),
        ("check",),
        ("run",),
        ("explain",),
        ("score",),
        ("backtest",),
        ("compare",),
        ("layers",),
        ("layers", "list"),
        ("layers", "show"),
    ],
)
@pytest.mark.parametrize("flag", ["-h", "--help"])
def test_every_verb_has_help(call: Call, verb: tuple[str, ...], flag: str) -> None:
    result = call(*verb, flag)
    assert result.exit_code == 0
    assert result.stdout.startswith("Usage: ")
    assert len(result.stdout.splitlines()) > 5


@pytest.mark.parametrize(
    "arguments",
    [
        ("nonsense",),
        ("run",),
        ("explain", "a"),
        ("run", "a", "--bogus"),
        ("run", "a", "--workers", "0"),
        ("run", "a", "--workers", "many"),
        ("layers", "nonsense"),
    ],
)
def test_a_wrong_use_is_told(call: Call, arguments: tuple[str, ...]) -> None:
    result = call(*arguments)
    assert result.exit_code == 2
    assert result.stderr.startswith("Usage: ")
    assert "Error: " in result.stderr


def test_the_version_is_the_package_s(call: Call) -> None:
    assert metadata.version("geo-engine") in call("--version").stdout


# ---------------------------------------------------------------------------------------------- new, check, run


def test_a_new_workspace_runs(call: Call, tmp_path: Path) -> None:
    result = call("new", tmp_path / "mine")
    assert result.exit_code == 0
    study = tmp_path / "mine" / "studies" / "example.toml"
    assert study.is_file()
    assert f"geo-engine run {study}" in result.stdout
    ran = call("run", study)
    assert ran.exit_code == 0
    assert (tmp_path / "mine" / "outputs" / "example" / "both-counties" / "map.html").is_file()


def test_a_new_workspace_does_not_overwrite(tiny: Tiny, refused: Call) -> None:
    before = sorted(path.name for path in tiny.path.rglob("*"))
    refused(2, ("not empty", "nothing was written"), "new", tiny.path)
    assert sorted(path.name for path in tiny.path.rglob("*")) == before


def test_check_says_everything_and_writes_nothing(tiny: Tiny, call: Call) -> None:
    result = call("check", tiny.study_file)
    assert result.exit_code == 0
    for text in (
        "A plant, Both",
        "33.3%",
        "60 x 50 cells of 100 m in EPSG:27700",
        "5 areas of 4 ha (4 cells), 1 km apart",
        "Flood zones",
        "reach = 1.5 (default)",
        "linear: worst 6 km, best 0 m",
    ):
        assert text in result.stdout, text
    assert not tiny.outputs.exists()


def test_check_as_json(tiny: Tiny, call: Call) -> None:
    report = parsed(call("check", tiny.study_file, "--region", "west", "--cell", "50 m", "--json").stdout)
    assert report["grid"] == "60 x 100 cells of 50 m in EPSG:27700"
    assert [row["name"] for row in report["criteria"]] == [
        "Distance to a station",
        "Time to a plant",
        "People in reach",
        "Cars near",
        "In a zone",
    ]
    assert report["forecast"]["cells"] == 6000


def test_check_warns_of_a_name_that_promises_too_much(tiny: Tiny, call: Call) -> None:
    tiny.edit("studies/plant.toml", '"Distance to a station"', '"Grid capacity"')
    assert "says 'capacity' but measures a distance" in call("check", tiny.study_file).stdout


def test_run_shows_the_best_the_gaps_and_the_map(tiny: Tiny, call: Call) -> None:
    result = call("run", tiny.study_file, "--workers", "1")
    assert result.exit_code == 0
    for text in ("5 best areas of search, Both", "30 km² of land, 90% of it free", "Not tested: flood zones, energy price.", "map.html"):
        assert text in result.stdout
    assert result.stderr.splitlines() == [
        f"{stage} ..."
        for stage in (
            "Reading layers",
            "Building networks",
            "Preparing measures",
            "Scoring land",
            "Locating and ranking areas",
            "Drawing weights and data",
            "Drawing weights for all land",
            "Measuring for the map",
            "Writing outputs",
        )
    ]
    assert (tiny.outputs / "plant" / "both" / "map.html").is_file()


def test_run_as_json_is_one_document_also_for_several_regions(tiny: Tiny, call: Call) -> None:
    one = parsed(call("run", tiny.study_file, "--region", "west", "--json").stdout)
    assert [row["rank"] for row in one["best"]] == ["1", "2", "3", "4", "5"]
    assert one["folder"].endswith("outputs/plant/west")
    parsed(call("run", tiny.study_file, "--region", "west", "--region", "east", "--json").stdout)


def test_several_regions_are_all_known_before_the_first_is_run(tiny: Tiny, call: Call) -> None:
    result = call("run", tiny.study_file, "--region", "west", "--region", "eats")
    assert result.exit_code == 2
    assert "did you mean 'east'" in result.stderr.lower()
    assert not tiny.outputs.exists()


def test_out_takes_one_region(tiny: Tiny, call: Call) -> None:
    result = call("run", tiny.study_file, "--region", "west", "--region", "east", "--out", tiny.path / "x")
    assert result.exit_code == 2
    assert "--out takes one region" in result.stderr


@pytest.mark.parametrize("what", ["folder", "file", "the workspace"])
def test_out_in_the_way_is_refused(tiny: Tiny, refused: Call, what: str) -> None:
    mine = tiny.path if what == "the workspace" else tiny.path / "mine"
    if what == "folder":
        mine.mkdir()
        (mine / "thesis.txt").write_text("precious")
    elif what == "file":
        mine.write_text("precious")
    before = sorted(str(path) for path in tiny.path.rglob("*"))
    refused(4, (str(mine),), "run", tiny.study_file, "--out", mine)
    assert sorted(str(path) for path in tiny.path.rglob("*")) == before


def test_out_in_the_way_is_told_before_the_work(tiny: Tiny, call: Call) -> None:
    (tiny.path / "mine").mkdir()
    (tiny.path / "mine" / "thesis.txt").write_text("precious")
    assert "Scoring land" not in call("run", tiny.study_file, "--out", tiny.path / "mine").stderr


def test_control_c_stops_politely(tiny: Tiny, call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(engine, "run_study", interrupted)
    result = call("run", tiny.study_file)
    assert result.exit_code == 130
    assert "last good outputs" in result.stderr
    assert not tiny.outputs.exists()


@pytest.mark.parametrize("error", [MemoryError(), OSError(28, "No space left on device")])
def test_what_the_machine_lacks_is_told(tiny: Tiny, refused: Call, monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    def broken(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(engine, "run_study", broken)
    refused(4, ("RunError: " + (str(error) or "MemoryError"),), "run", tiny.study_file)


# ---------------------------------------------------------------------------------------------- layers


def test_layers_are_listed_with_users_and_gaps(tiny: Tiny, call: Call) -> None:
    result = call("layers", "list", "--workspace", tiny.path)
    assert result.exit_code == 0
    assert "Flood zones" in result.stdout
    view = parsed(call("layers", "list", "--workspace", tiny.path, "--json").stdout)
    assert sorted(layer["name"] for layer in view["layers"]) == sorted(ws.LAYERS)
    assert view["used_by"]["stations"] == ["plant"]


def test_a_broken_study_does_not_hide_the_layers(tiny: Tiny, call: Call) -> None:
    tiny.write("studies/broken.toml", "title = ")
    result = call("layers", "list", "--workspace", tiny.path)
    assert result.exit_code == 0
    assert "broken" in result.stderr
    assert "stations" in result.stdout


def test_a_layer_is_shown(tiny: Tiny, call: Call) -> None:
    view = parsed(call("layers", "show", "plants", "--workspace", tiny.path, "--crs", "EPSG:27700", "--json").stdout)
    assert view["bounds"] == [401000, 302500, 405000, 304500]
    assert view["features"] == 3
    shown = call("layers", "show", "roads", "--workspace", tiny.path, "--crs", "EPSG:27700").stdout
    assert "8 nodes, 7 edges, 12 km, 0.0% of the length one-way" in shown
    assert "1 parts; the largest holds 100.0% of the nodes and 100.0% of the length" in shown


@pytest.mark.parametrize("crs", ["EPSG:0", "nonsense", ""])
def test_a_layer_in_an_unknown_crs_is_refused(tiny: Tiny, call: Call, crs: str) -> None:
    result = call("layers", "show", "plants", "--workspace", tiny.path, "--crs", crs)
    assert result.exit_code in {2, 3}
    assert "crs" in result.stderr.lower()


def test_an_unknown_layer_is_refused(tiny: Tiny, refused: Call) -> None:
    refused(3, ("plnts", "did you mean 'plants'"), "layers", "show", "plnts", "--workspace", tiny.path)


def test_no_workspace_is_refused(refused: Call, tmp_path: Path) -> None:
    refused(2, ("not in a workspace", "geo-engine new"), "layers", "list", "--workspace", tmp_path)
