"""Measure given places again and again while the data are drawn: facilities elsewhere, sizes larger or smaller.

Nothing is approximated. Straight measures are prepared anew from each draw. Measures over a network need not be: the costs between
the places and the network's nodes are found once, and a facility that has moved is put on the link nearest to it, as if the
network had been cut there. Lines, polygons and rasters are not moved; the places are, the other way.
"""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
import shapely
from numpy.typing import NDArray

from geo_engine.measure.columns import sizes
from geo_engine.measure.places import PointPlaces
from geo_engine.measure.prepare import Stock, facilities_name, prepare
from geo_engine.measure.travel.travelled import decayed, part_of_link
from geo_engine.model import (
    Access,
    CountWithin,
    Direction,
    Distance,
    Features,
    Impedance,
    Inside,
    Measure,
    RasterSampler,
    Selection,
    SumWithin,
    Travel,
)
from geo_engine.network import Legs, TravelNetwork, stand_at, travel_network

__all__ = ["DrawnData", "drawn_quantities"]

Float = NDArray[np.float64]
Float32 = NDArray[np.float32]
_NO_LIMIT = float("inf")
_TOGETHER = 4_000  # facilities of several draws that are put on a network in one go, about
_OTHER: dict[Direction, Direction] = {"to": "from", "from": "to"}


class DrawnData(Protocol):
    """Data as they may be, draw by draw: the same draw always gives the same."""

    def features(self, selection: Selection, draw: int) -> Features:
        """Give point features moved to where they stand in a draw, with their sizes in it; in the order in which they were read."""

    def shifts(self, layer: str, draw: int, sigma: Float) -> Float:
        """Give how far a layer is moved as a whole, metres east and north, (k, 2), for each of some standard deviations (k,)."""

    def sigma(self, data: Features | RasterSampler) -> Float:
        """Give standard deviations of positions along each axis in metres, shape (features,), one for a raster; 0 where certain."""


def drawn_quantities(
    measure: Measure,
    data: Features | RasterSampler,
    places: PointPlaces,
    drawn: DrawnData,
    *,
    draws: int,
    stock: Stock,
    executor: Executor,
) -> Float32:
    """Measure places in every draw of the data.

    Parameters
    ----------
    measure : Measure
        What is measured.
    data : Features or RasterSampler
        The layer's data as read.
    places : PointPlaces
        m places.
    drawn : DrawnData
        The data in each draw.
    draws : int
        How many.
    stock : Stock
        Features as read by selection, and networks with their facilities.
    executor : Executor
        Shares out the draws; the answer does not depend on it.

    Returns
    -------
    float32 ndarray, shape (draws, m)
        In SI, as `prepare` gives it.

    Notes
    -----
    A facility that is drawn farther from the network than the profile's limit stays where it was read in that draw. Networks
    themselves are not moved.
    """
    if not isinstance(data, Features) or (shapely.get_type_id(data.geometry) != 0).any():
        return _shifted(measure, data, places, drawn, draws, executor, stock)
    if measure.travels is None:
        selection = (measure.layer, measure.where)
        return _stacked(executor.map(lambda draw: prepare(measure, drawn.features(selection, draw), stock)(places), range(draws)))
    if isinstance(measure, Travel | Access | CountWithin):
        return _travelled(measure, data, places, drawn, draws, stock.travels[measure.travels], executor)
    return _stacked(executor.map(lambda draw: _rebuilt(measure, places, drawn, draw, stock), range(draws)))


def _stacked(rows: Iterable[Float32]) -> Float32:
    return np.stack(list(rows))


