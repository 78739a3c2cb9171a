"""Graphs in GraphML: against networkx's own reading, against what hand-made files say, and every way to fail."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo_engine.errors import Fault, GeoEngineError, LayerError
from geo_engine.workspace import read_catalogue, read_features
from geo_engine.workspace.data.networks.graphml import read_graphml
from geo_engine.workspace.data.rows import Source

Faults = Callable[[Callable[[], object], type[GeoEngineError]], tuple[Fault, ...]]
PLACE = "layers/town.toml:2 source"
# As OSMnx writes a street open both ways (osmid 10), a one-way street with a bend (11) and a street of two ways (12, 13); all is text.
OSMNX = """<?xml version='1.0' encoding='utf-8'?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns">
  <key id="d9" for="edge" attr.name="geometry" attr.type="string" />
  <key id="d8" for="edge" attr.name="length" attr.type="string" />
  <key id="d7" for="edge" attr.name="reversed" attr.type="string" />
  <key id="d6" for="edge" attr.name="oneway" attr.type="string" />
  <key id="d5" for="edge" attr.name="highway" attr.type="string" />
  <key id="d4" for="edge" attr.name="osmid" attr.type="string" />
  <key id="d3" for="node" attr.name="street_count" attr.type="string" />
  <key id="d2" for="node" attr.name="x" attr.type="string" />
  <key id="d1" for="node" attr.name="y" attr.type="string" />
  <key id="d0" for="graph" attr.name="crs" attr.type="string" />
  <graph edgedefault="directed"><data key="d0">epsg:4326</data>
    <node id="101"><data key="d1">50.6</data><data key="d2">5.5</data><data key="d3">1</data></node>
    <node id="102"><data key="d1">50.61</data><data key="d2">5.52</data><data key="d3">3</data></node>
    <node id="103"><data key="d1">50.62</data><data key="d2">5.5</data><data key="d3">1</data></node>
    <edge source="101" target="102" id="0"><data key="d4">10</data><data key="d5">residential</data><data key="d6">False</data>
      <data key="d7">False</data><data key="d8">1798.5</data></edge>
    <edge source="102" target="101" id="0"><data key="d4">10</data><data key="d5">residential</data><data key="d6">False</data>
      <data key="d7">True</data><data key="d8">1798.5</data></edge>
    <edge source="102" target="103" id="0"><data key="d4">11</data><data key="d5">primary</data><data key="d6">True</data>
      <data key="d7">False</data><data key="d8">1900.25</data><data key="d9">LINESTRING (5.52 50.61, 5.53 50.62, 5.5 50.62)</data></edge>
    <edge source="102" target="103" id="1"><data key="d4">[12, 13]</data><data key="d5">['service', 'track']</data>
      <data key="d6">False</data><data key="d7">False</data><data key="d8">1700</data>
      <data key="d9">LINESTRING (5.52 50.61, 5.51 50.61, 5.5 50.62)</data></edge>
    <edge source="103" target="102" id="0"><data key="d4">[12, 13]</data><data key="d5">['service', 'track']</data>
      <data key="d6">False</data><data key="d7">True</data><data key="d8">1700</data>
      <data key="d9">LINESTRING (5.5 50.62, 5.51 50.61, 5.52 50.61)</data></edge>
  </graph>
</graphml>
"""


def read(text: str | bytes) -> Source:
    return read_graphml(text if isinstance(text, bytes) else text.encode(), "town.graphml", PLACE)


def written(graph: nx.Graph[Any]) -> bytes:
    return "\n".join(nx.generate_graphml(graph)).encode()


def plain(directed: str, edges: str, *, nodes: str = "", keys: str = "", head: str = "") -> str:
    """A graph by hand: nodes a and b at (0, 0) and (3, 4), with keys for x and y and an edge's length."""
    lines = "".join(
        f'<node id="{name}"><data key="x">{x}</data><data key="y">{y}</data></node>' for name, x, y in (("a", 0, 0), ("b", 3, 4))
    )
    return (
        f'{head}<graphml xmlns="http://graphml.graphdrawing.org/xmlns"><key id="x" for="node" attr.name="x" attr.type="double"/>'
        '<key id="y" for="node" attr.name="y" attr.type="double"/><key id="l" for="edge" attr.name="length" attr.type="double"/>'
        f'{keys}<graph edgedefault="{directed}">{lines}{nodes}{edges}</graph></graphml>'
    )


