"""Networks of OpenStreetMap: hand-made files against what they say; every way to fail."""

from __future__ import annotations

import bz2
import math
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import shapely

from geo_engine.errors import Fault, GeoEngineError, LayerError
from geo_engine.model import Features, Layer, NetworkColumns
from geo_engine.workspace import read_catalogue, read_features, read_study
from geo_engine.workspace.data.networks import osm as reading
from geo_engine.workspace.data.networks.osm_tags import direction, duration, read_tags, speed
from geo_engine.workspace.data.source import Source, read_source

osmium = pytest.importorskip("osmium", reason="pyosmium is an extra: pip install 'geo-engine[osm]'")
Faults = Callable[[Callable[[], object], type[GeoEngineError]], tuple[Fault, ...]]
Way = tuple[int, list[int], dict[str, str]]
ROAD = {"highway": "residential"}


def text(nodes: dict[int, tuple[float, float]], ways: list[Way], more: str = "") -> str:
    """An OSM file of nodes at (lon, lat), and ways."""
    lines = ['<?xml version="1.0"?>', '<osm version="0.6">']
    lines += [f'<node id="{number}" version="1" lon="{lon}" lat="{lat}"/>' for number, (lon, lat) in nodes.items()]
    for number, refs, tags in ways:
        inner = "".join(f'<nd ref="{ref}"/>' for ref in refs) + "".join(f'<tag k="{key}" v="{value}"/>' for key, value in tags.items())
        lines.append(f'<way id="{number}" version="1">{inner}</way>')
    return "\n".join([*lines, more, "</osm>"])


def row(count: int) -> dict[int, tuple[float, float]]:
    """Nodes 1, 2, ... in a row on the equator, a hundredth of a degree apart."""
    return {number: (number / 100, 0.0) for number in range(1, count + 1)}


def source(folder: Path, *ways: Way, nodes: dict[int, tuple[float, float]] | None = None, where: str = "", more: str = "") -> Source:
    path = folder / "town.osm"
    path.write_text(text(row(9) if nodes is None else nodes, list(ways), more))
    return read_source(str(path), place="layers/town.toml:2 source", where=where, where_place="layers/town.toml:5", geometry="network")


def ends(found: Source) -> list[tuple[int, int, int]]:
    table = found.table
    return list(zip(table["osm_id"].tolist(), table["from_node"].tolist(), table["to_node"].tolist(), strict=True))


def test_ways_are_cut_where_they_meet_and_nowhere_else(tmp_path: Path) -> None:
    nodes = row(5) | {7: (0.03, 0.01), 8: (0.03, -0.01)}
    found = source(tmp_path, (20, [7, 3, 8], ROAD), (10, [1, 2, 3, 4, 5], ROAD), (30, [2, 4], {"highway": "footway"}), nodes=nodes)
    assert ends(found) == [(10, 1, 3), (10, 3, 5), (20, 7, 3), (20, 3, 8)]
    assert found.geometry is not None
    assert shapely.get_coordinates(found.geometry[0]).tolist() == [[0.01, 0], [0.02, 0], [0.03, 0]]
    assert found.rows.tolist() == [10, 10, 20, 20]
    assert found.row_word == "way"
    assert found.notes == ()


@pytest.mark.parametrize(
    ("refs", "parts"),
    [
        ([1, 2, 3, 1], [(1, 1)]),  # a ring
        ([1, 2, 3, 4, 2], [(1, 2), (2, 2)]),  # a lollipop
        ([1, 2, 3, 2, 4], [(1, 2), (2, 2), (2, 4)]),  # out and back
        ([1, 1, 2, 2, 3], [(1, 3)]),  # a node twice in a row is one
        ([4, 4], []),  # no line
        ([5], []),
    ],
)
def test_a_way_that_meets_itself(tmp_path: Path, refs: list[int], parts: list[tuple[int, int]]) -> None:
    nodes = {1: (0.0, 0.0), 2: (0.01, 0.0), 3: (0.01, 0.01), 4: (0.02, 0.02), 5: (1, 1), 6: (1, 2)}
    found = source(tmp_path, (1, refs, ROAD), (2, [5, 6], ROAD), nodes=nodes)
    assert ends(found)[:-1] == [(1, *pair) for pair in parts]


