"""Gaps that close where a study uses a layer, in the part that it covers; estimates that step aside; data that are not here."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from geo_engine.errors import LayerError, StudyError
from geo_engine.run import SilentReporter, make_plan
from geo_engine.workspace import read_study, with_scenario

Edit = Callable[[str, str, str], None]
S = "studies/a.toml"
ESTIMATE = (
    '[[constraints]]\nname = "Towns (estimated)"\nlayer = "towns"\nkeep = "outside"\n'
    'buffer = "1 km"\nestimate = true\nstands_for = "flood"\n'
)
PARKS = '[[constraints]]\nname = "Parks"\nlayer = "parks"\nkeep = "outside"\n'


def titles(base: Path) -> list[str]:
    return [gap.title for gap in read_study(base / S).gaps]


def rules(base: Path, scenario: str | None = None) -> list[str]:
    return [rule.name for rule in with_scenario(read_study(base / S), scenario).constraints]


@pytest.fixture
def parks_close(edit: Edit) -> None:
    edit("layers/parks.toml", "vintage = 2024", 'vintage = 2024\ncloses = ["flood"]')


@pytest.mark.usefixtures("parks_close")
def test_a_layer_that_a_rule_uses_closes_its_gap(base: Path) -> None:
    assert titles(base) == []


@pytest.mark.usefixtures("parks_close")
def test_a_layer_that_is_there_and_unused_closes_nothing(base: Path, edit: Edit) -> None:
    edit(S, PARKS, "")
    assert titles(base) == ["Flood zones"]


@pytest.mark.usefixtures("parks_close")
def test_a_layer_of_a_part_closes_the_gap_there_only(base: Path, edit: Edit) -> None:
    edit("layers/parks.toml", "vintage = 2024", 'vintage = 2024\ncovers = "England"')
    assert titles(base) == ["Flood zones outside England"]
    edit(S, 'cell = "1 km"', 'cell = "1 km"\nlies_in = ["Wales"]')
    assert titles(base) == ["Flood zones outside England"]
    edit(S, '["Wales"]', '["England"]')
    assert titles(base) == []


@pytest.mark.usefixtures("parks_close")
def test_what_was_not_assessed_goes_with_the_gap_of_that_title(base: Path, edit: Edit) -> None:
    edit(S, 'name = "Energy price"', 'name = "flood zones"')
    assert [item.name for item in read_study(base / S).not_assessed] == []
    edit(S, PARKS, "")
    assert [item.name for item in read_study(base / S).not_assessed] == ["flood zones"]


def test_an_estimate_holds_while_its_gap_is_open(base: Path, edit: Edit) -> None:
    edit(S, PARKS, PARKS + ESTIMATE)
    assert rules(base) == ["Parks", "Towns (estimated)"]
    assert read_study(base / S).aside == {}


@pytest.mark.usefixtures("parks_close")
def test_an_estimate_steps_aside_for_the_rule_that_closes_its_gap(base: Path, edit: Edit) -> None:
    edit(S, PARKS, PARKS + ESTIMATE)
    study = read_study(base / S)
    assert rules(base) == ["Parks"]
    assert study.aside == {"Towns (estimated)": ("Parks",)}


@pytest.mark.usefixtures("parks_close")
def test_an_estimate_stays_where_the_layer_covers_a_part_only(base: Path, edit: Edit) -> None:
    edit("layers/parks.toml", "vintage = 2024", 'vintage = 2024\ncovers = "England"')
    edit(S, PARKS, PARKS + ESTIMATE)
    assert rules(base) == ["Parks", "Towns (estimated)"]


@pytest.mark.usefixtures("parks_close")
def test_a_criterion_on_the_layer_is_no_rule_and_the_estimate_stays(base: Path, edit: Edit) -> None:
    edit(S, PARKS, ESTIMATE)
    edit(S, 'layer = "plants"\nwhere = "cars > 10"\nmeasure', 'layer = "parks"\nmeasure')
    assert rules(base) == ["Towns (estimated)"]


@pytest.mark.usefixtures("parks_close")
def test_a_scenario_without_the_rule_has_the_estimate_and_the_gap_again(base: Path, edit: Edit) -> None:
    edit(S, PARKS, PARKS + ESTIMATE)
    edit(S, "[sites]", '[scenarios.less]\ntitle = "Less"\nwhy = "why not"\ndrop_constraints = ["Parks"]\n[sites]')
    assert rules(base, "less") == ["Towns (estimated)"]
    seen = with_scenario(read_study(base / S), "less")
    assert ([gap.name for gap in seen.gaps], seen.aside) == (["flood"], {})


@pytest.mark.usefixtures("parks_close")
def test_what_named_the_estimate_names_what_stands_in_its_place(base: Path, edit: Edit) -> None:
    edit(S, PARKS, PARKS + ESTIMATE)
    edit(S, "[sites]", '[backtest]\ncomparable = { outside_rules = ["Towns (estimated)"] }\n[sites]')
    land = read_study(base / S).backtest
    assert land is not None
    assert land.comparable is not None
    assert land.comparable.outside_rules == ("Parks",)


@pytest.mark.usefixtures("parks_close")
def test_a_multiplier_steps_aside_likewise(base: Path, edit: Edit) -> None:
    town = '[[connection.multipliers]]\nname = "Towns"\nlayer = "towns"\nbuffer = "1 km"\nfactor = 5.0\nwhy = "x"\nstands_for = "flood"\n'
    park = '[[connection.multipliers]]\nname = "Parks"\nlayer = "parks"\nfactor = 2.0\nwhy = "x"\n'
    edit(S, "[sites]", f'[connection]\nlayer = "plants"\n{town}[sites]')
    found = read_study(base / S).connection
    assert found is not None
    assert [each.name for each in found.multipliers] == ["Towns"]
    edit(S, town, town + park)
    study = read_study(base / S)
    assert study.connection is not None
    assert [each.name for each in study.connection.multipliers] == ["Parks"]
    assert study.aside == {"Towns (connection)": ("Parks",)}


def test_an_estimate_of_an_unknown_gap_is_refused(base: Path, edit: Edit) -> None:
    edit(S, PARKS, PARKS + ESTIMATE.replace('"flood"', '"flod"'))
    with pytest.raises(StudyError, match=r"unknown gap 'flod'.*Did you mean 'flood'"):
        read_study(base / S)


# ------------------------------------------------------------------------------------------- layers that cannot be read yet


def test_a_study_is_refused_while_its_layers_ask_something(base: Path, edit: Edit) -> None:
    edit("layers/parks.toml", 'licence = "CC0-1.0"', 'licence = "?"')
    edit("layers/plants.toml", "vintage = 2024", 'vintage = "?"')
    with pytest.raises(LayerError) as caught:
        make_plan(read_study(base / S), None, SilentReporter(), workers=1)
    assert [fault.where for fault in caught.value.faults] == ["layers/parks.toml:5 licence", "layers/plants.toml:8 vintage"]


def test_a_question_in_a_layer_that_no_study_uses_harms_nobody(base: Path, edit: Edit) -> None:
    edit("layers/height.toml", 'licence = "CC0-1.0"', 'licence = "?"')
    edit("layers/plants.toml", "vintage = 2024", 'vintage = 2024\nwhere = "cars > 10"')
    assert make_plan(read_study(base / S), None, SilentReporter(), workers=1).grid.rows > 0


def test_data_that_a_recipe_gets_are_named_all_at_once_with_the_recipe(base: Path, edit: Edit) -> None:
    for name in ("sssi", "green_belt"):
        text = (base / "layers/parks.toml").read_text().replace("data/parks.geojson", f"data/external/{name}.geojson")
        (base / "layers" / f"{name}.toml").write_text(text)
        edit(S, PARKS, f'{PARKS}[[constraints]]\nname = "{name}"\nlayer = "{name}"\nkeep = "outside"\n')
    with pytest.raises(LayerError) as caught:
        make_plan(read_study(base / S), None, SilentReporter(), workers=1)
    assert [fault.remedy for fault in caught.value.faults] == [
        "how to get them: geo-engine layers recipes green_belt",
        "how to get them: geo-engine layers recipes sssi",
    ]
