"""The door to networkx: a network handed out as a graph, and a graph taken in as a network; GraphML both ways."""

from __future__ import annotations

from collections.abc import Hashable
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import pandas as pd
import shapely
from scipy.spatial import cKDTree

from geo_engine.errors import Fault, NetworkError
from geo_engine.model import Features, Layer, NetworkColumns, ReadReport
from geo_engine.network.build import Network, build_network
from geo_engine.network.travel import TravelNetwork

__all__ = ["from_networkx", "read_graphml", "to_networkx", "write_graphml"]

_SAME_PLACE = 0.01  # metres: ends so near are joined when a network is built


def to_networkx(travel: TravelNetwork) -> nx.MultiGraph[int] | nx.MultiDiGraph[int]:
    """Hand out a network with its vehicle and its facilities.

    Parameters
    ----------
    travel : TravelNetwork
        Links between nodes; drawing faults, which are not entered, are handed out too, on their own.

    Returns
    -------
    networkx.MultiGraph or MultiDiGraph
        Directed where the vehicle meets one-way or closed edges: then a link is an edge in each direction that is open. Nodes 0, 1,
        ... with ``easting`` and ``northing`` in metres for the network's own; nodes that were put in where a facility stands have
        none. Edges have ``link`` (its number), ``seconds``, ``metres`` and ``road_class``. The graph's ``facilities`` gives by
        name a list of (node, metres off the network). Parallel edges and loops are kept.

    Examples
    --------
    >>> graph = nx.Graph()
    >>> graph.add_node("a", easting=0.0, northing=0.0)
    >>> graph.add_node("b", easting=3000.0, northing=4000.0)
    >>> graph.add_edge("a", "b", road_class="road")
    >>> network = from_networkx(graph)
    >>> network.metres
    array([5000.])
    """
    network = travel.network
    directed = travel.ahead is not None and travel.back is not None
    graph: nx.MultiGraph[int] | nx.MultiDiGraph[int] = (nx.MultiDiGraph if directed else nx.MultiGraph)(
        name=network.name, profile=travel.profile.name
    )
    for node in range(travel.node_count):
        if node < len(network.nodes):
            graph.add_node(node, easting=float(network.nodes[node, 0]), northing=float(network.nodes[node, 1]))
        else:
            graph.add_node(node)
    edge_of_link = np.repeat(np.arange(len(network.start)), np.diff(travel.edge_link))
    road_class = network.road_class
    everywhere = np.ones(len(travel.low), np.bool_)
    columns = (travel.low, travel.high, travel.seconds, travel.metres, edge_of_link)
    ways = (travel.ahead if directed else everywhere, travel.back if directed else ~everywhere)
    rows = zip(*(column.tolist() for column in (*columns, *ways) if column is not None), strict=True)
    for number, (low, high, seconds, metres, edge, ahead, back) in enumerate(rows):
        told = {"link": number, "seconds": seconds, "metres": metres, "road_class": road_class[edge]}
        if ahead:
            graph.add_edge(low, high, **told)
        if back:
            graph.add_edge(high, low, **told)
    graph.graph["facilities"] = {
        name: list(zip(there.node.tolist(), there.metres.tolist(), strict=True)) for name, there in travel.facilities.items()
    }
    return graph


def write_graphml(travel: TravelNetwork, path: Path) -> Path:
    """Write a network as GraphML, for other programs; see `to_networkx` for nodes and edges.

    Facilities become a text on their node, ``facilities``: the names under which they were put in and their own, a line each.
    """
    graph = to_networkx(travel)
    del graph.graph["facilities"]
    for name, there in travel.facilities.items():
        for node, label in zip(there.node.tolist(), there.names, strict=True):
            said = graph.nodes[node].get("facilities", "")
            graph.nodes[node]["facilities"] = f"{said}\n{name}: {label}".strip()
    nx.write_graphml(graph, path)
    return path


def read_graphml(path: Path, *, name: str = "") -> Network:
    """Take in a GraphML file whose nodes and edges are as `from_networkx` wants them.

    Raises
    ------
    NetworkError
        If it is no GraphML, or as `from_networkx` does.
    """
    try:
        graph = nx.read_graphml(path, force_multigraph=True)
    except (OSError, ValueError, SyntaxError, KeyError, nx.NetworkXError) as error:
        raise NetworkError(Fault(path.name, f"cannot be read as GraphML: {error}", remedy="is it whole?")) from error
    return from_networkx(graph, name=name or path.stem)


