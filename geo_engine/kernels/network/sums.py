"""Sums of decayed sizes over a network at places that reach it by a link; see `links` for how costs are put together."""

from __future__ import annotations

import numba as nb
import numpy as np
from numpy.typing import NDArray

from geo_engine.kernels.network.links import part_of_link

__all__ = [
    "GAUSSIAN",
    "LINEAR",
    "STEP",
    "access_exponential",
    "access_general",
    "add_by_link",
    "count_reached",
    "list_reached",
    "place_pairs",
    "sum_pairs",
]

GAUSSIAN, LINEAR, STEP = 1, 2, 3
_ROUNDING = 1e-12  # of costs that are sums of some hundred links


@nb.njit(nogil=True, cache=True)
def add_by_link(
    low: NDArray[np.int32],
    high: NDArray[np.int32],
    by_low: NDArray[np.float64],
    by_high: NDArray[np.float64],
    cost: NDArray[np.float64],
    worth: NDArray[np.float64],
    back: NDArray[np.float64],
    on: NDArray[np.float64],
    count: NDArray[np.int32],
    pair_at: NDArray[np.float64],
    pair_back: NDArray[np.float64],
    pair_on: NDArray[np.float64],
) -> int:
    """Add up, by link, what some facilities are worth by way of its first and of its second node.

    On most links a facility is better reached by one and the same node from everywhere; where the better way changes along the
    link, it is written down as a pair. Where the change is at one end but for rounding, it is at that end.

    Parameters
    ----------
    low, high, by_low, by_high
        As for `nearest_cost`.
    cost : float64 ndarray, shape (nodes, facilities)
        Cost between each node and each facility; infinite where unreachable.
    worth : float64 ndarray, shape (nodes, facilities)
        ``size * exp(-rate * cost)``: what each facility counts at each node.
    back, on : float64 ndarray, shape (links,)
        Added to: worth of the facilities that are always better reached by the first, by the second node.
    count : int32 ndarray, shape (links,)
        Filled in place: pairs of each link.
    pair_at, pair_back, pair_on : float64 ndarray, shape (links * facilities,)
        Filled in place up to the number of pairs, link by link: cost from its first node at which the way changes, worth by either node.

    Returns
    -------
    int
        Number of pairs.
    """
    found = 0
    for k in range(low.size):
        at, to, length, width = low[k], high[k], by_low[k], by_high[k]
        open_low, open_high = not np.isinf(length), not np.isinf(width)
        before = found
        for f in range(cost.shape[1]):
            at_low, at_high = cost[at, f], cost[to, f]
            reach_low, reach_high = open_low and not np.isinf(at_low), open_high and not np.isinf(at_high)
            if not reach_low and not reach_high:
                continue
            # Where both directions are open they cost the same.
            switch = 0.5 * (width + at_high - at_low) if reach_low and reach_high else (np.inf if reach_low else -np.inf)
            hair = _ROUNDING * (at_low + at_high) if reach_low and reach_high else 0.0
            if reach_low and (not reach_high or switch >= length - hair):
                back[k] += worth[at, f]
            elif switch <= hair:
                on[k] += worth[to, f]
            else:
                pair_at[found], pair_back[found], pair_on[found] = switch, worth[at, f], worth[to, f]
                found += 1
        count[k] = found - before
    return found


@nb.njit(nogil=True, cache=True)
def place_pairs(
    count: NDArray[np.int32],
    place: NDArray[np.int64],
    pair_at: NDArray[np.float64],
    pair_back: NDArray[np.float64],
    pair_on: NDArray[np.float64],
    at: NDArray[np.float64],
    back: NDArray[np.float64],
    on: NDArray[np.float64],
) -> None:
    """Put the pairs of some facilities among those of all, link by link.

    Parameters
    ----------
    count, pair_at, pair_back, pair_on
        As `add_by_link` fills them, up to the number of pairs.
    place : int64 ndarray, shape (links,)
        Where the pairs of each link begin among those of all.
    at, back, on : float64 ndarray, shape (pairs of all,)
        Filled in place.
    """
    p = 0
    for k in range(count.size):
        for q in range(place[k], place[k] + count[k]):
            at[q], back[q], on[q] = pair_at[p], pair_back[p], pair_on[p]
            p += 1


@nb.njit(nogil=True, cache=True)
def sum_pairs(first_pair: NDArray[np.int64], at: NDArray[np.float64], from_low: NDArray[np.float64], to_high: NDArray[np.float64]) -> None:
    """Put the pairs of each link in order of where they change, and add them up.

    Parameters
    ----------
    first_pair : int64 ndarray, shape (links + 1,)
        The pairs of link k are ``first_pair[k]:first_pair[k + 1]``.
    at, from_low, to_high : float64 ndarray, shape (pairs,)
        Where they change, and their worth by the first and by the second node; turned in place into what `access_exponential` takes.
    """
    for k in range(first_pair.size - 1):
        begin, end = first_pair[k], first_pair[k + 1]
        order = np.argsort(at[begin:end], kind="mergesort")
        at[begin:end] = at[begin:end][order]
        back, on = from_low[begin:end][order], to_high[begin:end][order]
        total = 0.0
        for i in range(end - begin):
            total += on[i]
            to_high[begin + i] = total
        total = 0.0
        for i in range(end - begin - 1, -1, -1):
            total += back[i]
            from_low[begin + i] = total