def test_clipped_ways_keep_the_parts_with_places(tmp_path: Path) -> None:
    nodes = {number: place for number, place in row(9).items() if number not in {3, 4}}
    found = source(tmp_path, (1, [1, 2, 3, 4, 5, 6, 7], ROAD), (2, [3, 4], ROAD), (3, [9, 4], ROAD), (4, [8, 9], ROAD), nodes=nodes)
    assert ends(found) == [(1, 1, 2), (1, 5, 7), (4, 8, 9)]
    assert found.notes == (
        "town.osm: 3 ways name nodes that are missing from the extract: the parts with places are kept; of 2 nothing is left",
    )


def test_attributes_of_a_road(tmp_path: Path) -> None:
    tags = {"highway": "trunk", "name": "Ring Road", "ref": "A1", "oneway": "-1", "maxspeed": "70 mph", "vehicle": "permit", "hgv": "no"}
    found = source(tmp_path, (1, [1, 2], tags), (2, [2, 3], {"highway": "track", "maxspeed": "GB:nsl_single"})).table
    names = "osm_id mode class name ref oneway maxspeed maxspeed_text access hgv duration from_node to_node"
    assert " ".join(found.columns) == names
    first = found.iloc[0].to_dict()
    assert [first[key] for key in ("mode", "class", "name", "ref", "oneway", "access", "hgv")] == [
        "road", "trunk", "Ring Road", "A1", -1, "permit", "no",
    ]  # fmt: skip
    assert first["maxspeed"] == pytest.approx(112.65408)
    assert found["maxspeed"].isna().tolist() == [False, True]
    assert found["maxspeed_text"].tolist() == ["70 mph", "GB:nsl_single"]
    assert found["name"].isna().tolist() == [False, True]
    assert found["duration"].isna().all()


@pytest.mark.parametrize(
    ("tags", "mode", "road_class"),
    [
        ({"highway": "motorway_link"}, "road", "motorway_link"),
        ({"highway": "service", "railway": "tram"}, "road", "service"),
        ({"railway": "rail"}, "rail", "rail"),
        ({"route": "ferry"}, "ferry", "ferry"),
    ],
)
def test_what_is_kept(tags: dict[str, str], mode: str, road_class: str) -> None:
    found = read_tags(tags)
    assert found is not None
    assert (found.mode, found.road_class) == (mode, road_class)


@pytest.mark.parametrize(
    "tags",
    [{"highway": kind} for kind in ("footway", "steps", "cycleway", "path", "bridleway", "pedestrian", "construction", "proposed")]
    + [{"railway": kind} for kind in ("abandoned", "disused", "platform")]
    + [{"route": "bus"}, {"highway": "service", "area": "yes"}, {}],
)
def test_what_is_left_out(tags: dict[str, str]) -> None:
    assert read_tags(tags) is None


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({}, 0),
        ({"oneway": "yes"}, 1),
        ({"oneway": "1"}, 1),
        ({"oneway": "-1"}, -1),
        ({"oneway": "reverse"}, -1),
        ({"oneway": "reversible"}, 0),
        ({"oneway": "perhaps"}, 0),
        ({"highway": "motorway"}, 1),
        ({"highway": "motorway", "oneway": "no"}, 0),
        ({"highway": "motorway", "oneway": "reversible"}, 0),
        ({"highway": "motorway_link"}, 0),
        ({"junction": "roundabout"}, 1),
        ({"junction": "roundabout", "oneway": "-1"}, -1),
        ({"oneway": "yes", "oneway:motor_vehicle": "no"}, 0),
    ],
)
def test_direction(tags: dict[str, str], expected: int) -> None:
    assert direction(tags) == expected


