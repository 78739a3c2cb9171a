"""Make a measure ready: from its parameters and its layer's data to a function of places.

A prepared measure holds arrays only; it is called from many threads and changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, field

import numpy as np
import shapely
from numpy.typing import NDArray

from geo_engine.errors import Fault, LayerError, StudyError
from geo_engine.kernels.shapes import line_segments, point_coordinates, ring_segments
from geo_engine.measure.columns import sizes
from geo_engine.measure.cover.nearest_value import nearest_value
from geo_engine.measure.cover.shares import share_inside
from geo_engine.measure.land.about import disc_share, line_density, point_density
from geo_engine.measure.land.plugged import plugged
from geo_engine.measure.land.rasters import aspect, class_distance, class_share, slope
from geo_engine.measure.places import Places
from geo_engine.measure.travel.combined import Combined, prepare_combined
from geo_engine.measure.travel.travelled import prepare_access, prepare_catchment, prepare_nearest, prepare_within
from geo_engine.model import (
    Access,
    Aspect,
    ClassDistance,
    ClassShare,
    CombinedTravel,
    CountWithin,
    Coverage,
    Distance,
    Features,
    FloatingCatchment,
    Inside,
    KernelDensity,
    Measure,
    NearestValue,
    PluggedMeasure,
    RasterSampler,
    Selection,
    Slope,
    SumWithin,
    Travel,
)
from geo_engine.network import TravelNetwork
from geo_engine.plugins import MeasureFunction

__all__ = ["PreparedMeasure", "Stock", "distance_to", "facilities_name", "prepare"]

PreparedMeasure = Callable[[Places], NDArray[np.float32]]
"""Takes places, gives float32 of their shape in the measure's SI unit; NaN unknown, infinite unreachable."""

_POLYGONAL = (3, 6)  # shapely type numbers of polygons and multipolygons
_LINEAR = (1, 2, 5)
_SINGLE = (0, 4)


@dataclass(frozen=True, eq=False)
class Stock:
    """What measures are prepared from besides their own layer.

    Parameters
    ----------
    features : mapping of (layer, where) to Features
        Second layers: people who compete for a supply.
    travels : mapping of (network, profile) to TravelNetwork
        With every facility on it that a measure puts there, under the name of `facilities_name`.
    executor : Executor, optional
        Shares out long preparations.
    cell : float
        Metres: the side of the square about a place that a share is taken of.
    crs : str
        Of the study, for plug-ins.
    plugins : mapping of str to MeasureFunction
        Plug-ins by name, as they were loaded.
    """

    features: Mapping[Selection, Features] = field(default_factory=dict)
    travels: Mapping[tuple[str, str], TravelNetwork] = field(default_factory=dict)
    executor: Executor | None = None
    cell: float = 0.0
    crs: str = ""
    plugins: Mapping[str, MeasureFunction] = field(default_factory=dict)


def facilities_name(layer: str, where: str | None) -> str:
    """Give the name under which the features of a layer stand on a network.

    >>> facilities_name("ports", None), facilities_name("ports", "roro = 'yes'")
    ('ports', "ports where roro = 'yes'")
    """
    return f"{layer} where {where}" if where else layer


def prepare(measure: Measure, data: Features | RasterSampler, stock: Stock | None = None) -> PreparedMeasure:
    """Make a measure ready to be called with places.

    Parameters
    ----------
    measure : Measure
        What is measured.
    data : Features or RasterSampler
        The layer's data, already filtered by the measure's `where`.
    stock : Stock, optional
        Networks with their facilities, for measures that travel; second layers; the cell, for shares of it; plug-ins.

    Returns
    -------
    callable
        A `PreparedMeasure`.

    Raises
    ------
    LayerError
        If a size column is missing, blank without `unknown_size`, or not a number; or if the geometry does not fit.
    StudyError
        If the kind of data does not fit the measure.
    """
    stock = stock or Stock()
    if isinstance(measure, PluggedMeasure):
        return plugged(measure, stock.plugins[measure.plugin], data, stock.crs)
    if measure.of_raster:
        if isinstance(data, Features):
            what = f"measure '{measure.kind}' needs a raster"
            raise StudyError(Fault(measure.layer, what, found=data.layer.geometry, allowed="geometry = 'raster'"))
        return _of_raster(measure, data)
    if not isinstance(data, Features):
        raise StudyError(
            Fault(measure.layer, f"measure '{measure.kind}' needs vector features", found="a raster", allowed="points, lines or polygons")
        )
    if isinstance(measure, Coverage | KernelDensity):
        return _coverage(measure, data, stock.cell) if isinstance(measure, Coverage) else _density(measure, data)
    if measure.travels is None and (straight := _straight(measure, data)) is not None:
        return straight
    travel = stock.travels.get(measure.travels) if measure.travels else None
    if travel is None:
        raise StudyError(Fault(measure.layer, f"measure '{measure.kind}' travels a network, and none was given"))
    return _travelled(measure, data, stock, travel)


def _of_raster(measure: Measure, sampler: RasterSampler) -> PreparedMeasure:
    """Make a measure of a raster ready."""
    if isinstance(measure, Slope):
        return slope(measure, sampler)
    if isinstance(measure, Aspect):
        return aspect(measure, sampler)
    if isinstance(measure, ClassShare):
        return class_share(measure, sampler)
    if isinstance(measure, ClassDistance):
        return class_distance(measure, sampler)
    return _raster(sampler)


