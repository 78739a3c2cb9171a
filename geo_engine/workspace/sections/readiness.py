"""``test`` of ``[[facility.needs]]``, and ``[readiness]`` of a study file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from geo_engine.errors import Fault, nearest_spelling
from geo_engine.model import (
    Access,
    Constraint,
    Criterion,
    Evidence,
    KeepEnough,
    Measure,
    Need,
    NeedTest,
    Readiness,
    Subject,
    SumWithin,
    proves,
)
from geo_engine.units import dimension_of
from geo_engine.workspace import schema
from geo_engine.workspace.sections.sheet import Sheet
from geo_engine.workspace.toml_file import KeyPath

__all__ = ["need_tests", "read_needs", "read_readiness"]

_HOW_NEAR = "how near something is, or how many there are, and not whether there is any to be had"


def need_tests(sheet: Sheet) -> Iterator[tuple[KeyPath, dict[str, Any]]]:
    """Yield the test of each need of the facility that has one, as it stands in the file."""
    facility = sheet.file.data.get("facility")
    needs = facility.get("needs") if isinstance(facility, dict) else None
    for number, entry in enumerate(needs if isinstance(needs, list) else ()):
        if isinstance(entry, dict) and isinstance(entry.get("test"), dict):
            yield ("facility", "needs", number, "test"), entry["test"]


def read_needs(sheet: Sheet, facility: schema.FacilityTable) -> tuple[tuple[Need, ...], list[Constraint]]:
    """Read the needs of the facility with their tests.

    Parameters
    ----------
    sheet : Sheet
        Faults and defaults are added to it.
    facility : FacilityTable
        As checked without the tests.

    Returns
    -------
    needs : tuple of Need
        In the order of the file; without its test where that is wrong.
    rules : list of Constraint
        One for each need that is required of all land.
    """
    tests = {keys[2]: _need_test(sheet, keys, entry, facility.needs[int(keys[2])]) for keys, entry in need_tests(sheet)}
    needs, rules = [], []
    for number, table in enumerate(facility.needs):
        test = tests.get(number)
        need = replace(table.noun(), test=test)
        needs.append(need)
        if table.required and table.test is None:
            where = sheet.file.where("facility", "needs", number, "required")
            sheet.faults.append(
                Fault(where, f"need '{need.name}' is required of all land and has no test", remedy="add test, see docs/formats.md")
            )
        if table.required and test is not None:
            keep = KeepEnough(need.name, need.total(facility.capacity), test)
            measure = test.measure
            rules.append(
                Constraint(f"Too little: {need.name}", measure.layer, keep, where=measure.where, source=test.source, measure=measure)
            )
    return tuple(needs), rules


def _need_test(sheet: Sheet, keys: KeyPath, entry: dict[str, Any], need: schema.NeedTable) -> NeedTest | None:
    model = sheet.choice(keys, entry, "measure", schema.NEED_TESTS)
    table = schema.check(model, sheet.file, keys, sheet.faults, sheet.context) if model else None
    if table is None:
        return None
    unit = need.noun().unit
    each, stated = schema.number_and_unit(table.each)
    if "each" in table.model_fields_set and stated != unit:
        sheet.faults.append(Fault(sheet.file.where(*keys, "each"), "is in another unit than the need", stated or "no unit", f"'{unit}'"))
    if each <= 0:
        sheet.faults.append(Fault(sheet.file.where(*keys, "each"), "must be above 0", f"{each:g}"))
    sheet.defaults.extend(f"need '{need.name}': test: {text}" for text in schema.filled_in(table))
    measure = table.noun(sheet.context)
    covers = (table.covers, table.covers_where) if table.covers is not None else None
    counts = isinstance(measure, SumWithin | Access)
    capacity = proves(measure, sheet.catalogue.layers) if counts else bool(sheet.catalogue.layers[table.layer].capacity)
    return NeedTest(measure, entry["measure"] == "best_within", each, covers, capacity, table.source)


def read_readiness(sheet: Sheet, criteria: Sequence[Criterion], needs: Sequence[Need], rules: Sequence[Constraint]) -> Readiness | None:
    """Read ``[readiness]``; what is wrong is left out and told.

    Parameters
    ----------
    sheet : Sheet
        Faults and defaults are added to it.
    criteria, needs, rules : sequences
        Those that could be read.
    """
    if "readiness" not in sheet.file.data:
        return None
    table = schema.check(schema.ReadinessTable, sheet.file, ("readiness",), sheet.faults, sheet.context)
    if table is None:
        return None
    sheet.defaults.extend(f"readiness: {text}" for text in schema.filled_in(table))
    reader = _SubjectReader(sheet, criteria, needs, rules)
    subjects = [subject for number in range(len(table.subjects)) if (subject := reader.subject(number, table.subjects[number]))]
    names = [entry.get("name") for entry in table.subjects if isinstance(entry, dict)]
    for number, name in enumerate(names):
        if name in names[:number]:
            where = sheet.file.where("readiness", "subjects", number, "name")
            sheet.faults.append(Fault(where, f"subject '{name}' is given twice", remedy="give one of them another name"))
    gaps = [text for gap in sheet.gaps() for text in (gap.name, gap.title)] + [
        name for _, entry in sheet.tables("not_assessed") if isinstance(name := entry.get("name"), str)
    ]
    for number, name in enumerate(table.required_gaps or ()):
        _known(sheet, ("readiness", "required_gaps", number), name, gaps, "gap")
    actions = []
    for number in range(len(table.actions)):
        keys = ("readiness", "actions", number)
        action = schema.check(schema.ActionTable, sheet.file, keys, sheet.faults)
        if action and _known(sheet, (*keys, "subject"), action.subject, [*(str(name) for name in names), *gaps], "subject or gap"):
            actions.append(action.noun())
    required = tuple(table.required_gaps) if table.required_gaps is not None else None
    if not any(subject.required for subject in subjects) and required == () and len(subjects) == len(table.subjects):
        where = sheet.file.where("readiness", "subjects")
        sheet.faults.append(Fault(where, "nothing is required, so there is no overall mark", remedy="leave 'required' out of one subject"))
    return Readiness(tuple(subjects), required, tuple(actions))


def _known(sheet: Sheet, place: KeyPath, name: str, options: Sequence[str], what: str) -> bool:
    if name.casefold() in {option.casefold() for option in options}:
        return True
    nearest = nearest_spelling(name, options)
    sheet.faults.append(Fault(sheet.file.where(*place), f"unknown {what} '{name}'", "", ", ".join(dict.fromkeys(options)), nearest))
    return False


class _SubjectReader:
    """Reads subjects, each with what it may refer to."""

    def __init__(self, sheet: Sheet, criteria: Sequence[Criterion], needs: Sequence[Need], rules: Sequence[Constraint]) -> None:
        self.sheet = sheet
        self.needs = {need.name: need for need in needs}
        self.rules = {rule.name: rule for rule in rules if not rule.force}
        self.measures: dict[str, Measure] = {criterion.slug: criterion.measure for criterion in criteria}

    def subject(self, number: int, entry: object) -> Subject | None:
        keys: KeyPath = ("readiness", "subjects", number)
        context = self._context(keys, entry)
        table = schema.check(schema.SubjectTable, self.sheet.file, keys, self.sheet.faults, context) if context else None
        if table is None:
            return None
        stands_in = self._stand_in((*keys, "stands_in"), table.stands_in) if table.stands_in is not None else None
        self.sheet.defaults.extend(f"readiness '{table.name}': {text}" for text in schema.filled_in(table))
        evidence = self._evidence(keys, table)
        return Subject(table.name, evidence, stands_in, table.required, table.why) if evidence else None

    def _context(self, keys: KeyPath, entry: object) -> schema.Context | None:
        """Give what a subject's thresholds are read by: its criterion's quantity, or a share of its need.

        None where its criterion is not known, which is told here, or is itself wrong, which has been told: thresholds then have no unit.
        """
        name = entry.get("criterion") if isinstance(entry, dict) else None
        if not isinstance(name, str):
            return replace(self.sheet.context, dimension="share")
        if not _known(self.sheet, (*keys, "criterion"), name, self.sheet.keys(), "criterion") or name not in self.measures:
            return None
        return replace(self.sheet.context, dimension=dimension_of(self.measures[name].unit))

    def _evidence(self, keys: KeyPath, table: schema.SubjectTable) -> Evidence | None:
        file, faults = self.sheet.file, self.sheet.faults
        if table.need is not None:
            if not _known(self.sheet, (*keys, "need"), table.need, list(self.needs), "need"):
                return None
            test = self.needs[table.need].test
            return Evidence("need", table.need, amber=table.amber, proof=test is not None and test.capacity)
        if table.rule is not None:
            if not _known(self.sheet, (*keys, "rule"), table.rule, list(self.rules), "rule"):
                return None
            rule = self.rules[table.rule]
            proof = not rule.estimate and (rule.measure is None or proves(rule.measure, self.sheet.catalogue.layers))
            return Evidence("rule", table.rule, proof=proof)
        measure = self.measures[table.criterion or ""]
        proof = proves(measure, self.sheet.catalogue.layers)
        if table.green is not None and not proof:
            what = f"'{table.name}' asks for green by {measure.kind.replace('_', ' ')}, which says {_HOW_NEAR}"
            remedy = "leave green out; or mark it by a need whose test counts a column that its layer declares under capacity"
            faults.append(Fault(file.where(*keys, "green"), what, file.found(*keys, "green"), "amber at best", remedy))
        return Evidence("criterion", table.criterion or "", table.green, table.amber, proof)

    def _stand_in(self, keys: KeyPath, entry: dict[str, Any]) -> Evidence | None:
        context = self._context(keys, entry)
        table = schema.check(schema.StandInTable, self.sheet.file, keys, self.sheet.faults, context) if context else None
        return Evidence("criterion", table.criterion, amber=table.amber) if table else None
