"""Vector layers: read, filtered, joined, projected, repaired and counted.

Geometry is easting, northing (or lon, lat before projection) in every array. PROJ's network is off.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyproj
import shapely
from numpy.typing import NDArray

from geo_engine.errors import Fault, LayerError
from geo_engine.model import Features, Layer, ReadReport
from geo_engine.workspace.catalogue import layer_place
from geo_engine.workspace.data.geometry import explode_points, kind_names, of_kind, project, repair, unreal
from geo_engine.workspace.data.networks.edges import edges_from
from geo_engine.workspace.data.reading import Bounds, Reading
from geo_engine.workspace.data.rows import OSGB36, TEXT_COLUMNS, WGS84, Source, points_from, points_from_references
from geo_engine.workspace.data.source import read_source
from geo_engine.workspace.data.table import filter_rows, join_table, listed, unknown_column
from geo_engine.workspace.remote.store import store_of

__all__ = ["EmptyWindowError", "read_features", "reading_of"]


class EmptyWindowError(LayerError):
    """Nothing lies in the window that was asked for; elsewhere there may be something."""


def _located(layer: Layer, source: Source) -> tuple[Source, str]:
    """Give every row a geometry and the whole a CRS, or say what is missing."""
    label = Path(layer.source).name
    if layer.geometry == "points" and (layer.easting or layer.grid_ref):
        place = layer_place(layer, "easting" if layer.easting else "grid_ref")
        if layer.grid_ref:
            return points_from_references(source, layer.grid_ref, place, label), OSGB36
        assert layer.easting and layer.northing and layer.crs  # noqa: S101, PT018 - the schema has seen to it
        return points_from(source, layer.easting, layer.northing, place, label, allowed="metres as a number, 425000"), layer.crs
    if layer.geometry == "points" and source.geometry is None:
        return points_from(source, layer.lon, layer.lat, layer_place(layer, "source"), label), layer.crs or WGS84
    source, crs = edges_from(layer, source)
    if not crs:
        raise LayerError(
            Fault(layer_place(layer, "source"), f"'{label}' states no CRS", remedy='add it to the layer\'s file: crs = "EPSG:..."')
        )
    return source, crs


def _needed(layer: Layer, columns: Iterable[str], found: list[str]) -> list[Fault]:
    """Find the columns that the layer or its user asks for and the data lack."""
    network = layer.network
    wanted = [("id", layer.id), ("accuracy", layer.accuracy.column)]
    wanted += [("network", column) for _, column in network.named()] if network else []
    faults = [unknown_column(layer_place(layer, key), column, found) for key, column in wanted if column and column not in found]
    return faults + [unknown_column(f"layer '{layer.name}'", column, found) for column in dict.fromkeys(columns) if column not in found]


def _accuracies(layer: Layer, table: pd.DataFrame, notes: list[str]) -> NDArray[np.float64]:
    accuracy = layer.accuracy
    if accuracy.column is None:
        return np.full(len(table), np.nan if accuracy.metres is None else accuracy.metres)
    column = table[accuracy.column]
    if accuracy.by_value:
        words = [f"{word:.15g}" if isinstance(word, float) else str(word) for word in column]
        strange = sorted({word for word, blank in zip(words, column.isna(), strict=True) if not blank and word not in accuracy.by_value})
        if strange:
            notes.append(f"accuracy not stated for {accuracy.column} = {listed(strange)}")
        return np.array([accuracy.by_value.get(word, np.nan) for word in words], dtype=np.float64)
    if not pd.api.types.is_numeric_dtype(column):
        text = pd.to_numeric(column, errors="coerce").isna() & column.notna()
        if text.any():
            where = layer_place(layer, "accuracy")
            raise LayerError(
                Fault(
                    where,
                    f"column '{accuracy.column}' holds text",
                    listed(column[text].unique()),
                    "numbers, or what each value means in metres",
                )
            )
        column = pd.to_numeric(column)
    return column.to_numpy(dtype=np.float64, na_value=np.nan) * accuracy.unit


def _joined(layer: Layer, source: Source, notes: list[str]) -> Source:
    for number, join in enumerate(layer.join):
        place = layer_place(layer, "join", number)
        label = Path(join.source).name
        other = read_source(join.source, place=place, reading=reading_of(layer)).table
        table, unmatched = join_table(source.table, other, join.on, place=place, label=label)
        if unmatched:
            notes.append(f"{unmatched} of {len(table)} rows have no partner in {label}")
        source = replace(source, table=table)
    return source


def read_features(
    layer: Layer,
    *,
    crs: str,
    where: str | None = None,
    columns: Iterable[str] = (),
    area_bounds: Bounds | None = None,
    window: Bounds | None = None,
    only_columns: bool = False,
) -> Features:
    """Read a vector layer: filter, join, project, repair, count.

    Parameters
    ----------
    layer : Layer
        Any kind but raster.
    crs : str
        The study's CRS.
    where : str, optional
        OGR SQL, besides the layer's own. With joined tables it may name their columns.
    columns : iterable of str
        Columns that must be there.
    area_bounds : tuple of float, optional
        West, south, east, north in metres, to count the features outside; they are kept.
    window : tuple of float, optional
        West, south, east, north in metres: only features whose bounds touch it are wanted, and no others come. Where the data
        have an index, the rest is not read. A network is always whole.
    only_columns : bool, optional
        Leave out columns that neither `columns` nor the layer names.

    Returns
    -------
    Features
        n features in study coordinates, two-dimensional, valid, none empty. Points are single (a multipoint gives a row a
        point); accuracy is NaN where not stated.

    Raises
    ------
    LayerError
        If the data are missing, unreadable, lack a column or a CRS, hold another kind of geometry or coordinates that are no
        places, if a condition is bad, or if no feature is left.
    EmptyWindowError
        If none is left in the window.
    """
    if layer.geometry == "raster":
        raise LayerError(
            Fault(layer_place(layer, "geometry"), "a raster has no features", "geometry = 'raster'", "points, lines, polygons, network")
        )
    place, where_place = layer_place(layer, "source"), layer_place(layer, "where") if layer.where and not where else f"layer '{layer.name}'"
    condition = " and ".join(f"({part})" for part in (layer.where, where) if part)
    source = read_source(
        layer.source,
        place=place,
        sublayer=layer.sublayer,
        where=condition if not layer.join else "",
        where_place=where_place,
        geometry=layer.geometry,
        reading=reading_of(layer, crs, window, columns if only_columns else None),
    )
    notes = list(source.notes)
    if layer.join:
        source = _joined(layer, source, notes)
        if condition:
            source = source.take(filter_rows(source.table, condition, where_place))
    no_columns = not len(source.table) and not len(source.table.columns)
    if not no_columns and (faults := _needed(layer, columns, [str(column) for column in source.table.columns])):
        raise LayerError(faults)
    if not len(source.table):
        kind = LayerError if window is None else EmptyWindowError
        raise kind(
            Fault(where_place, f"no feature left after where {condition}{' in the window' if window else ''}")
            if condition
            else Fault(place, f"the layer has no features{' in the window' if window else ''}")
        )
    source, own_crs = _located(layer, replace(source, notes=()))
    notes.extend(source.notes)
    made = _made(layer, source, own_crs, crs, area_bounds, notes)
    return made if window is None or layer.geometry == "network" else _cut_out(made, window)


def reading_of(layer: Layer, crs: str = "", window: Bounds | None = None, columns: Iterable[str] | None = None) -> Reading:
    """Say how a layer's data are to be read; places in plain columns and columns of joined tables come from whole tables."""
    kept = None
    if columns is not None and not layer.join and layer.geometry != "network":
        named = [layer.id, layer.accuracy.column, layer.easting, layer.northing, layer.grid_ref, layer.lon, layer.lat]
        kept = frozenset([*columns, *(name for name in named if name), *TEXT_COLUMNS])
    return Reading(
        encoding=layer.encoding,
        decimal=layer.decimal,
        tags=layer.tags,
        window=None if layer.geometry == "network" or layer.easting or layer.grid_ref else window,
        crs=crs,
        own_crs=layer.crs,
        columns=kept,
        store=store_of(layer.path),
    )


