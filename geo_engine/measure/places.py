"""Where something is measured: the cell centres of a tile, or given points. One meaning, two doors.

A measure asks its places for distances, insides, sums and legs, and never knows which kind they are.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from geo_engine.kernels import discs, points, polygons, segments
from geo_engine.model import Grid, Tile
from geo_engine.network import Legs, Snapped, TravelNetwork

__all__ = ["Places", "PointPlaces", "TilePlaces"]

Float = NDArray[np.float64]
Float32 = NDArray[np.float32]


class Places(Protocol):
    """Places of one shape at which measures give float32 arrays of that shape."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of what is measured."""

    def coordinates(self) -> tuple[Float, Float]:
        """Eastings and northings in metres, each of `shape`."""

    def point_distance(self, e: Float, n: Float) -> Float32:
        """Metres to the nearest of the points (k,)."""

    def segment_distance(self, lines: Float, limit: float = np.inf) -> Float32:
        """Metres to the nearest of the segments (4, k); beyond `limit` it may be infinite."""

    def inside(self, rings: Float) -> NDArray[np.bool_]:
        """Whether inside the polygons whose ring segments are given, shape (4, k)."""

    def sum_in_discs(self, e: Float, n: Float, radius: Float, size: Float) -> Float:
        """Sum of the sizes of the points whose disc holds the place."""

    def legs(self, travel: TravelNetwork) -> Legs:
        """How each place reaches the network; flat arrays."""


@dataclass(frozen=True, eq=False)
class TilePlaces:
    """The cell centres of a tile of a grid.

    Parameters
    ----------
    grid : Grid
        The frame.
    tile : Tile
        The window.
    """

    grid: Grid
    tile: Tile
    _snapped: dict[object, Snapped] = field(default_factory=dict, repr=False)

    @property
    def shape(self) -> tuple[int, ...]:
        """Rows and columns."""
        return self.tile.shape

    def _axes(self) -> tuple[Float, Float]:
        return self.grid.eastings(self.tile), self.grid.northings(self.tile)

    def coordinates(self) -> tuple[Float, Float]:
        """Eastings and northings in metres, each of shape (rows, columns)."""
        e, n = np.meshgrid(*self._axes())
        return e, n

    def point_distance(self, e: Float, n: Float) -> Float32:
        """Metres to the nearest of the points (k,)."""
        out = np.empty(self.tile.shape, np.float32)
        points.nearest_point_on_tile(*self._axes(), e, n, out)
        return out

    def segment_distance(self, lines: Float, limit: float = np.inf) -> Float32:
        """Metres to the nearest of the segments (4, k); beyond `limit` it may be infinite."""
        out = np.empty(self.tile.shape, np.float32)
        segments.segment_distance_on_tile(*self._axes(), lines, limit, out)
        return out

    def inside(self, rings: Float) -> NDArray[np.bool_]:
        """Whether inside the polygons whose ring segments are given, shape (4, k)."""
        out = np.empty(self.tile.shape, np.bool_)
        polygons.inside_on_tile(*self._axes(), rings, out)
        return out

    def sum_in_discs(self, e: Float, n: Float, radius: Float, size: Float) -> Float:
        """Sum of the sizes of the points whose disc holds the place."""
        out = np.empty(self.tile.shape, np.float64)
        discs.sum_in_discs_on_tile(*self._axes(), e, n, radius, size, out)
        return out

    def legs(self, travel: TravelNetwork) -> Legs:
        """How each cell reaches the network, flat; the snapping is kept for the next measure."""
        key = travel.snap_key
        if key not in self._snapped:
            self._snapped[key] = travel.snap_on_tile(*self._axes())
        return travel.legs(self._snapped[key])


@dataclass(frozen=True, eq=False)
class PointPlaces:
    """Given points.

    Parameters
    ----------
    eastings, northings : float64 ndarray, shape (m,)
        Metres, finite.
    """

    eastings: Float
    northings: Float
    _snapped: dict[object, Snapped] = field(default_factory=dict, repr=False)

    @property
    def shape(self) -> tuple[int, ...]:
        """One axis."""
        return self.eastings.shape

    def coordinates(self) -> tuple[Float, Float]:
        """Eastings and northings in metres."""
        return self.eastings, self.northings

    def point_distance(self, e: Float, n: Float) -> Float32:
        """Metres to the nearest of the points (k,)."""
        return self.nearest_point(e, n)[0]

    def nearest_point(self, e: Float, n: Float) -> tuple[Float32, NDArray[np.int64]]:
        """Metres to, and index of, the nearest of the points (k,)."""
        out, index = np.empty(self.shape, np.float32), np.empty(self.shape, np.int64)
        points.nearest_point_at(self.eastings, self.northings, e, n, out, index)
        return out, index

    def segment_distance(self, lines: Float, limit: float = np.inf) -> Float32:  # noqa: ARG002 - one door may stop early, both mean the same
        """Metres to the nearest of the segments (4, k)."""
        d2, index, share = np.empty(self.shape), np.empty(self.shape, np.int32), np.empty(self.shape)
        segments.nearest_segment_at(self.eastings, self.northings, lines, np.inf, d2, index, share)
        return np.sqrt(d2).astype(np.float32)

    def inside(self, rings: Float) -> NDArray[np.bool_]:
        """Whether inside the polygons whose ring segments are given, shape (4, k)."""
        out = np.empty(self.shape, np.bool_)
        polygons.inside_at(self.eastings, self.northings, rings, out)
        return out

    def sum_in_discs(self, e: Float, n: Float, radius: Float, size: Float) -> Float:
        """Sum of the sizes of the points whose disc holds the place."""
        out = np.empty(self.shape, np.float64)
        discs.sum_in_discs_at(self.eastings, self.northings, e, n, radius, size, out)
        return out

    def legs(self, travel: TravelNetwork) -> Legs:
        """How each point reaches the network; the snapping is kept for the next measure."""
        key = travel.snap_key
        if key not in self._snapped:
            self._snapped[key] = travel.snap_at(self.eastings, self.northings)
        return travel.legs(self._snapped[key])
