"""From lines to a network: joined, parted, stored."""

from geo_engine.network.build.lines import build_network, straight_network
from geo_engine.network.build.network import Network, NetworkReport, Words
from geo_engine.network.build.stored import is_stored, load_network, save_network

__all__ = ["Network", "NetworkReport", "Words", "build_network", "is_stored", "load_network", "save_network", "straight_network"]
