"""Vector layers against pyproj and shapely; what is dropped, repaired and counted; every way to fail."""

from __future__ import annotations

import json
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import geopandas
import numpy as np
import pyproj
import pytest
import shapely
from shapely.geometry import mapping
from shapely.geometry.base import BaseGeometry

from geo_engine.errors import Fault, GeoEngineError, LayerError
from geo_engine.model import Features
from geo_engine.workspace import read_catalogue, read_features

Edit = Callable[[str, str, str], None]
Faults = Callable[[Callable[[], object], type[GeoEngineError]], tuple[Fault, ...]]
OSGB = "EPSG:27700"


def read(base: Path, name: str, where: str | None = None, **more: object) -> Features:
    return read_features(read_catalogue(base).layers[name], crs=OSGB, where=where, **more)  # type: ignore[arg-type]


def write(base: Path, *geometry: BaseGeometry | None) -> None:
    """Make the parks these shapes, in longitude and latitude."""
    features = [
        {"type": "Feature", "properties": {"n": number}, "geometry": None if shape is None else mapping(shape)}
        for number, shape in enumerate(geometry)
    ]
    (base / "layers/data/parks.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": features}))


def test_points_of_a_csv_against_pyproj(base: Path) -> None:
    features = read(base, "plants")
    change = pyproj.Transformer.from_crs("EPSG:4326", OSGB, always_xy=True)
    east, north = change.transform([-1.8, -1.2, 3.5], [52.5, 52.2, 50.0])
    assert np.allclose(shapely.get_coordinates(features.geometry), np.column_stack([east, north]), atol=1e-6)
    assert features.table["makes"].tolist() == ["yes", "no", "yes"]
    assert features.table["code"].tolist() == ["400/132", "400", "275"]
    assert np.isnan(features.table["cars"].iloc[1])
    assert features.labels() == ["Up", "Down", "Far"]
    assert features.accuracy.tolist() == [1000.0] * 3


def test_published_point_of_the_ordnance_survey(base: Path) -> None:
    # Caister water tower: ETRS89 52 39 28.8282 N, 1 42 57.8663 E is 651409.792 E, 313177.448 N (OS, A guide to coordinate systems).
    lon, lat = 1 + 42 / 60 + 57.8663 / 3600, 52 + 39 / 60 + 28.8282 / 3600
    (base / "layers/data/towns.csv").write_text(f"name,lon,lat\nCaister,{lon!r},{lat!r}\n")
    point = read(base, "towns").geometry[0]
    assert shapely.distance(point, shapely.Point(651409.792, 313177.448)) < 5  # without the grid file good to 2 or 3 m


@pytest.mark.parametrize("driver", ["GPKG", "ESRI Shapefile", "FlatGeobuf", "GeoJSON", "zip", "parquet"])
def test_same_answer_from_every_format(base: Path, edit: Edit, driver: str) -> None:
    frame = geopandas.GeoDataFrame(
        {"n": [1, 2, 3], "who": ["a", "O'Hara", None]},
        geometry=[shapely.box(0, 0, 1, 1), shapely.box(2, 2, 3, 4), shapely.box(5, 5, 6, 6)],
        crs=OSGB,
    )
    folder = base / "layers/data"
    name = {
        "GPKG": "a.gpkg",
        "ESRI Shapefile": "a.shp",
        "FlatGeobuf": "a.fgb",
        "GeoJSON": "a.geojson",
        "zip": "a.shp",
        "parquet": "a.parquet",
    }[driver]
    if driver == "parquet":
        pytest.importorskip("pyarrow")
        frame.to_parquet(folder / name)
    else:
        frame.to_file(folder / name, driver="ESRI Shapefile" if driver == "zip" else driver, engine="pyogrio")
    if driver == "zip":
        with zipfile.ZipFile(folder / "a.zip", "w") as archive:
            for path in folder.glob("a.*"):
                if path.suffix != ".zip":
                    archive.write(path, path.name)
                    path.unlink()
        name = "a.zip"
    edit("layers/parks.toml", "data/parks.geojson", f"data/{name}")
    assert len(read(base, "parks")) == 3
    features = read(base, "parks", "n > 1 and who = 'O''Hara'")
    assert features.table["n"].tolist() == [2]
    assert shapely.equals(features.geometry[0], shapely.box(2, 2, 3, 4))
    with pytest.raises(LayerError, match="column 'm' is missing"):
        read(base, "parks", "m > 1")
    with pytest.raises(LayerError, match="bad where"):
        read(base, "parks", "n >")


