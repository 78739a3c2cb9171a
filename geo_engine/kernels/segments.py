"""Exact straight distance to the nearest of many line segments, for every cell centre of a tile and at given places.

As in `points`, a tile is halved again and again, and a block keeps the segments that can be nearest somewhere in it. Given places are
halved by the box about them, which is their block.
The distance to a segment is convex, so over a block it is largest at a corner: the least of these largest
distances is an upper bound for the whole block. A segment stays if its distance to the block's middle, less half of
the block's diagonal, is not above that bound. A slack far above rounding keeps every segment that ties.
"""

from __future__ import annotations

import numba as nb
import numpy as np
from numpy.typing import NDArray

__all__ = ["nearest_segment_at", "nearest_segment_on_tile", "segment_distance_on_tile"]

_LEAF = 16
_FEW = 4
_FEW_PLACES = 4
_DEEP = 256  # places that were put aside, two a halving
_SLACK = 1e-3  # metres, against rounding
_SLACK2 = 1.0  # square metres, against rounding of squares up to 1e13


@nb.njit(nogil=True, cache=True, error_model="numpy")
def _squared(e: float, n: float, ae: float, an: float, be: float, bn: float) -> float:
    """Squared distance from (e, n) to the segment a-b; ends are taken as they are, so that shared ends tie exactly."""
    ue, un = be - ae, bn - an
    length2 = ue * ue + un * un
    we, wn = e - ae, n - an
    ve, vn = e - be, n - bn
    along = we * ue + wn * un
    cross = we * un - wn * ue
    inside = cross * cross * (1.0 / length2)  # not a number for a segment without length, whose start is taken
    beyond = ve * ve + vn * vn if along >= length2 else inside
    return we * we + wn * wn if along <= 0.0 else beyond


@nb.njit(nogil=True, cache=True, error_model="numpy")
def _compare(
    eastings: NDArray[np.float64],
    north: float,
    segments: NDArray[np.float64],
    candidates: NDArray[np.int32],
    distance2: NDArray[np.float64],
    index: NDArray[np.int32],
) -> None:
    """Compare the candidates along one row; the same arithmetic as `_squared`, step by step, in a loop that vectorises."""
    width = eastings.size
    for c in range(width):
        distance2[c] = np.inf
        index[c] = -1
    for k in range(candidates.size):
        i = candidates[k]
        ae, an, be, bn = segments[0, i], segments[1, i], segments[2, i], segments[3, i]
        ue, un = be - ae, bn - an
        length2 = ue * ue + un * un
        inverse = 1.0 / length2
        wn, vn = north - an, north - bn
        wn2, vn2, wnun, wnue = wn * wn, vn * vn, wn * un, wn * ue
        for c in range(width):
            we, ve = eastings[c] - ae, eastings[c] - be
            along = we * ue + wnun
            cross = we * un - wnue
            inside = cross * cross * inverse
            beyond = ve * ve + vn2 if along >= length2 else inside
            d2 = we * we + wn2 if along <= 0.0 else beyond
            nearer = d2 < distance2[c]
            distance2[c] = d2 if nearer else distance2[c]
            index[c] = i if nearer else index[c]


@nb.njit(nogil=True, cache=True)
def _share(e: float, n: float, ae: float, an: float, be: float, bn: float) -> float:
    """Share of the segment a-b, 0 to 1, at which it is nearest to (e, n)."""
    ue, un = be - ae, bn - an
    length2 = ue * ue + un * un
    if length2 == 0.0:
        return 0.0
    return min(max(((e - ae) * ue + (n - an) * un) / length2, 0.0), 1.0)


