"""Tables of ``[[constraints]]``, one for each kind of rule, and of ``[scenarios.NAME]``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo, field_validator, model_validator

from geo_engine.errors import nearest_spelling
from geo_engine.model import (
    Constraint,
    Keep,
    KeepClasses,
    KeepRange,
    KeepShare,
    Layer,
    PeopleDisc,
    RasterValue,
)
from geo_engine.workspace.schema.base import Context, GapName, Table, Text, Vector, context_of, layer_of, quantity, read_buffer, refuse
from geo_engine.workspace.schema.criterion_tables import joined
from geo_engine.workspace.schema.measures import MEASURED, MeasureTable

__all__ = ["RuleTable", "ScenarioTable", "rule_table"]

# What results call other things than rules by: hectares of land, reasons of rejection.
_OWN_WORDS = frozenset({"land", "scored", "free", "unknown", "unreachable", "forced", "too small", "spacing"})
_KEEPS = 'inside, outside, or a table: { min = ..., max = ... }, { classes = [...] }, { not_classes = [...] }, { share = "80 %" }'


def _rule_name(value: str) -> str:
    if value in _OWN_WORDS:
        what = f"'{value}' is a word that results use for something else"
        raise refuse(what, remedy="give the rule a longer name")
    return value


def _table_of(value: object, *keys: str) -> dict[str, Any]:
    """Refuse what is no table, and keys that it does not have."""
    if not isinstance(value, dict):
        what = "keep does not fit a rule of this kind"
        raise refuse(what, _KEEPS)
    for key in value:
        if key not in keys:
            what = f"keep has an unknown key '{key}'"
            raise refuse(what, ", ".join(keys), nearest_spelling(str(key), keys))
    return value


def _side(value: object) -> Literal["inside", "outside"]:
    if value == "inside":
        return "inside"
    if value == "outside":
        return "outside"
    what = f"unknown keep '{value}'"
    raise refuse(what, _KEEPS, nearest_spelling(str(value), ["inside", "outside"]))


def _classes(value: object, *, of_raster: bool) -> KeepClasses:
    keys = ("classes", "not_classes") if of_raster else ("classes", "not_classes", "column")
    given = _table_of(value, *keys)
    if ("classes" in given) == ("not_classes" in given):
        what = "keep takes either classes or not_classes"
        raise refuse(what)
    key = "classes" if "classes" in given else "not_classes"
    listed = given[key]
    kinds: tuple[type, ...] = (int,) if of_raster else (int, float, str)
    if not isinstance(listed, list) or not listed or any(isinstance(one, bool) or not isinstance(one, kinds) for one in listed):
        what = f"{key} is not a list of {'whole numbers' if of_raster else 'numbers or texts'}"
        raise refuse(what, "[1, 3]" if of_raster else '[1, 3] or ["grade 1", "grade 2"]')
    column = given.get("column")
    if not of_raster and not (isinstance(column, str) and column.strip()):
        what = "classes of polygons need the column that holds them"
        raise refuse(what, remedy='keep = { classes = ["grade 1"], column = "grade" }')
    return KeepClasses(tuple(listed), key == "not_classes", column)


def _share(value: object) -> KeepShare:
    given = _table_of(value, "share", "side")
    least = quantity(given.get("share", ""), "share")
    if not 0 < least <= 1:
        what = "share is out of range"
        raise refuse(what, "above 0 %, at most 100 %")
    return KeepShare(least, _side(given.get("side", "inside")))


class ExtentTable(Table):
    """``only_in``: the polygons inside which a rule holds."""

    layer: Annotated[str, layer_of("polygons")]
    where: Text | None = None


class RuleTable(Table):
    """What every rule has."""

    filled: ClassVar[Mapping[str, str]] = {"estimate": "false"}
    name: Annotated[Text, AfterValidator(_rule_name)]
    layer: Vector
    where: Text | None = None
    estimate: bool = False
    force: bool = False
    stands_for: GapName = ""
    only_in: ExtentTable | None = None
    why: str = ""
    source: str = ""

    def rule(self, context: Context) -> Constraint:  # noqa: ARG002 - for those that measure
        """Make the rule."""
        return self._rule("inside")

    def _rule(self, keep: Keep, **more: Any) -> Constraint:  # noqa: ANN401 - fields of the rule
        extent = (self.only_in.layer, self.only_in.where) if self.only_in else None
        said = {key: getattr(self, key) for key in ("name", "layer", "where", "estimate", "force", "stands_for", "why", "source")}
        return Constraint(keep=keep, only_in=extent, **said, **more)


class BufferTable(RuleTable):
    """A rule with a buffer."""

    filled: ClassVar[Mapping[str, str]] = {"buffer": "0 m"}
    buffer: Annotated[Any, BeforeValidator(read_buffer)] = 0.0


class SideTable(BufferTable):
    """Inside or outside."""

    keep: Annotated[Any, BeforeValidator(_side)]

    def rule(self, context: Context) -> Constraint:  # noqa: ARG002
        return self._rule(self.keep, buffer=self.buffer)

    @model_validator(mode="after")
    def _has_an_inside(self, info: ValidationInfo) -> SideTable:
        layer = context_of(info).layers[self.layer]
        if self.keep == "inside" and layer.geometry != "polygons":
            what = f"keep = 'inside' needs polygons, layer '{self.layer}' is of geometry '{layer.geometry}'"
            raise refuse(what, remedy="keep = 'outside' with a buffer takes any vector layer")
        if self.keep == "inside" and isinstance(self.buffer, PeopleDisc):
            what = "a buffer by people goes with keep = 'outside'"
            raise refuse(what)
        return self


class ForceTable(BufferTable):
    """A forced inclusion."""

    def rule(self, context: Context) -> Constraint:  # noqa: ARG002
        return self._rule("inside", buffer=self.buffer)

    @model_validator(mode="after")
    def _holds_land(self, info: ValidationInfo) -> ForceTable:
        layer = context_of(info).layers[self.layer]
        if layer.geometry != "polygons" and self.buffer == 0:
            what = f"force = true needs polygons or a buffer, layer '{self.layer}' is of geometry '{layer.geometry}'"
            raise refuse(what, remedy='add buffer = "500 m", so that there is land to force')
        return self


class ClassesTable(RuleTable):
    """Classes of a column of polygons."""

    layer: Annotated[str, layer_of("polygons", "raster")]
    keep: Annotated[Any, BeforeValidator(lambda value: _classes(value, of_raster=False))]

    def rule(self, context: Context) -> Constraint:  # noqa: ARG002
        return self._rule(self.keep)


class RasterClassesTable(RuleTable):
    """Classes of a raster of whole numbers."""

    filled: ClassVar[Mapping[str, str]] = {"band": "1"}
    layer: Annotated[str, layer_of("raster")]
    where: None = None
    keep: Annotated[Any, BeforeValidator(lambda value: _classes(value, of_raster=True))]
    band: Annotated[int, Field(ge=1)] = 1

    def rule(self, context: Context) -> Constraint:
        return self._rule(self.keep, measure=RasterValue(layer=self.layer, band=self.band, value_unit=context.layers[self.layer].unit))


class ShareTable(RuleTable):
    """A share of the cell."""

    layer: Annotated[str, layer_of("polygons")]
    keep: Annotated[Any, BeforeValidator(_share)]

    def rule(self, context: Context) -> Constraint:  # noqa: ARG002
        return self._rule(self.keep)


class RangeTable(MeasureTable, RuleTable):
    """What a rule that keeps a range has besides its measure."""

    keep: Any

    def rule(self, context: Context) -> Constraint:
        return self._rule(self.keep, measure=self.noun(context))

    @field_validator("keep", mode="before")
    @classmethod
    def _bounds(cls, value: Any, info: ValidationInfo) -> KeepRange:  # noqa: ANN401 - whatever stands in the file
        """Read the range in the measure's unit; a bare number may carry the unit that the raster states."""
        given = _table_of(value, "min", "max")
        context = context_of(info)
        layer = context.layers.get(info.data.get("layer", ""))
        word = layer.unit if layer else ""

        def read(bound: object) -> float:
            if isinstance(bound, str) and context.dimension == "number" and word and bound.strip().endswith(word):
                bound = bound.strip().removesuffix(word)
            return quantity(bound, context.dimension)

        low, high = (read(given[key]) if key in given else None for key in ("min", "max"))
        if low is None and high is None:
            what = "keep needs min, max or both"
            raise refuse(what, _KEEPS)
        if low is not None and high is not None and low > high:
            what = "min is above max, so that nothing is kept"
            raise refuse(what)
        return KeepRange(low, high)


