"""Exact straight distance to the nearest of many points, for every cell centre of a tile and at given places.

A tile is halved again and again. In each block only the points that can be nearest to some cell of the block are
kept: a point is dropped where the point nearest to the block's middle is nearer at all four corners (the points
where one of two points is nearer are divided by a straight line, so corners suffice). What is left, mostly one or
two points, is compared cell by cell in float64. A slack far above rounding keeps every point that ties, so
the result equals brute force to the last bit, whatever the tile.
"""

from __future__ import annotations

import numba as nb
import numpy as np
from numpy.typing import NDArray

__all__ = ["nearest_point_at", "nearest_point_on_tile"]

_LEAF = 16  # cells: below this side a block is not halved again
_FEW = 2  # points: a block with so few is computed at once
_SLACK = 1.0  # square metres, against rounding of squared distances up to 1e13


@nb.njit(nogil=True, cache=True)
def _keep_candidates(
    west: float,
    east: float,
    south: float,
    north: float,
    points_e: NDArray[np.float64],
    points_n: NDArray[np.float64],
    source: NDArray[np.int32],
    start: int,
    count: int,
    target: int,
) -> int:
    """Copy the candidates that can be nearest somewhere in the box to ``source[target:]``; return how many."""
    middle_e, middle_n = 0.5 * (west + east), 0.5 * (south + north)
    best, nearest = np.inf, 0
    for k in range(start, start + count):
        i = source[k]
        d2 = (points_e[i] - middle_e) ** 2 + (points_n[i] - middle_n) ** 2
        if d2 < best:
            best, nearest = d2, i
    qe, qn = points_e[nearest], points_n[nearest]
    kept = 0
    for k in range(start, start + count):
        i = source[k]
        pe, pn = points_e[i], points_n[i]
        # d2(p) - d2(q) is linear over the box, so its least value is at a corner.
        slope_e, slope_n = 2.0 * (qe - pe), 2.0 * (qn - pn)
        constant = (pe * pe - qe * qe) + (pn * pn - qn * qn)
        least = constant + min(slope_e * west, slope_e * east) + min(slope_n * south, slope_n * north)
        if least <= _SLACK:
            source[target + kept] = i
            kept += 1
    return kept


@nb.njit(nogil=True, cache=True)
def _fill(
    eastings: NDArray[np.float64],
    northings: NDArray[np.float64],
    points_e: NDArray[np.float64],
    points_n: NDArray[np.float64],
    candidates: NDArray[np.int32],
    r0: int,
    r1: int,
    c0: int,
    out: NDArray[np.float32],
    best: NDArray[np.float64],
) -> None:
    """Compare the candidates cell by cell; loops count from zero over slices, so that they become vector instructions."""
    width = eastings.size
    for r in range(r0, r1):
        line = out[r, c0 : c0 + width]
        first = candidates[0]
        pe = points_e[first]
        dn2 = (points_n[first] - northings[r]) ** 2
        if candidates.size == 1:
            for c in range(width):
                de = pe - eastings[c]
                line[c] = np.float32(np.sqrt(de * de + dn2))
        elif candidates.size == _FEW:
            second = candidates[1]
            qe = points_e[second]
            qn2 = (points_n[second] - northings[r]) ** 2
            for c in range(width):
                de, ee = pe - eastings[c], qe - eastings[c]
                line[c] = np.float32(np.sqrt(min(de * de + dn2, ee * ee + qn2)))
        else:
            for c in range(width):
                de = pe - eastings[c]
                best[c] = de * de + dn2
            for k in range(1, candidates.size):
                pe = points_e[candidates[k]]
                dn2 = (points_n[candidates[k]] - northings[r]) ** 2
                for c in range(width):
                    de = pe - eastings[c]
                    best[c] = min(best[c], de * de + dn2)
            for c in range(width):
                line[c] = np.float32(np.sqrt(best[c]))


@nb.njit(nogil=True, cache=True)
def nearest_point_on_tile(
    eastings: NDArray[np.float64],
    northings: NDArray[np.float64],
    points_e: NDArray[np.float64],
    points_n: NDArray[np.float64],
    out: NDArray[np.float32],
) -> None:
    """Write the distance to the nearest point for each cell centre.

    Parameters
    ----------
    eastings, northings : float64 ndarray, shapes (columns,) and (rows,)
        Cell centres in metres, rising and falling.
    points_e, points_n : float64 ndarray, shape (n,), n > 0
        The points, metres, finite.
    out : float32 ndarray, shape (rows, columns)
        Metres; filled in place.
    """
    rows, cols, n = northings.size, eastings.size, points_e.size
    depth = 40
    stack = np.empty((4 * depth, 6), np.int64)
    arena = np.empty(n * 2 + 1024, np.int32)
    for i in range(n):
        arena[i] = i
    best = np.empty(max(cols, 1), np.float64)
    stack[0, 0], stack[0, 1], stack[0, 2], stack[0, 3], stack[0, 4], stack[0, 5] = 0, rows, 0, cols, 0, n
    top = 1
    while top > 0:
        top -= 1
        r0, r1, c0, c1, start, count = stack[top]
        if count > 1:
            target = start + count
            if target + count > arena.size:
                larger = np.empty(2 * (target + count), np.int32)
                larger[:target] = arena[:target]
                arena = larger
            count = _keep_candidates(
                eastings[c0], eastings[c1 - 1], northings[r1 - 1], northings[r0], points_e, points_n, arena, start, count, target
            )
            start = target
        height, width = r1 - r0, c1 - c0
        if count > _FEW and (height > _LEAF or width > _LEAF):
            middle_r, middle_c = r0 + (height + 1) // 2, c0 + (width + 1) // 2
            for half_r in range(2):
                br0, br1 = (r0, middle_r) if half_r == 0 else (middle_r, r1)
                for half_c in range(2):
                    bc0, bc1 = (c0, middle_c) if half_c == 0 else (middle_c, c1)
                    if br1 > br0 and bc1 > bc0:
                        stack[top, 0], stack[top, 1], stack[top, 2] = br0, br1, bc0
                        stack[top, 3], stack[top, 4], stack[top, 5] = bc1, start, count
                        top += 1
            continue
        _fill(eastings[c0:c1], northings, points_e, points_n, arena[start : start + count], r0, r1, c0, out, best)


@nb.njit(nogil=True, cache=True)
def nearest_point_at(
    eastings: NDArray[np.float64],
    northings: NDArray[np.float64],
    points_e: NDArray[np.float64],
    points_n: NDArray[np.float64],
    out: NDArray[np.float32],
    index: NDArray[np.int64],
) -> None:
    """Write the distance to the nearest point, and which it is, for each given place.

    Parameters
    ----------
    eastings, northings : float64 ndarray, shape (m,)
        Places in metres.
    points_e, points_n : float64 ndarray, shape (n,), n > 0
        The points in metres.
    out : float32 ndarray, shape (m,)
        Metres; filled in place.
    index : int64 ndarray, shape (m,)
        Index of the nearest point, the lowest of equals; filled in place.
    """
    for j in range(eastings.size):
        best, nearest = np.inf, 0
        for i in range(points_e.size):
            de = points_e[i] - eastings[j]
            d2 = de * de + (points_n[i] - northings[j]) ** 2
            if d2 < best:
                best, nearest = d2, i
        out[j] = np.float32(np.sqrt(best))
        index[j] = nearest
