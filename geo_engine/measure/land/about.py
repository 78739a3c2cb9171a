"""What lies about a place within a radius: how densely points or lines, and how much of the disc polygons cover."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo_engine.kernels.land import discs
from geo_engine.kernels.shapes import line_segments, point_coordinates, ring_segments
from geo_engine.measure.cover.shares import pieces
from geo_engine.measure.places import Places

__all__ = ["disc_share", "line_density", "point_density"]

Float = NDArray[np.float64]
Float32 = NDArray[np.float32]
_A_SQUARE_KILOMETRE = 1e6
_KILOMETRES_A_METRE = 1e-3
_SHORTEST_PART = 250.0  # metres: lines are cut into parts no longer than this or the radius, so that bins are not many times as wide
_ASIDE = (3.1727e-8, 2.1343e-8)  # metres: a disc is measured about a place a hair beside the true one, so that none lies on an edge


def _coordinates(places: Places) -> tuple[Float, Float]:
    e, n = places.coordinates()
    return np.ascontiguousarray(e.ravel()), np.ascontiguousarray(n.ravel())


def _binned(e: Float, n: Float, side: float) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Give the keys of bins, rising, and the order in which things stand in them."""
    key = np.floor(n / side).astype(np.int64) * discs.BIN_ROW + np.floor(e / side).astype(np.int64)
    order = np.argsort(key, kind="stable")
    return key[order], order


def _parts(segments: Float, longest: float) -> tuple[Float, NDArray[np.int64]]:
    """Cut segments (4, n) into equal parts no longer than this; gives them with the segment that each is of."""
    start, span = segments[:2], segments[2:] - segments[:2]
    count = np.maximum(np.ceil(np.hypot(*span) / longest), 1.0).astype(np.int64)
    owner = np.repeat(np.arange(count.size), count)
    number = np.arange(owner.size) - np.repeat(np.cumsum(count) - count, count)
    low, high = number / count[owner], (number + 1) / count[owner]
    ends = np.where(high == 1.0, segments[2:, owner], start[:, owner] + high * span[:, owner])  # the last part ends where the segment does
    return np.vstack([start[:, owner] + low * span[:, owner], ends]), owner


def _binned_parts(segments: Float, radius: float) -> tuple[NDArray[np.int64], Float, NDArray[np.int64], float]:
    """Cut segments and put them into bins: keys, parts (4, n), the segment that each is of, and the side of a bin."""
    longest = max(radius, _SHORTEST_PART)
    side = radius + longest / 2.0 * (1.0 + 1e-9)
    parts, owner = _parts(segments, longest)
    key, order = _binned((parts[0] + parts[2]) / 2.0, (parts[1] + parts[3]) / 2.0, side)
    return key, np.ascontiguousarray(parts[:, order]), owner[order], side


def point_density(points: NDArray[np.object_], size: Float, radius: float) -> Callable[[Places], Float32]:
    """Prepare the kernel density of points, a square kilometre.

    Parameters
    ----------
    points : ndarray of Point, shape (n,)
        In metres.
    size : float64 ndarray, shape (n,)
        How much each counts.
    radius : float
        Metres.

    Returns
    -------
    callable
        Gives float32 of the places' shape: the sum of ``size * 3 / (pi r^2) * (1 - d^2 / r^2)^2`` over the points nearer than r, the
        quartic kernel of Silverman (1986, Density Estimation, p. 76). Summed over all land a point gives its size.

    Examples
    --------
    >>> from geo_engine.measure import PointPlaces
    >>> one = point_density(shapely.points([[0.0, 0.0]]), np.array([math.pi]), 1000.0)
    >>> one(PointPlaces(np.array([0.0, 1000.0]), np.zeros(2)))
    array([3., 0.], dtype=float32)
    """
    e, n = point_coordinates(points)
    key, order = _binned(e, n, radius)
    stood = np.ascontiguousarray(np.stack([e, n, size])[:, order])

    def measure(places: Places) -> Float32:
        east, north = _coordinates(places)
        out = np.empty(east.size)
        discs.quartic_points(east, north, key, stood, radius, out)
        return (out * _A_SQUARE_KILOMETRE).astype(np.float32).reshape(places.shape)

    return measure


def line_density(lines: NDArray[np.object_], size: Float, radius: float) -> Callable[[Places], Float32]:
    """Prepare the kernel density of lines: kilometres, times the size of each, a square kilometre.

    Parameters
    ----------
    lines : ndarray of LineString and MultiLineString, shape (n,)
        In metres.
    size : float64 ndarray, shape (n,)
        How much a metre of each counts.
    radius : float
        Metres.

    Returns
    -------
    callable
        Gives float32 of the places' shape: the kernel of `point_density` along every metre, integrated exactly.
    """
    single, line = shapely.get_parts(lines, return_index=True)
    segments, owner = line_segments(single)
    key, parts, segment, side = _binned_parts(segments, radius)
    sized = np.ascontiguousarray(np.vstack([parts, size[line[owner[segment]]]]))

    def measure(places: Places) -> Float32:
        east, north = _coordinates(places)
        out = np.empty(east.size)
        discs.quartic_lines(east, north, key, sized, side, radius, out)
        return (out * _A_SQUARE_KILOMETRE * _KILOMETRES_A_METRE).astype(np.float32).reshape(places.shape)

    return measure


def disc_share(union: BaseGeometry, radius: float) -> Callable[[Places], Float32]:
    """Prepare the share of the disc about a place that lies inside a union of polygons, exactly.

    Parameters
    ----------
    union : shapely geometry
        A polygon or multipolygon, valid; empty for none.
    radius : float
        Metres.

    Returns
    -------
    callable
        Gives float32 of the places' shape, 0 to 1.

    Examples
    --------
    >>> from geo_engine.measure import PointPlaces
    >>> half = disc_share(shapely.box(0, 0, 1000, 1000), 10.0)
    >>> half(PointPlaces(np.array([500.0, 0.0, 0.0, -10.0]), np.array([500.0, 500.0, 0.0, 500.0]))).round(6)
    array([1.  , 0.5 , 0.25, 0.  ], dtype=float32)
    """
    rings = ring_segments(union)
    key, parts, _, side = _binned_parts(rings, radius)
    turn = 1.0 if shapely.area(union) == 0 or _enclosed(rings) > 0 else -1.0
    tree = shapely.STRtree(np.array(list(pieces(union)), dtype=object))
    whole = math.pi * radius * radius

    def measure(places: Places) -> Float32:
        inside = places.inside(rings).ravel()
        east, north = (axis + aside for axis, aside in zip(_coordinates(places), _ASIDE, strict=True))
        near, area = np.empty(east.size, np.bool_), np.empty(east.size)
        discs.disc_area(east, north, key, parts, side, radius, near, area)
        beside = np.flatnonzero(near)
        held, _ = tree.query(shapely.points(east[beside], north[beside]), predicate="intersects")
        inside[beside] = False
        inside[beside[held]] = True
        share = np.clip(inside + turn * area / whole, 0.0, 1.0)
        return share.astype(np.float32).reshape(places.shape)

    return measure


def _enclosed(rings: Float) -> float:
    """Give the area that rings enclose, positive where shells run anticlockwise."""
    if not rings.size:
        return 0.0
    e, n = rings[0, 0], rings[1, 0]
    return float(((rings[0] - e) * (rings[3] - n) - (rings[2] - e) * (rings[1] - n)).sum() / 2.0)
