"""``test`` of needs and ``[readiness]``: read right, defaults said, and each way to write them wrong, all told at once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from geo_engine.errors import Fault, GeoEngineError, StudyError
from geo_engine.model import Evidence, KeepEnough, SumWithin, Threshold
from geo_engine.workspace import read_study

Edit = Callable[[str, str, str], None]
Faults = Callable[[Callable[[], object], type[GeoEngineError]], tuple[Fault, ...]]
S = "studies/a.toml"

NEEDS = """\
[[facility.needs]]
name = "connection"
each = "3 MVA"
source = "a plan"
required = true
test = { measure = "best_within", layer = "plants", size = "cars", within = "15 km", covers = "parks", source = "judgement" }
[[facility.needs]]
name = "jobs"
each = "100 jobs"
[facility.needs.test]
measure = "sum_within"
layer = "towns"
size = "people"
within = "45 min"
network = "roads"
profile = "lorry"
each = "0.02 jobs"
source = "judgement"
[demand]
"""
READY = """\
[readiness]
required_gaps = ["flood", "Energy price"]
[[readiness.subjects]]
name = "Grid"
need = "connection"
amber = { at_least = "80 %" }
stands_in = { criterion = "plant", amber = { at_most = "10 km" } }
why = "power"
[[readiness.subjects]]
name = "Towns"
criterion = "distance_to_a_plant"
amber = { at_most = "10 km" }
required = false
why = "people"
[[readiness.subjects]]
name = "Parks"
rule = "Parks"
why = "law"
[[readiness.actions]]
subject = "Grid"
action = "Ask"
cost_low = 1
cost_high = 2
cost_unit = "GBP million"
lead_low = "13 weeks"
lead_high = "2 years"
source = "a paper"
year = 2020
[[readiness.actions]]
subject = "flood"
action = "Look"
source = "none found"
"""


@pytest.fixture
def ready(base: Path, edit: Edit) -> Path:
    edit(S, "[demand]\n", NEEDS)
    edit(S, "[[not_assessed]]\n", READY.replace("distance_to_a_plant", "plant") + "[[not_assessed]]\n")
    edit("layers/plants.toml", 'accuracy = "1 km"\n', 'accuracy = "1 km"\ncapacity = ["cars"]\n')
    return base


def test_needs_carry_their_tests(ready: Path) -> None:
    study = read_study(ready / S)
    _, connection, jobs = study.facility.needs
    assert connection.test is not None
    assert connection.test.measure == SumWithin(layer="plants", size="cars", within=15_000.0)
    assert (connection.test.best, connection.test.covers, connection.test.capacity) == (True, ("parks", None), True)
    assert jobs.test is not None
    assert (jobs.test.best, jobs.test.each, jobs.test.capacity) == (False, 0.02, False)
    assert jobs.test.measure.travels == ("roads", "lorry")
    assert "lorry" in study.profiles
    assert [gap.name for gap in study.gaps] == ["flood"]  # the layer of towns closes the other


def test_a_required_need_is_a_rule_of_all_land(ready: Path) -> None:
    study = read_study(ready / S)
    rule = study.constraints[-1]
    assert rule.name == "Too little: connection"
    assert isinstance(rule.keep, KeepEnough)
    assert rule.keep.wanted == 60.0
    assert [selection for selection, _ in rule.reads] == [("plants", None), ("parks", None)]


def test_subjects_and_actions_are_read_in_si(ready: Path) -> None:
    readiness = read_study(ready / S).readiness
    assert readiness is not None
    grid, towns, parks = readiness.subjects
    assert grid.evidence == Evidence("need", "connection", amber=Threshold(0.8, "at_least"), proof=True)
    assert grid.stands_in == Evidence("criterion", "plant", amber=Threshold(10_000.0, "at_most"))
    assert (grid.required, towns.required) == (True, False)
    assert parks.evidence == Evidence("rule", "Parks", proof=True)
    asked, look = readiness.actions
    assert (asked.cost_low, asked.cost_high, asked.cost_unit, asked.months_high, asked.year) == (1.0, 2.0, "GBP million", 24.0, 2020)
    assert asked.months_low == pytest.approx(13 * 7 / (365.25 / 12), abs=0.01)
    assert look.cost_low != look.cost_low
    assert look.year is None


def test_what_was_left_out_is_said(ready: Path) -> None:
    said = read_study(ready / S).defaults
    assert "need 'jobs': test: covers = none: no row within reach is unknown (default)" in said
    assert "need 'connection': test: each = 1 of the need's unit (default)" in said
    assert "readiness 'Grid': required = true (default)" in said


@pytest.mark.parametrize("kind", ["travel_time", "distance", "count_within"])
def test_green_by_nearness_is_refused_with_what_would_do(ready: Path, edit: Edit, faults: Faults, kind: str) -> None:
    green = {"travel_time": '"5 min"', "distance": '"1 km"', "count_within": "1"}[kind]
    amber = {"travel_time": '"9 min"', "distance": '"10 km"', "count_within": "2"}[kind]
    more = {"travel_time": 'network = "roads"\nprofile = "lorry"\n', "count_within": 'within = "9 km"\n'}.get(kind, "")
    worth = {"travel_time": '"9 min"', "distance": '"25 km"', "count_within": "25"}[kind]
    edit(S, 'measure = "distance"\nvalue = { function = "linear", best = "1 km", worst = "25 km" }',
         f'measure = "{kind}"\n{more}value = {{ function = "linear", best = {green}, worst = {worth} }}')  # fmt: skip
    edit(S, 'stands_in = { criterion = "plant", amber = { at_most = "10 km" } }\n', "")
    edit(S, 'amber = { at_most = "10 km" }\n', f"green = {{ at_most = {green} }}\namber = {{ at_most = {amber} }}\n")
    (fault,) = faults(lambda: read_study(ready / S), StudyError)
    assert fault.where.startswith(f"{S}:")
    assert fault.where.endswith("readiness.subjects[2].green")
    assert fault.what.startswith(f"'Towns' asks for green by {kind.replace('_', ' ')}, which says how near something is")
    assert fault.allowed == "amber at best"
    assert "capacity" in fault.remedy


def test_everything_that_is_wrong_is_told_at_once_with_its_key(ready: Path, edit: Edit, faults: Faults) -> None:
    edit(S, 'need = "connection"', 'need = "conection"')
    edit(S, 'rule = "Parks"', 'rule = "Park"')
    edit(S, 'subject = "flood"', 'subject = "floods"')
    edit(S, 'required_gaps = ["flood"', 'required_gaps = ["flod"')
    edit(S, 'each = "0.02 jobs"', 'each = "0.02 people"')
    edit(S, 'measure = "best_within"', 'measure = "distance"')
    edit(S, "cost_low = 1\n", "cost_low = 3\n")
    found = {fault.where.split(" ")[1]: fault for fault in faults(lambda: read_study(ready / S), StudyError)}
    assert set(found) == {
        *("facility.needs[2].test.measure", "facility.needs[3].test.each", "readiness.subjects[1].need", "readiness.subjects[3].rule"),
        *("readiness.required_gaps[1]", "readiness.actions[1]", "readiness.actions[2].subject"),
    }
    assert found["facility.needs[3].test.each"].allowed == "'jobs'"
    assert (
        found["facility.needs[2].test.measure"].allowed
        == "best_within, sum_within, access, value, coverage, class_share, kernel_density, plugin"
    )
    assert found["readiness.actions[1]"].what == "cost_low = 3 is above cost_high = 2"
    assert found["readiness.subjects[1].need"].remedy == "did you mean 'connection'?"


@pytest.mark.parametrize(
    ("old", "new", "key", "what"),
    [
        ('need = "connection"', 'need = "conection"', "subjects[1].need", "unknown need 'conection'"),
        ('rule = "Parks"\nwhy', 'rule = "Park"\nwhy', "subjects[3].rule", "unknown rule 'Park'"),
        ('criterion = "plant"\namber', 'criterion = "plants"\namber', "subjects[2].criterion", "unknown criterion 'plants'"),
        ('subject = "flood"', 'subject = "floods"', "actions[2].subject", "unknown subject or gap 'floods'"),
        ('["flood", "Energy', '["flod", "Energy', "required_gaps[1]", "unknown gap 'flod'"),
        ('name = "Towns"', 'name = "Grid"', "subjects[2].name", "subject 'Grid' is given twice"),
        ('rule = "Parks"\nwhy', 'rule = "Parks"\nneed = "jobs"\nwhy', "subjects[3]", "not by need and rule"),
        ('rule = "Parks"\nwhy', "why", "subjects[3]", "not by none of them"),
        ('rule = "Parks"\nwhy', 'rule = "Parks"\namber = { at_least = 1 }\nwhy', "subjects[3]", "amber says nothing beside rule"),
        ('{ at_least = "80 %" }', '{ at_most = "80 %" }', "subjects[1]", "amber of a need is the share of it"),
        ('{ at_least = "80 %" }', '{ at_least = "80 %", at_most = 1 }', "subjects[1].amber", "a threshold has one end"),
        ('{ at_most = "10 km" } }', '{ at_most = "10 min" } }', "subjects[1].stands_in.amber", "unknown unit 'min'"),
        ("cost_high = 2\n", "", "actions[1]", "cost_low and cost_high go together"),
        ('cost_unit = "GBP million"\n', "", "actions[1]", "a cost and its unit go together"),
        ('lead_low = "13 weeks"', 'lead_low = "13 days"', "actions[1].lead_low", "a lead time is a number of weeks"),
        ('source = "a paper"\nyear = 2020', 'source = "a paper"', "actions[1]", "a figure is given without its year"),
        ('source = "none found"', "", "actions[2].source", "'source' is missing"),
    ],
)
def test_each_fault_of_readiness_names_its_key(ready: Path, edit: Edit, faults: Faults, old: str, new: str, key: str, what: str) -> None:
    edit(S, old, new)
    found = faults(lambda: read_study(ready / S), StudyError)
    assert any(fault.where.split(" ")[1].startswith(f"readiness.{key}") and what in fault.what for fault in found), found


def test_amber_may_not_be_harder_than_green_nor_look_the_other_way(ready: Path, edit: Edit, faults: Faults) -> None:
    edit(S, 'amber = { at_most = "10 km" }\nrequired', 'green = { at_most = "20 km" }\namber = { at_most = "10 km" }\nrequired')
    assert "amber is harder to reach than green" in faults(lambda: read_study(ready / S), StudyError)[0].what
    edit(S, 'green = { at_most = "20 km" }', 'green = { at_least = "20 km" }')
    assert "look different ways" in faults(lambda: read_study(ready / S), StudyError)[0].what


def test_something_must_be_required(ready: Path, edit: Edit, faults: Faults) -> None:
    edit(S, 'required_gaps = ["flood", "Energy price"]', "required_gaps = []")
    edit(S, 'why = "power"', 'required = false\nwhy = "power"')
    edit(S, 'why = "law"', 'required = false\nwhy = "law"')
    (fault,) = faults(lambda: read_study(ready / S), StudyError)
    assert fault.what == "nothing is required, so there is no overall mark"


def test_a_required_need_must_have_a_test(ready: Path, edit: Edit, faults: Faults) -> None:
    edit(S, 'range = ["1.7 ha", "3.2 ha"]\n', 'range = ["1.7 ha", "3.2 ha"]\nrequired = true\n')
    (fault,) = faults(lambda: read_study(ready / S), StudyError)
    assert fault.where.endswith("facility.needs[1].required")
