"""Studies that measure the land: rankings by tiles of any size, rivals and sites judged by the same numbers, every verb."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest
import shapely

from geo_engine.errors import StudyError
from geo_engine.measure import PointPlaces, TilePlaces
from geo_engine.run import RunOutcome, ask_sensitivity, check_plan, explain, show_layer
from geo_engine.run.tiles import measure_places
from tests.measure.builders import same_bits
from tests.publish.pages import data_of
from tests.run.land import LAND, criterion_of, landed
from tests.run.tiny import Tiny, study_text

CRITERIA = tuple(criterion_of(key, body) for key, body in LAND.items())


def rule_of(name: str, body: str) -> str:
    return f'[[constraints]]\nname = "{name}"\n{body}\n'


RULES = (
    rule_of("Too steep", 'layer = "heights"\nmeasure = "slope"\nunit = "%"\nkeep = { max = "15 %" }'),
    rule_of("Near wood", 'layer = "cover"\nmeasure = "class_distance"\nclasses = [3]\nwithin = "2 km"\nkeep = { min = "100 m" }'),
    rule_of("In a zone", 'layer = "zones"\nmeasure = "coverage"\nkeep = { max = "50 %" }'),
    rule_of("Crowded", 'layer = "towns"\nmeasure = "kernel_density"\nsize = "people"\nwithin = "1 km"\nkeep = { max = 5000 }'),
)


@pytest.fixture(scope="module")
def hills(tmp_path_factory: pytest.TempPathFactory) -> tuple[Tiny, RunOutcome]:
    made = landed(Tiny.make(tmp_path_factory.mktemp("land") / "ws"))
    made.write("studies/plant.toml", study_text(CRITERIA, RULES))
    return made, made.run()


def at_places(tiny: Tiny, *places: tuple[float, float]) -> dict[str, list[float]]:
    plan = tiny.plan()
    e, n = np.array(places).T
    found = measure_places(plan, PointPlaces(e.copy(), n.copy()))
    return {criterion.slug: quantity.tolist() for criterion, quantity in zip(plan.study.criteria, found, strict=True)}


def test_quantities_are_those_of_the_head(hills: tuple[Tiny, RunOutcome]) -> None:
    """West it rises 10 % to the north and falls to the south, east 20 % and falls to the west; squares of a kilometre."""
    found = at_places(hills[0], (401_550.0, 302_550.0), (404_550.0, 301_550.0), (401_050.0, 303_950.0))
    np.testing.assert_allclose(found["slope"], [10.0, 20.0, 10.0], rtol=1e-4)
    np.testing.assert_allclose(found["aspect"], [0.0, 90.0, 0.0], atol=1e-3)  # off south
    assert found["arable"][1] == 1.0  # (404 + 301) % 4 is 1: arable, and 400 m is not beyond the square
    np.testing.assert_allclose(found["wood"], [0.0, 450.0 * np.sqrt(2.0), 50.0])  # 703 is wood; 705 is not, but 707 at its corner
    np.testing.assert_allclose(found["zone"], [0.0, 1.0, 0.7], atol=1e-6)  # the strip takes 70 m of the cell
    np.testing.assert_allclose(found["zone_about"][1], 1.0 - 2 * _segment(450.0) - 2 * _segment(550.0), atol=1e-6)
    north, east = np.array([2_050.0, 1_050.0]), np.array([1_050.0, 2_950.0])
    away = np.hypot(north, east)
    kernel = 3e6 / (np.pi * 9e6) * np.clip(1 - (away / 3_000.0) ** 2, 0, None) ** 2
    np.testing.assert_allclose(found["people"][0], (kernel * [3_000, 9_000]).sum(), rtol=1e-5)


def _segment(height: float, radius: float = 500.0) -> float:
    """Share of a disc beyond a line at a height."""
    if height >= radius:
        return 0.0
    angle = np.arccos(height / radius)
    return float((angle - np.sin(angle) * np.cos(angle)) / np.pi)


def test_tiles_and_points_say_the_same_whatever_the_tile(hills: tuple[Tiny, RunOutcome]) -> None:
    plan = hills[0].plan()
    grid = plan.grid
    e, n = np.meshgrid(grid.eastings(grid.whole), grid.northings(grid.whole))
    at_points = measure_places(plan, PointPlaces(e.ravel(), n.ravel()))
    for side in (512, 17):
        for tile in grid.tiles(side):
            for whole, part in zip(at_points, measure_places(plan, TilePlaces(grid, tile)), strict=True):
                assert same_bits(whole.reshape(grid.shape)[tile.window], part)


def test_tiles_of_any_size_and_any_number_of_workers_leave_the_same_land(hills: tuple[Tiny, RunOutcome]) -> None:
    tiny, outcome = hills
    other = tiny.solve(tile_side=13, workers=1)
    ours, theirs = outcome.result.surface, other.surface
    assert same_bits(np.asarray(theirs.score), np.asarray(ours.score))
    assert same_bits(np.asarray(theirs.status), np.asarray(ours.status))
    assert [site.site_id for site in other.ranking.sites] == [site.site_id for site in outcome.result.ranking.sites]


def test_rules_keep_what_they_say(hills: tuple[Tiny, RunOutcome]) -> None:
    """East of the ridge it is steeper than 15 %; at the ridge the slope is between. A quarter of the squares are wood."""
    outcome = hills[1]
    assert outcome.result.hectares["Too steep"] == pytest.approx(1_500.0, abs=60.0)
    assert outcome.result.hectares["In a zone"] == pytest.approx(100.0 + 30.0, abs=5.0)
    assert outcome.result.hectares["Crowded"] > 0
    assert all(site.easting < 403_000.0 for site in outcome.result.ranking.sites)


def test_tables_columns_maps_and_words_carry_the_units(hills: tuple[Tiny, RunOutcome]) -> None:
    tiny, outcome = hills
    with (outcome.folder / "sites.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    first = {key for key in rows[0] if "_value" in key}
    assert first == {
        *("slope_value_percent", "aspect_value_degrees", "arable_value_percent", "wood_value_km", "zone_value_percent"),
        *("zone_about_value_percent", "people_value_people_per_km2", "roads_value_km_per_km2"),
    }
    assert 0.0 <= float(rows[0]["arable_value_percent"]) <= 100.0
    assert float(rows[0]["slope_value_percent"]) == pytest.approx(10.0, rel=1e-3)
    answer = explain(tiny.stored(), "1")
    assert {part.slug: part.unit for part in answer.contributions}["arable"] == "share"
    units = data_of((outcome.folder / "map.html").read_text(encoding="utf-8"))["live"]["units"]
    assert (units["share"], units["degrees"], units["people per km2"]) == (["%", 0.01], ["degrees", 1.0], ["people per km2", 1.0])


def test_the_draws_of_the_data_move_rasters_and_polygons_and_keep_what_is_certain(hills: tuple[Tiny, RunOutcome]) -> None:
    record = json.loads((hills[1].folder / "run.json").read_text(encoding="utf-8"))
    uncertain = record["robustness"]["uncertain"]
    assert uncertain == {
        **{key: ["positions"] for key in ("slope", "aspect", "arable", "wood", "zone", "zone_about")},
        **{key: [] for key in ("people", "roads")},
    }


def test_check_tells_what_is_looked_at(hills: tuple[Tiny, RunOutcome]) -> None:
    report = check_plan(hills[0].plan(), workers=2)
    measured = [row.measured for row in report.criteria]
    assert "class_share of cover (classes 2; within 400 m)" in measured
    assert "aspect of heights (off 180 degrees)" in measured
    assert "kernel_density of towns (within 3 km; by people)" in measured
    assert any("keep slope of heights" in row.measured and row.worth == "to 15 %" for row in report.rules)
    assert "linear: worst 0 %, best 100 %" in [row.worth for row in report.criteria]


def test_a_value_that_goes_on_where_the_distance_is_not_looked_for_is_warned_of(tiny: Tiny) -> None:
    landed(tiny).write("studies/plant.toml", study_text([criterion_of("wood", LAND["wood"])], demand=""))
    assert not [text for text in check_plan(tiny.plan(), workers=2).warnings if "within" in text]
    tiny.edit("studies/plant.toml", 'within = "3 km"', 'within = "2 km"')
    (warning,) = [text for text in check_plan(tiny.plan(), workers=2).warnings if "within" in text]
    assert warning.startswith("criterion 'The wood' is told as 2 km wherever no such cell is nearer")


def test_layers_show_names_who_measures_by_a_raster(hills: tuple[Tiny, RunOutcome]) -> None:
    view = show_layer(hills[0].path, "heights", crs=None, draw=False)
    assert [use.what for use in view.uses] == ["criterion 'The slope'", "criterion 'The aspect'", "rule 'Too steep'"]


def test_every_input_can_be_moved_one_at_a_time(hills: tuple[Tiny, RunOutcome]) -> None:
    answer = ask_sensitivity(hills[1].folder)
    assert {move.criterion for move in answer.moves} == {f"The {key}" for key in LAND}


def test_a_region_alone_is_measured_as_in_the_whole(hills: tuple[Tiny, RunOutcome], tmp_path: Path) -> None:
    tiny, outcome = hills
    alone = tiny.run("west", out=tmp_path / "west").result.surface
    whole = outcome.result.surface
    (row,), (col,) = whole.grid.cells_at(np.array([alone.grid.west + 1.0]), np.array([alone.grid.north - 1.0]))
    part = whole.score[row : row + alone.grid.rows, col : col + alone.grid.cols]
    own = np.asarray(alone.score)
    both = ~np.isnan(part) & ~np.isnan(own)
    assert both.sum() > 1_000
    assert same_bits(part[both], own[both])


@pytest.mark.parametrize(
    ("rule", "fault"),
    [
        ('layer = "heights"\nmeasure = "slope"\nkeep = { max = "8 %" }', "unknown unit '%' of angle"),
        ('layer = "heights"\nmeasure = "slope"\nunit = "%"\nkeep = { max = "8 degrees" }', "unknown unit 'degrees' of percent"),
        ('layer = "heights"\nmeasure = "slope"\nunit = "rise"', "unknown unit 'rise'"),
        ('layer = "cover"\nmeasure = "slope"', "slope needs to know the unit of the heights"),
        ('layer = "zones"\nmeasure = "slope"', "is of geometry 'polygons', here it takes raster"),
        ('layer = "heights"\nmeasure = "aspect"\nfacing = "up"', "facing is no direction"),
        ('layer = "heights"\nmeasure = "aspect"\nfacing = 360', "facing is no direction"),
        ('layer = "cover"\nmeasure = "class_share"\nclasses = []\nwithin = "1 km"', "'classes' is empty"),
        ('layer = "cover"\nmeasure = "class_share"\nclasses = ["a"]\nwithin = "1 km"', "is not a whole number"),
        ('layer = "cover"\nmeasure = "class_share"\nclasses = [1]', "'within' is missing"),
        (
            'layer = "cover"\nmeasure = "class_distance"\nclasses = [1]\nwithin = "1 km"\nkeep = { min = "2 km" }',
            "keep asks for a distance that is not looked so far for",
        ),
        (
            'layer = "cover"\nwhere = "a = 1"\nmeasure = "class_share"\nclasses = [1]\nwithin = "1 km"',
            "it takes no where",
        ),
        ('layer = "roads"\nmeasure = "coverage"', "here it takes polygons"),
        ('layer = "zones"\nmeasure = "coverage"\nwithin = "0 m"', "is out of range"),
        (
            'layer = "towns"\nmeasure = "kernel_density"\nwithin = "1 km"\nunit = "people"',
            "says nothing without a size",
        ),
        ('layer = "zones"\nmeasure = "kernel_density"\nwithin = "1 km"', "here it takes points or lines or network"),
    ],
)
def test_what_makes_no_sense_is_refused_with_its_place(tiny: Tiny, rule: str, fault: str) -> None:
    keep = "" if "keep" in rule else "\nkeep = { max = 1 }"
    landed(tiny).write("studies/plant.toml", study_text(rules=[rule_of("Rule", rule + keep)]))
    with pytest.raises(StudyError, match="constraints"):
        tiny.study()
    with pytest.raises(StudyError) as caught:
        tiny.study()
    assert fault in str(caught.value)
    assert all(each.where.startswith("studies/plant.toml:") for each in caught.value.faults)


def test_a_need_is_told_by_what_covers_the_place(tiny: Tiny) -> None:
    """A disc of 1 km has 314 ha: half of it in the zone is 157 ha."""
    text = study_text(
        demand='[[facility.needs]]\nname = "open land"\neach = "20 ha-"\nsource = "s"\nrequired = true\n'
        'test = { measure = "coverage", layer = "zones", within = "1 km", each = "314.159 ha-", source = "s" }\n'
    )
    landed(tiny).write("studies/plant.toml", text)
    result = tiny.solve()
    e, n = result.ranking.sites[0].easting, result.ranking.sites[0].northing
    zones = shapely.union_all([shapely.box(404000, 301000, 405000, 302000), shapely.box(401030, 300970, 401110, 304010)])
    disc = shapely.Point(e, n).buffer(1_000.0, quad_segs=256)
    (answer,) = [each for each in result.ranking.needs[0] if each.need == "open land"]
    assert answer.there == pytest.approx(disc.intersection(zones).area / 1e4, rel=1e-3)
    assert answer.state == "met"
    assert answer.there >= answer.wanted == 80.0
