"""Data become a layer: what is found against what was written, names and files that are hostile, and a study that uses it."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import rasterio
import shapely

from geo_engine.errors import LayerError
from geo_engine.run import Added, add_layer, run_study
from tests.run.tiny import Tiny, study_text

ANSWERS = {"publisher": "the county", "licence": "OGL-UK-3.0", "vintage": "2024", "accuracy": "50 m"}
NAMES = ["Ay", "Be", "Ce", "De"]
PLACES = [(401_000.0, 301_000.0), (402_000.0, 304_000.0), (404_500.0, 302_000.0), (405_500.0, 304_500.0)]


def frame() -> gpd.GeoDataFrame:
    table = {"name": NAMES, "beds": [4, 9, 2, 7], "note": ["x", None, None, "y"]}
    return gpd.GeoDataFrame(table, geometry=shapely.points(PLACES), crs="EPSG:27700")


def degrees() -> gpd.GeoDataFrame:
    return frame().to_crs("EPSG:4326")


def csv(path: Path, east: str, north: str, made: gpd.GeoDataFrame, decimals: int) -> Path:
    table = pd.DataFrame(made.drop(columns="geometry"))
    table[east], table[north] = made.geometry.x.round(decimals), made.geometry.y.round(decimals)
    table.to_csv(path, index=False)
    return path


def references(path: Path) -> Path:
    table = pd.DataFrame(frame().drop(columns="geometry"))
    table["OS Grid Ref"] = ["SK 01000 01000", "SK 02000 04000", "SK 04500 02000", "SK0550004500"]
    table.to_csv(path, index=False)
    return path


def written(path: Path, driver: str) -> Path:
    made = frame().to_crs("EPSG:4326") if driver in {"GeoJSON", "KML"} else frame()
    made.to_file(path, driver=driver, engine="pyogrio")
    return path


def parquet(path: Path) -> Path:
    frame().to_parquet(path)
    return path


SOURCES: dict[str, Callable[[Path], Path]] = {
    "geopackage": lambda folder: written(folder / "homes.gpkg", "GPKG"),
    "shapefile": lambda folder: written(folder / "homes.shp", "ESRI Shapefile"),
    "flatgeobuf": lambda folder: written(folder / "homes.fgb", "FlatGeobuf"),
    "geojson": lambda folder: written(folder / "homes.geojson", "GeoJSON"),
    "geoparquet": lambda folder: parquet(folder / "homes.parquet"),
    "csv in degrees": lambda folder: csv(folder / "homes.csv", "Longitude", "Latitude", degrees(), 7),
    "csv in metres": lambda folder: csv(folder / "homes.csv", "Easting", "Northing", frame(), 1),
    "csv with grid references": lambda folder: references(folder / "homes.csv"),
    "csv with x and y": lambda folder: csv(folder / "homes.csv", "X", "Y", frame(), 1),
}


@pytest.mark.parametrize("kind", SOURCES)
def test_what_is_found_is_what_was_written(tiny: Tiny, tmp_path: Path, kind: str) -> None:
    added = add_layer(tiny.path, str(SOURCES[kind](tmp_path)), answers=ANSWERS)
    look = added.look
    assert (added.name, look.geometry, look.features, look.id) == ("homes", "points", 4, "name")
    assert (look.empty, look.invalid, look.duplicates) == (0, 0, 0)
    beds = next(column for column in look.columns if column.name == "beds")
    assert (beds.kind, beds.low, beds.high, beds.blank) == ("whole numbers", "2", "9", 0)
    assert next(column for column in look.columns if column.name == "note").blank == 2
    assert (added.within, added.study, added.questions) == (1.0, "plant", ())
    assert added.picture is not None
    assert added.picture.path.read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("kind", SOURCES)
def test_the_criterion_that_is_printed_runs_once_it_is_answered(tiny: Tiny, tmp_path: Path, kind: str) -> None:
    added = add_layer(tiny.path, str(SOURCES[kind](tmp_path)), answers=ANSWERS)
    text = added.criterion.replace('best = "?", worst = "?"', 'best = "1 min", worst = "20 min"').replace('weight = "?"', "weight = 4")
    tiny.write("studies/plant.toml", study_text() + text.replace('"?"', '"near is good"'))
    plan = tiny.plan()
    homes = plan.features["homes", None]
    # There and back PROJ is the same to a millimetre, whatever it is to the truth; a reference of ten figures is a square of a metre,
    # and its middle is taken. FlatGeobuf has its rows in an order of its own.
    there = dict(zip(homes.labels(), shapely.get_coordinates(homes.geometry), strict=True))
    np.testing.assert_allclose([there[name] for name in NAMES], PLACES, atol=0.51)
    assert homes.accuracy.tolist() == [50.0] * 4


def test_unanswered_questions_stand_in_the_file_and_a_study_asks_for_them(tiny: Tiny, tmp_path: Path) -> None:
    added = add_layer(tiny.path, str(SOURCES["geojson"](tmp_path)))
    assert added.questions == ("publisher", "licence", "vintage", "accuracy")
    tiny.edit("studies/plant.toml", '[context]\nplaces = "towns"', '[context]\nshow = ["homes"]\nplaces = "towns"')
    with pytest.raises(LayerError, match="'licence' of layer 'homes' is a question that nobody has answered"):
        run_study(tiny.study())
    text = added.path.read_text(encoding="utf-8")
    for key, answer in (("publisher", "me"), ("licence", "CC0-1.0"), ("vintage", "2024"), ("accuracy", "not stated")):
        text = text.replace(f'{key} = "?"', f'{key} = "{answer}"')
    added.path.write_text(text, encoding="utf-8")
    assert np.isnan(tiny.plan().features["homes", None].accuracy).all()


def test_data_without_a_crs_leave_it_as_a_question(tiny: Tiny, tmp_path: Path) -> None:
    frame().set_crs(None, allow_override=True).to_parquet(tmp_path / "homes.parquet")
    added = add_layer(tiny.path, str(tmp_path / "homes.parquet"), answers=ANSWERS)
    assert (added.look.crs, added.questions, added.picture) == (None, ("crs",), None)
    assert np.isnan(added.within)


def test_a_layer_that_is_there_is_not_replaced_unasked(tiny: Tiny, tmp_path: Path) -> None:
    source = str(SOURCES["geojson"](tmp_path))
    before = (tiny.path / "layers" / "towns.toml").read_bytes()
    with pytest.raises(LayerError, match="is there already"):
        add_layer(tiny.path, source, name="towns")
    assert (tiny.path / "layers" / "towns.toml").read_bytes() == before
    assert not (tiny.path / "outputs").exists()
    assert add_layer(tiny.path, source, name="towns", force=True).name == "towns"


@pytest.mark.parametrize(
    ("name", "made"),
    [
        ("../../etc/passwd", "etc_passwd"),
        ("My 'big' \"layer\"", "my_big_layer"),
        ("🏭 works 🏭", "works"),
        ("Straße; DROP TABLE", "strasse_drop_table"),
        ("con\nnewline", "con_newline"),
        ("Łódź", "łodz".encode("ascii", "ignore").decode()),
    ],
)
def test_a_hostile_name_becomes_a_plain_one_in_the_folder_of_layers(tiny: Tiny, tmp_path: Path, name: str, made: str) -> None:
    added = add_layer(tiny.path, str(SOURCES["geojson"](tmp_path)), name=name, title=name, answers=ANSWERS)
    assert added.name == made
    assert added.path == tiny.path / "layers" / f"{made}.toml"
    assert tomllib.loads(added.path.read_text(encoding="utf-8"))["title"] == name


@pytest.mark.parametrize("name", ["🏭", "../..", "", "gaps", "東京"])
def test_a_name_of_which_nothing_is_left_is_refused(tiny: Tiny, tmp_path: Path, name: str) -> None:
    source = SOURCES["geojson"](tmp_path)
    with pytest.raises(LayerError, match="--name"):
        add_layer(tiny.path, str(source.rename(tmp_path / "🏭.geojson")) if not name else str(source), name=name or None)
    assert sorted(path.stem for path in (tiny.path / "layers").glob("*.toml")) == [
        "gaps",
        "parks",
        "plants",
        "regions",
        "roads",
        "stations",
        "towns",
        "zones",
    ]


def test_columns_with_hostile_names_and_cells_leave_a_file_that_reads(tiny: Tiny, tmp_path: Path) -> None:
    made = gpd.GeoDataFrame(
        {'na"me\n': ['a"b', "c\\d", "e\u2028f", "g"], "geometry_": ["=1+1", "[[x]]", "#", "\x7f"]},
        geometry=shapely.points(PLACES),
        crs=27700,
    )
    made.to_parquet(tmp_path / "odd.parquet")
    added = add_layer(tiny.path, str(tmp_path / "odd.parquet"), answers=ANSWERS)
    assert tomllib.loads(added.path.read_text(encoding="utf-8"))["id"] == 'na"me\n'
    tiny.edit("studies/plant.toml", '[context]\nplaces = "towns"', '[context]\nshow = ["odd"]\nplaces = "towns"')
    assert tiny.plan().features["odd", None].labels() == ['a"b', "c\\d", "e\u2028f", "g"]


def test_mixed_geometry_is_told_and_the_layer_takes_what_most_are(tiny: Tiny, tmp_path: Path) -> None:
    shapes = [shapely.Point(*place) for place in PLACES[:3]] + [shapely.LineString(PLACES[:2])]
    gpd.GeoDataFrame({"name": NAMES}, geometry=shapes, crs=27700).to_file(tmp_path / "mixed.geojson", driver="GeoJSON")
    added = add_layer(tiny.path, str(tmp_path / "mixed.geojson"), answers=ANSWERS)
    assert (added.look.geometry, added.look.kinds) == ("points", {"LineString": 1, "Point": 3})
    tiny.edit("studies/plant.toml", '[context]\nplaces = "towns"', '[context]\nshow = ["mixed"]\nplaces = "towns"')
    assert len(tiny.plan().features["mixed", None]) == 3


def test_broken_blank_and_repeated_rows_are_counted_as_faults(tiny: Tiny, tmp_path: Path) -> None:
    tie = shapely.from_wkt("POLYGON ((401000 301000, 402000 302000, 402000 301000, 401000 302000, 401000 301000))")
    box = shapely.box(401000, 301000, 402000, 302000)
    gpd.GeoDataFrame({"kind": list("abcc")}, geometry=[tie, None, box, box], crs=27700).to_file(tmp_path / "plots.gpkg")
    added = add_layer(tiny.path, str(tmp_path / "plots.gpkg"), answers=ANSWERS)
    assert (added.look.invalid, added.look.empty, added.look.duplicates, added.look.geometry) == (1, 1, 1, "polygons")
    assert tomllib.loads(added.path.read_text(encoding="utf-8"))["faults"] == [
        "1 of 4 are rows without geometry.",
        "1 of 4 are broken shapes, which are repaired on reading.",
        "1 of 4 are rows that repeat another one.",
    ]
    assert added.criterion.startswith('[[constraints]]\nname = "Plots"\nlayer = "plots"\nkeep = "outside"')


def test_a_raster_is_looked_at_and_suggested_by_value(tiny: Tiny, tmp_path: Path) -> None:
    added = raster(tiny, tmp_path, np.arange(3000.0).reshape(50, 60))
    facts = added.look.raster
    assert facts is not None
    assert (facts.columns, facts.rows, facts.cell, facts.low, facts.high, facts.blank) == (60, 50, 100.0, 0.0, 2999.0, 0.0)
    assert added.within == pytest.approx(1.0)
    assert 'measure = "value"' in added.criterion
    assert "from 0 to 2999" in added.criterion
    classes = raster(tiny, tmp_path, np.tile(np.array([1, 3], np.uint8), (50, 30)), name="cover")
    assert classes.look.raster is not None
    assert classes.look.raster.values == (1, 3)  # noqa: PD011 - classes, and no frame
    assert '"1" = "?", "3" = "?"' in classes.criterion


def raster(tiny: Tiny, folder: Path, cells: Any, name: str = "height") -> Added:  # noqa: ANN401 - arrays of any kind
    path = folder / f"{name}.tif"
    with rasterio.open(
        path, "w", driver="GTiff", width=60, height=50, count=1, dtype=cells.dtype, crs="EPSG:27700",
        transform=rasterio.Affine(100, 0, 400_000, 0, -100, 305_000),
    ) as out:  # fmt: skip
        out.write(cells, 1)
    return add_layer(tiny.path, str(path), answers=ANSWERS)


def test_a_large_raster_is_looked_at_through_some_of_its_cells(tiny: Tiny, tmp_path: Path) -> None:
    path = tmp_path / "wide.tif"
    with rasterio.open(
        path, "w", driver="GTiff", width=5000, height=10, count=1, dtype="uint8", crs="EPSG:27700", compress="deflate",
        transform=rasterio.Affine(1, 0, 400_000, 0, -1, 305_000),
    ) as out:  # fmt: skip
        out.write(np.full((10, 5000), 7, np.uint8), 1)
    facts = add_layer(tiny.path, str(path), answers=ANSWERS).look.raster
    assert facts is not None
    assert (facts.columns, facts.seen, facts.low, facts.high) == (5000, 5, 7.0, 7.0)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("name,kv\nA,1\n", "no column says where the rows are"),
        ("", "the file is empty"),
        ("name,lon,lat\nA,x,52\nB,1,52\n", "not a number"),
    ],
)
def test_a_table_without_places_is_refused(tiny: Tiny, tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "a.csv").write_text(text)
    with pytest.raises(LayerError, match=told):
        add_layer(tiny.path, str(tmp_path / "a.csv"))


def test_a_source_of_several_layers_asks_which(tiny: Tiny, tmp_path: Path) -> None:
    for layer in ("one", "two"):
        frame().to_file(tmp_path / "several.gpkg", layer=layer)
    with pytest.raises(LayerError, match="one, two"):
        add_layer(tiny.path, str(tmp_path / "several.gpkg"))
    added = add_layer(tiny.path, str(tmp_path / "several.gpkg"), sublayer="two", answers=ANSWERS)
    assert (added.name, added.look.sublayers) == ("several_two", ("one", "two"))


def test_a_wrong_answer_is_told_and_nothing_is_written(tiny: Tiny, tmp_path: Path) -> None:
    with pytest.raises(LayerError, match="accuracy"):
        add_layer(tiny.path, str(SOURCES["geojson"](tmp_path)), answers=ANSWERS | {"accuracy": "quite good"})
    assert not (tiny.path / "layers" / "homes.toml").exists()


def test_a_file_in_the_workspace_is_named_from_the_folder_of_layers(tiny: Tiny) -> None:
    added = add_layer(tiny.path, str(tiny.path / "layers" / "data" / "towns.geojson"), name="again", answers=ANSWERS)
    assert tomllib.loads(added.path.read_text(encoding="utf-8"))["source"] == "data/towns.geojson"


def test_a_file_whose_name_begins_with_dots_is_called_by_the_rest(tiny: Tiny, tmp_path: Path) -> None:
    made = SOURCES["csv in metres"](tmp_path).rename(tmp_path / "..evil 'x\" 🏭 ;rm.csv")
    assert add_layer(tiny.path, str(made), answers=ANSWERS).path == tiny.path / "layers" / "evil_x_rm.toml"
