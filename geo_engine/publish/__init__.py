"""Results to files: web map, tables, rasters and geometry; one style file; the words that terminals show."""

from geo_engine.publish.grid_reference import grid_reference
from geo_engine.publish.outputs import write_outputs
from geo_engine.publish.plots import Curve, QuickLook, write_capture_plot, write_quick_look
from geo_engine.publish.registers import missing_rows, moved_input, need_rows, needs_sentence, readiness_rows
from geo_engine.publish.summary import best_table, gaps_sentence, inside_sentence, near_miss_sentence, untested
from geo_engine.publish.tables import Cell, as_read, connection_cells, denatured, measured_cells, route_cells
from geo_engine.publish.webmap import write_map

__all__ = [
    "Cell",
    "Curve",
    "QuickLook",
    "as_read",
    "best_table",
    "connection_cells",
    "denatured",
    "gaps_sentence",
    "grid_reference",
    "inside_sentence",
    "measured_cells",
    "missing_rows",
    "moved_input",
    "near_miss_sentence",
    "need_rows",
    "needs_sentence",
    "readiness_rows",
    "route_cells",
    "untested",
    "write_capture_plot",
    "write_map",
    "write_outputs",
    "write_quick_look",
]
