"""Registers beside the table of sites: near misses, needs against what is there, readiness, and the areas cell by cell."""

from geo_engine.publish.registers.cells import write_cells
from geo_engine.publish.registers.near_misses import write_near_misses
from geo_engine.publish.registers.needs import needs_sentence, write_needs
from geo_engine.publish.registers.readiness import missing_rows, readiness_cards, readiness_rows, write_readiness

__all__ = [
    "missing_rows",
    "needs_sentence",
    "readiness_cards",
    "readiness_rows",
    "write_cells",
    "write_near_misses",
    "write_needs",
    "write_readiness",
]
