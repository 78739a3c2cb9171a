"""Snap places to the nearest line of a network that they may enter: of the main part, or of the island they are on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo_engine.errors import Fault, NetworkError
from geo_engine.kernels import polygons, segments
from geo_engine.kernels.shapes import ring_segments
from geo_engine.network.build import Network

__all__ = ["SegmentSet", "Snapped", "choose", "on_land", "segment_sets"]

Float = NDArray[np.float64]
Found = tuple[NDArray[np.int32], Float, Float, NDArray[np.bool_]]
"""Segment (-1 for none), distance in metres (infinite where none), share of the segment, whether on this set's land; flat arrays."""


@dataclass(frozen=True, eq=False)
class Snapped:
    """Where places meet the network's lines; arrays of one shape.

    Parameters
    ----------
    segment : int32 ndarray
        Nearest enterable segment; -1 where none is within the limit.
    share : float64 ndarray
        Share of the segment at the nearest point.
    metres : float64 ndarray
        Straight distance to that point.
    """

    segment: NDArray[np.int32]
    share: Float
    metres: Float


@dataclass(frozen=True, eq=False)
class SegmentSet:
    """Enterable segments of the main part, or of one island with its land; in order of where they start, from west to east."""

    numbers: NDArray[np.int32]
    coordinates: Float
    reach: float
    land: Float | None
    bounds: tuple[float, float, float, float] | None

    def at(self, e: Float, n: Float) -> Found | None:
        """Find the nearest segment for places of shape (m,); None where all are far from the land."""
        if not self._near(e, n):
            return None
        d2, index, share = np.empty(e.shape), np.empty(e.shape, np.int32), np.empty(e.shape)
        segments.nearest_segment_at(e, n, self.coordinates, self.reach, d2, index, share)
        here = np.ones(e.shape, np.bool_)
        if self.land is not None:
            polygons.inside_at(e, n, self.land, here)
        return self.numbers[index].astype(np.int32), np.sqrt(d2).astype(np.float64), share, here

    def on_tile(self, e: Float, n: Float, limit: float) -> Found | None:
        """Find the nearest segment within `limit` metres for the cells of a tile; None where all are far from the land."""
        if not self._near(e, n):
            return None
        shape = (n.size, e.size)
        d2, index, share = np.empty(shape), np.empty(shape, np.int32), np.empty(shape)
        segments.nearest_segment_on_tile(e, n, self.coordinates, limit, d2, index, share)
        here = np.ones(shape, np.bool_)
        if self.land is not None:
            polygons.inside_on_tile(e, n, self.land, here)
        number = np.where(index < 0, -1, self.numbers[np.maximum(index, 0)]).astype(np.int32)
        return number.ravel(), np.sqrt(d2).ravel(), share.ravel(), here.ravel()

    def _near(self, e: Float, n: Float) -> bool:
        if self.bounds is None or e.size == 0:
            return True
        west, south, east, north = self.bounds
        return bool(e.max() >= west and e.min() <= east and n.max() >= south and n.min() <= north)


def choose(found: list[Found | None], limit: float) -> Snapped:
    """Take the nearest segment of the island on an island, the main part's elsewhere; none beyond the limit."""
    first = found[0]
    if first is None:  # the main set has no bounds, so it always answers
        msg = "the main part of a network answered nothing"
        raise AssertionError(msg)
    number, distance, share, _ = first
    on_island = np.zeros(number.shape, np.bool_)
    for island in found[1:]:
        if island is not None:
            here = island[3] & (~on_island | (island[1] < distance))  # an island may have roads that do not meet
            on_island |= island[3]
            number, distance, share = (
                np.where(here, island[0], number),
                np.where(here, island[1], distance),
                np.where(here, island[2], share),
            )
    number = np.where(distance <= limit, number, -1).astype(np.int32)
    return Snapped(number, np.ascontiguousarray(share), np.where(number < 0, 0.0, distance))


def on_land(network: Network, eastings: Float, northings: Float) -> tuple[Float, Float]:
    """Leave the places where they are; a facility just off an island's generalised shore, by the layer's island gap, is moved onto it."""
    e, n = eastings.copy(), northings.copy()
    gap = network.island_gap
    for land in network.islands:
        west, south, east, north = shapely.bounds(land).tolist()  # not a number where the land is not known: near to nothing
        near = (eastings > west - gap) & (eastings < east + gap) & (northings > south - gap) & (northings < north + gap)
        for i in np.flatnonzero(near):
            place = shapely.Point(eastings[i], northings[i])
            away = shapely.distance(place, land)
            if not 0 < away < gap or (network.land is not None and shapely.distance(place, network.land) < away):
                continue  # on it, too far from it, or on other land or nearer to that
            inner = land.buffer(-1.0)
            target = shapely.shortest_line(inner if not inner.is_empty else land, place)
            e[i], n[i] = shapely.get_coordinates(target)[0]
    return e, n


def segment_sets(network: Network, enterable: NDArray[np.bool_], profile: str) -> tuple[SegmentSet, ...]:
    """Part the segments of enterable edges, a mask of shape (edges,), into those of the main part and those of each island."""
    part = np.where(enterable, network.component, -1)[network.segment_edge]
    with_land = [i for i, land in enumerate(network.islands, start=1) if not land.is_empty]
    # Parts whose land is not known are snapped to like the main part.
    main = (part == 0) | ((part > 0) & ~np.isin(part, with_land))
    if not main.any():
        raise NetworkError(
            Fault(network.name, f"has no edge that profile '{profile}' may enter", remedy="check the classes, closed and entered_at_ends")
        )
    made = [_segment_set(network, main, None)]
    made += [_segment_set(network, part == i, network.islands[i - 1]) for i in with_land if (part == i).any()]
    return tuple(made)


def _segment_set(network: Network, mine: NDArray[np.bool_], land: BaseGeometry | None) -> SegmentSet:
    numbers = np.flatnonzero(mine).astype(np.int32)
    # Of two lines equally near the first is taken: first by where it lies, not by its row in the layer.
    every = len(numbers) == network.segments.shape[1]
    numbers = numbers[np.lexsort(network.segments[::-1] if every else network.segments[::-1, numbers])]
    rings = ring_segments(land) if land is not None else None
    bounds = tuple(shapely.bounds(land).tolist()) if land is not None else None
    mine_only = np.ascontiguousarray(network.segments[:, numbers])
    return SegmentSet(numbers, mine_only, float(np.abs(mine_only[2] - mine_only[0]).max()), rings, bounds)
