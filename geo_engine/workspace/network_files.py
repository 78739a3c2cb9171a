"""Files that hold a network by their very format, told by their names, and the columns that they come with."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["is_graphml", "is_osm", "known_columns", "osm_format"]

_OSM = {".osm.pbf": "pbf", ".osm": "osm", ".osm.bz2": "osm.bz2"}
_ENDS: Mapping[str, str | tuple[str, ...]] = {"oneway": "oneway", "from_node": "from_node", "to_node": "to_node"}
_OSM_COLUMNS = {"road_class": "class", "maxspeed": "maxspeed", "restrictions": ("access", "hgv"), **_ENDS}


def osm_format(source: str) -> str | None:
    """Give the format of a file of OpenStreetMap as pyosmium calls it; None for any other file.

    >>> osm_format("a.OSM.pbf"), osm_format("a.osm"), osm_format("a.gpkg")
    ('pbf', 'osm', None)
    """
    return next((kind for ending, kind in _OSM.items() if source.lower().endswith(ending)), None)


def is_osm(source: str, geometry: str, sublayer: str | None) -> bool:
    """Say whether a source is a file of OpenStreetMap to be read as a network; with a sublayer it is GDAL's.

    >>> is_osm("a.osm.pbf", "network", None), is_osm("a.osm.pbf", "lines", "lines"), is_osm("a.osm.pbf", "points", None)
    (True, False, False)
    """
    return geometry in {"lines", "network"} and sublayer is None and osm_format(source) is not None


def is_graphml(source: str) -> bool:
    """Say whether a source is a graph in GraphML.

    >>> is_graphml("town.graphml"), is_graphml("town.gml")
    (True, False)
    """
    return source.lower().endswith(".graphml")


def known_columns(source: str, sublayer: str | None) -> Mapping[str, str | tuple[str, ...]]:
    """Give the columns of a network that need not be named, because every file of the format has them.

    Returns
    -------
    mapping of str to str or tuple of str
        By the name of the parameter of `NetworkColumns`; empty where the format says nothing.

    Examples
    --------
    >>> known_columns("a.osm.pbf", None)["road_class"], dict(known_columns("a.gpkg", None))
    ('class', {})
    """
    if is_osm(source, "network", sublayer):
        return _OSM_COLUMNS
    return _ENDS if is_graphml(source) else {}
