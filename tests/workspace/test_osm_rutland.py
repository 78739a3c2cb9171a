"""Rutland in OpenStreetMap: what is read against GDAL's OSM driver, which shares no code with pyosmium, and the network from it."""

from __future__ import annotations

from pathlib import Path

import geopandas
import numpy as np
import pandas as pd
import pyogrio
import pyproj
import pytest
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components, dijkstra

from geo_engine.errors import LayerError
from geo_engine.model import Features
from geo_engine.network import build_network
from geo_engine.workspace import read_catalogue, read_features
from geo_engine.workspace.data.source import Source, read_source

osmium = pytest.importorskip("osmium", reason="pyosmium is an extra: pip install 'geo-engine[osm]'")
RUTLAND = Path(__file__).parents[3] / "shared/reference/osm_rutland/rutland-latest.osm.pbf"
if not RUTLAND.exists():
    pytest.skip("the extract of Rutland is not beside the repository", allow_module_level=True)


def layer(folder: Path, file: Path, condition: str = "") -> Features:
    (folder / "layers").mkdir(exist_ok=True)
    (folder / "layers/roads.toml").write_text(
        f'title = "Roads"\nsource = "{file.as_posix()}"\ngeometry = "network"\npublisher = "OpenStreetMap"\nlicence = "ODbL"\n'
        f'vintage = 2022\nid = "osm_id"\n{condition}\n[network]\n'
    )
    return read_features(read_catalogue(folder).layers["roads"], crs="EPSG:27700")


@pytest.fixture(scope="module")
def rutland() -> Source:
    return read_source(str(RUTLAND), place="", geometry="network")


@pytest.fixture(scope="module")
def lines() -> geopandas.GeoDataFrame:
    """The lines of the extract as GDAL has them."""
    return pyogrio.read_dataframe(RUTLAND, layer="lines", columns=["osm_id", "highway", "railway", "other_tags"])


def test_rutland_against_gdal(rutland: Source, lines: geopandas.GeoDataFrame) -> None:
    """Ways, segments and lengths by class, and every way's length, from a reader that shares no code with ours."""
    lines = lines.copy()
    assert rutland.geometry is not None
    own = rutland.table.assign(length=shapely.length(rutland.geometry), segments=shapely.get_num_coordinates(rutland.geometry) - 1)
    kinds = own.groupby("class").agg(ways=("osm_id", "nunique"), length=("length", "sum"), segments=("segments", "sum"))
    lines["class"] = lines["highway"].fillna(lines["railway"])
    lines["length"] = shapely.length(lines.geometry.to_numpy())
    lines["segments"] = shapely.get_num_coordinates(lines.geometry.to_numpy()) - 1
    theirs = lines.groupby("class").agg(ways=("osm_id", "nunique"), length=("length", "sum"), segments=("segments", "sum"))
    expected = theirs.reindex(kinds.index)
    assert kinds["ways"].tolist() == expected["ways"].tolist()
    assert kinds["segments"].tolist() == expected["segments"].tolist()
    assert kinds["length"].tolist() == pytest.approx(expected["length"].tolist(), rel=1e-12)
    of_way = own.groupby("osm_id")["length"].sum()
    assert of_way.tolist() == pytest.approx(
        lines.assign(osm_id=lines["osm_id"].astype(int)).set_index("osm_id")["length"][of_way.index].tolist()
    )
    assert set(theirs.index) - set(kinds.index) >= {"footway", "cycleway", "path", "steps", "bridleway"}


def test_the_extract_is_the_one_that_was_described() -> None:
    """Its published figures: ways of any kind, and segments of every highway, footpaths and areas too."""
    ways = [(way.tags.get("highway"), len(way.nodes)) for way in osmium.FileProcessor(str(RUTLAND), osmium.osm.WAY)]
    assert len(ways) == 16730
    assert sum(nodes - 1 for highway, nodes in ways if highway) == 45939


def test_edges_of_rutland_meet_where_nodes_do(rutland: Source) -> None:
    table, geometry = rutland.table, rutland.geometry
    assert geometry is not None
    ends = np.append(table["from_node"], table["to_node"])
    places = shapely.get_coordinates(np.append(shapely.get_point(geometry, 0), shapely.get_point(geometry, -1)))
    _, place = np.unique(places, axis=0, return_inverse=True)
    assert len(set(zip(ends.tolist(), place.reshape(-1).tolist(), strict=True))) == len(set(ends.tolist()))
    assert rutland.table["osm_id"].is_monotonic_increasing
    assert any("3 turn restrictions are ignored" in note for note in rutland.notes)


