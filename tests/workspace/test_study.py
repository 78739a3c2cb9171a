"""A whole study read right with its profile, gaps and defaults; faults of several files told at once."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import pytest

from geo_engine.errors import Fault, GeoEngineError, LayerError, StudyError
from geo_engine.model import (
    Access,
    Bounded,
    Classes,
    CountWithin,
    Decay,
    Exponential,
    Large,
    Linear,
    Logarithm,
    LogisticDecay,
    MSLarge,
    MSSmall,
    Near,
    PeopleDisc,
    Piecewise,
    Power,
    Ranges,
    RasterValue,
    Small,
    Step,
    SumWithin,
    SymmetricLinear,
    TravelTime,
)
from geo_engine.workspace import read_study

Edit = Callable[[str, str, str], None]
Faults = Callable[[Callable[[], object], type[GeoEngineError]], tuple[Fault, ...]]
S = "studies/a.toml"


def line_of(base: Path, text: str, name: str = S) -> int:
    """Line of the first occurrence of a text in a file: the twin of the locator."""
    return (base / name).read_text().split(text)[0].count("\n") + 1


def test_whole_study(base: Path) -> None:
    study = read_study(base / S)
    assert (study.name, study.title, study.area, study.region_column, study.area_title) == ("a", "A plant", "regions", "region", "A plant")
    assert (study.crs, study.cell, study.area_slug) == ("EPSG:27700", 1000.0, "a-plant")
    plant, town = study.criteria
    assert (plant.slug, plant.measure.where, plant.value, plant.unknown) == ("plant", "cars > 10", Linear(25000.0, 1000.0), None)
    assert town.measure == TravelTime(layer="towns", network="roads", profile="lorry")
    assert (town.value, town.unknown, town.slug) == (Piecewise(((600.0, 1.0), (3600.0, 0.0))), 0.25, "time_to_a_town")
    assert study.weights == (0.75, 0.25)
    assert study.facility.land == 500_000.0
    assert (study.sites.count, study.sites.spacing, study.sites.area, study.sites.reach) == (5, 10_000.0, 500_000.0, 1.5)
    assert study.demand is not None
    assert (study.demand.capacity_each, study.demand.capacity_unit, study.demand.within) == (60.0, "kWh", 3600.0)
    assert sorted(study.layers) == ["height", "parks", "plants", "regions", "roads", "towns"]
    assert study.path == base / S


def test_profile_in_si_with_its_sources(base: Path) -> None:
    lorry = read_study(base / S).profiles["lorry"]
    assert lorry.speeds == pytest.approx({"motorway": 80 / 3.6, "a_road": 10.0})
    assert lorry.off_network_speed == pytest.approx(5.0)
    assert (lorry.detour, lorry.snap_limit) == (1.3, 15000.0)
    assert (lorry.entered_at_ends, lorry.sources) == (frozenset({"motorway"}), ("judgement", "judgement too"))


def test_a_gap_is_closed_only_by_a_layer_in_use(base: Path, edit: Edit) -> None:
    assert [gap.name for gap in read_study(base / S).gaps] == ["flood"]
    edit(S, 'layer = "towns"', 'layer = "plants"')
    assert [gap.name for gap in read_study(base / S).gaps] == ["flood", "skills"]


def test_a_study_may_declare_the_gaps_of_its_own_land(base: Path, edit: Edit) -> None:
    (base / "layers" / "gaps").mkdir()
    text = '[[gaps]]\nname = "sand"\ntitle = "Sand"\nwhy = "Dunes."\n[[gaps]]\nname = "skills"\ntitle = "Skills"\nwhy = "People."\n'
    (base / "layers" / "gaps" / "desert.toml").write_text(text, encoding="utf-8")
    assert [gap.name for gap in read_study(base / S).gaps] == ["flood"]  # another list changes nothing where it is not named
    edit(S, 'cell = "1 km"', 'cell = "1 km"\ngaps = "desert"')
    study = read_study(base / S)
    assert ([gap.name for gap in study.gaps], study.gap_list) == (["sand"], "desert")  # towns close 'skills' in every list


def test_a_list_of_gaps_that_is_not_there_is_refused(base: Path, edit: Edit, faults: Faults) -> None:
    """Otherwise nothing would be declared, and what nobody tested would look tested."""
    (base / "layers" / "gaps").mkdir()
    (base / "layers" / "gaps" / "desert.toml").touch()
    edit(S, 'cell = "1 km"', 'cell = "1 km"\ngaps = "dessert"')
    (fault,) = faults(lambda: read_study(base / S), StudyError)
    assert (fault.what, fault.allowed) == ("unknown list of gaps 'dessert'", "desert")
    assert "desert" in fault.remedy


def test_every_default_is_said_and_no_given_value(base: Path) -> None:
    said = read_study(base / S).defaults
    for sentence in (
        "criteria 'Distance to a plant': unknown = refuse (default)",
        "constraints 'Parks': buffer = 0 m (default)",
        "constraints 'Parks': estimate = false (default)",
        "robustness: draws = 10000 (default)",
        "robustness: seed = 1 (default)",
        "robustness: data_draws = 200 (default)",
        "robustness: weights = dirichlet, concentration 100 (default)",
        "robustness: surface = true (default)",
        "sites: reach = 1.5 (default)",
        "sites: area = 50 ha, the facility's need of land (default)",
        "area_title = 'A plant', the study's title (default)",
        "region_column = 'region', the id of layer 'regions' (default)",
        "network 'roads': island_gap = 250 m (default)",
        "network 'roads': length = none, the drawn length (default)",
    ):
        assert sentence in said
    assert [sentence for sentence in said if "Time to a town" in sentence] == [
        "criteria 'Time to a town': direction = to: from the place to the facility (default)"
    ]


CRITERION = '[[criteria]]\nname = "More"\nweight = 1\nwhy = "x"\n'


@pytest.mark.parametrize(
    ("text", "measure"),
    [
        (
            'layer = "plants"\nmeasure = "count_within"\nwithin = "20 km"\nvalue = { function = "linear", worst = 0, best = 3 }',
            CountWithin(layer="plants", within=20_000.0),
        ),
        (
            (
                'layer = "plants"\nmeasure = "sum_within"\nwithin = "30 min"\nsize = "cars"\nunit = "cars"\nunknown_size = 0\n'
                'network = "roads"\nprofile = "lorry"\nvalue = { function = "linear", worst = 0, best = 3 }'
            ),
            SumWithin(layer="plants", within=1800.0, size="cars", size_unit="cars", unknown_size=0.0, network="roads", profile="lorry"),
        ),
        (
            (
                'layer = "plants"\nmeasure = "access"\nsize = "cars"\ndecay = { function = "gaussian", half = "45 min" }\n'
                'network = "roads"\nprofile = "lorry"\nvalue = { function = "linear", worst = 0, best = 3e5 }'
            ),
            Access(layer="plants", size="cars", decay=Decay("gaussian", 2700.0), network="roads", profile="lorry"),
        ),
        (
            'layer = "height"\nmeasure = "value"\nvalue = { function = "linear", worst = 500, best = 0 }',
            RasterValue(layer="height", value_unit="m above the sea"),
        ),
    ],
)
def test_measures(base: Path, edit: Edit, text: str, measure: object) -> None:
    edit(S, "[[constraints]]", f"{CRITERION}{text}\n[[constraints]]")
    assert read_study(base / S).criteria[2].measure == measure


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{ function = "step", at = "3 km" }', Step(3000.0, 1.0, 0.0)),
        ('{ function = "logistic_decay", minimum = "1 km", maximum = "9 km", intercept = "2 %" }', LogisticDecay(1000.0, 9000.0, 0.02)),
        ('{ function = "large", midpoint = "10 km" }', Large(10_000.0, 5.0)),
        ('{ function = "small", midpoint = "10 km", spread = 3 }', Small(10_000.0, 3.0)),
        ('{ function = "near", midpoint = "10 km", spread = 1e-7 }', Near(10_000.0, 1e-7)),
        ('{ function = "symmetric_linear", minimum = "9 km", maximum = "1 km" }', SymmetricLinear(9000.0, 1000.0)),
        ('{ function = "ms_small", mean = "5 km", sd = "2 km", mean_multiplier = 2 }', MSSmall(5000.0, 2000.0, 2.0, 1.0)),
        ('{ function = "ms_large", mean = "5 km", sd = "2 km" }', MSLarge(5000.0, 2000.0)),
        ('{ function = "ranges", ranges = [["0 km", "5 km", 1.0], ["5 km", "9 km", 0.5]] }', Ranges(((0, 5000, 1.0), (5000, 9000, 0.5)))),
        (
            '{ function = "exponential", lower = "0 km", upper = "10 km", falling = true }',
            Exponential(0.0, 10_000.0, math.log(10) / 10_000, falling=True),
        ),
        ('{ function = "exponential", lower = "0 km", upper = "1 km", base_factor = -0.01 }', Exponential(0.0, 1000.0, -0.01)),
        (
            '{ function = "logarithm", lower = "1 km", upper = "9 km" }',
            Logarithm(1000.0, 9000.0, 1000 - 8000 / math.expm1(9)),
        ),
        (
            '{ function = "power", lower = "1 km", upper = "9 km", exponent = 2, value_above = 0 }',
            Bounded(Power(1000.0, 9000.0, 2.0, 1000.0), 1000.0, 9000.0, None, 0.0),
        ),
        (
            '{ function = "linear", worst = "25 km", best = "1 km", lower = "500 m", value_below = 0 }',
            Bounded(Linear(25_000.0, 1000.0), lower=500.0, below=0.0),
        ),
        ('{ function = "classes", utilities = { "1" = 1.0, "-2" = 0.4 }, other = 0.1 }', Classes({1: 1.0, -2: 0.4}, 0.1)),
    ],
)
def test_value_functions(base: Path, edit: Edit, text: str, value: object) -> None:
    edit(S, '{ function = "linear", best = "1 km", worst = "25 km" }', text)
    assert read_study(base / S).criteria[0].value == value


def test_buffer_by_people(base: Path, edit: Edit) -> None:
    edit(S, 'keep = "outside"', 'keep = "outside"\nbuffer = { people = "people", density = "6000 per km2" }')
    buffer = read_study(base / S).constraints[0].buffer
    assert isinstance(buffer, PeopleDisc)
    assert (buffer.people, round(buffer.density, 12)) == ("people", 0.006)


def test_line_is_that_of_the_key(base: Path, edit: Edit, faults: Faults) -> None:
    edit(S, "weight = 1\n", "weight = -1\n")
    (fault,) = faults(lambda: read_study(base / S), StudyError)
    assert fault.where == f"{S}:{line_of(base, 'weight = -1')} criteria[2].weight"


def test_all_faults_at_once_in_study_and_profile(base: Path, edit: Edit, faults: Faults) -> None:
    edit(S, 'cell = "1 km"', 'cell = "0 m"')
    edit(S, "weight = 3", "weight = -3")
    edit(S, 'layer = "parks"', 'layer = "park"')
    edit(S, 'function = "piecewise"', 'function = "pieces"')
    edit("studies/profiles/lorry.toml", "detour = 1.3", "detour = 0.3")
    edit("studies/profiles/lorry.toml", '["motorway"]', '["motorwy"]')
    told = [str(fault) for fault in faults(lambda: read_study(base / S), StudyError)]
    assert len(told) == 5  # a model's own rule waits until its keys are right: the profile tells of 'motorwy' next time
    for part in (
        "a.toml:4 cell",
        "criteria[1].weight",
        "constraints[1].layer",
        "criteria[2].value.function",
        "lorry.toml:7 off_network.detour",
    ):
        assert any(part in text for text in told)


def test_profile_class_without_speed(base: Path, edit: Edit, faults: Faults) -> None:
    edit("studies/profiles/lorry.toml", '["motorway"]', '["motorwy"]')
    (fault,) = faults(lambda: read_study(base / S), StudyError)
    assert (fault.where, fault.allowed, fault.remedy) == ("studies/profiles/lorry.toml", "motorway, a_road", "did you mean 'motorway'?")
    assert "'motorwy', which has no speed" in fault.what


def test_speed_without_unit(base: Path, edit: Edit, faults: Faults) -> None:
    edit("studies/profiles/lorry.toml", '"80 km/h"', '"80"')
    (fault,) = faults(lambda: read_study(base / S), StudyError)
    assert fault.where == "studies/profiles/lorry.toml:3 speeds.motorway"
    assert "'80 km/h'" in fault.remedy


def test_all_weights_zero(base: Path, edit: Edit, faults: Faults) -> None:
    edit(S, "weight = 3", "weight = 0")
    edit(S, "weight = 1\n", "weight = 0.0\n")
    (fault,) = faults(lambda: read_study(base / S), StudyError)
    assert (fault.what, fault.allowed) == ("all weights are 0", "at least one weight above 0")


def test_no_criteria_and_criteria_that_are_no_tables(base: Path, faults: Faults) -> None:
    text = (base / S).read_text()
    head, rest = text.split("[[criteria]]", 1)
    for line, what in (
        ("", "'criteria' is missing"),
        ("criteria = []\n", "'criteria' is empty"),
        ("criteria = [3]\n", "this is not a table"),
    ):
        (base / S).write_text(f"{line}{head}[[constraints]]{rest.split('[[constraints]]')[1]}")
        assert what in [fault.what for fault in faults(lambda: read_study(base / S), StudyError)]


def test_a_fault_in_a_layer_is_a_layer_error(base: Path, edit: Edit, faults: Faults) -> None:
    edit("layers/plants.toml", 'geometry = "points"', 'geometry = "dots"')
    (fault,) = faults(lambda: read_study(base / S), LayerError)
    assert fault.where == "layers/plants.toml:3 geometry"


def test_study_that_is_missing_or_a_folder(base: Path, faults: Faults) -> None:
    (missing,) = faults(lambda: read_study(base / "studies" / "aa.toml"), StudyError)
    assert (missing.where, missing.what, missing.allowed) == ("studies/aa.toml", "there is no such file", "studies/a.toml")
    (bare,) = faults(lambda: read_study(base / "a"), StudyError)  # as typed from the workspace's folder
    assert (bare.allowed, bare.remedy) == ("studies/a.toml", "did you mean 'studies/a.toml'?")
    (folder,) = faults(lambda: read_study(base / "studies"), StudyError)
    assert "this is a folder" in folder.what


def test_study_with_a_byte_order_mark(base: Path) -> None:
    (base / S).write_bytes(b"\xef\xbb\xbf" + (base / S).read_bytes())
    assert read_study(base / S).title == "A plant"


@pytest.mark.parametrize("data", [b"\xff\xfe\x00", b"title = ", b"\x00\x01"])
def test_study_that_is_no_toml(base: Path, faults: Faults, data: bytes) -> None:
    (base / S).write_bytes(data)
    (fault,) = faults(lambda: read_study(base / S), StudyError)
    assert fault.where.startswith(S)
    assert fault.allowed == "a TOML file in UTF-8"


def test_hostile_names_are_only_names(base: Path, edit: Edit) -> None:
    edit(S, 'name = "Distance to a plant"', 'name = "<script>alert(1)</script> {what} %s ../.."')
    study = read_study(base / S)
    assert study.criteria[0].name == "<script>alert(1)</script> {what} %s ../.."


def test_hostile_values_are_shown_as_they_are(base: Path, edit: Edit, faults: Faults) -> None:
    edit(S, 'layer = "towns"', 'layer = "{allowed} {0} ../../etc"')
    (fault,) = faults(lambda: read_study(base / S), StudyError)
    assert fault.what == "unknown layer '{allowed} {0} ../../etc'"
