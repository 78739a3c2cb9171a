"""Sections of a study file that are read one entry at a time: rules, scenarios, tests of needs, readiness."""

from geo_engine.workspace.sections.readiness import need_tests, read_needs, read_readiness
from geo_engine.workspace.sections.rules import open_gaps, read_rule, read_rules
from geo_engine.workspace.sections.scenarios import read_scenarios, with_scenario
from geo_engine.workspace.sections.sheet import Sheet, column_of

__all__ = [
    "Sheet",
    "column_of",
    "need_tests",
    "open_gaps",
    "read_needs",
    "read_readiness",
    "read_rule",
    "read_rules",
    "read_scenarios",
    "with_scenario",
]
