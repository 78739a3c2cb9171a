"""Building a network: what joins, how long it is, and which parts are faults or islands."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from geo_engine.errors import NetworkError
from geo_engine.network import build_network
from tests.measure.builders import features, line, roads


def test_lines_that_share_an_end_join_and_lines_that_cross_do_not() -> None:
    net = build_network(roads([line((0, 0), (100, 0)), line((100, 0), (100, 50)), line((50, -50), (50, 50))], gap=0.0))
    assert len(net.nodes) == 5
    assert net.end[0] == net.start[1]
    assert net.component.tolist() == [0, 0, 1]
    assert net.report.components == 2
    assert net.report.main_share == 3 / 5


def test_ends_within_a_millimetre_are_one_node() -> None:
    net = build_network(roads([line((0, 0), (100, 0)), line((100.001, -0.001), (200, 0))]))
    assert len(net.nodes) == 3
    assert net.report.components == 1


def test_each_part_of_a_multi_part_line_is_an_edge_and_shares_the_stated_length() -> None:
    parts = shapely.MultiLineString([[(0, 0), (100, 0)], [(100, 0), (100, 300)]])
    net = build_network(roads([parts, line((0, 0), (0, 50))], ["fast", "slow"], length=[800.0, 60.0]))
    assert net.metres.tolist() == [200.0, 600.0, 60.0]
    assert net.road_class.tolist() == ["fast", "fast", "slow"]
    assert net.report.metres == 860.0


@pytest.mark.parametrize("classes", [[1, 2], [1.0, 2.0], ["1", "2"]])
def test_classes_that_are_numbers_are_named_as_text(classes: list[object]) -> None:
    net = build_network(roads([line((0, 0), (100, 0)), line((100, 0), (200, 0))], classes, factor={"2": 1.5}))
    assert net.road_class.tolist() == ["1", "2"]
    assert net.metres.tolist() == [100.0, 150.0]


def test_without_a_length_column_the_drawn_length_counts_times_the_factor_of_the_class() -> None:
    net = build_network(roads([line((0, 0), (30, 40)), line((30, 40), (30, 140))], ["slow", "fast"], factor={"slow": 1.1}))
    np.testing.assert_allclose(net.metres, [55.0, 100.0], rtol=1e-15)


def test_a_factor_multiplies_a_stated_length_too() -> None:
    net = build_network(roads([line((0, 0), (100, 0))], ["fast"], length=["250"], factor={"fast": 1.02}))
    assert net.metres.tolist() == [255.0]


def test_a_closed_loop_is_an_edge_from_a_node_to_itself() -> None:
    net = build_network(roads([line((0, 0), (100, 0)), line((100, 0), (200, 0), (200, 100), (100, 0))]))
    assert net.start[1] == net.end[1] == net.end[0]
    assert len(net.nodes) == 2


def test_duplicates_are_kept_and_lines_of_no_length_are_left_out() -> None:
    net = build_network(roads([line((0, 0), (100, 0)), line((100, 0), (0, 0)), line((0, 0), (0, 0))]))
    assert len(net.start) == 2
    assert len(net.nodes) == 2
    assert {net.start[0], net.end[0]} == {net.start[1], net.end[1]}


def test_segments_know_their_edge_and_the_shares_of_it() -> None:
    net = build_network(roads([line((0, 0), (30, 40), (30, 140), (80, 140)), line((80, 140), (80, 150))]))
    assert net.segment_edge.tolist() == [0, 0, 0, 1]
    np.testing.assert_allclose(net.segment_from, [0.0, 0.25, 0.75, 0.0], atol=1e-15)
    np.testing.assert_allclose(net.segment_to, [0.25, 0.75, 1.0, 1.0], atol=1e-15)
    assert net.segments.T.tolist() == [[0, 0, 30, 40], [30, 40, 30, 140], [30, 140, 80, 140], [80, 140, 80, 150]]


# A mainland 1000 m square, an islet 400 m off its eastern shore and another 400 m to the north.
MAINLAND, EAST, NORTH = shapely.box(0, 0, 1000, 1000), shapely.box(1400, 0, 1800, 400), shapely.box(0, 1400, 400, 1800)
LAND = shapely.union_all([MAINLAND, EAST, NORTH])
MAIN_ROADS = [line((100, 500), (500, 500)), line((500, 500), (950, 500)), line((500, 500), (500, 900))]


def test_a_part_on_land_of_its_own_is_an_island_with_that_land() -> None:
    net = build_network(roads([*MAIN_ROADS, line((1500, 100), (1700, 300))]), LAND)
    assert net.component.tolist() == [0, 0, 0, 1]
    assert [shapely.equals(shape, EAST) for shape in net.islands] == [True]
    assert net.report.islands == ("road 3",)
    assert net.report.broken_off == ()


def test_a_part_on_the_land_of_the_main_part_is_a_drawing_fault_however_far_off() -> None:
    net = build_network(roads([*MAIN_ROADS, line((100, 100), (900, 100))]), LAND)
    assert net.component.tolist() == [0, 0, 0, -1]
    assert net.islands == ()
    assert net.report.broken_off == ("road 3",)


@pytest.mark.parametrize(("gap", "component"), [(449.0, 1), (451.0, -1)])
def test_the_gap_tells_a_fault_from_an_island(gap: float, component: int) -> None:
    net = build_network(roads([*MAIN_ROADS, line((1400, 500), (1700, 300))], gap=gap), LAND)  # 450 m from (950, 500)
    assert net.component[-1] == component


def test_without_land_a_part_farther_than_the_gap_is_an_island_of_unknown_land() -> None:
    net = build_network(roads([*MAIN_ROADS, line((1500, 100), (1700, 300)), line((500, 1000), (500, 1200))]))
    assert net.component.tolist() == [0, 0, 0, 1, -1]
    assert [shape.is_empty for shape in net.islands] == [True]
    assert net.report.broken_off == ("road 4",)


def test_islands_are_numbered_from_the_largest() -> None:
    east = line((1500, 100), (1700, 300))
    north = [line((100, 1500), (200, 1600)), line((200, 1600), (300, 1500))]
    net = build_network(roads([*MAIN_ROADS, east, *north]), LAND)
    assert net.component.tolist() == [0, 0, 0, 2, 1, 1]
    assert [shapely.equals(shape, truth) for shape, truth in zip(net.islands, (NORTH, EAST), strict=True)] == [True, True]


def test_a_layer_that_is_no_network_is_an_error_with_the_remedy() -> None:
    with pytest.raises(NetworkError, match=r"paths: is not a network\. Give its TOML geometry = 'network'"):
        build_network(features([line((0, 0), (1, 0))], name="paths", kind="lines"))


def test_bad_lengths_are_one_error_that_names_column_and_roads() -> None:
    lines = [line((0, 100 * i), (50, 100 * i)) for i in range(5)]
    with pytest.raises(NetworkError) as caught:
        build_network(roads(lines, length=["10", "-1", None, "long", "inf"]))
    assert "roads: column 'length_m' holds 4 lengths that are blank, negative or not finite" in str(caught.value)
    assert "road 1: -1" in str(caught.value)
    assert "road 0" not in str(caught.value)


@pytest.mark.parametrize("blank", [None, float("nan")])
def test_a_blank_class_is_an_error_that_names_the_road(blank: object) -> None:
    with pytest.raises(NetworkError, match=r"roads: column 'class' is blank.*road 1"):
        build_network(roads([line((0, 0), (50, 0)), line((50, 0), (90, 0))], ["slow", blank]))
