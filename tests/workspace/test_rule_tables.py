"""Rules and scenarios in a study file: what each kind becomes, and each way to write it wrong."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from geo_engine.errors import Fault, StudyError
from geo_engine.model import Constraint, Distance, KeepClasses, KeepRange, KeepShare, Linear, RasterValue, TravelTime
from geo_engine.workspace import read_study, with_scenario

S = "studies/a.toml"
Faults = Callable[..., list[Fault]]
WAY = 'network = "roads"\nprofile = "lorry"\n'


def with_rule(base: Path, body: str, more: str = "") -> Path:
    file = base / S
    text = file.read_text(encoding="utf-8")
    file.write_text(f'{text}\n[[constraints]]\nname = "New"\n{body}\n{more}', encoding="utf-8")
    return file


@pytest.mark.parametrize(
    ("body", "keep", "measure"),
    [
        ('layer = "height"\nkeep = { max = "300 m above the sea" }', KeepRange(None, 300.0), RasterValue),
        ('layer = "height"\nmeasure = "value"\nband = 1\nkeep = { min = 5, max = 300.5 }', KeepRange(5.0, 300.5), RasterValue),
        ('layer = "plants"\nmeasure = "distance"\nkeep = { min = "500 m", max = "20 km" }', KeepRange(500.0, 20_000.0), Distance),
        (f'layer = "plants"\nmeasure = "travel_time"\n{WAY}keep = {{ max = "45 min" }}', KeepRange(None, 2_700.0), TravelTime),
        ('layer = "height"\nkeep = { classes = [1, 3] }', KeepClasses((1, 3)), RasterValue),
        ('layer = "height"\nkeep = { not_classes = [2] }', KeepClasses((2,), refused=True), RasterValue),
        ('layer = "parks"\nkeep = { classes = ["A", 3], column = "kind" }', KeepClasses(("A", 3), column="kind"), None),
        ('layer = "parks"\nkeep = { share = "80 %" }', KeepShare(0.8), None),
        ('layer = "parks"\nkeep = { share = 0.5, side = "outside" }', KeepShare(0.5, "outside"), None),
        ('layer = "parks"\nkeep = "inside"\nbuffer = "1 km"', "inside", None),
    ],
)
def test_each_kind_of_rule_is_read_with_its_units(base: Path, body: str, keep: object, measure: type | None) -> None:
    rule = read_study(with_rule(base, body)).constraints[-1]
    assert rule.keep == keep
    assert not rule.force
    assert rule.only_in is None
    assert (type(rule.measure) is measure) if measure else rule.measure is None


def test_a_forced_inclusion_is_read(base: Path) -> None:
    forced = read_study(with_rule(base, 'layer = "towns"\nforce = true\nbuffer = "2 km"')).constraints[-1]
    assert (forced.force, forced.buffer) == (True, 2_000.0)


def test_a_rule_with_an_extent_is_read(base: Path) -> None:
    text = 'layer = "plants"\nkeep = "outside"\nonly_in = { layer = "parks", where = "x > 1" }'
    assert read_study(with_rule(base, text)).constraints[-1].only_in == ("parks", "x > 1")


WRONG = [
    ('layer = "height"\nkeep = { max = "8 %" }', "keep", "8 %"),
    ('layer = "height"\nkeep = { min = 3, max = 2 }', "keep", "min is above max, so that nothing is kept"),
    ('layer = "height"\nmeasure = "value"\nkeep = {}', "keep", "keep needs min, max or both"),
    ('layer = "plants"\nmeasure = "distance"\nkeep = { max = 3 }', "keep", "has no unit"),
    ('layer = "plants"\nmeasure = "distance"\nkeep = { maximum = "3 km" }', "keep", "keep has an unknown key 'maximum'"),
    ('layer = "plants"\nmeasure = "distance"\nkeep = "inside"', "keep", "keep does not fit a rule of this kind"),
    ('layer = "plants"\nmeasure = "distanse"\nkeep = { max = "3 km" }', "measure", "unknown measure 'distanse'"),
    ('layer = "plants"\nmeasure = "travel_time"\nkeep = { max = "3 min" }', "network", "'network' is missing"),
    ('layer = "plants"\nmeasure = "distance"\nweight = 3\nkeep = { max = "3 km" }', "weight", "unknown key 'weight'"),
    ('layer = "height"\nkeep = { classes = [1.5] }', "keep", "classes is not a list of whole numbers"),
    ('layer = "parks"\nkeep = { classes = [1] }', "keep", "classes of polygons need the column that holds them"),
    ('layer = "parks"\nkeep = { classes = [1], not_classes = [2], column = "k" }', "keep", "keep takes either classes or not_classes"),
    ('layer = "plants"\nkeep = { classes = [1], column = "k" }', "layer", "layer 'plants' is of geometry 'points'"),
    ('layer = "plants"\nkeep = { share = "50 %" }', "layer", "layer 'plants' is of geometry 'points'"),
    ('layer = "parks"\nkeep = { share = "0 %" }', "keep", "share is out of range"),
    ('layer = "parks"\nkeep = { share = "50 %" }\nbuffer = "1 km"', "buffer", "unknown key 'buffer'"),
    ('layer = "parks"\nkeep = "inside"\nonly_in = { layer = "plants" }', "only_in.layer", "layer 'plants' is of geometry 'points'"),
    ('layer = "parks"\nforce = true\nkeep = "inside"', "keep", "unknown key 'keep'"),
    ('layer = "plants"\nforce = true', "", "force = true needs polygons or a buffer"),
    ('layer = "parks"', "keep", "'keep' is missing"),
]


@pytest.mark.parametrize(("body", "key", "what"), WRONG, ids=[what for _, _, what in WRONG])
def test_each_wrong_rule_is_told_at_its_key(base: Path, faults: Faults, body: str, key: str, what: str) -> None:
    file = with_rule(base, body)
    told = faults(lambda: read_study(file), StudyError)
    assert any(what in f"{fault.what} {fault.found}" and f"constraints[2]{'.' if key else ''}{key}" in fault.where for fault in told), told


SCENARIO = """
[scenarios.near]
title = "Near"
why = "because"
weights = { plant = 9 }
drop_constraints = ["New"]
[scenarios.near.values.plant]
function = "linear"
best = "0 km"
worst = "9 km"
[scenarios.near.constraints.%s]
buffer = "3 km"
"""


def first_rule(base: Path) -> Constraint:
    return read_study(base / S).constraints[0]


def test_a_scenario_changes_what_it_names_and_nothing_else(base: Path) -> None:
    rule = first_rule(base)
    study = read_study(with_rule(base, 'layer = "parks"\nkeep = "outside"', SCENARIO % f'"{rule.name}"'))
    seen = with_scenario(study, "near")
    assert study.scenario == ""
    assert study.constraints[0].buffer == rule.buffer
    assert seen.scenario == "near"
    assert seen.title == f"{study.title} (scenario: Near)"
    assert [(r.name, r.buffer, r.keep, r.layer) for r in seen.constraints] == [(rule.name, 3_000.0, rule.keep, rule.layer)]
    one, *others = seen.criteria
    assert (one.slug, one.weight, one.value) == ("plant", 9.0, Linear(worst=9_000.0, best=0.0))
    assert others == list(study.criteria[1:])
    assert with_scenario(study, None) is study


def test_a_dropped_rule_whose_layer_closed_a_gap_opens_it_again(base: Path, edit: Callable[[str, str, str], None]) -> None:
    edit("layers/height.toml", "vintage = 2024", 'vintage = 2024\ncloses = ["flood"]')
    more = '[scenarios.less]\ntitle = "Less"\nwhy = "because"\ndrop_constraints = ["New"]\n'
    study = read_study(with_rule(base, 'layer = "height"\nkeep = { min = 5 }', more))
    assert "flood" not in {gap.name for gap in study.gaps}
    assert "flood" in {gap.name for gap in with_scenario(study, "less").gaps}


def test_all_faults_of_a_scenario_are_told_at_once_with_the_nearest_spelling(base: Path, faults: Faults) -> None:
    more = """
