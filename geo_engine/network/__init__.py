"""Road and rail networks: build, put facilities on, search, and tell the way."""

from typing import TYPE_CHECKING

from geo_engine.doors import opened

if TYPE_CHECKING:
    from geo_engine.network.build import (
        Network,
        NetworkReport,
        Words,
        build_network,
        is_stored,
        load_network,
        save_network,
        straight_network,
    )
    from geo_engine.network.door import from_networkx, read_graphml, to_networkx, write_graphml
    from geo_engine.network.travel import (
        Facilities,
        Graph,
        Legs,
        Reached,
        RouteFinder,
        Snapped,
        TravelNetwork,
        WayReport,
        component_of,
        make_graph,
        on_land,
        stand_at,
        travel_network,
    )
else:
    __getattr__ = opened(__name__, __file__)

__all__ = [
    "Facilities",
    "Graph",
    "Legs",
    "Network",
    "NetworkReport",
    "Reached",
    "RouteFinder",
    "Snapped",
    "TravelNetwork",
    "WayReport",
    "Words",
    "build_network",
    "component_of",
    "from_networkx",
    "is_stored",
    "load_network",
    "make_graph",
    "on_land",
    "read_graphml",
    "save_network",
    "stand_at",
    "straight_network",
    "to_networkx",
    "travel_network",
    "write_graphml",
]
