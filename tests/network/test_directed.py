"""One-way streets, closed edges, speeds and money: the ways of travel of networkx in a directed graph, in both directions."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo_engine.errors import NetworkError, StudyError
from geo_engine.measure.travel.travelled import prepare_nearest, travel_costs
from geo_engine.model import Direction, Impedance
from geo_engine.network import build_network
from geo_engine.network.travel.access import ways_of
from tests.measure.builders import at, line, travel
from tests.network.directed import VAN, Directed, Street, as_features, drawn, ends, enterable, random_streets

SEEDS, NODES, EDGES, COUNT = st.integers(0, 2**32 - 1), st.integers(2, 12), st.integers(1, 24), st.integers(1, 6)
WAYS: list[tuple[Impedance, Direction]] = [(i, d) for i in ("time", "distance", "money") for d in ("to", "from")]
NAN = float("nan")


@settings(max_examples=40)
@given(SEEDS, NODES, EDGES, COUNT)
def test_from_every_place_and_node_both_ways_in_each_impedance(seed: int, nodes: int, edges: int, count: int) -> None:
    _, net, oracle, spots = drawn(seed, nodes, edges, count)
    places = at(*spots.tolist())
    junctions = [("end", *where) for where in np.round(net.network.nodes, 2).tolist()]
    for impedance, direction in WAYS:
        truth = oracle.matrix(impedance, direction)
        found = travel_costs(net, "plants", places, impedance, direction)
        np.testing.assert_allclose(found, truth, rtol=1e-9, atol=1e-5)
        np.testing.assert_allclose(
            prepare_nearest(net, "plants", impedance, direction=direction)(places), truth.min(axis=0), rtol=1e-6, atol=1e-5
        )
        by_node = oracle.matrix(impedance, direction, junctions)
        np.testing.assert_allclose(net.matrix("plants", impedance, direction)[:, : len(junctions)], by_node, rtol=1e-9, atol=1e-5)
        near = net.nearest("plants", impedance, direction)
        np.testing.assert_allclose(near.cost[: len(junctions)], by_node.min(axis=0), rtol=1e-9, atol=1e-5)
        reached = np.flatnonzero(near.source[: len(junctions)] >= 0)
        np.testing.assert_allclose(by_node[near.source[reached], reached], near.cost[reached], rtol=1e-9, atol=1e-5)


@settings(max_examples=40)
@given(SEEDS, NODES, EDGES)
def test_what_may_be_entered_is_the_longest_strong_component_of_networkx(seed: int, nodes: int, edges: int) -> None:
    streets = random_streets(seed, nodes, edges)
    for profile in (VAN, replace(VAN, closed={}), replace(VAN, entered_at_ends=frozenset({"fast"}))):
        way = ways_of(build_network(as_features(streets)), profile)
        assert set(np.flatnonzero(way.enterable).tolist()) == enterable(streets, profile)
        total = sum(s.metres for s in streets)
        assert way.told.closed_share == pytest.approx(sum(s.metres for s in streets if not s.is_open(profile)) / total, abs=1e-12)
        good = enterable(streets, replace(profile, entered_at_ends=frozenset()))
        cut_off = sum(s.metres for i, s in enumerate(streets) if s.is_open(profile) and i not in good)
        assert way.told.cut_off_share == pytest.approx(cut_off / total, abs=1e-12)


def street(*corners: tuple[float, float], oneway: int = 0, speed: float = NAN, limit: float = NAN, hgv: str | None = None) -> Street:
    made = line(*corners)
    return Street(made, "slow", made.length, oneway, speed, limit, hgv)


# Round a square of 1000 m, one way only, 10 m/s: a plant at the first corner.
SQUARE = [
    street((0, 0), (1_000, 0), oneway=1),
    street((1_000, 1_000), (1_000, 0), oneway=-1),
    street((1_000, 1_000), (0, 1_000), oneway=1),
    street((0, 1_000), (0, 0), oneway=1),
]


def test_round_a_square_one_way_only() -> None:
    net = travel(build_network(as_features(SQUARE)), [(0.0, 0.0), (250.0, 0.0)][:1], profile=VAN)
    there = at((500.0, 0.0), (1_000.0, 0.0), (1_000.0, 250.0), (0.0, 1_000.0), (0.0, 400.0), (0.0, 0.0))
    assert prepare_nearest(net, "plants", "time", direction="to")(there).tolist() == [350.0, 300.0, 275.0, 100.0, 40.0, 0.0]
    assert prepare_nearest(net, "plants", "time", direction="from")(there).tolist() == [50.0, 100.0, 125.0, 300.0, 360.0, 0.0]
    # Money: a second 1 cent, a metre 0.2 cents.
    assert prepare_nearest(net, "plants", "money", direction="to")(there)[:2].tolist() == [10.5, 9.0]


def test_a_plant_on_a_one_way_street_just_behind_the_place() -> None:
    net = travel(build_network(as_features(SQUARE)), [(250.0, 0.0)], profile=VAN)
    there = at((260.0, 0.0), (240.0, 0.0), (250.0, 0.0))
    assert prepare_nearest(net, "plants", "distance", direction="to")(there).tolist() == [3_990.0, 10.0, 0.0]
    assert prepare_nearest(net, "plants", "distance", direction="from")(there).tolist() == [10.0, 3_990.0, 0.0]


@pytest.mark.parametrize(
    ("speed", "limit", "seconds"),
    [
        (NAN, NAN, 100.0),  # the class: 10 m/s
        (36.0, NAN, 125.0),  # stated, times 0.8
        (NAN, 18.0, 250.0),  # the limit, times 0.8, is lower than the class
        (NAN, 90.0, 100.0),  # the limit is higher than the class
        (72.0, 36.0, 125.0),  # the limit is lower than what is stated
        (180.0, NAN, 1_000.0 / 22.0),  # never above the top speed
        (36.0, float("inf"), 125.0),
    ],
)
def test_how_fast_an_edge_is(speed: float, limit: float, seconds: float) -> None:
    net = travel(build_network(as_features([street((0, 0), (1_000, 0), speed=speed, limit=limit)])), [(0.0, 0.0)], profile=VAN)
    assert prepare_nearest(net, "plants", "time")(at((1_000.0, 0.0))).tolist() == pytest.approx([seconds], rel=1e-6)


def test_edges_closed_to_the_vehicle_are_driven_round_and_not_entered() -> None:
    # A short cut of 1000 m that is closed; round it 5000 m.
    streets = [street((0, 0), (1_000, 0), hgv="no"), street((0, 0), (0, 2_000), (1_000, 2_000), (1_000, 0))]
    net = travel(build_network(as_features(streets)), [(1_000.0, 0.0)], profile=VAN)
    assert prepare_nearest(net, "plants", "distance")(at((0.0, 0.0))).tolist() == [5_000.0]
    # A place on the closed street walks to its nearer end: 100 m, counted as 150.
    assert prepare_nearest(net, "plants", "distance")(at((900.0, 0.0))).tolist() == [150.0]
    free = travel(build_network(as_features(streets)), [(1_000.0, 0.0)], profile=replace(VAN, closed={}))
    assert prepare_nearest(free, "plants", "distance")(at((0.0, 0.0))).tolist() == [1_000.0]


@pytest.mark.parametrize(("per_metre", "per_second", "money"), [(0.002, 0.0, 2.0), (0.0, 0.01, 1.0)])
def test_money_by_the_metre_only_and_by_the_second_only_where_edges_are_closed(per_metre: float, per_second: float, money: float) -> None:
    streets = [street((0, 0), (1_000, 0)), street((1_000, 0), (2_000, 0), hgv="no")]
    profile = replace(VAN, cost_per_metre=per_metre, cost_per_second=per_second)
    net = travel(build_network(as_features(streets)), [(0.0, 0.0)], profile=profile)
    assert prepare_nearest(net, "plants", "money")(at((1_000.0, 0.0))).tolist() == [money]


def test_a_profile_that_closes_by_a_column_which_the_network_lacks() -> None:
    with pytest.raises(StudyError, match="closes edges by 'axle', which network 'roads' does not carry"):
        travel(build_network(as_features(SQUARE)), [(0.0, 0.0)], profile=replace(VAN, closed={"axle": frozenset({"no"})}))


def test_a_closed_class_needs_no_speed() -> None:
    streets = [*SQUARE, replace(street((0, 0), (-500, 0)), road_class="path")]
    net = travel(build_network(as_features(streets)), [(0.0, 0.0)], profile=replace(VAN, closed={"class": frozenset({"path"})}))
    assert prepare_nearest(net, "plants", "distance")(at((0.0, 100.0))).tolist() == [100.0]
    with pytest.raises(StudyError, match="no speed for class 'path'"):
        travel(build_network(as_features(streets)), [(0.0, 0.0)], profile=replace(VAN, closed={}))


def test_where_all_is_closed_nothing_can_be_entered() -> None:
    with pytest.raises(NetworkError, match="no edge that profile 'van' may enter"):
        travel(build_network(as_features([street((0, 0), (1_000, 0), hgv="no")])), [(0.0, 0.0)], profile=VAN)


def test_a_dead_end_that_can_be_driven_into_and_not_out_of_is_not_entered() -> None:
    streets = [*SQUARE, street((1_000, 0), (2_000, 0), oneway=1)]
    net = travel(build_network(as_features(streets)), [(0.0, 0.0)], profile=VAN)
    assert prepare_nearest(net, "plants", "distance")(at((2_000.0, 0.0))).tolist() == [1_500.0 + 3_000.0]
    oracle = Directed(streets, VAN, np.array([[0.0, 0.0]]), np.array([[2_000.0, 0.0]]))
    assert oracle.matrix("distance", "to").tolist() == [[4_500.0]]
    assert ends(streets[-1])[0] == ("end", 1_000.0, 0.0)
