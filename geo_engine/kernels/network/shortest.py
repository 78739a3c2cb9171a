"""Shortest ways over a graph in compressed sparse rows: nearest source, k nearest sources, chains of nodes of degree two.

`nearest_source` corrects labels in buckets of cost (Dial 1969; the width of a bucket is free, as in delta-stepping, Meyer and
Sanders 2003): a node is looked at again when a cheaper way turns up inside its bucket, so the costs are the least ones to the
last bit whatever the width. `k_nearest_sources` is Dijkstra's method with up to k labels a node on a binary heap.
"""

from __future__ import annotations

import numba as nb
import numpy as np
from numpy.typing import NDArray

__all__ = [
    "arc_rows",
    "breadth_first",
    "bucket_width",
    "compressed_rows",
    "k_nearest_sources",
    "nearest_source",
    "spread_along_chains",
    "walk_chains",
]

_BUCKETS = 1 << 16


def bucket_width(cost: NDArray[np.float64], source_cost: NDArray[np.float64]) -> float:
    """Choose the width of a bucket: half a link of middling cost, and wide enough for the dearest link to fit the ring of buckets."""
    widest = max(float(cost.max(initial=0.0)), float(np.ptp(source_cost)) if source_cost.size else 0.0)
    return max(0.5 * float(cost.mean()) if cost.size else 0.0, widest / (_BUCKETS - 2), 1e-9)


@nb.njit(nogil=True, cache=True)
def compressed_rows(tail: NDArray[np.int32], first: NDArray[np.int64], order: NDArray[np.int32]) -> None:
    """Sort arcs by the node they leave, arcs of a node in the order given.

    Parameters
    ----------
    tail : int32 ndarray, shape (arcs,)
        Node that each arc leaves; -1 leaves the arc out.
    first : int64 ndarray, shape (nodes + 1,)
        Filled in place: the arcs of node i are ``order[first[i]:first[i + 1]]``.
    order : int32 ndarray, shape (arcs,)
        Filled in place up to ``first[-1]``.
    """
    first[:] = 0
    for a in range(tail.size):
        if tail[a] >= 0:
            first[tail[a] + 1] += 1
    for i in range(first.size - 1):
        first[i + 1] += first[i]
    place = first[:-1].copy()
    for a in range(tail.size):
        if tail[a] >= 0:
            order[place[tail[a]]] = a
            place[tail[a]] += 1


@nb.njit(nogil=True, cache=True)
def arc_rows(
    low: NDArray[np.int32],
    high: NDArray[np.int32],
    up: NDArray[np.float64],
    down: NDArray[np.float64],
    first: NDArray[np.int64],
    head: NDArray[np.int32],
    cost: NDArray[np.float64],
    arc: NDArray[np.int32],
) -> int:
    """Put the open arcs of links into compressed rows; loops are left out.

    Parameters
    ----------
    low, high : int32 ndarray, shape (links,)
        Nodes at either end.
    up, down : float64 ndarray, shape (links,)
        Cost from the low node to the high one, and from the high one to the low one; infinite where closed.
    first : int64 ndarray, shape (nodes + 1,)
        Filled in place: the arcs of node i are those from ``first[i]`` to ``first[i + 1]``.
    head : int32 ndarray, shape (2 * links,)
        Filled in place up to the number of arcs: the node that an arc leads to.
    cost : float64 ndarray, shape (2 * links,) or (0,)
        Filled in place; left out where empty.
    arc : int32 ndarray, shape (2 * links,) or (0,)
        Filled in place: ``2 * link``, and one more where it is walked from high to low; left out where empty.

    Returns
    -------
    int
        Number of arcs.
    """
    first[:] = 0
    for k in range(low.size):
        if low[k] != high[k]:
            if up[k] < np.inf:
                first[low[k] + 1] += 1
            if down[k] < np.inf:
                first[high[k] + 1] += 1
    for i in range(first.size - 1):
        first[i + 1] += first[i]
    place = first[:-1].copy()
    for k in range(low.size):
        if low[k] != high[k]:
            if up[k] < np.inf:
                p = place[low[k]]
                place[low[k]] += 1
                head[p] = high[k]
                if cost.size > 0:
                    cost[p] = up[k]
                if arc.size > 0:
                    arc[p] = 2 * k
            if down[k] < np.inf:
                p = place[high[k]]
                place[high[k]] += 1
                head[p] = low[k]
                if cost.size > 0:
                    cost[p] = down[k]
                if arc.size > 0:
                    arc[p] = 2 * k + 1
    return int(first[-1])


