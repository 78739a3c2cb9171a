"""Every recipe makes a layer and a criterion that the engine reads; those with reference data are run from end to end."""

from __future__ import annotations

import json
import shutil
import tomllib
from pathlib import Path

import numpy as np
import pytest
import shapely

from geo_engine.errors import LayerError
from geo_engine.measure import PointPlaces, prepare
from geo_engine.model import KeepRange, Slope
from geo_engine.run import (
    RunOutcome,
    SilentReporter,
    check_layers,
    make_plan,
    put_recipe,
    read_study,
    run_study,
    view_catalogue,
    view_recipes,
)
from geo_engine.workspace import open_raster, read_catalogue, read_features, read_recipes, recipe_called, write_recipe

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT.parent / "shared" / "reference"
CONSTRAINTS = REFERENCE / "constraints_north_east"
HEADROOM = REFERENCE / "grid_headroom_ssen" / "ssen_headroom_march2026.csv"
RUTLAND = REFERENCE / "osm_rutland" / "rutland-latest.osm.pbf"
RAIL = REFERENCE / "rail" / "rail_edges.gpkg"
FILES = {
    "green-belt.geojson": CONSTRAINTS / "green-belt.geojson",
    "site-of-special-scientific-interest.geojson": CONSTRAINTS / "site-of-special-scientific-interest.geojson",
    "area-of-outstanding-natural-beauty.geojson": CONSTRAINTS / "national-landscape.geojson",
    "scheduled-monument.geojson": CONSTRAINTS / "scheduled-monument.geojson",
    "rail_edges.gpkg": RAIL,
}


def present(*paths: Path) -> pytest.MarkDecorator:
    missing = [path.name for path in paths if not path.exists()]
    return pytest.mark.skipif(bool(missing), reason=f"no reference data here: {', '.join(missing)}")


def answered(text: str, kind: str) -> str:
    """Put a plausible answer in place of each question of a criterion or rule."""
    numbers = iter(["1", "9", "5", "3", "2"])
    out = text
    for key, answer in (('weight = "?"', "weight = 5"), ('why = "?"', 'why = "because"'), ('source = "?"', 'source = "x"')):
        out = out.replace(key, answer)
    unit = {"travel_time": " min", "distance": " km", "rule": " %"}.get(kind, "")
    while '"?"' in out:
        out = out.replace('"?"', f'"{next(numbers)}{unit}"' if unit else next(numbers), 1)
    return out


def workspace(folder: Path) -> Path:
    """A copy of the repository's layers and profiles, without the data in layers/data/external, and without studies."""
    shutil.copytree(ROOT / "layers", folder / "layers", ignore=shutil.ignore_patterns("external", "__pycache__"))
    shutil.copytree(ROOT / "studies" / "profiles", folder / "studies" / "profiles")
    return folder


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = workspace(tmp_path_factory.mktemp("recipes"))
    for name in read_recipes():
        put_recipe(folder, name, force=True)
    return folder


@pytest.mark.parametrize("name", read_recipes())
def test_a_recipe_makes_a_layer_with_its_terms_and_says_what_was_checked(place: Path, name: str) -> None:
    recipe, layer = recipe_called(name), read_catalogue(place).layers[name]
    assert recipe.address
    assert recipe.checked
    assert recipe.how
    assert (layer.publisher, layer.licence) == (layer.publisher, recipe.licence) or layer.licence == "?"
    assert set(layer.closes) == set(recipe.closes)
    assert layer.covers == recipe.covers
    assert layer.attribution or recipe.address == "none known"
    assert "vintage" in layer.questions or layer.vintage == "2020"
    declared = {gap.name for gap in read_catalogue(place).gaps}
    assert {*recipe.closes, *recipe.helps} <= declared


@pytest.mark.parametrize("name", read_recipes())
def test_what_a_recipe_says_to_paste_is_read_once_answered(place: Path, name: str) -> None:
    recipe = recipe_called(name)
    data = tomllib.loads(recipe.study)
    kind = data["criteria"][0]["measure"] if "criteria" in data else "rule"
    study = (ROOT / "studies" / "gigafactory.toml").read_text(encoding="utf-8")
    part = answered(recipe.study, kind)
    file = place / "studies" / f"{name}.toml"
    file.write_text(study.replace("[[constraints]]", f"{part}\n[[constraints]]", 1), encoding="utf-8")
    read = read_study(file)
    used = {criterion.measure.layer for criterion in read.criteria} | {rule.layer for rule in read.constraints}
    networks = {network for criterion in read.criteria for (network, _), _ in criterion.measure.stands}
    assert name in used | networks
    open_ = {gap.title for gap in read.gaps}
    for gap in read_catalogue(place).gaps:
        if gap.name in recipe.closes and name in used:
            assert gap.title not in open_
            assert not recipe.covers or f"{gap.title} outside {recipe.covers}" in open_


