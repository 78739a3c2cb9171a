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
    from scipy.spatial import cKDTree  # noqa: PLC0415 - SciPy takes long to load, and a stored network needs none of it

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


def components_of(start: NDArray[np.int32], end: NDArray[np.int32], count: int) -> tuple[int, NDArray[np.int32]]:
    """Count the parts that hang together, and give the part of each node, shape (nodes,)."""
    return _groups(count, start, end)


def _groups(count: int, one: NDArray[np.integer], other: NDArray[np.integer]) -> tuple[int, NDArray[np.int32]]:
    from scipy.sparse import coo_matrix  # noqa: PLC0415 - as above
    from scipy.sparse.csgraph import connected_components  # noqa: PLC0415 - as above

    graph = coo_matrix((np.ones(len(one), np.int8), (one, other)), shape=(count, count))
    number, label = connected_components(graph, directed=False)
    return int(number), label
