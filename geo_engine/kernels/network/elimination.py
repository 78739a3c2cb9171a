"""Costs from many sources to every node at once, by eliminating the nodes one after the other.

Gaussian elimination in the algebra of minimum and sum (Carré, Journal of the Institute of Mathematics and its Applications 7, 1971):
taking a node out joins its neighbours by the ways that led through it. What a node was joined to when it went is kept; the costs
from any source are then found by one pass up this order and one down, for many sources side by side in memory. On road networks
few arcs are added when the node with the fewest neighbours goes first. Customizable contraction hierarchies have the same passes
over another order (Dibbelt, Strasser and Wagner, ACM Journal of Experimental Algorithmics 21, 2016).
"""

from __future__ import annotations

import numba as nb
import numpy as np
from numpy.typing import NDArray

__all__ = ["costs_from", "eliminate", "weigh"]


@nb.njit(nogil=True, cache=True)
def eliminate(
    low: NDArray[np.int32], high: NDArray[np.int32], count: int
) -> tuple[NDArray[np.int32], NDArray[np.int64], NDArray[np.int32]]:
    """Take the nodes out, always one with the fewest neighbours left, and join the neighbours of each.

    Parameters
    ----------
    low, high : int32 ndarray, shape (links,)
        Nodes at either end; directions and costs do not matter yet.
    count : int
        Nodes.

    Returns
    -------
    rank : int32 ndarray, shape (nodes,)
        When each node goes, from 0.
    first, above : int64 ndarray, shape (nodes + 1,), int32 ndarray, shape (arcs,)
        By rank: the node that goes r-th is joined to ``above[first[r]:first[r + 1]]``, ranks that rise.
    """
    start, size, pool = _neighbours(low, high, count)
    used = pool.size
    mark = np.full(count, -1, np.int32)
    # Nodes wait in lists by how many neighbours they have left.
    least, heads = 0, np.full(count + 1, -1, np.int32)
    after, before = np.full(count, -1, np.int32), np.full(count, -1, np.int32)
    for v in range(count - 1, -1, -1):
        _put(v, size[v], heads, after, before)
    order = np.empty(count, np.int32)
    for step in range(count):
        while heads[least] < 0:
            least += 1
        v = heads[least]
        _take(v, least, heads, after, before)
        order[step] = v
        for i in range(size[v]):
            u = pool[start[v] + i]
            most = used + size[u] + size[v]
            if most > pool.size:
                longer = np.empty(2 * most, np.int32)
                longer[:used] = pool[:used]
                pool = longer
            joined = 0
            for j in range(start[u], start[u] + size[u]):
                if pool[j] != v:
                    mark[pool[j]] = step
                    pool[used + joined] = pool[j]
                    joined += 1
            for j in range(start[v], start[v] + size[v]):
                if pool[j] != u and mark[pool[j]] != step:
                    pool[used + joined] = pool[j]
                    joined += 1
            for j in range(used, used + joined):
                mark[pool[j]] = -1
            _take(u, size[u], heads, after, before)
            if joined <= size[u]:
                pool[start[u] : start[u] + joined] = pool[used : used + joined]
            else:
                start[u] = used
                used += joined
            size[u] = joined
            _put(u, joined, heads, after, before)
            least = min(least, joined)
    rank, first = np.empty(count, np.int32), np.zeros(count + 1, np.int64)
    for r in range(count):
        rank[order[r]] = r
        first[r + 1] = first[r] + size[order[r]]
    above = np.empty(first[count], np.int32)
    for r in range(count):
        v = order[r]
        for j in range(size[v]):
            above[first[r] + j] = rank[pool[start[v] + j]]
        above[first[r] : first[r + 1]].sort()
    return rank, first, above


@nb.njit(nogil=True, cache=True)
def _neighbours(
    low: NDArray[np.int32], high: NDArray[np.int32], count: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int32]]:
    """List the neighbours of each node once: where its list starts, how long it is, and the lists."""
    start, size = np.zeros(count + 1, np.int64), np.zeros(count, np.int64)
    for k in range(low.size):
        if low[k] != high[k]:
            start[low[k] + 1] += 1
            start[high[k] + 1] += 1
    for v in range(count):
        start[v + 1] += start[v]
    pool = np.empty(start[count], np.int32)
    for k in range(low.size):
        a, b = low[k], high[k]
        if a != b:
            pool[start[a] + size[a]], pool[start[b] + size[b]] = b, a
            size[a] += 1
            size[b] += 1
    seen = np.full(count, -1, np.int32)
    for v in range(count):
        kept = 0
        for j in range(start[v], start[v] + size[v]):
            if seen[pool[j]] != v:
                seen[pool[j]] = v
                pool[start[v] + kept] = pool[j]
                kept += 1
        size[v] = kept
    return start[:count].copy(), size, pool


