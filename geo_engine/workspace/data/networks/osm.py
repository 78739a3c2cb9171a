"""Roads, railways and ferries of an OpenStreetMap file, cut into edges that meet at nodes.

Two passes over the file: the ways with their tags, then the places of the nodes that they name. Coordinates are
longitude, latitude (WGS84) in every array.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo_engine.errors import Fault, LayerError
from geo_engine.workspace.data.networks.osm_tags import Tags, read_tags
from geo_engine.workspace.data.table import listed
from geo_engine.workspace.network_files import osm_format

__all__ = ["read_osm"]

# Above this many bytes of a file the places of all nodes take more memory than a set of the needed ones, which costs up to 1.5 GB.
_LARGE = 1_000_000_000
_EARTH = 6371008.8  # metres, mean radius (IUGG)
# Reading a way tells the index that all nodes are in, and it sorts itself.
_ONE_WAY = b'<osm version="0.6"><way id="1"/></osm>'


@dataclass(slots=True)
class _Ways:
    """The ways that are kept: ids, tags, and one after the other the nodes of each."""

    ids: array[int] = field(default_factory=lambda: array("q"))
    tags: list[Tags] = field(default_factory=list)
    nodes: array[int] = field(default_factory=lambda: array("q"))
    counts: array[int] = field(default_factory=lambda: array("q"))
    restrictions: int = 0


@dataclass(frozen=True, slots=True)
class _Edges:
    """Edges: the way of each, its first position among the nodes of all ways, its number of segments."""

    way: NDArray[np.int64]
    start: NDArray[np.int64]
    segments: NDArray[np.int64]


def read_osm(path: Path, place: str) -> tuple[pd.DataFrame, NDArray[np.object_], tuple[str, ...]]:
    """Read the roads for motor vehicles, railways and ferries of an OpenStreetMap file.

    A way is cut at every node that another kept way uses too, or that it uses twice itself. Where nodes are missing from
    the file the parts that have places are kept.

    Parameters
    ----------
    path : Path
        A file that ends in ``.osm.pbf``, ``.osm`` or ``.osm.bz2``.
    place : str
        How messages call the place that names the file.

    Returns
    -------
    table : DataFrame
        n edges in order of way and part: osm_id, mode (``road``, ``rail``, ``ferry``), class, name, ref, oneway (1 along
        the drawing, -1 against it, 0 both), maxspeed (km/h; infinite where there is no limit, NaN where no figure is
        given), maxspeed_text, access and hgv (of motor vehicles and lorries), duration (seconds; of a ferry, shared
        out by length where it is cut; NaN where not said), from_node, to_node.
    geometry : ndarray of shapely lines, shape (n,)
        In longitude and latitude; ends are equal where nodes are.
    notes : tuple of str
        What was ignored, cut or not understood.

    Raises
    ------
    LayerError
        If pyosmium is not installed, the file is empty, cut short or in another format, or has nothing to travel on.
    """
    try:
        import osmium  # noqa: F401, PLC0415 - an extra: asked for when it is needed
    except ImportError as error:
        what = "OpenStreetMap networks need pyosmium, which is not installed"
        raise LayerError(Fault(place, what, found=f"'{path.name}'", remedy="pip install 'geo-engine[osm]'")) from error
    try:
        ways = _read_ways(path)
        way, nodes = _in_order(ways)
        ids, node, uses = np.unique(nodes, return_inverse=True, return_counts=True)
        lonlat = _read_places(path, ids)
    except (RuntimeError, OSError, UnicodeDecodeError) as error:
        text = str(error).replace(str(path), path.name)
        remedy = "is it whole, and in the format that its name says? Download it again"
        raise LayerError(Fault(place, f"'{path.name}' cannot be read: {text}", remedy=remedy)) from error
    placed = np.isfinite(lonlat[node, 0])
    edges = _cut(way, placed, uses[node] > 1)
    if not len(edges.way):
        what = f"'{path.name}' has no road for motor vehicles, railway or ferry"
        found = f"{len(ways.ids)} of them, whose nodes are missing" if len(ways.ids) else ""
        raise LayerError(Fault(place, what, found, remedy='other lines are read through GDAL: sublayer = "lines"'))
    points = edges.segments + 1
    coordinates = lonlat[node[_spread(edges.start, points)]]
    geometry = np.asarray(shapely.linestrings(coordinates, indices=np.repeat(np.arange(len(points)), points)), dtype=object)
    clipped = np.unique(way[~placed])
    table = _table(ways, edges)
    table["duration"] = _shared_out(table["duration"].to_numpy(dtype=np.float64), geometry, edges.way, clipped)
    table["from_node"], table["to_node"] = nodes[edges.start], nodes[edges.start + edges.segments]
    return table, geometry, tuple(f"{path.name}: {note}" for note in _notes(ways, way, edges, clipped))


def _read_ways(path: Path) -> _Ways:
    """Read the ways to keep and count the turn restrictions."""
    import osmium  # noqa: PLC0415

    bits, ways = osmium.osm.osm_entity_bits, _Ways()
    reader = osmium.FileProcessor(osmium.io.File(path, osm_format(path.name) or ""), bits.WAY | bits.RELATION)
    for kind, wanted in (
        (bits.WAY, osmium.filter.KeyFilter("highway", "railway", "route")),
        (bits.RELATION, osmium.filter.TagFilter(("type", "restriction"))),
    ):
        wanted.enable_for(kind)
        reader.with_filter(wanted)
    for item in reader:
        if isinstance(item, osmium.osm.Relation):
            ways.restrictions += 1
        elif isinstance(item, osmium.osm.Way) and not item.deleted and (tags := read_tags(dict(item.tags))) is not None:
            ways.ids.append(item.id)
            ways.tags.append(tags)
            ways.nodes.extend([node.ref for node in item.nodes])
            ways.counts.append(len(item.nodes))
    return ways


def _in_order(ways: _Ways) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Give for every place in a way, in order of way ids, the position of the way and the node; no node twice in a row.

    Of ways with one id the last in the file counts.
    """
    ids, counts = np.array(ways.ids, dtype=np.int64), np.array(ways.counts, dtype=np.int64)
    order = np.argsort(ids, kind="stable")
    order = order[np.append(ids[order][1:] != ids[order][:-1], True)] if len(order) else order
    way = np.repeat(order, counts[order])
    nodes = np.array(ways.nodes, dtype=np.int64)[_spread((np.cumsum(counts) - counts)[order], counts[order])]
    again = np.zeros(len(nodes), dtype=np.bool_)
    again[1:] = (nodes[1:] == nodes[:-1]) & (way[1:] == way[:-1])
    return way[~again], nodes[~again]


