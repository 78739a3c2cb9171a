"""Where places and facilities get on a network. Off it 100 m cost 15 s; slow roads run 10 m/s, fast 25, motorways 30."""

from __future__ import annotations

import gc
import weakref

import numpy as np
import pytest
import shapely
from shapely.geometry.base import BaseGeometry

from geo_engine.errors import NetworkError, StudyError
from geo_engine.measure import Places
from geo_engine.measure.travel.travelled import prepare_nearest
from geo_engine.model import Grid
from geo_engine.network import TravelNetwork, build_network, travel_network
from tests.measure.builders import BNG, at, line, lorry, roads, same_bits, travel, whole

STREET = line((0, 0), (10_000, 0))


def seconds(net: TravelNetwork, places: Places) -> list[float]:
    return [float(value) for value in prepare_nearest(net, "plants", "time")(places).ravel()]


def metres(net: TravelNetwork, places: Places) -> list[float]:
    return [float(value) for value in prepare_nearest(net, "plants", "distance")(places).ravel()]


def test_a_leg_off_the_road_and_the_way_along_it() -> None:
    # 300 m off (45 s, counted as 450 m), 3000 m of road (300 s), 200 m off again (30 s, counted as 300 m).
    net = travel(roads([STREET]), [(2_000.0, -200.0)])
    assert seconds(net, at((5_000.0, 300.0))) == [375.0]
    assert metres(net, at((5_000.0, 300.0))) == [3_750.0]


def test_beyond_the_ends_of_a_road_the_leg_goes_to_the_end() -> None:
    net = travel(roads([STREET]), [(0.0, 0.0)])
    assert seconds(net, at((-300.0, 400.0), (10_300.0, -400.0))) == [75.0, 1_075.0]


def test_a_facility_on_the_edge_of_the_place_is_reached_without_a_detour_by_a_junction() -> None:
    # The bend to the north is long; both stand on the short chord, 400 m apart.
    bend = line((0, 0), (0, 5_000), (1_000, 5_000), (1_000, 0))
    net = travel(roads([line((0, 0), (1_000, 0)), bend]), [(300.0, 0.0)])
    assert seconds(net, at((700.0, 0.0), (100.0, 0.0), (300.0, 0.0))) == [40.0, 20.0, 0.0]


def test_two_facilities_on_an_edge_share_it_between_them() -> None:
    net = travel(roads([STREET]), [(2_000.0, 0.0), (6_000.0, 0.0)])
    along = [0.0, 1_000.0, 3_999.0, 4_001.0, 5_000.0, 10_000.0]
    assert seconds(net, at(*[(e, 0.0) for e in along])) == pytest.approx([200.0, 100.0, 199.9, 199.9, 100.0, 400.0], rel=1e-6)
    assert net.node_count == 4
    assert len(net.low) == 3


def test_facilities_at_one_point_share_a_node_and_keep_their_own_legs() -> None:
    net = travel(roads([STREET]), [(2_000.0, 100.0), (2_000.0, -40.0), (2_000.0, 0.0)])
    assert net.node_count == 3
    assert net.facilities["plants"].metres.tolist() == [100.0, 40.0, 0.0]
    assert len(set(net.facilities["plants"].node.tolist())) == 1
    assert seconds(net, at((2_000.0, 0.0))) == [0.0]


def test_a_facility_exactly_at_a_junction_uses_its_node_and_cuts_nothing() -> None:
    built = build_network(roads([STREET, line((10_000, 0), (10_000, 2_000))]))
    net = travel(built, [(10_000.0, 0.0), (0.0, 0.0)])
    assert net.node_count == len(built.nodes) == 3
    assert len(net.low) == 2
    assert built.nodes[net.facilities["plants"].node].tolist() == [[10_000.0, 0.0], [0.0, 0.0]]
    assert seconds(net, at((10_000.0, 500.0), (9_000.0, 0.0), (100.0, 0.0))) == [50.0, 100.0, 10.0]


