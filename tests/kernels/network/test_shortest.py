"""Shortest ways against networkx on random directed graphs; chains of nodes of degree two change no distance."""

from __future__ import annotations

from itertools import pairwise

import networkx as nx
import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from geo_engine.kernels.network import shortest
from geo_engine.kernels.network.rows import compressed_rows
from geo_engine.network import make_graph
from geo_engine.network.travel.graph import Graph

Float = NDArray[np.float64]
Arcs = tuple[int, list[tuple[int, int, float]]]
Links = tuple[int, list[tuple[int, int, float, float]]]
COSTS = st.one_of(st.sampled_from([0.0, 1.0, 2.5, 7.0]), st.floats(0.0, 1e6, allow_subnormal=False))
CLOSED = st.one_of(COSTS, st.just(np.inf))


@st.composite
def arcs(draw: st.DrawFn) -> Arcs:
    """Directed arcs, with loops, parallel ones, free ones, and parts that nothing leads to."""
    count = draw(st.integers(1, 12))
    node = st.integers(0, count - 1)
    return count, draw(st.lists(st.tuples(node, node, COSTS), max_size=40))


@st.composite
def links(draw: st.DrawFn) -> Links:
    """Links with a cost either way, often infinite: strings of nodes, rings, loops, and whatever hangs on them."""
    made: list[tuple[int, int, float, float]] = []
    count = draw(st.integers(1, 4))
    for _ in range(draw(st.integers(0, 6))):
        begin, end, inner = draw(st.integers(0, count - 1)), draw(st.integers(0, count - 1)), draw(st.integers(0, 4))
        alone = draw(st.booleans()) and inner > 1
        string = [count, *range(count + 1, count + inner), count] if alone else [begin, *range(count, count + inner), end]
        count += inner
        turned = draw(st.booleans())
        for a, b in pairwise(string):
            low, high = (b, a) if turned and draw(st.booleans()) else (a, b)
            made.append((low, high, draw(CLOSED), draw(CLOSED)))
    order = draw(st.permutations(range(len(made))))
    return count, [made[i] for i in order]


def rows(count: int, made: list[tuple[int, int, float]]) -> tuple[NDArray[np.int64], NDArray[np.int32], Float]:
    tail = np.array([a for a, _, _ in made], np.int32)
    first, order = np.empty(count + 1, np.int64), np.empty(len(made), np.int32)
    compressed_rows(tail, first, order)
    head, cost = np.array([b for _, b, _ in made], np.int32), np.array([c for *_, c in made], np.float64)
    return first, head[order], cost[order]


def by_networkx(count: int, made: list[tuple[int, int, float]], source: list[tuple[int, float]]) -> Float:
    """Cost from each source to each node, (sources, nodes)."""
    graph: nx.MultiDiGraph[int] = nx.MultiDiGraph()
    graph.add_nodes_from(range(count))
    graph.add_weighted_edges_from(arc for arc in made if np.isfinite(arc[2]))
    out = np.full((len(source), count), np.inf)
    for row, (node, begin) in enumerate(source):
        for other, away in nx.single_source_dijkstra_path_length(graph, node).items():
            out[row, other] = begin + away
    return out


SOURCES = st.lists(st.tuples(st.integers(0, 10**6), COSTS), max_size=6)


@settings(max_examples=80)
@given(
    arcs(),
    SOURCES,
    st.one_of(st.just(np.inf), COSTS),
    st.one_of(st.just(0.0), st.sampled_from([1e-9, 1e-3, 1.0, 17.0, 1e5, 1e12])),
)
def test_the_nearest_source_is_that_of_networkx_whatever_the_width_of_a_bucket(
    made: Arcs, drawn: list[tuple[int, float]], cutoff: float, width: float
) -> None:
    count, graph = made
    source = [(node % count, begin) for node, begin in drawn]
    first, head, cost = rows(count, graph)
    node, begin = np.array([s for s, _ in source], np.int64), np.array([b for _, b in source], np.float64)
    distance, label, arc = np.empty(count), np.empty(count, np.int32), np.empty(count, np.int32)
    wide = width or shortest.bucket_width(cost, begin)
    shortest.nearest_source(first, head, cost, node, begin, cutoff, wide, distance, label, arc)
    truth = by_networkx(count, graph, source)
    least = truth.min(axis=0, initial=np.inf)
    clear = np.abs(least - cutoff) > 1e-9 * cutoff if np.isfinite(cutoff) else np.ones(count, np.bool_)
    least[least > cutoff] = np.inf
    np.testing.assert_allclose(distance[clear], least[clear], rtol=1e-12, atol=1e-12)
    assert ((label >= 0) == np.isfinite(distance)).all()
    for v in np.flatnonzero(label >= 0).tolist():
        np.testing.assert_allclose(truth[label[v], v], distance[v], rtol=1e-12, atol=1e-12)
        if arc[v] < 0:
            assert source[label[v]] == (v, distance[v])
        else:  # the arc leads here from a node of the same cost less the arc
            before = int(np.searchsorted(first, arc[v], side="right")) - 1
            assert head[arc[v]] == v
            np.testing.assert_allclose(distance[before] + cost[arc[v]], distance[v], rtol=1e-12, atol=1e-12)


