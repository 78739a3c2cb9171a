"""Graphs laid out in memory: compressed sparse rows, nodes in the order of a walk, chains of nodes of degree two."""

from __future__ import annotations

import numba as nb
import numpy as np
from numpy.typing import NDArray

__all__ = ["arc_rows", "breadth_first", "compressed_rows", "spread_along_chains", "walk_chains"]


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
