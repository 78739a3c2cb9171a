"""From quantity to meaning: value functions, overlay, locating areas, ranking."""

from geo_engine.decide.locating import (
    Area,
    Ground,
    Leftover,
    Located,
    Piece,
    Wish,
    block_side,
    blocks_of,
    cells_needed,
    locate_areas,
    search_ground,
)
from geo_engine.decide.overlay import Overlay, criterion_utility, weighted_overlay
from geo_engine.decide.rank import contributions, percentile_below, ranks
from geo_engine.decide.readiness import judge_need, judge_site, required_gaps
from geo_engine.decide.shapley import shapley_shares
from geo_engine.decide.value_functions import utility

__all__ = [
    "Area",
    "Ground",
    "Leftover",
    "Located",
    "Overlay",
    "Piece",
    "Wish",
    "block_side",
    "blocks_of",
    "cells_needed",
    "contributions",
    "criterion_utility",
    "judge_need",
    "judge_site",
    "locate_areas",
    "percentile_below",
    "ranks",
    "required_gaps",
    "search_ground",
    "shapley_shares",
    "utility",
    "weighted_overlay",
]
