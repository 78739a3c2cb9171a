"""Rows of a source with their geometry, before anything is filtered out, projected or repaired."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import shapely
from numpy.typing import NDArray

from geo_engine.model import Layer
from geo_engine.workspace.catalogue import layer_place
from geo_engine.workspace.data.networks.edges import edges_from
from geo_engine.workspace.data.rows import OSGB36, WGS84, Source, points_from, points_from_references
from geo_engine.workspace.data.source import read_source
from geo_engine.workspace.data.table import keys
from geo_engine.workspace.data.vector import reading_of

__all__ = ["Raw", "raw_rows"]


@dataclass(frozen=True, eq=False)
class Raw:
    """A layer's rows as its source has them.

    Parameters
    ----------
    layer : Layer
        As declared.
    source : Source
        n rows with geometry; missing and empty geometry is still there.
    crs : str or None
        What the geometry is in: the layer's word before the data's; None where nobody says it.
    """

    layer: Layer
    source: Source
    crs: str | None

    @property
    def placed(self) -> frozenset[str]:
        """Columns that say where a row is."""
        layer = self.layer
        return frozenset(name for name in (layer.lon, layer.lat, layer.easting, layer.northing, layer.grid_ref) if name)

    @property
    def geometry(self) -> NDArray[np.object_]:
        """The n geometries, two-dimensional."""
        made: NDArray[np.object_] = np.asarray(shapely.force_2d(self.source.geometry), dtype=object)
        return made

    def named(self, rows: NDArray[np.bool_], most: int = 3) -> tuple[str, ...]:
        """Name the first rows of a mask of shape (n,) as people find them: ``line 3 (Alpha)``."""
        source, column = self.source, self.layer.id
        labels = source.table[column].map(str).to_numpy() if column in source.table.columns else None
        first = np.flatnonzero(rows)[:most]
        return tuple(f"{source.row_word} {source.rows[row]}" + (f" ({labels[row]})" if labels is not None else "") for row in first)

    def keys(self) -> NDArray[np.object_]:
        """Give the n values of the id column as texts; None in a blank cell, and in every row where there is no such column."""
        if self.layer.id not in self.source.table.columns:
            return np.full(len(self.source.table), None, dtype=object)
        made = keys(self.source.table[self.layer.id])
        return made.astype(object).where(made.notna(), None).to_numpy(dtype=object)


def raw_rows(layer: Layer) -> Raw:
    """Read a vector layer's rows with its own filter, and nothing else done to them.

    Raises
    ------
    LayerError
        If the source is missing or cannot be read, or a row's coordinates are no numbers.
    """
    place, label = layer_place(layer, "source"), Path(layer.source).name
    where = layer.where if layer.where and not layer.join else ""
    source = read_source(
        layer.source,
        place=place,
        sublayer=layer.sublayer,
        where=where,
        where_place=layer_place(layer, "where"),
        geometry=layer.geometry,
        reading=reading_of(layer),
    )
    if layer.geometry == "points" and layer.grid_ref:
        return Raw(layer, points_from_references(source, layer.grid_ref, place, label), OSGB36)
    if layer.geometry == "points" and layer.easting and layer.northing:
        return Raw(layer, points_from(source, layer.easting, layer.northing, place, label, allowed="a number"), layer.crs)
    if layer.geometry == "points" and source.geometry is None:
        return Raw(layer, points_from(source, layer.lon, layer.lat, place, label), layer.crs or WGS84)
    source, crs = edges_from(layer, source)
    if source.geometry is None:
        source = replace(source, geometry=np.full(len(source.table), None, dtype=object))
    return Raw(layer, source, crs or None)
