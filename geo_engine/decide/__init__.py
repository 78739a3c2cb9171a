"""From quantity to meaning: value functions, overlay, locating areas, ranking."""

from geo_engine.decide.locating import Area, Leftover, Located, Wish, cells_needed, close_around, locate_areas
from geo_engine.decide.overlay import Overlay, criterion_utility, weighted_overlay
from geo_engine.decide.rank import contributions, percentile_below, ranks
from geo_engine.decide.readiness import judge_need, judge_site, required_gaps
from geo_engine.decide.shapley import shapley_shares
from geo_engine.decide.value_functions import utility

__all__ = [
    "Area",
    "Leftover",
    "Located",
    "Overlay",
    "Wish",
    "cells_needed",
    "close_around",
    "contributions",
    "criterion_utility",
    "judge_need",
    "judge_site",
    "locate_areas",
    "percentile_below",
    "ranks",
    "required_gaps",
    "shapley_shares",
    "utility",
    "weighted_overlay",
]
