"""Directed travel by networkx: one-way streets, closed edges, stated speeds and limits, money; both ways of travel.

As in `oracle`, places and facilities are spliced into their nearest edge by shapely, and nothing comes from the engine but the lines and
what their columns say. Which edges may be entered is told by networkx' strong components.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import networkx as nx
import numpy as np
import shapely

from geo_engine.model import Features, NetworkColumns, Profile
from geo_engine.network import TravelNetwork, build_network
from tests.measure.builders import Float, features, travel
from tests.network.oracle import random_places, random_roads

Node = tuple[object, ...]
IMPEDANCES = ("time", "distance", "money")
VAN = Profile(
    "van", "Van", {"fast": 25.0, "slow": 10.0, "motorway": 30.0}, frozenset(), 10.0, 1.5, 100_000.0, speed_factor=0.8, top_speed=22.0,
    closed={"class": frozenset({"motorway"}), "hgv": frozenset({"no", "private"})},
    cost_per_metre=0.002, cost_per_second=0.01, currency="EUR",
)  # fmt: skip


@dataclass(frozen=True)
class Street:
    """An edge with what its columns say; speeds in km/h, NaN where blank."""

    line: shapely.LineString
    road_class: str
    metres: float
    oneway: int
    speed: float
    maxspeed: float
    hgv: str | None

    def is_open(self, profile: Profile) -> bool:
        return self.road_class not in profile.closed.get("class", ()) and self.hgv not in profile.closed.get("hgv", ())

    def cost(self, profile: Profile) -> dict[str, float]:
        kmh = self.speed * profile.speed_factor if self.speed == self.speed else profile.speeds[self.road_class] * 3.6
        if self.maxspeed == self.maxspeed:
            kmh = min(kmh, self.maxspeed * profile.speed_factor)
        return priced(profile, self.metres, self.metres / min(kmh / 3.6, profile.top_speed))


def priced(profile: Profile, metres: float, seconds: float) -> dict[str, float]:
    money = metres * profile.cost_per_metre + seconds * profile.cost_per_second
    return {"time": seconds, "distance": metres, "money": money}


def random_streets(seed: int, nodes: int, edges: int) -> list[Street]:
    made, rng = random_roads(seed, nodes, edges), np.random.default_rng([seed, 7])
    streets = []
    for line, road_class, metres in zip(made.lines, made.classes, made.metres, strict=True):
        oneway = int(rng.choice([0, 0, 1, -1]))
        speed, limit = rng.choice([np.nan, np.nan, 20.0, 90.0]), rng.choice([np.nan, 30.0, 50.0, np.inf])
        closed = rng.uniform() < 0.15
        streets.append(Street(line, road_class, metres, oneway, speed, limit, str(rng.choice(["no", "private"])) if closed else None))
    # One street at least that is open and goes both ways, so that something may be entered.
    e, n = made.lines[0].coords[0]
    streets.append(Street(shapely.LineString([(e, n), (e + 700.0, n - 333.0)]), "slow", 1_000.0, 0, np.nan, np.nan, "yes"))
    return streets


def as_features(streets: Sequence[Street]) -> Features:
    table: dict[str, Sequence[object]] = {
        "class": [s.road_class for s in streets],
        "length_m": [s.metres for s in streets],
        "oneway": [{0: None, 1: "yes", -1: "-1"}[s.oneway] for s in streets],
        "speed": [s.speed for s in streets],
        "limit": [s.maxspeed for s in streets],
        "hgv": [s.hgv for s in streets],
        "road": [f"road {number}" for number in range(len(streets))],
    }
    declared = NetworkColumns(
        "class", length="length_m", oneway="oneway", speed="speed", maxspeed="limit", restrictions=("hgv",), island_gap=0.0
    )
    return features([s.line for s in streets], table, name="roads", kind="network", label="road", network=declared)


def ends(street: Street) -> tuple[Node, Node]:
    first, last = np.round(shapely.get_coordinates(street.line)[[0, -1]], 2).tolist()
    return ("end", *first), ("end", *last)


def enterable(streets: Sequence[Street], profile: Profile) -> set[int]:
    """Edges of the longest strong component of each part that hangs together; all open ones where nothing is closed or one-way."""
    if all(s.oneway == 0 and s.is_open(profile) for s in streets):
        return {i for i, s in enumerate(streets) if s.road_class not in profile.entered_at_ends}
    graph, whole = nx.MultiDiGraph(), nx.Graph()
    for s in streets:
        a, b = ends(s)
        graph.add_nodes_from((a, b))
        whole.add_edge(a, b)
        if s.is_open(profile):
            graph.add_edges_from(([(a, b)] if s.oneway >= 0 else []) + ([(b, a)] if s.oneway <= 0 else []))
    good: set[int] = set()
    for part in nx.connected_components(whole):
        inside = [
            [i for i, s in enumerate(streets) if s.is_open(profile) and {*ends(s)} <= strong]
            for strong in nx.strongly_connected_components(graph)
            if strong <= part
        ]
        good.update(max(inside, key=lambda numbers: sum(streets[i].metres for i in numbers)))
    return {i for i in good if streets[i].road_class not in profile.entered_at_ends}


class Directed:
    """A graph for each impedance that holds streets, facilities and places as nodes."""

    def __init__(self, streets: Sequence[Street], profile: Profile, facilities: Float, places: Float) -> None:
        self.graph = {name: nx.MultiDiGraph() for name in IMPEDANCES}
        self.facilities: list[Node] = [("facility", number) for number in range(len(facilities))]
        self.places: list[Node] = [("place", number) for number in range(len(places))]
        self.enterable = sorted(enterable(streets, profile))
        stations: dict[int, list[tuple[float, Node]]] = defaultdict(list)
        for node, (e, n) in zip([*self.facilities, *self.places], np.vstack([facilities, places]), strict=True):
            spot = shapely.Point(e, n)
            away = [spot.distance(streets[number].line) for number in self.enterable]
            best = self.enterable[int(np.argmin(away))]
            for graph in self.graph.values():
                graph.add_node(node)
            station: Node = ("station", *node)
            share = float(shapely.line_locate_point(streets[best].line, spot, normalized=True))
            stations[best].append((share, station))
            leg = min(away) * profile.detour
            cost = priced(profile, leg, leg / profile.off_network_speed)
            self._join(node, station, cost)
            self._join(station, node, cost)
        for number, street in enumerate(streets):
            first, last = ends(street)
            chain: list[tuple[float, Node]] = [(0.0, first), *sorted(stations[number]), (1.0, last)]
            whole = street.cost(profile) if street.is_open(profile) else {}
            for (share_a, a), (share_b, b) in pairwise(chain):
                part = {name: value * (share_b - share_a) for name, value in whole.items()}
                # What stands at one place of a street is one place, whatever way the street goes.
                if part and (street.oneway >= 0 or share_a == share_b):
                    self._join(a, b, part)
                if part and (street.oneway <= 0 or share_a == share_b):
                    self._join(b, a, part)

    def _join(self, a: Node, b: Node, cost: dict[str, float]) -> None:
        for name, graph in self.graph.items():
            graph.add_edge(a, b, weight=cost[name])

    def matrix(self, impedance: str, direction: str, ask: Sequence[Node] | None = None) -> Float:
        """Cost between each facility and each place (or other node), shape (facilities, places): to the facilities, or from them."""
        graph = self.graph[impedance]
        graph = graph.reverse(copy=False) if direction == "to" else graph
        costs = [nx.single_source_dijkstra_path_length(graph, node) for node in self.facilities]
        return np.array([[found.get(node, np.inf) for node in ask or self.places] for found in costs]).reshape(len(costs), -1)


def drawn(seed: int, nodes: int, edges: int, count: int, places: int = 12) -> tuple[list[Street], TravelNetwork, Directed, Float]:
    """Make the same streets, facilities and places for the engine and for networkx."""
    streets = random_streets(seed, nodes, edges)
    spots = random_places(seed, random_roads(seed, nodes, edges), count + places)
    net = travel(build_network(as_features(streets)), [(e, n) for e, n in spots[:count].tolist()], profile=VAN)
    return streets, net, Directed(streets, VAN, spots[:count], spots[count:]), spots[count:]
