"""Travel by networkx: places and facilities become nodes of the graph, spliced into their nearest edge by shapely.

Nothing here comes from the engine but the lines, their classes and their lengths.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import networkx as nx
import numpy as np
import shapely

from geo_engine.model import Features, Profile
from tests.measure.builders import Float, roads

Node = tuple[object, ...]


@dataclass(frozen=True)
class Roads:
    """Lines with a class and a length each."""

    lines: list[shapely.LineString]
    classes: list[str]
    metres: list[float]

    def features(self) -> Features:
        # No part counts as broken off: a gap of nothing.
        return roads(self.lines, self.classes, length=self.metres, gap=0.0)


def random_roads(seed: int, nodes: int, edges: int) -> Roads:
    """Draw roads between random junctions, with bends, parallel ones, loops and parts that do not hang together."""
    rng = np.random.default_rng(seed)
    corners = rng.uniform(0.0, 10_000.0, (nodes, 2)) + rng.choice([0.0, 400_000.0, 1_200_000.0])
    lines, classes, metres = [], [], []
    joined: set[frozenset[int]] = set()
    for number in range(edges):
        a, b = rng.integers(0, nodes, 2).tolist()
        # The second road between two junctions has a bend: of two lines one on the other neither is the nearer.
        fewest = 2 if a == b else int(frozenset((a, b)) in joined)
        bends = rng.integers(fewest, fewest + 3)
        joined.add(frozenset((a, b)))
        middle = (corners[a] + corners[b]) / 2 + rng.normal(0.0, 1_500.0, (bends, 2))
        drawn = shapely.LineString(np.vstack([corners[a], middle, corners[b]]))
        if drawn.length == 0.0:
            continue
        lines.append(drawn)
        classes.append("slow" if number == 0 else str(rng.choice(["slow", "fast", "motorway"])))
        metres.append(drawn.length * rng.uniform(1.0, 1.5))
    if "slow" not in classes:
        lines.append(shapely.LineString([corners[0], corners[0] + 900.0]))
        classes.append("slow")
        metres.append(1_300.0)
    return Roads(lines, classes, metres)


def random_places(seed: int, made: Roads, count: int) -> Float:
    """Places round the roads, some on a road, some at a junction."""
    rng = np.random.default_rng([seed, 1])
    west, south, east, north = shapely.total_bounds(made.lines)
    places = rng.uniform((west - 2_000.0, south - 2_000.0), (east + 2_000.0, north + 2_000.0), (count, 2))
    for row in range(count):
        road = made.lines[int(rng.integers(len(made.lines)))]
        kind = rng.integers(4)
        if kind == 0:
            places[row] = shapely.get_coordinates(shapely.line_interpolate_point(road, rng.uniform(), normalized=True))[0]
        elif kind == 1:
            places[row] = shapely.get_coordinates(road)[0]
    return places


class Spliced:
    """A networkx graph that holds roads, facilities and places as nodes."""

    def __init__(self, made: Roads, profile: Profile, facilities: Float, places: Float) -> None:
        self.graph = {"time": nx.MultiGraph(), "distance": nx.MultiGraph()}
        self.facilities: list[Node] = [("facility", number) for number in range(len(facilities))]
        self.places: list[Node] = [("place", number) for number in range(len(places))]
        enterable = [number for number, name in enumerate(made.classes) if name not in profile.entered_at_ends]
        stations: dict[int, list[tuple[float, Node]]] = defaultdict(list)
        nodes: Sequence[Node] = [*self.facilities, *self.places]
        for node, (e, n) in zip(nodes, np.vstack([facilities, places]), strict=True):
            spot = shapely.Point(e, n)
            away = [spot.distance(made.lines[number]) for number in enterable]
            best = enterable[int(np.argmin(away))]
            for graph in self.graph.values():
                graph.add_node(node)
            if min(away) > profile.snap_limit:
                continue
            station: Node = ("station", *node)
            stations[best].append((float(shapely.line_locate_point(made.lines[best], spot, normalized=True)), station))
            leg = min(away) * profile.detour
            self._join(node, station, leg, leg / profile.off_network_speed)
        for number, road in enumerate(made.lines):
            ends = shapely.get_coordinates(road)[[0, -1]]
            chain: list[tuple[float, Node]] = [
                (0.0, ("end", *np.round(ends[0], 2))),
                *sorted(stations[number]),
                (1.0, ("end", *np.round(ends[1], 2))),
            ]
            for (share_a, a), (share_b, b) in pairwise(chain):
                metres = (share_b - share_a) * made.metres[number]
                self._join(a, b, metres, metres / profile.speeds[made.classes[number]])

    def _join(self, a: Node, b: Node, metres: float, seconds: float) -> None:
        self.graph["distance"].add_edge(a, b, weight=metres)
        self.graph["time"].add_edge(a, b, weight=seconds)

    def from_facility(self, number: int, impedance: str) -> dict[Node, float]:
        found: dict[Node, float] = nx.single_source_dijkstra_path_length(self.graph[impedance], self.facilities[number])
        return found

    def nearest(self, impedance: str) -> dict[Node, float]:
        found: dict[Node, float] = nx.multi_source_dijkstra_path_length(self.graph[impedance], set(self.facilities))
        return found

    def matrix(self, impedance: str) -> Float:
        """Cost from each facility to each place, shape (facilities, places); infinite where there is no way."""
        few, many = sorted((self.facilities, self.places), key=len)
        costs = np.full((len(few), len(many)), np.inf)
        for row, source in enumerate(few):
            found = nx.single_source_dijkstra_path_length(self.graph[impedance], source)
            costs[row] = [found.get(node, np.inf) for node in many]
        return costs if few is self.facilities else costs.T
