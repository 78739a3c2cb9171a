"""Road all the way or by a terminal: by hand, against networkx on a graph of both networks, and over Great Britain's rails."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import networkx as nx
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo_engine.measure import Combined, compare_journeys
from geo_engine.measure.travel.combined import prepare_combined
from geo_engine.measure.travel.travelled import prepare_nearest
from geo_engine.model import Grid, Impedance, NetworkColumns, Profile
from geo_engine.network import build_network, to_networkx, travel_network
from geo_engine.workspace import read_catalogue, read_features
from tests.measure.builders import BNG, Float, at, by_tiles, centres, features, line, lorry, roads, same_bits, whole
from tests.network.directed import VAN, Directed, as_features, random_streets
from tests.network.oracle import random_places, random_roads

RAIL = Path(__file__).parents[3] / "shared/reference/rail/rail_edges.gpkg"
ROOT = Path(__file__).parents[2]
TRAIN = Profile("train", "Train", {"edge": 20.0}, frozenset(), 5.0, 1.0, 3_000.0, cost_per_metre=0.001, cost_per_second=0.0, currency="EUR")
IMPEDANCES: list[Impedance] = ["time", "money"]


def named(spots: Float) -> tuple[Float, Float, list[str]]:
    return spots[:, 0].copy(), spots[:, 1].copy(), [f"number {i}" for i in range(len(spots))]


# A slow road of 20 km from the plant in the west to the port in the east (2000 s), a railway along it from 1 km to 19 km (900 s).
ROAD = roads([line((0, 0), (20_000, 0))])
RAILWAY = features([line((1_000, 0), (19_000, 0))], name="rail", kind="network", network=NetworkColumns())
PORT, TERMINALS = np.array([[19_000.0, 0.0]]), np.array([[1_000.0, 0.0], [10_000.0, 0.0]])


def by_rail(transfer: float, impedance: Impedance = "time") -> Combined:
    put = {"ports": named(PORT), "terminals": named(TERMINALS)}
    road = travel_network(build_network(ROAD), replace(lorry(), cost_per_metre=0.003, currency="EUR"), put)
    rail = travel_network(build_network(RAILWAY), TRAIN, put)
    return Combined(road, "ports", "terminals", rail, impedance, transfer)


def test_worked_out_by_hand() -> None:
    there = at((0.0, 0.0), (9_000.0, 0.0), (10_000.0, 400.0), (18_000.0, 0.0))
    combined = by_rail(200.0)
    # By road 1900, 1000, 960 and 100 s. By the first terminal 100 + 200 + 900; by the second 100 + 200 + 450, or 60 + 200 + 450.
    assert prepare_combined(combined)(there).tolist() == [1_200.0, 750.0, 710.0, 100.0]
    told = compare_journeys(combined, there)
    assert [j.by_road for j in told] == [False, False, False, True]
    assert [j.road for j in told] == pytest.approx([1_900.0, 1_000.0, 960.0, 100.0])
    assert [j.combined for j in told] == pytest.approx([1_200.0, 750.0, 710.0, 1_450.0])
    assert [j.terminal for j in told] == [0, 1, 1, 1]
    assert {(j.road_facility, j.facility) for j in told} == {(0, 0)}


def test_money_by_hand_and_a_transfer_that_costs_as_much_as_it_saves() -> None:
    # A road metre costs 0.3 cents, a rail metre 0.1: from the first terminal 54 by road, 18 by rail.
    there = at((1_000.0, 0.0))
    for transfer, cheapest, by_road in ((10.0, 28.0, False), (36.0, 54.0, True), (50.0, 54.0, True)):
        combined = by_rail(transfer, "money")
        assert prepare_combined(combined)(there).tolist() == pytest.approx([cheapest])
        assert [j.by_road for j in compare_journeys(combined, there)] == [by_road]


def test_neither_way_leads_anywhere() -> None:
    nowhere = {"ports": named(PORT[:0]), "terminals": named(TERMINALS)}
    road, rail = travel_network(build_network(ROAD), lorry(), nowhere), travel_network(build_network(RAILWAY), TRAIN, nowhere)
    combined = Combined(road, "ports", "terminals", rail, "time", 0.0)
    assert prepare_combined(combined)(at((0.0, 0.0))).tolist() == [np.inf]
    journey = compare_journeys(combined, at((0.0, 0.0)))[0]
    assert (journey.road, journey.road_facility, journey.combined, journey.terminal, journey.facility) == (np.inf, -1, np.inf, -1, -1)


def test_without_a_terminal_it_is_the_road() -> None:
    put = {"ports": named(PORT), "terminals": named(TERMINALS[:0])}
    road, rail = travel_network(build_network(ROAD), lorry(), put), travel_network(build_network(RAILWAY), TRAIN, put)
    combined = Combined(road, "ports", "terminals", rail, "time", 0.0)
    assert prepare_combined(combined)(at((0.0, 0.0))).tolist() == [1_900.0]
    assert [(j.road, j.terminal) for j in compare_journeys(combined, at((0.0, 0.0)))] == [(1_900.0, -1)]


def joined(road: Directed, rail: Directed, impedance: Impedance, transfer: float, ports: int, terminals: int) -> nx.MultiDiGraph:
    """One graph of both networks: one may change at a terminal from road to rail, and be done at a port on either."""
    graph = nx.MultiDiGraph()
    for side, oracle in (("road", road), ("rail", rail)):
        for a, b, data in oracle.graph[impedance].edges(data=True):
            graph.add_edge((side, *a), (side, *b), **data)
        for number in range(ports):
            graph.add_edge((side, "facility", number), "done", weight=0.0)
    for number in range(ports, ports + terminals):
        graph.add_edge(("road", "facility", number), ("rail", "facility", number), weight=transfer)
    return graph


@settings(max_examples=25)
@given(st.integers(0, 2**32 - 1), st.integers(1, 3), st.integers(1, 3), st.sampled_from([0.0, 100.0, 1e4]))
def test_the_cheaper_of_both_is_the_cheapest_way_through_one_graph(seed: int, ports: int, terminals: int, transfer: float) -> None:
    spots = random_places(seed, random_roads(seed, 9, 14), ports + terminals + 8)
    put, places = spots[: ports + terminals], spots[ports + terminals :]
    train = replace(VAN, name="train", speeds={"fast": 40.0, "slow": 30.0, "motorway": 30.0}, cost_per_metre=0.0005)
    both, oracles = [], []
    for number, profile in ((seed, VAN), (seed + 1, train)):
        streets = random_streets(number, 9, 14)
        if number != seed:  # the railway lies in the same country
            here, there = random_streets(seed, 9, 14)[0].line.coords[0], streets[0].line.coords[0]
            streets = [replace(s, line=shapely.affinity.translate(s.line, here[0] - there[0], here[1] - there[1])) for s in streets]
        named_ones = {"ports": named(put[:ports]), "terminals": named(put[ports:])}
        both.append(travel_network(build_network(as_features(streets)), profile, named_ones))
        oracles.append(Directed(streets, profile, put, places))
    for impedance in IMPEDANCES:
        combined = Combined(both[0], "ports", "terminals", both[1], impedance, transfer)
        graph = joined(oracles[0], oracles[1], impedance, transfer, ports, terminals)
        away = nx.single_source_dijkstra_path_length(graph.reverse(copy=False), "done")
        truth = [away.get(("road", "place", number), np.inf) for number in range(len(places))]
        found = prepare_combined(combined)(at(*places.tolist()))
        np.testing.assert_allclose(found, truth, rtol=1e-6, atol=1e-5)
        told = compare_journeys(combined, at(*places.tolist()))
        np.testing.assert_allclose([min(j.road, j.combined) for j in told], truth, rtol=1e-9, atol=1e-5)
        assert all(j.by_road == (j.road <= j.combined) for j in told)


@pytest.mark.skipif(not RAIL.exists(), reason="the rail network is not beside the repository")
def test_freight_by_road_or_rail_over_great_britain(tmp_path: Path) -> None:
    """Major roads with rails and terminals: never above the road alone, and what networkx finds edge by edge."""
    (tmp_path / "layers").mkdir()
    (tmp_path / "layers/rail.toml").write_text(
        f'title = "Rail"\nsource = "{RAIL.as_posix()}"\ngeometry = "network"\npublisher = "a reference"\nlicence = "as stated there"\n'
        'vintage = "as stated there"\n[network]\nlength = "length_m"\nfrom = "u"\nto = "v"\nisland_gap = "0 m"\n'
    )
    layers = read_catalogue(ROOT).layers
    rail_net = build_network(read_features(read_catalogue(tmp_path).layers["rail"], crs=BNG))
    road_net = build_network(read_features(layers["major_roads"], crs=BNG))
    train, truck = replace(TRAIN, snap_limit=4_000.0), lorry({"motorway": 80 / 3.6, "a_road": 55 / 3.6}, limit=30_000.0)
    on_rail = travel_network(rail_net, train, {})
    put = {}
    for name, layer in (("ports", "freight_ports"), ("terminals", "rail_freight_terminals")):
        e, n = shapely.get_coordinates(read_features(layers[layer], crs=BNG).geometry).T
        near = np.flatnonzero((on_rail.legs_at(e, n).link >= 0) & (e > 100_000.0))[:12]
        put[name] = (e[near].copy(), n[near].copy(), [str(i) for i in near])
    assert min(len(names) for *_, names in put.values()) >= 8
    road, rail = travel_network(road_net, truck, put), travel_network(rail_net, train, put)
    combined = Combined(road, "ports", "terminals", rail, "time", 900.0)
    spots = np.random.default_rng(11).uniform((380_000, 180_000), (480_000, 480_000), (40, 2))
    places = at(*spots.tolist())
    found, by_road = prepare_combined(combined)(places), prepare_nearest(road, "ports", "time")(places)
    assert (found <= by_road).all()
    told = compare_journeys(combined, places)
    np.testing.assert_allclose(found, [min(j.road, j.combined) for j in told], rtol=1e-6)

    graphs = {side: to_networkx(travel) for side, travel in (("road", road), ("rail", rail))}
    facilities = {side: graph.graph["facilities"] for side, graph in graphs.items()}
    onward = np.full(len(put["terminals"][2]), np.inf)
    for port, off in facilities["rail"]["ports"]:
        away = nx.single_source_dijkstra_path_length(graphs["rail"], port, weight="seconds")
        reached = [away.get(node, np.inf) + (metres + off) / 5.0 for node, metres in facilities["rail"]["terminals"]]
        onward = np.minimum(onward, reached)
    assert np.isfinite(onward).any()
    begins = [(node, metres * 0.15) for node, metres in facilities["road"]["ports"]]
    begins += [(node, metres * 0.15 + 900.0 + on) for (node, metres), on in zip(facilities["road"]["terminals"], onward, strict=True)]
    legs = places.legs(road)
    for i in range(3):
        link, along = int(legs.link[i]), float(legs.along[i])
        ends = [
            (end, share * road.seconds[link] + legs.metres[i] * 0.15)
            for end, share in ((int(road.low[link]), along), (int(road.high[link]), 1 - along))
        ]
        away = [(nx.single_source_dijkstra_path_length(graphs["road"], end, weight="seconds"), part) for end, part in ends]
        truth = min(reach.get(node, np.inf) + part + on for node, on in begins for reach, part in away)
        assert found[i] == pytest.approx(truth, rel=1e-6)


def test_tiles_and_points_give_the_same_bits() -> None:
    grid = Grid(BNG, -1_000.0, 2_000.0, 250.0, 16, 80)
    measure = prepare_combined(by_rail(200.0))
    found = measure(whole(grid))
    assert same_bits(measure(centres(grid)).reshape(grid.shape), found)
    assert same_bits(by_tiles(grid, 7, measure), found)
