"""Sources that are networks: OpenStreetMap, GraphML, tables of edges with tables of nodes."""
