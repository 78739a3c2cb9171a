"""Needs against what is there, and the marks that follow: red, amber, green, or grey where nothing was tested.

A mark is green on evidence of capacity or a real test only; whatever merely says how near something is gets amber at best. See
``docs/decisions/0011-readiness.md``.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Literal

from geo_engine.model import (
    Contribution,
    Evidence,
    Facility,
    Gap,
    Layer,
    Mark,
    Need,
    NeedAnswer,
    NotAssessed,
    Readiness,
    SiteReadiness,
    Study,
    Subject,
    SubjectMark,
    Supply,
    Threshold,
)
from geo_engine.units import format_quantity

__all__ = ["judge_need", "judge_site", "required_gaps"]

_WORDS = {"at_least": "at least", "at_most": "at most"}


def judge_need(need: Need, facility: Facility, supply: Supply | None, layer: Layer | None, accuracy: str = "") -> NeedAnswer:
    """Hold a need against what is there.

    Parameters
    ----------
    need, facility : Need, Facility
        What is wanted, in all.
    supply : Supply or None
        What is there; None: nothing in the study tells.
    layer : Layer or None
        Where that comes from.
    accuracy : str
        How far off the feature that counts may be.

    Returns
    -------
    NeedAnswer
        ``met`` where what is known to be there is enough, ``short`` where all that is there is known and it is not enough, else
        ``unknown``.

    Examples
    --------
    >>> power = Need("connection", 3.0, "MVA", minimum=150.0)
    >>> answer = judge_need(power, Facility(20.0, "GWh"), Supply(62.0, complete=True), None)
    >>> answer.state, answer.short_by
    ('short', 88.0)
    >>> judge_need(power, Facility(20.0, "GWh"), Supply(62.0, complete=False), None).state
    'unknown'
    """
    wanted = need.total(facility.capacity)
    basis = "; ".join(text for text in (need.source, need.test.source if need.test else "") if text)
    if supply is None:
        return NeedAnswer(need.name, need.unit, wanted, math.nan, "unknown", remark="nothing in the study tests it", basis=basis)
    state: Literal["met", "short", "unknown"] = "met" if supply.there >= wanted else "short" if supply.complete else "unknown"
    return NeedAnswer(
        need=need.name,
        unit=need.unit,
        wanted=wanted,
        there=supply.there,
        state=state,
        feature=supply.feature,
        layer=layer.title if layer else "",
        vintage=layer.vintage if layer else "",
        accuracy=accuracy,
        remark=supply.remark,
        basis=basis,
        capacity=bool(need.test and need.test.capacity),
    )


def judge_site(
    study: Study, needs: Sequence[NeedAnswer], parts: Sequence[Contribution], rules_failed: Mapping[str, float]
) -> SiteReadiness | None:
    """Mark a place on every subject and every declared gap; None where the study has no ``[readiness]``.

    Parameters
    ----------
    study : Study
        The question.
    needs : sequence of NeedAnswer
        Of the place.
    parts : sequence of Contribution
        Of the place, in the order of the criteria.
    rules_failed : mapping of str to float
        For each rule that is tested, the share of the place that fails it or has no value for it; NaN where that has no value
        anywhere.

    Returns
    -------
    SiteReadiness
        Subjects in the study's order, then gaps.
    """
    asked = study.readiness
    if asked is None:
        return None
    judge = _Judge(study, needs, parts, rules_failed)
    marks = [judge.subject(subject) for subject in asked.subjects]
    needed = required_gaps(asked, study.gaps, study.not_assessed)
    for title, why in _untested(study.gaps, study.not_assessed).items():
        said = f"not tested: {why}"
        marks.append(SubjectMark(title, Mark.GREY, said, required=title in needed, gap=True))
    return SiteReadiness(tuple(marks))


def required_gaps(asked: Readiness, gaps: Sequence[Gap], not_assessed: Sequence[NotAssessed]) -> frozenset[str]:
    """Give the titles of the declared gaps that are required: by name or title as the study lists them, or else all."""
    titles = _untested(gaps, not_assessed)
    if asked.required_gaps is None:
        return frozenset(titles)
    listed = {name.casefold() for name in asked.required_gaps}
    by_name = {gap.title: gap.name for gap in gaps}
    return frozenset(title for title in titles if title.casefold() in listed or by_name.get(title, "").casefold() in listed)


def _untested(gaps: Sequence[Gap], not_assessed: Sequence[NotAssessed]) -> dict[str, str]:
    """Give each declared gap once, whatever the case of its title, with its reasoning."""
    seen: dict[str, tuple[str, str]] = {}
    for title, why in [*((gap.title, gap.why) for gap in gaps), *((item.name, item.why) for item in not_assessed)]:
        seen.setdefault(title.casefold(), (title, why))
    return dict(seen.values())


class _Judge:
    """What is known of one place, and how it is read."""

    def __init__(self, study: Study, needs: Sequence[NeedAnswer], parts: Sequence[Contribution], rules_failed: Mapping[str, float]) -> None:
        self.study = study
        self.needs = {answer.need: answer for answer in needs}
        self.parts = {part.slug: part for part in parts}
        self.rules_failed = rules_failed

    def subject(self, subject: Subject) -> SubjectMark:
        """Mark a subject; what stands in is read where the evidence itself is grey."""
        found = self.read(subject.name, subject.evidence, required=subject.required)
        if found.mark is not Mark.GREY or subject.stands_in is None:
            return found
        second = self.read(subject.name, subject.stands_in, required=subject.required)
        if second.mark is Mark.GREY:
            return found
        why = f"{found.why}; in its place: {second.why}"
        return SubjectMark(subject.name, second.mark, why, second.value, second.unit, second.threshold, second.evidence, subject.required)

    def read(self, name: str, evidence: Evidence, *, required: bool) -> SubjectMark:
        read = {"need": self._need, "criterion": self._criterion, "rule": self._rule}[evidence.of]
        mark, why, value, unit, threshold, shown = read(evidence)
        if mark is Mark.GREEN and not evidence.proof:
            mark = Mark.AMBER
        return SubjectMark(name, mark, why, value, unit, threshold, shown, required)

    def _need(self, evidence: Evidence) -> tuple[Mark, str, float, str, str, str]:
        answer = self.needs[evidence.name]
        wanted = f"at least {format_quantity(answer.wanted, answer.unit)}"
        shown = _evidence(answer.layer, answer.vintage, answer.accuracy, answer.feature)
        there = format_quantity(answer.there, answer.unit)
        if answer.state == "unknown":
            return Mark.GREY, f"{answer.need} is unknown: {answer.remark}", answer.there, answer.unit, wanted, shown
        if answer.state == "met":
            weak = "" if evidence.proof else ", and nothing shows that it can be had"
            return Mark.GREEN, f"{answer.need} is met: {there}{weak}", answer.there, answer.unit, wanted, shown
        nearly = evidence.amber is not None and evidence.amber.meets(answer.there / answer.wanted)
        mark = Mark.AMBER if nearly else Mark.RED
        why = f"{answer.need} is short by {format_quantity(answer.short_by, answer.unit)}: {there}"
        return mark, why, answer.there, answer.unit, wanted, shown

    def _criterion(self, evidence: Evidence) -> tuple[Mark, str, float, str, str, str]:
        part = self.parts[evidence.name]
        layer = self.study.layers.get(next(each.measure.layer for each in self.study.criteria if each.slug == evidence.name))
        shown = _evidence(layer.title, layer.vintage, layer.accuracy.text(), "") if layer else ""
        threshold = _thresholds(evidence, part.unit)
        said = f"{part.criterion}: {format_quantity(part.value, part.unit)}"
        if math.isnan(part.value):
            mark = Mark.GREY
        elif evidence.green is not None and evidence.green.meets(part.value):
            mark = Mark.GREEN
        else:
            mark = Mark.AMBER if evidence.amber is not None and evidence.amber.meets(part.value) else Mark.RED
        return mark, said, part.value, part.unit, threshold, shown

    def _rule(self, evidence: Evidence) -> tuple[Mark, str, float, str, str, str]:
        rule = next((each for each in self.study.constraints if each.name == evidence.name), None)
        share = self.rules_failed.get(evidence.name)
        if rule is None or share is None:
            return Mark.GREY, f"rule '{evidence.name}' is not tested here", math.nan, "", "kept", ""
        layer = self.study.layers.get(rule.layer)
        shown = _evidence(layer.title, layer.vintage, layer.accuracy.text(), "") if layer else ""
        if math.isnan(share):
            return Mark.GREY, f"rule '{rule.name}' has no value here", share, "", "kept", shown
        if share > 0:
            return Mark.RED, f"{share:.0%} of it fails rule '{rule.name}'", share, "", "kept", shown
        weak = ", by an estimate" if rule.estimate else ""
        return Mark.GREEN, f"rule '{rule.name}' is kept{weak}", share, "", "kept", shown


def _thresholds(evidence: Evidence, unit: str) -> str:
    said = [
        f"{word} {_WORDS[bound.side]} {format_quantity(bound.bound, unit)}"
        for word, bound in (("green", evidence.green), ("amber", evidence.amber))
        if isinstance(bound, Threshold)
    ]
    return "; ".join(said)


def _evidence(layer: str, vintage: str, accuracy: str, feature: str) -> str:
    if not layer:
        return ""
    said = [layer + (f": {feature}" if feature else ""), vintage, f"accuracy {accuracy}" if accuracy else ""]
    return ", ".join(part for part in said if part)
