"""Growing areas: a twin that sorts its whole frontier at every step, and grids that can be read off."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from geo_engine.kernels.areas import close_around, grow_area


def grown(score: NDArray[np.float32], free: NDArray[np.bool_], seed: int, cells: int, reach: float) -> tuple[list[int], float]:
    area, heap = np.full(cells, -1, np.int64), np.empty(4 * cells + 4, np.int64)
    mark = np.zeros((2 * int(np.ceil(reach)) + 1,) * 2, np.int64)
    grow_area(score, free, (seed + 7) % score.size, reach * reach, mark, heap, area.copy())  # the scratch need not be clean
    count, total = grow_area(score, free, seed, reach * reach, mark, heap, area)
    return area[:count].tolist(), total


def twin(score: NDArray[np.float32], free: NDArray[np.bool_], seed: int, cells: int, reach: float) -> list[int]:
    """Take the best of the frontier again and again: higher score first, then the lower flat index."""
    cols = score.shape[1]
    home = divmod(seed, cols)
    frontier, seen = [home], {home}
    area: list[int] = []
    while frontier and len(area) < cells:
        row, col = min(frontier, key=lambda cell: (-score[cell], cell))
        frontier.remove((row, col))
        area.append(row * cols + col)
        for near in ((row - 1, col), (row + 1, col), (row, col - 1), (row, col + 1)):
            on_grid = 0 <= near[0] < score.shape[0] and 0 <= near[1] < cols
            close = (near[0] - home[0]) ** 2 + (near[1] - home[1]) ** 2 <= reach * reach
            if on_grid and close and free[near] and near not in seen:
                seen.add(near)
                frontier.append(near)
    return area


def test_the_best_neighbour_comes_first_and_a_tie_goes_to_the_north_then_the_west() -> None:
    score = np.array([[5, 1, 1], [1, 9, 7], [1, 1, 1]], np.float32)
    free = np.ones((3, 3), np.bool_)
    assert grown(score, free, 4, 3, 9.0) == ([4, 5, 1], 17.0)  # the middle, its best side, then north of the middle
    free[0, 1] = False
    assert grown(score, free, 4, 3, 9.0) == ([4, 5, 2], 17.0)


def test_an_area_stays_within_reach_and_on_free_land_and_may_be_too_small() -> None:
    flat, free = np.ones((5, 5), np.float32), np.ones((5, 5), np.bool_)
    assert len(grown(flat, free, 12, 25, 1.0)[0]) == 5
    assert len(grown(flat, free, 12, 25, 1.5)[0]) == 9
    free[1:4, 1:4] = False
    free[2, 2] = True
    assert grown(flat, free, 12, 25, 9.0) == ([12], 1.0)


@settings(max_examples=40)
@given(st.integers(1, 9), st.integers(1, 9), st.integers(1, 30), st.floats(0.0, 6.0), st.integers(0, 2**32 - 1))
def test_an_area_is_that_of_the_plain_twin(rows: int, cols: int, cells: int, reach: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    score = rng.integers(0, 4, (rows, cols)).astype(np.float32)  # few values: ties all over
    free = rng.random((rows, cols)) < 0.8
    start = int(rng.integers(rows * cols))
    free[divmod(start, cols)] = True
    area, total = grown(score, free, start, cells, reach)
    assert area == twin(score, free, start, cells, reach)
    assert total == float(score.ravel()[area].sum())
    assert free.ravel()[area].all()


@settings(max_examples=40)
@given(st.integers(1, 12), st.integers(1, 12), st.floats(0.0, 5.0), st.integers(0, 2**32 - 1))
def test_cells_nearer_than_the_spacing_are_taken_and_no_others(rows: int, cols: int, spacing: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    area = rng.choice(rows * cols, min(3, rows * cols), replace=False).astype(np.int64)
    free = np.ones((rows, cols), np.bool_)
    close_around(free, area, spacing)
    for row in range(rows):
        for col in range(cols):
            squared = min((row - cell // cols) ** 2 + (col - cell % cols) ** 2 for cell in area.tolist())
            assert free[row, col] == (squared > 0 and squared >= spacing * spacing)


def test_at_the_spacing_itself_a_cell_is_free() -> None:
    free = np.ones((1, 7), np.bool_)
    close_around(free, np.array([3]), 2.0)
    assert free.tolist() == [[True, True, False, False, False, True, True]]