def test_a_town_as_osmnx_writes_it() -> None:
    found = read(OSMNX)
    table = found.table
    assert found.crs == "epsg:4326"
    assert list(zip(table["from_node"], table["to_node"], table["oneway"], strict=True)) == [(101, 102, 0), (102, 103, 1), (102, 103, 0)]
    assert table["osmid"].tolist() == ["10", "11", "[12, 13]"]
    assert table["highway"].tolist() == ["residential", "primary", "['service', 'track']"]
    assert table["length"].tolist() == [1798.5, 1900.25, 1700.0]
    assert found.geometry is not None
    assert [line.wkt for line in found.geometry] == [
        "LINESTRING (5.5 50.6, 5.52 50.61)",
        "LINESTRING (5.52 50.61, 5.53 50.62, 5.5 50.62)",
        "LINESTRING (5.52 50.61, 5.51 50.61, 5.5 50.62)",
    ]
    assert "geometry" not in table
    assert (found.rows.tolist(), found.row_word) == ([1, 3, 4], "edge")
    assert found.notes == ("town.graphml: 2 pairs of directed edges, there and back along one line, are taken as one edge for both ways",)


def test_a_town_as_a_layer_with_an_empty_table_network(tmp_path: Path) -> None:
    (tmp_path / "layers").mkdir()
    (tmp_path / "layers/town.graphml").write_text(OSMNX)
    (tmp_path / "layers/town.toml").write_text(
        'title = "Town"\nsource = "town.graphml"\ngeometry = "network"\npublisher = "nobody"\nlicence = "ODbL"\nvintage = 2024\n[network]\n'
    )
    layer = read_catalogue(tmp_path).layers["town"]
    assert layer.network is not None
    assert (layer.network.oneway, layer.network.from_node, layer.network.to_node) == ("oneway", "from_node", "to_node")
    features = read_features(layer, crs="EPSG:32631", where="oneway = 1")
    assert features.table["osmid"].tolist() == ["11"]
    assert shapely.get_coordinates(features.geometry)[0] == pytest.approx([678195, 5609195], abs=2000)  # zone 31, near Liège


@pytest.mark.parametrize(
    ("change", "oneway"),
    [
        (("1798.5</data></edge>", "1798.6</data></edge>"), [1, 1, 1, 0]),  # one arc says another length
        (("5.51 50.61, 5.52 50.61", "5.511 50.61, 5.52 50.61"), [0, 1, 1, 1]),  # lines that differ
        (("LINESTRING (5.5 50.62, 5.51 50.61, 5.52 50.61)", "LINESTRING (5.52 50.61, 5.51 50.61, 5.5 50.62)"), [0, 1, 0]),  # drawn one way
    ],
)  # fmt: skip
def test_only_exact_opposites_are_one_edge(change: tuple[str, str], oneway: list[int]) -> None:
    assert change[0] in OSMNX
    assert read(OSMNX.replace(*change, 1)).table["oneway"].tolist() == oneway


def test_an_undirected_edge_keeps_its_direction_and_parallels_stay_apart() -> None:
    """The graphs of networkx would turn the first edge round and lose the second, which has the name of the first."""
    edges = (
        '<edge id="0" source="b" target="a"><data key="l">7</data></edge><edge id="0" source="a" target="b"><data key="l">9</data></edge>'
    )
    found = read(plain("undirected", edges))
    assert list(zip(found.table["from_node"], found.table["to_node"], found.table["length"], strict=True)) == [("b", "a", 7), ("a", "b", 9)]
    assert found.table["oneway"].tolist() == [0, 0]
    assert found.crs is None
    assert found.geometry is not None
    assert [line.wkt for line in found.geometry] == ["LINESTRING (3 4, 0 0)", "LINESTRING (0 0, 3 4)"]