@nb.njit(nogil=True, cache=True)
def access_exponential(
    link: NDArray[np.int32],
    along: NDArray[np.float64],
    off: NDArray[np.float64],
    low: NDArray[np.int32],
    high: NDArray[np.int32],
    by_low: NDArray[np.float64],
    by_high: NDArray[np.float64],
    back: NDArray[np.float64],
    on: NDArray[np.float64],
    at_node: NDArray[np.float64],
    first_pair: NDArray[np.int64],
    pair_at: NDArray[np.float64],
    from_low: NDArray[np.float64],
    to_high: NDArray[np.float64],
    half: float,
    out: NDArray[np.float32],
) -> None:
    """Write the sum over facilities of size times ``0.5 ** (cost / half)`` for each place, without visiting the facilities.

    Parameters
    ----------
    link, along, off, low, high, by_low, by_high
        As for `nearest_cost`.
    back, on : float64 ndarray, shape (links,)
        Worth of the facilities that are always better reached by the first, by the second node.
    at_node : float64 ndarray, shape (nodes,)
        Worth of all facilities at each node.
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
        closed = np.isinf(by_low[k]) or np.isinf(by_high[k])
        if closed and (along[j] == 0.0 or along[j] == 1.0):
            out[j] = np.float32(np.exp(-rate * off[j]) * at_node[low[k] if along[j] == 0.0 else high[k]])
            continue
        a, b = along[j] * by_low[k], (1.0 - along[j]) * by_high[k]
        lower, upper = back[k], on[k]
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
                lower += from_low[begin]
            if begin > first:
                upper += to_high[begin - 1]
        total = np.exp(-rate * (off[j] + a)) * lower if lower > 0.0 else 0.0
        out[j] = np.float32(total + np.exp(-rate * (off[j] + b)) * upper if upper > 0.0 else total)


@nb.njit(nogil=True, cache=True)
def count_reached(
    low: NDArray[np.int32], high: NDArray[np.int32], cost: NDArray[np.float64], reach: float, count: NDArray[np.int64]
) -> None:
    """Add, to each link's count, 1 where a facility is within reach of either of its nodes.

    Parameters
    ----------
    low, high : int32 ndarray, shape (links,)
        Nodes.
    cost : float64 ndarray, shape (nodes,)
        Cost between each node and the facility.
    reach : float
        Cost beyond which it counts nothing.
    count : int64 ndarray, shape (links,)
        Added to.
    """
    for k in range(low.size):
        if cost[low[k]] <= reach or cost[high[k]] <= reach:
            count[k] += 1


@nb.njit(nogil=True, cache=True)
def list_reached(
    low: NDArray[np.int32],
    high: NDArray[np.int32],
    cost: NDArray[np.float64],
    reach: float,
    number: int,
    place: NDArray[np.int64],
    facility: NDArray[np.int32],
    cost_low: NDArray[np.float64],
    cost_high: NDArray[np.float64],
) -> None:
    """Write a facility down at each link within its reach, with its costs at the link's nodes.

    Parameters
    ----------
    low, high, cost, reach
        As for `count_reached`.
    number : int
        Of the facility.
    place : int64 ndarray, shape (links,)
        Where each link's next entry goes; moved on.
    facility, cost_low, cost_high : int32, float64, float64 ndarray, shape (entries,)
        Filled in place.
    """
    for k in range(low.size):
        if cost[low[k]] <= reach or cost[high[k]] <= reach:
            facility[place[k]], cost_low[place[k]], cost_high[place[k]] = number, cost[low[k]], cost[high[k]]
            place[k] += 1


@nb.njit(nogil=True, cache=True)
def access_general(
    link: NDArray[np.int32],
    along: NDArray[np.float64],
    off: NDArray[np.float64],
    by_low: NDArray[np.float64],
    by_high: NDArray[np.float64],
    first: NDArray[np.int64],
    facility: NDArray[np.int32],
    cost_low: NDArray[np.float64],
    cost_high: NDArray[np.float64],
    size: NDArray[np.float64],
    decay: int,
    half: float,
    limit: float,
    out: NDArray[np.float32],
) -> None:
    """Write the sum over facilities of size times decay of cost for each place, one facility at a time.

    Parameters
    ----------
    link, along, off, by_low, by_high : ndarray
        As for `nearest_cost`.
    first : int64 ndarray, shape (links + 1,)
        The entries of link k are ``first[k]:first[k + 1]``.
    facility, cost_low, cost_high : int32, float64, float64 ndarray, shape (entries,)
        As `list_reached` fills them.
    size : float64 ndarray, shape (facilities,)
        What each counts.
    decay : int
        `GAUSSIAN`, `LINEAR` or `STEP` (1 up to `limit`); 0 is exponential.
    half : float
        Cost at which a facility counts one half.
    limit : float
        Cost beyond which it does not count at all.
    out : float32 ndarray, shape (m,)
        Filled in place; infinite where the network is out of reach, 0 where it leads to no facility.
    """
    for j in range(link.size):
        k = link[j]
        total = 0.0 if k >= 0 else np.inf
        if k >= 0:
            a, b = part_of_link(along[j], by_low[k]), part_of_link(1.0 - along[j], by_high[k])
            for p in range(first[k], first[k + 1]):
                t = off[j] + min(a + cost_low[p], b + cost_high[p])
                if t > limit or np.isinf(t):
                    continue
                if decay == STEP:
                    total += size[facility[p]]
                elif decay == LINEAR:
                    total += size[facility[p]] * max(0.0, 1.0 - t / (2.0 * half))
                elif decay == GAUSSIAN:
                    total += size[facility[p]] * np.exp(-np.log(2.0) * (t / half) ** 2)
                else:
                    total += size[facility[p]] * np.exp(-np.log(2.0) * t / half)
        out[j] = np.float32(total)
