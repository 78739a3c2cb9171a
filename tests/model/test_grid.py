"""The oracle is a raster whose values are its own coordinates: any crop of it tells where it was taken from."""

from __future__ import annotations

import dataclasses
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from geo_engine.model import Grid, Tile

BNG = "EPSG:27700"
WHOLE_CELLS = st.sampled_from([1.0, 12.5, 25.0, 100.0, 250.0, 1000.0])
COORDINATE = st.floats(min_value=-100_000.0, max_value=1_300_000.0, allow_nan=False)
EXTENT = st.floats(min_value=0.0, max_value=5_000.0)


@st.composite
def grids(draw: st.DrawFn) -> Grid:
    cell = draw(WHOLE_CELLS)
    return Grid(
        BNG,
        west=draw(st.integers(-1000, 5000)) * cell,
        north=draw(st.integers(-1000, 5000)) * cell,
        cell=cell,
        rows=draw(st.integers(1, 40)),
        cols=draw(st.integers(1, 40)),
    )


@st.composite
def bounds(draw: st.DrawFn) -> tuple[float, float, float, float]:
    west, south = draw(COORDINATE), draw(COORDINATE)
    return west, south, west + draw(EXTENT), south + draw(EXTENT)


def coordinates(grid: Grid) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Rasters of easting and northing, cell by cell from the corner, with no help from the grid's own methods."""
    eastings = np.empty(grid.shape)
    northings = np.empty(grid.shape)
    for row in range(grid.rows):
        for col in range(grid.cols):
            eastings[row, col] = grid.west + col * grid.cell + grid.cell / 2
            northings[row, col] = grid.north - row * grid.cell - grid.cell / 2
    return eastings, northings


def test_a_grid_of_three_by_four_checked_by_hand() -> None:
    grid = Grid(BNG, west=1_000.0, north=5_000.0, cell=100.0, rows=3, cols=4)
    assert grid.shape == (3, 4)
    assert grid.size == 12
    assert grid.bounds == (1_000.0, 4_700.0, 1_400.0, 5_000.0)
    assert grid.cell_area == 10_000.0
    assert grid.whole == Tile(0, 3, 0, 4)
    assert grid.eastings(grid.whole).tolist() == [1_050.0, 1_150.0, 1_250.0, 1_350.0]
    assert grid.northings(grid.whole).tolist() == [4_950.0, 4_850.0, 4_750.0]


@given(grid=grids(), side=st.integers(1, 17))
def test_each_tile_of_the_coordinate_raster_has_the_coordinates_of_its_cells(grid: Grid, side: int) -> None:
    eastings, northings = coordinates(grid)
    for tile in grid.tiles(side):
        across, down = np.meshgrid(grid.eastings(tile), grid.northings(tile))
        assert across.shape == tile.shape
        np.testing.assert_array_equal(across, eastings[tile.window])
        np.testing.assert_array_equal(down, northings[tile.window])


@given(grid=grids(), side=st.integers(1, 50))
def test_tiles_cover_every_cell_once_and_keep_to_their_side(grid: Grid, side: int) -> None:
    covered = np.zeros(grid.shape, dtype=np.int64)
    for tile in grid.tiles(side):
        assert 1 <= tile.shape[0] <= side
        assert 1 <= tile.shape[1] <= side
        covered[tile.window] += 1
    assert (covered == 1).all()


@given(grid=grids())
def test_centres_and_cells_are_inverse(grid: Grid) -> None:
    rows, cols = (part.ravel().astype(np.int64) for part in np.indices(grid.shape))
    eastings, northings = grid.centres(rows, cols)
    oracle_eastings, oracle_northings = coordinates(grid)
    np.testing.assert_array_equal(eastings, oracle_eastings.ravel())
    np.testing.assert_array_equal(northings, oracle_northings.ravel())
    back_rows, back_cols = grid.cells_at(eastings, northings)
    np.testing.assert_array_equal(back_rows, rows)
    np.testing.assert_array_equal(back_cols, cols)
    assert grid.holds(back_rows, back_cols).all()


