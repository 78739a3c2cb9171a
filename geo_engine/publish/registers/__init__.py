"""Registers beside the table of sites: near misses, the areas cell by cell, and what each input of the study does to them."""

from geo_engine.publish.registers.cells import write_cells
from geo_engine.publish.registers.near_misses import write_near_misses
from geo_engine.publish.registers.sensitivity import moved_input, write_sensitivity

__all__ = ["moved_input", "write_cells", "write_near_misses", "write_sensitivity"]