def test_a_facility_on_a_loop_is_reached_either_way_round() -> None:
    loop = line((0, 0), (1_000, 0), (1_000, 1_000), (0, 1_000), (0, 0))
    net = travel(roads([line((-500, 0), (0, 0)), loop]), [(1_000.0, 0.0)])
    # From the corner 1000 m on, from the one 3000 m on (by way of the junction 2000 m), and from the spur.
    assert seconds(net, at((1_000.0, 1_000.0), (0.0, 1_000.0), (-500.0, 0.0))) == [100.0, 200.0, 150.0]


def test_of_two_roads_one_on_the_other_the_quicker_is_travelled() -> None:
    beyond = line((1_000, 0), (1_200, 0))
    net = travel(roads([line((0, 0), (1_000, 0)), line((1_000, 0), (0, 0)), beyond], ["slow", "fast", "slow"]), [(1_200.0, 0.0)])
    assert seconds(net, at((-100.0, 0.0))) == [15.0 + 1_000.0 / 25.0 + 20.0]


MOTORWAY = [line((0, 0), (10_000, 0)), line((0, 0), (0, -1_000)), line((10_000, 0), (10_000, 1_000)), line((10_000, 0), (20_000, 0))]
MOTORWAY_CLASSES = ["motorway", "slow", "slow", "motorway"]


def test_a_motorway_is_entered_where_it_meets_another_class_and_nowhere_else() -> None:
    net = travel(roads(MOTORWAY, MOTORWAY_CLASSES), [(10_000.0, 1_000.0)])
    # 300 m beside the motorway, 400 m along it: to the junction at the origin by the straight way, then all of the motorway.
    expected = 500.0 * 1.5 / 10.0 + 10_000.0 / 30.0 + 1_000.0 / 10.0
    assert seconds(net, at((400.0, 300.0))) == pytest.approx([expected], rel=1e-6)
    # The motorway's far end meets nothing: from there the junction at (10 000, 0) is nearest.
    assert seconds(net, at((20_000.0, 0.0))) == pytest.approx([10_000.0 * 1.5 / 10.0 + 100.0], rel=1e-6)


def test_a_facility_beside_a_motorway_is_left_by_its_ends_too() -> None:
    net = travel(roads(MOTORWAY, MOTORWAY_CLASSES), [(400.0, 300.0)])
    assert net.facilities["plants"].metres.tolist() == [500.0]
    open_to_all = travel(roads(MOTORWAY, MOTORWAY_CLASSES), [(400.0, 300.0)], profile=lorry(closed=()))
    assert open_to_all.facilities["plants"].metres.tolist() == [300.0]


def test_a_network_of_motorways_only_cannot_be_entered() -> None:
    with pytest.raises(NetworkError, match="roads: has no edge that profile 'lorry' may enter"):
        travel(roads(MOTORWAY, ["motorway"] * 4), [(0.0, 0.0)])


def test_the_limit_is_included_and_beyond_it_is_unreachable_through_both_doors() -> None:
    net = travel(roads([STREET]), [(5_000.0, 0.0)], profile=lorry(limit=1_000.0))
    assert seconds(net, at((5_000.0, 1_000.0), (5_000.0, 1_000.1), (5_000.0, -2e6))) == [150.0, np.inf, np.inf]
    grid = Grid(BNG, 4_900.0, 1_300.0, 200.0, 2, 1)  # centres at (5000, 1200) and (5000, 1000)
    assert seconds(net, whole(grid)) == [np.inf, 150.0]
    assert metres(net, whole(grid)) == [np.inf, 1_500.0]


