"""A network with a profile and its facilities: what is open, how fast, and costs between nodes and facilities."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from geo_engine.errors import Fault, NetworkError
from geo_engine.kernels.network.links import links_of
from geo_engine.model import Direction, Impedance, Profile
from geo_engine.network.build import Network
from geo_engine.network.travel.access import WayReport, ways_of
from geo_engine.network.travel.elimination import Elimination, make_elimination
from geo_engine.network.travel.facilities import Facilities, Legs
from geo_engine.network.travel.graph import Graph, Reached, make_graph
from geo_engine.network.travel.snap import SegmentSet, Snapped, choose, on_land, segment_sets

__all__ = ["TravelNetwork", "component_of", "stand_at", "travel_network"]

Float = NDArray[np.float64]
_CHUNK = 16 * 2**20  # bytes of costs from facilities to nodes that are held at a time
_MANY = 32  # facilities from which on all are searched from at once
_MOST_NODES = 100_000  # of a network that is made ready for that: beyond, it takes longer than it saves


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
    low, high : int32 ndarray, shape (links,)
        First and second node of each link, in the direction of drawing.
    seconds, metres : float64 ndarray, shape (links,)
        Time and length of each link, either way.
    ahead, back : bool ndarray, shape (links,), or None
        Whether a link may be travelled from low to high, and from high to low; None where every link is open both ways.
    edge_link : int64 ndarray, shape (edges + 1,)
        First link of each edge.
    cut_share : float64 ndarray, shape (cuts,)
        Shares of their edge at which facilities stand, edge by edge, rising.
    facilities : mapping of str to Facilities
        By the name under which they were put in.
    sets : tuple of SegmentSet
        What may be entered.
    way : WayReport
        What the profile makes of the edges.
    """

    network: Network
    profile: Profile
    node_count: int
    low: NDArray[np.int32]
    high: NDArray[np.int32]
    seconds: Float
    metres: Float
    ahead: NDArray[np.bool_] | None
    back: NDArray[np.bool_] | None
    edge_link: NDArray[np.int64]
    cut_share: Float
    facilities: Mapping[str, Facilities]
    sets: tuple[SegmentSet, ...]
    way: WayReport
    _graphs: dict[tuple[str, str, bool], Graph] = field(default_factory=dict, repr=False)
    _eliminations: dict[tuple[str, str], Elimination] = field(default_factory=dict, repr=False)

    def link_cost(self, impedance: Impedance) -> Float:
        """Cost of each link: seconds, metres, or money; infinite where it is closed to the vehicle."""
        travelled = np.isfinite(self.seconds)
        cost = np.full(len(self.seconds), np.inf)
        cost[travelled] = self.profile.cost(self.seconds[travelled], self.metres[travelled], impedance)
        return cost

    def sides(self, impedance: Impedance, direction: Direction = "to") -> tuple[Float, Float]:
        """Give the cost between a place on a link and the link's two nodes, for the whole length of the link.

        Returns
        -------
        by_low, by_high : float64 ndarray, shape (links,)
            ``"to"``: from the place to the low node, and to the high node; ``"from"``: from these nodes to the place.
            Infinite where that is closed.
        """
        cost = self.link_cost(impedance)
        if self.ahead is None or self.back is None:
            return cost, cost
        ahead, back = np.where(self.ahead, cost, np.inf), np.where(self.back, cost, np.inf)
        return (back, ahead) if direction == "to" else (ahead, back)

    def shares(self, link: int, edge: int) -> tuple[float, float]:
        """Give the shares of its edge at which a link begins and ends."""
        first, last = int(self.edge_link[edge]), int(self.edge_link[edge + 1]) - 1
        begin = float(self.cut_share[link - edge - 1]) if link > first else 0.0
        return begin, float(self.cut_share[link - edge]) if link < last else 1.0

    def off_cost(self, metres: Float, impedance: Impedance) -> Float:
        """Cost of legs off the network from their straight lengths in metres."""
        real = metres * self.profile.detour
        return self.profile.cost(real / self.profile.off_network_speed, real, impedance)

    def graph(self, impedance: Impedance, direction: Direction = "to", *, contract: bool = True) -> Graph:
        """Give the graph that is searched from facilities; made once for each impedance and direction.

        Without contraction every node can be searched from, and is told the way to.

        Searching from a facility one meets the ways *to* it backwards: its arcs run against the traffic.
        """
        key = (impedance, direction if self.ahead is not None else "to", contract)
        if key not in self._graphs:
            up, down = self.sides(impedance, direction)
            stand = np.unique(np.concatenate([there.node for there in self.facilities.values()] or [np.empty(0, np.int64)]))
            self._graphs[key] = make_graph(self.low, self.high, up, down, self.node_count, stand, contract=contract)
        return self._graphs[key]

    def nearest(
        self, name: str, impedance: Impedance = "time", direction: Direction = "to", *, begin: Float | None = None, cutoff: float = np.inf
    ) -> Reached:
        """Give the cost between every node and its nearest facility, and which that is.

        Parameters
        ----------
        name : str
            The facilities.
        impedance : {'time', 'distance', 'money'}
            Seconds, metres, or the profile's currency.
        direction : {'to', 'from'}
            To the facility or from it.
        begin : float64 ndarray, shape (facilities,), optional
            What each facility costs besides its leg off the network (a transfer, a journey on from there).
        cutoff : float
            Nodes that cost more stay infinite.

        Returns
        -------
        Reached
            Shape (nodes,); infinite and -1 where no facility can be reached.
        """
        there = self.facilities[name]
        start = self.off_cost(there.metres, impedance) + (0.0 if begin is None else begin)
        use = np.isfinite(start)
        found = self.graph(impedance, direction).nearest(there.node[use], start[use], cutoff=cutoff)
        if use.all():
            return found
        numbers = np.append(np.flatnonzero(use), -1).astype(np.int32)
        return Reached(found.cost, numbers[found.source])

    def k_nearest(self, name: str, k: int, impedance: Impedance = "time", direction: Direction = "to") -> Reached:
        """Give the costs between every node and its k nearest facilities, nearest first, shape (nodes, k); parameters as for `nearest`."""
        there = self.facilities[name]
        return self.graph(impedance, direction).k_nearest(there.node, self.off_cost(there.metres, impedance), k)

    def windows(self, name: str) -> list[slice]:
        """Part the facilities into groups whose costs to every node fit a few megabytes."""
        count, few = len(self.facilities[name].node), max(1, _CHUNK // (8 * max(self.node_count, 1)))
        return [slice(begin, min(begin + few, count)) for begin in range(0, count, few)]

    def prepare_costs(self, name: str, impedance: Impedance = "time", direction: Direction = "to") -> Graph | Elimination:
        """Give what `costs` of some facilities are found with, made once: to be done before several threads ask for them."""
        if len(self.facilities[name].node) < _MANY or self.node_count > _MOST_NODES:
            return self.graph(impedance, direction)
        key = (impedance, direction if self.ahead is not None else "to")
        if key not in self._eliminations:
            self._eliminations[key] = make_elimination(self.low, self.high, *self.sides(impedance, direction), self.node_count)
        return self._eliminations[key]

    def costs(
        self, name: str, window: slice, impedance: Impedance = "time", direction: Direction = "to", *, cutoff: float = np.inf
    ) -> Float:
        """Give the cost between every node and each facility of a window.

        Returns
        -------
        float64 ndarray, shape (facilities of the window, nodes)
            Infinite where there is no way, or one that costs more than `cutoff`. It is the caller's; of many facilities it lies
            in memory node by node.
        """
        there, by = self.facilities[name], self.prepare_costs(name, impedance, direction)
        node, off = there.node[window], self.off_cost(there.metres[window], impedance)
        if isinstance(by, Elimination):
            return by.costs(node, off, cutoff=cutoff).T
        found = np.empty((len(node), self.node_count))
        for row in range(len(node)):
            found[row] = by.nearest(node[row : row + 1], off[row : row + 1], cutoff=cutoff).cost
        return found

    def matrix(self, name: str, impedance: Impedance = "time", direction: Direction = "to", *, cutoff: float = np.inf) -> Float:
        """Give the cost between every node and each facility at once, shape (facilities, nodes); see `costs`."""
        parts = [self.costs(name, window, impedance, direction, cutoff=cutoff) for window in self.windows(name)]
        return np.concatenate(parts) if parts else np.empty((0, self.node_count))

    def reach_from(self, legs: Legs, impedance: Impedance = "time", direction: Direction = "from") -> Float:
        """Give the cost between one place and every node, shape (nodes,).

        Parameters
        ----------
        legs : Legs
            Of the place, arrays of one.
        impedance : {'time', 'distance', 'money'}
            Seconds, metres, or the profile's currency.
        direction : {'to', 'from'}
            From the place to the nodes, or from the nodes to the place.

        Returns
        -------
        float64 ndarray, shape (nodes,)
            Infinite where no way leads, and everywhere where the place is off the network.
        """
        link, along = int(legs.link[0]), float(legs.along[0])
        if link < 0:
            return np.full(self.node_count, np.inf)
        # Out of the place one drives against the ways that lead to it.
        by_low, by_high = self.sides(impedance, "to" if direction == "from" else "from")
        off = float(self.off_cost(legs.metres, impedance)[0])
        begin = np.array([along * by_low[link] if along > 0 else 0.0, (1.0 - along) * by_high[link] if along < 1 else 0.0]) + off
        node = np.array([self.low[link], self.high[link]], np.int64)
        open_ = np.isfinite(begin)
        return self.graph(impedance, direction, contract=False).nearest(node[open_], begin[open_]).cost

    @property
    def snap_key(self) -> tuple[Network, str, float]:
        """Equal for vehicles that places reach the network alike with: they share the work of snapping."""
        return self.network, self.way.digest, self.profile.snap_limit

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
        links_of(
            snapped.segment,
            snapped.share,
            net.segment_edge,
            net.segment_from,
            net.segment_to,
            self.edge_link,
            self.cut_share,
            link,
            along,
        )
        return Legs(link, along, snapped.metres)

    def legs_at(self, eastings: Float, northings: Float) -> Legs:
        """Snap places, float64 of shape (m,) in metres, to their nearest enterable link."""
        return self.legs(self.snap_at(eastings, northings))


def component_of(travel: TravelNetwork, legs: Legs) -> NDArray[np.int32]:
    """Give the part of the network that places reach: 0 for the main part, 1 and up for islands, -1 for none."""
    edge = np.searchsorted(travel.edge_link, np.maximum(legs.link, 0), side="right") - 1
    return np.where(legs.link < 0, -1, travel.network.component[edge]).astype(np.int32)


def stand_at(travel: TravelNetwork, eastings: Float, northings: Float) -> Legs:
    """Find where facilities at given places, float64 of shape (k,) in metres, stand on a network: as places do, but moved on to land."""
    e, n = on_land(travel.network, eastings, northings)
    legs = travel.legs_at(e, n)
    return replace(legs, metres=np.hypot(eastings - e, northings - n) + legs.metres)


def travel_network(network: Network, profile: Profile, facilities: Mapping[str, tuple[Float, Float, Sequence[str]]]) -> TravelNetwork:
    """Put a vehicle and its facilities on a network.

    Each facility stands on the nearest enterable edge; the edge is cut there, so that a place on the same edge reaches it
    without a detour by a junction.

    Parameters
    ----------
    network : Network
        The roads.
    profile : Profile
        The vehicle: speeds by class; classes entered at their ends only are not snapped to, edges closed to it not travelled.
    facilities : mapping of str to (eastings, northings, names)
        Float64 arrays of shape (k,) in metres and k names, by a name of the whole.

    Raises
    ------
    StudyError
        If the profile has no speed for a class of the network, or closes edges by a column that the network lacks.
    NetworkError
        If a facility is farther from the network than the profile's limit; all are named. If nothing may be entered.
    """
    way = ways_of(network, profile)
    edges = len(network.start)
    seconds = np.divide(network.metres, way.speed, out=np.full(edges, np.inf), where=way.speed > 0)
    sets = segment_sets(network, way.enterable, profile.name)
    links = np.arange(edges + 1, dtype=np.int64)
    roads = (network.start, network.end, seconds, network.metres, way.ahead, way.back)
    whole = TravelNetwork(network, profile, len(network.nodes), *roads, links, np.empty(0), {}, sets, way.told)
    snapped: dict[str, Facilities] = {}
    legs_of: dict[str, Legs] = {}
    faults: list[Fault] = []
    for name, (eastings, northings, labels) in facilities.items():
        legs = stand_at(whole, eastings, northings)
        faults += [
            Fault(
                f"{name}: {labels[i]}",
                f"is farther than {profile.snap_limit / 1000:g} km from the network '{network.name}' for profile '{profile.name}'",
                remedy="leave it out with 'where', or raise off_network.limit in the profile",
            )
            for i in np.flatnonzero(legs.link < 0).tolist()
        ]
        snapped[name] = Facilities(np.empty(0, np.int64), legs.metres, tuple(labels), eastings, northings)
        legs_of[name] = legs
    if faults:
        raise NetworkError(faults)
    return _cut(whole, snapped, legs_of)


def _cut(whole: TravelNetwork, snapped: Mapping[str, Facilities], links: Mapping[str, Legs]) -> TravelNetwork:
    """Cut edges into links at the facilities' nearest points; places at one point share a node."""
    edges = len(whole.low)
    edge = np.concatenate([legs.link for legs in links.values()] or [np.empty(0, np.int32)]).astype(np.int64)
    share = np.concatenate([legs.along for legs in links.values()] or [np.empty(0)])
    node = np.where(share <= 0.0, whole.low[edge], whole.high[edge]).astype(np.int64)
    between = (share > 0.0) & (share < 1.0)
    cuts, inverse = np.unique(np.stack([edge[between].astype(np.float64), share[between]]), axis=1, return_inverse=True)
    node[between] = whole.node_count + inverse.reshape(-1)
    cut_edge, cut_share = cuts[0].astype(np.int64), np.ascontiguousarray(cuts[1])
    facilities: dict[str, Facilities] = {}
    begin = 0
    for name, there in snapped.items():
        facilities[name] = replace(there, node=node[begin : begin + len(there.metres)])
        begin += len(there.metres)

    if not len(cut_edge):
        return replace(whole, facilities=facilities)
    # A link lies between neighbours among an edge's corners: its first node, its cuts in order, its second node.
    edge_link = whole.edge_link.copy()
    edge_link[1:] += np.cumsum(np.bincount(cut_edge, minlength=edges))
    counts = np.diff(edge_link)
    before = cut_edge + np.arange(len(cut_edge))  # the link that ends at the cut
    low, high = np.repeat(whole.low, counts), np.repeat(whole.high, counts)
    cut_node = (whole.node_count + np.arange(len(cut_edge))).astype(np.int32)
    high[before], low[before + 1] = cut_node, cut_node
    width = np.ones(len(low))
    begins = np.zeros(len(low))
    begins[before + 1] = cut_share
    width[before] = cut_share
    width -= begins
    return replace(
        whole,
        node_count=whole.node_count + len(cut_edge),
        low=low,
        high=high,
        seconds=np.repeat(whole.seconds, counts) * width,
        metres=np.repeat(whole.metres, counts) * width,
        ahead=None if whole.ahead is None else np.repeat(whole.ahead, counts),
        back=None if whole.back is None else np.repeat(whole.back, counts),
        edge_link=edge_link,
        cut_share=cut_share,
        facilities=facilities,
        _graphs={},
    )
