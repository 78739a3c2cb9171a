"""Measures of the land: what a raster says about a place, what covers it, how densely things lie, and what plug-ins say."""
