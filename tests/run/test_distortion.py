"""How far distances in a CRS are from those on the ground: against geodesics, which know no projection."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pyproj
import pytest
import shapely
from shapely.geometry.base import BaseGeometry

from geo_engine.run import SilentReporter, check_plan, make_plan
from geo_engine.run.planning.distortion import distortion, distortion_said
from tests.run.tiny import Tiny

EUROPE = shapely.box(2_636_000.0, 1_451_000.0, 5_955_000.0, 5_423_000.0)  # EPSG:3035
BRITAIN = shapely.box(80_000.0, 5_000.0, 656_000.0, 1_220_000.0)  # EPSG:27700
TOWN = shapely.box(4_300_000.0, 3_200_000.0, 4_340_000.0, 3_240_000.0)  # EPSG:3035, near where it is true


def stretches(crs: str, area: BaseGeometry) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Metres of the CRS for a metre of geodesic, over 1 km from each corner a direction a degree."""
    degrees = pyproj.Transformer.from_crs(crs, "EPSG:4326", always_xy=True)
    geod = pyproj.Geod(ellps="WGS84")
    east, north = shapely.get_coordinates(area).T
    angles = np.radians(np.arange(360))
    e, n = (np.repeat(values, len(angles)) for values in (east, north))
    step = np.tile(np.column_stack([np.sin(angles), np.cos(angles)]), (len(east), 1)) * 500
    begin, end = degrees.transform(e - step[:, 0], n - step[:, 1]), degrees.transform(e + step[:, 0], n + step[:, 1])
    return 1000.0 / np.asarray(geod.inv(*begin, *end)[2], np.float64)


@pytest.mark.parametrize(("crs", "area"), [("EPSG:3035", EUROPE), ("EPSG:27700", BRITAIN), ("EPSG:3035", TOWN), ("EPSG:32630", BRITAIN)])
def test_the_distortion_is_that_of_geodesics(crs: str, area: BaseGeometry) -> None:
    """To 3 in 100,000, of which 2 are the scale between the ellipsoids of the National Grid and of degrees."""
    found, measured = distortion(crs, area), stretches(crs, area)
    assert (found.least, found.most) == pytest.approx((measured.min(), measured.max()), abs=3e-5)
    assert found.off == pytest.approx(np.abs(measured - 1).max(), abs=3e-5)


def test_an_equal_area_projection_stretches_one_way_what_it_shrinks_the_other() -> None:
    found = distortion("EPSG:3035", EUROPE)
    assert found.least * found.most == pytest.approx(1.0, abs=1e-6)


def test_a_continent_is_warned_of_and_a_country_in_its_own_grid_is_not() -> None:
    (said,) = distortion_said("EPSG:3035", EUROPE)
    assert "EPSG:3035 are up to 2.5% off" in said  # 2.48 % by geodesics
    assert "too long one way and too short the other" in said
    assert distortion_said("EPSG:27700", BRITAIN) == ()
    assert distortion_said("EPSG:3035", TOWN) == ()


def test_web_mercator_is_too_long_by_the_secant_of_the_latitude() -> None:
    """On Mercator's map a metre is 1/cos(latitude) metres long; the ellipsoid moves that by less than a per cent."""
    north = pyproj.Transformer.from_crs("EPSG:4326", "EPSG:3857", always_xy=True).transform(0.0, 55.0)[1]
    found = distortion("EPSG:3857", shapely.box(0.0, north - 1e5, 1e5, north))
    assert found.most == pytest.approx(1 / math.cos(math.radians(55.0)), rel=0.01)
    assert found.lat == pytest.approx(55.0)


def test_check_warns_of_a_crs_that_does_not_fit_the_land(tiny: Tiny) -> None:
    fitting = make_plan(tiny.study(), None, SilentReporter(), workers=1)
    assert not [text for text in check_plan(fitting, workers=1).warnings if "straight distances" in text]
    far_off = replace(tiny.study(), crs="EPSG:3857")  # Mercator, in which the Midlands are half as long again
    warnings = check_plan(make_plan(far_off, None, SilentReporter(), workers=1), workers=1).warnings
    assert [text for text in warnings if "straight distances in EPSG:3857" in text and "too long" in text]
