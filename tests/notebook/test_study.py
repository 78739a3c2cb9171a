from __future__ import annotations

import pickle
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import geo_engine
from geo_engine.errors import StudyError
from geo_engine.notebook import Study, new_workspace
from geo_engine.run import RunOutcome, run_study
from tests.run.tiny import Tiny, study_text


def test_the_package_gives_the_door_by_name_and_loads_it_late() -> None:
    assert geo_engine.Study is Study
    assert {"Study", "Layer", "Run", "open_run", "new_workspace"} <= set(dir(geo_engine))
    with pytest.raises(AttributeError, match="Studdy"):
        geo_engine.Studdy  # noqa: B018 # type: ignore[attr-defined]
    asked = "import sys, geo_engine; print([name for name in ('numpy', 'pandas', 'geopandas', 'xarray') if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_study_is_what_its_file_says(study: Study, shared: Tiny) -> None:
    read = shared.study()
    assert study.noun == read
    assert study.weights.to_dict() == dict(zip(["grid", "plant", "people", "cars", "zone"], read.weights, strict=True))
    assert study.weights.sum() == pytest.approx(1.0)
    assert study.criteria["weight"].tolist() == list(read.weights)
    plant = study.criteria.set_index("key").to_dict("index")["plant"]
    assert (plant["network"], plant["profile"], plant["unit"]) == ("roads", "lorry", "min")
    assert study.rules["name"].tolist() == ["Parks", "Town core (estimated from population)"]
    assert study.needs[["need", "total", "unit"]].to_numpy().tolist() == [["land", 4.0, "ha"]]
    assert study.gaps["what"].tolist() == ["Flood zones", "Energy price"]
    assert set(study.regions) == {"east", "west"}
    assert list(study.layers) == sorted(study.layers)


def test_a_gap_and_a_line_of_the_same_name_stand_once(tiny: Tiny) -> None:
    tiny.edit("studies/plant.toml", 'name = "Energy price"', 'name = "flood ZONES"')
    assert Study.read(tiny.study_file).gaps["what"].tolist() == ["Flood zones"]


def test_other_weights_are_what_the_same_scenario_in_the_file_gives(tiny: Tiny) -> None:
    study = Study.read(tiny.study_file)
    given = study.with_weights({"grid": 1, "zone": 4}, "zones", title="Zones")
    scenario = '[scenarios.zones]\ntitle = "Zones"\nwhy = "because"\nweights = { grid = 1, zone = 4 }\n'
    tiny.write("studies/plant.toml", study_text() + scenario)
    written = Study.read(tiny.study_file, scenario="zones")
    assert given.noun.criteria == written.noun.criteria
    assert given.title == written.title
    assert given.weights["zone"] == pytest.approx(4 / (1 + 2 + 2 + 1 + 4))
    assert study.weights["grid"] == pytest.approx(3 / 9), "the study itself is not changed"


def test_changes_come_on_top_of_one_another_and_of_a_scenario_of_the_file(tiny: Tiny) -> None:
    scenario = '[scenarios.own]\ntitle = "Own"\nwhy = "because"\nweights = { grid = 9 }\ndrop_constraints = ["Parks"]\n'
    tiny.write("studies/plant.toml", study_text() + scenario)
    study = Study.read(tiny.study_file).scenario("own").with_weights({"zone": 7}, "more").replace(
        values={"grid": {"function": "linear", "best": "0 m", "worst": "1 km"}}, cell="200 m", name="most"
    )  # fmt: skip
    weights = {criterion.slug: criterion.weight for criterion in study.noun.criteria}
    assert (weights["grid"], weights["zone"], weights["plant"]) == (9, 7, 2)
    assert [rule.name for rule in study.noun.constraints] == ["Town core (estimated from population)"]
    assert "worst 1 km" in study.criteria.set_index("key")["value"].to_dict()["grid"]
    assert study.cell == 200.0
    assert study.scenario("own").noun.scenario == "own"


def test_rules_can_be_changed_and_dropped(study: Study) -> None:
    changed = study.replace(constraints={"Parks": {"buffer": "500 m"}}, drop_constraints=["Town core (estimated from population)"])
    [parks] = changed.noun.constraints
    assert (parks.name, parks.buffer) == ("Parks", 500.0)


def test_the_scenario_of_python_is_toml_that_the_file_can_hold(tiny: Tiny) -> None:
    study = Study.read(tiny.study_file)
    given = study.replace(weights={"grid": 1.5}, values={"cars": {"function": "linear", "worst": 0, "best": 750}}, name="mine")
    tiny.write("studies/plant.toml", study_text() + given.to_toml())
    written = Study.read(tiny.study_file, scenario="mine")
    assert written.noun.criteria == given.noun.criteria
    assert study.to_toml() == ""


def test_weights_may_come_from_pandas_and_numpy_and_belong_to_nobody_else(study: Study, tmp_path: Path) -> None:
    series: Any = study.weights * np.array([2, 1, 1, 1, 1], np.float32)
    changed = study.with_weights(series, "twice")
    assert changed.weights["grid"] == pytest.approx(2 * 3 / 9 / (1 + 3 / 9))
    four: Any = np.int64(4)
    mine = {"function": "linear", "best": "0 m", "worst": "1 km"}
    valued = study.replace(values={"grid": mine}, weights={"grid": four}, name="valued")
    mine["worst"] = "9 km"
    assert "worst 1 km" in valued.with_weights({"zone": 2}, "on_top").criteria["value"][0]
    assert valued.run("west", cell="200 m").save(tmp_path / "a").record["study"]["given"]["valued"]["weights"] == {"grid": 4}


