"""Networks handed out to networkx and taken in: nothing is lost on the way, and networkx finds the same costs."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo_engine.errors import NetworkError
from geo_engine.model import Profile
from geo_engine.network import from_networkx, to_networkx, travel_network

LORRY = Profile("lorry", "Lorry", {"road": 20.0, "lane": 5.0}, frozenset(), 10.0, 1.0, 1e6)


def drawn(edges: list[tuple[int, int, str]], count: int) -> nx.MultiGraph[int]:
    """A graph with its nodes on a spiral, so that no two share a place."""
    graph: nx.MultiGraph[int] = nx.MultiGraph()
    for node in range(count):
        graph.add_node(node, easting=1_000.0 * node * np.cos(node), northing=1_000.0 * node * np.sin(node))
    for u, v, road_class in edges:
        graph.add_edge(u, v, road_class=road_class)
    return graph


@settings(max_examples=40)
@given(st.data())
def test_networkx_finds_the_costs_that_we_find(data: st.DataObject) -> None:
    count = data.draw(st.integers(2, 9))
    node = st.integers(0, count - 1)
    edges = data.draw(
        st.lists(st.tuples(node, node, st.sampled_from(["road", "lane"])).filter(lambda e: e[0] != e[1]), min_size=1, max_size=20)
    )
    network = from_networkx(drawn(edges, count))
    e, n = network.nodes[:, 0].copy(), network.nodes[:, 1].copy()
    travel = travel_network(network, LORRY, {"towns": (e + 30.0, n + 40.0, [str(i) for i in range(len(e))])})
    graph = to_networkx(travel)
    assert graph.number_of_edges() == len(travel.low)
    cost = travel.matrix("towns")
    for row, (start, off) in enumerate(graph.graph["facilities"]["towns"]):
        reached = nx.single_source_dijkstra_path_length(graph, start, weight="seconds")
        expected = [off / 10.0 + reached.get(other, np.inf) for other in range(travel.node_count)]
        np.testing.assert_allclose(cost[row], expected, rtol=1e-12)


def test_lengths_lines_and_classes_come_in_as_they_are() -> None:
    graph: nx.MultiGraph[str] = nx.MultiGraph()
    graph.add_node("a", easting=0, northing=0)
    graph.add_node("b", easting=3000, northing=4000)
    bend = shapely.LineString([(0, 0), (3000, 0), (3000, 4000)])
    graph.add_edge("a", "b", road_class="road", metres=7500.0, geometry=bend)
    graph.add_edge("b", "a", road_class="lane", metres=5500.0)
    network = from_networkx(graph, name="two ways")
    assert network.metres.tolist() == [7500.0, 5500.0]
    assert network.road_class.tolist() == ["road", "lane"]
    assert network.segments.shape == (4, 3)  # two of the bend, one straight
    out = to_networkx(travel_network(network, LORRY, {}))
    assert sorted(data["metres"] for _, _, data in out.edges(data=True)) == [5500.0, 7500.0]
    assert sorted(data["seconds"] for _, _, data in out.edges(data=True)) == [375.0, 1100.0]


def test_all_faults_of_a_graph_are_told_at_once() -> None:
    graph: nx.Graph[str] = nx.Graph()
    graph.add_node("a", easting=float("nan"), northing=0.0)
    graph.add_node("b", easting=1.0)
    graph.add_edge("a", "b")
    with pytest.raises(NetworkError) as caught:
        from_networkx(graph, name="mine")
    text = str(caught.value)
    assert len(caught.value.faults) == 3
    assert "node 'a' has no 'easting'" in text
    assert "node 'b' has no 'northing'" in text
    assert "edge 'a' - 'b' has no 'road_class'" in text


@pytest.mark.parametrize(
    ("graph", "word"),
    [(nx.DiGraph([(1, 2)]), "no .easting."), (nx.Graph(), "no edge"), (drawn([(0, 1, "road")], 1), "no 'easting'")],
)
def test_graphs_that_cannot_be_taken_in(graph: nx.Graph[int], word: str) -> None:
    with pytest.raises(NetworkError, match=word):
        from_networkx(graph)


def test_two_nodes_at_one_place_are_refused() -> None:
    graph = drawn([(0, 1, "road"), (1, 2, "road")], 3)
    graph.nodes[2]["easting"], graph.nodes[2]["northing"] = graph.nodes[1]["easting"], graph.nodes[1]["northing"]
    with pytest.raises(NetworkError, match="at the place of another"):
        from_networkx(graph)


def test_some_lengths_are_not_enough() -> None:
    graph = drawn([(0, 1, "road"), (1, 2, "road")], 3)
    next(iter(graph.edges(data=True)))[2]["metres"] = 5.0
    with pytest.raises(NetworkError, match="1 of 2 edges"):
        from_networkx(graph)
