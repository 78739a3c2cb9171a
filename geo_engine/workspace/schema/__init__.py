"""The tables of study, layer, gap and profile files as pydantic models: the only place that knows pydantic.

`check` turns what pydantic finds into faults that name file, line and key. What a table refers to (layers, networks,
profiles, the unit of a value function) is handed in as a `Context`.
"""

from geo_engine.workspace.schema.base import Context, Table, check, filled_in, number_and_unit
from geo_engine.workspace.schema.connection_tables import ConnectionTable
from geo_engine.workspace.schema.criterion_tables import MEASURES, CriterionTable
from geo_engine.workspace.schema.decision.decision_tables import COMBINE, WEIGHTS, CombineTable, WeightsTable
from geo_engine.workspace.schema.decision.function_tables import FUNCTIONS, FunctionTable
from geo_engine.workspace.schema.decision.readiness_tables import NEED_TESTS, ActionTable, ReadinessTable, StandInTable, SubjectTable
from geo_engine.workspace.schema.decision.rule_tables import ScenarioTable, rule_table
from geo_engine.workspace.schema.layer_tables import GapsTable, LayerTable, NetworkTable
from geo_engine.workspace.schema.measures import MEASURED, MeasureTable
from geo_engine.workspace.schema.study_tables import FacilityTable, NeedTable, ProfileTable, StudyTable

__all__ = [
    "COMBINE",
    "FUNCTIONS",
    "MEASURED",
    "MEASURES",
    "NEED_TESTS",
    "WEIGHTS",
    "ActionTable",
    "CombineTable",
    "ConnectionTable",
    "Context",
    "CriterionTable",
    "FacilityTable",
    "FunctionTable",
    "GapsTable",
    "LayerTable",
    "MeasureTable",
    "NeedTable",
    "NetworkTable",
    "ProfileTable",
    "ReadinessTable",
    "ScenarioTable",
    "StandInTable",
    "StudyTable",
    "SubjectTable",
    "Table",
    "WeightsTable",
    "check",
    "filled_in",
    "number_and_unit",
    "rule_table",
]
