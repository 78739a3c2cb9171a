"""A graph made ready to be searched: links in compressed rows, chains of nodes of degree two taken as one arc."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo_engine.kernels.network import rows, shortest

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
class Sides:
    """Links between nodes with a cost in either direction of the search.

    Parameters
    ----------
    low, high : int32 ndarray, shape (links,)
        Nodes at either end.
    up, down : float64 ndarray, shape (links,)
        Cost of searching on from the low node to the high one, and back; infinite where closed.
    """

    low: NDArray[np.int32]
    high: NDArray[np.int32]
    up: Float
    down: Float


@dataclass(frozen=True, eq=False)
class Graph(Sides):
    """Links made ready to be searched.

    Parameters
    ----------
    low, high, up, down
        As in `Sides`.
    ends : int32 ndarray, shape (nodes,)
        Number of each node among the ends of chains, -1 inside a chain.
    end_node : int32 ndarray, shape (ends,)
        The node of each.
    first, head, cost : ndarray
        Arcs between ends of chains, in compressed rows.
    chain_first, chain_link, from_high : ndarray
        The links of each chain, in order; see `geo_engine.kernels.rows.walk_chains`.
    """

    ends: NDArray[np.int32]
    end_node: NDArray[np.int32]
    first: NDArray[np.int64]
    head: NDArray[np.int32]
    cost: Float
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
        rows.spread_along_chains(
            self.low, self.high, self.up, self.down, self.chain_first, self.chain_link, self.from_high, cutoff, cost, source
        )
        return Reached(cost, source)

    def k_nearest(self, node: NDArray[np.int64], begin: Float, k: int) -> Reached:
        """Find the costs from the k nearest of some sources to every node, nearest first; parameters as for `nearest`."""
        count = len(self.ends)
        first, head, cost, _ = _rows(self.low, self.high, self.up, self.down, count, with_arc=False)
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
        begins, finishes, ahead, back = _chain_arcs(self, self.chain_first, self.chain_link, self.from_high)
        ends = len(self.end_node)
        _, _, _, chain_of_arc = _rows(self.ends[begins], self.ends[finishes], ahead, back, ends, with_arc=True)
        reached = arc >= 0
        arc[reached] = chain_of_arc[arc[reached]]
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
        By which chain each was reached: ``2 * chain``, one more where it was walked from its last node; -1 at the root.
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
            chain, backward = divmod(arc, 2)
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
    around_first, around = _links_around(low, high, is_open, count)
    inner = np.diff(around_first) == 2  # noqa: PLR2004 - of degree two
    inner[keep] = False
    inner[low[is_open & (low == high)]] = False
    if not contract:
        inner[:] = False
    chain_first, chain_link = np.empty(len(low) + 1, np.int64), np.empty(len(low), np.int32)
    from_high = np.empty(len(low), np.bool_)
    chains = rows.walk_chains(low, high, around_first, around, inner, chain_first, chain_link, from_high)
    del around_first, around
    chain_first = chain_first[: chains + 1]
    links, flipped = chain_link[: chain_first[-1]], from_high[: chain_first[-1]]
    begins, finishes, ahead, back = _chain_arcs(Sides(low, high, up, down), chain_first, links, flipped)
    end_node = np.flatnonzero(~inner).astype(np.int32)
    ends = np.full(count, -1, np.int32)
    ends[end_node] = np.arange(len(end_node), dtype=np.int32)
    # Numbered by a walk over the graph: a search meets neighbours one after the other, and finds them side by side in memory.
    first, head = np.empty(len(end_node) + 1, np.int64), np.empty(2 * chains, np.int32)
    rows.arc_rows(ends[begins], ends[finishes], ahead, back, first, head, np.empty(0), np.empty(0, np.int32))
    number = np.empty(len(end_node), np.int32)
    rows.breadth_first(first, head, number)
    del first, head
    end_node = end_node[np.argsort(number)]
    ends[end_node] = np.arange(len(end_node), dtype=np.int32)
    begins, finishes = ends[begins], ends[finishes]
    first, head, cost, _ = _rows(begins, finishes, ahead, back, len(end_node), with_arc=False)
    return Graph(low, high, up, down, ends, end_node, first, head, cost, chain_first, links, flipped)


def _chain_arcs(
    sides: Sides, chain_first: NDArray[np.int64], links: NDArray[np.int32], flipped: NDArray[np.bool_]
) -> tuple[NDArray[np.int32], NDArray[np.int32], Float, Float]:
    """Give the first and the last node of each chain, and its cost from the one to the other and back."""
    ahead, back = sides.up[links], sides.down[links]
    ahead[flipped], back[flipped] = sides.down[links[flipped]], sides.up[links[flipped]]
    if len(chain_first) - 1 < len(links):
        ahead, back = np.add.reduceat(ahead, chain_first[:-1]), np.add.reduceat(back, chain_first[:-1])
    first, last = chain_first[:-1], chain_first[1:] - 1
    begins = np.where(flipped[first], sides.high[links[first]], sides.low[links[first]])
    finishes = np.where(flipped[last], sides.low[links[last]], sides.high[links[last]])
    return begins, finishes, ahead, back


def _links_around(
    low: NDArray[np.int32], high: NDArray[np.int32], is_open: NDArray[np.bool_], count: int
) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Put the open links at each node into compressed rows; a loop stands twice."""
    links = len(low)
    tail = np.full(2 * links, -1, np.int32)
    tail[:links][is_open], tail[links:][is_open] = low[is_open], high[is_open]
    first, both = np.empty(count + 1, np.int64), np.empty(2 * links, np.int32)
    rows.compressed_rows(tail, first, both)
    around = both[: first[-1]]
    around[around >= links] -= links
    return first, around


def _rows(
    low: NDArray[np.int32], high: NDArray[np.int32], up: Float, down: Float, count: int, *, with_arc: bool
) -> tuple[NDArray[np.int64], NDArray[np.int32], Float, NDArray[np.int32]]:
    """Put the open arcs of links into compressed rows: first, head, cost, and which link each is (see `arc_rows`)."""
    most = 2 * len(low)
    first, head, cost = np.empty(count + 1, np.int64), np.empty(most, np.int32), np.empty(most)
    arc = np.empty(most if with_arc else 0, np.int32)
    arcs = rows.arc_rows(low, high, up, down, first, head, cost, arc)
    return first, head[:arcs], cost[:arcs], arc[:arcs]
