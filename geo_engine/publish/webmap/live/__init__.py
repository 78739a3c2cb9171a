"""The numbers that the page computes from, small enough to travel in it: coded in 16 bits, packed, written as text."""

from geo_engine.publish.webmap.live.coding import Coding, coded
from geo_engine.publish.webmap.live.lattice import Lattice, lattice
from geo_engine.publish.webmap.live.packing import ALPHABET, as_text, packed_cells, packed_numbers, zipped

__all__ = ["ALPHABET", "Coding", "Lattice", "as_text", "coded", "lattice", "packed_cells", "packed_numbers", "zipped"]
