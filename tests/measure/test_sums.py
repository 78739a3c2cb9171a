"""Sums and counts within a straight distance, and inside: brute force and mental arithmetic."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo_engine.errors import StudyError
from geo_engine.measure import prepare
from geo_engine.model import CountWithin, Features, Grid, Inside, Measure, SumWithin
from tests.measure.builders import BNG, at, by_tiles, centres, features, grids, line, point_features, positions, same_bits, whole

PLACES = point_features(np.array([0.0, 1_000.0, 1_000.0]), np.array([0.0, 0.0, 0.0]), {"people": [100, 20, 3]})


def test_the_edge_counts_and_beyond_it_nothing_does() -> None:
    people = prepare(SumWithin(layer="things", size="people", within=500.0), PLACES)
    count = prepare(CountWithin(layer="things", within=500.0), PLACES)
    where = at((500.0, 0.0), (499.0, 0.0), (501.0, 0.0), (300.0, 400.0), (300.0, 400.1), (-1_000.0, 0.0))
    assert people(where).tolist() == [123.0, 100.0, 23.0, 100.0, 0.0, 0.0]
    assert count(where).tolist() == [3.0, 1.0, 2.0, 1.0, 0.0, 0.0]
    assert people(where).dtype == np.float32


@settings(max_examples=30)
@given(st.data())
def test_sums_and_counts_equal_brute_force_for_every_tile_size_and_door(data: st.DataObject) -> None:
    grid = data.draw(grids(most=14))
    e, n = data.draw(positions(grid))
    within = data.draw(st.integers(0, 80)) * grid.cell / 4
    size = np.random.default_rng(e.size).integers(0, 500_000, e.size)
    layer = point_features(e, n, {"people": size.tolist()})
    east, north = np.meshgrid(grid.eastings(grid.whole), grid.northings(grid.whole))
    near = (east[..., None] - e) ** 2 + (north[..., None] - n) ** 2 <= within**2
    for measure, truth in (
        (prepare(SumWithin(layer="things", size="people", within=within), layer), (near * size).sum(axis=2)),
        (prepare(CountWithin(layer="things", within=within), layer), near.sum(axis=2)),
    ):
        found = measure(whole(grid))
        assert same_bits(found, truth.astype(np.float32))
        assert same_bits(measure(centres(grid)).reshape(grid.shape), found)
        for side in (1, 3, 7):
            assert same_bits(by_tiles(grid, side, measure), found)


def test_a_blank_size_counts_what_the_study_says() -> None:
    layer = point_features(np.zeros(3), np.zeros(3), {"people": [10.0, None, 5.0]})
    assert prepare(SumWithin(layer="things", size="people", within=1.0, unknown_size=2.5), layer)(at((0.0, 0.0))).tolist() == [17.5]


def test_inside_is_one_in_any_polygon_and_nought_outside_all() -> None:
    zones = features([shapely.box(0, 0, 20, 20), shapely.box(10, 10, 30, 30)], kind="polygons")
    found = prepare(Inside(layer="things"), zones)(whole(Grid(BNG, 0.0, 40.0, 10.0, 4, 4)))
    assert found.dtype == np.float32
    assert found.tolist() == [[0, 0, 0, 0], [0, 1, 1, 0], [1, 1, 1, 0], [1, 1, 0, 0]]


@pytest.mark.parametrize(
    ("measure", "data", "said"),
    [
        (Inside(layer="things"), features([line((0, 0), (1, 1))], kind="lines"), "measure 'inside' needs polygons"),
        (CountWithin(layer="things", within=9.0), features([shapely.box(0, 0, 1, 1)], kind="polygons"), "within a distance need points"),
    ],
)
def test_geometry_that_does_not_fit_the_measure_is_an_error(measure: Measure, data: Features, said: str) -> None:
    with pytest.raises(StudyError, match=said):
        prepare(measure, data)
