"""What a run is said to do, held against what the run then does."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from geo_engine.run import RunOutcome, RunPlan, plan_run
from geo_engine.run.planning.reading.inputs import inputs_of
from tests.run.tiny import Tiny


def planned(tiny: Tiny, **asked: object) -> RunPlan:
    return plan_run(tiny.study(), workers=2, **asked)  # type: ignore[arg-type]


@pytest.fixture
def ran(finished: tuple[Tiny, RunOutcome], tmp_path: Path) -> Tiny:
    """A workspace of one's own that has been run."""
    return finished[0].copy(tmp_path / "ran")


def moved(plan: RunPlan) -> dict[str, str]:
    return {each.file: each.state for each in plan.inputs if each.state != "same"}


def test_the_stages_are_those_of_the_run(finished: tuple[Tiny, RunOutcome]) -> None:
    """`timings.json` says what was done, in the order in which it was."""
    tiny, outcome = finished
    done = json.loads((outcome.folder / "timings.json").read_text(encoding="utf-8"))
    assert [stage.title for stage in planned(tiny).stages] == list(done)


def test_before_the_first_run_everything_is_to_be_done(tiny: Tiny) -> None:
    plan = planned(tiny)
    assert plan.verdict == "No run is in the folder yet."
    assert plan.differences == ()
    assert {each.state for each in plan.inputs} == {"unknown"}
    assert [(each.name, each.stored, each.why) for each in plan.networks] == [("roads", False, "no run has stored it yet")]
    assert not tiny.outputs.exists()  # a plan leaves nothing


def test_after_a_run_nothing_is_to_be_done_until_something_changes(ran: Tiny) -> None:
    plan = planned(ran)
    assert plan.verdict.startswith("Nothing has changed since the last run in the folder")
    assert (moved(plan), plan.differences) == ({}, ())
    assert [each.stored for each in plan.networks] == [True]


def test_a_changed_layer_is_told_with_what_uses_it(ran: Tiny) -> None:
    ran.features("parks", [])
    ran.edit("layers/roads.toml", 'title = "Roads"', 'title = "Ways"')
    plan = planned(ran)
    assert moved(plan) == {"layers/data/parks.geojson": "changed", "layers/roads.toml": "changed"}
    users = {each.file: each.used_by for each in plan.inputs}
    parks = [rule.name for rule in ran.study().constraints if rule.layer == "parks"]
    assert parks
    assert users["layers/data/parks.geojson"] == tuple(f"rule '{name}'" for name in parks)
    travelling = [criterion.name for criterion in ran.study().criteria if criterion.measure.travels]
    assert travelling
    assert {f"criterion '{name}'" for name in travelling} <= set(users["layers/roads.toml"])
    assert [each.why.startswith("its layer, its data") for each in plan.networks] == [True]
    assert plan.verdict == "Since the last run in the folder 2 files have changed: the run replaces it."


def test_a_changed_weight_is_told_by_its_values(ran: Tiny) -> None:
    first = ran.study().criteria[0]
    ran.edit("studies/plant.toml", f"weight = {first.weight:g}", f"weight = {first.weight + 4:g}")
    plan = planned(ran)
    assert moved(plan) == {"studies/plant.toml": "changed"}
    assert plan.differences == (f"criteria '{first.name}' weight: {first.weight} -> {first.weight + 4}",)


def test_a_file_that_a_study_no_longer_reads_is_gone_and_another_cell_is_told(ran: Tiny) -> None:
    (ran.path / "layers" / "gaps.toml").unlink()
    plan = planned(ran, cell=50.0)
    assert moved(plan) == {"layers/gaps.toml": "gone"}
    assert "cell: 100.0 m -> 50 m" in plan.differences
    assert plan.cells == 120 * 100


def test_a_record_that_cannot_be_read_is_no_run(ran: Tiny) -> None:
    folder = ran.outputs / "plant" / "both"
    for text in ("{", "[]", "{}"):
        (folder / "run.json").write_text(text, encoding="utf-8")
        assert planned(ran).verdict == "No run to compare with: run.json cannot be read."


def test_tiles_without_land_are_counted_apart(tiny: Tiny) -> None:
    """Two regions of 3 km by 5 km at 1 m are 6,000 x 5,000 cells: 12 x 10 tiles of 512, all with land; one of them alone 6 x 10."""
    whole, west = planned(tiny, cell=1.0), planned(tiny, cell=1.0, region="west")
    assert (whole.tiles, whole.tiles_with_land) == (120, 120)
    assert (west.tiles, west.tiles_with_land) == (60, 60)
    corner = {"type": "Polygon", "coordinates": [[[400000, 300000], [400400, 300000], [400400, 305000], [400000, 300000]]]}
    far = {"type": "Polygon", "coordinates": [[[405700, 300000], [406000, 300000], [406000, 300300], [405700, 300000]]]}
    tiny.features("regions", [({"region": "West"}, corner), ({"region": "East"}, far)])
    apart = planned(tiny, cell=1.0)
    assert apart.tiles == 120
    assert apart.tiles_with_land == 11  # a column of 10 on the left, and one in the corner


def test_the_files_are_those_that_the_record_hashes(finished: tuple[Tiny, RunOutcome]) -> None:
    tiny, outcome = finished
    assert {each.file for each in planned(tiny).inputs} == set(outcome.result.inputs)
    assert {name: each.sha256 for name, each in inputs_of(tiny.study()).items()} == outcome.result.inputs


def test_every_input_has_a_user(tiny: Tiny) -> None:
    assert all(each.used_by for each in planned(tiny).inputs)
