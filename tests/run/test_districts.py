"""A district is asked for like a region: its own run and report, and the nearest names where there is none."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest
import rasterio
import shapely
from click.testing import CliRunner

from geo_engine.cli import main
from geo_engine.errors import RunError, StudyError
from geo_engine.run import find_runs, read_study, regions_of
from geo_engine.workspace import find_region, read_features
from tests.run import tiny as ws
from tests.run.tiny import Tiny

LAYER = (
    'title = "Districts"\nsource = "data/districts.geojson"\ngeometry = "polygons"\nid = "name"\npublisher = "nobody"\n'
    'licence = "CC0-1.0"\nvintage = 2024\n'
)


@pytest.fixture
def split(tiny: Tiny) -> Tiny:
    """Upper and Lower Vale lie across both regions, West is a district too, the last one lies in the sea."""
    tiny.write("layers/districts.toml", LAYER)
    districts = {
        "Upper Vale": ws.box(401000, 302000, 405000, 307000),
        "Lower Vale, City of": ws.box(401000, 300000, 405000, 302000),
        "West": ws.box(400000, 300000, 400500, 305000),
        "Off Shore": ws.box(406000, 300000, 409000, 305000),
    }
    tiny.features("districts", [({"name": name}, shape) for name, shape in districts.items()])
    tiny.edit("studies/plant.toml", 'area_title = "Both"\n', 'area_title = "Both"\ndistricts = "districts"\n')
    return tiny


def test_a_district_is_run_on_its_own_land_within_the_area(split: Tiny) -> None:
    outcome = split.run("upper vale")
    assert outcome.folder.name == "upper-vale"
    with rasterio.open(outcome.folder / "status.tif") as status:
        inside = status.read(1) != 1
        west, _, _, north = status.bounds
        rows, cols = np.nonzero(inside)
    east, top = west + 100 * cols.min(), north - 100 * rows.min()
    assert (east, top) == (401000, 305000)  # the district goes on in the north, where the area ends
    assert inside.sum() == 40 * 30  # 4 km by 3 km of hectares
    record = json.loads((outcome.folder / "run.json").read_text("utf-8"))
    assert record["region"] == {"slug": "upper-vale", "title": "Upper Vale"}
    assert {"layers/districts.toml", "layers/data/districts.geojson"} <= set(record["inputs_sha256"])
    with (outcome.folder / "sites.csv").open(encoding="utf-8", newline="") as stream:
        sites = list(csv.DictReader(stream))
    assert sites
    assert {site["region"] for site in sites} <= {"West", "East"}  # an area is in a region, whatever district was asked for


def test_a_report_takes_a_district(split: Tiny) -> None:
    done = CliRunner().invoke(main, ["report", str(split.study_file), "--renew", "--region", "Upper Vale", "--workers", "1"])
    assert done.exit_code == 0, done.output
    folder = split.outputs / "plant" / "upper-vale"
    assert "Alternative site assessment: Upper Vale" in (folder / "report.html").read_text("utf-8")
    assert find_runs(split.study_file, "UPPER VALE") == (folder,)
    with pytest.raises(RunError, match="was not run"):
        find_runs(split.study_file, "lower-vale-city-of")


def test_a_region_comes_before_a_district_of_its_name_and_all_regions_are_no_districts(split: Tiny) -> None:
    study = split.study()
    area = read_features(study.layers[study.area], crs=study.crs)
    assert find_region(study, area, "west")[2].area == 3000 * 5000
    assert regions_of(study) == ("east", "west")


@pytest.mark.parametrize(
    ("asked", "nearest"),
    [
        ("Uper Vale", "'upper-vale'"),
        ("lower vale", "'lower-vale-city-of'"),
        ("eest", "'west' or 'east'"),
        ("vale", "'upper-vale' or 'lower-vale-city-of'"),
    ],
)
def test_a_name_that_is_none_lists_the_nearest_of_regions_and_districts(split: Tiny, asked: str, nearest: str) -> None:
    done = CliRunner().invoke(main, ["run", str(split.study_file), "--region", asked])
    assert done.exit_code == 2
    said = " ".join(done.output.split())
    assert f"unknown region '{asked}'" in said
    assert "Allowed: both, west, east, or one of the 4 of 'Districts'" in said
    assert f"Did you mean {nearest}" in said


def test_a_district_off_the_area_and_a_layer_without_names_are_refused(split: Tiny) -> None:
    with pytest.raises(StudyError, match="'Off Shore' lies outside 'Both'"):
        split.plan("off shore")
    split.edit("layers/districts.toml", 'id = "name"\n', "")
    with pytest.raises(StudyError, match="nothing says which column of 'districts' names its districts"):
        split.study()


def test_a_study_without_districts_says_nothing_of_them(tiny: Tiny) -> None:
    with pytest.raises(StudyError, match=r"Allowed: both, west, east\. Did you mean 'west'"):
        tiny.plan("wset")


@pytest.mark.parametrize(
    ("asked", "title", "km2"),
    [
        # Land areas of the Standard Area Measurements of the Office for National Statistics, to the square kilometre.
        ("sunderland", "Sunderland", 137),
        ("County Durham", "County Durham", 2226),
        ("kingston-upon-hull-city-of", "Kingston upon Hull, City of", 71),
        ("Isle of Anglesey", "Isle of Anglesey", 711),
    ],
)
def test_local_authorities_of_the_default_study_have_their_published_size(root: Path, asked: str, title: str, km2: float) -> None:
    study = read_study(root / "studies" / "gigafactory.toml")
    area = read_features(study.layers[study.area], crs=study.crs)
    _, found, shape = find_region(study, area, asked)
    assert found == title
    assert shapely.area(shape) / 1e6 == pytest.approx(km2, rel=0.04)  # borders are generalised
