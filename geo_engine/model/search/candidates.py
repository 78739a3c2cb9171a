"""Plots that are given to be ranked, where a study does not search for areas."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Candidates"]


@dataclass(frozen=True, slots=True)
class Candidates:
    """Which plots are ranked, and what a plot must have besides the land that the facility needs.

    Parameters
    ----------
    layer : str
        Polygons, or points with a column of hectares.
    where : str or None
        OGR SQL filter on it.
    name : str or None
        Column that names a plot; None for the layer's id.
    hectares : str or None
        Of points: column with the plot's hectares, which are taken as a disc about the point.
    minimum_area : float
        Square metres: smaller plots are dropped, and are not assembled either.
    restricted_share : float
        Share of a plot, 0 to 1, that may fail rules; 1 asks no more than that enough land is left.
    assemble : float or None
        Metres between neighbouring plots that may be taken together; None for plots as they are.
    """

    layer: str
    where: str | None = None
    name: str | None = None
    hectares: str | None = None
    minimum_area: float = 0.0
    restricted_share: float = 1.0
    assemble: float | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns of the layer that must be there."""
        return tuple(column for column in (self.name, self.hectares) if column)
