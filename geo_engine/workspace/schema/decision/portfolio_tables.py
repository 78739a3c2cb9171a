"""``[portfolio]`` of a study: how several plants are chosen together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import Field, ValidationInfo, model_validator

from geo_engine.model.search import ExistingPlants, Portfolio, ResourceLayer
from geo_engine.workspace.schema.base import Figure, Positive, Table, Text, Time, context_of, layer_of, number_and_unit, refuse

__all__ = ["ExistingTable", "PortfolioTable", "ResourceTable"]


class ExistingTable(Table):
    """``existing`` of ``[portfolio]``: plants that stand already."""

    layer: Annotated[str, layer_of("points")]
    where: Text | None = None
    capacity: Text | None = None


class ColumnTable(Table):
    """A number by feature: the column that holds it."""

    column: Text


class ResourceTable(Table):
    """``[[portfolio.resources]]``: what plants near one feature, or in one polygon, share."""

    name: Text
    layer: Annotated[str, layer_of("points", "polygons")]
    where: Text | None = None
    total: ColumnTable | Figure
    each: Figure
    within: Positive | None = None

    @model_validator(mode="after")
    def _same_unit(self, info: ValidationInfo) -> ResourceTable:
        each, unit = number_and_unit(self.each)
        if each <= 0:
            what = "a plant takes nothing of it"
            raise refuse(what, "each above 0")
        if not isinstance(self.total, ColumnTable):
            total, other = number_and_unit(self.total)
            if other != unit or total < 0:
                what = f"units differ or the total is below 0: each in '{unit}', total {total:g} in '{other}'"
                raise refuse(what, f"a total of 0 or more in '{unit}'")
        if self.within is not None and context_of(info).layers[self.layer].geometry == "polygons":
            what = "within is for points: of polygons a plant shares the one that it lies in"
            raise refuse(what, remedy="leave 'within' out")
        return self

    def noun(self) -> ResourceLayer:
        """Read the figures."""
        each, unit = number_and_unit(self.each)
        total = self.total.column if isinstance(self.total, ColumnTable) else number_and_unit(self.total)[0]
        return ResourceLayer(self.name, self.layer, total, each, unit, self.where, self.within)


class PortfolioTable(Table):
    """``[portfolio]``: what the verb of that name does unless it is told otherwise."""

    filled: ClassVar[Mapping[str, str]] = {
        "model": "p_median",
        "plants": "5",
        "capacities": "false: a plant serves as much as is asked",
        "candidates": "the run's own areas",
        "existing": "none",
    }
    model: Literal["p_median", "max_cover", "set_cover", "p_center", "p_dispersion"] = "p_median"
    plants: Annotated[int, Field(ge=1, le=500)] = 5
    capacities: bool = False
    whole: bool = False
    within: Time | None = None
    candidates: Annotated[int, Field(ge=1, le=500)] | None = None
    min_score: Annotated[float, Field(ge=0, le=100)] = 0.0
    score_worth: Time | None = None
    unserved: Time | None = None
    curve: Annotated[int, Field(ge=0, le=100)] | None = None
    every: Annotated[float, Field(ge=0)] = 2.0
    existing: ExistingTable | None = None
    resources: list[ResourceTable] = Field(default_factory=list)

    @model_validator(mode="after")
    def _of_one_model(self) -> PortfolioTable:
        for key in ("score_worth", "unserved"):
            if getattr(self, key) is not None and self.model != "p_median":
                what = f"{key} has no meaning for model {self.model}"
                raise refuse(what, "p_median", f"leave {key} out")
        names = [each.name for each in self.resources]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            what = f"two resources are called '{twice[0]}'"
            raise refuse(what, remedy="give one of them another name")
        return self

    def noun(self) -> Portfolio:
        """Give the settings."""
        existing = ExistingPlants(self.existing.layer, self.existing.where, self.existing.capacity) if self.existing else None
        return Portfolio(
            model=self.model,
            plants=self.plants,
            capacities=self.capacities,
            whole=self.whole,
            within=self.within,
            candidates=self.candidates,
            min_score=self.min_score,
            score_worth=self.score_worth or 0.0,
            unserved=self.unserved,
            curve=self.curve,
            every=self.every,
            existing=existing,
            resources=tuple(each.noun() for each in self.resources),
        )
