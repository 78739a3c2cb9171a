"""Cost over a network at places that reach it by a link: gather, and sums of decayed sizes.

A place leaves the network's nearest enterable link at a share of it. Its cost to a facility is its leg off the network
plus the cheaper of the two ways along the link: back to the link's first node, or on to its second.
"""

from __future__ import annotations

import numba as nb
import numpy as np
from numpy.typing import NDArray

__all__ = ["access_exponential", "access_general", "count_switches", "links_of", "nearest_cost", "sum_by_link"]

GAUSSIAN, LINEAR, STEP = 1, 2, 3


@nb.njit(nogil=True, cache=True)
def links_of(
    segment: NDArray[np.int32],
    share: NDArray[np.float64],
    segment_edge: NDArray[np.int32],
    segment_from: NDArray[np.float64],
    segment_to: NDArray[np.float64],
    edge_link: NDArray[np.int64],
    link_from: NDArray[np.float64],
    link_to: NDArray[np.float64],
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
    link: NDArray[np.int32],
    along: NDArray[np.float64],
    off: NDArray[np.float64],
    low: NDArray[np.int64],
    high: NDArray[np.int64],
    link_cost: NDArray[np.float64],
    node_cost: NDArray[np.float64],
    out: NDArray[np.float32],
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
def count_switches(
    low: NDArray[np.int64], high: NDArray[np.int64], link_cost: NDArray[np.float64], cost: NDArray[np.float64], count: NDArray[np.int64]
) -> None:
    """Count for each link the facilities to which the better way changes along it.

    Parameters
    ----------
    low, high, link_cost : ndarray, shape (links,)
        As for `nearest_cost`.
    cost : float64 ndarray, shape (nodes, facilities)
        Cost from each node to each facility; infinite where unreachable.
    count : int64 ndarray, shape (links,)
        Filled in place.
    """
    for k in range(low.size):
        found = 0
        for f in range(cost.shape[1]):
            switch = 0.5 * (link_cost[k] + cost[high[k], f] - cost[low[k], f])
            if 0.0 < switch < link_cost[k]:
                found += 1
        count[k] = found


@nb.njit(nogil=True, cache=True)
def sum_by_link(
    low: NDArray[np.int64],
    high: NDArray[np.int64],
    link_cost: NDArray[np.float64],
    cost: NDArray[np.float64],
    size: NDArray[np.float64],
    rate: float,
    first_pair: NDArray[np.int64],
    by_low: NDArray[np.float64],
    by_high: NDArray[np.float64],
    pair_at: NDArray[np.float64],
    from_low: NDArray[np.float64],
    to_high: NDArray[np.float64],
) -> None:
    """Add up, by link, what facilities are worth by way of its first and of its second node.

    Parameters
    ----------
    low, high, link_cost, cost : ndarray
        As for `count_switches`.
    size : float64 ndarray, shape (facilities,)
        What each counts; its worth at a node is ``size * exp(-rate * cost)``.
    rate : float
        One over the unit of cost.
    first_pair : int64 ndarray, shape (links + 1,)
        Running sum of `count_switches`.
    by_low, by_high, pair_at, from_low, to_high : float64 ndarray
        Filled in place; see `access_exponential`.
    """
    for k in range(low.size):
        begin = first_pair[k]
        size_pairs = first_pair[k + 1] - begin
        at = np.empty(size_pairs)
        back, on = np.empty(size_pairs), np.empty(size_pairs)
        found, always_low, always_high = 0, 0.0, 0.0
        for f in range(cost.shape[1]):
            at_low, at_high = cost[low[k], f], cost[high[k], f]
            if np.isinf(at_low) and np.isinf(at_high):
                continue
            switch = 0.5 * (link_cost[k] + at_high - at_low)
            if switch >= link_cost[k]:
                always_low += size[f] * np.exp(-rate * at_low)
            elif switch <= 0.0:
                always_high += size[f] * np.exp(-rate * at_high)
            else:
                at[found] = switch
                back[found] = size[f] * np.exp(-rate * at_low)
                on[found] = size[f] * np.exp(-rate * at_high)
                found += 1
        by_low[k], by_high[k] = always_low, always_high
        order = np.argsort(at)
        total = 0.0
        for i in range(size_pairs):
            pair_at[begin + i] = at[order[i]]
            total += on[order[i]]
            to_high[begin + i] = total
        total = 0.0
        for i in range(size_pairs - 1, -1, -1):
            total += back[order[i]]
            from_low[begin + i] = total


@nb.njit(nogil=True, cache=True)
def access_exponential(
    link: NDArray[np.int32],
    along: NDArray[np.float64],
    off: NDArray[np.float64],
    link_cost: NDArray[np.float64],
    by_low: NDArray[np.float64],
    by_high: NDArray[np.float64],
    first_pair: NDArray[np.int64],
    pair_at: NDArray[np.float64],
    from_low: NDArray[np.float64],
    to_high: NDArray[np.float64],
    half: float,
    out: NDArray[np.float32],
) -> None:
    """Write the sum over facilities of ``size * 0.5 ** (cost / half)`` for each place.

    The decay of a sum of costs is the product of decays, so the facilities need not be visited place by place: the sums
    by either node of the link are enough, but for the few facilities whose better way changes along the link.

    Parameters
    ----------
    link, along, off, link_cost : ndarray
        As for `nearest_cost`.
    by_low, by_high : float64 ndarray, shape (links,)
        Worth of the facilities that are always better reached by the first, by the second node.
    first_pair : int64 ndarray, shape (links + 1,)
        The facilities whose better way changes along link k are ``first_pair[k]:first_pair[k + 1]``.
    pair_at : float64 ndarray, shape (pairs,)
        Cost from the first node at which it changes, rising along each link.
    from_low : float64 ndarray, shape (pairs,)
        Worth by the first node of this pair and of those of its link that follow it.
    to_high : float64 ndarray, shape (pairs,)
        Worth by the second node of this pair and of those of its link that come before it.
    half : float
        Cost at which a facility counts one half.
    out : float32 ndarray, shape (m,)
        Filled in place; infinite where the network is out of reach, 0 where it leads to no facility.
    """
    rate = np.log(2.0) / half
    for j in range(link.size):
        k = link[j]
        if k < 0:
            out[j] = np.float32(np.inf)
            continue
        a = along[j] * link_cost[k]
        back, on = by_low[k], by_high[k]
        first, last = first_pair[k], first_pair[k + 1]
        if last > first:  # the pairs that switch at `a` or beyond are reached by the first node
            begin, end = first, last
            while begin < end:
                middle = (begin + end) // 2
                if pair_at[middle] < a:
                    begin = middle + 1
                else:
                    end = middle
            if begin < last:
                back += from_low[begin]
            if begin > first:
                on += to_high[begin - 1]
        out[j] = np.float32(np.exp(-rate * (off[j] + a)) * back + np.exp(-rate * (off[j] + (link_cost[k] - a))) * on)


@nb.njit(nogil=True, cache=True)
def access_general(
    link: NDArray[np.int32],
    along: NDArray[np.float64],
    off: NDArray[np.float64],
    low: NDArray[np.int64],
    high: NDArray[np.int64],
    link_cost: NDArray[np.float64],
    first_facility: NDArray[np.int64],
    facility: NDArray[np.int32],
    cost: NDArray[np.float64],
    size: NDArray[np.float64],
    decay: int,
    half: float,
    out: NDArray[np.float32],
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
        Filled in place; infinite where the network is out of reach, 0 where it leads to no facility.
    """
    for j in range(link.size):
        k = link[j]
        total = 0.0 if k >= 0 else np.inf
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