def test_what_edges_say_of_direction_one_by_one() -> None:
    edges = '<edge source="a" target="b"/><edge directed="true" source="a" target="b"/><edge directed="false" source="b" target="a"/>'
    assert read(plain("undirected", edges)).table["oneway"].tolist() == [0, 1, 0]
    assert read(plain("directed", edges)).table["oneway"].tolist() == [1, 1, 0]
    own = plain("undirected", '<edge source="a" target="b"><data key="w">-1</data></edge>')
    key = '<key id="w" for="edge" attr.name="oneway" attr.type="int"/>'
    assert read(own.replace("<graph ", key + "<graph ")).table["oneway"].tolist() == [-1]


def test_defaults_of_keys_hold_where_an_edge_says_nothing() -> None:
    key = '<key id="c" for="edge" attr.name="class" attr.type="string"><default>lane</default></key>'
    found = read(plain("directed", '<edge source="a" target="b"/><edge source="b" target="a"><data key="c">road</data></edge>', keys=key))
    assert found.table["class"].tolist() == ["lane", "road"]


@pytest.mark.parametrize(
    ("nodes", "crs", "expected", "first"),
    [
        ({"lon": (5.5, 5.6), "lat": (50.5, 50.6)}, None, "EPSG:4326", (5.5, 50.5)),
        ({"easting": (500_000, 500_900), "northing": (10, 20)}, "EPSG:32631", "EPSG:32631", (500_000, 10)),
        ({"x": (1.0, 2.0), "y": (3.0, 4.0)}, None, None, (1.0, 3.0)),
        # Projected by OSMnx: x and y in metres, lon and lat beside them.
        ({"x": (7e5, 7.1e5), "y": (5e6, 5.1e6), "lon": (5.5, 5.6), "lat": (50.5, 50.6)}, "EPSG:32631", "EPSG:32631", (7e5, 5e6)),
        # Drawing coordinates beside degrees, and no CRS.
        ({"x": (17.0, 99.0), "y": (5.0, 5.1), "lon": (5.5, 5.6), "lat": (50.5, 50.6)}, None, "EPSG:4326", (5.5, 50.5)),
    ],
)
def test_coordinates_and_their_crs(
    nodes: dict[str, tuple[float, float]], crs: str | None, expected: str | None, first: tuple[float, float]
) -> None:
    graph = nx.Graph() if crs is None else nx.Graph(crs=crs)
    graph.add_nodes_from((number, {name: pair[number] for name, pair in nodes.items()}) for number in (0, 1))
    graph.add_edge(0, 1)
    found = read(written(graph))
    assert found.crs == expected
    assert found.geometry is not None
    assert shapely.get_coordinates(found.geometry)[0].tolist() == list(first)


def test_without_a_crs_the_layer_must_say_it(tmp_path: Path, faults: Faults) -> None:
    (tmp_path / "layers").mkdir()
    (tmp_path / "layers/town.graphml").write_text(plain("directed", '<edge source="a" target="b"/>').replace(">3<", ">430000<"))
    head = 'title = "Town"\nsource = "town.graphml"\ngeometry = "network"\npublisher = "nobody"\nlicence = "ODbL"\nvintage = 2024\n'
    (tmp_path / "layers/town.toml").write_text(head + "[network]\n")
    (fault,) = faults(lambda: read_features(read_catalogue(tmp_path).layers["town"], crs="EPSG:27700"), LayerError)
    assert (fault.what, fault.remedy) == ("'town.graphml' states no CRS", 'add it to the layer\'s file: crs = "EPSG:..."')
    (tmp_path / "layers/town.toml").write_text(head + 'crs = "EPSG:27700"\n[network]\n')
    features = read_features(read_catalogue(tmp_path).layers["town"], crs="EPSG:27700")
    assert features.geometry[0].wkt == "LINESTRING (0 0, 430000 4)"


streets = st.lists(
    st.tuples(st.integers(0, 5), st.integers(0, 5), st.integers(1, 9), st.booleans()).filter(lambda edge: edge[0] != edge[1]), min_size=1
)


