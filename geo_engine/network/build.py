"""Build a network from a layer of lines: nodes at shared ends, true lengths, parts that hang together."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from shapely.geometry.base import BaseGeometry

from geo_engine.errors import Fault, NetworkError, nearest_spelling
from geo_engine.kernels.shapes import line_segments
from geo_engine.model import Features

__all__ = ["Network", "NetworkReport", "build_network"]

_NAMED = 4  # roads of a part that a report names


@dataclass(frozen=True, slots=True)
class NetworkReport:
    """What a network is made of.

    Parameters
    ----------
    nodes, edges : int
        Counts.
    metres : float
        Length after length factors.
    components : int
        Parts that do not hang together.
    main_share : float
        Share of the nodes in the largest part.
    broken_off : tuple of str
        Roads of the parts that are drawing faults; not travelled.
    islands : tuple of str
        Roads of each part that is an island.
    """

    nodes: int
    edges: int
    metres: float
    components: int
    main_share: float
    broken_off: tuple[str, ...]
    islands: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Network:
    """Edges between nodes, as arrays.

    Parameters
    ----------
    name : str
        The layer.
    nodes : float64 ndarray, shape (nodes, 2)
        Easting and northing in metres.
    start, end : int64 ndarray, shape (edges,)
        Nodes at either end; travelled both ways.
    metres : float64 ndarray, shape (edges,)
        Length, after the layer's length factors.
    road_class : ndarray of str, shape (edges,)
        Class, as profiles name them.
    component : int64 ndarray, shape (edges,)
        0 for the main part, -1 for a part that is a drawing fault, 1 and up for islands.
    islands : tuple of shapely polygons
        For each island part, in order, the land that it serves; empty where no land was given.
    segments : float64 ndarray, shape (4, segments)
        Drawn lines: easting and northing of start and end.
    segment_edge : int32 ndarray, shape (segments,)
        Edge of each segment.
    segment_from, segment_to : float64 ndarray, shape (segments,)
        Shares of the edge, by drawn length, at which the segment begins and ends.
    report : NetworkReport
        For readers.
    land : shapely geometry, optional
        All of the land, where it was given.
    island_gap : float
        Metres; of the layer's network columns.
    """

    name: str
    nodes: NDArray[np.float64]
    start: NDArray[np.int64]
    end: NDArray[np.int64]
    metres: NDArray[np.float64]
    road_class: NDArray[np.object_]
    component: NDArray[np.int64]
    islands: tuple[BaseGeometry, ...]
    segments: NDArray[np.float64] = field(repr=False)
    segment_edge: NDArray[np.int32] = field(repr=False)
    segment_from: NDArray[np.float64] = field(repr=False)
    segment_to: NDArray[np.float64] = field(repr=False)
    report: NetworkReport
    land: BaseGeometry | None = field(default=None, repr=False)
    island_gap: float = 0.0


def build_network(features: Features, land: BaseGeometry | None = None) -> Network:
    """Build a network from lines.

    Parameters
    ----------
    features : Features
        Lines in study coordinates, of a layer with network columns.
    land : shapely geometry, optional
        Polygons of the land. A part of the network that lies on land of its own is an island; a part that lies on
        the land of the main part is a drawing fault, and its land is served by the main part.

    Returns
    -------
    Network
        With the largest part (by nodes) as component 0.

    Raises
    ------
    NetworkError
        If the layer does not say which column is the class, a length is negative or not finite, or a class is blank.

    Notes
    -----
    Two lines join where they share an end (to a centimetre); lines that cross do not connect.
    """
    columns = features.layer.network
    if columns is None:
        raise NetworkError(
            Fault(features.layer.name, "is not a network", remedy="give its TOML geometry = 'network' and a [network] table with 'class'")
        )
    parts, owner = shapely.get_parts(features.geometry, return_index=True)
    parts, owner = parts[shapely.length(parts) > 0], owner[shapely.length(parts) > 0]
    drawn = shapely.length(parts)
    road_class = _classes(features, columns.road_class)[owner]
    metres = _lengths(features, columns.length, drawn, owner)
    for word in sorted(set(columns.length_factor) - set(road_class.tolist())):
        if close := nearest_spelling(word, sorted(set(road_class.tolist()))):
            raise NetworkError(Fault(f"{features.layer.name}: network.length_factor", f"no road has class '{word}'", remedy=close))
    factor = pd.Series(road_class).map(dict(columns.length_factor)).fillna(1.0).to_numpy(dtype=np.float64)
    metres = metres * factor

    ends = np.vstack([shapely.get_coordinates(shapely.get_point(parts, 0)), shapely.get_coordinates(shapely.get_point(parts, -1))])
    _, first, inverse = np.unique(np.round(ends, 2), axis=0, return_index=True, return_inverse=True)
    nodes, inverse = ends[first], inverse.reshape(-1).astype(np.int64)
    start, end = inverse[: len(parts)], inverse[len(parts) :]

    component, islands, report = _parts(features, parts, owner, metres, start, len(nodes), end, land)
    segments, segment_edge, segment_from, segment_to = _segments(parts)
    return Network(
        features.layer.name,
        nodes,
        start,
        end,
        metres,
        road_class,
        component,
        islands,
        segments,
        segment_edge,
        segment_from,
        segment_to,
        report,
        land,
        columns.island_gap,
    )


def _classes(features: Features, column: str | None) -> NDArray[np.object_]:
    """Give each row's class as text, as profiles name them: 1 and 1.0 are class '1'."""
    if column is None:
        return np.full(len(features), "edge", dtype=object)
    blank = np.flatnonzero(features.table[column].isna())
    if blank.size:
        labels = features.labels()
        raise NetworkError(
            Fault(
                features.layer.name,
                f"column '{column}' is blank in {blank.size} rows",
                found=", ".join(labels[i] for i in blank[:3]),
                remedy="give each road a class, or leave these rows out with 'where'",
            )
        )
    classes = [f"{value:.15g}" if isinstance(value, float) else str(value) for value in features.table[column]]
    return np.array(classes, dtype=object)


