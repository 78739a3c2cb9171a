"""``[[sift]]`` of a study: in which order a report tells what takes land, what is scored and what is not tested."""

from __future__ import annotations

from collections.abc import Iterable

from pydantic import Field, ValidationInfo

from geo_engine.errors import nearest_spelling
from geo_engine.model.search import SiftStage
from geo_engine.workspace.schema.base import Table, Text, context_of, refuse

__all__ = ["SiftTable", "told_once"]


class SiftTable(Table):
    """One stage."""

    name: Text
    criteria: list[Text] = Field(default_factory=list)
    rules: list[Text] = Field(default_factory=list)
    gaps: list[Text] = Field(default_factory=list)
    size: bool = False

    def noun(self) -> SiftStage:
        """Make the stage."""
        return SiftStage(self.name, tuple(self.criteria), tuple(self.rules), tuple(self.gaps), self.size)


def told_once(value: list[SiftTable], info: ValidationInfo) -> list[SiftTable]:
    """Refuse names that are not the study's, and what two stages name."""
    context, data = context_of(info), info.data
    rules = [str(entry.get("name")) for entry in data.get("constraints", []) if isinstance(entry, dict)]
    facility = data.get("facility")
    rules += [need.name for need in facility.needs if need.required] if facility else []
    gaps = [*context.gaps, *(entry.name for entry in data.get("not_assessed", []))]
    _known("name", "stage", [stage.name for stage in value], [stage.name for stage in value])
    _known("criteria", "criterion", [key for stage in value for key in stage.criteria], context.criteria)
    _known("rules", "rule", [name for stage in value for name in stage.rules], rules)
    _known("gaps", "declared gap", [name for stage in value for name in stage.gaps], gaps)
    for name, place in (("Search area", 0), ("Site by site", len(value) - 1)):
        if name in [stage.name for stage in value] and value[place].name != name:
            what = f"'{name}' stands in the middle"
            raise refuse(what, f"the {'last' if place else 'first'} stage: every sift has it there")
    if sum(stage.size for stage in value) > 1:
        what = "two stages say size = true"
        raise refuse(what, "one of them: pieces that are too small go there, and again after every later stage")
    return value


def _known(key: str, noun: str, given: list[str], allowed: Iterable[str]) -> None:
    names = list(allowed)
    for name in given:
        if name not in names:
            what = f"{key}: '{name}' is no {noun} of this study"
            raise refuse(what, ", ".join(names) or "none: there are none", nearest_spelling(name, names))
        if given.count(name) > 1:
            what = f"{key}: '{name}' is named twice"
            raise refuse(what, "each once, in the stage where it is told")
