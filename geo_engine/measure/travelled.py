"""Measures over a network: nearest facility, access by decay, sums within a travel time."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from geo_engine.kernels import travel as kernels
from geo_engine.measure.places import Places
from geo_engine.model import Decay
from geo_engine.network import TravelNetwork

__all__ = ["prepare_access", "prepare_nearest", "prepare_within", "travel_seconds"]

Float = NDArray[np.float64]
_GAUSSIAN_REACH = 8.0  # half times: beyond, 0.5 ** 64 of a facility is left, under the last place of float32


def prepare_nearest(travel: TravelNetwork, facilities: str, impedance: str) -> Callable[[Places], NDArray[np.float32]]:
    """Prepare the cost to the nearest facility: seconds for ``"time"``, metres for ``"distance"``.

    The cost is the leg off the network at the profile's speed and detour, the part of the link, and the cheapest way
    from there; infinite where the network is farther than the profile's limit or no facility can be reached.
    """
    node_cost = travel.nearest(facilities, impedance)
    link_cost = travel.link_cost(impedance)

    def measure(places: Places) -> NDArray[np.float32]:
        legs = places.legs(travel)
        out = np.empty(legs.link.shape, np.float32)
        off = travel.off_cost(legs.metres, impedance)
        kernels.nearest_cost(legs.link, legs.along, off, travel.low, travel.high, link_cost, node_cost, out)
        return out.reshape(places.shape)

    return measure


def prepare_access(travel: TravelNetwork, facilities: str, size: Float, decay: Decay) -> Callable[[Places], NDArray[np.float32]]:
    """Prepare the sum over facilities of size times decay of travel time (Hansen 1959).

    Parameters
    ----------
    travel : TravelNetwork
        With the facilities on it.
    facilities : str
        Their name.
    size : float64 ndarray, shape (k,)
        What each counts at no distance.
    decay : Decay
        Function and half time.
    """
    if decay.function != "exponential":
        reach = decay.half * (2.0 if decay.function == "linear" else _GAUSSIAN_REACH)
        code = kernels.LINEAR if decay.function == "linear" else kernels.GAUSSIAN
        return _one_by_one(travel, facilities, size, code, decay.half, reach)
    links, rate = len(travel.low), np.log(2.0) / decay.half
    cost = np.ascontiguousarray(travel.matrix(facilities).T)
    first = np.zeros(links + 1, np.int64)
    kernels.count_switches(travel.low, travel.high, travel.seconds, cost, first[1:])
    np.cumsum(first, out=first)
    by_low, by_high = np.empty(links), np.empty(links)
    at, from_low, to_high = np.empty(first[-1]), np.empty(first[-1]), np.empty(first[-1])
    kernels.sum_by_link(travel.low, travel.high, travel.seconds, cost, size, rate, first, by_low, by_high, at, from_low, to_high)
    del cost

    def measure(places: Places) -> NDArray[np.float32]:
        legs = places.legs(travel)
        out = np.empty(legs.link.shape, np.float32)
        off = travel.off_cost(legs.metres, "time")
        kernels.access_exponential(
            legs.link, legs.along, off, travel.seconds, by_low, by_high, first, at, from_low, to_high, decay.half, out
        )
        return out.reshape(places.shape)

    return measure


def prepare_within(travel: TravelNetwork, facilities: str, size: Float, within: float) -> Callable[[Places], NDArray[np.float32]]:
    """Prepare the sum of the sizes of the facilities within a travel time in seconds (the limit included)."""
    return _one_by_one(travel, facilities, size, kernels.STEP, within, within)


def _one_by_one(
    travel: TravelNetwork, facilities: str, size: Float, decay: int, half: float, reach: float
) -> Callable[[Places], NDArray[np.float32]]:
    """Prepare a sum that visits the facilities within `reach` of each link one at a time."""
    cost = travel.matrix(facilities)
    near = np.minimum(cost[:, travel.low], cost[:, travel.high]) <= reach
    link, facility = np.nonzero(near.T)
    first = np.searchsorted(link, np.arange(len(travel.low) + 1)).astype(np.int64)
    number: NDArray[np.int32] = facility.astype(np.int32)

    def measure(places: Places) -> NDArray[np.float32]:
        legs = places.legs(travel)
        out = np.empty(legs.link.shape, np.float32)
        off = travel.off_cost(legs.metres, "time")
        kernels.access_general(
            legs.link, legs.along, off, travel.low, travel.high, travel.seconds, first, number, cost, size, decay, half, out
        )
        return out.reshape(places.shape)

    return measure


def travel_seconds(travel: TravelNetwork, facilities: str, places: Places) -> Float:
    """Give the travel time between each facility and each place.

    Returns
    -------
    float64 ndarray, shape (facilities, places)
        Seconds; infinite where unreachable.
    """
    legs = places.legs(travel)
    off = travel.off_cost(legs.metres, "time")
    cost = travel.matrix(facilities) if legs.link.size else np.empty((len(travel.facilities[facilities].node), 0))
    seconds, row = np.empty((len(cost), legs.link.size)), np.empty(legs.link.shape, np.float32)
    for facility in range(len(cost)) if legs.link.size else ():
        kernels.nearest_cost(legs.link, legs.along, off, travel.low, travel.high, travel.seconds, np.ascontiguousarray(cost[facility]), row)
        seconds[facility] = row
    return seconds
