"""Locating areas: what an area must be, by brute force; ties and single cells, by hand."""

from __future__ import annotations

import math
from collections import deque
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from geo_engine.decide import Area, Located, cells_needed, locate_areas
from geo_engine.decide.locating.search import _falling

Score = NDArray[np.float32]
Free = NDArray[np.bool_]
Cell = tuple[int, int]


def places(area: Area, cols: int) -> list[Cell]:
    return [divmod(int(cell), cols) for cell in area.cells]


def connected(cells: list[Cell]) -> bool:
    left, queue = set(cells[1:]), deque(cells[:1])
    while queue:
        r, c = queue.popleft()
        for near in ((r - 1, c), (r + 1, c), (r, c - 1), (r, c + 1)):
            if near in left:
                left.remove(near)
                queue.append(near)
    return not left


def apart(first: list[Cell], second: list[Cell]) -> float:
    return min(math.dist(a, b) for a in first for b in second)


def farthest(cells: int, reach: float) -> float:
    """Give the reach in cells: of the circle of that size, or of the smallest circle about a cell that holds so many."""
    away = sorted(math.hypot(r, c) for r in range(-cells, cells + 1) for c in range(-cells, cells + 1))
    return max(reach * math.sqrt(cells / math.pi), away[cells - 1])


@st.composite
def surfaces(draw: st.DrawFn) -> tuple[Score, Free]:
    rows, cols = draw(st.integers(1, 14)), draw(st.integers(1, 14))
    seed = draw(st.integers(0, 2**32 - 1))
    rng = np.random.default_rng(seed)
    levels = draw(st.sampled_from([2, 5, 100, 10**6]))  # few levels make many ties
    score = (rng.integers(0, levels, (rows, cols)) * (100 / levels)).astype(np.float32)
    free = rng.random((rows, cols)) < draw(st.sampled_from([0.3, 0.7, 1.0]))
    score[rng.random((rows, cols)) < draw(st.sampled_from([0.0, 0.1]))] = np.nan
    return score, free & ~np.isnan(score)


searches = st.fixed_dictionaries(
    {
        "cells": st.integers(1, 9),
        "count": st.integers(1, 8),
        "spacing": st.sampled_from([0.0, 1.0, 1.5, 2.0, 3.3, 5.0, 100.0]),
        "reach": st.sampled_from([1.0, 1.5, 2.0, 4.0]),
    }
)


@settings(max_examples=150)
@given(surfaces(), searches)
def test_areas_are_what_was_asked_for(surface: tuple[Score, Free], search: dict[str, float]) -> None:
    score, free = surface
    before = score.copy(), free.copy()
    found = locate_areas(score, free, **search)  # type: ignore[arg-type]
    assert np.array_equal(score, before[0], equal_nan=True)
    assert np.array_equal(free, before[1])
    assert len(found.areas) <= search["count"]
    shapes = [places(area, score.shape[1]) for area in found.areas]
    for area, shape in zip(found.areas, shapes, strict=True):
        assert len(set(shape)) == len(shape) == search["cells"]
        assert area.cells.tolist() == sorted(area.cells.tolist())
        assert connected(shape)
        assert all(free[cell] for cell in shape)  # a restricted cell is never in an area
        assert area.score == pytest.approx(float(np.mean([float(score[cell]) for cell in shape])), abs=1e-9)
        reach = farthest(int(search["cells"]), search["reach"])
        assert any(max(math.dist(seed, cell) for cell in shape) <= reach + 1e-9 for seed in shape)
    for first, second in combinations(shapes, 2):
        assert not set(first) & set(second)
        assert apart(first, second) >= search["spacing"]


@settings(max_examples=150)
@given(surfaces(), searches)
def test_the_best_come_first(surface: tuple[Score, Free], search: dict[str, float]) -> None:
    found = locate_areas(*surface, **search)  # type: ignore[arg-type]
    scores = [area.score for area in found.areas]
    assert scores == sorted(scores, reverse=True)


@given(surfaces(), searches)
def test_fewer_areas_are_the_first_of_more(surface: tuple[Score, Free], search: dict[str, float]) -> None:
    some = locate_areas(*surface, **search)  # type: ignore[arg-type]
    more = locate_areas(*surface, **{**search, "count": search["count"] + 3})  # type: ignore[arg-type]
    assert [area.cells.tolist() for area in some.areas] == [area.cells.tolist() for area in more.areas[: len(some.areas)]]


