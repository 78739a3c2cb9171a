"""Registers beside the table of sites: near misses, and the areas cell by cell."""

from geo_engine.publish.registers.cells import write_cells
from geo_engine.publish.registers.near_misses import write_near_misses

__all__ = ["write_cells", "write_near_misses"]
