"""Shapes and text made small and safe for a page: whole-number coordinate steps and escaped JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Transformer
from shapely.geometry.base import BaseGeometry

from geo_engine.projection import transformer

__all__ = ["DEGREE_STEPS", "Degrees", "escaped_json"]

DEGREE_STEPS = 100_000
"""Steps in a degree: 1.1 m of latitude."""

# `{{`, `{%` and `{#` can only stand inside strings of JSON; folium would read them as a template's tags.
_TEMPLATE_TAGS = {"{{": "\\u007b\\u007b", "{%": "\\u007b%", "{#": "\\u007b#"}
_ESCAPES = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}


def escaped_json(data: object) -> str:
    r"""Write JSON that stays data inside HTML and inside folium's templates.

    No ``<``, ``>``, ``&``, line separator, ``{{``, ``{%`` or ``{#`` is left in it.

    >>> escaped_json({"name": "</script>"})
    '{"name":"\\u003c/script\\u003e"}'
    """
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    for character, escape in (*_ESCAPES.items(), *_TEMPLATE_TAGS.items()):
        text = text.replace(character, escape)
    return text


@dataclass(frozen=True, slots=True)
class Degrees:
    """Turn study coordinates into whole steps of WGS84 degrees.

    Parameters
    ----------
    transformer : Transformer
        From study coordinates to lon, lat.
    """

    transformer: Transformer

    @classmethod
    def of(cls, crs: str) -> Degrees:
        """Make the one for a study's CRS."""
        return cls(transformer(crs, "EPSG:4326"))

    def steps(self, coordinates: NDArray[np.float64]) -> NDArray[np.int64]:
        """Give lat and lon in steps, int64, shape (n, 2), of eastings and northings, float64, shape (n, 2)."""
        lon, lat = self.transformer.transform(coordinates[:, 0], coordinates[:, 1])
        steps: NDArray[np.int64] = np.rint(np.column_stack([lat, lon]) * DEGREE_STEPS).astype(np.int64)
        return steps

    def point(self, easting: float, northing: float) -> list[int]:
        """Give one place as lat and lon in steps."""
        return [int(step) for step in self.steps(np.array([[easting, northing]], dtype=np.float64))[0]]

    def lines(self, geometries: Iterable[BaseGeometry | None], *, least: int = 2) -> list[list[int]]:
        """Encode the lines, or the rings of the polygons, each as its first lat, lon and then steps from point to point.

        Parameters
        ----------
        geometries : iterable of shapely geometry
            Lines and polygons, in study coordinates; others are left out, None too.
        least : int
            Lines of fewer different points than this vanish: 2 for lines, 3 for rings.

        Returns
        -------
        list of list of int
            ``[lat, lon, dlat, dlon, ...]`` for each line or ring.
        """
        parts = _lines_of(geometries)
        if not len(parts):
            return []
        coordinates, owners = shapely.get_coordinates(parts, return_index=True)
        steps = self.steps(coordinates)
        begins = np.diff(owners, prepend=-1) > 0
        moves = np.diff(steps, axis=0, prepend=0)
        moves[begins] = steps[begins]
        kept = begins | moves.any(axis=1)  # a point that falls on the one before it goes
        flat, firsts = moves[kept].ravel().tolist(), np.flatnonzero(begins[kept])
        lasts = np.append(firsts[1:], np.count_nonzero(kept))
        return [flat[2 * first : 2 * last] for first, last in zip(firsts.tolist(), lasts.tolist(), strict=True) if last - first >= least]


def _lines_of(geometries: Iterable[BaseGeometry | None]) -> NDArray[np.object_]:
    parts = np.array([geometry for geometry in geometries if geometry is not None], dtype=object)
    for _ in range(2):  # many in one, and collections of them
        if len(parts) and (shapely.get_type_id(parts) >= shapely.GeometryType.MULTIPOINT).any():
            parts = shapely.get_parts(parts)  # which makes each anew, single ones too
    if not len(parts):
        return parts
    polygons = shapely.get_type_id(parts) == shapely.GeometryType.POLYGON
    lines = np.isin(shapely.get_type_id(parts), [shapely.GeometryType.LINESTRING, shapely.GeometryType.LINEARRING])
    whole: NDArray[np.object_] = np.concatenate([shapely.get_rings(parts[polygons]), parts[lines]])
    return whole
