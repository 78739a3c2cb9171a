"""Least-cost ways over a raster of multipliers, in sixteen directions."""

from geo_engine.kernels.corridors.moves import BESIDE, LENGTHS, MOVES, QUARTERS
from geo_engine.kernels.corridors.search import least_cost_search, way_back

__all__ = ["BESIDE", "LENGTHS", "MOVES", "QUARTERS", "least_cost_search", "way_back"]