def test_town_cores_step_aside_for_the_outlines_of_the_recipe(place: Path) -> None:
    text = (ROOT / "studies" / "gigafactory.toml").read_text(encoding="utf-8")
    file = place / "studies" / "outlined.toml"
    file.write_text(text.replace("[[constraints]]", f"{recipe_called('built_up_areas').study}\n[[constraints]]", 1), encoding="utf-8")
    study = read_study(file)
    town = "Town core (estimated from population)"
    assert study.aside == {town: ("Built-up areas",)}
    assert town not in [rule.name for rule in study.constraints]
    assert "built_up" not in [gap.name for gap in study.gaps]
    assert study.backtest is not None
    assert study.backtest.comparable is not None
    assert study.backtest.comparable.outside_rules == ("Built-up areas",)


def test_every_gap_that_the_issue_names_has_a_recipe() -> None:
    closed = {gap for recipe in read_recipes().values() for gap in (*recipe.closes, *recipe.helps)}
    assert closed >= {
        "slope", "flood", "green_belt", "sssi", "national_landscapes", "built_up", "current_roads", "grid_headroom", "brownfield",
        "population_grid", "skills", "connection_dates", "power_prices",
    }  # fmt: skip


def test_a_recipe_does_not_replace_a_layer_unasked(tmp_path: Path) -> None:
    folder = workspace(tmp_path)
    before = (folder / "layers" / "green_belt.toml").read_bytes()
    with pytest.raises(LayerError, match="is there already"):
        put_recipe(folder, "green_belt")
    assert (folder / "layers" / "green_belt.toml").read_bytes() == before


def test_in_a_workspace_without_the_gap_the_layer_closes_none(tmp_path: Path) -> None:
    (tmp_path / "layers").mkdir()
    (tmp_path / "studies").mkdir()
    write_recipe(recipe_called("flood_zones"), read_catalogue(tmp_path), force=False)
    assert read_catalogue(tmp_path).layers["flood_zones"].closes == ()


def test_an_unknown_recipe_is_told_with_the_nearest() -> None:
    with pytest.raises(LayerError, match=r"Did you mean 'flood_zones'"):
        recipe_called("flod_zone")


def test_without_the_data_the_repository_is_listed_and_the_study_says_what_is_missing(tmp_path: Path) -> None:
    folder = workspace(tmp_path)
    shutil.copy(ROOT / "studies" / "north_east_detailed.toml", folder / "studies")
    view = view_catalogue(folder)
    assert view.broken_studies == ()
    assert "green_belt" not in [gap.name for gap in view.gaps]  # the one study there uses the layer
    with pytest.raises(LayerError) as caught:
        make_plan(read_study(folder / "studies" / "north_east_detailed.toml"), None, SilentReporter(), workers=1)
    assert len(caught.value.faults) == len(FILES)
    assert all("geo-engine layers recipes" in fault.remedy for fault in caught.value.faults)
    states = {view.recipe.name: view.state for view in view_recipes(folder)}
    assert (states["green_belt"], states["flood_zones"]) == ("the data are missing", "not here")


# ------------------------------------------------------------------------------------------- with the publishers' own files


@pytest.fixture(scope="module")
def detailed(tmp_path_factory: pytest.TempPathFactory) -> RunOutcome:
    """The study of the North East, run for real at 500 m with the reference files where the recipes say."""
    folder = workspace(tmp_path_factory.mktemp("detailed"))
    (folder / "layers" / "data" / "external").mkdir()
    for name, source in FILES.items():
        shutil.copy(source, folder / "layers" / "data" / "external" / name)
    text = (ROOT / "studies" / "north_east_detailed.toml").read_text(encoding="utf-8")
    fewer = text.replace("draws = 10000", "draws = 200").replace("data_draws = 100", "data_draws = 2")
    (folder / "studies" / "north_east_detailed.toml").write_text(fewer, encoding="utf-8")
    return run_study(read_study(folder / "studies" / "north_east_detailed.toml"), cell=500.0)


@pytest.mark.slow
@present(*FILES.values())
def test_the_north_east_in_detail_keeps_off_what_is_protected(detailed: RunOutcome) -> None:
    study, sites = detailed.plan.study, detailed.result.ranking.sites
    assert len(sites) == study.sites.count
    for name in ("green_belt", "sssi", "national_landscapes"):
        shapes = read_features(study.layers[name], crs=study.crs).geometry
        for site in sites:
            centres = zip(*detailed.plan.grid.centres(site.rows, site.cols), strict=True)
            assert not any(shapely.intersects_xy(shapes, east, north).any() for east, north in centres)


@pytest.mark.slow
@present(*FILES.values())
def test_its_gaps_are_closed_on_the_map_in_the_record_and_in_words(detailed: RunOutcome) -> None:
    page = (detailed.folder / "map.html").read_text(encoding="utf-8")
    record = json.loads((detailed.folder / "run.json").read_text(encoding="utf-8"))
    told = "".join(part.split("]", 1)[0] for part in page.split('"gaps":')[1:])
    assert "Flood zones" in told
    assert "Green belt" not in told
    assert "green belt" not in " ".join(map(str, record.get("not_tested", record["study"]["gaps"]))).lower()
    assert {"Slope", "Flood zones"} <= {gap.title for gap in detailed.result.study.gaps}
    assert not {"Green belt", "National Landscapes"} & {gap.title for gap in detailed.result.study.gaps}


