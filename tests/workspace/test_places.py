"""Regions found by slug or name, rivals typed in by hand."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas
import numpy as np
import pyproj
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo_engine.errors import LayerError, StudyError
from geo_engine.model import unique_names
from geo_engine.workspace import find_region, read_features, read_rivals, read_study, region_names

OSGB = "EPSG:27700"


def test_regions_by_slug_in_the_order_of_the_data(base: Path) -> None:
    study = read_study(base / "studies/a.toml")
    area = read_features(study.layers["regions"], crs=study.crs)
    assert region_names(area, "region") == {"west-end": "West End", "east-end": "East End"}


@pytest.mark.parametrize("asked", ["west-end", "West End", "WEST END", " west_end "])
def test_region_by_any_spelling(base: Path, asked: str) -> None:
    study = read_study(base / "studies/a.toml")
    area = read_features(study.layers["regions"], crs=study.crs)
    slug, title, polygon = find_region(study, area, asked)
    assert (slug, title) == ("west-end", "West End")
    assert shapely.equals(polygon, area.geometry[0])


@pytest.mark.parametrize("asked", [None, "a-plant", "A plant"])
def test_whole_area(base: Path, asked: str | None) -> None:
    study = read_study(base / "studies/a.toml")
    area = read_features(study.layers["regions"], crs=study.crs)
    slug, title, polygon = find_region(study, area, asked)
    assert (slug, title) == ("a-plant", "A plant")
    assert polygon.area == pytest.approx(sum(shape.area for shape in area.geometry))


def test_unknown_region_lists_all(base: Path) -> None:
    study = read_study(base / "studies/a.toml")
    area = read_features(study.layers["regions"], crs=study.crs)
    with pytest.raises(StudyError) as caught:
        find_region(study, area, "West Ent")
    (fault,) = caught.value.faults
    assert (fault.allowed, fault.remedy) == ("a-plant, west-end, east-end", "did you mean 'west-end' or 'east-end'?")
    assert fault.what == "unknown region 'West Ent'"


def test_features_of_one_name_are_one_region(base: Path) -> None:
    path = base / "layers/data/regions.geojson"
    path.write_text(path.read_text().replace("East End", "West End"))
    study = read_study(base / "studies/a.toml")
    area = read_features(study.layers["regions"], crs=study.crs)
    assert find_region(study, area, "west-end")[2].area == pytest.approx(find_region(study, area, None)[2].area)


def test_names_with_one_slug_and_missing_column(base: Path) -> None:
    path = base / "layers/data/regions.geojson"
    path.write_text(path.read_text().replace("East End", "west end!"))
    study = read_study(base / "studies/a.toml")
    area = read_features(study.layers["regions"], crs=study.crs)
    with pytest.raises(LayerError, match=r"two regions have the short name 'west-end'\. Found: 'West End' and 'west end!'"):
        region_names(area, "region")
    with pytest.raises(LayerError, match=r"layers/regions.toml:4 id: column 'reg' is missing.*Did you mean 'region'"):
        region_names(area, "reg")


def test_rivals_of_a_csv(tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    path.write_bytes("Name,LON,Lat,Accuracy_km\nMôn,-4,53,2\nMôn,-1.5,52.5,\n,-1,52,0.5\n".encode("cp1252"))
    rivals = read_rivals(path, crs=OSGB)
    assert rivals.names == ("Môn", "Môn (2)", "line 4")
    assert len(rivals) == 3
    east, north = pyproj.Transformer.from_crs("EPSG:4326", OSGB, always_xy=True).transform([-4, -1.5, -1], [53, 52.5, 52])
    assert np.allclose(shapely.get_coordinates(rivals.geometry), np.column_stack([east, north]), atol=1e-6)
    assert np.array_equal(rivals.accuracy_m, [2000.0, np.nan, 500.0], equal_nan=True)


def test_rivals_of_polygons_and_points(tmp_path: Path) -> None:
    bow_tie = shapely.Polygon([(0, 0), (20, 20), (20, 0), (0, 20)])
    frame = geopandas.GeoDataFrame({"NAME": ["a", "b"]}, geometry=[bow_tie, shapely.Point(3, 4)], crs=OSGB)
    frame.to_file(tmp_path / "r.geojson", driver="GeoJSON", engine="pyogrio")
    rivals = read_rivals(tmp_path / "r.geojson", crs=OSGB)
    assert rivals.names == ("a", "b")
    assert rivals.geometry[0].area == pytest.approx(200.0)
    assert rivals.geometry[1].equals(shapely.Point(3, 4))
    assert np.isnan(rivals.accuracy_m).all()


def test_all_faults_of_rivals_at_once(tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    path.write_text("nme,lon,accuracy_km\na,1,-3\n")
    with pytest.raises(LayerError) as caught:
        read_rivals(path, crs=OSGB)
    told = {fault.what: fault for fault in caught.value.faults}
    assert set(told) == {"column 'name' is missing", "'accuracy_km' is not a distance", "column 'lat' is missing in r.csv"}
    assert told["column 'name' is missing"].remedy == "did you mean 'nme'?"
    assert told["'accuracy_km' is not a distance"].found == "'-3' in line 2"


@pytest.mark.parametrize(
    ("text", "what", "found"),
    [
        ("name,lon,lat\na,1,95\nb,1,52\nc,200,5\n", "2 places have coordinates that are no places", "line 2, line 4"),
        ("name,lon,lat\na,x,52\n", "'lon' of r.csv is not a number in 1 rows", "'x' in line 2"),
        ("name,lon,lat\na,,52\n", "'lon' of r.csv is not a number in 1 rows", "'' in line 2"),
        ("name,lon,lat,accuracy_km\na,1,52,far\n", "'accuracy_km' is not a distance", "'far' in line 2"),
        ("name,lon,lat\n", "the file has no rows", ""),
    ],
)
def test_bad_rivals(tmp_path: Path, text: str, what: str, found: str) -> None:
    path = tmp_path / "r.csv"
    path.write_text(text)
    with pytest.raises(LayerError) as caught:
        read_rivals(path, crs=OSGB)
    (fault,) = caught.value.faults
    assert (fault.where, fault.what, fault.found) == ("r.csv", what, found)


def test_rivals_that_are_lines_or_missing(tmp_path: Path) -> None:
    line = {"type": "Feature", "properties": {"name": "a"}, "geometry": {"type": "LineString", "coordinates": [[0, 50], [1, 50]]}}
    none = {"type": "Feature", "properties": {"name": "b"}, "geometry": None}
    (tmp_path / "r.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": [line, none]}))
    with pytest.raises(LayerError) as caught:
        read_rivals(tmp_path / "r.geojson", crs=OSGB)
    assert [(fault.what, fault.found) for fault in caught.value.faults] == [
        ("1 places have no geometry", "feature 2"),
        ("1 places are neither points nor polygons (LineString)", "feature 1"),
    ]
    with pytest.raises(LayerError, match="there is no such file"):
        read_rivals(tmp_path / "none.csv", crs=OSGB)


@given(st.lists(st.sampled_from(["a", "a (2)", "b", "a (3)"]), max_size=12))
def test_names_become_unique_and_first_ones_stay(names: list[str]) -> None:
    made = unique_names(names)
    assert len(set(made)) == len(names)
    assert all(new.startswith(old) for new, old in zip(made, names, strict=True))
