"""What cannot be travelled is one clear error; what GraphML carries out comes in again; what a report says of shares."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo_engine.errors import NetworkError
from geo_engine.model import NetworkColumns, Profile
from geo_engine.network import Network, build_network, from_networkx, read_graphml, to_networkx, travel_network, write_graphml
from geo_engine.network.build import straight_network
from tests.measure.builders import Float, line
from tests.network.test_joins import made

TWO = [line((0, 0), (3_000, 0)), line((3_000, 0), (3_000, 1_000))]
LORRY = Profile("lorry", "Lorry", {"road": 20.0, "lane": 5.0}, frozenset(), 10.0, 1.0, 1e6)


def told(columns: NetworkColumns, lines: Sequence[Any] = TWO, **table: Sequence[object]) -> list[str]:
    with pytest.raises(NetworkError) as caught:
        build_network(made(list(lines), columns, **table))
    return [str(fault) for fault in caught.value.faults]


@pytest.mark.parametrize("bad", [-5.0, 0.0, "fast", float("inf"), float("-inf")])
def test_a_driven_speed_that_is_none_is_told_with_its_road(bad: object) -> None:
    (fault,) = told(NetworkColumns(speed="v"), v=[50.0, bad])
    assert "column 'v' holds 1 speeds that are negative, zero or not finite" in fault
    assert "road 1" in fault


@pytest.mark.parametrize(("bad", "known"), [(None, False), (float("nan"), False), ("60", True), (60, True)])
def test_a_speed_may_be_blank_or_text_that_is_a_number(bad: object, known: object) -> None:
    net = build_network(made(TWO, NetworkColumns(speed="v", maxspeed="v"), v=[50.0, bad]))
    assert net.speed is not None
    assert net.speed.tolist() == pytest.approx([50 / 3.6, 60 / 3.6 if known else np.nan], nan_ok=True)


def test_no_speed_limit_is_a_limit_without_end_and_nought_is_none() -> None:
    net = build_network(made(TWO, NetworkColumns(maxspeed="v"), v=[float("inf"), 30]))
    assert net.maxspeed is not None
    assert net.maxspeed.tolist() == pytest.approx([np.inf, 30 / 3.6])
    assert "speeds that are negative, zero or not finite" in told(NetworkColumns(maxspeed="v"), v=[0, 30])[0]


def test_all_that_is_wrong_is_told_at_once() -> None:
    columns = NetworkColumns("kind", length="m", oneway="way", speed="v", from_node="a", to_node="b")
    faults = told(columns, kind=["x", None], m=[-1, 5], way=["sideways", "1"], v=[0, 5], a=[None, "n"], b=["n", "o"])
    assert len(faults) == 5
    for words in ("'kind' is blank", "'m' holds 1 lengths", "sideways", "'v' holds 1 speeds", "column 'a' is blank in 1 rows"):
        assert any(words in fault for fault in faults)


@pytest.mark.parametrize(
    ("word", "way"),
    [("yes", 1), ("1", 1), (1, 1), (1.0, 1), (True, 1), ("TRUE", 1), (" Yes ", 1), ("-1", -1), (-1, -1), ("reverse", -1),
     ("no", 0), (0, 0), (None, 0), ("", 0), (False, 0), (float("nan"), 0)],
)  # fmt: skip
def test_words_for_one_way_streets(word: object, way: int) -> None:
    net = build_network(made(TWO, NetworkColumns(oneway="way"), way=[word, "yes"]))
    assert net.oneway is not None
    assert net.oneway.tolist() == [way, 1]
    assert net.report.one_way == pytest.approx(1.0 if way else 0.25)


def test_rows_of_several_lines_have_no_two_nodes() -> None:
    several = shapely.MultiLineString([[(0, 0), (100, 0)], [(200, 0), (300, 0)]])
    (fault,) = told(NetworkColumns(from_node="a", to_node="b"), [several, TWO[0]], a=["p", "q"], b=["q", "r"])
    assert "1 rows consist of several lines" in fault
    assert "road 0" in fault


def test_lines_of_no_length_only_are_no_network() -> None:
    assert told(NetworkColumns(), [line((0, 0), (0, 0))]) == ["roads: has no line with a length."]


def test_a_length_factor_of_a_class_with_a_slip_in_its_name() -> None:
    (fault,) = told(NetworkColumns("kind", length_factor={"mtorway": 1.1}), kind=["motorway", "lane"])
    assert "no road has class 'mtorway'" in fault
    assert "'motorway'" in fault


def test_a_report_tells_shares_of_length_and_of_nodes() -> None:
    lines = [*TWO, line((50_000, 0), (50_000, 1_000)), line((90_000, 0), (90_000, 5_000))]
    net = build_network(
        made(lines, NetworkColumns("kind", oneway="way", length_factor={"b": 2.0}), kind=["a", "b", "a", "a"], way=[0, 1, 0, -1])
    )
    report = net.report  # 3000 + 2 x 1000 in the main part, then 1000 and 5000 m
    assert (report.nodes, report.edges, report.components, report.metres) == (7, 4, 3, 11_000.0)
    assert report.main_share == pytest.approx(3 / 7)
    assert report.main_length_share == pytest.approx(5 / 11)
    assert report.one_way == pytest.approx(7 / 11)
    assert report.islands == ("road 2", "road 3")


def test_a_network_of_arrays_says_the_same_as_one_of_lines() -> None:
    lines = [*TWO, line((50_000, 0), (50_000, 1_000))]
    built = build_network(made(lines, NetworkColumns(island_gap=0.0)))
    straight = straight_network("roads", built.nodes, built.start, built.end)
    for name in ("nodes", "edges", "metres", "components", "main_share", "main_length_share"):
        assert getattr(straight.report, name) == getattr(built.report, name)
    assert straight.segments.tolist() == built.segments.tolist()


# ------------------------------------------------------------------------------------------- the door


def costs(network: Network, spots: Float) -> tuple[Float, Float]:
    """Costs between all the given places, out and back."""
    travel = travel_network(network, LORRY, {"spots": (spots[:, 0].copy(), spots[:, 1].copy(), [str(i) for i in range(len(spots))])})
    node = travel.facilities["spots"].node
    return travel.matrix("spots", "time", "from")[:, node], travel.matrix("spots", "time", "to")[:, node]


@settings(max_examples=40)
@given(st.data())
def test_a_directed_graph_comes_in_goes_out_and_comes_in_again_from_graphml(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    count = data.draw(st.integers(2, 8))
    pair = st.tuples(st.integers(0, count - 1), st.integers(0, count - 1)).filter(lambda p: p[0] != p[1])
    extra = data.draw(st.lists(st.tuples(pair, st.sampled_from(["road", "lane"]), st.sampled_from([1.0, 1.7])), max_size=14))
    graph: nx.MultiDiGraph[int] = nx.MultiDiGraph()
    place = np.array([(1_000.0 * i * np.cos(i), 1_000.0 * i * np.sin(i)) for i in range(count)])
    for i, (e, n) in enumerate(place.tolist()):
        graph.add_node(i, easting=e, northing=n)
    ring = [((i, (i + 1) % count), "road", 1.0) for i in range(count)]  # so that every node is reached from every other
    for (a, b), road_class, longer in [*ring, *extra]:
        graph.add_edge(a, b, road_class=road_class, metres=longer * float(np.hypot(*(place[a] - place[b]))))
    network = from_networkx(graph)
    for _, _, parts in graph.edges(data=True):
        parts["seconds"] = parts["metres"] / LORRY.speeds[parts["road_class"]]
    truth = np.array(
        [[nx.single_source_dijkstra_path_length(graph, i, weight="seconds").get(j, np.inf) for j in range(count)] for i in range(count)]
    )
    out, back = costs(network, place)
    np.testing.assert_allclose(out, truth, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(back, truth.T, rtol=1e-9, atol=1e-9)
    file = write_graphml(travel_network(network, LORRY, {}), tmp_path_factory.mktemp("door") / "net.graphml")
    again = read_graphml(file)
    np.testing.assert_allclose(costs(again, place)[0], truth, rtol=1e-9, atol=1e-9)
    assert len(again.start) == len(network.start)


def test_nodes_that_would_be_joined_are_refused_wherever_a_centimetre_is_rounded() -> None:
    graph: nx.Graph[int] = nx.Graph()
    for node, easting in enumerate((0.0, 1_000.004, 1_000.006)):
        graph.add_node(node, easting=easting, northing=0.0)
    graph.add_edges_from([(0, 1), (0, 2)], road_class="road")
    with pytest.raises(NetworkError, match="1 nodes lie at the place of another"):
        from_networkx(graph)


@pytest.mark.parametrize("turned", [False, True])
def test_a_one_way_edge_goes_from_its_first_node_however_its_line_is_drawn(turned: bool) -> None:  # noqa: FBT001 - of the parameters
    graph: nx.DiGraph[str] = nx.DiGraph()
    for node, easting in (("a", 0.0), ("b", 1_000.0)):
        graph.add_node(node, easting=easting, northing=0.0)
    bend = line((0, 0), (500, 500), (1_000, 0))
    graph.add_edge("a", "b", road_class="road", geometry=bend.reverse() if turned else bend)
    graph.add_edge("b", "a", road_class="lane")
    out, back = costs(from_networkx(graph), np.array([[0.0, 0.0], [1_000.0, 0.0]]))
    assert out.tolist() == [[0.0, pytest.approx(bend.length / 20.0)], [200.0, 0.0]]
    assert back.tolist() == out.T.tolist()


def test_the_facilities_of_a_network_are_written_on_their_nodes(tmp_path: Path) -> None:
    net = travel_network(build_network(made(TWO, NetworkColumns())), Profile("p", "P", {"edge": 1.0}, frozenset(), 1.0, 1.0, 9e9), {
        "ports": (np.array([0.0, 1_500.0]), np.zeros(2), ["Äx", "B & C"]), "plants": (np.zeros(1), np.zeros(1), ["D"]),
    })  # fmt: skip
    read = nx.read_graphml(write_graphml(net, tmp_path / "n.graphml"))
    assert sorted(data["facilities"] for _, data in read.nodes(data=True) if "facilities" in data) == [
        "ports: B & C",
        "ports: Äx\nplants: D",
    ]
    assert to_networkx(net).graph["facilities"]["plants"] == [(0, 0.0)]


@pytest.mark.parametrize(
    "text", ["", "nonsense", "<graphml>", '<?xml version="1.0"?><graphml xmlns="http://graphml.graphdrawing.org/xmlns"/>']
)
def test_what_is_no_graphml_is_one_error(tmp_path: Path, text: str) -> None:
    (tmp_path / "n.graphml").write_text(text)
    with pytest.raises(NetworkError) as caught:
        read_graphml(tmp_path / "n.graphml")
    assert len(caught.value.faults) == 1


def test_a_graphml_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(NetworkError, match="cannot be read as GraphML"):
        read_graphml(tmp_path / "none.graphml")