def _cut_out(features: Features, window: Bounds) -> Features:
    """Keep what touches the window, so that the answer does not depend on what the format can leave out.

    Raises
    ------
    EmptyWindowError
        If nothing does.
    """
    west, south, east, north = window
    box = shapely.bounds(features.geometry)
    keep = (box[:, 0] <= east) & (box[:, 2] >= west) & (box[:, 1] <= north) & (box[:, 3] >= south)
    if not keep.any():
        raise EmptyWindowError(Fault(layer_place(features.layer, "source"), "the layer has no features in the window"))
    return features.where(keep)


def _made(
    layer: Layer, source: Source, own_crs: str, crs: str, area_bounds: tuple[float, float, float, float] | None, notes: list[str]
) -> Features:
    """Make features of what was read: drop blanks, check, project, repair, count."""
    place = layer_place(layer, "source")
    whole = source
    assert source.geometry is not None  # noqa: S101 - `_located` has seen to it
    source = source.take(~(shapely.is_missing(source.geometry) | shapely.is_empty(source.geometry)))
    geometry = _checked(source, layer.geometry, own_crs, crs, place)
    geometry, repaired = repair(geometry, layer.geometry)
    left = ~shapely.is_empty(geometry)
    source, geometry, repaired = source.take(left), geometry[left], repaired[left]
    empty = len(whole.table) - len(source.table)
    if not len(geometry):
        raise LayerError(Fault(place, f"none of the {len(whole.table)} features has a geometry"))
    table, rows = source.table, source.rows
    if layer.geometry == "points":
        geometry, index = explode_points(geometry)
        if len(index) > len(table):
            notes.append(f"{len(table)} features were split into {len(index)} single points; each carries all attributes")
        table, rows = table.take(index).reset_index(drop=True), rows[index]
    outside = 0
    if area_bounds is not None:
        west, south, east, north = area_bounds
        box = shapely.bounds(geometry)
        outside = int(((box[:, 2] < west) | (box[:, 0] > east) | (box[:, 3] < south) | (box[:, 1] > north)).sum())
    accuracy = _accuracies(layer, table, notes)
    report = ReadReport(len(whole.table), empty, int(repaired.sum()), outside, tuple(notes))
    return Features(layer, geometry, table, accuracy, report, rows)


