"""Sums, decays, n-th nearest and catchments where streets are one-way or closed: against sums over networkx' costs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from geo_engine.measure import Places
from geo_engine.measure.travel.travelled import prepare_access, prepare_catchment, prepare_nearest, prepare_within, travel_costs
from geo_engine.model import Decay, Direction, Grid, Impedance
from geo_engine.network import TravelNetwork, build_network, travel_network
from geo_engine.network.travel.elimination import Elimination
from tests.measure.builders import BNG, Float, at, by_tiles, centres, line, lorry, roads, same_bits, travel, whole
from tests.measure.test_travelled import DECAYS
from tests.network.directed import VAN, Directed, as_features, drawn, random_streets
from tests.network.oracle import random_places, random_roads

SEEDS, NODES, EDGES, COUNT = st.integers(0, 2**32 - 1), st.integers(2, 11), st.integers(1, 20), st.integers(1, 8)
HALF: dict[Impedance, float] = {"time": 400.0, "distance": 5_000.0, "money": 15.0}
WAYS: list[tuple[Impedance, Direction]] = [(i, d) for i in HALF for d in ("to", "from")]
Function = Literal["exponential", "gaussian", "linear"]
FUNCTIONS: list[Function] = ["exponential", "gaussian", "linear"]


def sizes(seed: int, count: int) -> Float:
    return np.random.default_rng([seed, 3]).choice([0.0, 1.0, 250.0, 9e5], count)


@settings(max_examples=4)
@given(SEEDS, NODES, EDGES, st.integers(32, 40))
def test_many_facilities_cost_what_few_do(seed: int, nodes: int, edges: int, count: int) -> None:
    _, net, oracle, spots = drawn(seed, nodes, edges, count)
    places, size = at(*spots.tolist()), sizes(seed, count)
    for impedance, direction in WAYS:
        cost, half = oracle.matrix(impedance, direction), HALF[impedance]
        assert isinstance(net.prepare_costs("plants", impedance, direction), Elimination)
        np.testing.assert_allclose(travel_costs(net, "plants", places, impedance, direction), cost, rtol=1e-9, atol=1e-5)
        for function in FUNCTIONS:
            truth = (size[:, None] * DECAYS[function](cost, half)).sum(axis=0)
            found = prepare_access(net, "plants", size, Decay(function, half), impedance=impedance, direction=direction)(places)
            np.testing.assert_allclose(found, truth, rtol=1e-6, atol=1e-8 * max(float(size.sum()), 1e-3))


@settings(max_examples=20)
@given(SEEDS, NODES, EDGES, COUNT)
def test_access_is_the_sum_over_facilities_both_ways_in_each_impedance(seed: int, nodes: int, edges: int, count: int) -> None:
    _, net, oracle, spots = drawn(seed, nodes, edges, count)
    places, size = at(*spots.tolist()), sizes(seed, count)
    for impedance, direction in WAYS:
        cost, half = oracle.matrix(impedance, direction), HALF[impedance]
        for function in FUNCTIONS:
            truth = (size[:, None] * DECAYS[function](cost, half)).sum(axis=0)
            found = prepare_access(net, "plants", size, Decay(function, half), impedance=impedance, direction=direction)(places)
            np.testing.assert_allclose(found, truth, rtol=1e-6, atol=1e-8 * max(float(size.sum()), 1e-3))


@settings(max_examples=20)
@given(SEEDS, NODES, EDGES, COUNT, st.integers(1, 4), st.floats(0.2, 4.0))
def test_counts_sums_cut_offs_and_the_nth_nearest(seed: int, nodes: int, edges: int, count: int, nth: int, halves: float) -> None:
    _, net, oracle, spots = drawn(seed, nodes, edges, count)
    places, size = at(*spots.tolist()), sizes(seed, count)
    for impedance, direction in WAYS:
        cost, limit = oracle.matrix(impedance, direction), HALF[impedance] * halves
        clear = (np.abs(cost - limit) > 1e-6).all(axis=0)
        keys: dict[str, Any] = {"impedance": impedance, "direction": direction}
        found = prepare_within(net, "plants", size, limit, **keys)(places)
        np.testing.assert_allclose(found[clear], (size[:, None] * (cost <= limit)).sum(axis=0)[clear], rtol=1e-6)
        counted = prepare_within(net, "plants", np.ones(count), limit, **keys)(places)
        assert counted[clear].tolist() == (cost <= limit).sum(axis=0)[clear].tolist()
        cut = travel_costs(net, "plants", places, impedance, direction, cutoff=limit)
        np.testing.assert_allclose(cut[:, clear], np.where(cost <= limit, cost, np.inf)[:, clear], rtol=1e-9, atol=1e-5)
        padded = np.sort(np.vstack([cost, np.full((nth, cost.shape[1]), np.inf)]), axis=0)
        found = prepare_nearest(net, "plants", impedance, direction=direction, nth=nth)(places)
        np.testing.assert_allclose(found, padded[nth - 1], rtol=1e-6, atol=1e-5)


@settings(max_examples=20)
@given(SEEDS, NODES, EDGES, st.integers(1, 4), st.integers(1, 6), st.floats(0.2, 4.0), st.sampled_from([None, *FUNCTIONS]))
def test_a_floating_catchment_is_the_one_worked_out_from_networkx(
    seed: int, nodes: int, edges: int, works: int, towns: int, halves: float, function: Function | None
) -> None:
    streets, within = random_streets(seed, nodes, edges), 400.0 * halves
    spots = random_places(seed, random_roads(seed, nodes, edges), works + towns + 10)
    plants, people, places = np.split(spots, [works, works + towns])
    put = {
        "works": (plants[:, 0].copy(), plants[:, 1].copy(), [str(i) for i in range(works)]),
        "towns": (people[:, 0].copy(), people[:, 1].copy(), [str(i) for i in range(towns)]),
    }
    net = travel_network(build_network(as_features(streets)), VAN, put)
    supply, heads = sizes(seed, works), np.random.default_rng([seed, 4]).choice([0.0, 10.0, 4_000.0], towns)
    cost = Directed(streets, VAN, plants, spots[works:]).matrix("time", "to")
    worth = (cost <= within) * (DECAYS[function](cost, 500.0) if function else 1.0)
    worth[~np.isfinite(cost)] = 0.0
    wanted = worth[:, :towns] @ heads
    share = np.divide(supply, wanted, out=np.zeros(works), where=wanted > 0)
    decay = Decay(function, 500.0) if function else None
    found = prepare_catchment(net, "works", supply, "towns", heads, within, decay)(at(*places.tolist()))
    if (np.abs(cost - within) > 1e-6).all():
        np.testing.assert_allclose(found, share @ worth[:, towns:], rtol=1e-5, atol=1e-9)


def test_two_works_share_two_towns_worked_out_by_hand() -> None:
    # A street of 10 m/s. Works of 100 and 60 jobs at 0 and 2000 m, towns of 40 and 20 people at 500 and 1500 m, 100 s to go.
    net = travel_network(
        build_network(roads([line((0, 0), (4_000, 0))])),
        lorry(),
        {
            "works": (np.array([0.0, 2_000.0]), np.zeros(2), ["a", "b"]),
            "towns": (np.array([500.0, 1_500.0]), np.zeros(2), ["c", "d"]),
        },
    )
    supply, heads = np.array([100.0, 60.0]), np.array([40.0, 20.0])
    measure = prepare_catchment(net, "works", supply, "towns", heads, 100.0)
    # Each works has its own town: 2.5 and 3 jobs a head; half-way both count, far off none.
    assert measure(at((500.0, 0.0), (1_500.0, 0.0), (1_000.0, 0.0), (3_500.0, 0.0))).tolist() == [2.5, 3.0, 5.5, 0.0]
    # Half at 50 s: each town counts half for its works (5 and 6 jobs a head of those), and a place half-way a quarter of both.
    decayed = prepare_catchment(net, "works", supply, "towns", heads, 100.0, Decay("exponential", 50.0))
    assert decayed(at((500.0, 0.0), (1_500.0, 0.0), (1_000.0, 0.0))).tolist() == pytest.approx([2.5, 3.0, 2.75])


def measures(net: TravelNetwork, size: Float, impedance: Impedance, direction: Direction) -> list[Callable[[Places], NDArray[np.float32]]]:
    keys: dict[str, Any] = {"impedance": impedance, "direction": direction}
    return [
        prepare_nearest(net, "plants", impedance, direction=direction),
        prepare_nearest(net, "plants", impedance, direction=direction, nth=2),
        *[prepare_access(net, "plants", size, Decay(function, HALF[impedance]), **keys) for function in FUNCTIONS],
        prepare_within(net, "plants", size, HALF[impedance], **keys),
        prepare_catchment(net, "plants", size, "plants", size, 600.0, Decay("linear", 300.0)),
    ]


@settings(max_examples=5)
@given(SEEDS, NODES, EDGES, COUNT)
def test_tiles_of_any_size_and_points_give_the_same_bits(seed: int, nodes: int, edges: int, count: int) -> None:
    streets, net, _, _ = drawn(seed, nodes, edges, count, places=0)
    west, north = streets[0].line.coords[0]
    grid = Grid(BNG, west - 1_000.0, north + 1_500.0, 250.0, 9, 12)
    for impedance, direction in WAYS:
        for measure in measures(net, sizes(seed, count), impedance, direction):
            found = measure(whole(grid))
            assert same_bits(measure(centres(grid)).reshape(grid.shape), found)
            assert same_bits(by_tiles(grid, 5, measure), found)


def test_fewer_facilities_than_asked_for_is_unreachable() -> None:
    net = travel(roads([line((0, 0), (1_000, 0))]), [(0.0, 0.0), (1_000.0, 0.0)])
    there = at((400.0, 0.0))
    found = [float(prepare_nearest(net, "plants", "distance", nth=n)(there)[0]) for n in (1, 2, 3)]
    assert found == [400.0, 600.0, np.inf]


def test_the_second_nearest_of_facilities_at_one_point_is_as_near() -> None:
    net = travel(roads([line((0, 0), (1_000, 0))]), [(200.0, 0.0), (200.0, 0.0), (900.0, 0.0)])
    there = at((400.0, 0.0), (100.0, 0.0))
    assert prepare_nearest(net, "plants", "distance", nth=2)(there).tolist() == [200.0, 100.0]
    assert prepare_nearest(net, "plants", "distance", nth=3)(there).tolist() == [500.0, 800.0]
