"""How many rows a layer has, where that is known without reading them."""

from __future__ import annotations

import math
from contextlib import suppress

import pyogrio
from pyogrio.errors import DataLayerError, DataSourceError

from geo_engine.errors import LayerError
from geo_engine.model import Layer
from geo_engine.workspace.catalogue import layer_place, local_file
from geo_engine.workspace.remote.store import fetched_file, is_fetched, is_service, store_of

__all__ = ["count_rows"]

_INDEXED = (".gpkg", ".fgb", ".shp", ".gdb", ".sqlite", ".db")


def count_rows(layer: Layer) -> float:
    """Count a layer's rows as its file states them, before any condition.

    Returns
    -------
    float
        0 where the file must be read to know, or cannot be read in part (a CSV, an archive, a joined table); infinite for a
        database, which is always asked for what is needed only.
    """
    if layer.join or layer.easting or layer.grid_ref or layer.tags or layer.geometry in {"raster", "network"}:
        return 0
    if layer.source.upper().startswith("PG:"):
        return math.inf
    source, sublayer = layer.source, layer.sublayer
    with suppress(LayerError, DataSourceError, DataLayerError, ValueError, OSError, ImportError):
        if is_fetched(source):
            path = fetched_file(source, sublayer, store_of(layer.path), layer_place(layer, "source"))
            source, sublayer = str(path), None if is_service(source) else sublayer
        if local_file(source) is None:
            return 0
        if source.lower().endswith((".parquet", ".geoparquet")):
            import pyarrow.parquet  # noqa: PLC0415 - an extra

            return float(pyarrow.parquet.read_metadata(source).num_rows)
        if source.lower().endswith(_INDEXED):
            names = [str(name) for name, kind in pyogrio.list_layers(source) if kind is not None]
            name = sublayer or (names[0] if len(names) == 1 else None)
            return float(max(pyogrio.read_info(source, layer=name)["features"], 0)) if name else 0
    return 0
