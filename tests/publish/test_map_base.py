"""What the map opens on and which names it writes: the land, and not the box that a projection puts around it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import shapely
from pyproj import Transformer

from geo_engine.model import Features, Result
from geo_engine.publish.webmap.content.basemap import base_map, view_of
from geo_engine.publish.webmap.encoding import Degrees
from tests.publish import builders


def continental(shape: shapely.Polygon) -> Result:
    made = builders.result()
    return replace(made, area=shape, land=shape, study=replace(made.study, crs="EPSG:3035"))


def test_the_view_holds_the_land_and_no_corner_of_its_box() -> None:
    """A triangle from Lisbon by the North Cape to Crete; the box about it in EPSG:3035 reaches to 40 degrees west."""
    corners = [(-9.1, 38.7), (25.8, 71.2), (26.1, 35.0)]
    places = [Transformer.from_crs("EPSG:4326", "EPSG:3035", always_xy=True).transform(*corner) for corner in corners]
    shape = shapely.Polygon(places)
    degrees = Degrees.of("EPSG:3035")
    (south, west), (north, east) = view_of(continental(shape), degrees)
    along = [shape.exterior.interpolate(share, normalized=True) for share in np.linspace(0, 1, 20_001)]
    lon, lat = degrees.transformer.transform(*shapely.get_coordinates(along).T)
    assert [south, west, north, east] == pytest.approx([lat.min(), lon.min(), lat.max(), lon.max()], abs=0.1)
    assert west > -10


def test_a_name_far_off_the_land_is_not_written() -> None:
    made = builders.result()
    west, south, east, north = made.area.bounds
    away = (east + 0.1 * (east - west), (south + north) / 2)
    shore = (east + 0.005 * (east - west), (south + north) / 2)  # half of a hundredth of the longer side
    there: Features = builders.features(
        "places", shapely.points([away, shore]).tolist(), {"name": ["Atlantis", "Pier"], "population": [9, 8]}
    )
    names = [place[2] for place in base_map(replace(made, features={**made.features, "places": there}), Degrees.of("EPSG:27700"))["places"]]
    assert names == ["Pier"]