@pytest.mark.parametrize(
    ("said", "kmh"),
    [
        *[("50", 50), ("62.5", 62.5), ("50 km/h", 50), ("30 mph", 48.28032), ("30mph", 48.28032), ("10 knots", 18.52), ("none", math.inf)],
        *[("walk", 5), ("0", math.nan), ("-5", math.nan), ("50;80", math.nan), ("GB:nsl_dual", math.nan), ("signals", math.nan)],
        *[("", math.nan), ("1e3", math.nan), ("\N{ARABIC-INDIC DIGIT FIVE}", math.nan)],
    ],
)
def test_speeds(said: str, kmh: float) -> None:
    assert speed(said) == pytest.approx(kmh, nan_ok=True)


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        *[("00:20", 1200), ("1:30", 5400), ("26:00", 93600), ("01:02:03", 3723), ("35", 2100), ("PT45M", 2700), ("PT1H30M", 5400)],
        *[("P1DT2H", 93600), ("pt1.5h", 5400), ("PT20S", 20), ("P", math.nan), ("PT0M", math.nan), ("1:75", math.nan)],
        ("20 min", math.nan),
    ],
)
def test_durations(said: str, seconds: float) -> None:
    assert duration(said) == pytest.approx(seconds, nan_ok=True)


@pytest.mark.parametrize(
    ("tags", "access", "hgv"),
    [
        ({}, "yes", "yes"),
        ({"access": "private"}, "private", "private"),
        ({"access": "no", "vehicle": "destination"}, "destination", "destination"),
        ({"access": "no", "vehicle": "no", "motor_vehicle": "yes"}, "yes", "yes"),
        ({"access": "yes", "hgv": "no"}, "yes", "no"),
        ({"motor_vehicle": "no", "hgv": "delivery"}, "no", "delivery"),
    ],
)
def test_access(tags: dict[str, str], access: str, hgv: str) -> None:
    found = read_tags(ROAD | tags)
    assert found is not None
    assert (found.access, found.hgv) == (access, hgv)


def test_a_road_alone_is_open_unless_it_says_otherwise() -> None:
    for tags in ({"route": "ferry"}, {"railway": "rail"}):
        found = read_tags(tags)
        assert found is not None
        assert found.access is None
        assert found.hgv is None


def test_a_ferry_shares_its_duration_out_by_length(tmp_path: Path) -> None:
    ferry = {"route": "ferry", "duration": "00:40"}
    found = source(
        tmp_path, (1, [1, 2, 5], ferry), (2, [2, 9], ROAD), (3, [5, 8, 99], ferry | {"duration": "PT5M"}), (4, [6, 7], {"route": "ferry"})
    )
    table = found.table
    assert table["class"].tolist() == ["ferry", "ferry", "residential", "ferry", "ferry"]
    assert table["duration"].tolist() == pytest.approx([600, 1800, math.nan, math.nan, math.nan], nan_ok=True)
    assert any("1 ferries say no duration" in note for note in found.notes)


def test_what_a_reader_is_told(tmp_path: Path) -> None:
    more = "".join(
        f'<relation id="{n}" version="1"><tag k="type" v="{kind}"/></relation>'
        for n, kind in ((5, "restriction"), (6, "route"), (7, "restriction"))
    )
    strange = ROAD | {"maxspeed": "GB:nsl_single"}
    found = source(tmp_path, (1, [1, 2], ROAD | {"oneway": "reversible"}), (2, [2, 3], strange), (2, [2, 4], strange), more=more)
    assert ends(found) == [(1, 1, 2), (2, 2, 4)]
    assert [note.removeprefix("town.osm: ") for note in found.notes] == [
        "2 turn restrictions are ignored",
        "1 ways are there more than once: the last counts",
        "1 ways change direction with the time of day: taken as open both ways",
        "1 ways have a maxspeed without a figure: GB:nsl_single",
    ]


def test_a_condition_names_these_columns(tmp_path: Path) -> None:
    ways: list[Way] = [(1, [1, 2], {"highway": "motorway"}), (2, [2, 3], ROAD | {"maxspeed": "none"}), (3, [3, 4], {"railway": "rail"})]
    where = "class in ('motorway', 'residential') and oneway = 0 and maxspeed > 100 and access <> 'no'"
    assert ends(source(tmp_path, *ways, where=where)) == [(2, 2, 3)]
    with pytest.raises(LayerError, match="column 'highway' is missing"):
        source(tmp_path, *ways, where="highway = 'motorway'")


