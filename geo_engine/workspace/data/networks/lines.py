"""Edges and nodes brought together: which names do not fit, and the line of every edge from its one node to its other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from shapely import GeometryType

from geo_engine.errors import Fault
from geo_engine.workspace.data.rows import Source
from geo_engine.workspace.data.table import keys, listed

__all__ = ["Joined", "along_names"]


_TURNED = "lines are drawn from the end of their edge to its start: turned round"


@dataclass(frozen=True, eq=False)
class Joined:
    """Edges that name the nodes at their ends.

    Parameters
    ----------
    edges : Source
        n edges; geometry, where there is any, in the CRS of the nodes.
    start, end : str
        Columns of the edges with the names of their nodes.
    nodes : Source
        The nodes.
    name : str
        Column of the nodes with their names.
    edges_place, edges_label, nodes_place, nodes_label : str
        How messages call the place that names a file, and the file.
    """

    edges: Source
    start: str
    end: str
    nodes: Source
    name: str
    edges_place: str
    edges_label: str
    nodes_place: str
    nodes_label: str

    def faults(self) -> Iterator[Fault]:
        """Find nodes without a name or with one that another has, and ends that are blank or name no node."""
        names, nodes = keys(self.nodes.table[self.name]), self.nodes
        blank = names.isna().to_numpy()
        if blank.any():
            what = f"'{self.name}' of {self.nodes_label} is blank in {int(blank.sum())} rows"
            yield Fault(self.nodes_place, what, nodes.named(blank), "a name for every node")
        twice = (names.duplicated(keep=False).to_numpy()) & ~blank
        if twice.any():
            rows = pd.Series(nodes.rows[twice]).groupby(names[twice].to_numpy(), sort=False)
            found = listed(f"'{name}' in {nodes.row_word} {' and '.join(map(str, own))}" for name, own in rows)
            yield Fault(self.nodes_place, f"{rows.ngroups} nodes are in {self.nodes_label} more than once", found, "each node once")
        for column in (self.start, self.end):
            ends = keys(self.edges.table[column])
            blank = ends.isna().to_numpy()
            if blank.any():
                what = f"'{column}' of {self.edges_label} is blank in {int(blank.sum())} rows"
                yield Fault(self.edges_place, what, self.edges.named(blank), "the name of a node")
            lost = ~ends.isin(names).to_numpy() & ~blank
            if lost.any():
                found = listed(f"'{ends.iloc[row]}' in {self.edges.row_word} {self.edges.rows[row]}" for row in np.flatnonzero(lost))
                what = f"'{column}' of {self.edges_label} names {ends[lost].nunique()} nodes that are not in {self.nodes_label}"
                yield Fault(self.edges_place, what, found, remedy="add them to the nodes, or leave these edges out with 'where'")

    def drawn(self) -> tuple[Source, list[Fault]]:
        """Give every edge its line, running from its start to its end.

        An edge that has a line keeps it, turned round where it runs the other way; one without gets a straight one. One
        without that leads back to its own node stays without.

        Returns
        -------
        edges : Source
            With geometry.
        faults : list of Fault
            Edges without a line between two nodes at one place: such a line has no length.
        """
        edges = self.edges
        places = shapely.get_coordinates(self.nodes.geometry)
        index = pd.Index(keys(self.nodes.table[self.name]))
        start, end = (index.get_indexer(pd.Index(keys(edges.table[column]))) for column in (self.start, self.end))
        geometry = np.full(len(start), None, dtype=object) if edges.geometry is None else edges.geometry.copy()
        bare = shapely.is_missing(geometry) | shapely.is_empty(geometry)
        ends = np.stack([places[start], places[end]], axis=1)
        flat = bare & (start != end) & (ends[:, 0] == ends[:, 1]).all(axis=1)
        straight = bare & (start != end) & ~flat
        geometry[straight] = shapely.linestrings(ends[straight])
        geometry, turned = _turned(geometry, ends)
        loops = int((bare & (start == end)).sum())
        notes = [f"{self.edges_label}: {loops} edges lead back to their own node and have no line: left out"] if loops else []
        notes += [f"{self.edges_label}: {turned} {_TURNED}"] if turned else []
        faults = []
        if flat.any():
            what = f"{int(flat.sum())} edges of {self.edges_label} join nodes at one place, and have no line"
            remedy = "move one of the nodes, or make them one node and leave these edges out"
            faults.append(Fault(self.edges_place, what, edges.named(flat), remedy=remedy))
        return replace(edges, geometry=geometry, notes=(*edges.notes, *notes)), faults


def along_names(source: Source, start: str, end: str, label: str) -> Source:
    """Turn lines round that are drawn from the node named last to the node named first.

    Where a node lies is found from the lines: at the end that all edges which name it have in common. A node of one edge
    lies where the other one does not.

    Parameters
    ----------
    source : Source
        n lines, whose ends meet where they name the same node.
    start, end : str
        Columns with the names of the nodes.
    label : str
        How notes call the source.

    Returns
    -------
    Source
        With a note where a line was turned. A line that stands alone, one of several parts and one without names stay as drawn.

    Examples
    --------
    >>> lines = shapely.from_wkt(["LINESTRING (0 0, 1 0)", "LINESTRING (2 0, 1 0)"])
    >>> table = pd.DataFrame({"u": ["a", "b"], "v": ["b", "c"]})
    >>> along_names(Source(table, lines, None, np.array([1, 2]), "feature"), "u", "v", "roads.gpkg").geometry.tolist()
    [<LINESTRING (0 0, 1 0)>, <LINESTRING (1 0, 2 0)>]
    """
    if source.geometry is None or not len(source.table):
        return source
    names = pd.concat([keys(source.table[column]) for column in (start, end)])
    codes, _ = pd.factorize(names)
    node = codes.reshape(2, -1).T.astype(np.int64)
    drawn = _ends(source.geometry)
    places = _common(node, drawn)
    # Where one of the two places is not known, the other one decides.
    geometry, turned = _turned(source.geometry, np.where((node < 0)[:, :, None], np.nan, places[node]))
    notes = (f"{label}: {turned} {_TURNED}",) if turned else ()
    return replace(source, geometry=geometry, notes=(*source.notes, *notes))


def _common(node: NDArray[np.int64], drawn: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give each node the place where most of its lines end; NaN where two places are as common.

    Parameters
    ----------
    node : int64 ndarray, shape (n, 2)
        Nodes of each edge, from 0; -1 where it names none.
    drawn : float64 ndarray, shape (n, 2, 2)
        Places of either end of each line.

    Returns
    -------
    float64 ndarray, shape (k + 1, 2)
        One row a node, and a last one of NaN.
    """
    # Each end of a line may be the place of each of its two nodes.
    pairs = pd.DataFrame({"node": np.repeat(node, 2, axis=1).reshape(-1)})
    pairs[["x", "y"]] = np.concatenate([drawn, drawn], axis=1).reshape(-1, 2)
    count = pairs[pairs["node"] >= 0].dropna().groupby(["node", "x", "y"], sort=True).size().rename("times").reset_index()
    count = count[count["times"] == count.groupby("node")["times"].transform("max")]
    count = count[~count["node"].duplicated(keep=False)]
    places = np.full((int(node.max(initial=-1)) + 2, 2), np.nan)
    places[count["node"].to_numpy()] = count[["x", "y"]].to_numpy()
    return places


