"""How sure a ranking is: weights and data drawn within their uncertainty, one thing moved at a time, and what each input does."""

from geo_engine.decide.robustness.acceptability import Smaa, smaa, tiers
from geo_engine.decide.robustness.draws import draw_weights
from geo_engine.decide.robustness.surface import best_probability, best_thresholds

__all__ = ["Smaa", "best_probability", "best_thresholds", "draw_weights", "smaa", "tiers"]