def test_weights_that_the_run_finds_are_unknown_before(tiny: Tiny) -> None:
    tiny.write("studies/plant.toml", study_text() + '[weights]\nmethod = "equal"\n')
    study = Study.read(tiny.study_file)
    assert study.weights.isna().all()
    assert study._repr_html_().count("found by the run") == 5
    assert study.run("west", cell="200 m").study.weights.tolist() == pytest.approx([0.2] * 5)
    with pytest.raises(StudyError, match="a scenario cannot give others"):
        study.with_weights({"grid": 1}, "mine")


@pytest.mark.parametrize(
    ("weights", "name", "texts"),
    [
        ({"gird": 1}, "a", ["unknown criterion 'gird'", "did you mean 'grid'"]),
        (dict.fromkeys(["grid", "plant", "people", "cars", "zone"], 0), "a", ["all weights are 0"]),
        ({"grid": -1}, "a", ["grid"]),
        ({"grid": "much"}, "a", ["grid"]),
        ({"grid": float("nan")}, "a", ["grid"]),
        ({"grid": object()}, "a", ["grid"]),
        ({"grid": 1}, "../a", ["no short name"]),
        ({"grid": 1, "gird": 1, "plnat": 1}, "a", ["gird", "plnat"]),
    ],
)
def test_wrong_weights_are_told_all_at_once(study: Study, weights: dict[str, float], name: str, texts: list[str]) -> None:
    with pytest.raises(StudyError) as caught:
        study.with_weights(weights, name)
    assert [text for text in texts if text.lower() not in str(caught.value).lower()] == []


def test_a_scenario_of_the_file_is_not_overlaid_unasked(tiny: Tiny) -> None:
    tiny.write("studies/plant.toml", study_text() + '[scenarios.own]\ntitle = "Own"\nwhy = "because"\nweights = { grid = 9 }\n')
    with pytest.raises(StudyError, match="is a scenario of the study's file"):
        Study.read(tiny.study_file).with_weights({"grid": 1}, "own")


@pytest.mark.parametrize("cell", ["500", "fast", "-1 km", "0 m", 500])
def test_a_cell_without_a_unit_is_refused(study: Study, cell: str) -> None:
    with pytest.raises(StudyError, match="cell"):
        study.run(cell=cell)


def test_a_study_written_as_a_mapping_is_the_study_of_the_file(tiny: Tiny) -> None:
    content = tomllib.loads(study_text())
    made = Study.write("copy", content, tiny.path)
    assert made.path == tiny.path / "studies" / "copy.toml"
    assert tomllib.loads(made.path.read_text(encoding="utf-8")) == content
    assert made.noun.criteria == tiny.study().criteria
    assert np.array_equal(made.run(cell="500 m").suitability, Study.read(tiny.study_file).run(cell="500 m").suitability, equal_nan=True)


def test_a_wrong_study_is_not_written_and_all_its_faults_are_told(tiny: Tiny) -> None:
    content = tomllib.loads(study_text()) | {"cell": "wide", "area": "regoins"}
    with pytest.raises(StudyError) as caught:
        Study.write("wrong", content, tiny.path)
    assert len(caught.value.faults) >= 2
    assert "studies/wrong.toml" in str(caught.value)
    assert "did you mean 'regions'" in str(caught.value).lower()
    assert sorted(path.name for path in (tiny.path / "studies").iterdir()) == ["plant.toml", "profiles"]


def test_a_study_that_is_there_is_replaced_only_if_asked(tiny: Tiny) -> None:
    with pytest.raises(StudyError, match="is there already"):
        Study.write("plant", study_text(), tiny.path)
    assert Study.write("plant", study_text(cell="200 m"), tiny.path, replace=True).cell == 200.0
    for name in ("../out", "", ".hidden", "a/b"):
        with pytest.raises(StudyError, match="is no name for a study"):
            Study.write(name, study_text(), tiny.path)


def test_check_says_what_a_run_will_do(study: Study) -> None:
    report = study.check("west", cell="200 m")
    assert [row.name for row in report.criteria] == study.criteria["name"].tolist()
    assert report.grid.startswith("15 x 25 cells of 200 m")


def test_studies_can_be_pickled(study: Study) -> None:
    changed = study.with_weights({"grid": 1}, "one").replace(cell="200 m")
    again = pickle.loads(pickle.dumps(changed))  # noqa: S301 - our own bytes
    assert again.noun == changed.noun


def test_a_new_workspace_gives_its_study(tmp_path: Path) -> None:
    assert new_workspace(tmp_path / "a").regions == ("eastshire", "westshire")
    with pytest.raises(StudyError, match="not empty"):
        new_workspace(tmp_path / "a")


def test_a_run_with_a_folder_leaves_the_bytes_of_the_command_line(tiny: Tiny, tmp_path: Path) -> None:
    made = Study.read(tiny.study_file).run("west", out=tmp_path / "a")
    outcome: RunOutcome = run_study(tiny.study(), region="west", out=tmp_path / "b")
    names = sorted(path.name for path in outcome.folder.iterdir())
    assert made.saved == (tmp_path / "a").resolve()
    assert sorted(path.name for path in (tmp_path / "a").iterdir()) == names
    for name in set(names) - {"timings.json"}:
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes(), name
