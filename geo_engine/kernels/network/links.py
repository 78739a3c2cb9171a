"""Cost over a network at places that reach it by a link.

A place leaves the network's nearest enterable link at a share of it. Its cost to a facility is its leg off the network
plus the cheaper of the two ways along the link: back to the link's first node, or on to its second; on a one-way street one
of the two is closed (infinite). A place at the very end of a link is at the node, and closed to neither side.
"""

from __future__ import annotations

import numba as nb
import numpy as np
from numpy.typing import NDArray

__all__ = ["links_of", "nearest_cost", "nth_cost", "part_of_link"]


@nb.njit(nogil=True, cache=True)
def links_of(
    segment: NDArray[np.int32],
    share: NDArray[np.float64],
    segment_edge: NDArray[np.int32],
    segment_from: NDArray[np.float64],
    segment_to: NDArray[np.float64],
    edge_link: NDArray[np.int64],
    cut_share: NDArray[np.float64],
    link: NDArray[np.int32],
    along: NDArray[np.float64],
) -> None:
    """Turn (segment, share of the segment) into (link, share of the link).

    An edge is cut into links where facilities stand on it.

    Parameters
    ----------
    segment, share : int32 and float64 ndarray, shape (m,)
        Nearest segment (-1 for none) and share along it.
    segment_edge, segment_from, segment_to : ndarray, shape (segments,)
        Edge of each segment, and the shares of the edge at which it begins and ends.
    edge_link : int64 ndarray, shape (edges + 1,)
        First link of each edge; links of an edge stand in order.
    cut_share : float64 ndarray, shape (cuts,)
        Shares of their edge at which edges are cut, edge by edge, rising: edge e with its links has ``edge_link[e] - e`` cuts before it.
    link, along : int32 and float64 ndarray, shape (m,)
        Filled in place: link (-1 for none) and share along it.
    """
    for j in range(segment.size):
        i = segment[j]
        if i < 0:
            link[j] = -1
            along[j] = 0.0
            continue
        position = segment_from[i] + share[j] * (segment_to[i] - segment_from[i])
        edge = segment_edge[i]
        first, last = edge_link[edge], edge_link[edge + 1] - 1
        k = first
        while k < last and position > cut_share[k - edge]:
            k += 1
        begin = cut_share[k - edge - 1] if k > first else 0.0
        width = (cut_share[k - edge] if k < last else 1.0) - begin
        link[j] = k
        along[j] = min(max((position - begin) / width, 0.0), 1.0) if width > 0.0 else 0.0


@nb.njit(nogil=True, cache=True)
def part_of_link(share: float, cost: float) -> float:
    """Cost of a share of a link: nothing for no share, also where the link is closed."""
    return share * cost if share > 0.0 else 0.0


@nb.njit(nogil=True, cache=True)
def nearest_cost(
    link: NDArray[np.int32],
    along: NDArray[np.float64],
    off: NDArray[np.float64],
    low: NDArray[np.int32],
    high: NDArray[np.int32],
    by_low: NDArray[np.float64],
    by_high: NDArray[np.float64],
    node_cost: NDArray[np.float64],
    out: NDArray[np.float32],
) -> None:
    """Write the cost to the nearest facility for each place.

    Parameters
    ----------
    link, along, off : int32, float64, float64 ndarray, shape (m,)
        Link (-1: none), share along it, cost of the leg off the network.
    low, high : int32 ndarray, shape (links,)
        First and second node of each link.
    by_low, by_high : float64 ndarray, shape (links,)
        Cost of the whole link between its second node and its first, and between its first and its second; infinite where closed.
    node_cost : float64 ndarray, shape (nodes,)
        Cost between each node and its nearest facility; infinite where there is none.
    out : float32 ndarray, shape (m,)
        Filled in place; infinite where unreachable.
    """
    for j in range(link.size):
        k = link[j]
        if k < 0:
            out[j] = np.float32(np.inf)
            continue
        back = part_of_link(along[j], by_low[k]) + node_cost[low[k]]
        on = part_of_link(1.0 - along[j], by_high[k]) + node_cost[high[k]]
        out[j] = np.float32(off[j] + min(back, on))


@nb.njit(nogil=True, cache=True)
def nth_cost(
    link: NDArray[np.int32],
    along: NDArray[np.float64],
    off: NDArray[np.float64],
    low: NDArray[np.int32],
    high: NDArray[np.int32],
    by_low: NDArray[np.float64],
    by_high: NDArray[np.float64],
    node_cost: NDArray[np.float64],
    node_facility: NDArray[np.int32],
    out: NDArray[np.float32],
    facility: NDArray[np.int32],
) -> None:
    """Write the cost to the n-th nearest facility for each place, and which it is.

    Parameters
    ----------
    link, along, off, low, high, by_low, by_high
        As for `nearest_cost`.
    node_cost, node_facility : float64 and int32 ndarray, shape (nodes, n)
        The n nearest facilities of each node, nearest first; infinite and -1 where there are fewer.
    out, facility : float32 and int32 ndarray, shape (m,)
        Filled in place; infinite and -1 where fewer than n can be reached.
    """
    n = node_cost.shape[1]
    for j in range(link.size):
        out[j], facility[j] = np.float32(np.inf), -1
        k = link[j]
        if k < 0:
            continue
        a, b = part_of_link(along[j], by_low[k]), part_of_link(1.0 - along[j], by_high[k])
        i, h, taken = 0, 0, 0
        # Two lists in rising order are merged; a facility that the other side has given already is passed over.
        while taken < n and (i < n or h < n):
            back = a + node_cost[low[k], i] if i < n else np.inf
            on = b + node_cost[high[k], h] if h < n else np.inf
            if np.isinf(back) and np.isinf(on):
                break
            from_low = back <= on
            one = node_facility[low[k], i] if from_low else node_facility[high[k], h]
            known = False
            if from_low:
                for q in range(h):
                    known |= node_facility[high[k], q] == one
                i += 1
            else:
                for q in range(i):
                    known |= node_facility[low[k], q] == one
                h += 1
            if not known:
                taken += 1
                if taken == n:
                    out[j], facility[j] = np.float32(off[j] + min(back, on)), one
