"""A network with a profile and its facilities: snapping places to links, and costs from nodes to facilities."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from geo_engine.errors import Fault, NetworkError, StudyError, nearest_spelling
from geo_engine.kernels import polygons, segments, travel
from geo_engine.kernels.shapes import ring_segments
from geo_engine.model import Profile
from geo_engine.network.build import Network

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
    sets: tuple[_SegmentSet, ...]

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
        return np.asarray(dijkstra(graph, indices=root), dtype=np.float64)[:root]

    def matrix(self, name: str, impedance: str = "time", *, rows: slice = slice(None)) -> Float:
        """Give the cost from every node to each facility.

        Parameters
        ----------
        name : str
            The facilities.
        impedance : {'time', 'distance'}
            Seconds or metres.
        rows : slice
            Which facilities.

        Returns
        -------
        float64 ndarray, shape (facilities, nodes)
            Infinite where a facility cannot be reached.
        """
        there = self.facilities[name]
        costs = np.asarray(dijkstra(self.graph(impedance), indices=there.node[rows]), dtype=np.float64)
        return costs + self.off_cost(there.metres[rows], impedance)[:, None]

    def legs_at(self, eastings: Float, northings: Float) -> Legs:
        """Snap places, float64 of shape (m,) in metres, to their nearest enterable link."""
        return _choose([s.at(eastings, northings) for s in self.sets], self)

    def legs_on_tile(self, eastings: Float, northings: Float) -> Legs:
        """Snap the cell centres of a tile, from eastings (columns,) and northings (rows,), to their nearest enterable link.

        Returns
        -------
        Legs
            Flat arrays of rows times columns.
        """
        return _choose([s.on_tile(eastings, northings, self.profile.snap_limit) for s in self.sets], self)


@dataclass(frozen=True, eq=False)
class _SegmentSet:
    """Enterable segments of the main part, or of one island with its land."""

    numbers: NDArray[np.int32]
    coordinates: Float
    land: Float | None
    bounds: tuple[float, float, float, float] | None

    def at(self, e: Float, n: Float) -> tuple[NDArray[np.int32], Float, Float] | None:
        if not self._near(e, n):
            return None
        d2, index, share = np.empty(e.shape), np.empty(e.shape, np.int32), np.empty(e.shape)
        segments.nearest_segment_at(e, n, self.coordinates, d2, index, share)
        if self.land is not None:
            here = np.empty(e.shape, np.bool_)
            polygons.inside_at(e, n, self.land, here)
            d2[~here] = np.inf
        return self.numbers[index], np.sqrt(d2), share

    def on_tile(self, e: Float, n: Float, limit: float) -> tuple[NDArray[np.int32], Float, Float] | None:
        if not self._near(e, n):
            return None
        shape = (n.size, e.size)
        d2, index, share = np.empty(shape), np.empty(shape, np.int32), np.empty(shape)
        segments.nearest_segment_on_tile(e, n, self.coordinates, limit, d2, index, share)
        if self.land is not None:
            here = np.empty(shape, np.bool_)
            polygons.inside_on_tile(e, n, self.land, here)
            d2[~here] = np.inf
        number = np.where(index < 0, -1, self.numbers[np.maximum(index, 0)]).astype(np.int32)
        return number.ravel(), np.sqrt(d2).ravel(), share.ravel()

    def _near(self, e: Float, n: Float) -> bool:
        if self.bounds is None or e.size == 0:
            return True
        west, south, east, north = self.bounds
        return bool(e.max() >= west and e.min() <= east and n.max() >= south and n.min() <= north)


def _choose(found: list[tuple[NDArray[np.int32], Float, Float] | None], travels: TravelNetwork) -> Legs:
    """Take the island's link on an island, the main part's elsewhere; cut off at the limit; turn segments into links."""
    first = found[0]
    if first is None:  # the main set has no bounds, so it always answers
        msg = "the main part of a network answered nothing"
        raise AssertionError(msg)
    number, distance, share = first
    for island in found[1:]:
        if island is not None:
            here = np.isfinite(island[1])
            number, distance, share = np.where(here, island[0], number), np.where(here, island[1], distance), np.where(here, island[2], share)
    number = np.where(distance <= travels.profile.snap_limit, number, -1).astype(np.int32)
    link, along = np.empty(number.shape, np.int32), np.empty(number.shape)
    net = travels.network
    travel.links_of(
        number, np.ascontiguousarray(share), net.segment_edge, net.segment_from, net.segment_to, travels.edge_link, travels.link_from,
        travels.link_to, link, along,
    )
    return Legs(link, along, np.where(link < 0, 0.0, distance))


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
    sets = _segment_sets(network, profile)
    edges = len(network.start)
    whole = TravelNetwork(
        network, profile, len(network.nodes), network.start, network.end, network.metres / speeds, network.metres,
        np.zeros(edges), np.ones(edges), np.arange(edges + 1, dtype=np.int64), {}, sets,
    )
    snapped: dict[str, Legs] = {}
    faults: list[Fault] = []
    for name, (eastings, northings, labels) in facilities.items():
        e, n = _on_land(network, eastings, northings)
        legs = whole.legs_at(e, n)
        for i in np.flatnonzero(legs.link < 0):
            faults.append(
                Fault(
                    f"{name}: {labels[i]}",
                    f"is farther than {profile.snap_limit / 1000:g} km from the network '{network.name}' for profile '{profile.name}'",
                    remedy="leave it out with 'where', or raise off_network.limit in the profile",
                )
            )
        metres = np.hypot(eastings - e, northings - n) + legs.metres
        snapped[name] = Legs(legs.link, legs.along, metres)
    if faults:
        raise NetworkError(faults)
    return _cut(whole, snapped)


def _on_land(network: Network, eastings: Float, northings: Float) -> tuple[Float, Float]:
    """Leave the places where they are; a facility just off an island's generalised shore is moved onto it."""
    e, n = eastings.copy(), northings.copy()
    for land in network.islands:
        if land.is_empty:
            continue
        places = shapely.points(eastings, northings)
        away = shapely.distance(places, land)
        for i in np.flatnonzero((away > 0) & (away < 500.0)):
            inner = land.buffer(-1.0)
            target = shapely.shortest_line(inner if not inner.is_empty else land, places[i])
            e[i], n[i] = shapely.get_coordinates(target)[0]
    return e, n


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
                    remedy=nearest_spelling(str(c), known) or f"add {c} = \"50 km/h\"",
                )
                for c in missing
            ]
        )
    lookup = {c: profile.speeds[c] for c in classes}
    return np.array([lookup[c] for c in network.road_class], dtype=np.float64)


