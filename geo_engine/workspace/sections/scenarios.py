"""``[scenarios.NAME]`` of a study file, and a study as a scenario sees it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from geo_engine.errors import Fault, StudyError, nearest_spelling
from geo_engine.model import Constraint, Criterion, Scenario, Study, ValueFunction
from geo_engine.workspace import schema
from geo_engine.workspace.sections.gaps import open_gaps, stand_ins
from geo_engine.workspace.sections.rules import read_rule
from geo_engine.workspace.sections.sheet import Sheet
from geo_engine.workspace.toml_file import TomlFile, shown

__all__ = ["read_scenarios", "with_scenario"]

_KEY = re.compile(r"[a-z][a-z0-9_]*")


def with_scenario(study: Study, key: str | None) -> Study:
    """Give a study as one of its scenarios sees it; with None as it is.

    Parameters
    ----------
    study : Study
        As read.
    key : str or None
        Key of the scenario.

    Returns
    -------
    Study
        With the scenario's weights, values, rules and gaps; `Study.scenario` is the key, and the title says so.

    Raises
    ------
    StudyError
        If the study has no such scenario.
    """
    if not key:
        return study
    scenario = study.scenarios.get(key)
    if scenario is None:
        allowed = ", ".join(study.scenarios) or "none: add [scenarios.NAME] to the study"
        raise StudyError(
            Fault(f"scenario '{key}'", f"study '{study.name}' has no such scenario", "", allowed, nearest_spelling(key, study.scenarios))
        )
    criteria = tuple(
        replace(
            criterion,
            weight=scenario.weights.get(criterion.slug, criterion.weight),
            value=scenario.values.get(criterion.slug, criterion.value),
        )
        for criterion in study.criteria
    )
    return replace(
        study,
        criteria=criteria,
        constraints=scenario.constraints,
        gaps=scenario.gaps,
        aside=scenario.aside,
        scenario=key,
        title=f"{study.title} (scenario: {scenario.title})",
    )


def read_scenarios(
    sheet: Sheet, keys: Sequence[str], criteria: Sequence[Criterion], rules: Sequence[Constraint], measured: Collection[str]
) -> dict[str, Scenario]:
    """Read every scenario; what is wrong is left out and told.

    Parameters
    ----------
    sheet : Sheet
        Faults and defaults are added to it.
    keys : sequence of str
        Keys of the criteria, also of those that are wrong otherwise.
    criteria, rules : sequences
        Those that could be read.
    measured : collection of str
        Layers that criteria, needs and demand are measured by, for the gaps that they close.
    """
    given = sheet.file.data.get("scenarios")
    found = {}
    for key, entry in (given if isinstance(given, dict) else {}).items():
        if not isinstance(entry, dict):
            sheet.faults.append(Fault(sheet.file.where("scenarios", key), "this is not a table", shown(entry), f"[scenarios.{key}]"))
            continue
        if not _KEY.fullmatch(key):
            allowed = "small letters, digits and _, a letter first"
            sheet.faults.append(Fault(sheet.file.where("scenarios", key), f"'{key}' is not a short name", allowed=allowed))
        table = schema.check(schema.ScenarioTable, sheet.file, ("scenarios", key), sheet.faults, sheet.context)
        if table is not None:
            found[key] = _scenario(sheet, key, table, keys, criteria, rules, measured)
    return found


def _scenario(
    sheet: Sheet,
    key: str,
    table: schema.ScenarioTable,
    keys: Sequence[str],
    criteria: Sequence[Criterion],
    rules: Sequence[Constraint],
    measured: Collection[str],
) -> Scenario:
    place = ("scenarios", key)
    for section in ("weights", "values"):
        for name in getattr(table, section):
            _known(sheet, (*place, section, name), name, keys, "criterion")
    names = [name for _, entry in sheet.tables("constraints") if isinstance(name := entry.get("name"), str)]
    for number, name in enumerate(table.drop_constraints):
        _known(sheet, (*place, "drop_constraints", number), name, names, "rule")
        if name in table.constraints:
            where = sheet.file.where(*place, "constraints", name)
            sheet.faults.append(Fault(where, f"rule '{name}' is both dropped and changed", remedy="do one of the two"))
    for name in table.constraints:
        _known(sheet, (*place, "constraints", name), name, names, "rule")
    _check_weights(sheet, key, table.weights, criteria)
    values: dict[str, ValueFunction] = {}
    for criterion in criteria:
        if criterion.slug in table.values:
            value = sheet.value(
                (*place, "values", criterion.slug), table.values[criterion.slug], criterion.measure.kind, _dimension(sheet, criterion.slug)
            )
            if value is not None:
                sheet.defaults.extend(f"scenario '{key}': value of '{criterion.slug}': {text}" for text in schema.filled_in(value))
                values[criterion.slug] = value.noun()
    kept = [
        _changed(sheet, key, rule, table.constraints[rule.name]) if rule.name in table.constraints else rule
        for rule in rules
        if rule.name not in table.drop_constraints
    ]
    lies_in, layers = sheet.lies_in(), sheet.catalogue.layers
    constraints, aside = stand_ins([rule for rule in kept if rule is not None], layers, lies_in)
    return Scenario(
        key=key,
        title=table.title,
        why=table.why,
        constraints=constraints,
        gaps=open_gaps(sheet.gaps(), layers, measured, constraints, lies_in=lies_in),
        aside=aside,
        weights=table.weights,
        values=values,
        dropped=tuple(table.drop_constraints),
        changed=tuple(table.constraints),
    )


def _known(sheet: Sheet, place: tuple[str | int, ...], name: str, options: Iterable[str], what: str) -> None:
    options = list(options)
    if name not in options:
        fault = Fault(sheet.file.where(*place), f"unknown {what} '{name}'", "", ", ".join(options), nearest_spelling(name, options))
        sheet.faults.append(fault)


def _check_weights(sheet: Sheet, key: str, weights: Mapping[str, float], criteria: Sequence[Criterion]) -> None:
    if not weights:
        return
    where = sheet.file.where("scenarios", key, "weights")
    if "weights" in sheet.file.data:
        remedy = "give the criteria weights of their own, or leave them to [weights] here too"
        sheet.faults.append(Fault(where, "the study finds its weights by [weights], and a scenario cannot give others", remedy=remedy))
    elif criteria and all(weights.get(criterion.slug, criterion.weight) == 0 for criterion in criteria):
        sheet.faults.append(Fault(where, "all weights are 0", allowed="at least one weight above 0"))


def _dimension(sheet: Sheet, slug: str) -> str | None:
    """Give the dimension of a criterion's quantities, as its measure's table has it."""
    entries = [entry for _, entry in sheet.tables("criteria") if isinstance(entry.get("name"), str)]
    entry = entries[sheet.keys().index(slug)]
    measure = entry.get("measure")
    if not isinstance(measure, str) or measure not in schema.MEASURES:
        return None
    return schema.MEASURES[measure].dimension_of(entry, sheet.context)


def _changed(sheet: Sheet, key: str, rule: Constraint, changes: object) -> Constraint | None:
    """Read a rule of the study with what a scenario changes of it laid over."""
    place = ("scenarios", key, "constraints", rule.name)
    if not isinstance(changes, dict):
        sheet.faults.append(Fault(sheet.file.where(*place), "this is not a table", shown(changes), '{ buffer = "1 km" }'))
        return None
    if "name" in changes:
        sheet.faults.append(Fault(sheet.file.where(*place, "name"), "a rule keeps its name in a scenario", remedy="leave name out"))
        return None
    base = next(entry for _, entry in sheet.tables("constraints") if entry.get("name") == rule.name)
    merged: dict[str, Any] = {**base, **changes}
    scenarios = {key: {"constraints": {rule.name: merged}}}
    return read_rule(sheet, TomlFile(sheet.file.path, sheet.file.label, {"scenarios": scenarios}, sheet.file.lines), place, merged)
