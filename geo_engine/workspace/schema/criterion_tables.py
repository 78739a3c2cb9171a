"""Tables of ``[[criteria]]``, one for each measure; those of value functions are in `function_tables`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import BeforeValidator, Field, ValidationInfo, model_validator

from geo_engine.model import (
    Access,
    CountWithin,
    Decay,
    Distance,
    Inside,
    Measure,
    RasterValue,
    SumWithin,
    TravelDistance,
    TravelTime,
)
from geo_engine.workspace.schema.base import (
    Key,
    Network,
    ProfileName,
    Table,
    Text,
    Time,
    Vector,
    layer_of,
    quantity,
    refuse,
)

__all__ = ["MEASURES", "CriterionTable"]


def _unknown(value: object) -> float | None:
    if value == "refuse":
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        what = "unknown is neither 'refuse' nor a utility"
        raise refuse(what, "'refuse', or a number from 0 to 1")
    return float(value)


class CriterionTable(Table):
    """What every criterion has; each measure adds its own keys."""

    filled: ClassVar[Mapping[str, str]] = {"unknown": "refuse"}
    dimension: ClassVar[str] = "number"
    name: Text
    key: Key = ""
    layer: Vector
    where: Text | None = None
    measure: str
    value: Any
    weight: Annotated[float, Field(ge=0)] | None = None  # asked for by the reader, unless [weights] finds it
    unknown: Annotated[Any, BeforeValidator(_unknown)] = None
    why: Text
    source: str = ""

    def noun(self, layer_unit: str) -> Measure:  # noqa: ARG002 - a raster's unit is that of its layer
        """Make the measure; `layer_unit` is the unit that a raster layer states."""
        return Distance(layer=self.layer, where=self.where)


class DistanceTable(CriterionTable):
    dimension = "length"


class TravelTimeTable(CriterionTable):
    dimension = "time"
    network: Network
    profile: ProfileName

    def noun(self, layer_unit: str) -> Measure:  # noqa: ARG002
        return TravelTime(layer=self.layer, where=self.where, network=self.network, profile=self.profile)


class TravelDistanceTable(CriterionTable):
    dimension = "length"
    network: Network
    profile: ProfileName

    def noun(self, layer_unit: str) -> Measure:  # noqa: ARG002
        return TravelDistance(layer=self.layer, where=self.where, network=self.network, profile=self.profile)


def _within(value: object, info: ValidationInfo) -> float:
    """Read a radius: a time where the criterion names a network, a length where it does not."""
    number = quantity(value, "time" if info.data.get("network") else "length")
    if number <= 0:
        what = "within must be above 0"
        raise refuse(what)
    return number


class CountWithinTable(CriterionTable):
    # The network stands before the radius, which is read by it.
    network: Network | None = None
    profile: ProfileName | None = None
    within: Annotated[float, BeforeValidator(_within)]

    @model_validator(mode="after")
    def _travels_whole(self) -> Self:
        if (self.network is None) != (self.profile is None):
            what = "a network and a profile go together"
            raise refuse(what, remedy="give both and a time, or neither and a straight distance")
        return self

    def noun(self, layer_unit: str) -> Measure:  # noqa: ARG002
        return CountWithin(layer=self.layer, where=self.where, within=self.within, network=self.network, profile=self.profile)


class SumWithinTable(CountWithinTable):
    filled: ClassVar[Mapping[str, str]] = {**CriterionTable.filled, "unknown_size": "none: a blank size is an error"}
    size: Text
    unit: str = ""
    unknown_size: Annotated[float, Field(ge=0)] | None = None

    def noun(self, layer_unit: str) -> Measure:  # noqa: ARG002
        return SumWithin(
            layer=self.layer,
            where=self.where,
            within=self.within,
            network=self.network,
            profile=self.profile,
            size=self.size,
            size_unit=self.unit,
            unknown_size=self.unknown_size,
        )


class DecayTable(Table):
    function: Literal["exponential", "gaussian", "linear"]
    half: Time


class AccessTable(CriterionTable):
    filled: ClassVar[Mapping[str, str]] = {**CriterionTable.filled, "unknown_size": "none: a blank size is an error"}
    size: Text
    decay: DecayTable
    network: Network
    profile: ProfileName
    unit: str = ""
    unknown_size: Annotated[float, Field(ge=0)] | None = None

    def noun(self, layer_unit: str) -> Measure:  # noqa: ARG002
        return Access(
            layer=self.layer,
            where=self.where,
            size=self.size,
            decay=Decay(self.decay.function, self.decay.half),
            network=self.network,
            profile=self.profile,
            size_unit=self.unit,
            unknown_size=self.unknown_size,
        )


class InsideTable(CriterionTable):
    layer: Annotated[str, layer_of("polygons")]

    def noun(self, layer_unit: str) -> Measure:  # noqa: ARG002
        return Inside(layer=self.layer, where=self.where)


class RasterValueTable(CriterionTable):
    filled: ClassVar[Mapping[str, str]] = {**CriterionTable.filled, "band": "1"}
    layer: Annotated[str, layer_of("raster")]
    band: Annotated[int, Field(ge=1)] = 1

    @model_validator(mode="after")
    def _no_filter(self) -> Self:
        if self.where is not None:
            what = "a raster has no columns, so it takes no where"
            raise refuse(what)
        return self

    def noun(self, layer_unit: str) -> Measure:
        return RasterValue(layer=self.layer, band=self.band, value_unit=layer_unit)


MEASURES: Mapping[str, type[CriterionTable]] = {
    "distance": DistanceTable,
    "travel_time": TravelTimeTable,
    "travel_distance": TravelDistanceTable,
    "count_within": CountWithinTable,
    "sum_within": SumWithinTable,
    "access": AccessTable,
    "inside": InsideTable,
    "value": RasterValueTable,
}
