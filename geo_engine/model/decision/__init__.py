"""What a decision is made by: rules, how weights are found and how uncertain they are, how utilities become a score, scenarios."""

from geo_engine.model.decision.area_form import AreaForm, ExistingSites
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
from geo_engine.model.decision.readiness import Action, Evidence, KeepEnough, NeedTest, Readiness, Subject, Threshold, proves
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
    "Action",
    "AreaForm",
    "BackTestLand",
    "Combination",
    "ComparableLand",
    "Constraint",
    "DataWeights",
    "DerivedWeights",
    "DirichletWeights",
    "EqualWeights",
    "Evidence",
    "ExistingSites",
    "Fuzzy",
    "IntervalWeights",
    "Keep",
    "KeepClasses",
    "KeepEnough",
    "KeepRange",
    "KeepShare",
    "Minimum",
    "NearLand",
    "NeedTest",
    "NullModel",
    "OrderedAverage",
    "OrderedWeights",
    "PairwiseComparison",
    "PointWeights",
    "QuantifierAverage",
    "RankOrder",
    "Readiness",
    "Robustness",
    "Scenario",
    "SizeSpread",
    "Subject",
    "SwingWeights",
    "Threshold",
    "Topsis",
    "UniformWeights",
    "WeightDistribution",
    "WeightSpread",
    "WeightedProduct",
    "WeightedSum",
    "Weighting",
    "proves",
]
