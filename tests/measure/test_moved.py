"""Measures of data that are drawn: against measures prepared anew from networks that are built anew, and against shapely."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any
from unittest.mock import patch

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from geo_engine.measure import Stock, drawn_quantities, prepare
from geo_engine.model import (
    Access,
    CombinedTravel,
    CountWithin,
    Coverage,
    Decay,
    Direction,
    Distance,
    Features,
    FloatingCatchment,
    GeometryKind,
    Inside,
    KernelDensity,
    Measure,
    PluggedMeasure,
    RasterSampler,
    RasterValue,
    Selection,
    SumWithin,
    TravelCost,
    TravelDistance,
    TravelTime,
)
from geo_engine.network import TravelNetwork, build_network, travel_network
from geo_engine.plugins import measure as measure_of_ones_own
from tests.measure.builders import Float, NoWindows, at, dots, features, layer, line, lorry, objects, point_features, roads, same_bits
from tests.network.directed import VAN, as_features, random_streets
from tests.network.oracle import random_places, random_roads

DRAWS = 3
EXECUTOR = ThreadPoolExecutor(2)


@dataclass(frozen=True, eq=False)
class Given:
    """Draws that are written down: moves (draws, k, 2) and factors (draws, k) of points, shifts (draws, 2) of layers."""

    read: Mapping[Selection, Features]
    moves: Mapping[Selection, Float]
    factors: Mapping[Selection, Float]
    shift: Float | None = None

    def features(self, selection: Selection, draw: int) -> Features:
        data = self.read[selection]
        places = shapely.get_coordinates(data.geometry) + self.moves[selection][draw]
        table = data.table.assign(**{str(name): data.table[name] * self.factors[selection][draw] for name in data.table})
        return replace(data, geometry=objects(dots(*places.T)), table=table)

    def shifts(self, layer: str, draw: int, sigma: Float) -> Float:  # noqa: ARG002 - one layer
        assert self.shift is not None
        return np.outer(sigma, self.shift[draw])

    def sigma(self, data: Features | RasterSampler) -> Float:
        return np.nan_to_num(data.accuracy) if isinstance(data, Features) else np.array([100.0])


class Slope(NoWindows):
    """A raster that is as high as it is far east."""

    layer = layer("slope", "raster")

    def sample(self, eastings: Float, northings: Float) -> NDArray[np.float32]:
        assert eastings.shape == northings.shape
        return eastings.astype(np.float32)


def plants(spots: Float, size: Float) -> Features:
    return point_features(spots[:, 0], spots[:, 1], {"size": size.tolist()})


def network_of(roads_: TravelNetwork, given_: Given, draw: int, selections: list[Selection]) -> TravelNetwork:
    """Build the network anew with the facilities where they stand in a draw."""
    put = {}
    for selection in selections:
        where = shapely.get_coordinates(given_.features(selection, draw).geometry)
        put[selection[0]] = (where[:, 0].copy(), where[:, 1].copy(), [str(number) for number in range(len(where))])
    return travel_network(roads_.network, roads_.profile, put)


WAY: dict[str, Any] = {"network": "roads", "profile": "van"}


def travelled(direction: Direction) -> list[Measure]:
    keys: dict[str, Any] = {"layer": "things", "direction": direction, **WAY}
    return [
        TravelTime(**keys),
        TravelDistance(**keys),
        TravelCost(**keys, nth=2),
        *(Access(**keys, size="size", decay=Decay(function, 400.0)) for function in ("exponential", "gaussian", "linear")),
        CountWithin(**keys, within=500.0),
        SumWithin(**keys, within=500.0, size="size"),
    ]


@settings(max_examples=25)
@given(st.integers(0, 2**32 - 1), st.integers(2, 11), st.integers(1, 20), st.integers(1, 6))
@pytest.mark.slow
def test_over_one_way_streets_moved_facilities_cost_what_a_network_built_anew_says(seed: int, nodes: int, edges: int, count: int) -> None:
    rng = np.random.default_rng([seed, 8])
    spots = random_places(seed, random_roads(seed, nodes, edges), count + 8)
    data = plants(spots[:count], rng.choice([0.0, 1.0, 250.0], count))
    moves = rng.normal(size=(DRAWS, count, 2)) * 300.0
    moves[:, rng.random(count) < 0.3] = 0.0
    selection = ("things", None)
    drawn = Given({selection: data}, {selection: moves}, {selection: rng.lognormal(size=(DRAWS, count))})
    net = build_network(as_features(random_streets(seed, nodes, edges)))
    first = travel_network(net, VAN, {"things": (spots[:count, 0].copy(), spots[:count, 1].copy(), [str(i) for i in range(count)])})
    places = at(*spots[count:].tolist(), *(spots[:count] + moves[0]).tolist())
    stock = Stock({selection: data}, {("roads", "van"): first})
    for measure in (*travelled("to"), *travelled("from")):
        found = drawn_quantities(measure, data, places, drawn, draws=DRAWS, stock=stock, executor=EXECUTOR)
        for together in (1, 2 * count):  # facilities of one draw, and of two draws, are put on the network in one go
            with patch("geo_engine.measure.moved._TOGETHER", together):
                fresh = at(*zip(*places.coordinates(), strict=True))
                again = drawn_quantities(measure, data, fresh, drawn, draws=DRAWS, stock=stock, executor=EXECUTOR)
            assert same_bits(again, found)
        for draw in range(DRAWS):
            anew = Stock({}, {("roads", "van"): network_of(first, drawn, draw, [selection])})
            truth = prepare(measure, drawn.features(selection, draw), anew)(places)
            np.testing.assert_allclose(found[draw], truth, rtol=2e-6, atol=1e-4)


def test_a_facility_on_the_place_s_own_road_is_reached_straight_along_it() -> None:
    # 10 m/s along one road from 0 to 4,000 m; the plant is read at 1,000 m and drawn at 3,000, 2,500 and 2,100 m.
    net = travel_network(build_network(roads([line((0, 0), (4_000, 0))])), lorry(), {"things": (np.array([1_000.0]), np.zeros(1), ["a"])})
    data, selection = plants(np.array([[1_000.0, 0.0]]), np.ones(1)), ("things", None)
    drawn = Given(
        {selection: data}, {selection: np.array([[[2_000.0, 0.0]], [[1_500.0, 0.0]], [[1_100.0, 0.0]]])}, {selection: np.ones((3, 1))}
    )
    stock = Stock({selection: data}, {("roads", "van"): net})
    found = drawn_quantities(TravelTime(layer="things", **WAY), data, at((2_000.0, 0.0)), drawn, draws=3, stock=stock, executor=EXECUTOR)
    assert found.ravel().tolist() == [100.0, 50.0, 10.0]


def test_a_facility_drawn_beyond_the_limit_stays_where_it_was() -> None:
    made = roads([line((0, 0), (4_000, 0))])
    data, selection = plants(np.array([[1_000.0, 0.0]]), np.ones(1)), ("things", None)
    moves = np.array([[[0.0, 9_000.0]], [[500.0, 0.0]]])
    drawn = Given({selection: data}, {selection: moves}, {selection: np.ones((2, 1))})
    net = travel_network(build_network(made), lorry(limit=1_000.0), {"things": (np.array([1_000.0]), np.zeros(1), ["a"])})
    stock = Stock({selection: data}, {("roads", "van"): net})
    place = at((2_000.0, 0.0))
    found = drawn_quantities(TravelTime(layer="things", **WAY), data, place, drawn, draws=2, stock=stock, executor=EXECUTOR)
    assert found.ravel().tolist() == [100.0, 50.0]
    catchment = FloatingCatchment(layer="things", size="size", people_layer="things", people="size", within=200.0, **WAY)
    found = drawn_quantities(catchment, data, place, drawn, draws=2, stock=stock, executor=EXECUTOR)
    assert found.ravel().tolist() == [1.0, 1.0]


def test_measures_of_two_layers_follow_both() -> None:
    # A road of 10 m/s, a railway of 25 m/s beside it; works and terminals both move by 1,000 m in the second draw.
    road, rail = build_network(roads([line((0, 0), (90_000, 0))])), build_network(roads([line((0, 0), (90_000, 0))], ["fast"]))
    works, stops = plants(np.array([[80_000.0, 0.0]]), np.ones(1)), plants(np.array([[10_000.0, 0.0], [80_000.0, 0.0]]), np.ones(2))
    stops = replace(stops, layer=replace(stops.layer, name="stops"))
    one, two = ("things", None), ("stops", None)
    east = np.array([1_000.0, 0.0])
    drawn = Given(
        {one: works, two: stops},
        {one: np.array([[[0.0, 0.0]], [east]]), two: np.array([np.zeros((2, 2)), np.stack([east, east])])},
        {one: np.ones((2, 1)), two: np.ones((2, 2))},
    )
    put = {data.layer.name: (*shapely.get_coordinates(data.geometry).T.copy(), data.labels()) for data in (works, stops)}
    ways = {("roads", "van"): travel_network(road, lorry(), put), ("rails", "train"): travel_network(rail, lorry(), put)}
    measure = CombinedTravel(
        layer="things", terminals="stops", onward_network="rails", onward_profile="train", transfer_seconds=60.0, **WAY
    )
    found = drawn_quantities(measure, works, at((0.0, 0.0)), drawn, draws=2, stock=Stock(drawn.read, ways), executor=EXECUTOR)
    assert found.ravel().tolist() == [1_000.0 + 60.0 + 2_800.0, 1_100.0 + 60.0 + 2_800.0]


@settings(max_examples=25)
@given(st.integers(0, 2**32 - 1), st.integers(1, 12))
def test_lines_and_polygons_move_as_a_whole_by_their_accuracy(seed: int, count: int) -> None:
    rng = np.random.default_rng(seed)
    corners = rng.uniform(0, 5_000, (count, 4, 2))
    shapes = [shapely.LineString(c) if number % 2 else shapely.MultiPoint(c).convex_hull for number, c in enumerate(corners)]
    data = replace(features(shapes, kind="polygons"), accuracy=rng.choice([np.nan, 50.0, 400.0], count))
    shift = rng.normal(size=(DRAWS, 2))
    drawn = Given({}, {}, {}, shift=shift)
    places = at(*rng.uniform(-1_000, 6_000, (9, 2)).tolist())
    there = objects(dots(places.eastings, places.northings))
    found = drawn_quantities(Distance(layer="things"), data, places, drawn, draws=DRAWS, stock=Stock(), executor=EXECUTOR)
    areas = data.where(shapely.get_type_id(data.geometry) == 3)
    inside = drawn_quantities(Inside(layer="things"), areas, places, drawn, draws=DRAWS, stock=Stock(), executor=EXECUTOR)
    for draw in range(DRAWS):
        moved = [shapely.affinity.translate(s, *(a * shift[draw])) for s, a in zip(shapes, np.nan_to_num(data.accuracy), strict=True)]
        truth = shapely.distance(there[:, None], objects(moved)[None]).min(axis=1)
        np.testing.assert_allclose(found[draw], truth, rtol=1e-6, atol=1e-3)
        holds = shapely.contains(objects([shape for shape in moved if shape.geom_type == "Polygon"])[None], there[:, None])
        assert (inside[draw] == holds.any(axis=1)).all()


def test_a_raster_moves_as_a_whole() -> None:
    drawn = Given({}, {}, {}, shift=np.array([[1.0, 0.0], [-2.0, 5.0]]))
    found = drawn_quantities(RasterValue(layer="slope"), Slope(), at((500.0, 0.0)), drawn, draws=2, stock=Stock(), executor=EXECUTOR)
    assert found.ravel().tolist() == [400.0, 700.0]  # what lay 100 m west is here now


def test_straight_sums_take_the_sizes_of_the_draw() -> None:
    data, selection = plants(np.array([[0.0, 0.0], [900.0, 0.0]]), np.array([10.0, 4.0])), ("things", None)
    moves, factors = np.zeros((2, 2, 2)), np.array([[2.0, 0.5], [1.0, 1.0]])
    moves[1, 1, 0] = 200.0
    drawn = Given({selection: data}, {selection: moves}, {selection: factors})
    measure = SumWithin(layer="things", within=1_000.0, size="size")
    found = drawn_quantities(measure, data, at((0.0, 0.0)), drawn, draws=2, stock=Stock(), executor=EXECUTOR)
    assert found.ravel().tolist() == [22.0, 10.0]


@settings(max_examples=15)
@given(st.integers(0, 2**32 - 1), st.sampled_from([(50.0,), (50.0, 400.0), (np.nan, 50.0, 400.0)]))
def test_what_covers_and_what_lies_densely_moves_by_the_accuracy_of_each(seed: int, accuracies: tuple[float, ...]) -> None:
    """Against shapely, with every shape moved by its own accuracy: parts of what overlaps cannot be put together from groups."""
    rng = np.random.default_rng(seed)
    count, cell, radius = 5, 500.0, 900.0
    corners = rng.uniform(0, 3_000, (count, 4, 2))
    accuracy = rng.choice(accuracies, count)
    hulls = [shapely.MultiPoint(each).convex_hull for each in corners]
    lanes = [shapely.LineString(each[:2]) for each in corners]
    shift = rng.normal(size=(DRAWS, 2))
    drawn, places = Given({}, {}, {}, shift=shift), at(*rng.uniform(-200, 3_200, (6, 2)).tolist())

    def found(measure: Measure, shapes: list[Any], kind: GeometryKind) -> Float:
        data = replace(features(shapes, kind=kind), accuracy=accuracy)
        return drawn_quantities(measure, data, places, drawn, draws=DRAWS, stock=Stock(cell=cell), executor=EXECUTOR).astype(np.float64)

    covered = found(Coverage(layer="things"), hulls, "polygons")
    about = found(Coverage(layer="things", within=radius), hulls, "polygons")
    dense = found(KernelDensity(layer="things", within=radius), lanes, "lines")
    spots = objects(dots(places.eastings, places.northings))
    squares = shapely.box(*np.stack([places.eastings, places.northings] * 2) + np.array([[-1], [-1], [1], [1]]) * cell / 2)
    discs = shapely.buffer(spots, radius, quad_segs=256)
    for draw in range(DRAWS):
        moves = np.nan_to_num(accuracy)[:, None] * shift[draw]
        union = shapely.union_all([shapely.affinity.translate(s, *m) for s, m in zip(hulls, moves, strict=True)])
        np.testing.assert_allclose(covered[draw], shapely.area(shapely.intersection(squares, union)) / cell**2, atol=1e-6)
        np.testing.assert_allclose(about[draw], shapely.area(shapely.intersection(discs, union)) / shapely.area(discs), atol=1e-5)
        truth = np.zeros(len(spots))
        for lane, move in zip(lanes, moves, strict=True):
            moved = shapely.affinity.translate(lane, *move)
            steps = (np.arange(4_000) + 0.5) * moved.length / 4_000
            away = shapely.distance(spots[:, None], shapely.line_interpolate_point(moved, steps)[None])
            truth += (np.clip(1 - (away / radius) ** 2, 0, None) ** 2).sum(axis=1) * moved.length / 4_000
        np.testing.assert_allclose(dense[draw], truth * 3 / (np.pi * radius**2) * 1e3, rtol=1e-3, atol=1e-6)


def test_points_of_a_density_move_each_by_itself_with_its_size_of_the_draw() -> None:
    data, selection = plants(np.array([[0.0, 0.0], [900.0, 0.0]]), np.array([10.0, 4.0])), ("things", None)
    moves, factors = np.zeros((2, 2, 2)), np.array([[2.0, 0.5], [1.0, 1.0]])
    moves[1, 1, 0] = -900.0
    drawn = Given({selection: data}, {selection: moves}, {selection: factors})
    measure = KernelDensity(layer="things", within=800.0, size="size")
    found = drawn_quantities(measure, data, at((0.0, 0.0)), drawn, draws=2, stock=Stock(), executor=EXECUTOR)
    np.testing.assert_allclose(found.ravel(), np.array([20.0, 14.0]) * 3e6 / (np.pi * 800.0**2), rtol=1e-6)


def test_a_plugin_is_asked_again_in_every_draw() -> None:
    data, selection = plants(np.array([[100.0, 0.0]]), np.ones(1)), ("things", None)
    drawn = Given({selection: data}, {selection: np.array([[[0.0, 0.0]], [[50.0, 0.0]]])}, {selection: np.ones((2, 1))})
    own = measure_of_ones_own(unit="m")(lambda eastings, northings, features: features.geometry.x.iloc[0] - eastings)  # noqa: ARG005
    stock = Stock(plugins={"own": own})
    measure = PluggedMeasure(layer="things", plugin="own")
    found = drawn_quantities(measure, data, at((20.0, 0.0)), drawn, draws=2, stock=stock, executor=EXECUTOR)
    assert found.ravel().tolist() == [80.0, 130.0]