@nb.njit(nogil=True, cache=True)
def _put(v: int, size: int, heads: NDArray[np.int32], after: NDArray[np.int32], before: NDArray[np.int32]) -> None:
    """Put a node at the head of the list of its size."""
    after[v], before[v] = heads[size], -1
    if heads[size] >= 0:
        before[heads[size]] = v
    heads[size] = v


@nb.njit(nogil=True, cache=True)
def _take(v: int, size: int, heads: NDArray[np.int32], after: NDArray[np.int32], before: NDArray[np.int32]) -> None:
    """Take a node out of the list of its size."""
    if before[v] >= 0:
        after[before[v]] = after[v]
    else:
        heads[size] = after[v]
    if after[v] >= 0:
        before[after[v]] = before[v]


@nb.njit(nogil=True, cache=True)
def weigh(
    low: NDArray[np.int32],
    high: NDArray[np.int32],
    up: NDArray[np.float64],
    down: NDArray[np.float64],
    rank: NDArray[np.int32],
    first: NDArray[np.int64],
    above: NDArray[np.int32],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give the arcs of an elimination their costs: of the links they are, or of the cheapest way through nodes that went before.

    Parameters
    ----------
    low, high : int32 ndarray, shape (links,)
        As for `eliminate`.
    up, down : float64 ndarray, shape (links,)
        Cost of searching on from low to high, and back; infinite where closed.
    rank, first, above
        As `eliminate` gives them.

    Returns
    -------
    rise, fall : float64 ndarray, shape (arcs,)
        Cost of each arc from the node that went first to the other, and back; infinite where there is no way.
    """
    rise, fall = np.full(above.size, np.inf), np.full(above.size, np.inf)
    for k in range(low.size):
        a, b, ahead, back = rank[low[k]], rank[high[k]], up[k], down[k]
        if a == b:
            continue
        if a > b:
            a, b, ahead, back = b, a, back, ahead
        p = first[a] + np.searchsorted(above[first[a] : first[a + 1]], b)
        rise[p], fall[p] = min(rise[p], ahead), min(fall[p], back)
    place = np.empty(rank.size, np.int64)
    for v in range(rank.size):
        for i in range(first[v], first[v + 1]):
            a = above[i]
            for j in range(first[a], first[a + 1]):
                place[above[j]] = j
            for j in range(i + 1, first[v + 1]):
                p = place[above[j]]
                rise[p] = min(rise[p], fall[i] + rise[j])
                fall[p] = min(fall[p], fall[j] + rise[i])
    return rise, fall


@nb.njit(nogil=True, cache=True)
def costs_from(
    rank: NDArray[np.int32],
    first: NDArray[np.int64],
    above: NDArray[np.int32],
    rise: NDArray[np.float64],
    fall: NDArray[np.float64],
    source: NDArray[np.int64],
    source_cost: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Give the cost from each source to every node.

    Parameters
    ----------
    rank, first, above, rise, fall
        As `eliminate` and `weigh` give them.
    source, source_cost : int64 and float64 ndarray, shape (k,)
        Node of each source, and what it costs to begin with.

    Returns
    -------
    float64 ndarray, shape (nodes, k)
        Infinite where no way leads.
    """
    count, sources = rank.size, source.size
    cost = np.full((count, sources), np.inf)
    live = np.zeros(count, np.bool_)
    for s in range(sources):
        r = rank[source[s]]
        cost[r, s], live[r] = source_cost[s], True
    for r in range(count):
        if live[r]:
            here = cost[r]
            for i in range(first[r], first[r + 1]):
                there, step = cost[above[i]], rise[i]
                live[above[i]] = True
                for s in range(sources):
                    through = here[s] + step
                    there[s] = min(there[s], through)
    for r in range(count - 1, -1, -1):
        here = cost[r]
        for i in range(first[r], first[r + 1]):
            there, step = cost[above[i]], fall[i]
            for s in range(sources):
                through = there[s] + step
                here[s] = min(here[s], through)
    out = np.empty((count, sources))
    for v in range(count):
        out[v] = cost[rank[v]]
    return out
