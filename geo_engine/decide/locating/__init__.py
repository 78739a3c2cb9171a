"""Locating contiguous areas of the size that a facility needs: what is asked for, and the search."""

from geo_engine.decide.locating.ground import Ground, Piece, block_side, blocks_of
from geo_engine.decide.locating.search import locate_areas, search_ground
from geo_engine.decide.locating.wish import Area, Leftover, Located, Wish, cells_needed

__all__ = [
    "Area",
    "Ground",
    "Leftover",
    "Located",
    "Piece",
    "Wish",
    "block_side",
    "blocks_of",
    "cells_needed",
    "locate_areas",
    "search_ground",
]
