"""Shortest ways over a graph in compressed sparse rows: nearest source, k nearest sources.

`nearest_source` corrects labels in buckets of cost (Dial 1969; the width of a bucket is free, as in delta-stepping, Meyer and
Sanders 2003): a node is looked at again when a cheaper way turns up inside its bucket, so the costs are the least ones to the
last bit whatever the width. `k_nearest_sources` is Dijkstra's method with up to k labels a node on a binary heap.
"""

from __future__ import annotations

import numba as nb
import numpy as np
from numpy.typing import NDArray

__all__ = ["bucket_width", "k_nearest_sources", "nearest_source"]

_BUCKETS = 1 << 16


def bucket_width(cost: NDArray[np.float64], source_cost: NDArray[np.float64]) -> float:
    """Choose the width of a bucket: half a link of middling cost, and wide enough for the dearest link to fit the ring of buckets."""
    widest = max(float(cost.max(initial=0.0)), float(np.ptp(source_cost)) if source_cost.size else 0.0)
    return max(0.5 * float(cost.mean()) if cost.size else 0.0, widest / (_BUCKETS - 2), 1e-9)


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
