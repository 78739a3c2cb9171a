"""The grid and the layers that the benchmarks share: Great Britain's box at 100 m, real substations, roads, regions."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import shapely
from numpy.typing import NDArray

from geo_engine.kernels.shapes import line_segments, point_coordinates, ring_segments
from geo_engine.model import Features, Grid
from geo_engine.workspace import Catalogue, read_catalogue, read_features

__all__ = ["GRID", "ROOT", "features", "lines", "points", "rings"]

ROOT = Path(__file__).resolve().parent.parent
GRID = Grid("EPSG:27700", 0.0, 1_300_000.0, 100.0, 13_000, 7_000)
"""91 million cells."""


def features(name: str, where: str | None = None) -> Features:
    """Read a layer of the workspace in the study's CRS."""
    return read_features(_catalogue().layers[name], crs=GRID.crs, where=where)


@cache
def _catalogue() -> Catalogue:
    return read_catalogue(ROOT)


def points(name: str = "grid_substations") -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Eastings and northings of a point layer."""
    return point_coordinates(features(name).geometry)


def lines(name: str = "major_roads") -> NDArray[np.float64]:
    """Segments of a line layer."""
    return line_segments(shapely.get_parts(features(name).geometry))[0]


def rings(name: str = "national_parks") -> NDArray[np.float64]:
    """Ring segments of a polygon layer."""
    return ring_segments(features(name).geometry)
