"""A quick look at one layer as a small PNG: land, features, a scale bar; drawn by own code, the same data give the same bytes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shapely
from affine import Affine
from numpy.typing import NDArray
from rasterio.features import rasterize

from geo_engine.errors import Fault, RunError
from geo_engine.publish.plots.png import indexed_png
from geo_engine.publish.style import ATTENTION, INK, LAND, REGION_LINE, SEA, score_palette

__all__ = ["QuickLook", "draw_quick_look", "quick_look_png", "write_quick_look"]

Box = tuple[float, float, float, float]

_SIDE = 900  # pixels of the longer side
_MARGIN = 0.04  # of the longer side, on each side
_DOT = 2  # pixels from the middle of a point's sign to its edge
_SHADES = 200
_GROUND, _LAND, _LINE, _FILL, _MARK, _BAR, _FIRST_SHADE = range(1, 8)


@dataclass(frozen=True, eq=False)
class QuickLook:
    """What is to be drawn, all of it in one CRS.

    Parameters
    ----------
    bounds : tuple of float
        West, south, east, north of what is shown.
    shapes : ndarray of shapely geometries, shape (n,)
        Features; none for a raster.
    outline : shapely geometry or None
        The land or area to see them against.
    cells, cells_bounds : float32 ndarray of shape (rows, columns), and its box; None where there is no raster
        NaN is not drawn.
    metres : bool
        Whether the CRS is in metres, so that a scale bar has a length.
    """

    bounds: Box
    shapes: NDArray[np.object_]
    outline: shapely.Geometry | None = None
    cells: NDArray[np.float32] | None = None
    cells_bounds: Box | None = None
    metres: bool = True


def write_quick_look(look: QuickLook, path: Path) -> float:
    """Write the picture and give the length of its scale bar in metres, 0 where there is none.

    Raises
    ------
    RunError
        If the file cannot be written.
    """
    png, bar = quick_look_png(look)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(png)
    except OSError as error:
        raise RunError(Fault(str(path), f"cannot be written: {error.strerror}")) from error
    return bar


def quick_look_png(look: QuickLook) -> tuple[bytes, float]:
    """Give the picture as a PNG, and the length of its scale bar in metres."""
    pixels, bar = draw_quick_look(look)
    return indexed_png(pixels, _palette()), bar


def draw_quick_look(look: QuickLook) -> tuple[NDArray[np.uint8], float]:
    """Draw the picture.

    Returns
    -------
    pixels : uint8 ndarray, shape (rows, columns)
        Numbers of colours, row 0 in the north; degrees are drawn narrower by the cosine of the middle latitude.
    bar : float
        Metres of the scale bar; 0 where the CRS is not in metres.

    Examples
    --------
    >>> shapes = np.array([shapely.Point(500.0, 500.0)], dtype=object)
    >>> pixels, bar = draw_quick_look(QuickLook((0.0, 0.0, 1000.0, 1000.0), shapes))
    >>> pixels.shape, bar, int((pixels == 5).sum())
    ((900, 900), 200.0, 25)
    """
    west, south, east, north = look.bounds
    longer = max(east - west, north - south, 1e-6)
    west, south, east, north = west - _MARGIN * longer, south - _MARGIN * longer, east + _MARGIN * longer, north + _MARGIN * longer
    narrow = 1.0 if look.metres else max(math.cos(math.radians((south + north) / 2)), 0.1)
    scale = _SIDE / max((east - west) * narrow, north - south)  # pixels a unit, up
    shape = (max(1, math.ceil((north - south) * scale)), max(1, math.ceil((east - west) * narrow * scale)))
    grid = Affine(1 / (scale * narrow), 0, west, 0, -1 / scale, north)
    pixels = np.full(shape, _GROUND, np.uint8)
    if look.outline is not None:
        _burn(pixels, [look.outline], grid, _LAND)
    if look.cells is not None and look.cells_bounds is not None:
        _shade(pixels, look.cells, look.cells_bounds, grid)
    kinds = shapely.get_dimensions(look.shapes) if len(look.shapes) else np.empty(0, np.int64)
    areas = look.shapes[kinds == 2]  # noqa: PLR2004 - dimensions, as shapely counts them
    _burn(pixels, areas, grid, _FILL)
    _burn(pixels, shapely.boundary(areas) if len(areas) else [], grid, _MARK, every=True)
    if look.outline is not None:
        _burn(pixels, [shapely.boundary(look.outline)], grid, _LINE, every=True)
    _burn(pixels, look.shapes[kinds == 1], grid, _MARK, every=True)
    _dots(pixels, look.shapes[kinds == 0], grid)
    return pixels, _bar(pixels, scale) if look.metres else 0.0


def _palette() -> list[tuple[int, int, int]]:
    named = [_rgb(colour) for colour in (SEA, SEA, LAND, REGION_LINE, "#f2c9a8", ATTENTION, INK)]
    return [*named, *score_palette(_SHADES)]


def _rgb(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _burn(
    pixels: NDArray[np.uint8], shapes: Sequence[shapely.Geometry] | NDArray[np.object_], grid: Affine, colour: int, *, every: bool = False
) -> None:
    drawn = list(np.asarray(shapes, dtype=object)[~shapely.is_empty(shapes)]) if len(shapes) else []
    if drawn:
        rasterize(drawn, out=pixels, transform=grid, default_value=colour, all_touched=every)


def _dots(pixels: NDArray[np.uint8], points: NDArray[np.object_], grid: Affine) -> None:
    """Draw each point as a small square."""
    places = shapely.get_coordinates(points)
    if not len(places):
        return
    cols, rows = (np.floor(values).astype(np.int64) for values in ~grid @ (places[:, 0], places[:, 1]))
    for down in range(-_DOT, _DOT + 1):
        for across in range(-_DOT, _DOT + 1):
            r, c = rows + down, cols + across
            there = (r >= 0) & (r < pixels.shape[0]) & (c >= 0) & (c < pixels.shape[1])
            pixels[r[there], c[there]] = _MARK


def _shade(pixels: NDArray[np.uint8], cells: NDArray[np.float32], box: Box, grid: Affine) -> None:
    """Lay a raster's values over the picture, from its 2nd to its 98th percentile in even shades."""
    west, south, east, north = box
    cols, rows = np.meshgrid(np.arange(pixels.shape[1]) + 0.5, np.arange(pixels.shape[0]) + 0.5)
    easts, norths = grid @ (cols, rows)
    across = np.floor((easts - west) / (east - west) * cells.shape[1]).astype(np.int64)
    down = np.floor((north - norths) / (north - south) * cells.shape[0]).astype(np.int64)
    there = (across >= 0) & (across < cells.shape[1]) & (down >= 0) & (down < cells.shape[0])
    values = np.full(pixels.shape, np.nan, np.float32)
    values[there] = cells[down[there], across[there]]
    known = np.isfinite(values)
    if not known.any():
        return
    low, high = np.percentile(values[known], (2, 98)).tolist()
    share = np.clip((values[known] - low) / max(high - low, 1e-30), 0, 1)
    pixels[known] = (_FIRST_SHADE + np.round(share * (_SHADES - 1))).astype(np.uint8)


def _bar(pixels: NDArray[np.uint8], scale: float) -> float:
    """Draw a bar of a round length, at most a quarter of the picture, and give its metres."""
    most = pixels.shape[1] / 4 / scale
    power = 10.0 ** math.floor(math.log10(most))
    metres = next(step * power for step in (5.0, 2.0, 1.0) if step * power <= most)
    row, col, long = pixels.shape[0] - 14, 14, max(1, round(metres * scale))
    pixels[row : row + 4, col : col + long] = _BAR
    for end in (col, col + long - 2):
        pixels[row - 6 : row + 4, end : end + 2] = _BAR
    return metres