def test_the_same_in_every_format_and_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ways: list[Way] = [(7, [4, 2, 3], ROAD), (3, [1, 2], ROAD)]
    plain = source(tmp_path, *ways)
    (tmp_path / "TOWN.OSM.BZ2").write_bytes(bz2.compress((tmp_path / "town.osm").read_bytes()))
    writer = osmium.SimpleWriter(str(tmp_path / "town.osm.pbf"))
    for number, refs, tags in ways:
        writer.add_way(osmium.osm.mutable.Way(id=number, version=1, nodes=refs, tags=tags))
    for number, place in reversed(row(9).items()):  # ways before nodes, nodes backwards
        writer.add_node(osmium.osm.mutable.Node(id=number, version=1, location=place))
    writer.close()
    for large in (10**9, 0):
        monkeypatch.setattr(reading, "_LARGE", large)
        for name in ("town.osm", "TOWN.OSM.BZ2", "town.osm.pbf"):
            other = read_source(str(tmp_path / name), place="", geometry="lines")
            pd.testing.assert_frame_equal(other.table, plain.table)
            assert other.geometry is not None
            assert plain.geometry is not None
            assert np.array_equal(shapely.to_wkb(other.geometry), shapely.to_wkb(plain.geometry))


def test_an_editors_negative_ids(tmp_path: Path) -> None:
    nodes = {-1: (0.0, 0.0), -2: (0.1, 0.0), 3: (0.2, 0.0)}
    assert ends(source(tmp_path, (-5, [-1, -2, 3], ROAD), nodes=nodes)) == [(-5, -1, 3)]


def test_other_kinds_and_sublayers_are_gdals(tmp_path: Path) -> None:
    source(tmp_path, (1, [1, 2], {"waterway": "river"}), (2, [2, 3], ROAD))
    found = read_source(str(tmp_path / "town.osm"), place="", sublayer="lines", geometry="lines")
    assert {"highway", "waterway"} <= set(found.table.columns)
    assert len(found.table) == 2


def layer(folder: Path, file: str | Path, condition: str = "") -> Features:
    (folder / "layers").mkdir(exist_ok=True)
    (folder / "layers/roads.toml").write_text(
        f'title = "Roads"\nsource = "{Path(file).as_posix()}"\ngeometry = "network"\npublisher = "OpenStreetMap"\nlicence = "ODbL"\n'
        f'vintage = 2022\nid = "osm_id"\n{condition}\n[network]\nclass = "class"\n'
    )
    return read_features(read_catalogue(folder).layers["roads"], crs="EPSG:27700")


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.osm.pbf", b"", "PBF error"),
        ("a.osm.pbf", b"<html>not found</html>", "PBF error"),
        ("a.osm", b"", "XML parsing error"),
        ("a.osm", b"<gpx></gpx>", "gpx"),
        ("a.osm", b'<osm version="0.6"><node id="1" ', "XML parsing error"),
        ("a.osm.bz2", b"", "bzip2 error"),
        ("a.osm.bz2", bz2.compress(b"<osm/>" * 999)[:-9], "bzip2 error"),
    ],
)
def test_a_spoilt_file_is_one_clear_fault(tmp_path: Path, faults: Faults, name: str, content: bytes, said: str) -> None:
    (tmp_path / "layers").mkdir()
    (tmp_path / "layers" / name).write_bytes(content)
    (fault,) = faults(lambda: layer(tmp_path, name), LayerError)
    assert fault.where.startswith("layers/roads.toml:2")
    assert fault.what.startswith(f"'{name}' cannot be read: ")
    assert said in fault.what
    assert str(tmp_path) not in str(fault)
    assert "whole" in fault.remedy


