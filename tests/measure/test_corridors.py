"""Corridors: surfaces and routes that can be worked out in the head, lines that nothing crosses unseen, windows against the whole."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry.base import BaseGeometry

from geo_engine.errors import LayerError, StudyError
from geo_engine.measure import PreparedConnection, corridors, find_corridor, prepare_connection
from geo_engine.measure.corridors import cost_surface
from geo_engine.model import Connection, Corridor, CostRow, Features, GeometryKind, Grid, Multiplier, NoCorridor, PeopleDisc
from tests.measure.builders import BNG, dots, features, line, whole

LAND = shapely.box(-20_000, -20_000, 20_000, 20_000)
OVERHEAD = CostRow("Overhead line", 2.0, 4.0, "building", "a study", 2012)
SITE = shapely.box(0, 0, 200, 200)
KINDS: dict[str, GeometryKind] = {"Point": "points", "LineString": "lines", "Polygon": "polygons"}


def ready(
    targets: Sequence[tuple[float, float]],
    *rules: tuple[float, BaseGeometry, float | PeopleDisc],
    land: BaseGeometry = LAND,
    costs: tuple[CostRow, ...] = (OVERHEAD,),
    cell: float = 100.0,
    within: float = 5_000.0,
    best_of: int = 5,
) -> PreparedConnection:
    """Prepare a connection to substations S1, S2, ... with multipliers M1, M2, ... of one shape each."""
    where = np.array(targets, np.float64).reshape(-1, 2)
    names = [f"S{number}" for number in range(1, len(where) + 1)]
    data: dict[tuple[str, str | None], Features] = {
        ("stations", None): features(dots(where[:, 0], where[:, 1]), {"name": names}, name="stations", label="name")
    }
    multipliers = []
    for number, (factor, shape, buffer) in enumerate(rules, start=1):
        data[f"layer{number}", None] = features([shape], {"people": [5_000]}, name=f"layer{number}", kind=KINDS[shape.geom_type])
        multipliers.append(Multiplier(f"M{number}", f"layer{number}", factor, buffer=buffer))
    connection = Connection("stations", None, cell, within, best_of, "GBP million" if costs else "", tuple(multipliers), costs)
    return prepare_connection(connection, data, land, BNG)


def found(prepared: PreparedConnection, site: BaseGeometry = SITE) -> Corridor:
    answer = find_corridor(prepared, "A", site)
    assert isinstance(answer, Corridor), answer
    return answer


def reason(prepared: PreparedConnection, site: BaseGeometry = SITE) -> str:
    answer = find_corridor(prepared, "A", site)
    assert isinstance(answer, NoCorridor), answer
    assert answer.site_id == "A"
    return answer.reason


# ---------------------------------------------------------------------------------------------- the surface


def test_factors_that_hold_together_are_multiplied_and_barriers_close() -> None:
    rules = [(factor, shapely.box(west, 0, east, 100), 0.0) for factor, west, east in ((3.0, 0, 200), (2.0, 100, 300), (np.inf, 300, 400))]
    prepared = ready([(0, 0)], *rules, land=shapely.box(0, 0, 500, 100))
    surface = cost_surface(prepared, whole(Grid(BNG, 0.0, 100.0, 100.0, 1, 6)))
    assert surface.open.tolist() == [[3.0, 6.0, 2.0, 1.0, 1.0, 1.0]]
    assert surface.closed.tolist() == [[False, False, False, True, False, True]]  # a barrier, and what is off the land


def test_a_polygon_takes_the_cells_whose_centre_it_holds_and_a_buffer_widens_it() -> None:
    grid = Grid(BNG, 0.0, 100.0, 100.0, 1, 4)
    park = shapely.box(40, 0, 151, 100)
    assert cost_surface(ready([(0, 0)], (2.0, park, 0.0)), whole(grid)).open.tolist() == [[2.0, 2.0, 1.0, 1.0]]
    assert cost_surface(ready([(0, 0)], (2.0, park, 99.0)), whole(grid)).open.tolist() == [[2.0, 2.0, 2.0, 1.0]]


def test_a_radius_by_people_makes_a_disc() -> None:
    """5,000 people at 5,000 a square kilometre over pi: a radius of one kilometre."""
    prepared = ready([(0, 0)], (4.0, shapely.Point(50, 50), PeopleDisc("people", 5_000e-6 / np.pi)))
    surface = cost_surface(prepared, whole(Grid(BNG, 0.0, 100.0, 100.0, 1, 15)))
    assert surface.open.tolist() == [[4.0] * 10 + [surface.open[0, 10]] + [1.0] * 4]


coordinate = st.integers(0, 40).map(lambda quarter: quarter * 25.0)


@settings(max_examples=60)
@given(coordinate, coordinate, coordinate, coordinate)
def test_a_line_takes_every_cell_that_it_touches_and_none_that_is_far(a: float, b: float, c: float, d: float) -> None:
    road = line((a, b), (c, d + 1.0))
    grid = Grid(BNG, 0.0, 1_000.0, 100.0, 10, 10)
    marked = cost_surface(ready([(0, 0)], (2.0, road, 0.0)), whole(grid)).holds[0]
    for row in range(10):
        for col in range(10):
            west, north = col * 100.0, 1_000.0 - row * 100.0
            box = shapely.box(west, north - 100, west + 100, north)
            assert marked[row, col] or not box.intersects(road)
            assert not marked[row, col] or shapely.Point(west + 50, north - 50).distance(road) <= 50 * np.sqrt(2) + 1e-4


# ---------------------------------------------------------------------------------------------- routes


def test_over_even_land_the_route_is_read_off() -> None:
    """From the centre of the site's cell at 150, 150: five cells east and one north are a knight's move and three steps."""
    corridor = found(ready([(680, 250)]))
    assert corridor.target == "S1"
    assert corridor.length_m == pytest.approx(100 * (np.sqrt(5) + 3) + 30)
    assert corridor.weighted_m == corridor.length_m
    assert corridor.straight_m == pytest.approx(np.hypot(480, 50))
    assert (corridor.cost_low, corridor.cost_high) == pytest.approx((2 * corridor.length_m / 1000, 4 * corridor.length_m / 1000))
    assert (corridor.currency, corridor.costs, corridor.crosses, corridor.remark) == ("GBP million", (OVERHEAD,), (), "")
    assert shapely.get_coordinates(corridor.geometry)[0].tolist() == [150, 150]
    assert shapely.get_coordinates(corridor.geometry)[-1].tolist() == [680, 250]
    assert len(shapely.get_coordinates(corridor.geometry)) == 4  # two directions and the leg to the point: steps in line are one


def test_a_multiplier_counts_on_the_metres_within_it() -> None:
    """Straight east through a park of three cells: 700 m and 300 m of them three times."""
    corridor = found(ready([(850, 150)], (3.0, shapely.box(210, -9_000, 510, 9_000), 0.0)))
    assert (corridor.length_m, corridor.weighted_m) == pytest.approx((700, 700 + 2 * 300))
    assert dict(corridor.crosses) == pytest.approx({"M1": 300})
    assert (corridor.cost_low, corridor.cost_high) == pytest.approx((2.6, 5.2))


def test_rows_of_cost_are_added_up_and_a_study_may_give_none() -> None:
    both = found(ready([(650, 150)], costs=(OVERHEAD, CostRow("Consents", 0.5, 1.0, "law", "judgement", 2020))))
    assert (both.cost_low, both.cost_high) == pytest.approx((0.5 * 2.5, 0.5 * 5.0))
    none = found(ready([(650, 150)], costs=()))
    assert (none.cost_low, none.cost_high, none.currency, none.costs) == (None, None, "", ())


def test_the_best_target_is_the_cheapest_to_reach_among_the_nearest() -> None:
    park = (50.0, shapely.box(250, -9_000, 450, 9_000), 0.0)
    targets = [(650, 150), (-950, 150)]  # 450 m off through the park, 950 m off in the open
    assert found(ready(targets, park)).target == "S2"
    assert found(ready(targets, park, best_of=1)).target == "S1"
    assert found(ready(targets, park, within=900.0)).target == "S1"


def test_a_cheaper_target_or_a_detour_far_outside_the_first_window_is_found() -> None:
    """The nearest stands 400 m off behind a wall of factor 40; the first window ends 1,000 m from the area."""
    wall = (40.0, shapely.box(300, -9_000, 500, 9_000), 0.0)
    assert found(ready([(650, 150), (-3_850, 150)], wall)).target == "S2"  # 4,000 m against 300 and 200 at 40 times
    gate = (40.0, shapely.box(300, -9_000, 500, 2_500), 0.0)
    around = found(ready([(650, 150)], gate))
    assert around.crosses == ()
    assert around.length_m > 4_500
    assert shapely.bounds(around.geometry)[3] > 2_500


def test_a_target_in_the_area_is_joined_from_its_cell() -> None:
    corridor = found(ready([(160, 150)]))
    assert (corridor.length_m, corridor.straight_m) == (10, 0)
    assert found(ready([(150, 150)])).length_m == 0


def test_an_area_smaller_than_a_cell_begins_in_the_cell_that_holds_it() -> None:
    corridor = found(ready([(550, 50)]), shapely.box(10, 10, 20, 20))
    assert corridor.length_m == 500


def test_positions_carry_their_accuracy() -> None:
    assert np.isnan(found(ready([(650, 150)])).accuracy_m)


# ---------------------------------------------------------------------------------------------- barriers


def test_a_chain_of_closed_squares_that_touch_at_corners_does_not_leak() -> None:
    """The squares are cells on a diagonal: eight neighbours would slip between them. The land ends where the chain does."""
    chain = shapely.union_all([shapely.box(k * 100, 1_000 - (k + 1) * 100, (k + 1) * 100, 1_000 - k * 100) for k in range(10)])
    squares = [shapely.box(*part.bounds) for part in shapely.get_parts(chain)]
    data: dict[tuple[str, str | None], Features] = {
        ("stations", None): features([shapely.Point(950, 950)], {"name": ["S1"]}, name="stations", label="name"),
        ("wall", None): features(squares, name="wall", kind="polygons"),
    }
    connection = Connection("stations", within=5_000.0, multipliers=(Multiplier("Wall", "wall", np.inf),))
    land = shapely.box(0, 0, 1_000, 1_000)
    assert reason(prepare_connection(connection, data, land, BNG)) == "no way over open land within 5 km to S1"
    data["wall", None] = features(squares[1:], name="wall", kind="polygons")
    assert found(prepare_connection(connection, data, land, BNG)).length_m > 1_000


@settings(max_examples=40)
@given(st.floats(-900, 1_900), st.floats(-900, 1_900))
def test_no_route_crosses_a_line_that_is_a_barrier(left: float, right: float) -> None:
    """A straight line over the whole land, anyhow inclined, between the area in the south and the substation in the north."""
    wall = line((-2_000, left + 2_000), (3_000, right + 2_000))
    land = shapely.box(-2_000, -1_000, 3_000, 5_000)
    assert reason(ready([(500, 4_950)], (np.inf, wall, 0.0), land=land)).startswith("no way over open land")
    crossed = found(ready([(500, 4_950)], (9.0, wall, 0.0), land=land))
    assert crossed.crosses[0][1] >= 100  # a cell's width at least
    assert shapely.crosses(crossed.geometry, wall)


def test_a_detour_leads_around_a_barrier() -> None:
    corridor = found(ready([(850, 150)], (np.inf, shapely.box(300, -200, 500, 900), 0.0)))
    assert corridor.length_m > 900
    assert not corridor.geometry.intersects(shapely.box(301, -199, 499, 899))


def test_off_the_land_no_line_runs() -> None:
    islands = shapely.MultiPolygon([shapely.box(-1_000, -1_000, 400, 1_000), shapely.box(600, -1_000, 2_000, 1_000)])
    assert reason(ready([(850, 150)], land=islands)) == "no way over open land within 5 km to S1"
    bridged = islands.union(shapely.box(300, 700, 700, 900))
    assert found(ready([(850, 150)], land=bridged)).length_m > 1_400


def test_a_target_in_a_barrier_is_reached_by_opening_its_cell_and_the_reader_is_told() -> None:
    town = (np.inf, shapely.box(600, 100, 700, 200), 0.0)
    corridor = found(ready([(650, 150)], town))
    assert corridor.remark == "S1 stands where no line may run; its cell was opened to end in"
    assert corridor.length_m == corridor.weighted_m == 500
    assert dict(corridor.crosses) == pytest.approx({"M1": 50})
    assert reason(ready([(650, 150)], (np.inf, shapely.box(400, -100, 900, 400), 0.0))).startswith("no way")  # one cell, no more
    pier = found(ready([(450, 150)], land=shapely.box(-500, -500, 400, 500)))  # the substation stands one cell off the coast
    assert pier.remark


def test_the_area_s_own_cells_are_open_whatever_rules_hold_there() -> None:
    assert found(ready([(650, 150)], (np.inf, shapely.box(0, 0, 200, 200), 0.0))).length_m == 500


# ---------------------------------------------------------------------------------------------- limits and faults


def test_nothing_near_is_said_with_the_nearest() -> None:
    assert reason(ready([(9_200, 100), (10_000, 0)])) == "nothing to join to within 5 km: the nearest, S1, is 9.0 km away"
    assert reason(ready([])) == "'stations' has nothing to join to"


def test_targets_are_points_and_people_a_number() -> None:
    data: dict[tuple[str, str | None], Features] = {("a", None): features([line((0, 0), (1, 1))], name="a", kind="lines")}
    with pytest.raises(StudyError, match="needs points to join to"):
        prepare_connection(Connection("a"), data, LAND, BNG)
    with pytest.raises(LayerError, match="column 'folk' missing"):
        ready([(0, 0)], (2.0, shapely.Point(0, 0), PeopleDisc("folk", 1.0)))


# ---------------------------------------------------------------------------------------------- properties


boxes = st.tuples(st.integers(-25, 25), st.integers(-25, 25), st.integers(1, 20), st.integers(1, 20)).map(
    lambda b: shapely.box(b[0] * 100 + 13, b[1] * 100 + 17, (b[0] + b[2]) * 100 + 13, (b[1] + b[3]) * 100 + 17)
)
spots = st.lists(st.tuples(st.integers(-2_900, 2_900), st.integers(-2_900, 2_900)), min_size=1, max_size=4)


@settings(max_examples=40)
@given(spots, boxes, st.sampled_from([0.25, 0.7, 3.0, 20.0]))
def test_weighted_metres_are_the_metres_and_what_the_multiplier_adds(
    targets: list[tuple[int, int]], shape: BaseGeometry, factor: float
) -> None:
    corridor = found(ready(targets, (factor, shape, 0.0)))
    within = sum(metres for _, metres in corridor.crosses)
    assert corridor.weighted_m == pytest.approx(corridor.length_m + (factor - 1) * within)
    assert corridor.length_m == pytest.approx(corridor.geometry.length)
    assert shapely.intersection(corridor.geometry, shapely.buffer(shape, 71)).length >= within - 1e-6


@settings(max_examples=40)
@given(spots, boxes, boxes, st.sampled_from([0.2, 6.0, 40.0, np.inf]))
def test_growing_windows_give_the_route_of_the_whole(
    targets: list[tuple[int, int]], one: BaseGeometry, other: BaseGeometry, factor: float
) -> None:
    prepared = ready(targets, (factor, one, 0.0), (9.0, other, 0.0), within=4_000.0)
    with pytest.MonkeyPatch.context() as patch:
        grown = find_corridor(prepared, "A", SITE)
        patch.setattr(corridors, "_LEAST_WINDOW", 1_000)
        at_once = find_corridor(prepared, "A", SITE)
    if isinstance(grown, NoCorridor) or isinstance(at_once, NoCorridor):
        assert grown == at_once
    else:
        assert (grown.target, grown.weighted_m, grown.crosses) == (at_once.target, at_once.weighted_m, at_once.crosses)
        assert grown.geometry.equals_exact(at_once.geometry)
