"""Rasters whose values are their own coordinates: every place must get back where it is, however the raster lies."""

from __future__ import annotations

import pickle
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pyproj
import pytest
import rasterio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from rasterio import Affine

from geo_engine.errors import LayerError
from geo_engine.model import Layer
from geo_engine.workspace import open_raster

OSGB = "EPSG:27700"
NORTH_UP = Affine(100, 0, 400000, 0, -100, 300000)
# 10 m by 25 m cells turned by some 30 degrees, so that no swap of axes goes unseen.
TURNED = Affine(8.66, 12.5, 400000, 5.0, -21.65, 300000)


def layer(path: Path, crs: str | None = None) -> Layer:
    return Layer("r", "R", str(path), "raster", "", "", "", crs=crs)


def save(path: Path, values: NDArray[np.generic], transform: Affine = NORTH_UP, crs: str | None = OSGB, **more: object) -> Layer:
    bands = values.reshape(-1, *values.shape[-2:])
    profile = {
        "driver": "GTiff",
        "count": len(bands),
        "height": bands.shape[1],
        "width": bands.shape[2],
        "dtype": bands.dtype,
        "transform": transform,
        "crs": crs,
        **more,
    }
    with rasterio.open(path, "w", **profile) as out:
        out.write(bands)
    return layer(path)


def coordinates(transform: Affine, rows: int, cols: int) -> NDArray[np.float64]:
    """Easting and northing of each cell's centre, less 300 km so that float32 keeps centimetres."""
    col, row = np.meshgrid(np.arange(cols) + 0.5, np.arange(rows) + 0.5)
    east = transform.a * col + transform.b * row + transform.c - 400_000
    north = transform.d * col + transform.e * row + transform.f - 300_000
    return np.stack([east, north])


@pytest.mark.parametrize("transform", [NORTH_UP, TURNED])
def test_coordinates_come_back(tmp_path: Path, transform: Affine) -> None:
    made = save(tmp_path / "a.tif", coordinates(transform, 40, 60).astype(np.float32), transform)
    rng = np.random.default_rng(1)
    col, row = rng.uniform(0.5, 59.5, 500), rng.uniform(0.5, 39.5, 500)
    east = transform.a * col + transform.b * row + transform.c
    north = transform.d * col + transform.e * row + transform.f
    for band, expected in ((1, east - 400_000), (2, north - 300_000)):
        assert np.allclose(open_raster(made, crs=OSGB, band=band).sample(east, north), expected, atol=0.01)


def test_raster_in_another_crs_against_pyproj(tmp_path: Path) -> None:
    # Longitude and latitude as values, on a grid of a thousandth of a degree.
    transform = Affine(0.001, 0, -1.5, 0, -0.001, 52.5)
    col, row = np.meshgrid(np.arange(200) + 0.5, np.arange(100) + 0.5)
    values = np.stack([-1.5 + col / 1000, 52.5 - row / 1000])
    made = save(tmp_path / "a.tif", values, transform, "EPSG:4326")
    lon, lat = np.array([-1.4, -1.35, -1.3012]), np.array([52.45, 52.42, 52.4987])
    east, north = pyproj.Transformer.from_crs("EPSG:4326", OSGB, always_xy=True).transform(lon, lat)
    assert np.allclose(open_raster(made, crs=OSGB).sample(east, north), lon, atol=1e-6)
    assert np.allclose(open_raster(made, crs=OSGB, band=2).sample(east, north), lat, atol=1e-5)


def test_three_by_three_in_the_head(tmp_path: Path) -> None:
    made = save(tmp_path / "a.tif", np.arange(1, 10, dtype=np.float32).reshape(3, 3))
    east = 400_000 + np.array([50, 150, 100, 100, 0, 300, 301, -1, 150, np.nan])
    north = 300_000 - np.array([50, 150, 50, 100, 0, 300, 150, 150, 301, 50])
    got = open_raster(made, crs=OSGB).sample(east, north)
    assert np.array_equal(got, np.array([1, 5, 1.5, 3, 1, 9, np.nan, np.nan, np.nan, np.nan], dtype=np.float32), equal_nan=True)


@pytest.mark.parametrize("dtype", ["uint8", "int16", "int32"])
def test_whole_numbers_are_not_interpolated(tmp_path: Path, dtype: str) -> None:
    made = save(tmp_path / "a.tif", np.array([[1, 9], [4, 7]], dtype=dtype), nodata=7)
    east, north = 400_000 + np.array([99.0, 101, 99, 150]), 300_000 - np.array([50.0, 50, 101, 150])
    got = open_raster(made, crs=OSGB).sample(east, north)
    assert np.array_equal(got, np.array([1, 9, 4, np.nan], dtype=np.float32), equal_nan=True)


