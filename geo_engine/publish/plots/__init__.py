"""Plots by own code: curves as plain SVG, a quick look at a layer as PNG; the same numbers give the same bytes, no library is needed."""

from geo_engine.publish.plots.capture import Curve, capture_svg, write_capture_plot
from geo_engine.publish.plots.quick_look import QuickLook, draw_quick_look, quick_look_png, write_quick_look

__all__ = ["Curve", "QuickLook", "capture_svg", "draw_quick_look", "quick_look_png", "write_capture_plot", "write_quick_look"]
