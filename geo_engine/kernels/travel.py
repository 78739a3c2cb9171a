"""Cost over a network at places that reach it by a link: gather, and sums of decayed sizes.

A place leaves the network's nearest enterable link at a share of it. Its cost to a facility is its leg off the network
plus the cheaper of the two ways along the link: back to the link's first node, or on to its second.
"""

from __future__ import annotations

import numba as nb
import numpy as np
from numpy.typing import NDArray

__all__ = ["access_exponential", "access_general", "count_switches", "links_of", "nearest_cost", "switches"]

GAUSSIAN, LINEAR, STEP = 1, 2, 3


@nb.njit(nogil=True, cache=True)
def links_of(
    segment: NDArray[np.int32], share: NDArray[np.float64], segment_edge: NDArray[np.int32], segment_from: NDArray[np.float64],
    segment_to: NDArray[np.float64], edge_link: NDArray[np.int64], link_from: NDArray[np.float64], link_to: NDArray[np.float64],
    link: NDArray[np.int32], along: NDArray[np.float64],
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
    link_from, link_to : float64 ndarray, shape (links,)
        Shares of the edge at which each link begins and ends.
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
        k, last = edge_link[segment_edge[i]], edge_link[segment_edge[i] + 1] - 1
        while k < last and position > link_to[k]:
            k += 1
        width = link_to[k] - link_from[k]
        link[j] = k
        along[j] = min(max((position - link_from[k]) / width, 0.0), 1.0) if width > 0.0 else 0.0


@nb.njit(nogil=True, cache=True)
def nearest_cost(
    link: NDArray[np.int32], along: NDArray[np.float64], off: NDArray[np.float64], low: NDArray[np.int64], high: NDArray[np.int64],
    link_cost: NDArray[np.float64], node_cost: NDArray[np.float64], out: NDArray[np.float32],
) -> None:
    """Write the cost to the nearest facility for each place.

    Parameters
    ----------
    link, along, off : int32, float64, float64 ndarray, shape (m,)
        Link (-1: none), share along it, cost of the leg off the network.
    low, high : int64 ndarray, shape (links,)
        First and second node of each link.
    link_cost : float64 ndarray, shape (links,)
        Cost of the whole link.
    node_cost : float64 ndarray, shape (nodes,)
        Cost from each node to its nearest facility; infinite where there is none.
    out : float32 ndarray, shape (m,)
        Filled in place; infinite where unreachable.
    """
    for j in range(link.size):
        k = link[j]
        if k < 0:
            out[j] = np.float32(np.inf)
            continue
        back = along[j] * link_cost[k] + node_cost[low[k]]
        on = (1.0 - along[j]) * link_cost[k] + node_cost[high[k]]
        out[j] = np.float32(off[j] + min(back, on))


@nb.njit(nogil=True, cache=True)
def count_switches(low: NDArray[np.int64], high: NDArray[np.int64], link_cost: NDArray[np.float64], cost: NDArray[np.float64]) -> int:
    """Count the (link, facility) pairs in which the better way to the facility changes along the link.

    `cost` is float64, shape (facilities, nodes), the cost from each node to each facility.
    """
    found = 0
    for f in range(cost.shape[0]):
        for k in range(low.size):
            switch = 0.5 * (link_cost[k] + cost[f, high[k]] - cost[f, low[k]])
            if 0.0 < switch < link_cost[k]:
                found += 1
    return found


@nb.njit(nogil=True, cache=True)
def switches(
    low: NDArray[np.int64], high: NDArray[np.int64], link_cost: NDArray[np.float64], cost: NDArray[np.float64], worth: NDArray[np.float64],
    by_low: NDArray[np.float64], by_high: NDArray[np.float64], pair_link: NDArray[np.int64], pair_at: NDArray[np.float64],
    pair_low: NDArray[np.float64], pair_high: NDArray[np.float64],
) -> None:
    """Add up, by link, what facilities are worth by way of its first and of its second node.

    Parameters
    ----------
    low, high, link_cost : ndarray, shape (links,)
        As for `nearest_cost`.
    cost, worth : float64 ndarray, shape (facilities, nodes)
        Cost from each node to each facility, and size times decay of that cost (0 where unreachable).
    by_low, by_high : float64 ndarray, shape (links,)
        Added to: worth of the facilities that are always better reached by the first, by the second node.
    pair_link, pair_at, pair_low, pair_high : ndarray, shape (count_switches,)
        Filled: link, cost from its first node at which the better way changes, worth by either node.
    """
    found = 0
    for f in range(cost.shape[0]):
        for k in range(low.size):
            at_low, at_high = cost[f, low[k]], cost[f, high[k]]
            if np.isinf(at_low) and np.isinf(at_high):
                continue
            switch = 0.5 * (link_cost[k] + at_high - at_low)
            if switch >= link_cost[k]:
                by_low[k] += worth[f, low[k]]
            elif switch <= 0.0:
                by_high[k] += worth[f, high[k]]
            else:
                pair_link[found] = k
                pair_at[found] = switch
                pair_low[found] = worth[f, low[k]]
                pair_high[found] = worth[f, high[k]]
                found += 1


@nb.njit(nogil=True, cache=True)
def access_exponential(
    link: NDArray[np.int32], along: NDArray[np.float64], off: NDArray[np.float64], link_cost: NDArray[np.float64],
    by_low: NDArray[np.float64], by_high: NDArray[np.float64], first_pair: NDArray[np.int64], pair_at: NDArray[np.float64],
    pair_low: NDArray[np.float64], pair_high: NDArray[np.float64], half: float, out: NDArray[np.float32],
) -> None:
    """Write the sum over facilities of ``size * 0.5 ** (cost / half)`` for each place.

    The decay of a sum of costs is the product of decays, so the facilities need not be visited place by place: the sums
    by either node of the link are enough, but for the few facilities whose better way changes along the link.

    Parameters
    ----------
    link, along, off, link_cost : ndarray
        As for `nearest_cost`.
    by_low, by_high, first_pair, pair_at, pair_low, pair_high : ndarray
        From `switches`; pairs sorted by link, ``first_pair[k]:first_pair[k + 1]`` those of link k.
    half : float
        Cost at which a facility counts one half.
    out : float32 ndarray, shape (m,)
        Filled in place; 0 where unreachable.
    """
    rate = np.log(2.0) / half
    for j in range(link.size):
        k = link[j]
        if k < 0:
            out[j] = np.float32(0.0)
            continue
        a = along[j] * link_cost[k]
        back, on = by_low[k], by_high[k]
        for p in range(first_pair[k], first_pair[k + 1]):
            if a <= pair_at[p]:
                back += pair_low[p]
            else:
                on += pair_high[p]
        out[j] = np.float32(np.exp(-rate * (off[j] + a)) * back + np.exp(-rate * (off[j] + (link_cost[k] - a))) * on)


@nb.njit(nogil=True, cache=True)
def access_general(
    link: NDArray[np.int32], along: NDArray[np.float64], off: NDArray[np.float64], low: NDArray[np.int64], high: NDArray[np.int64],
    link_cost: NDArray[np.float64], first_facility: NDArray[np.int64], facility: NDArray[np.int32], cost: NDArray[np.float64],
    size: NDArray[np.float64], decay: int, half: float, out: NDArray[np.float32],
) -> None:
    """Write the sum over facilities of size times decay of cost for each place, one facility at a time.

    Parameters
    ----------
    link, along, off, low, high, link_cost : ndarray
        As for `nearest_cost`.
    first_facility, facility : int64 (links + 1,) and int32 ndarray
        The facilities within reach of each link.
    cost : float64 ndarray, shape (facilities, nodes)
        Cost from each node to each facility.
    size : float64 ndarray, shape (facilities,)
        What each counts.
    decay : int
        `GAUSSIAN`, `LINEAR` or `STEP` (1 up to `half`, 0 beyond).
    half : float
        Cost at which a facility counts one half; the limit for `STEP`.
    out : float32 ndarray, shape (m,)
        Filled in place; 0 where unreachable.
    """
    for j in range(link.size):
        k = link[j]
        total = 0.0
        if k >= 0:
            a = along[j] * link_cost[k]
            b = (1.0 - along[j]) * link_cost[k]
            for p in range(first_facility[k], first_facility[k + 1]):
                f = facility[p]
                t = off[j] + min(a + cost[f, low[k]], b + cost[f, high[k]])
                if decay == STEP:
                    total += size[f] if t <= half else 0.0
                elif decay == LINEAR:
                    total += size[f] * max(0.0, 1.0 - t / (2.0 * half))
                elif not np.isinf(t):
                    total += size[f] * np.exp(-np.log(2.0) * (t / half) ** 2)
        out[j] = np.float32(total)
