"""Build a network from a layer of lines, or from arrays of straight edges."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo_engine.errors import Fault, NetworkError, nearest_spelling
from geo_engine.kernels.shapes import line_segments
from geo_engine.model import Features, NetworkColumns
from geo_engine.network.build.joins import components_of, join_ends, join_names
from geo_engine.network.build.network import Network, NetworkReport, Words
from geo_engine.network.build.parts import find_parts
from geo_engine.network.build.pieces import Pieces, bridge_gaps, cut_at_crossings

__all__ = ["build_network", "straight_network"]

Float = NDArray[np.float64]
_KMH = 1 / 3.6
_LEAST = 1e-5  # metres: ends nearer than this are one node whatever the layer says, since cutting a line rounds its ends
_ONEWAY = {
    **dict.fromkeys(("1", "yes", "true", "forward"), 1),
    **dict.fromkeys(("-1", "reverse", "backward"), -1),
    **dict.fromkeys(("0", "no", "false", "both", ""), 0),
}


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
        If the layer has no network columns, or they hold what cannot be travelled: a blank class, a length that is negative or
        not a number, a speed that is not above 0, a word for one-way that is not known, a blank node; all at once.

    Notes
    -----
    Lines join where they share an end, to the layer's ``join_ends``, or where they name the same node; lines that cross
    connect only where the layer says ``planarise``.
    """
    columns = features.layer.network
    if columns is None:
        raise NetworkError(
            Fault(features.layer.name, "is not a network", remedy="give its TOML geometry = 'network' and a [network] table")
        )
    faults: list[Fault] = []
    whole, row = shapely.get_parts(features.geometry, return_index=True)
    long = shapely.length(whole) > 0
    pieces = Pieces(whole[long], row[long], np.zeros(int(long.sum()), np.bool_))
    drawn = np.bincount(pieces.row, weights=shapely.length(pieces.lines), minlength=len(features))
    stated = _numbers(features, columns.length, "lengths", faults, blank=False) if columns.length else drawn
    classes = _classes(features, columns, faults)
    oneway = _oneway(features, columns.oneway, faults) if columns.oneway else None
    maxspeed = _numbers(features, columns.maxspeed, "speeds", faults, zero=False) * _KMH if columns.maxspeed else None
    speed = _numbers(features, columns.speed, "speeds", faults, zero=False, finite=True) * _KMH if columns.speed else None
    names = _node_names(features, columns, pieces, faults)
    if not len(pieces.lines):
        faults.append(Fault(features.layer.name, "has no line with a length"))
    faults += _unknown_factors(features.layer.name, columns, classes)
    if faults:
        raise NetworkError(faults)

    crossings, joined = 0, 0
    bridges: tuple[float, ...] = ()
    tolerance = max(columns.join_ends, _LEAST)
    if columns.planarise:
        pieces, crossings = cut_at_crossings(pieces, tolerance)
    if names is not None:
        lines, nodes, start, end = join_names(pieces.lines, *names)
        pieces = replace(pieces, lines=lines)
    else:
        if columns.bridge > 0:
            pieces, bridges = bridge_gaps(pieces, columns.bridge, tolerance)
        nodes, start, end, joined = join_ends(pieces.lines, tolerance)
    row, bridge = pieces.row, pieces.bridge
    labels = features.labels()
    parts = find_parts(pieces.lines, [labels[i] for i in row.tolist()], start, end, len(nodes), land=land, gap=columns.island_gap)
    factor = np.array([columns.length_factor.get(word, 1.0) for word in classes.words])[classes.code]
    length = shapely.length(pieces.lines)
    # The pieces of a row share its length; a bridge is as long as it is drawn, and open both ways.
    pieced = np.bincount(row[~bridge], weights=length[~bridge], minlength=len(features))
    metres = np.where(bridge, length, stated[row] * length / pieced[row] * factor[row])
    one_way = np.where(bridge, 0, oneway[row]).astype(np.int8) if oneway is not None and oneway.any() else None
    total = float(metres.sum())
    report = NetworkReport(
        nodes=len(nodes),
        edges=len(row),
        metres=total,
        components=parts.count,
        main_share=parts.main_share,
        main_length_share=float(metres[parts.component == 0].sum()) / total if total > 0 else 1.0,
        broken_off=parts.broken_off,
        islands=parts.islands,
        joined=joined,
        crossings=crossings,
        bridges=bridges,
        one_way=float(metres[one_way != 0].sum()) / total if one_way is not None and total > 0 else 0.0,
    )
    segments, segment_edge, segment_from, segment_to = _segments(pieces.lines)
    return Network(
        features.layer.name,
        nodes,
        start,
        end,
        metres,
        classes.take(row),
        parts.component,
        parts.land,
        segments,
        segment_edge,
        segment_from,
        segment_to,
        report,
        oneway=one_way,
        maxspeed=maxspeed[row] if maxspeed is not None else None,
        speed=speed[row] if speed is not None else None,
        restrictions={column: Words.of(features.table[column]).take(row) for column in columns.restrictions},
        labels=Words.of(labels).take(row) if features.layer.id else None,
        land=land,
        island_gap=columns.island_gap,
    )


