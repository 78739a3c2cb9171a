"""What a decision is made by: how weights are found, how uncertain they are, how utilities become a score."""

from geo_engine.model.decision.backtest import BackTestLand, ComparableLand, NearLand, NullModel
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
from geo_engine.model.decision.uncertainty import DirichletWeights, IntervalWeights, OrderedWeights, UniformWeights, WeightDistribution
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
    "BackTestLand",
    "Combination",
    "ComparableLand",
    "DataWeights",
    "DerivedWeights",
    "DirichletWeights",
    "EqualWeights",
    "Fuzzy",
    "IntervalWeights",
    "Minimum",
    "NearLand",
    "NullModel",
    "OrderedAverage",
    "OrderedWeights",
    "PairwiseComparison",
    "PointWeights",
    "QuantifierAverage",
    "RankOrder",
    "SwingWeights",
    "Topsis",
    "UniformWeights",
    "WeightDistribution",
    "WeightedProduct",
    "WeightedSum",
    "Weighting",
]
