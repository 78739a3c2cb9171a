"""How far straight distances in a study's CRS are from those on the ground."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyproj
import shapely
from shapely.geometry.base import BaseGeometry

from geo_engine.projection import transformer

__all__ = ["WORTH_A_WORD", "Distortion", "distortion", "distortion_said"]

WORTH_A_WORD = 0.01
"""Share by which distances may be off before `check` warns: less drowns in the detours that roads make."""


@dataclass(frozen=True, slots=True)
class Distortion:
    """How far a metre of the ground is in a CRS, at the corners of an area.

    Parameters
    ----------
    least, most : float
        Metres of the CRS for a metre on the ellipsoid, in the direction where they are fewest and most.
    lon, lat : float
        The corner that is off most, WGS84 degrees.
    """

    least: float
    most: float
    lon: float
    lat: float

    @property
    def off(self) -> float:
        """The greatest error of a short straight distance, as a share."""
        return max(self.most - 1.0, 1.0 - self.least)


def distortion(crs: str, area: BaseGeometry) -> Distortion:
    """Tell the distortion of distances at the corners of an area, that is of its convex hull, by PROJ's scale factors.

    The axes of Tissot's indicatrix are the greatest and the least scale at a place (J. P. Snyder, Map Projections: A Working Manual, 1987,
    section 4). An error grows outwards from where a projection is true, so corners hold the worst of it.

    Parameters
    ----------
    crs : str
        Projected, in metres.
    area : shapely geometry
        In that CRS, not empty.

    Returns
    -------
    Distortion
        NaN throughout where PROJ has no scale factors for the CRS there.

    Examples
    --------
    >>> oslo_to_bergen = shapely.box(4_000_000.0, 4_000_000.0, 4_400_000.0, 4_200_000.0)
    >>> round(distortion("EPSG:3035", oslo_to_bergen).off, 4)
    0.0035
    """
    eastings, northings = shapely.get_coordinates(area.convex_hull).T
    lon, lat = transformer(crs, "EPSG:4326").transform(eastings, northings)
    factors = pyproj.Proj(crs).get_factors(lon, lat)
    most, least = np.asarray(factors.tissot_semimajor, np.float64), np.asarray(factors.tissot_semiminor, np.float64)
    off = np.maximum(most - 1.0, 1.0 - least)
    if not np.isfinite(off).all():
        return Distortion(*[float("nan")] * 4)
    worst = int(off.argmax())
    return Distortion(float(least.min()), float(most.max()), float(lon[worst]), float(lat[worst]))


def distortion_said(crs: str, area: BaseGeometry) -> tuple[str, ...]:
    """Warn where straight distances in a CRS are off by more than `WORTH_A_WORD` at a corner of an area; else nothing."""
    found = distortion(crs, area)
    if np.isnan(found.off):
        return (f"PROJ does not say how far distances in {crs} are off here: compare one with a distance that is known",)
    if found.off <= WORTH_A_WORD:
        return ()
    ways = [text for share, text in ((found.most - 1.0, "too long"), (1.0 - found.least, "too short")) if share > WORTH_A_WORD]
    how = " one way and ".join(ways) + (" the other" if len(ways) > 1 else "")
    where = f"worst about {found.lon:.1f}, {found.lat:.1f} (lon, lat)"
    return (
        f"straight distances in {crs} are up to {found.off:.1%} off in this area, {how}, {where}; buffers and thresholds are off with them",
    )
