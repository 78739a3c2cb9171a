"""A run of a large grid that is stopped goes on from its finished tiles, and ends in the same bytes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from geo_engine.errors import RunError
from geo_engine.model import Tile
from geo_engine.run import Plan, explain, make_plan, plan_run, read_study, run_study
from geo_engine.run.progress import SilentReporter
from geo_engine.run.storing import surface as scoring
from geo_engine.run.storing.folders import finished_tiles, plan_digest, sweep, tiles_folder
from geo_engine.run.tiles import TileScores, score_tile
from tests.run.tiny import Tiny, box

SIDE = 16  # 60 x 50 cells: 16 tiles, all with land
STOPPED = """
import os, signal, sys
import geo_engine.run.planning.forecast as forecast, geo_engine.run.runner as runner, geo_engine.run.storing.surface as scoring
from geo_engine.cli.verbs import main
forecast._MOST_HELD, runner.TILE_SIDE = 0, {side}
real, done = scoring.score_tile, []
def score_tile(plan, tile):
    done.append(tile)
    if len(done) == {tiles}:
        os.kill(os.getpid(), signal.{signal})
    return real(plan, tile)
scoring.score_tile = score_tile
main(["run", sys.argv[1], "--workers", "1"])
"""


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> list[Tile]:
    """Have every grid count as large, in small tiles; give the tiles that are scored, as they are."""
    scored: list[Tile] = []

    def noted(plan: Plan, tile: Tile) -> TileScores:
        scored.append(tile)
        return score_tile(plan, tile)

    monkeypatch.setattr("geo_engine.run.planning.forecast._MOST_HELD", 0)
    monkeypatch.setattr("geo_engine.run.runner.TILE_SIDE", SIDE)
    monkeypatch.setattr("geo_engine.run.questions.planned.TILE_SIDE", SIDE)
    monkeypatch.setattr(scoring, "score_tile", noted)
    return scored


def stop(tiny: Tiny, by: str, *, tiles: int) -> subprocess.CompletedProcess[str]:
    code = STOPPED.format(side=SIDE, tiles=tiles, signal=by)
    return subprocess.run([sys.executable, "-c", code, str(tiny.study_file)], check=False, capture_output=True, text=True, timeout=300)


def left(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.name != "timings.json"}


def finished(tiny: Tiny) -> int:
    return len(list(tiles_folder(tiny.outputs / "plant" / "both").glob("score-*.tif")))


def hidden(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir() if path.name.startswith(".") and path.name != ".networks"]


@pytest.mark.slow
def test_a_run_that_is_killed_goes_on_and_ends_in_the_same_bytes(tiny: Tiny, large: list[Tile], monkeypatch: pytest.MonkeyPatch) -> None:
    assert stop(tiny, "SIGKILL", tiles=9).returncode == -signal.SIGKILL
    there = finished(tiny)
    assert 0 < there < 9
    folder = tiny.outputs / "plant" / "both"
    assert not folder.exists()
    stage = next(each for each in plan_run(tiny.study(), workers=1).stages if each.title == "Scoring land")
    assert f"{there} of a run that was stopped are taken up" in stage.why
    notes: list[str] = []
    monkeypatch.setattr(SilentReporter, "note", lambda _, text: notes.append(text))
    tiny.run()
    assert len(large) == 16 - there
    assert notes[-1] == f"goes on from {there} finished tiles of a run that was stopped; --fresh begins anew"
    assert hidden(folder.parent) == []
    gone_on = left(folder)
    monkeypatch.undo()
    tiny.run()  # of arrays, in one go
    assert left(folder) == gone_on


def test_control_c_says_that_the_next_run_goes_on_and_leaves_nothing_half_written(tiny: Tiny, large: list[Tile]) -> None:
    stopped = stop(tiny, "SIGINT", tiles=9)
    assert stopped.returncode == 130
    assert f"Stopped. The last good outputs are left as they were. The next run goes on from {finished(tiny)} finished tiles." in " ".join(
        stopped.stderr.split()
    )
    assert "Traceback" not in stopped.stderr + stopped.stdout
    assert hidden(tiny.outputs / "plant") == [".both.tiles"]
    there = finished(tiny)
    tiny.run()
    assert len(large) == 16 - there


def killed_after(tiny: Tiny, monkeypatch: pytest.MonkeyPatch, stage: str) -> None:
    """End a run by an error in the code of a stage."""

    def fails(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setattr(f"geo_engine.run.{stage}", fails)
        with pytest.raises(ZeroDivisionError):
            tiny.run()


@pytest.mark.parametrize("stage", ["solving.rank_areas", "runner.write_outputs"])
def test_whatever_ends_a_run_its_tiles_are_taken_up(tiny: Tiny, large: list[Tile], monkeypatch: pytest.MonkeyPatch, stage: str) -> None:
    killed_after(tiny, monkeypatch, stage)
    assert len(large) == finished(tiny) == 16
    assert hidden(tiny.outputs / "plant") == [".both.tiles"]
    outcome = tiny.run()
    assert len(large) == 16
    assert not outcome.result.surface.held
    row, col = outcome.result.ranking.sites[0].rows, outcome.result.ranking.sites[0].cols
    assert outcome.result.surface.score[row, col].mean() == pytest.approx(outcome.result.ranking.sites[0].score, abs=1e-4)
    assert outcome.result.surface.best is not None


def spoil(tiny: Tiny) -> None:
    """Spoil two tiles: one by a bit, one by half."""
    one, two = sorted(tiles_folder(tiny.outputs / "plant" / "both").glob("score-*.tif"))[:2]
    content = bytearray(one.read_bytes())
    content[len(content) // 2] ^= 4
    one.write_bytes(content)
    two.write_bytes(two.read_bytes()[:-9])


CHANGES: dict[str, tuple[Callable[[Tiny], object], int]] = {
    "nothing": (lambda _: None, 0),
    "two spoilt tiles": (spoil, 2),
    "a weight": (lambda tiny: tiny.edit("studies/plant.toml", "weight = 3", "weight = 4"), 16),
    "data": (lambda tiny: tiny.edit("layers/data/parks.geojson", "Great Park", "Small Park"), 16),
    "the cell": (lambda tiny: tiny.edit("studies/plant.toml", 'cell = "100 m"', 'cell = "125 m"'), 9),
}


@pytest.mark.parametrize("what", CHANGES)
def test_only_tiles_of_the_same_question_and_data_are_taken_up(
    tiny: Tiny, large: list[Tile], monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    killed_after(tiny, monkeypatch, "solving.rank_areas")
    change, again = CHANGES[what]
    change(tiny)
    large.clear()
    tiny.run()
    assert len(large) == again


def test_fresh_begins_anew(tiny: Tiny, large: list[Tile], monkeypatch: pytest.MonkeyPatch) -> None:
    killed_after(tiny, monkeypatch, "solving.rank_areas")
    large.clear()
    run_study(tiny.study(), workers=2, fresh=True)
    assert len(large) == 16


def test_data_behind_an_address_are_never_taken_for_the_same(tiny: Tiny, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = tiny.plan()
    asked = plan.study, plan.grid, plan.region, SIDE
    assert plan_digest(*asked) == plan_digest(*asked) != ""
    assert plan_digest(*asked) != plan_digest(plan.study, plan.grid, "west", SIDE)
    monkeypatch.setattr("geo_engine.run.storing.folders.inputs_of", lambda _: {"x": type("Input", (), {"sha256": "not hashed: fetched"})()})
    assert plan_digest(*asked) == ""
    assert finished_tiles(tiny.outputs / "plant" / "both", *asked) == 0


def test_a_change_of_the_engine_itself_changes_what_a_tile_is_of(tiny: Tiny, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = make_plan(read_study(tiny.study_file), None, SilentReporter(), workers=1)
    before = plan_digest(plan.study, plan.grid, plan.region, SIDE)
    monkeypatch.setattr("geo_engine.run.storing.folders.engine_digest", lambda: "other files")
    assert plan_digest(plan.study, plan.grid, plan.region, SIDE) != before


@pytest.mark.usefixtures("large")
def test_two_processes_do_not_run_into_one_folder_at_once(tiny: Tiny) -> None:
    place = tiles_folder(tiny.outputs / "plant" / "both")
    stop(tiny, "SIGKILL", tiles=5)
    there = finished(tiny)
    (place / "process").write_text(str(os.getppid()))
    with pytest.raises(RunError, match=f"process {os.getppid()} is at a run into this folder.*--out"):
        run_study(tiny.study(), workers=1)
    assert finished(tiny) == there
    for left_by in ("-1", "0", "x", "", str(os.getpid())):
        (place / "process").write_text(left_by)
    run_study(tiny.study(), workers=1)
    assert not place.exists()


def test_what_killed_runs_left_is_cleared_away_and_the_last_good_outputs_are_given_back(tmp_path: Path) -> None:
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    names = (f"partial-{dead.pid}", f"old-{dead.pid}", f"work-{dead.pid}", f"partial-{os.getpid()}", f"partial-{os.getppid()}", "partial-x")
    for name in names:
        (tmp_path / f".run[1].{name}").mkdir()
        (tmp_path / f".run[1].{name}" / "file").write_text(name)
    (tmp_path / f".run1.partial-{dead.pid}").mkdir()  # of a run with another name
    sweep(tmp_path / "run[1]")
    assert (tmp_path / "run[1]" / "file").read_text() == f"old-{dead.pid}"
    kept = [f".run1.partial-{dead.pid}", f".run[1].partial-{os.getppid()}", ".run[1].partial-x", "run[1]"]
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(kept)
    (tmp_path / f".run[1].old-{dead.pid}").mkdir()
    sweep(tmp_path / "run[1]")
    assert (tmp_path / "run[1]" / "file").exists()
    assert not (tmp_path / f".run[1].old-{dead.pid}").exists()


def test_a_large_run_that_fails_before_a_tile_is_finished_leaves_nothing(tiny: Tiny, large: list[Tile]) -> None:
    tiny.features("regions", [({"region": "West"}, box(400060, 300060, 400090, 300090))])
    with pytest.raises(RunError, match="no land"):
        tiny.run()
    assert len(large) == 1
    assert not tiny.outputs.exists()


def test_a_run_that_fits_the_memory_stores_no_tiles(tiny: Tiny, monkeypatch: pytest.MonkeyPatch) -> None:
    killed_after(tiny, monkeypatch, "runner.write_outputs")
    assert not tiny.outputs.exists()


@pytest.mark.cluster
@pytest.mark.slow
def test_the_workers_of_a_cluster_leave_the_tiles_that_a_run_collects(tiny: Tiny, large: list[Tile]) -> None:
    pytest.importorskip("distributed", reason="the extra 'cluster' is not installed")
    with_threads = left(tiny.run().folder)
    large.clear()
    on_a_cluster = run_study(tiny.study(), workers=2, dask="local:2", fresh=True)
    assert large == []  # scored elsewhere
    assert left(on_a_cluster.folder) == with_threads
    assert hidden(tiny.outputs / "plant") == []


def test_questions_to_a_run_of_a_large_grid_are_answered_alike(tiny: Tiny, monkeypatch: pytest.MonkeyPatch) -> None:
    tiny.run()
    held = tiny.stored()
    monkeypatch.setattr("geo_engine.run.planning.forecast._MOST_HELD", 0)
    stored = tiny.stored()
    assert not stored.surface.held
    assert stored.sorted_scores.tobytes() == held.sorted_scores.tobytes()
    for place in ("1", "-1.99,52.6"):
        assert repr(explain(stored, place)) == repr(explain(held, place))
    monkeypatch.setattr("geo_engine.run.questions.stored.available_memory", lambda: 1e3)
    with pytest.raises(RunError, match="looks at all of 3,000 cells at once"):
        _ = tiny.stored().score