@settings(max_examples=80)
@given(arcs(), SOURCES, st.integers(1, 5))
def test_the_k_nearest_sources_are_those_of_networkx_nearest_first(made: Arcs, drawn: list[tuple[int, float]], k: int) -> None:
    count, graph = made
    source = [(node % count, begin) for node, begin in drawn]
    first, head, cost = rows(count, graph)
    node, begin = np.array([s for s, _ in source], np.int64), np.array([b for _, b in source], np.float64)
    distance, label = np.empty((count, k)), np.empty((count, k), np.int32)
    shortest.k_nearest_sources(first, head, cost, node, begin, distance, label)
    truth = by_networkx(count, graph, source)
    padded = np.vstack([truth, np.full((k, count), np.inf)])
    np.testing.assert_allclose(distance, np.sort(padded, axis=0)[:k].T, rtol=1e-12, atol=1e-12)
    for v in range(count):
        known = [s for s in label[v].tolist() if s >= 0]
        assert len(known) == len(set(known)) == int(np.isfinite(distance[v]).sum())
        np.testing.assert_allclose([truth[s, v] for s in known], distance[v, : len(known)], rtol=1e-12, atol=1e-12)


def test_of_sources_at_one_node_the_cheapest_counts_and_of_equals_the_first() -> None:
    first, head, cost = rows(2, [(0, 1, 3.0)])
    distance, label, arc = np.empty(2), np.empty(2, np.int32), np.empty(0, np.int32)
    node = np.array([0, 0, 0, 1], np.int64)
    shortest.nearest_source(first, head, cost, node, np.array([5.0, 2.0, 2.0, 9.0]), np.inf, 1.0, distance, label, arc)
    assert distance.tolist() == [2.0, 5.0]
    assert label.tolist() == [1, 1]
    shortest.nearest_source(first, head, cost, node, np.array([5.0, 2.0, 2.0, 9.0]), 4.0, 1.0, distance, label, arc)
    assert distance.tolist() == [2.0, np.inf]
    assert label.tolist() == [1, -1]


def test_more_waiting_nodes_than_there_was_room_for() -> None:
    # A star of 20 000 rays, all of them waiting at once, and each of them a source for k nearest.
    rays = 20_000
    first, head, cost = rows(rays + 1, [(0, i, float(i)) for i in range(1, rays + 1)])
    distance, label, arc = np.empty(rays + 1), np.empty(rays + 1, np.int32), np.empty(0, np.int32)
    shortest.nearest_source(first, head, cost, np.zeros(1, np.int64), np.ones(1), np.inf, 100.0, distance, label, arc)
    np.testing.assert_array_equal(distance, np.arange(rays + 1) + 1.0)
    many, which = np.empty((rays + 1, 2)), np.empty((rays + 1, 2), np.int32)
    shortest.k_nearest_sources(first, head, cost, np.arange(rays + 1), np.zeros(rays + 1), many, which)
    np.testing.assert_array_equal(many[1:], np.stack([np.zeros(rays), np.arange(1.0, rays + 1)], axis=1))


# ------------------------------------------------------------------------------------------------ chains


def graphs(made: Links, keep: list[int]) -> tuple[Graph, Graph]:
    count, parts = made
    low, high = np.array([p[0] for p in parts], np.int32), np.array([p[1] for p in parts], np.int32)
    up, down = np.array([p[2] for p in parts], np.float64), np.array([p[3] for p in parts], np.float64)
    kept = np.array(keep, np.int64)
    return make_graph(low, high, up, down, count, kept), make_graph(low, high, up, down, count, kept, contract=False)