@nb.njit(nogil=True, cache=True)
def _keep_candidates(
    west: float,
    east: float,
    south: float,
    north: float,
    segments: NDArray[np.float64],
    arena: NDArray[np.int32],
    start: int,
    count: int,
    target: int,
    distances: NDArray[np.float64],
    limit: float,
) -> int:
    """Copy the candidates that can be nearest somewhere in the box to ``arena[target:]``; return how many."""
    middle_e, middle_n = 0.5 * (west + east), 0.5 * (south + north)
    radius = 0.5 * np.sqrt((east - west) ** 2 + (north - south) ** 2)
    nearest, middle_best = start, np.inf
    for k in range(start, start + count):
        i = arena[k]
        d = np.sqrt(_squared(middle_e, middle_n, segments[0, i], segments[1, i], segments[2, i], segments[3, i]))
        distances[k - start] = d
        if d < middle_best:
            middle_best, nearest = d, k
    # Two tests, each of which every segment passes that is nearest somewhere in the box. First: the distance to the segment
    # nearest to the middle is convex, so it bounds the distances in the box by its largest value at a corner.
    i = arena[nearest]
    ae, an, be, bn = segments[0, i], segments[1, i], segments[2, i], segments[3, i]
    corner = max(
        _squared(west, south, ae, an, be, bn),
        _squared(west, north, ae, an, be, bn),
        _squared(east, south, ae, an, be, bn),
        _squared(east, north, ae, an, be, bn),
    )
    bound = min(np.sqrt(corner), limit) + radius + _SLACK
    # Second: let z be that segment's point nearest to the middle. Where z is nearer than a point p is bounded by a straight
    # line, so if z is nearer than all of a segment at all four corners, it is so in the whole box.
    share = _share(middle_e, middle_n, ae, an, be, bn)
    ze, zn = ae + share * (be - ae), an + share * (bn - an)
    west2, east2 = (west - ze) ** 2 + _SLACK2, (east - ze) ** 2 + _SLACK2
    south2, north2 = (south - zn) ** 2, (north - zn) ** 2
    kept = 0
    for k in range(count):
        if distances[k] <= bound:
            i = arena[start + k]
            ae, an, be, bn = segments[0, i], segments[1, i], segments[2, i], segments[3, i]
            if (
                _squared(west, south, ae, an, be, bn) <= west2 + south2
                or _squared(west, north, ae, an, be, bn) <= west2 + north2
                or _squared(east, south, ae, an, be, bn) <= east2 + south2
                or _squared(east, north, ae, an, be, bn) <= east2 + north2
            ):
                arena[target + kept] = i
                kept += 1
    return kept