def test_bow_tie_is_repaired_and_counted(base: Path) -> None:
    bow_tie = shapely.Polygon([(-1.7, 52.1), (-1.6, 52.2), (-1.6, 52.1), (-1.7, 52.2)])
    write(base, bow_tie, shapely.box(-1.5, 52, -1.4, 52.1), None, shapely.Polygon())
    features = read(base, "parks")
    assert (features.report.read, features.report.empty, features.report.repaired) == (4, 2, 1)
    assert shapely.is_valid(features.geometry).all()
    assert features.geometry[0].geom_type == "MultiPolygon"
    assert features.table["n"].tolist() == [0, 1]


def test_collapsed_polygon_is_empty_and_spike_is_cut(base: Path) -> None:
    flat = shapely.Polygon([(-1.7, 52.1), (-1.6, 52.1), (-1.65, 52.1)])
    spike = shapely.Polygon([(-1.7, 52.1), (-1.6, 52.1), (-1.6, 52.3), (-1.6, 52.2), (-1.7, 52.2)])
    write(base, flat, spike)
    # A straight line in degrees stays one only roughly when projected, so judge in degrees.
    features = read_features(read_catalogue(base).layers["parks"], crs="EPSG:4326")
    assert (len(features), features.report.empty, features.report.repaired) == (1, 1, 1)
    assert features.geometry[0].geom_type == "Polygon"
    assert features.geometry[0].area == pytest.approx(0.01)


def test_collection_gives_its_polygons_and_height_is_dropped(base: Path) -> None:
    box = shapely.force_3d(shapely.box(-1.7, 52.1, -1.6, 52.2), 7.0)
    write(base, shapely.GeometryCollection([box, shapely.Point(-1.5, 52)]))
    features = read(base, "parks")
    assert features.geometry[0].geom_type == "Polygon"
    assert not shapely.has_z(features.geometry).any()


def test_multipoints_are_split_and_lines_kept(base: Path, edit: Edit) -> None:
    write(base, shapely.MultiPoint([(-1.7, 52.1), (-1.6, 52.2)]), shapely.Point(-1.5, 52.1))
    edit("layers/parks.toml", '"polygons"', '"points"')
    features = read(base, "parks")
    assert (features.table["n"].tolist(), len(features), len(features.accuracy)) == ([0, 0, 1], 3, 3)
    assert "2 features were split into 3 single points" in features.report.notes[0]
    write(base, shapely.MultiLineString([[(-1.7, 52.1), (-1.6, 52.2)], [(-1.5, 52), (-1.4, 52)]]))
    edit("layers/parks.toml", '"points"', '"lines"')
    assert [shape.geom_type for shape in read(base, "parks").geometry] == ["MultiLineString"]


def test_wrong_kind_names_rows(base: Path, faults: Faults) -> None:
    write(base, shapely.box(-1.7, 52.1, -1.6, 52.2), shapely.Point(-1.5, 52), shapely.LineString([(0, 50), (1, 50)]))
    (fault,) = faults(lambda: read(base, "parks"), LayerError)
    assert fault.where == "layers/parks.toml:2 source"
    assert fault.what == "2 of 3 features are not polygons"
    assert fault.found == "LineString, Point in feature 2, feature 3"


def test_features_outside_are_counted_and_kept(base: Path) -> None:
    west, south, east, north = read(base, "regions").geometry[0].bounds
    features = read(base, "plants", area_bounds=(west, south, east, north))
    assert (len(features), features.report.outside) == (3, 2)


def test_layer_and_study_conditions_both_hold(base: Path, edit: Edit) -> None:
    edit("layers/plants.toml", 'geometry = "points"', 'geometry = "points"\nwhere = "cars = 100 or makes = \'no\'"')
    assert read(base, "plants").table["name"].tolist() == ["Up", "Down"]
    assert read(base, "plants", "makes = 'yes' or name = 'Far'").table["name"].tolist() == ["Up"]


