"""What `check` says of tests of needs and of readiness: what is read, and where the marks change."""

from __future__ import annotations

from collections.abc import Iterator

from geo_engine.model import Evidence, Measure, Need, NeedTest, Study
from geo_engine.units import format_quantity

__all__ = ["readiness_said"]

_SIDES = {"at_least": "at least", "at_most": "at most"}


def readiness_said(study: Study) -> Iterator[tuple[str, str, str, str]]:
    """Say each test of a need and each subject: its name, what tells it, its thresholds, and whether it is required."""
    for need in study.facility.needs:
        if need.test is not None:
            measured, worth = _test_said(need, need.test)
            yield f"Need: {need.name}", measured, worth, ""
    for subject in study.readiness.subjects if study.readiness else ():
        told, said = _evidence_said(study, subject.evidence)
        if subject.stands_in is not None:
            second, others = _evidence_said(study, subject.stands_in)
            told, said = f"{told}; where unknown {second}", [*others, *said]
        yield subject.name, told, "; ".join(dict.fromkeys(said)), "required" if subject.required else ""


def _test_said(need: Need, test: NeedTest) -> tuple[str, str]:
    measure = test.measure
    within = getattr(measure, "within", None)
    reach = f" within {format_quantity(within, _unit_of_reach(measure))}" if within is not None else ""
    kind = "best" if test.best else measure.kind.partition("_")[0]
    by = f" by {measure.travels[1]} on {measure.travels[0]}" if measure.travels else ""
    where = f" where {measure.where}" if measure.where else ""
    covers = f", all there is in {test.covers[0]}" if test.covers else ""
    worth = f"{test.each:g} {need.unit} each" + ("" if test.capacity else ", no capacity")
    return f"{kind} of {getattr(measure, 'size', 'value')} of {measure.layer}{where}{reach}{by}{covers}", worth


def _unit_of_reach(measure: Measure) -> str:
    return "s" if measure.travels and getattr(measure, "impedance", "time") == "time" else "m"


def _evidence_said(study: Study, evidence: Evidence) -> tuple[str, list[str]]:
    unit = next((each.measure.unit for each in study.criteria if each.slug == evidence.name), "") if evidence.of == "criterion" else ""
    said = []
    for word, end in (("green", evidence.green), ("amber", evidence.amber)):
        if end is not None:
            bound = f"{end.bound:.0%} of it" if evidence.of == "need" else format_quantity(end.bound, unit)
            said.append(f"{word} {_SIDES[end.side]} {bound}")
    return f"{evidence.of} {evidence.name}", said if evidence.proof else [*said, "amber at best"]
