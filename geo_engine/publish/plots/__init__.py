"""Plots as plain SVG, drawn by own code: the same numbers give the same bytes, and no library is needed."""

from geo_engine.publish.plots.capture import Curve, capture_svg, write_capture_plot

__all__ = ["Curve", "capture_svg", "write_capture_plot"]
