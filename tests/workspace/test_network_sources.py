"""One network in every form that it may come in, from published files; and networks that are not as they should be."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import geopandas
import networkx as nx
import numpy as np
import pandas as pd
import pyogrio
import pyproj
import pytest
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from shapely.geometry.base import BaseGeometry

from geo_engine.errors import Fault, GeoEngineError, LayerError
from geo_engine.model import Features
from geo_engine.workspace import read_catalogue, read_features
from geo_engine.workspace.data.networks.osm_tags import read_tags
from geo_engine.workspace.data.source import read_source
from geo_engine.workspace.schema import ProfileTable, check
from geo_engine.workspace.toml_file import read_toml

Faults = Callable[[Callable[[], object], type[GeoEngineError]], tuple[Fault, ...]]
REFERENCE = Path(__file__).parents[3] / "shared/reference"
LIEGE = REFERENCE / "osm_liege/liege_1656.parquet"
SOUTHAMPTON = REFERENCE / "southampton_test_network/nismod_test.gpkg"
OSGB, UTM = "EPSG:27700", "EPSG:32631"


def read(folder: Path, source: str, network: str = "", head: str = "", crs: str = OSGB) -> Features:
    layers = folder / "layers"
    layers.mkdir(exist_ok=True)
    (layers / "roads.toml").write_text(
        f'title = "Roads"\nsource = "{source}"\ngeometry = "network"\npublisher = "x"\nlicence = "x"\nvintage = 2024\n{head}'
        f"[network]\n{network}"
    )
    return read_features(read_catalogue(folder).layers["roads"], crs=crs)


def write_graphml(path: Path, edges: geopandas.GeoDataFrame, start: str, end: str, places: dict[int, tuple[float, float]]) -> None:
    """A directed graph with the edges' attributes and their lines in WKT."""
    graph = nx.MultiDiGraph(crs=edges.crs.to_string())
    graph.add_nodes_from((node, {"x": x, "y": y}) for node, (x, y) in places.items())
    texts = shapely.to_wkt(edges.geometry.to_numpy(), rounding_precision=-1)
    columns = [column for column in edges.columns if column != "geometry"]
    for row, text in zip(edges[columns].to_dict("records"), texts, strict=True):
        data = {key: value for key, value in row.items() if key not in {start, end} and not pd.isna(value)}
        graph.add_edge(row[start], row[end], geometry=text, **data)
    nx.write_graphml(graph, path)


@pytest.mark.skipif(not SOUTHAMPTON.exists(), reason="the test network of Southampton is not beside the repository")
def test_southampton_is_the_same_from_every_source(tmp_path: Path) -> None:
    """Its 301 directed edges as a GeoPackage, as tables with and without lines, and as GraphML."""
    edges = pyogrio.read_dataframe(SOUTHAMPTON, layer="testOutputNetwork")
    edges = edges.assign(IsFerry=edges["IsFerry"].astype(int))
    nodes = pyogrio.read_dataframe(SOUTHAMPTON, layer="nodes")
    (tmp_path / "layers").mkdir()
    names = 'length = "Distance"\nspeed = "FFspeed"\nfrom = "Anode"\nto = "Bnode"\n'
    expected = read(tmp_path, SOUTHAMPTON.as_posix(), names, 'sublayer = "testOutputNetwork"\nid = "EdgeID"\n')
    assert len(expected) == 301

    places = shapely.get_coordinates(nodes.geometry.to_numpy())
    table = pd.DataFrame({"id": nodes["nodeID"], "easting": places[:, 0], "northing": places[:, 1]})
    table.sample(frac=1, random_state=1).to_csv(tmp_path / "layers/nodes.csv", index=False)
    plain = pd.DataFrame(edges.drop(columns="geometry"))
    plain.to_csv(tmp_path / "layers/bare.csv", index=False)
    plain.assign(wkt=shapely.to_wkt(edges.geometry.to_numpy(), rounding_precision=-1)).to_csv(tmp_path / "layers/lines.csv", index=False)
    write_graphml(tmp_path / "layers/a.graphml", edges, "Anode", "Bnode", dict(zip(nodes["nodeID"], map(tuple, places), strict=True)))
    head = f'id = "EdgeID"\ncrs = "{OSGB}"\n'
    drawn = read(tmp_path, "lines.csv", names + 'nodes = "nodes.csv"\n', head)
    graph = read(tmp_path, "a.graphml", 'length = "Distance"\nspeed = "FFspeed"\n', 'id = "EdgeID"\n')
    for found in (drawn, graph):
        order = np.argsort(found.table["EdgeID"].to_numpy())[np.argsort(np.argsort(expected.table["EdgeID"].to_numpy()))]
        table = found.table.iloc[order].reset_index(drop=True).rename(columns={"from_node": "Anode", "to_node": "Bnode"})
        assert shapely.equals_exact(found.geometry[order], expected.geometry, 1e-6).all()
        for column in ("EdgeID", "Anode", "Bnode", "CP", "Distance", "FFspeed", "FFtime"):
            assert table[column].tolist() == expected.table[column].tolist(), column
        assert table["iDir"].isna().tolist() == expected.table["iDir"].isna().tolist()
    assert graph.table["oneway"].eq(1).all()
    bare = read(tmp_path, "bare.csv", names + 'nodes = "nodes.csv"\n', head)
    for number in (0, -1):
        assert shapely.equals_exact(shapely.get_point(bare.geometry, number), shapely.get_point(expected.geometry, number), 1e-6).all()
    assert (shapely.get_num_coordinates(bare.geometry) == 2).all()


