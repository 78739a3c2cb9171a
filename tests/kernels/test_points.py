"""Distance to points: brute force in float64, to the last bit."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo_engine.kernels import points
from geo_engine.model import Grid
from tests.measure.builders import BNG, ODD_SIDES, Float, by_tiles, centres, grids, positions, same_bits, whole


def brute(grid: Grid, e: Float, n: Float) -> Float:
    de = e - grid.eastings(grid.whole)[None, :, None]
    dn = n - grid.northings(grid.whole)[:, None, None]
    return np.asarray(np.sqrt((de * de + dn * dn).min(axis=2)), dtype=np.float64)


def test_three_four_five_on_a_grid_of_three_by_four_cells() -> None:
    # Cell centres at eastings 0.5, 1.5, 2.5, 3.5 and northings 2.5, 1.5, 0.5; the point is 3 east, 4 north of the lower left one.
    found = whole(Grid(BNG, 0.0, 3.0, 1.0, 3, 4)).point_distance(np.array([3.5]), np.array([4.5]))
    assert found[2, 0] == 5.0
    assert found[0, 3] == 2.0
    assert found.shape == (3, 4)


@settings(max_examples=40)
@given(st.data())
def test_a_tile_equals_brute_force_to_the_last_bit(data: st.DataObject) -> None:
    grid = data.draw(grids())
    e, n = data.draw(positions(grid))
    assert same_bits(whole(grid).point_distance(e, n), brute(grid, e, n).astype(np.float32))


@settings(max_examples=25)
@given(st.data())
def test_tile_size_and_door_do_not_change_a_bit(data: st.DataObject) -> None:
    grid = data.draw(grids())
    e, n = data.draw(positions(grid))
    found = whole(grid).point_distance(e, n)
    for side in ODD_SIDES:
        assert same_bits(by_tiles(grid, side, lambda places: places.point_distance(e, n)), found)
    assert same_bits(centres(grid).point_distance(e, n).reshape(grid.shape), found)


@pytest.mark.parametrize("kind", ["anywhere", "cluster", "collinear", "lattice", "outside", "far outside", "all the same"])
@pytest.mark.parametrize("corner", [(0.0, 0.0), (600_000.0, 1_200_000.0)])
def test_a_grid_that_is_halved_many_times_equals_brute_force(kind: str, corner: tuple[float, float]) -> None:
    grid = Grid(BNG, corner[0], corner[1], 50.0, 75, 133)
    rng = np.random.default_rng(7)
    west, south, east, north = grid.bounds
    e, n = rng.uniform(west, east, 300), rng.uniform(south, north, 300)
    if kind == "cluster":
        e, n = np.append(rng.normal(west + 800, 20, 299), east), np.append(rng.normal(south + 900, 20, 299), north)
    elif kind == "collinear":
        n = south + (e - west) * 0.5
    elif kind == "lattice":  # every cell centre of every fifth row and column: ties all over
        e, n = (a.ravel() for a in np.meshgrid(grid.eastings(grid.whole)[::5], grid.northings(grid.whole)[::5]))
    elif kind == "outside":
        e = e + (east - west)
    elif kind == "far outside":
        e, n = e - 500_000.0, n - 900_000.0
    elif kind == "all the same":
        e, n = np.full(300, e[0]), np.full(300, n[0])
    assert same_bits(whole(grid).point_distance(e, n), brute(grid, e, n).astype(np.float32))


@settings(max_examples=25)
@given(st.data())
def test_shifting_grid_and_points_by_whole_cells_changes_nothing(data: st.DataObject) -> None:
    grid = data.draw(grids(cells=(0.5, 64.0, 256.0)))
    e, n = data.draw(positions(grid))
    e, n = np.round(e * 64) / 64, np.round(n * 64) / 64  # binary fractions, so that the shifted coordinates are exact
    right, down = data.draw(st.integers(-500, 500)), data.draw(st.integers(-500, 500))
    moved = Grid(BNG, grid.west + right * grid.cell, grid.north - down * grid.cell, grid.cell, grid.rows, grid.cols)
    found = whole(moved).point_distance(e + right * grid.cell, n - down * grid.cell)
    assert same_bits(found, whole(grid).point_distance(e, n))


@settings(max_examples=25)
@given(st.data())
def test_the_order_of_points_and_a_farther_point_change_nothing(data: st.DataObject) -> None:
    grid = data.draw(grids())
    e, n = data.draw(positions(grid))
    found = whole(grid).point_distance(e, n)
    order = np.random.default_rng(e.size).permutation(e.size)
    assert same_bits(whole(grid).point_distance(e[order], n[order]), found)
    assert same_bits(whole(grid).point_distance(np.append(e, grid.west - 1e6), np.append(n, grid.north + 1e6)), found)


def test_the_lowest_of_equally_near_points_is_named() -> None:
    distance, index = np.empty(2, np.float32), np.empty(2, np.int64)
    points.nearest_point_at(
        np.array([0.0, 9.0]), np.array([0.0, 0.0]), np.array([9.0, 0.0, 0.0, -3.0]), np.array([1.0, 3.0, -3.0, 0.0]), distance, index
    )
    assert index.tolist() == [1, 0]
    assert distance.tolist() == [3.0, 1.0]