@pytest.mark.parametrize("nodata", [-9999.0, np.nan])
def test_no_data_is_nan_and_does_not_bleed(tmp_path: Path, nodata: float) -> None:
    made = save(tmp_path / "a.tif", np.array([[1, 1, nodata], [1, 1, nodata]], dtype=np.float32), nodata=nodata)
    east, north = 400_000 + np.array([150.0, 190, 199, 201, 250]), np.full(5, 300_000 - 100.0)
    got = open_raster(made, crs=OSGB).sample(east, north)
    assert np.array_equal(got, np.array([1, 1, 1, np.nan, np.nan], dtype=np.float32), equal_nan=True)


def test_scale_and_offset(tmp_path: Path) -> None:
    made = save(tmp_path / "a.tif", np.array([[10, 20]], dtype=np.int16))
    with rasterio.open(made.source, "r+") as out:
        out.scales, out.offsets = (0.1,), (5.0,)
    assert open_raster(made, crs=OSGB).sample(np.array([400_050.0, 400_150]), np.array([299_950.0, 299_950])).tolist() == [6.0, 7.0]


def test_shape_is_kept_and_nothing_asked_gives_nothing(tmp_path: Path) -> None:
    made = open_raster(save(tmp_path / "a.tif", np.ones((3, 3), dtype=np.float32)), crs=OSGB)
    assert made.layer.name == "r"
    for shape in ((2, 3), (0,), (), (1, 0)):
        got = made.sample(np.full(shape, 400_050.0), np.full(shape, 299_950.0))
        assert got.shape == shape
        assert got.dtype == np.dtype(np.float32)


@pytest.fixture(scope="module")
def rough(tmp_path_factory: pytest.TempPathFactory) -> Layer:
    values = np.random.default_rng(5).normal(size=(3000, 2500)).astype(np.float32)
    return save(tmp_path_factory.mktemp("rough") / "a.tif", values, Affine(10, 0, 0, 0, -10, 30_000), tiled=True)


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.floats(-100, 25_100), st.floats(-100, 30_100)), min_size=1, max_size=30))
def test_a_point_gets_the_same_alone_and_in_company(rough: Layer, places: list[tuple[float, float]]) -> None:
    raster = open_raster(rough, crs=OSGB)
    east, north = np.array(places).T
    together = raster.sample(east, north)
    alone = [raster.sample(east[i : i + 1], north[i : i + 1])[0] for i in range(len(east))]
    assert np.array_equal(together, np.array(alone, dtype=np.float32), equal_nan=True)


def test_threads_and_pickles_agree(rough: Layer) -> None:
    raster = open_raster(rough, crs=OSGB)
    rng = np.random.default_rng(2)
    places = [(rng.uniform(0, 25_000, 2000), rng.uniform(0, 30_000, 2000)) for _ in range(8)]
    expected = [raster.sample(*place) for place in places]
    copy = pickle.loads(pickle.dumps(raster))  # noqa: S301 - our own bytes
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda place: copy.sample(*place), places))
    for left, right in zip(expected, found, strict=True):
        assert np.array_equal(left, right, equal_nan=True)
    assert not np.isnan(expected[0]).any()


def test_bad_rasters(tmp_path: Path, base: Path) -> None:
    good = save(tmp_path / "good.tif", np.ones((2, 2), dtype=np.float32))
    text = tmp_path / "text.tif"
    text.write_text("hello")
    bare = save(tmp_path / "bare.tif", np.ones((2, 2), dtype=np.float32), crs=None)
    with pytest.warns(rasterio.errors.NotGeoreferencedWarning):
        nowhere = save(tmp_path / "nowhere.tif", np.ones((2, 2), dtype=np.float32), Affine.identity())
    for made, band, what in (
        (layer(tmp_path / "none.tif"), 1, "there is no such file"),
        (layer(text), 1, "cannot be read as a raster"),
        (layer(base / "layers/data/parks.geojson"), 1, "cannot be read as a raster"),
        (bare, 1, "the raster states no CRS"),
        (nowhere, 1, "the raster has no position"),
        (good, 2, "the raster has no band 2"),
        (good, 0, "the raster has no band 0"),
        (Layer("v", "V", good.source, "points", "", "", ""), 1, "this layer is no raster"),
    ):
        with pytest.raises(LayerError) as caught:
            open_raster(made, crs=OSGB, band=band)
        assert what in caught.value.faults[0].what
        assert f"layer '{made.name}'" in caught.value.faults[0].where
    assert open_raster(layer(tmp_path / "bare.tif", OSGB), crs=OSGB).sample(np.array([400_050.0]), np.array([299_950.0])).tolist() == [1.0]


def test_truncated_raster_is_a_layer_error(tmp_path: Path) -> None:
    made = save(tmp_path / "a.tif", np.random.default_rng(1).normal(size=(500, 500)).astype(np.float32))
    path = Path(made.source)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(LayerError) as caught:
        open_raster(made, crs=OSGB).sample(np.array([400_000 + 25_000.0]), np.array([300_000 - 49_950.0]))
    assert caught.value.faults[0].where == "layer 'r'"
    assert "cannot be read" in caught.value.faults[0].what
