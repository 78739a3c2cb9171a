"""Faults of rasters: no CRS or position, blank or constant, a value that stands for no data, no unit, an area that is left out."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import shapely

from geo_engine.model import Layer
from geo_engine.projection import transformer
from geo_engine.workspace.data.raster import raster_file
from geo_engine.workspace.faults.finding import Finding
from geo_engine.workspace.faults.places import Area
from geo_engine.workspace.raw.look import raster_facts

__all__ = ["raster_faults"]

_STANDS_FOR_NONE = (-9999.0, -99999.0, -32768.0, -3.4028234663852886e38)
_ENOUGH = 0.99  # share of the area's box that should be covered


def raster_faults(layer: Layer, area: Area | None) -> Iterator[Finding]:
    """Find faults of a raster layer, looked at through at most 1,024 by 1,024 cells.

    Raises
    ------
    LayerError
        If it cannot be read.
    """
    facts, own, bounds, cells = raster_facts(raster_file(layer), layer.name)
    crs = layer.crs or own
    if crs is None:
        yield Finding("no_crs", "the raster states no CRS and the layer's file has no crs")
    known = cells[np.isfinite(cells)]
    if not known.size:
        yield Finding("blank_raster", f"none of {cells.size:,} cells looked at has a value", cells.size)
        return
    for value in _STANDS_FOR_NONE:
        share = float((known == np.float32(value)).mean())
        if share > 0 and value != facts.nodata:
            what = f"{share:.1%} of the cells are {value:.6g}, which is not declared as no data; gdal_edit.py -a_nodata {value:.6g}"
            yield Finding("undeclared_nodata", what, int((known == np.float32(value)).sum()))
    if facts.low == facts.high:
        yield Finding("constant_raster", f"every cell is {facts.low:g}", known.size)
    if not layer.unit and not facts.values and facts.low != facts.high:
        yield Finding("no_unit", f"values run from {facts.low:.6g} to {facts.high:.6g}, and nothing says of what")
    if crs is not None and area is not None:
        yield from _cover_faults(bounds, crs, area)


def _cover_faults(bounds: tuple[float, float, float, float], crs: str, area: Area) -> Iterator[Finding]:
    """Tell which part of the area's box the raster's box leaves out, by a lattice of 50 by 50 places."""
    (west, south, east, north), own = area
    easts, norths = np.meshgrid(np.linspace(west, east, 50), np.linspace(south, north, 50))
    x, y = transformer(own, crs).transform(easts.ravel(), norths.ravel())
    inside = shapely.intersects_xy(shapely.box(*bounds), np.asarray(x), np.asarray(y))
    share = float(inside.mean())
    if share == 0:
        yield Finding("elsewhere", "the raster covers nothing of the area")
    elif share < _ENOUGH:
        yield Finding("not_covering", f"the raster covers {share:.0%} of the area's box; the rest is unknown to a criterion that reads it")
