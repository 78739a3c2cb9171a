"""Tables of measures over a network, and of counts and sums within a reach of either kind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import BeforeValidator, Field, ValidationInfo, model_validator

from geo_engine.model import (
    Access,
    CombinedTravel,
    CountWithin,
    Decay,
    FloatingCatchment,
    Impedance,
    Measure,
    SumWithin,
    TravelCost,
    TravelDistance,
    TravelTime,
)
from geo_engine.workspace.schema.base import Context, Network, ProfileName, Text, Time, in_unit, layer_of, quantity, refuse
from geo_engine.workspace.schema.measures.base import MeasureTable

__all__ = ["TRAVELLED"]

NoTimeOrMore = Annotated[float, in_unit("time"), Field(ge=0)]


class TravelTable(MeasureTable):
    """What the measures to the nearest facility over a network share."""

    filled: ClassVar[Mapping[str, str]] = {"direction": "to: from the place to the facility"}
    network: Network
    profile: ProfileName
    direction: Literal["to", "from"] = "to"
    nth: Annotated[int, Field(ge=1, le=20)] = 1

    def travelled(self) -> dict[str, Any]:
        """Give the keys that all of them take."""
        given = ("layer", "where", "network", "profile", "direction", "nth")
        return {key: getattr(self, key) for key in given}


class TravelTimeTable(TravelTable):
    dimension = "time"

    def noun(self, context: Context) -> Measure:  # noqa: ARG002
        return TravelTime(**self.travelled())


class TravelDistanceTable(TravelTable):
    dimension = "length"

    def noun(self, context: Context) -> Measure:  # noqa: ARG002
        return TravelDistance(**self.travelled())


class TravelCostTable(TravelTable):
    dimension = "number"

    def noun(self, context: Context) -> Measure:  # noqa: ARG002
        return TravelCost(**self.travelled())


class CombinedTravelTable(MeasureTable):
    """Road all the way, or by a terminal."""

    dimension = "time"
    layer: Annotated[str, layer_of("points")]
    network: Network
    profile: ProfileName
    terminals: Annotated[str, layer_of("points")]
    terminals_where: Text | None = None
    onward_network: Network
    onward_profile: ProfileName
    transfer_time: NoTimeOrMore

    def noun(self, context: Context) -> Measure:  # noqa: ARG002
        return self._combined("time", self.transfer_time, 0.0)

    def _combined(self, impedance: Impedance, seconds: float, money: float) -> CombinedTravel:
        return CombinedTravel(
            layer=self.layer,
            where=self.where,
            network=self.network,
            profile=self.profile,
            terminals=self.terminals,
            terminals_where=self.terminals_where,
            onward_network=self.onward_network,
            onward_profile=self.onward_profile,
            impedance=impedance,
            transfer_seconds=seconds,
            transfer_money=money,
        )


class CombinedCostTable(CombinedTravelTable):
    dimension = "number"
    transfer_time: NoTimeOrMore = 0.0
    transfer_cost: Annotated[float, Field(ge=0)]

    @model_validator(mode="after")
    def _cost_says_it_all(self) -> Self:
        if "transfer_time" in self.model_fields_set:
            what = "transfer_time says nothing where money is measured"
            raise refuse(what, remedy="put what the time is worth into transfer_cost")
        return self

    def noun(self, context: Context) -> Measure:  # noqa: ARG002
        return self._combined("money", 0.0, self.transfer_cost)


_DIMENSION = {"time": "time", "distance": "length", "money": "number"}


def _within(value: object, info: ValidationInfo) -> float:
    """Read a limit: by the impedance where the criterion names a network, a length where it does not."""
    number = quantity(value, _DIMENSION[info.data.get("impedance", "time")] if info.data.get("network") else "length")
    if number <= 0:
        what = "within must be above 0"
        raise refuse(what)
    return number


class CountWithinTable(MeasureTable):
    # The network and the impedance stand before the limit, which is read by them.
    network: Network | None = None
    profile: ProfileName | None = None
    impedance: Literal["time", "distance", "money"] = "time"
    direction: Literal["to", "from"] = "to"
    within: Annotated[float, BeforeValidator(_within)]

    @model_validator(mode="after")
    def _travels_whole(self) -> Self:
        if (self.network is None) != (self.profile is None):
            what = "a network and a profile go together"
            raise refuse(what, remedy="give both and a time, or neither and a straight distance")
        if self.network is None and (odd := sorted(self.model_fields_set & {"impedance", "direction"})):
            what = f"{' and '.join(odd)} says nothing without a network"
            raise refuse(what, remedy="add network and profile, or leave it out")
        return self

    def within_keys(self) -> dict[str, Any]:
        """Give the keys that counts and sums take."""
        given = ("layer", "where", "within", "network", "profile", "impedance", "direction")
        return {key: getattr(self, key) for key in given}

    def noun(self, context: Context) -> Measure:  # noqa: ARG002
        return CountWithin(**self.within_keys())


class SumWithinTable(CountWithinTable):
    filled: ClassVar[Mapping[str, str]] = {"unknown_size": "none: a blank size is an error"}
    size: Text
    unit: str = ""
    unknown_size: Annotated[float, Field(ge=0)] | None = None

    def noun(self, context: Context) -> Measure:  # noqa: ARG002
        return SumWithin(**self.within_keys(), size=self.size, size_unit=self.unit, unknown_size=self.unknown_size)


def _decay(value: object, dimension: str) -> Decay:
    """Read ``{ function, half }``; the half is a time, a length or money."""
    functions = ("exponential", "gaussian", "linear")
    if not isinstance(value, dict) or set(value) != {"function", "half"} or value["function"] not in functions:
        what = f"a decay takes function ({', '.join(functions)}) and half"
        raise refuse(what, '{ function = "exponential", half = "45 min" }')
    half = quantity(value["half"], dimension)
    if half <= 0:
        what = "half must be above 0"
        raise refuse(what)
    return Decay(value["function"], half)


def _decay_by_impedance(value: object, info: ValidationInfo) -> Decay:
    return _decay(value, _DIMENSION[info.data.get("impedance", "time")])


class AccessTable(MeasureTable):
    filled: ClassVar[Mapping[str, str]] = {"unknown_size": "none: a blank size is an error"}
    size: Text
    impedance: Literal["time", "distance", "money"] = "time"
    direction: Literal["to", "from"] = "to"
    decay: Annotated[Any, BeforeValidator(_decay_by_impedance)]
    network: Network
    profile: ProfileName
    unit: str = ""
    unknown_size: Annotated[float, Field(ge=0)] | None = None

    def noun(self, context: Context) -> Measure:  # noqa: ARG002
        return Access(
            layer=self.layer,
            where=self.where,
            size=self.size,
            decay=self.decay,
            network=self.network,
            profile=self.profile,
            impedance=self.impedance,
            direction=self.direction,
            size_unit=self.unit,
            unknown_size=self.unknown_size,
        )


class FloatingCatchmentTable(MeasureTable):
    layer: Annotated[str, layer_of("points")]
    size: Text
    people_layer: Annotated[str, layer_of("points")]
    people_where: Text | None = None
    people: Text
    within: Annotated[Time, Field(gt=0)]
    decay: Annotated[Any, BeforeValidator(lambda value: _decay(value, "time"))] = None
    network: Network
    profile: ProfileName
    unit: str = ""

    def noun(self, context: Context) -> Measure:  # noqa: ARG002
        return FloatingCatchment(
            layer=self.layer,
            where=self.where,
            size=self.size,
            people_layer=self.people_layer,
            people_where=self.people_where,
            people=self.people,
            within=self.within,
            decay=self.decay,
            network=self.network,
            profile=self.profile,
            size_unit=self.unit,
        )


TRAVELLED: Mapping[str, type[MeasureTable]] = {
    "travel_time": TravelTimeTable,
    "travel_distance": TravelDistanceTable,
    "travel_cost": TravelCostTable,
    "combined_travel": CombinedTravelTable,
    "combined_cost": CombinedCostTable,
    "count_within": CountWithinTable,
    "sum_within": SumWithinTable,
    "access": AccessTable,
    "floating_catchment": FloatingCatchmentTable,
}