@settings(max_examples=60, deadline=None)
@given(streets, st.booleans())
def test_the_shortest_ways_are_those_of_networkx(edges: list[tuple[int, int, int, bool]], directed: bool) -> None:  # noqa: FBT001 - drawn
    """All pairs, over whatever was merged, turned or kept apart, against networkx on the graph that was written."""
    graph = nx.MultiDiGraph() if directed else nx.MultiGraph()
    graph.add_nodes_from((number, {"x": float(number), "y": number * number / 2, "name": "n"}) for number in range(6))
    for start, end, length, back in edges:
        graph.add_edge(start, end, length=length, text=str(length))
        if back and directed:
            graph.add_edge(end, start, length=length, text=str(length))
    table = read(written(graph)).table
    own = nx.MultiDiGraph()
    own.add_nodes_from(range(6))
    own.add_weighted_edges_from(table.loc[table["oneway"] >= 0, ["from_node", "to_node", "length"]].to_numpy().tolist())
    own.add_weighted_edges_from(table.loc[table["oneway"] <= 0, ["to_node", "from_node", "length"]].to_numpy().tolist())
    expected = dict(nx.all_pairs_dijkstra_path_length(graph, weight="length"))
    assert dict(nx.all_pairs_dijkstra_path_length(own)) == expected
    assert len(table) + (table["oneway"] == 0).sum() * directed == graph.number_of_edges()


def test_every_fault_of_a_graph_at_once(faults: Faults) -> None:
    nodes = '<node id="a"/><node id="c"><data key="x">1</data></node><node id="d"><data key="x">nan</data><data key="y">inf</data></node>'
    edges = '<edge source="a" target="z"/><edge source="a"/><edge source="c" target="d"><data key="g">LINESTRING (0 0)</data></edge>'
    key = '<key id="g" for="edge" attr.name="geometry" attr.type="string"/>'
    found = faults(lambda: read(plain("directed", edges, nodes=nodes, keys=key)), LayerError)
    assert {fault.where for fault in found} == {PLACE}
    assert [(fault.what, fault.found) for fault in found] == [
        ("'geometry' of town.graphml is not a geometry in 1 rows", "'LINESTRING (0 0)' in edge 3"),
        ("1 nodes are in town.graphml more than once", "'a' in node 1 and 3"),
        ("'to_node' of town.graphml is blank in 1 rows", "edge 2"),
        ("'to_node' of town.graphml names 1 nodes that are not in town.graphml", "'z' in edge 1"),
        ("'x' of town.graphml is not a number in 1 rows", "'' in node 5"),
        ("'y' of town.graphml is not a number in 2 rows", "'' in node 4, 'inf' in node 5"),
    ]


