"""Features without an id are called by their row in the source, whatever part of it was read."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely

from geo_engine.model import Layer
from geo_engine.workspace import read_features

COUNT = 3_000
WINDOW = (420_000.0, 320_000.0, 430_000.0, 330_000.0)


@pytest.fixture(scope="module")
def frame() -> gpd.GeoDataFrame:
    """Points in a shuffled order, so that rows of a window are spread over the file; row 1 is outside of it."""
    rng = np.random.default_rng(3)
    places = rng.uniform((400_000, 300_000), (460_000, 360_000), (COUNT, 2))
    places[0] = (400_001, 300_001)
    return gpd.GeoDataFrame({"number": np.arange(1, COUNT + 1)}, geometry=shapely.points(places), crs="EPSG:27700")


def written(frame: gpd.GeoDataFrame, path: Path) -> Path:
    if path.suffix == ".parquet":
        frame.to_parquet(path, write_covering_bbox=True, row_group_size=700)
    else:
        frame.to_file(path)
    return path


@pytest.mark.parametrize("ending", ["gpkg", "fgb", "geojson", "shp", "parquet", "csv"])
def test_a_window_or_a_condition_changes_no_name(frame: gpd.GeoDataFrame, tmp_path: Path, ending: str) -> None:
    """The oracle: the column `number` was written in the file's order; FlatGeobuf has an order of its own, so the whole is asked there."""
    path = tmp_path / f"places.{ending}"
    if ending == "csv":
        frame.assign(e=frame.geometry.x, n=frame.geometry.y).drop(columns="geometry").to_csv(path, index=False)
        layer = Layer("places", "Places", str(path), "points", "", "", "", crs="EPSG:27700", easting="e", northing="n")
    else:
        layer = Layer("places", "Places", str(written(frame, path)), "points", "", "", "", crs="EPSG:27700")
    whole = read_features(layer, crs="EPSG:27700")
    names = dict(zip(whole.table["number"], whole.labels(), strict=True))
    assert len(set(names.values())) == COUNT
    if ending not in {"fgb", "csv"}:
        assert all(name == f"places {number}" for number, name in names.items())
    west, south, east, north = WINDOW
    inside = {
        number
        for number, place in zip(frame["number"], frame.geometry, strict=True)
        if west <= place.x <= east and south <= place.y <= north
    }
    part = read_features(layer, crs="EPSG:27700", window=WINDOW)
    assert set(part.table["number"]) == inside
    assert dict(zip(part.table["number"], part.labels(), strict=True)) == {number: names[number] for number in inside}
    some = read_features(layer, crs="EPSG:27700", window=WINDOW, where="number > 1500")
    assert dict(zip(some.table["number"], some.labels(), strict=True)) == {number: names[number] for number in inside if number > 1500}
    again = read_features(layer, crs="EPSG:27700", where="number > 1500", columns=["number"], only_columns=True)
    assert dict(zip(again.table["number"], again.labels(), strict=True)) == {number: names[number] for number in names if number > 1500}