def end_nodes(lines: NDArray[np.object_]) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.int64]]:
    """The places where lines end, each once, and the number of the place at either end."""
    ends = shapely.get_coordinates(np.append(shapely.get_point(lines, 0), shapely.get_point(lines, -1)))
    places, node = np.unique(ends, axis=0, return_inverse=True)
    return places, *node.reshape(2, -1)


@pytest.fixture(scope="module")
def liege() -> geopandas.GeoDataFrame:
    pytest.importorskip("pyarrow", reason="pyarrow is an extra: pip install 'geo-engine[parquet]'")
    if not LIEGE.exists():
        pytest.skip("the street network of Liège is not beside the repository")
    return geopandas.read_parquet(LIEGE)


def test_the_whole_of_liege(tmp_path: Path, liege: geopandas.GeoDataFrame) -> None:
    """Its published figures: 79,907 edges, 75,549 nodes, one component, by where lines end."""
    features = read(tmp_path, LIEGE.as_posix(), 'class = "highway"\n', crs=UTM)
    assert len(features) == 79_907
    assert shapely.length(features.geometry).sum() == pytest.approx(liege.length.sum(), rel=1e-12)
    nodes, start, end = end_nodes(features.geometry)
    assert len(nodes) == 75_549
    assert connected_components(coo_matrix((np.ones(len(start)), (start, end)), shape=(len(nodes),) * 2))[0] == 1


def test_names_of_liege_lie_at_one_place_each(tmp_path: Path, liege: geopandas.GeoDataFrame) -> None:
    """Its columns u and v do not follow the drawing; once lines are turned, whatever names a node ends where all that name it do."""
    features = read(tmp_path, LIEGE.as_posix(), 'class = "highway"\nfrom = "u"\nto = "v"\n', crs=UTM)
    names = features.table[["u", "v"]].to_numpy()
    _, start, end = end_nodes(features.geometry)
    placed = set(zip(names.T.reshape(-1).tolist(), np.append(start, end).tolist(), strict=True))
    assert len(placed) == len({name for name, _ in placed}) == 75_550  # two names share a place
    as_drawn = shapely.equals_exact(features.geometry, liege.geometry.to_numpy(), 0)
    assert features.report.notes == (
        f"liege_1656.parquet: {(~as_drawn).sum()} lines are drawn from the end of their edge to its start: turned round",
    )
    assert shapely.equals_exact(shapely.reverse(features.geometry[~as_drawn]), liege.geometry.to_numpy()[~as_drawn], 0).all()


