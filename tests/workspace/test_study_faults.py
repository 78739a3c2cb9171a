"""Each way to write a study wrong, told with file, line, key, what was found, what is allowed and the remedy."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from geo_engine.errors import Fault, GeoEngineError, StudyError
from geo_engine.workspace import read_study

Edit = Callable[[str, str, str], None]
Faults = Callable[[Callable[[], object], type[GeoEngineError]], tuple[Fault, ...]]
S = "studies/a.toml"

# old text, new text, key, what, found, allowed, remedy: parts that the fault must hold.
WRONG = [
    ('title = "A plant"', 'titel = "A plant"', "titel", "unknown key 'titel'", "'A plant'", "title, summary, area", "'title'"),
    ('title = "A plant"', 'titel = "A plant"', "title", "'title' is missing", "", "", ""),
    ('area = "regions"', 'area = "region"', "area", "unknown layer 'region'", "'region'", "parks, regions", "'regions'"),
    ('area = "regions"', 'area = "plants"', "area", "geometry 'points', here it takes polygons", "'plants'", "parks, regions", ""),
    (
        'crs = "EPSG:27700"',
        'crs = "EPSG:4326"',
        "crs",
        "geographic",
        "'EPSG:4326'",
        "a projected CRS in metres",
        "EPSG:27700 for Great Britain",
    ),
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
    (
        'measure = "distance"',
        'measure = "distnce"',
        "criteria[1].measure",
        "unknown measure 'distnce'",
        "",
        "distance, travel_time",
        "'distance'",
    ),
    ('measure = "distance"', "", "criteria[1].measure", "'measure' is missing", "", "distance, travel_time", ""),
    (
        'measure = "distance"',
        'measure = ["distance"]',
        "criteria[1].measure",
        "unknown measure ['distance']",
        "",
        "distance, travel_time",
        "",
    ),
    (
        'measure = "distance"',
        'measure = "distance"\nnetwork = "roads"',
        "criteria[1].network",
        "unknown key 'network'",
        "'roads'",
        "weight",
        "",
    ),
    ('measure = "distance"', 'measure = "inside"', "criteria[1].layer", "here it takes polygons", "'plants'", "parks, regions", ""),
    ('measure = "distance"', 'measure = "value"', "criteria[1].layer", "here it takes raster", "'plants'", "height", ""),
    (
        'function = "linear"',
        'function = "liner"',
        "criteria[1].value.function",
        "unknown function 'liner'",
        "",
        "linear, piecewise",
        "'linear'",
    ),
    (
        'best = "1 km"',
        'best = "1 min"',
        "criteria[1].value.best",
        "unknown unit 'min' of length",
        "'1 min'",
        "km",
        "'distance' takes a length",
    ),
    ('best = "1 km"', "best = 1", "criteria[1].value.best", "'1' has no unit", "1", "", "'distance' takes a length"),
    ('best = "1 km"', 'best = "25 km"', "criteria[1].value", "worst and best are the same", "", "two different", ""),
    (
        'function = "linear", best = "1 km", worst = "25 km"',
        'function = "ms_small"',
        "criteria[1].value",
        "needs the mean and the population standard deviation",
        "",
        'sd = "7 km"',
        "gdalinfo -stats",
    ),
    (
        'function = "linear", best = "1 km", worst = "25 km"',
        'function = "large", midpoint = "0 km"',
        "criteria[1].value.midpoint",
        "out of range",
        "'0 km'",
        "above 0",
        "",
    ),
    (
        'function = "linear", best = "1 km", worst = "25 km"',
        'function = "exponential", upper = "9 km"',
        "criteria[1].value.lower",
        "'lower' is missing",
        "",
        "",
        "",
    ),
    (
        'function = "linear", best = "1 km", worst = "25 km"',
        'function = "exponential", lower = "9 km", upper = "1 km"',
        "criteria[1].value",
        "lower is not below upper",
        "",
        "lower < upper",
        "",
    ),
    (
        'function = "linear", best = "1 km", worst = "25 km"',
        'function = "exponential", lower = "1 km", upper = "9 km", base_factor = 0',
        "criteria[1].value",
        "no curve",
        "",
        "",
        "",
    ),
    (
        'function = "linear", best = "1 km", worst = "25 km"',
        'function = "logarithm", lower = "1 km", upper = "9 km", shift = "1 km"',
        "criteria[1].value",
        "has no logarithm",
        "",
        "shift < lower",
        "",
    ),
    (
        'function = "linear", best = "1 km", worst = "25 km"',
        'function = "power", lower = "1 km", upper = "9 km", exponent = 2, shift = "2 km"',
        "criteria[1].value",
        "has no power",
        "",
        "",
        "",
    ),
    (
        'function = "linear", best = "1 km", worst = "25 km"',
        'function = "linear", best = "1 km", worst = "25 km", value_below = 0',
        "criteria[1].value",
        "there is no lower",
        "",
        "",
        "give lower",
    ),
    (
        'function = "linear", best = "1 km", worst = "25 km"',
        'function = "symmetric_linear", minimum = "1 km", maximum = "1 km"',
        "criteria[1].value",
        "tells nothing apart",
        "",
        "",
        "",
    ),
    (
        'function = "linear", best = "1 km", worst = "25 km"',
        'function = "ranges", ranges = [["1 km", "5 km", 1.0], ["4 km", "9 km", 0.4]]',
        "criteria[1].value.ranges",
        "overlap",
        "",
        "each range from the end",
        "",
    ),
    (
        'function = "linear", best = "1 km", worst = "25 km"',
        'function = "ranges", ranges = [["5 km", "1 km", 1.0]]',
        "criteria[1].value.ranges",
        "not below its high end",
        "",
        "low < high",
        "",
    ),
    (
        'function = "linear", best = "1 km", worst = "25 km"',
        'function = "ranges", ranges = [["1 km", 1.0]]',
        "criteria[1].value.ranges",
        "rows of a low end",
        "",
        "5 km",
        "",
    ),
    (
        'function = "linear", best = "1 km", worst = "25 km"',
        'function = "step", at = "1 km", lower = "1 km"',
        "criteria[1].value.lower",
        "unknown key 'lower'",
        "",
        "below",
        "",
    ),
    ('best = "1 km", ', "", "criteria[1].value.best", "'best' is missing", "", "", ""),
    (
        '["10 min", 1.0], ["1 h", 0.0]',
        '["1 h", 1.0], ["10 min", 0.0]',
        "criteria[2].value.points",
        "do not rise",
        "",
        "above the one before",
        "",
    ),
    (
        '["10 min", 1.0], ["1 h", 0.0]',
        '["10 min", 1.0], ["1 h", -0.1]',
        "criteria[2].value.points",
        "outside 0 to 1",
        "-0.1",
        "0 is worst",
        "",
    ),
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
    (
        'key = "plant"',
        'key = "time_to_a_town"',
        "criteria[2].name",
        "short name 'time_to_a_town' is that of criteria[1]",
        "Time to a town",
        "",
        "key",
    ),
    (
        'name = "Time to a town"',
        'name = "Distance to a plant"',
        "criteria[2].name",
        "is the name of criteria[1] too",
        "",
        "",
        "another name",
    ),
    ('name = "Parks"', 'name = "land"', "constraints[1].name", "results use for something else", "'land'", "", "a longer name"),
    ('keep = "outside"', 'keep = "out"', "constraints[1].keep", "unknown keep 'out'", "", "inside, outside", "'outside'"),
    ('keep = "outside"', 'keep = "outside"\nbuffer = "-5 m"', "constraints[1].buffer", "0 or more", "'-5 m'", "", ""),
    ('layer = "parks"\nkeep = "outside"', 'layer = "plants"\nkeep = "inside"', "constraints[1]", "needs polygons", "", "", "outside"),
    ("count = 5", "count = 0", "sites.count", "out of range", "0", "at least 1", ""),
    ("count = 5", "count = 2.5", "sites.count", "not a whole number", "2.5", "", ""),
    ('name = "land"', 'name = "ground"', "sites", "how much land", "", "", "facility.needs"),
    ("[sites]", '[context]\nplaces = "roads"\n[sites]', "context.places", "here it takes points", "'roads'", "plants, towns", ""),
    ("[sites]", "[robustness]\ndraws = 0\n[sites]", "robustness.draws", "out of range", "0", "at least 1", ""),
    (
        "[sites]",
        '[[constraints]]\nname = "parks!"\nlayer = "parks"\nkeep = "outside"\n[sites]',
        "constraints[2].name",
        "short name 'parks'",
        "'parks!'",
        "",
        "",
    ),
]


@pytest.mark.parametrize("case", WRONG, ids=lambda case: case[3])
def test_each_fault_names_where_what_found_allowed_and_remedy(base: Path, edit: Edit, faults: Faults, case: tuple[str, ...]) -> None:
    old, new, key, what, found, allowed, remedy = case
    edit(S, old, new)
    told = faults(lambda: read_study(base / S), StudyError)
    fault = next(fault for fault in told if fault.where.endswith(f" {key}"))
    assert fault.where.startswith("studies/a.toml:") or key == "title"
    assert what in fault.what
    assert found in fault.found or found in fault.what
    assert allowed in fault.allowed
    assert remedy in fault.remedy


JUNK: list[object] = [None, "x", -1, float("nan"), True, [], [[1]], {}, {"a": {"b": []}}, 10**30]


def paths_of(value: object, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """List the way to every value of a document."""
    entries: list[tuple[str | int, object]] = (
        [*value.items()] if isinstance(value, dict) else [*enumerate(value)] if isinstance(value, list) else []
    )
    return [path, *(found for key, inner in entries for found in paths_of(inner, (*path, key)))]


@pytest.mark.parametrize("name", [S, "studies/profiles/lorry.toml", "layers/plants.toml", "layers/roads.toml", "layers/gaps.toml"])
def test_junk_anywhere_is_told_or_taken_and_never_crashes(base: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    real = tomllib.loads
    whole = (base / name).read_text()
    told: list[Fault] = []
    for path in paths_of(real(whole))[1:]:
        for junk in JUNK:
            document = real(whole)
            holder: Any = document
            for key in path[:-1]:
                holder = holder[key]
            if junk is None:
                del holder[path[-1]]
            else:
                holder[path[-1]] = junk
            monkeypatch.setattr(tomllib, "loads", lambda text, document=document: document if text == whole else real(text))
            try:
                read_study(base / S)
            except GeoEngineError as error:
                told.extend(error.faults)
    assert len(told) > 50
    assert all(fault.where and fault.what for fault in told)
