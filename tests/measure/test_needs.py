"""What is there of a need: by hand at points, and the surface against the points, straight and over a network."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from geo_engine.errors import LayerError
from geo_engine.measure import PointPlaces, Stock, prepare_need
from geo_engine.model import Access, Decay, Features, NeedTest, RasterValue, SumWithin, Supply
from tests.measure.builders import Float, NoWindows, at, features, layer, line, point_features, roads, travel

NAN = float("nan")
WAY = ("roads", "lorry")


def straight(*, best: bool, covers: bool = False, each: float = 1.0, within: float = 1_000.0) -> NeedTest:
    measure = SumWithin(layer="things", size="mva", within=within)
    return NeedTest(measure, best, each, ("area", None) if covers else None)


def stations(eastings: Sequence[float], figures: Sequence[float | None]) -> Features:
    made = point_features(np.array(eastings, np.float64), np.zeros(len(eastings)), {"mva": list(figures)})
    return Features(made.layer, made.geometry, made.table, np.full(len(eastings), 300.0), made.report)


def stock(covered: tuple[float, float] | None = None) -> Stock:
    area = [shapely.box(covered[0], -1e4, covered[1], 1e4)] if covered else []
    return Stock({("area", None): features(area, name="area", kind="polygons")} if covered else {})


def supply(test: NeedTest, data: Features, east: float, held: Stock | None = None) -> Supply:
    return prepare_need(test, 50.0, data, held or stock()).at(east, 0.0)


def test_the_best_single_station_within_reach_counts_and_all_together_where_the_study_says_so() -> None:
    data = stations([0, 600, 5_000], [30.0, 25.0, 400.0])
    best = supply(straight(best=True), data, 100.0)
    assert (best.there, best.complete, best.accuracy) == (30.0, True, 300.0)
    assert best.feature == "things 1, 100 m off"
    both = supply(straight(best=False), data, 100.0)
    assert (both.there, both.complete) == (55.0, True)
    assert math.isnan(both.accuracy)
    assert both.feature == "2 rows within 1 km, the largest things 1"


def test_the_reach_is_included_and_one_unit_of_the_measure_is_worth_what_the_study_says() -> None:
    data = stations([1_000, 1_001], [10.0, 70.0])
    assert supply(straight(best=False, each=0.02), data, 0.0).there == pytest.approx(0.2)


def test_no_row_within_reach_is_unknown_and_a_stated_zero_is_not() -> None:
    far = supply(straight(best=True), stations([5_000], [400.0]), 0.0)
    assert math.isnan(far.there)
    assert not far.complete
    assert far.remark == "no row of Things within 1 km"
    none = supply(straight(best=True), stations([500], [0.0]), 0.0)
    assert (none.there, none.complete) == (0.0, True)


def test_a_blank_figure_leaves_open_how_much_there_is_and_says_so() -> None:
    found = supply(straight(best=True), stations([500, 600], [20.0, None]), 0.0)
    assert (found.there, found.complete) == (20.0, False)
    assert found.remark == "1 of 2 rows within 1 km are blank"
    alone = supply(straight(best=True), stations([500], [None]), 0.0)
    assert math.isnan(alone.there)


def test_a_figure_below_nothing_is_nothing_to_be_had() -> None:
    assert supply(straight(best=False), stations([500, 600], [-30.0, 20.0]), 0.0).there == 20.0


def test_where_the_layer_covers_the_place_no_row_is_none_and_elsewhere_there_may_be_more() -> None:
    data, held = stations([500], [20.0]), stock((0.0, 9_000.0))
    none = supply(straight(best=True, covers=True), data, 8_000.0, held)
    assert (none.there, none.complete) == (0.0, True)
    outside = supply(straight(best=True, covers=True), data, -100.0, held)
    assert (outside.there, outside.complete) == (20.0, False)
    assert outside.remark == "Things does not cover the place"


def test_a_text_among_figures_and_a_missing_column_are_faults() -> None:
    with pytest.raises(LayerError, match="is not a number in 1 rows"):
        prepare_need(straight(best=True), 1.0, point_features(np.zeros(1), np.zeros(1), {"mva": ["n/a"]}), stock())
    with pytest.raises(LayerError, match="column 'mva' missing"):
        prepare_need(straight(best=True), 1.0, point_features(np.zeros(1), np.zeros(1), {"kv": [1]}), stock())
    with pytest.raises(LayerError, match="counted at points"):
        prepare_need(straight(best=True), 1.0, features([line((0, 0), (1, 1))], {"mva": [1.0]}), stock())


def test_over_a_network_the_way_counts_and_a_decay_halves() -> None:
    # A road of 3 km at 10 m/s; towns at both ends; from 1 km it is 100 s to the one and 200 s to the other.
    towns = stations([0, 3_000], [1_000.0, 400.0])
    road = travel(roads([line((0, 0), (3_000, 0))]), [(0, 0), (3_000, 0)], name="things")
    held = Stock(travels={WAY: road})
    near = NeedTest(SumWithin(layer="things", size="mva", within=150.0, network="roads", profile="lorry"))
    assert prepare_need(near, 1.0, towns, held).at(1_000.0, 0.0).there == 1_000.0
    decayed = Access(layer="things", size="mva", decay=Decay("exponential", 100.0), network="roads", profile="lorry")
    found = prepare_need(NeedTest(decayed), 1.0, towns, held).at(1_000.0, 0.0)
    assert found.there == pytest.approx(1_000 / 2 + 400 / 4)
    short = prepare_need(NeedTest(decayed), 601.0, towns, held).shortage()(at((1_000.0, 0.0)))
    assert short.tolist() == [True]
    assert prepare_need(NeedTest(decayed), 599.0, towns, held).shortage()(at((1_000.0, 0.0))).tolist() == [False]


class Waters(NoWindows):
    """A raster that holds the easting, and nothing west of 0."""

    layer = layer("waters", "raster")

    def sample(self, eastings: Float, northings: Float) -> NDArray[np.float32]:  # noqa: ARG002
        return np.where(eastings < 0, np.nan, eastings).astype(np.float32)


def test_a_raster_says_what_the_place_itself_has_and_no_value_is_unknown() -> None:
    need = prepare_need(NeedTest(RasterValue(layer="waters"), each=365.0), 36_500.0, Waters(), Stock())
    assert need.at(99.0, 0.0) == Supply(99.0 * 365, complete=True)
    nothing = need.at(-1.0, 0.0)
    assert (math.isnan(nothing.there), nothing.complete, nothing.remark) == (True, False, "the raster has no value here")
    assert need.shortage()(at((99.0, 0.0), (100.0, 0.0), (-1.0, 0.0))).tolist() == [True, False, False]


figure = st.one_of(st.none(), st.integers(0, 60).map(float))


@given(
    rows=st.lists(st.tuples(st.integers(0, 40), figure), min_size=1, max_size=8),
    places=st.lists(st.integers(0, 40), min_size=1, max_size=6),
    best=st.booleans(),
    covers=st.booleans(),
    networked=st.booleans(),
)
def test_land_is_short_on_the_surface_exactly_where_it_is_short_at_the_point(
    rows: list[tuple[int, float | None]], places: list[int], *, best: bool, covers: bool, networked: bool
) -> None:
    east = [250.0 * place for place, _ in rows]
    data = stations(east, [each for _, each in rows])
    held = stock((0.0, 6_050.0))
    test = straight(best=best, covers=covers, within=1_100.0)
    if networked:
        road = travel(roads([line((0, 0), (10_000, 0))]), [(e, 0.0) for e in east], name="things")
        held = Stock(held.features, {WAY: road})
        measure = SumWithin(layer="things", size="mva", within=110.0, network="roads", profile="lorry")
        test = NeedTest(measure, best, covers=test.covers)
    need = prepare_need(test, 50.0, data, held)
    where = np.array([250.0 * place + 10.0 for place in places])
    short = need.shortage()(PointPlaces(where, np.zeros(len(where))))
    found = [need.at(float(e), 0.0) for e in where]
    assert short.tolist() == [each.complete and each.there < 50.0 for each in found]
