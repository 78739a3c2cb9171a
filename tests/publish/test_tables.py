"""Tables and geometry files: what stands in them, in which unit, and that no cell is a formula."""

from __future__ import annotations

import csv
import json
import re
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely

from geo_engine.model import NotAssessed, Ranking, Result
from geo_engine.publish import best_table, gaps_sentence, write_outputs
from geo_engine.publish.tables import neutralised
from tests.publish import builders


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_sites_have_the_columns_that_are_promised(published: Path) -> None:
    rows = read(published / "sites.csv")
    assert list(rows[0]) == [
        *("rank", "site_id", "name", "region", "lon", "lat", "easting", "northing", "grid_ref", "area_ha", "score"),
        *("tier", "rank_p05", "rank_p95", "perimeter_km", "compactness", "longest_side_km"),
        *("grid_275_value_km", "grid_275_utility", "grid_275_contribution"),
        *("plants_value_min", "plants_utility", "plants_contribution"),
        *("people_value_people", "people_utility", "people_contribution"),
    ]
    second = rows[1]
    assert second["area_ha"] == "25"
    assert (second["perimeter_km"], second["compactness"], second["longest_side_km"]) == ("2", "0.7854", "0.5")  # a square of 500 m
    assert float(second["grid_275_value_km"]) == pytest.approx(3.4)
    assert float(second["plants_value_min"]) == pytest.approx(24.0)
    assert (second["tier"], second["rank_p05"], second["rank_p95"]) == ("", "", "")
    contributions = [float(second[f"{slug}_contribution"]) for slug in ("grid_275", "plants", "people")]
    assert sum(contributions) == pytest.approx(float(second["score"]))


def test_unknown_is_blank_and_unreachable_is_infinite(published: Path) -> None:
    rows = read(published / "sites.csv")
    assert rows[3]["plants_value_min"] == "inf"
    assert (rows[4]["people_value_people"], rows[4]["people_utility"]) == ("", "")


def test_text_that_a_spreadsheet_would_run_is_neutralised(published: Path) -> None:
    assert read(published / "sites.csv")[2]["name"] == "'=HYPERLINK(1)"
    rejected = read(published / "rejected.csv")[0]
    assert (rejected["name"], rejected["detail"]) == ("'+park corner", "'-12 ha of it")
    assert float(read(published / "sites.csv")[0]["lon"]) < 0  # a number stays a number


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_every_start_of_a_formula_is_known(start: str) -> None:
    assert neutralised(f"{start}1") == f"'{start}1"


def test_rejected_areas_name_the_rule(published: Path) -> None:
    rows = read(published / "rejected.csv")
    assert [(row["stage"], row["stage_name"], row["rule"]) for row in rows] == [("2", "rule", "National parks"), ("3", "size", "area")]
    assert [(row["number"], row["unit"]) for row in rows] == [("100", "%"), ("12.5", "ha")]
    assert [row["score"] for row in rows] == ["77.5", ""]


def test_demand_is_covered_or_uncovered(published: Path) -> None:
    near, far = read(published / "demand.csv")
    assert near["best_area"] == "3 km NE of Washington"
    assert (near["minutes"], near["capacity_needed_gwh_a_year"], near["vehicles_per_year"]) == ("30", "18", "300000")
    assert (far["best_area"], far["site_id"], far["minutes"], far["nearest_minutes"]) == ("uncovered", "", "", "70")


def test_geojson_is_wgs84_with_rings_as_the_standard_wants(published: Path, result: Result) -> None:
    document = json.loads((published / "sites.geojson").read_text(encoding="utf-8"))
    assert document["type"] == "FeatureCollection"
    assert "crs" not in document
    for feature, site in zip(document["features"], result.ranking.sites, strict=True):
        outline = shapely.from_geojson(json.dumps(feature["geometry"]))
        assert shapely.is_valid(outline)
        assert shapely.is_ccw(shapely.get_exterior_ring(outline))
        assert outline.contains(shapely.Point(site.lon, site.lat))
        assert feature["properties"]["site_id"] == feature["id"] == site.site_id
        assert feature["properties"]["name"] == site.name
    assert document["features"][3]["properties"]["plants_value_min"] is None


def test_geopackage_is_in_study_coordinates(published: Path, result: Result) -> None:
    frame = gpd.read_file(published / "sites.gpkg", layer="sites")
    assert frame.crs.to_epsg() == 27700
    for outline, site in zip(frame.geometry, result.ranking.sites, strict=True):
        assert outline.equals(site.geometry)
    assert list(frame["rank"]) == [1, 2, 3, 4, 5]
    assert np.isinf(frame["plants_value_min"][3])
    assert np.isnan(frame["people_value_people"][4])


def test_the_same_result_gives_the_same_bytes(published: Path, tmp_path: Path) -> None:
    told: list[str] = []
    files = write_outputs(
        builders.result(), tmp_path, record={"note": "a record", "versions": {"geo-engine": "9.9.9"}}, report_progress=told.append
    )
    assert {path.name for path in files} == {path.name for path in published.iterdir()}
    assert {path.name for path in tmp_path.iterdir()} == {path.name for path in files}
    for path in files:
        assert path.read_bytes() == (published / path.name).read_bytes(), path.name
    assert all(any(path.name in line for line in told) for path in files)


def test_nothing_found_is_still_a_full_folder(result: Result, tmp_path: Path) -> None:
    files = write_outputs(replace(result, ranking=Ranking(()), display=replace(result.display, sites=())), tmp_path, record={})
    assert len(files) == 20
    assert read(tmp_path / "sites.csv") == []
    assert json.loads((tmp_path / "sites.geojson").read_text(encoding="utf-8"))["features"] == []
    assert len(gpd.read_file(tmp_path / "sites.gpkg")) == 0


def test_the_terminal_table_and_sentence(result: Result) -> None:
    rows = best_table(result, count=2)
    assert [row["rank"] for row in rows] == ["1", "2"]
    assert rows[0]["likely"] == ""  # nothing was drawn
    assert rows[1]["strongest"] == "grid 275; plants"
    assert rows[1]["weakest"] == "plants"  # loses 6 of 30 points, as people do of 20; named first
    assert gaps_sentence(result.study) == "Not tested: flood zones, slope, energy price."
    assert gaps_sentence(result.study, most=2) == "Not tested: flood zones, slope and 1 more."
    landscapes = replace(
        result.study, gaps=(), not_assessed=(NotAssessed("National Landscapes", "because"), NotAssessed("SSSI", "because"))
    )
    assert gaps_sentence(landscapes) == "Not tested: National Landscapes, SSSI."
    assert re.fullmatch(r"\d+\.\d", rows[0]["score"])
