"""A network travelled: snapped to, searched, answered from."""

from geo_engine.network.travel.access import WayReport
from geo_engine.network.travel.facilities import Facilities, Legs
from geo_engine.network.travel.graph import Graph, Reached, make_graph
from geo_engine.network.travel.route import RouteFinder
from geo_engine.network.travel.snap import Snapped, on_land
from geo_engine.network.travel.vehicle import TravelNetwork, component_of, stand_at, travel_network

__all__ = [
    "Facilities",
    "Graph",
    "Legs",
    "Reached",
    "RouteFinder",
    "Snapped",
    "TravelNetwork",
    "WayReport",
    "component_of",
    "make_graph",
    "on_land",
    "stand_at",
    "travel_network",
]