def test_facilities_beyond_the_limit_are_one_error_that_names_all_of_them() -> None:
    built = build_network(roads([STREET]))
    where = {
        "ports": (np.array([0.0, 0.0, 9_000.0]), np.array([0.0, 9_999.0, -8_000.0]), ["Near", "Lerwick", "Kirkwall"]),
        "plants": (np.array([0.0]), np.array([90_000.0]), ["Atlantis"]),
    }
    with pytest.raises(NetworkError) as caught:
        travel_network(built, lorry(limit=5_000.0), where)
    said = str(caught.value).splitlines()
    assert [text.split(": is farther")[0] for text in said] == ["ports: Lerwick", "ports: Kirkwall", "plants: Atlantis"]
    assert all("5 km from the network 'roads' for profile 'lorry'" in text and "off_network.limit" in text for text in said)


def test_a_class_without_a_speed_is_an_error_in_the_profile_with_the_nearest_spelling() -> None:
    with pytest.raises(StudyError) as caught:
        travel(roads([STREET, line((0, 0), (0, 9))], ["slaw", "track"]), [(0.0, 0.0)])
    slaw, track = str(caught.value).splitlines()
    assert slaw.startswith("studies/profiles/lorry.toml speeds: has no speed for class 'slaw' of network 'roads'")
    assert slaw.endswith("Did you mean 'slow'?")
    assert "'track'" in track


# ---------------------------------------------------------------------------------------------- islands
# The mainland's road runs along its eastern shore, 400 m from the island; the island's road lies on its far side.
MAINLAND, ISLAND = shapely.box(0, 0, 10_000, 10_000), shapely.box(10_300, 0, 20_000, 10_000)
LAND = shapely.union_all([MAINLAND, ISLAND])
MAIN_ROAD = [line((9_900, 0), (9_900, 5_000)), line((9_900, 5_000), (9_900, 10_000))]
ISLAND_ROAD = line((19_000, 0), (19_000, 10_000))


def island_travel(
    lines: list[shapely.LineString], facilities: list[tuple[float, float]], land: BaseGeometry = LAND, limit: float = 15_000.0
) -> TravelNetwork:
    return travel(roads(lines), facilities, profile=lorry(limit=limit), land=land)


def both_doors(net: TravelNetwork, place: tuple[float, float]) -> list[float]:
    grid = Grid(BNG, place[0] - 50.0, place[1] + 50.0, 100.0, 1, 1)
    return [*seconds(net, at(place)), *seconds(net, whole(grid))]


def test_island_land_uses_the_island_road_though_the_mainland_road_is_nearer() -> None:
    net = island_travel([*MAIN_ROAD, ISLAND_ROAD], [(9_900.0, 5_000.0)])
    assert both_doors(net, (10_400.0, 5_000.0)) == [np.inf, np.inf]
    there = island_travel([*MAIN_ROAD, ISLAND_ROAD], [(19_000.0, 5_000.0)])
    assert both_doors(there, (10_400.0, 5_000.0)) == [1_290.0, 1_290.0]  # 8600 m off the road


def test_the_mainland_uses_its_own_road_though_an_island_road_is_nearer_over_water() -> None:
    near_shore = line((10_350, 0), (10_350, 10_000))
    inland = [line((5_000, 0), (5_000, 5_000)), line((5_000, 5_000), (5_000, 10_000))]
    net = island_travel([*inland, near_shore], [(5_000.0, 5_000.0)])
    assert both_doors(net, (9_900.0, 5_000.0)) == [735.0, 735.0]  # 4900 m, where the island's road is 450 m off


def test_a_drawing_fault_is_not_travelled_and_its_land_is_served_by_the_main_part() -> None:
    stray = line((5_000, 2_000), (5_000, 8_000))
    net = island_travel([*MAIN_ROAD, stray], [(9_900.0, 5_000.0)])
    assert both_doors(net, (5_000.0, 5_000.0)) == [735.0, 735.0]


def test_an_island_with_two_roads_that_do_not_meet_uses_the_nearer_one() -> None:
    first = [line((11_000, 0), (11_000, 5_000)), line((11_000, 5_000), (11_000, 10_000))]
    net = island_travel([*MAIN_ROAD, line((9_900, 5_000), (9_000, 5_000)), *first, ISLAND_ROAD], [(11_000.0, 5_000.0)])
    assert both_doors(net, (11_100.0, 5_000.0)) == [15.0, 15.0]
    assert both_doors(net, (18_900.0, 5_000.0)) == [np.inf, np.inf]


