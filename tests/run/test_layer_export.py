"""Layers written out: the engine's own reading in every format, with provenance, whole or not at all, whatever the names."""

from __future__ import annotations

import csv
import json
import subprocess
from hashlib import sha256
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest
import rasterio
import shapely
from affine import Affine
from pyproj import Transformer

from geo_engine.errors import GeoEngineError, LayerError, RunError, StudyError
from geo_engine.publish.exports import storable
from geo_engine.run import export_layers
from geo_engine.workspace import read_catalogue, read_features
from tests.publish.qgis.opened import ask, styled
from tests.run.tiny import Tiny, box, stations

HOSTILE = "<script>alert('1')</script>"
FORMULA = "=HYPERLINK(1)"


@pytest.fixture
def tiny(tmp_path: Path) -> Tiny:
    """A workspace with a bow tie among the parks, and names that a page, a sheet or an expression might run."""
    made = Tiny.make(tmp_path / "ws")
    bow = {"type": "Polygon", "coordinates": [[[400000, 300000], [401000, 301000], [401000, 300000], [400000, 301000], [400000, 300000]]]}
    made.features(
        "parks",
        [({"name": HOSTILE, "fid": "a", "Name": "[% env('HOME') %]"}, bow), ({"name": FORMULA}, box(404000, 304000, 405000, 305000))],
    )
    return made


def opened(path: Path) -> gpd.GeoDataFrame:
    """Read a file as a table: with pyogrio, Parquet with geopandas, CSV by its columns."""
    if path.suffix == ".parquet":
        return gpd.read_parquet(path)
    if path.suffix == ".csv":
        table = pd.read_csv(path)
        if "geometry_wkt" in table:
            return gpd.GeoDataFrame(table, geometry=shapely.from_wkt(table.pop("geometry_wkt")))
        return gpd.GeoDataFrame(table, geometry=gpd.points_from_xy(table.pop("easting"), table.pop("northing")))
    return pyogrio.read_dataframe(path)


@pytest.mark.parametrize("form", ["gpkg", "fgb", "parquet", "csv"])
@pytest.mark.parametrize("name", ["stations", "parks", "roads"])
def test_a_file_holds_what_the_engine_reads(tiny: Tiny, tmp_path: Path, form: str, name: str) -> None:
    """The oracle is `read_features`: the same shapes, repaired, in the study's CRS; FlatGeobuf has an order of its own."""
    found = export_layers(tiny.path, [name], tmp_path / "out", form=form)
    (file,) = found.layers
    frame = opened(file.file)
    expected = read_features(read_catalogue(tiny.path).layers[name], crs="EPSG:27700")
    assert file.features == len(frame) == len(expected)
    shapes, wanted = (
        sorted(shapely.to_wkt(shapely.normalize(as_multi(shape)), rounding_precision=6) for shape in each)
        for each in (frame.geometry, expected.geometry)
    )
    assert shapes == wanted
    assert shapely.is_valid(frame.geometry.to_numpy()).all()
    assert file.crs == "EPSG:27700"
    if form != "csv":
        assert frame.crs.to_epsg() == 27700
    if name == "stations":
        assert sorted(frame["kv"]) == [132, 275, 400, 400]
    if name == "parks":
        assert file.repaired == 1
        assert file.renamed["fid"] == "fid_2"


def as_multi(shape: Any) -> Any:  # noqa: ANN401 - shapely's own classes are not told apart by its stubs
    kinds: dict[str, Any] = {"LineString": shapely.MultiLineString, "Polygon": shapely.MultiPolygon}
    return kinds[shape.geom_type]([shape]) if shape.geom_type in kinds else shape


def test_geojson_is_in_wgs84_and_takes_no_other_crs(tiny: Tiny, tmp_path: Path) -> None:
    (file,) = export_layers(tiny.path, ["stations"], tmp_path / "out", form="geojson").layers
    document = json.loads(file.file.read_text(encoding="utf-8"))
    lon, lat = Transformer.from_crs("EPSG:27700", "EPSG:4326", always_xy=True).transform(401050, 304050)
    assert document["features"][0]["geometry"]["coordinates"] == pytest.approx([lon, lat], abs=1e-7)
    assert "crs" not in document
    with pytest.raises(StudyError, match="WGS84 only"):
        export_layers(tiny.path, ["stations"], tmp_path / "b", form="geojson", crs="EPSG:27700")
    assert not (tmp_path / "b").exists()


def test_another_crs_is_that_of_the_file(tiny: Tiny, tmp_path: Path) -> None:
    (file,) = export_layers(tiny.path, ["stations"], tmp_path / "out", crs="EPSG:3035").layers
    frame = opened(file.file)
    assert frame.crs.to_epsg() == 3035
    east, north = Transformer.from_crs("EPSG:27700", "EPSG:3035", always_xy=True).transform(401050, 304050)
    assert (frame.geometry.x[0], frame.geometry.y[0]) == pytest.approx((east, north), abs=1e-3)
    with pytest.raises(StudyError, match="unknown CRS"):
        export_layers(tiny.path, ["stations"], tmp_path / "b", crs="EPSG:99")


