"""Maps of the whole world, whose box reaches to where a projection or Web Mercator ends."""

from __future__ import annotations

import numpy as np
import pytest
from pyproj import Transformer

from geo_engine.model import Grid
from geo_engine.publish.webmap.frame import display_frame
from geo_engine.publish.webmap.live import lattice

_WORLD = Grid("EPSG:6933", -17_368_000.0, 7_316_000.0, 4_000.0, 3_658, 8_684)
"""Cylindrical and equal in area; its upper and lower edge lie a little beyond the poles, at 7,314,540 m."""
_EDGE_OF_WEB_MAPS = 20_037_508.342789244  # metres: pi times the radius of the sphere


@pytest.mark.parametrize("north", [7_280_000.0, 7_316_000.0])
def test_a_lattice_about_the_world_has_finite_nodes_only(north: float) -> None:
    transformer = Transformer.from_crs("EPSG:6933", "EPSG:4326", always_xy=True)
    made = lattice(transformer, (-17_367_000.0, -north, 17_367_000.0, north))
    assert np.isfinite(made.first).all()
    assert np.isfinite(made.second).all()
    # The poles are the farthest north and south that there is, and the middle of the lattice is where the axes cross.
    assert np.abs(made.second).max() <= 90.0
    assert made.first[16, 16] == pytest.approx(0.0, abs=1e-9)
    assert made.second[16, 16] == pytest.approx(0.0, abs=1e-9)


def test_a_lattice_that_can_have_its_margin_keeps_it() -> None:
    made = lattice(Transformer.from_crs("EPSG:6933", "EPSG:4326", always_xy=True), (0.0, 0.0, 1e6, 1e6))
    assert made.low == (-80_000.0, -80_000.0)
    assert made.high == (1_080_000.0, 1_080_000.0)


def test_the_picture_of_a_world_with_poles_is_the_square_that_web_maps_show() -> None:
    frame = display_frame(_WORLD, 10_000)
    south, east = frame.north - frame.rows * frame.pixel, frame.west + frame.cols * frame.pixel
    for edge in (frame.north, -south, east, -frame.west):
        assert _EDGE_OF_WEB_MAPS - 1.0 <= edge <= _EDGE_OF_WEB_MAPS + frame.pixel
    assert frame.rows * frame.cols <= 10_000 * 1.1
