from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import pytest
import rasterio
import shapely
import xarray as xr
from affine import Affine

from geo_engine.errors import LayerError, StudyError
from geo_engine.notebook import Layer, Study
from tests.run.tiny import Tiny, study_text

ANSWERED: dict[str, Any] = {"publisher": "me", "licence": "CC0-1.0", "vintage": 2026, "accuracy": "50 m"}


def yards(crs: str | None = "EPSG:27700") -> gpd.GeoDataFrame:
    points = [shapely.Point(401000, 301000), shapely.Point(404000, 304000)]
    frame = gpd.GeoDataFrame({"name": ["North", "South"], "size": [1.5, 2.5]}, geometry=points, crs="EPSG:27700")
    return frame.set_crs(None, allow_override=True) if crs is None else frame.to_crs(crs)


def test_a_layer_is_read_by_name_or_file_in_the_crs_of_its_study(shared: Tiny) -> None:
    by_name, by_file = Layer.read("stations", shared.path), Layer.read(shared.path / "layers" / "stations.toml")
    assert by_name.noun == by_file.noun == shared.study().layers["stations"]
    assert by_name.frame.crs.to_string() == "EPSG:27700"
    assert by_name.frame.geometry.iloc[0] == shapely.Point(401050, 304050)
    assert by_name.frame["accuracy_m"].tolist() == [100.0] * 4
    degrees = Layer.read("stations", shared.path, crs="EPSG:4326").frame
    expected = pyproj.Transformer.from_crs("EPSG:27700", "EPSG:4326", always_xy=True).transform(401050, 304050)
    assert (degrees.geometry.iloc[0].x, degrees.geometry.iloc[0].y) == pytest.approx(expected, abs=1e-9)
    with pytest.raises(LayerError, match="Did you mean 'stations'"):
        Layer.read("station", shared.path)
    with pytest.raises(StudyError, match="workspace"):
        Layer.read("stations", "/nowhere")


@pytest.mark.parametrize("crs", ["EPSG:27700", "EPSG:4326", "EPSG:3035"])
def test_a_frame_becomes_a_layer_that_reads_back_equal(tiny: Tiny, crs: str) -> None:
    layer = Layer.add(yards(crs), "My yards", workspace=tiny.path, **ANSWERED)
    assert (layer.name, layer.title) == ("my_yards", "My yards")
    assert layer.path == tiny.path / "layers" / "my_yards.toml"
    assert layer.frame[["name", "size"]].to_numpy().tolist() == [["North", 1.5], ["South", 2.5]]
    assert layer.frame.geometry.distance(yards().geometry).max() < 0.01
    assert layer.frame["accuracy_m"].tolist() == [50.0, 50.0]
    assert (layer.noun.publisher, layer.noun.licence, layer.noun.vintage, layer.noun.questions) == ("me", "CC0-1.0", "2026", ())
    assert 'layer = "my_yards"' in layer.criterion


def test_a_study_uses_a_layer_that_python_made(tiny: Tiny) -> None:
    Layer.add(yards(), "yards", workspace=tiny.path, **ANSWERED)
    criterion = (
        '[[criteria]]\nname = "Distance to a yard"\nkey = "yard"\nweight = 1\nunknown = "refuse"\nwhy = "because"\n'
        'layer = "yards"\nmeasure = "distance"\nvalue = { function = "linear", best = "0 m", worst = "1 km" }\n'
    )
    run = Study.write("yards", study_text([criterion], demand=""), tiny.path).run()
    # the cell north-east of the first yard has its centre 50 m east and 50 m north of it
    assert float(run.suitability.sel(easting=401050, northing=301050)) == pytest.approx(100 * (1 - np.hypot(50, 50) / 1000), abs=1e-3)


def test_a_table_without_geometry_says_where_by_its_columns(tiny: Tiny) -> None:
    table = pd.DataFrame({"name": ["a"], "easting": [401000.0], "northing": [301000.0]})
    layer = Layer.add(table, "plain", workspace=tiny.path, **ANSWERED)
    assert layer.frame.geometry.iloc[0] == shapely.Point(401000, 301000)
    assert (tiny.path / "layers" / "data" / "plain.csv").is_file()