BOMB = "<!DOCTYPE b [<!ENTITY a0 'aaaaaaaaaa'>{}]>".format("".join(f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 10)))
EDGE = '<edge source="a" target="b"/>'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (OSMNX[: len(OSMNX) // 2], "cannot be read: "),
        (OSMNX[:-5], "cannot be read: unclosed token"),
        ("", "cannot be read: no element found"),
        ("u,v\n1,2\n", "cannot be read: syntax error"),
        ("\x00\x01\x02", "cannot be read: "),
        ("<osm/>", "holds 0 graphs"),
        ("<graphml/>", "holds 0 graphs"),
        (plain("directed", ""), "has no edges"),
        (plain("directed", EDGE).replace("</graphml>", '<graph edgedefault="directed"/></graphml>'), "holds 2 graphs"),
        (plain("directed", EDGE).replace('attr.name="x"', 'attr.name="u"'), "the nodes in 'town.graphml' have no coordinates"),
        (plain("directed", EDGE).replace(">3<", ">three<"), "could not convert string to float: 'three'"),
        (plain("directed", EDGE).replace('attr.type="double"', 'attr.type="colour"'), "no such value 'colour'"),
        (plain("directed", EDGE).replace(' attr.name="x"', ""), "Unknown key for id x"),
        (plain("directed", EDGE + '<hyperedge id="h"/>'), "hyperedges"),
        (plain("directed", '<edge source="a" target="b"><data key="gone">1</data></edge>'), "no key gone"),
        (plain("directed", EDGE, head=BOMB).replace(">3<", ">&a9;<"), "limit on input amplification factor"),
        (plain("directed", EDGE, head='<!DOCTYPE b [<!ENTITY f SYSTEM "/etc/hostname">]>').replace(">3<", ">&f;<"), "undefined entity &f;"),
        (OSMNX.replace("epsg:4326", "epsg:4326000"), "states a CRS that PROJ does not know"),
        (plain("directed", EDGE).replace(">3<", ">0<").replace(">4<", ">0<"), "join nodes at one place, and have no line"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_graph(text: str, said: str) -> None:
    with pytest.raises(LayerError) as caught:
        read(text)
    (fault,) = caught.value.faults
    assert fault.where == PLACE
    assert "'town.graphml'" in fault.what or "town.graphml" in fault.what
    assert said in str(fault)
    assert len(str(fault)) < 600


def test_huge_texts_are_kept_and_never_printed_whole(faults: Faults) -> None:
    key = '<key id="g" for="edge" attr.name="{}" attr.type="string"/>'
    huge = f'<edge source="a" target="b"><data key="g">{"ab" * 1_000_000}</data></edge>'
    assert read(plain("directed", huge, keys=key.format("note"))).table["note"].str.len().tolist() == [2_000_000]
    (fault,) = faults(lambda: read(plain("directed", huge, keys=key.format("geometry"))), LayerError)
    assert len(str(fault)) < 300
    number = plain("directed", f'<edge source="a" target="b"><data key="l">{"9" * 300}</data></edge>').replace(
        'length" attr.type="double', 'length" attr.type="int'
    )
    assert read(number).table["length"].tolist() == [pytest.approx(1e300)]


def test_a_graph_with_wrong_bytes_gives_a_fault_or_edges() -> None:
    draw, refused = np.random.default_rng(1), []
    for _ in range(500):
        damaged = bytearray(OSMNX.encode())
        for place, byte in zip(draw.integers(len(damaged), size=2), draw.integers(32, 127, size=2), strict=True):
            damaged[place] = byte
        try:
            read(bytes(damaged))
        except LayerError as error:
            refused.append(error)
    assert len(refused) > 100
    assert {fault.where for error in refused for fault in error.faults} == {PLACE}


def test_deep_nesting_is_survived() -> None:
    depth = 100_000
    edge = f'<edge source="a" target="b">{"<x>" * depth}{"</x>" * depth}</edge>'
    assert len(read(plain("directed", edge)).table) == 1


def test_names_of_nodes_stay_as_they_are_where_numbers_would_change_them() -> None:
    for names in (["1", "01"], ["1", "1.0"], ["-0", "0"], ["12345678901234567890", "2"]):
        graph = nx.Graph()
        graph.add_nodes_from((name, {"x": float(number), "y": 0.0}) for number, name in enumerate(names))
        graph.add_edge(*names)
        table = read(written(graph)).table
        assert [table["from_node"].iloc[0], table["to_node"].iloc[0]] == names
    assert read(written(nx.relabel_nodes(graph, {names[0]: "7"}))).table["to_node"].dtype == np.int64


def test_loops_without_a_line_are_left_out_and_said() -> None:
    found = read(plain("directed", EDGE + '<edge source="a" target="a"/>'))
    assert found.geometry is not None
    assert [line is None for line in found.geometry] == [False, True]
    assert found.notes == ("town.graphml: 1 edges lead back to their own node and have no line: left out",)


def test_what_the_parser_warns_of_is_a_note() -> None:
    text = plain("directed", EDGE).replace(' attr.type="double"/><key id="l"', '/><key id="l"')
    found = read(text)
    assert found.notes == ("town.graphml: No key type for id y. Using string",)
    assert found.geometry is not None
    assert np.array_equal(shapely.get_coordinates(found.geometry), [[0, 0], [3, 4]])
