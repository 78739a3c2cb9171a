"""Road and rail networks: build, put facilities on, and reach them."""

from geo_engine.network.build import Network, NetworkReport, build_network
from geo_engine.network.door import from_networkx, to_networkx
from geo_engine.network.snap import Snapped
from geo_engine.network.travel import Facilities, Legs, TravelNetwork, travel_network

__all__ = [
    "Facilities",
    "Legs",
    "Network",
    "NetworkReport",
    "Snapped",
    "TravelNetwork",
    "build_network",
    "from_networkx",
    "to_networkx",
    "travel_network",
]