@pytest.mark.slow
@present(*FILES.values())
def test_its_layers_come_out_clean(detailed: RunOutcome) -> None:
    folder = detailed.plan.study.path.parents[1]
    for name in ("green_belt", "sssi", "national_landscapes", "scheduled_monuments", "rail_lines", "north_east"):
        (checked,) = check_layers(folder, name)
        assert (checked.errors, checked.warnings) == (0, 0), [finding for finding in checked.findings if not finding.accepted]


@present(HEADROOM)
def test_headroom_is_read_as_the_operator_publishes_it(tmp_path: Path) -> None:
    folder = workspace(tmp_path)
    put_recipe(folder, "grid_headroom")
    shutil.copy(HEADROOM, folder / "layers" / "data" / "external" / "ssen_headroom.csv")
    where = '"Estimated Demand Headroom (MVA)" is not null'
    data = read_features(read_catalogue(folder).layers["grid_headroom"], crs="EPSG:27700", where=where)
    assert len(data) == 899  # 998 less the 99 grid supply points, which have no figure
    assert data.table["Estimated Demand Headroom (MVA)"].max() == 83.66
    (checked,) = check_layers(folder, "grid_headroom")
    assert {finding.code for finding in checked.findings if not finding.accepted} == {"unanswered"}


@present(RUTLAND)
def test_roads_of_openstreetmap_are_read_as_geofabrik_publishes_them(tmp_path: Path) -> None:
    folder = workspace(tmp_path)
    put_recipe(folder, "osm_roads")
    shutil.copy(RUTLAND, folder / "layers" / "data" / "external" / "roads.osm.pbf")
    data = read_features(read_catalogue(folder).layers["osm_roads"], crs="EPSG:27700")
    assert {"road"} <= set(data.table["mode"]) <= {"road", "ferry"}
    speeds = tomllib.loads((folder / "studies" / "profiles" / "osm_lorry.toml").read_text(encoding="utf-8"))["speeds"]
    assert set(data.table["class"].dropna()) <= set(speeds)


def test_slope_is_measured_from_the_tiles_of_the_terrain_recipe_as_the_publisher_has_them(tmp_path: Path) -> None:
    """Two ASCII grids side by side, in a VRT as gdalbuildvrt makes it: 5 m up every 50 m east are 10 per cent, over the seam too."""
    folder = workspace(tmp_path)
    put_recipe(folder, "terrain")
    external = folder / "layers" / "data" / "external"
    (external / "terrain50").mkdir()
    sources = []
    for tile, west in enumerate((0, 4)):
        heights = "\n".join(" ".join(str(5.0 * (west + col)) for col in range(4)) for _ in range(4))
        head = f"ncols 4\nnrows 4\nxllcorner {400_000 + 50 * west}\nyllcorner 300000\ncellsize 50\n"
        (external / "terrain50" / f"{tile}.asc").write_text(head + heights + "\n", encoding="ascii")
        sources.append(
            f'<SimpleSource><SourceFilename relativeToVRT="1">terrain50/{tile}.asc</SourceFilename><SourceBand>1</SourceBand>'
            f'<SrcRect xOff="0" yOff="0" xSize="4" ySize="4"/><DstRect xOff="{west}" yOff="0" xSize="4" ySize="4"/></SimpleSource>'
        )
    (external / "terrain50.vrt").write_text(
        '<VRTDataset rasterXSize="8" rasterYSize="4"><SRS>EPSG:27700</SRS><GeoTransform>400000, 50, 0, 300200, 0, -50</GeoTransform>'
        f'<VRTRasterBand dataType="Float32" band="1">{"".join(sources)}</VRTRasterBand></VRTDataset>',
        encoding="ascii",
    )
    text = (ROOT / "studies" / "gigafactory.toml").read_text(encoding="utf-8")
    rule = recipe_called("terrain").study.replace('max = "?"', 'max = "8 %"').replace('"?"', '"x"')
    file = folder / "studies" / "steep.toml"
    file.write_text(text.replace("[[constraints]]", f"{rule}\n[[constraints]]", 1), encoding="utf-8")
    steep = next(rule for rule in read_study(file).constraints if rule.layer == "terrain")
    assert steep.keep == KeepRange(None, 8.0)
    assert isinstance(steep.measure, Slope)
    sampler = open_raster(read_catalogue(folder).layers["terrain"], crs="EPSG:27700")
    places = PointPlaces(np.array([400_075.0, 400_190.0, 400_210.0, 400_025.0]), np.full(4, 300_100.0))
    found = prepare(steep.measure, sampler)(places)
    np.testing.assert_allclose(found, np.array([10.0, 10.0, 10.0, np.nan]), rtol=1e-6)
