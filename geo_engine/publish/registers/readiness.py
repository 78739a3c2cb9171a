"""``readiness.csv`` and ``missing.csv``: each site's marks with their reasons, and what is missing with what it may cost."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from geo_engine.model import Action, Mark, NeedAnswer, Result, SiteReadiness, Study, SubjectMark
from geo_engine.publish.registers.needs import need_said
from geo_engine.publish.tables import Cell, write_csv
from geo_engine.units import display_unit, format_quantity, to_display

__all__ = ["actions_for", "missing_rows", "readiness_cards", "readiness_rows", "span_said", "write_readiness"]

_WHO = ("site_id", "rank", "name")
_MARKS = (*_WHO, "subject", "mark", "why", "evidence", "value", "unit", "threshold", "required", "gap")
_MISSING = (
    *(*_WHO, "subject", "mark", "required", "action", "cost_low", "cost_high", "cost_unit"),
    *("lead_months_low", "lead_months_high", "source", "year"),
)
_NO_ACTION = "not stated in the study"


def actions_for(study: Study, mark: SubjectMark) -> tuple[Action, ...]:
    """Give what the study says is to be done about a subject or a gap; nothing for what is green."""
    if study.readiness is None or mark.mark is Mark.GREEN:
        return ()
    names = {mark.subject.casefold()} | ({gap.name for gap in study.gaps if gap.title == mark.subject} if mark.gap else set())
    return tuple(action for action in study.readiness.actions if action.subject.casefold() in names)


def readiness_rows(readiness: SiteReadiness) -> list[dict[str, Cell]]:
    """Give one row a mark: subjects in the study's order, then declared gaps."""
    return [
        {
            "subject": each.subject,
            "mark": each.mark.word,
            "why": each.why,
            "evidence": each.evidence or None,
            "value": None if math.isnan(each.value) else float(f"{to_display(each.value, each.unit):.7g}"),
            "unit": display_unit(each.unit) or None,
            "threshold": each.threshold or None,
            "required": "yes" if each.required else "no",
            "gap": "yes" if each.gap else "no",
        }
        for each in readiness.marks
    ]


def missing_rows(study: Study, readiness: SiteReadiness) -> list[dict[str, Cell]]:
    """Give one row for each thing to be done about what is not green; figures that the study does not give are blank.

    A subject without an action has one row that says so.
    """
    rows: list[dict[str, Cell]] = []
    for mark in readiness.marks:
        if mark.mark is Mark.GREEN:
            continue
        head: dict[str, Cell] = {**dict.fromkeys(_MISSING[len(_WHO) :])}
        head |= {"subject": mark.subject, "mark": mark.mark.word, "required": "yes" if mark.required else "no", "action": _NO_ACTION}
        rows += [
            head
            | {
                "action": action.action,
                "cost_low": _figure(action.cost_low),
                "cost_high": _figure(action.cost_high),
                "cost_unit": action.cost_unit or None,
                "lead_months_low": _figure(action.months_low),
                "lead_months_high": _figure(action.months_high),
                "source": action.source,
                "year": action.year,
            }
            for action in actions_for(study, mark)
        ] or [head]
    return rows


def write_readiness(result: Result, folder: Path) -> tuple[Path, Path]:
    """Write both tables, best site first.

    Parameters
    ----------
    result : Result
        One region of one study that has ``[readiness]``.
    folder : Path
        Where they go.

    Returns
    -------
    tuple of Path
        ``readiness.csv`` and ``missing.csv``.
    """
    marks: list[dict[str, Cell]] = []
    missing: list[dict[str, Cell]] = []
    for site, found in zip(result.ranking.sites, result.ranking.readiness, strict=True):
        who: dict[str, Cell] = {"site_id": site.site_id, "rank": site.rank, "name": site.name}
        marks += [who | row for row in readiness_rows(found)]
        missing += [who | row for row in missing_rows(result.study, found)]
    return write_csv(folder / "readiness.csv", _MARKS, marks), write_csv(folder / "missing.csv", _MISSING, missing)


def readiness_cards(result: Result) -> dict[str, Any]:
    """Give what the map's card of a site shows, as plain data; all words are ready to be read.

    Returns
    -------
    dict
        ``sites``: one entry a site, in the sites' order, with ``needs`` (name, state ``met | short | unknown``, said, wanted, there,
        evidence), ``overall`` (a mark's word), ``said`` (the sentence) and ``marks`` (subject, mark, why, required) of the subjects.
        ``gaps`` (subject, required): once for all sites, since a declared gap is grey everywhere. ``actions``: by subject or gap, what is
        to be done where its mark is not green (action, cost, lead, source). Without ``[readiness]`` a site has needs only, and the
        other two are empty.
    """
    study, ranking = result.study, result.ranking
    sites: list[dict[str, Any]] = [{"needs": [_need(answer) for answer in answers]} for answers in ranking.needs]
    gaps: dict[str, bool] = {}
    actions: dict[str, list[dict[str, str]]] = {}
    for card, found in zip(sites, ranking.readiness, strict=False):
        own = [mark for mark in found.marks if not mark.gap]
        card["overall"], card["said"] = found.overall.word, found.said
        card["marks"] = [{"subject": m.subject, "mark": m.mark.word, "why": m.why, "required": m.required} for m in own]
        gaps |= {mark.subject: mark.required for mark in found.marks if mark.gap}
        actions |= {mark.subject: [_action(each) for each in told] for mark in found.marks if (told := actions_for(study, mark))}
    return {"sites": sites, "gaps": [{"subject": name, "required": needed} for name, needed in gaps.items()], "actions": actions}


def _need(answer: NeedAnswer) -> dict[str, str]:
    from_where = ", ".join(text for text in (answer.feature, answer.layer, answer.vintage) if text)
    return {
        "name": answer.need,
        "state": answer.state,
        "said": need_said(answer),
        "wanted": format_quantity(answer.wanted, answer.unit),
        "there": format_quantity(answer.there, answer.unit),
        "evidence": "; ".join(text for text in (from_where, answer.remark) if text),
    }


def _action(action: Action) -> dict[str, str]:
    return {
        "action": action.action,
        "cost": span_said(action.cost_low, action.cost_high, action.cost_unit),
        "lead": span_said(action.months_low, action.months_high, "months"),
        "source": f"{action.source} ({action.year})" if action.year else action.source,
    }


def span_said(low: float, high: float, unit: str) -> str:
    """Write a range of an indicative figure; a missing one says so.

    >>> span_said(2.2, 4.2, "GBP million a km"), span_said(3.0, 3.0, "months"), span_said(float("nan"), float("nan"), "")
    ('2.2 to 4.2 GBP million a km', '3 months', 'no figure')
    """
    if math.isnan(low):
        return "no figure"
    return f"{low:.3g} {unit}" if low == high else f"{low:.3g} to {high:.3g} {unit}"


def _figure(value: float) -> float | None:
    return None if math.isnan(value) else float(f"{value:.3g}")
