"""Road all the way, or road to a terminal and on from there by rail or sea: whichever costs less."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo_engine.kernels.network.links import nearest_cost
from geo_engine.measure.places import Places
from geo_engine.measure.travel.travelled import travel_costs
from geo_engine.model import Impedance
from geo_engine.network import TravelNetwork

__all__ = ["Combined", "Journey", "compare_journeys", "prepare_combined"]

Float = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Combined:
    """Two networks that meet at terminals.

    Parameters
    ----------
    road : TravelNetwork
        By which places are left; facilities and terminals stand on it.
    facilities, terminals : str
        Their names, on both networks.
    onward : TravelNetwork
        Rail, or shipping lanes; facilities and terminals stand on it too.
    impedance : {'time', 'money'}
        What is made least.
    transfer : float
        Seconds or money of one transfer.
    """

    road: TravelNetwork
    facilities: str
    terminals: str
    onward: TravelNetwork
    impedance: Impedance
    transfer: float

    def from_terminals(self) -> tuple[Float, NDArray[np.int32]]:
        """Give what it costs from each terminal on, the transfer included, and the facility that is reached (-1 for none)."""
        found = self.onward.nearest(self.facilities, self.impedance)
        there = self.onward.facilities[self.terminals]
        on = found.cost[there.node] + self.onward.off_cost(there.metres, self.impedance) + self.transfer
        return on, found.source[there.node]


@dataclass(frozen=True, slots=True)
class Journey:
    """How a place gets to a facility by the cheaper of two ways.

    Parameters
    ----------
    road : float
        Cost by road all the way; infinite where there is no way.
    road_facility : int
        The facility that is cheapest by road, -1 for none.
    combined : float
        Cost by way of a terminal.
    terminal, facility : int
        The terminal that is cheapest, and the facility reached from there, -1 for none.
    """

    road: float
    road_facility: int
    combined: float
    terminal: int
    facility: int

    @property
    def by_road(self) -> bool:
        """Whether road all the way is the cheaper, or as cheap."""
        return self.road <= self.combined


def prepare_combined(combined: Combined) -> Callable[[Places], NDArray[np.float32]]:
    """Prepare the cost of the cheaper way, road all the way or by a terminal; infinite where neither leads anywhere."""
    road, impedance = combined.road, combined.impedance
    by_low, by_high = road.sides(impedance)
    straight = road.nearest(combined.facilities, impedance).cost
    begin, _ = combined.from_terminals()
    node_cost = np.minimum(straight, road.nearest(combined.terminals, impedance, begin=begin).cost)

    def measure(places: Places) -> NDArray[np.float32]:
        legs = places.legs(road)
        out = np.empty(legs.link.shape, np.float32)
        nearest_cost(legs.link, legs.along, road.off_cost(legs.metres, impedance), road.low, road.high, by_low, by_high, node_cost, out)
        return out.reshape(places.shape)

    return measure


def compare_journeys(combined: Combined, places: Places) -> list[Journey]:
    """Tell both ways for each place, so that a reader sees what the cheaper one is cheaper than."""
    road = travel_costs(combined.road, combined.facilities, places, combined.impedance)
    begin, facility = combined.from_terminals()
    by_terminal = travel_costs(combined.road, combined.terminals, places, combined.impedance) + begin[:, None]
    nearest, by_road = _least(road)
    terminal, by_rail = _least(by_terminal)
    return [
        Journey(
            float(by_road[i]), int(nearest[i]), float(by_rail[i]), int(terminal[i]), int(facility[terminal[i]]) if terminal[i] >= 0 else -1
        )
        for i in range(road.shape[1])
    ]


def _least(cost: Float) -> tuple[NDArray[np.int64], Float]:
    """Give for each column the row with the least cost, and the cost; -1 and infinite where there is none."""
    padded = np.vstack([cost, np.full((1, cost.shape[1]), np.inf)])
    row, least = padded.argmin(axis=0), padded.min(axis=0)
    return np.where(np.isfinite(least), row, -1), least
