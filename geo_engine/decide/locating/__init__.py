"""Locating contiguous areas of the size that a facility needs: what is asked for, and the search."""

from geo_engine.decide.locating.search import locate_areas
from geo_engine.decide.locating.wish import Area, Leftover, Located, Wish, cells_needed
from geo_engine.kernels.areas.land import close_around

__all__ = ["Area", "Leftover", "Located", "Wish", "cells_needed", "close_around", "locate_areas"]