_RANGES: Mapping[str, type[RangeTable]] = {name: joined(measure, RangeTable) for name, measure in MEASURED.items()}
_CLASS_KEYS = {"classes", "not_classes"}


def rule_table(entry: Mapping[str, Any], layers: Mapping[str, Layer]) -> type[RuleTable] | None:
    """Choose the table of a rule by what it says: its measure, what it keeps, or that it forces; None for an unknown measure.

    A range of a raster needs no measure named: a raster has one.
    """
    keep = entry.get("keep")
    keys = set(keep) if isinstance(keep, dict) else set()
    layer = entry.get("layer")
    raster = isinstance(layer, str) and layer in layers and layers[layer].geometry == "raster"
    if entry.get("force"):
        return ForceTable
    if raster and keys & _CLASS_KEYS:
        return RasterClassesTable
    if "measure" in entry or (raster and keys & {"min", "max"}):
        measure = entry.get("measure", "value")
        return _RANGES.get(measure) if isinstance(measure, str) else None
    if keys & _CLASS_KEYS:
        return ClassesTable
    return ShareTable if "share" in keys else SideTable


class ScenarioTable(Table):
    """``[scenarios.NAME]``; values and constraints are checked one by one."""

    title: Text
    why: Text
    weights: dict[str, Annotated[float, Field(ge=0)]] = Field(default_factory=dict)
    values: dict[str, Any] = Field(default_factory=dict)
    drop_constraints: list[Text] = Field(default_factory=list)
    constraints: dict[str, Any] = Field(default_factory=dict)
