"""How sure a ranking is: weights and data drawn within their uncertainty, one thing moved at a time, and what each input does."""

from geo_engine.decide.robustness.acceptability import smaa, tiers
from geo_engine.decide.robustness.draws import draw_weights
from geo_engine.decide.robustness.reversal import Reversal, reversals_by_addition, reversals_by_removal
from geo_engine.decide.robustness.sensitivity import Swing, drop_one, move_thresholds, move_weights, thresholds_of
from geo_engine.decide.robustness.surface import best_probability, best_thresholds
from geo_engine.decide.robustness.variance import Morris, Sobol, morris_effects, sobol_indices, weight_model

__all__ = [
    "Morris",
    "Reversal",
    "Sobol",
    "Swing",
    "best_probability",
    "best_thresholds",
    "draw_weights",
    "drop_one",
    "morris_effects",
    "move_thresholds",
    "move_weights",
    "reversals_by_addition",
    "reversals_by_removal",
    "smaa",
    "sobol_indices",
    "thresholds_of",
    "tiers",
    "weight_model",
]
