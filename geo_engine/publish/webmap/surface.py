"""The scored grid as images in Web Mercator, in the right place to a pixel."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from affine import Affine
from numpy.typing import NDArray
from rasterio.enums import Resampling
from rasterio.warp import reproject, transform_bounds

from geo_engine.model import STATUS_OFF_AREA, Grid, Surface
from geo_engine.publish.style import score_palette
from geo_engine.publish.webmap.png import data_url, indexed_png, mask_png

__all__ = ["DISPLAY_PIXELS", "DisplayFrame", "bit_image", "display_frame", "display_score", "display_status", "mask_image", "score_image"]

DISPLAY_PIXELS = 2_400_000
"""At most so many pixels, the sea's included: about 550 m of ground for Great Britain, half a cell for a region."""

_MERCATOR = "EPSG:3857"
_SPHERE_RADIUS = 6_378_137.0
_COLOURS = 255


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
    average : bool
        True where a pixel is larger than a cell: scores are averaged; otherwise each pixel shows its cell.
    """

    west: float
    north: float
    pixel: float
    rows: int
    cols: int
    average: bool

    @property
    def transform(self) -> Affine:
        """From column and row to metres of Web Mercator."""
        return Affine(self.pixel, 0.0, self.west, 0.0, -self.pixel, self.north)

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
        The scored grid.
    most_pixels : int
        Limit of rows times columns, kept but for the rounding of the edges.
    """
    west, south, east, north = transform_bounds(grid.crs, _MERCATOR, *grid.bounds, densify_pts=101)
    cell = grid.cell * math.cosh(min(abs(south), abs(north)) / _SPHERE_RADIUS)  # 1 / cos(latitude) where cells look smallest
    pixel = max(cell / 2, math.sqrt((east - west) * (north - south) / most_pixels))
    first_col, first_row = math.floor(west / pixel), math.ceil(north / pixel)
    return DisplayFrame(
        west=first_col * pixel,
        north=first_row * pixel,
        pixel=pixel,
        rows=first_row - math.floor(south / pixel),
        cols=math.ceil(east / pixel) - first_col,
        average=pixel > cell,
    )


def display_score(surface: Surface, frame: DisplayFrame, values: NDArray[np.float32] | None = None) -> NDArray[np.float32]:
    """Reproject the score, or other values of its grid, to the frame, float32, shape (rows, columns), NaN where there is none."""
    target = np.full((frame.rows, frame.cols), np.nan, dtype=np.float32)
    how = Resampling.average if frame.average else Resampling.nearest
    _reproject(surface.score if values is None else values, target, surface.grid, frame, how, np.nan)
    return target


def display_status(surface: Surface, frame: DisplayFrame) -> NDArray[np.uint32]:
    """Reproject the status mask to the frame by the nearest cell, uint32, shape (rows, columns)."""
    target = np.full((frame.rows, frame.cols), STATUS_OFF_AREA, dtype=np.uint32)
    _reproject(surface.status, target, surface.grid, frame, Resampling.nearest, STATUS_OFF_AREA)
    return target


def score_image(score: NDArray[np.float32]) -> str:
    """Draw scores of 0 to 100 in the style's ramp, as an address of an indexed PNG; NaN is transparent."""
    known = np.isfinite(score)
    indices = np.zeros(score.shape, dtype=np.uint8)
    scaled = np.rint(np.clip(score[known], 0.0, 100.0) * np.float32((_COLOURS - 1) / 100.0))
    indices[known] = scaled.astype(np.uint8) + 1
    return data_url(indexed_png(indices, ((0, 0, 0), *score_palette(_COLOURS))))


def bit_image(status: NDArray[np.uint32], bits: tuple[int, ...]) -> str:
    """Draw where any of the bits is set, off the area never, as an address of a one-bit PNG; empty where nowhere."""
    wanted = np.uint32(sum(1 << bit for bit in bits))
    return mask_image(((status & wanted) != 0) & (status != STATUS_OFF_AREA))


def mask_image(mask: NDArray[np.bool_]) -> str:
    """Draw where a mask is True, as an address of a one-bit PNG; empty where nowhere."""
    return data_url(mask_png(mask)) if mask.any() else ""


def _reproject(
    source: NDArray[np.float32] | NDArray[np.uint32],
    target: NDArray[np.float32] | NDArray[np.uint32],
    grid: Grid,
    frame: DisplayFrame,
    how: Resampling,
    nodata: float,
) -> None:
    reproject(
        source,
        target,
        src_transform=Affine(grid.cell, 0.0, grid.west, 0.0, -grid.cell, grid.north),
        src_crs=grid.crs,
        src_nodata=nodata,
        dst_transform=frame.transform,
        dst_crs=_MERCATOR,
        dst_nodata=nodata,
        resampling=how,
        num_threads=2,
    )


def _longitude(easting: float) -> float:
    return math.degrees(easting / _SPHERE_RADIUS)


def _latitude(northing: float) -> float:
    return math.degrees(math.atan(math.sinh(northing / _SPHERE_RADIUS)))
