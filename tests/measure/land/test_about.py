"""Kernel densities, and shares of discs and cells: brute force in float64, integrals over all land, shapely, exactextract."""

from __future__ import annotations

import exactextract
import geopandas as gpd
import numpy as np
import pytest
import shapely
from exactextract.raster import NumPyRasterSource
from hypothesis import given, settings
from hypothesis import strategies as st

from geo_engine.errors import LayerError, StudyError
from geo_engine.measure import Stock, prepare
from geo_engine.model import Coverage, Features, Grid, KernelDensity
from tests.measure.builders import BNG, Float, at, centres, features, grids, line, objects, point_features, positions
from tests.measure.land.rasters import alike_through_all_doors


def quartic(distance: Float, radius: float) -> Float:
    """Silverman's kernel for two dimensions, laid over a disc of a radius: a square kilometre."""
    return np.where(distance < radius, 3e6 / (np.pi * radius**2) * (1 - (distance / radius) ** 2) ** 2, 0.0)


def density(within: float, size: str | None = None, unknown: float | None = None) -> KernelDensity:
    return KernelDensity(layer="things", within=within, size=size, unknown_size=unknown)


@settings(max_examples=40)
@given(st.data(), grids(cells=(12.5, 30.0, 250.0)), st.sampled_from([20.0, 333.0, 5_000.0]))
def test_points_are_as_dense_as_the_sum_of_their_kernels(data: st.DataObject, grid: Grid, radius: float) -> None:
    e, n = data.draw(positions(grid))
    size = np.random.default_rng(1).uniform(0, 5, e.size)
    prepared = prepare(density(radius, "size"), point_features(e, n, {"size": size.tolist()}))
    found = alike_through_all_doors(prepared, grid)
    east, north = centres(grid).coordinates()
    truth = (quartic(np.hypot(east[:, None] - e, north[:, None] - n), radius) * size).sum(axis=1)
    np.testing.assert_allclose(found.ravel(), truth, rtol=1e-6, atol=1e-6 * truth.max(initial=1.0))


def test_over_all_land_a_point_counts_its_size_and_a_line_its_kilometres() -> None:
    fine = Grid(BNG, 0.0, 4_000.0, 20.0, 200, 200)  # 0.0004 km2 a cell
    points = prepare(density(700.0, "size"), point_features(np.array([1_900.0]), np.array([2_100.0]), {"size": [6.0]}))
    assert alike_through_all_doors(points, fine).sum(dtype=np.float64) * 0.0004 == pytest.approx(6.0, rel=1e-4)
    bent = prepare(density(500.0), features([line((1_000, 1_000), (2_200, 1_000), (2_200, 3_000))], kind="lines"))
    assert alike_through_all_doors(bent, fine).sum(dtype=np.float64) * 0.0004 == pytest.approx(3.2, rel=1e-4)


@settings(max_examples=25)
@given(st.integers(0, 2**31), st.sampled_from([60.0, 400.0, 3_000.0]))
def test_lines_are_as_dense_as_the_points_that_they_are_made_of(seed: int, radius: float) -> None:
    """A line is laid out in points about 0.25 m apart, each of which counts what lies about it."""
    rng = np.random.default_rng(seed)
    corners = rng.uniform(400_000, 401_500, (3, 3, 2))
    lines, width = [line(*map(tuple, each)) for each in corners], [1.0, 2.0, 0.5]
    places = at(*rng.uniform(399_900, 401_600, (12, 2)).tolist())
    found = prepare(density(radius, "lanes"), features(lines, {"lanes": width}, kind="lines"))(places)
    truth = np.zeros(12)
    for one, lanes in zip(lines, width, strict=True):
        parts = int(one.length * 4)
        steps = (np.arange(parts) + 0.5) * one.length / parts
        x, y = shapely.get_coordinates(shapely.line_interpolate_point(one, steps)).T
        away = np.hypot(places.eastings[:, None] - x, places.northings[:, None] - y)
        truth += quartic(away, radius).sum(axis=1) * one.length / parts / 1_000 * lanes
    np.testing.assert_allclose(found, truth, rtol=1e-3, atol=1e-4)


def test_the_middle_of_a_line_in_the_head() -> None:
    """The kernel 3 / (pi r^2) (1 - t^2 / r^2)^2 from -r to r is 16 r / 15 times 3 / (pi r^2): 16 / (5 pi r)."""
    found = prepare(density(1_000.0), features([line((-5_000, 0), (5_000, 0))], kind="lines"))(at((0.0, 0.0), (0.0, 1_000.0)))
    np.testing.assert_allclose(found, [16 / (5 * np.pi), 0.0], rtol=1e-6)


def test_densities_say_what_they_count() -> None:
    assert density(1.0).unit == "per km2"
    assert KernelDensity(layer="towns", within=1.0, size="people", size_unit="people").unit == "people per km2"
    assert KernelDensity(layer="roads", within=1.0, of="km").unit == "km per km2"


