"""Growing areas: a twin that sorts its whole frontier at every step, ring codes against shapely, grids that can be read off."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo_engine.kernels.areas.cells import ANY_DROP, ANY_GAIN, IN, SOLID, ring_code
from geo_engine.kernels.areas.growth import grow
from geo_engine.kernels.areas.land import close_around, mark_within
from geo_engine.kernels.areas.worth import MEAN, MINIMUM, SUM, worth_of

RING = ((-1, 0), (-1, 1), (0, 1), (1, 1), (1, 0), (1, -1), (0, -1), (-1, -1))  # from north, clockwise


def polygon(cells: list[tuple[int, int]]) -> BaseGeometry:
    rows, cols = np.array(cells).T
    return shapely.union_all(shapely.box(cols, rows, cols + 1, rows + 1))


def solid(cells: list[tuple[int, int]]) -> bool:
    """Tell by shapely whether cells make one polygon without a hole (a ring that touches itself is one with a hole to GEOS)."""
    shape = polygon(cells)
    return shape.geom_type == "Polygon" and not shapely.get_num_interior_rings(shape)


def around(code: int) -> list[tuple[int, int]]:
    return [RING[k] for k in range(8) if code >> k & 1]


@pytest.mark.parametrize("allowed", [SOLID, ANY_GAIN, ANY_DROP], ids=["solid", "gain", "drop"])
def test_every_ring_is_judged(allowed: NDArray[np.bool_]) -> None:
    assert allowed.shape == (256,)
    assert not allowed[0]  # nothing beside the cell: it can neither join nor leave
    assert not allowed[0b10101010]  # corners alone
    assert allowed[1]


def test_a_ring_code_has_the_north_first_and_goes_clockwise() -> None:
    for k, (down, right) in enumerate(RING):
        state = np.zeros(25, np.int8)
        state[(2 + down) * 5 + 2 + right] = IN
        assert ring_code(state, 12, 5) == 1 << k


@given(st.integers(0, 2**32 - 1), st.integers(2, 14))
def test_cells_come_and_go_without_leaving_a_hole_or_a_second_piece(seed: int, size: int) -> None:
    """Shapely judges the whole shape; the table has the eight cells around only."""
    rng = np.random.default_rng(seed)
    cells = [(4, 4)]
    while len(cells) < size:
        near = sorted({(r + d, c + e) for r, c in cells for d, e in RING[::2]} - set(cells))
        near = [cell for cell in near if solid([*cells, cell])]
        cells.append(near[int(rng.integers(len(near)))])
    state = np.zeros((32, 32), np.int8)
    for r, c in cells:
        state[r + 10, c + 10] = IN
    flat = state.ravel()
    rows, cols = np.array(cells).T
    for r in range(rows.min() - 1, rows.max() + 2):
        for c in range(cols.min() - 1, cols.max() + 2):
            code = ring_code(flat, (r + 10) * 32 + c + 10, 32)
            if (r, c) in cells:
                rest = [cell for cell in cells if cell != (r, c)]
                assert SOLID[code] == solid(rest)
                assert not ANY_DROP[code] or polygon(rest).geom_type == "Polygon"
            elif any((r + d, c + e) in cells for d, e in RING[::2]):
                assert SOLID[code] == solid([*cells, (r, c)])
                assert ANY_GAIN[code]
            else:
                assert not ANY_GAIN[code]
                assert not SOLID[code]


def test_a_cell_that_holds_others_together_may_not_go_even_where_holes_are_allowed() -> None:
    assert not ANY_DROP[0b00010001]  # north and south of it, nothing beside
    assert ANY_DROP[0b00000111]  # north, north-east, east
    assert not ANY_DROP[0b00000101]  # north and east without the corner between them
    assert ANY_DROP[0b11111111]  # from the middle: that leaves a hole
    assert not SOLID[0b11111111]


def padded(score: NDArray[np.float32], free: NDArray[np.bool_]) -> tuple[NDArray[np.float32], NDArray[np.bool_], int]:
    value, usable = np.pad(score, 1), np.pad(free, 1)
    return value.ravel(), usable.ravel(), value.shape[1]


def grown(score: NDArray[np.float32], free: NDArray[np.bool_], seed: int, cells: int, reach: float) -> tuple[list[int], float]:
    value, usable, width = padded(score, free)
    cols = score.shape[1]
    area = np.full(cells, -1, np.int64)
    scratch = np.ones(len(value), np.int8), np.empty(len(value)), np.empty(len(value), np.int64)  # it need not be clean
    start = (seed // cols + 1) * width + seed % cols + 1
    count, worth, _ = grow(value, usable, width, start, reach * reach, cells, cells, MEAN, 0.0, ANY_GAIN, *scratch, area)
    return [int((cell // width - 1) * cols + cell % width - 1) for cell in area[:count]], worth


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
    assert grown(score, free, 4, 3, 9.0) == ([4, 5, 1], 17.0 / 3)  # the middle, its best side, then north of the middle
    free[0, 1] = False
    assert grown(score, free, 4, 3, 9.0) == ([4, 5, 2], 17.0 / 3)


def test_an_area_stays_within_reach_and_on_free_land_and_may_be_too_small() -> None:
    flat, free = np.ones((5, 5), np.float32), np.ones((5, 5), np.bool_)
    assert len(grown(flat, free, 12, 25, 1.0)[0]) == 5
    assert len(grown(flat, free, 12, 25, 1.5)[0]) == 9
    free[1:4, 1:4] = False
    free[2, 2] = True
    assert grown(flat, free, 12, 25, 9.0) == ([12], -np.inf)


@settings(max_examples=40)
@given(st.integers(1, 9), st.integers(1, 9), st.integers(1, 30), st.floats(0.0, 6.0), st.integers(0, 2**32 - 1))
def test_an_area_is_that_of_the_plain_twin(rows: int, cols: int, cells: int, reach: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    score = rng.integers(0, 4, (rows, cols)).astype(np.float32)  # few values: ties all over
    free = rng.random((rows, cols)) < 0.8
    start = int(rng.integers(rows * cols))
    free[divmod(start, cols)] = True
    area, worth = grown(score, free, start, cells, reach)
    assert area == twin(score, free, start, cells, reach)
    assert worth == (float(score.ravel()[area].mean(dtype=np.float64)) if len(area) == cells else -np.inf)
    assert free.ravel()[area].all()


def test_the_worth_of_a_square_of_nine_cells_by_hand() -> None:
    known = (9, 450.0, 20.0, 12)  # cells, total, least, perimeter; squareness 16 * 9 / 144 = 1
    assert worth_of(*known, 9, MEAN, 0.0) == 50.0
    assert worth_of(*known, 10, SUM, 0.0) == 45.0
    assert worth_of(*known, 9, MINIMUM, 0.0) == 20.0
    assert worth_of(*known, 9, MEAN, 0.25) == 0.75 * 50.0 + 25.0
    assert worth_of(4, 200.0, 50.0, 10, 4, MEAN, 0.5) == 25.0 + 50.0 * 0.64  # four in a row: 16 * 4 / 100


@settings(max_examples=60)
@given(st.integers(1, 12), st.integers(1, 12), st.sampled_from([0.0, 1.0, 2**0.5, 2.0, 5**0.5, 3.3, 5.0, 99.0]), st.integers(0, 2**32 - 1))
def test_cells_nearer_than_the_spacing_are_taken_and_no_others(rows: int, cols: int, spacing: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    area = np.sort(rng.choice(rows * cols, min(5, rows * cols), replace=False)).astype(np.int64)
    free, near = np.ones((rows, cols), np.bool_), np.zeros((rows, cols), np.bool_)
    close_around(free, area // cols, area % cols, spacing, 0, 0)
    mark_within(near, area // cols, area % cols, spacing, 0, 0)
    for row in range(rows):
        for col in range(cols):
            squared = min((row - cell // cols) ** 2 + (col - cell % cols) ** 2 for cell in area.tolist())
            assert free[row, col] == (squared > 0 and squared >= spacing * spacing)
            assert near[row, col] == (squared <= spacing * spacing)


@settings(max_examples=60)
@given(st.integers(2, 9), st.integers(2, 9), st.sampled_from([0.0, 1.0, 2.0, 3.3, 99.0, float("inf")]), st.integers(0, 2**32 - 1))
def test_a_window_of_the_grid_is_closed_and_marked_as_the_whole_is(rows: int, cols: int, spacing: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    r, c = np.divmod(np.sort(rng.choice(rows * cols, min(4, rows * cols), replace=False)).astype(np.int64), cols)
    free, near = np.ones((rows, cols), np.bool_), np.zeros((rows, cols), np.bool_)
    close_around(free, r, c, spacing, 0, 0)
    mark_within(near, r, c, spacing, 0, 0)
    (r0, r1), (c0, c1) = np.sort(rng.integers(0, rows + 1, 2)), np.sort(rng.integers(0, cols + 1, 2))
    part, some = np.ones((r1 - r0, c1 - c0), np.bool_), np.zeros((r1 - r0, c1 - c0), np.bool_)
    close_around(part, r, c, spacing, r0, c0)
    mark_within(some, r, c, spacing, r0, c0)
    assert part.tolist() == free[r0:r1, c0:c1].tolist()
    assert some.tolist() == near[r0:r1, c0:c1].tolist()


def test_at_the_spacing_itself_a_cell_is_free() -> None:
    free = np.ones((1, 7), np.bool_)
    close_around(free, np.array([0]), np.array([3]), 2.0, 0, 0)
    assert free.tolist() == [[True, True, False, False, False, True, True]]
