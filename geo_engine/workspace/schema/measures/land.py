"""Tables of measures of the land: what a raster says, and what features cover or how densely they lie."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import BeforeValidator, Field, ValidationInfo, model_validator

from geo_engine.model import Aspect, ClassDistance, ClassShare, Coverage, KernelDensity, Measure, RasterValue, Slope
from geo_engine.units import DIMENSIONS, dimension_of
from geo_engine.workspace.schema.base import Context, Positive, Text, context_of, in_unit, layer_of, refuse
from geo_engine.workspace.schema.measures.base import MeasureTable

__all__ = ["LAND"]

_COMPASS = {
    name: 45.0 * number
    for number, name in enumerate(["north", "north-east", "east", "south-east", "south", "south-west", "west", "north-west"])
}


class RasterTable(MeasureTable):
    """What measures of a raster share."""

    filled: ClassVar[Mapping[str, str]] = {"band": "1"}
    layer: Annotated[str, layer_of("raster")]
    band: Annotated[int, Field(ge=1)] = 1

    @model_validator(mode="after")
    def _no_filter(self) -> Self:
        if self.where is not None:
            what = "a raster has no columns, so it takes no where"
            raise refuse(what)
        return self


class RasterValueTable(RasterTable):
    def noun(self, context: Context) -> Measure:
        return RasterValue(layer=self.layer, band=self.band, value_unit=context.layers[self.layer].unit)


class SlopeTable(RasterTable):
    filled: ClassVar[Mapping[str, str]] = {"unit": "degrees"}
    unit: Literal["degrees", "%"] = "degrees"

    @classmethod
    def dimension_of(cls, entry: Mapping[str, Any], context: Context) -> str | None:  # noqa: ARG003
        unit = entry.get("unit", "degrees")
        return dimension_of(unit) if unit in {"degrees", "%"} else None

    @model_validator(mode="after")
    def _heights(self, info: ValidationInfo) -> Self:
        unit = context_of(info).layers[self.layer].unit
        if unit not in DIMENSIONS["length"]:
            what = f"slope needs to know the unit of the heights, and layer '{self.layer}' says '{unit}'"
            raise refuse(what, ", ".join(DIMENSIONS["length"]), f'add unit = "m" to layers/{self.layer}.toml')
        return self

    def noun(self, context: Context) -> Measure:
        height = DIMENSIONS["length"][context.layers[self.layer].unit]
        return Slope(layer=self.layer, band=self.band, slope_unit=self.unit, height=height)


def _facing(value: object) -> float:
    """Read a direction: a word of the compass, or degrees from grid north, clockwise."""
    if isinstance(value, str) and value in _COMPASS:
        return _COMPASS[value]
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 360:  # noqa: PLR2004 - a whole turn
        what = "facing is no direction"
        raise refuse(what, f"{', '.join(_COMPASS)}, or degrees from grid north, 0 to below 360")
    return float(value)


class AspectTable(RasterTable):
    dimension = "angle"
    filled: ClassVar[Mapping[str, str]] = {"facing": "none: the direction itself, 0 to 360 degrees, -1 where the land is level"}
    facing: Annotated[Any, BeforeValidator(_facing)] = None

    def noun(self, context: Context) -> Measure:  # noqa: ARG002
        return Aspect(layer=self.layer, band=self.band, facing=self.facing)


Classes = Annotated[list[int], Field(min_length=1)]


class ClassShareTable(RasterTable):
    dimension = "share"
    classes: Classes
    within: Positive

    def noun(self, context: Context) -> Measure:  # noqa: ARG002
        return ClassShare(layer=self.layer, band=self.band, classes=tuple(self.classes), within=self.within)


class ClassDistanceTable(RasterTable):
    dimension = "length"
    classes: Classes
    within: Positive

    @model_validator(mode="after")
    def _told_so_far(self) -> Self:
        ends = [end for name in ("minimum", "maximum") if (end := getattr(getattr(self, "keep", None), name, None)) is not None]
        if ends and max(ends) > self.within:
            what = "keep asks for a distance that is not looked so far for"
            raise refuse(what, f"{self.within:g} m at most", "a longer within")
        return self

    def noun(self, context: Context) -> Measure:  # noqa: ARG002
        return ClassDistance(layer=self.layer, band=self.band, classes=tuple(self.classes), within=self.within)


class CoverageTable(MeasureTable):
    dimension = "share"
    filled: ClassVar[Mapping[str, str]] = {"within": "none: the study's cell"}
    layer: Annotated[str, layer_of("polygons")]
    within: Annotated[float, in_unit("length"), Field(gt=0)] | None = None

    def noun(self, context: Context) -> Measure:  # noqa: ARG002
        return Coverage(layer=self.layer, where=self.where, within=self.within)


class KernelDensityTable(MeasureTable):
    filled: ClassVar[Mapping[str, str]] = {"size": "none: each counts as 1"}
    layer: Annotated[str, layer_of("points", "lines", "network")]
    within: Positive
    size: Text | None = None
    unit: str = ""
    unknown_size: Annotated[float, Field(ge=0)] | None = None

    @model_validator(mode="after")
    def _of_a_column(self) -> Self:
        if self.size is None and (odd := sorted(self.model_fields_set & {"unit", "unknown_size"})):
            what = f"{' and '.join(odd)} says nothing without a size"
            raise refuse(what, remedy="name the column in size, or leave it out")
        return self

    def noun(self, context: Context) -> Measure:
        return KernelDensity(
            layer=self.layer,
            where=self.where,
            within=self.within,
            size=self.size,
            size_unit=self.unit,
            unknown_size=self.unknown_size,
            of="" if context.layers[self.layer].geometry == "points" else "km",
        )


LAND: Mapping[str, type[MeasureTable]] = {
    "coverage": CoverageTable,
    "kernel_density": KernelDensityTable,
    "value": RasterValueTable,
    "slope": SlopeTable,
    "aspect": AspectTable,
    "class_share": ClassShareTable,
    "class_distance": ClassDistanceTable,
}
