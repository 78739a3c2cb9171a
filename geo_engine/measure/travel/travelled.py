"""Measures over a network: nearest facility, access by decay, sums within a limit, floating catchments."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geo_engine.kernels.network import sums as kernels
from geo_engine.kernels.network.links import nearest_cost, nth_cost
from geo_engine.measure.places import Places
from geo_engine.model import Decay, Direction, Impedance
from geo_engine.network import TravelNetwork

__all__ = ["decayed", "part_of_link", "prepare_access", "prepare_catchment", "prepare_nearest", "prepare_within", "travel_costs"]

Float = NDArray[np.float64]
Prepared = Callable[[Places], NDArray[np.float32]]
_GAUSSIAN_REACH = 8.0  # half times: beyond, 0.5 ** 64 of a facility is left, under the last place of float32
_EXPONENTIAL, _NO_LIMIT = 0, float("inf")
_CODES = {"gaussian": kernels.GAUSSIAN, "linear": kernels.LINEAR, "exponential": _EXPONENTIAL}


def prepare_nearest(
    travel: TravelNetwork,
    facilities: str,
    impedance: Impedance,
    *,
    direction: Direction = "to",
    nth: int = 1,
    begin: Float | None = None,
) -> Prepared:
    """Prepare the cost between places and their nearest facility: seconds, metres, or money.

    The cost is the leg off the network at the profile's speed and detour, the part of the link, and the cheapest way
    from there; infinite where the network is farther than the profile's limit or no facility can be reached.

    Parameters
    ----------
    travel : TravelNetwork
        With the facilities on it.
    facilities : str
        Their name.
    impedance : {'time', 'distance', 'money'}
        What is made least.
    direction : {'to', 'from'}
        To the facility, or from it.
    nth : int
        1 for the nearest, 2 for the second nearest, and so on; infinite where fewer can be reached.
    begin : float64 ndarray, shape (facilities,), optional
        What each facility costs besides (only for the nearest).
    """
    by_low, by_high = travel.sides(impedance, direction)
    if nth > 1:
        near = travel.k_nearest(facilities, nth, impedance, direction)

        def measure_nth(places: Places) -> NDArray[np.float32]:
            legs = places.legs(travel)
            out, which = np.empty(legs.link.shape, np.float32), np.empty(legs.link.shape, np.int32)
            off = travel.off_cost(legs.metres, impedance)
            nth_cost(legs.link, legs.along, off, travel.low, travel.high, by_low, by_high, near.cost, near.source, out, which)
            return out.reshape(places.shape)

        return measure_nth
    node_cost = travel.nearest(facilities, impedance, direction, begin=begin).cost

    def measure(places: Places) -> NDArray[np.float32]:
        legs = places.legs(travel)
        out = np.empty(legs.link.shape, np.float32)
        off = travel.off_cost(legs.metres, impedance)
        nearest_cost(legs.link, legs.along, off, travel.low, travel.high, by_low, by_high, node_cost, out)
        return out.reshape(places.shape)

    return measure


def prepare_access(
    travel: TravelNetwork,
    facilities: str,
    size: Float,
    decay: Decay,
    *,
    impedance: Impedance = "time",
    direction: Direction = "to",
    executor: Executor | None = None,
) -> Prepared:
    """Prepare the sum over facilities of size times decay of the impedance (Hansen 1959).

    Parameters
    ----------
    travel : TravelNetwork
        With the facilities on it.
    facilities : str
        Their name.
    size : float64 ndarray, shape (k,)
        What each counts at no distance.
    decay : Decay
        Function and half value.
    impedance, direction
        As for `prepare_nearest`.
    executor : Executor, optional
        Shares out the facilities, some hundreds at a time; the sums do not depend on it.
    """
    if decay.function != "exponential":
        reach = decay.half * (2.0 if decay.function == "linear" else _GAUSSIAN_REACH)
        return _one_by_one(travel, facilities, size, _CODES[decay.function], decay.half, reach, _NO_LIMIT, impedance, direction)
    by_low, by_high = travel.sides(impedance, direction)
    links, rate = len(travel.low), np.log(2.0) / decay.half
    travel.prepare_costs(facilities, impedance, direction)  # made once, before several threads ask for it

    def sums(window: slice) -> tuple[NDArray[Any], ...]:
        by_node = np.ascontiguousarray(travel.costs(facilities, window, impedance, direction).T)
        worth = np.exp(-rate * by_node)
        worth *= size[window]
        back, on, count, room = np.zeros(links), np.zeros(links), np.empty(links, np.int32), links * by_node.shape[1]
        pairs = np.empty(room), np.empty(room), np.empty(room)
        found = kernels.add_by_link(travel.low, travel.high, by_low, by_high, by_node, worth, back, on, count, *pairs)
        return back, on, worth.sum(axis=1), count, *(pair[:found] for pair in pairs)  # the rest of the room was never touched

    def place(count: NDArray[np.int32], begins: NDArray[np.int64], switch: Float, one: Float, other: Float) -> None:
        kernels.place_pairs(count, begins, switch, one, other, at, from_low, to_high)

    def in_order(begin: int, end: int) -> None:
        kernels.sum_pairs(first[begin : end + 1], at, from_low, to_high)

    every = executor.map if executor else map
    windows = travel.windows(facilities)
    parts = list(zip(*every(sums, windows), strict=True))
    back, on, at_node = (np.sum(column, axis=0) for column in parts[:3])
    count = np.array(parts[3])
    first = np.concatenate([[0], np.cumsum(count.sum(axis=0))])
    at, from_low, to_high = np.empty(first[-1]), np.empty(first[-1]), np.empty(first[-1])
    list(every(place, count, first[:-1] + np.cumsum(count, axis=0) - count, *parts[4:]))
    # As many pieces as windows, each of links with about as many pairs.
    cuts = np.searchsorted(first, np.linspace(0, first[-1], len(windows) + 1)[1:-1]).tolist()
    list(every(in_order, [0, *cuts], [*cuts, links]))

    def measure(places: Places) -> NDArray[np.float32]:
        legs = places.legs(travel)
        out = np.empty(legs.link.shape, np.float32)
        off = travel.off_cost(legs.metres, impedance)
        way = (legs.link, legs.along, off, travel.low, travel.high, by_low, by_high)
        kernels.access_exponential(*way, back, on, at_node, first, at, from_low, to_high, decay.half, out)
        return out.reshape(places.shape)

    return measure


def prepare_within(
    travel: TravelNetwork,
    facilities: str,
    size: Float,
    within: float,
    *,
    decay: Decay | None = None,
    impedance: Impedance = "time",
    direction: Direction = "to",
) -> Prepared:
    """Prepare the sum of the sizes of the facilities within a limit, the limit included; with a decay, times the decay.

    Parameters
    ----------
    travel, facilities, size, impedance, direction
        As for `prepare_access`.
    within : float
        Seconds, metres, or money.
    decay : Decay, optional
        How much impedance counts within the limit.
    """
    code, half = (kernels.STEP, 1.0) if decay is None else (_CODES[decay.function], decay.half)
    return _one_by_one(travel, facilities, size, code, half, within, within, impedance, direction)


def prepare_catchment(
    travel: TravelNetwork, facilities: str, supply: Float, people: str, heads: Float, within: float, decay: Decay | None = None
) -> Prepared:
    """Prepare the supply for each head of those who compete for it, by the two-step floating catchment.

    Each facility's supply is first shared among the people within the limit (each counted with the decay, if any); a place then
    gets the shares of the facilities within the limit of it. Luo and Wang (2003); with decay Luo and Qi (2009).

    Parameters
    ----------
    travel : TravelNetwork
        With both on it.
    facilities, people : str
        Their names.
    supply, heads : float64 ndarray, shape (facilities,), (people,)
        What each facility has, and how many each place of people holds.
    within : float
        Seconds.
    decay : Decay, optional
        How much time counts within the limit.
    """
    there = travel.facilities[people]
    off = travel.off_cost(there.metres, "time")
    wanted = np.zeros(len(supply))
    # People travel to the facility, and the leg off the network at their own end comes with them.
    for window in travel.windows(facilities):
        cost = travel.costs(facilities, window, cutoff=within)
        wanted[window] = decayed(cost[:, there.node] + off, within, decay) @ heads
    share = np.divide(supply, wanted, out=np.zeros_like(supply), where=wanted > 0)
    return prepare_within(travel, facilities, share, within, decay=decay)


def decayed(cost: Float, within: float, decay: Decay | None) -> Float:
    """Give how much a facility counts at each cost: 0 beyond `within`, the limit included; within it 1, or the decay."""
    inside = cost <= within
    if decay is None:
        return inside.astype(np.float64)
    ratio = np.where(inside, cost, 0.0) / decay.half
    worth = {"exponential": 0.5**ratio, "gaussian": 0.5 ** (ratio**2), "linear": np.maximum(0.0, 1.0 - ratio / 2.0)}[decay.function]
    return np.where(inside, worth, 0.0)


def _one_by_one(  # noqa: PLR0913, PLR0917 - the one loop behind three measures
    travel: TravelNetwork,
    facilities: str,
    size: Float,
    decay: int,
    half: float,
    reach: float,
    limit: float,
    impedance: Impedance,
    direction: Direction,
) -> Prepared:
    """Prepare a sum that visits the facilities within `reach` of each link one at a time."""
    by_low, by_high = travel.sides(impedance, direction)
    count = np.zeros(len(travel.low), np.int64)
    for window in travel.windows(facilities):
        for cost in np.ascontiguousarray(travel.costs(facilities, window, impedance, direction, cutoff=reach)):
            kernels.count_reached(travel.low, travel.high, cost, reach, count)
    first = np.concatenate([[0], np.cumsum(count)])
    facility, cost_low, cost_high = np.empty(first[-1], np.int32), np.empty(first[-1]), np.empty(first[-1])
    place = first[:-1].copy()
    for window in travel.windows(facilities):
        costs = travel.costs(facilities, window, impedance, direction, cutoff=reach)
        for number, cost in zip(range(window.start, window.stop), np.ascontiguousarray(costs), strict=True):
            kernels.list_reached(travel.low, travel.high, cost, reach, number, place, facility, cost_low, cost_high)

    def measure(places: Places) -> NDArray[np.float32]:
        legs = places.legs(travel)
        out = np.empty(legs.link.shape, np.float32)
        off = travel.off_cost(legs.metres, impedance)
        sums = (first, facility, cost_low, cost_high, size, decay, half, limit)
        kernels.access_general(legs.link, legs.along, off, by_low, by_high, *sums, out)
        return out.reshape(places.shape)

    return measure


def travel_costs(
    travel: TravelNetwork,
    facilities: str,
    places: Places,
    impedance: Impedance = "time",
    direction: Direction = "to",
    *,
    cutoff: float = np.inf,
) -> Float:
    """Give the cost between each facility and each place: a matrix of many to many.

    Parameters
    ----------
    travel : TravelNetwork
        With the facilities on it.
    facilities : str
        Their name.
    places : Places
        m places.
    impedance, direction
        As for `prepare_nearest`.
    cutoff : float
        Costs above it are infinite; the search stops there.

    Returns
    -------
    float64 ndarray, shape (facilities, places)
        Infinite where unreachable.
    """
    legs = places.legs(travel)
    by_low, by_high = travel.sides(impedance, direction)
    off = travel.off_cost(legs.metres, impedance)
    found = np.full((len(travel.facilities[facilities].node), legs.link.size), np.inf)
    on_network = legs.link >= 0
    link, along = legs.link[on_network], legs.along[on_network]
    if not link.size:
        return found
    low, high = travel.low[link], travel.high[link]
    back = part_of_link(along, by_low[link]) + off[on_network]
    on = part_of_link(1.0 - along, by_high[link]) + off[on_network]
    for window in travel.windows(facilities):
        cost = travel.costs(facilities, window, impedance, direction, cutoff=cutoff)
        found[window, on_network] = np.minimum(cost[:, low] + back, cost[:, high] + on)
    found[found > cutoff] = np.inf
    return found


def part_of_link(share: Float, cost: Float) -> Float:
    """Cost of shares of links: nothing for no share, also where the link is closed."""
    out = np.zeros_like(cost)
    return np.multiply(share, cost, out=out, where=share > 0.0)
