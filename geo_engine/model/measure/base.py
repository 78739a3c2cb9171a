"""What all measures share: a layer, a unit, what they read and what they stand on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

__all__ = ["Direction", "Impedance", "Measure", "Selection"]

Impedance = Literal["time", "distance", "money"]
"""What is made least on a network: seconds, metres, or the profile's currency."""

Selection = tuple[str, str | None]
"""A layer and the OGR SQL filter on it."""

Direction = Literal["to", "from"]
"""Whether one travels to the facility or from it; it matters where streets are one-way."""


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
    def of_raster(self) -> bool:
        """Whether the layer is a raster that is read about each place; else its features are read."""
        return False

    @property
    def travels(self) -> tuple[str, str] | None:
        """Network layer and profile by which places are left, None for straight measures."""
        network: str | None = getattr(self, "network", None)
        return (network, getattr(self, "profile", "") or "") if network else None

    @property
    def stands(self) -> tuple[tuple[tuple[str, str], Selection], ...]:
        """What must stand on which network: ((network, profile), (layer, where)), each once."""
        return ((self.travels, (self.layer, self.where)),) if self.travels else ()

    @property
    def reads(self) -> tuple[tuple[Selection, str | None], ...]:
        """The vector features that it needs, each with the column that it takes numbers from, if any."""
        size: str | None = getattr(self, "size", None)
        return (((self.layer, self.where), size),)
