"""Layers as files that others open: formats, names of columns that hold everywhere, provenance that travels along."""

from geo_engine.publish.exports.columns import storable
from geo_engine.publish.exports.formats import FORMATS, write_cells, write_sheet
from geo_engine.publish.exports.geopackage import Sheet, write_sheets
from geo_engine.publish.exports.sheets import KINDS, layer_sheet, provenance_of, provenance_text

__all__ = [
    "FORMATS",
    "KINDS",
    "Sheet",
    "layer_sheet",
    "provenance_of",
    "provenance_text",
    "storable",
    "write_cells",
    "write_sheet",
    "write_sheets",
]
