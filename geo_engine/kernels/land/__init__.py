"""Kernels of measures of the land: cells of a raster about a place, and what lies within a radius of it."""
