"""A layer's data as a sheet that every format can hold, with where they come from."""

from __future__ import annotations

from collections.abc import Mapping

import geopandas as gpd
import numpy as np
from numpy.typing import NDArray

from geo_engine.model import Features, Layer
from geo_engine.publish.exports.columns import storable
from geo_engine.publish.exports.geopackage import Sheet

__all__ = ["KINDS", "layer_sheet", "provenance_of", "provenance_text"]

KINDS: Mapping[str, str] = {"points": "Point", "lines": "MultiLineString", "network": "MultiLineString", "polygons": "MultiPolygon"}
"""Type of geometry in a file, by kind of layer."""


def layer_sheet(features: Features, crs: str, rows: NDArray[np.bool_] | None = None) -> tuple[Sheet, dict[str, str]]:
    """Make a layer's data into a sheet.

    Parameters
    ----------
    features : Features
        n features.
    crs : str
        In which they are.
    rows : bool ndarray, shape (n,), optional
        Which of them are wanted; all by default.

    Returns
    -------
    sheet : Sheet
        With the layer's title and provenance.
    renamed : dict of str to str
        New name by old, of columns that no format could hold under their own (see `storable`).
    """
    layer = features.layer
    table, renamed = storable(features.table)
    geometry = features.geometry
    if rows is not None:
        table, geometry = table[rows].reset_index(drop=True), geometry[rows]
    frame = gpd.GeoDataFrame(table, geometry=gpd.GeoSeries(geometry, index=table.index, crs=crs))
    return Sheet(layer.name, frame, KINDS[layer.geometry], layer.title, provenance_text(layer), provenance_of(layer)), renamed


def provenance_text(layer: Layer) -> str:
    """Say in a line who made a layer, of when, on what terms, and the sentence to carry."""
    return ". ".join(part.rstrip(".") for part in (layer.publisher, layer.vintage, layer.licence, layer.attribution) if part)


def provenance_of(layer: Layer) -> dict[str, str]:
    """Say where a layer comes from, by name; what is not stated is not there."""
    told = {
        "title": layer.title,
        "publisher": layer.publisher,
        "licence": layer.licence,
        "vintage": layer.vintage,
        "attribution": layer.attribution,
        "accuracy": layer.accuracy.text(),
        "faults": "; ".join(layer.faults),
    }
    return {name: text for name, text in told.items() if text}
