"""What can be measured at a place: one frozen type per measure, told apart by its class."""

from geo_engine.model.measure.base import Direction, Impedance, Measure, Selection
from geo_engine.model.measure.land import (
    Aspect,
    ClassDistance,
    ClassShare,
    Coverage,
    KernelDensity,
    RasterMeasure,
    RasterValue,
    Slope,
)
from geo_engine.model.measure.near import Distance, Inside, NearestValue
from geo_engine.model.measure.plugged import PluggedMeasure
from geo_engine.model.measure.travel import (
    Access,
    CombinedTravel,
    CountWithin,
    Decay,
    FloatingCatchment,
    SumWithin,
    Travel,
    TravelCost,
    TravelDistance,
    TravelTime,
)

__all__ = [
    "Access",
    "Aspect",
    "ClassDistance",
    "ClassShare",
    "CombinedTravel",
    "CountWithin",
    "Coverage",
    "Decay",
    "Direction",
    "Distance",
    "FloatingCatchment",
    "Impedance",
    "Inside",
    "KernelDensity",
    "Measure",
    "NearestValue",
    "PluggedMeasure",
    "RasterMeasure",
    "RasterValue",
    "Selection",
    "Slope",
    "SumWithin",
    "Travel",
    "TravelCost",
    "TravelDistance",
    "TravelTime",
]
