"""Land that fails one rule only, and what would be found there without it."""

from __future__ import annotations

from dataclasses import dataclass

from shapely.geometry.base import BaseGeometry

__all__ = ["LiftedArea", "NearMiss"]


@dataclass(frozen=True, slots=True)
class LiftedArea:
    """An area that would be found if one rule were lifted, with at least one cell that fails it.

    Parameters
    ----------
    rank : int
        The rank it would have.
    score : float
        0 to 100.
    easting, northing : float
        Of the centroid, study CRS, metres.
    lon, lat : float
        The same in WGS84 degrees.
    failing_share : float
        Share of its cells that fail the rule, above 0 to 1.
    geometry : shapely geometry
        Outline in study coordinates.
    """

    name: str
    region: str
    rank: int
    score: float
    easting: float
    northing: float
    lon: float
    lat: float
    grid_ref: str
    area_m2: float
    failing_share: float
    geometry: BaseGeometry


@dataclass(frozen=True, slots=True)
class NearMiss:
    """Land with a score that one rule alone keeps from being free.

    Parameters
    ----------
    rule : str
        Its name.
    hectares : float
        Of that land; what would become free without the rule.
    areas : tuple of LiftedArea
        The best that would be found there, best first, few.
    """

    rule: str
    hectares: float
    areas: tuple[LiftedArea, ...] = ()
