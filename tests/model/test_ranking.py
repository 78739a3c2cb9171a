from __future__ import annotations

import math

import numpy as np
import shapely

from geo_engine.model import STATUS_OFF_AREA, Contribution, Site, StatusBit


def contribution(name: str, utility: float, weight: float) -> Contribution:
    return Contribution(name, name, 0.0, "m", utility, weight, 100 * weight * utility)


def site(*contributions: Contribution) -> Site:
    cells = np.array([0], dtype=np.int64)
    outline = shapely.box(0, 0, 100, 100)
    score = sum(one.points for one in contributions)
    return Site(
        site_id="id",
        name="name",
        place="place",
        region="region",
        rank=1,
        tied=False,
        score=score,
        easting=50.0,
        northing=50.0,
        lon=0.0,
        lat=0.0,
        grid_ref="",
        area_m2=1e4,
        geometry=outline,
        contributions=contributions,
        rows=cells,
        cols=cells,
    )


def test_the_strongest_are_those_of_highest_utility_then_weight_then_order() -> None:
    found = site(contribution("a", 0.5, 0.2), contribution("b", 0.9, 0.1), contribution("c", 0.9, 0.3), contribution("d", 0.9, 0.3))
    assert [one.criterion for one in found.strongest(3)] == ["c", "d", "b"]


def test_the_weakest_is_the_one_that_costs_most_points() -> None:
    # a loses 100 * 0.6 * 0.3 = 18, b loses 100 * 0.1 * 1 = 10, c loses 100 * 0.3 * 0.5 = 15
    found = site(contribution("a", 0.7, 0.6), contribution("b", 0.0, 0.1), contribution("c", 0.5, 0.3))
    assert found.weakest().criterion == "a"


def test_an_unknown_is_never_among_the_strongest_and_counts_as_lost() -> None:
    unknown = Contribution("unknown", "unknown", math.nan, "m", math.nan, 0.5, math.nan)
    found = site(unknown, contribution("bad", 0.0, 0.2), contribution("good", 0.8, 0.3))
    assert [one.criterion for one in found.strongest()] == ["good", "bad"]
    assert found.weakest() is unknown


def test_the_mask_of_a_cell_off_the_area_fits_32_bits_and_is_not_free() -> None:
    assert np.uint32(STATUS_OFF_AREA) == np.iinfo(np.uint32).max
    assert [bit.value for bit in StatusBit] == [0, 1, 2, 31]
