"""Files of every format made by GDAL's own programs of another version, and read back equal to what they were made from."""

from __future__ import annotations

import json
import shutil
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import shapely

from geo_engine.errors import LayerError
from geo_engine.model import Features, Layer
from geo_engine.workspace import read_features
from geo_engine.workspace.data.reading import Reading
from geo_engine.workspace.data.source import read_source

OSGB = "EPSG:27700"
# Names that break things: quotes of both kinds, an emoji, a way up the tree, a formula, a comma, a script, nothing at all.
NAMES = ['O\'Hara "the" 2nd', "Überhaus 🏭", "../../etc/passwd", "=1+1", "a, b; c", "<script>alert(1)</script>", None]
# ogr2ogr's name for the format, the ending, further arguments
FORMATS: dict[str, tuple[str, str, list[str]]] = {
    "GeoPackage": ("GPKG", "gpkg", []),
    "Shapefile": ("ESRI Shapefile", "shp", ["-lco", "ENCODING=UTF-8"]),
    "FlatGeobuf": ("FlatGeobuf", "fgb", []),
    "GeoJSON": ("GeoJSON", "geojson", ["-lco", "RFC7946=NO", "-a_srs", "EPSG:27700"]),
    "GML": ("GML", "gml", ["-dsco", "FORMAT=GML3.2"]),
    "KML": ("KML", "kml", ["-t_srs", "EPSG:4326"]),
    "LIBKML": ("LIBKML", "kmz", ["-t_srs", "EPSG:4326"]),
    "MapInfo": ("MapInfo File", "mif", []),
    "SQLite": ("SQLite", "sqlite", ["-dsco", "SPATIALITE=NO"]),
}
SHAPES: dict[str, list[Any]] = {
    "points": [shapely.Point(400000 + 1000 * n, 300000 - 500 * n) for n in range(7)],
    "lines": [shapely.LineString([(400000, 300000), (401000 + n, 300500), (402000, 300000 + 10 * n)]) for n in range(7)],
    "polygons": [
        shapely.box(400000 + 100 * n, 300000, 400050 + 100 * n, 300060).difference(
            shapely.box(400010 + 100 * n, 300010, 400020 + 100 * n, 300020)
        )
        for n in range(7)
    ],
}


def layer(path: Path | str, geometry: str = "points", **more: object) -> Layer:
    return Layer("a", "A", str(path), geometry, "nobody", "CC0-1.0", "2024", **more)  # type: ignore[arg-type]


def read(path: Path | str, geometry: str = "points", crs: str = OSGB, **more: object) -> Features:
    return read_features(layer(path, geometry, **more), crs=crs)


