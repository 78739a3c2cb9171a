"""Where the page paints the cells: a picture in Web Mercator."""

from __future__ import annotations

import math
from dataclasses import dataclass

from rasterio.warp import transform_bounds

from geo_engine.model import Grid

__all__ = ["DISPLAY_PIXELS", "DisplayFrame", "display_frame"]

DISPLAY_PIXELS = 3_200_000
"""At most so many pixels, the sea's included: about 500 m of ground for Great Britain, half a cell for a region."""

_MERCATOR = "EPSG:3857"
_SPHERE_RADIUS = 6_378_137.0
_EDGE = math.pi * _SPHERE_RADIUS  # metres: web maps end where they are square, at 85.05 degrees of latitude


@dataclass(frozen=True, slots=True)
class DisplayFrame:
    """An image's place in Web Mercator.

    Parameters
    ----------
    west, north : float
        Upper-left corner, in metres of Web Mercator.
    pixel : float
        Side of a pixel, in metres of Web Mercator.
    rows, cols : int
        Size of the image.
    """

    west: float
    north: float
    pixel: float
    rows: int
    cols: int

    @property
    def corners(self) -> list[list[float]]:
        """South-west and north-east corner as lat, lon, as Leaflet wants them."""
        south, east = self.north - self.rows * self.pixel, self.west + self.cols * self.pixel
        return [[_latitude(south), _longitude(self.west)], [_latitude(self.north), _longitude(east)]]


def display_frame(grid: Grid, most_pixels: int = DISPLAY_PIXELS) -> DisplayFrame:
    """Choose the image's frame: half a cell a pixel where that is little enough, coarser otherwise.

    Parameters
    ----------
    grid : Grid
        Of the cells that are painted.
    most_pixels : int
        Limit of rows times columns, kept but for the rounding of the edges.
    """
    bounds = transform_bounds(grid.crs, _MERCATOR, *grid.bounds, densify_pts=101)
    west, south, east, north = (min(max(edge, -_EDGE), _EDGE) for edge in bounds)  # a pole would be infinitely far
    cell = grid.cell * math.cosh(min(abs(south), abs(north)) / _SPHERE_RADIUS)  # 1 / cos(latitude) where cells look smallest
    pixel = max(cell / 2, math.sqrt((east - west) * (north - south) / most_pixels))
    first_col, first_row = math.floor(west / pixel), math.ceil(north / pixel)
    return DisplayFrame(
        west=first_col * pixel,
        north=first_row * pixel,
        pixel=pixel,
        rows=first_row - math.floor(south / pixel),
        cols=math.ceil(east / pixel) - first_col,
    )


def _longitude(easting: float) -> float:
    return math.degrees(easting / _SPHERE_RADIUS)


def _latitude(northing: float) -> float:
    return math.degrees(math.atan(math.sinh(northing / _SPHERE_RADIUS)))
