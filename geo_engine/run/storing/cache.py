"""What was read last, held up to a number of bytes."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

__all__ = ["LastUsed", "Planes", "Tiles"]

_MOST = 96 * 2**20  # bytes, about: a row of tiles of a country at 25 m

Planes = NDArray[np.uint32]
"""What a tile holds, uint32 of shape (bands, rows, columns); floats by their bits."""


class Tiles(Protocol):
    """A grid in tiles, by rows and columns of tiles."""

    @property
    def side(self) -> int:
        """Cells along a tile."""

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of the grid."""

    def planes(self, down: int, right: int) -> Planes | None:
        """Give a tile, not to be changed; None where none is."""


class LastUsed:
    """Tiles by place; what has not been asked for the longest is let go first. Any thread may ask."""

    def __init__(self) -> None:
        self._held: OrderedDict[tuple[int, int], Planes] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    def get(self, key: tuple[int, int], read: Callable[[], Planes]) -> Planes:
        """Give a tile, read if it is not held."""
        with self._lock:
            if key in self._held:
                self._held.move_to_end(key)
                return self._held[key]
        planes = read()
        with self._lock:
            if key not in self._held:
                self._held[key] = planes
                self._bytes += planes.nbytes
            while self._bytes > _MOST and len(self._held) > 1:
                self._bytes -= self._held.popitem(last=False)[1].nbytes
        return planes
