"""What a study and a profile say of travel: measures, directions, money, routes and isochrones; read, and each fault told."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

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
COMBINED = f'layer = "plants"\nterminals = "towns"\nterminals_where = "people > 6000"\n{WAY}onward_network = "roads"\nonward_profile = "train"\n'
ON = {"network": "roads", "profile": "lorry"}
BOTH = {**ON, "terminals": "towns", "terminals_where": "people > 6000", "onward_network": "roads", "onward_profile": "train"}

READ: list[tuple[str, Measure]] = [
    (f'layer = "plants"\nmeasure = "travel_time"\ndirection = "from"\nnth = 3\n{WAY}{TIME}', TravelTime(layer="plants", direction="from", nth=3, **ON)),
    (f'layer = "plants"\nmeasure = "travel_distance"\n{WAY}{LENGTH}', TravelDistance(layer="plants", **ON)),
    (f'layer = "plants"\nmeasure = "travel_cost"\nnth = 2\n{WAY}{NUMBER}', TravelCost(layer="plants", nth=2, currency="GBP", **ON)),
    (f'measure = "combined_travel"\ntransfer_time = "30 min"\n{COMBINED}{TIME}', CombinedTravel(layer="plants", transfer_seconds=1_800.0, **BOTH)),
    (f'measure = "combined_travel"\ntransfer_time = "0 min"\n{COMBINED}{TIME}', CombinedTravel(layer="plants", **BOTH)),
    (f'measure = "combined_cost"\ntransfer_cost = 55.0\n{COMBINED}{NUMBER}', CombinedTravel(layer="plants", transfer_money=55.0, impedance="money", currency="GBP", **BOTH)),
    (f'layer = "plants"\nmeasure = "count_within"\nwithin = "45 min"\n{WAY}{NUMBER}', CountWithin(layer="plants", within=2_700.0, **ON)),
    (f'layer = "plants"\nmeasure = "count_within"\nwithin = 80\nimpedance = "money"\ndirection = "from"\n{WAY}{NUMBER}', CountWithin(layer="plants", within=80.0, impedance="money", direction="from", **ON)),
    (f'layer = "plants"\nmeasure = "sum_within"\nsize = "cars"\nunknown_size = 0\nwithin = "9 km"\nimpedance = "distance"\n{WAY}{NUMBER}', SumWithin(layer="plants", size="cars", unknown_size=0.0, within=9_000.0, impedance="distance", **ON)),
    (f'layer = "towns"\nmeasure = "access"\nsize = "people"\nimpedance = "distance"\ndecay = {{ function = "gaussian", half = "9 km" }}\n{WAY}{NUMBER}', Access(layer="towns", size="people", impedance="distance", decay=Decay("gaussian", 9_000.0), **ON)),
    (f'layer = "towns"\nmeasure = "access"\nsize = "people"\nimpedance = "money"\ndirection = "from"\ndecay = {{ function = "linear", half = 20 }}\n{WAY}{NUMBER}', Access(layer="towns", size="people", impedance="money", direction="from", decay=Decay("linear", 20.0), **ON)),
    (f'layer = "plants"\nmeasure = "floating_catchment"\nsize = "cars"\npeople_layer = "towns"\npeople = "people"\nwithin = "1 h"\nunit = "cars"\ndecay = {{ function = "linear", half = "20 min" }}\n{WAY}{NUMBER}', FloatingCatchment(layer="plants", size="cars", people_layer="towns", people="people", within=3_600.0, size_unit="cars", decay=Decay("linear", 1_200.0), **ON)),
]  # fmt: skip


@pytest.fixture
def priced(base: Path) -> Path:
    """A workspace with costs, and a train."""
    lorry = (base / P).read_text()
    (base / P).write_text(lorry + COST)
    (base / T).write_text(lorry + COST.replace("0.4", "0.1"))
    return base


@pytest.mark.parametrize(("body", "measure"), READ)
def test_each_measure_that_travels_is_read(priced: Path, body: str, measure: Measure) -> None:
    (priced / S).write_text((priced / S).read_text() + HEAD + body)
    study = read_study(priced / S)
    assert study.criteria[-1].measure == measure
    assert {way[1] for way, _ in measure.stands} <= {*study.profiles}
    assert measure.unit == {"travel_time": "s", "travel_distance": "m", "travel_cost": "GBP", "floating_catchment": "cars a head"}.get(
        measure.kind, {"time": "s", "money": "GBP"}[measure.impedance] if isinstance(measure, CombinedTravel) else ""
    )


def test_a_profile_says_speeds_limits_closures_and_costs(priced: Path, edit: Edit) -> None:
    edit(P, '[off_network]', 'speed_factor = 0.9\ntop_speed = "90 km/h"\nclosed = { hgv = ["no", "private"], class = ["path"] }\n[off_network]')  # fmt: skip
    profile = read_study(priced / S).profiles["lorry"]
    assert (profile.speed_factor, profile.top_speed) == (0.9, 25.0)
    assert profile.closed == {"hgv": frozenset({"no", "private"}), "class": frozenset({"path"})}
    assert (profile.cost_per_metre, profile.cost_per_second, profile.currency) == (0.0004, 0.01, "GBP")


def test_routes_and_isochrones_are_read_with_their_defaults(priced: Path) -> None:
    reach = f'[reach]\n{WAY}[[reach.routes]]\nname = "To the plant"\nlayer = "plants"\nwhere = "cars > 10"\n'
    (priced / S).write_text((priced / S).read_text() + reach + '[[reach.routes]]\nname = "From a town"\nlayer = "towns"\ndirection = "from"\n')
    study = read_study(priced / S)
    assert study.reach is not None
    assert study.reach.isochrones == (900.0, 1_800.0, 2_700.0, 3_600.0)
    assert study.reach.routes == (RouteWish("To the plant", "plants", "cars > 10"), RouteWish("From a town", "towns", None, "from"))
    assert [wish.slug for wish in study.reach.routes] == ["to_the_plant", "from_a_town"]
    assert "reach: isochrones = 15, 30, 45 and 60 min (default)" in study.defaults


COMBINED_COST = READ[5][0]
WRONG = [
    (f'layer = "plants"\nmeasure = "travel_time"\ndirection = "there"\n{WAY}{TIME}', "direction", "unknown direction 'there'", "to, from"),
    (f'layer = "plants"\nmeasure = "travel_time"\nnth = 0\n{WAY}{TIME}', "nth", "", "1"),
    (f'layer = "plants"\nmeasure = "travel_time"\nnth = 21\n{WAY}{TIME}', "nth", "", "20"),
    (f'layer = "plants"\nmeasure = "travel_time"\nroute = 1\n{WAY}{TIME}', "route", "unknown key 'route'", "direction"),
    (f'layer = "plants"\nmeasure = "travel_cost"\n{WAY}{LENGTH}', "value.best", "", ""),
    (f'layer = "plants"\nmeasure = "travel_cost"\nnetwork = "roads"\n{NUMBER}', "profile", "'profile' is missing", ""),
    (f'layer = "plants"\nmeasure = "count_within"\nwithin = "9 km"\ndirection = "from"\n{NUMBER}', "", "direction says nothing without a network", ""),
    (f'layer = "plants"\nmeasure = "count_within"\nwithin = "9 km"\n{WAY}{NUMBER}', "within", "unknown unit 'km' of time", "min"),
    (f'layer = "plants"\nmeasure = "count_within"\nwithin = "9 min"\nimpedance = "distance"\n{WAY}{NUMBER}', "within", "unknown unit 'min' of length", "km"),
    (f'layer = "plants"\nmeasure = "count_within"\nwithin = "9 min"\nimpedance = "money"\n{WAY}{NUMBER}', "within", "", ""),
    (f'layer = "plants"\nmeasure = "count_within"\nwithin = "9 min"\nnetwork = "roads"\n{NUMBER}', "", "a network and a profile go together", ""),
    (f'layer = "towns"\nmeasure = "access"\nsize = "people"\nimpedance = "distance"\ndecay = {{ function = "gaussian", half = "9 min" }}\n{WAY}{NUMBER}', "decay", "unknown unit 'min' of length", "km"),
    (f'layer = "towns"\nmeasure = "access"\nsize = "people"\nimpedance = "speed"\ndecay = {{ function = "gaussian", half = "9 min" }}\n{WAY}{NUMBER}', "impedance", "unknown impedance 'speed'", "time, distance, money"),
    (f'layer = "plants"\nmeasure = "floating_catchment"\nsize = "cars"\npeople_layer = "parks"\npeople = "people"\nwithin = "1 h"\n{WAY}{NUMBER}', "people_layer", "here it takes points", ""),
    (f'layer = "plants"\nmeasure = "floating_catchment"\nsize = "cars"\npeople_layer = "towns"\npeople = "people"\nwithin = "0 h"\n{WAY}{NUMBER}', "within", "", "above 0"),
    (f'measure = "combined_travel"\n{COMBINED}{TIME}', "transfer_time", "'transfer_time' is missing", ""),
    (f'measure = "combined_travel"\ntransfer_time = "-1 min"\n{COMBINED}{TIME}', "transfer_time", "out of range", "at least 0"),
    (f'measure = "combined_cost"\ntransfer_cost = 5\n{COMBINED}{TIME}', "value.best", "", ""),
    (f'measure = "combined_cost"\ntransfer_cost = 5\ntransfer_time = "1 h"\n{COMBINED}{NUMBER}', "", "transfer_time says nothing where money is measured", "transfer_cost"),
    (f'measure = "combined_travel"\ntransfer_time = "1 min"\n{COMBINED.replace("train", "trian")}{TIME}', "onward_profile", "unknown profile 'trian'", "train"),
    (f'measure = "combined_travel"\ntransfer_time = "1 min"\n{COMBINED.replace("towns", "parks", 1)}{TIME}', "terminals", "here it takes points", ""),
]  # fmt: skip


@pytest.mark.parametrize(("body", "key", "what", "allowed"), WRONG)
def test_each_fault_of_a_measure_is_told_at_its_key(priced: Path, faults: Faults, body: str, key: str, what: str, allowed: str) -> None:
    (priced / S).write_text((priced / S).read_text() + HEAD + body)
    told = faults(lambda: read_study(priced / S), StudyError)
    place = f" criteria[3].{key}" if key else " criteria[3]"
    fault = next(fault for fault in told if fault.where.endswith(place))
    assert what in fault.what
    assert allowed in f"{fault.allowed} {fault.what} {fault.remedy}"


MONEY = [
    f'layer = "plants"\nmeasure = "travel_cost"\n{WAY}{NUMBER}',
    f'layer = "plants"\nmeasure = "count_within"\nwithin = 80\nimpedance = "money"\n{WAY}{NUMBER}',
    f'layer = "towns"\nmeasure = "access"\nsize = "people"\nimpedance = "money"\ndecay = {{ function = "linear", half = 20 }}\n{WAY}{NUMBER}',
]


@pytest.mark.parametrize("body", MONEY)
def test_money_with_a_profile_that_says_nothing_of_costs(base: Path, faults: Faults, body: str) -> None:
    (base / S).write_text((base / S).read_text() + HEAD + body)
    fault = faults(lambda: read_study(base / S), StudyError)[0]
    assert fault.where.endswith(" criteria[3].profile")
    assert "profile 'lorry' says nothing of costs" in fault.what
    assert "[cost]" in fault.remedy


def test_two_currencies_do_not_add_up(priced: Path, edit: Edit, faults: Faults) -> None:
    edit(T, '"GBP"', '"EUR"')
    (priced / S).write_text((priced / S).read_text() + HEAD + COMBINED_COST)
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
        (f'[reach]\n{WAY}[[reach.routes]]\nname = "P"\nlayer = "plants"\n[[reach.routes]]\nname = "p"\nlayer = "towns"\n', "two routes are called 'p'"),
    ],
)  # fmt: skip
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


@pytest.mark.parametrize(("key", "value"), [("speed_factor", "0"), ("speed_factor", "-1"), ("top_speed", '"0 km/h"'), ("top_speed", "90"), ("speed_factor", "nan")])  # fmt: skip
def test_speeds_that_are_none(base: Path, edit: Edit, faults: Faults, key: str, value: str) -> None:
    edit(P, "[off_network]", f"{key} = {value}\n[off_network]")
    assert any(fault.where.endswith(key) for fault in faults(lambda: read_study(base / S), StudyError))
