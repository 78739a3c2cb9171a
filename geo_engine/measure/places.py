"""Where something is measured: the cell centres of a tile, or given points. One meaning, two doors.

A measure asks its places for distances, insides, sums and legs, and never knows which kind they are.
"""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from geo_engine.kernels import discs, points, polygons, segments
from geo_engine.model import Direction, Grid, Impedance, Tile
from geo_engine.network import Legs, Snapped, TravelNetwork

__all__ = ["Places", "PointPlaces", "TilePlaces"]

Float = NDArray[np.float64]
Float32 = NDArray[np.float32]

_MOST_KEPT = 2**27  # bytes of costs between points and nodes, of one way of travelling


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
    _searched: dict[object, Float] = field(default_factory=dict, repr=False)

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

    def node_costs(
        self, travel: TravelNetwork, node: NDArray[np.int64], impedance: Impedance, direction: Direction, executor: Executor
    ) -> Float:
        """Give the cost between some nodes of a network (n,) and each point, its leg included: shape (n, m).

        Each point is searched from. Where that is little the costs of all nodes are kept for the next measure that travels alike.

        Parameters
        ----------
        travel : TravelNetwork
            The network.
        node : int64 ndarray, shape (n,)
            The nodes asked about.
        impedance, direction
            As for `TravelNetwork.reach_from`.
        executor : Executor
            Shares out the points; the answer does not depend on it.
        """
        key = travel, impedance, direction
        if key in self._searched:
            return np.ascontiguousarray(self._searched[key][:, node].T)
        legs = self.legs(travel)
        travel.graph(impedance, direction, contract=False)  # made once, before several threads ask for it
        keep = 8 * len(legs.link) * travel.node_count <= _MOST_KEPT

        def search(place: int) -> Float:
            one = slice(place, place + 1)
            found = travel.reach_from(Legs(legs.link[one], legs.along[one], legs.metres[one]), impedance, direction)
            return found if keep else found[node]

        found = np.stack(list(executor.map(search, range(len(legs.link)))))
        if keep:
            self._searched[key] = found
        return np.ascontiguousarray((found[:, node] if keep else found).T)
