"""A raster file read block by block, as tiles are."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np
import rasterio
from rasterio.errors import RasterioError
from rasterio.windows import Window

from geo_engine.errors import Fault, RunError
from geo_engine.model import STATUS_OFF_AREA, Grid, Surface
from geo_engine.run.storing.bands import StoredBand
from geo_engine.run.storing.cache import LastUsed, Planes

__all__ = ["RasterTiles", "left_surface"]

_SIDE = 512  # cells along a block: that of the rasters that runs leave


class RasterTiles:
    """The blocks of a raster of one band that a run left.

    Parameters
    ----------
    path : Path
        The file.
    shape : tuple of int
        Its rows and columns.
    """

    side = _SIDE

    def __init__(self, path: Path, shape: tuple[int, int]) -> None:
        self.path, self.shape = path, shape
        self._held = LastUsed()

    def planes(self, down: int, right: int) -> Planes:
        """Give the block in a row and a column of blocks, the bits of its values: uint32 of shape (1, rows, columns).

        Raises
        ------
        RunError
            If it cannot be read.
        """
        return self._held.get((down, right), partial(self._read, down, right))

    def _read(self, down: int, right: int) -> Planes:
        row, col = down * _SIDE, right * _SIDE
        window = Window(col, row, min(_SIDE, self.shape[1] - col), min(_SIDE, self.shape[0] - row))
        try:
            with rasterio.open(self.path, num_threads=1) as source:
                planes: Planes = source.read(window=window).view(np.uint32)
        except (RasterioError, OSError) as error:
            raise RunError(Fault(str(self.path), f"cannot be read: {str(error).splitlines()[0]}", remedy="run the study again")) from error
        return planes


def left_surface(grid: Grid, folder: Path) -> Surface:
    """Give the surface that a run left in a folder, read from its rasters when it is asked for."""
    score, best = StoredBand(RasterTiles(folder / "suitability.tif", grid.shape), 0, np.float32(np.nan)), folder / "best5.tif"
    status = StoredBand(RasterTiles(folder / "status.tif", grid.shape), 0, np.uint32(STATUS_OFF_AREA))
    return Surface(grid, score, status, StoredBand(RasterTiles(best, grid.shape), 0, np.float32(np.nan)) if best.is_file() else None)