def test_island_land_beyond_the_limit_from_its_own_roads_is_unreachable_through_both_doors() -> None:
    # 8600 m from the island's road, 500 m from the mainland's over the water.
    net = island_travel([*MAIN_ROAD, ISLAND_ROAD], [(9_900.0, 5_000.0)], limit=2_000.0)
    assert both_doors(net, (10_400.0, 5_000.0)) == [np.inf, np.inf]


def test_a_facility_just_off_an_island_shore_is_moved_onto_the_island_and_its_leg_is_counted() -> None:
    net = island_travel([*MAIN_ROAD, ISLAND_ROAD], [(20_200.0, 5_000.0)])  # 200 m off the eastern shore, 1200 m from the road
    assert net.facilities["plants"].metres.tolist() == pytest.approx([1_200.0], abs=2.5)
    assert both_doors(net, (19_000.0, 5_000.0)) == pytest.approx([180.0, 180.0], abs=0.5)


def test_a_facility_on_the_mainland_stays_there_though_an_island_is_nearer_than_the_gap() -> None:
    # A strait of 100 m; the plant stands 50 m from the mainland's road and 150 m from the island.
    close = shapely.union_all([MAINLAND, shapely.box(10_100, 0, 20_000, 10_000)])
    net = island_travel([*MAIN_ROAD, ISLAND_ROAD], [(9_950.0, 5_000.0)], close)
    assert net.network.report.islands == ("road 2",)
    assert net.facilities["plants"].metres.tolist() == [50.0]
    assert both_doors(net, (9_850.0, 5_000.0)) == [15.0, 15.0]


def test_a_facility_at_sea_belongs_to_the_nearer_shore() -> None:
    close = shapely.union_all([MAINLAND, shapely.box(10_100, 0, 20_000, 10_000)])
    for easting, leg in ((10_040.0, 140.0), (10_060.0, 8_940.0)):
        net = island_travel([*MAIN_ROAD, ISLAND_ROAD], [(easting, 5_000.0)], close)
        assert net.facilities["plants"].metres.tolist() == pytest.approx([leg], abs=1e-6)


def test_places_never_take_a_new_network_for_one_that_is_gone() -> None:
    # Places remember how they reached a network; another one in the same piece of memory must not be mistaken for it.
    places, shared = at((5_000.0, 300.0)), whole(Grid(BNG, 4_950.0, 350.0, 100.0, 1, 1))
    remembered = []
    for off in range(0, 1_000, 250):
        net = travel(roads([line((0, off), (10_000, off))]), [(5_000.0, float(off))])
        assert seconds(net, places) == pytest.approx([abs(off - 300) * 0.15], abs=1e-9)
        assert seconds(net, shared) == pytest.approx([abs(off - 300) * 0.15], abs=1e-9)
        remembered.append(weakref.ref(net.network))
        del net
        gc.collect()
    assert all(network() is not None for network in remembered)  # what is remembered keeps its memory


def test_two_vehicles_and_two_sets_of_facilities_at_the_same_places() -> None:
    built = build_network(roads(MOTORWAY, MOTORWAY_CLASSES))
    car, lorries = travel(built, [(0.0, 0.0)], profile=lorry(closed=(), off=20.0)), travel(built, [(3_000.0, 0.0), (0.0, -700.0)])
    grid = Grid(BNG, -500.0, 500.0, 250.0, 4, 20)
    shared = whole(grid)
    for net in (car, lorries, car):
        measure = prepare_nearest(net, "plants", "time")
        assert same_bits(measure(shared), measure(whole(grid)))
    assert not np.array_equal(prepare_nearest(car, "plants", "time")(shared), prepare_nearest(lorries, "plants", "time")(shared))
