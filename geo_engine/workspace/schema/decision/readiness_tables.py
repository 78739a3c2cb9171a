"""Tables of ``[readiness]``, and of ``test`` in ``[[facility.needs]]``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field, ValidationInfo, model_validator

from geo_engine.model import Action, Threshold
from geo_engine.workspace.schema.base import Figure, Table, Text, context_of, layer_of, quantity, refuse
from geo_engine.workspace.schema.criterion_tables import joined
from geo_engine.workspace.schema.measures import MEASURED, MeasureTable

__all__ = ["NEED_TESTS", "ActionTable", "NeedTestTable", "ReadinessTable", "StandInTable", "SubjectTable"]

_ENDS: tuple[Literal["at_least", "at_most"], ...] = ("at_least", "at_most")


class NeedTestTable(MeasureTable):
    """``test`` of a need: a measure, and what one unit of it is worth."""

    filled: ClassVar[Mapping[str, str]] = {
        "each": "1 of the need's unit",
        "covers": "none: no row within reach is unknown",
    }
    each: Figure = 1
    covers: Annotated[str, layer_of("polygons")] | None = None
    covers_where: Text | None = None
    source: Text

    @model_validator(mode="after")
    def _physical(self) -> NeedTestTable:
        if getattr(self, "impedance", "time") == "money":
            what = "a need is tested by a time or a distance, not by money"
            raise refuse(what, 'impedance = "time" or "distance"')
        if self.covers is None and self.covers_where is not None:
            what = "covers_where is given without covers"
            raise refuse(what, remedy="name the layer of the polygons in covers")
        return self


# The largest single feature within reach takes the keys of a sum: it is what is made of them that differs.
NEED_TESTS: Mapping[str, type[NeedTestTable]] = {
    "best_within": joined(MEASURED["sum_within"], NeedTestTable),
    **{
        name: joined(MEASURED[name], NeedTestTable)
        for name in ("sum_within", "access", "value", "coverage", "class_share", "kernel_density", "plugin")
    },
}


def _threshold(value: object, info: ValidationInfo) -> Threshold:
    """Read ``{ at_least = 500000 }`` or ``{ at_most = "10 km" }`` in the dimension that is at hand."""
    if isinstance(value, dict) and len(value) == 1:
        for side in _ENDS:
            if side in value:
                return Threshold(quantity(value[side], context_of(info).dimension), side)
    what = "a threshold has one end"
    raise refuse(what, '{ at_most = "10 km" } or { at_least = 500000 }')


_Threshold = Annotated[Any, BeforeValidator(_threshold)]


class StandInTable(Table):
    """``stands_in`` of a subject: a criterion to go by where the evidence is unknown."""

    criterion: Text
    amber: _Threshold


class SubjectTable(Table):
    """``[[readiness.subjects]]``: what an investor asks about, and what tells it."""

    filled: ClassVar[Mapping[str, str]] = {"required": "true"}
    name: Text
    need: Text | None = None
    criterion: Text | None = None
    rule: Text | None = None
    green: _Threshold | None = None
    amber: _Threshold | None = None
    stands_in: dict[str, Any] | None = None
    required: bool = True
    why: Text

    @model_validator(mode="after")
    def _one_meaning(self) -> SubjectTable:
        given = [key for key in ("need", "criterion", "rule") if getattr(self, key) is not None]
        if len(given) != 1:
            what = f"a subject is marked by one of need, criterion and rule, not by {' and '.join(given) or 'none of them'}"
            raise refuse(what)
        if self.criterion is not None and self.amber is None:
            what = "a subject marked by a criterion needs amber"
            raise refuse(what, '{ at_most = "10 km" } or { at_least = 500000 }')
        if self.criterion is None and self.green is not None:
            what = f"green says nothing beside {given[0]}"
            raise refuse(what, remedy=f"leave it out: green is where the {given[0]} is {'met' if given[0] == 'need' else 'kept'}")
        if self.rule is not None and self.amber is not None:
            what = "amber says nothing beside rule"
            raise refuse(what, remedy="leave it out: a rule is kept or failed")
        if self.green is not None and self.amber is not None:
            _nested(self.green, self.amber)
        if self.need is not None and self.amber is not None and not (self.amber.side == "at_least" and 0 <= self.amber.bound < 1):
            what = "amber of a need is the share of it that must be there"
            raise refuse(what, '{ at_least = "80 %" }, below 100 %')
        return self


def _nested(green: Threshold, amber: Threshold) -> None:
    """Refuse a green that is easier to reach than amber, or looks the other way."""
    if green.side != amber.side:
        what = "green and amber look different ways"
        raise refuse(what, "at_least in both, or at_most in both")
    if not amber.meets(green.bound):
        what = "amber is harder to reach than green"
        raise refuse(what, remedy="exchange the two")


_MONTHS = {"months": 1.0, "years": 12.0, "weeks": 12.0 / 52.18}  # a year has 52.18 weeks


def _months(value: object) -> float:
    number, _, unit = str(value).strip().partition(" ")
    if not isinstance(value, str) or unit not in _MONTHS:
        what = "a lead time is a number of weeks, months or years"
        raise refuse(what, '"13 weeks", "18 months", "12 years"')
    return quantity(number, "number") * _MONTHS[unit]


_Months = Annotated[float, BeforeValidator(_months), Field(ge=0)]


class ActionTable(Table):
    """``[[readiness.actions]]``: what is to be done about a subject, with figures that were published."""

    subject: Text
    action: Text
    cost_low: Annotated[float, Field(ge=0)] | None = None
    cost_high: Annotated[float, Field(ge=0)] | None = None
    cost_unit: Text | None = None
    lead_low: _Months | None = None
    lead_high: _Months | None = None
    source: Text
    year: Annotated[int, Field(ge=1900, le=2100)] | None = None

    @model_validator(mode="after")
    def _whole(self) -> ActionTable:
        for low, high in (("cost_low", "cost_high"), ("lead_low", "lead_high")):
            one, other = getattr(self, low), getattr(self, high)
            if (one is None) != (other is None):
                what = f"{low} and {high} go together"
                raise refuse(what, remedy="give the same figure twice where only one was published, or leave out both")
            if one is not None and one > other:
                what = f"{low} = {one:g} is above {high} = {other:g}"
                raise refuse(what, f"the lower figure in {low}")
        if (self.cost_low is None) != (self.cost_unit is None):
            what = "a cost and its unit go together"
            raise refuse(what, remedy='write cost_unit = "GBP million", or leave both out: a missing figure is shown as missing')
        if self.year is None and (self.cost_low is not None or self.lead_low is not None):
            what = "a figure is given without its year"
            raise refuse(what, remedy="add year, that of the source")
        return self

    def noun(self) -> Action:
        """Give the action; a figure that is not given is NaN."""
        figures = {"cost_low": self.cost_low, "cost_high": self.cost_high, "months_low": self.lead_low, "months_high": self.lead_high}
        given = {name: figure for name, figure in figures.items() if figure is not None}
        return Action(self.subject, self.action, self.source, self.year, cost_unit=self.cost_unit or "", **given)


class ReadinessTable(Table):
    """``[readiness]``; subjects and actions are checked one by one, so that a fault in one hides none in another."""

    filled: ClassVar[Mapping[str, str]] = {"required_gaps": "all that are declared"}
    subjects: list[Any] = Field(min_length=1)
    required_gaps: list[Text] | None = None
    actions: list[Any] = Field(default_factory=list)