def test_a_file_stays_where_it_is(tiny: Tiny, tmp_path: Path) -> None:
    yards().to_file(tmp_path / "yards.geojson", driver="GeoJSON")
    layer = Layer.add(tmp_path / "yards.geojson", "yards", workspace=tiny.path, **ANSWERED)
    assert layer.noun.source == str(tmp_path / "yards.geojson")


def test_what_nobody_answered_stays_a_question(tiny: Tiny) -> None:
    layer = Layer.add(yards(), "yards", workspace=tiny.path, publisher="me")
    assert set(layer.noun.questions) == {"licence", "vintage", "accuracy"}
    assert {"unanswered"} <= set(layer.check()["code"])
    assert "Nobody has answered yet: licence, vintage, accuracy." in layer._repr_html_()


def test_a_layer_that_is_there_is_replaced_only_if_asked_and_whole(tiny: Tiny) -> None:
    Layer.add(yards(), "yards", workspace=tiny.path, **ANSWERED)
    before = {path: path.read_bytes() for path in sorted((tiny.path / "layers").rglob("*")) if path.is_file()}
    with pytest.raises(LayerError, match="is there already"):
        Layer.add(yards().head(1), "yards", workspace=tiny.path, **ANSWERED)
    with pytest.raises(LayerError):
        Layer.add(yards().head(1), "yards", workspace=tiny.path, replace=True, publisher="me", accuracy="close by")
    assert {path: path.read_bytes() for path in sorted((tiny.path / "layers").rglob("*")) if path.is_file()} == before
    assert len(Layer.add(yards().head(1), "yards", workspace=tiny.path, replace=True, **ANSWERED).frame) == 1


def test_the_same_frame_gives_the_same_bytes(tmp_path: Path) -> None:
    written = []
    for name in ("a", "b"):
        made = Tiny.make(tmp_path / name)
        Layer.add(yards(), "yards", workspace=made.path, **ANSWERED)
        written.append([(made.path / "layers" / part).read_bytes() for part in ("yards.toml", "data/yards.gpkg")])
    assert written[0] == written[1]


@pytest.mark.parametrize(
    ("data", "name", "text"),
    [
        (yards(None), "a", "has no CRS"),
        (yards().head(0), "a", "has no rows"),
        (5, "a", "no layer can be made of this"),
        (yards(), "...", "no name for a layer"),
        (yards(), "gaps", "holds something else"),
        (yards().assign(odd=[1j, 2j]), "a", "cannot be written"),
        (pd.DataFrame({"what": [1]}), "a", "a"),
    ],
)
def test_what_is_no_layer_is_refused_and_nothing_is_left(tiny: Tiny, data: gpd.GeoDataFrame, name: str, text: str) -> None:
    before = sorted(tiny.path.rglob("*"))
    with pytest.raises(LayerError) as caught:
        Layer.add(data, name, workspace=tiny.path, **ANSWERED)
    assert text in str(caught.value)
    assert sorted(tiny.path.rglob("*")) == before


def test_an_answer_that_is_none_is_told(tiny: Tiny) -> None:
    with pytest.raises(LayerError, match="Did you mean 'licence'"):
        Layer.add(yards(), "yards", workspace=tiny.path, license="CC0-1.0")


def test_a_raster_is_an_array_and_no_frame(tiny: Tiny) -> None:
    values = np.arange(12, dtype=np.float32).reshape(3, 4)
    values[0, 0] = -9999
    place = Affine(1500, 0, 400000, 0, -1000, 305000)
    file = tiny.path / "layers" / "data" / "height.tif"
    profile = {"driver": "GTiff", "height": 3, "width": 4, "count": 1, "dtype": "float32", "crs": "EPSG:27700", "nodata": -9999}
    with rasterio.open(file, "w", transform=place, **profile) as out:
        out.write(values, 1)
    layer = Layer.add(file, "height", workspace=tiny.path, **ANSWERED)
    assert np.isnan(layer.array.to_numpy()[0, 0])
    assert float(layer.array.sel(easting=400000 + 2.5 * 1500, northing=305000 - 1.5 * 1000)) == 6.0
    with pytest.raises(LayerError, match=r"layer\.array"):
        layer.frame  # noqa: B018 - reading it is what is tested
    with pytest.raises(LayerError, match=r"layer\.frame"):
        Layer.read("stations", tiny.path).array  # noqa: B018 - the same
    assert "data:image/png" in layer._repr_html_()