def test_the_middle_of_liege_is_the_same_from_every_source(tmp_path: Path, liege: geopandas.GeoDataFrame) -> None:
    """Parquet, tables with lines and GraphML; in its own coordinates and in degrees, to a millimetre.

    Nodes are named by place, since its own columns u and v do not follow the drawing; every third line is then drawn backwards.
    """
    west, south, east, north = liege.total_bounds
    x, y = (west + east) / 2, (south + north) / 2
    part = liege[liege.within(shapely.box(x - 2500, y - 2500, x + 2500, y + 2500))].reset_index(drop=True).rename(columns={"key": "nth"})
    assert 1000 < len(part) < 8000
    nodes, start, end = end_nodes(part.geometry.to_numpy())
    part = part.assign(u=start, v=end, nth=np.arange(len(part)))
    places = dict(enumerate(map(tuple, nodes)))
    turned = part.assign(geometry=np.where(part["nth"] % 3 == 0, shapely.reverse(part.geometry.to_numpy()), part.geometry.to_numpy()))
    lines = turned.geometry.to_numpy()
    folder = tmp_path / "layers"
    folder.mkdir()
    part.to_parquet(folder / "a.parquet")
    part.to_crs("EPSG:4326").to_parquet(folder / "degrees.parquet")
    pd.DataFrame(part.drop(columns="geometry")).assign(geometry=shapely.to_wkt(lines, rounding_precision=-1)).to_csv(
        folder / "a.csv", index=False
    )
    pd.DataFrame([(name, *place) for name, place in places.items()], columns=["id", "easting", "northing"]).to_parquet(
        folder / "nodes.parquet"
    )
    write_graphml(folder / "a.graphml", turned, "u", "v", places)
    columns = 'class = "highway"\n'
    expected = read(tmp_path, "a.parquet", columns, crs=UTM)
    assert shapely.length(expected.geometry).sum() == pytest.approx(part.length.sum(), rel=1e-12)
    table = read(tmp_path, "a.csv", f'{columns}from = "u"\nto = "v"\nnodes = "nodes.parquet"\n', f'crs = "{UTM}"\n', UTM)
    degrees = read(tmp_path, "degrees.parquet", columns, crs=UTM)
    graph = read(tmp_path, "a.graphml", columns, crs=UTM)
    for found, tolerance in ((table, 1e-6), (degrees, 1e-3)):
        assert found.table["highway"].tolist() == expected.table["highway"].tolist()
        assert shapely.equals_exact(found.geometry, expected.geometry, tolerance).all()
    # networkx writes edges by their first node: the same edges in another order.
    key = ["u", "v", "nth"]
    own = graph.table.rename(columns={"from_node": "u", "to_node": "v"}).assign(line=graph.geometry).sort_values("nth")
    assert own[[*key, "highway"]].to_numpy().tolist() == expected.table[[*key, "highway"]].to_numpy().tolist()
    assert shapely.equals_exact(own["line"].to_numpy(), expected.geometry, 1e-6).all()


def write(folder: Path, *shapes: BaseGeometry | None, crs: str | None = OSGB) -> str:
    (folder / "layers").mkdir(exist_ok=True)
    frame = geopandas.GeoDataFrame({"n": range(len(shapes))}, geometry=list(shapes), crs=crs)
    frame.to_file(folder / "layers/a.geojson" if crs is None else folder / "layers/a.gpkg", engine="pyogrio")
    return "a.gpkg"


LINE = shapely.LineString([(430_000, 280_000), (431_000, 280_000)])


def test_points_among_lines_are_refused_by_row(tmp_path: Path, faults: Faults) -> None:
    source = write(tmp_path, LINE, shapely.Point(430_000, 280_000), LINE, shapely.box(0, 0, 1, 1))
    (fault,) = faults(lambda: read(tmp_path, source), LayerError)
    assert (fault.what, fault.found) == ("2 of 4 features are not network", "Point, Polygon in feature 2, feature 4")


