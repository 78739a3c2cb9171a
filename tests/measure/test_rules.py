"""Keep rules: shapely's buffers, exact distances, and discs that can be worked out in the head."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry.base import BaseGeometry

from geo_engine.errors import LayerError, StudyError
from geo_engine.measure import distance_to, prepare_rule
from geo_engine.model import Constraint, Features, Grid, PeopleDisc
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
    line,
    point_features,
    positions,
    same_bits,
    whole,
)

PARK = shapely.box(1_000, 1_000, 2_000, 2_000)


def outside(buffer: float | PeopleDisc = 0.0) -> Constraint:
    return Constraint("Parks", "things", "outside", buffer)


def inside(buffer: float = 0.0) -> Constraint:
    return Constraint("Land", "things", "inside", buffer)


def polygons(*made: BaseGeometry) -> Features:
    return features(list(made), kind="polygons")


def middles(grid: Grid) -> tuple[Float, Float]:
    places = centres(grid)
    return places.eastings, places.northings


def test_outside_fails_in_the_polygon_and_up_to_the_buffer_from_it_the_edge_included() -> None:
    rule = prepare_rule(outside(250.0), polygons(PARK))
    where = at((1_500, 1_500), (2_250, 1_500), (2_250.1, 1_500), (2_150, 2_200), (2_150, 2_200.1), (2_249, 2_249))
    assert rule(where).tolist() == [True, True, False, True, False, False]  # 150 and 200 from the corner are 250; the corner is round
    assert rule(where).dtype == np.bool_


def test_inside_fails_off_the_polygon_and_nearer_than_the_buffer_to_its_edge() -> None:
    rule = prepare_rule(inside(250.0), polygons(PARK))
    where = at((1_500, 1_500), (1_250, 1_500), (1_249.9, 1_500), (999, 1_500), (5_000, 5_000), (1_250, 1_250))
    assert rule(where).tolist() == [False, False, True, True, True, False]


def test_inside_measures_from_the_edge_of_the_union_not_from_borders_within() -> None:
    west, east = shapely.box(0, 0, 1_000, 1_000), shapely.box(1_000, 0, 2_000, 1_000)
    rule = prepare_rule(inside(100.0), polygons(west, east))
    assert rule(at((1_000, 500), (1_050, 500), (1_050, 50), (50, 500), (1_950, 500))).tolist() == [False, False, True, True, True]


def test_an_overlap_is_inside_for_both_rules() -> None:
    overlapping = polygons(shapely.box(0, 0, 300, 300), shapely.box(200, 200, 500, 500))
    where = at((250, 250), (100, 100), (400, 100))
    assert prepare_rule(outside(), overlapping)(where).tolist() == [True, True, False]
    assert prepare_rule(inside(), overlapping)(where).tolist() == [False, False, True]


def test_a_lake_in_the_land_is_not_land_and_its_shore_has_a_buffer() -> None:
    land = shapely.difference(shapely.box(0, 0, 1_000, 1_000), shapely.box(400, 400, 600, 600))
    rule = prepare_rule(inside(50.0), polygons(land))
    assert rule(at((500, 500), (370, 500), (340, 500))).tolist() == [True, True, False]


@settings(max_examples=30)
@given(st.data(), st.sampled_from([0.0, 0.5, 2.0, 7.0]))
def test_both_rules_equal_shapely_buffers_for_every_tile_size_and_door(data: st.DataObject, cells: float) -> None:
    grid = data.draw(grids(most=14, cells=(30.0, 250.0)))
    e, n = data.draw(positions(grid, fewest=4, most=9))
    rng = np.random.default_rng(e.size)
    shapes = [
        shapely.box(a - w, b - h, a + w, b + h)
        for a, b, w, h in zip(e, n, rng.uniform(0.2, 9.0, e.size) * grid.cell, rng.uniform(0.2, 9.0, e.size) * grid.cell, strict=True)
    ]
    buffer = cells * grid.cell
    union = shapely.union_all(shapes)
    spots = shapely.points(*middles(grid))
    clear = (np.abs(shapely.distance(spots, union) - buffer) > 1e-3) & (np.abs(shapely.distance(spots, union.boundary) - buffer) > 1e-3)
    clear &= shapely.distance(spots, union.boundary) > 1e-6
    for rule, failed in (
        (outside(buffer), shapely.distance(spots, union) <= buffer),
        (inside(buffer), ~shapely.contains(union, spots) | (shapely.distance(spots, union.boundary) < buffer)),
    ):
        prepared = prepare_rule(rule, polygons(*shapes))
        found = prepared(whole(grid))
        assert (found.ravel() == failed)[clear].all()
        assert same_bits(prepared(centres(grid)).reshape(grid.shape), found)
        for side in ODD_SIDES:
            assert same_bits(by_tiles(grid, side, prepared), found)


def test_the_area_that_fails_is_the_area_of_the_buffer() -> None:
    # A park of 1 km and 500 m round it: 1 + 4 * 0.5 + pi / 4 square kilometres, in cells of 10 m.
    rule = prepare_rule(outside(500.0), polygons(PARK))
    found = rule(whole(Grid(BNG, 0.0, 3_000.0, 10.0, 300, 300)))
    assert found.sum() * 100.0 == pytest.approx(1e6 * (3.0 + np.pi / 4), rel=2e-3)
    drawn = shapely.buffer(PARK, 500.0, quad_segs=400)
    assert found.sum() * 100.0 == pytest.approx(drawn.area, rel=2e-3)


@settings(max_examples=25)
@given(st.data(), st.floats(0.0, 20.0))
def test_stopping_early_at_the_buffer_gives_the_mask_of_the_full_distance(data: st.DataObject, cells: float) -> None:
    grid = data.draw(grids())
    e, n = data.draw(positions(grid, fewest=2, most=9))
    roads = features([shapely.LineString(np.column_stack([e, n])), *dots(e + grid.cell, n)], kind="lines")
    buffer = cells * grid.cell
    full = distance_to(roads)(whole(grid)) <= np.float32(buffer)
    assert same_bits(prepare_rule(outside(buffer), roads)(whole(grid)), full)


def test_a_wide_buffer_ends_at_the_same_float32_through_both_doors() -> None:
    # 50 km and 1.5 mm are 50 km in float32, whether or not the tile may stop looking at 50 km.
    rule = prepare_rule(outside(50_000.0), features([line((0, 0), (0, 10))], kind="lines"))
    grid = Grid(BNG, 49_999.5015, 5.5, 1.0, 1, 1)
    e, n = middles(grid)
    assert 0.001 < float(e[0]) - 50_000.0 < 0.002
    assert rule(whole(grid)).ravel().tolist() == rule(at((float(e[0]), float(n[0])))).tolist()


def test_six_thousand_pi_people_at_six_thousand_a_square_kilometre_fill_a_disc_of_one_kilometre() -> None:
    town = point_features(np.array([0.0]), np.array([0.0]), {"population": [6_000 * np.pi]})
    rule = prepare_rule(outside(PeopleDisc("population", 6_000 / 1e6)), town)
    assert rule(at((999.99, 0), (1_000.01, 0), (600, 799.9), (600, 800.1))).tolist() == [True, False, True, False]


def test_discs_grow_with_the_root_of_people_and_overlap_without_a_gap() -> None:
    towns = point_features(np.array([0.0, 2_500.0]), np.zeros(2), {"population": [6_000 * np.pi, 4 * 6_000 * np.pi]})
    rule = prepare_rule(outside(PeopleDisc("population", 0.006)), towns)
    assert rule(at((750, 0), (-990, 0), (-1_010, 0), (4_490, 0), (4_510, 0))).tolist() == [True, True, False, True, False]
    grid = Grid(BNG, -2_000.0, 2_500.0, 100.0, 50, 70)
    east, north = middles(grid)
    truth = (np.hypot(east, north) <= 1_000) | (np.hypot(east - 2_500, north) <= 2_000)
    assert rule(whole(grid)).ravel().tolist() == truth.tolist()


@pytest.mark.parametrize(
    ("rule", "data", "said"),
    [
        (
            Constraint("Towns", "things", "inside", PeopleDisc("people", 0.006)),
            point_features(np.zeros(1), np.zeros(1)),
            "needs keep = 'outside'",
        ),
        (outside(PeopleDisc("population", 0.006)), polygons(PARK), "a buffer by people needs keep = 'outside' and points"),
        (inside(), features([line((0, 0), (1, 1))], kind="lines"), "keep = 'inside' needs polygons"),
    ],
)
def test_geometry_that_does_not_fit_the_rule_is_an_error(rule: Constraint, data: Features, said: str) -> None:
    with pytest.raises(StudyError, match=said):
        prepare_rule(rule, data)


def test_a_blank_population_is_an_error_that_names_the_town() -> None:
    towns = features([shapely.Point(0, 0)], {"name": ["Ely"], "population": [None]}, name="towns", label="name")
    with pytest.raises(LayerError, match=r"towns: column 'population' is blank in 1 rows\. Found: Ely"):
        prepare_rule(outside(PeopleDisc("population", 0.006)), towns)


def test_with_nothing_to_be_inside_of_every_place_fails_and_with_nothing_to_avoid_none_does() -> None:
    grid = Grid(BNG, 0.0, 30.0, 10.0, 3, 4)
    for buffer in (0.0, 100.0):
        assert prepare_rule(inside(buffer), polygons())(whole(grid)).all()
        assert not prepare_rule(outside(buffer), polygons())(whole(grid)).any()