def from_networkx(graph: nx.Graph[Hashable], *, name: str = "graph", land: shapely.MultiPolygon | None = None) -> Network:
    """Take in a graph.

    Parameters
    ----------
    graph : networkx.Graph, DiGraph, MultiGraph or MultiDiGraph
        Nodes have ``easting`` and ``northing`` in metres. Edges have ``road_class``, and may have ``metres`` (the true length; all
        edges or none), ``speed`` (km/h; all or none) and ``geometry`` (a shapely line from the first node to the second; straight
        where there is none). An edge of a directed graph is a one-way street; two that are each other's opposite, equal in
        everything and straight, are one street with two ways. Nodes without an edge are left out.
    name : str
        What the network is called.
    land : shapely geometry, optional
        As for `build_network`.

    Raises
    ------
    NetworkError
        If the graph is empty, or a node or an edge lacks what it must have; if two nodes lie at one place; all faults at once.
    """
    faults = [
        Fault(name, f"node {node!r} has no '{key}' in metres", found=repr(data.get(key)))
        for node, data in graph.nodes(data=True)
        for key in ("easting", "northing")
        if not isinstance(data.get(key), int | float) or not np.isfinite(data[key])
    ]
    edges = list(graph.edges(data=True))
    if not edges:
        faults.append(Fault(name, "has no edge"))
    faults += [Fault(name, f"edge {u!r} - {v!r} has no 'road_class'") for u, v, data in edges if not data.get("road_class")]
    given = {}
    for key in ("metres", "speed"):
        given[key] = sum(key in data for _, _, data in edges)
        if given[key] not in {0, len(edges)}:
            faults.append(Fault(name, f"{given[key]} of {len(edges)} edges have '{key}'", allowed="all or none"))
    if faults:
        raise NetworkError(faults)
    place = {node: (float(data["easting"]), float(data["northing"])) for node, data in graph.nodes(data=True)}
    if pairs := cKDTree(list(place.values())).query_pairs(_SAME_PLACE):
        shared = len({later for _, later in pairs})
        raise NetworkError(Fault(name, f"{shared} nodes lie at the place of another", allowed="nodes more than a centimetre apart"))
    oneway = [int(graph.is_directed())] * len(edges)
    if graph.is_directed():
        edges, oneway = _two_ways(edges)
    lines = [_line(data.get("geometry"), place[u], place[v]) for u, v, data in edges]
    geometry = np.empty(len(lines), dtype=object)
    geometry[:] = lines
    table = pd.DataFrame({"road_class": [str(data["road_class"]) for _, _, data in edges], "oneway": oneway})
    for key in ("metres", "speed"):
        if given[key]:
            table[key] = [float(data[key]) for _, _, data in edges]
    columns = NetworkColumns(
        "road_class",
        length="metres" if given["metres"] else None,
        speed="speed" if given["speed"] else None,
        oneway="oneway" if any(oneway) else None,
    )
    layer = Layer(name, name, "", "network", "", "", "", network=columns)
    return build_network(Features(layer, geometry, table, np.full(len(lines), np.nan), ReadReport(len(lines))), land)


def _line(drawn: shapely.LineString | None, begin: tuple[float, float], end: tuple[float, float]) -> shapely.LineString:
    """Give an edge's line, straight where there is none; one that is drawn from its end is turned, so that one-way is the edge's way."""
    if drawn is None:
        return shapely.LineString([begin, end])
    first = shapely.get_point(drawn, 0)
    return shapely.reverse(drawn) if first.distance(shapely.Point(end)) < first.distance(shapely.Point(begin)) else drawn


Edge = tuple[Hashable, Hashable, dict[str, Any]]


def _two_ways(edges: list[Edge]) -> tuple[list[Edge], list[int]]:
    """Make one edge of two straight ones that are each other's opposite and equal in everything; say which stay one-way."""

    def key(u: Hashable, v: Hashable, data: dict[str, Any]) -> tuple[object, ...]:
        return (u, v, data["road_class"], data.get("metres"), data.get("speed"))

    kept: list[Edge] = []
    oneway: list[int] = []
    waiting: dict[tuple[object, ...], list[int]] = {}
    for u, v, data in edges:
        straight = data.get("geometry") is None and u != v
        opposite = waiting.get(key(v, u, data), []) if straight else []
        if opposite:
            oneway[opposite.pop()] = 0
            continue
        if straight:
            waiting.setdefault(key(u, v, data), []).append(len(kept))
        kept.append((u, v, data))
        oneway.append(1)
    return kept, oneway