def _segment_sets(network: Network, profile: Profile) -> tuple[_SegmentSet, ...]:
    closed = np.isin(network.road_class.astype(str), sorted(profile.entered_at_ends))
    edge_part = np.where(closed, -1, network.component)
    part = edge_part[network.segment_edge]
    with_land = [i for i, land in enumerate(network.islands, start=1) if not land.is_empty]
    # Parts whose land is not known are snapped to like the main part.
    main = (part == 0) | ((part > 0) & ~np.isin(part, with_land))
    if not main.any():
        raise NetworkError(
            Fault(network.name, f"has no edge that profile '{profile.name}' may enter", remedy="check the classes and entered_at_ends")
        )
    made = [_segment_set(network, main, None)]
    made += [_segment_set(network, part == i, network.islands[i - 1]) for i in with_land if (part == i).any()]
    return tuple(made)


def _segment_set(network: Network, mine: NDArray[np.bool_], land: shapely.Geometry | None) -> _SegmentSet:
    numbers = np.flatnonzero(mine).astype(np.int32)
    rings = ring_segments(land) if land is not None else None
    bounds = tuple(shapely.bounds(land).tolist()) if land is not None else None
    return _SegmentSet(numbers, np.ascontiguousarray(network.segments[:, numbers]), rings, bounds)


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
        whole.network, whole.profile, whole.node_count + len(cut_edge), corner_node[:-1][joined], corner_node[1:][joined],
        whole.seconds[link_edge] * width, whole.metres[link_edge] * width, link_from, link_to,
        np.searchsorted(link_edge, np.arange(edges + 1)).astype(np.int64), facilities, whole.sets,
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
