"""Measures over a network, and counts and sums within a reach of either kind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from geo_engine.model.measure.base import Direction, Impedance, Measure, Selection

__all__ = [
    "Access",
    "CombinedTravel",
    "CountWithin",
    "Decay",
    "FloatingCatchment",
    "SumWithin",
    "Travel",
    "TravelCost",
    "TravelDistance",
    "TravelTime",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Travel(Measure):
    """Cost to the nearest facility over a network; infinite where unreachable.

    Parameters
    ----------
    network, profile : str
        The way and the vehicle.
    direction : {'to', 'from'}
        To the facility, or from it.
    nth : int
        1 for the nearest facility, 2 for the second nearest, and so on.
    """

    impedance: ClassVar[Impedance] = "time"
    network: str
    profile: str
    direction: Direction = "to"
    nth: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class TravelTime(Travel):
    """Time to the nearest facility over a network, in seconds."""

    kind: ClassVar[str] = "travel_time"

    @property
    def unit(self) -> str:
        """Seconds."""
        return "s"


@dataclass(frozen=True, slots=True, kw_only=True)
class TravelDistance(Travel):
    """Distance over a network to the nearest facility, in metres: the length of the shortest way, not of the fastest."""

    kind: ClassVar[str] = "travel_distance"
    impedance: ClassVar[Impedance] = "distance"

    @property
    def unit(self) -> str:
        """Metres."""
        return "m"


@dataclass(frozen=True, slots=True, kw_only=True)
class TravelCost(Travel):
    """Cost of the journey to the nearest facility over a network, in the profile's currency: of the cheapest way."""

    kind: ClassVar[str] = "travel_cost"
    impedance: ClassVar[Impedance] = "money"
    currency: str = ""

    @property
    def unit(self) -> str:
        """The profile's currency."""
        return self.currency


@dataclass(frozen=True, slots=True, kw_only=True)
class CombinedTravel(Measure):
    """The cheaper of road all the way, and road to a terminal, a transfer, and rail or sea from there to the facility.

    Parameters
    ----------
    network, profile : str
        By which places are left: the road.
    terminals, terminals_where : str, str or None
        Point layer of the places of transfer, and its filter.
    onward_network, onward_profile : str
        From the terminals on: rail, or shipping lanes.
    transfer_seconds, transfer_money : float
        Time and cost of one transfer.
    impedance : {'time', 'money'}
        What is made least.
    """

    kind: ClassVar[str] = "combined_travel"
    network: str
    profile: str
    terminals: str
    terminals_where: str | None = None
    onward_network: str
    onward_profile: str
    transfer_seconds: float = 0.0
    transfer_money: float = 0.0
    impedance: Impedance = "time"
    currency: str = ""

    @property
    def unit(self) -> str:
        """Seconds, or the road profile's currency."""
        return "s" if self.impedance == "time" else self.currency

    @property
    def stands(self) -> tuple[tuple[tuple[str, str], Selection], ...]:
        """The facilities and the terminals, on both networks."""
        both = ((self.layer, self.where), (self.terminals, self.terminals_where))
        ways = ((self.network, self.profile), (self.onward_network, self.onward_profile))
        return tuple((way, selection) for way in ways for selection in both)

    @property
    def reads(self) -> tuple[tuple[Selection, str | None], ...]:
        """The facilities and the terminals."""
        return (((self.layer, self.where), None), ((self.terminals, self.terminals_where), None))


@dataclass(frozen=True, slots=True, kw_only=True)
class CountWithin(Measure):
    """Number of features within a straight distance (metres) or, with a network, within an impedance (seconds, metres, money)."""

    kind: ClassVar[str] = "count_within"
    within: float
    network: str | None = None
    profile: str | None = None
    impedance: Impedance = "time"
    direction: Direction = "to"


@dataclass(frozen=True, slots=True, kw_only=True)
class SumWithin(CountWithin):
    """Sum of a column over the features within a straight distance or, with a network, within an impedance."""

    kind: ClassVar[str] = "sum_within"
    size: str
    size_unit: str = ""
    unknown_size: float | None = None

    @property
    def unit(self) -> str:
        """Unit of the column."""
        return self.size_unit


@dataclass(frozen=True, slots=True)
class Decay:
    """How much a facility still counts at an impedance t.

    Parameters
    ----------
    function : {'exponential', 'gaussian', 'linear'}
        ``0.5 ** (t / half)``, ``0.5 ** ((t / half) ** 2)``, or ``max(0, 1 - t / (2 half))``.
    half : float
        Seconds (or metres, or money) at which a facility counts one half.
    """

    function: Literal["exponential", "gaussian", "linear"]
    half: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Access(Measure):
    """Sum over all facilities of size times the decay of the impedance to them (Hansen accessibility)."""

    kind: ClassVar[str] = "access"
    size: str
    decay: Decay
    network: str
    profile: str
    impedance: Impedance = "time"
    direction: Direction = "to"
    size_unit: str = ""
    unknown_size: float | None = None

    @property
    def unit(self) -> str:
        """Unit of the size column."""
        return self.size_unit


@dataclass(frozen=True, slots=True, kw_only=True)
class FloatingCatchment(Measure):
    """Supply for each head of those who compete for it, by the two-step floating catchment (Luo and Wang 2003).

    Parameters
    ----------
    size : str
        Column of the supply (jobs, beds, places) of the layer's facilities.
    people_layer, people_where, people : str, str or None, str
        Points of those who want it, their filter, and the column that counts them.
    within : float
        Seconds; who is farther away does not count.
    decay : Decay or None
        How much distance counts within that; None counts all alike.
    """

    kind: ClassVar[str] = "floating_catchment"
    size: str
    people_layer: str
    people_where: str | None = None
    people: str
    within: float
    decay: Decay | None = None
    network: str
    profile: str
    size_unit: str = ""

    @property
    def unit(self) -> str:
        """Unit of the size column for each head."""
        return f"{self.size_unit} a head" if self.size_unit else "a head"

    @property
    def stands(self) -> tuple[tuple[tuple[str, str], Selection], ...]:
        """The supply and the people."""
        way = (self.network, self.profile)
        return ((way, (self.layer, self.where)), (way, (self.people_layer, self.people_where)))

    @property
    def reads(self) -> tuple[tuple[Selection, str | None], ...]:
        """The supply and the people."""
        return (((self.layer, self.where), self.size), ((self.people_layer, self.people_where), self.people))