@given(grid=grids(), across=st.floats(-3.0, 43.0), down=st.floats(-3.0, 43.0))
def test_a_point_lies_in_the_cell_that_is_found_for_it(grid: Grid, across: float, down: float) -> None:
    easting = np.array([grid.west + across * grid.cell])
    northing = np.array([grid.north - down * grid.cell])
    rows, cols = grid.cells_at(easting, northing)
    centre_easting, centre_northing = grid.centres(rows, cols)
    assert abs(centre_easting[0] - easting[0]) <= grid.cell / 2
    assert abs(centre_northing[0] - northing[0]) <= grid.cell / 2
    west, south, east, north = grid.bounds
    strictly_inside = west < easting[0] < east and south < northing[0] < north
    strictly_outside = not (west <= easting[0] <= east and south <= northing[0] <= north)
    held = bool(grid.holds(rows, cols)[0])
    assert held or not strictly_inside
    assert not (held and strictly_outside)


def test_an_edge_belongs_to_the_cell_east_and_south_of_it() -> None:
    grid = Grid(BNG, west=0.0, north=300.0, cell=100.0, rows=3, cols=3)
    rows, cols = grid.cells_at(np.array([0.0, 100.0, 300.0]), np.array([300.0, 200.0, 0.0]))
    assert rows.tolist() == [0, 1, 3]
    assert cols.tolist() == [0, 1, 3]
    assert grid.holds(rows, cols).tolist() == [True, True, False]


@given(box=bounds(), cell=WHOLE_CELLS)
def test_covering_holds_the_bounds_and_is_the_smallest_that_does(box: tuple[float, float, float, float], cell: float) -> None:
    grid = Grid.covering(box, cell=cell, crs=BNG)
    west, south, east, north = grid.bounds
    slack = 1e-9 * max(1.0, *map(abs, box))
    assert west <= box[0] + slack
    assert south <= box[1] + slack
    assert east >= box[2] - slack
    assert north >= box[3] - slack
    assert box[0] - west < cell + slack
    assert north - box[3] < cell + slack
    if grid.cols > 1:
        assert east - box[2] < cell + slack
    if grid.rows > 1:
        assert box[1] - south < cell + slack


def test_covering_a_point_takes_one_cell() -> None:
    assert Grid.covering((120.0, 80.0, 120.0, 80.0), cell=100.0, crs=BNG).shape == (1, 1)
    assert Grid.covering((100.0, 100.0, 100.0, 100.0), cell=100.0, crs=BNG).shape == (1, 1)


@given(one=bounds(), other=bounds(), cell=WHOLE_CELLS)
def test_grids_of_two_regions_share_their_cells(
    one: tuple[float, float, float, float], other: tuple[float, float, float, float], cell: float
) -> None:
    here, there = Grid.covering(one, cell=cell, crs=BNG), Grid.covering(other, cell=cell, crs=BNG)
    apart = ((there.west - here.west) / cell, (there.north - here.north) / cell)
    assert apart[0] == round(apart[0])
    assert apart[1] == round(apart[1])
    rows, cols = here.cells_at(*there.centres(np.array([0]), np.array([0])))
    easting, northing = here.centres(rows, cols)
    assert easting[0] == there.eastings(there.whole)[0]
    assert northing[0] == there.northings(there.whole)[0]


@given(box=bounds(), cell=WHOLE_CELLS, cells_east=st.integers(-50, 50), cells_north=st.integers(-50, 50))
def test_moving_the_bounds_by_whole_cells_moves_the_grid_by_as_much(
    box: tuple[float, float, float, float], cell: float, cells_east: int, cells_north: int
) -> None:
    west, south, east, north = (round(value) for value in box)  # whole metres: the sums below are exact
    de, dn = cells_east * cell, cells_north * cell
    here = Grid.covering((west, south, east, north), cell=cell, crs=BNG)
    there = Grid.covering((west + de, south + dn, east + de, north + dn), cell=cell, crs=BNG)
    assert there == dataclasses.replace(here, west=here.west + de, north=here.north + dn)


def test_a_grid_is_a_value() -> None:
    one, same = (Grid.covering((0.0, 0.0, 900.0, 500.0), cell=250.0, crs=BNG) for _ in range(2))
    assert one == same
    assert hash(one) == hash(same)
    assert pickle.loads(pickle.dumps(one)) == one  # noqa: S301 - our own bytes, made in this line
    with pytest.raises(dataclasses.FrozenInstanceError):
        one.cell = 100.0  # type: ignore[misc]
