"""Needs and marks: by hand, and what holds of every combination of marks."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo_engine.decide import judge_need, judge_site, required_gaps
from geo_engine.model import (
    Constraint,
    Context,
    Contribution,
    Criterion,
    Distance,
    Evidence,
    Facility,
    Gap,
    Linear,
    Mark,
    Need,
    NeedAnswer,
    NeedTest,
    NotAssessed,
    Readiness,
    Robustness,
    SiteReadiness,
    SiteSearch,
    Study,
    Subject,
    SubjectMark,
    SumWithin,
    Supply,
    Threshold,
    proves,
)

NAN = float("nan")
PLANT = Facility(20.0, "GWh")
POWER = Need("connection", 3.0, "MVA", minimum=150.0, test=NeedTest(SumWithin(layer="stations", size="mva", within=1.0), capacity=True))
GREEN, AMBER = Threshold(1_000.0, "at_most"), Threshold(5_000.0, "at_most")


def study(*subjects: Subject, gaps: tuple[Gap, ...] = (), required: tuple[str, ...] | None = None) -> Study:
    criterion = Criterion("Distance to a road", Distance(layer="roads"), Linear(1.0, 0.0), 1.0, "near", key="road")
    rules = (Constraint("Parks", "parks", "outside"), Constraint("Town (estimate)", "towns", "outside", estimate=True))
    return Study(
        name="a", title="A", area="area", region_column="r", area_title="A", crs="EPSG:27700", cell=1.0,
        criteria=(criterion,), constraints=rules, facility=PLANT, sites=SiteSearch(1, 0.0, 1.0), demand=None,
        robustness=Robustness(), not_assessed=(NotAssessed("Prices", "dear"), NotAssessed("flood zones", "twice")),
        layers={}, profiles={}, gaps=gaps, context=Context(), path=Path("studies/a.toml"),
        readiness=Readiness(subjects, required),
    )  # fmt: skip


def answer(state: str, there: float = NAN, *, capacity: bool = True) -> NeedAnswer:
    return NeedAnswer("connection", "MVA", 150.0, there, state, capacity=capacity)  # type: ignore[arg-type]


def marked(
    evidence: Evidence, *, need: NeedAnswer | None = None, value: float = NAN, failed: dict[str, float] | None = None,
    stands_in: Evidence | None = None,
) -> SubjectMark:  # fmt: skip
    part = Contribution("Distance to a road", "road", value, "m", 0.5, 1.0, 50.0)
    found = judge_site(study(Subject("Grid", evidence, stands_in)), [need] if need else [], [part], failed or {})
    assert found is not None
    return found.marks[0]


@pytest.mark.parametrize(
    ("supply", "state", "short_by"),
    [
        (Supply(150.0, complete=True), "met", None),
        (Supply(150.0, complete=False), "met", None),  # what may be there besides cannot make it less
        (Supply(62.0, complete=True), "short", 88.0),
        (Supply(0.0, complete=True), "short", 150.0),
        (Supply(62.0, complete=False), "unknown", None),
        (Supply(NAN, complete=False), "unknown", None),
        (None, "unknown", None),
    ],
)
def test_a_need_is_met_short_or_unknown(supply: Supply | None, state: str, short_by: float | None) -> None:
    found = judge_need(POWER, PLANT, supply, None)
    assert (found.wanted, found.state) == (150.0, state)
    assert found.short_by == short_by or (short_by is None and found.short_by != found.short_by)


def test_a_need_marks_green_by_capacity_only_and_grey_where_it_is_unknown() -> None:
    proof, weak = Evidence("need", "connection", proof=True), Evidence("need", "connection")
    assert marked(proof, need=answer("met", 200.0)).mark is Mark.GREEN
    assert marked(weak, need=answer("met", 200.0)).mark is Mark.AMBER
    assert marked(proof, need=answer("unknown")).mark is Mark.GREY
    assert marked(proof, need=answer("short", 140.0)).mark is Mark.RED
    nearly = replace(proof, amber=Threshold(0.9, "at_least"))
    assert marked(nearly, need=answer("short", 135.0)).mark is Mark.AMBER
    assert marked(nearly, need=answer("short", 134.0)).mark is Mark.RED


def test_what_stands_in_is_read_only_where_the_need_is_unknown() -> None:
    proof, near = Evidence("need", "connection", proof=True), Evidence("criterion", "road", amber=AMBER)
    assert marked(proof, need=answer("unknown"), stands_in=near, value=4_000.0).mark is Mark.AMBER
    assert marked(proof, need=answer("unknown"), stands_in=near, value=6_000.0).mark is Mark.RED
    assert marked(proof, need=answer("unknown"), stands_in=near, value=NAN).mark is Mark.GREY
    assert marked(proof, need=answer("short", 0.0), stands_in=near, value=0.0).mark is Mark.RED
    assert marked(proof, need=answer("met", 200.0), stands_in=near, value=9_000.0).mark is Mark.GREEN


def test_a_rule_marks_green_where_it_is_kept_unless_it_is_an_estimate_or_has_no_value() -> None:
    parks, town = Evidence("rule", "Parks", proof=True), Evidence("rule", "Town (estimate)")
    assert marked(parks, failed={"Parks": 0.0}).mark is Mark.GREEN
    assert marked(town, failed={"Town (estimate)": 0.0}).mark is Mark.AMBER
    assert marked(parks, failed={"Parks": 0.25}).why == "25% of it fails rule 'Parks'"
    assert marked(parks, failed={"Parks": 0.25}).mark is Mark.RED
    assert marked(parks, failed={"Parks": NAN}).mark is Mark.GREY
    assert marked(parks).mark is Mark.GREY  # dropped by a scenario


@given(st.floats(0, 1e6), st.one_of(st.none(), st.just(GREEN)))
def test_a_distance_is_never_green_whatever_it_is_and_whatever_was_asked_for(value: float, green: Threshold | None) -> None:
    proof = proves(Distance(layer="roads"), {})
    assert marked(Evidence("criterion", "road", green, AMBER, proof), value=value).mark is not Mark.GREEN


@given(one=st.floats(0, 1e4), other=st.floats(0, 1e4), more_is_better=st.booleans(), proof=st.booleans())
def test_a_better_value_never_has_a_worse_mark(one: float, other: float, *, more_is_better: bool, proof: bool) -> None:
    side = "at_least" if more_is_better else "at_most"
    ends = (5_000.0, 1_000.0) if more_is_better else (1_000.0, 5_000.0)
    evidence = Evidence("criterion", "road", Threshold(ends[0], side), Threshold(ends[1], side), proof)  # type: ignore[arg-type]
    better, worse = (max(one, other), min(one, other)) if more_is_better else (min(one, other), max(one, other))
    assert marked(evidence, value=better).mark >= marked(evidence, value=worse).mark


def test_an_unreachable_place_is_red_and_an_unknown_one_grey() -> None:
    assert marked(Evidence("criterion", "road", amber=AMBER), value=float("inf")).mark is Mark.RED
    assert marked(Evidence("criterion", "road", amber=AMBER), value=NAN).mark is Mark.GREY


marks = st.lists(st.tuples(st.sampled_from(Mark), st.booleans()), max_size=8).map(
    lambda given: SiteReadiness(tuple(SubjectMark(f"s{n}", mark, "", required=wanted) for n, (mark, wanted) in enumerate(given)))
)


@given(marks)
def test_the_overall_mark_is_never_above_the_worst_required_one(found: SiteReadiness) -> None:
    required = [each.mark for each in found.marks if each.required]
    assert all(found.overall <= mark for mark in required)
    if required:
        assert found.overall in required
    assert (found.overall is Mark.GREEN) == (bool(required) and set(required) == {Mark.GREEN})


@given(marks)
def test_grey_is_never_dropped(found: SiteReadiness) -> None:
    grey = [each for each in found.marks if each.mark is Mark.GREY]
    assert found.untested == len(grey)
    assert found.said.endswith(f"{len(grey)} of {len(found.marks)} not tested in all")
    if any(each.required for each in grey):
        assert found.overall in {Mark.GREY, Mark.RED}


def test_every_declared_gap_has_one_grey_row_with_its_reason() -> None:
    flood = Gap("flood", "Flood zones", "Water.")
    subject = Subject("Road", Evidence("criterion", "road", amber=AMBER))
    asked = study(subject, gaps=(flood, Gap("slope", "Slope", "Hills.")), required=("slope", "prices"))
    found = judge_site(asked, [], [Contribution("Distance to a road", "road", 1.0, "m", 1.0, 1.0, 1.0)], {})
    assert found is not None
    assert [(each.subject, each.mark, each.required) for each in found.marks if each.gap] == [
        ("Flood zones", Mark.GREY, False),
        ("Slope", Mark.GREY, True),
        ("Prices", Mark.GREY, True),
    ]
    assert found.marks[1].why == "not tested: Water."
    assert found.overall is Mark.GREY
    everything = replace(asked, readiness=Readiness((subject,)))
    assert everything.readiness is not None
    assert required_gaps(everything.readiness, asked.gaps, asked.not_assessed) == {"Flood zones", "Slope", "Prices"}


def test_a_study_without_readiness_has_no_marks() -> None:
    assert judge_site(replace(study(), readiness=None), [], [], {}) is None
