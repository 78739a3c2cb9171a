"""Layers as files that others open: formats, names of columns that hold everywhere, provenance that travels along."""

from geo_engine.publish.exports.columns import storable
from geo_engine.publish.exports.geopackage import Sheet, write_sheets

__all__ = ["Sheet", "storable", "write_sheets"]