def test_a_region_keeps_what_touches_it_whole(tiny: Tiny, tmp_path: Path) -> None:
    found = export_layers(tiny.path, ["stations", "roads"], tmp_path / "out", region="west")
    assert opened(found.layers[0].file)["name"].tolist() == ["Hill", "Farm"]
    roads = opened(found.layers[1].file)
    assert len(roads) == 5  # one runs on into the East, and one begins at the border
    assert roads.geometry.total_bounds[2] == 405000
    with pytest.raises(LayerError, match="has no feature in 'west'"):
        export_layers(tiny.path, ["zones"], tmp_path / "b", region="west")
    every = export_layers(tiny.path, [], tmp_path / "c", region="west", qgis=True)
    assert every.left_out == {"zones": "it has nothing in 'west'"}
    assert not (tmp_path / "c" / "zones.gpkg").exists()
    with pytest.raises(StudyError, match="unknown region 'nowhere'"):
        export_layers(tiny.path, ["zones"], tmp_path / "b", region="nowhere")
    assert not (tmp_path / "b").exists()


def test_provenance_travels_in_the_file_and_beside_it(tiny: Tiny, tmp_path: Path) -> None:
    found = export_layers(tiny.path, ["stations"], tmp_path / "out")
    told = pyogrio.read_info(found.layers[0].file)["layer_metadata"]
    assert (told["licence"], told["publisher"], told["vintage"], told["accuracy"]) == ("CC0-1.0", "nobody", "2024", "0.1 km")
    document = json.loads((tmp_path / "out" / "stations.provenance.json").read_text(encoding="utf-8"))
    assert document["licence"] == "CC0-1.0"
    assert document["features"] == 4
    assert document["sha256"] == sha256(found.layers[0].file.read_bytes()).hexdigest()
    source = tiny.path / "layers" / "data" / "stations.geojson"
    assert document["made_from"]["layers/data/stations.geojson"] == sha256(source.read_bytes()).hexdigest()


@pytest.mark.parametrize("form", ["gpkg", "fgb", "parquet", "csv", "geojson"])
def test_the_same_layer_gives_the_same_bytes(tiny: Tiny, tmp_path: Path, form: str) -> None:
    for name in ("a", "b"):
        export_layers(tiny.path, ["parks"], tmp_path / name, form=form, qgis=True)
    files = sorted(path.name for path in (tmp_path / "a").iterdir())
    assert files == sorted([f"parks.{form}", "parks.provenance.json", "parks.qgz", "parks.qml"])
    for name in files:
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes(), name


def test_nothing_is_replaced_unless_asked_for_and_all_that_is_there_is_told(tiny: Tiny, tmp_path: Path) -> None:
    out = tmp_path / "out"
    export_layers(tiny.path, ["stations", "towns"], out)
    (out / "mine.txt").write_text("mine", encoding="utf-8")
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    tiny.features("stations", stations()[:2])
    with pytest.raises(RunError) as refused:
        export_layers(tiny.path, ["stations", "towns"], out)
    assert len(refused.value.faults) == 4
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before
    export_layers(tiny.path, ["stations", "towns"], out, force=True)
    assert len(opened(out / "stations.gpkg")) == 2
    assert (out / "mine.txt").read_text(encoding="utf-8") == "mine"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out", "ws"]  # nothing partial is left


def test_where_one_layer_cannot_be_read_none_is_written_and_all_faults_are_told(tiny: Tiny, tmp_path: Path) -> None:
    (tiny.path / "layers" / "data" / "towns.geojson").unlink()
    (tiny.path / "layers" / "data" / "zones.geojson").unlink()
    with pytest.raises(LayerError) as refused:
        export_layers(tiny.path, ["stations", "towns", "zones"], tmp_path / "out")
    assert len(refused.value.faults) == 2
    assert sorted(path.name for path in tmp_path.iterdir()) == ["ws"]


