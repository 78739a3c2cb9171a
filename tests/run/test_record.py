"""The record of a run: what the result depends on, and no secret."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from geo_engine.errors import StudyError
from geo_engine.model import Join, Layer
from geo_engine.run import RunOutcome, SilentReporter, default_folder, make_plan, plain, read_study, solve, solving
from geo_engine.run.record import run_record
from geo_engine.workspace import hash_file
from tests.run import tiny as ws
from tests.run.tiny import Tiny


@pytest.fixture(scope="module")
def record(finished: tuple[Tiny, RunOutcome]) -> dict[str, Any]:
    text = (finished[1].folder / "run.json").read_text(encoding="utf-8")
    assert str(finished[0].path) not in text  # a record is the same on every machine
    made: dict[str, Any] = json.loads(text, parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))
    return made


def test_the_record_holds_what_the_result_depends_on(record: dict[str, Any], finished: tuple[Tiny, RunOutcome]) -> None:
    assert (finished[1].folder / record["study_file"]).resolve() == finished[0].study_file.resolve()
    assert record["region"] == {"slug": "both", "title": "Both"}
    assert record["grid"] == {"crs": "EPSG:27700", "west": 400000, "north": 305000, "cell_m": 100, "rows": 50, "columns": 60}
    assert record["facility"] == {"cells": 4, "hectares": 4.0}
    assert record["study"]["weights"] == pytest.approx([3 / 9, 2 / 9, 2 / 9, 1 / 9, 1 / 9])
    assert record["study"]["robustness"].items() >= {"draws": 100, "seed": 7, "data_draws": 200}.items()
    assert record["found"] == {"sites": 5, "asked_for": 5, "rejected": len(finished[1].result.ranking.rejected)}
    assert record["not_tested"] == ["Flood zones", "Energy price"]
    assert record["hectares"]["land"] == 3000.0
    assert set(record["versions"]) >= {"python", "PROJ", "geo-engine", "numpy", "shapely", "rasterio"}
    assert "27700" in record["projection"]["pipeline"] or "tmerc" in record["projection"]["pipeline"]


def test_the_record_hashes_every_input(record: dict[str, Any], finished: tuple[Tiny, RunOutcome]) -> None:
    used = {"studies/plant.toml", "studies/profiles/lorry.toml", "layers/gaps.toml"}
    used |= {f"layers/{name}.toml" for name in ws.LAYERS} | {f"layers/data/{name}.geojson" for name in ws.LAYERS}
    assert set(record["inputs_sha256"]) == used
    assert all(hash_file(finished[0].path / name) == value for name, value in record["inputs_sha256"].items())


def test_a_study_elsewhere_in_the_workspace_is_refused_or_recorded_whole(tiny: Tiny) -> None:
    """A study's workspace is the folder above studies/, also for a study that lies one folder deeper or beside it."""
    for place in ("studies/more/plant.toml", "plant.toml"):
        (tiny.path / place).parent.mkdir(exist_ok=True)
        shutil.copy(tiny.study_file, tiny.path / place)
        try:
            study = read_study(tiny.path / place)
        except StudyError:
            continue
        hashes = solving.input_hashes(make_plan(study, None, SilentReporter(), workers=1))
        assert "studies/profiles/lorry.toml" in hashes, place
        assert default_folder(study, "both").is_relative_to(tiny.path / "outputs"), place


def test_the_record_holds_no_password() -> None:
    layer = Layer("a", "A", "PG:dbname=gis password=secret", "points", "", "", "", join=(Join("https://me:secret@a.org/b.csv", "id"),))
    made = plain(layer, Path())
    assert made["source"] == "PG:dbname=gis password=***"
    assert made["join"][0]["source"] == "https://me:***@a.org/b.csv"


def test_the_cell_of_a_run_is_recorded_to_the_last_digit(tiny: Tiny) -> None:
    study = replace(tiny.study(), cell=333.3333333)
    plan = make_plan(study, None, SilentReporter(), workers=1)
    made: Any = run_record(plan, solve(plan, SilentReporter(), workers=1), tiny.outputs)
    assert made["grid"]["cell_m"] == 333.3333333
    assert "333.3333333" in made["command"]
