"""Routes and isochrones in tables and geometry files: numbers by hand, outlines near what was found, the same bytes every time."""

from __future__ import annotations

import csv
import json
import math
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo_engine.model import Ranking, Reach, ServiceArea, SiteReach
from geo_engine.publish import write_outputs
from geo_engine.publish.reach import TOLERANCE, drawn_areas
from tests.publish import builders, reached
from tests.publish.pages import data_of, drawn_of

ROADS = "off the network 0.5 km, A19 12.3 km, M1 40 km, a road 0.0 km"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("reached")
    write_outputs(reached.result(), made, record={})
    return made


def features(path: Path) -> list[dict[str, object]]:
    document = json.loads(path.read_text(encoding="utf-8"))
    assert document["type"] == "FeatureCollection"
    assert "crs" not in document
    found: list[dict[str, object]] = document["features"]
    return found


def shape(feature: dict[str, object]) -> shapely.geometry.base.BaseGeometry:
    return shapely.from_geojson(json.dumps(feature["geometry"]))


def test_sites_say_facility_kilometres_and_minutes_of_each_route(folder: Path) -> None:
    with (folder / "sites.csv").open(encoding="utf-8", newline="") as stream:
        first, second, third, *_ = csv.DictReader(stream)
    assert list(first)[-9:] == [
        *("route_freight_port_facility", "route_freight_port_km", "route_freight_port_minutes"),
        *(f"route_plant_script_alert_1_script_{what}" for what in ("facility", "km", "minutes")),
        *("route_ferry_facility", "route_ferry_km", "route_ferry_minutes"),
    ]
    assert list(first.values())[-9:] == ["'=Port", "52.85", "41.3", builders.HOSTILE, "11", "10.9", "", "", ""]  # 2,480 s; 654 s
    assert list(second.values())[-9:] == list(third.values())[-9:] == [""] * 9


def test_routes_run_in_the_direction_of_travel_and_name_their_roads(folder: Path) -> None:
    port, plant = features(folder / "routes.geojson")
    assert port["properties"] == {
        "site_id": "E430250N522250",
        "rank": 1,
        "site": "3 km NE of Washington",
        "route": "Freight port",
        "facility": "=Port",
        "km": 52.85,
        "minutes": 41.3,
        "roads": ROADS,
    }
    assert port["id"] == "E430250N522250 Freight port"
    assert shape(port).coords[0] == pytest.approx(builders.degrees(*reached.BEST), abs=1e-6)
    assert shape(port).coords[-1] == pytest.approx(builders.degrees(*reached.PORT), abs=1e-6)
    assert shape(plant).coords[0] == pytest.approx(builders.degrees(*reached.TERMINAL), abs=1e-6)
    frame = gpd.read_file(folder / "sites.gpkg", layer="routes")
    assert frame.crs.to_epsg() == 27700
    assert [line.equals(drawn) for line, drawn in zip(frame.geometry, (reached.LINE, reached.FROM), strict=True)] == [True, True]
    assert frame["roads"].tolist() == [ROADS, f"{builders.HOSTILE} 11 km"]
    assert frame["km"].tolist() == [52.85, 11.0]
    assert "route_freight_port_facility" in gpd.read_file(folder / "sites.gpkg", layer="sites").columns


def test_isochrones_are_near_what_was_found_and_say_its_area(folder: Path) -> None:
    frame = gpd.read_file(folder / "sites.gpkg", layer="isochrones")
    assert frame["minutes"].tolist() == [15.0, 30.0, 15.0, 30.0]
    assert frame["site"].tolist()[0] == "3 km NE of Washington"
    # A disc of 1,980 m and one of 3,960 m; its polygon of 256 corners is 0.01 % smaller.
    assert frame["area_km2"].tolist() == pytest.approx([math.pi * 1.98**2, math.pi * 3.96**2, 0.0, 0.0], abs=0.02)
    for drawn, radius in zip(frame.geometry[:2], (1980.0, 3960.0), strict=True):
        disc = shapely.Point(reached.BEST).buffer(radius, quad_segs=64)
        assert drawn.is_valid
        assert shapely.hausdorff_distance(drawn.boundary, disc.boundary, densify=0.01) <= TOLERANCE
        assert shapely.get_num_coordinates(drawn) < 40
    on_the_web = features(folder / "isochrones.geojson")
    assert [feature["id"] for feature in on_the_web[:2]] == ["E430250N522250 15 min", "E430250N522250 30 min"]
    for feature in on_the_web[:2]:
        outline = shape(feature)
        assert outline.is_valid
        assert all(shapely.is_ccw(shapely.get_exterior_ring(part)) for part in shapely.get_parts(outline))
        assert outline.contains(shapely.Point(builders.degrees(*reached.BEST)))
    assert [shape(feature).is_empty for feature in on_the_web] == [False, False, True, True]