@nb.njit(nogil=True, cache=True)
def breadth_first(first: NDArray[np.int64], head: NDArray[np.int32], number: NDArray[np.int32]) -> None:
    """Give nodes numbers in the order in which a breadth-first walk meets them, so that neighbours lie near one another in memory.

    Parameters
    ----------
    first, head : int64 (nodes + 1,) and int32 (arcs,) ndarray
        Arcs in compressed rows.
    number : int32 ndarray, shape (nodes,)
        Filled in place.
    """
    count = first.size - 1
    met = np.empty(count, np.int32)
    number[:] = -1
    taken = 0
    for begin in range(count):
        if number[begin] >= 0:
            continue
        number[begin], met[taken] = taken, begin
        at = taken
        taken += 1
        while at < taken:
            v = met[at]
            at += 1
            for a in range(first[v], first[v + 1]):
                w = head[a]
                if number[w] < 0:
                    number[w], met[taken] = taken, w
                    taken += 1


@nb.njit(nogil=True, cache=True)
def nearest_source(
    first: NDArray[np.int64],
    head: NDArray[np.int32],
    cost: NDArray[np.float64],
    source: NDArray[np.int64],
    source_cost: NDArray[np.float64],
    cutoff: float,
    width: float,
    distance: NDArray[np.float64],
    label: NDArray[np.int32],
    arc: NDArray[np.int32],
) -> None:
    """Write for every node the cost from the source that is nearest to it, and which one that is.

    Parameters
    ----------
    first, head, cost : int64 (nodes + 1,), int32 (arcs,), float64 (arcs,) ndarray
        Arcs in compressed rows; costs 0 or more, infinite where closed.
    source, source_cost : int64 and float64 ndarray, shape (k,)
        Nodes to start from and what each costs to begin with; of equals at one node the first counts.
    cutoff : float
        Nodes that cost more stay infinite.
    width : float
        Of a bucket; see `bucket_width`.
    distance : float64 ndarray, shape (nodes,)
        Filled in place; infinite where no source leads.
    label : int32 ndarray, shape (nodes,)
        Filled in place: number of the source, -1 for none.
    arc : int32 ndarray, shape (nodes,) or (0,)
        Filled in place: the arc by which the node is reached, -1 at sources; left out where empty.
    """
    count, ring = first.size - 1, _BUCKETS
    mask, inverse, with_arc = ring - 1, 1.0 / width, arc.size > 0
    for i in range(count):
        distance[i], label[i] = np.inf, -1
        if with_arc:
            arc[i] = -1
    looked = np.full(count, np.inf)  # the cost at which a node's arcs were last looked at
    bucket = np.full(ring, -1, np.int32)  # heads of lists of waiting nodes
    node, after = np.empty(4096, np.int32), np.empty(4096, np.int32)
    used, free, waiting, least = 0, -1, 0, np.inf
    for s in range(source.size):
        v = source[s]
        if source_cost[s] <= cutoff and source_cost[s] < distance[v]:
            distance[v], label[v] = source_cost[s], s
            least = min(least, source_cost[s])
    for s in range(source.size):
        v = source[s]
        if label[v] == s:
            if used == node.size:
                node, after = _longer(node), _longer(after)
            b = np.int64((distance[v] - least) * inverse) & mask
            node[used], after[used], bucket[b] = v, bucket[b], used
            used += 1
            waiting += 1
    current = 0
    while waiting > 0:
        here = current & mask
        while bucket[here] >= 0:
            entry = bucket[here]
            bucket[here] = after[entry]
            v = node[entry]
            after[entry] = free
            free = entry
            waiting -= 1
            d = distance[v]
            if looked[v] <= d:
                continue
            looked[v] = d
            for a in range(first[v], first[v + 1]):
                w, through = head[a], d + cost[a]
                if through < distance[w] and through <= cutoff:
                    distance[w], label[w] = through, label[v]
                    if with_arc:
                        arc[w] = a
                    if free >= 0:
                        entry = free
                        free = after[entry]
                    else:
                        if used == node.size:
                            node, after = _longer(node), _longer(after)
                        entry = used
                        used += 1
                    there = np.int64((through - least) * inverse) & mask
                    node[entry], after[entry], bucket[there] = w, bucket[there], entry
                    waiting += 1
        current += 1


