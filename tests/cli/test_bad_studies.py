"""Every bad study or layer is one clear error with the right exit code, and nothing is left behind."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pyogrio
import pytest
import shapely

from tests.cli.conftest import Call
from tests.run import tiny as ws
from tests.run.tiny import Tiny

Spoil = Callable[[Tiny], object]
PLANT = "studies/plant.toml"


def change(old: str, new: str, name: str = PLANT) -> Spoil:
    return lambda tiny: tiny.edit(name, old, new)


def study(**parts: Any) -> Spoil:  # noqa: ANN401 - what a study is written from
    return lambda tiny: tiny.write(PLANT, ws.study_text(**parts))


STUDIES: dict[str, tuple[Spoil, tuple[str, ...]]] = {
    "unknown layer": (
        change('layer = "stations"', 'layer = "station"'),
        ("plant.toml:", "unknown layer 'station'", "did you mean 'stations'"),
    ),
    "unknown measure": (change('measure = "distance"', 'measure = "distnace"'), ("plant.toml:", "distnace", "did you mean 'distance'")),
    "unknown function": (change('"linear"', '"liner"'), ("plant.toml:", "liner", "did you mean 'linear'")),
    "unknown unit": (change('"6 km"', '"6 furlong"'), ("plant.toml:", "furlong", "km, mi")),
    "missing unit": (change('"6 km"', '"6"'), ("plant.toml:", "no unit")),
    "wrong unit": (change('"6 km"', '"6 min"'), ("plant.toml:", "min", "length")),
    "unknown crs": (change('"EPSG:27700"', '"EPSG:2770000"'), ("plant.toml:", "EPSG:2770000", "EPSG:27700")),
    "geographic crs": (change('"EPSG:27700"', '"EPSG:4326"'), ("plant.toml:", "degree", "projected CRS in metres")),
    "crs in feet": (change('"EPSG:27700"', '"EPSG:2263"'), ("plant.toml:", "foot", "projected CRS in metres")),
    "unknown profile": (change('profile = "lorry"', 'profile = "lory"'), ("plant.toml:", "lory", "did you mean 'lorry'")),
    "unknown key": (change("weight = 3", "weigth = 3\nweight = 3"), ("plant.toml:", "weigth", "did you mean 'weight'")),
    "negative weight": (change("weight = 3", "weight = -3"), ("plant.toml:", "weight", "-3")),
    "weight nan": (change("weight = 3", "weight = nan"), ("plant.toml:", "weight", "nan")),
    "weight inf": (change("weight = 3", "weight = inf"), ("plant.toml:", "weight", "inf")),
    "weight text": (change("weight = 3", 'weight = "3"'), ("plant.toml:", "weight", "number")),
    "weight true": (change("weight = 3", "weight = true"), ("plant.toml:", "weight", "number")),
    "weights zero": (
        study(
            criteria=[
                part.replace("weight = 1", "weight = 0").replace("weight = 2", "weight = 0").replace("weight = 3", "weight = 0")
                for part in ws.CRITERIA
            ]
        ),
        ("plant.toml:", "all weights are 0"),
    ),
    "no criterion": (study(criteria=[]), ("plant.toml", "criteria")),
    "cell zero": (change('cell = "100 m"', 'cell = "0 m"'), ("plant.toml:", "cell")),
    "cell negative": (change('cell = "100 m"', 'cell = "-100 m"'), ("plant.toml:", "cell")),
    "cell nan": (change('cell = "100 m"', "cell = nan"), ("plant.toml:", "cell")),
    "count zero": (change("count = 5", "count = 0"), ("plant.toml:", "count")),
    "spacing negative": (change('spacing = "1 km"', 'spacing = "-1 km"'), ("plant.toml:", "spacing")),
    "not toml": (change("title =", "title"), ("plant.toml:1", "not TOML")),
    "cut off": (lambda t: t.write(PLANT, t.study_file.read_text()[:200]), ("plant.toml", "not TOML")),
    "empty": (lambda t: t.write(PLANT, ""), ("plant.toml", "'title' is missing")),
    "not utf-8": (lambda t: t.study_file.write_bytes(b"title = '\xff'"), ("plant.toml:1", "UTF-8")),
    "binary": (lambda t: t.study_file.write_bytes(bytes(range(256))), ("plant.toml",)),
    "best is worst": (change('best = "0 m", worst = "6 km"', 'best = "6 km", worst = "6 km"'), ("plant.toml:", "best")),
    "points fall": (change('["4 min", 0.5]', '["0.5 min", 0.5]'), ("plant.toml:", "do not rise")),
    "unknown out of range": (change('unknown = "refuse"', "unknown = 1.5"), ("plant.toml:", "unknown")),
    "same key": (change('key = "zone"', 'key = "grid"'), ("plant.toml:", "grid", "criteria[1]")),
    "keep": (change('keep = "outside"', 'keep = "out"'), ("plant.toml:", "inside, outside")),
    "no facility": (change("[facility]", "[facilities]"), ("plant.toml", "facilit")),
    "rules beyond the bits": (
        study(rules=[ws.PARK_RULE.replace('"Parks"', f'"Rule {number}"') for number in range(31)]),
        ("plant.toml", "constraints"),
    ),
}


@pytest.mark.parametrize("name", STUDIES)
@pytest.mark.parametrize("verb", ["check", "run"])
def test_a_bad_study_is_refused(tiny: Tiny, call: Call, name: str, verb: str) -> None:
    spoil, texts = STUDIES[name]
    spoil(tiny)
    result = call(verb, tiny.study_file)
    assert result.exit_code == 2, result.output
    faults = result.stderr.strip().splitlines()
    assert all(line.startswith("StudyError: ") for line in faults), result.stderr
    assert len(faults) == 1 or name in {"empty", "no facility"}, result.stderr
    for text in texts:
        assert text.lower() in result.stderr.lower()
    assert result.stdout == ""
    assert not tiny.outputs.exists()


def test_all_faults_are_told_at_once(tiny: Tiny, refused: Call) -> None:
    tiny.edit(PLANT, "weight = 3", "weight = -3")
    tiny.edit(PLANT, '"6 km"', '"6 furlong"')
    tiny.edit(PLANT, 'layer = "towns"', 'layer = "twons"')
    refused(2, ("weight", "furlong", "twons"), "run", tiny.study_file, errors=3)


def test_a_missing_study_lists_its_neighbours(tiny: Tiny, refused: Call) -> None:
    refused(2, ("plnt.toml", "no such file", "did you mean 'studies/plant.toml'"), "run", tiny.path / "studies" / "plnt.toml")


def test_a_study_that_is_a_folder(tiny: Tiny, refused: Call) -> None:
    refused(2, ("folder", "studies/NAME.toml"), "run", tiny.path / "studies")


def test_a_study_without_a_workspace(tiny: Tiny, refused: Call) -> None:
    lonely = tiny.path.parent / "lonely.toml"
    lonely.write_text(tiny.study_file.read_text())
    refused(2, ("not in a workspace", "geo-engine new"), "run", lonely)


@pytest.mark.parametrize("region", ["wst", "", "!!", "North East", "<script>"])
def test_an_unknown_region_lists_those_there_are(tiny: Tiny, refused: Call, region: str) -> None:
    result = refused(2, (f"unknown region '{region}'", "both, west, east"), "run", tiny.study_file, "--region", region)
    assert ("did you mean 'west'" in result.stderr.lower()) == (region == "wst")
    assert not tiny.outputs.exists()


# ---------------------------------------------------------------------------------------------- data

BOW_TIE = {"type": "Polygon", "coordinates": [[[400000, 300000], [406000, 305000], [406000, 300000], [400000, 305000], [400000, 300000]]]}


def plants(*sizes: object) -> Spoil:
    return lambda tiny: tiny.features(
        "plants", [({"name": f"P{n}", "cars": s, "works": "yes"}, ws.point(401000 + n, 302500)) for n, s in enumerate(sizes)]
    )


def source(name: str, text: str) -> Spoil:
    return lambda tiny: tiny.write(f"layers/data/{name}.geojson", text)


DATA: dict[str, tuple[int, Spoil, tuple[str, ...]]] = {
    "unknown column in where": (3, change("kv >= 275", "max_kv >= 275"), ("stations", "column 'max_kv' is missing", "found: name, kv")),
    "unknown size": (3, change('size = "cars"\nunit', 'size = "car"\nunit'), ("column 'car'", "did you mean 'cars'")),
    "broken where": (3, change("kv >= 275", "kv >= "), ("where", "kv >=")),
    "nothing left by where": (3, change("kv >= 275", "kv >= 9999"), ("stations", "kv >= 9999")),
    "blank size": (3, plants(1000, None, 250), ("plants", "column 'cars' is blank in 1 rows", "P1", "unknown_size")),
    "text for size": (3, plants(1000, "many"), ("plants", "cars", "P1: many")),
    "empty layer": (3, lambda t: t.features("towns", []), ("towns", "no features")),
    "empty area": (3, lambda t: t.features("regions", []), ("regions", "no features")),
    "missing data": (3, lambda t: (t.path / "layers/data/towns.geojson").unlink(), ("towns.toml", "towns.geojson")),
    "empty file": (3, source("towns", ""), ("towns.toml", "towns.geojson")),
    "truncated": (
        3,
        lambda t: t.write("layers/data/towns.geojson", (t.path / "layers/data/towns.geojson").read_text()[:200]),
        ("towns.geojson",),
    ),
    "points for polygons": (3, lambda t: t.features("parks", ws.TOWNS), ("parks", "point", "polygons")),
    "lines for points": (
        3,
        lambda t: t.features("towns", [({"name": "A", "people": 1}, ws.line((401000, 302500), (402000, 302500)))]),
        ("towns", "linestring", "points"),
    ),
    "no geometry at all": (3, lambda t: t.features("towns", [({"name": "A", "people": 1}, None)]), ("towns",)),
    "coordinates in degrees": (
        3,
        lambda t: t.features("towns", [({"name": "A", "people": 1}, ws.point(1e30, 1e30))], None),
        ("towns", "no places"),
    ),
    "unknown layer geometry": (
        3,
        change('geometry = "points"', 'geometry = "pionts"', "layers/towns.toml"),
        ("towns.toml:", "did you mean 'points'"),
    ),
    "unknown layer crs": (3, change('id = "name"', 'id = "name"\ncrs = "EPSG:1"', "layers/towns.toml"), ("towns.toml:", "EPSG:1")),
    "unknown layer key": (3, change('id = "name"', 'ide = "name"', "layers/towns.toml"), ("towns.toml:", "ide")),
    "missing id column": (3, change('id = "name"', 'id = "title"', "layers/towns.toml"), ("towns", "title")),
    "class without a speed": (2, change("a_road =", "b_road =", "studies/profiles/lorry.toml"), ("lorry.toml", "a_road")),
    "facility off the network": (
        3,
        change('limit = "15 km"', 'limit = "0.5 km"', "studies/profiles/lorry.toml"),
        ("towns: Ayton", "farther than 0.5 km"),
    ),
    "region column": (3, change('area = "regions"', 'area = "regions"\nregion_column = "county"'), ("county",)),
    "polygons that travel": (
        2,
        change('layer = "plants"\nmeasure = "travel_time"', 'layer = "zones"\nmeasure = "travel_time"'),
        ("zones", "points"),
    ),
    "distance to a network layer inside": (
        2,
        change('layer = "zones"\nmeasure = "inside"', 'layer = "towns"\nmeasure = "inside"'),
        ("towns", "polygons"),
    ),
}


@pytest.mark.parametrize("name", DATA)
def test_bad_data_are_refused(tiny: Tiny, refused: Call, name: str) -> None:
    code, spoil, texts = DATA[name]
    spoil(tiny)
    arguments = ("--region", "west") if name == "region column" else ()
    refused(code, texts, "run", tiny.study_file, *arguments)
    assert not tiny.outputs.exists()


def test_an_area_without_land_is_refused(tiny: Tiny, refused: Call) -> None:
    tiny.features("regions", [({"region": "West"}, ws.box(400060, 300060, 400090, 300090))])
    refused(4, ("Both", "no land", "100 m cells", "smaller cell"), "run", tiny.study_file)
    assert not tiny.outputs.exists()


@pytest.mark.parametrize("verb", ["check", "run"])
@pytest.mark.parametrize("cell", ["0.01 m", "1 ft"])
def test_a_cell_too_small_for_the_memory_is_refused(
    tiny: Tiny, refused: Call, verb: str, cell: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("geo_engine.run.planning.forecast.available_memory", lambda: 1e9)
    monkeypatch.setattr("geo_engine.run.planning.forecast.available_disk", lambda _: 1e18)
    refused(4, ("cell = ", "of memory", "1.0 GB free", "2 m and coarser"), verb, tiny.study_file, "--cell", cell)
    assert not tiny.outputs.exists()


@pytest.mark.parametrize("verb", ["check", "run"])
def test_a_cell_too_small_for_the_disk_is_refused(tiny: Tiny, refused: Call, verb: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("geo_engine.run.planning.forecast.available_disk", lambda _: 6e7)
    refused(4, ("cell = 0.5 m", "GB of disk", "0.1 GB free", "1 m and coarser", "make room"), verb, tiny.study_file, "--cell", "0.5 m")
    assert not tiny.outputs.exists()


@pytest.mark.parametrize("verb", ["check", "run"])
@pytest.mark.parametrize("cell", ["1e-6 m", "1e-150 m", "1e-200 m", "1e-307 m", "5e-324 m", "1e9 m", "1e300 m"])
def test_a_cell_that_no_grid_can_have_is_refused(tiny: Tiny, refused: Call, verb: str, cell: str) -> None:
    refused(2, ("cell", "1 mm to 10,000 km"), verb, tiny.study_file, "--cell", cell)
    assert not tiny.outputs.exists()


@pytest.mark.parametrize("cell", ["100", "100 furlong", "-100 m", "0 m", "nan m", "inf m", "1e999 m", "", "m", "100 m2"])
def test_a_cell_that_is_no_length_is_a_wrong_use(tiny: Tiny, call: Call, cell: str) -> None:
    result = call("run", tiny.study_file, "--cell", cell)
    assert result.exit_code == 2
    assert "--cell" in result.stderr
    assert not tiny.outputs.exists()


@pytest.mark.parametrize("cell", ["20 km"])
def test_a_cell_larger_than_the_area_is_an_error_or_a_single_cell(tiny: Tiny, call: Call, cell: str) -> None:
    result = call("run", tiny.study_file, "--cell", cell)
    assert result.exit_code in {0, 4}
    assert result.exit_code == 0 or "no land" in result.stderr


def test_a_bow_tie_for_an_area_is_repaired_and_told(tiny: Tiny, call: Call) -> None:
    tiny.features("regions", [({"region": "West"}, BOW_TIE)])
    result = call("run", tiny.study_file)
    assert result.exit_code == 0
    assert "regions: 1 shapes repaired" in result.stderr
    assert "15 km² of land" in result.stdout  # two triangles, half of 6 km by 5 km


@pytest.mark.parametrize(
    "ring",
    [
        [[400000, 300000], [406000, 300000], [400000, 300000]],
        [[400000, 300000], [400000, 300000], [400000, 300000], [400000, 300000]],
        [[400000, 300000], [406000, 300000], [403000, 300000], [400000, 300000]],
    ],
    ids=["two corners", "a point", "a line"],
)
def test_an_area_of_no_extent_is_refused(tiny: Tiny, call: Call, ring: list[list[float]]) -> None:
    tiny.features("regions", [({"region": "West"}, {"type": "Polygon", "coordinates": [ring]})])
    result = call("run", tiny.study_file)
    assert result.exit_code == 3, result.output
    assert "regions" in result.stderr
    assert not tiny.outputs.exists()


def test_an_area_layer_without_a_crs_is_refused(tiny: Tiny, refused: Call) -> None:
    data = tiny.path / "layers" / "data"
    outline = shapely.to_wkb(np.array([shapely.box(400000, 300000, 403000, 305000)]))
    with pytest.warns(UserWarning, match="crs"):
        pyogrio.raw.write(data / "bare.shp", outline, [np.array(["West"])], ["region"], geometry_type="Polygon")
    tiny.edit("layers/regions.toml", "regions.geojson", "bare.shp")
    refused(3, ("regions", "CRS", "crs ="), "run", tiny.study_file)


def test_one_broken_layer_that_no_study_uses_is_told_with_its_file(tiny: Tiny, refused: Call) -> None:
    tiny.write("layers/spare.toml", "title = 5")
    result = tiny.path / "outputs"
    refused(3, ("spare.toml",), "layers", "show", "towns", "--workspace", tiny.path, errors=6)
    assert not result.exists()


def test_a_failed_run_leaves_the_outputs_of_the_last_good_one(finished: tuple[Tiny, object], tmp_path: Any, refused: Call) -> None:  # noqa: ANN401
    tiny = finished[0].copy(tmp_path / "again")
    folder = tiny.outputs / "plant" / "both"
    before = {file.name: file.read_bytes() for file in folder.iterdir()}
    plants(1000, None)(tiny)
    refused(3, ("blank",), "run", tiny.study_file)
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == before
    assert json.loads((folder / "run.json").read_text())
