"""``[connection]`` and ``[reach]`` of a study: how its areas are joined to the grid, which routes lead to them, how far one gets."""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import pairwise
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field, ValidationInfo, model_validator

from geo_engine.model import Connection, CostRow, Multiplier, PeopleDisc, Reach, RouteWish
from geo_engine.workspace.schema.base import (
    GapName,
    Network,
    Positive,
    ProfileName,
    Table,
    Text,
    Time,
    Vector,
    context_of,
    layer_of,
    read_buffer,
    refuse,
)

__all__ = ["ConnectionTable", "CostTable", "MultiplierTable", "ReachTable", "RouteTable"]

_MOST_CELLS = 1000  # from an area's edge to the limit: beyond, the search takes seconds and hundreds of megabytes


class MultiplierTable(Table):
    """``[[connection.multipliers]]``: where a metre counts as more, or no line may run."""

    filled: ClassVar[Mapping[str, str]] = {"buffer": "0 m"}
    name: Text
    layer: Vector
    where: Text | None = None
    factor: Annotated[float, Field(gt=0)] | None = None
    barrier: bool = False
    buffer: Annotated[Any, BeforeValidator(read_buffer)] = 0.0
    why: Text
    source: str = ""
    stands_for: GapName = ""

    @model_validator(mode="after")
    def _one_meaning(self, info: ValidationInfo) -> MultiplierTable:
        if self.barrier == (self.factor is not None):
            what = "a multiplier takes factor or barrier = true, and one of them only"
            raise refuse(what, "factor = 3.0, or barrier = true")
        if isinstance(self.buffer, PeopleDisc) and (kind := context_of(info).layers[self.layer].geometry) != "points":
            what = f"a buffer by people needs points, layer '{self.layer}' is of geometry '{kind}'"
            raise refuse(what, '"250 m"')
        return self

    def noun(self) -> Multiplier:
        """Give the multiplier; a barrier's factor is infinite."""
        factor = self.factor if self.factor is not None else math.inf
        return Multiplier(self.name, self.layer, factor, self.where, self.buffer, self.why, self.source, self.stands_for)


class CostTable(Table):
    """``[[connection.costs]]``: a published figure for a kilometre of line."""

    name: Text
    low: Annotated[float, Field(ge=0)]
    high: Annotated[float, Field(ge=0)]
    covers: Text
    source: Text
    year: Annotated[int, Field(ge=1900, le=2100)]

    @model_validator(mode="after")
    def _in_order(self) -> CostTable:
        if self.low > self.high:
            what = f"low = {self.low:g} is above high = {self.high:g}"
            raise refuse(what, "the lower figure in low")
        return self


class RouteTable(Table):
    """``[[reach.routes]]``: a route that is told for each site."""

    filled: ClassVar[Mapping[str, str]] = {"direction": "to: from the site to the feature"}
    name: Text
    layer: Annotated[str, layer_of("points")]
    where: Text | None = None
    direction: Literal["to", "from"] = "to"


class ReachTable(Table):
    """``[reach]``: the routes of each site, and how far one gets from it."""

    filled: ClassVar[Mapping[str, str]] = {"isochrones": "15, 30, 45 and 60 min"}
    network: Network
    profile: ProfileName
    isochrones: list[Time] = Field(default=[900.0, 1800.0, 2700.0, 3600.0])
    routes: list[RouteTable] = Field(default_factory=list)

    @model_validator(mode="after")
    def _in_order(self) -> ReachTable:
        if any(later <= earlier for earlier, later in pairwise([0.0, *self.isochrones])):
            what = "isochrones do not rise from above 0"
            raise refuse(what, '["15 min", "30 min"]')
        slugs = [wish.slug for wish in self.noun().routes]
        if twice := [name for number, name in enumerate(slugs) if name in slugs[:number]]:
            what = f"two routes are called '{twice[0]}' in columns"
            raise refuse(what, remedy="give one of them another name")
        return self

    def noun(self) -> Reach:
        """Give what is told of each site."""
        wishes = tuple(RouteWish(each.name, each.layer, each.where, each.direction) for each in self.routes)
        return Reach(self.network, self.profile, tuple(self.isochrones), wishes)


class ConnectionTable(Table):
    """``[connection]``: how each area is joined to the grid."""

    filled: ClassVar[Mapping[str, str]] = {"cell": "100 m", "within": "40 km", "best_of": "5"}
    layer: Annotated[str, layer_of("points")]
    where: Text | None = None
    cell: Positive = 100.0
    within: Positive = 40_000.0
    best_of: Annotated[int, Field(ge=1)] = 5
    currency: Text | None = None
    multipliers: list[MultiplierTable] = Field(default_factory=list)
    costs: list[CostTable] = Field(default_factory=list)

    @model_validator(mode="after")
    def _fits_together(self) -> ConnectionTable:
        if not self.cell <= self.within <= _MOST_CELLS * self.cell:
            what = f"within = {self.within:g} m is {self.within / self.cell:,.4g} cells of {self.cell:g} m"
            raise refuse(what, f"1 to {_MOST_CELLS} cells", "take a coarser cell or a shorter way")
        if self.costs and self.currency is None:
            what = "costs are given and no currency"
            raise refuse(what, remedy='write currency = "GBP million" above [[connection.costs]]')
        if self.currency is not None and not self.costs:
            what = "a currency is given and no costs"
            raise refuse(what, remedy="add [[connection.costs]] with low, high, covers, source and year, or leave currency out")
        for kind, names in (("multiplier", [each.name for each in self.multipliers]), ("cost", [each.name for each in self.costs])):
            if twice := [name for number, name in enumerate(names) if name in names[:number]]:
                what = f"two {kind}s are called '{twice[0]}'"
                raise refuse(what, remedy="give one of them another name")
        return self

    def noun(self) -> Connection:
        """Give the connection."""
        return Connection(
            layer=self.layer,
            where=self.where,
            cell=self.cell,
            within=self.within,
            best_of=self.best_of,
            currency=self.currency or "",
            multipliers=tuple(each.noun() for each in self.multipliers),
            costs=tuple(CostRow(each.name, each.low, each.high, each.covers, each.source, each.year) for each in self.costs),
        )
