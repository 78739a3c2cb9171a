"""Tables of edges with tables of nodes: hand-made ones against what they say, and every way to fail."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable
from pathlib import Path

import geopandas
import numpy as np
import pandas as pd
import pyproj
import pytest
import shapely

from geo_engine.errors import Fault, GeoEngineError, LayerError
from geo_engine.model import Features
from geo_engine.workspace import hash_sources, read_catalogue, read_features

Faults = Callable[[Callable[[], object], type[GeoEngineError]], tuple[Fault, ...]]
OSGB = "EPSG:27700"
EDGES = "u,v,length,class\n1,2,1200,a_road\n3,2,900.5,lane\n"
NODES = "id,lon,lat\n1,-1.5,52.0\n2,-1.49,52.01\n3,-1.48,52.0\n"
METRES = "id,easting,northing\n1,430000,280000\n2,431000,280000\n3,431000,281000\n"
NETWORK = '[network]\nclass = "class"\nlength = "length"\nfrom = "u"\nto = "v"\nnodes = "nodes.csv"\n'


@pytest.fixture
def put(tmp_path: Path) -> Callable[..., Path]:
    """Write a workspace with edges, nodes and the layer's file."""

    def write(edges: str = EDGES, nodes: str = NODES, head: str = "", network: str = NETWORK) -> Path:
        folder = tmp_path / "layers"
        folder.mkdir(exist_ok=True)
        (folder / "edges.csv").write_text(edges)
        (folder / "nodes.csv").write_text(nodes)
        (folder / "roads.toml").write_text(
            f'title = "Roads"\nsource = "edges.csv"\ngeometry = "network"\npublisher = "nobody"\nlicence = "CC0"\n'
            f"vintage = 2024\n{head}{network}"
        )
        return tmp_path

    return write


def read(folder: Path, where: str | None = None) -> Features:
    return read_features(read_catalogue(folder).layers["roads"], crs=OSGB, where=where)


def corners(features: Features) -> list[list[list[float]]]:
    return [shapely.get_coordinates(line).tolist() for line in features.geometry]


def test_edges_run_straight_from_node_to_node(put: Callable[..., Path]) -> None:
    features = read(put())
    change = pyproj.Transformer.from_crs("EPSG:4326", OSGB, always_xy=True)
    one, two, three = (change.transform(*place) for place in ((-1.5, 52.0), (-1.49, 52.01), (-1.48, 52.0)))
    assert np.allclose(corners(features), [[one, two], [three, two]], atol=1e-6)
    assert features.table.to_dict("list") == {"u": [1, 3], "v": [2, 2], "length": [1200, 900.5], "class": ["a_road", "lane"]}
    assert (features.report.read, features.report.empty, features.report.notes) == (2, 0, ())


def test_nodes_in_metres_are_in_the_crs_of_the_layer(put: Callable[..., Path], faults: Faults) -> None:
    head = f'crs = "{OSGB}"\n'
    expected = [[[430_000, 280_000], [431_000, 280_000]], [[431_000, 281_000], [431_000, 280_000]]]
    assert corners(read(put(nodes=METRES, head=head))) == expected
    (fault,) = faults(lambda: read(put(nodes=METRES)), LayerError)
    assert fault.where == "layers/roads.toml:12 network.nodes"
    assert "no known CRS" in fault.what
    assert "crs = " in fault.remedy
    # Both ways of saying it: metres where the layer says of which CRS, degrees otherwise.
    both = "id,easting,northing,lon,lat\n1,430000,280000,-1.5,52\n2,431000,280000,-1.49,52.01\n3,431000,281000,-1.48,52\n"
    assert corners(read(put(nodes=both, head=head))) == expected
    assert corners(read(put(nodes=both))) == corners(read(put()))


def test_the_names_of_nodes_are_compared_as_they_are_written(put: Callable[..., Path]) -> None:
    plain = corners(read(put()))
    assert corners(read(put(EDGES.replace("1,2,", "1 ,2,").replace("3,2,", " 3,2,")))) == plain
    text = NODES.replace("\n1,", "\nNorth Gate,").replace("\n2,", "\n007,")
    assert corners(read(put("u,v,length,class\nNorth Gate,007,1,x\n3,007,1,x\n", text))) == plain
    long = {"1,": "12345678901234561,", "2,": "12345678901234562,", "3,": "12345678901234563,"}  # more digits than a float64 has
    edges, nodes = EDGES, NODES
    for short, name in long.items():
        edges = edges.replace(f"\n{short}", f"\n{name}").replace(f",{short}", f",{name}")
        nodes = nodes.replace(f"\n{short}", f"\n{name}")
    assert corners(read(put(edges, nodes))) == plain


