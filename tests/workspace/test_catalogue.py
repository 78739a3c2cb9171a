"""Layer files read and refused, gaps, hashes against hashlib, the example workspace."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import geopandas
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo_engine.errors import Fault, GeoEngineError, LayerError, StudyError
from geo_engine.model import Accuracy, Gap, Join, Layer
from geo_engine.workspace import find_region, hash_file, hash_sources, new_workspace, read_catalogue, read_features, read_study
from geo_engine.workspace.catalogue import is_address, local_file

Edit = Callable[[str, str, str], None]
Faults = Callable[[Callable[[], object], type[GeoEngineError]], tuple[Fault, ...]]
PLANTS = "layers/plants.toml"


def test_layers_in_order_and_gaps(base: Path) -> None:
    catalogue = read_catalogue(base)
    assert list(catalogue.layers) == ["height", "parks", "plants", "regions", "roads", "towns"]
    assert catalogue.gaps == (Gap("flood", "Flood zones", "Floods."), Gap("skills", "Skills", "People."))
    assert catalogue.path == base
    plants = catalogue.layers["plants"]
    assert plants.source == str(base / "layers/data/plants.csv")
    assert (plants.vintage, plants.accuracy, plants.id, plants.path) == ("2024", Accuracy(metres=1000.0), "name", base / PLANTS)
    roads = catalogue.layers["roads"].network
    assert roads is not None
    assert (roads.road_class, roads.length, roads.island_gap) == ("kind", None, 250.0)


def test_no_gaps_file(base: Path, edit: Edit) -> None:
    edit("layers/towns.toml", 'closes = ["skills"]\n', "")
    (base / "layers/gaps.toml").unlink()
    assert read_catalogue(base).gaps == ()


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ('source = "../../other/a.gpkg"', "other"),
        ('source = "https://example.org/a.gpkg"', "https://example.org/a.gpkg"),
        ('source = "PG:dbname=gis host=db"', "PG:dbname=gis host=db"),
        ('source = "/vsizip/a.zip/b.shp"', "/vsizip/a.zip/b.shp"),
    ],
)
def test_sources(base: Path, edit: Edit, written: str, expected: str) -> None:
    edit(PLANTS, 'source = "data/plants.csv"', written)
    source = read_catalogue(base).layers["plants"].source
    assert source == (str(base.parent / "other" / "a.gpkg") if expected == "other" else expected)


def test_joins_and_dates(base: Path, edit: Edit) -> None:
    edit(PLANTS, "vintage = 2024", 'vintage = 2024-05-01\njoin = [{ source = "data/b.csv", on = "name" }]')
    layer = read_catalogue(base).layers["plants"]
    assert (layer.vintage, layer.join) == ("2024-05-01", (Join(str(base / "layers/data/b.csv"), "name"),))


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ('{ column = "acc", unit = "km" }', Accuracy(column="acc", unit=1000.0)),
        (
            '{ column = "pos", cross-checked = "1 km", "x y" = "5 m" }',
            Accuracy(column="pos", by_value={"cross-checked": 1000.0, "x y": 5.0}),
        ),
    ],
)
def test_accuracy_by_row(base: Path, edit: Edit, line: str, expected: Accuracy) -> None:
    edit(PLANTS, 'accuracy = "1 km"', f"accuracy = {line}")
    assert read_catalogue(base).layers["plants"].accuracy == expected


@pytest.mark.parametrize(
    "case",
    [
        ('title = "Plants"', 'title = ""', ":1 title", "is blank", "", ""),
        ('title = "Plants"\n', "", " title", "'title' is missing", "", ""),
        ('title = "Plants"', 'title = "P"\nlicense = "x"', ":2 license", "unknown key 'license'", "licence", "'licence'"),
        ('geometry = "points"', 'geometry = "point"', ":3 geometry", "unknown geometry 'point'", "points, lines, polygons", "'points'"),
        ('geometry = "points"', 'geometry = "network"', "", "needs a table [network]", "", "[network]"),
        ('geometry = "points"', 'geometry = "raster"', "", "a raster has no id", "", ""),
        ('geometry = "points"', 'geometry = "points"\nunit = "m"', "", "unit is for rasters", "", ""),
        ('geometry = "points"', 'geometry = "points"\ncrs = "British"', ":4 crs", "unknown CRS 'British'", "EPSG", "EPSG:27700"),
        ("vintage = 2024", "vintage = true", ":8 vintage", "a year, a date or a text", "", ""),
        ('accuracy = "1 km"', "accuracy = 1", ":5 accuracy", "'1' has no unit", "", "'1 km'"),
        ('accuracy = "1 km"', 'accuracy = "-1 km"', ":5 accuracy", "0 or more", "", ""),
        ('accuracy = "1 km"', 'accuracy = { column = "a" }', ":5 accuracy", "by row takes a column, and either", "unit", ""),
        ('accuracy = "1 km"', 'accuracy = { column = "a", unit = "kms" }', ":5 accuracy", "unknown unit 'kms'", "km", "'km'"),
        ('accuracy = "1 km"', 'closes = ["flod"]', ":5 closes[1]", "unknown gap 'flod'", "flood, skills", "'flood'"),
        ('accuracy = "1 km"', 'join = [{ source = "b.csv" }]', ":5 join[1].on", "'on' is missing", "", ""),
    ],
)
def test_each_fault_of_a_layer(base: Path, edit: Edit, faults: Faults, case: tuple[str, ...]) -> None:
    old, new, where, what, allowed, remedy = case
    edit(PLANTS, old, new)
    fault = faults(lambda: read_catalogue(base), LayerError)[0]
    assert fault.where == PLANTS + where
    assert what in fault.what
    assert allowed in fault.allowed
    assert remedy in fault.remedy


def test_all_faults_of_all_files_at_once(base: Path, edit: Edit, faults: Faults) -> None:
    edit(PLANTS, 'geometry = "points"', 'geometry = "dots"')
    edit("layers/roads.toml", 'class = "kind"', 'clas = "kind"')
    edit("layers/gaps.toml", 'why = "Floods."', "")
    (base / "layers/Bad Name.toml").write_text((base / "layers/towns.toml").read_text())
    (base / "layers/broken.toml").write_text("title =")
    told = [fault.where for fault in faults(lambda: read_catalogue(base), LayerError)]
    for where in (
        f"{PLANTS}:3 geometry",
        "layers/roads.toml:8 network.clas",
        "layers/gaps.toml:1 gaps[1].why",
        "layers/Bad Name.toml",
        "layers/broken.toml:1",
    ):
        assert where in told


def test_gap_declared_twice(base: Path, edit: Edit, faults: Faults) -> None:
    edit("layers/gaps.toml", 'name = "skills"', 'name = "flood"')
    told = {fault.what: fault.where for fault in faults(lambda: read_catalogue(base), LayerError)}
    assert told["gap 'flood' is declared twice"] == "layers/gaps.toml:7 gaps[2].name"


def test_no_layers_folder(tmp_path: Path, faults: Faults) -> None:
    (fault,) = faults(lambda: read_catalogue(tmp_path), LayerError)
    assert "geo-engine new DIR" in fault.remedy


@given(st.binary(max_size=300))
def test_hash_of_a_file(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.mktemp("hash") / "a"
    path.write_bytes(data)
    assert hash_file(path) == hashlib.sha256(data).hexdigest()


def test_hashes_of_sources(base: Path, edit: Edit) -> None:
    folder = base / "layers/data"
    geopandas.GeoDataFrame({"n": [1]}, geometry=[shapely.box(0, 0, 1, 1)], crs="EPSG:27700").to_file(folder / "parks.shp", engine="pyogrio")
    edit("layers/parks.toml", "parks.geojson", "parks.shp")
    (folder / "b.csv").write_text("name,x\nUp,1\n")
    edit(PLANTS, 'geometry = "points"', 'geometry = "points"\njoin = [{ source = "data/b.csv", on = "name" }]')
    edit("layers/roads.toml", "data/roads.geojson", "PG:dbname=gis password=secret")
    hashes = hash_sources(read_catalogue(base).layers.values())
    expected = {f"layers/{name}.toml" for name in ("height", "parks", "plants", "regions", "roads", "towns")}
    expected |= {f"layers/data/{name}" for name in ("height.tif", "plants.csv", "b.csv", "regions.geojson", "towns.csv")}
    expected |= {f"layers/data/parks{end}" for end in (".shp", ".shx", ".dbf", ".prj", ".cpg", ".geojson")}
    assert set(hashes) == expected | {"PG:dbname=gis password=***"}
    assert list(hashes) == sorted(hashes)
    for name in expected:
        assert hashes[name] == hashlib.sha256((base / name).read_bytes()).hexdigest()


def test_password_in_an_address_is_masked() -> None:
    layer = Layer("a", "A", "https://me:secret@example.org/a.gpkg", "points", "", "", "")
    assert list(hash_sources([layer])) == ["https://me:***@example.org/a.gpkg"]


def test_hash_of_a_missing_source(base: Path, edit: Edit, faults: Faults) -> None:
    edit(PLANTS, "plants.csv", "plant.csv")
    (fault,) = faults(lambda: hash_sources(read_catalogue(base).layers.values()), LayerError)
    assert (fault.where, fault.what) == (f"{PLANTS}:2 source", "there is no such file")


def test_members_of_archives_are_found(tmp_path: Path) -> None:
    archive = tmp_path / "a.zip"
    archive.write_bytes(b"")
    for source in (f"{archive}", f"{archive}!b.shp", f"{archive}/b.shp", f"zip://{archive}", f"/vsizip/{archive}/b.shp"):
        assert local_file(source) == archive
    assert local_file(str(tmp_path / "b.zip")) is None
    assert not is_address("C:/a.csv")


def test_example_workspace_is_whole(tmp_path: Path) -> None:
    path = new_workspace(tmp_path / "new" / "place")
    study = read_study(path)
    assert path == tmp_path / "new" / "place" / "studies" / "example.toml"
    assert [gap.name for gap in study.gaps] == ["flood"]
    area = read_features(study.layers[study.area], crs=study.crs)
    assert find_region(study, area, "westshire")[1] == "Westshire"
    for criterion in study.criteria:
        features = read_features(
            study.layers[criterion.measure.layer],
            crs=study.crs,
            where=criterion.measure.where,
            area_bounds=tuple(shapely.total_bounds(area.geometry)),
        )
        assert features.report.outside == 0
    assert study.sites.area == 200_000.0


def test_example_goes_into_an_empty_folder_only(tmp_path: Path) -> None:
    assert new_workspace(tmp_path).exists()
    with pytest.raises(StudyError, match="the folder is not empty"):
        new_workspace(tmp_path)
    with pytest.raises(StudyError, match="this is a file"):
        new_workspace(tmp_path / "studies" / "example.toml")


def test_layers_of_the_repository(root: Path) -> None:
    catalogue = read_catalogue(root)
    ports = read_features(catalogue.layers["freight_ports"], crs="EPSG:27700", where="tonnage_class in ('A', 'B')")
    assert {"Felixstowe", "Southampton", "London Gateway", "Immingham"} <= set(ports.labels())
    substations = read_features(catalogue.layers["grid_substations"], crs="EPSG:27700", where="max_kv >= 275 and connectable <> 'no'")
    rows = [line.split(",") for line in Path(catalogue.layers["grid_substations"].source).read_text(encoding="utf-8").splitlines()[1:]]
    assert len(substations) == sum(int(row[-6]) >= 275 and row[-1] != "no" for row in rows)
