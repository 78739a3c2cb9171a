"""What a decision is made by: rules, how weights are found and how uncertain they are, how utilities become a score, scenarios."""

from geo_engine.model.decision.backtest import BackTestLand, ComparableLand, NearLand, NullModel
from geo_engine.model.decision.candidates import Candidates
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
from geo_engine.model.decision.rules import Constraint, Keep, KeepClasses, KeepRange, KeepShare
from geo_engine.model.decision.scenario import Scenario
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
    "BackTestLand",
    "Candidates",
    "Combination",
    "ComparableLand",
    "Constraint",
    "DataWeights",
    "DerivedWeights",
    "DirichletWeights",
    "EqualWeights",
    "Fuzzy",
    "IntervalWeights",
    "Keep",
    "KeepClasses",
    "KeepRange",
    "KeepShare",
    "Minimum",
    "NearLand",
    "NullModel",
    "OrderedAverage",
    "OrderedWeights",
    "PairwiseComparison",
    "PointWeights",
    "QuantifierAverage",
    "RankOrder",
    "Robustness",
    "Scenario",
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
