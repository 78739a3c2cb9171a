"""Sums in discs: brute force, the edge included."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo_engine.model import Grid
from tests.measure.builders import BNG, ODD_SIDES, Float, at, by_tiles, centres, grids, positions, same_bits, whole


def brute(grid: Grid, e: Float, n: Float, radius: Float, size: Float) -> Float:
    """Add point by point, in their order."""
    out = np.zeros(grid.shape)
    east, north = np.meshgrid(grid.eastings(grid.whole), grid.northings(grid.whole))
    for i in range(e.size):
        out += np.where((e[i] - east) ** 2 + (n[i] - north) ** 2 <= radius[i] ** 2, size[i], 0.0)
    return out


def test_a_radius_of_a_cell_holds_the_cell_and_its_four_neighbours() -> None:
    grid = Grid(BNG, 0.0, 50.0, 10.0, 5, 5)
    found = whole(grid).sum_in_discs(np.array([25.0]), np.array([25.0]), np.array([10.0]), np.array([7.0]))
    assert found.tolist() == [[0, 0, 0, 0, 0], [0, 0, 7, 0, 0], [0, 7, 7, 7, 0], [0, 0, 7, 0, 0], [0, 0, 0, 0, 0]]
    short = whole(grid).sum_in_discs(np.array([25.0]), np.array([25.0]), np.array([np.nextafter(10.0, 0.0)]), np.array([7.0]))
    assert short.sum() == 7.0


@settings(max_examples=40)
@given(st.data())
def test_a_tile_equals_brute_force_for_every_tile_size_and_door(data: st.DataObject) -> None:
    grid = data.draw(grids(most=18))
    e, n = data.draw(positions(grid))
    rng = np.random.default_rng(e.size)
    # Whole and quarter cells put centres exactly on the edge of a disc.
    radius = np.where(rng.random(e.size) < 0.5, rng.integers(0, 60, e.size) / 4, rng.uniform(0, 50, e.size)) * grid.cell
    size = rng.uniform(0, 1e6, e.size)
    found = whole(grid).sum_in_discs(e, n, radius, size)
    assert same_bits(found, brute(grid, e, n, radius, size))
    assert same_bits(centres(grid).sum_in_discs(e, n, radius, size).reshape(grid.shape), found)
    for side in ODD_SIDES:
        assert same_bits(by_tiles(grid, side, lambda places: places.sum_in_discs(e, n, radius, size)), found)


@pytest.mark.parametrize("radius", [1e6, 1e12, 1e30, 1e200])
def test_a_radius_beyond_all_bounds_holds_every_cell(radius: float) -> None:
    grid = Grid(BNG, 0.0, 750.0, 250.0, 3, 3)
    e, n, size = np.array([100.0]), np.array([100.0]), np.array([2.0])
    assert whole(grid).sum_in_discs(e, n, np.array([radius]), size).tolist() == [[2.0] * 3] * 3


def test_the_edge_is_the_same_for_both_doors_where_a_sum_of_coordinates_rounds() -> None:
    # 318.8 + 611.3 rounds to just below 930.1, the cell's centre, whose distance from 318.8 rounds to 611.3 or less.
    grid = Grid(BNG, 0.0, 931.1, 2.0, 1, 1)
    north = float(grid.northings(grid.whole)[0])
    assert north > 318.8 + 611.3
    assert (318.8 - north) ** 2 <= 611.3**2
    one = np.array([1.0])
    disc = (one, np.array([318.8]), np.array([611.3]), one)
    assert at((1.0, north)).sum_in_discs(*disc).tolist() == [1.0]
    assert whole(grid).sum_in_discs(*disc).tolist() == [[1.0]]