def test_lines_run_from_their_first_node_to_their_second(tmp_path: Path) -> None:
    """A star about b with a loop, a pair of parallels, an edge with one name; and what cannot be known: an edge alone, one of parts."""
    lines = [
        ("a", "b", "LINESTRING (430001 0, 430000 0)"),
        ("b", "c", "LINESTRING (430001 0, 430002 0)"),
        ("d", "b", "MULTILINESTRING ((430001 0, 430001 5))"),
        ("b", "b", "LINESTRING (430001 0, 430001 -5, 430002 -5, 430001 0)"),
        ("c", "e", "LINESTRING (430009 0, 430005 1, 430002 0)"),
        ("c", "e", "LINESTRING (430002 0, 430005 -1, 430009 0)"),
        ("x", "y", "LINESTRING (430050 0, 430060 0)"),
        (None, "b", "LINESTRING (430001 0, 430003 3)"),
        ("b", "f", "MULTILINESTRING ((430004 4, 430005 5), (430002 2, 430001 0))"),
    ]
    (tmp_path / "layers").mkdir()
    texts = [text for _, _, text in lines]
    frame = pd.DataFrame(lines, columns=["u", "v", "wkt"])[["u", "v"]]
    geopandas.GeoDataFrame(frame, geometry=geopandas.GeoSeries.from_wkt(texts), crs=OSGB).to_file(
        tmp_path / "layers/a.gpkg", engine="pyogrio"
    )
    features = read(tmp_path, "a.gpkg", 'from = "u"\nto = "v"\n')
    turned = {
        0: "LINESTRING (430000 0, 430001 0)",
        2: "MULTILINESTRING ((430001 5, 430001 0))",
        4: "LINESTRING (430002 0, 430005 1, 430009 0)",
        7: "LINESTRING (430003 3, 430001 0)",
    }
    expected = [turned.get(number, text) for number, text in enumerate(texts)]
    assert [shapely.get_coordinates(line).tolist() for line in features.geometry] == [
        shapely.get_coordinates(shapely.from_wkt(text)).tolist() for text in expected
    ]
    assert features.report.notes == ("a.gpkg: 4 lines are drawn from the end of their edge to its start: turned round",)


def test_collections_give_their_lines_uncut(tmp_path: Path) -> None:
    """Two lines that cross in one collection stay two lines: a bridge is no junction."""
    crossing = shapely.LineString([(430_500, 279_000), (430_500, 281_000)])
    features = read(tmp_path, write(tmp_path, shapely.GeometryCollection([LINE, crossing, shapely.Point(430_000, 280_000)]), LINE))
    assert [line.wkt for line in shapely.get_parts(features.geometry)] == [LINE.wkt, crossing.wkt, LINE.wkt]


def test_heights_and_measures_are_dropped(tmp_path: Path) -> None:
    source = write(tmp_path, shapely.force_3d(LINE, 55.0), LINE)
    features = read(tmp_path, source)
    assert [line.wkt for line in features.geometry] == [LINE.wkt] * 2
    rows = "".join(
        f'{n},"LINESTRING {kind} (430000 280000{z}, 431000 280000{z})"\n' for n, (kind, z) in enumerate((("M", " 7"), ("ZM", " 7 8")))
    )
    (tmp_path / "layers/a.csv").write_text("n,wkt\n" + rows)
    features = read(tmp_path, "a.csv", head=f'crs = "{OSGB}"\n')
    assert [line.wkt for line in features.geometry] == [LINE.wkt] * 2


def test_a_network_of_degrees_that_is_said_to_be_metres(tmp_path: Path, faults: Faults) -> None:
    degrees = shapely.LineString([(-1.5, 52.0), (-1.4, 52.1)])
    source = write(tmp_path, degrees)
    (fault,) = faults(lambda: read(tmp_path, source), LayerError)
    assert fault.where == "layers/roads.toml:2 source"
    assert fault.what == "coordinates look like degrees, though OSGB36 / British National Grid is not in degrees"
    assert fault.found == "-1.5 to -1.4, 52 to 52.1"
    assert 'crs = "EPSG:4326"' in fault.remedy
    features = read(tmp_path, source, head='crs = "EPSG:4326"\n')
    change = pyproj.Transformer.from_crs("EPSG:4326", OSGB, always_xy=True)
    assert np.allclose(shapely.get_coordinates(features.geometry), [change.transform(-1.5, 52), change.transform(-1.4, 52.1)], atol=1e-3)
    # One line in metres among them, and it is a network that begins at the origin.
    assert len(read(tmp_path, write(tmp_path, degrees, LINE))) == 2


def test_metres_that_are_said_to_be_degrees(tmp_path: Path, faults: Faults) -> None:
    (fault,) = faults(lambda: read(tmp_path, write(tmp_path, LINE), head='crs = "EPSG:4326"\n'), LayerError)
    assert "coordinates that are no places in WGS 84" in fault.what


