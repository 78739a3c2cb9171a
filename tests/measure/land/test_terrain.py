"""Slope and aspect: planes whose slope is known, GDAL's own program, and every raster that lies otherwise than north up."""

from __future__ import annotations

import subprocess
from pathlib import Path

import numpy as np
import pyproj
import pytest
import rasterio
from rasterio import Affine
from scipy.ndimage import gaussian_filter

from geo_engine.errors import StudyError
from geo_engine.measure import prepare
from geo_engine.model import Aspect, Grid, RasterSampler, Slope
from tests.measure.builders import BNG, Float, at, features, whole
from tests.measure.land.rasters import NORTH, TURNED, WEST, cell_centres, measured, north_up, on_map, save

EAST_RISE, NORTH_RISE = 0.3, 0.4  # metres a metre: the plane rises to the north-east by 50 %, and falls to the south-west
BEARING = 180.0 + np.degrees(np.arctan2(EAST_RISE, NORTH_RISE))


def plane(e: Float, n: Float) -> Float:
    return 100.0 + EAST_RISE * (e - WEST) + NORTH_RISE * (n - NORTH)


@pytest.mark.parametrize("transform", [north_up(50.0), Affine(20, 0, WEST, 0, 30, NORTH - 900), TURNED])
def test_a_plane_has_its_own_slope_however_the_raster_lies(tmp_path: Path, transform: Affine) -> None:
    """North up, south up with oblong cells, and turned: 50 % is 26.565 degrees, and it falls to 216.87 degrees."""
    shape = (40, 40)
    heights = save(tmp_path / "a.tif", plane(*cell_centres(transform, shape)), transform)
    col, row = np.random.default_rng(1).uniform(1.0, 39.0, (2, 60))
    places = at(*np.stack(on_map(transform, col, row), axis=1).tolist())
    slope, aspect = Slope(layer="land"), Aspect(layer="land")
    np.testing.assert_allclose(prepare(slope, heights)(places), np.degrees(np.arctan(0.5)), rtol=1e-6)
    np.testing.assert_allclose(prepare(Slope(layer="land", slope_unit="%"), heights)(places), 50.0, rtol=1e-6)
    np.testing.assert_allclose(prepare(aspect, heights)(places), BEARING, rtol=1e-6)
    np.testing.assert_allclose(prepare(Aspect(layer="land", facing=270.0), heights)(places), 270.0 - BEARING, rtol=1e-5)
    np.testing.assert_allclose(prepare(Aspect(layer="land", facing=10.0), heights)(places), 370.0 - BEARING, rtol=1e-5)


def test_a_plane_in_degrees_of_longitude_has_the_slope_that_it_has_on_the_study_s_map(tmp_path: Path) -> None:
    transform = Affine(0.0003, 0, -1.55, 0, -0.0002, 53.4)
    lon, lat = cell_centres(transform, (60, 80))
    heights = plane(*pyproj.Transformer.from_crs("EPSG:4326", BNG, always_xy=True).transform(lon, lat))
    made = save(tmp_path / "a.tif", heights, transform, crs="EPSG:4326")
    e, n = pyproj.Transformer.from_crs("EPSG:4326", BNG, always_xy=True).transform([-1.54, -1.535, -1.531], [53.395, 53.3911, 53.3899])
    places = at(*zip(e, n, strict=True))
    np.testing.assert_allclose(prepare(Slope(layer="land", slope_unit="%"), made)(places), 50.0, rtol=1e-5)
    np.testing.assert_allclose(prepare(Aspect(layer="land"), made)(places), BEARING, rtol=1e-5)


def test_heights_in_feet_are_not_taken_for_metres(tmp_path: Path) -> None:
    transform = north_up(10.0)
    made = save(tmp_path / "a.tif", plane(*cell_centres(transform, (9, 9))), transform, unit="ft")
    found = prepare(Slope(layer="land", slope_unit="%", height=0.3048), made)(at((WEST + 45.0, NORTH - 45.0)))
    np.testing.assert_allclose(found, 50.0 * 0.3048, rtol=1e-6)


