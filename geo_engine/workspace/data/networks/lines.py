"""Edges and nodes brought together: which names do not fit, and the line of every edge from its one node to its other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo_engine.errors import Fault
from geo_engine.workspace.data.rows import Source
from geo_engine.workspace.data.table import keys, listed

__all__ = ["Joined"]


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
        turned = ~bare & _runs_back(geometry, ends)
        geometry[turned] = shapely.reverse(geometry[turned])
        loops = int((bare & (start == end)).sum())
        notes = [f"{self.edges_label}: {loops} edges lead back to their own node and have no line: left out"] if loops else []
        faults = []
        if flat.any():
            what = f"{int(flat.sum())} edges of {self.edges_label} join nodes at one place, and have no line"
            remedy = "move one of the nodes, or make them one node and leave these edges out"
            faults.append(Fault(self.edges_place, what, edges.named(flat), remedy=remedy))
        return replace(edges, geometry=geometry, notes=(*edges.notes, *notes)), faults


def _runs_back(geometry: NDArray[np.object_], ends: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Mark lines, shape (n,), that are nearer to `ends`, (n, 2, 2), when they are turned round; none of several parts.

    >>> _runs_back(np.array([shapely.LineString([(5, 0), (1, 0)])]), np.array([[[1.0, 0.0], [5.0, 0.0]]])).tolist()
    [True]
    """
    first, last = shapely.get_point(geometry, 0), shapely.get_point(geometry, -1)
    start, end = shapely.points(ends[:, 0]), shapely.points(ends[:, 1])
    along = shapely.distance(first, start) + shapely.distance(last, end)
    against = shapely.distance(first, end) + shapely.distance(last, start)
    marked: NDArray[np.bool_] = against < along
    return marked
