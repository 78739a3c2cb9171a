"""Alignment: a raster whose values are its own coordinates tells where it was asked, cell by cell."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from geo_engine.errors import StudyError
from geo_engine.measure import PointPlaces, TilePlaces, prepare
from geo_engine.model import Access, CountWithin, Decay, Distance, Grid, Layer, Measure, RasterValue, Tile, TravelTime
from tests.measure.builders import BNG, ODD_SIDES, Float, NoWindows, at, by_tiles, centres, grids, layer, point_features, same_bits, whole


@dataclass(frozen=True)
class Coordinates(NoWindows):
    """A raster without end: its values are eastings or northings; unknown east of a line."""

    northing: bool = False
    unknown_east_of: float = np.inf

    @property
    def layer(self) -> Layer:
        return layer("coordinates", "raster")

    def sample(self, eastings: Float, northings: Float) -> NDArray[np.float32]:
        assert eastings.shape == northings.shape
        value = northings if self.northing else eastings
        return np.where(eastings > self.unknown_east_of, np.nan, value).astype(np.float32)


def test_two_rows_by_three_columns_are_neither_turned_nor_flipped() -> None:
    grid = Grid(BNG, 100.0, 900.0, 10.0, 5, 7)
    places = TilePlaces(grid, Tile(1, 3, 2, 5))
    value = RasterValue(layer="coordinates")
    assert prepare(value, Coordinates())(places).tolist() == [[125, 135, 145], [125, 135, 145]]
    assert prepare(value, Coordinates(northing=True))(places).tolist() == [[885, 885, 885], [875, 875, 875]]
    assert places.shape == (2, 3)


@settings(max_examples=30)
@given(st.data())
def test_every_tile_of_every_grid_is_asked_at_its_own_cell_centres(data: st.DataObject) -> None:
    grid = data.draw(grids(cells=(1.0, 12.5, 250.0)))  # centres that float32 holds exactly
    for northing in (False, True):
        measure = prepare(RasterValue(layer="coordinates"), Coordinates(northing=northing))
        found = measure(whole(grid))
        row, col = np.indices(grid.shape)
        truth = grid.north - (row + 0.5) * grid.cell if northing else grid.west + (col + 0.5) * grid.cell
        assert found.tolist() == truth.tolist()
        assert same_bits(measure(centres(grid)).reshape(grid.shape), found)
        for side in ODD_SIDES:
            assert same_bits(by_tiles(grid, side, measure), found)


def test_where_the_raster_has_no_value_the_measure_is_unknown_not_nought() -> None:
    measure = prepare(RasterValue(layer="coordinates"), Coordinates(unknown_east_of=20.0))
    assert np.isnan(measure(at((30.0, 0.0)))).all()
    assert measure(at((20.0, 0.0))).tolist() == [20.0]


def test_a_distance_falls_towards_its_point_on_a_grid_that_is_not_square() -> None:
    grid = Grid(BNG, 0.0, 20.0, 10.0, 2, 5)
    found = whole(grid).point_distance(np.array([45.0]), np.array([15.0]))  # the centre of row 0, column 4
    assert found[0].tolist() == [40, 30, 20, 10, 0]
    assert int(found.argmin()) == 4
    assert found[1, 4] == 10.0


def test_the_nearest_of_given_points_is_named() -> None:
    distance, index = at((0.0, 0.0), (90.0, 0.0)).nearest_point(np.array([10.0, 100.0]), np.array([0.0, 0.0]))
    assert (distance.tolist(), index.tolist()) == ([10.0, 10.0], [0, 1])


def test_no_places_give_no_values() -> None:
    nowhere = PointPlaces(np.empty(0), np.empty(0))
    assert prepare(Distance(layer="things"), point_features(np.zeros(1), np.zeros(1)))(nowhere).shape == (0,)


def test_a_raster_for_a_measure_of_features_and_features_for_a_raster_are_errors() -> None:
    with pytest.raises(StudyError, match=r"measure 'value' needs a raster\. Found: points"):
        prepare(RasterValue(layer="things"), point_features(np.zeros(1), np.zeros(1)))
    with pytest.raises(StudyError, match=r"measure 'distance' needs vector features\. Found: a raster"):
        prepare(Distance(layer="coordinates"), Coordinates())


@pytest.mark.parametrize(
    "measure",
    [
        TravelTime(layer="things", network="roads", profile="lorry"),
        CountWithin(layer="things", within=60.0, network="roads", profile="lorry"),
        Access(layer="things", size="people", decay=Decay("linear", 60.0), network="roads", profile="lorry"),
    ],
)
def test_a_measure_that_travels_needs_a_network(measure: Measure) -> None:
    with pytest.raises(StudyError, match=f"measure '{measure.kind}' travels a network, and none was given"):
        prepare(measure, point_features(np.zeros(1), np.zeros(1), {"people": [1]}))
