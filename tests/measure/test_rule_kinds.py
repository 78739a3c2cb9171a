"""Rules by range, class and share, rules that hold in a part only, forced inclusion: shapely, brute force, and what NaN means."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo_engine.errors import LayerError, StudyError
from geo_engine.measure import Places, PreparedRule, RuleData, prepare, prepare_rule
from geo_engine.measure.cover.shares import share_inside
from geo_engine.model import Constraint, Distance, Features, Grid, KeepClasses, KeepRange, KeepShare, RasterValue
from tests.measure.builders import BNG, ODD_SIDES, Float, at, by_tiles, centres, features, grids, line, positions, same_bits, whole

CELL = 10.0


def constant(*values: float) -> RuleData:
    """Stand for a measure that says these values, whatever the places."""

    def measure(places: Places) -> NDArray[np.float32]:
        return np.array(values, np.float32).reshape(places.shape)

    return RuleData(measure)


def ranged(low: float | None, high: float | None) -> Constraint:
    return Constraint("Slope", "things", KeepRange(low, high), measure=Distance(layer="things"))


def judged(rule: PreparedRule, where: Places) -> tuple[list[bool], list[bool]]:
    failed, unknown = rule.judge(where)
    assert unknown is not None
    assert rule(where).tolist() == failed.tolist()
    return failed.tolist(), unknown.tolist()


def polygons(*made: BaseGeometry, **columns: list[object]) -> Features:
    return features(list(made), columns, kind="polygons")


FIVE = at(*[(float(k), 0.0) for k in range(5)])


def test_a_range_keeps_both_its_ends_and_never_what_is_unknown() -> None:
    prepared = prepare_rule(ranged(2.0, 8.0), None, constant(2.0, 8.0, 8.1, np.nan, np.inf))
    assert judged(prepared, FIVE) == ([False, False, True, True, True], [False, False, False, True, False])


def test_a_range_with_one_end_keeps_all_on_the_other_side_the_unreachable_too_where_far_is_wanted() -> None:
    least = prepare_rule(ranged(2.0, None), None, constant(1.9, 2.0, 99.0, np.nan, np.inf))
    assert judged(least, FIVE)[0] == [True, False, False, True, False]
    most = prepare_rule(ranged(None, 0.1), None, constant(0.1, float(np.float32(0.1)), 0.11, -np.inf, np.inf))
    assert judged(most, FIVE)[0] == [False, False, True, False, True]  # 0.1 in float32 is more than 0.1, and is kept


def test_a_range_of_distance_is_a_ring_round_the_feature() -> None:

    things = features([shapely.Point(0, 0)])
    measure = Distance(layer="things")
    rule = Constraint("Ring", "things", KeepRange(100.0, 200.0), measure=measure)
    grid = Grid(BNG, -300.0, 300.0, CELL, 60, 60)
    found = prepare_rule(rule, None, RuleData(prepare(measure, things)))(whole(grid))
    e, n = centres(grid).coordinates()
    away = np.hypot(e, n)
    assert found.ravel().tolist() == ((away < 100.0) | (away > 200.0)).tolist()


@pytest.mark.parametrize(("refused", "failed"), [(False, [False, True, False, True, True]), (True, [True, False, True, False, True])])
def test_classes_of_a_raster_are_kept_or_refused_and_no_data_is_neither(*, refused: bool, failed: list[bool]) -> None:
    rule = Constraint("Cover", "things", KeepClasses((1, 3), refused), measure=RasterValue(layer="things"))
    found = judged(prepare_rule(rule, None, constant(1, 2, 3, 4, np.nan)), FIVE)
    assert found == (failed, [False, False, False, False, True])


def graded(keep: KeepClasses) -> PreparedRule:
    """Grades 1 (0 to 10), 2 (10 to 20), blank (20 to 30), and a piece of 2 over the middle of 1."""
    shapes = (shapely.box(0, 0, 10, 10), shapely.box(10, 0, 20, 10), shapely.box(20, 0, 30, 10), shapely.box(4, 4, 6, 6))
    return prepare_rule(Constraint("Land", "things", keep), polygons(*shapes, grade=[1, 2, None, 2], word=["a", "b", None, "b"]))


@pytest.mark.parametrize(
    ("keep", "failed"),
    [
        (KeepClasses((1,), column="grade"), [False, True, True, True, True]),
        (KeepClasses((1,), refused=True, column="grade"), [True, False, True, True, True]),
        (KeepClasses(("b",), column="word"), [True, False, True, True, True]),
        (KeepClasses(("a", "b"), column="word"), [False, False, True, True, False]),
    ],
)
def test_polygons_of_a_class_that_is_not_kept_win_and_no_polygon_or_a_blank_is_unknown(keep: KeepClasses, failed: list[bool]) -> None:
    where = at((2, 2), (15, 5), (25, 5), (99, 5), (5, 5))
    assert judged(graded(keep), where) == (failed, [False, False, True, True, False])


def test_a_class_column_that_is_not_there_is_an_error_with_the_nearest() -> None:
    with pytest.raises(LayerError, match=r"column 'grad' missing.*Did you mean 'grade'"):
        graded(KeepClasses((1,), column="grad"))


def shares_by_shapely(union: BaseGeometry, e: Float, n: Float, cell: float) -> Float:
    squares = shapely.box(e - cell / 2, n - cell / 2, e + cell / 2, n + cell / 2)
    return np.asarray(shapely.area(shapely.intersection(squares, union)) / cell**2)


def blobs(grid: Grid, e: Float, n: Float, corners: int) -> BaseGeometry:
    rng = np.random.default_rng(e.size + corners)
    radius = rng.uniform(0.1, 4.0, e.size) * grid.cell
    return shapely.union_all([shapely.Point(a, b).buffer(r, quad_segs=corners) for a, b, r in zip(e, n, radius, strict=True)])


@settings(max_examples=30)
@given(st.data(), st.sampled_from([2, 16, 200]))
def test_shares_equal_shapely_for_every_cell_and_are_the_same_bits_through_every_door(data: st.DataObject, corners: int) -> None:
    grid = data.draw(grids(most=12, cells=(30.0, 250.0)))
    e, n = data.draw(positions(grid, fewest=1, most=6))
    union = blobs(grid, e, n, corners)
    measure = share_inside(union, grid.cell)
    spots = centres(grid)
    found = measure(whole(grid))
    assert np.allclose(found.ravel(), shares_by_shapely(union, spots.eastings, spots.northings, grid.cell), atol=1e-9)
    assert same_bits(measure(spots).reshape(grid.shape), found)
    for side in ODD_SIDES:
        assert same_bits(by_tiles(grid, side, measure), found)


def test_shares_of_all_cells_add_up_to_the_area_of_a_shape_with_thousands_of_corners() -> None:
    shape = shapely.Point(503.0, 497.0).buffer(300.0, quad_segs=2_000).difference(shapely.box(450, 450, 550, 520))
    grid = Grid(BNG, 0.0, 1_000.0, CELL, 100, 100)
    assert share_inside(shape, CELL)(whole(grid)).sum() * CELL**2 == pytest.approx(shape.area, rel=1e-12)


@pytest.mark.parametrize(
    ("keep", "failed"),
    [
        (KeepShare(0.8), [False, True, True, True]),
        (KeepShare(0.25), [False, False, False, True]),
        (KeepShare(1.0), [False, True, True, True]),
        (KeepShare(0.5, "outside"), [True, False, False, False]),
        (KeepShare(1.0, "outside"), [True, True, True, False]),
    ],
)
def test_a_cell_passes_with_its_least_share_exactly(keep: KeepShare, failed: list[bool]) -> None:
    # squares of 10 m about: the middle; the edge, so a half; the corner, so a quarter; 5 m off, so that only edges touch
    rule = prepare_rule(Constraint("Parks", "things", keep), polygons(shapely.box(0, 0, 100, 100)), RuleData(cell=CELL))
    assert rule(at((50, 50), (0, 50), (0, 0), (-5, 50))).tolist() == failed


def test_a_share_of_nothing_keeps_no_cell_inside_and_every_cell_outside() -> None:
    grid = Grid(BNG, 0.0, 30.0, CELL, 3, 4)
    for keep, fails in ((KeepShare(0.1), True), (KeepShare(1.0, "outside"), False)):
        assert (prepare_rule(Constraint("Parks", "things", keep), polygons(), RuleData(cell=CELL))(whole(grid)) == fails).all()


def test_outside_the_extent_a_rule_is_not_tested_and_nothing_is_unknown() -> None:
    extent = polygons(shapely.box(-1, -1, 2.5, 1))
    held = RuleData(constant(9.0, 1.0, np.nan, 9.0, np.nan).measure, extent)
    prepared = prepare_rule(Constraint("Slope", "things", KeepRange(None, 8.0), measure=Distance(layer="things")), None, held)
    assert judged(prepared, FIVE) == ([True, False, True, False, False], [False, False, True, False, False])


def test_a_rule_fails_in_its_extent_what_it_fails_without_one_there() -> None:
    grid = Grid(BNG, 0.0, 500.0, CELL, 50, 50)
    park, extent = polygons(shapely.box(100, 100, 300, 300)), polygons(shapely.Point(300, 300).buffer(120))
    rule = Constraint("Parks", "things", "outside", 50.0)
    everywhere, there = prepare_rule(rule, park)(whole(grid)), prepare_rule(rule, park, RuleData(extent=extent))(whole(grid))
    e, n = centres(grid).coordinates()
    inside = shapely.contains_xy(extent.geometry[0], e, n).reshape(grid.shape)
    assert there.tolist() == (everywhere & inside).tolist()
    assert there.any()
    assert (everywhere & ~there).any()


def test_a_forced_inclusion_holds_land_in_its_features_and_up_to_its_buffer() -> None:
    rule = Constraint("Zone", "things", "inside", 5.0, force=True)
    prepared = prepare_rule(rule, polygons(shapely.box(0, 0, 10, 10)))
    assert prepared(at((5, 5), (15, 5), (15.1, 5), (-99, 5))).tolist() == [True, True, False, False]


@pytest.mark.parametrize(
    ("rule", "data", "more", "said"),
    [
        (Constraint("S", "things", KeepShare(0.5)), features([line((0, 0), (1, 1))], kind="lines"), RuleData(cell=1.0), "needs polygons"),
        (Constraint("C", "things", KeepClasses((1,), column="k")), features([shapely.Point(0, 0)]), RuleData(), "needs polygons"),
        (Constraint("R", "things", KeepRange(0, 1)), None, RuleData(), "needs the features of its layer, or a measure"),
        (Constraint("I", "things", "inside", measure=Distance(layer="things")), None, constant(1.0), "keeps a range or classes"),
        (Constraint("O", "things", "outside"), polygons(), RuleData(extent=features([shapely.Point(0, 0)])), "only_in needs polygons"),
    ],
)
def test_data_that_do_not_fit_the_rule_are_an_error(rule: Constraint, data: Features | None, more: RuleData, said: str) -> None:
    with pytest.raises(StudyError, match=said):
        prepare_rule(rule, data, more)
