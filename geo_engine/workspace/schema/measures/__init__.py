"""Tables of measures, by what they measure; what each is measured for is joined to them in `criterion_tables` and its like."""

from collections.abc import Mapping

from geo_engine.workspace.schema.measures.base import MeasureTable
from geo_engine.workspace.schema.measures.land import LAND
from geo_engine.workspace.schema.measures.near import NEAR
from geo_engine.workspace.schema.measures.plugged import PLUGGED
from geo_engine.workspace.schema.measures.travel import TRAVELLED

__all__ = ["MEASURED", "MeasureTable"]

MEASURED: Mapping[str, type[MeasureTable]] = {"distance": NEAR["distance"], **TRAVELLED, **NEAR, **LAND, **PLUGGED}  # as readers see them
