"""Faults of position: a wrong or missing CRS, swapped axes, places at 0, 0, far outside, or far from all others."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray

from geo_engine.projection import transformer
from geo_engine.workspace.faults.finding import Finding
from geo_engine.workspace.faults.robust import far_off
from geo_engine.workspace.raw.rows import Raw

__all__ = ["GRIDS", "Area", "place_faults"]

Area = tuple[tuple[float, float, float, float], str]
"""West, south, east, north of the area in metres, and the CRS that they are in."""

GRIDS = {
    "EPSG:4326": "longitude and latitude",
    "EPSG:27700": "British National Grid",
    "EPSG:29903": "Irish Grid",
    "EPSG:2157": "Irish Transverse Mercator",
    "EPSG:3857": "web maps",
    "EPSG:3035": "Europe, equal area",
    "EPSG:32629": "UTM 29 north",
    "EPSG:32630": "UTM 30 north",
    "EPSG:32631": "UTM 31 north",
    "EPSG:2154": "Lambert 93",
    "EPSG:25832": "ETRS UTM 32 north",
}
"""Grids in which positions that do not fit are tried, in this order."""

_MARGIN = 0.25  # of the area's longer side: nearer than this to its box is near
_MOST = 0.9  # share of the positions that must fit another grid, or fit swapped, to say so
_ENOUGH = 0.5  # share of the positions that must lie near for single others to be told
_TRIED = 5_000  # positions that are tried in other grids, evenly taken
_ZERO = 1e-9
_DEGREES = (180.0, 90.0)
_FEW = 12  # positions and fewer have no 'all others'


def place_faults(raw: Raw, area: Area | None) -> Iterator[Finding]:
    """Find faults of position of a layer's rows.

    Parameters
    ----------
    raw : Raw
        n rows.
    area : Area or None
        Of the study that uses the layer; None: what a place lies far from is not judged.
    """
    geometry = raw.geometry
    there = ~(shapely.is_missing(geometry) | shapely.is_empty(geometry))
    if not there.any():
        return
    middles = np.full((len(geometry), 2), np.nan)
    boxes = shapely.bounds(geometry[there])
    middles[there] = np.column_stack([(boxes[:, 0] + boxes[:, 2]) / 2, (boxes[:, 1] + boxes[:, 3]) / 2])
    zero = there & (np.abs(middles) <= _ZERO).all(axis=1)
    if zero.any():
        yield Finding("at_zero", f"{zero.sum()} of {len(there)} lie at 0, 0: what had no position", int(zero.sum()), raw.named(zero))
    there &= ~zero
    if raw.crs is None:
        yield Finding("no_crs", _guess(middles[there], area), len(there))
        return
    if not there.any():
        return
    unit = list(_unit_faults(raw, middles[there], area))
    yield from unit
    if not unit:
        yield from _position_faults(raw, middles, there, area)


def _guess(places: NDArray[np.float64], area: Area | None) -> str:
    """Say in which grid the positions would fit, for a layer that states none."""
    fitting = _fitting_grid(places, area, None) if area else None
    degrees = bool((np.abs(places) <= _DEGREES).all()) if len(places) else False
    word = f"; in {fitting} ({GRIDS[fitting]}) they would lie in the area" if fitting else "; they look like degrees" if degrees else ""
    return f"the data state no CRS and the layer's file has no crs{word}"


def _unit_faults(raw: Raw, places: NDArray[np.float64], area: Area | None) -> Iterator[Finding]:
    """Tell degrees that are said to be metres, and the other way round."""
    crs = pyproj.CRS.from_user_input(raw.crs)
    like_degrees = (np.abs(places) <= _DEGREES).all(axis=1)
    if crs.is_projected and like_degrees.all():
        west, south = places.min(axis=0)
        east, north = places.max(axis=0)
        what = f'coordinates {west:g} to {east:g}, {south:g} to {north:g}, and {crs.name} is in metres; say crs = "EPSG:4326"'
        yield Finding("degrees_in_metres", what, len(places))
    if crs.is_geographic and not like_degrees.all():
        bad = int((~like_degrees).sum())
        fitting = _fitting_grid(places, area, raw.crs) if area else None
        word = f"; in {fitting} ({GRIDS[fitting]}) they would lie in the area" if fitting else ""
        yield Finding("metres_in_degrees", f"{bad} of {len(places)} are beyond 180 and 90 degrees{word}", bad)


def _position_faults(raw: Raw, middles: NDArray[np.float64], there: NDArray[np.bool_], area: Area | None) -> Iterator[Finding]:
    places = middles[there]
    rows = np.flatnonzero(there)
    if area is not None:
        near = _near(places, raw.crs, area)
        swapped = ~near & _near(places[:, ::-1], raw.crs, area)
        if near.mean() >= _ENOUGH:
            yield from _far_rows(raw, rows, ~near & ~swapped, swapped)
        elif not near.any():
            yield _far_layer(raw, places, rows, swapped, area)
            return
    lonely = _lonely(places)
    if lonely.any():
        mask = _mask(len(there), rows[lonely])
        what = "farther from the middle of all than 10 robust standard deviations and than any other by half"
        yield Finding("lonely", f"{lonely.sum()} of {len(places)} lie {what}", int(lonely.sum()), raw.named(mask))


def _far_rows(raw: Raw, rows: NDArray[np.intp], far: NDArray[np.bool_], swapped: NDArray[np.bool_]) -> Iterator[Finding]:
    """Tell single rows that lie far from the area, where most do not; a layer of a wider land has its rows everywhere by right."""
    total, size = len(rows), len(raw.source.table)
    if swapped.any():
        what = f"{swapped.sum()} of {total} lie in the area once east and north are swapped"
        yield Finding("swapped_axes", what, int(swapped.sum()), raw.named(_mask(size, rows[swapped])))
    if far.any():
        what = f"{far.sum()} of {total} lie farther from the area than a quarter of its longer side"
        yield Finding("far_outside", what, int(far.sum()), raw.named(_mask(size, rows[far])))


def _far_layer(raw: Raw, places: NDArray[np.float64], rows: NDArray[np.intp], swapped: NDArray[np.bool_], area: Area) -> Finding:
    """Tell why a whole layer lies far from the area."""
    total, named = len(places), raw.named(_mask(len(raw.source.table), rows))
    if swapped.mean() >= _MOST:
        return Finding("swapped_axes", f"{swapped.sum()} of {total} lie in the area once east and north are swapped", total, named)
    fitting = _fitting_grid(places, area, raw.crs)
    if fitting is None:
        return Finding("elsewhere", "all lie far from the area, in every grid that was tried", total, named)
    stated = pyproj.CRS.from_user_input(raw.crs).name
    return Finding(
        "other_grid", f"in {stated} all lie far from the area; in {fitting} ({GRIDS[fitting]}) they would lie in it", total, named
    )


def _mask(size: int, rows: NDArray[np.intp]) -> NDArray[np.bool_]:
    mask = np.zeros(size, dtype=np.bool_)
    mask[rows] = True
    return mask


def _near(places: NDArray[np.float64], crs: str | None, area: Area) -> NDArray[np.bool_]:
    """Mark places, shape (n, 2), in or near the area's box."""
    (west, south, east, north), target = area
    margin = _MARGIN * max(east - west, north - south)
    with np.errstate(invalid="ignore"):
        e, n = transformer(crs, target).transform(places[:, 0], places[:, 1]) if crs != target else (places[:, 0], places[:, 1])
        e, n = np.asarray(e), np.asarray(n)
        near: NDArray[np.bool_] = (
            np.isfinite(e) & (e >= west - margin) & (e <= east + margin) & (n >= south - margin) & (n <= north + margin)
        )
    return near


def _fitting_grid(places: NDArray[np.float64], area: Area | None, own: str | None) -> str | None:
    """Find the grid in which nine places of ten and more lie in or near the area; None where there is none."""
    if area is None or not len(places):
        return None
    tried = places[np.unique(np.linspace(0, len(places) - 1, min(len(places), _TRIED)).astype(np.int64))]
    mine = pyproj.CRS.from_user_input(own) if own else None
    for grid in GRIDS:
        if mine is not None and pyproj.CRS.from_user_input(grid).equals(mine, ignore_axis_order=True):
            continue
        degrees = bool((np.abs(tried) <= _DEGREES).all())
        if (grid == "EPSG:4326") == degrees and _near(tried, grid, area).mean() >= _MOST:
            return grid
    return None


def _lonely(places: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Mark places that are far from the middle of all, and half as far again as the farthest of those that are not."""
    if len(places) <= _FEW:
        return np.zeros(len(places), dtype=np.bool_)
    away = np.hypot(*(places - np.median(places, axis=0)).T)
    far = far_off(away, skewed=False)
    ordinary = away[~far].max(initial=0.0)
    alone: NDArray[np.bool_] = far & (away > 1.5 * ordinary)
    return alone
