"""Graphs in GraphML, as networkx, OSMnx and others write them, read as edges with lines.

Source of the format: U. Brandes and others, GraphML Progress Report (2002), http://graphml.graphdrawing.org/primer/graphml-primer.html.
"""

from __future__ import annotations

import warnings
from collections import defaultdict, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from xml.etree.ElementTree import Element, ParseError

import networkx as nx
import numpy as np
import pandas as pd
import pyproj
import shapely
from networkx.readwrite.graphml import GraphMLReader
from pyproj.exceptions import CRSError

from geo_engine.errors import Fault, LayerError
from geo_engine.workspace.data.networks.lines import Joined
from geo_engine.workspace.data.rows import WGS84, Source, lines_from_text, points_from
from geo_engine.workspace.data.table import typed

__all__ = ["read_graphml"]

_PAIRS = (("x", "y"), ("easting", "northing"), ("lon", "lat"))
_NAMESPACE = b'<graphml xmlns="http://graphml.graphdrawing.org/xmlns">'
_LARGEST = 2**63  # a whole number from here on is text
_SHOWN = 200  # characters of what a parser says
# What tells the two arcs of a street apart.
_DIRECTED = frozenset({"oneway", "reversed", "geometry", "from_node", "to_node", "key", "id"})


@dataclass(slots=True)
class _Arcs:
    """Edges as they stand in the file, one after the other: names of their nodes, attributes, whether they go one way only."""

    start: list[str] = field(default_factory=list)
    end: list[str] = field(default_factory=list)
    data: list[dict[str, Any]] = field(default_factory=list)
    oneway: list[bool] = field(default_factory=list)


class _Reader(GraphMLReader):  # type: ignore[misc] # networkx states no types
    """The reader of networkx, which forgets the direction of undirected edges, edges of one name, and names that come twice."""

    def __init__(self) -> None:
        super().__init__(force_multigraph=True)
        self.names: list[str] = []
        self.arcs = _Arcs()

    def add_node(self, G: Any, node_xml: Element, graphml_keys: Mapping[str, Any], defaults: Mapping[str, Any]) -> None:  # noqa: ANN401, N803 - as networkx calls it
        self.names.append(node_xml.get("id", ""))
        super().add_node(G, node_xml, graphml_keys, defaults)

    def add_edge(self, G: Any, edge_element: Element, graphml_keys: Mapping[str, Any]) -> None:  # noqa: ANN401, N803
        said = {"true": True, "false": False}
        self.arcs.start.append(edge_element.get("source", ""))
        self.arcs.end.append(edge_element.get("target", ""))
        self.arcs.oneway.append(said.get(edge_element.get("directed", ""), G.is_directed()))
        self.arcs.data.append({**G.graph["edge_default"], **self.decode_data_elements(graphml_keys, edge_element)})


def read_graphml(data: bytes, label: str, place: str) -> Source:
    """Read the bytes of a graph in GraphML as a network of edges with lines.

    Parameters
    ----------
    data : bytes
        The file. A graph's attribute ``crs`` says what its coordinates are in.
    label, place : str
        How messages call the file, and the place that names it.

    Returns
    -------
    Source
        Every edge with its attributes, ``from_node``, ``to_node`` and ``oneway`` (1 for a directed edge: it goes from the one to
        the other only; 0 for an undirected one that says nothing itself). Two directed edges between the same nodes
        there and back, with the same attributes and the same line, are one that goes both ways (0). The line is
        that of the attribute ``geometry`` in WKT, or straight between nodes at ``x``, ``y``, or ``easting``, ``northing``, or
        ``lon``, ``lat``. The CRS is the stated one, WGS84 for ``lon`` and ``lat`` where none is stated, or None.

    Raises
    ------
    LayerError
        If it is cut short, is no GraphML or holds more than one graph or none; with every node that is there twice or has no
        coordinates, and every edge that leads to no node.
    """
    reader, graph, notes = _parsed(data, label, place)
    nodes, pair, crs = _places(reader.names, graph, label, place)
    edges = _edges(reader.arcs)
    faults: list[Fault] = []
    try:
        edges = lines_from_text(edges, place, label)
    except LayerError as error:
        faults.extend(error.faults)
    joined = Joined(edges, "from_node", "to_node", nodes, "name", place, label, place, label)
    faults.extend(joined.faults())
    try:
        nodes = points_from(nodes, *pair, place, label, allowed="a number")
    except LayerError as error:
        faults.extend(error.faults)
    if faults:
        raise LayerError(faults)
    made, faults = replace(joined, nodes=nodes).drawn()
    if faults:
        raise LayerError(faults)
    made, merged = _both_ways(made)
    if merged:
        notes.append(f"{merged} pairs of directed edges, there and back along one line, are taken as one edge for both ways")
    return replace(made, crs=crs, notes=(*(f"{label}: {note}" for note in notes), *made.notes))


