"""Least-cost ways over a raster of multipliers, in sixteen directions."""

from geo_engine.kernels.corridors.search import LENGTHS, MOVES, QUARTERS, least_cost_search, way_back

__all__ = ["LENGTHS", "MOVES", "QUARTERS", "least_cost_search", "way_back"]
