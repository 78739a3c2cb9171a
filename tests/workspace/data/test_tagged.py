"""Features of OpenStreetMap by tags, against a town drawn by hand and against GDAL's own reading of it."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pyogrio
import pytest
import shapely

from geo_engine.errors import LayerError
from geo_engine.model import Features, Layer
from geo_engine.workspace import read_features

pytest.importorskip("osmium")
DEGREES = "EPSG:4326"
RUTLAND = Path(__file__).parents[4] / "shared/reference/osm_rutland/rutland-latest.osm.pbf"
TOWN = """<osm version="0.6">
<node id="1" lon="0" lat="0"/><node id="2" lon="4" lat="0"/><node id="3" lon="4" lat="4"/><node id="4" lon="0" lat="4"/>
<node id="5" lon="1" lat="1"/><node id="6" lon="2" lat="1"/><node id="7" lon="2" lat="2"/><node id="8" lon="1" lat="2"/>
<node id="9" lon="7" lat="7"><tag k="amenity" v="school"/><tag k="name" v="Am Platz"/></node>
<node id="10" lon="8" lat="8"><tag k="amenity" v="pub"/></node>
<node id="11" lon="9" lat="9"><tag k="power" v="substation"/><tag k="voltage" v="132000"/></node>
<way id="20"><nd ref="1"/><nd ref="2"/><nd ref="3"/><nd ref="4"/><nd ref="1"/></way>
<way id="21"><nd ref="5"/><nd ref="6"/><nd ref="7"/><nd ref="8"/><nd ref="5"/></way>
<way id="22"><nd ref="5"/><nd ref="6"/><nd ref="7"/><nd ref="5"/><tag k="amenity" v="school"/><tag k="name" v="Dreieck"/></way>
<way id="23"><nd ref="9"/><nd ref="10"/><nd ref="11"/><tag k="power" v="line"/><tag k="voltage" v="400000"/></way>
<way id="24"><nd ref="9"/><nd ref="99"/><tag k="power" v="line"/></way>
<relation id="30"><member type="way" ref="20" role="outer"/><member type="way" ref="21" role="inner"/>
<tag k="type" v="multipolygon"/><tag k="amenity" v="school"/><tag k="name" v="Mit Hof"/></relation>
</osm>
"""


def read(folder: Path, geometry: str, tags: dict[str, tuple[str, ...]], where: str | None = None) -> Features:
    path = folder / "town.osm"
    path.write_text(TOWN, encoding="utf-8")
    layer = Layer("a", "A", str(path), geometry, "nobody", "ODbL-1.0", "2024", id="osm_id", tags=tags)  # type: ignore[arg-type]
    return read_features(layer, crs=DEGREES, where=where)


def test_points_are_nodes_and_the_middles_of_areas(tmp_path: Path) -> None:
    features = read(tmp_path, "points", {"amenity": ("school",)})
    assert features.labels() == ["n9", "r30", "w22"]
    assert features.geometry[0] == shapely.Point(7, 7)
    yard = shapely.box(0, 0, 4, 4).difference(shapely.box(1, 1, 2, 2))
    assert shapely.contains(yard, features.geometry[1])
    assert features.table["name"].tolist() == ["Am Platz", "Mit Hof", "Dreieck"]


def test_polygons_have_their_holes(tmp_path: Path) -> None:
    features = read(tmp_path, "polygons", {"amenity": ("school",)})
    assert dict(zip(features.labels(), shapely.area(features.geometry), strict=True)) == {"r30": 15.0, "w22": 0.5}


def test_any_value_of_a_key_and_all_tags_in_a_column(tmp_path: Path) -> None:
    features = read(tmp_path, "points", {"power": (), "amenity": ("pub",)})
    assert features.labels() == ["n10", "n11"]
    assert json.loads(features.table["tags"].iloc[1]) == {"power": "substation", "voltage": "132000"}
    assert read(tmp_path, "points", {"power": (), "amenity": ("pub",)}, "power = 'substation'").labels() == ["n11"]


def test_lines_are_ways_and_those_without_places_are_left_out(tmp_path: Path) -> None:
    features = read(tmp_path, "lines", {"power": ("line",)})
    assert features.labels() == ["w23"]
    assert features.geometry[0] == shapely.LineString([(7, 7), (8, 8), (9, 9)])


@pytest.mark.skipif(not RUTLAND.exists(), reason="the extract of Rutland is not beside the repository")
def test_schools_of_rutland_agree_with_gdals_reading() -> None:
    layer = Layer("a", "A", str(RUTLAND), "polygons", "", "ODbL-1.0", "2022", id="osm_id", tags={"amenity": ("school",)})
    ours = read_features(layer, crs=DEGREES)
    theirs = pyogrio.read_dataframe(RUTLAND, layer="multipolygons", where="amenity = 'school'")
    meant = {
        f"w{way}" if pd.notna(way) else f"r{relation}": shape
        for way, relation, shape in zip(theirs["osm_way_id"], theirs["osm_id"], theirs.geometry, strict=True)
    }
    assert sorted(meant) == sorted(ours.labels())
    # GDAL's reading of one school with thirteen fields is invalid where they touch; OpenStreetMap has seven digits.
    pairs = [(meant[name], shape) for name, shape in zip(ours.labels(), ours.geometry, strict=True) if meant[name].is_valid]
    assert len(pairs) == len(meant) - 1
    assert all(shapely.hausdorff_distance(*pair) < 1e-7 for pair in pairs)


def test_nothing_with_the_tags_and_no_file_of_openstreetmap_are_told(tmp_path: Path) -> None:
    with pytest.raises(LayerError, match=r"has no points with these tags\. Found: amenity = hospital or clinic"):
        read(tmp_path, "points", {"amenity": ("hospital", "clinic")})
    (tmp_path / "a.gpkg").write_bytes(b"x")
    with pytest.raises(LayerError, match="'tags' are for files of OpenStreetMap"):
        read_features(Layer("a", "A", str(tmp_path / "a.gpkg"), "points", "", "", "", tags={"power": ()}), crs=DEGREES)
