"""The door to networkx: a network handed out as a graph, and a graph taken in as a network."""

from __future__ import annotations

from collections.abc import Hashable

import networkx as nx
import numpy as np
import pandas as pd
import shapely

from geo_engine.errors import Fault, NetworkError
from geo_engine.model import Features, Layer, NetworkColumns, ReadReport
from geo_engine.network.build import Network, build_network
from geo_engine.network.travel import TravelNetwork

__all__ = ["from_networkx", "to_networkx"]


def to_networkx(travel: TravelNetwork) -> nx.MultiGraph[int]:
    """Hand out a network with its vehicle and its facilities.

    Parameters
    ----------
    travel : TravelNetwork
        Links between nodes; drawing faults, which are not travelled, are handed out too, on their own.

    Returns
    -------
    networkx.MultiGraph
        Nodes 0, 1, ... with ``easting`` and ``northing`` in metres for the network's own; nodes that were put in where a facility
        stands have none. Edges have ``seconds``, ``metres`` and ``road_class``. The graph's ``facilities`` gives by name a list of
        (node, metres off the network). Parallel edges and loops are kept.

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
    graph: nx.MultiGraph[int] = nx.MultiGraph(name=network.name, profile=travel.profile.name)
    for node in range(travel.node_count):
        if node < len(network.nodes):
            graph.add_node(node, easting=float(network.nodes[node, 0]), northing=float(network.nodes[node, 1]))
        else:
            graph.add_node(node)
    edge_of_link = np.repeat(np.arange(len(network.start)), np.diff(travel.edge_link))
    rows = zip(
        travel.low.tolist(), travel.high.tolist(), travel.seconds.tolist(), travel.metres.tolist(), edge_of_link.tolist(), strict=True
    )
    for low, high, seconds, metres, edge in rows:
        graph.add_edge(low, high, seconds=seconds, metres=metres, road_class=network.road_class[edge])
    graph.graph["facilities"] = {
        name: list(zip(there.node.tolist(), there.metres.tolist(), strict=True)) for name, there in travel.facilities.items()
    }
    return graph


def from_networkx(graph: nx.Graph[Hashable], *, name: str = "graph", land: shapely.MultiPolygon | None = None) -> Network:
    """Take in an undirected graph.

    Parameters
    ----------
    graph : networkx.Graph or MultiGraph
        Nodes have ``easting`` and ``northing`` in metres. Edges have ``road_class``, and may have ``metres`` (the true length; all
        edges or none) and ``geometry`` (a shapely line between the nodes; straight where there is none). Nodes without an
        edge are left out.
    name : str
        What the network is called.
    land : shapely geometry, optional
        As for `build_network`.

    Raises
    ------
    NetworkError
        If the graph is directed, empty, or a node or an edge lacks what it must have; if two nodes lie at one place; all faults
        at once.
    """
    if graph.is_directed():
        raise NetworkError(
            Fault(
                name,
                "is a directed graph",
                allowed="an undirected graph",
                remedy="one-way roads are not travelled yet; use graph.to_undirected()",
            )
        )
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
    with_length = sum("metres" in data for _, _, data in edges)
    if with_length not in {0, len(edges)}:
        faults.append(Fault(name, f"{with_length} of {len(edges)} edges have 'metres'", allowed="all or none"))
    if faults:
        raise NetworkError(faults)
    place = {node: (float(data["easting"]), float(data["northing"])) for node, data in graph.nodes(data=True)}
    shared = len(place) - len({(round(e, 2), round(n, 2)) for e, n in place.values()})
    if shared:
        raise NetworkError(Fault(name, f"{shared} nodes lie at the place of another", allowed="nodes a centimetre apart at least"))
    lines = [data["geometry"] if data.get("geometry") is not None else shapely.LineString([place[u], place[v]]) for u, v, data in edges]
    geometry = np.empty(len(lines), dtype=object)
    geometry[:] = lines
    table = pd.DataFrame({"road_class": [str(data["road_class"]) for _, _, data in edges]})
    if with_length:
        table["metres"] = [float(data["metres"]) for _, _, data in edges]
    columns = NetworkColumns("road_class", length="metres" if with_length else None)
    layer = Layer(name, name, "", "network", "", "", "", network=columns)
    return build_network(Features(layer, geometry, table, np.full(len(lines), np.nan), ReadReport(len(lines))), land)