@given(surfaces(), searches)
def test_the_same_question_has_the_same_answer(surface: tuple[Score, Free], search: dict[str, float]) -> None:
    def answer() -> list[tuple[list[int], float]]:
        located = locate_areas(*surface, **search)  # type: ignore[arg-type]
        return [(area.cells.tolist(), area.score) for area in (*located.areas, *located.too_small)]

    assert answer() == answer()


def greedy_peaks(score: Score, free: Free, count: int, spacing: float) -> list[Cell]:
    """Take the best free cell that is far enough from those taken, again and again; brute force."""
    order = sorted(zip(*np.nonzero(free), strict=True), key=lambda rc: (-float(score[rc]), rc))
    taken: list[Cell] = []
    for r, c in order:
        if len(taken) < count and all(math.dist((r, c), other) >= spacing for other in taken):
            taken.append((int(r), int(c)))
    return taken


@settings(max_examples=150)
@given(surfaces(), st.integers(1, 10), st.sampled_from([0.0, 1.0, 1.5, 2.3, 4.0]))
def test_single_cells_are_greedy_peaks(surface: tuple[Score, Free], count: int, spacing: float) -> None:
    found = locate_areas(*surface, cells=1, count=count, spacing=spacing)
    assert [places(area, surface[0].shape[1])[0] for area in found.areas] == greedy_peaks(*surface, count, spacing)
    assert found.too_small == ()


@given(surfaces(), searches)
def test_pockets_are_connected_free_and_too_small(surface: tuple[Score, Free], search: dict[str, float]) -> None:
    score, free = surface
    found = locate_areas(score, free, **search)  # type: ignore[arg-type]
    assert [area.score for area in found.too_small] == sorted((area.score for area in found.too_small), reverse=True)
    for area in found.too_small:
        shape = places(area, score.shape[1])
        assert 0 < len(shape) < search["cells"]
        assert connected(shape)
        assert all(free[cell] for cell in shape)


@given(surfaces(), st.integers(1, 9), st.sampled_from([0.0, 2.0]))
def test_shifting_the_surface_by_whole_cells_shifts_the_areas(surface: tuple[Score, Free], cells: int, spacing: float) -> None:
    score, free = surface
    first = locate_areas(score, free, cells=cells, count=4, spacing=spacing)
    moved = locate_areas(
        np.pad(score, ((3, 1), (2, 2)), constant_values=np.nan), np.pad(free, ((3, 1), (2, 2))), cells=cells, count=4, spacing=spacing
    )
    cols = score.shape[1]
    shifted = [[(r + 3, c + 2) for r, c in places(area, cols)] for area in first.areas]
    assert [places(area, cols + 4) for area in moved.areas] == shifted


def flat(rows: int, cols: int, level: float = 50.0) -> tuple[Score, Free]:
    return np.full((rows, cols), level, np.float32), np.ones((rows, cols), np.bool_)


def shapes_of(found: Located, cols: int) -> list[list[Cell]]:
    return [places(area, cols) for area in found.areas]


def test_ties_go_to_the_upper_left() -> None:
    # From (0, 0): its neighbours tie, (0, 1) comes first by index; then (0, 2) before (1, 0); reach is 1.5 * sqrt(4 / pi) = 1.69,
    # so (0, 2) is out and the area fills (1, 0) and (1, 1).
    found = locate_areas(*flat(6, 6), cells=4, count=1, spacing=0.0)
    assert shapes_of(found, 6) == [[(0, 0), (0, 1), (1, 0), (1, 1)]]
    assert found.areas[0].score == 50.0


def test_a_flat_surface_with_spacing_by_hand() -> None:
    # Single cells two apart on a flat 3 x 5: the first row's (0,0), (0,2), (0,4), then row 2; row 1 is one away from both.
    found = locate_areas(*flat(3, 5), cells=1, count=99, spacing=2.0)
    assert shapes_of(found, 5) == [[(0, 0)], [(0, 2)], [(0, 4)], [(2, 0)], [(2, 2)], [(2, 4)]]


def test_growth_takes_the_best_neighbour_not_the_nearest_index() -> None:
    score = np.array([[1, 5, 1], [3, 9, 4], [1, 2, 1]], np.float32)
    found = locate_areas(score, np.ones((3, 3), np.bool_), cells=3, count=1, spacing=0.0)
    assert shapes_of(found, 3) == [[(0, 1), (1, 1), (1, 2)]]  # 9, 5, 4
    assert found.areas[0].score == 6.0


