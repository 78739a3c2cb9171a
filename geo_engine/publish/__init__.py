"""Results to files: web map, tables, rasters and geometry; one style file; the words that terminals show."""

from geo_engine.publish.grid_reference import grid_reference
from geo_engine.publish.outputs import write_outputs
from geo_engine.publish.plots import Curve, QuickLook, quick_look_png, write_capture_plot, write_quick_look
from geo_engine.publish.registers import missing_rows, moved_input, needs_sentence
from geo_engine.publish.summary import best_table, gaps_sentence, near_miss_sentence, untested
from geo_engine.publish.vectors import sites_frame
from geo_engine.publish.webmap import write_map

__all__ = [
    "Curve",
    "QuickLook",
    "best_table",
    "gaps_sentence",
    "grid_reference",
    "missing_rows",
    "moved_input",
    "near_miss_sentence",
    "needs_sentence",
    "quick_look_png",
    "sites_frame",
    "untested",
    "write_capture_plot",
    "write_map",
    "write_outputs",
    "write_quick_look",
]
