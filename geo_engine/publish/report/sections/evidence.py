"""What the answer rests on: weaknesses of the run, and each criterion's data with a grade by a stated rule."""

from __future__ import annotations

import re

from geo_engine.model import Layer
from geo_engine.publish.report.filed import Filed
from geo_engine.publish.report.phrases import count_said, listed, number, share_said
from geo_engine.publish.report.tree import Items, Note, Paragraph, Section, Table
from geo_engine.publish.summary import untested

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
    study, said = filed.study, []
    gaps = untested(study)
    said.append(f"{count_said(len(gaps), 'subject').capitalize()} that matter were not tested: {listed([gap.lower() for gap in gaps])}.")
    if guesses := [rule.name for rule in study.constraints if rule.estimate]:
        said.append(f"{count_said(len(guesses), 'rule').capitalize()} stand in for better data: {listed(guesses)}.")
    if judged := [criterion.label for criterion in study.criteria if "judgement" in criterion.source.lower()]:
        said.append(
            f"Thresholds of {count_said(len(judged), 'criterion', 'criteria')} rest on judgement, at least in part: {listed(judged)}."
        )
    unstated = sorted(
        {study.layers[c.measure.layer].title for c in study.criteria if study.layers[c.measure.layer].accuracy.text() == "not stated"}
    )
    if unstated:
        said.append(f"Positions of {listed(unstated)} have no stated accuracy, so nothing was drawn for them.")
    land, scored = (float(filed.record["hectares"][name]) for name in ("land", "scored"))
    if scored < land:
        said.append(f"{share_said(1 - scored / land)} of the land has no score, because a criterion is unknown there.")
    unreachable = float(filed.record["hectares"].get("unreachable", 0.0))
    if unreachable:
        said.append(f"{number(unreachable, 0)} ha cannot be reached over the network as it is drawn, and lost their points for travel.")
    intervals = [(int(row["rank_p05"]), int(row["rank_p95"])) for row in filed.sites if row["rank_p05"]]
    if intervals:
        wide = max(high - low for low, high in intervals)
        said.append(f"Rank intervals are up to {wide + 1} ranks wide: ranks that close are not told apart.")
    if fixed := filed.record["robustness"].get("not_drawn"):
        said.append(f"How sure the ranking is leaves out what was not drawn: {listed(list(fixed))}.")
    if len(filed.sites) < study.sites.count:
        said.append(f"{len(filed.sites)} of {study.sites.count} areas that were asked for were found.")
    faults = sum(len(study.layers[name].faults) for name in _used(filed))
    if faults:
        said.append(
            f"{count_said(faults, 'known fault').capitalize()} of the data are recorded; the data section tells them layer by layer."
        )
    parts = [Items(tuple(said))]
    notes = (
        [Note(f"Changed since the run, so text and map may not agree: {listed(list(filed.changed))}. Run the study again.")]
        if filed.changed
        else []
    )
    return Section(
        "Known weaknesses", (*notes, Paragraph("Written by the run itself, from what it read and what it did not."), *parts), new_page=True
    )


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


def _provenance(filed: Filed) -> Section:
    study = filed.study
    used = {criterion.measure.layer for criterion in study.criteria}
    newest = max((year for name in used if (year := _year(study.layers[name].vintage)) is not None), default=0)
    grades = []
    for criterion, weight in zip(study.criteria, study.weights, strict=True):
        layer = study.layers[criterion.measure.layer]
        letter, accuracy, vintage, complete = grade_of(layer, filed.region_title, newest)
        grades.append((criterion.name, share_said(weight), layer.title, letter, f"{accuracy} + {vintage} + {complete}"))
    columns = ("criterion", "weight", "data", "grade", "accuracy + vintage + completeness")
    graded = Table("Confidence in the data of each criterion", columns, tuple(grades), (3.2, 0.8, 3, 0.7, 1.9), frozenset({1}))
    names = _used(filed)
    rows = tuple(
        (layer.title, layer.publisher, layer.licence, layer.vintage, layer.accuracy.text()) for layer in (study.layers[n] for n in names)
    )
    heads = ("layer", "publisher", "licence", "vintage", "accuracy")
    layers = Table("Layers that criteria and rules use", heads, rows, (2.4, 3, 1.6, 1.6, 1.6))
    faults = tuple(Section(study.layers[name].title, (Items(told),)) for name in names if (told := _faults(study.layers[name])))
    return Section(
        "Data: provenance and confidence",
        (Paragraph(_RULE), graded, layers, *([Section("Known faults, layer by layer", faults)] if faults else [])),
        new_page=True,
    )
