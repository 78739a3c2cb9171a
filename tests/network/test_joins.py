"""How lines hang together: ends joined, lines cut where they meet, gaps bridged, nodes named; against shapely and by hand."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from random import Random
from typing import Any

import networkx as nx
import numpy as np
import pytest
import shapely
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from geo_engine.errors import NetworkError
from geo_engine.model import Features, NetworkColumns
from geo_engine.network import Network, build_network
from geo_engine.network.build.joins import components_of, join_ends, join_names
from tests.measure.builders import features, line, objects

Corner = tuple[float, float]


def made(lines: Sequence[shapely.LineString], columns: NetworkColumns, **table: Sequence[object]) -> Features:
    named = {"road": [f"road {number}" for number in range(len(lines))], **table}
    return features(lines, named, name="roads", kind="network", label="road", network=columns)


def pieces_of(net: Network) -> list[bytes]:
    """Each edge as it is drawn, whichever way, to a millimetre."""
    lines = [
        shapely.LineString(np.vstack([net.segments[:2, net.segment_edge == i].T, net.segments[2:, net.segment_edge == i].T[-1:]]))
        for i in range(len(net.start))
    ]
    return normal(lines)


def normal(lines: Sequence[shapely.LineString]) -> list[bytes]:
    return sorted(shapely.to_wkb(shapely.normalize(shapely.set_precision(lines, 1e-3, mode="pointwise"))))


# ------------------------------------------------------------------------------------------- parts that hang together


@settings(max_examples=80)
@given(st.lists(st.tuples(st.integers(0, 29), st.integers(0, 29)), max_size=40), st.randoms(use_true_random=False))
def test_parts_are_those_of_networkx_numbered_by_their_first_nodes(edges: list[tuple[int, int]], chance: Random) -> None:
    chance.shuffle(edges)
    graph = nx.Graph(edges)
    graph.add_nodes_from(range(30))
    start, end = np.array(edges, np.int32).reshape(-1, 2).T
    count, part = components_of(start, end, 30)
    by_first_node = sorted(sorted(nodes) for nodes in nx.connected_components(graph))
    assert count == len(by_first_node)
    assert [np.flatnonzero(part == number).tolist() for number in range(count)] == by_first_node


def test_a_long_row_of_nodes_in_any_order_is_one_part() -> None:
    row = np.random.default_rng(5).permutation(20_000).astype(np.int32)
    count, part = components_of(row[:-1], row[1:], len(row))
    assert (count, part.max()) == (1, 0)


# ------------------------------------------------------------------------------------------- ends that are joined


@settings(max_examples=60)
@given(
    st.lists(st.tuples(*[st.integers(0, 30)] * 4).filter(lambda c: c[:2] != c[2:]), min_size=1, max_size=25),
    st.sampled_from([0.5, 1.0, 1.5, 3.2]),
)
def test_ends_within_the_tolerance_of_one_another_are_one_node_from_one_to_the_next(drawn: list[tuple[int, ...]], tolerance: float) -> None:
    lines = objects([shapely.LineString([c[:2], c[2:]]) for c in drawn])
    nodes, start, end, joined = join_ends(lines, tolerance)
    places = sorted({place for c in drawn for place in (c[:2], c[2:])})
    near = nx.Graph()
    near.add_nodes_from(places)
    near.add_edges_from((a, b) for a, b in combinations(places, 2) if np.hypot(a[0] - b[0], a[1] - b[1]) <= tolerance)
    groups = sorted(min(group) for group in nx.connected_components(near))
    assert [tuple(node) for node in nodes.tolist()] == groups
    assert joined == len(places) - len(groups)
    for i, c in enumerate(drawn):
        assert min(nx.node_connected_component(near, c[:2])) == tuple(nodes[start[i]].tolist())
        assert min(nx.node_connected_component(near, c[2:])) == tuple(nodes[end[i]].tolist())


@pytest.mark.parametrize(("apart", "count"), [(0.0099, 3), (0.0101, 4)])
def test_ends_a_centimetre_apart(apart: float, count: int) -> None:
    net = build_network(
        made(
            [line((400_000, 300_000), (400_100, 300_000)), line((400_100 + apart, 300_000), (400_200, 300_000))],
            NetworkColumns(island_gap=0.0),
        )
    )
    assert len(net.nodes) == count
    assert net.report.joined == 4 - count


# ------------------------------------------------------------------------------------------- lines that cross

CROSSING = NetworkColumns(planarise=True, island_gap=0.0)


@settings(max_examples=60)
@given(st.lists(st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), min_size=2, max_size=4, unique=True), min_size=1, max_size=7))
def test_lines_are_cut_where_shapely_nodes_them_and_keep_their_length(drawn: list[list[tuple[int, int]]]) -> None:
    lines = [shapely.LineString(np.array(corners) * 100.0) for corners in drawn]
    # A line that turns back on itself passes a place twice on one stretch: no road is drawn so.
    assume(all(shapely.length(shapely.union_all([one])) > shapely.length(one) - 1e-6 for one in lines))
    net, whole = build_network(made(lines, CROSSING)), shapely.union_all(lines)
    ours = shapely.from_wkb(pieces_of(net))
    assert shapely.union_all(ours).hausdorff_distance(whole) < 1e-2
    # Where more than two of shapely's pieces meet, ours end too, and none runs through.
    ends, count = np.unique(np.round(shapely.get_coordinates(shapely.boundary(shapely.get_parts(whole))), 2), axis=0, return_counts=True)
    for spot in map(shapely.Point, ends[count > 2]):
        here = shapely.distance(ours, spot) < 0.02
        assert (shapely.distance(shapely.boundary(ours[here & ~shapely.is_closed(ours)]), spot) < 0.02).all()
    assert net.metres.sum() == pytest.approx(shapely.length(lines).sum(), rel=1e-9)
    # Whoever can walk from one to another on paper can do so on the network, and nobody else.
    assert net.report.components == len(shapely.get_parts(shapely.union_all(shapely.buffer(lines, 1e-3))))


@pytest.mark.parametrize(
    ("lines", "truth", "crossings"),
    [
        # a cross
        ([[(0, 0), (10, 0)], [(5, -5), (5, 5)]], [[(0, 0), (5, 0)], [(5, 0), (10, 0)], [(5, -5), (5, 0)], [(5, 0), (5, 5)]], 1),
        # a T
        ([[(0, 0), (10, 0)], [(5, 0), (5, 5)]], [[(0, 0), (5, 0)], [(5, 0), (10, 0)], [(5, 0), (5, 5)]], 1),
        # one along the other for a stretch, drawn against it
        ([[(0, 0), (10, 0)], [(12, 5), (7, 0), (3, 0), (0, 5)]],
         [[(0, 0), (3, 0)], [(3, 0), (7, 0)], [(7, 0), (10, 0)], [(12, 5), (7, 0)], [(7, 0), (3, 0)], [(3, 0), (0, 5)]], 2),
        # along one another, and across once more
        ([[(0, 0), (4, 0), (8, 0)], [(0, 0), (2, 0), (4, 3), (6, -3)]],
         [[(0, 0), (2, 0)], [(2, 0), (4, 0), (5, 0)], [(5, 0), (8, 0)], [(0, 0), (2, 0)], [(2, 0), (4, 3), (5, 0)], [(5, 0), (6, -3)]], 2),
        # a ring and a line through it
        ([[(0, 0), (10, 0), (10, 10), (0, 10), (0, 0)], [(5, -5), (5, 15)]],
         [[(0, 0), (5, 0)], [(5, 0), (10, 0), (10, 10), (5, 10)], [(5, 10), (0, 10), (0, 0)],
          [(5, -5), (5, 0)], [(5, 0), (5, 10)], [(5, 10), (5, 15)]], 2),
        # an eight that crosses itself
        ([[(0, 0), (10, 10), (10, 0), (0, 10)]], [[(0, 0), (5, 5)], [(5, 5), (10, 10), (10, 0), (5, 5)], [(5, 5), (0, 10)]], 1),
        # a lollipop: the end of a line on its own middle
        ([[(0, 0), (5, 0), (10, 0), (10, 5), (5, 0)]], [[(0, 0), (5, 0)], [(5, 0), (10, 0), (10, 5), (5, 0)]], 1),
    ],
)  # fmt: skip
def test_lines_that_meet(lines: list[list[Corner]], truth: list[list[Corner]], crossings: int) -> None:
    net = build_network(made([line(*c) for c in lines], CROSSING))
    assert pieces_of(net) == normal([line(*c) for c in truth])
    assert net.report.crossings == crossings
    assert net.report.components == 1


def test_an_end_that_touches_an_oblique_line_but_for_rounding_joins_it() -> None:
    # The foot lies on the slope to a thousandth of a millimetre only, as any foot on an oblique line does.
    slope, foot = line((400_000, 300_000), (400_700, 300_300)), (400_233.333, 300_100.0)
    apart = shapely.Point(foot).distance(slope)
    assert 0.0 < apart < 0.001
    net = build_network(made([slope, line(foot, (400_233, 301_000))], CROSSING))
    assert net.report.components == 1
    assert len(net.start) == 3
    assert len(net.nodes) == 4
    assert net.metres.sum() == pytest.approx(slope.length + line(foot, (400_233, 301_000)).length, rel=1e-12)


def test_stated_lengths_are_shared_among_pieces_and_attributes_go_with_them() -> None:
    lines = [line((0, 0), (10, 0)), line((2, -5), (2, 5))]
    net = build_network(
        made(
            lines,
            NetworkColumns("kind", length="m", oneway="way", planarise=True, island_gap=0.0),
            kind=["a", "b"],
            m=[50.0, 80.0],
            way=[1, -1],
        )
    )
    assert net.oneway is not None
    assert sorted(zip(net.road_class.tolist(), net.metres.tolist(), net.oneway.tolist(), strict=True)) == [
        ("a", 10.0, 1),
        ("a", 40.0, 1),
        ("b", 40.0, -1),
        ("b", 40.0, -1),
    ]


# ------------------------------------------------------------------------------------------- gaps that are bridged


def bridged(lines: Sequence[shapely.LineString], reach: float, columns: dict[str, Any] | None = None, **table: Sequence[object]) -> Network:
    return build_network(made(lines, NetworkColumns(bridge=reach, island_gap=0.0, **(columns or {})), **table))


def test_a_gap_is_bridged_from_the_middle_of_a_line_and_none_is_over_the_limit() -> None:
    lines = [line((0, 0), (100, 0)), line((40, 8), (40, 60)), line((200, 11), (300, 11))]
    net = bridged(lines, 10.0)
    assert net.report.bridges == (8.0,)
    assert net.report.components == 2
    assert pieces_of(net) == normal([line((0, 0), (40, 0)), line((40, 0), (100, 0)), line((40, 0), (40, 8)), *lines[1:]])
    assert bridged(lines, 7.9).report.bridges == ()
    assert bridged(lines, 101.0).report.bridges == pytest.approx((8.0, np.hypot(100, 11)))


def test_parts_that_cross_or_touch_without_a_node_are_joined_there() -> None:
    # No gap at all is less of a gap than one of a metre.
    net = bridged([line((0, 0), (100, 0)), line((40, -10), (40, 60)), line((100, 50), (70, 0))], 5.0)
    assert net.report.components == 1
    assert net.report.bridges == (0.0, 0.0)
    assert net.metres.sum() == pytest.approx(100 + 70 + np.hypot(30, 50))


def test_the_smallest_part_is_bridged_first() -> None:
    big = [line((10.0 * i, 0), (10.0 * (i + 1), 0)) for i in range(9)]
    middle = [line((10.0 * i, 20), (10.0 * (i + 1), 20)) for i in range(4)]
    small = [line((0, 33), (10, 33))]
    assert bridged([*big, *middle, *small], 25.0).report.bridges == (13.0, 20.0)


def test_two_bridges_keep_lengths_factors_and_ways_apart() -> None:
    # Stated lengths are ten times the drawn ones, and all streets are one-way: a bridge is as long as the gap, and open both ways.
    lines = [line((100.0 * i, 0), (100.0 * i + 90, 0)) for i in range(4)]
    columns: dict[str, Any] = {"length": "m", "oneway": "way", "road_class": "kind", "length_factor": {"a": 2.0}}
    net = bridged(lines, 15.0, columns, m=[900.0] * 4, way=[1] * 4, kind=["a"] * 4)
    assert net.report.bridges == (10.0, 10.0, 10.0)
    assert sorted(net.metres.tolist()) == [10.0] * 3 + [1_800.0] * 4
    assert net.oneway is not None
    assert net.oneway[net.metres == 10.0].tolist() == [0, 0, 0]
    assert net.oneway[net.metres == 1_800.0].tolist() == [1] * 4
    assert net.report.one_way == pytest.approx(7_200.0 / 7_230.0)


@settings(max_examples=30)
@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), min_size=2, max_size=9, unique=True), st.floats(5.0, 300.0))
def test_bridges_are_a_least_spanning_tree_of_the_gaps_within_reach(spots: list[tuple[int, int]], reach: float) -> None:
    # Specks of road, far shorter than any gap: gaps lead from speck to speck, and Kruskal's tree over all pairs is the shortest.
    lines = [line((20.0 * x, 20.0 * y), (20.0 * x + 0.1 * np.cos(i), 20.0 * y + 0.1 * np.sin(i))) for i, (x, y) in enumerate(spots)]
    graph = nx.Graph()
    graph.add_nodes_from(range(len(lines)))
    pairs = [(a, b, lines[a].distance(lines[b])) for a, b in combinations(range(len(lines)), 2)]
    graph.add_weighted_edges_from(pair for pair in pairs if pair[2] <= reach)
    forest = list(nx.minimum_spanning_edges(graph, data=True))
    net = bridged(lines, reach)
    assert net.report.components == nx.number_connected_components(graph)
    assert sorted(net.report.bridges) == pytest.approx(sorted(data["weight"] for *_, data in forest))


# ------------------------------------------------------------------------------------------- nodes that are named


@settings(max_examples=60)
@given(st.data())
def test_lines_drawn_from_their_last_node_to_their_first_are_turned(data: st.DataObject) -> None:
    count = data.draw(st.integers(2, 8))
    place = {f"n{i}": (1_000.0 * np.cos(i) * (i + 1), 1_000.0 * np.sin(i) * (i + 1)) for i in range(count)}
    # A tree, so that no part is a pair of nodes alone, where either way fits; and more streets.
    pairs = [(data.draw(st.integers(0, i - 1)), i) for i in range(1, count)]
    pairs += data.draw(st.lists(st.tuples(st.integers(0, count - 1), st.integers(0, count - 1)).filter(lambda p: p[0] != p[1]), max_size=8))
    if len({frozenset(pair) for pair in pairs}) < 2:
        return
    swapped = data.draw(st.lists(st.booleans(), min_size=len(pairs), max_size=len(pairs)))
    turned = data.draw(st.lists(st.booleans(), min_size=len(pairs), max_size=len(pairs)))
    named = [(f"n{b}", f"n{a}") if swap else (f"n{a}", f"n{b}") for (a, b), swap in zip(pairs, swapped, strict=True)]
    straight = [line(place[a], (17.0 * i, 5_000.0), place[b]) for i, (a, b) in enumerate(named)]
    drawn = [shapely.reverse(one) if turn else one for one, turn in zip(straight, turned, strict=True)]
    lines, nodes, start, end = join_names(objects(drawn), np.array([a for a, _ in named], object), np.array([b for _, b in named], object))
    assert [one.equals_exact(other, 0.0) for one, other in zip(lines, straight, strict=True)] == [True] * len(pairs)
    assert [tuple(nodes[i]) for i in start.tolist()] == [place[a] for a, _ in named]
    assert [tuple(nodes[i]) for i in end.tolist()] == [place[b] for _, b in named]


def test_a_dead_end_that_is_drawn_backwards_is_turned_too() -> None:
    # From a to b and c, the first drawn from b; one way from a to b.
    lines = [line((0, 0), (100, 0)), line((0, 0), (-100, 50))]
    net = build_network(
        made(lines, NetworkColumns(from_node="u", to_node="v", oneway="way", island_gap=0.0), u=["a", "b"], v=["b", "c"], way=[1, 0])
    )
    assert net.nodes.tolist() == [[100.0, 0.0], [0.0, 0.0], [-100.0, 50.0]]
    assert (net.start.tolist(), net.end.tolist()) == ([0, 1], [1, 2])
    assert net.segments[:, 0].tolist() == [100.0, 0.0, 0.0, 0.0]


@pytest.mark.parametrize("extra", [{"planarise": True}, {"bridge": 5.0}])
def test_named_nodes_leave_nothing_to_cut_or_bridge(extra: dict[str, Any]) -> None:
    with pytest.raises(NetworkError, match="names its nodes"):
        build_network(
            made(
                [line((0, 0), (9, 0)), line((4, -4), (4, 4))],
                NetworkColumns(from_node="u", to_node="v", **extra),
                u=["a", "b"],
                v=["c", "d"],
            )
        )
