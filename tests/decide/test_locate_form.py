"""What a study may ask of areas: size ranges, shape, holes, evaluation, distances to others; tiles; why there are few."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import ndimage
from shapely.geometry.base import BaseGeometry

from geo_engine.decide import Area, Leftover, Located, Wish, locate_areas

Score = NDArray[np.float32]
Free = NDArray[np.bool_]


def located(score: Score, free: Free, cells: int, *, count: int = 1, spacing: float = 0.0, reach: float = 9.0, **wish: Any) -> Located:  # noqa: ANN401
    return locate_areas(score, free, cells=cells, count=count, spacing=spacing, reach=reach, wish=Wish(**wish))


def row(*values: float) -> tuple[Score, Free]:
    score = np.array([values], np.float32)
    return score, score > 0


def cells_of(found: Located) -> list[list[int]]:
    return [area.cells.tolist() for area in found.areas]


def outline(area: Area, cols: int) -> BaseGeometry:
    r, c = np.divmod(area.cells, cols)
    return shapely.union_all(shapely.box(c, r, c + 1, r + 1))


def wavy(seed: int, side: int, levels: int, holes: float) -> tuple[Score, Free]:
    rng = np.random.default_rng(seed)
    smooth = ndimage.gaussian_filter(rng.random((side, side)), 1.5)
    score = np.floor((smooth - smooth.min()) / (smooth.max() - smooth.min()) * levels) * (100 / levels)
    return score.astype(np.float32), rng.random((side, side)) >= holes


@settings(max_examples=30)
@given(
    st.integers(0, 2**32 - 1),
    st.sampled_from([3, 40, 10**6]),
    st.sampled_from([0.0, 0.1]),
    st.sampled_from([1, 5, 20, 70]),
    st.sampled_from([0.0, 4.0]),
    st.sampled_from([math.inf, 12.0]),
    st.sampled_from([0.0, 0.3]),
)
def test_tiles_of_every_size_give_the_areas_of_one_piece(
    seed: int, levels: int, holes: float, cells: int, spacing: float, farthest: float, compactness: float
) -> None:
    score, free = wavy(seed, 41, levels, holes)
    wish = Wish(farthest=farthest, compactness=compactness)

    def answer(tile: int) -> list[tuple[list[int], float]]:
        found = locate_areas(score, free, cells=cells, count=8, spacing=spacing, wish=wish, tile=tile)
        return [(area.cells.tolist(), area.worth) for area in (*found.areas, *found.too_small)]

    whole = answer(10_000)
    assert [answer(tile) for tile in (1, 7, 16, 33)] == [whole] * 4


def test_a_tile_is_asked_again_when_what_it_offered_is_closed() -> None:
    # All the good land is in the north-west; a spacing of 3 closes part of it each time, and the other tiles have worse land only.
    score = np.full((32, 32), 10, np.float32)
    score[:8, :8] = 90
    found = locate_areas(score, np.ones(score.shape, np.bool_), cells=4, count=9, spacing=3.0, tile=8)
    in_tile = [int(area.cells.max()) // 32 < 8 and int((area.cells % 32).max()) < 8 for area in found.areas]
    assert sum(in_tile) >= 4
    assert [area.score for area in found.areas] == sorted((area.score for area in found.areas), reverse=True)


@settings(max_examples=40)
@given(st.integers(0, 2**32 - 1), st.sampled_from([7, 12, 30, 80]), st.sampled_from([0.0, 0.2]), st.sampled_from([0.0, 0.5]))
def test_areas_are_polygons_without_holes_slits_or_touching_corners(seed: int, cells: int, gaps: float, compactness: float) -> None:
    score, free = wavy(seed, 30, 10**6, gaps)
    for area in located(score, free, cells, count=4, compactness=compactness).areas:
        shape = outline(area, 30)
        assert shape.geom_type == "Polygon"
        assert shapely.get_num_interior_rings(shape) == 0
        assert shape.is_valid
        assert shapely.area(shape) == cells


def test_a_lake_is_gone_round_only_where_holes_are_allowed() -> None:
    score = np.full((5, 5), 10, np.float32)
    score[1:4, 1:4] = 90
    free = np.ones((5, 5), np.bool_)
    free[2, 2] = False  # eight good cells around a lake
    ring = [6, 7, 8, 11, 13, 16, 17, 18]
    assert cells_of(located(score, free, 8, holes=True)) == [ring]
    closed = located(score, free, 8).areas[0]
    assert shapely.get_num_interior_rings(outline(closed, 5)) == 0
    assert closed.score == 80.0  # seven of the ring and one outside it


def test_an_area_grows_beyond_its_least_size_where_that_is_worth_more() -> None:
    surface = row(60, 50, 90, 90, 10)
    assert cells_of(located(*surface, 2, most_cells=5)) == [[2, 3]]  # no third cell raises the mean
    assert cells_of(located(*surface, 1, most_cells=5)) == [[2]]
    assert cells_of(located(*surface, 2, most_cells=4, by="sum")) == [[0, 1, 2, 3]]
    bridge = row(90, 10, 90, 90, 90)
    assert cells_of(located(*bridge, 4, most_cells=5)) == [[0, 1, 2, 3, 4]]  # 370 / 5 is more than 280 / 4


def test_evaluations_choose_different_areas_by_hand() -> None:
    surface = row(100, 40, 100, 0, 70, 75, 70, 0, 90, 90, 20)
    assert cells_of(located(*surface, 3)) == [[0, 1, 2]]  # mean 80
    assert cells_of(located(*surface, 3, by="sum")) == [[0, 1, 2]]
    assert cells_of(located(*surface, 3, by="minimum")) == [[4, 5, 6]]  # 70 at least
    assert cells_of(located(*surface, 3, by="share", threshold=65.0)) == [[4, 5, 6]]  # all of them
    found = located(*surface, 3, by="share", threshold=80.0).areas[0]
    assert found.cells.tolist() == [0, 1, 2]  # two of three, as [8, 9, 10] too: the higher scores decide
    assert found.score == 80.0


def brute_force(score: Score, free: Free, cells: int, judge: Any) -> float:  # noqa: ANN401
    """Judge every connected set of so many free cells."""
    rows, cols = score.shape
    shapes = {frozenset([cell]) for cell in zip(*np.nonzero(free), strict=True)}
    for _ in range(cells - 1):
        shapes = {
            shape | {(r + d, c + e)}
            for shape in shapes
            for r, c in shape
            for d, e in ((-1, 0), (1, 0), (0, -1), (0, 1))
            if 0 <= r + d < rows and 0 <= c + e < cols and free[r + d, c + e] and (r + d, c + e) not in shape
        }
    return float(max(judge([float(score[cell]) for cell in shape]) for shape in shapes))


@settings(max_examples=25)
@given(st.integers(0, 2**32 - 1), st.integers(2, 4))
def test_the_best_minimum_and_share_of_all_shapes_are_found(seed: int, cells: int) -> None:
    rng = np.random.default_rng(seed)
    score = (rng.random((5, 5)) * 100).astype(np.float32)
    free = rng.random((5, 5)) < 0.9
    free[2, 1:3] = free[1, 1:3] = True
    least = located(score, free, cells, by="minimum").areas[0]
    assert least.worth == brute_force(score, free, cells, min)
    share = located(score, free, cells, by="share", threshold=60.0).areas[0]
    good = float((score.ravel()[share.cells] >= 60.0).mean())
    assert good >= brute_force(score, free, cells, lambda values: np.mean([v >= 60.0 for v in values])) - 1 / cells - 1e-9


def test_more_weight_on_the_shape_makes_areas_squarer_and_not_better() -> None:
    score, free = wavy(3, 60, 10**6, 0.0)
    found = [located(score, free, 36, reach=4.0, compactness=c).areas[0] for c in (0.0, 0.2, 0.8, 1.0)]
    perimeters = [shapely.length(outline(area, 60)) for area in found]
    assert all(a >= b for a, b in pairwise(perimeters))
    assert all(a.score >= b.score - 1e-9 for a, b in pairwise(found))
    assert perimeters[-1] == 24.0  # six by six
    assert found[1].worth == pytest.approx(0.8 * found[1].score + 20.0 * 16 * 36 / perimeters[1] ** 2)


def test_the_maximum_spacing_is_kept_to_some_area_found_before() -> None:
    score = np.full((1, 40), 10, np.float32)
    score[0, [0, 4, 8, 30, 33]] = [100, 60, 50, 99, 98]
    one: dict[str, Any] = {"count": 4, "spacing": 3.0}
    free = np.ones(score.shape, np.bool_)
    assert cells_of(located(score, free, 1, **one)) == [[0], [30], [33], [4]]
    assert cells_of(located(score, free, 1, **one, farthest=4.0)) == [[0], [4], [8], [11]]  # each within four of one before; 11 ties, first
    assert cells_of(located(score, free, 1, **one, farthest=30.0)) == [[0], [30], [33], [4]]


@settings(max_examples=30)
@given(st.integers(0, 2**32 - 1), st.sampled_from([1, 4, 9]), st.sampled_from([3.0, 6.0]))
def test_every_area_but_the_first_is_near_enough_and_far_enough(seed: int, cells: int, spacing: float) -> None:
    score, free = wavy(seed, 30, 10**6, 0.2)
    areas = located(score, free, cells, count=6, spacing=spacing, farthest=spacing + 3.0).areas
    places = [np.stack(np.divmod(area.cells, 30)).T for area in areas]
    for number in range(1, len(places)):
        apart = [float(np.linalg.norm(places[number][:, None] - other[None], axis=2).min()) for other in places[:number]]
        assert spacing <= min(apart) <= spacing + 3.0


def test_the_first_area_begins_near_what_is_there_where_that_is_asked_for() -> None:
    score, free = row(90, 10, 10, 50, 60)
    within = np.array([[False, False, False, True, False]])
    assert cells_of(located(score, free, 1, count=2, spacing=1.0, farthest=1.0, within=within)) == [[3], [4]]


def test_what_is_left_says_why_there_are_few() -> None:
    score, free = row(9, 9, 9, 9, 0, 9, 0, 9, 9, 9)
    # Three in a row: cells 0 to 2; a spacing of 2 closes cell 3; cell 5 is alone; 7 to 9 make the second.
    assert located(score, free, 3, count=3, spacing=2.0).leftover == Leftover(free=8, too_near=1, too_far=0, too_small=1)
    assert located(score, free, 3, count=2, spacing=2.0).leftover is None
    assert located(score, free, 3, count=3, spacing=2.0, farthest=3.0).leftover == Leftover(free=8, too_near=1, too_far=3, too_small=1)
    assert located(score, ~free & (score > 0), 3).leftover == Leftover(0, 0, 0, 0)
    assert located(score, free, 5).leftover == Leftover(8, 0, 0, 8)