def _straight(measure: Measure, data: Features) -> PreparedMeasure | None:
    """Make a measure of features near a place ready, in a straight line; None for one that needs a network."""
    if isinstance(measure, Distance):
        return distance_to(data)
    if isinstance(measure, Inside):
        return _inside(data)
    if isinstance(measure, NearestValue):
        return nearest_value(data, measure.column, measure.within)
    if isinstance(measure, CountWithin):
        size = sizes(data, measure.size, measure.unknown_size) if isinstance(measure, SumWithin) else np.ones(len(data))
        return _sum_in_discs(data, size, measure.within)
    return None


def _travelled(measure: Measure, data: Features, stock: Stock, travel: TravelNetwork) -> PreparedMeasure:
    """Make a measure ready that travels."""
    name = facilities_name(measure.layer, measure.where)
    if isinstance(measure, Travel):
        return prepare_nearest(travel, name, measure.impedance, direction=measure.direction, nth=measure.nth)
    if isinstance(measure, CombinedTravel):
        onward = stock.travels[measure.onward_network, measure.onward_profile]
        terminals = facilities_name(measure.terminals, measure.terminals_where)
        transfer = measure.transfer_seconds if measure.impedance == "time" else measure.transfer_money
        return prepare_combined(Combined(travel, name, terminals, onward, measure.impedance, transfer))
    if isinstance(measure, Access):
        size = sizes(data, measure.size, measure.unknown_size)
        return prepare_access(
            travel, name, size, measure.decay, impedance=measure.impedance, direction=measure.direction, executor=stock.executor
        )
    if isinstance(measure, FloatingCatchment):
        people = stock.features[measure.people_layer, measure.people_where]
        supply, heads = sizes(data, measure.size, None), sizes(people, measure.people, None)
        second = facilities_name(measure.people_layer, measure.people_where)
        return prepare_catchment(travel, name, supply, second, heads, measure.within, measure.decay)
    if isinstance(measure, CountWithin):
        size = sizes(data, measure.size, measure.unknown_size) if isinstance(measure, SumWithin) else np.ones(len(data))
        return prepare_within(travel, name, size, measure.within, impedance=measure.impedance, direction=measure.direction)
    msg = f"unknown measure {type(measure).__name__}"
    raise TypeError(msg)


def distance_to(data: Features, limit: float = np.inf) -> PreparedMeasure:
    """Prepare the straight distance to the nearest of points, lines and polygons; 0 inside a polygon.

    Beyond `limit` metres the result may be infinite, which is quicker and enough for a buffer.
    """
    kinds = shapely.get_type_id(data.geometry)
    polygonal, linear, single = np.isin(kinds, _POLYGONAL), np.isin(kinds, _LINEAR), np.isin(kinds, _SINGLE)
    if not (polygonal | linear | single).all():
        raise LayerError(Fault(data.layer.name, "holds collections of geometries", allowed="points, lines or polygons"))
    e, n = point_coordinates(data.geometry[single])
    rings = ring_segments(data.geometry[polygonal])
    lines = np.ascontiguousarray(np.hstack([line_segments(shapely.get_parts(data.geometry[linear]))[0], rings]))

    def measure(places: Places) -> NDArray[np.float32]:
        out = places.point_distance(e, n) if e.size else None
        if lines.shape[1]:
            away = places.segment_distance(lines, limit)
            out = away if out is None else np.minimum(out, away)
        if out is None:
            return np.full(places.shape, np.inf, np.float32)
        if rings.shape[1]:
            out[places.inside(rings)] = 0.0
        return out

    return measure


def _refuse_other_than_polygons(data: Features, kind: str) -> None:
    if not np.isin(shapely.get_type_id(data.geometry), _POLYGONAL).all():
        what = f"measure '{kind}' needs polygons"
        raise StudyError(Fault(data.layer.name, what, found=data.layer.geometry, allowed="geometry = 'polygons'"))


def _coverage(measure: Coverage, data: Features, cell: float) -> PreparedMeasure:
    _refuse_other_than_polygons(data, measure.kind)
    union = shapely.union_all(data.geometry)
    if measure.within is not None:
        return disc_share(union, measure.within)
    share = share_inside(union, cell)
    return lambda places: share(places).astype(np.float32)


def _density(measure: KernelDensity, data: Features) -> PreparedMeasure:
    size = np.ones(len(data)) if measure.size is None else sizes(data, measure.size, measure.unknown_size)
    kinds = shapely.get_type_id(data.geometry)
    if np.isin(kinds, _LINEAR).all():
        return line_density(data.geometry, size, measure.within)
    if (kinds != 0).any():
        raise StudyError(
            Fault(data.layer.name, "a density needs points or lines", found=data.layer.geometry, allowed="geometry = 'points' or 'lines'")
        )
    return point_density(data.geometry, size, measure.within)


def _inside(data: Features) -> PreparedMeasure:
    _refuse_other_than_polygons(data, "inside")
    rings = ring_segments(data.geometry)
    return lambda places: places.inside(rings).astype(np.float32)


def _sum_in_discs(data: Features, size: NDArray[np.float64], within: float) -> PreparedMeasure:
    if (shapely.get_type_id(data.geometry) != 0).any():
        raise StudyError(
            Fault(
                data.layer.name, "sums and counts within a distance need points", found=data.layer.geometry, allowed="geometry = 'points'"
            )
        )
    e, n = point_coordinates(data.geometry)
    radius = np.full(e.shape, within)
    return lambda places: places.sum_in_discs(e, n, radius, size).astype(np.float32)


def _raster(sampler: RasterSampler) -> PreparedMeasure:
    def measure(places: Places) -> NDArray[np.float32]:
        e, n = places.coordinates()
        return sampler.sample(e.ravel(), n.ravel()).reshape(places.shape)

    return measure
