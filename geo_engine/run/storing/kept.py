"""What a criterion or a rule was measured as, kept on the disk tile by tile, so that it is read where it would be measured again."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar
from zlib import adler32

import numpy as np
from numpy.typing import NDArray

from geo_engine.measure import Places, PreparedMeasure, TilePlaces
from geo_engine.model import Grid, Tile

__all__ = ["KeptMeasure", "KeptRule", "TileFrame", "tile_file"]

_FAILED, _UNKNOWN = np.uint8(1), np.uint8(2)
_Mask = NDArray[np.bool_]
Answer = TypeVar("Answer")
Cell = TypeVar("Cell", np.float32, np.uint8)


@dataclass(frozen=True)
class TileFrame:
    """Which tiles are kept.

    Parameters
    ----------
    grid : Grid
        Of the run; what is asked about another one is measured.
    side : int
        Cells along a tile.
    tiles : frozenset of (int, int)
        Row and column of each tile that may be written; what is there is read in any case.
    worth : float
        Seconds of a core a cell; a tile that was measured faster is not written.
    """

    grid: Grid
    side: int
    tiles: frozenset[tuple[int, int]]
    worth: float

    def place(self, places: Places) -> tuple[int, int] | None:
        """Give the row and the column of the tile that places are; None where they are none."""
        if not isinstance(places, TilePlaces) or places.grid != self.grid:
            return None
        tile, side = places.tile, self.side
        down, right = tile.row0 // side, tile.col0 // side
        rows, cols = self.grid.shape
        whole = Tile(down * side, min(rows, (down + 1) * side), right * side, min(cols, (right + 1) * side))
        return (down, right) if tile == whole else None


def tile_file(folder: Path, place: tuple[int, int]) -> Path:
    """Give the file of a tile in the folder of a surface."""
    return folder / f"{place[0]}-{place[1]}.tile"


@dataclass(frozen=True, eq=False)
class KeptMeasure:
    """A measure that reads what was kept of it.

    Parameters
    ----------
    folder : Path
        Of this surface's own; it need not be there.
    frame : TileFrame
        Which tiles are kept.
    measure : PreparedMeasure
        What is asked for the rest.
    """

    folder: Path
    frame: TileFrame
    measure: PreparedMeasure

    def __call__(self, places: Places) -> NDArray[np.float32]:
        """Give the amounts at places, float32 of their shape: the same whether they are read or measured."""
        place = self.frame.place(places)
        if place is None:
            return self.measure(places)
        kept = _read(tile_file(self.folder, place), places.shape, np.float32)
        if kept is not None:
            return kept
        found, spent = _timed(self.measure, places)
        if place in self.frame.tiles and spent > self.frame.worth * found.size:
            _write(tile_file(self.folder, place), found)
        return found


@dataclass(frozen=True, eq=False)
class KeptRule:
    """A rule's judgement that reads what was kept of it; parameters as for `KeptMeasure`."""

    folder: Path
    frame: TileFrame
    judge: Callable[[Places], tuple[_Mask, _Mask | None]]

    def __call__(self, places: Places) -> tuple[_Mask, _Mask | None]:
        """Give where the rule is failed or its value is unknown, and where it is unknown (None: nowhere); bool of the places' shape."""
        place = self.frame.place(places)
        if place is None:
            return self.judge(places)
        kept = _read(tile_file(self.folder, place), places.shape, np.uint8)
        if kept is not None:
            unknown = kept & _UNKNOWN != 0
            return kept & _FAILED != 0, unknown if unknown.any() else None
        (failed, not_known), spent = _timed(self.judge, places)
        if place in self.frame.tiles and spent > self.frame.worth * failed.size:
            bits = failed.astype(np.uint8)
            _write(tile_file(self.folder, place), bits if not_known is None else bits | not_known.astype(np.uint8) << np.uint8(1))
        return failed, not_known


def _timed(work: Callable[[Places], Answer], places: Places) -> tuple[Answer, float]:
    begun = time.thread_time()
    answer = work(places)
    return answer, time.thread_time() - begun


def _read(file: Path, shape: tuple[int, ...], kind: type[Cell]) -> NDArray[Cell] | None:
    """Read a tile that may be changed by who gets it; None where it is not there, or not what was written."""
    size = int(np.prod(shape)) * np.dtype(kind).itemsize
    try:
        found = np.fromfile(file, np.uint8)
    except OSError:
        return None
    if found.size != size + 4 or adler32(found[:size].data) != int.from_bytes(found[size:].tobytes(), "little"):
        return None
    return found[:size].view(kind).reshape(shape)


def _write(file: Path, found: NDArray[np.float32] | NDArray[np.uint8]) -> None:
    """Keep a tile, whole or not at all; a disk that takes no more costs a later run time, and this one nothing."""
    content = np.ascontiguousarray(found).tobytes()
    partial = file.with_name(f".{uuid.uuid4().hex}")
    with suppress(OSError):
        try:
            with partial.open("wb") as target:
                target.write(content)
                target.write(adler32(content).to_bytes(4, "little"))
            partial.replace(file)
        finally:
            partial.unlink(missing_ok=True)
