"""`geo-engine plan` and `run --profile`: what they print, as text and as JSON."""

from __future__ import annotations

from pathlib import Path

from geo_engine.run import RunOutcome
from tests.cli.conftest import Call, parsed
from tests.run.tiny import Tiny


def test_a_plan_is_told_as_text_and_leaves_nothing(call: Call, tiny: Tiny) -> None:
    result = call("plan", tiny.study_file)
    assert result.exit_code == 0
    for text in ("No run is in the folder yet.", "Scoring land", "Building networks", "no run has stored it yet", "3,000 cells in 1 tiles"):
        assert text in result.stdout
    assert not tiny.outputs.exists()


def test_a_plan_as_json_tells_what_changed(call: Call, finished: tuple[Tiny, RunOutcome], tmp_path: Path) -> None:
    tiny = finished[0].copy(tmp_path / "ran")
    tiny.features("parks", [])
    document = parsed(call("plan", tiny.study_file, "--json").stdout)
    assert [each["file"] for each in document["inputs"] if each["state"] == "changed"] == ["layers/data/parks.geojson"]
    assert document["networks"][0]["stored"] is True
    assert [stage["title"] for stage in document["stages"]][:2] == ["Reading layers", "Building networks"]
    assert "layers/data/parks.geojson" in call("plan", tiny.study_file).stdout


def test_a_plan_of_an_unknown_region_or_a_missing_file_is_refused(refused: Call, tiny: Tiny) -> None:
    refused(2, ("unknown region", "west"), "plan", tiny.study_file, "--region", "wset")
    (tiny.path / "layers" / "data" / "parks.geojson").unlink()
    refused(3, ("there is no such file", "parks"), "plan", tiny.study_file)


def test_a_profile_is_shown_as_a_table_and_as_json(call: Call, tiny: Tiny) -> None:
    result = call("run", tiny.study_file, "--profile")
    assert result.exit_code == 0
    for text in ("Where the time went", "Scoring land", "million cells a second", "Measures and rules", tiny.study().criteria[0].name):
        assert text in result.stdout
    document = parsed(call("run", tiny.study_file, "--profile", "--json").stdout)
    assert [stage["stage"] for stage in document["profile"]["stages"]] == list(document["timings"])
    assert "profile" not in parsed(call("run", tiny.study_file, "--json").stdout)
