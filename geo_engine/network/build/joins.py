"""How lines hang together: cut where they cross, joined at their ends, bridged over small gaps."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

__all__ = ["Pieces", "bridge_gaps", "components_of", "cut_at_crossings", "join_ends", "join_names"]

Float = NDArray[np.float64]
Int = NDArray[np.int64]
_SAME = 1e-6  # metres: positions along a line that are one
_LINEAR = 1  # dimensions, as shapely counts them


@dataclass(frozen=True, eq=False)
class Pieces:
    """Lines, each a whole row or a piece of one.

    Parameters
    ----------
    lines : ndarray of shapely lines, shape (m,)
        In the direction of drawing, none without length.
    row : int64 ndarray, shape (m,)
        The row of the layer that each comes from.
    """

    lines: NDArray[np.object_]
    row: Int


def join_ends(lines: NDArray[np.object_], tolerance: float) -> tuple[Float, NDArray[np.int32], NDArray[np.int32], int]:
    """Make one node of all ends that lie within a tolerance of one another, from one to the next.

    Parameters
    ----------
    lines : ndarray of shapely lines, shape (m,)
        With two ends each.
    tolerance : float
        Metres.

    Returns
    -------
    nodes : float64 ndarray, shape (nodes, 2)
        Easting and northing: of the westernmost (then southernmost) end that was joined.
    start, end : int32 ndarray, shape (m,)
        Nodes of the lines' first and last points.
    joined : int
        How many ends lay apart from their node.

    Examples
    --------
    >>> lines = shapely.from_wkt(["LINESTRING (0 0, 5 0)", "LINESTRING (5.4 0, 9 0)"])
    >>> join_ends(lines, 0.5)[1:]
    (array([0, 1], dtype=int32), array([1, 2], dtype=int32), 1)
    """
    ends = np.vstack([shapely.get_coordinates(shapely.get_point(lines, 0)), shapely.get_coordinates(shapely.get_point(lines, -1))])
    places, inverse = np.unique(ends, axis=0, return_inverse=True)
    inverse = inverse.reshape(-1)
    pairs = cKDTree(places).query_pairs(tolerance, output_type="ndarray")
    count, group = _groups(len(places), pairs[:, 0], pairs[:, 1])
    first = np.full(count, len(places), np.int64)
    np.minimum.at(first, group, np.arange(len(places)))
    order = np.argsort(first, kind="stable")  # nodes in order of place, whatever the order of the rows
    number = np.empty(count, np.int32)
    number[order] = np.arange(count, dtype=np.int32)
    node = number[group][inverse]
    return places[first[order]], node[: len(lines)], node[len(lines) :], len(places) - count


def join_names(
    lines: NDArray[np.object_], start: NDArray[np.object_], end: NDArray[np.object_]
) -> tuple[NDArray[np.object_], Float, NDArray[np.int32], NDArray[np.int32]]:
    """Make nodes of the names at the ends of lines; a line that is drawn from its last node to its first is turned round.

    Parameters
    ----------
    lines : ndarray of shapely lines, shape (m,)
        With two ends each.
    start, end : ndarray of str, shape (m,)
        Names of the nodes that each leads from and to.

    Returns
    -------
    lines : ndarray of shapely lines, shape (m,)
        Each from its first node to its last.
    nodes : float64 ndarray, shape (nodes, 2)
        Easting and northing, where most of the lines that name a node end.
    start, end : int32 ndarray, shape (m,)
        Nodes of the lines' first and last points.
    """
    names, number = np.unique(np.concatenate([start, end]).astype(str), return_inverse=True)
    number = number.reshape(-1)
    first, last = shapely.get_coordinates(shapely.get_point(lines, 0)), shapely.get_coordinates(shapely.get_point(lines, -1))
    # Each line votes for both of its ends as the place of either node; the true place of a node gets a vote of every line there.
    _, place = np.unique(np.round(np.vstack([first, last]), 2), axis=0, return_inverse=True)
    place = place.reshape(-1)
    votes_node = np.concatenate([number, number])
    votes_place = np.concatenate([place, np.roll(place, len(lines))])
    pair, votes = np.unique(np.stack([votes_node, votes_place]), axis=1, return_counts=True)
    order = np.lexsort((pair[1], -votes, pair[0]))
    best = order[np.unique(pair[0][order], return_index=True)[1]]
    chosen = pair[1][best]
    begins, finishes = chosen[number[: len(lines)]], chosen[number[len(lines) :]]
    here, there = place[: len(lines)], place[len(lines) :]
    # Where all lines of two nodes vote alike (a road on its own) either direction fits; it is left as drawn.
    turned = (here != begins) & (here == finishes) & (there == begins)
    lines = np.where(turned, shapely.reverse(lines), lines)
    nodes = np.zeros((len(names), 2))
    nodes[number[: len(lines)]] = np.where(turned[:, None], last, first)
    nodes[number[len(lines) :]] = np.where(turned[:, None], first, last)
    return lines, nodes, number[: len(lines)].astype(np.int32), number[len(lines) :].astype(np.int32)


def components_of(start: NDArray[np.int32], end: NDArray[np.int32], count: int) -> tuple[int, NDArray[np.int32]]:
    """Count the parts that hang together, and give the part of each node, shape (nodes,)."""
    return _groups(count, start, end)


def _groups(count: int, one: NDArray[np.integer], other: NDArray[np.integer]) -> tuple[int, NDArray[np.int32]]:
    graph = coo_matrix((np.ones(len(one), np.int8), (one, other)), shape=(count, count))
    number, label = connected_components(graph, directed=False)
    return int(number), label


def cut_at_crossings(pieces: Pieces) -> tuple[Pieces, int]:
    """Cut lines where they cross or touch one another, also where they run along one another.

    Returns
    -------
    pieces : Pieces
        None crosses another.
    crossings : int
        Places where lines that had no end there were cut.
    """
    tree = shapely.STRtree(pieces.lines)
    one, other = tree.query(pieces.lines, predicate="intersects")
    apart = one < other
    one, other = one[apart], other[apart]
    shared = shapely.intersection(pieces.lines[one], pieces.lines[other])
    # Lines that run along one another part where the shared stretch begins and ends.
    ends = np.where(shapely.get_dimensions(shared) >= _LINEAR, shapely.boundary(shared), shared)
    spots, pair = shapely.get_coordinates(ends, return_index=True)
    line = np.concatenate([one[pair], other[pair]])
    spots = np.vstack([spots, spots])
    along = np.asarray(shapely.line_locate_point(pieces.lines[line], shapely.points(spots)), np.float64)
    return _cut(pieces, line, along, spots)


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
    made, rows = [], []
    touched = np.unique(line)
    for i in touched.tolist():
        mine = slice(*np.searchsorted(line, [i, i + 1]).tolist())
        for part in _pieces_of(pieces.lines[i], along[mine], spots[mine]):
            made.append(part)
            rows.append(pieces.row[i])
    left = np.ones(len(pieces.lines), np.bool_)
    left[touched] = False
    lines = np.concatenate([pieces.lines[left], np.array([*made, None], dtype=object)[:-1]])
    row = np.concatenate([pieces.row[left], np.array(rows, np.int64)])
    order = np.argsort(row, kind="stable")
    return Pieces(lines[order], row[order]), len(np.unique(np.round(spots, 3), axis=0))


def _pieces_of(line: shapely.LineString, along: Float, spots: Float) -> list[shapely.LineString]:
    corners = shapely.get_coordinates(line)
    reached = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(corners, axis=0).T))])
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

    A line is cut where a bridge meets it between its ends. A bridge carries the attributes of the smaller part's line.

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
    laid: list[float] = []
    while True:
        nodes, start, end, _ = join_ends(pieces.lines, tolerance)
        count, label = components_of(start, end, len(nodes))
        part = label[start]
        found = _shortest_gap(pieces, part, count, reach)
        if found is None:
            return pieces, tuple(laid)
        line, target, gap = found
        spots = shapely.get_coordinates(gap)
        at = np.asarray(shapely.line_locate_point(pieces.lines[[line, target]], shapely.points(spots)), np.float64)
        row = pieces.row[line]
        pieces, _ = _cut(pieces, np.array([line, target]), at, spots)
        laid.append(float(shapely.length(gap)))
        lines = np.empty(len(pieces.lines) + 1, dtype=object)
        lines[:-1], lines[-1] = pieces.lines, gap
        pieces = Pieces(lines, np.append(pieces.row, row))


def _shortest_gap(pieces: Pieces, part: NDArray[np.int32], count: int, reach: float) -> tuple[int, int, shapely.LineString] | None:
    """Find the shortest way from the smallest part that can be bridged to another part: its line, the other's line, the gap."""
    size = np.bincount(part, minlength=count)
    for own in np.argsort(size, kind="stable")[:-1].tolist():
        mine, others = np.flatnonzero(part == own), np.flatnonzero(part != own)
        tree = shapely.STRtree(pieces.lines[others])
        near, far = tree.query(pieces.lines[mine], predicate="dwithin", distance=reach)
        if near.size:
            away = shapely.distance(pieces.lines[mine[near]], pieces.lines[others[far]])
            best = int(np.argmin(away))
            line, target = int(mine[near[best]]), int(others[far[best]])
            gap = shapely.shortest_line(pieces.lines[line], pieces.lines[target])
            if shapely.length(gap) > 0:
                return line, target, gap
    return None
