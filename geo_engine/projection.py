"""The way from one coordinate reference system to another: the one place that asks PROJ for it."""

from __future__ import annotations

from functools import cache

import pyproj
import pyproj.network

__all__ = ["transformer"]


@cache
def transformer(source: str, target: str) -> pyproj.Transformer:
    """Make the transformation between two CRS: easting or longitude first, PROJ's network off.

    PROJ takes some fifty milliseconds to look through the operations that it knows, so each is made once; threads may share it.

    Raises
    ------
    pyproj.exceptions.CRSError
        If one of them is not known.

    Examples
    --------
    >>> [round(value, -2) for value in transformer("EPSG:4326", "EPSG:27700").transform(1.716074, 52.658008)]
    [651400.0, 313200.0]
    """
    pyproj.network.set_network_enabled(active=False)  # type: ignore[attr-defined]
    return pyproj.Transformer.from_crs(source, target, always_xy=True)