def _shifted(
    measure: Measure, data: Features | RasterSampler, places: PointPlaces, drawn: DrawnData, draws: int, executor: Executor, stock: Stock
) -> Float32:
    """Move the places against the layer: features of one accuracy move alike, and one by one those groups are measured."""
    sigma = drawn.sigma(data)
    levels = np.unique(sigma)
    if isinstance(data, Features) and len(levels) > 1 and not isinstance(measure, Distance | Inside):
        carried = _Carried(data, drawn, sigma)
        return _stacked(executor.map(lambda draw: prepare(measure, carried.at(draw), stock)(places), range(draws)))
    groups: list[Features | RasterSampler] = [data]
    if isinstance(data, Features):
        if isinstance(measure, Distance):
            farthest = max(float(np.hypot(*drawn.shifts(measure.layer, draw, levels).T).max()) for draw in range(draws))
            near = _ever_nearest(data, places, prepare(measure, data)(places), farthest)
            data, sigma = data.where(near), sigma[near]
            levels = np.unique(sigma)
        groups = [data.where(sigma == level) for level in levels]
    prepared = [prepare(measure, group, stock) for group in groups]
    still = {number: prepared[number](places) for number, level in enumerate(levels) if level == 0}
    join = np.minimum if isinstance(measure, Distance) else np.maximum

    def at(draw: int) -> Float32:
        shifts = drawn.shifts(measure.layer, draw, levels)
        found = [
            still[number] if number in still else prepared[number](PointPlaces(places.eastings - east, places.northings - north))
            for number, (east, north) in enumerate(shifts.tolist())
        ]
        return join.reduce(found)  # type: ignore[no-any-return] # numpy's stubs give Any

    return _stacked(executor.map(at, range(draws)))


@dataclass(frozen=True, eq=False)
class _Carried:
    """Features of several accuracies, each moved by its own: what is added up or joined cannot be put together from groups."""

    data: Features
    drawn: DrawnData
    sigma: Float

    def at(self, draw: int) -> Features:
        """Give them where they are in a draw."""
        moves = self.drawn.shifts(self.data.layer.name, draw, self.sigma)
        corners, owner = shapely.get_coordinates(self.data.geometry, return_index=True)
        return replace(self.data, geometry=shapely.set_coordinates(self.data.geometry.copy(), corners + moves[owner]))


def _ever_nearest(data: Features, places: PointPlaces, distance: Float32, farthest: float) -> NDArray[np.bool_]:
    """Tell the features that may be nearest to a place when nothing moves more than `farthest` metres; `distance` is as read."""
    reach = distance.astype(np.float64) * (1.0 + 1e-6) + 2.0 * farthest + 1.0
    _, near = shapely.STRtree(data.geometry).query(shapely.points(places.eastings, places.northings), "dwithin", distance=reach)
    kept = np.zeros(len(data), np.bool_)
    kept[near] = True
    return kept


@dataclass(frozen=True, eq=False)
class _Stands:
    """Where the facilities of one draw stand on a network: their legs, and their sizes."""

    legs: Legs
    size: Float