def test_join_with_its_columns_in_the_condition(base: Path, edit: Edit) -> None:
    (base / "layers/data/volumes.csv").write_text("name,tonnes\nUp,5\nFar,50\n")
    edit("layers/plants.toml", 'geometry = "points"', 'geometry = "points"\njoin = [{ source = "data/volumes.csv", on = "name" }]')
    features = read(base, "plants")
    assert features.table["tonnes"].tolist()[::2] == [5.0, 50.0]
    assert features.report.notes == ("1 of 3 rows have no partner in volumes.csv",)
    assert read(base, "plants", "tonnes > 10 and makes = 'yes'").labels() == ["Far"]


def test_join_of_a_missing_table_and_a_doubled_key(base: Path, edit: Edit, faults: Faults) -> None:
    edit("layers/plants.toml", 'geometry = "points"', 'geometry = "points"\njoin = [{ source = "data/volumes.csv", on = "name" }]')
    (missing,) = faults(lambda: read(base, "plants"), LayerError)
    assert (missing.where, missing.what) == ("layers/plants.toml:4 join[1]", "there is no such file")
    (base / "layers/data/volumes.csv").write_text("name,tonnes\nUp,5\nUp,50\n")
    (doubled,) = faults(lambda: read(base, "plants"), LayerError)
    assert (doubled.found, doubled.allowed) == ("Up", "each 'name' once")


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ('accuracy = { column = "code", "400/132" = "0.1 km", "275" = "5 km" }', [100.0, np.nan, 5000.0]),
        ('accuracy = { column = "cars", unit = "km" }', [100_000.0, np.nan, 5000.0]),
        ('accuracy = { column = "cars", "100" = "0.1 km", "5" = "1 km" }', [100.0, np.nan, 1000.0]),
    ],
)
def test_accuracy_by_row(base: Path, edit: Edit, line: str, expected: list[float]) -> None:
    edit("layers/plants.toml", 'accuracy = "1 km"', line)
    assert np.array_equal(read(base, "plants").accuracy, expected, equal_nan=True)


def test_accuracy_that_is_text_and_accuracy_not_stated(base: Path, edit: Edit, faults: Faults) -> None:
    assert np.isnan(read(base, "towns").accuracy).all()
    edit("layers/plants.toml", 'accuracy = "1 km"', 'accuracy = { column = "makes", unit = "km" }')
    (fault,) = faults(lambda: read(base, "plants"), LayerError)
    assert (fault.where, fault.found) == ("layers/plants.toml:5 accuracy", "yes, no")


@pytest.mark.parametrize(
    ("cells", "what", "found"),
    [
        ("A,1,95", "coordinates that are no places in WGS 84", "(1, 95) in line 2"),
        ("A,181,5", "coordinates that are no places in WGS 84", "(181, 5) in line 2"),
        ("A,,5", "'lon' of towns.csv is not a number in 1 rows", "'' in line 2"),
        ("A,nan,5", "'lon' of towns.csv is not a number in 1 rows", "'nan' in line 2"),
        ("A,inf,5", "'lon' of towns.csv is not a number in 1 rows", "'inf' in line 2"),
        ("A,5,=1+1", "'lat' of towns.csv is not a number in 1 rows", "'=1+1' in line 2"),
        ('A,5,"51,5"', "'lat' of towns.csv is not a number in 1 rows", "'51,5' in line 2"),
    ],
)
def test_coordinates_that_are_none(base: Path, faults: Faults, cells: str, what: str, found: str) -> None:
    (base / "layers/data/towns.csv").write_text(f"name,lon,lat\n{cells}\nB,1,52\n")
    (fault,) = faults(lambda: read(base, "towns"), LayerError)
    assert fault.where == "layers/towns.toml:2 source"
    assert what in fault.what
    assert fault.found == found