def straight_network(
    name: str,
    nodes: Float,
    start: NDArray[np.int32],
    end: NDArray[np.int32],
    *,
    metres: Float | None = None,
    classes: Words | None = None,
    oneway: NDArray[np.int8] | None = None,
    speed: Float | None = None,
) -> Network:
    """Build a network from arrays of straight edges; every part counts as main.

    Parameters
    ----------
    name : str
        What the network is called.
    nodes : float64 ndarray, shape (nodes, 2)
        Easting and northing in metres.
    start, end : int32 ndarray, shape (edges,)
        Nodes at either end.
    metres : float64 ndarray, shape (edges,), optional
        True lengths; the straight ones where left out.
    classes : Words, optional
        Class of each edge; all are of class ``"edge"`` where left out.
    oneway, speed : ndarray, shape (edges,), optional
        As in `Network`.

    Examples
    --------
    >>> net = straight_network("three", np.array([[0.0, 0.0], [3.0, 4.0]]), np.array([0], np.int32), np.array([1], np.int32))
    >>> net.metres, net.report.components
    (array([5.]), 1)
    """
    segments = np.empty((4, len(start)))
    segments[:2], segments[2:] = nodes[start].T, nodes[end].T
    if metres is None:
        metres = np.hypot(segments[2] - segments[0], segments[3] - segments[1])
    count, label = components_of(start, end, len(nodes))
    size = np.bincount(label, minlength=count)
    total = float(metres.sum())
    in_main = label[start] == size.argmax()
    report = NetworkReport(
        nodes=len(nodes),
        edges=len(start),
        metres=total,
        components=count,
        main_share=float(size.max() / len(nodes)),
        main_length_share=float(metres[in_main].sum()) / total if total > 0 else 1.0,
        broken_off=(),
        islands=(),
        one_way=float(metres[oneway != 0].sum()) / total if oneway is not None and total > 0 else 0.0,
    )
    edges = len(start)
    return Network(
        name,
        nodes,
        start,
        end,
        metres,
        classes if classes is not None else Words(np.zeros(edges, np.int32), ("edge",)),
        np.zeros(edges, np.int32),
        (),
        segments,
        np.arange(edges, dtype=np.int32),
        np.zeros(edges),
        np.ones(edges),
        report,
        oneway=oneway,
        speed=speed,
    )


def _some(features: Features, rows: NDArray[np.int64], column: str | None = None) -> str:
    labels = features.labels()
    return ", ".join(f"{labels[i]}: {features.table[column].iloc[i]}" if column else labels[i] for i in rows[:3].tolist())


