"""The keys of ``[sites]`` by which given plots are ranked instead of areas that the engine searches for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from pydantic import Field, ValidationInfo, model_validator

from geo_engine.model import Candidates
from geo_engine.workspace.schema.area_tables import AreaTable
from geo_engine.workspace.schema.base import Area, Length, Share, Text, context_of, in_unit, layer_of, refuse

__all__ = ["CandidateKeys"]

_KEYS = ("where", "name", "hectares", "minimum_area", "restricted_share", "assemble")
_OF_A_SEARCH = ("reach", "max_spacing", "min_area", "max_area", "evaluate", "threshold", "compactness", "holes", "existing")
_COUNT, _SPACING = 100, "0 m"


class CandidateKeys(AreaTable):
    """What ``[sites]`` takes besides the keys of a search."""

    left_out: ClassVar[Mapping[str, str]] = {
        "count": f"{_COUNT}: the best so many plots are sites, the others are in rejected.csv",
        "spacing": _SPACING,
        "minimum_area": "none: a plot may be small, if it is assembled or large enough",
        "restricted_share": "100 %: enough land must be left, however much of a plot fails rules",
        "assemble": "none: plots are taken as they are",
    }
    candidates: Annotated[str, layer_of("polygons", "points")] | None = None
    where: Text | None = None
    name: Text | None = None
    hectares: Text | None = None
    minimum_area: Area | None = None
    restricted_share: Annotated[Share, in_unit("share")] = 1.0
    assemble: Annotated[Length, Field(ge=0)] | None = None

    @model_validator(mode="before")
    @classmethod
    def _plots_need_no_search(cls, data: Any) -> Any:  # noqa: ANN401 - whatever stands in the file
        """Give a study of plots the count and the spacing that a search must state."""
        return {"count": _COUNT, "spacing": _SPACING, **data} if isinstance(data, dict) and "candidates" in data else data

    @model_validator(mode="after")
    def _belong_to_plots(self, info: ValidationInfo) -> CandidateKeys:
        if self.candidates is None:
            if odd := [key for key in _KEYS if key in self.model_fields_set]:
                what = f"{' and '.join(odd)} says nothing without candidates"
                raise refuse(what, remedy='add candidates = "LAYER" to rank given plots, or leave it out')
            return self
        if odd := [key for key in _OF_A_SEARCH if key in self.model_fields_set]:
            what = f"{' and '.join(odd)} says how areas are searched for, and candidates are given"
            raise refuse(what, remedy="leave it out, or leave candidates out to search")
        layer = context_of(info).layers.get(self.candidates)
        points = layer is not None and layer.geometry == "points"
        if points and self.hectares is None:
            what = f"layer '{self.candidates}' has points, and nothing says how large its plots are"
            raise refuse(what, 'hectares = "COLUMN"', "name the column with the hectares; a disc of that size stands for the plot")
        if not points and self.hectares is not None:
            what = f"hectares is for points, and the plots of layer '{self.candidates}' have outlines"
            raise refuse(what, remedy="leave it out")
        return self

    def plots(self) -> Candidates | None:
        """Make the noun; None for a search."""
        if self.candidates is None:
            return None
        return Candidates(
            self.candidates, self.where, self.name, self.hectares, self.minimum_area or 0.0, self.restricted_share, self.assemble
        )

    def search_defaults(self) -> list[str]:
        """Say what the keys of a search that are left out mean; nothing where plots are given."""
        return list(self.area_defaults()) if self.candidates is None else []

    def defaults(self, given: Mapping[str, object]) -> list[str]:
        """Say what the keys that are left out mean, where plots are given; `given` is the table as it is written."""
        return [f"{key} = {text} (default)" for key, text in self.left_out.items() if self.candidates and key not in given]