def as_arcs(parts: list[tuple[int, int, float, float]]) -> list[tuple[int, int, float]]:
    return [(a, b, up) for a, b, up, _ in parts] + [(b, a, down) for a, b, _, down in parts]


@settings(max_examples=80)
@given(links(), SOURCES, st.one_of(st.just(np.inf), COSTS))
@example((2, [(0, 1, 1.0, np.inf), (1, 0, 1.0, np.inf)]), [(0, 0.0)], np.inf)  # a ring of two one-way streets
@example((3, [(1, 0, np.inf, 2.0), (2, 1, 3.0, np.inf), (0, 2, np.inf, np.inf)]), [(0, 0.0)], np.inf)
@example((1, [(0, 0, 1.0, 1.0)]), [(0, 0.0)], np.inf)  # a loop on its own
def test_contraction_changes_no_distance(made: Links, drawn: list[tuple[int, float]], cutoff: float) -> None:
    count, parts = made
    source = [(node % count, begin) for node, begin in drawn]
    node, begin = np.array([s for s, _ in source], np.int64), np.array([b for _, b in source], np.float64)
    short, full = graphs(made, [s for s, _ in source])
    truth = by_networkx(count, as_arcs(parts), source)
    least = truth.min(axis=0, initial=np.inf)
    clear = np.abs(least - cutoff) > 1e-9 * cutoff if np.isfinite(cutoff) else np.ones(count, np.bool_)
    least[least > cutoff] = np.inf
    for graph in (short, full):
        found = graph.nearest(node, begin, cutoff=cutoff)
        np.testing.assert_allclose(found.cost[clear], least[clear], rtol=1e-12, atol=1e-12)
        for v in np.flatnonzero(found.source >= 0).tolist():
            np.testing.assert_allclose(truth[found.source[v], v], found.cost[v], rtol=1e-12, atol=1e-12)
        if source:
            several = graph.k_nearest(node, begin, 2)
            np.testing.assert_allclose(several.cost[:, 0], truth.min(axis=0), rtol=1e-12, atol=1e-12)


@settings(max_examples=80)
@given(links(), st.lists(st.integers(0, 10**6), max_size=3))
def test_every_open_link_lies_in_one_chain_and_chains_end_where_nodes_are_kept(made: Links, drawn: list[int]) -> None:
    count, parts = made
    keep = [node % count for node in drawn]
    graph, full = graphs(made, keep)
    is_open = {i for i, (_, _, up, down) in enumerate(parts) if np.isfinite(up) or np.isfinite(down)}
    assert sorted(graph.chain_link.tolist()) == sorted(is_open)
    assert sorted(full.chain_link.tolist()) == sorted(is_open)
    assert len(full.end_node) == count
    assert set(keep) <= set(graph.end_node.tolist())
    for c in range(len(graph.chain_first) - 1):
        window = slice(int(graph.chain_first[c]), int(graph.chain_first[c + 1]))
        walk = []
        for link, flipped in zip(graph.chain_link[window].tolist(), graph.from_high[window].tolist(), strict=True):
            low, high = parts[link][:2]
            walk.append((high, low) if flipped else (low, high))
        assert all(one[1] == other[0] for one, other in pairwise(walk))
        assert graph.ends[walk[0][0]] >= 0
        assert graph.ends[walk[-1][1]] >= 0
        assert all(graph.ends[step[1]] < 0 for step in walk[:-1])


@settings(max_examples=80)
@given(links(), st.integers(0, 10**6))
def test_a_way_is_a_walk_from_the_root_whose_links_add_up_to_its_cost(made: Links, drawn: int) -> None:
    count, parts = made
    root = drawn % count
    truth = by_networkx(count, as_arcs(parts), [(root, 0.0)])[0]
    for graph in graphs(made, [root]):
        tree = graph.tree(root)
        for number, node in enumerate(graph.end_node.tolist()):
            np.testing.assert_allclose(tree.cost[number], truth[node], rtol=1e-12, atol=1e-12)
            if not np.isfinite(truth[node]):
                continue
            at, cost = root, 0.0
            for link, flipped in tree.way(node):
                low, high, up, down = parts[link]
                assert at == (high if flipped else low)
                at, cost = (low, cost + down) if flipped else (high, cost + up)
            assert at == node
            np.testing.assert_allclose(cost, truth[node], rtol=1e-12, atol=1e-12)
