"""Access and sums over a network, against sums over networkx' travel times, one facility at a time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo_engine.measure import PointPlaces, Stock, prepare
from geo_engine.measure.travel.travelled import prepare_access, prepare_nearest, prepare_within
from geo_engine.model import Access, CountWithin, Decay, Grid, Measure, SumWithin, TravelDistance, TravelTime
from geo_engine.network import TravelNetwork, build_network
from tests.measure.builders import (
    BNG,
    Float,
    at,
    by_tiles,
    centres,
    line,
    lorry,
    point_features,
    roads,
    same_bits,
    travel,
    whole,
)
from tests.network.oracle import Roads, Spliced, random_places, random_roads

SEEDS, NODES, EDGES, FACILITIES = st.integers(0, 2**32 - 1), st.integers(2, 12), st.integers(1, 20), st.integers(1, 9)
HALVES = st.sampled_from([60.0, 300.0, 900.0, 3_600.0])
DECAYS: dict[str, Callable[[Float, float], Float]] = {
    "exponential": lambda t, half: 0.5 ** (t / half),
    "gaussian": lambda t, half: 0.5 ** ((t / half) ** 2),
    "linear": lambda t, half: np.maximum(0.0, 1.0 - t / (2 * half)),
}


def drawn(seed: int, nodes: int, edges: int, facilities: int) -> tuple[Roads, TravelNetwork, Spliced, PointPlaces, Float]:
    made = random_roads(seed, nodes, edges)
    everything = random_places(seed, made, facilities + 15)
    plants, spots = everything[:facilities], everything[facilities:]
    profile = lorry(limit=100_000.0)
    net = travel(made.features(), [(float(e), float(n)) for e, n in plants], profile=profile)
    size = np.random.default_rng([seed, 2]).choice([0.0, 1.0, 250.0, 9e5], facilities)
    return made, net, Spliced(made, profile, plants, spots), PointPlaces(spots[:, 0].copy(), spots[:, 1].copy()), size


@settings(max_examples=30)
@given(SEEDS, NODES, EDGES, FACILITIES, HALVES)
@pytest.mark.parametrize("function", ["exponential", "gaussian", "linear"])
def test_access_is_the_sum_over_facilities_one_at_a_time(
    function: Literal["exponential", "gaussian", "linear"], seed: int, nodes: int, edges: int, facilities: int, half: float
) -> None:
    _, net, oracle, places, size = drawn(seed, nodes, edges, facilities)
    truth = (size[:, None] * DECAYS[function](oracle.matrix("time"), half)).sum(axis=0)
    found = prepare_access(net, "plants", size, Decay(function, half))(places)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, truth, rtol=1e-6, atol=1e-9 * max(float(size.sum()), 1e-3))


@settings(max_examples=30)
@given(SEEDS, NODES, EDGES, FACILITIES, HALVES)
def test_a_sum_within_a_time_is_the_sum_over_facilities_one_at_a_time(
    seed: int, nodes: int, edges: int, facilities: int, within: float
) -> None:
    _, net, oracle, places, size = drawn(seed, nodes, edges, facilities)
    seconds = oracle.matrix("time")
    assert (np.abs(seconds - within) > 1e-6).all()
    truth = (size[:, None] * (seconds <= within)).sum(axis=0)
    np.testing.assert_allclose(prepare_within(net, "plants", size, within)(places), truth, rtol=1e-7)


@settings(max_examples=20)
@given(SEEDS, NODES, EDGES, FACILITIES)
def test_every_measure_that_travels_is_the_same_on_tiles_and_at_points_to_the_bit(
    seed: int, nodes: int, edges: int, facilities: int
) -> None:
    made, net, _, _, size = drawn(seed, nodes, edges, facilities)
    west, north = made.lines[0].coords[0]
    grid = Grid(BNG, west - 1_000.0, north + 1_500.0, 250.0, 11, 14)
    for measure in (
        prepare_nearest(net, "plants", "time"),
        prepare_nearest(net, "plants", "distance"),
        prepare_access(net, "plants", size, Decay("exponential", 300.0)),
        prepare_access(net, "plants", size, Decay("gaussian", 300.0)),
        prepare_access(net, "plants", size, Decay("linear", 300.0)),
        prepare_within(net, "plants", size, 600.0),
    ):
        found = measure(whole(grid))
        assert same_bits(measure(centres(grid)).reshape(grid.shape), found)
        for side in (1, 5, 7):
            assert same_bits(by_tiles(grid, side, measure), found)


def test_fast_and_slow_ways_to_add_agree_with_nearest_for_single_facilities() -> None:
    made = random_roads(5, 10, 20)
    spots = random_places(5, made, 30)
    built = build_network(made.features())
    places = PointPlaces(spots[6:, 0].copy(), spots[6:, 1].copy())
    total = np.zeros(24)
    for e, n in spots[:6].tolist():
        alone = prepare_nearest(travel(built, [(e, n)], profile=lorry(limit=1e5)), "plants", "time")
        total += 100.0 * 0.5 ** (alone(places).astype(np.float64) / 900.0)
    together = travel(built, [(e, n) for e, n in spots[:6].tolist()], profile=lorry(limit=1e5))
    np.testing.assert_allclose(prepare_access(together, "plants", np.full(6, 100.0), Decay("exponential", 900.0))(places), total, rtol=1e-5)


def test_several_hundred_facilities_are_all_counted() -> None:
    made = random_roads(9, 8, 14)
    spots = random_places(9, made, 330)
    net = travel(made.features(), [(e, n) for e, n in spots[:300].tolist()], profile=lorry(limit=1e5))
    places = PointPlaces(spots[300:, 0].copy(), spots[300:, 1].copy())
    size = np.random.default_rng(9).uniform(0, 1e5, 300)
    truth = (size[:, None] * 0.5 ** (Spliced(made, lorry(limit=1e5), spots[:300], spots[300:]).matrix("time") / 600.0)).sum(axis=0)
    np.testing.assert_allclose(prepare_access(net, "plants", size, Decay("exponential", 600.0))(places), truth, rtol=1e-6)


# A street of 10 km at 10 m/s with plants at both ends: from its middle both are 500 s off.
STREET = roads([line((0, 0), (10_000, 0))])
ENDS = point_features(np.array([0.0, 10_000.0]), np.zeros(2), {"cars": [80, 16]})


@pytest.mark.parametrize(
    ("measure", "middle", "quarter"),
    [
        (TravelTime(layer="things", network="roads", profile="lorry"), 500.0, 250.0),
        (TravelDistance(layer="things", network="roads", profile="lorry"), 5_000.0, 2_500.0),
        # Halves of 250 s: at the middle a quarter of 96; nearer, half of 80 and an eighth of 16.
        (Access(layer="things", size="cars", decay=Decay("exponential", 250.0), network="roads", profile="lorry"), 24.0, 42.0),
        # One sixteenth of 96; half of 80 and 0.5 ** 9 of 16.
        (Access(layer="things", size="cars", decay=Decay("gaussian", 250.0), network="roads", profile="lorry"), 6.0, 40.03125),
        # Nothing at two halves; half of 80 and nothing.
        (Access(layer="things", size="cars", decay=Decay("linear", 250.0), network="roads", profile="lorry"), 0.0, 40.0),
        # The limit is included.
        (SumWithin(layer="things", size="cars", within=500.0, network="roads", profile="lorry"), 96.0, 80.0),
        (SumWithin(layer="things", size="cars", within=499.0, network="roads", profile="lorry"), 0.0, 80.0),
        (CountWithin(layer="things", within=750.0, network="roads", profile="lorry"), 2.0, 2.0),
    ],
)
def test_a_street_with_a_plant_at_either_end(measure: Measure, middle: float, quarter: float) -> None:
    net = travel(STREET, [(0.0, 0.0), (10_000.0, 0.0)], name="things")
    found = prepare(measure, ENDS, Stock(travels={("roads", "lorry"): net}))(at((5_000.0, 0.0), (2_500.0, 0.0)))
    assert found.tolist() == pytest.approx([middle, quarter], rel=1e-6)


def test_the_leg_off_the_road_decays_too() -> None:
    net = travel(STREET, [(0.0, 0.0)])
    access = prepare_access(net, "plants", np.array([64.0]), Decay("exponential", 75.0))
    assert access(at((0.0, 0.0), (0.0, 500.0), (-500.0, 0.0), (0.0, 1_000.0))).tolist() == pytest.approx([64.0, 32.0, 32.0, 16.0])


def test_where_nothing_can_be_reached_access_is_nought_and_time_and_what_is_off_the_network_infinite() -> None:
    net = travel(roads([line((0, 0), (1_000, 0)), line((0, 5_000), (1_000, 5_000))], gap=0.0), [(500.0, 0.0)], profile=lorry(limit=2_000.0))
    where = at((500.0, 5_000.0), (500.0, 9_000.0))
    assert prepare_nearest(net, "plants", "time")(where).tolist() == [np.inf, np.inf]
    for function in ("exponential", "gaussian", "linear"):
        assert prepare_access(net, "plants", np.array([7.0]), Decay(function, 1e9))(where).tolist() == [0.0, np.inf]
    assert prepare_within(net, "plants", np.array([7.0]), 1e9)(where).tolist() == [0.0, np.inf]