def _ends(geometry: NDArray[np.object_]) -> NDArray[np.float64]:
    """Give both ends of each line, shape (n, 2, 2); NaN for what is missing or of several parts."""
    made = np.full((len(geometry), 2, 2), np.nan)
    line = np.asarray(shapely.get_geometry(geometry, 0), dtype=object)
    one = (
        (shapely.get_num_geometries(geometry) == 1) & (shapely.get_type_id(line) == int(GeometryType.LINESTRING)) & ~shapely.is_empty(line)
    )
    for number in (0, -1):
        made[one, number] = shapely.get_coordinates(shapely.get_point(line[one], number))
    return made


def _turned(geometry: NDArray[np.object_], ends: NDArray[np.float64]) -> tuple[NDArray[np.object_], int]:
    """Turn lines, shape (n,), round that are nearer to `ends`, (n, 2, 2), when they are; count them. NaN: no such end is known.

    >>> made, count = _turned(np.array([shapely.LineString([(5, 0), (1, 0)])]), np.array([[[1.0, 0.0], [np.nan, np.nan]]]))
    >>> made[0].wkt, count
    ('LINESTRING (1 0, 5 0)', 1)
    """
    drawn = _ends(geometry)
    along, against = (np.nansum(np.hypot(*np.moveaxis(side - ends, 2, 0)), axis=1) for side in (drawn, drawn[:, ::-1]))
    back = against < along
    made = geometry.copy()
    made[back] = shapely.reverse(geometry[back])
    return made, int(back.sum())