def _checked(source: Source, kind: str, own_crs: str, crs: str, place: str) -> NDArray[np.object_]:
    """Check kind and coordinates, force two dimensions and project."""
    geometry = np.asarray(shapely.force_2d(source.geometry), dtype=object)
    wrong = ~of_kind(geometry, kind)
    if wrong.any():
        rows = listed(f"{source.row_word} {row}" for row in source.rows[wrong])
        found = f"{', '.join(kind_names(geometry[wrong]))} in {rows}"
        raise LayerError(Fault(place, f"{int(wrong.sum())} of {len(geometry)} features are not {kind}", found, kind))
    if kind == "network" and len(geometry):
        _in_metres(geometry, own_crs, place)
    for bad, text in ((unreal(geometry, own_crs), own_crs), (None, crs)):
        if bad is None:
            geometry = project(geometry, own_crs, crs)
            bad = unreal(geometry, None)  # noqa: PLW2901 - the second check is on the projected coordinates
        if bad.any():
            rows = listed(
                f"{_coordinates(source, position)} in {source.row_word} {source.rows[position]}" for position in np.flatnonzero(bad)
            )
            name = pyproj.CRS.from_user_input(text).name
            allowed = (
                "longitude -180 to 180, latitude -90 to 90"
                if pyproj.CRS.from_user_input(text).is_geographic
                else "coordinates within the CRS's reach"
            )
            raise LayerError(Fault(place, f"{int(bad.sum())} features have coordinates that are no places in {name}", rows, allowed))
    return geometry


def _in_metres(geometry: NDArray[np.object_], crs: str, place: str) -> None:
    """Refuse a network of degrees that is said to be in metres: it would lie in a few hundred metres about the CRS's origin.

    Raises
    ------
    LayerError
        If the CRS is projected and no coordinate is beyond 180 and 90.
    """
    west, south, east, north = shapely.total_bounds(geometry).tolist()
    if pyproj.CRS.from_user_input(crs).is_projected and -180 <= west <= east <= 180 and -90 <= south <= north <= 90:  # noqa: PLR2004 - degrees
        name = pyproj.CRS.from_user_input(crs).name
        found = f"{west:g} to {east:g}, {south:g} to {north:g}"
        what = f"coordinates look like degrees, though {name} is not in degrees"
        raise LayerError(
            Fault(place, what, found, remedy='if they are longitude and latitude, say so in the layer\'s file: crs = "EPSG:4326"')
        )


def _coordinates(source: Source, position: np.integer[Any]) -> str:
    assert source.geometry is not None  # noqa: S101 - called for located sources only
    east, north = shapely.get_coordinates(source.geometry[position])[0]
    return f"({east:g}, {north:g})"