@pytest.mark.parametrize("kind", ["csv", "parquet", "geoparquet", "gpkg"])
def test_nodes_come_from_any_table_or_layer_of_points(put: Callable[..., Path], kind: str) -> None:
    folder = put()
    plain = corners(read(folder))
    table = pd.read_csv(folder / "layers/nodes.csv")
    points = geopandas.GeoDataFrame(table[["id"]], geometry=shapely.points(table["lon"], table["lat"]), crs="EPSG:4326")
    name = {"csv": "nodes.csv", "gpkg": "nodes.gpkg"}.get(kind, "nodes.parquet")
    if kind == "gpkg":
        points.to_crs("EPSG:32630").to_file(folder / "layers" / name, driver="GPKG", engine="pyogrio")
    elif kind != "csv":
        pytest.importorskip("pyarrow")
        (table if kind == "parquet" else points).to_parquet(folder / "layers" / name)
    found = corners(read(put(network=NETWORK.replace("nodes.csv", name))))
    assert np.allclose(found, plain, atol=1e-3)  # to UTM and back


@pytest.mark.parametrize("index", [None, ["u", "v"]])
def test_edges_of_a_plain_parquet_with_its_index(put: Callable[..., Path], index: list[str] | None) -> None:
    pytest.importorskip("pyarrow")
    folder = put()
    plain = read(folder)
    table = pd.read_csv(folder / "layers/edges.csv")
    (table if index is None else table.set_index(index)).to_parquet(folder / "layers/edges.parquet")
    toml = folder / "layers/roads.toml"
    toml.write_text(toml.read_text().replace("edges.csv", "edges.parquet"))
    features = read(folder)
    assert corners(features) == corners(plain)
    assert features.table.astype(str).equals(plain.table.astype(str))
    assert corners(read(folder, "length > 1000")) == corners(plain)[:1]


