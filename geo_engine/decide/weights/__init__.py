"""Weights of criteria: by judgement (direct, swing, order, pairs) and from data (entropy, CRITIC)."""

from geo_engine.decide.weights.data import critic_weights, entropy_weights
from geo_engine.decide.weights.derive import derive_weights, weighed
from geo_engine.decide.weights.judged import equal_weights, point_weights, rank_order_weights, swing_weights
from geo_engine.decide.weights.pairwise import ahp_weights, combine_judgements, judgement_matrix

__all__ = [
    "ahp_weights",
    "combine_judgements",
    "critic_weights",
    "derive_weights",
    "entropy_weights",
    "equal_weights",
    "judgement_matrix",
    "point_weights",
    "rank_order_weights",
    "swing_weights",
    "weighed",
]
