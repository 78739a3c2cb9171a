"""Rasters on disk in a line, and every door through which a measure of them is asked."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import rasterio
from numpy.typing import NDArray
from rasterio import Affine

from geo_engine.measure import PreparedMeasure, Stock, TilePlaces, prepare
from geo_engine.model import Grid, Layer, Measure, RasterSampler
from geo_engine.workspace import open_raster
from tests.measure.builders import BNG, Float, by_tiles, centres, same_bits, whole

WEST, NORTH = 400_000.0, 300_000.0
TURNED = Affine(8.66, 12.5, WEST, 5.0, -21.65, NORTH)  # 10 m by 25 m cells turned by some 30 degrees: no swap of axes goes unseen


def north_up(cell: float) -> Affine:
    return Affine(cell, 0, WEST, 0, -cell, NORTH)


def save(
    path: Path,
    values: NDArray[np.generic],
    transform: Affine,
    *,
    crs: str = BNG,
    nodata: float | None = None,
    unit: str = "m",
) -> RasterSampler:
    rows, cols = values.shape
    with rasterio.open(
        path, "w", driver="GTiff", count=1, height=rows, width=cols, dtype=values.dtype, transform=transform, crs=crs, nodata=nodata
    ) as out:
        out.write(values, 1)
    return open_raster(Layer("land", "Land", str(path), "raster", "", "", "", unit=unit), crs=BNG)


def on_map(transform: Affine, col: Float, row: Float) -> tuple[Float, Float]:
    """Place columns and rows, in cells from the upper-left corner."""
    return (
        transform.a * col + transform.b * row + transform.c,
        transform.d * col + transform.e * row + transform.f,
    )


def cell_centres(transform: Affine, shape: tuple[int, ...], border: int = 0) -> tuple[Float, Float]:
    """Give the centres of a raster's cells, and of as many about it."""
    rows, cols = (np.arange(-border, most + border) + 0.5 for most in shape)
    return on_map(transform, *np.meshgrid(cols, rows))


def alike_through_all_doors(prepared: PreparedMeasure, grid: Grid) -> NDArray[np.float32]:
    """Measure a grid in one tile, and see that other tiles and single points give the same bits."""
    found = prepared(whole(grid))
    sides = (1, 7) if grid.size <= 150 else (7,) if grid.size <= 900 else (31,)  # a tile of its own for each cell is slow
    for side in sides:
        assert same_bits(by_tiles(grid, side, prepared), found)
    assert same_bits(prepared(centres(grid)), found.ravel())
    tile = next(iter(grid.tiles(5)))
    assert same_bits(prepared(TilePlaces(grid, tile)), found[tile.window])
    return found


def measured(measure: Measure, sampler: RasterSampler, grid: Grid) -> NDArray[np.float32]:
    return alike_through_all_doors(prepare(measure, sampler, Stock(cell=grid.cell)), grid)
