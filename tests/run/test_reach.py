"""Routes and isochrones from end to end in the tiny workspace: by hand, the same everywhere, gone where a study asks for none."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from tests.run import tiny as ws
from tests.run.tiny import Tiny

REACH = """\
[reach]
network = "roads"
profile = "lorry"
isochrones = ["2 min", "5 min"]
[[reach.routes]]
name = "Plant Gamma"
layer = "plants"
where = "name = 'Gamma'"
[[reach.routes]]
name = "Offshore"
layer = "stations"
where = "name = 'Offshore'"
"""
NAMES = ("routes.geojson", "isochrones.geojson", "sites.gpkg", "sites.csv", "map.html")


def with_reach(tiny: Tiny) -> Tiny:
    """One area is left: four cells about 405100 E, 302600 N. The station offshore stands on an isle with a road."""
    isle = ws.box(409000, 302000, 411000, 303000)
    wall = shapely.box(400000, 300000, 411000, 305000).difference(shapely.box(405000, 302500, 405200, 302700))
    tiny.features("parks", [({"name": "Wall"}, json.loads(shapely.to_geojson(wall)))])
    tiny.features("regions", [*ws.regions(), ({"region": "Isle"}, isle)])
    tiny.features("roads", [*ws.ROADS, ({"kind": "a_road"}, ws.line((409500, 302500), (410500, 302500)))])
    tiny.write("studies/plant.toml", ws.study_text([ws.GRID], [ws.PARK_RULE], sites='count = 1\nspacing = "1 km"\n', demand="") + REACH)
    return tiny


def rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_a_route_and_an_isochrone_by_hand(tiny: Tiny) -> None:
    """100 m off the road at 5 m/s to where a road may be entered, 1,900 m or so along it at 10 m/s."""
    folder = with_reach(tiny).run().folder
    [site] = rows(folder / "sites.csv")
    assert (float(site["easting"]), float(site["northing"])) == (405100, 302600)
    assert site["route_plant_gamma_facility"] == "Gamma"
    assert float(site["route_plant_gamma_km"]) == pytest.approx(2.0)
    assert float(site["route_plant_gamma_minutes"]) == pytest.approx(round((20 + 190) / 60, 1))
    assert [site[f"route_offshore_{what}"] for what in ("facility", "km", "minutes")] == ["", "", ""]
    routes = gpd.read_file(folder / "sites.gpkg", layer="routes")
    assert routes["route"].tolist() == ["Plant Gamma"]
    assert routes["roads"].tolist() == ["off the network 0.1 km, a road 1.9 km"]
    assert routes.geometry[0].coords[0] == (405100, 302600)
    assert routes.geometry[0].coords[-1] == (405000, 304500)
    near, far = gpd.read_file(folder / "sites.gpkg", layer="isochrones").geometry
    gamma = shapely.Point(405000, 304500)  # 210 s away
    assert far.contains(gamma)
    assert not near.contains(gamma)
    assert near.contains(shapely.Point(405100, 302600))
    assert far.contains(near)


def test_the_same_study_gives_the_same_bytes_on_one_thread_and_on_three(tiny: Tiny) -> None:
    with_reach(tiny)
    one, three = tiny.run(out=tiny.path / "one", workers=1), tiny.run(out=tiny.path / "three", workers=3)
    for name in NAMES:
        assert (one.folder / name).read_bytes() == (three.folder / name).read_bytes(), name


def test_a_study_that_asks_for_none_leaves_no_old_files(tiny: Tiny) -> None:
    folder = with_reach(tiny).run().folder
    assert (folder / "routes.geojson").exists()
    (folder / "notes.txt").write_text("mine", encoding="utf-8")
    tiny.write("studies/plant.toml", ws.study_text())
    assert tiny.run().folder == folder
    assert not (folder / "routes.geojson").exists()
    assert not (folder / "isochrones.geojson").exists()
    assert (folder / "notes.txt").exists()
    assert not [name for name in rows(folder / "sites.csv")[0] if name.startswith("route_")]
