"""Vector and raster data: opened, filtered, joined, projected, repaired, sampled."""

from geo_engine.workspace.data.formats.counting import count_rows
from geo_engine.workspace.data.raster import open_raster
from geo_engine.workspace.data.vector import EmptyWindowError, read_features

__all__ = ["EmptyWindowError", "count_rows", "open_raster", "read_features"]
