"""The base map from our own layers: land, regions, roads and names of places, generalised to the region's size."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo_engine.model import Features, Result
from geo_engine.publish.webmap.encoding import Degrees

__all__ = ["base_map", "entered_at_ends", "named_places", "surroundings", "tolerance_of", "view_of"]

_PARTS_OF_EXTENT = 9_000  # a vertex is dropped if it moves a line by less than this part of the region's longer side
_MOST_PLACES = 3_000
_SHORE = 0.01  # a place farther off the land than this part of the region's longer side would stand alone in the sea


def tolerance_of(result: Result) -> float:
    """Give how far lines may move when they are simplified, in metres, by the size of the region."""
    west, south, east, north = result.area.bounds
    return max(east - west, north - south) / _PARTS_OF_EXTENT


def view_of(result: Result, degrees: Degrees) -> list[list[float]]:
    """Give the south-west and north-east corner of the region as lat, lon."""
    west, south, east, north = result.area.bounds
    outline = shapely.segmentize(
        result.area, max(east - west, north - south) / 20
    )  # its box reaches far beyond where meridians run together
    lon, lat = degrees.transformer.transform(*shapely.get_coordinates(outline).T)
    return [[float(lat.min()), float(lon.min())], [float(lat.max()), float(lon.max())]]


def base_map(result: Result, degrees: Degrees) -> dict[str, Any]:
    """Collect what the map draws itself on: coast, regions, roads, places.

    Parameters
    ----------
    result : Result
        One region of one study.
    degrees : Degrees
        From study coordinates.

    Returns
    -------
    dict
        ``land``, ``area``, ``regions``, ``motorways``, ``roads``: encoded lines; ``places``: lat, lon, name,
        largest first.
    """
    tolerance = tolerance_of(result)
    frame = surroundings(result)
    motorways, roads = _roads(result, frame, tolerance)
    land = _simple(_within(result.land, frame), tolerance)
    whole = result.area.equals(result.land)
    return {
        "land": degrees.lines([land], least=3),
        "area": [] if whole else degrees.lines([_simple(result.area, tolerance)], least=3),
        "regions": degrees.lines(_regions(result, tolerance), least=3),
        "motorways": degrees.lines(motorways),
        "roads": degrees.lines(roads),
        "places": _places(result, land, frame, degrees),
    }


def surroundings(result: Result) -> tuple[float, float, float, float]:
    """Give the region's box with a margin of half its longer side: what a reader may pan to."""
    west, south, east, north = result.area.bounds
    margin = max(east - west, north - south) / 2
    return west - margin, south - margin, east + margin, north + margin


def _within(geometry: BaseGeometry, frame: tuple[float, float, float, float]) -> BaseGeometry:
    clipped: BaseGeometry = shapely.clip_by_rect(geometry, *frame)
    return clipped


def _simple(geometry: BaseGeometry, tolerance: float) -> BaseGeometry:
    """Simplify, and drop islets that would be smaller than a square of two tolerances."""
    parts = shapely.get_parts(shapely.simplify(geometry, tolerance))
    kept: BaseGeometry = shapely.multipolygons(
        [part for part in parts if part.geom_type == "Polygon" and part.area > 4 * tolerance * tolerance]
    )
    return kept


def _regions(result: Result, tolerance: float) -> list[BaseGeometry]:
    """Simplify the regions' outlines; borders that two share stay shared."""
    features = result.features.get(result.study.area)
    if features is None:
        return []
    simple = shapely.coverage_simplify(features.geometry, tolerance)
    return [_simple(geometry, 0.0) for geometry in simple]


def _roads(result: Result, frame: tuple[float, float, float, float], tolerance: float) -> tuple[list[BaseGeometry], list[BaseGeometry]]:
    """Tell roads that are entered at their ends only from other roads, joined where one carries on as the next, and simplified."""
    features = result.features.get(result.study.context.roads or "")
    if features is None or not len(features):
        return [], []
    near = shapely.intersects(features.geometry, shapely.box(*frame))
    fast = near & entered_at_ends(result, features)
    slow = near & ~fast
    return tuple(_joined(features.geometry[which], tolerance) for which in (fast, slow))  # type: ignore[return-value]


def entered_at_ends(result: Result, features: Features) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Mark the roads of the classes that a profile of the study enters at their ends only: motorways and their like."""
    network = features.layer.network
    classes = {name for profile in result.study.profiles.values() for name in profile.entered_at_ends}
    if network is None or network.road_class not in features.table:
        return np.zeros(len(features), dtype=bool)
    return np.array([str(value) in classes for value in features.table[network.road_class]], dtype=bool)


def _joined(lines: np.ndarray[Any, np.dtype[np.object_]], tolerance: float) -> list[BaseGeometry]:
    if not len(lines):
        return []
    merged = shapely.line_merge(shapely.multilinestrings(shapely.get_parts(lines)))
    return list(shapely.get_parts(shapely.simplify(shapely.get_parts(merged), tolerance)))


def named_places(result: Result, land: BaseGeometry, frame: tuple[float, float, float, float]) -> tuple[NDArray[np.object_], list[str]]:
    """Give the places on the land that is drawn: points, object of shape (n,), and their names; largest first."""
    features = result.features.get(result.study.context.labels or "")
    if features is None or not len(features):
        return np.empty(0, dtype=object), []
    column = result.study.context.label_size
    sizes = [_number(value) for value in features.table[column]] if column in features.table else [0.0] * len(features)
    labels = features.labels()
    west, south, east, north = result.area.bounds
    shapely.prepare(land)
    near = np.flatnonzero(shapely.intersects(features.geometry, shapely.box(*frame)))
    near = near[shapely.dwithin(land, features.geometry[near], _SHORE * max(east - west, north - south))]
    order = sorted(near.tolist(), key=lambda number: (-sizes[number], labels[number], number))[:_MOST_PLACES]
    return shapely.point_on_surface(features.geometry[order]), [labels[number] for number in order]


def _places(result: Result, land: BaseGeometry, frame: tuple[float, float, float, float], degrees: Degrees) -> list[list[int | str]]:
    points, names = named_places(result, land, frame)
    steps = degrees.steps(shapely.get_coordinates(points)) if names else ()
    return [[int(lat), int(lon), name] for (lat, lon), name in zip(steps, names, strict=True)]


def _number(value: object) -> float:
    try:
        number = float(str(value))
    except ValueError:
        return 0.0
    return number if math.isfinite(number) else 0.0
