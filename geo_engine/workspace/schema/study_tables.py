"""Tables of ``studies/NAME.toml`` (all but criteria, rules and scenarios) and of ``studies/profiles/NAME.toml``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, Field, model_validator

from geo_engine.errors import nearest_spelling
from geo_engine.model import Need
from geo_engine.workspace.schema.base import (
    Figure,
    Network,
    Positive,
    ProfileName,
    Speed,
    Table,
    Text,
    Time,
    Vector,
    at_least,
    layer_of,
    number_and_unit,
    projected,
    quantity,
    refuse,
)
from geo_engine.workspace.schema.candidate_tables import CandidateKeys
from geo_engine.workspace.schema.connection_tables import ConnectionTable, ReachTable
from geo_engine.workspace.schema.decision.decision_tables import BacktestTable, rules_known
from geo_engine.workspace.schema.decision.portfolio_tables import PortfolioTable
from geo_engine.workspace.schema.decision.robustness_tables import RobustnessTable
from geo_engine.workspace.schema.decision.sift_tables import SiftTable, told_once

__all__ = [
    "ContextTable",
    "DemandTable",
    "FacilityTable",
    "NeedTable",
    "NotAssessedTable",
    "OffNetworkTable",
    "ProfileTable",
    "SitesTable",
    "StudyTable",
]


class OffNetworkTable(Table):
    """``[off_network]`` of a profile: from a place to the network."""

    speed: Speed
    detour: Annotated[float, Field(ge=1)]
    limit: Positive
    source: str = ""


class MoneyTable(Table):
    """``[cost]`` of a profile: what a journey costs."""

    per_km: Annotated[float, Field(ge=0)]
    per_hour: Annotated[float, Field(ge=0)]
    currency: Text
    source: Text

    @model_validator(mode="after")
    def _costs_something(self) -> MoneyTable:
        if self.per_km == self.per_hour == 0:
            what = "per_km and per_hour are both 0, so that every journey is free"
            raise refuse(what, remedy="leave [cost] out where money plays no part")
        return self


class ProfileTable(Table):
    """``studies/profiles/NAME.toml``."""

    filled: ClassVar[Mapping[str, str]] = {"speed_factor": "1: speeds that edges state are taken as they are", "top_speed": "none"}
    title: Text
    sources: list[Text] = Field(default_factory=list)
    speeds: dict[str, Speed] = Field(default_factory=dict)
    speed_factor: Annotated[float, Field(gt=0)] = 1.0
    top_speed: Speed = float("inf")
    entered_at_ends: list[str] = Field(default_factory=list)
    closed: dict[str, list[Text]] = Field(default_factory=dict)
    cost: MoneyTable | None = None
    off_network: OffNetworkTable

    @model_validator(mode="after")
    def _classes_known(self) -> ProfileTable:
        for name in self.entered_at_ends:
            if name not in self.speeds:
                what = f"entered_at_ends names '{name}', which has no speed"
                raise refuse(what, ", ".join(self.speeds), nearest_spelling(name, self.speeds))
        return self


class NeedTable(Table):
    """``[[facility.needs]]``: what one unit of capacity takes."""

    name: Text
    each: Figure
    range: list[Figure] = Field(default_factory=list)
    minimum: Figure | None = None
    source: str = ""
    test: dict[str, Any] | None = None  # checked by its measure, once the unit is known
    required: bool = False

    def noun(self) -> Need:
        """Read the figures; land is an area, the others carry one unit."""

        def read(value: object) -> tuple[float, str]:
            number, unit = (quantity(value, "area"), "m2") if self.name == "land" else number_and_unit(value)
            return at_least(number, 0.0), unit

        each, unit = read(self.each)
        others = [read(value) for value in (*self.range, *([self.minimum] if self.minimum is not None else []))]
        if len(self.range) not in {0, 2} or (self.range and others[0][0] > others[1][0]):
            what = "a range has two figures, the lower one first"
            raise refuse(what)
        for _, other in others:
            if other != unit:
                what = f"units differ: each is in '{unit}', another figure in '{other}'"
                raise refuse(what, f"'{unit}' throughout")
        low, high = (others[0][0], others[1][0]) if self.range else (None, None)
        return Need(self.name, each, unit, low, high, others[-1][0] if self.minimum is not None else None, self.source)

    @model_validator(mode="after")
    def _readable(self) -> NeedTable:
        self.noun()
        return self


class FacilityTable(Table):
    """``[facility]``."""

    capacity: Annotated[float, Field(gt=0)]
    unit: Text
    needs: list[NeedTable] = Field(default_factory=list)


class DemandTable(Table):
    """``[demand]``: whom the facility serves."""

    layer: Annotated[str, layer_of("points")]
    where: Text | None = None
    size: Text
    capacity_each: Figure
    within: Time
    network: Network
    profile: ProfileName
    source: str = ""


class ContextTable(Table):
    """``[context]``: what readers find their way by."""

    places: Annotated[str, layer_of("points")] | None = None
    label_where: str | None = None
    label_size: str | None = None
    roads: Annotated[str, layer_of("network", "lines")] | None = None
    show: list[Vector] = Field(default_factory=list)


class SitesTable(CandidateKeys):
    """``[sites]``: how areas are searched for."""


class NotAssessedTable(Table):
    """``[[not_assessed]]``: matters, is named, has no weight."""

    name: Text
    why: Text


class StudyTable(Table):
    """``studies/NAME.toml``; criteria, constraints and scenarios are checked one by one."""

    title: Text
    summary: str = ""
    area: Annotated[str, layer_of("polygons")]
    region_column: Text | None = None
    area_title: Text | None = None
    districts: Annotated[str, layer_of("polygons")] | None = None
    crs: Annotated[str, AfterValidator(projected)]
    cell: Positive
    lies_in: list[Text] = Field(default_factory=list)
    gaps: Text | None = None
    context: ContextTable = ContextTable()
    facility: FacilityTable
    demand: DemandTable | None = None
    connection: ConnectionTable | None = None
    reach: ReachTable | None = None
    criteria: list[Any] = Field(min_length=1)
    weights: dict[str, Any] | None = None
    combine: dict[str, Any] | None = None
    constraints: list[Any] = Field(default_factory=list)
    scenarios: dict[str, Any] = Field(default_factory=dict)
    backtest: Annotated[BacktestTable, AfterValidator(rules_known)] | None = None
    portfolio: PortfolioTable | None = None
    sites: SitesTable
    robustness: RobustnessTable = RobustnessTable()
    readiness: dict[str, Any] | None = None
    not_assessed: list[NotAssessedTable] = Field(default_factory=list)
    sift: Annotated[list[SiftTable], AfterValidator(told_once)] = Field(default_factory=list)
