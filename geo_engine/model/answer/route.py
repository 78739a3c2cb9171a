"""A way over a network, and how far one gets in a given time."""

from __future__ import annotations

from dataclasses import dataclass

from shapely.geometry.base import BaseGeometry

__all__ = ["Route", "RoutePart", "ServiceArea", "SiteReach"]


@dataclass(frozen=True, slots=True)
class RoutePart:
    """A stretch of a route on one road.

    Parameters
    ----------
    name : str
        The road, by the layer's id column; blank off the network and where the layer names none.
    road_class : str
        Its class, or ``"off the network"``.
    metres, seconds : float
        Length (off the network with the profile's detour) and time.
    """

    name: str
    road_class: str
    metres: float
    seconds: float


@dataclass(frozen=True, eq=False)
class Route:
    """A way between a place and a facility, in the direction of travel.

    Parameters
    ----------
    facility : str
        By name.
    metres, seconds : float
        Of the whole way, the legs off the network included.
    cost : float
        What was made least, in `unit`.
    unit : str
        ``s``, ``m``, or a currency.
    parts : tuple of RoutePart
        In order; they add up to the whole.
    geometry : shapely LineString
        In study coordinates; the legs off the network are straight.
    """

    facility: str
    metres: float
    seconds: float
    cost: float
    unit: str
    parts: tuple[RoutePart, ...]
    geometry: BaseGeometry


@dataclass(frozen=True, eq=False)
class ServiceArea:
    """The land that is reached within a limit (an isochrone, where the limit is a time).

    Parameters
    ----------
    limit : float
        Seconds, metres, or money.
    geometry : shapely MultiPolygon
        In study coordinates; may be empty.
    """

    limit: float
    geometry: BaseGeometry


@dataclass(frozen=True, eq=False)
class SiteReach:
    """The routes of a site and how far one gets from it.

    Parameters
    ----------
    site_id : str
        Whose.
    routes : tuple of (str, Route or None)
        By the name of the study's wish, in its order; None where no feature can be reached.
    areas : tuple of ServiceArea
        In the order of the study's isochrones.
    """

    site_id: str
    routes: tuple[tuple[str, Route | None], ...]
    areas: tuple[ServiceArea, ...]