def test_parquet_without_pyarrow_says_how_to_get_it(put: Callable[..., Path], faults: Faults, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("pyarrow")
    folder = put()
    pd.read_csv(folder / "layers/nodes.csv").to_parquet(folder / "layers/nodes.parquet")
    put(network=NETWORK.replace("nodes.csv", "nodes.parquet"))
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    (fault,) = faults(lambda: read(folder), LayerError)
    assert fault.where == "layers/roads.toml:12 network.nodes"
    assert "pip install 'geo-engine[parquet]'" in fault.remedy


@pytest.mark.parametrize("name", ["geometry", "wkt", "WKT"])
def test_a_column_of_text_gives_lines_and_nodes_the_rest(put: Callable[..., Path], name: str) -> None:
    """The second line is drawn against its direction and is turned round; the third has none."""
    edges = (
        f'u,v,{name},class,length\n1,2,"LINESTRING (430000 280000, 430500 280700, 431000 280000)",a,1\n'
        '3,2,"LINESTRING Z (431000 280000 5, 431200 280500 6, 431000 281000 7)",b,2\n1,3,,c,3\n'
    )
    features = read(put(edges, METRES, f'crs = "{OSGB}"\n'))
    assert corners(features) == [
        [[430_000, 280_000], [430_500, 280_700], [431_000, 280_000]],
        [[431_000, 281_000], [431_200, 280_500], [431_000, 280_000]],
        [[430_000, 280_000], [431_000, 281_000]],
    ]
    assert list(features.table) == ["u", "v", "class", "length"]


def test_lines_in_text_need_no_nodes_but_a_crs(put: Callable[..., Path], faults: Faults) -> None:
    edges = 'class,wkt\na,"LINESTRING (-1.5 52, -1.4 52)"\nb,\n'
    (fault,) = faults(lambda: read(put(edges, network='[network]\nclass = "class"\n')), LayerError)
    assert fault.what == "'edges.csv' states no CRS"
    features = read(put(edges, head='crs = "EPSG:4326"\n', network='[network]\nclass = "class"\n'))
    assert (len(features), features.report.empty) == (1, 1)
    bad = edges + 'c,"LINESTRING (-1.5 52"\nd,POINT\n'
    (fault,) = faults(lambda: read(put(bad, network='[network]\nclass = "class"\n')), LayerError)
    assert (fault.where, fault.what) == ("layers/roads.toml:2 source", "'wkt' of edges.csv is not a geometry in 2 rows")
    assert fault.found == "'LINESTRING (-1.5 52' in line 4, 'POINT' in line 5"


def test_a_table_without_nodes_says_what_to_add(put: Callable[..., Path], faults: Faults) -> None:
    (fault,) = faults(lambda: read(put(network="[network]\n")), LayerError)
    assert fault.where == "layers/roads.toml:3 geometry"
    assert "table without geometry" in fault.what
    assert "nodes = " in fault.remedy


def test_every_fault_of_edges_and_nodes_at_once(put: Callable[..., Path], faults: Faults) -> None:
    edges = "key,u,v,length,class\nk,1,2,1,a\nl,8,2,1,a\nk,,2,1,a\nm,1,9,1,a\nn,1,9,1,a\n"
    nodes = "id,lon,lat\n1,-1.5,52.0\n2,,52.01\n2,-1.48,abc\n,-1.4,52\n"
    found = faults(lambda: read(put(edges, nodes, 'id = "key"\n')), LayerError)
    source, table = "layers/roads.toml:2 source", "layers/roads.toml:13 network.nodes"
    assert [(fault.where, fault.what, fault.found) for fault in found] == [
        (source, "1 ids in column 'key' of edges.csv are those of several edges", "'k' in line 2, 'k' in line 4"),
        (table, "'lon' of nodes.csv is not a number in 1 rows", "'' in line 3"),
        (table, "'lat' of nodes.csv is not a number in 1 rows", "'abc' in line 4"),
        (table, "'id' of nodes.csv is blank in 1 rows", "line 5"),
        (table, "1 nodes are in nodes.csv more than once", "'2' in line 3 and 4"),
        (source, "'u' of edges.csv is blank in 1 rows", "line 4"),
        (source, "'u' of edges.csv names 1 nodes that are not in nodes.csv", "'8' in line 3"),
        (source, "'v' of edges.csv names 1 nodes that are not in nodes.csv", "'9' in line 5, '9' in line 6"),
    ]


def test_edges_that_are_left_out_may_name_any_node(put: Callable[..., Path]) -> None:
    edges = EDGES + "1,99,5,gone\n"
    assert len(read(put(edges), "class <> 'gone'")) == 2


@pytest.mark.parametrize(
    ("nodes", "what"),
    [
        ("node,lon,lat\n1,0,0\n", "column 'id' is missing in nodes.csv"),
        ("id,x,y\n1,0,0\n", "'nodes.csv' does not say where its nodes are"),
        ("", "the file is empty"),
        ("id,lon,lat\n1,-1.5,95\n2,-1.4,52\n3,-1.4,51\n", "1 features have coordinates that are no places in WGS 84"),
    ],
)
def test_a_table_of_nodes_that_says_no_places(put: Callable[..., Path], faults: Faults, nodes: str, what: str) -> None:
    (fault,) = faults(lambda: read(put(nodes=nodes)), LayerError)
    assert fault.what == what


def test_a_table_of_nodes_that_is_not_there(put: Callable[..., Path], faults: Faults) -> None:
    folder = put(network=NETWORK.replace("nodes.csv", "knots.csv"))
    for action in (lambda: read(folder), lambda: hash_sources(read_catalogue(folder).layers.values())):
        (fault,) = faults(action, LayerError)
        assert fault.what == "there is no such file"
        assert fault.where.startswith("layers/roads.toml:")


def test_nodes_that_are_no_points(put: Callable[..., Path], faults: Faults) -> None:
    folder = put(network=NETWORK.replace("nodes.csv", "nodes.gpkg"))
    shapes = [shapely.Point(0, 0), shapely.LineString([(0, 0), (1, 1)]), None]
    geopandas.GeoDataFrame({"id": [1, 2, 3]}, geometry=shapes, crs=OSGB).to_file(folder / "layers/nodes.gpkg", engine="pyogrio")
    (fault,) = faults(lambda: read(folder), LayerError)
    assert (fault.what, fault.found) == ("2 nodes of nodes.gpkg are no points", "LineString in feature 2, feature 3")


def test_edges_without_extent(put: Callable[..., Path], faults: Faults) -> None:
    nodes = METRES + "4,431000,281000\n"
    features = read(put(EDGES + "1,1,5,loop\n", nodes, f'crs = "{OSGB}"\n'))
    assert (len(features), features.report.empty) == (2, 1)
    assert features.report.notes == ("edges.csv: 1 edges lead back to their own node and have no line: left out",)
    (fault,) = faults(lambda: read(put(EDGES + "3,4,5,step\n", nodes, f'crs = "{OSGB}"\n')), LayerError)
    assert (fault.what, fault.found) == ("1 edges of edges.csv join nodes at one place, and have no line", "line 4")


def test_the_table_of_nodes_is_hashed_with_the_rest(put: Callable[..., Path]) -> None:
    folder = put()
    hashes = hash_sources(read_catalogue(folder).layers.values())
    assert list(hashes) == ["layers/edges.csv", "layers/nodes.csv", "layers/roads.toml"]
    assert hashes["layers/nodes.csv"] == hashlib.sha256(NODES.encode()).hexdigest()
