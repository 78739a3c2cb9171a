"""The project of a run, opened by QGIS itself: every layer is there, in its place, by the names and colours of the web map."""

from __future__ import annotations

import csv
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from geo_engine.model import STATUS_OFF_AREA, Result
from geo_engine.publish import style, write_outputs
from geo_engine.publish.webmap.content import page_data
from tests.publish import builders, reached
from tests.publish.qgis.opened import ask, styled

pytestmark = pytest.mark.qgis

MASKS = [0, 2, 4, 8, 12, 1, 5, 2**31 + 4, 2**31 + 12]
"""Free; out of reach; each rule; both; without a value, also beside a rule; free by force though rules are failed."""


@pytest.fixture(scope="module")
def result() -> Result:
    """The small result with routes, isochrones and a connection, and a surface with every kind of mask, some beyond 31 bits."""
    made = reached.result()
    status, score = np.array(made.surface.status), np.array(made.surface.score)
    status[60, 150:159] = MASKS
    best = np.where(np.isnan(score), np.float32(np.nan), np.float32(0.25))
    forcing = replace(builders.CONSTRAINTS[0], name="Enterprise zone", force=True)
    return replace(
        made,
        study=replace(made.study, constraints=(*made.study.constraints, forcing)),
        surface=replace(made.surface, status=status, best=best),
    )