def _travelled(
    measure: Travel | Access | CountWithin,
    data: Features,
    places: PointPlaces,
    drawn: DrawnData,
    draws: int,
    travel: TravelNetwork,
    executor: Executor,
) -> Float32:
    selection = (measure.layer, measure.where)
    read_e, read_n = shapely.get_x(data.geometry), shapely.get_y(data.geometry)
    as_read = stand_at(travel, read_e, read_n)

    def stand(some: range) -> list[_Stands]:
        moved = [drawn.features(selection, draw) for draw in some]
        e, n = (np.stack([axis(each.geometry) for each in moved]) for axis in (shapely.get_x, shapely.get_y))
        elsewhere = np.nonzero((e != read_e) | (n != read_n))
        link, along, metres = (np.tile(leg, (len(some), 1)) for leg in (as_read.link, as_read.along, as_read.metres))
        there = stand_at(travel, e[elsewhere], n[elsewhere])
        on = there.link >= 0
        rows = elsewhere[0][on], elsewhere[1][on]
        link[rows], along[rows], metres[rows] = there.link[on], there.along[on], there.metres[on]
        size = [sizes(each, measure.size, measure.unknown_size) for each in moved] if isinstance(measure, Access | SumWithin) else None
        ones = np.ones(len(data))
        return [_Stands(Legs(link[k], along[k], metres[k]), ones if size is None else size[k]) for k in range(len(some))]

    together = max(1, _TOGETHER // max(1, len(data)))
    groups = [range(draw, min(draw + together, draws)) for draw in range(0, draws, together)]
    stands = [each for group in executor.map(stand, groups) for each in group]
    links = np.unique(np.concatenate([there.legs.link for there in stands]))
    costs = _PlaceCosts.found(travel, places, links, measure.impedance, measure.direction, executor)
    return _stacked(executor.map(lambda there: _from_costs(measure, costs.to(there.legs), there.size), stands))


def _from_costs(measure: Travel | Access | CountWithin, cost: Float, size: Float) -> Float32:
    """Turn costs between facilities and places, shape (k, m), into what is measured."""
    if isinstance(measure, Travel):
        if len(cost) < measure.nth:
            return np.full(cost.shape[1], np.inf, np.float32)
        return np.array(np.partition(cost, measure.nth - 1, axis=0)[measure.nth - 1], np.float32)
    worth = decayed(cost, _NO_LIMIT, measure.decay) if isinstance(measure, Access) else decayed(cost, measure.within, None)
    return np.array((size[:, None] * worth).sum(axis=0), np.float32)


@dataclass(frozen=True, eq=False)
class _PlaceCosts:
    """Costs between fixed places and the nodes of a network at which facilities may stand.

    Parameters
    ----------
    travel, impedance
        The network, and what is counted.
    legs : Legs
        Of the places (m,).
    place_off : float64 ndarray, shape (m,)
        What their legs cost.
    node : int64 ndarray, shape (n,)
        Nodes, rising.
    cost : float64 ndarray, shape (n, m)
        Between node and place, the place's leg included.
    by_low, by_high : float64 ndarray, shape (links,)
        Between a link's low and high node and a facility at its far end, in the measure's direction.
    """

    travel: TravelNetwork
    impedance: Impedance
    legs: Legs
    place_off: Float
    node: NDArray[np.int64]
    cost: Float
    by_low: Float
    by_high: Float

    @classmethod
    def found(
        cls,
        travel: TravelNetwork,
        places: PointPlaces,
        links: NDArray[np.int32],
        impedance: Impedance,
        direction: Direction,
        executor: Executor,
    ) -> _PlaceCosts:
        """Search from each place; `links` are those at which facilities may stand."""
        legs = places.legs(travel)
        node = np.unique(np.concatenate([travel.low[links], travel.high[links]])).astype(np.int64)
        other = _OTHER[direction]  # to a facility is from the place
        cost = places.node_costs(travel, node, impedance, other, executor)
        return cls(travel, impedance, legs, travel.off_cost(legs.metres, impedance), node, cost, *travel.sides(impedance, other))

    def to(self, there: Legs) -> Float:
        """Give the cost between facilities, by their legs (k,), and the places, shape (k, m); infinite where no way leads."""
        link, along = there.link, there.along
        low = np.searchsorted(self.node, self.travel.low[link])
        high = np.searchsorted(self.node, self.travel.high[link])
        found = np.minimum(
            self.cost[low] + part_of_link(along, self.by_low[link])[:, None],
            self.cost[high] + part_of_link(1.0 - along, self.by_high[link])[:, None],
        )
        row, column = np.nonzero(link[:, None] == self.legs.link)  # on one link: straight along it, by no node
        if row.size:
            away = along[row] - self.legs.along[column]
            straight = part_of_link(np.abs(away), np.where(away > 0, self.by_low[link[row]], self.by_high[link[row]]))
            found[row, column] = np.minimum(found[row, column], straight + self.place_off[column])
        return found + self.travel.off_cost(there.metres, self.impedance)[:, None]


def _rebuilt(measure: Measure, places: PointPlaces, drawn: DrawnData, draw: int, stock: Stock) -> Float32:
    """Put everything that a measure needs on its networks anew, where it stands in a draw."""
    travels, moved = {}, {selection: drawn.features(selection, draw) for selection, _ in measure.reads}
    stands: dict[tuple[str, str], list[Selection]] = {}
    for way, selection in measure.stands:
        stands.setdefault(way, []).append(selection)
    for way, selections in stands.items():
        travel = stock.travels[way]
        facilities = {}
        for selection in selections:
            before = travel.facilities[facilities_name(*selection)]
            e, n = shapely.get_x(moved[selection].geometry), shapely.get_y(moved[selection].geometry)
            lost = stand_at(travel, e, n).link < 0
            facilities[facilities_name(*selection)] = (
                np.where(lost, before.easting, e),
                np.where(lost, before.northing, n),
                before.names,
            )
        travels[way] = travel_network(travel.network, travel.profile, facilities)
    own = moved[measure.layer, measure.where]
    return prepare(measure, own, replace(stock, features=moved, travels=travels, executor=None))(_fresh(places))


def _fresh(places: PointPlaces) -> PointPlaces:
    """Give the places without what they remember of networks that are gone tomorrow."""
    return PointPlaces(places.eastings, places.northings)
