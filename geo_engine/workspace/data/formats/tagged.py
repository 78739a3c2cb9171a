"""Features of OpenStreetMap by their tags, as an ordinary layer of points, lines or polygons."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import shapely

from geo_engine.errors import Fault, LayerError
from geo_engine.workspace.data.reading import TagFilter
from geo_engine.workspace.data.rows import WGS84, Source
from geo_engine.workspace.network_files import osm_format

__all__ = ["read_tagged"]


def read_tagged(path: Path, place: str, geometry: str, tags: TagFilter) -> Source:
    """Read what carries one of some tags from a file of OpenStreetMap.

    Parameters
    ----------
    path : Path
        A file that ends in ``.osm.pbf``, ``.osm`` or ``.osm.bz2``.
    place : str
        How messages call the place that names it.
    geometry : {'points', 'lines', 'polygons'}
        Points are nodes, and a point on the surface of every area; lines are ways; polygons are closed ways and
        multipolygon relations, as libosmium assembles them.
    tags : mapping of str to tuple of str
        Values by key, no value for any; a feature that fits one of the keys is taken.

    Returns
    -------
    Source
        osm_id (``n``, ``w`` or ``r`` with the number), name, each of the keys, and all tags as JSON in the column tags; in
        longitude and latitude.

    Raises
    ------
    LayerError
        If pyosmium is not installed, the file is no whole file of OpenStreetMap, or nothing carries the tags.
    """
    if osm_format(path.name) is None:
        raise LayerError(Fault(place, "'tags' are for files of OpenStreetMap", f"'{path.name}'", "a file .osm.pbf, .osm or .osm.bz2"))
    try:
        import osmium  # noqa: F401, PLC0415 - an extra: asked for when it is needed
    except ImportError as error:
        what = "OpenStreetMap needs pyosmium, which is not installed"
        raise LayerError(Fault(place, what, found=f"'{path.name}'", remedy="pip install 'geo-engine[osm]'")) from error
    try:
        found = sorted(_features(path, geometry, tags), key=lambda item: (item[0][0], int(item[0][1:])))
    except (RuntimeError, OSError, UnicodeDecodeError) as error:
        text = str(error).replace(str(path), path.name)
        raise LayerError(Fault(place, f"'{path.name}' cannot be read: {text}", remedy="is it whole? Download it again")) from error
    if not found:
        asked = ", ".join(f"{key} = {' or '.join(values) if values else 'any'}" for key, values in tags.items())
        raise LayerError(Fault(place, f"'{path.name}' has no {geometry} with these tags", asked))
    named = [said for _, said, _ in found]
    columns: dict[str, Any] = {"osm_id": [number for number, _, _ in found]}
    columns |= {key: [said.get(key) for said in named] for key in dict.fromkeys(("name", *tags))}
    columns["tags"] = [json.dumps(said, ensure_ascii=False, sort_keys=True) for said in named]
    table = pd.DataFrame({name: pd.Series(values, dtype="str") for name, values in columns.items()})
    shapes = np.asarray(shapely.from_wkb([wkb for _, _, wkb in found]), dtype=object)
    if geometry == "points":
        areas = shapely.get_dimensions(shapes) == 2  # noqa: PLR2004 - a surface
        shapes[areas] = shapely.point_on_surface(shapes[areas])
    return Source(table, shapes, WGS84, np.arange(1, len(table) + 1), "feature")


def _features(path: Path, geometry: str, tags: TagFilter) -> Iterator[tuple[str, dict[str, str], str]]:
    """Yield id, tags and shape (WKB in hexadecimal digits) of what fits; what lacks places is left out."""
    import osmium  # noqa: PLC0415

    factory = osmium.geom.WKBFactory()
    file = osmium.FileProcessor(osmium.io.File(path, osm_format(path.name) or ""))
    reader = file.with_locations() if geometry == "lines" else file.with_areas(osmium.filter.KeyFilter(*tags))
    for item in reader.with_filter(osmium.filter.KeyFilter(*tags)):
        said = dict(item.tags)
        if not any(key in said and (not values or said[key] in values) for key, values in tags.items()):
            continue
        try:
            if isinstance(item, osmium.osm.Area) and geometry != "lines":
                yield f"{'w' if item.from_way() else 'r'}{item.orig_id()}", said, factory.create_multipolygon(item)
            elif isinstance(item, osmium.osm.Node) and geometry == "points":
                yield f"n{item.id}", said, factory.create_point(item)
            elif isinstance(item, osmium.osm.Way) and geometry == "lines":
                yield f"w{item.id}", said, factory.create_linestring(item)
        except (osmium.InvalidLocationError, RuntimeError):
            continue