@pytest.fixture(scope="module")
def folder(result: Result, tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("run")
    write_outputs(result, made, record={"versions": {"geo-engine": "9.9.9"}})
    return made


@pytest.fixture(scope="module")
def opened(folder: Path) -> dict[str, Any]:
    near = [builders.WEST, builders.NORTH - 37_500, builders.WEST + 50_000, builders.NORTH]
    shade = {"rules": MASKS, "rule_0": MASKS, "only_2": MASKS, "suitability": [0, 35, 100, 27.5], "best5": [0, 0.5, 1]}
    return ask(folder / "run.qgz", render=folder / "seen.png", view=near, size=[1000, 750], only=["suitability", "land"], shade=shade)


def test_the_project_is_read_with_its_crs_title_and_first_view(opened: dict[str, Any], result: Result) -> None:
    assert opened["read"]
    assert opened["crs"] == "EPSG:27700"
    assert opened["title"] == "Small study <script>alert(1)</script>: Smallland"
    assert opened["relative"]
    west, south, east, north = result.area.bounds
    seen = opened["view"]
    assert seen[0] < west < east < seen[2]
    assert seen[1] < south < north < seen[3]
    assert "flood zones" in opened["caption"]
    assert "Contains Vehicle plants data." in opened["caption"]
    assert "not a probability" in opened["abstract"]


def test_every_layer_is_valid_and_in_the_studys_crs(opened: dict[str, Any]) -> None:
    assert len(opened["layers"]) > 25
    assert [key for key, layer in opened["layers"].items() if not layer["valid"]] == []
    assert {layer["crs"] for layer in opened["layers"].values()} == {"EPSG:27700"}


def test_names_are_those_of_the_web_map(opened: dict[str, Any], result: Result) -> None:
    page = page_data(result)
    titles = [layer["title"] for layer in opened["layers"].values()]
    for words in ("Ranked areas", "Suitability", "Names of places", "Roads", "Borders of regions"):
        assert words in titles
    assert {layer["title"] for layer in page["layers"]} <= set(titles)
    assert {rule["title"] for rule in page["rules"]} <= set(titles)
    grid = next(layer for key, layer in opened["layers"].items() if layer["title"] == f"Grid {builders.HOSTILE}")
    assert grid["rights"] == [f"Contains Grid {builders.HOSTILE} data."]
    assert grid["licences"] == ["OGL-UK-3.0"]
    assert "2024" in grid["abstract"]
    assert "0.5 km" in grid["abstract"]


def test_groups_are_those_of_the_web_map(opened: dict[str, Any]) -> None:
    assert opened["groups"]["sites"] == "Result"
    assert opened["groups"]["input_0"] == "Criteria layers"
    assert opened["groups"]["places"] == "Context"
    assert opened["groups"]["rule_0"] == "Rules"


def test_features_are_counted_as_in_the_tables(opened: dict[str, Any], folder: Path, result: Result) -> None:
    with (folder / "sites.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    layers = opened["layers"]
    assert layers["sites"]["count"] == len(rows) == 5
    assert layers["sites"]["names"] == sorted(site.name for site in result.ranking.sites)
    assert layers["routes"]["count"] == 2
    assert layers["corridors"]["count"] == 1
    assert layers["isochrones"]["subset"] == '"rank" = 1'
    assert layers["isochrones"]["count"] == 2
    assert layers["demand"]["count"] == 2
    assert layers["served"]["count"] == 1
    assert layers["region"]["count"] == 1
    assert layers["borders"]["count"] == 2
    assert [layer["count"] for layer in layers.values() if layer["title"] == "Rivers"] == [1]


def test_columns_are_shown_by_words_with_units(opened: dict[str, Any]) -> None:
    aliases = opened["layers"]["sites"]["aliases"]
    assert aliases["area_ha"] == "Area, ha"
    assert aliases["grid_275_value_km"] == "Distance to the grid (not capacity), km"
    assert aliases["people_contribution"] == "People near: points of 100"
    assert aliases["route_freight_port_minutes"] == "Freight port: minutes"
    assert opened["layers"]["isochrones"]["aliases"]["area_km2"] == "Area, km²"


def test_colours_are_those_of_the_style_file(opened: dict[str, Any]) -> None:
    layers = opened["layers"]
    assert layers["suitability"]["items"] == [[stop, colour, 255, f"{stop:g}"] for stop, colour in style.SCORE_STOPS]
    halfway = [(a + b) / 2 for a, b in ((0xDD, 0xAB), (0xE0, 0xD0), (0xA0, 0x95))]
    assert layers["suitability"]["shades"]["27.5"] == pytest.approx([*halfway, 255], abs=0.5)
    assert layers["best5"]["shades"]["1"] == layers["suitability"]["shades"]["100"] == [0x1F, 0x1C, 0x52, 255]
    inputs = [layer for key, layer in layers.items() if key.startswith("input_")]
    drawn = {layer["title"]: layer["colours"] for layer in inputs}
    assert drawn[f"Grid {builders.HOSTILE}"] == [style.SYMBOLS[0].colour]
    assert drawn["Vehicle plants"] == [style.SYMBOLS[1].colour]
    assert drawn["Labour"] == [style.SYMBOLS[2].colour]
    assert drawn["National parks"] == [style.SYMBOLS[3].colour]
    assert drawn["Rivers"] == [style.LINE_COLOURS[0]]
    assert layers["routes"]["classes"] == [wish.name for wish in reached.REACH.routes]
    assert [float(limit) for limit in layers["isochrones"]["classes"]] == [15, 30]
    assert layers["isochrones"]["colours"] == list(style.band_colours(2))
    assert layers["sea"]["colours"] == [style.SEA]
    assert layers["sites"]["labels"]
    assert layers["places"]["labels"]


def test_the_mask_of_rules_is_shown_by_class_also_beyond_31_bits(opened: dict[str, Any]) -> None:
    def colour(text: str) -> list[int]:
        return [int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16), 255]

    park, town = (colour(rule.colour) for rule in style.RULE_STYLES[:2])
    unknown, forced = colour(style.UNKNOWN_LAND.colour), colour(style.FORCED_LAND.colour)
    expected = [colour(style.FREE_LAND), colour(style.UNREACHABLE_LAND.colour), park, town, colour(style.ALL_RULES.colour)]
    shades = opened["layers"]["rules"]["shades"]
    assert [shades[str(mask)] for mask in MASKS] == [*expected, unknown, unknown, forced, forced]
    veiled = opened["layers"]["rule_0"]["shades"]
    assert [mask for mask in MASKS if veiled[str(mask)]] == [4, 8, 12, 5]  # what is free by force is not restricted
    only = opened["layers"]["only_2"]["shades"]
    assert [mask for mask in MASKS if only[str(mask)]] == [4, 5]


def test_the_legend_has_one_entry_a_class_however_many_masks_it_has(opened: dict[str, Any]) -> None:
    legends = opened["legends"]
    assert legends["rules"] == [
        "Free of the rules tested",
        "Free, and unreachable over the network",
        "Free by force: Enterprise zone",
        "National parks",
        "Town core (estimate)",
        "Several rules",
        "No score: a value is unknown",
    ]
    assert legends["rule_0"] == ["Restricted land, any rule"]
    assert legends["routes"] == [wish.name for wish in reached.REACH.routes]
    assert legends["isochrones"] == ["Within 15 min", "Within 30 min"]
    assert legends["demand"] == ["Covered", "Uncovered"]


def test_what_is_drawn_lies_where_the_numbers_are(opened: dict[str, Any], folder: Path, result: Result) -> None:
    """Five pixels a cell: the best cells have the ramp's end, the others its beginning, both at 88 % over the land's colour."""
    assert opened["errors"] == []
    with Image.open(folder / "seen.png") as picture:
        seen = np.asarray(picture.convert("RGB"), dtype=int)[2::5, 2::5]

    def over(colour: str) -> list[float]:
        parts = zip((1, 3, 5), (1, 3, 5), strict=True)
        return [0.88 * int(colour[i : i + 2], 16) + 0.12 * int(style.LAND[j : j + 2], 16) for i, j in parts]

    score, status = np.asarray(result.surface.score), np.asarray(result.surface.status)
    best = score == 100
    none = (score == 0) & (status != STATUS_OFF_AREA)
    np.testing.assert_allclose(seen[best], np.tile(over("#1f1c52"), (int(best.sum()), 1)), atol=2)
    np.testing.assert_allclose(seen[none], np.tile(over("#fff8dc"), (int(none.sum()), 1)), atol=2)
    sea = [int(style.SEA[at : at + 2], 16) for at in (1, 3, 5)]
    np.testing.assert_array_equal(seen[status == STATUS_OFF_AREA], np.tile(sea, (int((status == STATUS_OFF_AREA).sum()), 1)))


@pytest.mark.parametrize(("name", "key"), [("suitability", "suitability"), ("status", "rules"), ("best5", "best5")])
def test_a_raster_opened_alone_takes_up_the_style_beside_it(opened: dict[str, Any], folder: Path, name: str, key: str) -> None:
    found = styled(folder / f"{name}.tif", folder / f"{name}.qml", raster=True)
    assert found["loaded"], found["message"]
    assert found["layer"]["items"] == opened["layers"][key]["items"]


def test_a_folder_that_is_moved_opens_as_well(folder: Path, tmp_path: Path) -> None:
    moved = tmp_path / "else where é"
    shutil.copytree(folder, moved)
    found = ask(moved / "run.qgz")
    assert all(layer["valid"] for layer in found["layers"].values())
    assert all(str(moved) in layer["source"] for layer in found["layers"].values())


def test_the_first_view_shows_areas_over_the_surface_and_nothing_of_the_inputs(folder: Path, tmp_path: Path) -> None:
    alone = tmp_path / "run"
    shutil.copytree(folder, alone)
    found = ask(alone / "run.qgz")
    assert set(found["on"]) == {"sites", "places", "roads", "borders", "region", "sea", "rule_0", "suitability", "land", "ground"}


def test_a_study_without_ways_demand_or_sites_opens_too(tmp_path: Path) -> None:
    small = builders.result()
    bare = replace(
        small, ranking=type(small.ranking)(()), display=replace(small.display, sites=()), study=replace(small.study, demand=None)
    )
    write_outputs(bare, tmp_path, record={})
    found = ask(tmp_path / "run.qgz")
    assert found["read"]
    assert all(layer["valid"] for layer in found["layers"].values())
    assert found["layers"]["sites"]["count"] == 0
    assert not {"routes", "isochrones", "corridors", "demand"} & set(found["layers"])