[scenarios.Bad]
title = "Bad"
why = ""
[scenarios.worse]
title = "Worse"
why = "because"
weight = 3
[scenarios.worst]
title = "Worst"
why = "because"
weights = { plamt = 3, plant = -1 }
[scenarios.wrong]
title = "Wrong"
why = "because"
weights = { plamt = 3 }
drop_constraints = ["Nwe", "New"]
[scenarios.wrong.values.plant]
function = "linear"
best = "1 min"
worst = "9 km"
[scenarios.wrong.constraints.New]
bufer = "1 km"
[scenarios.wrong.constraints.Other]
"""
    file = with_rule(base, 'layer = "parks"\nkeep = "outside"', more)
    told = {fault.where.split(" ", 1)[1]: fault for fault in faults(lambda: read_study(file), StudyError)}
    assert told["scenarios.Bad"].what == "'Bad' is not a short name"
    assert told["scenarios.Bad.why"].what == "is blank"
    assert told["scenarios.worse.weight"].remedy == "did you mean 'weights'?"
    assert told["scenarios.worst.weights.plant"].what == "'plant' is out of range"
    assert told["scenarios.wrong.weights.plamt"].remedy == "did you mean 'plant'?"
    assert told["scenarios.wrong.drop_constraints[1]"].remedy == "did you mean 'New'?"
    assert told["scenarios.wrong.values.plant.best"].found == "'1 min'"
    assert told["scenarios.wrong.values.plant.best"].remedy == "measure 'distance' takes a length such as '25 km'"
    assert told["scenarios.wrong.constraints.New"].what == "rule 'New' is both dropped and changed"
    assert told["scenarios.wrong.constraints.Other"].what == "unknown rule 'Other'"


def test_a_changed_rule_is_checked_as_a_whole_at_its_place_in_the_scenario(base: Path, faults: Faults) -> None:
    more = '[scenarios.a]\ntitle = "A"\nwhy = "b"\n[scenarios.a.constraints.New]\nbufer = "1 km"\n'
    file = with_rule(base, 'layer = "parks"\nkeep = "outside"', more)
    [fault] = faults(lambda: read_study(file), StudyError)
    assert fault.where.endswith("scenarios.a.constraints.New.bufer")
    assert (fault.what, fault.remedy) == ("unknown key 'bufer'", "did you mean 'buffer'?")


def test_a_scenario_cannot_weigh_what_the_study_weighs_by_a_method(base: Path, faults: Faults) -> None:
    more = '[weights]\nmethod = "equal"\n[scenarios.a]\ntitle = "A"\nwhy = "b"\nweights = { plant = 2 }\n'
    file = with_rule(base, 'layer = "parks"\nkeep = "outside"', more)
    [fault] = faults(lambda: read_study(file), StudyError)
    assert "finds its weights by [weights]" in fault.what
