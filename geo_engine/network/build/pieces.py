"""Lines and pieces of them: cut where they meet, and joined by bridges where a small gap keeps parts asunder."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import shapely
from numpy.typing import NDArray

from geo_engine.network.build.joins import components_of, join_ends

__all__ = ["Pieces", "bridge_gaps", "cut_at_crossings"]

Float = NDArray[np.float64]
Int = NDArray[np.int64]
Spots = tuple[Int, Float, Float]
"""Lines by number, metres along each, and the places there, shape (k, 2)."""
_SAME = 1e-6  # metres: positions along a line that are one
_LINEAR = 1  # dimensions, as shapely counts them
_COLLECTION = 7  # shapely's type number
_CHUNK = 4096  # lines whose neighbours are looked up at a time


@dataclass(frozen=True, eq=False)
class Pieces:
    """Lines, each a whole row, a piece of one, or a bridge.

    Parameters
    ----------
    lines : ndarray of shapely lines, shape (m,)
        In the direction of drawing, none without length.
    row : int64 ndarray, shape (m,)
        The row of the layer that each comes from; of a bridge the row that it starts from.
    bridge : bool ndarray, shape (m,)
        Whether a piece was laid over a gap.
    """

    lines: NDArray[np.object_]
    row: Int
    bridge: NDArray[np.bool_]


def cut_at_crossings(pieces: Pieces, tolerance: float) -> tuple[Pieces, int]:
    """Cut lines where they cross or touch one another or themselves, also where they run along one another.

    Parameters
    ----------
    pieces : Pieces
        Lines.
    tolerance : float
        Metres: an end that lies so near to the middle of another line touches it.

    Returns
    -------
    pieces : Pieces
        None crosses another.
    crossings : int
        Places where lines that had no end there were cut.
    """
    found = [_where_they_cross(pieces.lines), _where_ends_touch(pieces.lines, tolerance), _where_they_cross_themselves(pieces.lines)]
    line, along, spots = (np.concatenate(column) for column in zip(*found, strict=True))
    return _cut(pieces, line, along, spots)


def _where_they_cross(lines: NDArray[np.object_]) -> Spots:
    one, other = shapely.STRtree(lines).query(lines, predicate="intersects")
    apart = one < other
    one, other = one[apart], other[apart]
    shared = shapely.intersection(lines[one], lines[other])
    for i in np.flatnonzero(shapely.get_type_id(shared) == _COLLECTION).tolist():
        parts = shapely.get_parts(shared[i])
        along = shapely.get_dimensions(parts) >= _LINEAR
        shared[i] = shapely.MultiPoint(
            shapely.get_coordinates([*parts[~along], shapely.boundary(shapely.line_merge(shapely.union_all(parts[along])))])
        )
    # Lines that run along one another part where the shared stretch begins and ends.
    ends = np.where(shapely.get_dimensions(shared) >= _LINEAR, shapely.boundary(shared), shared)
    spots, pair = shapely.get_coordinates(ends, return_index=True)
    line = np.concatenate([one[pair], other[pair]])
    spots = np.vstack([spots, spots])
    return line, np.asarray(shapely.line_locate_point(lines[line], shapely.points(spots)), np.float64), spots


def _where_ends_touch(lines: NDArray[np.object_], tolerance: float) -> Spots:
    """Find where ends lie on the middle of lines: an end on an oblique line is never on it to the last bit."""
    ends = np.concatenate([shapely.get_point(lines, 0), shapely.get_point(lines, -1)])
    end, line = shapely.STRtree(lines).query(ends, predicate="dwithin", distance=tolerance)
    joined = [shapely.distance(ends[end], shapely.get_point(lines[line], at)) <= tolerance for at in (0, -1)]
    middle = ~joined[0] & ~joined[1]
    end, line = end[middle], line[middle]
    along = np.asarray(shapely.line_locate_point(lines[line], ends[end]), np.float64)
    return line, along, shapely.get_coordinates(shapely.line_interpolate_point(lines[line], along)).reshape(-1, 2)


def _where_they_cross_themselves(lines: NDArray[np.object_]) -> Spots:
    numbers, places, spots = [np.empty(0, np.int64)], [np.empty(0)], [np.empty((0, 2))]
    for i in np.flatnonzero(~shapely.is_simple(lines)).tolist():
        corners, reached = _corners(lines[i])
        sides = np.asarray(shapely.linestrings(np.stack([corners[:-1], corners[1:]], axis=1)))
        one, other = shapely.STRtree(sides).query(sides, predicate="intersects")
        apart = one + 1 < other
        one, other = one[apart], other[apart]
        here, pair = shapely.get_coordinates(shapely.intersection(sides[one], sides[other]), return_index=True)
        for side in (one[pair], other[pair]):
            places.append(reached[side] + np.hypot(*(here - corners[side]).T))
            spots.append(here)
            numbers.append(np.full(len(here), i))
    return np.concatenate(numbers), np.concatenate(places), np.concatenate(spots)


def _corners(line: shapely.LineString) -> tuple[Float, Float]:
    """Give the corners of a line, (n, 2), and how many metres along it each is."""
    corners = shapely.get_coordinates(line)
    return corners, np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(corners, axis=0).T))])


def _cut(pieces: Pieces, line: Int, along: Float, spots: Float) -> tuple[Pieces, int]:
    """Cut lines at positions along them, given in metres with the places that the cut ends shall have."""
    length = shapely.length(pieces.lines)
    within = (along > _SAME) & (along < length[line] - _SAME)
    line, along, spots = line[within], along[within], spots[within]
    order = np.lexsort((along, line))
    line, along, spots = line[order], along[order], spots[order]
    new = np.ones(len(line), np.bool_)
    new[1:] = (line[1:] != line[:-1]) | (along[1:] > along[:-1] + _SAME)
    line, along, spots = line[new], along[new], spots[new]
    touched = np.unique(line)
    made: list[shapely.LineString] = []
    number: list[int] = []
    for i in touched.tolist():
        mine = slice(*np.searchsorted(line, [i, i + 1]).tolist())
        parts = _pieces_of(pieces.lines[i], along[mine], spots[mine])
        made += parts
        number += [i] * len(parts)
    left = np.setdiff1d(np.arange(len(pieces.lines)), touched)
    source = np.concatenate([left, np.array(number, np.int64)])
    lines = np.concatenate([pieces.lines[left], np.array([*made, None], dtype=object)[:-1]])
    order = np.argsort(pieces.row[source], kind="stable")
    source = source[order]
    return Pieces(lines[order], pieces.row[source], pieces.bridge[source]), len(np.unique(np.round(spots, 3), axis=0))


def _pieces_of(line: shapely.LineString, along: Float, spots: Float) -> list[shapely.LineString]:
    corners, reached = _corners(line)
    # A corner that a cut falls on gives way to the cut's own place, so that the lines of a crossing share it to the last bit.
    away = np.abs(reached[:, None] - along[None, :]).min(axis=1) > _SAME
    position = np.concatenate([reached[away], along])
    places = np.vstack([corners[away], spots])
    order = np.argsort(position, kind="stable")
    position, places = position[order], places[order]
    stops = [0, *np.searchsorted(position, along).tolist(), len(position) - 1]
    return [shapely.LineString(places[a : b + 1]) for a, b in pairwise(stops)]


def bridge_gaps(pieces: Pieces, reach: float, tolerance: float) -> tuple[Pieces, tuple[float, ...]]:
    """Join parts that do not hang together and are no farther apart than a gap, by straight lines over the gap.

    A line is cut where a bridge meets it between its ends. Lines that cross or touch have no gap between them: they are cut
    there and so joined, without a bridge. Bridges lead from line to line, never from a bridge, so that none brings parts
    within reach that were not: they are a least spanning tree of the gaps within reach.

    Parameters
    ----------
    pieces : Pieces
        Lines.
    reach : float
        Metres that a bridge may be long.
    tolerance : float
        Metres within which ends are joined.

    Returns
    -------
    pieces : Pieces
        With the bridges.
    bridges : tuple of float
        Their lengths in metres, in the order in which they were laid: the smallest part first.
    """
    nodes, start, end, _ = join_ends(pieces.lines, tolerance)
    count, label = components_of(start, end, len(nodes))
    line, target = _gaps_within(pieces.lines, label[start], reach)
    away = np.asarray(shapely.distance(pieces.lines[line], pieces.lines[target]), np.float64)
    chosen, turned = _smallest_first(label[start], count, line, target, away)
    one, other = np.where(turned, target, line)[chosen], np.where(turned, line, target)[chosen]
    gaps = np.asarray(shapely.shortest_line(pieces.lines[one], pieces.lines[other]))
    ends, length = shapely.get_coordinates(gaps).reshape(-1, 2, 2), np.asarray(shapely.length(gaps), np.float64)
    touched, spots = np.concatenate([one, other]), np.concatenate([ends[:, 0], ends[:, 1]])
    along = np.asarray(shapely.line_locate_point(pieces.lines[touched], shapely.points(spots)), np.float64)
    row = pieces.row[one]
    pieces, _ = _cut(pieces, touched, along, spots)
    long = length > tolerance / 2  # nearer ends are one node anyway
    lines, rows = np.concatenate([pieces.lines, gaps[long]]), np.append(pieces.row, row[long])
    return Pieces(lines, rows, np.append(pieces.bridge, np.ones(int(long.sum()), np.bool_))), tuple(length.tolist())


def _gaps_within(lines: NDArray[np.object_], part: NDArray[np.int32], reach: float) -> tuple[Int, Int]:
    """Give the pairs of lines of different parts that are within reach of each other, the first not of the part of most lines."""
    tree, small = shapely.STRtree(lines), np.flatnonzero(part != np.bincount(part).argmax())
    pairs = [np.empty((2, 0), np.int64)]
    for begin in range(0, len(small), _CHUNK):
        mine = small[begin : begin + _CHUNK]
        near, far = tree.query(lines[mine], predicate="dwithin", distance=reach)
        apart = part[mine[near]] != part[far]
        pairs.append(np.stack([mine[near[apart]], far[apart]]))
    line, target = np.concatenate(pairs, axis=1)
    return line, target


def _smallest_first(part: NDArray[np.int32], count: int, line: Int, target: Int, away: Float) -> tuple[Int, NDArray[np.bool_]]:
    """Choose gaps until none is left: each time the shortest of the part of fewest lines; and tell which lead from their target."""
    size = np.bincount(part, minlength=count)
    one, other = part[line].astype(np.int64), part[target].astype(np.int64)
    turned, chosen, left = np.zeros(len(line), np.bool_), [], np.arange(len(line))
    while left.size:
        groups = np.unique(np.concatenate([one[left], other[left]]))
        own = groups[size[groups].argmin()]
        mine = left[(one[left] == own) | (other[left] == own)]
        best = int(mine[away[mine].argmin()])
        chosen.append(best)
        turned[best] = other[best] == own
        joined = one[best] + other[best] - own
        size[joined] += size[own]
        one[one == own], other[other == own] = joined, joined
        left = left[one[left] != other[left]]
    return np.array(chosen, np.int64), turned
