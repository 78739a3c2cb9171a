"""Service areas: costs from one place to every cell against networkx, and polygons that hold exactly the cells within reach."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo_engine.measure import service_areas
from geo_engine.measure.travel.service_areas import reach_on_grid
from geo_engine.model import Direction, Grid, Impedance, Profile
from geo_engine.network import TravelNetwork, build_network
from tests.measure.builders import BNG, Float, at, line, lorry, roads, travel
from tests.network.directed import VAN, Directed, Street, as_features, drawn
from tests.network.test_directed import SQUARE

SEEDS, NODES, EDGES, COUNT = st.integers(0, 2**32 - 1), st.integers(2, 10), st.integers(1, 16), st.integers(0, 4)
WAYS: list[tuple[Impedance, Direction]] = [(i, d) for i in ("time", "distance", "money") for d in ("to", "from")]


def centres(grid: Grid) -> Float:
    e, n = np.meshgrid(grid.eastings(grid.whole), grid.northings(grid.whole))
    return np.stack([e.ravel(), n.ravel()], axis=1)


def truth(
    streets: list[Street], start: tuple[float, float], grid: Grid, impedance: Impedance, direction: Direction, profile: Profile = VAN
) -> Float:
    """Cost between the place, spliced in as if it were a facility, and every cell."""
    oracle = Directed(streets, profile, np.array([start]), centres(grid))
    # A journey 'from' the place to a cell is one 'from' the facility.
    costs: Float = oracle.matrix(impedance, direction)[0].reshape(grid.shape)
    return costs


@settings(max_examples=15)
@given(SEEDS, NODES, EDGES, COUNT)
def test_costs_from_one_place_are_those_of_networkx_with_the_place_spliced_in(seed: int, nodes: int, edges: int, count: int) -> None:
    streets, net, _, spots = drawn(seed, nodes, edges, count, places=2)
    west, north = streets[0].line.coords[0]
    grid = Grid(BNG, west - 1_500.0, north + 2_000.0, 500.0, 7, 8)
    for start in spots.tolist():
        for impedance, direction in WAYS:
            found = reach_on_grid(net, start[0], start[1], grid, impedance, direction)
            assert found.dtype == np.float32
            np.testing.assert_allclose(found, truth(streets, start, grid, impedance, direction), rtol=1e-6, atol=1e-5)


def test_along_the_own_link_one_way() -> None:
    net = travel(build_network(as_features(SQUARE)), [(700.0, 0.0)], profile=VAN)
    grid = Grid(BNG, 50.0, 50.0, 100.0, 1, 9)  # centres at 100, 200 ... 900 m, on the street
    out = reach_on_grid(net, 500.0, 0.0, grid, "distance", "from")[0]
    assert out.tolist() == pytest.approx([3_600.0, 3_700.0, 3_800.0, 3_900.0, 0.0, 100.0, 200.0, 300.0, 400.0], rel=1e-6)
    back = reach_on_grid(net, 500.0, 0.0, grid, "distance", "to")[0]
    assert back.tolist() == pytest.approx([400.0, 300.0, 200.0, 100.0, 0.0, 3_900.0, 3_800.0, 3_700.0, 3_600.0], rel=1e-6)


def held(net: TravelNetwork, start: tuple[float, float], limits: list[float], cell: float, direction: Direction = "from") -> None:
    """Check areas against the costs at the centres of a grid that is wider than what they say can be reached."""
    areas = service_areas(net, *start, limits, cell=cell, crs=BNG, direction=direction)
    assert [area.limit for area in areas] == limits
    corners = np.vstack([net.network.segments.T.reshape(-1, 2), [start]])
    (west, south), (east, north) = (corners.min(axis=0) - 2_000.0).tolist(), (corners.max(axis=0) + 2_000.0).tolist()
    grid = Grid.covering((west, south, east, north), cell=cell, crs=BNG)
    cost = reach_on_grid(net, start[0], start[1], grid, "time", direction).ravel()
    spots = [shapely.Point(*place) for place in centres(grid).tolist()]
    for area in areas:
        assert area.geometry.is_valid
        # Of an empty area no distance is known: it holds nothing.
        near = np.nan_to_num(np.asarray(shapely.distance(area.geometry, spots)), nan=np.inf)
        edges = np.nan_to_num(np.asarray(shapely.distance(area.geometry.boundary, spots)), nan=np.inf)
        reached = cost <= area.limit
        assert (near[reached] < 1e-6).all(), f"{(near[reached] >= 1e-6).sum()} cells within {area.limit} s lie outside"
        beyond = ~reached & (cost > area.limit * (1 + 1e-6))
        assert ((near[beyond] > 0) | (edges[beyond] < 1e-6)).all()
    for inner, outer in pairwise(areas):
        assert inner.geometry.difference(outer.geometry).area < 1e-6


@settings(max_examples=15)
@given(SEEDS, NODES, EDGES, COUNT, st.floats(30.0, 900.0), st.sampled_from(["to", "from"]))
def test_a_polygon_holds_every_cell_within_its_limit_and_none_above(
    seed: int, nodes: int, edges: int, count: int, limit: float, direction: Direction
) -> None:
    _, net, _, spots = drawn(seed, nodes, edges, count, places=1)
    held(net, tuple(spots[0].tolist()), [limit, 1.5 * limit, 4.0 * limit], 500.0, direction)


def test_far_along_a_road_without_a_junction() -> None:
    # One road of 72 km without a node on the way: 25 m/s, so that ten minutes lead 15 km along it.
    net = travel(roads([line((0, 0), (20_000, 30_000), (40_000, 0))], ["fast"]), [], profile=lorry(limit=1_000.0))
    held(net, (20_000.0, 29_900.0), [600.0, 1_200.0], 500.0)
    area = service_areas(net, 20_000.0, 29_900.0, [600.0], cell=500.0, crs=BNG)[0].geometry
    # 600 s at 25 m/s either way, less the leg of 100 m: nearly 15 km along the slope of 30 : 20.
    west, south, east, north = area.bounds
    assert 20_000.0 - west == pytest.approx(15_000.0 * 20 / 36.06, abs=600.0)
    assert 30_000.0 - south == pytest.approx(15_000.0 * 30 / 36.06, abs=700.0)
    assert east - 20_000.0 == pytest.approx(20_000.0 - west, abs=250.0)
    assert north == pytest.approx(30_000.0, abs=1_100.0)


def test_what_lies_off_the_land_is_left_out() -> None:
    net = travel(roads([line((-9_000, 0), (9_000, 0))]), [])
    land = shapely.box(-50_000.0, -50_000.0, 0.0, 50_000.0)
    whole = service_areas(net, -1_000.0, 0.0, [300.0], cell=250.0, crs=BNG)[0].geometry
    clipped = service_areas(net, -1_000.0, 0.0, [300.0], cell=250.0, crs=BNG, land=land)[0].geometry
    assert whole.bounds[2] > 1_500.0
    assert clipped.bounds[2] == pytest.approx(0.0, abs=1e-9)
    assert clipped.symmetric_difference(whole.intersection(land)).area < 1e-3 * whole.area


def test_from_a_place_off_the_network_nothing_is_reached() -> None:
    net = travel(roads([line((0, 0), (1_000, 0))]), [], profile=lorry(limit=500.0))
    for land in (None, shapely.box(-5_000, -5_000, 9_000, 9_000)):
        areas = service_areas(net, 0.0, 600.0, [900.0, 1_800.0], cell=100.0, crs=BNG, land=land)
        assert [(area.limit, area.geometry.is_empty) for area in areas] == [(900.0, True), (1_800.0, True)]


def test_an_area_may_have_holes_and_parts() -> None:
    # A ring of road 8 km wide: from its west the inside is farther off than the limit, and so is what lies round.
    ring = shapely.Point(0, 0).buffer(4_000.0).exterior
    net = travel(roads([shapely.LineString(ring)], ["fast"]), [], profile=lorry(off=2.0))
    area = service_areas(net, -4_000.0, 0.0, [700.0], cell=100.0, crs=BNG)[0].geometry
    (part,) = shapely.get_parts(area).tolist()
    assert len(part.interiors) == 1
    assert not area.contains(shapely.Point(0, 0))
    assert at((0.0, 0.0)).legs(net).metres.tolist() == pytest.approx([4_000.0], rel=0.01)
