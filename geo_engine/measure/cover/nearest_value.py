"""What the nearest feature says in one of its columns: a plot's year, a district's rate, a substation's headroom."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo_engine.errors import Fault, LayerError, nearest_spelling
from geo_engine.measure.places import Places
from geo_engine.model import Features

__all__ = ["nearest_value"]

_SHOWN = 3  # rows with text


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
    values = _numbers(data, column)
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


def _numbers(data: Features, column: str) -> NDArray[np.float32]:
    name = data.layer.name
    if column not in data.table:
        found = [str(each) for each in data.table.columns]
        raise LayerError(Fault(name, f"column '{column}' missing", found=", ".join(found), remedy=nearest_spelling(column, found)))
    raw = data.table[column]
    values = pd.to_numeric(raw, errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
    text = np.flatnonzero(~raw.isna().to_numpy() & ~np.isfinite(values))
    if text.size:
        labels = data.labels()
        shown = ", ".join(f"{labels[row]}: {raw.iloc[row]}" for row in text[:_SHOWN])
        raise LayerError(Fault(name, f"column '{column}' is not a number in {text.size} rows", found=shown, allowed="numbers, or blanks"))
    return values.astype(np.float32)
