"""What the answer rests on: weaknesses of the run, and each criterion's data with a grade by a stated rule."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from geo_engine.model import Criterion, Layer
from geo_engine.publish.report.filed import Filed
from geo_engine.publish.report.phrases import count_said, listed, number, share_said
from geo_engine.publish.report.tree import Items, Note, Paragraph, Section, Table
from geo_engine.publish.summary import inside_sentence, untested

__all__ = ["evidence", "grade_of"]

_FINE, _COARSE = 1_000.0, 5_000.0  # metres
_YOUNG, _OLD = 3, 10  # years behind the newest layer of the study
_BEST, _MIDDLE = 5, 3  # marks of six
_RULE = (
    "The grade adds up three marks of 0 to 2. Accuracy: 2 where positions are stated to be good to 1 km or better, 1 "
    "to 5 km or where it is stated row "
    "by row, else 0. Vintage: 2 within 3 years of the newest layer that a criterion uses, 1 within 10, else 0. "
    "Completeness: 2 without a known fault, 1 "
    "with known faults, 0 where something is known to be missing in this region. A is 5 and 6, B 3 and 4, C less."
)


def evidence(filed: Filed) -> tuple[Section, ...]:
    """Write the page of known weaknesses, and provenance with a grade a criterion."""
    return (_weaknesses(filed), _provenance(filed))


def _weaknesses(filed: Filed) -> Section:
    told = (*_not_tested(filed), *_rests_on(filed), *_found(filed), *_not_asked(filed))
    stale = f"Changed since the run, so text and map may not agree: {listed(list(filed.changed))}. Run the study again."
    notes = (Note(stale),) if filed.changed else ()
    opened = Paragraph("Written by the run itself, from what it read and what it did not.")
    return Section("Known weaknesses", (*notes, opened, Items(told)), new_page=True)


def _not_tested(filed: Filed) -> Iterator[str]:
    if gaps := untested(filed.study):
        named = listed([inside_sentence(gap) for gap in gaps])
        said = count_said(len(gaps), "subject that matters", "subjects that matter").capitalize()
        yield f"{said} {_was(gaps)} not tested: {named}."
    needs = filed.of_site("needs", filed.sites[0]["site_id"]) if filed.sites else ()
    if unknown := [row["need"] for row in needs if row["state"] == "unknown"]:
        yield f"Of what the facility needs, nothing tells how much is there of {listed(unknown)}, not even at the best {filed.one}."
    if guesses := [rule.name for rule in filed.study.constraints if rule.estimate]:
        yield f"{count_said(len(guesses), 'rule stands', 'rules stand').capitalize()} in for better data: {listed(guesses)}."


def _rests_on(filed: Filed) -> Iterator[str]:
    study = filed.study
    if judged := [criterion.label for criterion in study.criteria if "judgement" in criterion.source.lower()]:
        yield f"Thresholds of {count_said(len(judged), 'criterion', 'criteria')} rest on judgement, at least in part: {listed(judged)}."
    layers = [study.layers[criterion.measure.layer] for criterion in study.criteria]
    if unstated := sorted({layer.title for layer in layers if layer.accuracy.text() == "not stated"}):
        yield f"Positions of {listed(unstated)} have no stated accuracy, so nothing was drawn for them."
    poor = [(criterion, weight) for criterion, weight, (letter, *_) in _graded(filed) if letter == "C"]
    if poor:
        share = share_said(sum(weight for _, weight in poor))
        yield f"{share} of the weight rests on data of grade C: {listed([criterion.label for criterion, _ in poor])}."
    if faults := sum(len(study.layers[name].faults) for name in _used(filed)):
        yield f"{count_said(faults, 'known fault').capitalize()} of the data {_was(range(faults))} recorded; they stand with the data."


def _found(filed: Filed) -> Iterator[str]:
    land, scored = (float(filed.record["hectares"][name]) for name in ("land", "scored"))
    if scored < land:
        yield f"{share_said(1 - scored / land)} of the land has no score, because a criterion is unknown there."
    if unreachable := float(filed.record["hectares"].get("unreachable", 0.0)):
        yield f"{number(unreachable, 0)} ha cannot be reached over the network as it is drawn, and lost their points for travel."
    intervals = [(int(row["rank_p05"]), int(row["rank_p95"])) for row in filed.sites if row["rank_p05"]]
    if intervals:
        wide = max(high - low for low, high in intervals)
        yield f"Rank intervals are up to {count_said(wide + 1, 'rank')} wide: ranks that close are not told apart."
    if fixed := filed.record["robustness"].get("not_drawn"):
        yield f"How sure the ranking is leaves out what was not drawn: {listed(list(fixed))}."
    if len(filed.sites) < filed.study.sites.count:
        yield f"{len(filed.sites)} of the {filed.study.sites.count} {filed.noun} that were asked for were found."


def _not_asked(filed: Filed) -> Iterator[str]:
    study = filed.study
    missing = [study.scenarios[key].title for key in study.scenarios if key not in filed.scenarios]
    if missing and not study.scenario:
        said = count_said(len(missing), "scenario").capitalize()
        yield f"{said} of the study {_was(missing)} not run for this region: {listed(missing)}."
    if filed.known is None:
        yield "No known sites were given, so nothing here shows that the study tells good land from other land."


def _was(what: Sequence[object]) -> str:
    return "was" if len(what) == 1 else "were"


def _used(filed: Filed) -> list[str]:
    """Give the names of the layers that criteria and rules use."""
    return sorted({criterion.measure.layer for criterion in filed.study.criteria} | {rule.layer for rule in filed.study.constraints})


def _faults(layer: Layer) -> tuple[str, ...]:
    return (*layer.faults, *(f"Missing in {where}: {what}" for where, what in layer.missing))


def grade_of(layer: Layer, region: str, newest: int) -> tuple[str, int, int, int]:
    """Grade a layer: A, B or C, with its marks for accuracy, vintage and completeness, 0 to 2 each.

    Parameters
    ----------
    layer : Layer
        The data.
    region : str
        Title of the region that the report is about.
    newest : int
        Year of the newest layer.

    Examples
    --------
    >>> from geo_engine.model import Accuracy
    >>> layer = Layer("a", "A", "a.csv", "points", "b", "CC0", "2022", accuracy=Accuracy(metres=500.0))
    >>> grade_of(layer, "North", 2024), grade_of(layer, "North", 2040)
    (('A', 2, 2, 2), ('B', 2, 0, 2))
    """
    metres = layer.accuracy.metres
    by_row = metres is None and layer.accuracy.column is not None
    accuracy = (2 if metres <= _FINE else 1 if metres <= _COARSE else 0) if metres is not None else int(by_row)
    year = _year(layer.vintage)
    vintage = 0 if year is None else 2 if newest - year <= _YOUNG else 1 if newest - year <= _OLD else 0
    lacking = any(where.casefold() == region.casefold() for where, _ in layer.missing)
    complete = 0 if lacking else 1 if layer.faults or layer.missing else 2
    total = accuracy + vintage + complete
    return ("A" if total >= _BEST else "B" if total >= _MIDDLE else "C"), accuracy, vintage, complete


def _year(vintage: str) -> int | None:
    years = re.findall(r"(?:19|20)\d\d", vintage)
    return int(years[-1]) if years else None


def _graded(filed: Filed) -> list[tuple[Criterion, float, tuple[str, int, int, int]]]:
    """Give each criterion with its weight and the grade of its data."""
    study = filed.study
    used = {criterion.measure.layer for criterion in study.criteria}
    newest = max((year for name in used if (year := _year(study.layers[name].vintage)) is not None), default=0)
    return [
        (criterion, weight, grade_of(study.layers[criterion.measure.layer], filed.region_title, newest))
        for criterion, weight in zip(study.criteria, study.weights, strict=True)
    ]


def _provenance(filed: Filed) -> Section:
    study = filed.study
    grades = []
    for criterion, weight, (letter, accuracy, vintage, complete) in _graded(filed):
        layer = study.layers[criterion.measure.layer]
        grades.append((criterion.name, share_said(weight), layer.title, letter, f"{accuracy} + {vintage} + {complete}"))
    columns = ("criterion", "weight", "data", "grade", "accuracy + vintage + completeness")
    graded = Table("Confidence in the data of each criterion", columns, tuple(grades), (3.2, 0.8, 3, 0.7, 1.9), frozenset({1}))
    shares = {grade: sum(weight for _, weight, (letter, *_) in _graded(filed) if letter == grade) for grade in "ABC"}
    said = [f"{share_said(share)} of the score rests on data of grade {grade}" for grade, share in shares.items()]
    by_grade = f"By weight, {listed(said)}."
    names = _used(filed)
    rows = tuple(
        (layer.title, layer.publisher, layer.licence, layer.vintage, layer.accuracy.text()) for layer in (study.layers[n] for n in names)
    )
    heads = ("layer", "publisher", "licence", "vintage", "accuracy")
    layers = Table("Layers that criteria and rules use", heads, rows, (2.4, 3, 1.6, 1.6, 1.6))
    faults = tuple(Section(study.layers[name].title, (Items(told),)) for name in names if (told := _faults(study.layers[name])))
    return Section(
        "Data: provenance and confidence",
        (Paragraph(_RULE), Paragraph(by_grade), graded, layers, *([Section("Known faults, layer by layer", faults)] if faults else [])),
        new_page=True,
    )