@nb.njit(nogil=True, cache=True)
def _longer(array: NDArray[np.int32]) -> NDArray[np.int32]:
    longer = np.empty(2 * array.size, np.int32)
    longer[: array.size] = array
    return longer


@nb.njit(nogil=True, cache=True)
def k_nearest_sources(
    first: NDArray[np.int64],
    head: NDArray[np.int32],
    cost: NDArray[np.float64],
    source: NDArray[np.int64],
    source_cost: NDArray[np.float64],
    distance: NDArray[np.float64],
    label: NDArray[np.int32],
) -> None:
    """Write for every node the costs from the k sources nearest to it, nearest first.

    Parameters
    ----------
    first, head, cost, source, source_cost
        As for `nearest_source`.
    distance : float64 ndarray, shape (nodes, k)
        Filled in place; infinite beyond the sources that lead there.
    label : int32 ndarray, shape (nodes, k)
        Filled in place: numbers of the sources, -1 for none.
    """
    distance[:] = np.inf
    label[:] = -1
    k = distance.shape[1]
    found = np.zeros(distance.shape[0], np.int32)
    key, node, owner = np.empty(1024), np.empty(1024, np.int32), np.empty(1024, np.int32)
    size = 0
    for s in range(source.size):
        if size == key.size:
            key, node, owner = _more(key), _longer(node), _longer(owner)
        size = _push(key, node, owner, size, source_cost[s], source[s], s)
    while size > 0:
        d, v, s = key[0], node[0], owner[0]
        size = _pop(key, node, owner, size)
        taken = found[v] == k
        for i in range(found[v]):
            taken |= label[v, i] == s
        if taken or np.isinf(d):
            continue
        distance[v, found[v]], label[v, found[v]] = d, s
        found[v] += 1
        for a in range(first[v], first[v + 1]):
            w = head[a]
            if found[w] < k and not np.isinf(cost[a]):
                if size == key.size:
                    key, node, owner = _more(key), _longer(node), _longer(owner)
                size = _push(key, node, owner, size, d + cost[a], w, s)


@nb.njit(nogil=True, cache=True)
def _more(array: NDArray[np.float64]) -> NDArray[np.float64]:
    longer = np.empty(2 * array.size)
    longer[: array.size] = array
    return longer


@nb.njit(nogil=True, cache=True)
def _before(d: float, s: int, other_d: float, other_s: int) -> bool:
    """Whether one label comes before another: by cost, of equals by the source's number."""
    return d < other_d or (d == other_d and s < other_s)


@nb.njit(nogil=True, cache=True)
def _push(key: NDArray[np.float64], node: NDArray[np.int32], owner: NDArray[np.int32], size: int, d: float, v: int, s: int) -> int:
    j = size
    while j > 0:
        p = (j - 1) >> 1
        if not _before(d, s, key[p], owner[p]):
            break
        key[j], node[j], owner[j] = key[p], node[p], owner[p]
        j = p
    key[j], node[j], owner[j] = d, v, s
    return size + 1


@nb.njit(nogil=True, cache=True)
def _pop(key: NDArray[np.float64], node: NDArray[np.int32], owner: NDArray[np.int32], size: int) -> int:
    size -= 1
    d, v, s = key[size], node[size], owner[size]
    j = 0
    while 2 * j + 1 < size:
        c = 2 * j + 1
        if c + 1 < size and _before(key[c + 1], owner[c + 1], key[c], owner[c]):
            c += 1
        if not _before(key[c], owner[c], d, s):
            break
        key[j], node[j], owner[j] = key[c], node[c], owner[c]
        j = c
    key[j], node[j], owner[j] = d, v, s
    return size


