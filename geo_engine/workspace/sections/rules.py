"""``[[constraints]]`` of a study file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from geo_engine.errors import Fault, nearest_spelling
from geo_engine.model import MOST_RULES, Constraint, Criterion, Demand, Gap, failable
from geo_engine.workspace import schema
from geo_engine.workspace.sections.readiness import need_tests
from geo_engine.workspace.sections.sheet import Sheet
from geo_engine.workspace.toml_file import KeyPath, TomlFile, shown

__all__ = ["open_gaps", "read_rule", "read_rules"]


def read_rules(sheet: Sheet) -> list[Constraint]:
    """Read every rule; what is wrong is left out and told.

    Parameters
    ----------
    sheet : Sheet
        Faults and defaults are added to it.

    Returns
    -------
    list of Constraint
        In the order of the file.
    """
    rules = [rule for keys, entry in sheet.entries("constraints") if (rule := read_rule(sheet, sheet.file, keys, entry))]
    sheet.check_names("constraints", "give one of them another name")
    if (count := len(failable(tuple(rules)))) > MOST_RULES:
        where = f"{sheet.file.label} constraints"
        sheet.faults.append(Fault(where, "there are more rules than the status mask has bits", str(count), f"{MOST_RULES} at most"))
    return rules


def read_rule(sheet: Sheet, file: TomlFile, keys: KeyPath, entry: Mapping[str, Any]) -> Constraint | None:
    """Read one rule; None where it is wrong.

    Parameters
    ----------
    sheet : Sheet
        Faults and defaults are added to it.
    file : TomlFile
        Holds the rule at `keys`: the study's file, or what a scenario makes of it.
    keys : KeyPath
        Place of the rule in that file.
    entry : mapping
        The rule as it stands there.
    """
    model = schema.rule_table(entry, sheet.catalogue.layers)
    if model is None:
        measure = entry["measure"]
        options = ", ".join(schema.MEASURED)
        nearest = nearest_spelling(str(measure), schema.MEASURED)
        sheet.faults.append(Fault(file.where(*keys, "measure"), f"unknown measure {shown(measure)}", "", options, nearest))
        return None
    table = schema.check(model, file, keys, sheet.faults, sheet.context)
    if table is None:
        return None
    place = "constraints" if keys[0] == "constraints" else f"scenario '{keys[1]}': constraints"
    sheet.defaults.extend(f"{place} '{table.name}': {text}" for text in schema.filled_in(table))
    return table.rule(sheet.catalogue.layers[table.layer].unit)


def open_gaps(sheet: Sheet, criteria: Iterable[Criterion], rules: Iterable[Constraint], demand: Demand | None) -> tuple[Gap, ...]:
    """Give the declared gaps that no layer in use closes."""
    used = {criterion.measure.layer for criterion in criteria} | {rule.layer for rule in rules}
    used |= {demand.layer} if demand else set()
    used |= {str(test.get("layer")) for _, test in need_tests(sheet)} & sheet.catalogue.layers.keys()
    closed = {gap for name in used for gap in sheet.catalogue.layers[name].closes}
    return tuple(gap for gap in sheet.gaps() if gap.name not in closed)
