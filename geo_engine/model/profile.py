"""A profile says how a vehicle moves on a network: speeds, what is closed to it, how it is entered, what it costs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from geo_engine.model.measure import Impedance

__all__ = ["Profile"]


@dataclass(frozen=True, slots=True)
class Profile:
    """How a vehicle moves on a network, and what that costs.

    Parameters
    ----------
    name, title : str
        File's name and what readers see.
    speeds : mapping of str to float
        Metres a second by road class.
    entered_at_ends : frozenset of str
        Classes that are entered only at nodes shared with another class (motorways).
    off_network_speed : float
        Metres a second from a place to the network.
    detour : float
        Factor from straight to real distance off the network.
    snap_limit : float
        Metres; a place farther from the network is unreachable.
    sources : tuple of str
        Where the figures come from; judgement says so.
    speed_factor : float
        What a speed that an edge itself states (limit or driven) is multiplied with for this vehicle.
    top_speed : float
        Metres a second that the vehicle never exceeds; infinite for none.
    closed : mapping of str to frozenset of str
        By column of the network's restrictions (or ``"class"``) the words that close an edge to this vehicle.
    cost_per_metre, cost_per_second : float
        Money, in `currency`; both 0 where the profile states no cost.
    currency : str
        Such as ``"GBP"``; blank where the profile states no cost.
    """

    name: str
    title: str
    speeds: Mapping[str, float]
    entered_at_ends: frozenset[str]
    off_network_speed: float
    detour: float
    snap_limit: float
    sources: tuple[str, ...] = ()
    speed_factor: float = 1.0
    top_speed: float = float("inf")
    closed: Mapping[str, frozenset[str]] = field(default_factory=dict)
    cost_per_metre: float = 0.0
    cost_per_second: float = 0.0
    currency: str = ""

    def unit(self, impedance: Impedance) -> str:
        """Give the unit of an impedance: ``s``, ``m``, or the currency."""
        return {"time": "s", "distance": "m", "money": self.currency}[impedance]

    def cost(self, seconds: NDArray[np.float64], metres: NDArray[np.float64], impedance: Impedance) -> NDArray[np.float64]:
        """Give the impedance of parts of a way from their seconds and metres.

        Examples
        --------
        >>> van = Profile("van", "Van", {}, frozenset(), 10.0, 1.3, 5000.0, cost_per_metre=0.001, cost_per_second=0.01, currency="GBP")
        >>> van.cost(np.array([60.0]), np.array([1000.0]), "money")
        array([1.6])
        """
        if impedance == "money":
            return seconds * self.cost_per_second + metres * self.cost_per_metre
        return seconds if impedance == "time" else metres
