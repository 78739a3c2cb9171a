"""Places given as tables, pairs or shapes: brought into the rows that a file of rivals would have given."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo_engine.errors import Fault, LayerError
from geo_engine.workspace.data.rows import Source
from geo_engine.workspace.places import Rivals, rivals_of

__all__ = ["rivals_given"]

_LABEL = "the places given"
_ALLOWED = "a GeoDataFrame, a DataFrame with name and lon, lat, pairs (lon, lat) or triples (name, lon, lat)"
_PAIR, _TRIPLE = 2, 3


def rivals_given(places: object, *, crs: str) -> Rivals:
    """Read places from what a notebook has at hand.

    Parameters
    ----------
    places : GeoDataFrame, GeoSeries, DataFrame, or iterable of tuples
        Points or polygons with their CRS; or a table as `read_rivals` wants it of a CSV (the column ``name`` may be missing);
        or ``(lon, lat)`` or ``(name, lon, lat)`` in degrees. One such tuple will do.
    crs : str
        The study's CRS.

    Returns
    -------
    Rivals
        As `read_rivals`.

    Raises
    ------
    LayerError
        With every fault.

    Examples
    --------
    >>> found = rivals_given([("Yard", -1.5, 54.9)], crs="EPSG:4326")
    >>> found.names, found.geometry.tolist()
    (('Yard',), [<POINT (-1.5 54.9)>])
    """
    if isinstance(places, gpd.GeoSeries):
        places = gpd.GeoDataFrame(geometry=places)
    if isinstance(places, gpd.GeoDataFrame):
        return rivals_of(_of_shapes(places), crs=crs, label=_LABEL)
    frame = places if isinstance(places, pd.DataFrame) else _of_tuples(places)
    table = frame.reset_index(drop=True)
    if "name" not in {str(column).casefold() for column in table.columns}:
        table = table.assign(name=[f"place {number}" for number in range(1, len(table) + 1)])
    return rivals_of(Source(table, None, None, np.arange(1, len(table) + 1), "row"), crs=crs, label=_LABEL)


def _of_shapes(places: gpd.GeoDataFrame) -> Source:
    if places.crs is None:
        raise LayerError(Fault(_LABEL, "the GeoDataFrame has no CRS", remedy='say what it is in: frame.set_crs("EPSG:4326")'))
    geometry = np.asarray(shapely.force_2d(places.geometry.to_numpy()), dtype=object)
    table = pd.DataFrame(places.drop(columns=places.geometry.name)).reset_index(drop=True)
    return Source(table, geometry, places.crs.to_wkt(), np.arange(1, len(table) + 1), "feature")


def _of_tuples(places: object) -> pd.DataFrame:
    if not isinstance(places, Iterable) or isinstance(places, str | bytes):
        raise LayerError(Fault(_LABEL, "are no places", found=type(places).__name__, allowed=_ALLOWED))
    listed: list[Any] = list(places)
    if listed and isinstance(listed[0], str | int | float | np.number):
        listed = [tuple(listed)]
    rows = []
    for number, item in enumerate(listed, start=1):
        parts = tuple(item) if isinstance(item, Iterable) and not isinstance(item, str | bytes) else ()
        if len(parts) not in {_PAIR, _TRIPLE}:
            raise LayerError(Fault(_LABEL, f"place {number} is no place", found=repr(item)[:60], allowed=_ALLOWED))
        rows.append(parts if len(parts) == _TRIPLE else (f"place {number}", *parts))
    return pd.DataFrame(rows, columns=["name", "lon", "lat"])
