"""Tables of edges: lines from a column of text, or straight from node to node of a second table."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import shapely
from shapely import GeometryType

from geo_engine.errors import Fault, LayerError
from geo_engine.model import Layer, NetworkColumns
from geo_engine.workspace.catalogue import layer_place
from geo_engine.workspace.data.geometry import kind_names, project
from geo_engine.workspace.data.networks.lines import Joined, along_names
from geo_engine.workspace.data.rows import WGS84, Source, lines_from_text, points_from
from geo_engine.workspace.data.source import read_source
from geo_engine.workspace.data.table import keys, listed, match_column, unknown_column
from geo_engine.workspace.network_files import known_columns

__all__ = ["edges_from"]

_NAME = "id"  # the column of a table of nodes that names them


def edges_from(layer: Layer, source: Source) -> tuple[Source, str | None]:
    """Give the rows of a table their geometry.

    Parameters
    ----------
    layer : Layer
        Lines, polygons or a network.
    source : Source
        Its rows, with geometry or without.

    Returns
    -------
    source : Source
        With geometry: that of a column in WKT where there is one, and for a network with a table of nodes straight lines in
        the rows without. Lines between named nodes run from the first to the second.
    crs : str or None
        Of the geometry; straight lines have that of the nodes. None where nothing says it.

    Raises
    ------
    LayerError
        If the table has no geometry and no nodes; with every node that is named twice or has no coordinates, every end
        that is no node, and every edge whose id is another's too.
    """
    place, label = layer_place(layer, "source"), Path(layer.source).name
    if source.geometry is None:
        source = lines_from_text(source, place, label)
    columns = layer.network
    if columns is None or columns.nodes is None or columns.from_node is None or columns.to_node is None:
        if source.geometry is None:
            raise LayerError(_bare(layer, label))
        if columns is not None and columns.from_node and columns.to_node and not known_columns(layer.source, layer.sublayer):
            source = along_names(source, columns.from_node, columns.to_node, label)
        return source, layer.crs or source.crs
    faults: list[Fault] = list(_twice(layer, source, place, label))
    nodes, nodes_crs = _nodes(layer, columns, faults)
    joined = Joined(
        source, columns.from_node, columns.to_node, nodes, _NAME, place, label,
        layer_place(layer, "network", "nodes"), Path(columns.nodes).name,
    )  # fmt: skip
    faults.extend(joined.faults())
    if faults:
        raise LayerError(faults)
    crs = nodes_crs if source.geometry is None else layer.crs or source.crs or nodes_crs
    if crs is not None and nodes_crs is not None and nodes.geometry is not None:
        joined = replace(joined, nodes=replace(nodes, geometry=project(nodes.geometry, nodes_crs, crs)))
    drawn, faults = joined.drawn()
    if faults:
        raise LayerError(faults)
    return drawn, crs


def _bare(layer: Layer, label: str) -> Fault:
    """Say that a table has no geometry, and where it may come from."""
    remedy = "add a column geometry with WKT, and the crs to the layer's file"
    if layer.geometry == "network":
        remedy += '; or name the nodes: [network] from = "u", to = "v", nodes = "data/nodes.csv"'
    what, found = f"'{label}' is a table without geometry", f"geometry = '{layer.geometry}'"
    return Fault(layer_place(layer, "geometry"), what, found, "geometry = 'points' with columns for lon and lat", remedy)


def _twice(layer: Layer, source: Source, place: str, label: str) -> list[Fault]:
    """Find edges whose id another edge has too."""
    if layer.id is None:
        return []
    names = keys(source.table[layer.id])
    twice = names.duplicated(keep=False).to_numpy() & names.notna().to_numpy()
    if not twice.any():
        return []
    found = listed(f"'{names.iloc[row]}' in {source.row_word} {source.rows[row]}" for row in np.flatnonzero(twice))
    what = f"{names[twice].nunique()} ids in column '{layer.id}' of {label} are those of several edges"
    return [Fault(place, what, found, "each id once", "leave out id, or name a column that differs from edge to edge")]


def _nodes(layer: Layer, columns: NetworkColumns, faults: list[Fault]) -> tuple[Source, str | None]:
    """Read the table of nodes and its CRS; what is wrong with coordinates is added to `faults`."""
    place, path = layer_place(layer, "network", "nodes"), str(columns.nodes)
    label = Path(path).name
    nodes = read_source(path, place=place)
    found = [str(column) for column in nodes.table.columns]
    if _NAME not in found:
        raise LayerError(unknown_column(place, _NAME, found, f" in {label}"))
    if nodes.geometry is not None:
        crs = nodes.crs or layer.crs
        wrong = (shapely.get_type_id(nodes.geometry) != int(GeometryType.POINT)) | shapely.is_empty(nodes.geometry)
        if wrong.any():
            kinds = ", ".join(kind_names(nodes.geometry[wrong])) or "no geometry"
            faults.append(Fault(place, f"{int(wrong.sum())} nodes of {label} are no points", f"{kinds} in {nodes.named(wrong)}", "points"))
        if crs is None:
            faults.append(Fault(place, f"'{label}' states no CRS", remedy='add it to the layer\'s file: crs = "EPSG:..."'))
        return nodes, crs
    metric = all(match_column(found, name) for name in ("easting", "northing"))
    degrees = all(match_column(found, name) for name in ("lon", "lat"))
    if metric and (layer.crs or not degrees):
        crs, pair, allowed = layer.crs, ("easting", "northing"), "metres as a number, 430000"
        if crs is None:
            faults.append(Fault(place, f"easting and northing of '{label}' are in no known CRS", remedy='add crs = "EPSG:..."'))
    elif degrees:
        crs, pair, allowed = WGS84, ("lon", "lat"), "degrees as a number, 51.5"
    else:
        what = f"'{label}' does not say where its nodes are"
        raise LayerError(Fault(place, what, ", ".join(found), "lon and lat in degrees, or easting and northing in the layer's crs"))
    try:
        nodes = points_from(nodes, *pair, place, label, allowed=allowed)
    except LayerError as error:
        faults.extend(error.faults)
    return nodes, crs