@given(
    waves=st.lists(st.tuples(st.integers(2, 40), st.floats(0.0, 0.2), st.floats(0.0, 6.3)), min_size=1, max_size=4),
    coast=st.floats(-4_000.0, 4_000.0),
    limits=st.permutations([900.0, 1_800.0, 2_700.0]),
)
def test_an_isochrone_is_drawn_near_itself_and_within_the_next(
    waves: list[tuple[int, float, float]], coast: float, limits: list[float]
) -> None:
    """Wavy stars with a wavy coast that cuts them all: the coast is where simplified outlines would cross."""

    def star(size: float) -> shapely.geometry.base.BaseGeometry:
        angles = [2 * math.pi * step / 720 for step in range(720)]
        radii = [size * (1 + sum(share * math.sin(count * angle + shift) for count, share, shift in waves)) for angle in angles]
        return shapely.Polygon([(r * math.cos(angle), r * math.sin(angle)) for r, angle in zip(radii, angles, strict=True)]).buffer(0)

    shore = [(coast + 300 * math.sin(north / 270) + 120 * math.sin(north / 90), float(north)) for north in range(-20_000, 20_001, 50)]
    land = shapely.Polygon([(-30_000.0, -20_000.0), *shore, (-30_000.0, 20_000.0)])
    found = [shapely.intersection(star(limit * 3.0), land) for limit in limits]
    areas = [
        ServiceArea(limit, shapely.MultiPolygon([part for part in shapely.get_parts(area) if part.geom_type == "Polygon"]))
        for limit, area in zip(limits, found, strict=True)
    ]
    drawn = drawn_areas(SiteReach("a", (), tuple(areas)))
    for area, outline in zip(areas, drawn, strict=True):
        assert outline.geom_type == "MultiPolygon"
        assert outline.is_valid
        assert outline.difference(area.geometry.buffer(TOLERANCE + 1)).is_empty
        assert area.geometry.buffer(-TOLERANCE - 1).difference(outline).is_empty
    by_limit = dict(zip(limits, drawn, strict=True))
    for less, more in ((900.0, 1_800.0), (1_800.0, 2_700.0)):
        assert by_limit[less].difference(by_limit[more]).area < 1e-3


def test_the_same_reach_gives_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    files = write_outputs(reached.result(), tmp_path, record={})
    assert {path.name for path in files} >= {"routes.geojson", "isochrones.geojson", "corridors.geojson"}
    for path in files:
        assert path.read_bytes() == (folder / path.name).read_bytes(), path.name


def test_files_are_there_for_what_the_study_asks_even_where_nothing_is_found(tmp_path: Path) -> None:
    result = reached.result()
    study = replace(result.study, connection=None, reach=Reach("roads", "lorry", (), reached.REACH.routes))
    result = replace(result, study=study, ranking=Ranking(()), display=replace(result.display, sites=()))
    names = {path.name for path in write_outputs(result, tmp_path, record={})}
    assert "routes.geojson" in names
    assert not names & {"isochrones.geojson", "corridors.geojson"}
    assert features(tmp_path / "routes.geojson") == []
    assert len(gpd.read_file(tmp_path / "sites.gpkg", layer="routes")) == 0


def test_the_pages_lines_are_those_that_were_found(folder: Path) -> None:
    text = (folder / "map.html").read_text(encoding="utf-8")
    assert builders.HOSTILE not in text
    steps, ways = data_of(text)["steps"], drawn_of(text)["ways"]
    best = ways["sites"][0]
    for route, line, end in zip(best["routes"], (reached.LINE, reached.FROM), (reached.PORT, reached.TERMINAL), strict=False):
        points = np.cumsum(np.array(route["line"][0]).reshape(-1, 2), axis=0) / steps
        np.testing.assert_allclose(points, [builders.degrees(*place)[::-1] for place in line.coords], atol=1e-5)
        assert np.array(route["at"]) / steps == pytest.approx(builders.degrees(*end)[::-1], abs=1e-5)  # at the facility
    assert best["routes"][2] is None
    assert ways["sites"][2] == {"routes": [None] * 3, "bands": [], "connection": None}


def test_a_study_that_asks_for_none_of_it_has_none(published: Path) -> None:
    assert drawn_of((published / "map.html").read_text(encoding="utf-8"))["ways"] is None
