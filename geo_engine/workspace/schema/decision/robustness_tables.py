"""``[robustness]`` of a study: how uncertain its weights and sizes are, and how often they are drawn."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field, ValidationInfo, model_validator

from geo_engine.errors import nearest_spelling
from geo_engine.model import Robustness, SizeSpread, WeightSpread
from geo_engine.workspace.schema.base import Table, Text, Vector, context_of, filled_in, in_unit, refuse
from geo_engine.workspace.schema.decision.decision_tables import read_order

__all__ = ["RobustnessTable", "VolumeTable", "WeightSpreadTable"]

_CONCENTRATION = 100.0
_RELATIVE = 0.2
_OF = {"concentration": "dirichlet", "relative": "intervals", "order": "order"}


class WeightSpreadTable(Table):
    """``weights`` of ``[robustness]``: how far weights may be off."""

    distribution: Literal["dirichlet", "intervals", "order", "uniform"]
    concentration: Annotated[float, Field(gt=0)] | None = None
    relative: Annotated[float, in_unit("share"), Field(ge=0, le=1)] | None = None
    order: Annotated[Any, BeforeValidator(read_order)] = None

    @model_validator(mode="after")
    def _its_own_key(self) -> WeightSpreadTable:
        for key, distribution in _OF.items():
            if getattr(self, key) is not None and distribution != self.distribution:
                what = f"'{key}' goes with distribution = '{distribution}', here it is '{self.distribution}'"
                raise refuse(what, remedy=f"leave '{key}' out, or take distribution = '{distribution}'")
        return self

    def defaults(self) -> Iterator[str]:
        """Say the key that the distribution takes and that was left out."""
        if self.distribution == "dirichlet" and self.concentration is None:
            yield f"weights: concentration = {_CONCENTRATION:g} (default)"
        if self.distribution == "intervals" and self.relative is None:
            yield f"weights: relative = {100 * _RELATIVE:g} % (default)"
        if self.distribution == "order" and self.order is None:
            yield "weights: order = that of the study's weights (default)"

    def noun(self, criteria: tuple[str, ...]) -> WeightSpread:
        """Make the spread, its order by the numbers of the criteria."""
        if self.distribution == "dirichlet":
            return WeightSpread("dirichlet", concentration=self.concentration or _CONCENTRATION)
        if self.distribution == "intervals":
            return WeightSpread("intervals", relative=_RELATIVE if self.relative is None else self.relative)
        return WeightSpread(self.distribution, groups=tuple(tuple(criteria.index(key) for key in group) for group in self.order or ()))


class VolumeTable(Table):
    """``[[robustness.volumes]]``: sizes that are estimates."""

    layer: Vector
    column: Text
    where: Text | None = None
    spread: Annotated[float, in_unit("share"), Field(gt=0, le=3)]
    source: str = ""

    @model_validator(mode="after")
    def _counted(self, info: ValidationInfo) -> VolumeTable:
        sizes = context_of(info).sizes
        if (self.layer, self.column) not in sizes:
            what = f"no criterion counts column '{self.column}' of layer '{self.layer}'"
            used = [f"{column} of {layer}" for layer, column in sizes]
            raise refuse(
                what, ", ".join(used) or "nothing: no criterion counts sizes", nearest_spelling(f"{self.column} of {self.layer}", used)
            )
        return self

    def noun(self) -> SizeSpread:
        """Make the spread."""
        return SizeSpread(self.layer, self.column, self.spread, self.where, self.source)


class RobustnessTable(Table):
    """``[robustness]``: what is drawn."""

    filled: ClassVar[Mapping[str, str]] = {
        "draws": "10000",
        "seed": "1",
        "data_draws": "200",
        "weights": f"dirichlet, concentration {_CONCENTRATION:g}",
        "volumes": "none: sizes are taken as they stand",
        "surface": "true",
    }
    draws: Annotated[int, Field(ge=1, le=1_000_000)] = 10_000
    seed: Annotated[int, Field(ge=0)] = 1
    data_draws: Annotated[int, Field(ge=1, le=10_000)] = 200
    weights: WeightSpreadTable | None = None
    volumes: list[VolumeTable] = Field(default_factory=list)
    surface: bool = True

    def defaults(self) -> Iterator[str]:
        """Say every key that was left out, and what that means."""
        yield from filled_in(self)
        if self.weights is not None:
            yield from self.weights.defaults()

    def noun(self, criteria: tuple[str, ...]) -> Robustness:
        """Make the robustness, numbers in the order of the criteria."""
        weights = (self.weights or WeightSpreadTable(distribution="dirichlet")).noun(criteria)
        return Robustness(self.draws, self.seed, self.data_draws, weights, tuple(each.noun() for each in self.volumes), self.surface)
