"""Shares of and distances to classes of a raster: every cell looked at one by one, scipy's transform, shapely's distances."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyproj
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from rasterio import Affine
from scipy.ndimage import distance_transform_edt

from geo_engine.errors import LayerError, StudyError
from geo_engine.measure import prepare
from geo_engine.model import ClassDistance, ClassShare, Grid
from tests.measure.builders import BNG, Float, at
from tests.measure.land.rasters import NORTH, TURNED, WEST, cell_centres, measured, north_up, on_map, save

KEPT = settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
NODATA = 99


def cover(seed: int, shape: tuple[int, int] = (24, 30), share: float = 0.1) -> NDArray[np.uint8]:
    """Classes 1 to 4, a tenth of them woodland (2), and some cells without data."""
    rng = np.random.default_rng(seed)
    made = rng.choice([1, 3, 4], shape).astype(np.uint8)
    made[rng.random(shape) < share] = 2
    made[rng.random(shape) < 0.05] = NODATA
    return made


def brute_share(made: NDArray[np.uint8], transform: Affine, e: Float, n: Float, radius: float) -> Float:
    """Look at every cell; those off the raster count as unknown by laying a wide border about it."""
    border = 40
    wide = np.pad(made, border, constant_values=NODATA)
    east, north = cell_centres(transform, made.shape, border)
    out = np.full(e.size, np.nan)
    for k, (x, y) in enumerate(zip(e, n, strict=True)):
        near = (east - x) ** 2 + (north - y) ** 2 <= radius**2
        known = near & (wide != NODATA)
        col, row = on_map(~transform, x, y)
        on = 0 <= col <= made.shape[1] and 0 <= row <= made.shape[0]
        if on and known.any() and 2 * known.sum() >= near.sum():
            out[k] = (known & (wide == 2)).sum() / known.sum()
    return out


def brute_distance(made: NDArray[np.uint8], transform: Affine, e: Float, n: Float, limit: float) -> Float:
    corners = [[on_map(transform, c + x, r + y) for x, y in ((0, 0), (1, 0), (1, 1), (0, 1))] for r, c in np.argwhere(made == 2)]
    away = np.full(e.size, np.inf)
    for ring in corners:
        away = np.minimum(away, shapely.distance(shapely.Polygon(ring), shapely.points(e, n)))
    col, row = on_map(~transform, e, n)
    on = (col >= 0) & (row >= 0) & (col <= made.shape[1]) & (row <= made.shape[0])
    out = np.where(on, np.minimum(away, limit), np.nan)
    across, down = (np.clip(np.floor(axis).astype(int), 0, most - 1) for axis, most in ((col, made.shape[1]), (row, made.shape[0])))
    out[made[down, across] == NODATA] = np.nan
    return out


@KEPT
@given(seed=st.integers(0, 2**31), cell=st.sampled_from([10.0, 25.0, 37.5]), radius=st.sampled_from([40.0, 50.0, 100.0, 260.0]))
def test_the_share_is_that_of_all_cells_looked_at_one_by_one(tmp_path: Path, seed: int, cell: float, radius: float) -> None:
    made = cover(seed)
    transform = north_up(25.0)
    sampler = save(tmp_path / "a.tif", made, transform, nodata=NODATA)
    grid = Grid(BNG, WEST - 50.0, NORTH + 50.0, cell, 20, 20)
    found = measured(ClassShare(layer="land", classes=(2,), within=radius), sampler, grid)
    e, n = np.meshgrid(grid.eastings(grid.whole), grid.northings(grid.whole))
    np.testing.assert_array_equal(found.ravel(), brute_share(made, transform, e.ravel(), n.ravel(), radius).astype(np.float32))
    assert (~np.isnan(found)).any()


@KEPT
@given(seed=st.integers(0, 2**31), cell=st.sampled_from([10.0, 25.0, 37.5]), share=st.sampled_from([0.0, 0.003, 0.1, 1.0]))
def test_the_distance_is_that_to_the_nearest_square_of_the_class(tmp_path: Path, seed: int, cell: float, share: float) -> None:
    made = cover(seed, share=share)
    transform = north_up(25.0)
    sampler = save(tmp_path / "a.tif", made, transform, nodata=NODATA)
    grid = Grid(BNG, WEST - 50.0, NORTH + 50.0, cell, 20, 20)
    found = measured(ClassDistance(layer="land", classes=(2,), within=300.0), sampler, grid)
    e, n = np.meshgrid(grid.eastings(grid.whole), grid.northings(grid.whole))
    np.testing.assert_allclose(found.ravel(), brute_distance(made, transform, e.ravel(), n.ravel(), 300.0), rtol=1e-6, atol=1e-5)


@KEPT
@given(seed=st.integers(0, 2**31))
def test_a_turned_raster_of_oblong_cells_is_measured_as_it_lies(tmp_path: Path, seed: int) -> None:
    made = cover(seed, share=0.03)
    sampler = save(tmp_path / "a.tif", made, TURNED, nodata=NODATA)
    rng = np.random.default_rng(seed)
    e, n = on_map(TURNED, rng.uniform(-2, 32, 80), rng.uniform(-2, 26, 80))
    places = at(*np.stack([e, n], axis=1).tolist())
    share = prepare(ClassShare(layer="land", classes=(2,), within=80.0), sampler)(places)
    np.testing.assert_allclose(share, brute_share(made, TURNED, e, n, 80.0), rtol=1e-6)
    away = prepare(ClassDistance(layer="land", classes=(2,), within=200.0), sampler)(places)
    np.testing.assert_allclose(away, brute_distance(made, TURNED, e, n, 200.0), rtol=1e-5, atol=1e-4)


def test_a_raster_in_degrees_is_measured_in_metres_of_the_study_s_map(tmp_path: Path) -> None:
    made = cover(5, (60, 60), share=0.02)
    transform = Affine(0.0003, 0, -1.55, 0, -0.0002, 53.4)
    sampler = save(tmp_path / "a.tif", made, transform, crs="EPSG:4326", nodata=NODATA)
    to_map = pyproj.Transformer.from_crs("EPSG:4326", BNG, always_xy=True)
    squares = [
        shapely.Polygon([to_map.transform(*on_map(transform, c + x, r + y)) for x, y in ((0, 0), (1, 0), (1, 1), (0, 1))])
        for r, c in np.argwhere(made == 2)
    ]
    e, n = (np.asarray(axis) for axis in to_map.transform([-1.541, -1.5399, -1.538], [53.394, 53.393, 53.3935]))
    found = prepare(ClassDistance(layer="land", classes=(2,), within=400.0), sampler)(at(*zip(e, n, strict=True)))
    truth = shapely.distance(shapely.multipolygons(squares), shapely.points(e, n))
    np.testing.assert_allclose(found, truth, rtol=2e-3, atol=0.01)


def test_scipy_goes_from_centre_to_centre_and_the_edge_is_half_a_cell_nearer(tmp_path: Path) -> None:
    made = np.ones((30, 40), np.uint8)
    made[4, 7] = made[20, 33] = made[21, 3] = 2
    sampler = save(tmp_path / "a.tif", made, north_up(10.0))
    found = measured(ClassDistance(layer="land", classes=(2,), within=1_000.0), sampler, Grid(BNG, WEST, NORTH, 10.0, 30, 40))
    centre = distance_transform_edt(made != 2) * 10.0
    nearer = centre - found
    assert nearer[made != 2].min() >= 5.0 - 1e-4
    assert nearer.max() <= 5.0 * np.sqrt(2.0) + 1e-4
    assert found[made == 2].tolist() == [0.0, 0.0, 0.0]
    straight = found[4]  # along the row of a cell the edge is half a side nearer
    np.testing.assert_allclose(straight[8:20], np.arange(12) * 10.0 + 5.0)


def test_five_by_five_in_the_head(tmp_path: Path) -> None:
    """One wood in the corner of 25 squares of 10 m: within 10 m of a centre lie five centres, at the edge four, in the corner three."""
    made = np.ones((5, 5), np.uint8)
    made[0, 0] = 2
    sampler = save(tmp_path / "a.tif", made, north_up(10.0))
    places = at((WEST + 25, NORTH - 25), (WEST + 15, NORTH - 5), (WEST + 5, NORTH - 5), (WEST + 3, NORTH - 40))
    share = prepare(ClassShare(layer="land", classes=(2,), within=10.0), sampler)(places)
    np.testing.assert_allclose(share, [0.0, 1 / 4, 1 / 3, 0.0], rtol=1e-6)
    away = prepare(ClassDistance(layer="land", classes=(2, 3), within=25.0), sampler)(places)
    np.testing.assert_allclose(away, [np.hypot(15, 15), 5.0, 0.0, 25.0], rtol=1e-6)


def test_a_share_is_unknown_where_more_than_half_of_the_disc_is(tmp_path: Path) -> None:
    made = np.ones((20, 20), np.uint8)
    made[:, 10:] = NODATA
    sampler = save(tmp_path / "a.tif", made, north_up(10.0), nodata=NODATA)
    share = prepare(ClassShare(layer="land", classes=(1,), within=30.0), sampler)
    found = share(at((WEST + 95.0, NORTH - 105.0), (WEST + 105.0, NORTH - 105.0), (WEST - 1.0, NORTH - 105.0)))
    assert np.array_equal(found, np.array([1.0, np.nan, np.nan], np.float32), equal_nan=True)


@pytest.mark.parametrize(
    "measure", [ClassShare(layer="land", classes=(1,), within=9.9), ClassDistance(layer="land", classes=(1,), within=5.0)]
)
def test_a_radius_shorter_than_a_cell_is_an_error(tmp_path: Path, measure: ClassShare | ClassDistance) -> None:
    sampler = save(tmp_path / "a.tif", np.ones((3, 3), np.uint8), north_up(10.0))
    with pytest.raises(StudyError, match="within is shorter than a cell"):
        prepare(measure, sampler)


def test_a_radius_of_too_many_cells_is_an_error_and_not_a_full_memory(tmp_path: Path) -> None:
    sampler = save(tmp_path / "a.tif", np.ones((3, 3), np.uint8), north_up(10.0))
    with pytest.raises(LayerError, match="too much to look at"):
        prepare(ClassShare(layer="land", classes=(1,), within=25_000.0), sampler)(at((WEST, NORTH)))
