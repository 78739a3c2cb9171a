"""Geometry on its way into a study: kinds, coordinates that are places, projection, repair."""

from __future__ import annotations

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray
from shapely import GeometryType
from shapely.geometry.base import BaseGeometry

from geo_engine.projection import transformer

__all__ = ["Geometries", "explode_points", "kind_names", "of_kind", "project", "repair", "same_crs", "unreal"]

Geometries = NDArray[np.object_]

_KINDS: dict[str, tuple[GeometryType, ...]] = {
    "points": (GeometryType.POINT, GeometryType.MULTIPOINT),
    "lines": (GeometryType.LINESTRING, GeometryType.LINEARRING, GeometryType.MULTILINESTRING),
    "polygons": (GeometryType.POLYGON, GeometryType.MULTIPOLYGON),
}
_KINDS["network"] = _KINDS["lines"]
_DIMENSION = {"points": 0, "lines": 1, "network": 1, "polygons": 2}
_SLACK = 1e-9


def same_crs(one: str, other: str) -> bool:
    """Tell whether two CRS are one and the same."""
    return bool(pyproj.CRS.from_user_input(one) == pyproj.CRS.from_user_input(other))


def project(geometry: Geometries, source: str, target: str) -> Geometries:
    """Project geometries, shape (n,); a coordinate without a place in the target becomes infinite."""
    if same_crs(source, target):
        return geometry
    change = transformer(source, target)

    def moved(coordinates: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack(change.transform(coordinates[:, 0], coordinates[:, 1]))

    made: Geometries = np.asarray(shapely.transform(geometry, moved))
    return made


def unreal(geometry: Geometries, crs: str | None) -> NDArray[np.bool_]:
    """Mark geometries, shape (n,), with a coordinate that is no place: not finite, or no degree where `crs` has degrees.

    >>> unreal(shapely.points([0.0, 0.0], [51.5, 95.0]), "EPSG:4326").tolist()
    [False, True]
    """
    coordinates, index = shapely.get_coordinates(geometry, return_index=True)
    bad = ~np.isfinite(coordinates).all(axis=1)
    if crs is not None and pyproj.CRS.from_user_input(crs).is_geographic:
        bad |= (np.abs(coordinates[:, 0]) > 180 + _SLACK) | (np.abs(coordinates[:, 1]) > 90 + _SLACK)
    mask = np.zeros(len(geometry), dtype=np.bool_)
    mask[index[bad]] = True
    return mask


def kind_names(geometry: Geometries) -> list[str]:
    """Name the kinds that occur, by GEOS: ``Point``, ``MultiPolygon``."""
    return sorted({item.geom_type for item in geometry if item is not None})


def of_kind(geometry: Geometries, kind: str) -> NDArray[np.bool_]:
    """Mark geometries, shape (n,), that are of a layer's kind; a collection is where one of its parts is."""
    types = shapely.get_type_id(geometry)
    good = np.isin(types, [int(member) for member in _KINDS[kind]])
    for position in np.flatnonzero(types == int(GeometryType.GEOMETRYCOLLECTION)):
        good[position] = bool(of_kind(np.asarray(shapely.get_parts(geometry[position]), dtype=object), kind).any())
    return good


def _parts(geometry: BaseGeometry, kind: str) -> BaseGeometry:
    """Keep the parts of one kind of a collection, as one geometry; lines that cross are not cut there."""
    parts = [geometry]
    while any(isinstance(part, shapely.GeometryCollection) for part in parts):
        parts = [inner for part in parts for inner in (part.geoms if isinstance(part, shapely.GeometryCollection) else [part])]
    kept = [part for part in parts if shapely.get_dimensions(part) == _DIMENSION[kind] and not part.is_empty]
    if len(kept) > 1 and _DIMENSION[kind] == 1:
        return shapely.MultiLineString(list(shapely.get_parts(kept)))
    return kept[0] if len(kept) == 1 else shapely.union_all(kept) if kept else shapely.GeometryCollection()


def repair(geometry: Geometries, kind: str) -> tuple[Geometries, NDArray[np.bool_]]:
    """Make geometries valid and keep only the parts of the layer's kind.

    Parameters
    ----------
    geometry : ndarray of shapely geometries, shape (n,)
        None missing.
    kind : str
        Kind of the layer.

    Returns
    -------
    geometry : ndarray of shapely geometries, shape (n,)
        Valid; empty where nothing of the kind is left (a polygon that collapsed to a line).
    repaired : bool ndarray, shape (n,)
        Those that were invalid.

    Examples
    --------
    >>> bow_tie = shapely.from_wkt("POLYGON ((0 0, 2 2, 2 0, 0 2, 0 0))")
    >>> made, repaired = repair(np.array([bow_tie]), "polygons")
    >>> made[0].area, repaired.tolist()
    (2.0, [True])
    """
    invalid = ~shapely.is_valid(geometry)
    made = geometry.copy()
    made[invalid] = shapely.make_valid(geometry[invalid])
    for position in np.flatnonzero(shapely.get_type_id(made) == int(GeometryType.GEOMETRYCOLLECTION)):
        made[position] = _parts(made[position], kind)
    collapsed = shapely.get_dimensions(made) != _DIMENSION[kind]
    made[collapsed] = shapely.GeometryCollection()
    return made, invalid


def explode_points(geometry: Geometries) -> tuple[Geometries, NDArray[np.intp]]:
    """Split multipoints: single points, shape (m,), and for each the position of the geometry that it came from."""
    parts, index = shapely.get_parts(geometry, return_index=True)
    return np.asarray(parts, dtype=object), index
