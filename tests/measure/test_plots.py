"""Plots on a grid: square metres by cell against brute-force clipping, mental arithmetic, and discs."""

from __future__ import annotations

import math

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry.base import BaseGeometry

from geo_engine.measure import Plots, disc, plot_cells
from geo_engine.model import Grid

GRID = Grid("EPSG:27700", 0.0, 1000.0, 100.0, 10, 10)
COAST = shapely.Point(480.0, 520.0).buffer(333.0, quad_segs=500)  # 2,000 corners: it is cut in pieces


def brute(shape: BaseGeometry) -> dict[tuple[int, int], float]:
    """Clip every cell of the grid by itself."""
    cells = [(row, col) for row in range(GRID.rows) for col in range(GRID.cols)]
    square = [shapely.box(100 * col, 900 - 100 * row, 100 * col + 100, 1000 - 100 * row) for row, col in cells]
    areas = shapely.area(shapely.intersection(np.array(square), shape))
    return {cell: float(area) for cell, area in zip(cells, areas, strict=True) if area > 10.0}


def found(shape: BaseGeometry) -> dict[tuple[int, int], float]:
    cells = plot_cells(GRID, [shape])
    return {(int(row), int(col)): float(area) for row, col, area in zip(cells.rows, cells.cols, cells.area, strict=True)}


MILLIMETRES = st.integers(-50_000, 1_050_000).map(lambda each: each / 1000.0)  # with corners of 1e-255 m GEOS itself cuts wrong


def test_a_square_laid_on_half_cells_has_halves_and_quarters() -> None:
    quarter, half, whole = 2500.0, 5000.0, 10000.0
    assert found(shapely.box(50, 750, 250, 950)) == {
        (0, 0): quarter,
        (0, 1): half,
        (0, 2): quarter,
        (1, 0): half,
        (1, 1): whole,
        (1, 2): half,
        (2, 0): quarter,
        (2, 1): half,
        (2, 2): quarter,
    }


@pytest.mark.parametrize(
    "shape",
    [
        COAST,
        COAST.difference(shapely.box(400, 400, 560, 600)),
        shapely.MultiPolygon([shapely.box(10, 10, 160, 90), shapely.box(700, 700, 905, 812)]),
        shapely.box(-500, -500, 2000, 333),  # over three edges of the grid
    ],
    ids=["many corners", "a hole", "two parts", "off the grid"],
)
def test_areas_are_those_of_clipping_each_cell(shape: BaseGeometry) -> None:
    expected = brute(shape)
    assert found(shape).keys() == expected.keys()
    for cell, area in found(shape).items():
        assert area == pytest.approx(expected[cell], abs=10.0)  # a thousandth of a cell


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(MILLIMETRES, MILLIMETRES), min_size=3, max_size=9))
def test_areas_of_any_polygon_are_those_of_clipping(corners: list[tuple[float, float]]) -> None:
    shape = shapely.MultiPoint(corners).convex_hull
    if shapely.get_dimensions(shape) < 2 or shape.area < 10_000:
        return
    expected = brute(shape)
    got = found(shape)
    assert sum(got.values()) == pytest.approx(sum(expected.values()), abs=10.0 * (len(expected) + 1))
    assert all(area == pytest.approx(expected.get(cell, 10.0), abs=10.01) for cell, area in got.items())


def test_a_plot_smaller_than_a_cell_lies_in_the_cells_that_it_touches() -> None:
    assert found(shapely.box(98, 940, 104, 950)) == {(0, 0): pytest.approx(20.0), (0, 1): pytest.approx(40.0)}


def test_an_outline_along_the_cells_stays_there_where_a_file_rounds_it() -> None:
    assert found(shapely.box(99.99, 700.02, 299.98, 900.01)) == {(row, col): 10_000.0 for row in (1, 2) for col in (1, 2)}


def test_plots_are_kept_apart_and_in_order() -> None:
    shapes = [shapely.box(0, 0, 100, 100), shapely.Point(5, 5), shapely.box(5000, 5000, 6000, 6000), shapely.box(0, 0, 200, 100)]
    cells = plot_cells(GRID, shapes)
    assert cells.first.tolist() == [0, 1, 1, 1, 3]
    assert cells.owner().tolist() == [0, 3, 3]
    assert plot_cells(GRID, []).first.tolist() == [0]


@settings(deadline=None, max_examples=30)
@given(st.floats(1.0, 1e8))
def test_a_disc_has_its_area_and_is_all_but_round(area: float) -> None:
    made = disc(shapely.Point(1000, 1000), area)
    assert made.area == pytest.approx(area, rel=1e-9)
    away = np.hypot(*(shapely.get_coordinates(made) - 1000).T)
    assert away == pytest.approx(math.sqrt(area / math.pi), rel=2e-3)


def test_names_that_are_there_twice_are_told_apart() -> None:
    assert Plots.made(["A", "A"], [shapely.box(0, 0, 1, 1)] * 2, GRID).names == ("A", "A (2)")
