"""What would have to change for a site to win or to lose: its weights, or one of its quantities."""

from geo_engine.decide.explanation.quantities import FROM_ZERO, Possible, Threshold, rank_thresholds, threshold_of
from geo_engine.decide.explanation.weight_change import WeightChange, weights_to_lose, weights_to_win

__all__ = ["FROM_ZERO", "Possible", "Threshold", "WeightChange", "rank_thresholds", "threshold_of", "weights_to_lose", "weights_to_win"]
