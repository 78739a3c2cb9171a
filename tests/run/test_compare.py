"""Two runs side by side: shares that add up, causes that are planted, areas that come and go."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from geo_engine.errors import RunError, StudyError
from geo_engine.run import Comparison, compare_runs, explain, open_run, read_study, run_study, with_scenario
from geo_engine.run.progress import SilentReporter
from tests.run import tiny as ws
from tests.run.tiny import Tiny

SCENARIOS = """
[scenarios.grid_first]
title = "Grid first"
why = "Power decides."
weights = { grid = 9 }
drop_constraints = ["Parks"]

[scenarios.grid_first.values.plant]
function = "linear"
best = "2 min"
worst = "10 min"

[scenarios.far_parks]
title = "Far from parks"
why = "Quiet."
[scenarios.far_parks.constraints.Parks]
buffer = "1 km"
"""

# Land for an area of the whole region: there is one place that the one area can be, whatever it scores.
ONE_PLACE: dict[str, Any] = {"rules": (), "land": "750 ha", "sites": 'count = 1\nspacing = "1 km"\nreach = 9\n'}


@pytest.fixture
def study(tiny: Tiny) -> Tiny:
    tiny.write("studies/plant.toml", ws.study_text() + SCENARIOS)
    return tiny


def compared(tiny: Tiny, change: Callable[[], object]) -> Comparison:
    """Run, change something, run again elsewhere, and compare."""
    first = tiny.run().folder
    change()
    second = tiny.run(out=tiny.path / "outputs" / "again").folder
    return compare_runs(first, second)


def check_sums(found: Comparison) -> None:
    for area in found.moved:
        assert area.change == area.other_score - area.score
        assert sum(area.by_input.values()) == pytest.approx(area.change, abs=1e-9)
        assert sum(area.by_criterion.values()) == pytest.approx(area.change, abs=1e-9)


def alone(found: Comparison, cause: str) -> None:
    """All of the change is by one input, and something did change."""
    check_sums(found)
    assert any(abs(area.change) > 1e-6 for area in found.moved)
    for area in found.moved:
        assert {name for name, points in area.by_input.items() if abs(points) > 1e-9} <= {cause}
        assert area.input in {cause, ""}


def test_a_run_compared_with_itself_has_no_change(study: Tiny) -> None:
    found = compared(study, lambda: None)
    assert len(found.moved) == 5
    assert not found.gone
    assert not found.new
    assert not found.inputs_changed
    assert all(area.change == 0 and area.same_cells and area.matched_by == "site_id" and not area.input for area in found.moved)


def test_scores_are_those_of_the_runs(study: Tiny) -> None:
    ranking = study.run().result.ranking
    found = compare_runs(study.outputs / "plant" / "both", study.outputs / "plant" / "both")
    assert [area.score for area in found.moved] == pytest.approx([site.score for site in ranking.sites], abs=1e-9)


@pytest.mark.parametrize(
    ("old", "new", "cause"),
    [
        ("weight = 3", "weight = 30", "weights"),
        ('worst = "6 km"', 'worst = "7 km"', "values"),
        ("[sites]", '[combine]\nmethod = "weighted_product"\n[sites]', "method"),
    ],
)
def test_one_planted_cause_is_found_where_the_cells_are_the_same(tiny: Tiny, old: str, new: str, cause: str) -> None:
    whole = ws.study_text(**ONE_PLACE)
    tiny.write("studies/plant.toml", whole)
    found = compared(tiny, lambda: tiny.edit("studies/plant.toml", old, new))
    assert [area.same_cells for area in found.moved] == [True]
    alone(found, cause)
    assert found.inputs_changed == ("studies/plant.toml",)


def test_data_that_changed_are_found_to_be_the_cause_and_the_criterion_is_named(tiny: Tiny) -> None:
    tiny.write("studies/plant.toml", ws.study_text(**ONE_PLACE))
    moved = [*ws.stations()[1:], ({"name": "Hill", "kv": 400}, ws.point(403000, 302500))]
    found = compared(tiny, lambda: tiny.features("stations", moved))
    alone(found, "data")
    assert found.moved[0].criterion == "grid"
    assert found.inputs_changed == ("layers/data/stations.geojson",)


def test_a_new_criterion_counts_as_a_change_of_weights(tiny: Tiny) -> None:
    tiny.write("studies/plant.toml", ws.study_text(ws.CRITERIA[:4], **ONE_PLACE))
    full = ws.study_text(**ONE_PLACE)
    found = compared(tiny, lambda: tiny.write("studies/plant.toml", full))
    alone(found, "weights")
    assert set(found.moved[0].by_criterion) == {"grid", "plant", "people", "cars", "zone"}


def test_a_scenario_runs_beside_the_study_and_is_asked_as_it_was_run(study: Tiny) -> None:
    study.run()
    outcome = run_study(with_scenario(study.study(), "grid_first"), workers=2)
    assert outcome.folder == (study.outputs / "plant" / "both@grid_first").resolve()
    record = json.loads((outcome.folder / "run.json").read_text())
    assert record["scenario"] == "grid_first"
    assert record["command"].endswith("--scenario grid_first")
    assert record["study"]["weights"] == pytest.approx([9 / 15, 2 / 15, 2 / 15, 1 / 15, 1 / 15])
    assert [rule["name"] for rule in record["study"]["constraints"]] == ["Town core (estimated from population)"]
    stored = open_run(outcome.folder, SilentReporter(), workers=2)
    answer = explain(stored, "1")
    assert not stored.changed
    assert answer.score == pytest.approx(outcome.result.ranking.sites[0].score, abs=1e-6)
    assert answer.contributions[0].weight == pytest.approx(9 / 15)
    found = compare_runs(study.outputs / "plant" / "both", outcome.folder)
    check_sums(found)
    assert len(found.moved) + len(found.gone) == len(found.moved) + len(found.new) == 5
    assert "(scenario: Grid first)" in found.second


def test_a_rule_is_told_where_it_took_an_area_away(study: Tiny) -> None:
    study.run()
    folder = run_study(with_scenario(study.study(), "far_parks"), workers=2).folder
    found = compare_runs(study.outputs / "plant" / "both", folder)
    lost = [area for area in found.gone if area.reason == "rule"]
    assert lost
    assert all("of it fails 'Parks'" in area.detail for area in lost)
    assert {area.reason for area in (*found.gone, *found.new)} <= {"rule", "spacing", "score", "search"}


def test_areas_off_the_other_run_s_area_and_too_near_to_its_areas_are_told_so(tiny: Tiny) -> None:
    both, west = tiny.run().folder, tiny.run("west").folder
    found = compare_runs(both, west)
    gone = {area.reason for area in found.gone}
    assert "off the area" in gone
    assert all("off the area of the other run" in area.detail for area in found.gone if area.reason == "off the area")
    close = tiny.write("studies/plant.toml", ws.study_text(sites='count = 40\nspacing = "0 m"\n'))
    assert close.exists()
    many = tiny.run(out=tiny.path / "outputs" / "many").folder
    near = [area for area in compare_runs(both, many).new if area.reason == "spacing"]
    assert near
    assert all("1 km asked for" in area.detail for area in near)


def test_what_is_no_run_cannot_be_compared(tiny: Tiny, tmp_path: Path) -> None:
    folder = tiny.run().folder
    with pytest.raises(RunError, match="is not a run that can be compared"):
        compare_runs(folder, tmp_path)
    (folder / "run.json").write_text("{}")
    with pytest.raises(RunError, match="cannot be read as a run's record"):
        compare_runs(folder, folder)


def test_an_unknown_scenario_is_an_error_with_the_nearest_spelling(study: Tiny) -> None:
    with pytest.raises(StudyError, match=r"no such scenario\. Allowed: grid_first, far_parks\. Did you mean 'grid_first'\?"):
        with_scenario(read_study(study.study_file), "grid_frist")
