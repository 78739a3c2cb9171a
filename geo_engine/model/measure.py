"""What can be measured at a place: one frozen type per measure, told apart by its class."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

__all__ = [
    "Access",
    "CountWithin",
    "Decay",
    "Distance",
    "Inside",
    "Measure",
    "RasterValue",
    "SumWithin",
    "TravelDistance",
    "TravelTime",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """Something measured at a place, from one layer.

    Parameters
    ----------
    layer : str
        Name of the layer.
    where : str or None
        OGR SQL filter on its columns.
    """

    kind: ClassVar[str] = ""
    layer: str
    where: str | None = None

    @property
    def unit(self) -> str:
        """SI unit of the result, or a plain word; empty for a bare number."""
        return ""

    @property
    def travels(self) -> tuple[str, str] | None:
        """Network layer and profile that it travels, None for straight measures."""
        network: str | None = getattr(self, "network", None)
        return (network, getattr(self, "profile", "") or "") if network else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Distance(Measure):
    """Straight distance to the nearest feature, in metres; 0 inside a polygon."""

    kind: ClassVar[str] = "distance"

    @property
    def unit(self) -> str:
        """Metres."""
        return "m"


@dataclass(frozen=True, slots=True, kw_only=True)
class TravelTime(Measure):
    """Time to the nearest facility over a network, in seconds; infinite where unreachable."""

    kind: ClassVar[str] = "travel_time"
    network: str
    profile: str

    @property
    def unit(self) -> str:
        """Seconds."""
        return "s"


@dataclass(frozen=True, slots=True, kw_only=True)
class TravelDistance(Measure):
    """Distance over a network to the nearest facility, in metres; infinite where unreachable."""

    kind: ClassVar[str] = "travel_distance"
    network: str
    profile: str

    @property
    def unit(self) -> str:
        """Metres."""
        return "m"


@dataclass(frozen=True, slots=True, kw_only=True)
class CountWithin(Measure):
    """Number of features within a straight distance (metres) or, with a network, within a time (seconds)."""

    kind: ClassVar[str] = "count_within"
    within: float
    network: str | None = None
    profile: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SumWithin(Measure):
    """Sum of a column over the features within a straight distance or, with a network, within a time."""

    kind: ClassVar[str] = "sum_within"
    size: str
    within: float
    network: str | None = None
    profile: str | None = None
    size_unit: str = ""
    unknown_size: float | None = None

    @property
    def unit(self) -> str:
        """Unit of the column."""
        return self.size_unit


@dataclass(frozen=True, slots=True)
class Decay:
    """How much a facility still counts at travel time t.

    Parameters
    ----------
    function : {'exponential', 'gaussian', 'linear'}
        ``0.5 ** (t / half)``, ``0.5 ** ((t / half) ** 2)``, or ``max(0, 1 - t / (2 half))``.
    half : float
        Seconds at which a facility counts one half.
    """

    function: Literal["exponential", "gaussian", "linear"]
    half: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Access(Measure):
    """Sum over all facilities of size times the decay of travel time (Hansen accessibility)."""

    kind: ClassVar[str] = "access"
    size: str
    decay: Decay
    network: str
    profile: str
    size_unit: str = ""
    unknown_size: float | None = None

    @property
    def unit(self) -> str:
        """Unit of the size column."""
        return self.size_unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Inside(Measure):
    """1 inside any polygon of the layer, 0 outside."""

    kind: ClassVar[str] = "inside"


@dataclass(frozen=True, slots=True, kw_only=True)
class RasterValue(Measure):
    """Value of a raster at the place, in the raster's unit; NaN where it has none."""

    kind: ClassVar[str] = "value"
    band: int = 1
    value_unit: str = ""

    @property
    def unit(self) -> str:
        """Unit of the raster."""
        return self.value_unit
