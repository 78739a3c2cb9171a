"""Reports of several regions at once: the same files as one after the other, only what is needed, and no more than memory holds."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import nullcontext
from itertools import permutations
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from geo_engine.cli import main
from geo_engine.errors import StudyError
from geo_engine.run import Asked, Renewed, SilentReporter, renew_reports
from geo_engine.run.reporting.together import under_way
from tests.run.tiny import Tiny

FACES = ("report.html", "report.pdf", "report.json", "map.html", "sites.csv")


def renew(made: Tiny, *regions: str | None, jobs: int = 1) -> list[Renewed]:
    return list(renew_reports(made.study(), regions, Asked(), lambda: nullcontext(SilentReporter()), jobs=jobs, workers=2, quiet=True))


@pytest.mark.slow
def test_two_at_once_leave_the_same_bytes_and_each_line_of_progress_begins_with_its_region(tiny: Tiny, tmp_path: Path) -> None:
    other = tiny.copy(tmp_path / "other" / "ws")
    assert {each.folder.name for each in renew(tiny, "east", "west")} == {"east", "west"}
    command = [sys.executable, "-m", "geo_engine.cli", "report", str(other.study_file), "--renew", "--all", "--jobs", "2"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2])
    for region in ("east", "west"):
        for name in FACES:
            first, second = ((made.outputs / "plant" / region / name).read_bytes() for made in (tiny, other))
            assert first == second, (region, name)
    lines = done.stderr.splitlines()
    assert len(lines) > 10
    assert [line for line in lines if not re.match(r"(east|west): \S", line)] == []


@pytest.mark.slow
def test_only_what_an_input_changed_is_made_again(tiny: Tiny) -> None:
    renew(tiny, "east", "west")
    assert [(each.folder.name, each.files) for each in renew(tiny, "east", "west", jobs=2)] == [("east", None), ("west", None)]
    (tiny.outputs / "plant" / "west" / "report.pdf").unlink()
    before = {name: (tiny.outputs / "plant" / name / "run.json").stat().st_ino for name in ("east", "west")}
    again = {each.folder.name: each.files for each in renew(tiny, "east", "west")}
    assert again["east"] is None
    assert again["west"] is not None  # the report is written, the run is not done again
    assert {name: (tiny.outputs / "plant" / name / "run.json").stat().st_ino for name in before} == before
    tiny.edit("layers/data/towns.geojson", "3000", "3001")
    assert all(each.files for each in renew(tiny, "east", "west"))


def test_a_region_that_is_not_there_stops_before_any_is_run(tiny: Tiny) -> None:
    with pytest.raises(StudyError, match="Did you mean 'west'"):
        renew(tiny, "east", "wset", jobs=2)
    assert not (tiny.outputs / "plant").exists()


def test_an_error_of_one_region_is_told_as_it_is_alone(tiny: Tiny) -> None:
    tiny.write("layers/data/stations.geojson", "{}")
    told = []
    for jobs in ("1", "2"):
        done = CliRunner().invoke(main, ["report", str(tiny.study_file), "--renew", "--all", "--jobs", jobs])
        assert done.exit_code == 3
        told.append([line for line in done.output.splitlines() if "LayerError" in line])
    assert told[0] == told[1]
    assert len(told[0]) == 1


@given(st.lists(st.floats(1.0, 9.0), min_size=1, max_size=5), st.floats(0.5, 40.0), st.integers(1, 6))
def test_whichever_runs_meet_memory_holds_them(memory: list[float], free: float, jobs: int) -> None:
    most = under_way(memory, free, jobs)
    assert 1 <= most <= max(1, min(jobs, len(memory)))
    if most > 1:
        assert all(sum(met) <= free for met in permutations(memory, most))
    if most < min(jobs, len(memory)):
        assert any(sum(met) > free for met in permutations(memory, most + 1))


@pytest.mark.parametrize(("flags", "jobs"), [((), "1"), (("-j2",), "2"), (("-k", "-j3"), "3"), (("-j",), "1"), (("JOBS=4",), "4")])
def test_make_hands_on_how_many_at_once(root: Path, flags: tuple[str, ...], jobs: str) -> None:
    if shutil.which("make") is None:
        pytest.skip("no make here (Debian: apt-get install make)")
    clean = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    done = subprocess.run(
        ["make", "-n", "-o", ".venv/.made-from-constraints", *flags, "reports"],
        cwd=root, capture_output=True, text=True, check=True, env=clean,
    )  # fmt: skip
    (line,) = [line for line in done.stdout.splitlines() if "--renew --all" in line]
    assert f"--jobs {jobs}" in line


@pytest.mark.parametrize("target", ["report", "rank"])
def test_make_hands_on_a_name_with_blanks(root: Path, target: str) -> None:
    if shutil.which("make") is None:
        pytest.skip("no make here (Debian: apt-get install make)")
    said: Callable[[str], str] = lambda region: subprocess.run(  # noqa: E731 - one call, two names
        ["make", "-n", "-o", ".venv/.made-from-constraints", target, f"REGION={region}"],
        cwd=root, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    assert '--region "County Durham"' in said("County Durham")
    assert '--region "north-east"' in said("north-east")