def steep(*, up: bool = True, crs: bool = True) -> xr.DataArray:
    """Cells whose value is their own easting plus a thousandth of their northing, so that a wrong place shows."""
    easts, norths = 400050.0 + 100 * np.arange(60), 300050.0 + 100 * np.arange(50)
    norths = norths if up else norths[::-1]
    values = (easts[None, :] - 400000) + norths[:, None] / 1000
    made = xr.DataArray(values, coords={"y": norths, "x": easts}, dims=("y", "x"), name="steep")
    return made.assign_attrs(crs="EPSG:27700") if crs else made


@pytest.mark.parametrize("up", [True, False])
def test_an_array_becomes_a_raster_layer_that_a_study_measures(tiny: Tiny, *, up: bool) -> None:
    layer = Layer.add(steep(up=up), "steep", workspace=tiny.path, **ANSWERED)
    assert (tiny.path / "layers" / "data" / "steep.tif").is_file()
    assert float(layer.array.sel(easting=401050, northing=302050)) == pytest.approx(1050 + 302.05)
    criterion = (
        '[[criteria]]\nname = "Steepness"\nkey = "steep"\nweight = 1\nunknown = "refuse"\nwhy = "because"\n'
        'layer = "steep"\nmeasure = "value"\nvalue = { function = "linear", worst = 0, best = 10000 }\n'
    )
    run = Study.write("steep", study_text([criterion], demand=""), tiny.path).run()
    expected = layer.array.to_numpy() / 100
    assert np.allclose(run.suitability.to_numpy(), expected, atol=1e-3)


def test_a_surface_of_a_run_can_be_a_layer_of_the_next_study(tiny: Tiny) -> None:
    run = Study.read(tiny.study_file).run()
    layer = Layer.add(run.suitability, "last", workspace=tiny.path, **ANSWERED)
    assert np.array_equal(layer.array.to_numpy(), run.suitability.to_numpy(), equal_nan=True)
    assert layer.array.easting.equals(run.suitability.easting)
    free = Layer.add(run.free, "free", workspace=tiny.path, **ANSWERED)
    assert np.array_equal(free.array.to_numpy(), run.free.to_numpy().astype(np.uint8))


@pytest.mark.parametrize(
    ("array", "texts"),
    [
        (steep(crs=False), ["states no CRS"]),
        (steep().assign_attrs(crs="EPSG:0"), ["states no CRS"]),
        (steep().drop_vars("x"), ["'x' does not say where"]),
        (steep().isel(x=[0, 1, 3]), ["'x' does not say where"]),
        (steep().isel(x=[0]), ["no raster of rows and columns"]),
        (steep().expand_dims(time=2), ["time of 2"]),
        (steep(crs=False).drop_vars("y").astype(str), ["states no CRS", "'y' does not say", "holds no numbers"]),
    ],
)
def test_an_array_that_is_no_raster_is_refused(tiny: Tiny, array: xr.DataArray, texts: list[str]) -> None:
    before = sorted(tiny.path.rglob("*"))
    with pytest.raises(LayerError) as caught:
        Layer.add(array, "odd", workspace=tiny.path, **ANSWERED)
    assert [text for text in texts if text not in str(caught.value)] == []
    assert sorted(tiny.path.rglob("*")) == before


def test_columns_of_a_layer_that_python_would_trip_over_are_kept(tiny: Tiny) -> None:
    tiny.features("stations", [({"name": "x", "accuracy_m": "mine", "kv": 400}, {"type": "Point", "coordinates": [401050, 304050]})])
    frame = Layer.read("stations", tiny.path).frame
    assert frame["accuracy_m"].tolist() == ["mine"]


def test_a_layer_is_drawn_as_png(shared: Tiny, tmp_path: Path) -> None:
    picture = Layer.read("parks", shared.path).show()
    assert picture._repr_png_()[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = struct.unpack(">II", picture.save(tmp_path / "parks.png").read_bytes()[16:24])
    assert max(width, height) == 900