def test_three_by_three_in_the_head(tmp_path: Path) -> None:
    """Horn by hand: (3 + 2 * 6 + 9 - 1 - 2 * 4 - 7) / 8 = 1 m a cell east, (7 + 16 + 9 - 1 - 4 - 3) / 8 = 3 m a cell south."""
    made = save(tmp_path / "a.tif", np.arange(1.0, 10.0).reshape(3, 3), north_up(10.0))
    middle = at((WEST + 15.0, NORTH - 15.0))
    np.testing.assert_allclose(prepare(Slope(layer="land", slope_unit="%"), made)(middle), 100 * np.hypot(0.1, 0.3), rtol=1e-6)
    # It rises to the south-south-east, so it falls to the north-north-west.
    np.testing.assert_allclose(prepare(Aspect(layer="land"), made)(middle), 360.0 - np.degrees(np.arctan2(1, 3)), rtol=1e-6)


def test_level_land_has_no_aspect_and_is_not_unknown(tmp_path: Path) -> None:
    made = save(tmp_path / "a.tif", np.full((3, 3), 7.0), north_up(10.0))
    middle = at((WEST + 15.0, NORTH - 15.0))
    assert prepare(Slope(layer="land"), made)(middle).tolist() == [0.0]
    assert prepare(Aspect(layer="land"), made)(middle).tolist() == [-1.0]
    assert prepare(Aspect(layer="land", facing=180.0), made)(middle).tolist() == [90.0]


def hills(tmp_path: Path) -> tuple[RasterSampler, Path]:
    """Make hills of 60 x 90 cells of 20 m with holes in the data."""
    rng = np.random.default_rng(3)
    heights = gaussian_filter(rng.normal(size=(60, 90)), 3) * 400.0
    heights[rng.random(heights.shape) < 0.01] = -9999.0
    return save(tmp_path / "hills.tif", heights.astype(np.float32), north_up(20.0), nodata=-9999.0), tmp_path / "hills.tif"


@pytest.mark.gdal
@pytest.mark.parametrize(
    ("measure", "options"),
    [
        (Slope(layer="land"), ["slope"]),
        (Slope(layer="land", slope_unit="%"), ["slope", "-p"]),
        (Aspect(layer="land"), ["aspect"]),
    ],
)
def test_gdal_finds_the_same_in_every_cell(tmp_path: Path, measure: Slope | Aspect, options: list[str]) -> None:
    sampler, file = hills(tmp_path)
    subprocess.run(["gdaldem", options[0], str(file), str(tmp_path / "out.tif"), *options[1:]], check=True, capture_output=True)
    with rasterio.open(tmp_path / "out.tif") as done:
        expected = done.read(1, masked=True).filled(np.nan)
    grid = Grid(BNG, WEST, NORTH, 20.0, 60, 90)
    found = measured(measure, sampler, grid)
    assert (np.isnan(found) == np.isnan(expected)).all()
    known = ~np.isnan(found)
    assert 0.8 < known.mean() < 0.95
    off = np.abs(found[known].astype(np.float64) - expected[known])
    assert np.minimum(off, 360.0 - off).max() < 2e-3 if isinstance(measure, Aspect) else off.max() < 1e-3


def test_cells_at_the_edge_beside_a_hole_and_off_the_raster_are_unknown(tmp_path: Path) -> None:
    values = np.arange(36.0).reshape(6, 6)
    values[2, 2] = np.nan
    made = save(tmp_path / "a.tif", values, north_up(10.0))
    found = measured(Slope(layer="land"), made, Grid(BNG, WEST - 10.0, NORTH + 10.0, 10.0, 8, 8))
    known = np.zeros((8, 8), bool)
    known[2:6, 2:6] = True  # the raster without its rim
    known[2:5, 2:5] = False  # nor about the hole
    assert (~np.isnan(found) == known).all()


def test_coarse_cells_are_measured_at_their_centres(tmp_path: Path) -> None:
    """A place takes the slope of the raster's cell that holds it, whatever the study's cell."""
    sampler, _ = hills(tmp_path)
    fine = prepare(Slope(layer="land"), sampler)(whole(Grid(BNG, WEST, NORTH, 20.0, 60, 90)))
    coarse = measured(Slope(layer="land"), sampler, Grid(BNG, WEST, NORTH, 100.0, 12, 18))
    assert np.array_equal(coarse, fine[2::5, 2::5], equal_nan=True)


def test_slope_of_features_is_an_error() -> None:
    with pytest.raises(StudyError, match="measure 'slope' needs a raster"):
        prepare(Slope(layer="things"), features([]))
