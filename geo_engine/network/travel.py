"""A network with a profile and its facilities: snapping places to links, and costs from nodes to facilities."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from geo_engine.errors import Fault, NetworkError, StudyError, nearest_spelling
from geo_engine.kernels import travel
from geo_engine.model import Profile
from geo_engine.network.build import Network
from geo_engine.network.snap import SegmentSet, Snapped, choose, on_land, segment_sets

__all__ = ["Facilities", "Legs", "TravelNetwork", "travel_network"]

Float = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Legs:
    """How places reach the network; arrays of one shape.

    Parameters
    ----------
    link : int32 ndarray
        Nearest enterable link; -1 where none is within the limit.
    along : float64 ndarray
        Share of the link at the nearest point.
    metres : float64 ndarray
        Straight distance to that point.
    """

    link: NDArray[np.int32]
    along: Float
    metres: Float


@dataclass(frozen=True, eq=False)
class Facilities:
    """Facilities standing on the network.

    Parameters
    ----------
    node : int64 ndarray, shape (k,)
        The network's node at each facility's nearest point.
    metres : float64 ndarray, shape (k,)
        Straight distance from the facility to that point.
    """

    node: NDArray[np.int64]
    metres: Float


@dataclass(frozen=True, eq=False)
class TravelNetwork:
    """A network that a vehicle can travel, cut into links where facilities stand.

    Parameters
    ----------
    network : Network
        The roads.
    profile : Profile
        The vehicle.
    node_count : int
        Nodes of the network and of the facilities.
    low, high : int64 ndarray, shape (links,)
        First and second node of each link.
    seconds, metres : float64 ndarray, shape (links,)
        Cost of each link, either way.
    link_from, link_to : float64 ndarray, shape (links,)
        Shares of the edge.
    edge_link : int64 ndarray, shape (edges + 1,)
        First link of each edge.
    facilities : mapping of str to Facilities
        By the name under which they were put in.
    """

    network: Network
    profile: Profile
    node_count: int
    low: NDArray[np.int64]
    high: NDArray[np.int64]
    seconds: Float
    metres: Float
    link_from: Float
    link_to: Float
    edge_link: NDArray[np.int64]
    facilities: Mapping[str, Facilities]
    sets: tuple[SegmentSet, ...]

    def link_cost(self, impedance: str) -> Float:
        """Cost of each link: ``"time"`` in seconds or ``"distance"`` in metres."""
        return self.seconds if impedance == "time" else self.metres

    def off_cost(self, metres: Float, impedance: str) -> Float:
        """Cost of legs off the network from their straight lengths in metres."""
        real = metres * self.profile.detour
        return real / self.profile.off_network_speed if impedance == "time" else real

    def graph(self, impedance: str) -> csr_matrix:
        """Sparse matrix of link costs, nodes by nodes, both ways; the cheapest of parallel links."""
        ends = np.concatenate([np.stack([self.low, self.high]), np.stack([self.high, self.low])], axis=1)
        return _cheapest(ends[0], ends[1], np.tile(self.link_cost(impedance), 2), self.node_count)

    def nearest(self, name: str, impedance: str = "time") -> Float:
        """Give the cost from every node to its nearest facility.

        Parameters
        ----------
        name : str
            The facilities.
        impedance : {'time', 'distance'}
            Seconds or metres.

        Returns
        -------
        float64 ndarray, shape (nodes,)
            Infinite where no facility can be reached.
        """
        there = self.facilities[name]
        base = self.graph(impedance).tocoo()
        root = self.node_count
        off = self.off_cost(there.metres, impedance)
        graph = _cheapest(
            np.concatenate([base.row.astype(np.int64), np.full(len(there.node), root)]),
            np.concatenate([base.col.astype(np.int64), there.node]),
            np.concatenate([base.data, off]),
            root + 1,
        )
        return np.asarray(dijkstra(graph, indices=np.array(root)), dtype=np.float64)[:root]

    def matrix(self, name: str, impedance: str = "time") -> Float:
        """Give the cost from every node to each facility.

        Parameters
        ----------
        name : str
            The facilities.
        impedance : {'time', 'distance'}
            Seconds or metres.

        Returns
        -------
        float64 ndarray, shape (facilities, nodes)
            Infinite where a facility cannot be reached.
        """
        there = self.facilities[name]
        costs = np.asarray(dijkstra(self.graph(impedance), indices=there.node), dtype=np.float64)
        costs += self.off_cost(there.metres, impedance)[:, None]
        return costs

    @property
    def snap_key(self) -> tuple[Network, frozenset[str], float]:
        """Equal for vehicles that places reach the network alike with: they share the work of snapping."""
        return self.network, self.profile.entered_at_ends, self.profile.snap_limit

    def snap_at(self, eastings: Float, northings: Float) -> Snapped:
        """Find the nearest enterable segment for places, float64 of shape (m,) in metres."""
        return choose([s.at(eastings, northings) for s in self.sets], self.profile.snap_limit)

    def snap_on_tile(self, eastings: Float, northings: Float) -> Snapped:
        """Find the nearest enterable segment for the cell centres of a tile, from eastings (columns,) and northings (rows,).

        Returns
        -------
        Snapped
            Flat arrays of rows times columns.
        """
        return choose([s.on_tile(eastings, northings, self.profile.snap_limit) for s in self.sets], self.profile.snap_limit)

    def legs(self, snapped: Snapped) -> Legs:
        """Turn nearest segments into links of this network."""
        net = self.network
        link, along = np.empty(snapped.segment.shape, np.int32), np.empty(snapped.segment.shape)
        travel.links_of(
            snapped.segment,
            snapped.share,
            net.segment_edge,
            net.segment_from,
            net.segment_to,
            self.edge_link,
            self.link_from,
            self.link_to,
            link,
            along,
        )
        return Legs(link, along, snapped.metres)

    def legs_at(self, eastings: Float, northings: Float) -> Legs:
        """Snap places, float64 of shape (m,) in metres, to their nearest enterable link."""
        return self.legs(self.snap_at(eastings, northings))


def travel_network(network: Network, profile: Profile, facilities: Mapping[str, tuple[Float, Float, Sequence[str]]]) -> TravelNetwork:
    """Put a vehicle and its facilities on a network.

    Each facility stands on the nearest enterable edge; the edge is cut there, so that a place on the same edge reaches it
    without a detour by a junction.

    Parameters
    ----------
    network : Network
        The roads.
    profile : Profile
        The vehicle: speeds by class; classes entered at their ends only are not snapped to.
    facilities : mapping of str to (eastings, northings, names)
        Float64 arrays of shape (k,) in metres and k names, by a name of the whole.

    Raises
    ------
    StudyError
        If the profile has no speed for a class of the network.
    NetworkError
        If a facility is farther from the network than the profile's limit; all are named.
    """
    speeds = _speeds(network, profile)
    sets = segment_sets(network, profile)
    edges = len(network.start)
    whole = TravelNetwork(
        network,
        profile,
        len(network.nodes),
        network.start,
        network.end,
        network.metres / speeds,
        network.metres,
        np.zeros(edges),
        np.ones(edges),
        np.arange(edges + 1, dtype=np.int64),
        {},
        sets,
    )
    snapped: dict[str, Legs] = {}
    faults: list[Fault] = []
    for name, (eastings, northings, labels) in facilities.items():
        e, n = on_land(network, eastings, northings)
        legs = whole.legs_at(e, n)
        faults += [
            Fault(
                f"{name}: {labels[i]}",
                f"is farther than {profile.snap_limit / 1000:g} km from the network '{network.name}' for profile '{profile.name}'",
                remedy="leave it out with 'where', or raise off_network.limit in the profile",
            )
            for i in np.flatnonzero(legs.link < 0).tolist()
        ]
        metres = np.hypot(eastings - e, northings - n) + legs.metres
        snapped[name] = Legs(legs.link, legs.along, metres)
    if faults:
        raise NetworkError(faults)
    return _cut(whole, snapped)


def _speeds(network: Network, profile: Profile) -> Float:
    classes = sorted(set(network.road_class.tolist()), key=str)
    missing = [c for c in classes if c not in profile.speeds]
    if missing:
        known = sorted(profile.speeds)
        raise StudyError(
            [
                Fault(
                    f"studies/profiles/{profile.name}.toml speeds",
                    f"has no speed for class '{c}' of network '{network.name}'",
                    found=", ".join(known),
                    remedy=nearest_spelling(str(c), known) or f'add {c} = "50 km/h"',
                )
                for c in missing
            ]
        )
    lookup = {c: profile.speeds[c] for c in classes}
    return np.array([lookup[c] for c in network.road_class], dtype=np.float64)


def _cut(whole: TravelNetwork, snapped: Mapping[str, Legs]) -> TravelNetwork:
    """Cut edges into links at the facilities' nearest points; places at one point share a node."""
    edges = len(whole.low)
    edge = np.concatenate([legs.link for legs in snapped.values()] or [np.empty(0, np.int32)]).astype(np.int64)
    share = np.concatenate([legs.along for legs in snapped.values()] or [np.empty(0)])
    node = np.where(share <= 0.0, whole.low[edge], whole.high[edge])
    between = (share > 0.0) & (share < 1.0)
    cuts, inverse = np.unique(np.stack([edge[between].astype(np.float64), share[between]]), axis=1, return_inverse=True)
    node[between] = whole.node_count + inverse.reshape(-1)
    cut_edge, cut_share = cuts[0].astype(np.int64), cuts[1]
    cut_node = whole.node_count + np.arange(len(cut_edge))

    # Corners of every edge in order: its first node, its cuts, its second node; a link lies between two neighbours.
    corner_edge = np.concatenate([np.arange(edges), cut_edge, np.arange(edges)])
    corner_share = np.concatenate([np.zeros(edges), cut_share, np.ones(edges)])
    corner_node = np.concatenate([whole.low, cut_node, whole.high])
    order = np.lexsort((corner_share, corner_edge))
    corner_edge, corner_share, corner_node = corner_edge[order], corner_share[order], corner_node[order]
    joined = corner_edge[1:] == corner_edge[:-1]
    link_edge = corner_edge[:-1][joined]
    link_from, link_to = corner_share[:-1][joined], corner_share[1:][joined]
    width = link_to - link_from
    facilities: dict[str, Facilities] = {}
    begin = 0
    for name, legs in snapped.items():
        facilities[name] = Facilities(node[begin : begin + len(legs.link)], legs.metres)
        begin += len(legs.link)
    return TravelNetwork(
        whole.network,
        whole.profile,
        whole.node_count + len(cut_edge),
        corner_node[:-1][joined],
        corner_node[1:][joined],
        whole.seconds[link_edge] * width,
        whole.metres[link_edge] * width,
        link_from,
        link_to,
        np.searchsorted(link_edge, np.arange(edges + 1)).astype(np.int64),
        facilities,
        whole.sets,
    )


def _cheapest(start: NDArray[np.int64], end: NDArray[np.int64], cost: Float, count: int) -> csr_matrix:
    """Make a sparse matrix that keeps the cheapest of parallel links, and zero costs as links."""
    keep = start != end
    start, end, cost = start[keep], end[keep], cost[keep]
    order = np.lexsort((cost, end, start))
    start, end, cost = start[order], end[order], cost[order]
    first = np.ones(len(start), np.bool_)
    first[1:] = (start[1:] != start[:-1]) | (end[1:] != end[:-1])
    start, end, cost = start[first], end[first], cost[first]
    pointer = np.searchsorted(start, np.arange(count + 1))
    return csr_matrix((cost, end.astype(np.int32), pointer.astype(np.int32)), shape=(count, count))