def test_both_coordinates_are_told_at_once(base: Path, faults: Faults) -> None:
    (base / "layers/data/towns.csv").write_text("name,longitude,latt\nA,1,52\n")
    first, second = faults(lambda: read(base, "towns"), LayerError)
    assert (first.what, first.found) == ("column 'lon' is missing in towns.csv", "name, longitude, latt")
    assert second.remedy == "did you mean 'latt'?"


def test_columns_of_another_name_and_another_crs(base: Path, edit: Edit) -> None:
    (base / "layers/data/towns.csv").write_text("name,E,N\nA,400000,300000\n")
    edit("layers/towns.toml", 'geometry = "points"', 'geometry = "points"\nlon = "E"\nlat = "N"\ncrs = "EPSG:27700"')
    assert shapely.get_coordinates(read(base, "towns").geometry).tolist() == [[400000.0, 300000.0]]


def test_latin_1_is_read_and_noted(base: Path) -> None:
    (base / "layers/data/towns.csv").write_bytes("name,lon,lat\nYnys Môn,-4,53\n".encode("latin-1"))
    features = read(base, "towns", "name = 'Ynys Môn'")
    assert "Latin-1" in features.report.notes[0]


def test_formula_and_script_stay_text(base: Path) -> None:
    (base / "layers/data/towns.csv").write_text("name,lon,lat\n=HYPERLINK(1),-4,53\n<script>alert(1)</script>,-4,53\n")
    assert read(base, "towns").table["name"].tolist() == ["=HYPERLINK(1)", "<script>alert(1)</script>"]


def test_missing_columns_of_the_layer_and_of_the_caller(base: Path, edit: Edit, faults: Faults) -> None:
    edit("layers/plants.toml", 'id = "name"', 'id = "nam"')
    first, second = faults(lambda: read(base, "plants", columns=["car"]), LayerError)
    assert (first.where, first.what) == ("layers/plants.toml:4 id", "column 'nam' is missing")
    assert (first.found, first.remedy) == ("name, lon, lat, cars, makes, code", "did you mean 'name'?")
    assert (second.where, second.remedy) == ("layer 'plants'", "did you mean 'cars'?")


def test_network_class_column(base: Path, edit: Edit, faults: Faults) -> None:
    edit("layers/roads.toml", 'class = "kind"', 'class = "class"')
    (fault,) = faults(lambda: read(base, "roads"), LayerError)
    assert (fault.where, fault.found) == ("layers/roads.toml:7 network", "kind")


def test_nothing_left(base: Path, faults: Faults) -> None:
    (fault,) = faults(lambda: read(base, "plants", "cars > 1e9"), LayerError)
    assert (fault.where, fault.what) == ("layer 'plants'", "no feature left after where (cars > 1e9)")
    (base / "layers/data/plants.csv").write_text("name,lon,lat\n")
    (empty,) = faults(lambda: read(base, "plants"), LayerError)
    assert empty.what == "the layer has no features"
    write(base, None)
    (bare,) = faults(lambda: read(base, "parks"), LayerError)
    assert bare.what == "none of the 1 features has a geometry"


def test_missing_file_names_the_nearest(base: Path, edit: Edit, faults: Faults) -> None:
    edit("layers/plants.toml", "plants.csv", "plant.csv")
    (fault,) = faults(lambda: read(base, "plants"), LayerError)
    assert (fault.where, fault.what, fault.remedy) == ("layers/plants.toml:2 source", "there is no such file", "did you mean 'plants.csv'?")


@pytest.mark.parametrize("data", [b"", b"{", b'{"type": "FeatureCollection", "features": [{"type": "Fea', b"\x00" * 99, b"hello"])
def test_unreadable_files(base: Path, faults: Faults, data: bytes) -> None:
    (base / "layers/data/parks.geojson").write_bytes(data)
    (fault,) = faults(lambda: read(base, "parks"), LayerError)
    assert fault.where == "layers/parks.toml:2 source"
    assert "'parks.geojson' cannot be read" in fault.what


