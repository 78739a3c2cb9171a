"""Point in polygon: shapely, and squares that can be counted."""

from __future__ import annotations

import numpy as np
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo_engine.kernels.shapes import ring_segments
from geo_engine.model import Grid
from tests.measure.builders import BNG, ODD_SIDES, by_tiles, centres, grids, objects, same_bits, whole


def star(rng: np.random.Generator, e: float, n: float, radius: float, corners: int = 9) -> BaseGeometry:
    """A convex polygon near a point, every other one with a hole."""
    turn = np.sort(rng.uniform(0, 2 * np.pi, corners))
    reach = radius * rng.uniform(0.5, 1.0, corners)
    shell = shapely.MultiPoint(np.column_stack([e + reach * np.cos(turn), n + reach * np.sin(turn)])).convex_hull
    return shell.difference(shapely.affinity.scale(shell, 0.4, 0.4)) if rng.random() < 0.5 else shell


@st.composite
def polygon_sets(draw: st.DrawFn, grid: Grid) -> NDArray[np.object_]:
    """Polygons, some with holes, some overlapping, some touching, some of several parts."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    west, south, east, north = grid.bounds
    made: list[BaseGeometry] = []
    for _ in range(draw(st.integers(1, 6))):
        e, n = rng.uniform(west - 5 * grid.cell, east + 5 * grid.cell), rng.uniform(south - 5 * grid.cell, north + 5 * grid.cell)
        made.append(star(rng, e, n, grid.cell * rng.uniform(0.3, 15.0)))
    if draw(st.booleans()):
        made.append(shapely.unary_union(made[:3]))
    if draw(st.booleans()):
        made = [shapely.reverse(polygon) for polygon in made]
    return objects(made)


def truly_inside(grid: Grid, polygons: NDArray[np.object_]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Inside by shapely, and whether the place is clear of every edge by a tenth of a millimetre."""
    places = centres(grid)
    spots = shapely.points(places.eastings, places.northings)
    inside = np.zeros(grid.size, np.bool_)
    clear = np.ones(grid.size, np.bool_)
    for polygon in polygons:
        inside |= shapely.contains_xy(polygon, places.eastings, places.northings)
        clear &= shapely.distance(spots, polygon.boundary) > 1e-4
    return inside.reshape(grid.shape), clear.reshape(grid.shape)


@settings(max_examples=40)
@given(st.data())
def test_a_tile_equals_shapely(data: st.DataObject) -> None:
    grid = data.draw(grids())
    polygons = data.draw(polygon_sets(grid))
    inside, clear = truly_inside(grid, polygons)
    found = whole(grid).inside(ring_segments(polygons))
    assert (found == inside)[clear].all()


@settings(max_examples=25)
@given(st.data())
def test_tile_size_and_door_do_not_change_a_cell(data: st.DataObject) -> None:
    grid = data.draw(grids(most=18))
    rings = ring_segments(data.draw(polygon_sets(grid)))
    found = whole(grid).inside(rings)
    for side in ODD_SIDES:
        assert same_bits(by_tiles(grid, side, lambda places: places.inside(rings)), found)
    assert same_bits(centres(grid).inside(rings).reshape(grid.shape), found)


@settings(max_examples=30)
@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40), st.integers(1, 20), st.integers(1, 20)), min_size=1, max_size=6))
def test_edges_through_cell_centres_give_the_same_through_both_doors_and_all_tiles(boxes: list[tuple[int, int, int, int]]) -> None:
    grid = Grid(BNG, 400_000.0, 540_000.0, 100.0, 20, 20)  # half cells: every corner on a centre or on a cell's edge
    drawn = [
        shapely.box(400_000 + 50 * e, 538_000 + 50 * n, 400_000 + 50 * (e + width), 538_000 + 50 * (n + height))
        for e, n, width, height in boxes
    ]
    rings = ring_segments(objects(drawn))
    found = whole(grid).inside(rings)
    assert same_bits(centres(grid).inside(rings).reshape(grid.shape), found)
    for side in ODD_SIDES:
        assert same_bits(by_tiles(grid, side, lambda places: places.inside(rings)), found)


def test_three_by_three_cells_and_a_square_over_the_middle_one() -> None:
    grid = Grid(BNG, 0.0, 30.0, 10.0, 3, 3)
    found = whole(grid).inside(ring_segments(shapely.box(10.0, 10.0, 20.0, 20.0)))
    assert found.tolist() == [[False, False, False], [False, True, False], [False, False, False]]


def test_a_hole_is_outside_unless_another_polygon_covers_it() -> None:
    ring = shapely.Polygon([(0, 0), (50, 0), (50, 50), (0, 50)], [[(10, 10), (40, 10), (40, 40), (10, 40)]])
    grid = Grid(BNG, 0.0, 50.0, 10.0, 5, 5)
    assert int(whole(grid).inside(ring_segments(ring)).sum()) == 25 - 9
    covered = objects([ring, shapely.box(20, 20, 30, 30)])
    assert int(whole(grid).inside(ring_segments(covered)).sum()) == 25 - 9 + 1
    twice = objects([ring, ring, shapely.box(0, 0, 50, 20)])
    assert int(whole(grid).inside(ring_segments(twice)).sum()) == 25 - 9 + 3


def test_neighbours_that_share_edges_through_cell_centres_share_no_cell_and_leave_none_out() -> None:
    # Boxes of 2 x 2 cells whose corners and edges run through cell centres: every centre belongs to exactly one box.
    grid = Grid(BNG, 0.0, 60.0, 10.0, 6, 6)
    counted = np.zeros(grid.shape, np.int64)
    for e in range(-15, 70, 20):
        for n in range(-15, 70, 20):
            counted += whole(grid).inside(ring_segments(shapely.box(e, n, e + 20, n + 20)))
    assert (counted == 1).all()


def test_slanted_neighbours_share_no_cell_and_leave_none_out() -> None:
    rng = np.random.default_rng(3)
    dots = shapely.MultiPoint(rng.uniform((600_000, 1_200_000), (602_000, 1_202_000), (40, 2)))
    fans = shapely.get_parts(shapely.delaunay_triangles(dots))
    grid = Grid(BNG, 600_000.0, 1_202_000.0, 25.0, 80, 80)
    counted = np.zeros(grid.shape, np.int64)
    for triangle in fans:
        counted += whole(grid).inside(ring_segments(triangle))
    assert counted.max() == 1
    hull, clear = truly_inside(grid, objects([dots.convex_hull]))
    assert (counted[clear] == hull[clear]).all()


def test_no_polygons_hold_nothing() -> None:
    assert not whole(Grid(BNG, 0.0, 60.0, 10.0, 6, 6)).inside(ring_segments(objects([]))).any()


def test_shells_turn_one_way_and_holes_the_other_whichever_way_they_were_drawn() -> None:
    shell, hole = [(0, 0), (9, 0), (9, 9), (0, 9)], [(3, 3), (6, 3), (6, 6), (3, 6)]
    for polygon in (shapely.Polygon(shell, [hole]), shapely.Polygon(shell[::-1], [hole]), shapely.Polygon(shell, [hole[::-1]])):
        rings = ring_segments(polygon)
        doubled = rings[0] * rings[3] - rings[2] * rings[1]  # shoelace: twice the signed area
        assert abs(doubled.sum()) == 2 * (81 - 9)
