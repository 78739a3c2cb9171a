"""What the tables of all measures share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from geo_engine.model import Distance, Measure
from geo_engine.workspace.schema.base import Context, Table, Text, Vector

__all__ = ["MeasureTable"]


class MeasureTable(Table):
    """What is measured; each measure adds its own keys."""

    dimension: ClassVar[str] = "number"
    layer: Vector
    where: Text | None = None
    measure: str = ""  # the reader has chosen the table by it; a range of a raster may leave it out

    @classmethod
    def dimension_of(cls, entry: Mapping[str, Any], context: Context) -> str | None:  # noqa: ARG003 - most measures have one dimension
        """Give the dimension of the quantities, by the keys as they stand in the file; None where these do not tell."""
        return cls.dimension

    def noun(self, context: Context) -> Measure:  # noqa: ARG002 - for those that are said by their layer or by a plug-in
        """Make the measure."""
        return Distance(layer=self.layer, where=self.where)
