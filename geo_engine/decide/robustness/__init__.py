"""How sure a ranking is: weights and data drawn within their uncertainty, one thing moved at a time, and what each input does."""

from geo_engine.decide.robustness.acceptability import smaa, tiers
from geo_engine.decide.robustness.draws import draw_weights
from geo_engine.decide.robustness.one_at_a_time import TEN_BEST, THRESHOLDS_BY, WEIGHTS_BY, kendall_tau, one_at_a_time
from geo_engine.decide.robustness.reversal import OWN, Reversal, reversals_by_addition, reversals_by_removal
from geo_engine.decide.robustness.sensitivity import Swing, drop_one, move_thresholds, move_weights, site_scores, thresholds_of
from geo_engine.decide.robustness.surface import best_probability, best_thresholds
from geo_engine.decide.robustness.variance import Morris, Sobol, morris_effects, rank_model, sobol_indices

__all__ = [
    "OWN",
    "TEN_BEST",
    "THRESHOLDS_BY",
    "WEIGHTS_BY",
    "Morris",
    "Reversal",
    "Sobol",
    "Swing",
    "best_probability",
    "best_thresholds",
    "draw_weights",
    "drop_one",
    "kendall_tau",
    "morris_effects",
    "move_thresholds",
    "move_weights",
    "one_at_a_time",
    "rank_model",
    "reversals_by_addition",
    "reversals_by_removal",
    "site_scores",
    "smaa",
    "sobol_indices",
    "thresholds_of",
    "tiers",
]
