"""Sections of a study file that are read one entry at a time: rules, scenarios, needs, readiness; the gaps that they leave open."""

from geo_engine.workspace.sections.gaps import layers_measured, settle_gaps
from geo_engine.workspace.sections.readiness import need_tests, read_needs, read_readiness
from geo_engine.workspace.sections.rules import read_rule, read_rules
from geo_engine.workspace.sections.scenarios import read_scenarios, with_scenario
from geo_engine.workspace.sections.sheet import Sheet, column_of

__all__ = [
    "Sheet",
    "column_of",
    "layers_measured",
    "need_tests",
    "read_needs",
    "read_readiness",
    "read_rule",
    "read_rules",
    "read_scenarios",
    "settle_gaps",
    "with_scenario",
]