def _spread(start: NDArray[np.int64], count: NDArray[np.int64]) -> NDArray[np.int64]:
    """List start, start + 1, ... for each pair of a start and a count.

    >>> _spread(np.array([5, 0]), np.array([2, 3])).tolist()
    [5, 6, 0, 1, 2]
    """
    made: NDArray[np.int64] = np.repeat(start - np.cumsum(count) + count, count) + np.arange(count.sum())
    return made


def _read_places(path: Path, ids: NDArray[np.int64]) -> NDArray[np.float64]:
    """Give longitude and latitude of nodes in order of id, shape (n, 2); NaN where the file has none."""
    import osmium  # noqa: PLC0415

    places = np.full((len(ids), 2), np.nan)
    if not len(ids):
        return places
    bits, file = osmium.osm.osm_entity_bits, osmium.io.File(path, osm_format(path.name) or "")
    if ids[0] <= 0:  # of an editor, not yet sent to OpenStreetMap: a small file, and the index takes no such ids
        row = {number: position for position, number in enumerate(ids.tolist())}
        for item in osmium.FileProcessor(file, bits.NODE):
            if isinstance(item, osmium.osm.Node) and item.id in row and item.location.valid():
                places[row[item.id]] = item.location.x, item.location.y
        return places / 1e7
    index = osmium.index.create_map("sparse_mem_array")
    keeper = osmium.NodeLocationsForWays(index)
    keeper.ignore_errors()
    needed = [osmium.filter.IdFilter(ids.tolist())] if path.stat().st_size > _LARGE else []
    with osmium.io.Reader(file, bits.NODE) as reader:
        osmium.apply(reader, *needed, keeper)
    with osmium.io.Reader(osmium.io.FileBuffer(_ONE_WAY, "osm")) as reader:
        osmium.apply(reader, keeper)
    for position, number in enumerate(map(int, ids)):  # no list: it would take more memory than the places
        try:
            location = index.get(number)
        except KeyError:
            continue
        if location.valid():
            places[position] = location.x, location.y
    return places / 1e7


