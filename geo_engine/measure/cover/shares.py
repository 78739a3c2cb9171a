"""The exact share of a cell that lies inside polygons."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo_engine.kernels.shapes import ring_segments
from geo_engine.measure.places import Places

__all__ = ["pieces", "share_inside"]

_MOST_CORNERS = 256  # of a piece that cells are clipped with: a whole coast would be walked for each cell
_HALF_DIAGONAL = 0.7072  # of a square of side 1, a little more than the root of one half


def share_inside(union: BaseGeometry, cell: float) -> Callable[[Places], NDArray[np.float64]]:
    """Prepare the share of the square about a place that lies inside a union of polygons.

    Only squares that the union's edge may cross are clipped, and only with the pieces of the union that they touch. The others
    lie wholly inside or outside, as their centre does.

    Parameters
    ----------
    union : shapely geometry
        A polygon or multipolygon, valid; empty for none.
    cell : float
        Side of the square in metres; its sides run east and north, the place is its middle.

    Returns
    -------
    callable
        Takes places, gives float64 of their shape, 0 to 1: area of the square inside over area of the square.

    Examples
    --------
    >>> from geo_engine.measure import PointPlaces
    >>> half = share_inside(shapely.box(0, 0, 10, 10), 2.0)
    >>> half(PointPlaces(np.array([5.0, 0.0, 0.0]), np.array([5.0, 5.0, 0.0])))
    array([1.  , 0.5 , 0.25])
    """
    rings = ring_segments(union)
    cut = np.array(list(pieces(union)), dtype=object)
    tree = shapely.STRtree(cut)
    if cut.size:
        tree.query(cut[:1])  # the tree is built by its first question, and threads ask later
    reach = cell * _HALF_DIAGONAL

    def share(places: Places) -> NDArray[np.float64]:
        found = places.inside(rings).astype(np.float64)
        if not rings.size:
            return found
        crossed = places.segment_distance(rings, float(np.nextafter(np.float32(reach), np.float32(np.inf)))) <= reach
        e, n = (axis[crossed] for axis in places.coordinates())
        squares = shapely.box(e - cell / 2, n - cell / 2, e + cell / 2, n + cell / 2)
        square, piece = tree.query(squares)
        order = np.lexsort((piece, square))  # areas are added in one order, however many squares are asked about at once
        square, piece = square[order], piece[order]
        area = shapely.area(shapely.intersection(squares[square], cut[piece]))
        inside = np.bincount(square, weights=area, minlength=len(squares))
        found[crossed] = np.clip(inside / (cell * cell), 0.0, 1.0)
        return found

    return share


def pieces(shape: BaseGeometry) -> Iterator[BaseGeometry]:
    """Cut a shape in halves until each has few corners; the pieces do not overlap and make up the whole."""
    for part in shapely.get_parts(shape):
        if shapely.get_dimensions(part) != 2 or part.is_empty:  # noqa: PLR2004 - cuts leave points and lines behind
            continue
        if shapely.get_num_coordinates(part) <= _MOST_CORNERS:
            yield part
            continue
        west, south, east, north = shapely.bounds(part).tolist()
        wide = east - west >= north - south
        middle = (west + east) / 2 if wide else (south + north) / 2
        halves = (
            (shapely.box(west, south, middle, north), shapely.box(middle, south, east, north))
            if wide
            else (shapely.box(west, south, east, middle), shapely.box(west, middle, east, north))
        )
        for half in halves:
            yield from pieces(shapely.intersection(part, half))
