"""How lines hang together: nodes where their ends meet, or where they name the same one; and the parts that come of it."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray

__all__ = ["components_of", "join_ends", "join_names"]

Float = NDArray[np.float64]


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
    count, group = components_of(*_near(places, tolerance), len(places))
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
        Easting and northing: of the westernmost (then southernmost) end of the lines that name a node.
    start, end : int32 ndarray, shape (m,)
        Nodes of the lines' first and last points.
    """
    count = len(lines)
    number = np.unique(np.concatenate([start, end]).astype(str), return_inverse=True)[1].reshape(-1)
    first, last = shapely.get_coordinates(shapely.get_point(lines, 0)), shapely.get_coordinates(shapely.get_point(lines, -1))
    # Each line votes for both of its ends as the place of either node; the true place of a node gets a vote of every line there.
    _, place = np.unique(np.round(np.vstack([first, last]), 2), axis=0, return_inverse=True)
    place = place.reshape(-1)
    ballots = np.stack([np.concatenate([number, number]), np.concatenate([place, np.roll(place, count)])])
    _, ballot, votes = np.unique(ballots, axis=1, return_inverse=True, return_counts=True)
    as_drawn, turned_round = votes[ballot.reshape(-1)].reshape(2, 2, count).sum(axis=1)
    # Where both fit alike (a road on its own) it is left as drawn.
    turned = turned_round > as_drawn
    lines = np.where(turned, shapely.reverse(lines), lines)
    ends = np.vstack([np.where(turned[:, None], last, first), np.where(turned[:, None], first, last)])
    order = np.lexsort((ends[:, 1], ends[:, 0], number))
    nodes = ends[order[np.unique(number[order], return_index=True)[1]]]
    return lines, nodes, number[:count].astype(np.int32), number[count:].astype(np.int32)


def components_of(start: NDArray[np.integer], end: NDArray[np.integer], count: int) -> tuple[int, NDArray[np.int32]]:
    """Count the parts that hang together, and give the part of each node, shape (nodes,): numbered by their first nodes.

    Each node names the lowest that it knows of; both ends of an edge take the lower name, and then the name of that, until all agree.

    Examples
    --------
    >>> components_of(np.array([4, 0], np.int32), np.array([2, 3], np.int32), 5)
    (3, array([0, 1, 2, 0, 2], dtype=int32))
    """
    name, before = np.arange(count), np.empty(0, np.int64)
    while not np.array_equal(name, before):
        before = name.copy()
        least = np.minimum(name[start], name[end])
        np.minimum.at(name, before[start], least)
        np.minimum.at(name, before[end], least)
        while (name[name] != name).any():
            name = name[name]
    first, label = np.unique(name, return_inverse=True)
    return len(first), label.reshape(-1).astype(np.int32)


def _near(places: Float, tolerance: float) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Give the pairs of places that lie within a tolerance of each other, once each."""
    points = np.asarray(shapely.points(places))
    one, other = shapely.STRtree(points).query(points, predicate="dwithin", distance=tolerance)
    return one[one < other], other[one < other]
