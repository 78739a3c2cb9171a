"""The parts of a network that do not hang together: the main part, islands, and drawing faults."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo_engine.network.build.joins import components_of

__all__ = ["Parts", "find_parts"]

_NAMED = 4  # roads of a part that a report names


@dataclass(frozen=True, eq=False)
class Parts:
    """The parts of a network.

    Parameters
    ----------
    component : int32 ndarray, shape (edges,)
        0 for the main part, -1 for a drawing fault, 1 and up for islands.
    land : tuple of shapely polygons
        For each island the land that it serves; empty where no land was given.
    count : int
        All parts.
    main_share : float
        Share of the nodes in the main part.
    broken_off, islands : tuple of str
        Roads of each drawing fault and of each island.
    """

    component: NDArray[np.int32]
    land: tuple[BaseGeometry, ...]
    count: int
    main_share: float
    broken_off: tuple[str, ...]
    islands: tuple[str, ...]


def find_parts(
    lines: NDArray[np.object_],
    labels: Sequence[str],
    start: NDArray[np.int32],
    end: NDArray[np.int32],
    node_count: int,
    *,
    land: BaseGeometry | None,
    gap: float,
) -> Parts:
    """Tell the main part, the largest by nodes, from drawing faults and islands.

    Parameters
    ----------
    lines : ndarray of shapely lines, shape (edges,)
        Edges as drawn.
    labels : sequence of str
        What readers call each edge.
    start, end : int32 ndarray, shape (edges,)
        Nodes at either end.
    node_count : int
        Nodes.
    land : shapely geometry or None
        All of the land. A part on land of its own is an island; a part on the land of the main part is a drawing fault.
    gap : float
        Metres: a part nearer than this to the main part is a drawing fault, wherever it lies.
    """
    count, label = components_of(start, end, node_count)
    size = np.bincount(label, minlength=count)
    main = int(size.argmax())
    edge_part = label[start].astype(np.int64)
    component = np.where(edge_part == main, 0, -1).astype(np.int32)
    share = float(size[main] / node_count)
    if count == 1:
        return Parts(component, (), 1, share, (), ())
    masses = shapely.get_parts(land) if land is not None else np.empty(0, dtype=object)
    mass = _nearest_mass(masses, shapely.line_interpolate_point(lines, 0.5, normalized=True)) if len(masses) else np.full(len(lines), -1)
    main_masses = set(mass[edge_part == main].tolist()) if len(masses) else set()
    near = _near_main(lines, edge_part, main, gap)
    order = np.argsort(edge_part, kind="stable")
    first = np.searchsorted(edge_part[order], np.arange(count + 1))
    islands: list[BaseGeometry] = []
    broken_names, island_names = [], []
    for part in np.argsort(-size, kind="stable").tolist():
        if part == main:
            continue
        mine = order[first[part] : first[part + 1]]
        own = sorted(set(mass[mine].tolist()) - main_masses - {-1})
        names = _names(labels, mine)
        if part in near or (len(masses) and not own):
            broken_names.append(names)
            continue
        island_names.append(names)
        islands.append(shapely.MultiPolygon(list(masses[own])))
        component[mine] = len(islands)
    return Parts(component, tuple(islands), count, share, tuple(broken_names), tuple(island_names))


def _near_main(lines: NDArray[np.object_], edge_part: NDArray[np.int64], main: int, gap: float) -> set[int]:
    """Find the parts that are nearer than a gap to the main part."""
    if gap <= 0:
        return set()
    others = np.flatnonzero(edge_part != main)
    tree = shapely.STRtree(lines[edge_part == main])
    near = tree.query(lines[others], predicate="dwithin", distance=np.nextafter(gap, 0.0))[0]
    return set(edge_part[others[near]].tolist())


def _nearest_mass(masses: NDArray[np.object_], middles: NDArray[np.object_]) -> NDArray[np.int64]:
    """Give the land that each point is on, or is nearest to; asking for the nearest is slow, so only where it must be."""
    mass = np.full(len(middles), -1, np.int64)
    land, point = shapely.STRtree(middles).query(masses, predicate="intersects")
    mass[point] = land
    at_sea = mass < 0
    if at_sea.any():
        mass[at_sea] = shapely.STRtree(masses).nearest(middles[at_sea])
    return mass


def _names(labels: Sequence[str], edges: NDArray[np.int64]) -> str:
    distinct = sorted({labels[edge] for edge in edges.tolist()})
    more = len(distinct) - _NAMED
    return ", ".join(distinct[:_NAMED]) + (f" and {more} more" if more > 0 else "")
