"""What areas are searched for besides their number, spacing and least size: how large, how shaped, judged by what, beside what."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from geo_engine.model.measure import Selection

__all__ = ["AreaForm", "ExistingSites"]


@dataclass(frozen=True, slots=True)
class ExistingSites:
    """Sites that are there already.

    Parameters
    ----------
    layer, where : str, str or None
        Points, lines or polygons, and their filter.
    keep : str
        ``away``: areas keep the spacing from them. ``in``: they are part of the answer besides: they count among the areas
        wanted, and the maximum spacing may be kept to one of them.
    """

    layer: str
    where: str | None = None
    keep: Literal["away", "in"] = "away"

    @property
    def selection(self) -> Selection:
        """The layer with its filter."""
        return self.layer, self.where


@dataclass(frozen=True, slots=True)
class AreaForm:
    """The form of areas that are searched for.

    Parameters
    ----------
    max_area : float or None
        Square metres that an area may have where it is worth more so; None: no more than it must have.
    max_spacing : float
        Metres: each area but the first has a cell centre so near to one of an area that was found before.
    evaluate : str
        What an area is judged by: the ``mean``, ``sum`` or ``minimum`` of its cells' scores, or the ``share`` of them at `threshold`
        or above.
    threshold : float
        0 to 100, of the share.
    compactness : float
        How much the shape counts against that, 0 to 1.
    holes : bool
        Whether an area may have holes.
    existing : ExistingSites or None
        What is there already.
    """

    max_area: float | None = None
    max_spacing: float = math.inf
    evaluate: Literal["mean", "sum", "minimum", "share"] = "mean"
    threshold: float = 0.0
    compactness: float = 0.0
    holes: bool = False
    existing: ExistingSites | None = None
