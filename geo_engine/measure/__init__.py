"""Layer to physical quantity, on a tile or at points: metres, seconds, people."""

from geo_engine.measure.places import Places, PointPlaces, TilePlaces
from geo_engine.measure.prepare import PreparedMeasure, distance_to, prepare, sizes
from geo_engine.measure.rules import PreparedRule, prepare_rule

__all__ = ["Places", "PointPlaces", "PreparedMeasure", "PreparedRule", "TilePlaces", "distance_to", "prepare", "prepare_rule", "sizes"]