def ogr(*arguments: str | Path) -> None:
    done = subprocess.run(["ogr2ogr", *map(str, arguments)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def origin(folder: Path, shapes: list[Any], crs: str = "urn:ogc:def:crs:EPSG::27700") -> Path:
    """Write a GeoJSON by hand, from which GDAL's program makes the others."""
    features = [
        {
            "type": "Feature",
            "properties": {"name": name, "count": 10 * n, "share": n + 0.25, "day": f"2024-02-{n + 1:02}"},
            "geometry": None if shape is None else shapely.geometry.mapping(shape),
        }
        for n, (name, shape) in enumerate(zip(NAMES, shapes, strict=False))
    ]
    path = folder / "origin.geojson"
    made = {"type": "FeatureCollection", "crs": {"type": "name", "properties": {"name": crs}}, "features": features}
    path.write_text(json.dumps(made, ensure_ascii=False), encoding="utf-8")
    return path


def same_rows(features: Features, kind: str, tolerance: float) -> None:
    table = features.table.assign(made=features.geometry, count=pd.to_numeric(features.table["count"])).sort_values("count")
    for made, meant in zip(table["made"], SHAPES[kind], strict=True):
        assert shapely.hausdorff_distance(made, meant) <= tolerance
    assert [None if pd.isna(name) or name == "" else name for name in table["name"]] == NAMES
    assert table["count"].tolist() == [0, 10, 20, 30, 40, 50, 60]
    assert pd.to_numeric(table["share"]).tolist() == [0.25, 1.25, 2.25, 3.25, 4.25, 5.25, 6.25]


@pytest.mark.gdal
@pytest.mark.parametrize(
    ("name", "kind"), [*((name, "polygons") for name in FORMATS), ("GeoPackage", "lines"), ("KML", "points"), ("GML", "lines")]
)
def test_a_format_made_by_gdal_reads_back_equal(tmp_path: Path, name: str, kind: str) -> None:
    driver, ending, more = FORMATS[name]
    start = origin(tmp_path, SHAPES[kind])
    path = tmp_path / f"made.{ending}"
    ogr("-f", driver, path, start, "-nln", "made", *more)
    if "KML" in driver:  # GDAL writes what is called name as the placemark's name, and reads it as 'Name'
        features = read(path, kind)
        features.table["name"] = features.table["Name"]
    else:
        features = read(path, kind)
    # Degrees of 15 digits and a projection there and back; text formats with 15 digits.
    same_rows(features, kind, 0.02 if "kml" in ending or ending == "kmz" else 1e-6)


@pytest.mark.gdal
def test_a_shapefile_in_an_archive_reads_back_equal_and_needs_no_unpacking(tmp_path: Path) -> None:
    ogr("-f", "ESRI Shapefile", tmp_path / "a.shp", origin(tmp_path, SHAPES["polygons"]), "-lco", "ENCODING=UTF-8")
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for part in sorted(tmp_path.glob("a.*")):
            if part.suffix != ".zip":
                archive.write(part, part.name)
                part.unlink()
    same_rows(read(tmp_path / "a.zip", "polygons"), "polygons", 1e-6)
    same_rows(read(f"{tmp_path}/a.zip!a.shp", "polygons"), "polygons", 1e-6)


def test_geoparquet_written_to_the_letter_of_its_specification_reads_back_equal(tmp_path: Path) -> None:
    pa, pq = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    degrees = [shapely.Point(-1.5 + n / 10, 52.0) for n in range(7)]
    about = {"version": "1.1.0", "primary_column": "where", "columns": {"where": {"encoding": "WKB", "geometry_types": ["Point"]}}}
    table = pa.table({"name": NAMES, "count": list(range(7)), "where": [shapely.to_wkb(point) for point in degrees]})
    pq.write_table(table.replace_schema_metadata({"geo": json.dumps(about)}), tmp_path / "a.parquet")
    features = read(tmp_path / "a.parquet", crs="EPSG:4326")
    assert shapely.equals_exact(features.geometry, degrees).all()  # no CRS means longitude and latitude
    assert [None if pd.isna(name) else name for name in features.table["name"]] == NAMES
    with_window = read_features(layer(tmp_path / "a.parquet"), crs="EPSG:4326", window=(-1.31, 51, -1.09, 53))
    assert with_window.table["count"].tolist() == [2, 3, 4]


@pytest.mark.gdal
def test_a_column_called_geometry_is_a_column_beside_the_shapes(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text('geometry,WKT,size\nround,"POINT (1 2)",3\nsquare,"POINT (3 4)",5\n', encoding="utf-8")
    ogr("-f", "GPKG", tmp_path / "a.gpkg", tmp_path / "a.csv", "-a_srs", OSGB)
    features = read(tmp_path / "a.gpkg")
    assert features.table["geometry"].tolist() == ["round", "square"]
    assert shapely.get_coordinates(features.geometry).tolist() == [[1, 2], [3, 4]]
    one = read(tmp_path / "a.gpkg", where="geometry = 'square'")
    assert one.table["geometry"].tolist() == ["square"]
    assert shapely.get_coordinates(one.geometry).tolist() == [[3, 4]]


@pytest.mark.gdal
def test_heights_and_measures_are_dropped_and_blank_shapes_are_counted(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(
        'n,WKT\n1,"POINT Z (400000 300000 7)"\n2,"POINT M (400001 300000 8)"\n3,"POINT ZM (400002 300000 7 8)"\n4,"POINT EMPTY"\n5,\n',
        encoding="utf-8",
    )
    ogr("-f", "GPKG", tmp_path / "a.gpkg", tmp_path / "a.csv", "-a_srs", OSGB)
    features = read(tmp_path / "a.gpkg")
    assert shapely.get_coordinate_dimension(features.geometry).tolist() == [2, 2, 2]
    assert shapely.get_x(features.geometry).tolist() == [400000, 400001, 400002]
    assert (features.report.read, features.report.empty) == (5, 2)


@pytest.mark.gdal
def test_curves_become_chains_that_keep_length_and_area_within_a_ten_thousandth(tmp_path: Path) -> None:
    circle = "CURVEPOLYGON (CIRCULARSTRING (400000 300000, 401000 301000, 402000 300000, 401000 299000, 400000 300000))"
    half = "COMPOUNDCURVE (CIRCULARSTRING (400000 300000, 401000 301000, 402000 300000), (402000 300000, 403000 300000))"
    for kind, text in (("polygons", circle), ("lines", half)):
        (tmp_path / "a.csv").write_text(f'n,WKT\n1,"{text}"\n', encoding="utf-8")
        ogr("-f", "GPKG", tmp_path / f"{kind}.gpkg", tmp_path / "a.csv", "-a_srs", OSGB)
    assert shapely.area(read(tmp_path / "polygons.gpkg", "polygons").geometry[0]) == pytest.approx(np.pi * 1e6, rel=1e-2)
    assert shapely.length(read(tmp_path / "lines.gpkg", "lines").geometry[0]) == pytest.approx(np.pi * 1e3 + 1e3, rel=1e-3)


@pytest.mark.gdal
def test_mixed_shapes_in_one_layer_are_told_by_row(tmp_path: Path) -> None:
    ogr("-f", "GPKG", tmp_path / "a.gpkg", origin(tmp_path, [shapely.Point(1, 1), shapely.box(0, 0, 1, 1), None]), "-nlt", "GEOMETRY")
    with pytest.raises(LayerError) as caught:
        read(tmp_path / "a.gpkg", "polygons")
    assert "1 of 2 features are not polygons" in str(caught.value)
    assert "Point in feature 1" in str(caught.value)


@pytest.mark.gdal
def test_a_shapefile_in_latin_1_is_read_as_its_layer_says(tmp_path: Path) -> None:
    start = tmp_path / "a.geojson"
    point = {"type": "Point", "coordinates": [-1.5, 52]}
    start.write_text(
        json.dumps({"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {"name": "Köln"}, "geometry": point}]})
    )
    ogr("-f", "ESRI Shapefile", tmp_path / "a.shp", start, "-lco", "ENCODING=CP437")
    (tmp_path / "a.cpg").unlink()
    with (tmp_path / "a.dbf").open("r+b") as stream:  # nothing in the file says what it is in
        stream.seek(29)
        stream.write(b"\0")
    assert read(tmp_path / "a.shp").table["name"].tolist() == ["K\x94ln"]  # taken for Latin-1
    assert read(tmp_path / "a.shp", encoding="cp437").table["name"].tolist() == ["Köln"]


@pytest.mark.gdal
@pytest.mark.parametrize("ending", ["gpkg", "fgb", "shp", "geojson"])
def test_only_the_window_and_the_columns_that_are_needed_come(tmp_path: Path, ending: str) -> None:
    driver = {"gpkg": "GPKG", "fgb": "FlatGeobuf", "shp": "ESRI Shapefile", "geojson": "GeoJSON"}[ending]
    path = tmp_path / f"a.{ending}"
    ogr("-f", driver, path, origin(tmp_path, SHAPES["points"]), "-t_srs", "EPSG:4326")
    window = (400900.0, 298900.0, 402100.0, 299600.0)  # holds the points 1 and 2, in metres while the file is in degrees
    part = read_features(layer(path, id="name"), crs=OSGB, where="count > 10", columns=["share"], window=window, only_columns=True)
    assert part.table["share"].tolist() == [2.25]
    assert "day" not in part.table.columns
    source = read_source(str(path), place="", reading=Reading(window=window, crs=OSGB))
    assert len(source.table) == 2  # the others were not even read
    with pytest.raises(LayerError, match="no features in the window"):
        read_features(layer(path), crs=OSGB, window=(0, 0, 1, 1))


@pytest.mark.gdal
def test_gml_asks_no_network_for_its_schema(tmp_path: Path) -> None:
    ogr("-f", "GML", tmp_path / "a.gml", origin(tmp_path, SHAPES["points"]))
    text = (tmp_path / "a.gml").read_text(encoding="utf-8")
    (tmp_path / "a.xsd").unlink()
    shutil.rmtree(tmp_path / "a.gfs", ignore_errors=True)
    (tmp_path / "a.gml").write_text(text.replace("a.xsd", "http://127.0.0.1:9/a.xsd"), encoding="utf-8")
    assert pd.to_numeric(read(tmp_path / "a.gml").table["count"]).tolist() == [0, 10, 20, 30, 40, 50, 60]
