"""Least-cost ways: networkx over edges that shapely measured cell by cell, walls that must not leak, distances by formula."""

from __future__ import annotations

from itertools import pairwise, product

import networkx as nx
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from geo_engine.kernels.corridors import LENGTHS, MOVES, QUARTERS, least_cost_search, way_back

CELL = 100.0
Cell = tuple[int, int]


def search(
    factor: NDArray[np.float64],
    sources: list[Cell],
    targets: list[Cell],
    *,
    end_factor: list[float] | None = None,
    end_cost: list[float] | None = None,
    limit: float = np.inf,
    cell: float = CELL,
) -> tuple[int, float, list[Cell]]:
    """Give the target, its cost at the cell's centre, and the way to it."""
    cols = factor.shape[1]
    begin, end = (np.array([row * cols + col for row, col in cells], np.int64) for cells in (sources, targets))
    cost, previous = np.full(factor.size, np.nan), np.full(factor.size, 7, np.int64)  # what stood there before does not count
    factors, costs = np.array(end_factor or [1.0] * len(targets)), np.array(end_cost or [0.0] * len(targets))
    best = least_cost_search(factor, cell, begin, end, factors, costs, limit, cost, previous)
    if best < 0:
        return best, np.inf, []
    way = way_back(previous, int(end[best]))
    return best, float(cost[end[best]]), [(int(k) // cols, int(k) % cols) for k in way]


# ---------------------------------------------------------------------------------------------- the oracle


def box(row: int, col: int) -> shapely.Polygon:
    return shapely.box(col * CELL, -(row + 1) * CELL, (col + 1) * CELL, -row * CELL)


def centre(row: int, col: int) -> tuple[float, float]:
    return (col + 0.5) * CELL, -(row + 0.5) * CELL


def is_move(a: Cell, b: Cell) -> bool:
    return sorted((abs(a[0] - b[0]), abs(a[1] - b[1]))) in ([0, 1], [1, 1], [1, 2])


def edge_cost(factor: NDArray[np.float64], a: Cell, b: Cell) -> float:
    """Integrate the multiplier along the line; infinite where any closed cell's polygon touches it."""
    line = shapely.LineString([centre(*a), centre(*b)])
    total = 0.0
    for row, col in product(range(factor.shape[0]), range(factor.shape[1])):
        if abs(row - a[0]) > 3 or abs(col - a[1]) > 3:
            continue
        polygon = box(row, col)
        if np.isinf(factor[row, col]):
            if polygon.intersects(line):
                return np.inf
        else:
            total += float(polygon.intersection(line).length) * factor[row, col]
    return total


def brute_force(factor: NDArray[np.float64], sources: list[Cell]) -> dict[Cell, float]:
    """Cost from the nearest source to every cell that can be reached."""
    graph = nx.Graph()
    cells = list(product(range(factor.shape[0]), range(factor.shape[1])))
    graph.add_nodes_from(cells)
    for a, b in product(cells, cells):
        if a < b and is_move(a, b) and np.isfinite(price := edge_cost(factor, a, b)):
            graph.add_edge(a, b, weight=price)
    lengths: dict[Cell, float] = nx.multi_source_dijkstra_path_length(graph, set(sources))
    return lengths


@st.composite
def rasters(draw: st.DrawFn) -> NDArray[np.float64]:
    rows, cols = draw(st.integers(1, 5)), draw(st.integers(1, 6))
    values = st.sampled_from([1.0, 1.0, 0.5, 2.0, 3.25, 10.0, np.inf, np.inf])
    made = np.array(draw(st.lists(values, min_size=rows * cols, max_size=rows * cols)), np.float64).reshape(rows, cols)
    made[0, 0] = 1.0
    return made


@settings(max_examples=30)
@given(rasters(), st.integers(0, 10**6), st.integers(0, 10**6))
def test_the_cheapest_way_is_that_of_brute_force(factor: NDArray[np.float64], pick: int, other: int) -> None:
    opened = [(int(r), int(c)) for r, c in np.argwhere(np.isfinite(factor))]
    sources = [(0, 0), opened[pick % len(opened)]]
    found = brute_force(factor, sources)
    targets = [opened[other % len(opened)], opened[-1]]
    expected = min(found.get(target, np.inf) for target in targets)
    best, cost, way = search(factor, sources, targets)
    assert cost == pytest.approx(expected)
    if best >= 0:
        assert way[0] in sources
        assert way[-1] == targets[best]
        assert sum(edge_cost(factor, a, b) for a, b in pairwise(way)) == pytest.approx(expected)


@pytest.mark.parametrize("move", range(16))
def test_a_move_runs_a_quarter_of_its_length_in_each_of_its_quarters(move: int) -> None:
    """Shapely measures the line in each cell of a field of primes, so that no other sharing gives the same sum."""
    factor = np.array([2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97], float).reshape(5, 5)
    row, col = (int(v) for v in MOVES[move])
    quarters = sum(factor[2 + r, 2 + c] for r, c in QUARTERS[move]) / 4
    assert LENGTHS[move] == np.hypot(row, col)
    assert quarters * LENGTHS[move] * CELL == pytest.approx(edge_cost(factor, (2, 2), (2 + row, 2 + col)))


# ---------------------------------------------------------------------------------------------- barriers


def test_a_diagonal_wall_does_not_leak_at_its_corners() -> None:
    """Closed cells that touch at corners only: an eight-neighbour search slips between them."""
    wall = np.ones((5, 5))
    for k in range(5):
        wall[k, 4 - k] = np.inf
    assert search(wall, [(0, 0)], [(4, 4)])[0] == -1
    wall[2, 2] = 1.0  # a gate of one cell is passed by its sides
    best, cost, way = search(wall, [(0, 0)], [(4, 4)])
    assert (best, (2, 2) in way) == (0, True)
    assert cost == pytest.approx(2 * brute_force(wall, [(0, 0)])[2, 2])  # the picture is the same on either side of the gate


def test_a_single_closed_corner_closes_the_diagonal() -> None:
    factor = np.array([[1.0, np.inf], [1.0, 1.0]])
    best, cost, way = search(factor, [(0, 0)], [(1, 1)])
    assert (best, cost, way) == (0, 200.0, [(0, 0), (1, 0), (1, 1)])
    factor[1, 0] = np.inf
    assert search(factor, [(0, 0)], [(1, 1)])[0] == -1


def test_a_knight_s_move_does_not_jump_a_wall() -> None:
    wall = np.ones((4, 3))
    wall[1, :] = np.inf
    assert search(wall, [(0, 0)], [(2, 1)])[0] == -1
    for closed in ((1, 0), (1, 1)):  # either of the two cells between
        factor = np.ones((3, 2))
        factor[closed] = np.inf
        assert search(factor, [(0, 0)], [(2, 1)])[1] > np.sqrt(5) * CELL + 1
    assert search(np.ones((3, 2)), [(0, 0)], [(2, 1)])[1] == pytest.approx(np.sqrt(5) * CELL)


def test_a_ring_closes_what_lies_inside() -> None:
    factor = np.ones((7, 7))
    factor[1:6, 1:6] = np.inf
    factor[2:5, 2:5] = 1.0
    assert search(factor, [(0, 0)], [(3, 3)]) == (-1, np.inf, [])
    assert search(factor, [(0, 0)], [(3, 3), (6, 6)])[0] == 1


def test_a_way_may_end_in_a_closed_cell_and_never_passes_through() -> None:
    """A substation stands in a closed wall: it can be reached, what lies behind it cannot."""
    factor = np.ones((3, 5))
    factor[:, 2] = np.inf
    best, cost, way = search(factor, [(1, 0)], [(1, 2)], end_factor=[3.0])
    assert (best, way) == (0, [(1, 0), (1, 1), (1, 2)])
    assert cost == pytest.approx(100 + 50 + 150)
    assert search(factor, [(1, 0)], [(1, 2), (1, 4)], end_factor=[1e6, 1.0])[0] == 0
    assert search(factor, [(1, 0)], [(1, 4)])[0] == -1
    factor[1, 1] = np.inf  # and a closed neighbour still closes the moves that touch it
    assert search(factor, [(1, 0)], [(1, 2)])[0] == -1


# ---------------------------------------------------------------------------------------------- distances


@settings(max_examples=60)
@given(st.integers(0, 24), st.integers(0, 24))
def test_over_even_land_the_length_is_that_of_sixteen_directions(rows: int, cols: int) -> None:
    """Only the two kinds of moves next to the true direction are used; a is the longer side, b the shorter."""
    a, b = max(rows, cols), min(rows, cols)
    expected = (a - 2 * b) + b * np.sqrt(5) if 2 * b <= a else (2 * b - a) * np.sqrt(2) + (a - b) * np.sqrt(5)
    assert search(np.ones((25, 25)), [(0, 0)], [(rows, cols)])[1] == pytest.approx(expected * CELL)


@settings(max_examples=30)
@given(rasters(), st.floats(0.01, 100.0))
def test_multipliers_scale_the_cost_and_leave_the_choice(factor: NDArray[np.float64], scale: float) -> None:
    target = (factor.shape[0] - 1, factor.shape[1] - 1)
    one, other = search(factor, [(0, 0)], [target]), search(factor * scale, [(0, 0)], [target], end_factor=[scale])
    assert other[0] == one[0]
    assert other[1] == pytest.approx(one[1] * scale)
    assert search(factor, [(0, 0)], [target], cell=2 * CELL)[1] == pytest.approx(one[1] * 2)


def test_a_detour_is_taken_when_it_is_cheaper_and_not_before() -> None:
    """Straight across four cells of a town, or around it: 8 cells at factor 1."""
    factor = np.ones((5, 9))
    factor[:4, 3:6] = 2.0
    straight = 8 * CELL + 3 * CELL
    assert search(factor, [(0, 0)], [(0, 8)])[1] == pytest.approx(straight)
    factor[:4, 3:6] = 50.0
    way = search(factor, [(0, 0)], [(0, 8)])[2]
    assert (4, 4) in way
    assert all(factor[cell] == 1.0 for cell in way)


# ---------------------------------------------------------------------------------------------- choices


def test_the_cheapest_of_several_targets_is_taken_with_what_lies_beyond_its_cell() -> None:
    factor = np.ones((1, 9))
    assert search(factor, [(0, 4)], [(0, 0), (0, 7)])[0] == 1
    assert search(factor, [(0, 4)], [(0, 0), (0, 7)], end_cost=[0.0, 100.0])[0] == 1  # 400 against 300 + 100: the nearer cell
    assert search(factor, [(0, 4)], [(0, 0), (0, 7)], end_cost=[0.0, 101.0])[0] == 0
    assert search(factor, [(0, 4)], [(0, 7), (0, 7)], end_cost=[9.0, 8.0])[0] == 1


def test_nothing_is_found_beyond_the_limit() -> None:
    factor = np.ones((1, 9))
    assert search(factor, [(0, 0)], [(0, 8)], limit=800.0)[0] == 0
    assert search(factor, [(0, 0)], [(0, 8)], limit=799.0)[0] == -1
    assert search(factor, [(0, 0)], [(0, 8)], end_cost=[1.0], limit=800.0)[0] == -1


def test_a_source_that_is_a_target_costs_nothing() -> None:
    assert search(np.ones((2, 2)), [(1, 1), (1, 1)], [(1, 1)]) == (0, 0.0, [(1, 1)])


def test_of_equal_ways_the_one_through_the_cell_that_comes_first_is_taken() -> None:
    """North about or south about the closed middle is 400 m; the northern cell has the lower index."""
    factor = np.ones((3, 3))
    factor[1, 1] = np.inf
    assert search(factor, [(0, 0)], [(2, 2)]) == (0, 400.0, [(0, 0), (0, 1), (0, 2), (1, 2), (2, 2)])
    assert search(factor, [(2, 2)], [(0, 0)]) == (0, 400.0, [(2, 2), (1, 2), (0, 2), (0, 1), (0, 0)])


def test_equal_ways_are_chosen_the_same_on_a_larger_raster() -> None:
    """A window cut out of a larger raster gives the same way as the whole."""
    rng = np.random.default_rng(5)
    whole = rng.choice([1.0, 2.0], size=(30, 30))
    whole[:8] = whole[-8:] = 9.0
    whole[:, :3] = whole[:, -3:] = 9.0
    inner = search(whole[5:25, :], [(10, 5)], [(12, 24)])
    outer = search(whole, [(15, 5)], [(17, 24)])
    assert inner[1] == outer[1]
    assert [(row + 5, col) for row, col in inner[2]] == outer[2]
