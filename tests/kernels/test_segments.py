"""Distance to lines: shapely and a clamped projection in float64."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from geo_engine.kernels import segments
from geo_engine.kernels.shapes import line_segments
from geo_engine.model import Grid
from tests.measure.builders import BNG, ODD_SIDES, Float, by_tiles, centres, grids, positions, same_bits, whole, within_a_micrometre


def by_shapely(grid: Grid, lines: Float) -> Float:
    """Distance to a collection of two-point lines."""
    drawn = shapely.MultiLineString(lines.T.reshape(-1, 2, 2).tolist())
    places = centres(grid)
    return shapely.distance(shapely.points(places.eastings, places.northings), drawn).reshape(grid.shape)


def nearest_on_tile(grid: Grid, lines: Float, limit: float = np.inf) -> tuple[Float, NDArray[np.int32], Float]:
    found = np.empty(grid.shape), np.empty(grid.shape, np.int32), np.empty(grid.shape)
    segments.nearest_segment_on_tile(grid.eastings(grid.whole), grid.northings(grid.whole), lines, limit, *found)
    return found


def nearest_at(grid: Grid, lines: Float, reach: float = np.inf) -> tuple[Float, NDArray[np.int32], Float]:
    places = centres(grid)
    found = np.empty(grid.size), np.empty(grid.size, np.int32), np.empty(grid.size)
    segments.nearest_segment_at(places.eastings, places.northings, lines, reach, *found)
    return found


@st.composite
def line_sets(draw: st.DrawFn, grid: Grid) -> Float:
    """Segments (4, k): chains, closed rings, single segments, some of no length."""
    e, n = (
        np.round(side * 2.0**20) / 2.0**20 for side in draw(positions(grid, fewest=2, most=20))
    )  # a length of 1e-205 is none to shapely
    shape = draw(st.sampled_from(["chain", "ring", "loose", "points", "collinear"]))
    if shape == "collinear":
        n = np.full(n.shape, n[0])
    if shape == "points":
        return np.stack([e, n, e, n])
    if shape == "loose":
        half = e.size // 2
        return np.stack([e[:half], n[:half], e[half : 2 * half], n[half : 2 * half]])
    if shape == "ring":
        e, n = np.append(e, e[0]), np.append(n, n[0])
    return np.stack([e[:-1], n[:-1], e[1:], n[1:]])


def test_beside_before_and_behind_a_segment() -> None:
    # The segment runs from (0, 0) to (10, 0): 3 beside it, a 3-4-5 before its start, a 5-12-13 behind its end, and on it.
    lines = np.array([[0.0], [0.0], [10.0], [0.0]])
    distance2, index, share = np.empty(4), np.empty(4, np.int32), np.empty(4)
    segments.nearest_segment_at(np.array([5.0, -3.0, 15.0, 2.5]), np.array([3.0, 4.0, 12.0, 0.0]), lines, np.inf, distance2, index, share)
    assert distance2.tolist() == [9.0, 25.0, 169.0, 0.0]
    assert share.tolist() == [0.5, 0.0, 1.0, 0.25]
    assert index.tolist() == [0, 0, 0, 0]


@settings(max_examples=40)
@given(st.data())
def test_a_tile_equals_shapely(data: st.DataObject) -> None:
    grid = data.draw(grids())
    lines = data.draw(line_sets(grid))
    within_a_micrometre(whole(grid).segment_distance(lines), by_shapely(grid, lines))


@settings(max_examples=25)
@given(st.data())
def test_tile_size_and_door_do_not_change_a_bit(data: st.DataObject) -> None:
    grid = data.draw(grids(most=18))
    lines = data.draw(line_sets(grid))
    found = whole(grid).segment_distance(lines)
    for side in ODD_SIDES:
        assert same_bits(by_tiles(grid, side, lambda places: places.segment_distance(lines)), found)
    assert same_bits(centres(grid).segment_distance(lines).reshape(grid.shape), found)


@settings(max_examples=25)
@given(st.data())
def test_index_and_share_name_the_nearest_place_through_both_doors(data: st.DataObject) -> None:
    grid = data.draw(grids(most=18))
    lines = data.draw(line_sets(grid))
    distance2, index, share = nearest_on_tile(grid, lines)
    other2, other_index, other_share = nearest_at(grid, lines)
    assert same_bits(distance2.ravel(), other2)
    assert same_bits(index.ravel(), other_index)
    assert same_bits(share.ravel(), other_share)
    e, n = np.meshgrid(grid.eastings(grid.whole), grid.northings(grid.whole))
    ae, an, be, bn = lines[:, index]
    away = np.hypot(ae + share * (be - ae) - e, an + share * (bn - an) - n)
    np.testing.assert_allclose(away, np.sqrt(distance2), rtol=1e-9, atol=1e-6)
    assert ((share >= 0.0) & (share <= 1.0)).all()


@settings(max_examples=60)
@given(st.data())
def test_segments_in_order_from_west_to_east_give_the_bits_of_all_segments_looked_at(data: st.DataObject) -> None:
    grid = data.draw(grids(most=18))
    lines = data.draw(line_sets(grid))
    lines = np.ascontiguousarray(lines[:, np.lexsort(lines[::-1])])
    distance2, index, share = nearest_at(grid, lines, float(np.abs(lines[2] - lines[0]).max()))
    other2, other_index, other_share = nearest_at(grid, lines)
    assert same_bits(distance2, other2)
    assert same_bits(index, other_index)
    assert same_bits(share, other_share)


@pytest.mark.parametrize("kind", ["streets", "rays from a point", "long and parallel", "outside", "duplicates"])
@pytest.mark.parametrize("corner", [(0.0, 0.0), (600_000.0, 1_200_000.0)])
def test_a_grid_that_is_halved_many_times_equals_shapely_and_brute_force(kind: str, corner: tuple[float, float]) -> None:
    grid = Grid(BNG, corner[0], corner[1], 50.0, 67, 91)
    rng = np.random.default_rng(11)
    west, south, east, north = grid.bounds
    ae, an = rng.uniform(west, east, 250), rng.uniform(south, north, 250)
    be, bn = ae + rng.normal(0, 300, 250), an + rng.normal(0, 300, 250)
    if kind == "rays from a point":  # all tie at the shared end
        ae, an = np.full(250, west + 1_000.0), np.full(250, south + 1_000.0)
    elif kind == "long and parallel":
        ae, be = np.full(250, west - 90_000.0), np.full(250, east + 90_000.0)
        bn = an + 1.0
    elif kind == "outside":
        ae, be = ae - 60_000.0, be - 60_000.0
    elif kind == "duplicates":
        ae, an, be, bn = (np.tile(a[:25], 10) for a in (ae, an, be, bn))
    lines = np.stack([ae, an, be, bn])
    within_a_micrometre(whole(grid).segment_distance(lines), by_shapely(grid, lines))
    distance2, index, share = nearest_on_tile(grid, lines)
    other2, other_index, other_share = nearest_at(grid, lines)
    assert same_bits(distance2.ravel(), other2)
    assert same_bits(index.ravel(), other_index)
    assert same_bits(share.ravel(), other_share)


@settings(max_examples=25)
@given(st.data())
def test_shifting_grid_and_lines_by_whole_cells_changes_nothing(data: st.DataObject) -> None:
    grid = data.draw(grids(cells=(0.5, 64.0, 256.0)))
    lines = np.round(data.draw(line_sets(grid)) * 64) / 64  # binary fractions, so that the shifted coordinates are exact
    right, down = data.draw(st.integers(-500, 500)), data.draw(st.integers(-500, 500))
    moved = Grid(BNG, grid.west + right * grid.cell, grid.north - down * grid.cell, grid.cell, grid.rows, grid.cols)
    shift = np.array([right, -down, right, -down])[:, None] * grid.cell
    assert same_bits(whole(moved).segment_distance(lines + shift), whole(grid).segment_distance(lines))


@settings(max_examples=30)
@given(st.data(), st.floats(0.0, 20.0))
def test_within_the_limit_the_distance_is_the_same_and_beyond_it_is_no_smaller(data: st.DataObject, cells: float) -> None:
    grid = data.draw(grids())
    lines = data.draw(line_sets(grid))
    limit = cells * grid.cell
    full, full_index, full_share = nearest_on_tile(grid, lines)
    cut, index, share = nearest_on_tile(grid, lines, limit)
    near = np.sqrt(full) <= limit
    assert same_bits(cut[near], full[near])
    assert same_bits(index[near], full_index[near])
    assert same_bits(share[near], full_share[near])
    assert (cut[~near] >= full[~near]).all()
    assert (index[np.isinf(cut)] == -1).all()


def test_turning_a_segment_round_changes_no_distance() -> None:
    rng = np.random.default_rng(5)
    grid = Grid(BNG, 600_000.0, 1_200_000.0, 100.0, 30, 30)
    lines = rng.uniform(0, 3_000, (4, 40)) + np.array([[600_000.0], [1_197_000.0], [600_000.0], [1_197_000.0]])
    forth, back = whole(grid).segment_distance(lines), whole(grid).segment_distance(lines[[2, 3, 0, 1]])
    within_a_micrometre(back, forth.astype(np.float64))


def by_brute_force(e: Float, n: Float, lines: Float) -> tuple[Float, NDArray[np.int64]]:
    """Squared distance to every segment in turn, the first of the least: the formula of a foot on a line, or the nearer end."""
    ae, an, be, bn = lines[:, :, None]
    ue, un, we, wn = be - ae, bn - an, e - ae, n - an
    along, cross, length2 = we * ue + wn * un, we * un - wn * ue, ue * ue + un * un
    with np.errstate(divide="ignore", invalid="ignore"):
        foot = cross * cross * (1.0 / length2)
    beyond = np.where(along >= length2, (e - be) ** 2 + (n - bn) ** 2, foot)
    squared = np.where(along <= 0.0, we * we + wn * wn, beyond)
    return squared.min(axis=0), squared.argmin(axis=0)


@pytest.mark.parametrize("places", ["clusters", "spread", "on one spot", "in a row", "on the lines", "three"])
@pytest.mark.parametrize("kind", ["chains", "duplicates", "points", "rays from a point"])
def test_given_places_have_the_nearest_segment_of_all_to_the_bit(places: str, kind: str) -> None:
    rng = np.random.default_rng(7)
    corners = rng.uniform(0, 600_000, (2, 40, 1)) + rng.normal(0, 300, (2, 40, 26)).cumsum(axis=2)
    lines = np.concatenate([corners[:, :, :-1].reshape(2, -1), corners[:, :, 1:].reshape(2, -1)])
    if kind == "duplicates":
        lines = np.tile(lines[:, :100], 10)
    elif kind == "points":
        lines[2:] = lines[:2]
    elif kind == "rays from a point":
        lines[:2] = 300_000.0
    lines = np.ascontiguousarray(lines)
    at = {
        "clusters": (rng.uniform(0, 600_000, (2, 12, 1)) + rng.uniform(0, 700, (2, 12, 30))).reshape(2, -1),
        "spread": rng.uniform(-100_000, 700_000, (2, 300)),
        "on one spot": np.full((2, 50), 123_456.7),
        "in a row": np.stack([np.linspace(0, 600_000, 200), np.full(200, 300_000.0)]),
        "on the lines": lines[:2, ::5],
        "three": rng.uniform(0, 600_000, (2, 3)),
    }[places]
    e, n = np.ascontiguousarray(at[0]), np.ascontiguousarray(at[1])
    distance2, index, share = np.empty(e.size), np.empty(e.size, np.int32), np.empty(e.size)
    segments.nearest_segment_at(e, n, lines, np.inf, distance2, index, share)
    expected, nearest = by_brute_force(e, n, lines)
    assert same_bits(distance2, expected)
    assert index.tolist() == nearest.tolist()
    for k in range(0, e.size, 7):  # by itself a place has the same
        one = np.empty(1), np.empty(1, np.int32), np.empty(1)
        segments.nearest_segment_at(e[k : k + 1], n[k : k + 1], lines, np.inf, *one)
        assert [float(v[0]) for v in one] == [distance2[k], float(index[k]), share[k]]


def test_segments_of_many_lines_stay_with_their_line() -> None:
    made, owner = line_segments(shapely.linestrings([[(0, 0), (1, 0), (1, 1)], [(5, 5), (6, 5), (7, 7)]]))
    assert made.T.tolist() == [[0, 0, 1, 0], [1, 0, 1, 1], [5, 5, 6, 5], [6, 5, 7, 7]]
    assert owner.tolist() == [0, 0, 1, 1]
