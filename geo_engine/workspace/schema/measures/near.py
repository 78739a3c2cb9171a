"""Tables of measures of features near a place, in a straight line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar

from pydantic import Field

from geo_engine.model import Inside, Measure, NearestValue
from geo_engine.workspace.schema.base import Context, Text, in_unit, layer_of
from geo_engine.workspace.schema.measures.base import MeasureTable

__all__ = ["NEAR"]


class DistanceTable(MeasureTable):
    dimension = "length"


class InsideTable(MeasureTable):
    layer: Annotated[str, layer_of("polygons")]

    def noun(self, context: Context) -> Measure:  # noqa: ARG002
        return Inside(layer=self.layer, where=self.where)


class NearestValueTable(MeasureTable):
    filled: ClassVar[Mapping[str, str]] = {"within": "0 m: only a feature that holds the place"}
    column: Text
    within: Annotated[float, in_unit("length"), Field(ge=0)] = 0.0
    unit: str = ""

    def noun(self, context: Context) -> Measure:  # noqa: ARG002
        return NearestValue(layer=self.layer, where=self.where, column=self.column, within=self.within, column_unit=self.unit)


NEAR: Mapping[str, type[MeasureTable]] = {
    "distance": DistanceTable,
    "inside": InsideTable,
    "nearest_value": NearestValueTable,
}
