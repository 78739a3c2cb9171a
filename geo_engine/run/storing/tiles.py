"""Finished tiles of a grid, a file each, in a folder that every worker can write to; whoever collects them only looks there.

A file is named after its tile and the hash of its bytes, and appears whole: it is written under another name and renamed. So nothing needs
to be told between workers, and a tile that was spoilt is known by its name.
"""

from __future__ import annotations

import hashlib
import re
import uuid
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np
import rasterio
from affine import Affine
from numpy.typing import NDArray
from rasterio.errors import RasterioError

from geo_engine.errors import Fault, RunError
from geo_engine.model import Grid, Tile
from geo_engine.run.storing.cache import LastUsed, Planes

__all__ = ["TileStore", "write_tile"]

_NAME = re.compile(r"(?P<stem>[a-z]+)-(?P<row>\d+)-(?P<col>\d+)-(?P<sha>[0-9a-f]{32})\.tif")


def write_tile(folder: Path, stem: str, side: int, tile: Tile, planes: Sequence[NDArray[np.uint32 | np.float32]]) -> Path:
    """Leave a finished tile in a folder, whole or not at all; any process that sees the folder may.

    Parameters
    ----------
    folder : Path
        There already.
    stem : str
        What the file's name begins with: of several stores each has its own. Lower-case letters.
    side : int
        Cells along the tiles of the grid.
    tile : Tile
        One of them.
    planes : sequence of uint32 or float32 ndarray, shape (rows, columns)
        One a band.

    Returns
    -------
    Path
        Its file; the same content has the same name.

    Raises
    ------
    RunError
        If the disk does not take it.
    """
    rows, cols = tile.shape
    name = f"{stem}-{tile.row0 // side}-{tile.col0 // side}"
    # In cells; one off, since a file whose place is the corner of all counts as one without a place.
    place = Affine(1.0, 0.0, 1.0 + tile.col0, 0.0, -1.0, -1.0 - tile.row0)
    frame = {"height": rows, "width": cols, "count": len(planes), "transform": place}
    try:
        with rasterio.MemoryFile() as memory:
            # No predictor: of what the disk saves it takes twice the time back.
            with memory.open(driver="GTiff", dtype="uint32", compress="ZSTD", zstd_level=1, interleave="band", **frame) as target:
                for number, plane in enumerate(planes, start=1):
                    target.write(plane.view(np.uint32), number)
            content = memory.read()
        whole = folder / f"{name}-{hashlib.sha256(content).hexdigest()[:32]}.tif"
        partial = folder / f".{name}.{uuid.uuid4().hex}"
        partial.write_bytes(content)
        partial.replace(whole)
    except OSError as error:
        what = f"a tile cannot be stored: {error.strerror or error}"
        raise RunError(Fault(str(folder), what, remedy="make room and run again: it goes on")) from error
    return whole


class TileStore:
    """Tiles of a grid in a folder.

    Parameters
    ----------
    folder : Path
        Made if it is not there.
    grid : Grid
        The frame.
    side : int
        Cells along a tile.
    stem : str
        See `write_tile`.
    """

    def __init__(self, folder: Path, grid: Grid, side: int, stem: str) -> None:
        self.grid, self.side = grid, side
        self._folder, self._stem = folder, stem
        self._files: dict[tuple[int, int], Path] = {}
        self._held = LastUsed()
        folder.mkdir(parents=True, exist_ok=True)

    def add(self, tile: Tile, file: Path) -> None:
        """Take up a tile that `write_tile` left in the folder."""
        self._files[tile.row0 // self.side, tile.col0 // self.side] = file

    def collect(self) -> int:
        """Take up the tiles that lie in the folder and are what their names say; the others are removed.

        Returns
        -------
        int
            Tiles that were taken up.
        """
        for file in sorted(self._folder.iterdir()):
            found = _NAME.fullmatch(file.name)
            if file.name.startswith(f".{self._stem}-"):
                file.unlink(missing_ok=True)  # of a worker that was killed
            if found is None or found["stem"] != self._stem:
                continue
            if hashlib.sha256(file.read_bytes()).hexdigest()[:32] == found["sha"]:
                self._files[int(found["row"]), int(found["col"])] = file
            else:
                file.unlink()
        return len(self._files)

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of the grid."""
        return self.grid.shape

    def __contains__(self, tile: Tile) -> bool:
        """Tell whether a tile is there."""
        return (tile.row0 // self.side, tile.col0 // self.side) in self._files

    def planes(self, down: int, right: int) -> Planes | None:
        """Give the tile in a row and a column of tiles, uint32 of shape (bands, rows, columns), not to be changed; None where none is.

        Raises
        ------
        RunError
            If its file is gone or spoilt.
        """
        file = self._files.get((down, right))
        return None if file is None else self._held.get((down, right), partial(self._read, file))

    @staticmethod
    def _read(file: Path) -> Planes:
        try:
            with rasterio.open(file, num_threads=1) as source:  # a tile is too small to be shared out
                planes: Planes = source.read()
        except (RasterioError, OSError) as error:
            raise RunError(Fault(str(file), "a finished tile is gone or spoilt", remedy="run again: it goes on from the others")) from error
        return planes
