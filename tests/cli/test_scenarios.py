"""Scenarios and comparisons on the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Call, parsed
from tests.run import tiny as ws
from tests.run.tiny import Tiny

SCENARIO = '[scenarios.grid_first]\ntitle = "Grid first"\nwhy = "Power decides."\nweights = { grid = 9 }\n'


@pytest.fixture
def study(tiny: Tiny) -> Path:
    return tiny.write("studies/plant.toml", ws.study_text() + SCENARIO)


def test_a_scenario_is_run_asked_and_compared(tiny: Tiny, study: Path, call: Call) -> None:
    assert call("run", study).exit_code == 0
    run = call("run", study, "--scenario", "grid_first", "--json")
    folder = Path(parsed(run.stdout)["folder"])
    assert (tiny.path / folder).name == "both@grid_first"
    both, other = tiny.outputs / "plant" / "both", tiny.outputs / "plant" / "both@grid_first"
    assert parsed(call("explain", other, "1", "--json").stdout)["contributions"][0]["weight"] == pytest.approx(9 / 15)
    found = parsed(call("compare", both, other, "--json").stdout)
    assert len(found["moved"]) + len(found["gone"]) == 5
    for area in found["moved"]:
        assert sum(area["by_input"].values()) == pytest.approx(area["change"], abs=1e-9)
    shown = call("compare", both, other).stdout
    assert "they add up" in shown
    for area in found["moved"]:
        assert f"{area['rank']} -> {area['other_rank']}" in shown


def test_check_tells_the_scenarios_and_sees_the_study_as_one_of_them(study: Path, call: Call) -> None:
    said = call("check", study).stdout
    assert "Scenario grid_first: Grid first. Power decides." in said
    assert "60.0%" in call("check", study, "--scenario", "grid_first").stdout


@pytest.mark.parametrize("verb", ["run", "check"])
def test_an_unknown_scenario_is_refused_with_the_nearest(study: Path, refused: Call, verb: str) -> None:
    refused(2, ("has no such scenario", "allowed: grid_first", "did you mean 'grid_first'?"), verb, study, "--scenario", "gridfirst")


def test_near_misses_are_told_in_one_line(study: Path, call: Call) -> None:
    lines = [line for line in call("run", study).stdout.splitlines() if line.startswith("Near misses: ")]
    assert len(lines) == 1
    assert "ha fail only 'Parks'" in lines[0]


def test_what_is_no_run_is_not_compared(tiny: Tiny, refused: Call) -> None:
    refused(4, ("is not a run that can be compared",), "compare", tiny.path, tiny.path)
