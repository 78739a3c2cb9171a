"""Shapely geometry to the bare arrays that the kernels take."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

__all__ = ["line_segments", "point_coordinates", "ring_segments"]


def line_segments(lines: NDArray[np.object_]) -> tuple[NDArray[np.float64], NDArray[np.int32]]:
    """Give the segments of lines or rings, and which line each belongs to.

    Parameters
    ----------
    lines : ndarray of LineString or LinearRing, shape (n,)
        In metres; no multi-part lines.

    Returns
    -------
    segments : float64 ndarray, shape (4, segments)
        Easting and northing of start, easting and northing of end.
    owner : int32 ndarray, shape (segments,)
        Index of the line, rising.

    Examples
    --------
    >>> line_segments(np.array([shapely.LineString([(0, 0), (3, 4), (6, 4)])]))
    (array([[0., 3.],
           [0., 4.],
           [3., 6.],
           [4., 4.]]), array([0, 0], dtype=int32))
    """
    coordinates, line = shapely.get_coordinates(lines, return_index=True)
    joined = line[1:] == line[:-1]
    ends = np.hstack([coordinates[:-1][joined], coordinates[1:][joined]])
    return np.ascontiguousarray(ends.T), line[:-1][joined].astype(np.int32)


def ring_segments(polygons: BaseGeometry | NDArray[np.object_]) -> NDArray[np.float64]:
    """Give the ring segments of polygons, shells one way round and holes the other, float64 of shape (4, segments)."""
    rings = shapely.get_rings(shapely.orient_polygons(shapely.get_parts(polygons)))
    return line_segments(rings)[0]


def point_coordinates(points: NDArray[np.object_]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give eastings and northings of points, each float64 of shape (n,)."""
    coordinates = shapely.get_coordinates(points)
    return np.ascontiguousarray(coordinates[:, 0]), np.ascontiguousarray(coordinates[:, 1])
