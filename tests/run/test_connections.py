"""Connections from end to end in the tiny workspace: routes by hand, columns, files, notes, and none of it without a connection."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import geopandas as gpd
import numpy as np
import pyproj
import pytest
import shapely

from geo_engine.model import Corridor, NoCorridor
from geo_engine.run import check_plan, view_catalogue
from tests.run import tiny as ws
from tests.run.tiny import Tiny

CONNECTION = """\
[connection]
layer = "stations"
where = "kv >= 275"
within = "6 km"
currency = "GBP million"
[[connection.multipliers]]
name = "Parks"
layer = "parks"
factor = 3
why = "underground"
[[connection.multipliers]]
name = "Zones"
layer = "zones"
barrier = true
why = "a test"
[[connection.costs]]
name = "Overhead line"
low = 2.0
high = 4.0
covers = "building"
source = "judgement"
year = 2012
"""
COLUMNS = [
    *("connection_target", "connection_km", "connection_weighted_km"),
    *("connection_cost_low_indicative_gbp_million", "connection_cost_high_indicative_gbp_million", "connection_remark"),
]


def joined(tiny: Tiny, connection: str = CONNECTION, sites: str = 'count = 5\nspacing = "1 km"\n') -> Tiny:
    tiny.write("studies/plant.toml", ws.study_text(sites=sites) + connection)
    return tiny


def rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_a_corridor_by_hand(tiny: Tiny) -> None:
    """All is park but four cells in the east; the station stands 3,950 m west of their edge, with a zone of three cells between."""
    wall = shapely.box(400000, 300000, 406000, 305000).difference(shapely.box(405000, 302500, 405200, 302700))
    tiny.features("parks", [({"name": "Wall"}, json.loads(shapely.to_geojson(wall)))])
    tiny.features("zones", [({"name": "Z"}, ws.box(403000, 300000, 403300, 305000))])
    tiny.features("stations", [({"name": "S", "kv": 400}, ws.point(401050, 302550))])
    connection = CONNECTION.replace("factor = 3", "factor = 1").replace("barrier = true", "factor = 3")
    text = ws.study_text([ws.GRID], [ws.PARK_RULE], sites='count = 1\nspacing = "1 km"\n', demand="")
    tiny.write("studies/plant.toml", text + connection)
    ranking = tiny.solve().ranking
    [site], [corridor] = ranking.sites, ranking.corridors
    assert isinstance(corridor, Corridor)
    assert (corridor.site_id, corridor.target, corridor.accuracy_m) == (site.site_id, "S", 100)
    assert (corridor.straight_m, corridor.length_m, corridor.weighted_m) == pytest.approx((3950, 4000, 4000 + 2 * 300))
    assert (corridor.cost_low, corridor.cost_high) == pytest.approx((9.2, 18.4))
    assert dict(corridor.crosses)["Zones"] == pytest.approx(300)
    assert [tuple(place) for place in corridor.geometry.coords] == [(405050, 302550), (401050, 302550)]  # along a row of cells


def test_every_site_has_a_corridor_and_its_numbers_agree_everywhere(tiny: Tiny) -> None:
    outcome = joined(tiny).run()
    ranking, folder = outcome.result.ranking, outcome.folder
    assert len(ranking.sites) == 5
    assert [answer.site_id for answer in ranking.corridors] == [site.site_id for site in ranking.sites]
    table, lines = rows(folder / "sites.csv"), gpd.read_file(folder / "sites.gpkg", layer="corridors")
    assert list(table[0])[-len(COLUMNS) :] == COLUMNS
    features = json.loads((folder / "corridors.geojson").read_text(encoding="utf-8"))["features"]
    degrees = pyproj.Transformer.from_crs("EPSG:27700", "EPSG:4326", always_xy=True)
    assert len(table) == len(lines) == len(features) == 5
    for answer, row, line, feature, site in zip(ranking.corridors, table, lines.itertuples(), features, ranking.sites, strict=True):
        assert isinstance(answer, Corridor)
        assert row["connection_target"] == line.target == feature["properties"]["target"] == answer.target
        assert (
            float(row["connection_km"])
            == line.length_km
            == feature["properties"]["length_km"]
            == pytest.approx(answer.length_m / 1000, abs=5e-4)
        )
        assert float(row["connection_cost_low_indicative_gbp_million"]) == pytest.approx(2 * answer.weighted_m / 1000, rel=5e-3)
        assert line.cost_high_indicative_gbp_million == pytest.approx(4 * answer.weighted_m / 1000, rel=5e-3)
        assert line.cost_basis == "indicative: Overhead line (2012)"
        assert (feature["id"], line.rank) == (site.site_id, site.rank)
        assert line.geometry.equals(answer.geometry)
        assert feature["geometry"]["type"] == "LineString"
        east, north = np.array(answer.geometry.coords[-1])
        assert feature["geometry"]["coordinates"][-1] == pytest.approx(degrees.transform(east, north), abs=1e-6)
        assert site.geometry.contains(shapely.Point(answer.geometry.coords[0]))
        outside = answer.geometry.difference(site.geometry)  # an area may lie in the zone, which is a barrier to lines
        assert not outside.intersects(shapely.box(404001, 301001, 404999, 301999))
    record = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    assert record["found"]["corridors"] == 5
    assert record["study"]["connection"]["multipliers"][1]["factor"] == "inf"
    assert record["study"]["connection"]["costs"][0]["source"] == "judgement"
    assert "indicative" in record["notes"][-1]


def test_the_same_study_gives_the_same_bytes_on_one_thread_and_on_three(tiny: Tiny) -> None:
    joined(tiny)
    one, three = tiny.run(out=tiny.path / "one", workers=1), tiny.run(out=tiny.path / "three", workers=3)
    for name in ("corridors.geojson", "sites.gpkg", "sites.csv", "run.json"):
        assert (one.folder / name).read_bytes() == (three.folder / name).read_bytes(), name


def test_an_area_without_a_way_is_blank_and_says_why(tiny: Tiny) -> None:
    """Only the offshore station is left to join: nothing leads over the sea."""
    outcome = joined(tiny, CONNECTION.replace('"kv >= 275"', "\"name = 'Offshore'\"").replace("6 km", "20 km")).run()
    answers = outcome.result.ranking.corridors
    assert {type(answer) for answer in answers} == {NoCorridor}
    for row in rows(outcome.folder / "sites.csv"):
        assert [row[name] for name in COLUMNS] == ["", "", "", "", "", "no way over open land within 20 km to Offshore"]
    assert outcome.result.ranking.notes[-1].startswith("No connection corridor for ")
    assert json.loads((outcome.folder / "corridors.geojson").read_text(encoding="utf-8"))["features"] == []
    assert len(gpd.read_file(outcome.folder / "sites.gpkg", layer="corridors")) == 0
    far = joined(tiny, CONNECTION.replace('"kv >= 275"', "\"name = 'Offshore'\"").replace("6 km", "2 km")).solve().ranking.corridors
    assert all(isinstance(answer, NoCorridor) and answer.reason.startswith("nothing to join to within 2 km") for answer in far)


def test_a_connection_without_costs_has_no_columns_of_money(tiny: Tiny) -> None:
    outcome = joined(tiny, '[connection]\nlayer = "stations"\nwithin = "6 km"\n').run()
    columns = list(rows(outcome.folder / "sites.csv")[0])
    assert columns[-4:] == ["connection_target", "connection_km", "connection_weighted_km", "connection_remark"]
    assert not [name for name in gpd.read_file(outcome.folder / "sites.gpkg", layer="corridors").columns if "cost" in name]


def test_a_study_without_a_connection_is_as_before_and_leaves_no_old_corridors(tiny: Tiny) -> None:
    folder = joined(tiny).run().folder
    assert (folder / "corridors.geojson").exists()
    tiny.write("studies/plant.toml", ws.study_text())
    outcome = tiny.run()
    assert outcome.folder == folder
    assert not (folder / "corridors.geojson").exists()
    assert outcome.result.ranking.corridors == ()
    assert not [name for name in rows(folder / "sites.csv")[0] if "connection" in name]
    assert "corridors" not in json.loads((folder / "run.json").read_text(encoding="utf-8"))["found"]


def test_a_run_with_corridors_is_taken_up_again(tiny: Tiny) -> None:
    joined(tiny).run()
    stored = tiny.stored()
    assert len(stored.sites) == 5
    assert stored.changed == ()


def test_no_area_at_all_leaves_empty_corridors(tiny: Tiny) -> None:
    joined(tiny).features("parks", [({"name": "All"}, ws.box(399000, 299000, 407000, 306000))])
    outcome = tiny.run()
    assert outcome.result.ranking.corridors == ()
    assert json.loads((outcome.folder / "corridors.geojson").read_text(encoding="utf-8"))["features"] == []


def test_check_says_what_a_connection_means(tiny: Tiny) -> None:
    report = check_plan(joined(tiny).plan(), workers=1)
    assert [(row.name, row.worth) for row in report.connection] == [
        ("Joined to", "cheapest of the 5 nearest within 6 km"),
        ("Parks", "3 times"),
        ("Zones", "barrier"),
        ("Overhead line", "2 to 4 GBP million a km"),
    ]
    assert report.connection[-1].unknown == "indicative"
    tiny.write("studies/plant.toml", ws.study_text())
    assert check_plan(tiny.plan(), workers=1).connection == ()


def test_the_catalogue_knows_who_uses_a_connection_s_layers(tiny: Tiny) -> None:
    text = ws.study_text([ws.PLANT], [], demand="")
    tiny.write("studies/plant.toml", text)
    assert view_catalogue(tiny.path).used_by["parks"] == ()
    tiny.write("studies/plant.toml", text + CONNECTION)
    used = view_catalogue(tiny.path).used_by
    assert used["parks"] == used["stations"] == used["zones"] == ("plant",)
