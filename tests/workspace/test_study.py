"""A whole study read right, and each way to write it wrong told with file, line, key, found, allowed and remedy."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from geo_engine.errors import Fault, GeoEngineError, LayerError, StudyError
from geo_engine.model import Access, Classes, CountWithin, Decay, Linear, LogisticDecay, PeopleDisc, Piecewise, RasterValue, Step, SumWithin, TravelTime
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
    assert (lorry.off_network_speed, lorry.detour, lorry.snap_limit) == (pytest.approx(5.0), 1.3, 15000.0)
    assert (lorry.entered_at_ends, lorry.sources) == (frozenset({"motorway"}), ("judgement", "judgement too"))


def test_a_gap_is_closed_only_by_a_layer_in_use(base: Path, edit: Edit) -> None:
    assert [gap.name for gap in read_study(base / S).gaps] == ["flood"]
    edit(S, 'layer = "towns"', 'layer = "plants"')
    assert [gap.name for gap in read_study(base / S).gaps] == ["flood", "skills"]


def test_every_default_is_said_and_no_given_value(base: Path) -> None:
    said = read_study(base / S).defaults
    for sentence in (
        "criteria 'Distance to a plant': unknown = refuse (default)",
        "constraints 'Parks': buffer = 0 m (default)",
        "constraints 'Parks': estimate = false (default)",
        "robustness: draws = 10000 (default)",
        "robustness: seed = 1 (default)",
        "sites: reach = 1.5 (default)",
        "sites: area = 50 ha, the facility's need of land (default)",
        "area_title = 'A plant', the study's title (default)",
        "region_column = 'region', the id of layer 'regions' (default)",
        "network 'roads': island_gap = 250 m (default)",
        "network 'roads': length = none, the drawn length (default)",
    ):
        assert sentence in said
    assert not any("Time to a town" in sentence for sentence in said)


CRITERION = '[[criteria]]\nname = "More"\nweight = 1\nwhy = "x"\n'


@pytest.mark.parametrize(
    ("text", "measure"),
    [
        (
            'layer = "plants"\nmeasure = "count_within"\nwithin = "20 km"\nvalue = { function = "linear", worst = 0, best = 3 }',
            CountWithin(layer="plants", within=20_000.0),
        ),
        (
            'layer = "plants"\nmeasure = "sum_within"\nwithin = "30 min"\nsize = "cars"\nunit = "cars"\nunknown_size = 0\n'
            'network = "roads"\nprofile = "lorry"\nvalue = { function = "linear", worst = 0, best = 3 }',
            SumWithin(layer="plants", within=1800.0, size="cars", size_unit="cars", unknown_size=0.0, network="roads", profile="lorry"),
        ),
        (
            'layer = "plants"\nmeasure = "access"\nsize = "cars"\ndecay = { function = "gaussian", half = "45 min" }\n'
            'network = "roads"\nprofile = "lorry"\nvalue = { function = "linear", worst = 0, best = 3e5 }',
            Access(layer="plants", size="cars", decay=Decay("gaussian", 2700.0), network="roads", profile="lorry"),
        ),
        ('layer = "height"\nmeasure = "value"\nvalue = { function = "linear", worst = 500, best = 0 }', RasterValue(layer="height", value_unit="m above the sea")),
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
        ('{ function = "classes", utilities = { "1" = 1.0, "-2" = 0.4 }, other = 0.1 }', Classes({1: 1.0, -2: 0.4}, 0.1)),
    ],
)
def test_value_functions(base: Path, edit: Edit, text: str, value: object) -> None:
    edit(S, '{ function = "linear", best = "1 km", worst = "25 km" }', text)
    assert read_study(base / S).criteria[0].value == value


def test_buffer_by_people(base: Path, edit: Edit) -> None:
    edit(S, 'keep = "outside"', 'keep = "outside"\nbuffer = { people = "people", density = "6000 per km2" }')
    assert read_study(base / S).constraints[0].buffer == PeopleDisc("people", pytest.approx(0.006))


# old text, new text, key, what, found, allowed, remedy: parts that the fault must hold.
WRONG = [
    ('title = "A plant"', 'titel = "A plant"', "titel", "unknown key 'titel'", "'A plant'", "title, summary, area", "'title'"),
    ('title = "A plant"', 'titel = "A plant"', "title", "'title' is missing", "", "", ""),
    ('area = "regions"', 'area = "region"', "area", "unknown layer 'region'", "'region'", "parks, regions", "'regions'"),
    ('area = "regions"', 'area = "plants"', "area", "geometry 'points', here it takes polygons", "'plants'", "parks, regions", ""),
    ('crs = "EPSG:27700"', 'crs = "EPSG:4326"', "crs", "geographic", "'EPSG:4326'", "a projected CRS in metres", "EPSG:27700 for Great Britain"),
    ('crs = "EPSG:27700"', 'crs = "EPSG:2263"', "crs", "US survey foot", "'EPSG:2263'", "in metres", "EPSG:3035"),
    ('crs = "EPSG:27700"', 'crs = "EPSG:99999"', "crs", "unknown CRS 'EPSG:99999'", "'EPSG:99999'", "EPSG code", "'EPSG:27700'"),
    ('cell = "1 km"', "cell = 250", "cell", "'250' has no unit", "250", "", "write it as '250 m'"),
    ('cell = "1 km"', 'cell = "-1 km"', "cell", "out of range", "'-1 km'", "above 0", ""),
    ('cell = "1 km"', 'cell = "1 furlong"', "cell", "unknown unit 'furlong'", "'1 furlong'", "m, km", ""),
    ("capacity = 20", "capacity = nan", "facility.capacity", "not a finite number", "nan", "a number", ""),
    ("capacity = 20", 'capacity = "20"', "facility.capacity", "not a number", "'20'", "a number", ""),
    ('each = "2.5 ha"', 'each = "2.5 km"', "facility.needs[1]", "unknown unit 'km' of area", "", "ha", ""),
    ('["1.7 ha", "3.2 ha"]', '["3.2 ha", "1.7 ha"]', "facility.needs[1]", "the lower one first", "", "", ""),
    ('network = "roads"', 'network = "road"', "demand.network", "unknown layer 'road'", "'road'", "roads", "'roads'"),
    ('network = "roads"', 'network = "parks"', "demand.network", "here it takes network", "'parks'", "roads", ""),
    ('profile = "lorry"', 'profile = "lory"', "demand.profile", "unknown profile 'lory'", "'lory'", "lorry", "'lorry'"),
    ('within = "60 min"', 'within = "60 km"', "demand.within", "unknown unit 'km' of time", "'60 km'", "min", ""),
    ('measure = "distance"', 'measure = "distnce"', "criteria[1].measure", "unknown measure 'distnce'", "", "distance, travel_time", "'distance'"),
    ('measure = "distance"', "", "criteria[1].measure", "'measure' is missing", "", "distance, travel_time", ""),
    ('measure = "distance"', 'measure = ["distance"]', "criteria[1].measure", "unknown measure ['distance']", "", "distance, travel_time", ""),
    ('measure = "distance"', 'measure = "distance"\nnetwork = "roads"', "criteria[1].network", "unknown key 'network'", "'roads'", "weight", ""),
    ('measure = "distance"', 'measure = "inside"', "criteria[1].layer", "here it takes polygons", "'plants'", "parks, regions", ""),
    ('measure = "distance"', 'measure = "value"', "criteria[1].layer", "here it takes raster", "'plants'", "height", ""),
    ('function = "linear"', 'function = "liner"', "criteria[1].value.function", "unknown function 'liner'", "", "linear, piecewise", "'linear'"),
    ('best = "1 km"', 'best = "1 min"', "criteria[1].value.best", "unknown unit 'min' of length", "'1 min'", "km", "'distance' takes a length"),
    ('best = "1 km"', "best = 1", "criteria[1].value.best", "'1' has no unit", "1", "", "'distance' takes a length"),
    ('best = "1 km"', 'best = "25 km"', "criteria[1].value", "worst and best are the same", "", "two different", ""),
    ('best = "1 km", ', "", "criteria[1].value.best", "'best' is missing", "", "", ""),
    ('["10 min", 1.0], ["1 h", 0.0]', '["1 h", 1.0], ["10 min", 0.0]', "criteria[2].value.points", "do not rise", "", "above the one before", ""),
    ('["10 min", 1.0], ["1 h", 0.0]', '["10 min", 1.0], ["1 h", -0.1]', "criteria[2].value.points", "outside 0 to 1", "-0.1", "0 is worst", ""),
    ('["10 min", 1.0], ["1 h", 0.0]', '["10 min", 1.0]', "criteria[2].value.points", "two or more pairs", "", "25 km", ""),
    ('["10 min", 1.0], ["1 h", 0.0]', '["10 min", 1.0], ["1 h", 1.0]', "criteria[2].value.points", "same utility", "", "", ""),
    ("weight = 3", "weight = -3", "criteria[1].weight", "out of range", "-3", "at least 0", ""),
    ("weight = 3", "weight = nan", "criteria[1].weight", "not a finite number", "nan", "", ""),
    ("weight = 3", "weight = inf", "criteria[1].weight", "not a finite number", "inf", "", ""),
    ("weight = 3", "weight = true", "criteria[1].weight", "not a number", "true", "", ""),
    ('why = "near is good"', "", "criteria[1].why", "'why' is missing", "", "", ""),
    ('why = "near is good"', 'why = " "', "criteria[1].why", "is blank", "' '", "", ""),
    ("unknown = 0.25", "unknown = 2", "criteria[2].unknown", "neither 'refuse' nor a utility", "2", "from 0 to 1", ""),
    ("unknown = 0.25", "unknown = nan", "criteria[2].unknown", "neither 'refuse' nor a utility", "nan", "from 0 to 1", ""),
    ('key = "plant"', 'key = "Plant Key"', "criteria[1].key", "not a short name", "'Plant Key'", "small letters", ""),
    ('key = "plant"', 'key = "time_to_a_town"', "criteria[2].name", "short name 'time_to_a_town' is that of criteria[1]", "Time to a town", "", "key"),
    ('name = "Time to a town"', 'name = "Distance to a plant"', "criteria[2].name", "is the name of criteria[1] too", "", "", "another name"),
    ('keep = "outside"', 'keep = "out"', "constraints[1].keep", "unknown keep 'out'", "", "inside, outside", "'outside'"),
    ('keep = "outside"', 'keep = "outside"\nbuffer = "-5 m"', "constraints[1].buffer", "0 or more", "'-5 m'", "", ""),
    ('layer = "parks"\nkeep = "outside"', 'layer = "plants"\nkeep = "inside"', "constraints[1]", "needs polygons", "", "", "outside"),
    ("count = 5", "count = 0", "sites.count", "out of range", "0", "at least 1", ""),
    ("count = 5", "count = 2.5", "sites.count", "not a whole number", "2.5", "", ""),
    ('name = "land"', 'name = "ground"', "sites", "how much land", "", "", "facility.needs"),
    ("[sites]", "[context]\nplaces = \"roads\"\n[sites]", "context.places", "here it takes points", "'roads'", "plants, towns", ""),
    ("[sites]", "[robustness]\ndraws = 0\n[sites]", "robustness.draws", "out of range", "0", "at least 1", ""),
    ("[sites]", "[[constraints]]\nname = \"parks!\"\nlayer = \"parks\"\nkeep = \"outside\"\n[sites]", "constraints[2].name", "short name 'parks'", "'parks!'", "", ""),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "key", "what", "found", "allowed", "remedy"), WRONG)
def test_each_fault_names_where_what_found_allowed_and_remedy(
    base: Path, edit: Edit, faults: Faults, old: str, new: str, key: str, what: str, found: str, allowed: str, remedy: str
) -> None:
    edit(S, old, new)
    told = faults(lambda: read_study(base / S), StudyError)
    fault = next(fault for fault in told if fault.where.endswith(f" {key}"))
    assert fault.where.startswith("studies/a.toml:") or key == "title"
    assert what in fault.what
    assert found in fault.found or found in fault.what
    assert allowed in fault.allowed
    assert remedy in fault.remedy


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
    for part in ("a.toml:4 cell", "criteria[1].weight", "constraints[1].layer", "criteria[2].value.function", "lorry.toml:7 off_network.detour"):
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
    for line, what in (("", "'criteria' is missing"), ("criteria = []\n", "'criteria' is empty"), ("criteria = [3]\n", "this is not a table")):
        (base / S).write_text(f"{line}{head}[[constraints]]{rest.split('[[constraints]]')[1]}")
        assert what in [fault.what for fault in faults(lambda: read_study(base / S), StudyError)]


def test_a_fault_in_a_layer_is_a_layer_error(base: Path, edit: Edit, faults: Faults) -> None:
    edit("layers/plants.toml", 'geometry = "points"', 'geometry = "dots"')
    (fault,) = faults(lambda: read_study(base / S), LayerError)
    assert fault.where == "layers/plants.toml:3 geometry"


def test_study_that_is_missing_or_a_folder(base: Path, faults: Faults) -> None:
    (missing,) = faults(lambda: read_study(base / "studies" / "aa.toml"), StudyError)
    assert (missing.where, missing.what, missing.allowed) == ("studies/aa.toml", "there is no such file", "a")
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
