"""Names of places for readers: nearest town, compass direction, region, grid reference."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo_engine.measure import point_coordinates
from geo_engine.model import Features, Study
from geo_engine.projection import transformer
from geo_engine.publish import grid_reference
from geo_engine.run.planning.plan import Plan

__all__ = ["Gazetteer", "PlaceName", "gazetteer", "to_degrees"]

_COMPASS = ("N", "NE", "E", "SE", "S", "SW", "W", "NW")


@dataclass(frozen=True, slots=True)
class PlaceName:
    """Where something is, in words and in degrees.

    Parameters
    ----------
    name : str
        ``"3 km NE of Washington"``; ``"Washington"`` within one kilometre.
    place, region : str
        Nearest place; region it lies in, empty when in none.
    lon, lat : float
        WGS84 degrees.
    grid_ref : str
        National grid reference, empty where the CRS has none.
    """

    name: str
    place: str
    region: str
    lon: float
    lat: float
    grid_ref: str


@dataclass(frozen=True, eq=False)
class Gazetteer:
    """Looks up names of points; see `gazetteer`."""

    crs: str
    places_e: NDArray[np.float64]
    places_n: NDArray[np.float64]
    places: tuple[str, ...]
    regions: NDArray[np.object_]
    region_names: tuple[str, ...]
    to_wgs84: pyproj.Transformer

    def __call__(self, easting: float, northing: float) -> PlaceName:
        """Name a point given in study coordinates."""
        lon, lat = self.to_wgs84.transform(easting, northing)
        name, place = f"{easting:.0f} E {northing:.0f} N", ""
        if len(self.places):
            away = np.hypot(self.places_e - easting, self.places_n - northing)
            nearest = int(away.argmin())
            place = self.places[nearest]
            angle = math.degrees(math.atan2(easting - self.places_e[nearest], northing - self.places_n[nearest])) % 360
            far = away[nearest] / 1000
            name = place if far < 1 else f"{far:.0f} km {_COMPASS[round(angle / 45) % 8]} of {place}"
        region = self.region_of(shapely.Point(easting, northing))
        return PlaceName(name, place, region, round(lon, 6), round(lat, 6), grid_reference(easting, northing, self.crs))

    def region_of(self, shape: BaseGeometry) -> str:
        """Name the region that holds a point, or most of an area; empty where none does."""
        hit = np.flatnonzero(shapely.intersects(self.regions, shape))
        if hit.size > 1:
            shares = shapely.area(shapely.intersection(self.regions[hit], shape))
            hit = hit[[int(np.argmax(shares))]]
        return self.region_names[int(hit[0])] if hit.size else ""


def to_degrees(crs: str) -> pyproj.Transformer:
    """Make the transformer from study coordinates to WGS84 longitude and latitude."""
    return transformer(crs, "EPSG:4326")


def gazetteer(plan: Plan) -> Gazetteer:
    """Make the gazetteer of a plan from the study's places and the regions of its area layer."""
    study: Study = plan.study
    places: Features | None = plan.features.get((study.context.places, None)) if study.context.places else None
    e, n = point_coordinates(places.geometry) if places is not None else (np.empty(0), np.empty(0))
    labels = tuple(places.labels()) if places is not None else ()
    area = plan.features[study.area, None]
    shapely.prepare(area.geometry)
    names = tuple(str(v) for v in area.table[study.region_column]) if study.region_column in area.table else ("",) * len(area)
    return Gazetteer(study.crs, e, n, labels, area.geometry, names, to_degrees(study.crs))