def _classes(features: Features, columns: NetworkColumns, faults: list[Fault]) -> Words:
    """Give each row's class, as profiles name them."""
    if columns.road_class is None:
        return Words(np.zeros(len(features), np.int32), ("edge",))
    words = Words.of(features.table[columns.road_class])
    blank = np.flatnonzero(words.code < 0)
    if blank.size:
        faults.append(
            Fault(
                features.layer.name,
                f"column '{columns.road_class}' is blank in {blank.size} rows",
                found=_some(features, blank),
                remedy="give each road a class, or leave these rows out with 'where'",
            )
        )
    return words


def _unknown_factors(name: str, columns: NetworkColumns, classes: Words) -> list[Fault]:
    return [
        Fault(f"{name}: network.length_factor", f"no road has class '{word}'", remedy=close)
        for word in sorted(set(columns.length_factor) - set(classes.words))
        if (close := nearest_spelling(word, classes.words))
    ]


def _numbers(
    features: Features, column: str, what: str, faults: list[Fault], *, blank: bool = True, zero: bool = True, finite: bool = False
) -> Float:
    """Read a column of numbers, 0 or more (or above 0), infinite or blank where that is allowed."""
    raw = features.table[column]
    values = pd.to_numeric(raw, errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
    bad = np.isnan(values) & (raw.notna().to_numpy() | (not blank))
    bad |= (values < 0) | ((values == 0) & (not zero)) | (np.isinf(values) & (finite or not blank))
    rows = np.flatnonzero(bad)
    if rows.size:
        kinds = ["negative", "zero"] if not zero else ["negative"]
        faults.append(
            Fault(
                features.layer.name,
                f"column '{column}' holds {rows.size} {what} that are {'' if blank else 'blank, '}{', '.join(kinds)} or not finite",
                found=_some(features, rows, column),
                allowed="metres, 0 or more" if zero else "km/h, above 0, or blank",
            )
        )
    return values


def _oneway(features: Features, column: str, faults: list[Fault]) -> NDArray[np.int8]:
    words = Words.of(features.table[column])
    known = [_ONEWAY.get(word.strip().lower(), 2) for word in words.words]
    strange = [word for word, way in zip(words.words, known, strict=True) if way == 2]  # noqa: PLR2004 - marks what is not known
    if strange:
        faults.append(
            Fault(
                features.layer.name,
                f"column '{column}' holds words that say nothing about one-way streets",
                found=", ".join(strange[:5]),
                allowed="1 or yes (along the drawing), -1 or reverse (against it), 0, no or blank (both ways)",
            )
        )
    return np.array([*known, 0], np.int8)[words.code]


def _node_names(
    features: Features, columns: NetworkColumns, pieces: Pieces, faults: list[Fault]
) -> tuple[NDArray[np.object_], NDArray[np.object_]] | None:
    """Read the names of the nodes at both ends of each line; a row must be one line then."""
    if columns.from_node is None or columns.to_node is None:
        return None
    for column in (columns.from_node, columns.to_node):
        blank = np.flatnonzero(features.table[column].isna())
        if blank.size:
            faults.append(Fault(features.layer.name, f"column '{column}' is blank in {blank.size} rows", found=_some(features, blank)))
    for key, given in (("planarise", columns.planarise), ("bridge", columns.bridge > 0)):
        if given:
            faults.append(
                Fault(
                    features.layer.name,
                    f"names its nodes by '{columns.from_node}' and '{columns.to_node}', so that {key} has no meaning",
                    remedy=f"leave {key} out of [network]",
                )
            )
    several = np.flatnonzero(np.bincount(pieces.row, minlength=len(features)) > 1)
    if several.size:
        faults.append(
            Fault(
                features.layer.name,
                f"{several.size} rows consist of several lines, so that their nodes cannot be told",
                found=_some(features, several),
                remedy="leave out from and to, so that lines join where they meet",
            )
        )
    return tuple(Words.of(features.table[column]).take(pieces.row).text() for column in (columns.from_node, columns.to_node))  # type: ignore[return-value]


def _segments(parts: NDArray[np.object_]) -> tuple[Float, NDArray[np.int32], Float, Float]:
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