@nb.njit(nogil=True, cache=True)
def walk_chains(
    low: NDArray[np.int32],
    high: NDArray[np.int32],
    first: NDArray[np.int64],
    around: NDArray[np.int32],
    inner: NDArray[np.bool_],
    chain_first: NDArray[np.int64],
    chain_link: NDArray[np.int32],
    from_high: NDArray[np.bool_],
) -> int:
    """Walk along nodes of degree two, so that every link lies in one chain between two nodes that are not inner.

    Parameters
    ----------
    low, high : int32 ndarray, shape (links,)
        Nodes at either end.
    first, around : int64 (nodes + 1,) and int32 ndarray
        Links at each node, in compressed rows; a loop stands twice.
    inner : bool ndarray, shape (nodes,)
        Nodes that a chain may pass: two links, neither a loop. In a ring of inner nodes one of them is made an end, in place.
    chain_first : int64 ndarray, shape (links + 1,)
        Filled in place up to the number of chains: the links of chain c are ``chain_link[chain_first[c]:chain_first[c + 1]]``.
    chain_link : int32 ndarray, shape (links,)
        Filled in place.
    from_high : bool ndarray, shape (links,)
        Filled in place, in the order of `chain_link`: whether the link is walked from its high node to its low one.

    Returns
    -------
    int
        Number of chains.
    """
    done = np.zeros(low.size, np.bool_)
    chains, at = 0, 0
    chain_first[0] = 0
    for ring in range(2):  # first from the ends of chains, then what is left: rings of inner nodes
        for begin in range(inner.size):
            if inner[begin]:
                if ring == 0 or done[around[first[begin]]]:
                    continue
                inner[begin] = False
            for p in range(first[begin], first[begin + 1]):
                link = around[p]
                if done[link]:
                    continue
                v = begin
                while True:
                    done[link] = True
                    flipped = low[link] != v
                    chain_link[at], from_high[at] = link, flipped
                    at += 1
                    v = low[link] if flipped else high[link]
                    if not inner[v]:
                        break
                    link = around[first[v]] if around[first[v]] != link else around[first[v] + 1]
                chains += 1
                chain_first[chains] = at
    return chains


@nb.njit(nogil=True, cache=True)
def spread_along_chains(
    low: NDArray[np.int32],
    high: NDArray[np.int32],
    up: NDArray[np.float64],
    down: NDArray[np.float64],
    chain_first: NDArray[np.int64],
    chain_link: NDArray[np.int32],
    from_high: NDArray[np.bool_],
    cutoff: float,
    distance: NDArray[np.float64],
    label: NDArray[np.int32],
) -> None:
    """Carry costs and labels from the ends of chains to the nodes within.

    Parameters
    ----------
    low, high : int32 ndarray, shape (links,)
        Nodes at either end.
    up, down : float64 ndarray, shape (links,)
        Cost from the low node to the high one, and from the high one to the low one.
    chain_first, chain_link, from_high
        As `walk_chains` fills them.
    cutoff : float
        Nodes that cost more stay infinite.
    distance, label : float64 and int32 ndarray, shape (nodes,)
        Known at the ends of chains, infinite and -1 within; filled in place.
    """
    for c in range(chain_first.size - 1):
        begin, end = chain_first[c], chain_first[c + 1]
        if end == begin + 1:
            continue
        for p in range(begin, end):
            link = chain_link[p]
            v, w, step = (high[link], low[link], down[link]) if from_high[p] else (low[link], high[link], up[link])
            if distance[v] + step < distance[w] and distance[v] + step <= cutoff:
                distance[w], label[w] = distance[v] + step, label[v]
        for p in range(end - 1, begin - 1, -1):
            link = chain_link[p]
            v, w, step = (low[link], high[link], up[link]) if from_high[p] else (high[link], low[link], down[link])
            if distance[v] + step < distance[w] and distance[v] + step <= cutoff:
                distance[w], label[w] = distance[v] + step, label[v]