def test_corners_do_not_connect() -> None:
    score, free = np.full((2, 2), 5, np.float32), np.array([[True, False], [False, True]])
    found = locate_areas(score, free, cells=2, count=1, spacing=0.0)
    assert found.areas == ()
    assert [area.cells.tolist() for area in found.too_small] == [[0], [3]]


def test_a_spacing_of_exactly_the_distance_is_kept() -> None:
    score = np.array([[9, 1, 1, 8]], np.float32)
    free = np.ones((1, 4), np.bool_)
    assert shapes_of(locate_areas(score, free, cells=1, count=2, spacing=3.0), 4) == [[(0, 0)], [(0, 3)]]
    assert shapes_of(locate_areas(score, free, cells=1, count=2, spacing=3.0001), 4) == [[(0, 0)]]


def test_a_better_area_may_have_a_worse_peak() -> None:
    score = np.array([[10, 1, 0, 0, 8, 8]], np.float32)  # (10 + 1) / 2 = 5.5 against 8
    found = locate_areas(score, score > 0, cells=2, count=2, spacing=0.0)
    assert [area.score for area in found.areas] == [8.0, 5.5]


def test_a_worse_seed_in_the_middle_may_hold_the_best_area() -> None:
    # Reach for three cells is 1.47: from either 10 the other is two away, so only from the 1 between them do both count: mean 7.
    score = np.array([[10, 1, 10, 0, 6, 6, 6]], np.float32)
    found = locate_areas(score, score > 0, cells=3, count=1, spacing=0.0)
    assert [area.score for area in found.areas] == [7.0]


def test_fewer_are_found_where_land_runs_out() -> None:
    found = locate_areas(*flat(2, 4), cells=4, count=9, spacing=0.0)
    assert shapes_of(found, 4) == [[(0, 0), (0, 1), (1, 0), (1, 1)], [(0, 2), (0, 3), (1, 2), (1, 3)]]
    assert found.too_small == ()  # what other areas have closed is not a pocket


def test_no_free_land() -> None:
    score, free = flat(3, 3)
    found = locate_areas(score, ~free, cells=1, count=3, spacing=1.0)
    assert (found.areas, found.too_small) == ((), ())


def test_pockets_are_told_once_and_best_first() -> None:
    score = np.zeros((1, 30), np.float32)
    score[0, [0, 1, 10, 20, 21]] = [5, 4, 9, 7, 7]
    found = locate_areas(score, score > 0, cells=3, count=1, spacing=0.0)
    assert found.areas == ()
    assert [(area.cells.tolist(), area.score) for area in found.too_small] == [([10], 9.0), ([20, 21], 7.0), ([0, 1], 4.5)]


@pytest.mark.parametrize(
    ("area", "cell", "cells"),
    [
        (500_000.0, 250.0, 8),  # 50 ha are exactly 8 cells of 6.25 ha
        (500_000.1, 250.0, 9),
        (1.0, 250.0, 1),
        (10_000.0, 100.0, 1),
        (0.3 * 3, 0.3, 10),
        (3 * 0.1 * 0.1, 0.1, 3),  # 0.030000000000000006: no cell more for a rounding
        (0.0, 100.0, 1),
    ],
)
def test_cells_are_rounded_up_to_whole_ones(area: float, cell: float, cells: int) -> None:
    assert cells_needed(area, cell) == cells


@pytest.mark.parametrize("reach", [1.0, 1.1, 1.5])
def test_open_flat_land_holds_an_area_of_any_size_at_any_reach(reach: float) -> None:
    def fits(cells: int) -> bool:
        return len(locate_areas(*flat(13, 13), cells=cells, count=1, spacing=0.0, reach=reach).areas) == 1

    assert [cells for cells in range(1, 40) if not fits(cells)] == []


def test_a_chessboard_is_pockets_only() -> None:
    rows, cols = np.indices((80, 80))
    found = locate_areas(np.full((80, 80), 50, np.float32), (rows + cols) % 2 == 0, cells=4, count=5, spacing=3.0)
    assert found.areas == ()
    assert {len(pocket.cells) for pocket in found.too_small} == {1}
    assert len(found.too_small) == 2_000  # of 3,200: a register to read, and the work is bounded


@given(st.lists(st.sampled_from([-1.0, 0.0, 2.5, 7.0]) | st.floats(-100.0, 100.0, width=32), max_size=40))
def test_blocks_are_offered_from_the_highest_down_and_equal_ones_as_they_come(values: list[float]) -> None:
    assert list(_falling(np.array(values, np.float32))) == sorted(range(len(values)), key=lambda place: -values[place])
