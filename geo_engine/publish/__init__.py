"""Results to files: web map, tables, rasters and geometry; one style file; the words that terminals show."""

from geo_engine.publish.exports import FORMATS, layer_sheet, provenance_of, write_cells, write_sheet
from geo_engine.publish.exports.looks import Exported, symbols_in, write_layer_project, write_style
from geo_engine.publish.grid_reference import grid_reference
from geo_engine.publish.outputs import write_outputs
from geo_engine.publish.plots import Curve, QuickLook, quick_look_png, write_capture_plot, write_quick_look
from geo_engine.publish.rasters import Rasters
from geo_engine.publish.registers import missing_rows, moved_input, need_rows, needs_sentence, readiness_rows
from geo_engine.publish.summary import best_table, gaps_sentence, inside_sentence, near_miss_sentence, untested
from geo_engine.publish.tables import Cell, as_read, connection_cells, denatured, measured_cells, route_cells
from geo_engine.publish.vectors import sites_frame
from geo_engine.publish.webmap import write_map

__all__ = [
    "FORMATS",
    "Cell",
    "Curve",
    "Exported",
    "QuickLook",
    "Rasters",
    "as_read",
    "best_table",
    "connection_cells",
    "denatured",
    "gaps_sentence",
    "grid_reference",
    "inside_sentence",
    "layer_sheet",
    "measured_cells",
    "missing_rows",
    "moved_input",
    "near_miss_sentence",
    "need_rows",
    "needs_sentence",
    "provenance_of",
    "quick_look_png",
    "readiness_rows",
    "route_cells",
    "sites_frame",
    "symbols_in",
    "untested",
    "write_capture_plot",
    "write_cells",
    "write_layer_project",
    "write_map",
    "write_outputs",
    "write_quick_look",
    "write_sheet",
    "write_style",
]
