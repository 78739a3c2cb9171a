"""Measures of the land itself: what a raster says at a place or about it, and what features cover or how densely they lie."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from geo_engine.model.measure.base import Measure, Selection

__all__ = ["Aspect", "ClassDistance", "ClassShare", "Coverage", "KernelDensity", "RasterMeasure", "RasterValue", "Slope"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RasterMeasure(Measure):
    """Something measured from one band of a raster.

    Parameters
    ----------
    band : int
        From 1.
    """

    band: int = 1

    @property
    def of_raster(self) -> bool:
        """Always."""
        return True

    @property
    def reads(self) -> tuple[tuple[Selection, str | None], ...]:
        """No features."""
        return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RasterValue(RasterMeasure):
    """Value of a raster at the place, in the raster's unit; NaN where it has none."""

    kind: ClassVar[str] = "value"
    value_unit: str = ""

    @property
    def unit(self) -> str:
        """Unit of the raster."""
        return self.value_unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Slope(RasterMeasure):
    """Steepness of an elevation model in the cell that holds the place, by the eight cells about it (Horn 1981).

    Parameters
    ----------
    slope_unit : {'degrees', '%'}
        The angle to the level, or a hundred times rise over run.
    height : float
        Metres in one unit of the raster's values.
    """

    kind: ClassVar[str] = "slope"
    slope_unit: Literal["degrees", "%"] = "degrees"
    height: float = 1.0

    @property
    def unit(self) -> str:
        """Degrees or per cent."""
        return self.slope_unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Aspect(RasterMeasure):
    """The way that the land falls in the cell that holds the place, in degrees from grid north, clockwise; -1 where it is level.

    Parameters
    ----------
    facing : float or None
        Degrees from grid north. With it the measure is the angle between the aspect and this direction, 0 to 180; 90 where the land is
        level, which faces it as little as it turns its back.
    """

    kind: ClassVar[str] = "aspect"
    facing: float | None = None

    @property
    def unit(self) -> str:
        """Degrees."""
        return "degrees"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassShare(RasterMeasure):
    """Share of the raster's cells within a radius that are of some classes, 0 to 1.

    Parameters
    ----------
    classes : tuple of int
        The classes that count.
    within : float
        Metres between the place and a cell's centre, the limit included.
    """

    kind: ClassVar[str] = "class_share"
    classes: tuple[int, ...]
    within: float

    @property
    def unit(self) -> str:
        """A share."""
        return "share"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassDistance(RasterMeasure):
    """Metres to the nearest cell of some classes of a raster, to its edge; 0 in such a cell, `within` where none is so near.

    Parameters
    ----------
    classes : tuple of int
        The classes that are looked for.
    within : float
        Metres: how far they are looked for.
    """

    kind: ClassVar[str] = "class_distance"
    classes: tuple[int, ...]
    within: float

    @property
    def unit(self) -> str:
        """Metres."""
        return "m"


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage(Measure):
    """Share of the study's cell about the place, or of the disc about it, that polygons cover, 0 to 1.

    Parameters
    ----------
    within : float or None
        Radius of the disc in metres; None takes the square of the study's cell.
    """

    kind: ClassVar[str] = "coverage"
    within: float | None = None

    @property
    def unit(self) -> str:
        """A share."""
        return "share"


@dataclass(frozen=True, slots=True, kw_only=True)
class KernelDensity(Measure):
    """How densely points or lines lie about a place, by a quartic kernel (Silverman 1986), a square kilometre.

    Parameters
    ----------
    within : float
        Radius of the kernel in metres.
    size : str or None
        Column that says how much a point counts, or a metre of a line; None counts each as 1.
    size_unit : str
        Unit of the column.
    unknown_size : float or None
        What a blank counts; None makes a blank an error.
    of : str
        What is counted, for readers: ``km`` of lines; blank for points.
    """

    kind: ClassVar[str] = "kernel_density"
    within: float
    size: str | None = None
    size_unit: str = ""
    unknown_size: float | None = None
    of: str = ""

    @property
    def unit(self) -> str:
        """Of the column, or kilometres of lines, a square kilometre."""
        return " ".join(word for word in (self.size_unit, self.of, "per km2") if word)
