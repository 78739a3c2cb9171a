"""What lies within a radius of places: kernel densities of points and lines, and the area that polygons cover.

What is looked at stands in square bins, in order of their keys, so that a place looks at nine of them. A bin is so wide that
whatever matters to a place has its own place in one of the nine. Each place adds in one order, whatever else is asked about.
"""

from __future__ import annotations

import math

import numba as nb
import numpy as np
from numpy.typing import NDArray

__all__ = ["BIN_ROW", "disc_area", "quartic_lines", "quartic_points"]

BIN_ROW = 1 << 26
"""Keys between a bin and the one north of it; the key of a bin is its row times this, and its column."""


@nb.njit(nogil=True, cache=True)
def _bins(key: NDArray[np.int64], e: float, n: float, side: float, row: int) -> tuple[int, int]:
    """Give where the bins stand that lie in the place's own column and either side of it, in a row beside the place's own."""
    middle = (math.floor(n / side) + row) * BIN_ROW + math.floor(e / side)
    return int(np.searchsorted(key, middle - 1)), int(np.searchsorted(key, middle + 2))


@nb.njit(nogil=True, cache=True)
def quartic_points(
    eastings: NDArray[np.float64],
    northings: NDArray[np.float64],
    key: NDArray[np.int64],
    points: NDArray[np.float64],
    radius: float,
    out: NDArray[np.float64],
) -> None:
    """Write the density of points: the sum of ``size * 3 / (pi r^2) * (1 - d^2 / r^2)^2`` over those nearer than the radius r.

    Parameters
    ----------
    eastings, northings : float64 ndarray, shape (k,)
        Places in metres.
    key : int64 ndarray, shape (n,)
        Bins of the points, rising; a bin is as wide as the radius.
    points : float64 ndarray, shape (3, n)
        Easting, northing and size.
    radius : float
        Metres.
    out : float64 ndarray, shape (k,)
        A square metre. Filled in place.
    """
    r2 = radius * radius
    for k in range(eastings.size):
        total = 0.0
        for row in range(-1, 2):
            begin, end = _bins(key, eastings[k], northings[k], radius, row)
            for i in range(begin, end):
                d2 = (points[0, i] - eastings[k]) ** 2 + (points[1, i] - northings[k]) ** 2
                if d2 < r2:
                    total += points[2, i] * (1.0 - d2 / r2) ** 2
        out[k] = total * 3.0 / (math.pi * r2)


@nb.njit(nogil=True, cache=True)
def _quartic_integral(t: float, a: float, r2: float) -> float:
    """Integral of ``(a - t^2 / r^2)^2`` from 0 to t."""
    t2 = t * t
    return t * (a * a - 2.0 * a * t2 / (3.0 * r2) + t2 * t2 / (5.0 * r2 * r2))


@nb.njit(nogil=True, cache=True)
def quartic_lines(
    eastings: NDArray[np.float64],
    northings: NDArray[np.float64],
    key: NDArray[np.int64],
    parts: NDArray[np.float64],
    side: float,
    radius: float,
    out: NDArray[np.float64],
) -> None:
    """Write the density of lines: the kernel of `quartic_points` along every metre of them, integrated exactly.

    Parameters
    ----------
    eastings, northings, radius
        As for `quartic_points`.
    key : int64 ndarray, shape (n,)
        Bins of the parts' middles, rising.
    parts : float64 ndarray, shape (5, n)
        Straight parts of lines: easting and northing of start and end, and the size of a metre.
    side : float
        Of a bin in metres: at least the radius and half of a part's length together.
    out : float64 ndarray, shape (k,)
        Metres (times the size) a square metre. Filled in place.
    """
    r2 = radius * radius
    for k in range(eastings.size):
        total = 0.0
        for row in range(-1, 2):
            begin, end = _bins(key, eastings[k], northings[k], side, row)
            for i in range(begin, end):
                ae, an = parts[0, i] - eastings[k], parts[1, i] - northings[k]
                ue, un = parts[2, i] - parts[0, i], parts[3, i] - parts[1, i]
                length = math.sqrt(ue * ue + un * un)
                if length == 0.0:
                    continue
                cross = (ae * un - an * ue) / length
                half2 = r2 - cross * cross
                if half2 <= 0.0:
                    continue
                half = math.sqrt(half2)
                start = (ae * ue + an * un) / length  # along the line, from the foot of the place's perpendicular
                low, high = max(start, -half), min(start + length, half)
                if low < high:
                    a = half2 / r2
                    total += parts[4, i] * (_quartic_integral(high, a, r2) - _quartic_integral(low, a, r2))
        out[k] = total * 3.0 / (math.pi * r2)


@nb.njit(nogil=True, cache=True)
def disc_area(
    eastings: NDArray[np.float64],
    northings: NDArray[np.float64],
    key: NDArray[np.int64],
    parts: NDArray[np.float64],
    side: float,
    radius: float,
    near: NDArray[np.bool_],
    out: NDArray[np.float64],
) -> None:
    """Write what the edges of polygons that run through the disc about a place change of the area that they cover of it.

    By Green's theorem the area that rings enclose of a disc is a sum over their edges: the triangle to the middle for what runs
    inside the disc, the sector for what runs outside. The angles of all edges add up to the whole turn where the middle is inside, and
    to nothing where it is not. So the area is that of the disc where the middle is inside and nothing where it is not, and for each
    edge inside the disc the triangle less the sector: no other edge has to be known.

    Parameters
    ----------
    eastings, northings, key, side, radius
        As for `quartic_lines`; no place may lie on an edge.
    parts : float64 ndarray, shape (4, n)
        Parts of rings, shells one way round and holes the other; polygons do not overlap.
    near : bool ndarray, shape (k,)
        Whether an edge runs through the disc. Filled in place.
    out : float64 ndarray, shape (k,)
        Square metres, positive where shells run anticlockwise. Filled in place.
    """
    r2 = radius * radius
    for k in range(eastings.size):
        total, any_near = 0.0, False
        for row in range(-1, 2):
            begin, end = _bins(key, eastings[k], northings[k], side, row)
            for i in range(begin, end):
                ae, an = parts[0, i] - eastings[k], parts[1, i] - northings[k]
                ue, un = parts[2, i] - parts[0, i], parts[3, i] - parts[1, i]
                length2 = ue * ue + un * un
                if length2 == 0.0:
                    continue
                cross, along = ae * un - an * ue, -(ae * ue + an * un)
                root = r2 * length2 - cross * cross
                if root <= 0.0:
                    continue
                half = math.sqrt(root)
                low, high = max((along - half) / length2, 0.0), min((along + half) / length2, 1.0)
                if low >= high:
                    continue
                any_near = True
                be, bn = ae + low * ue, an + low * un
                ce, cn = ae + high * ue, an + high * un
                triangle = (high - low) * cross
                total += 0.5 * (triangle - r2 * math.atan2(triangle, be * ce + bn * cn))
        near[k], out[k] = any_near, total