def _cut(way: NDArray[np.int64], placed: NDArray[np.bool_], shared: NDArray[np.bool_]) -> _Edges:
    """Cut ways into edges: at shared nodes and where places are missing.

    Parameters
    ----------
    way : int64 ndarray, shape (n,)
        Way of each node in turn.
    placed, shared : bool ndarray, shape (n,)
        Whether the node has a place, and whether it is used more than once.

    Examples
    --------
    >>> yes = np.ones(5, dtype=np.bool_)
    >>> edges = _cut(np.array([0, 0, 0, 1, 1]), yes, np.array([False, True, False, True, False]))
    >>> edges.start.tolist(), edges.segments.tolist()
    ([0, 1, 3], [1, 1, 1])
    """
    if len(way) < 2:  # noqa: PLR2004 - a segment has two ends
        none = np.empty(0, dtype=np.int64)
        return _Edges(none, none, none)
    drawn = (way[1:] == way[:-1]) & placed[1:] & placed[:-1]
    begins = drawn.copy()
    begins[1:] &= ~drawn[:-1] | shared[1:-1]
    start = np.flatnonzero(begins).astype(np.int64)
    edge = np.cumsum(begins)[drawn] - 1
    return _Edges(way[start], start, np.bincount(edge, minlength=len(start)).astype(np.int64))


def _table(ways: _Ways, edges: _Edges) -> pd.DataFrame:
    """Make the attributes of each edge; those of a way are on all its edges."""
    values = dict(zip(Tags._fields, zip(*ways.tags, strict=True), strict=True))
    columns = {"osm_id": pd.Series(np.array(ways.ids, dtype=np.int64))}
    for name in Tags._fields[:-1]:
        kind = {"oneway": "int64", "maxspeed": "float64", "duration": "float64"}.get(name, "str")
        columns["class" if name == "road_class" else name] = pd.Series(values[name], dtype=kind)
    return pd.DataFrame(columns).take(edges.way).reset_index(drop=True)


def _shared_out(
    whole: NDArray[np.float64], geometry: NDArray[np.object_], way: NDArray[np.int64], clipped: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Share a way's duration out among its edges by length; what a part of a clipped way takes is not known."""
    timed = np.flatnonzero(np.isfinite(whole))
    coordinates, line = shapely.get_coordinates(geometry[timed], return_index=True)
    lon, lat = np.radians(coordinates).T
    # Haversine formula: the length of a great circle.
    chord = np.sin(np.diff(lat) / 2) ** 2 + np.cos(lat[1:]) * np.cos(lat[:-1]) * np.sin(np.diff(lon) / 2) ** 2
    same = line[1:] == line[:-1]
    metres = np.bincount(line[1:][same], weights=2 * _EARTH * np.arcsin(np.sqrt(chord[same])), minlength=len(timed))
    parts = pd.Series(metres).groupby(way[timed])
    share = (metres / parts.transform("sum")).fillna(1 / parts.transform("size")).to_numpy(dtype=np.float64)
    made = np.full(len(whole), np.nan)
    made[timed] = np.where(np.isin(way[timed], clipped), np.nan, whole[timed] * share)
    return made


def _notes(ways: _Ways, way: NDArray[np.int64], edges: _Edges, clipped: NDArray[np.int64]) -> Iterator[str]:
    kept = np.unique(way)
    tags = [ways.tags[position] for position in kept.tolist()]
    if ways.restrictions:
        yield f"{ways.restrictions} turn restrictions are ignored"
    if len(clipped):
        gone = len(np.setdiff1d(clipped, edges.way))
        lost = f"; of {gone} nothing is left" if gone else ""
        yield f"{len(clipped)} ways name nodes that are missing from the extract: the parts with places are kept{lost}"
    if twice := len(ways.ids) - len(set(ways.ids)):
        yield f"{twice} ways are there more than once: the last counts"
    if reversible := sum(one.reversible for one in tags):
        yield f"{reversible} ways change direction with the time of day: taken as open both ways"
    if strange := [one.maxspeed_text for one in tags if one.maxspeed_text is not None and np.isnan(one.maxspeed)]:
        yield f"{len(strange)} ways have a maxspeed without a figure: {listed(sorted(set(strange)))}"
    if untimed := sum(one.mode == "ferry" and np.isnan(one.duration) for one in tags):
        yield f"{untimed} ferries say no duration"
