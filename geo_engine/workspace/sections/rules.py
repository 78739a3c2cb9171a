"""``[[constraints]]`` of a study file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from geo_engine.errors import Fault, nearest_spelling
from geo_engine.model import MOST_RULES, Constraint, failable
from geo_engine.workspace import schema
from geo_engine.workspace.sections.sheet import Sheet
from geo_engine.workspace.toml_file import KeyPath, TomlFile, shown

__all__ = ["read_rule", "read_rules"]


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
    dimension = model.dimension_of(entry, sheet.context) if issubclass(model, schema.MeasureTable) else None
    table = schema.check(model, file, keys, sheet.faults, replace(sheet.context, dimension=dimension or "number"))
    if table is None:
        return None
    place = "constraints" if keys[0] == "constraints" else f"scenario '{keys[1]}': constraints"
    sheet.defaults.extend(f"{place} '{table.name}': {text}" for text in schema.filled_in(table))
    return table.rule(sheet.context)
