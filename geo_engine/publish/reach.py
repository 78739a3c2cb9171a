"""Routes and isochrones of a result as rows with geometry, for files and map alike."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geo_engine.model import Result, Route, SiteReach
from geo_engine.publish.tables import Cell

__all__ = ["ISOCHRONE_COLUMNS", "ROUTE_COLUMNS", "TOLERANCE", "drawn_areas", "isochrone_rows", "roads_text", "route_rows"]

TOLERANCE = 250.0
"""Metres by which a published isochrone may leave the one that was found: half of what lies between the travel times behind it."""

ROUTE_COLUMNS = ("site_id", "rank", "site", "route", "facility", "km", "minutes", "roads")
ISOCHRONE_COLUMNS = ("site_id", "rank", "site", "minutes", "area_km2")
_METRES_OF_KM = 1000.0


def route_rows(result: Result) -> list[tuple[BaseGeometry, dict[str, Cell]]]:
    """Give each route that there is with its row, by site and then in the study's order: km, minutes, roads as text.

    What cannot be reached has no row; `geo_engine.publish.tables.site_rows` leaves it blank.
    """
    return [
        (
            route.geometry,
            _site_cells(result, there)
            | {
                "route": name,
                "facility": route.facility,
                "km": round(route.metres / _METRES_OF_KM, 3),
                "minutes": round(route.seconds / 60.0, 1),
                "roads": roads_text(route),
            },
        )
        for there in result.ranking.reach
        for name, route in there.routes
        if route is not None
    ]


def isochrone_rows(result: Result) -> list[tuple[BaseGeometry, dict[str, Cell]]]:
    """Give each isochrone, simplified, with its row, by site and then as the study lists them; the area is that before simplifying."""
    return [
        (drawn, _site_cells(result, there) | {"minutes": round(area.limit / 60.0, 1), "area_km2": round(area.geometry.area / 1e6, 2)})
        for there in result.ranking.reach
        for area, drawn in zip(there.areas, drawn_areas(there), strict=True)
    ]


@lru_cache(maxsize=64)  # two files and the map draw the same
def drawn_areas(reach: SiteReach) -> tuple[BaseGeometry, ...]:
    """Simplify the isochrones of a site by at most `TOLERANCE`, each still within the next wider one.

    Two that share a coast would be simplified differently along it, so that the narrower one stood out into the sea: it is cut.

    Parameters
    ----------
    reach : SiteReach
        Of one site.

    Returns
    -------
    tuple of MultiPolygon
        In the order of `reach.areas`; may be empty.
    """
    drawn: dict[int, BaseGeometry] = {}
    wider: BaseGeometry | None = None
    for number in sorted(range(len(reach.areas)), key=lambda number: -reach.areas[number].limit):
        simple = shapely.simplify(reach.areas[number].geometry, TOLERANCE / 2)  # a ring's first corner may be moved twice
        wider = _polygons(simple if wider is None else shapely.intersection(simple, wider))
        drawn[number] = wider
    return tuple(drawn[number] for number in range(len(reach.areas)))


def roads_text(route: Route) -> str:
    """Write the roads of a route in the order of travel; neighbours of one name are added up.

    >>> from geo_engine.model import RoutePart
    >>> parts = (RoutePart("", "off the network", 500.0, 60.0), RoutePart("A19", "a_road", 12_300.0, 700.0))
    >>> roads_text(Route("Teesport", 12_800.0, 760.0, 760.0, "s", parts, shapely.LineString([(0, 0), (1, 1)])))
    'off the network 0.5 km, A19 12.3 km'
    """
    stretches: list[tuple[str, float]] = []
    for part in route.parts:
        name = part.name or part.road_class.replace("_", " ")
        if stretches and stretches[-1][0] == name:
            stretches[-1] = (name, stretches[-1][1] + part.metres)
        else:
            stretches.append((name, part.metres))
    return ", ".join(f"{name} {_short_km(metres)} km" for name, metres in stretches)


def _short_km(metres: float) -> str:
    """Write kilometres to a tenth, whole from ten without a point.

    >>> _short_km(12_300.0), _short_km(40_020.0), _short_km(30.0)
    ('12.3', '40', '0.0')
    """
    km = metres / _METRES_OF_KM
    text = f"{km:.1f}"
    return text.removesuffix(".0") if float(text) else text


def _site_cells(result: Result, reach: SiteReach) -> dict[str, Cell]:
    site = next(site for site in result.ranking.sites if site.site_id == reach.site_id)
    return {"site_id": site.site_id, "rank": site.rank, "site": site.name}


def _polygons(geometry: BaseGeometry) -> BaseGeometry:
    """Keep the polygons: where outlines touch, an intersection has lines and points as well."""
    parts = shapely.get_parts(geometry)
    return shapely.MultiPolygon(parts[np.equal(shapely.get_type_id(parts), shapely.GeometryType.POLYGON)].tolist())