@pytest.mark.parametrize("name", ["a.gpkg", "a.shp", "a.fgb"])
def test_truncated_files(base: Path, edit: Edit, faults: Faults, name: str) -> None:
    shapes = [shapely.Point(i, i).buffer(1) for i in range(400)]
    path = base / "layers/data" / name
    geopandas.GeoDataFrame({"n": range(400)}, geometry=shapes, crs=OSGB).to_file(path, engine="pyogrio")
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    edit("layers/parks.toml", "data/parks.geojson", f"data/{name}")
    told = faults(lambda: read(base, "parks"), LayerError)
    assert told[0].where.startswith("layers/parks.toml:2")


def test_no_crs(base: Path, edit: Edit, faults: Faults) -> None:
    geopandas.GeoDataFrame({"n": [1]}, geometry=[shapely.box(400000, 300000, 400010, 300010)], crs=OSGB).to_file(
        base / "layers/data/a.shp", engine="pyogrio"
    )
    (base / "layers/data/a.prj").unlink()
    edit("layers/parks.toml", "data/parks.geojson", "data/a.shp")
    (fault,) = faults(lambda: read(base, "parks"), LayerError)
    assert (fault.what, fault.remedy) == ("'a.shp' states no CRS", 'add it to the layer\'s file: crs = "EPSG:..."')
    edit("layers/parks.toml", 'geometry = "polygons"', 'geometry = "polygons"\ncrs = "EPSG:27700"')
    assert read(base, "parks").geometry[0].bounds == (400000.0, 300000.0, 400010.0, 300010.0)


def test_several_layers_in_one_file(base: Path, edit: Edit, faults: Faults) -> None:
    for name, size in (("one", 1), ("two", 2)):
        geopandas.GeoDataFrame({"n": [size]}, geometry=[shapely.box(0, 0, size, size)], crs=OSGB).to_file(
            base / "layers/data/a.gpkg", layer=name, engine="pyogrio"
        )
    edit("layers/parks.toml", "data/parks.geojson", "data/a.gpkg")
    (several,) = faults(lambda: read(base, "parks"), LayerError)
    assert (several.what, several.found) == ("'a.gpkg' holds 2 layers", "one, two")
    edit("layers/parks.toml", 'geometry = "polygons"', 'geometry = "polygons"\nsublayer = "tow"')
    (unknown,) = faults(lambda: read(base, "parks"), LayerError)
    assert (unknown.what, unknown.allowed, unknown.remedy) == ("unknown sublayer 'tow'", "one, two", "did you mean 'two'?")
    edit("layers/parks.toml", '"tow"', '"two"')
    assert read(base, "parks").geometry[0].area == 4.0


def test_raster_and_plain_table_have_no_features(base: Path, edit: Edit, faults: Faults) -> None:
    (raster,) = faults(lambda: read(base, "height"), LayerError)
    assert raster.what == "a raster has no features"
    edit("layers/plants.toml", '"points"', '"polygons"')
    (table,) = faults(lambda: read(base, "plants"), LayerError)
    assert table.what == "'plants.csv' is a table without geometry"


def test_archive_with_a_csv(base: Path, edit: Edit) -> None:
    folder = base / "layers/data"
    with zipfile.ZipFile(folder / "plants.zip", "w") as archive:
        archive.write(folder / "plants.csv", "plants.csv")
    edit("layers/plants.toml", "data/plants.csv", "data/plants.zip")
    features = read(base, "plants", "cars >= 5 and makes = 'yes'")
    assert features.table["cars"].tolist() == [100.0, 5.0]


def test_projection_that_has_no_place(base: Path, faults: Faults) -> None:
    (base / "layers/data/towns.csv").write_text("name,lon,lat\nA,-1,52\nFar,88,0\n")
    layer = read_catalogue(base).layers["towns"]
    (fault,) = faults(lambda: read_features(layer, crs=OSGB), LayerError)
    assert fault.found == "(88, 0) in line 3"


def test_source_far_away_in_another_folder(base: Path, edit: Edit, tmp_path_factory: pytest.TempPathFactory) -> None:
    other = tmp_path_factory.mktemp("Daten übern Berg's") / "a b.csv"
    shutil.copy(base / "layers/data/plants.csv", other)
    edit("layers/plants.toml", "data/plants.csv", other.as_posix())
    assert len(read(base, "plants")) == 3