def _parsed(data: bytes, label: str, place: str) -> tuple[_Reader, nx.MultiGraph[str], list[str]]:
    """Let networkx read the file; what it warns of becomes notes."""
    reader = _Reader()
    remedy = "is it whole, and GraphML? Write it again"
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            graphs = list(reader(string=data.replace(b"<graphml>", _NAMESPACE, 1)))
        except (nx.NetworkXError, ParseError, ValueError, LookupError, TypeError, AttributeError) as error:
            # What a hostile file makes the parser stumble over is told like any other fault of the file.
            text = f"no such value {error}" if isinstance(error, KeyError) else str(error)
            raise LayerError(Fault(place, f"'{label}' cannot be read: {text[:_SHOWN]}", remedy=remedy)) from error
    if len(graphs) != 1:
        raise LayerError(Fault(place, f"'{label}' holds {len(graphs)} graphs", allowed="one graph in GraphML", remedy=remedy))
    if not reader.arcs.start:
        raise LayerError(Fault(place, f"the graph in '{label}' has no edges", f"{len(reader.names)} nodes"))
    return reader, graphs[0], list(dict.fromkeys(str(warning.message)[:_SHOWN] for warning in caught))


def _column(values: Sequence[Any]) -> pd.Series:
    """Make a column of attributes: numbers where every filled one is a number or says one, text otherwise.

    >>> _column([1, None, 2.5]).tolist(), _column(["7", "8"]).tolist(), _column(["['1', '2']", "3"]).tolist()
    ([1.0, nan, 2.5], [7, 8], ["['1', '2']", '3'])
    """
    filled = [value for value in values if value is not None and value != ""]
    if filled and all(isinstance(value, float) or (type(value) is int and abs(value) < _LARGEST) for value in filled):
        whole = len(filled) == len(values) and all(isinstance(value, int) for value in filled)
        return pd.Series([np.nan if value is None or value == "" else value for value in values], dtype="int64" if whole else "float64")
    return typed(["" if value is None else str(value) for value in values])


def _names(values: Sequence[str]) -> pd.Series:
    """Make a column of names of nodes: whole numbers only where that changes none of them."""
    made = typed(values)
    return made if made.dtype == np.int64 and made.astype(str).tolist() == list(values) else pd.Series(list(values), dtype="str")


def _edges(arcs: _Arcs) -> Source:
    """Make rows of the edges; what their direction in the graph says stands before what an attribute says."""
    columns = {name: _column([one.get(name) for one in arcs.data]) for name in dict.fromkeys(name for one in arcs.data for name in one)}
    oneway = np.array(arcs.oneway, dtype=np.int64)
    if "oneway" not in columns or oneway.any():
        columns["oneway"] = pd.Series(oneway)
    names = _names([*arcs.start, *arcs.end])
    columns |= {"from_node": names[: len(oneway)], "to_node": names[len(oneway) :].reset_index(drop=True)}
    return Source(pd.DataFrame(columns), None, None, np.arange(1, len(oneway) + 1), "edge")


def _places(names: Sequence[str], graph: nx.MultiGraph[str], label: str, place: str) -> tuple[Source, tuple[str, str], str | None]:
    """Make rows of the nodes, say which attributes are their coordinates, and find the CRS of those."""
    data = [{**graph.graph["node_default"], **graph.nodes.get(name, {})} for name in names]
    stated = str(graph.graph.get("crs", "")).strip()
    # Projected graphs of OSMnx carry x and y in the stated CRS, and degrees beside them.
    pairs = _PAIRS if stated else _PAIRS[::-1]
    pair = next((pair for pair in pairs if any(pair[0] in one and pair[1] in one for one in data)), None)
    if pair is None:
        found = ", ".join(dict.fromkeys(key for one in data for key in one)) or "no attributes"
        what, allowed = f"the nodes in '{label}' have no coordinates", "x and y, easting and northing, or lon and lat"
        raise LayerError(Fault(place, what, found[:_SHOWN], allowed))
    if stated:
        try:
            pyproj.CRS.from_user_input(stated)
        except CRSError as error:
            what = f"the graph in '{label}' states a CRS that PROJ does not know"
            raise LayerError(Fault(place, what, f"'{stated[:_SHOWN]}'", "an EPSG code, as epsg:4326")) from error
    columns = {name: _column([one.get(name) for one in data]) for name in pair}
    table = pd.DataFrame({**columns, "name": pd.Series(list(names), dtype="str")})
    crs = stated or (WGS84 if pair == ("lon", "lat") else None)
    return Source(table, None, None, np.arange(1, len(names) + 1), "node"), pair, crs


def _both_ways(edges: Source) -> tuple[Source, int]:
    """Take two directed edges, there and back along one line and alike but for that, as one for both ways; count such pairs."""
    table = edges.table
    same = [name for name in table.columns if name not in _DIRECTED]
    alike = table.groupby(same, dropna=False, sort=False).ngroup() if same else pd.Series(np.zeros(len(table), dtype=np.int64))
    line, turned = (np.asarray(shapely.to_wkb(lines), dtype=object) for lines in (edges.geometry, shapely.reverse(edges.geometry)))
    there = list(zip(table["from_node"], table["to_node"], alike, line, strict=True))
    back = zip(table["to_node"], table["from_node"], alike, turned, strict=True)
    oneway, keep = table["oneway"].to_numpy(copy=True), np.ones(len(table), dtype=np.bool_)
    waiting: defaultdict[tuple[Any, ...], deque[int]] = defaultdict(deque)
    for row, (own, opposite) in enumerate(zip(there, back, strict=True)):
        if oneway[row] != 1:
            continue
        if waiting[opposite]:
            oneway[waiting[opposite].popleft()] = 0
            keep[row] = False
        else:
            waiting[own].append(row)
    return replace(edges, table=table.assign(oneway=oneway)).take(keep), int((~keep).sum())
