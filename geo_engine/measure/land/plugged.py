"""Measures that somebody else wrote: called with places and data, and what they give is looked at before it is believed."""

from __future__ import annotations

from collections.abc import Callable

import geopandas as gpd
import numpy as np
from numpy.typing import NDArray

from geo_engine.errors import Fault, GeoEngineError, LayerError
from geo_engine.measure.places import Places
from geo_engine.model import Features, PluggedMeasure, RasterSampler
from geo_engine.plugins import MeasureFunction, failure

__all__ = ["plugged"]

Float = NDArray[np.float64]
Float32 = NDArray[np.float32]
_SAME = 1e-5  # relative: how the same number may come out, worked out for many places or for one


def plugged(measure: PluggedMeasure, function: MeasureFunction, data: Features | RasterSampler, crs: str) -> Callable[[Places], Float32]:
    """Prepare what a plug-in's function gives.

    Parameters
    ----------
    measure : PluggedMeasure
        With the parameters that the study hands over.
    function : MeasureFunction
        As it was loaded.
    data : Features or RasterSampler
        Of the measure's layer.
    crs : str
        Of the study.

    Returns
    -------
    callable
        Gives float32 of the places' shape. It raises a `LayerError` that names plug-in and line where the function fails, or gives
        something else than a real number for each place, or (looked at once) gives a place another number alone than among others.
    """
    name = getattr(function.function, "__name__", measure.plugin)
    place = f"layers/{measure.file.name} {name}" if measure.file else f"plug-in '{measure.plugin}' {name}"
    table = _frame(data, crs) if isinstance(data, Features) else None

    def call(e: Float, n: Float) -> Float32:
        for axis in (e, n):
            axis.flags.writeable = False
        given = data if table is None else table.copy(deep=False)  # a column that one call adds is not there for the next
        try:
            found = np.asarray(function(e, n, given, **dict(measure.parameters)))
        except GeoEngineError:
            raise  # what a raster has to say of its own file
        except (Exception, SystemExit) as error:
            raise LayerError(failure(error, measure.file, name, "while it measured")) from error
        if found.dtype.kind not in "biuf":
            raise LayerError(Fault(place, "does not give real numbers", f"dtype {found.dtype}", "an array of float64"))
        if found.shape != e.shape:
            raise LayerError(
                Fault(
                    place,
                    "does not give a number for each place",
                    f"shape {found.shape}",
                    f"shape {e.shape}",
                    "give an array as long as eastings",
                )
            )
        with np.errstate(over="ignore"):  # beyond float32 is infinite
            return found.astype(np.float32)

    tried = False

    def prepared(places: Places) -> Float32:
        nonlocal tried
        e, n = (axis.ravel() for axis in places.coordinates())
        found = call(e.copy(), n.copy()) if e.size else np.empty(0, np.float32)
        if not tried and e.size > 1:
            tried = True
            _refuse_company(place, found[-1:], call(e[-1:].copy(), n[-1:].copy()))
        return found.reshape(places.shape)

    return prepared


def _frame(data: Features, crs: str) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(data.table.copy(), geometry=data.geometry, crs=crs or None)


def _refuse_company(place: str, among: Float32, alone: Float32) -> None:
    """Refuse a function whose number for a place depends on which others are asked about: tiles would then change the answer."""
    if not np.allclose(among, alone, rtol=_SAME, atol=0.0, equal_nan=True):
        raise LayerError(
            Fault(
                place,
                "gives a place another number alone than among others",
                found=f"{alone[0]:.6g} alone, {among[0]:.6g} among others",
                allowed="the same, since land is measured in tiles",
                remedy="do not divide by the greatest of the places, or by how many there are: the study's value function does that",
            )
        )
