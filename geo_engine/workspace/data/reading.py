"""How a source is to be read: encoding, decimal sign, tags, the columns that are needed and the window that is needed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyproj

from geo_engine.projection import transformer

__all__ = ["Bounds", "Reading", "TagFilter"]

Bounds = tuple[float, float, float, float]
"""West, south, east, north."""

TagFilter = Mapping[str, tuple[str, ...]]
"""Values by key of OpenStreetMap; no value stands for any."""

_SLACK = 0.01  # of the window's size: what a straight edge bends by when it is projected, and more


@dataclass(frozen=True, slots=True)
class Reading:
    """How a source is to be read.

    Parameters
    ----------
    encoding : str or None
        Of text; None where the data say it or are UTF-8.
    decimal : str
        Sign between whole numbers and fractions.
    tags : mapping of str to tuple of str
        Which features of OpenStreetMap are wanted.
    window : tuple of float or None
        West, south, east, north in `crs`: what does not touch it need not be read. A source may give more.
    crs : str
        Of the window.
    own_crs : str or None
        The CRS that the layer states, before that of the data.
    columns : frozenset of str or None
        Columns that are needed; None for all. A source may give more.
    store : Path or None
        The folder that data behind addresses were fetched into.
    """

    encoding: str | None = None
    decimal: str = "."
    tags: TagFilter = field(default_factory=dict)
    window: Bounds | None = None
    crs: str = ""
    own_crs: str | None = None
    columns: frozenset[str] | None = None
    store: Path | None = None

    def bounds_in(self, crs: str | None) -> Bounds | None:
        """Give bounds in the data's CRS that hold the window, or None where there is no window or none that is sure.

        >>> Reading(window=(0.0, 0.0, 100.0, 100.0), crs="EPSG:27700").bounds_in("EPSG:27700")
        (-1.0, -1.0, 101.0, 101.0)
        >>> Reading().bounds_in("EPSG:27700") is None
        True
        """
        crs = self.own_crs or crs
        if self.window is None or not crs:
            return None
        try:
            box = transformer(self.crs, crs).transform_bounds(*self.window, densify_pts=21)
        except pyproj.exceptions.ProjError:
            return None
        west, south, east, north = map(float, box)
        if not (np.isfinite(box).all() and west <= east and south <= north):  # over a pole or the date line
            return None
        slack = _SLACK * max(east - west, north - south)
        return west - slack, south - slack, east + slack, north + slack

    def wanted(self, columns: list[str]) -> list[str] | None:
        """Choose the needed ones of a source's columns, in the source's order; None for all.

        >>> Reading(columns=frozenset({"B", "x"})).wanted(["a", "b"]), Reading().wanted(["a"])
        (['b'], None)
        """
        if self.columns is None:
            return None
        asked = {name.lower() for name in self.columns}
        return [name for name in columns if name.lower() in asked]