def test_a_network_of_rutland(tmp_path: Path, lines: geopandas.GeoDataFrame) -> None:
    features = layer(tmp_path, RUTLAND, "where = \"mode = 'road'\"")
    assert features.layer.network is not None
    assert {column for _, column in features.layer.network.named()} == {
        "class",
        "oneway",
        "maxspeed",
        "access",
        "hgv",
        "from_node",
        "to_node",
    }
    network = build_network(features)
    nodes, position = np.unique(np.append(features.table["from_node"], features.table["to_node"]), return_inverse=True)
    start, end = position[: len(features)], position[len(features) :]
    count, part = connected_components(coo_matrix((np.ones(len(start)), (start, end)), shape=(len(nodes), len(nodes))), directed=False)
    assert (network.report.nodes, network.report.edges) == (len(nodes), len(features))
    assert network.report.components == count
    assert network.report.main_share == pytest.approx(np.bincount(part).max() / len(nodes))
    assert 0.9 < network.report.main_share < 1
    lines = lines[lines["highway"].isin(features.table["class"])].geometry
    metres = sum(pyproj.Geod(ellps="WGS84").geometry_length(line) for line in lines)
    assert network.report.metres == pytest.approx(metres, rel=1e-3)  # the national grid stretches by up to 0.04 %
    assert features.report.notes == ("rutland-latest.osm.pbf: 3 turn restrictions are ignored",)
    assert features.report.empty == features.report.repaired == 0


def table_of_costs(
    start: NDArray[np.float64], end: NDArray[np.float64], cost: NDArray[np.float64], oneway: NDArray[np.int64], places: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Shortest lengths between places, (k, 2), along edges that lead from `start`, (n, 2), to `end` and back, or one way only."""
    _, node = np.unique(np.vstack([start, end, places]), axis=0, return_inverse=True)
    first, last, asked = np.split(node.reshape(-1), [len(start), 2 * len(start)])
    along, against = oneway >= 0, oneway <= 0
    frame = pd.DataFrame(
        {
            "a": np.append(first[along], last[against]),
            "b": np.append(last[along], first[against]),
            "cost": np.append(cost[along], cost[against]),
        }
    )
    best = frame.groupby(["a", "b"])["cost"].min().reset_index()
    a, b, metres = (best[name].to_numpy() for name in ("a", "b", "cost"))
    graph = coo_matrix((metres, (a, b)), shape=(node.max() + 1,) * 2).tocsr()
    made: NDArray[np.float64] = dijkstra(graph, indices=asked)[:, asked]
    return made


def test_routes_in_rutland_against_a_graph_from_gdal(rutland: Source, lines: geopandas.GeoDataFrame) -> None:
    """Ninety one-way routes between ten nodes, ours along edges, the other along every segment of GDAL's lines and tags."""
    roads = (rutland.table["mode"] == "road").to_numpy()
    table = rutland.table[roads]
    assert rutland.geometry is not None
    edges = rutland.geometry[roads]
    start = shapely.get_coordinates(shapely.get_point(edges, 0))
    end = shapely.get_coordinates(shapely.get_point(edges, -1))
    main = table["class"].isin(["trunk", "primary", "secondary", "tertiary"]).to_numpy()
    places = start[np.random.default_rng(1).choice(np.flatnonzero(main), 10, replace=False)]
    ours = table_of_costs(start, end, shapely.length(edges), table["oneway"].to_numpy(), places)

    lines = lines[lines["highway"].isin(table["class"])]
    tags = lines["other_tags"].fillna("")
    oneway = np.where(tags.str.contains('"oneway"=>"yes"') | tags.str.contains('"junction"=>"(?:roundabout|circular)"'), 1, 0)
    oneway = np.where(tags.str.contains('"oneway"=>"-1"'), -1, oneway)
    assert (oneway == 1).sum() > 100
    points, line = shapely.get_coordinates(lines.geometry.to_numpy(), return_index=True)
    inner = line[1:] == line[:-1]
    step = np.hypot(*np.diff(points, axis=0)[inner].T)
    theirs = table_of_costs(points[:-1][inner], points[1:][inner], step, oneway[line[1:][inner]], places)
    assert np.isfinite(theirs).all()
    assert (np.abs(theirs - theirs.T) > 1e-6).any()  # there and back differ
    assert ours == pytest.approx(theirs, rel=1e-9)


def test_a_copy_of_rutland_cut_short(tmp_path: Path) -> None:
    whole = RUTLAND.read_bytes()
    for size in (len(whole) // 2, len(whole) - 10):
        (tmp_path / "short.osm.pbf").write_bytes(whole[:size])
        with pytest.raises(LayerError, match=r"'short.osm.pbf' cannot be read: PBF error") as caught:
            layer(tmp_path, tmp_path / "short.osm.pbf")
        assert len(caught.value.faults) == 1