def test_a_blank_size_is_an_error_unless_it_is_said_what_it_counts() -> None:
    two = point_features(np.array([0.0, 0.0]), np.array([0.0, 0.0]), {"size": [1.0, None]})
    with pytest.raises(LayerError, match="blank in 1 rows"):
        prepare(density(100.0, "size"), two)
    once, twice = (prepare(density(100.0, "size", unknown), two)(at((0.0, 0.0)))[0] for unknown in (0.0, 1.0))
    assert twice == 2 * once


def test_polygons_have_no_density_and_lines_no_coverage() -> None:
    with pytest.raises(StudyError, match="points or lines"):
        prepare(density(1.0), features([shapely.box(0, 0, 1, 1)], kind="polygons"))
    with pytest.raises(StudyError, match="'coverage' needs polygons"):
        prepare(Coverage(layer="things"), features([line((0, 0), (1, 1))], kind="lines"))


def blobs(seed: int, grid: Grid, count: int = 5) -> Features:
    """Discs, rings and boxes that overlap; some follow the cells, and some have corners where places are."""
    rng = np.random.default_rng(seed)
    west, south, east, north = grid.bounds
    side = max(east - west, north - south)
    made = []
    for _ in range(count):
        middle = shapely.Point(rng.uniform(west, east), rng.uniform(south, north))
        blob = shapely.buffer(middle, rng.uniform(0.02, 0.4) * side, quad_segs=int(rng.integers(1, 9)))
        made.append(blob if rng.random() < 0.6 else shapely.difference(blob, shapely.affinity.scale(blob, 0.5, 0.5)))
    row, col = rng.integers(0, grid.rows), rng.integers(0, grid.cols)
    (e,), (n,) = grid.centres(np.array([row]), np.array([col]))
    made.append(shapely.box(e, n, e + 2 * grid.cell, n + 3 * grid.cell))
    return features(made, kind="polygons")


@settings(max_examples=30)
@given(st.integers(0, 2**31), grids(most=12, cells=(12.5, 100.0)), st.sampled_from([0.4, 1.0, 3.3]))
def test_the_share_of_a_disc_is_that_of_a_polygon_of_two_thousand_corners(seed: int, grid: Grid, cells: float) -> None:
    data, radius = blobs(seed, grid), cells * grid.cell
    found = alike_through_all_doors(prepare(Coverage(layer="things", within=radius), data), grid)
    e, n = centres(grid).coordinates()
    round_ = shapely.buffer(shapely.points(e, n), radius, quad_segs=512)
    truth = shapely.area(shapely.intersection(round_, shapely.union_all(data.geometry))) / shapely.area(round_)
    np.testing.assert_allclose(found.ravel(), truth, atol=2e-6)


def test_shares_of_a_disc_in_the_head() -> None:
    """On an edge one half, in a corner a quarter; beyond half the radius lies 1 / 3 - root 3 / (4 pi) of the disc."""
    held = prepare(Coverage(layer="things", within=100.0), features([shapely.box(0, 0, 5_000, 5_000)], kind="polygons"))
    places = at((2_500, 2_500), (0, 2_500), (0, 0), (5_000, 5_000), (-50, 2_500), (-100, 2_500), (-5_000, 0))
    segment = 1 / 3 - np.sqrt(3) / (4 * np.pi)
    np.testing.assert_allclose(held(places), [1, 0.5, 0.25, 0.25, segment, 0, 0], atol=1e-7)
    small = shapely.Point(30, 20).buffer(10, quad_segs=4)
    hole = shapely.difference(shapely.box(-1_000, -1_000, 1_000, 1_000), small)
    island = prepare(Coverage(layer="things", within=100.0), features([small], kind="polygons"))(at((0, 0)))
    lake = prepare(Coverage(layer="things", within=100.0), features([hole], kind="polygons"))(at((0, 0), (30, 20)))
    np.testing.assert_allclose(island, small.area / (np.pi * 1e4), rtol=1e-5)
    np.testing.assert_allclose(lake, 1 - small.area / (np.pi * 1e4), rtol=1e-5)


def test_no_polygons_cover_nothing() -> None:
    for within in (None, 50.0):
        found = prepare(Coverage(layer="things", within=within), features([], kind="polygons"), Stock(cell=10.0))(at((0, 0), (5, 5)))
        assert found.tolist() == [0.0, 0.0]


@settings(max_examples=25)
@given(st.integers(0, 2**31), grids(most=12, cells=(12.5, 100.0)))
def test_the_share_of_a_cell_is_that_of_exactextract(seed: int, grid: Grid) -> None:
    data = blobs(seed, grid)
    found = alike_through_all_doors(prepare(Coverage(layer="things"), data, Stock(cell=grid.cell)), grid)
    numbered = NumPyRasterSource(np.arange(grid.size, dtype=np.float64).reshape(grid.shape), *grid.bounds, srs_wkt=None)
    union = gpd.GeoDataFrame(geometry=objects([shapely.union_all(data.geometry)]), crs=BNG)
    ((feature,),) = [exactextract.exact_extract(numbered, union, ["values", "coverage"])]
    truth = np.zeros(grid.size)
    cells = np.asarray(feature["properties"]["values"], np.int64)
    truth[cells] = feature["properties"]["coverage"]
    np.testing.assert_allclose(found.ravel(), truth, atol=2e-6)
