"""Opening a finished run again: inputs that have changed, files that are spoilt or gone, folders that have moved."""

from __future__ import annotations

import json
import math
import shutil
from pathlib import Path

import pytest

from geo_engine.errors import GeoEngineError, RunError
from geo_engine.run import Answer, RunOutcome, SilentReporter, StoredRun, explain, open_run
from tests.run import tiny as ws
from tests.run.rivals import degrees
from tests.run.tiny import Tiny


@pytest.fixture(scope="module")
def stored(finished: tuple[Tiny, RunOutcome]) -> StoredRun:
    return finished[0].stored()


def test_an_unchanged_run_has_nothing_to_report(stored: StoredRun) -> None:
    assert stored.changed == ()
    assert stored.record["region"]["slug"] == "both"


def _fake_run(tiny: Tiny, finished: tuple[Tiny, RunOutcome]) -> None:
    shutil.copytree(finished[1].folder, tiny.outputs / "plant" / "both")


def test_what_has_changed_since_is_reported(tiny: Tiny, finished: tuple[Tiny, RunOutcome]) -> None:
    _fake_run(tiny, finished)
    assert tiny.stored().changed == ()  # another copy of the workspace is the same study
    tiny.features("towns", [*ws.TOWNS, ({"name": "New", "people": 10}, ws.point(402000, 302000))])
    tiny.edit("studies/plant.toml", "weight = 3\n", "weight = 4\n")
    assert tiny.stored().changed == ("layers/data/towns.geojson", "studies/plant.toml")


def test_a_layer_that_the_study_no_longer_uses_is_reported(tiny: Tiny, finished: tuple[Tiny, RunOutcome]) -> None:
    _fake_run(tiny, finished)
    tiny.write("studies/plant.toml", ws.study_text(ws.CRITERIA[:4]))
    assert {"layers/zones.toml", "layers/data/zones.geojson", "studies/plant.toml"} <= set(tiny.stored().changed)


@pytest.mark.parametrize(("old", "new"), [('key = "zone"', 'key = "zones"'), ('name = "In a zone"', 'name = "Zoned"')])
def test_a_criterion_renamed_since_the_run_breaks_no_answer(tiny: Tiny, finished: tuple[Tiny, RunOutcome], old: str, new: str) -> None:
    _fake_run(tiny, finished)
    tiny.edit("studies/plant.toml", old, new)
    run = tiny.stored()
    assert run.changed == ("studies/plant.toml",)
    try:
        answer = explain(run, degrees(400050, 300050))
    except GeoEngineError as error:
        assert "run the study again" in str(error)  # noqa: PT017 - either is fine, a crash is not
    else:
        assert answer.reason


def test_an_area_that_has_grown_since_is_an_error(tiny: Tiny, finished: tuple[Tiny, RunOutcome]) -> None:
    _fake_run(tiny, finished)
    tiny.features("regions", [*ws.regions(), ({"region": "North"}, ws.box(400000, 305000, 406000, 306000))])
    with pytest.raises(GeoEngineError, match="changed since the run"):
        tiny.stored()


def test_an_area_that_has_moved_since_is_an_error(tiny: Tiny, finished: tuple[Tiny, RunOutcome]) -> None:
    """As many cells as before, elsewhere: the old surface does not lie there."""
    _fake_run(tiny, finished)
    tiny.features(
        "regions",
        [({"region": "West"}, ws.box(401000, 300000, 404000, 305000)), ({"region": "East"}, ws.box(404000, 300000, 407000, 305000))],
    )
    with pytest.raises(GeoEngineError, match="changed since the run"):
        tiny.stored()


@pytest.mark.parametrize("missing", ["run.json", "suitability.tif", "sites.gpkg"])
def test_a_folder_that_is_not_a_whole_run_is_told(tiny: Tiny, finished: tuple[Tiny, RunOutcome], missing: str) -> None:
    _fake_run(tiny, finished)
    (tiny.outputs / "plant" / "both" / missing).unlink()
    with pytest.raises(RunError, match=f"is not a run: {missing} missing"):
        tiny.stored()


RECORD: dict[str, object] = {"study_file": "../../../studies/plant.toml", "region": {"slug": "both"}, "grid": {"cell_m": 100}}
SPOILT = ["", "{", "[]", "{}", "null", '{"study_file": 5}']
SPOILT += [json.dumps(RECORD | {"region": "west"}), json.dumps(RECORD | {"study_file": "../../../studies/gone.toml"})]
SPOILT += [json.dumps(RECORD | {"grid": {"cell_m": cell}}) for cell in ("x", 0, -100, math.nan, math.inf)]


@pytest.mark.parametrize("text", SPOILT)
def test_a_spoilt_record_is_one_clear_error(tiny: Tiny, finished: tuple[Tiny, RunOutcome], text: str) -> None:
    _fake_run(tiny, finished)
    (tiny.outputs / "plant" / "both" / "run.json").write_text(text)
    with pytest.raises(RunError, match=r"run\.json"):
        tiny.stored()


@pytest.mark.parametrize("name", ["suitability.tif", "sites.gpkg"])
@pytest.mark.parametrize("keep", [0, 100, 2000])
def test_a_truncated_file_is_one_clear_error(tiny: Tiny, finished: tuple[Tiny, RunOutcome], name: str, keep: int) -> None:
    _fake_run(tiny, finished)
    file = tiny.outputs / "plant" / "both" / name
    file.write_bytes(file.read_bytes()[:keep])
    with pytest.raises((GeoEngineError, OSError)):  # what the command line turns into one text
        explain(tiny.stored(), "1")


def test_a_moved_workspace_can_be_asked(finished: tuple[Tiny, RunOutcome], tmp_path: Path) -> None:
    moved = finished[0].copy(tmp_path / "elsewhere")
    run = moved.stored()
    assert run.changed == ()
    assert explain(run, "1").rank == 1


def test_a_run_folder_reached_by_a_link_can_be_asked(finished: tuple[Tiny, RunOutcome], tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(finished[1].folder)
    run = open_run(tmp_path / "link", SilentReporter(), workers=1)
    answer: Answer = explain(run, "1")
    assert answer.rank == 1


def test_a_run_of_a_region_is_judged_by_its_region_alone(tiny: Tiny) -> None:
    tiny.run("west")
    run = tiny.stored("west")
    assert run.score.shape == (50, 30)
    assert explain(run, degrees(405050, 301050)).status == "off the area"
    assert explain(run, degrees(401050, 301050)).status == "free"
