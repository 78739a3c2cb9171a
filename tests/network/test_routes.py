"""Routes: their parts add up, their line runs along the roads from the place to the facility, the way traffic may go."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo_engine.measure.travel.travelled import prepare_nearest
from geo_engine.model import Direction, Impedance, Route
from geo_engine.network import RouteFinder, TravelNetwork, build_network, travel_network
from tests.measure.builders import at, line, lorry, roads, travel
from tests.network.directed import VAN, Street, as_features, drawn
from tests.network.test_directed import SQUARE, street

SEEDS, NODES, EDGES, COUNT = st.integers(0, 2**32 - 1), st.integers(2, 11), st.integers(1, 20), st.integers(1, 6)
WAYS: list[tuple[Impedance, Direction]] = [(i, d) for i in ("time", "distance", "money") for d in ("to", "from")]
NEAR = 1e-3  # metres: coordinates lie a million metres from the origin


def found(net: TravelNetwork, place: tuple[float, float], impedance: Impedance = "time", direction: Direction = "to") -> Route:
    route = RouteFinder(net, "plants", impedance, direction).find(*place)
    assert route is not None
    return route


def drawn_line(route: Route) -> str:
    """The line as text, to a millimetre."""
    return shapely.remove_repeated_points(shapely.set_precision(route.geometry, 1e-3, mode="pointwise"), 1e-3).wkt


def names(route: Route) -> list[tuple[str, str]]:
    return [(part.name, part.road_class) for part in route.parts]


def stretches(route: Route, streets: list[Street]) -> list[tuple[int, float]]:
    """Tell (street, drawn metres) of each part of a route that is on the network."""
    out = []
    for part in route.parts:
        if part.name:
            number = int(part.name.removeprefix("road "))
            out.append((number, part.metres / streets[number].metres * streets[number].line.length))
    return out


@settings(max_examples=25)
@given(SEEDS, NODES, EDGES, COUNT)
def test_parts_add_up_to_the_cost_and_the_line_is_made_of_the_roads(seed: int, nodes: int, edges: int, count: int) -> None:
    streets, net, oracle, spots = drawn(seed, nodes, edges, count, places=6)
    there = net.facilities["plants"]
    for impedance, direction in WAYS:
        finder = RouteFinder(net, "plants", impedance, direction)
        cost = prepare_nearest(net, "plants", impedance, direction=direction)(at(*spots.tolist()))
        matrix = oracle.matrix(impedance, direction)
        for i, (e, n) in enumerate(spots.tolist()):
            route = finder.find(e, n)
            if route is None:
                assert np.isinf(cost[i])
                continue
            assert route.cost == pytest.approx(float(cost[i]), rel=1e-6, abs=1e-5)
            number = there.names.index(route.facility)
            assert route.cost == pytest.approx(matrix[number, i], rel=1e-9, abs=1e-5)
            assert route.metres == pytest.approx(sum(part.metres for part in route.parts), abs=1e-9)
            assert route.seconds == pytest.approx(sum(part.seconds for part in route.parts), abs=1e-9)
            assert {"time": route.seconds, "distance": route.metres}.get(impedance, route.cost) == pytest.approx(route.cost)
            assert route.unit == {"time": "s", "distance": "m", "money": "EUR"}[impedance]
            here, plant = (e, n), (float(there.easting[number]), float(there.northing[number]))
            corners = shapely.get_coordinates(route.geometry)
            begin, end = (here, plant) if direction == "to" else (plant, here)
            assert corners[0].tolist() == list(begin)
            assert corners[-1].tolist() == list(end)
            # As long as the drawn roads that it says it takes, and the straight legs; and on them.
            legs = net.legs_at(np.array([e]), np.array([n])).metres[0] + there.metres[number]
            walked = sum(metres for _, metres in stretches(route, streets))
            assert route.geometry.length == pytest.approx(walked + legs, rel=1e-9, abs=NEAR)
            used = shapely.union_all([streets[number].line for number, _ in stretches(route, streets)])
            if not used.is_empty and route.geometry.length > legs + 1.0:
                assert route.geometry.difference(used.buffer(NEAR)).length == pytest.approx(legs, abs=10 * NEAR + 0.01)


def test_each_road_of_a_route_is_told_with_its_length_and_time() -> None:
    net = travel(roads([line((0, 0), (3_000, 0)), line((3_000, 0), (3_000, 5_000))], ["slow", "fast"]), [(3_200.0, 2_500.0)])
    route = found(net, (1_000.0, -100.0))
    off = ("", "off the network")
    assert names(route) == [off, ("road 0", "slow"), ("road 1", "fast"), off]
    assert [part.metres for part in route.parts] == pytest.approx([150.0, 2_000.0, 2_500.0, 300.0])
    assert [part.seconds for part in route.parts] == pytest.approx([15.0, 200.0, 100.0, 30.0])
    assert (route.metres, route.seconds, route.cost) == pytest.approx((4_950.0, 345.0, 345.0))
    assert (route.facility, route.unit) == ("plant 0", "s")
    assert drawn_line(route) == "LINESTRING (1000 -100, 1000 0, 3000 0, 3000 2500, 3200 2500)"
    back = found(net, (1_000.0, -100.0), direction="from")
    assert names(back) == names(route)[::-1]
    assert back.geometry.equals_exact(route.geometry.reverse(), 0.0)


def test_a_route_through_one_way_streets_goes_the_way_of_the_traffic() -> None:
    net = travel(build_network(as_features(SQUARE)), [(250.0, 0.0)], profile=VAN)
    route = found(net, (260.0, 0.0), "distance")
    assert drawn_line(route) == "LINESTRING (260 0, 1000 0, 1000 1000, 0 1000, 0 0, 250 0)"
    assert names(route) == [("road 0", "slow"), ("road 1", "slow"), ("road 2", "slow"), ("road 3", "slow"), ("road 0", "slow")]
    assert drawn_line(found(net, (260.0, 0.0), "distance", "from")) == "LINESTRING (250 0, 260 0)"
    assert drawn_line(found(net, (240.0, 0.0), "distance")) == "LINESTRING (240 0, 250 0)"


def test_a_route_on_one_edge_with_bends_between_two_facilities() -> None:
    bent = line((0, 0), (1_000, 0), (1_000, 1_000), (2_000, 1_000))
    net = travel(roads([bent]), [(500.0, 0.0), (1_800.0, 1_000.0)])
    route = found(net, (1_000.0, 600.0))
    assert drawn_line(route) == "LINESTRING (1000 600, 1000 0, 500 0)"
    assert route.facility == "plant 0"
    assert route.metres == pytest.approx(1_100.0)
    route = found(net, (1_000.0, 700.0))
    assert drawn_line(route) == "LINESTRING (1000 700, 1000 1000, 1800 1000)"
    assert route.facility == "plant 1"


def test_routes_round_a_loop_take_its_shorter_side() -> None:
    loop = line((0, 0), (1_000, 0), (1_000, 1_000), (0, 1_000), (0, 0))
    net = travel(roads([line((-500, 0), (0, 0)), loop]), [(-500.0, 0.0)])
    assert drawn_line(found(net, (1_000.0, 900.0))) == "LINESTRING (1000 900, 1000 0, 0 0, -500 0)"
    assert drawn_line(found(net, (900.0, 1_000.0))) == "LINESTRING (900 1000, 0 1000, 0 0, -500 0)"


def test_a_place_that_stands_on_its_facility_has_a_route_of_nothing() -> None:
    route = found(travel(roads([line((0, 0), (1_000, 0))]), [(500.0, 0.0)]), (500.0, 0.0))
    assert (route.metres, route.seconds, route.cost, route.parts) == (0.0, 0.0, 0.0, ())
    assert shapely.get_coordinates(route.geometry).tolist() == [[500.0, 0.0]] * 2


def test_no_route_from_off_the_network_from_another_island_or_to_no_facility() -> None:
    built = build_network(roads([line((0, 0), (1_000, 0)), line((0, 5_000), (1_000, 5_000))], gap=0.0))
    net = travel(built, [(500.0, 0.0)], profile=lorry(limit=2_000.0))
    finder = RouteFinder(net, "plants")
    assert finder.find(500.0, 90_000.0) is None
    assert finder.find(500.0, 5_000.0) is None
    none = travel_network(built, lorry(), {"plants": (np.empty(0), np.empty(0), [])})
    assert RouteFinder(none, "plants").find(500.0, 0.0) is None


def test_a_road_without_length_in_the_middle_of_another_does_not_part_it() -> None:
    # A junction's stub of stated length 0 between two pieces of one road.
    streets = [replace(street((0, 0), (100, 0)), metres=100.0), replace(street((100, 0), (101, 0)), metres=0.0), street((101, 0), (201, 0))]
    made = as_features(streets)
    made.table["road"] = ["A1", "stub", "A1"]
    net = travel(build_network(made), [(201.0, 0.0)], profile=VAN)
    route = found(net, (0.0, 0.0), "distance")
    assert names(route) == [("A1", "slow")]
    assert route.parts[0].metres == route.metres == 200.0