def _lengths(features: Features, column: str | None, drawn: NDArray[np.float64], owner: NDArray[np.int64]) -> NDArray[np.float64]:
    """Give the length of each part: the stated one, shared out by drawn length, or the drawn one."""
    if column is None:
        return drawn
    stated = pd.to_numeric(features.table[column], errors="coerce").to_numpy(dtype=np.float64)
    bad = np.flatnonzero(~np.isfinite(stated) | (stated < 0))
    if bad.size:
        labels = features.labels()
        raise NetworkError(
            Fault(
                features.layer.name,
                f"column '{column}' holds {bad.size} lengths that are blank, negative or not finite",
                found=", ".join(f"{labels[i]}: {features.table[column].iloc[i]}" for i in bad[:3]),
                allowed="metres, 0 or more",
            )
        )
    whole = np.bincount(owner, weights=drawn, minlength=len(features))
    return np.asarray(stated[owner] * drawn / whole[owner], dtype=np.float64)


def _segments(parts: NDArray[np.object_]) -> tuple[NDArray[np.float64], NDArray[np.int32], NDArray[np.float64], NDArray[np.float64]]:
    segments, edge = line_segments(parts)
    length = np.hypot(segments[2] - segments[0], segments[3] - segments[1])
    # Summed edge by edge: a sum that ran on over the edges would carry the order of the layer's rows into the last bit.
    reached = pd.Series(length).groupby(edge).cumsum().to_numpy(dtype=np.float64)
    first = np.ones(len(edge), np.bool_)
    first[1:] = edge[1:] != edge[:-1]
    last = np.append(first[1:], True)
    ends = np.where(last, 1.0, np.clip(reached / reached[last][edge], 0.0, 1.0))
    begins = np.where(first, 0.0, np.concatenate([[0.0], ends[:-1]]))
    return segments, edge, begins, ends


def _parts(
    features: Features,
    parts: NDArray[np.object_],
    owner: NDArray[np.int64],
    metres: NDArray[np.float64],
    start: NDArray[np.int64],
    node_count: int,
    end: NDArray[np.int64],
    land: BaseGeometry | None,
) -> tuple[NDArray[np.int64], tuple[BaseGeometry, ...], NetworkReport]:
    """Tell the main part from drawing faults and islands."""
    graph = coo_matrix((np.ones(len(start)), (start, end)), shape=(node_count, node_count))
    count, label = connected_components(graph, directed=False)
    size = np.bincount(label, minlength=count)
    main = int(size.argmax())
    edge_part = label[start].astype(np.int64)
    component = np.where(edge_part == main, 0, -1)
    masses = shapely.get_parts(land) if land is not None else np.empty(0, dtype=object)
    middles = shapely.line_interpolate_point(parts, 0.5, normalized=True)
    mass = _nearest_mass(masses, middles) if len(masses) else np.full(len(parts), -1)
    main_lines = shapely.multilinestrings(parts[edge_part == main])
    main_masses = set(mass[edge_part == main].tolist()) if len(masses) else set()
    gap = features.layer.network.island_gap if features.layer.network else 0.0
    islands: list[BaseGeometry] = []
    names: dict[str, list[str]] = {"broken": [], "island": []}
    for part in np.argsort(-size, kind="stable"):
        if part == main:
            continue
        mine = edge_part == part
        own = sorted(set(mass[mine].tolist()) - main_masses - {-1})
        near = shapely.distance(shapely.multilinestrings(parts[mine]), main_lines) < gap
        roads = _names(features, owner[mine])
        if near or (len(masses) and not own):
            names["broken"].append(roads)
            continue
        names["island"].append(roads)
        islands.append(shapely.MultiPolygon(list(masses[own])))
        component[mine] = len(islands)
    report = NetworkReport(
        nodes=node_count,
        edges=len(start),
        metres=float(metres.sum()),
        components=count,
        main_share=float(size[main] / node_count),
        broken_off=tuple(names["broken"]),
        islands=tuple(names["island"]),
    )
    return component, tuple(islands), report


def _nearest_mass(masses: NDArray[np.object_], middles: NDArray[np.object_]) -> NDArray[np.int64]:
    """Give the land that each point is on, or is nearest to; asking for the nearest is slow, so only where it must be."""
    mass = np.full(len(middles), -1, np.int64)
    land, point = shapely.STRtree(middles).query(masses, predicate="intersects")
    mass[point] = land
    at_sea = mass < 0
    if at_sea.any():
        mass[at_sea] = shapely.STRtree(masses).nearest(middles[at_sea])
    return mass


def _names(features: Features, rows: NDArray[np.int64]) -> str:
    labels = features.labels()
    distinct = sorted({labels[row] for row in rows})
    more = len(distinct) - _NAMED
    return ", ".join(distinct[:_NAMED]) + (f" and {more} more" if more > 0 else "")
