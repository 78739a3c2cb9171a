"""Networks that others published: Southampton's free-flow times by edge and pair, and every street of Liège."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components, dijkstra

from geo_engine.model import Direction, Impedance, NetworkColumns, Profile
from geo_engine.network import Network, RouteFinder, build_network, travel_network
from geo_engine.network.travel.graph import make_graph
from geo_engine.workspace import read_catalogue, read_features
from tests.measure.builders import features

REFERENCE = Path(__file__).parents[3] / "shared/reference"
SOUTHAMPTON = REFERENCE / "southampton_test_network/nismod_test.gpkg"
LIEGE = REFERENCE / "osm_liege/liege_1656.parquet"
RUTLAND = REFERENCE / "osm_rutland/rutland-latest.osm.pbf"
ANY = Profile("any", "Any", {}, frozenset(), 10.0, 1.0, 5_000.0)

southampton = pytest.mark.skipif(not SOUTHAMPTON.exists(), reason="the Southampton test network is not beside the repository")


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    read: pd.DataFrame = pyogrio.read_dataframe(SOUTHAMPTON, layer="testOutputNetwork")
    return read


@pytest.fixture(scope="module")
def built(table: pd.DataFrame) -> Network:
    columns = NetworkColumns(length="m", speed="FFspeed", oneway="one", from_node="Anode", to_node="Bnode", island_gap=0.0)
    given: dict[str, Any] = {"m": 1_000.0 * table["Distance"], "one": [1] * len(table)}
    given |= {name: table[name] for name in ("FFspeed", "Anode", "Bnode")}
    return build_network(features(list(table.geometry), given, name="southampton", kind="network", network=columns))


@southampton
def test_the_published_free_flow_time_of_each_edge_is_ours(table: pd.DataFrame, built: Network) -> None:
    travel = travel_network(built, ANY, {})
    np.testing.assert_allclose(travel.seconds / 60.0, table["FFtime"], rtol=1e-12)
    np.testing.assert_allclose(table["Distance"] / table["FFspeed"] * 60.0, table["FFtime"], rtol=1e-12)
    np.testing.assert_allclose(built.metres, 1_000.0 * table["Distance"], rtol=1e-12)
    names = sorted({*table["Anode"].astype(str), *table["Bnode"].astype(str)})
    assert [names[i] for i in built.start] == table["Anode"].astype(str).tolist()
    assert [names[i] for i in built.end] == table["Bnode"].astype(str).tolist()


@southampton
def test_free_flow_times_between_all_pairs_of_southampton_are_those_of_the_table(table: pd.DataFrame, built: Network) -> None:
    travel = travel_network(built, ANY, {})
    names = sorted({*table["Anode"].astype(str), *table["Bnode"].astype(str)})
    ways: list[tuple[Impedance, str, float]] = [("time", "FFtime", 60.0), ("distance", "Distance", 1_000.0)]
    for impedance, column, unit in ways:
        graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
        graph.add_nodes_from(names)
        graph.add_weighted_edges_from(zip(table["Anode"].astype(str), table["Bnode"].astype(str), unit * table[column], strict=True))
        direction: Direction
        for direction, one in (("from", graph), ("to", graph.reverse())):
            up, down = travel.sides(impedance, direction)
            for node in range(len(names)):
                away = nx.single_source_dijkstra_path_length(one, names[node])
                kept = make_graph(travel.low, travel.high, up, down, len(names), np.array([node]))
                found = kept.nearest(np.array([node]), np.zeros(1)).cost
                np.testing.assert_allclose(found, [away.get(name, np.inf) for name in names], rtol=1e-12)


@southampton
def test_lines_of_southampton_run_from_their_first_node_to_their_last(table: pd.DataFrame, built: Network) -> None:
    """Wherever more than one line tells where a node is, all of them begin and end at one place."""
    first = np.flatnonzero(np.diff(built.segment_edge, prepend=-1))
    last = np.append(first[1:] - 1, len(built.segment_edge) - 1)
    places = np.vstack([built.segments[:2, first].T, built.segments[2:, last].T])
    node = np.concatenate([built.start, built.end])
    told = pd.DataFrame({"node": node, "e": np.round(places[:, 0]), "n": np.round(places[:, 1])})
    assert len(told.drop_duplicates()) == len(built.nodes) == len(set(table["Anode"]) | set(table["Bnode"]))


@pytest.mark.skipif(not LIEGE.exists(), reason="the streets of Liège are not beside the repository")
def test_the_streets_of_liege_by_name_and_by_place_and_the_nearest_of_a_hundred_places() -> None:
    streets = pd.read_parquet(LIEGE)
    lines = shapely.from_wkb(streets["geometry"].to_numpy())
    named: dict[str, Any] = {"u": streets["u"], "v": streets["v"]}
    by_name = build_network(
        features(list(lines), named, kind="network", network=NetworkColumns(from_node="u", to_node="v", island_gap=0.0))
    )
    by_place = build_network(features(list(lines), named, kind="network", network=NetworkColumns(island_gap=0.0)))
    assert (by_name.report.edges, by_name.report.nodes, by_name.report.components) == (79_907, 75_550, 1)
    assert (by_place.report.edges, by_place.report.nodes, by_place.report.components) == (79_907, 75_549, 1)
    assert by_name.report.main_share == by_name.report.main_length_share == 1.0
    assert by_name.report.metres == pytest.approx(shapely.length(lines).sum(), rel=1e-12)

    count, rng = len(by_name.nodes), np.random.default_rng(3)
    node = np.sort(rng.choice(count, 100, replace=False))
    edges = pd.DataFrame({"a": by_name.start, "b": by_name.end, "m": shapely.length(lines)})
    both = pd.concat([edges, edges.rename(columns={"a": "b", "b": "a"})]).groupby(["a", "b"])["m"].min().reset_index()
    graph = coo_matrix((both["m"].to_numpy(), (both["a"].to_numpy(), both["b"].to_numpy())), shape=(count, count)).tocsr()
    assert connected_components(graph, directed=False)[0] == 1
    truth, _, source = dijkstra(graph, indices=node, min_only=True, return_predecessors=True)
    ours = make_graph(by_name.start, by_name.end, by_name.metres, by_name.metres, count, node).nearest(node, np.zeros(100))
    np.testing.assert_allclose(ours.cost, truth, rtol=1e-12)
    differs = node[ours.source] != source
    assert differs.mean() < 1e-3  # ties only
    assert (ours.cost[node] == 0.0).all()


@pytest.mark.skipif(not RUTLAND.exists(), reason="the extract of Rutland is not beside the repository")
def test_ten_routes_in_rutland_are_drivable_on_gdals_lines(tmp_path: Path) -> None:
    """Routes over our network, one-way streets obeyed: as long as GDAL's lines make them, and none against a one-way street."""
    pytest.importorskip("osmium", reason="pyosmium is an extra: pip install 'geo-engine[osm]'")
    (tmp_path / "layers").mkdir()
    (tmp_path / "layers/roads.toml").write_text(
        f'title = "Roads"\nsource = "{RUTLAND.as_posix()}"\ngeometry = "network"\npublisher = "OpenStreetMap"\nlicence = "ODbL"\n'
        'vintage = 2022\nid = "osm_id"\nwhere = "mode = \'road\'"\n[network]\n'
    )
    made = read_features(read_catalogue(tmp_path).layers["roads"], crs="EPSG:27700")
    network = build_network(made)
    profile = replace(ANY, speeds=dict.fromkeys(network.classes.words, 15.0))
    lines = pyogrio.read_dataframe(RUTLAND, layer="lines", columns=["osm_id", "highway", "other_tags"]).to_crs("EPSG:27700")
    lines = lines[lines["highway"].isin(network.classes.words)]
    tags = lines["other_tags"].fillna("")
    one = np.where(tags.str.contains('"oneway"=>"yes"') | tags.str.contains('"junction"=>"(?:roundabout|circular)"'), 1, 0)
    one = np.where(tags.str.contains('"oneway"=>"-1"'), -1, one)
    points, line = shapely.get_coordinates(lines.geometry.to_numpy(), return_index=True)
    corners = [tuple(c) for c in np.round(points, 2).tolist()]
    graph: nx.DiGraph[tuple[float, ...]] = nx.DiGraph()
    for i in np.flatnonzero(line[1:] == line[:-1]).tolist():
        step = float(np.hypot(*(points[i + 1] - points[i])))
        for a, b, is_open in ((corners[i], corners[i + 1], one[line[i]] >= 0), (corners[i + 1], corners[i], one[line[i]] <= 0)):
            if is_open and step < graph.get_edge_data(a, b, {"weight": np.inf})["weight"]:
                graph.add_edge(a, b, weight=step)
    strong = max(nx.strongly_connected_components(graph), key=len)
    main = made.table["class"].isin(["trunk", "primary", "secondary", "tertiary"]).to_numpy()
    ends = np.unique(np.round(network.nodes[network.start[main]], 2), axis=0)
    inside = np.array([tuple(end) in strong for end in ends.tolist()])
    chosen = np.random.default_rng(5).permutation(ends[inside])[:20]
    differ = 0
    for begin, end in zip(chosen[:10], chosen[10:], strict=True):
        travel = travel_network(network, profile, {"there": (end[:1].copy(), end[1:].copy(), ["there"])})
        told = {}
        ways: list[tuple[Direction, Any, Any]] = [("to", begin, end), ("from", end, begin)]
        for direction, a, b in ways:
            route = RouteFinder(travel, "there", "distance", direction).find(*begin.tolist())
            assert route is not None
            truth = nx.bidirectional_dijkstra(graph, tuple(a.tolist()), tuple(b.tolist()))[0]
            assert route.metres == pytest.approx(truth, rel=1e-6, abs=0.5)
            assert route.geometry.length == pytest.approx(route.metres, rel=1e-6, abs=0.5)
            walked = [c for c in (tuple(c) for c in np.round(shapely.get_coordinates(route.geometry), 2).tolist()) if c in graph]
            steps = [pair for pair in pairwise(walked) if pair[0] != pair[1]]
            assert steps
            assert all(graph.has_edge(*pair) for pair in steps)
            told[direction] = route.metres
        differ += abs(told["to"] - told["from"]) > 1.0
    assert differ > 0
