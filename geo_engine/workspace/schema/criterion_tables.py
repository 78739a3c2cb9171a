"""Tables of ``[[criteria]]``, one for each measure; those of value functions are in `function_tables`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, TypeVar, cast

from pydantic import BeforeValidator, Field, create_model

from geo_engine.workspace.schema.base import Key, Text, refuse
from geo_engine.workspace.schema.measures import MEASURED, MeasureTable

__all__ = ["MEASURES", "CriterionTable", "joined"]


def _unknown(value: object) -> float | None:
    if value == "refuse":
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        what = "unknown is neither 'refuse' nor a utility"
        raise refuse(what, "'refuse', or a number from 0 to 1")
    return float(value)


_Keys = TypeVar("_Keys", bound="MeasureTable")


class CriterionTable(MeasureTable):
    """What every criterion has besides its measure."""

    filled: ClassVar[Mapping[str, str]] = {"unknown": "refuse"}
    name: Text
    key: Key = ""
    value: Any
    weight: Annotated[float, Field(ge=0)] | None = None  # asked for by the reader, unless [weights] finds it
    unknown: Annotated[Any, BeforeValidator(_unknown)] = None
    why: Text
    source: str = ""


def joined(measure: type[MeasureTable], keys: type[_Keys]) -> type[_Keys]:
    """Make the table that has a measure's keys and those of what it is measured for."""
    return cast("type[_Keys]", create_model(f"{measure.__name__}{keys.__name__}", __base__=(measure, keys)))


MEASURES: Mapping[str, type[CriterionTable]] = {name: joined(measure, CriterionTable) for name, measure in MEASURED.items()}
