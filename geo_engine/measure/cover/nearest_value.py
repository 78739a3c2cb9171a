"""What the nearest feature says in one of its columns: a plot's year, a district's rate, a substation's headroom."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import shapely
from numpy.typing import NDArray

from geo_engine.measure.columns import numbers
from geo_engine.measure.places import Places
from geo_engine.model import Features

__all__ = ["nearest_value"]


def nearest_value(data: Features, column: str, within: float) -> Callable[[Places], NDArray[np.float32]]:
    """Prepare the value of a column of the nearest feature within a distance.

    Parameters
    ----------
    data : Features
        Points, lines or polygons.
    column : str
        Numbers; blanks are unknown.
    within : float
        Metres, the limit included; with 0 only features that hold the place count.

    Returns
    -------
    callable
        Gives float32 of the places' shape: NaN where no feature is near enough, and where the nearest one has a blank. Of features that
        are equally near, as overlapping polygons are for a place in both, the first in the file counts.

    Raises
    ------
    LayerError
        If the column is missing or holds text.
    """
    values = numbers(data, column).astype(np.float32)
    tree = shapely.STRtree(data.geometry)

    def measure(places: Places) -> NDArray[np.float32]:
        e, n = (axis.ravel() for axis in places.coordinates())
        out = np.full(e.size, np.nan, np.float32)
        if e.size and tree.query(shapely.box(e.min() - within, n.min() - within, e.max() + within, n.max() + within)).size:
            points = shapely.points(e, n)
            pairs = tree.query_nearest(points, max_distance=within) if within > 0 else tree.query(points, predicate="intersects")
            first = np.full(e.size, len(values), np.int64)
            np.minimum.at(first, pairs[0], pairs[1])
            found = first < len(values)
            out[found] = values[first[found]]
        return out.reshape(places.shape)

    return measure
