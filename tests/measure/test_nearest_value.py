"""What the nearest feature says: against shapely's distances, one by one."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo_engine.errors import LayerError
from geo_engine.measure import prepare
from geo_engine.model import Features, Grid, NearestValue
from tests.measure.builders import at, by_tiles, centres, features, grids, same_bits, whole

SHAPES = [shapely.box(0, 0, 100, 100), shapely.box(50, 0, 200, 100), shapely.Point(400, 50), shapely.LineString([(0, 300), (200, 300)])]
YEARS = [2030.0, 2035.0, np.nan, 2027.0]


def plots() -> Features:
    return features(SHAPES, {"year": YEARS})


def measured(within: float, *places: tuple[float, float]) -> list[float]:
    found = prepare(NearestValue(layer="things", column="year", within=within), plots())(at(*places))
    return [None if np.isnan(value) else float(value) for value in found]  # type: ignore[misc]


def test_by_hand() -> None:
    """In one polygon, in two (the first counts), in one, just off it, beside a blank, nowhere near."""
    places = [(25.0, 50.0), (75.0, 50.0), (150.0, 50.0), (210.0, 50.0), (395.0, 50.0), (1e4, 1e4)]
    assert measured(0.0, *places) == [2030, 2030, 2035, None, None, None]
    assert measured(10.0, *places) == [2030, 2030, 2035, 2035, None, None]
    assert measured(9.99, (210.0, 50.0)) == [None]


@given(grids(cells=(12.5, 30.0)), st.integers(0, 2**31), st.sampled_from([0.0, 20.0, 500.0]))
def test_tiles_and_points_give_what_shapely_gives(grid: Grid, seed: int, within: float) -> None:
    random = np.random.default_rng(seed)
    west, north, wide, high = grid.west, grid.north, grid.cols * grid.cell, grid.rows * grid.cell
    middles = np.stack([west + random.random(5) * wide, north - random.random(5) * high], axis=1)
    shapes = [
        shapely.box(x - a, y - b, x + a, y + b) for (x, y), a, b in zip(middles, random.random(5) * 60, random.random(5) * 60, strict=True)
    ]
    measure = prepare(NearestValue(layer="things", column="year", within=within), features(shapes, {"year": list(range(5))}))
    places = centres(grid)
    e, n = places.coordinates()
    away = np.stack([shapely.distance(shape, shapely.points(e, n)) for shape in shapes])
    clear = (np.abs(np.sort(away, axis=0)[0] - within) > 1e-6) | (away.min(axis=0) == 0)  # a hair about the limit either is right
    truth = np.where(away.min(axis=0) <= within, away.argmin(axis=0), np.nan)
    at_points = measure(places)
    np.testing.assert_array_equal(at_points[clear], truth[clear].astype(np.float32))
    assert same_bits(measure(whole(grid)).ravel(), at_points.ravel())
    assert same_bits(by_tiles(grid, 5, measure), measure(whole(grid)))


def test_text_and_missing_columns_are_faults() -> None:
    with pytest.raises(LayerError, match="'yera' missing"):
        prepare(NearestValue(layer="things", column="yera"), plots())
    with pytest.raises(LayerError, match="is not a number in 1 rows"):
        prepare(NearestValue(layer="things", column="year"), features(SHAPES, {"year": ["2030", "soon", None, "2027"]}))
