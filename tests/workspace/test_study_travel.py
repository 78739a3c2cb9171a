"""What a study and a profile say of travel: measures, directions, money, routes and isochrones; read, and each fault told."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from geo_engine.errors import Fault, GeoEngineError, StudyError
from geo_engine.model import (
    Access,
    CombinedTravel,
    CountWithin,
    Decay,
    FloatingCatchment,
    Measure,
    RouteWish,
    SumWithin,
    TravelCost,
    TravelDistance,
    TravelTime,
)
from geo_engine.workspace import read_study

Edit = Callable[[str, str, str], None]
Faults = Callable[[Callable[[], object], type[GeoEngineError]], tuple[Fault, ...]]
S, P, T = "studies/a.toml", "studies/profiles/lorry.toml", "studies/profiles/train.toml"
HEAD, WAY = '[[criteria]]\nname = "New"\nweight = 1\nwhy = "a test"\n', 'network = "roads"\nprofile = "lorry"\n'
LENGTH = 'value = { function = "linear", best = "1 km", worst = "25 km" }\n'
TIME = 'value = { function = "linear", best = "1 min", worst = "25 min" }\n'
NUMBER = 'value = { function = "linear", best = 1, worst = 25 }\n'
COST = '[cost]\nper_km = 0.4\nper_hour = 36.0\ncurrency = "GBP"\nsource = "judgement"\n'
ON: dict[str, Any] = {"network": "roads", "profile": "lorry"}
BOTH: dict[str, Any] = {
    **ON,
    "terminals": "towns",
    "terminals_where": "people > 6000",
    "onward_network": "roads",
    "onward_profile": "train",
}


def body(measure: str, keys: str, value: str, *, layer: str = "plants", way: str = WAY) -> str:
    """Write a criterion: its own keys between semicolons."""
    return "\n".join([f'layer = "{layer}"', f'measure = "{measure}"', *keys.split("; "), way + value])


def combined(kind: str, keys: str, value: str, *, terminals: str = "towns", onward: str = "train") -> str:
    onto = f"terminals = '{terminals}'; terminals_where = 'people > 6000'; onward_network = 'roads'; onward_profile = '{onward}'"
    return body(kind, f"{onto}; {keys}" if keys else onto, value)


PEOPLE = "people_layer = 'towns'; people = 'people'"
READ: list[tuple[str, Measure]] = [
    (body("travel_time", "direction = 'from'; nth = 3", TIME), TravelTime(layer="plants", direction="from", nth=3, **ON)),
    (body("travel_distance", "", LENGTH), TravelDistance(layer="plants", **ON)),
    (body("travel_cost", "nth = 2", NUMBER), TravelCost(layer="plants", nth=2, currency="GBP", **ON)),
    (combined("combined_travel", "transfer_time = '30 min'", TIME), CombinedTravel(layer="plants", transfer_seconds=1_800.0, **BOTH)),
    (combined("combined_travel", "transfer_time = '0 min'", TIME), CombinedTravel(layer="plants", **BOTH)),
    (
        combined("combined_cost", "transfer_cost = 55.0", NUMBER),
        CombinedTravel(layer="plants", transfer_money=55.0, impedance="money", currency="GBP", **BOTH),
    ),
    (body("count_within", "within = '45 min'", NUMBER), CountWithin(layer="plants", within=2_700.0, **ON)),
    (
        body("count_within", "within = 80; impedance = 'money'; direction = 'from'", NUMBER),
        CountWithin(layer="plants", within=80.0, impedance="money", direction="from", **ON),
    ),
    (
        body("sum_within", "size = 'cars'; unknown_size = 0; within = '9 km'; impedance = 'distance'", NUMBER),
        SumWithin(layer="plants", size="cars", unknown_size=0.0, within=9_000.0, impedance="distance", **ON),
    ),
    (
        body("access", "size = 'people'; impedance = 'distance'; decay = { function = 'gaussian', half = '9 km' }", NUMBER, layer="towns"),
        Access(layer="towns", size="people", impedance="distance", decay=Decay("gaussian", 9_000.0), **ON),
    ),
    (
        body("access", "size = 'a'; impedance = 'money'; direction = 'from'; decay = { function = 'linear', half = 20 }", NUMBER),
        Access(layer="plants", size="a", impedance="money", direction="from", decay=Decay("linear", 20.0), **ON),
    ),
    (
        body(
            "floating_catchment",
            f"size = 'a'; {PEOPLE}; within = '1 h'; unit = 'a'; decay = {{ function = 'linear', half = '9 s' }}",
            NUMBER,
        ),
        FloatingCatchment(
            layer="plants", size="a", people_layer="towns", people="people", within=3_600.0, size_unit="a", decay=Decay("linear", 9.0), **ON
        ),
    ),
]


@pytest.fixture
def priced(base: Path) -> Path:
    """A workspace with costs, and a train."""
    lorry = (base / P).read_text()
    (base / P).write_text(lorry + COST)
    (base / T).write_text(lorry + COST.replace("0.4", "0.1"))
    return base


@pytest.mark.parametrize(("text", "measure"), READ)
def test_each_measure_that_travels_is_read(priced: Path, text: str, measure: Measure) -> None:
    (priced / S).write_text((priced / S).read_text() + HEAD + text)
    study = read_study(priced / S)
    assert study.criteria[-1].measure == measure
    assert {way[1] for way, _ in measure.stands} <= {*study.profiles}
    assert measure.unit == {"travel_time": "s", "travel_distance": "m", "travel_cost": "GBP", "floating_catchment": "a a head"}.get(
        measure.kind, {"time": "s", "money": "GBP"}[measure.impedance] if isinstance(measure, CombinedTravel) else ""
    )


def test_a_profile_says_speeds_limits_closures_and_costs(priced: Path, edit: Edit) -> None:
    edit(
        P,
        "[off_network]",
        'speed_factor = 0.9\ntop_speed = "90 km/h"\nclosed = { hgv = ["no", "private"], class = ["path"] }\n[off_network]',
    )
    profile = read_study(priced / S).profiles["lorry"]
    assert (profile.speed_factor, profile.top_speed) == (0.9, 25.0)
    assert profile.closed == {"hgv": frozenset({"no", "private"}), "class": frozenset({"path"})}
    assert (profile.cost_per_metre, profile.cost_per_second, profile.currency) == (0.0004, 0.01, "GBP")


def test_routes_and_isochrones_are_read_with_their_defaults(priced: Path) -> None:
    reach = f'[reach]\n{WAY}[[reach.routes]]\nname = "To the plant"\nlayer = "plants"\nwhere = "cars > 10"\n'
    (priced / S).write_text(
        (priced / S).read_text() + reach + '[[reach.routes]]\nname = "From a town"\nlayer = "towns"\ndirection = "from"\n'
    )
    study = read_study(priced / S)
    assert study.reach is not None
    assert study.reach.isochrones == (900.0, 1_800.0, 2_700.0, 3_600.0)
    assert study.reach.routes == (RouteWish("To the plant", "plants", "cars > 10"), RouteWish("From a town", "towns", None, "from"))
    assert [wish.slug for wish in study.reach.routes] == ["to_the_plant", "from_a_town"]
    assert "reach: isochrones = 15, 30, 45 and 60 min (default)" in study.defaults


WRONG = [
    (body("travel_time", "direction = 'there'", TIME), "direction", "unknown direction 'there'", "to, from"),
    (body("travel_time", "nth = 0", TIME), "nth", "out of range", "1"),
    (body("travel_time", "nth = 21", TIME), "nth", "out of range", "20"),
    (body("travel_time", "route = 1", TIME), "route", "unknown key 'route'", "direction"),
    (body("travel_cost", "", LENGTH), "value.best", "", "a bare number"),
    (body("travel_cost", "network = 'roads'", NUMBER, way=""), "profile", "'profile' is missing", ""),
    (body("count_within", "within = '9 km'; direction = 'from'", NUMBER, way=""), "", "direction says nothing without a network", ""),
    (body("count_within", "within = '9 km'", NUMBER), "within", "unknown unit 'km' of time", "min"),
    (body("count_within", "within = '9 min'; impedance = 'distance'", NUMBER), "within", "unknown unit 'min' of length", "km"),
    (body("count_within", "within = '9 min'; impedance = 'money'", NUMBER), "within", "", "number"),
    (body("count_within", "within = '9 min'; network = 'roads'", NUMBER, way=""), "", "a network and a profile go together", ""),
    (
        body("access", "size = 'a'; impedance = 'distance'; decay = { function = 'gaussian', half = '9 min' }", NUMBER),
        "decay",
        "unknown unit 'min' of length",
        "km",
    ),
    (
        body("access", "size = 'a'; impedance = 'speed'; decay = { function = 'gaussian', half = '9 min' }", NUMBER),
        "impedance",
        "unknown impedance 'speed'",
        "time, distance, money",
    ),
    (
        body("floating_catchment", "size = 'a'; people_layer = 'parks'; people = 'b'; within = '1 h'", NUMBER),
        "people_layer",
        "here it takes points",
        "",
    ),
    (body("floating_catchment", f"size = 'a'; {PEOPLE}; within = '0 h'", NUMBER), "within", "", "above 0"),
    (combined("combined_travel", "", TIME), "transfer_time", "'transfer_time' is missing", ""),
    (combined("combined_travel", "transfer_time = '-1 min'", TIME), "transfer_time", "out of range", "at least 0"),
    (combined("combined_cost", "transfer_cost = 5", TIME), "value.best", "", "a bare number"),
    (combined("combined_cost", "transfer_cost = 5; transfer_time = '1 h'", NUMBER), "", "transfer_time says nothing", "transfer_cost"),
    (combined("combined_travel", "transfer_time = '1 s'", TIME, onward="trian"), "onward_profile", "unknown profile 'trian'", "train"),
    (combined("combined_travel", "transfer_time = '1 s'", TIME, terminals="parks"), "terminals", "here it takes points", ""),
]


@pytest.mark.parametrize(("text", "key", "what", "allowed"), WRONG)
def test_each_fault_of_a_measure_is_told_at_its_key(priced: Path, faults: Faults, text: str, key: str, what: str, allowed: str) -> None:
    (priced / S).write_text((priced / S).read_text() + HEAD + text)
    told = faults(lambda: read_study(priced / S), StudyError)
    place = f" criteria[3].{key}" if key else " criteria[3]"
    fault = next(fault for fault in told if fault.where.endswith(place))
    assert what in fault.what
    assert allowed in f"{fault.allowed} {fault.what} {fault.remedy}"


MONEY = [
    body("travel_cost", "", NUMBER),
    body("count_within", "within = 80; impedance = 'money'", NUMBER),
    body("access", "size = 'a'; impedance = 'money'; decay = { function = 'linear', half = 20 }", NUMBER),
]


@pytest.mark.parametrize("text", MONEY)
def test_money_with_a_profile_that_says_nothing_of_costs(base: Path, faults: Faults, text: str) -> None:
    (base / S).write_text((base / S).read_text() + HEAD + text)
    fault = faults(lambda: read_study(base / S), StudyError)[0]
    assert fault.where.endswith(" criteria[3].profile")
    assert "profile 'lorry' says nothing of costs" in fault.what
    assert "[cost]" in fault.remedy


def test_two_currencies_do_not_add_up(priced: Path, edit: Edit, faults: Faults) -> None:
    edit(T, '"GBP"', '"EUR"')
    (priced / S).write_text((priced / S).read_text() + HEAD + combined("combined_cost", "transfer_cost = 5", NUMBER))
    fault = faults(lambda: read_study(priced / S), StudyError)[0]
    assert fault.where.endswith(" criteria[3].onward_profile")
    assert (fault.what, fault.found) == ("the profiles count in two currencies", "EUR, GBP")


@pytest.mark.parametrize(
    ("reach", "what"),
    [
        (f'[reach]\n{WAY}isochrones = ["30 min", "15 min"]\n', "isochrones do not rise"),
        (f'[reach]\n{WAY}isochrones = ["30 min", "30 min"]\n', "isochrones do not rise"),
        (f'[reach]\n{WAY}isochrones = ["0 min"]\n', "out of range"),
        (f'[reach]\n{WAY}isochrones = ["30 km"]\n', "unknown unit 'km' of time"),
        (f'[reach]\n{WAY}isocrones = ["30 min"]\n', "unknown key 'isocrones'"),
        ('[reach]\nnetwork = "roads"\n', "'profile' is missing"),
        (f'[reach]\n{WAY}[[reach.routes]]\nname = "P"\nlayer = "parks"\n', "here it takes points"),
        (
            f"[reach]\n{WAY}" + "".join(f"[[reach.routes]]\nname = '{name}'\nlayer = 'plants'\n" for name in "Pp"),
            "two routes are called 'p'",
        ),
    ],
)
def test_faults_of_reach(base: Path, faults: Faults, reach: str, what: str) -> None:
    (base / S).write_text((base / S).read_text() + reach)
    assert any(what in fault.what for fault in faults(lambda: read_study(base / S), StudyError))


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("[cost]\nper_km = 0\nper_hour = 0\ncurrency = 'GBP'\nsource = 'j'\n", "every journey is free"),
        ("[cost]\nper_km = -1\nper_hour = 0\ncurrency = 'GBP'\nsource = 'j'\n", ""),
        ("[cost]\nper_km = 1\nper_hour = 0\nsource = 'j'\n", "'currency' is missing"),
        ("[cost]\nper_km = 1\nper_hour = 0\ncurrency = ''\nsource = 'j'\n", "blank"),
        ("[cost]\nper_mile = 1\n", "unknown key 'per_mile'"),
        ("[closed]\nhgv = 'no'\n", ""),
    ],
)
def test_faults_of_a_profile(base: Path, faults: Faults, text: str, what: str) -> None:
    (base / P).write_text((base / P).read_text() + text)
    told = faults(lambda: read_study(base / S), StudyError)
    assert all("profiles/lorry.toml" in fault.where for fault in told)
    assert any(what in fault.what for fault in told)


@pytest.mark.parametrize(
    ("key", "value"),
    [("speed_factor", "0"), ("speed_factor", "-1"), ("top_speed", '"0 km/h"'), ("top_speed", "90"), ("speed_factor", "nan")],
)
def test_speeds_that_are_none(base: Path, edit: Edit, faults: Faults, key: str, value: str) -> None:
    edit(P, "[off_network]", f"{key} = {value}\n[off_network]")
    assert any(fault.where.endswith(key) for fault in faults(lambda: read_study(base / S), StudyError))
