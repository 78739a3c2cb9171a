"""What ``[sites]`` says of the areas that are searched for: size, spacing, shape, what they are judged by, what is there already."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import Field, model_validator

from geo_engine.model import AreaForm, ExistingSites
from geo_engine.units import format_quantity
from geo_engine.workspace.schema.base import Area, Length, Positive, Share, Table, Text, Vector, filled_in, refuse

__all__ = ["AreaTable", "ExistingTable"]

_MOST_SITES = 500


class ExistingTable(Table):
    """``existing`` of ``[sites]``: what is there already."""

    filled: ClassVar[Mapping[str, str]] = {"keep": "away: areas keep the spacing from what is there"}
    layer: Vector
    where: Text | None = None
    keep: Literal["away", "in"] = "away"


class AreaTable(Table):
    """``[sites]``: how areas are searched for."""

    filled: ClassVar[Mapping[str, str]] = {
        "reach": "1.5",
        "evaluate": "mean: areas are judged by the mean of their cells",
        "compactness": "0: the shape does not count",
        "holes": "false: areas have no holes",
    }
    count: Annotated[int, Field(ge=1, le=_MOST_SITES)]
    spacing: Annotated[Length, Field(ge=0)]
    max_spacing: Positive | None = None
    area: Area | None = None
    min_area: Area | None = None
    max_area: Area | None = None
    reach: Annotated[float, Field(ge=1)] = 1.5
    evaluate: Literal["mean", "sum", "minimum", "share"] = "mean"
    threshold: Annotated[float, Field(ge=0, le=100)] | None = None
    compactness: Share = 0.0
    holes: bool = False
    existing: ExistingTable | None = None

    @model_validator(mode="after")
    def _share_of_what(self) -> AreaTable:
        if (self.evaluate == "share") != (self.threshold is not None):
            what = "evaluate = 'share' needs a threshold" if self.threshold is None else f"threshold is of no use with '{self.evaluate}'"
            raise refuse(what, "a threshold from 0 to 100 with evaluate = 'share', and with nothing else", "add or remove threshold")
        return self

    def area_defaults(self) -> Iterator[str]:
        """Say what is left out, here and of what is there already."""
        yield from filled_in(self)
        if self.existing is not None:
            yield from (f"existing: {text}" for text in filled_in(self.existing))

    def least(self, land: float | None) -> float:
        """Give the square metres that an area must have; 0 where nothing says it."""
        return self.min_area or self.area or land or 0.0

    def misfits(self, land: float | None, cell: float) -> Iterator[tuple[str, str, str, str]]:
        """Yield what does not fit together: the key, what is wrong, what was found, what is allowed.

        Parameters
        ----------
        land : float or None
            Square metres that the facility takes.
        cell : float
            Metres: the study's cell.
        """
        size = self.area if self.area is not None else land
        wanted = "the area" if self.area is not None else "the facility's need of land"
        if self.min_area is not None and size and self.min_area > size:
            said = format_quantity(self.min_area, "m2")
            yield "min_area", f"min_area is above {wanted}", said, f"up to {format_quantity(size, 'm2')}"
        least = self.least(land)
        if self.max_area is not None and max(least, size or 0.0) > self.max_area:
            least = max(least, size or 0.0)
            above = "min_area" if self.min_area is not None and self.min_area > self.max_area else wanted
            yield "max_area", f"max_area is below {above}", format_quantity(self.max_area, "m2"), f"{format_quantity(least, 'm2')} or more"
        least = self.least(None)  # what the facility takes is rounded up to a cell; a size that is written here should mean what it says
        if 0.0 < least < cell * cell * (1.0 - 1e-9):
            key = "min_area" if self.min_area is not None else "area"
            said, whole = format_quantity(least, "m2"), format_quantity(cell * cell, "m2")
            yield key, f"an area is smaller than a cell of {cell:g} m", said, f"{whole} or more, or a smaller cell"
        if self.max_spacing is not None and self.max_spacing < self.spacing:
            said, floor = format_quantity(self.max_spacing, "m"), format_quantity(self.spacing, "m")
            yield "max_spacing", "max_spacing is below spacing", said, f"{floor} or more"

    def form(self) -> AreaForm:
        """Give what is asked of areas besides number, spacing and least size."""
        there = self.existing
        return AreaForm(
            max_area=self.max_area,
            max_spacing=math.inf if self.max_spacing is None else self.max_spacing,
            evaluate=self.evaluate,
            threshold=self.threshold or 0.0,
            compactness=self.compactness,
            holes=self.holes,
            existing=ExistingSites(there.layer, there.where, there.keep) if there else None,
        )
