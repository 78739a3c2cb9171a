"""Vector and raster data: opened, filtered, joined, projected, repaired, sampled."""

from geo_engine.workspace.data.raster import open_raster
from geo_engine.workspace.data.vector import read_features

__all__ = ["open_raster", "read_features"]
