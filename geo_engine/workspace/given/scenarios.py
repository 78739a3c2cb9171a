"""A study seen otherwise: scenarios that no file holds, read by the same code as those that one does."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from geo_engine.errors import Fault, StudyError
from geo_engine.model import Study
from geo_engine.workspace.given.document import toml_document
from geo_engine.workspace.toml_file import TomlFile

__all__ = ["scenario_table", "with_given"]

_KEY = re.compile(r"[a-z][a-z0-9_]*")
_MERGED = ("weights", "values", "constraints")


def with_given(file: TomlFile, given: Mapping[str, Mapping[str, object]]) -> TomlFile:
    """Lay scenarios over those of a study's file; with none it is given back as it is.

    >>> from pathlib import Path
    >>> file = TomlFile(Path("a.toml"), "studies/a.toml", {"scenarios": {"a": {"title": "A"}}}, {})
    >>> sorted(with_given(file, {"b": {"title": "B"}}).data["scenarios"])
    ['a', 'b']
    """
    own = file.data.get("scenarios", {})
    if not given or not isinstance(own, dict):
        return file
    return replace(file, data={**file.data, "scenarios": {**own, **given}})


def scenario_table(study: Study, name: str, changes: Mapping[str, object]) -> dict[str, object]:
    """Make the table of a scenario that changes a study as it is seen now.

    Parameters
    ----------
    study : Study
        As read, or as a scenario sees it.
    name : str
        Key of the new scenario: small letters, digits and ``_``, a letter first.
    changes : mapping
        Keys of ``[scenarios.NAME]``. Weights, values and rules are laid over those of the scenario in which the study is seen.

    Returns
    -------
    dict
        The whole table; it is not checked yet.

    Raises
    ------
    StudyError
        If the name is none, the study's file has a scenario of that name, or a value is of a kind that TOML has not.
    """
    allowed = "small letters, digits and _, a letter first"
    if not _KEY.fullmatch(name):
        raise StudyError(Fault(f"scenario '{name}'", "is no short name", allowed=allowed))
    if name in study.scenarios and name not in study.given:
        where = f"studies/{study.path.name} scenarios.{name}"
        raise StudyError(Fault(where, "is a scenario of the study's file", remedy="give another name, or take it with scenario()"))
    made: dict[str, Any] = {**_table_of(study), "title": changes.get("title") or name.replace("_", " ")}
    made["why"] = changes.get("why") or "given in Python"
    for key in _MERGED:
        if wanted := changes.get(key):
            made[key] = {**made.get(key, {}), **wanted} if isinstance(wanted, Mapping) else wanted
    if dropped := changes.get("drop_constraints"):
        listed = [dropped] if isinstance(dropped, str) else list(dropped) if isinstance(dropped, list | tuple) else dropped
        made["drop_constraints"] = [*made.get("drop_constraints", ()), *listed] if isinstance(listed, list) else listed
    return tomllib.loads(toml_document(made))  # what a file could hold, and nothing of the caller's that may change


def _table_of(study: Study) -> Mapping[str, Any]:
    """Give the table of the scenario in which a study is seen; empty for the study itself."""
    if not study.scenario:
        return {}
    if study.scenario in study.given:
        return study.given[study.scenario]
    table: Mapping[str, Any] = tomllib.loads(study.path.read_text(encoding="utf-8-sig"))["scenarios"][study.scenario]
    return table
