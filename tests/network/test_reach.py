"""Costs over a network against networkx: from nodes, between facilities, from places anywhere."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from geo_engine.measure import PointPlaces
from geo_engine.measure.travel.travelled import prepare_nearest
from geo_engine.model import Grid, Impedance
from geo_engine.network import TravelNetwork, build_network
from tests.measure.builders import BNG, by_tiles, centres, line, lorry, roads, same_bits, travel
from tests.network.oracle import Roads, Spliced, random_places, random_roads

SEEDS, NODES, EDGES, FACILITIES = st.integers(0, 2**32 - 1), st.integers(2, 14), st.integers(1, 24), st.integers(1, 7)
IMPEDANCES: tuple[Impedance, ...] = ("time", "distance")


def drawn(seed: int, nodes: int, edges: int, facilities: int, places: int = 12) -> tuple[Roads, TravelNetwork, Spliced, PointPlaces]:
    """Make the same roads for the engine and for networkx; twelve places, some on roads and junctions."""
    made = random_roads(seed, nodes, edges)
    everything = random_places(seed, made, facilities + places)
    plants, spots = everything[:facilities], everything[facilities:]
    profile = lorry(limit=100_000.0)
    net = travel(made.features(), [(float(e), float(n)) for e, n in plants], profile=profile)
    return made, net, Spliced(made, profile, plants, spots), PointPlaces(spots[:, 0].copy(), spots[:, 1].copy())


def junctions(net: TravelNetwork) -> list[tuple[object, ...]]:
    return [("end", *where) for where in np.round(net.network.nodes, 2)]


@settings(max_examples=30)
@given(SEEDS, NODES, EDGES, FACILITIES)
def test_the_nearest_facility_from_every_node_is_that_of_networkx(seed: int, nodes: int, edges: int, facilities: int) -> None:
    _, net, oracle, _ = drawn(seed, nodes, edges, facilities, places=0)
    for impedance in IMPEDANCES:
        truth = oracle.nearest(impedance)
        expected = [truth.get(node, np.inf) for node in junctions(net)]
        found = net.nearest("plants", impedance).cost[: len(expected)]
        np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-6)


@settings(max_examples=30)
@given(SEEDS, NODES, EDGES, FACILITIES)
def test_the_matrix_is_that_of_networkx_by_source_and_its_least_is_the_nearest(seed: int, nodes: int, edges: int, facilities: int) -> None:
    _, net, oracle, _ = drawn(seed, nodes, edges, facilities, places=0)
    for impedance in IMPEDANCES:
        found = net.matrix("plants", impedance)
        assert found.shape == (facilities, net.node_count)
        for number in range(facilities):
            truth = oracle.from_facility(number, impedance)
            expected = [truth.get(node, np.inf) for node in junctions(net)]
            np.testing.assert_allclose(found[number, : len(expected)], expected, rtol=1e-9, atol=1e-6)
        np.testing.assert_allclose(found.min(axis=0), net.nearest("plants", impedance).cost, rtol=1e-12, atol=1e-9)


@settings(max_examples=30)
@given(SEEDS, NODES, EDGES, FACILITIES)
def test_a_place_anywhere_reaches_its_facility_as_if_both_were_nodes_of_the_graph(
    seed: int, nodes: int, edges: int, facilities: int
) -> None:
    _, net, oracle, places = drawn(seed, nodes, edges, facilities)
    for impedance in IMPEDANCES:
        found = prepare_nearest(net, "plants", impedance)(places)
        assert found.dtype == np.float32
        np.testing.assert_allclose(found, oracle.matrix(impedance).min(axis=0), rtol=1e-6, atol=1e-5)


@settings(max_examples=25)
@given(SEEDS, NODES, EDGES, FACILITIES)
def test_between_facilities_the_way_there_is_the_way_back_and_no_way_round_is_shorter(
    seed: int, nodes: int, edges: int, facilities: int
) -> None:
    _, net, _, _ = drawn(seed, nodes, edges, facilities, places=0)
    for impedance in IMPEDANCES:
        there = net.facilities["plants"]
        between = net.matrix("plants", impedance)[:, there.node] + net.off_cost(there.metres, impedance)[None, :]
        np.testing.assert_allclose(between, between.T, rtol=1e-12, atol=1e-9)
        around = (between[:, :, None] + between[None, :, :]).min(axis=1)
        assert (around >= between * (1 - 1e-12) - 1e-9).all()


@settings(max_examples=25)
@given(SEEDS, NODES, EDGES, FACILITIES)
def test_tile_size_and_door_do_not_change_a_bit(seed: int, nodes: int, edges: int, facilities: int) -> None:
    made, net, _, _ = drawn(seed, nodes, edges, facilities, places=0)
    west, north = made.lines[0].coords[0]
    grid = Grid(BNG, west - 1_500.0, north + 2_500.0, 250.0, 17, 13)
    for impedance in IMPEDANCES:
        measure = prepare_nearest(net, "plants", impedance)
        found = measure(centres(grid)).reshape(grid.shape)
        for side in (1, 3, 7, 31):
            assert same_bits(by_tiles(grid, side, measure), found)


@settings(max_examples=15)
@given(SEEDS, NODES, EDGES)
def test_one_more_facility_makes_no_place_farther(seed: int, nodes: int, edges: int) -> None:
    made = random_roads(seed, nodes, edges)
    spots = random_places(seed, made, 20)
    plants = [(float(e), float(n)) for e, n in spots[:4]]
    built = build_network(made.features())
    places = PointPlaces(spots[4:, 0].copy(), spots[4:, 1].copy())
    fewer, more = (
        prepare_nearest(travel(built, some, profile=lorry(limit=1e5)), "plants", "time")(places).astype(np.float64)
        for some in (plants[:3], plants)
    )
    assert (more <= fewer * (1 + 1e-6)).all()


def test_a_part_without_a_facility_is_unreachable_not_far() -> None:
    net = travel(roads([line((0, 0), (1_000, 0)), line((0, 5_000), (1_000, 5_000))], gap=0.0), [(500.0, 0.0)])
    found = prepare_nearest(net, "plants", "time")(PointPlaces(np.array([500.0, 500.0]), np.array([5_000.0, 10.0])))
    assert found.tolist() == [np.inf, 1.5]
    assert np.isinf(net.matrix("plants")).sum() == 2


def test_the_quickest_way_and_the_shortest_way_may_differ() -> None:
    # A slow chord of 6000 m (600 s) and a fast way round of 10 000 m (400 s).
    chord, round_about = line((0, 0), (6_000, 0)), line((0, 0), (3_000, 4_000), (6_000, 0))
    net = travel(roads([chord, round_about], ["slow", "fast"]), [(6_000.0, 0.0)])
    origin = PointPlaces(np.zeros(1), np.zeros(1))
    assert prepare_nearest(net, "plants", "time")(origin).tolist() == [400.0]
    assert prepare_nearest(net, "plants", "distance")(origin).tolist() == [6_000.0]