@nb.njit(nogil=True, cache=True)
def nearest_segment_on_tile(
    eastings: NDArray[np.float64],
    northings: NDArray[np.float64],
    segments: NDArray[np.float64],
    limit: float,
    distance2: NDArray[np.float64],
    index: NDArray[np.int32],
    share: NDArray[np.float64],
) -> None:
    """Write squared distance, index of and share along the nearest segment for each cell centre.

    Parameters
    ----------
    eastings, northings : float64 ndarray, shapes (columns,) and (rows,)
        Cell centres in metres, rising and falling.
    segments : float64 ndarray, shape (4, n), n > 0
        Easting and northing of the start, easting and northing of the end, in metres.
    limit : float
        Metres: cells farther than this from every segment may get an infinite distance and index -1.
    distance2 : float64 ndarray, shape (rows, columns)
        Square metres; filled in place.
    index : int32 ndarray, shape (rows, columns)
        Nearest segment, the lowest of equals, -1 for none; filled in place.
    share : float64 ndarray, shape (rows, columns)
        0 at the segment's start, 1 at its end; filled in place. May have shape (0, 0): then it is left out.
    """
    rows, cols, n = northings.size, eastings.size, segments.shape[1]
    stack = np.empty((160, 6), np.int64)
    arena = np.empty(n * 2 + 1024, np.int32)
    distances = np.empty(n, np.float64)
    for i in range(n):
        arena[i] = i
    with_share = share.size > 0
    stack[0, 0], stack[0, 1], stack[0, 2], stack[0, 3], stack[0, 4], stack[0, 5] = 0, rows, 0, cols, 0, n
    top = 1
    while top > 0:
        top -= 1
        r0, r1, c0, c1, start, count = stack[top]
        target = start + count
        if target + count > arena.size:
            larger = np.empty(2 * (target + count), np.int32)
            larger[:target] = arena[:target]
            arena = larger
        count = _keep_candidates(
            eastings[c0], eastings[c1 - 1], northings[r1 - 1], northings[r0], segments, arena, start, count, target, distances, limit
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
        for r in range(r0, r1):
            _compare(eastings[c0:c1], northings[r], segments, arena[start : start + count], distance2[r, c0:c1], index[r, c0:c1])
            if with_share:
                for c in range(c0, c1):
                    i = index[r, c]
                    if i >= 0:
                        share[r, c] = _share(eastings[c], northings[r], segments[0, i], segments[1, i], segments[2, i], segments[3, i])
                    else:
                        share[r, c] = 0.0


@nb.njit(nogil=True, cache=True)
def segment_distance_on_tile(
    eastings: NDArray[np.float64],
    northings: NDArray[np.float64],
    segments: NDArray[np.float64],
    limit: float,
    out: NDArray[np.float32],
) -> None:
    """Write the distance to the nearest segment for each cell centre.

    Parameters are those of `nearest_segment_on_tile`; `out` is float32, shape (rows, columns), metres, infinite beyond
    the limit where no segment was looked at.
    """
    distance2 = np.empty(out.shape, np.float64)
    index = np.empty(out.shape, np.int32)
    nearest_segment_on_tile(eastings, northings, segments, limit, distance2, index, np.empty((0, 0), np.float64))
    for r in range(out.shape[0]):
        for c in range(out.shape[1]):
            out[r, c] = np.float32(np.sqrt(distance2[r, c]))


@nb.njit(nogil=True, cache=True)
def _box(
    eastings: NDArray[np.float64], northings: NDArray[np.float64], order: NDArray[np.int64], first: int, last: int
) -> tuple[float, float, float, float]:
    """Give west, east, south and north of the places ``order[first:last]``."""
    west, east, south, north = np.inf, -np.inf, np.inf, -np.inf
    for k in range(first, last):
        e, n = eastings[order[k]], northings[order[k]]
        west, east, south, north = min(west, e), max(east, e), min(south, n), max(north, n)
    return west, east, south, north


@nb.njit(nogil=True, cache=True)
def _part(axis: NDArray[np.float64], halfway: float, order: NDArray[np.int64], first: int, last: int) -> int:
    """Put those of ``order[first:last]`` that lie before halfway first; give where the others begin."""
    middle = first
    for k in range(first, last):
        if axis[order[k]] < halfway:
            order[k], order[middle] = order[middle], order[k]
            middle += 1
    return middle


@nb.njit(nogil=True, cache=True)
def _nearest_in_order(
    eastings: NDArray[np.float64],
    northings: NDArray[np.float64],
    segments: NDArray[np.float64],
    reach: float,
    distance2: NDArray[np.float64],
    index: NDArray[np.int32],
    share: NDArray[np.float64],
) -> None:
    """Look at segments in order of their starts' eastings, outwards from each place, as far as they can be nearer."""
    for j in range(eastings.size):
        e, n = eastings[j], northings[j]
        best, nearest, far = np.inf, 0, np.inf
        middle = np.searchsorted(segments[0], e)
        for i in range(middle, segments.shape[1]):
            if segments[0, i] - e > far:
                break
            d2 = _squared(e, n, segments[0, i], segments[1, i], segments[2, i], segments[3, i])
            if d2 < best:
                best, nearest, far = d2, i, np.sqrt(d2) + reach + _SLACK
        for i in range(middle - 1, -1, -1):
            if e - segments[0, i] > far:
                break
            d2 = _squared(e, n, segments[0, i], segments[1, i], segments[2, i], segments[3, i])
            if d2 <= best:
                best, nearest, far = d2, i, np.sqrt(d2) + reach + _SLACK
        distance2[j] = best
        index[j] = nearest
        share[j] = _share(e, n, segments[0, nearest], segments[1, nearest], segments[2, nearest], segments[3, nearest])


@nb.njit(nogil=True, cache=True)
def _nearest_by_halves(
    eastings: NDArray[np.float64],
    northings: NDArray[np.float64],
    segments: NDArray[np.float64],
    distance2: NDArray[np.float64],
    index: NDArray[np.int32],
    share: NDArray[np.float64],
) -> None:
    """Halve the places about which fewer and fewer segments can be nearest, until few of either are left."""
    places, n = eastings.size, segments.shape[1]
    order = np.arange(places)
    stack = np.empty((_DEEP, 4), np.int64)
    arena = np.empty(n * 2 + 1024, np.int32)
    distances = np.empty(n, np.float64)
    for i in range(n):
        arena[i] = i
    stack[0, 0], stack[0, 1], stack[0, 2], stack[0, 3] = 0, places, 0, n
    top = 1
    while top > 0:
        top -= 1
        first, last, start, count = stack[top]
        if last - first > _FEW_PLACES and count > _LEAF:
            west, east, south, north = _box(eastings, northings, order, first, last)
            target = start + count
            if target + count > arena.size:
                larger = np.empty(2 * (target + count), np.int32)
                larger[:target] = arena[:target]
                arena = larger
            count = _keep_candidates(west, east, south, north, segments, arena, start, count, target, distances, np.inf)
            start = target
            if count > _LEAF and top + 2 <= _DEEP and max(east - west, north - south) > _SLACK:
                across = east - west >= north - south
                halfway = 0.5 * (west + east) if across else 0.5 * (south + north)
                middle = _part(eastings if across else northings, halfway, order, first, last)
                stack[top, 0], stack[top, 1], stack[top, 2], stack[top, 3] = first, middle, start, count
                stack[top + 1, 0], stack[top + 1, 1], stack[top + 1, 2], stack[top + 1, 3] = middle, last, start, count
                top += 2
                continue
        for k in range(first, last):
            j = order[k]
            e, north = eastings[j], northings[j]
            best, nearest = np.inf, 0
            for c in range(start, start + count):
                i = arena[c]
                d2 = _squared(e, north, segments[0, i], segments[1, i], segments[2, i], segments[3, i])
                if d2 < best:
                    best, nearest = d2, i
            distance2[j] = best
            index[j] = nearest
            share[j] = _share(e, north, segments[0, nearest], segments[1, nearest], segments[2, nearest], segments[3, nearest])


@nb.njit(nogil=True, cache=True)
def nearest_segment_at(
    eastings: NDArray[np.float64],
    northings: NDArray[np.float64],
    segments: NDArray[np.float64],
    reach: float,
    distance2: NDArray[np.float64],
    index: NDArray[np.int32],
    share: NDArray[np.float64],
) -> None:
    """Write squared distance, index of and share along the nearest segment for each given place; of those as near the first.

    Parameters
    ----------
    eastings, northings : float64 ndarray, shape (m,)
        Places in metres.
    segments : float64 ndarray, shape (4, n), n > 0
        As for `nearest_segment_on_tile`.
    reach : float
        Metres that a segment leads east or west of its start at most, where segments are in order of their starts' eastings: then those
        near a place in that order are looked at and no others. Infinite where they are in no such order.
    distance2, index, share : ndarray, shape (m,)
        Square metres (float64), segment (int32), share along it (float64); filled in place.
    """
    if reach < np.inf:
        _nearest_in_order(eastings, northings, segments, reach, distance2, index, share)
    else:
        _nearest_by_halves(eastings, northings, segments, distance2, index, share)
