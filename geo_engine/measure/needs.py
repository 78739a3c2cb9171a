"""How much of a facility's need is there: at points with what tells it, on a tile as land that is short.

Three things are kept apart: what is there, what is known not to be there, and what nobody knows. A blank figure within reach, no
row within reach, a raster without a value: each leaves open how much there is, and open is neither enough nor short.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo_engine.errors import Fault, LayerError
from geo_engine.kernels.shapes import point_coordinates, ring_segments
from geo_engine.measure.columns import sizes
from geo_engine.measure.places import Places, PointPlaces
from geo_engine.measure.prepare import Stock, facilities_name, prepare
from geo_engine.measure.travel.travelled import decayed, prepare_within
from geo_engine.model import Access, Features, NeedTest, RasterSampler, SumWithin, Supply
from geo_engine.units import format_quantity

__all__ = ["PreparedNeed", "prepare_need"]

Float = NDArray[np.float64]
Mask = NDArray[np.bool_]
Shortage = Callable[[Places], Mask]


@dataclass(frozen=True, eq=False)
class PreparedNeed:
    """A test of a need that is ready to be asked; both doors mean the same.

    Parameters
    ----------
    shortage : callable
        Takes nothing and makes what tells land that is short: from places of any kind to a bool array of their shape, True where it
        is known that there is too little. Over a network that takes as long as to prepare a criterion, so it is made when asked for.
    at : callable
        Takes one point, easting and northing in metres, and gives the `Supply` there.
    """

    shortage: Callable[[], Shortage]
    at: Callable[[float, float], Supply]


def prepare_need(test: NeedTest, wanted: float, data: Features | RasterSampler, stock: Stock) -> PreparedNeed:
    """Make the test of a need ready.

    Parameters
    ----------
    test : NeedTest
        What is read, and how much of the need one unit of it is.
    wanted : float
        By the facility, in the need's unit.
    data : Features or RasterSampler
        The test's layer, already filtered by its `where`. A figure below 0 counts as 0: an overloaded substation has nothing to spare.
    stock : Stock
        Networks with the layer's features on them, and the polygons of `covers`.

    Raises
    ------
    LayerError
        If the column is missing or holds text, or features are not points.
    """
    covered = _covered(test, stock)
    if isinstance(data, Features) and isinstance(test.measure, SumWithin | Access):
        known = _counted(test, data, with_blanks=not isinstance(test.measure, Access))
        if isinstance(test.measure, SumWithin):
            return _within(test, test.measure, wanted, known, stock, covered)
        return _by_decay(test, test.measure, wanted, known, stock, covered)
    remark = "the raster has no value here" if test.measure.of_raster else f"{data.layer.title} tells nothing here"
    measure = prepare(test.measure, data, stock)

    def amount(places: Places) -> Float:
        return measure(places).astype(np.float64) * test.each

    def at(easting: float, northing: float) -> Supply:
        there = float(amount(_one(easting, northing))[0])
        return Supply(there, not np.isnan(there), remark=remark if np.isnan(there) else "")

    return PreparedNeed(lambda: lambda places: amount(places) < wanted, at)


@dataclass(frozen=True, eq=False)
class _Counted:
    """Points with what each of them has of the need (NaN: blank)."""

    data: Features
    easting: Float
    northing: Float
    amount: Float
    labels: tuple[str, ...]

    @property
    def blank(self) -> Mask:
        return np.isnan(self.amount)


def _one(easting: float, northing: float) -> PointPlaces:
    return PointPlaces(np.array([easting]), np.array([northing]))


def _counted(test: NeedTest, data: Features, *, with_blanks: bool) -> _Counted:
    column, unknown = str(getattr(test.measure, "size", "")), getattr(test.measure, "unknown_size", None)
    if (shapely.get_type_id(data.geometry) != 0).any():
        raise LayerError(Fault(data.layer.name, "a need is counted at points", found=data.layer.geometry, allowed="geometry = 'points'"))
    if column in data.table:
        number = pd.to_numeric(data.table[column], errors="coerce")
        data = replace(data, table=data.table.assign(**{column: data.table[column].mask(number < 0, 0.0)}))
    amount = sizes(data, column, np.nan if with_blanks and unknown is None else unknown)
    return _Counted(data, *point_coordinates(data.geometry), amount * test.each, tuple(data.labels()))


def _covered(test: NeedTest, stock: Stock) -> Callable[[Places], Mask] | None:
    """Tell where the layer names all that is there; None: nothing says so."""
    if test.covers is None:
        return None
    rings = ring_segments(stock.features[test.covers].geometry)
    return lambda places: places.inside(rings)


def _within(
    test: NeedTest, measure: SumWithin, wanted: float, known: _Counted, stock: Stock, covered: Callable[[Places], Mask] | None
) -> PreparedNeed:
    """Count what lies within a straight distance, or within an impedance over a network."""

    def total(size: Float) -> Callable[[Places], NDArray[np.floating]]:
        if measure.travels is None:
            radius = np.full(known.easting.shape, measure.within)
            return lambda places: places.sum_in_discs(known.easting, known.northing, radius, size)
        name = facilities_name(measure.layer, measure.where)
        travel = stock.travels[measure.travels]
        return prepare_within(travel, name, size, measure.within, impedance=measure.impedance, direction=measure.direction)

    def shortage() -> Shortage:
        # Of single features, those that have enough or may have; of all together, those whose figure is blank, beside the sum.
        may_do = total((known.blank | (test.best & (known.amount >= wanted))).astype(np.float64))
        rows, known_sum = total(np.ones(len(known.amount))), total(np.nan_to_num(known.amount))

        def short(places: Places) -> Mask:
            too_little: Mask = (may_do(places) == 0) & (covered(places) if covered else rows(places) > 0)
            return too_little if test.best else too_little & (known_sum(places) < wanted)

        return short

    def at(easting: float, northing: float) -> Supply:
        cost = _costs(measure, known, stock, easting, northing)
        return _told(test, known, cost, cost <= measure.within, covered=_covers(covered, easting, northing), reach=_reach_said(measure))

    return PreparedNeed(shortage, at)


def _by_decay(
    test: NeedTest, measure: Access, wanted: float, known: _Counted, stock: Stock, covered: Callable[[Places], Mask] | None
) -> PreparedNeed:
    """Count everything, the farther off the less."""

    def shortage() -> Shortage:
        amount = prepare(measure, known.data, stock)

        def short(places: Places) -> Mask:
            there = amount(places) * test.each
            return (covered(places) if covered else there > 0) & (there < wanted)

        return short

    def at(easting: float, northing: float) -> Supply:
        cost = _costs(measure, known, stock, easting, northing)
        weighed = replace(known, amount=known.amount * decayed(cost, np.inf, measure.decay))
        return _told(test, weighed, cost, weighed.amount > 0, covered=_covers(covered, easting, northing), reach="reach")

    return PreparedNeed(shortage, at)


def _covers(covered: Callable[[Places], Mask] | None, easting: float, northing: float) -> bool | None:
    return None if covered is None else bool(covered(_one(easting, northing))[0])


def _costs(measure: SumWithin | Access, known: _Counted, stock: Stock, easting: float, northing: float) -> Float:
    """Give metres, or the cost over the network, between a place and every feature: one search from the place."""
    if measure.travels is None:
        return np.hypot(known.easting - easting, known.northing - northing)
    travel = stock.travels[measure.travels]
    there = travel.facilities[facilities_name(measure.layer, measure.where)]
    legs = _one(easting, northing).legs(travel)
    on_nodes = travel.reach_from(legs, measure.impedance, "from" if measure.direction == "to" else "to")
    return on_nodes[there.node] + travel.off_cost(there.metres, measure.impedance)


def _told(test: NeedTest, known: _Counted, cost: Float, inside: Mask, *, covered: bool | None, reach: str) -> Supply:
    """Say what the features within reach have, and what is left open."""
    rows, title = np.flatnonzero(inside), known.data.layer.title
    blanks = int(known.blank[rows].sum())
    stated = rows[~known.blank[rows]]
    amount = known.amount[stated]
    remarks = []
    if covered is False:
        remarks.append(f"{title} does not cover the place")
    if not rows.size:
        remarks.append(f"no row of {title} within {reach}")
    if blanks:
        remarks.append(f"{blanks} of {len(rows)} rows within {reach} are blank")
    complete = not blanks and (rows.size > 0 if covered is None else covered)
    there = float(amount.max() if test.best else amount.sum()) if stated.size else 0.0 if complete else float("nan")
    feature, accuracy = "", float("nan")
    if stated.size:
        first = int(stated[np.lexsort((cost[stated], -amount))[0]])
        far = format_quantity(float(cost[first]), _unit(test))
        feature = (
            f"{known.labels[first]}, {far} off" if test.best else f"{len(stated)} rows within {reach}, the largest {known.labels[first]}"
        )
        accuracy = float(known.data.accuracy[first]) if test.best else accuracy
    return Supply(there, complete, feature, accuracy, "; ".join(remarks))


def _unit(test: NeedTest) -> str:
    impedance = getattr(test.measure, "impedance", "time") if test.measure.travels else "distance"
    return {"time": "s", "distance": "m"}[impedance]


def _reach_said(measure: SumWithin) -> str:
    return format_quantity(measure.within, "s" if measure.travels and measure.impedance == "time" else "m")
