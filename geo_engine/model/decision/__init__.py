"""What a decision is made by: how weights are found, how uncertain they are, how utilities become a score."""

from geo_engine.model.decision.combining import (
    Combination,
    Fuzzy,
    Minimum,
    OrderedAverage,
    QuantifierAverage,
    Topsis,
    WeightedProduct,
    WeightedSum,
)
from geo_engine.model.decision.uncertainty import (
    DirichletWeights,
    IntervalWeights,
    OrderedWeights,
    Robustness,
    SizeSpread,
    UniformWeights,
    WeightDistribution,
    WeightSpread,
)
from geo_engine.model.decision.weighting import (
    DataWeights,
    DerivedWeights,
    EqualWeights,
    PairwiseComparison,
    PointWeights,
    RankOrder,
    SwingWeights,
    Weighting,
)

__all__ = [
    "Combination",
    "DataWeights",
    "DerivedWeights",
    "DirichletWeights",
    "EqualWeights",
    "Fuzzy",
    "IntervalWeights",
    "Minimum",
    "OrderedAverage",
    "OrderedWeights",
    "PairwiseComparison",
    "PointWeights",
    "QuantifierAverage",
    "RankOrder",
    "Robustness",
    "SizeSpread",
    "SwingWeights",
    "Topsis",
    "UniformWeights",
    "WeightDistribution",
    "WeightSpread",
    "WeightedProduct",
    "WeightedSum",
    "Weighting",
]