def test_a_layer_with_nothing_in_it(tmp_path: Path, faults: Faults) -> None:
    (tmp_path / "layers").mkdir()
    geopandas.GeoDataFrame({"n": []}, geometry=[], crs=OSGB).to_file(tmp_path / "layers/a.gpkg", engine="pyogrio")
    (fault,) = faults(lambda: read(tmp_path, "a.gpkg"), LayerError)
    assert fault.what == "the layer has no features"
    (tmp_path / "layers/a.csv").write_text("u,v\n")
    (fault,) = faults(lambda: read(tmp_path, "a.csv"), LayerError)
    assert fault.what == "the layer has no features"
    (fault,) = faults(lambda: read(tmp_path, write(tmp_path, shapely.LineString(), None)), LayerError)
    assert fault.what == "none of the 2 features has a geometry"


@pytest.mark.parametrize("geo", [True, False])
def test_a_parquet_cut_short(tmp_path: Path, faults: Faults, geo: bool) -> None:  # noqa: FBT001 - a column of the table above
    pytest.importorskip("pyarrow", reason="pyarrow is an extra: pip install 'geo-engine[parquet]'")
    (tmp_path / "layers").mkdir()
    path = tmp_path / "layers/a.parquet"
    frame = geopandas.GeoDataFrame({"n": range(1000)}, geometry=[LINE] * 1000, crs=OSGB)
    (frame if geo else pd.DataFrame(frame[["n"]])).to_parquet(path)
    whole = path.read_bytes()
    for size in (0, 3, len(whole) // 2, len(whole) - 1):
        path.write_bytes(whole[:size])
        (fault,) = faults(lambda: read(tmp_path, "a.parquet"), LayerError)
        assert fault.where == "layers/roads.toml:2 source"
        assert "'a.parquet' cannot be read" in fault.what
        assert str(tmp_path) not in str(fault)


@pytest.mark.parametrize("geo", [True, False])
def test_a_parquet_with_wrong_bytes_gives_a_fault_or_rows(tmp_path: Path, geo: bool) -> None:  # noqa: FBT001 - a column of the table above
    pytest.importorskip("pyarrow", reason="pyarrow is an extra: pip install 'geo-engine[parquet]'")
    path = tmp_path / "a.parquet"
    frame = geopandas.GeoDataFrame({"n": range(100)}, geometry=[LINE] * 100, crs=OSGB)
    (frame if geo else pd.DataFrame(frame[["n"]])).to_parquet(path)
    whole, draw = path.read_bytes(), np.random.default_rng(1)
    refused: list[LayerError] = []
    for _ in range(120):
        damaged = bytearray(whole)
        for place, byte in zip(draw.integers(len(whole), size=4), draw.integers(256, size=4), strict=True):
            damaged[place] = byte
        path.write_bytes(damaged)
        try:
            read_source(str(path), place="here")
        except LayerError as error:
            refused.append(error)
    assert len(refused) > 50
    assert {fault.where for error in refused for fault in error.faults} == {"here"}


def test_the_examples_of_the_page_on_formats_are_read(tmp_path: Path) -> None:
    """The layer of OpenStreetMap and the table of edges as layers; the lorry has a speed for every class that is read as a road."""
    page = (Path(__file__).parents[2] / "docs/formats.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)
    layers = [block for block in blocks if 'geometry = "network"' in block and 'title = "Freight' not in block]
    (tmp_path / "layers").mkdir()
    for number, block in enumerate(layers):
        (tmp_path / f"layers/a{number}.toml").write_text(block, encoding="utf-8")
    edges, osm = read_catalogue(tmp_path).layers.values()
    assert edges.network is not None
    assert osm.network is not None
    assert (edges.network.from_node, edges.network.nodes) == ("u", str(tmp_path / "layers/data/nodes.csv"))
    assert (osm.network.road_class, osm.network.restrictions) == ("class", ("access", "hgv"))
    (block,) = [block for block in blocks if "on OpenStreetMap" in block]
    (tmp_path / "lorry.toml").write_text(block, encoding="utf-8")
    faults: list[Fault] = []
    profile = check(ProfileTable, read_toml(tmp_path / "lorry.toml", "lorry.toml")[0], (), faults)
    assert faults == []
    assert profile is not None
    roads = ["motorway", "trunk", "primary", "secondary", "tertiary"]
    assert {*roads, *(f"{name}_link" for name in roads), "unclassified", "residential", "living_street", "service", "track"} <= set(
        profile.speeds
    )
    assert all(read_tags({"highway": name}) for name in set(profile.speeds) - {"ferry"})
    assert set(profile.closed) == set(osm.network.restrictions)
