"""What leads away from each area, for the map: its routes, how far one gets, and its line to the grid."""

from __future__ import annotations

import math
from typing import Any

import shapely

from geo_engine.model import Corridor, NoCorridor, Result, Route, RouteWish, SiteReach
from geo_engine.publish.reach import drawn_areas
from geo_engine.publish.style import CORRIDOR_COLOUR, ROUTE_COLOURS, band_colours
from geo_engine.publish.webmap.encoding import Degrees
from geo_engine.units import format_quantity

__all__ = ["ways"]

_NAMED_SHARE = 0.05  # of a route: roads that make up less are not told in its few words


def ways(result: Result, degrees: Degrees) -> dict[str, Any] | None:
    """Collect routes, isochrones and corridors.

    Parameters
    ----------
    result : Result
        One region of one study.
    degrees : Degrees
        From study coordinates.

    Returns
    -------
    dict or None
        ``vehicle``; ``routes`` and ``bands``: name and colour of each; ``connection``: colour and basis of costs, or None;
        ``sites``: for each site its ``routes`` (None where unreachable), ``bands`` and ``connection`` (None where nothing is known).
        None where the study asks for nothing of this.
    """
    study = result.study
    reach, connection = study.reach, study.connection
    if reach is None and connection is None:
        return None
    wishes = reach.routes if reach else ()
    limits = reach.isochrones if reach else ()
    profile = study.profiles.get(reach.profile) if reach else None
    told = {there.site_id: there for there in result.ranking.reach}
    joined = {answer.site_id: answer for answer in result.ranking.corridors}
    return {
        "vehicle": profile.title if profile else "",
        "routes": [{"name": wish.name, "colour": ROUTE_COLOURS[number % len(ROUTE_COLOURS)]} for number, wish in enumerate(wishes)],
        "bands": [
            {"title": format_quantity(limit, "s"), "colour": colour}
            for limit, colour in zip(limits, band_colours(len(limits)), strict=True)
        ],
        "connection": None
        if connection is None
        else {"colour": CORRIDOR_COLOUR, "basis": "; ".join(f"{row.name} ({row.year})" for row in connection.costs)},
        "sites": [
            {
                "routes": _routes(wishes, told.get(site.site_id), degrees),
                "bands": _bands(told.get(site.site_id), degrees),
                "connection": _connection(joined.get(site.site_id), degrees),
            }
            for site in result.ranking.sites
        ],
    }


def _routes(wishes: tuple[RouteWish, ...], reach: SiteReach | None, degrees: Degrees) -> list[dict[str, Any] | None]:
    told = dict(reach.routes) if reach else {}
    return [_route(told.get(wish.name), wish, degrees) for wish in wishes]


def _route(route: Route | None, wish: RouteWish, degrees: Degrees) -> dict[str, Any] | None:
    if route is None:
        return None
    end = shapely.get_coordinates(route.geometry)[-1 if wish.direction == "to" else 0]
    return {
        "facility": route.facility,
        "time": f"{round(route.seconds / 60.0, 1):g} min",
        "length": f"{round(route.metres / 1000.0, 1):g} km",
        "metres": round(route.metres),
        "roads": _main_roads(route),
        "line": degrees.lines([route.geometry]),
        "at": degrees.point(*end),
    }


def _main_roads(route: Route) -> str:
    """Name the roads that make up most of a route, each once, in the order of travel."""
    metres: dict[str, float] = {}
    for part in route.parts:
        metres[part.name] = metres.get(part.name, 0.0) + part.metres
    return ", ".join(name for name, length in metres.items() if name and length >= _NAMED_SHARE * route.metres)


def _bands(reach: SiteReach | None, degrees: Degrees) -> list[dict[str, Any]]:
    if reach is None:
        return []
    return [
        {"area": format_quantity(area.geometry.area / 1e6, "km²"), "rings": degrees.lines([drawn], least=3)}
        for area, drawn in zip(reach.areas, drawn_areas(reach), strict=True)
    ]


def _connection(answer: Corridor | NoCorridor | None, degrees: Degrees) -> dict[str, Any] | None:
    if answer is None or isinstance(answer, NoCorridor):
        return None if answer is None else {"reason": answer.reason}
    low, high = answer.cost_low, answer.cost_high
    return {
        "target": answer.target,
        "accuracy": "" if math.isnan(answer.accuracy_m) else format_quantity(answer.accuracy_m, "m"),
        "length": _about(answer.length_m),
        "weighted": _about(answer.weighted_m),
        "straight": _about(answer.straight_m),
        "cost": "" if low is None or high is None else f"{format_quantity(low, '')} to {format_quantity(high, '')} {answer.currency}",
        "crosses": [f"{name}: {_about(metres)}" for name, metres in answer.crosses],
        "remark": answer.remark,
        "line": degrees.lines([answer.geometry]),
        "at": degrees.point(*shapely.get_coordinates(answer.geometry)[-1]),
    }


def _about(metres: float) -> str:
    """Write a length to ten metres at best: a corridor runs over cells that are wider.

    >>> _about(23.9), _about(1_118.0)
    ('20 m', '1.12 km')
    """
    return format_quantity(round(metres, -1), "m")
