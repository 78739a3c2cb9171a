"""A graph made ready to be searched: links in compressed rows, chains of nodes of degree two taken as one arc."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo_engine.kernels.network import shortest

__all__ = ["Graph", "Reached", "make_graph"]

Float = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Reached:
    """What a search found at every node.

    Parameters
    ----------
    cost : float64 ndarray, shape (nodes,) or (nodes, k)
        Infinite where no source leads.
    source : int32 ndarray, same shape
        Number of the source, -1 for none.
    """

    cost: Float
    source: NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class Graph:
    """Links between nodes with a cost in either direction of the search.

    Parameters
    ----------
    low, high : int32 ndarray, shape (links,)
        Nodes at either end.
    up, down : float64 ndarray, shape (links,)
        Cost of searching on from the low node to the high one, and back; infinite where closed.
    ends : int32 ndarray, shape (nodes,)
        Number of each node among the ends of chains, -1 inside a chain.
    end_node : int32 ndarray, shape (ends,)
        The node of each.
    first, head, cost : ndarray
        Arcs between ends of chains, in compressed rows.
    arc_chain : int32 ndarray, shape (arcs,)
        Chain of each arc, and from which of its sides: ``2 * chain + (1 if walked from its end)``.
    chain_first, chain_link, from_high : ndarray
        The links of each chain, in order; see `geo_engine.kernels.shortest.walk_chains`.
    """

    low: NDArray[np.int32]
    high: NDArray[np.int32]
    up: Float
    down: Float
    ends: NDArray[np.int32]
    end_node: NDArray[np.int32]
    first: NDArray[np.int64]
    head: NDArray[np.int32]
    cost: Float
    arc_chain: NDArray[np.int32]
    chain_first: NDArray[np.int64]
    chain_link: NDArray[np.int32]
    from_high: NDArray[np.bool_]

    def nearest(self, node: NDArray[np.int64], begin: Float, *, cutoff: float = np.inf) -> Reached:
        """Find the cost from the nearest of some sources to every node.

        Parameters
        ----------
        node : int64 ndarray, shape (k,)
            Nodes of the sources; each an end of chains.
        begin : float64 ndarray, shape (k,)
            What each source costs to begin with.
        cutoff : float
            Nodes that cost more stay infinite.
        """
        reached, _ = self._search(node, begin, cutoff, with_arc=False)
        cost, source = np.full(len(self.ends), np.inf), np.full(len(self.ends), -1, np.int32)
        cost[self.end_node], source[self.end_node] = reached.cost, reached.source
        shortest.spread_along_chains(
            self.low, self.high, self.up, self.down, self.chain_first, self.chain_link, self.from_high, cutoff, cost, source
        )
        return Reached(cost, source)

    def k_nearest(self, node: NDArray[np.int64], begin: Float, k: int) -> Reached:
        """Find the costs from the k nearest of some sources to every node, nearest first; parameters as for `nearest`."""
        count = len(self.ends)
        first, head, cost, _ = _rows(self.low, self.high, self.up, self.down, count)
        found = Reached(np.empty((count, k)), np.empty((count, k), np.int32))
        shortest.k_nearest_sources(first, head, cost, node, begin, found.cost, found.source)
        return found

    def _search(self, node: NDArray[np.int64], begin: Float, cutoff: float, *, with_arc: bool) -> tuple[Reached, NDArray[np.int32]]:
        count = len(self.end_node)
        found, arc = Reached(np.empty(count), np.empty(count, np.int32)), np.empty(count if with_arc else 0, np.int32)
        width = shortest.bucket_width(self.cost, begin)
        source = self.ends[node].astype(np.int64)
        shortest.nearest_source(self.first, self.head, self.cost, source, begin, cutoff, width, found.cost, found.source, arc)
        return found, arc

    def tree(self, node: int) -> Tree:
        """Find the cheapest ways from one node, an end of chains, to all others."""
        found, arc = self._search(np.array([node]), np.zeros(1), np.inf, with_arc=True)
        return Tree(self, found.cost, arc)


@dataclass(frozen=True, eq=False)
class Tree:
    """Cheapest ways from one node.

    Parameters
    ----------
    graph : Graph
        That was searched.
    cost : float64 ndarray, shape (ends,)
        At the ends of chains.
    arc : int32 ndarray, shape (ends,)
        By which each was reached.
    """

    graph: Graph
    cost: Float
    arc: NDArray[np.int32]

    def way(self, node: int) -> list[tuple[int, bool]]:
        """Give the links of the way from the root to a node, an end of chains.

        Returns
        -------
        list of (int, bool)
            Links in order from the root, and whether each is walked from its high node to its low one.

        Raises
        ------
        ValueError
            If no way leads there.
        """
        graph = self.graph
        at, parts = int(graph.ends[node]), []
        if not np.isfinite(self.cost[at]):
            msg = f"no way leads to node {node}"
            raise ValueError(msg)
        while (arc := int(self.arc[at])) >= 0:
            chain, backward = divmod(int(graph.arc_chain[arc]), 2)
            window = slice(int(graph.chain_first[chain]), int(graph.chain_first[chain + 1]))
            steps = list(zip(graph.chain_link[window].tolist(), graph.from_high[window].tolist(), strict=True))
            if backward:
                steps = [(link, not flipped) for link, flipped in reversed(steps)]
            parts.append(steps)
            link, flipped = steps[0]
            at = int(graph.ends[graph.high[link] if flipped else graph.low[link]])
        return [step for steps in reversed(parts) for step in steps]


def make_graph(
    low: NDArray[np.int32], high: NDArray[np.int32], up: Float, down: Float, count: int, keep: NDArray[np.int64], *, contract: bool = True
) -> Graph:
    """Make links ready to be searched.

    A node of degree two that is no source is passed over: its two links become part of one arc, whose cost is their sum.

    Parameters
    ----------
    low, high : int32 ndarray, shape (links,)
        Nodes at either end.
    up, down : float64 ndarray, shape (links,)
        Cost from low to high and back; infinite where closed.
    count : int
        Nodes.
    keep : int64 ndarray
        Nodes that stay ends of chains: sources.
    contract : bool
        False keeps every node, for comparison.
    """
    is_open = np.isfinite(up) | np.isfinite(down)
    around_first = np.empty(count + 1, np.int64)
    both = np.empty(2 * len(low), np.int32)
    shortest.compressed_rows(np.concatenate([np.where(is_open, low, -1), np.where(is_open, high, -1)]).astype(np.int32), around_first, both)
    around = (both[: around_first[-1]] % max(len(low), 1)).astype(np.int32)
    inner = np.diff(around_first) == 2  # noqa: PLR2004 - of degree two
    inner[keep] = False
    loops = is_open & (low == high)
    inner[low[loops]] = False
    if not contract:
        inner[:] = False
    chain_first, chain_link = np.empty(len(low) + 1, np.int64), np.empty(len(low), np.int32)
    from_high = np.empty(len(low), np.bool_)
    chains = shortest.walk_chains(low, high, around_first, around, inner, chain_first, chain_link, from_high)
    chain_first = chain_first[: chains + 1]
    links = chain_link[: chain_first[-1]]
    flipped = from_high[: chain_first[-1]]
    ahead, back = np.where(flipped, down[links], up[links]), np.where(flipped, up[links], down[links])
    if chains:
        ahead, back = np.add.reduceat(ahead, chain_first[:-1]), np.add.reduceat(back, chain_first[:-1])
    first_link, last_link = links[chain_first[:-1]], links[chain_first[1:] - 1]
    begins = np.where(flipped[chain_first[:-1]], high[first_link], low[first_link])
    finishes = np.where(flipped[chain_first[1:] - 1], low[last_link], high[last_link])
    end_node = np.flatnonzero(~inner).astype(np.int32)
    ends = np.full(count, -1, np.int32)
    ends[end_node] = np.arange(len(end_node), dtype=np.int32)
    first, head, cost, order = _rows(ends[begins], ends[finishes], ahead, back, len(end_node))
    arc_chain = (2 * (order % max(chains, 1)) + (order >= chains)).astype(np.int32)
    return Graph(low, high, up, down, ends, end_node, first, head, cost, arc_chain, chain_first, links, flipped)


def _rows(
    low: NDArray[np.int32], high: NDArray[np.int32], up: Float, down: Float, count: int
) -> tuple[NDArray[np.int64], NDArray[np.int32], Float, NDArray[np.int32]]:
    """Put the open arcs of links into compressed rows: first, head, cost, and the number of each arc (those down after those up)."""
    useful = low != high
    tail = np.concatenate([np.where(np.isfinite(up) & useful, low, -1), np.where(np.isfinite(down) & useful, high, -1)]).astype(np.int32)
    first, order = np.empty(count + 1, np.int64), np.empty(len(tail), np.int32)
    shortest.compressed_rows(tail, first, order)
    order = order[: first[-1]]
    head = np.concatenate([high, low]).astype(np.int32, copy=False)[order]
    return first, head, np.concatenate([up, down])[order], order
