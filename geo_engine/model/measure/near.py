"""Measures of features near a place, in a straight line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from geo_engine.model.measure.base import Measure, Selection

__all__ = ["Distance", "Inside", "NearestValue"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Distance(Measure):
    """Straight distance to the nearest feature, in metres; 0 inside a polygon."""

    kind: ClassVar[str] = "distance"

    @property
    def unit(self) -> str:
        """Metres."""
        return "m"


@dataclass(frozen=True, slots=True, kw_only=True)
class Inside(Measure):
    """1 inside any polygon of the layer, 0 outside."""

    kind: ClassVar[str] = "inside"


@dataclass(frozen=True, slots=True, kw_only=True)
class NearestValue(Measure):
    """Value of a column of the nearest feature; NaN where none is near enough, or its value is blank.

    Parameters
    ----------
    column : str
        Numbers.
    within : float
        Metres; 0 takes only features that hold the place, as a polygon does.
    column_unit : str
        Unit of the column, for readers.
    """

    kind: ClassVar[str] = "nearest_value"
    column: str
    within: float = 0.0
    column_unit: str = ""

    @property
    def unit(self) -> str:
        """Unit of the column."""
        return self.column_unit

    @property
    def reads(self) -> tuple[tuple[Selection, str | None], ...]:
        """The features, with the column."""
        return (((self.layer, self.where), self.column),)
