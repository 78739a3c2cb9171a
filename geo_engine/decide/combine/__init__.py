"""Combining utilities to one score: on a surface cell by cell, on a table of sites beside each other."""

from geo_engine.decide.combine.cells import attribution, combined, fuzzy, topsis, weighted_product, weighted_sum
from geo_engine.decide.combine.compare import MethodRanks, compare_methods, scores_by_method, shared_ranks
from geo_engine.decide.combine.ordered import ordered_average, orness, quantifier_average, quantifier_orness, trade_off
from geo_engine.decide.combine.sites import Vikor, net_flow, topsis_of_sites, vikor
from geo_engine.decide.combine.words import combination_words

__all__ = [
    "MethodRanks",
    "Vikor",
    "attribution",
    "combination_words",
    "combined",
    "compare_methods",
    "fuzzy",
    "net_flow",
    "ordered_average",
    "orness",
    "quantifier_average",
    "quantifier_orness",
    "scores_by_method",
    "shared_ranks",
    "topsis",
    "topsis_of_sites",
    "trade_off",
    "vikor",
    "weighted_product",
    "weighted_sum",
]