@pytest.mark.parametrize("ways", [[], [(1, [1, 2], {"waterway": "river"})], [(1, [98, 99], ROAD)]], ids=["empty", "river", "no nodes"])
def test_a_file_without_a_network(tmp_path: Path, ways: list[Way]) -> None:
    with pytest.raises(LayerError, match=r"'town.osm' has no road.*sublayer = \"lines\""):
        source(tmp_path, *ways)


def test_without_pyosmium_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "osmium", None)
    with pytest.raises(LayerError, match=r"geo-engine\[osm\]"):
        source(tmp_path, (1, [1, 2], ROAD))


def roads(folder: Path, network: str, source: str = "town.osm", head: str = "") -> Layer:
    """A layer of a town with this table [network]."""
    (folder / "layers").mkdir(exist_ok=True)
    (folder / "layers/roads.toml").write_text(
        f'title = "Roads"\nsource = "{source}"\ngeometry = "network"\npublisher = "OpenStreetMap"\nlicence = "ODbL"\nvintage = 2024\n{head}'
        f"[network]\n{network}"
    )
    return read_catalogue(folder).layers["roads"]


KNOWN = NetworkColumns(
    road_class="class", oneway="oneway", maxspeed="maxspeed", restrictions=("access", "hgv"), from_node="from_node", to_node="to_node"
)


@pytest.mark.parametrize(
    ("network", "change"),
    [
        ("", {}),
        ('class = "mode"\noneway = "direction"\n', {"road_class": "mode", "oneway": "direction"}),
        ("restrictions = []\n", {"restrictions": ()}),
        ('restrictions = ["hgv"]\nisland_gap = "1 km"\n', {"restrictions": ("hgv",), "island_gap": 1000.0}),
        ('from = "a"\nto = "b"\n', {"from_node": "a", "to_node": "b"}),
        ("planarise = true\n", {"planarise": True, "from_node": None, "to_node": None}),
    ],
)
def test_columns_of_openstreetmap_need_no_naming(tmp_path: Path, network: str, change: dict[str, object]) -> None:
    assert roads(tmp_path, network).network == replace(KNOWN, **change)  # type: ignore[arg-type] # names and values belong together


def test_columns_are_known_of_files_that_are_read_as_networks_only(tmp_path: Path) -> None:
    assert roads(tmp_path, "", "town.gpkg").network == NetworkColumns()
    assert roads(tmp_path, "", "town.osm.pbf", 'sublayer = "lines"\n').network == NetworkColumns()


def test_known_columns_are_there_when_the_file_is_read(tmp_path: Path) -> None:
    layer = roads(tmp_path, "")
    (tmp_path / "layers/town.osm").write_text(text(row(3), [(1, [1, 2, 3], ROAD | {"oneway": "yes", "access": "private"})]))
    features = read_features(layer, crs="EPSG:32631")
    assert layer.network is not None
    assert {column for _, column in layer.network.named()} <= set(features.table)
    assert features.table[["class", "oneway", "access", "hgv"]].to_numpy().tolist() == [["residential", 1, "private", "private"]]


def test_a_study_says_what_it_took_as_known(base: Path, edit: Callable[[str, str, str], None]) -> None:
    edit("layers/roads.toml", "data/roads.geojson", "data/roads.osm.pbf")
    edit("layers/roads.toml", 'class = "kind"', 'maxspeed = "limit"\nbridge = "5 m"')
    said = [sentence for sentence in read_study(base / "studies/a.toml").defaults if sentence.startswith("network 'roads'")]
    every = ", a column of every such file (default)"
    assert said == [
        "network 'roads': island_gap = 250 m (default)",
        "network 'roads': join_ends = 1 cm (default)",
        "network 'roads': length = none, the drawn length (default)",
        "network 'roads': length_factor = none, lengths as stated (default)",
        "network 'roads': planarise = false, lines join at their ends only (default)",
        f"network 'roads': class = 'class'{every}",
        f"network 'roads': oneway = 'oneway'{every}",
        f"network 'roads': from = 'from_node'{every}",
        f"network 'roads': to = 'to_node'{every}",
        f"network 'roads': restrictions = 'access', 'hgv'{every}",
    ]
