"""``[connection]`` of a study: read right, its defaults said, and each way to write it wrong, all told at once."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import pytest

from geo_engine.errors import Fault, GeoEngineError, StudyError
from geo_engine.model import Connection, CostRow, Multiplier, PeopleDisc
from geo_engine.workspace import read_study

Edit = Callable[[str, str, str], None]
Faults = Callable[[Callable[[], object], type[GeoEngineError]], tuple[Fault, ...]]
S = "studies/a.toml"

CONNECTION = """\
[connection]
layer = "plants"
where = "code = '400'"
cell = "50 m"
within = "10 km"
best_of = 3
currency = "GBP million"
[[connection.multipliers]]
name = "Parks"
layer = "parks"
factor = 5.0
why = "underground"
source = "judgement"
[[connection.multipliers]]
name = "Roads"
layer = "roads"
buffer = "20 m"
barrier = true
why = "a wall"
[[connection.multipliers]]
name = "Towns"
layer = "towns"
where = "people > 6000"
buffer = { people = "people", density = "5000 per km2" }
factor = 0.5
why = "a test"
[[connection.costs]]
name = "Overhead line"
low = 2.2
high = 4
covers = "building"
source = "a study"
year = 2012
[sites]
"""


@pytest.fixture
def connected(base: Path, edit: Edit) -> Path:
    """The workspace with a study that has a connection."""
    edit(S, "[sites]\n", CONNECTION)
    return base


def test_a_connection_is_read_with_every_key(connected: Path) -> None:
    assert read_study(connected / S).connection == Connection(
        layer="plants",
        where="code = '400'",
        cell=50.0,
        within=10_000.0,
        best_of=3,
        currency="GBP million",
        multipliers=(
            Multiplier("Parks", "parks", 5.0, why="underground", source="judgement"),
            Multiplier("Roads", "roads", math.inf, buffer=20.0, why="a wall"),
            Multiplier("Towns", "towns", 0.5, "people > 6000", PeopleDisc("people", 5_000e-6), "a test"),
        ),
        costs=(CostRow("Overhead line", 2.2, 4.0, "building", "a study", 2012),),
    )


def test_a_study_without_a_connection_has_none(base: Path) -> None:
    study = read_study(base / S)
    assert study.connection is None
    assert not [text for text in study.defaults if "connection" in text]


def test_the_defaults_of_a_connection_are_said(base: Path, edit: Edit) -> None:
    edit(
        S,
        "[sites]\n",
        '[connection]\nlayer = "plants"\n[[connection.multipliers]]\nname = "P"\nlayer = "parks"\nfactor = 2\nwhy = "x"\n[sites]\n',
    )
    study = read_study(base / S)
    assert study.connection == Connection("plants", multipliers=(Multiplier("P", "parks", 2.0, why="x"),))
    assert {text for text in study.defaults if "connection" in text} == {
        "connection: cell = 100 m (default)",
        "connection: within = 40 km (default)",
        "connection: best_of = 5 (default)",
        "connection multiplier 'P': buffer = 0 m (default)",
    }


# old text, new text, key, what, found, allowed, remedy: parts that the fault must hold.
WRONG = [
    (
        '[connection]\nlayer = "plants"',
        '[connection]\nlayer = "plant"',
        "connection.layer",
        "unknown layer 'plant'",
        "",
        "plants, towns",
        "'plants'",
    ),
    (
        '[connection]\nlayer = "plants"',
        '[connection]\nlayer = "parks"',
        "connection.layer",
        "here it takes points",
        "'parks'",
        "plants",
        "",
    ),
    ('cell = "50 m"', "cell = 50", "connection.cell", "'50' has no unit", "50", "", "'50 m'"),
    ('within = "10 km"', 'within = "100 km"', "connection", "is 2,000 cells of 50 m", "", "1 to 1000 cells", "coarser"),
    ('within = "10 km"', 'within = "40 m"', "connection", "0.8 cells", "", "1 to 1000 cells", ""),
    ("best_of = 3", "best_of = 0", "connection.best_of", "out of range", "0", "at least 1", ""),
    ("best_of = 3", "bestof = 3", "connection.bestof", "unknown key 'bestof'", "3", "best_of", "'best_of'"),
    ('currency = "GBP million"\n', "", "connection", "no currency", "", "", "GBP million"),
    ("factor = 5.0", "factor = 0", "connection.multipliers[1].factor", "out of range", "0", "above 0", ""),
    ("factor = 5.0", "factor = inf", "connection.multipliers[1].factor", "not a finite number", "inf", "", ""),
    ("factor = 5.0", "", "connection.multipliers[1]", "factor or barrier = true", "", "barrier = true", ""),
    ("factor = 5.0", "factor = 5.0\nbarrier = true", "connection.multipliers[1]", "one of them only", "", "", ""),
    ('layer = "parks"\nfactor', 'layer = "height"\nfactor', "connection.multipliers[1].layer", "geometry 'raster'", "'height'", "", ""),
    ('why = "underground"', 'why = ""', "connection.multipliers[1].why", "is blank", "", "", ""),
    ('buffer = "20 m"', 'buffer = "-20 m"', "connection.multipliers[2].buffer", "0 or more", "'-20 m'", "", ""),
    ('buffer = "20 m"', 'buffer = { people = "p", density = "1 per km2" }', "connection.multipliers[2]", "needs points", "", "", ""),
    ('name = "Roads"', 'name = "Parks"', "connection", "two multipliers are called 'Parks'", "", "", "another name"),
    ("low = 2.2", "low = 5", "connection.costs[1]", "low = 5 is above high = 4", "", "", ""),
    ("low = 2.2", "low = -1", "connection.costs[1].low", "out of range", "-1", "at least 0", ""),
    ("year = 2012", 'year = "2012"', "connection.costs[1].year", "not a whole number", "'2012'", "", ""),
    ("year = 2012", "", "connection.costs[1].year", "'year' is missing", "", "", ""),
    ('source = "a study"', "", "connection.costs[1].source", "'source' is missing", "", "", ""),
]


@pytest.mark.parametrize("case", WRONG, ids=lambda case: case[3])
def test_each_fault_names_where_what_found_allowed_and_remedy(connected: Path, edit: Edit, faults: Faults, case: tuple[str, ...]) -> None:
    old, new, key, what, found, allowed, remedy = case
    edit(S, old, new)
    told = faults(lambda: read_study(connected / S), StudyError)
    fault = next(fault for fault in told if fault.where.endswith(f" {key}"))
    assert fault.where.startswith("studies/a.toml:")
    assert what in fault.what
    assert found in fault.found
    assert allowed in fault.allowed
    assert remedy in fault.remedy


def test_a_currency_without_costs_promises_what_is_not_there(base: Path, edit: Edit, faults: Faults) -> None:
    edit(S, "[sites]\n", '[connection]\nlayer = "plants"\ncurrency = "EUR"\n[sites]\n')
    [fault] = faults(lambda: read_study(base / S), StudyError)
    assert fault.what == "a currency is given and no costs"


def test_all_faults_of_a_connection_are_told_at_once(connected: Path, edit: Edit, faults: Faults) -> None:
    for old, new in (("best_of = 3", "best_of = 0"), ("factor = 5.0", "factor = -1"), ("low = 2.2", 'low = "two"')):
        edit(S, old, new)
    told = faults(lambda: read_study(connected / S), StudyError)
    assert [fault.where.split()[-1] for fault in told] == [
        "connection.best_of",
        "connection.multipliers[1].factor",
        "connection.costs[1].low",
    ]
