"""Where a run's time and memory go: held against files of known size, arrays of known size and calls that are counted."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pytest

from geo_engine.measure import PointPlaces, TilePlaces
from geo_engine.run import RunOutcome, SilentReporter, run_study
from geo_engine.run.profiling import Profiler
from geo_engine.run.tiles import score_tile
from tests.run.tiny import Tiny

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="only Linux says how many bytes a process reads and how much memory it took")
FLOATS = 25_000_000  # 200 MB: far above what else happens in a stage


@pytest.fixture(scope="module")
def profiled(finished: tuple[Tiny, RunOutcome], tmp_path_factory: pytest.TempPathFactory) -> RunOutcome:
    tiny = finished[0]
    return run_study(tiny.study(), out=tmp_path_factory.mktemp("profiled") / "run", workers=2, profile=True)


@LINUX
def test_bytes_and_memory_are_those_of_the_stage(tmp_path: Path) -> None:
    profiler = Profiler(SilentReporter())
    profiler.stage("fills memory")
    held = np.ones(FLOATS)
    del held
    profiler.stage("writes")
    (tmp_path / "file").write_bytes(b"\1" * 1_000_003)
    profiler.stage("reads")
    (tmp_path / "file").read_bytes()
    profiler.stage("")
    fills, writes, reads = profiler._stages  # noqa: SLF001 - the whole profile wants a plan
    assert [each.stage for each in (fills, writes, reads)] == ["fills memory", "writes", "reads"]
    assert fills.peak_bytes is not None
    assert writes.peak_bytes is not None
    assert fills.peak_bytes - writes.peak_bytes > 0.75 * FLOATS * 8
    assert 1_000_003 <= (writes.written_bytes or 0) < 1_100_000
    assert 1_000_003 <= (reads.read_bytes or 0) < 1_100_000
    assert (fills.written_bytes or 0) < 100_000


def test_a_profile_changes_no_file_but_the_timings(profiled: RunOutcome, finished: tuple[Tiny, RunOutcome]) -> None:
    plain, names = finished[1].folder, {path.name for path in profiled.folder.iterdir()}
    assert names == {path.name for path in plain.iterdir()}
    changing = {"timings.json", "run.json"}  # the record names the study relative to its folder
    for name in sorted(names - changing):
        assert (profiled.folder / name).read_bytes() == (plain / name).read_bytes(), name
    records = [json.loads((folder / "run.json").read_text(encoding="utf-8")) for folder in (profiled.folder, plain)]
    assert [record.pop("study_file") is not None for record in records] == [True, True]
    assert records[0] == records[1]


def test_the_timings_hold_every_stage_and_every_measure(profiled: RunOutcome) -> None:
    timings = json.loads((profiled.folder / "timings.json").read_text(encoding="utf-8"))
    found = timings.pop("profile")
    assert [stage["stage"] for stage in found["stages"]] == list(timings)
    study, cells = profiled.result.study, profiled.plan.grid.rows * profiled.plan.grid.cols
    assert [each["name"] for each in found["measures"]] == [
        *(criterion.name for criterion in study.criteria),
        *(f"rule: {rule.name}" for rule in study.constraints),
    ]
    assert all(each["places"] >= cells for each in found["measures"])
    scoring = next(stage for stage in found["stages"] if stage["stage"] == "Scoring land")
    assert scoring["cells_a_second"] == pytest.approx(cells / scoring["seconds"], rel=0.01)


@LINUX
def test_what_is_written_holds_the_outputs(profiled: RunOutcome) -> None:
    assert profiled.profile is not None
    left = sum(path.stat().st_size for path in profiled.folder.iterdir() if path.name != "timings.json")
    assert (profiled.profile.stages[-1].written_bytes or 0) >= left


def test_a_watched_plan_answers_the_same_and_counts_its_places(finished: tuple[Tiny, RunOutcome]) -> None:
    plan = finished[1].plan
    profiler = Profiler(SilentReporter())
    watched = profiler.watched(plan)
    (tile,) = plan.grid.tiles(512)
    assert np.array_equal(score_tile(watched, tile).score, score_tile(plan, tile).score, equal_nan=True)
    points = PointPlaces(np.array([400_050.0, 401_050.0]), np.array([300_050.0, 300_050.0]))
    assert np.array_equal(watched.measures[0](points), plan.measures[0](points))
    measures = {each.name: each.places for each in profiler.profile(plan).measures}
    cells = TilePlaces(plan.grid, tile).shape
    names = [criterion.name for criterion in plan.study.criteria]
    assert measures[names[0]] == cells[0] * cells[1] + 2
    assert measures[names[1]] == cells[0] * cells[1]
