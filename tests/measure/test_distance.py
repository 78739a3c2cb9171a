"""The distance measure: points, lines, polygons and mixtures of them against shapely, through both doors."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo_engine.errors import LayerError
from geo_engine.measure import distance_to, prepare
from geo_engine.model import Distance, Features, Grid
from tests.measure.builders import (
    BNG,
    ODD_SIDES,
    Float,
    at,
    by_tiles,
    centres,
    dots,
    features,
    grids,
    in_cells,
    line,
    positions,
    same_bits,
    whole,
    within_a_micrometre,
)


def by_shapely(grid: Grid, data: Features) -> Float:
    places = centres(grid)
    spots = shapely.points(places.eastings, places.northings)
    away: Float = np.stack([shapely.distance(spots, one) for one in data.geometry])
    return np.asarray(away.min(axis=0).reshape(grid.shape), dtype=np.float64)


@st.composite
def boxes(draw: st.DrawFn, grid: Grid) -> BaseGeometry:
    """A rectangle, often with edges through cell centres; some with a hole, some turned to a slant."""
    x, y = draw(in_cells()), draw(in_cells())
    size = st.one_of(st.integers(1, 60).map(lambda quarter: quarter / 4), st.floats(0.1, 40.0))
    width, height = draw(size), draw(size)
    west, north = grid.west + x * grid.cell, grid.north - y * grid.cell
    shape: BaseGeometry = shapely.box(west, north - height * grid.cell, west + width * grid.cell, north)
    if draw(st.booleans()):
        shape = shapely.difference(shape, shapely.affinity.scale(shape, 0.5, 0.5))
    return shapely.affinity.rotate(shape, draw(st.sampled_from([0.0, 0.0, 30.0])))


@st.composite
def mixtures(draw: st.DrawFn, grid: Grid) -> Features:
    """Points, lines, rings, polygons with holes, parts in one feature: overlapping, touching, off the grid."""
    e, n = draw(positions(grid, fewest=3, most=8))
    xy = np.column_stack([e, n])
    made: list[BaseGeometry] = []
    kinds = draw(st.sets(st.sampled_from(["points", "lines", "polygons", "parts"]), min_size=1))
    if "points" in kinds:
        made += dots(e, n)
    if "lines" in kinds:
        made += [shapely.LineString(xy), shapely.LinearRing(xy)]
    polygons = [draw(boxes(grid)) for _ in range(3)]
    if "polygons" in kinds:
        made += polygons
    if "parts" in kinds:
        made += [shapely.MultiLineString([xy[:2], xy[1:3]]), shapely.union_all(polygons), shapely.MultiPoint(xy)]
    return features(made, kind="polygons")


def test_three_by_four_cells_around_a_square_with_a_hole() -> None:
    # Cells of 10 m; the polygon covers columns 1 to 3 of all three rows but for the cell in its middle.
    ring = shapely.Polygon([(10, 0), (40, 0), (40, 30), (10, 30)], [[(20, 10), (30, 10), (30, 20), (20, 20)]])
    measure = prepare(Distance(layer="things"), features([ring], kind="polygons"))
    assert measure(whole(Grid(BNG, 0.0, 30.0, 10.0, 3, 4))).tolist() == [[5, 0, 0, 0], [5, 0, 5, 0], [5, 0, 0, 0]]
    assert measure(at((5.0, 25.0), (25.0, 15.0), (22.0, 15.0), (44.0, 33.0))).tolist() == [5.0, 5.0, 2.0, 5.0]


@settings(max_examples=40)
@given(st.data())
def test_any_mixture_equals_shapely_for_every_tile_size_and_door(data: st.DataObject) -> None:
    grid = data.draw(grids(most=16))
    mixture = data.draw(mixtures(grid))
    measure = prepare(Distance(layer="things"), mixture)
    found = measure(whole(grid))
    within_a_micrometre(found, by_shapely(grid, mixture))
    assert same_bits(measure(centres(grid)).reshape(grid.shape), found)
    for side in ODD_SIDES:
        assert same_bits(by_tiles(grid, side, measure), found)


@settings(max_examples=20)
@given(st.data())
def test_the_order_of_features_changes_no_bit(data: st.DataObject) -> None:
    grid = data.draw(grids(most=16))
    mixture = data.draw(mixtures(grid))
    order = np.random.default_rng(len(mixture)).permutation(len(mixture))
    turned = features(list(mixture.geometry[order]), kind="polygons")
    assert same_bits(distance_to(turned)(whole(grid)), distance_to(mixture)(whole(grid)))


def test_polygons_that_touch_or_overlap_leave_no_distance_between_them() -> None:
    touching = features([shapely.box(0, 0, 25, 30), shapely.box(25, 0, 60, 30), shapely.box(40, 10, 90, 20)], kind="polygons")
    found = distance_to(touching)(whole(Grid(BNG, 0.0, 30.0, 10.0, 3, 9)))
    assert found[:, :6].tolist() == [[0.0] * 6] * 3
    assert found[:, 6:].tolist() == [[5, 5, 5], [0, 0, 0], [5, 5, 5]]


def test_a_line_through_a_cell_centre_is_at_no_distance_and_a_closed_line_has_no_inside() -> None:
    ring = features([line((5, 5), (45, 5), (45, 45), (5, 45), (5, 5))], kind="lines")
    found = distance_to(ring)(whole(Grid(BNG, 0.0, 50.0, 10.0, 5, 5)))
    assert found.tolist() == [[0, 0, 0, 0, 0], [0, 10, 10, 10, 0], [0, 10, 20, 10, 0], [0, 10, 10, 10, 0], [0, 0, 0, 0, 0]]


def test_every_point_of_a_multi_point_counts() -> None:
    pair = features([shapely.MultiPoint([(0, 0), (100, 0)])])
    assert distance_to(pair)(at((90.0, 0.0), (-3.0, 4.0))).tolist() == [10.0, 5.0]


def test_a_collection_is_an_error_not_a_feature_that_is_passed_over() -> None:
    mixed = shapely.GeometryCollection([shapely.Point(0, 0), line((5, 5), (9, 9))])
    with pytest.raises(LayerError, match=r"things: holds collections of geometries\. Allowed: points, lines or polygons"):
        distance_to(features([shapely.Point(1, 1), mixed]))


def test_no_features_are_infinitely_far() -> None:
    measure = distance_to(features([]))
    assert np.isinf(measure(whole(Grid(BNG, 0.0, 50.0, 10.0, 5, 4)))).all()
    assert measure(at((1.0, 2.0))).tolist() == [np.inf]


def test_a_facility_five_hundred_kilometres_off_is_exact_to_the_last_place_of_float32() -> None:
    found = distance_to(features([shapely.Point(300_000.0, 400_000.0)]))(at((600_000.0, 800_000.0)))
    assert found.tolist() == [500_000.0]


@settings(max_examples=25)
@given(st.data(), st.floats(0.0, 30.0))
def test_a_limit_changes_no_distance_up_to_it(data: st.DataObject, cells: float) -> None:
    grid = data.draw(grids(most=16))
    mixture = data.draw(mixtures(grid))
    limit = cells * grid.cell
    full, cut = distance_to(mixture)(whole(grid)), distance_to(mixture, limit=limit)(whole(grid))
    near: NDArray[np.bool_] = full <= np.float32(limit)
    assert same_bits(cut[near], full[near])
    assert (cut[~near] > np.float32(limit)).all()
