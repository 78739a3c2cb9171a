"""Registers beside the table of sites: near misses, needs, readiness, areas cell by cell, what inputs do to them, how sure ranks are."""

from geo_engine.publish.registers.cells import write_cells
from geo_engine.publish.registers.near_misses import write_near_misses
from geo_engine.publish.registers.needs import need_rows, needs_sentence, write_needs
from geo_engine.publish.registers.readiness import missing_rows, readiness_cards, readiness_rows, write_readiness
from geo_engine.publish.registers.sensitivity import moved_input, write_sensitivity
from geo_engine.publish.registers.sureness import write_sureness

__all__ = [
    "missing_rows",
    "moved_input",
    "need_rows",
    "needs_sentence",
    "readiness_cards",
    "readiness_rows",
    "write_cells",
    "write_near_misses",
    "write_needs",
    "write_readiness",
    "write_sensitivity",
    "write_sureness",
]