def test_what_was_replaced_returns_where_a_file_cannot_be_moved(tiny: Tiny, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "out"
    export_layers(tiny.path, ["stations", "towns"], out)
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    tiny.features("stations", stations()[:2])
    rename = Path.rename

    def full(self: Path, target: Path) -> Path:
        if ".partial" in str(self) and self.name == "towns.gpkg" and ".replaced" not in str(self):
            raise OSError(28, "No space left on device")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", full)
    with pytest.raises(RunError, match="No space left"):
        export_layers(tiny.path, ["stations", "towns"], out, force=True)
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before


@pytest.mark.parametrize("name", ["../stations", "/etc/passwd", "..", "stations.toml", HOSTILE, ""])
def test_a_name_that_is_no_layer_is_refused_and_nothing_is_written(tiny: Tiny, tmp_path: Path, name: str) -> None:
    with pytest.raises(GeoEngineError):
        export_layers(tiny.path, [name], tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_hostile_titles_and_names_stay_text(tiny: Tiny, tmp_path: Path) -> None:
    tiny.edit("layers/parks.toml", 'title = "Parks"', f'title = "{HOSTILE}"')
    export_layers(tiny.path, ["parks"], tmp_path / "out", form="csv", qgis=True)
    with (tmp_path / "out" / "parks.csv").open(encoding="utf-8", newline="") as stream:
        names = [row["name"] for row in csv.DictReader(stream)]
    assert names == [HOSTILE, f"'{FORMULA}"]
    assert "<script>" not in (tmp_path / "out" / "parks.qml").read_text(encoding="utf-8")


def test_a_raster_is_cut_projected_and_keeps_its_classes(tiny: Tiny, tmp_path: Path) -> None:
    """Mental arithmetic: 100 m cells numbered by column, 1 to 60; the West is the first thirty."""
    cells = np.tile(np.arange(1, 61, dtype=np.uint8), (50, 1))
    profile = {"driver": "GTiff", "width": 60, "height": 50, "count": 1, "dtype": "uint8", "crs": "EPSG:27700", "nodata": 0}
    with rasterio.open(tiny.path / "layers/data/cover.tif", "w", transform=Affine(100, 0, 400000, 0, -100, 305000), **profile) as file:
        file.write(cells, 1)
    text = (tiny.path / "layers/stations.toml").read_text(encoding="utf-8").replace("points", "raster").replace('id = "name"\n', "")
    tiny.write("layers/cover.toml", text.replace("stations.geojson", "cover.tif"))
    out = tmp_path / "out"
    (made,) = export_layers(tiny.path, ["cover"], out, crs="EPSG:27700", region="west", study=tiny.study_file, qgis=True).layers
    with rasterio.open(made.file) as raster:
        np.testing.assert_array_equal(raster.read(1), cells[:, :30])
        assert raster.tags()["licence"] == "CC0-1.0"
        assert raster.nodata == 0
    export_layers(tiny.path, ["cover"], tmp_path / "other", crs="EPSG:3035")
    with rasterio.open(tmp_path / "other" / "cover.tif") as raster:
        assert set(np.unique(raster.read(1))) <= set(range(61))
        assert raster.crs.to_epsg() == 3035


def test_columns_are_made_to_fit_every_format() -> None:
    table = pd.DataFrame(
        {"geometry": ["a"], "A": [True], "a": [b"x"], "when": [pd.Timestamp("2024-01-02")], "list": [["x", 1]], "": [None]}
    )
    made, renamed = storable(table)
    assert list(made) == ["geometry_2", "A", "a_2", "when", "list", "column"]
    assert made["list"].tolist() == ['["x", 1]']
    assert renamed == {"geometry": "geometry_2", "a": "a_2", "": "column"}


# ---------------------------------------------------------------------------------------------- with outside programs


@pytest.mark.qgis
@pytest.mark.parametrize("form", ["gpkg", "fgb", "geojson", "csv"])
def test_qgis_opens_the_project_and_takes_up_the_style(tiny: Tiny, tmp_path: Path, form: str) -> None:
    out = tmp_path / "out é"
    export_layers(tiny.path, ["stations", "parks", "roads"], out, form=form, qgis=True)
    found = ask(out / "layers.qgz")
    layers = {layer["title"]: layer for layer in found["layers"].values()}
    assert {title: (layer["valid"], layer["count"]) for title, layer in layers.items()} == {
        "Stations": (True, 4),
        "Parks": (True, 2),
        "Roads": (True, 7),
    }
    assert {layer["crs"] for layer in layers.values()} == {"EPSG:4326" if form == "geojson" else "EPSG:27700"}
    assert layers["Stations"]["colours"] == ["#b45309"]  # the first of the study's layers, as on its web map
    assert layers["Stations"]["licences"] == ["CC0-1.0"]
    if form == "gpkg":
        style = styled(f"{out / 'stations.gpkg'}|layername=stations", out / "stations.qml")
        assert style["loaded"]
        assert style["layer"]["colours"] == ["#b45309"]


@pytest.mark.gdal
def test_the_geopackage_passes_gdals_validator(tiny: Tiny, tmp_path: Path) -> None:
    export_layers(tiny.path, ["stations", "parks", "roads"], tmp_path / "out")
    for name in ("stations", "parks", "roads"):
        command = ["/usr/bin/python3", "-m", "osgeo_utils.samples.validate_gpkg", "-k", "--extra", str(tmp_path / "out" / f"{name}.gpkg")]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout) == (0, ""), done.stderr
