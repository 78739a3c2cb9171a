"""A measure that somebody else wrote: one function in the workspace or in an installed package."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from geo_engine.model.measure.base import Measure, Selection

__all__ = ["PluggedMeasure"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PluggedMeasure(Measure):
    """What a plug-in's function gives for the places.

    Parameters
    ----------
    plugin : str
        Name of the plug-in.
    file : Path or None
        ``layers/NAME.py``; None for one of an installed package.
    result_unit : str
        What the plug-in declares.
    parameters : tuple of (name, value)
        What the study hands to the function by name, in order of name.
    raster : bool
        Whether the function takes a raster instead of features.
    """

    kind: ClassVar[str] = "plugin"
    plugin: str
    file: Path | None = None
    result_unit: str = ""
    parameters: tuple[tuple[str, float | int | str | bool], ...] = ()
    raster: bool = False

    @property
    def unit(self) -> str:
        """What the plug-in declares."""
        return self.result_unit

    @property
    def of_raster(self) -> bool:
        """Whether the function takes a raster."""
        return self.raster

    @property
    def reads(self) -> tuple[tuple[Selection, str | None], ...]:
        """The features, where it takes them."""
        return () if self.raster else (((self.layer, self.where), None),)
