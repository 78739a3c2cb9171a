"""The small result with routes, isochrones and a connection: one area with all of it, one with none, names that are hostile."""

from __future__ import annotations

from dataclasses import replace

import shapely
from shapely.geometry.base import BaseGeometry

from geo_engine.model import (
    Connection,
    Corridor,
    CostRow,
    Multiplier,
    NoCorridor,
    Reach,
    Result,
    Route,
    RoutePart,
    RouteWish,
    ServiceArea,
    SiteReach,
)
from tests.publish import builders

__all__ = ["CONNECTION", "FROM", "LINE", "PORT", "REACH", "TERMINAL", "result"]

REACH = Reach(
    "roads",
    "lorry",
    (900.0, 1800.0),
    (
        RouteWish("Freight port", "plants"),
        RouteWish(f"Plant {builders.HOSTILE}", "plants", direction="from"),
        RouteWish("Ferry", "grid"),
    ),
)
CONNECTION = Connection(
    "grid",
    currency="GBP million",
    multipliers=(Multiplier("Parks", "parks", 5.0),),
    costs=(CostRow(f"Overhead {builders.HOSTILE}", 2.0, 4.0, "building", "A study", 2012),),
)
BEST = (430_250.0, 522_250.0)
PORT, TERMINAL = (440_000.0, 505_000.0), (420_000.0, 520_000.0)
LINE = shapely.LineString([BEST, (430_000.0, 515_000.0), (432_000.0, 510_000.0), PORT])
FROM = shapely.LineString([TERMINAL, (425_000.0, 521_000.0), BEST])


def _route(facility: str, line: BaseGeometry, parts: tuple[RoutePart, ...]) -> Route:
    metres, seconds = sum(part.metres for part in parts), sum(part.seconds for part in parts)
    return Route(facility, metres, seconds, seconds, "s", parts, line)


def _areas(limits: tuple[float, ...]) -> tuple[ServiceArea, ...]:
    """Make discs of 2 km and 4 km, as many corners as a real outline has."""
    middle = shapely.Point(BEST)
    return tuple(ServiceArea(limit, shapely.MultiPolygon([middle.buffer(limit * 2.2, quad_segs=64)])) for limit in limits)


def result() -> Result:
    """Make it: the best area reaches two of three facilities, the second none and no land, of the others nothing is known."""
    small = builders.result()
    one, two = (site.site_id for site in small.ranking.sites[:2])
    port = _route(
        "=Port",
        LINE,
        (
            RoutePart("", "off the network", 500.0, 60.0),
            RoutePart("A19", "a_road", 12_300.0, 700.0),
            RoutePart("M1", "motorway", 15_020.0, 600.0),
            RoutePart("M1", "motorway", 25_000.0, 1_100.0),
            RoutePart("", "a_road", 30.0, 20.0),
        ),
    )
    plant = _route(builders.HOSTILE, FROM, (RoutePart(builders.HOSTILE, "a_road", 11_000.0, 654.0),))
    first, second, third = REACH.routes
    reach = (
        SiteReach(one, ((first.name, port), (second.name, plant), (third.name, None)), _areas(REACH.isochrones)),
        SiteReach(
            two,
            tuple((wish.name, None) for wish in REACH.routes),
            tuple(ServiceArea(limit, shapely.MultiPolygon()) for limit in REACH.isochrones),
        ),
    )
    way = shapely.LineString([BEST, (431_250.0, 522_750.0)])
    corridor = Corridor(
        one,
        builders.HOSTILE,
        5_000.0,
        way,
        1_118.0,
        1_500.0,
        1_000.4,
        3.0,
        6.0,
        "GBP million",
        CONNECTION.costs,
        (("Parks", 380.0),),
        "its cell",
    )
    return replace(
        small,
        study=replace(small.study, reach=REACH, connection=CONNECTION),
        ranking=replace(small.ranking, reach=reach, corridors=(corridor, NoCorridor(two, "no way over open land within 40 km to A"))),
    )
