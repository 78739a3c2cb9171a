from __future__ import annotations

import gc
import json
import pickle
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import geopandas as gpd
import networkx as nx
import numpy as np
import pandas as pd
import pyproj
import pytest
import rasterio
import shapely
from click.testing import CliRunner

from geo_engine import run as engine
from geo_engine.cli import main
from geo_engine.errors import LayerError, NetworkError, RunError, StudyError
from geo_engine.notebook import Run, Study, open_run
from tests.run.tiny import Tiny

TO_DEGREES = pyproj.Transformer.from_crs("EPSG:27700", "EPSG:4326", always_xy=True)


@pytest.fixture(scope="module")
def other(study: Study) -> Run:
    return study.with_weights({"grid": 1, "zone": 6}, "zones").run()


@pytest.fixture(scope="module")
def saved(other: Run, tmp_path_factory: pytest.TempPathFactory) -> Run:
    return other.save(tmp_path_factory.mktemp("saved") / "run")


def test_a_run_in_memory_writes_nothing_into_the_workspace(tiny: Tiny) -> None:
    before = sorted(tiny.path.rglob("*"))
    run = Study.read(tiny.study_file).run("west", progress=False)
    assert len(run.rejected) >= 0
    assert run.explain(1).score > 0
    assert sorted(tiny.path.rglob("*")) == before


def test_the_outputs_of_a_run_in_memory_go_when_it_is_forgotten(study: Study) -> None:
    run = study.run("west", cell="200 m")
    folder = run.folder
    assert (folder / "map.html").is_file()
    del run
    gc.collect()
    assert not folder.parent.exists()


def test_surfaces_are_the_engines_and_lie_at_cell_centres(run: Run, shared: Tiny) -> None:
    surface = shared.solve().surface
    assert np.array_equal(run.suitability.to_numpy(), np.asarray(surface.score), equal_nan=True)
    assert np.array_equal(run.status.to_numpy(), np.asarray(surface.status))
    # 400000 to 406000 E and 300000 to 305000 N in cells of 100 m
    assert run.suitability.dims == ("northing", "easting")
    assert run.suitability.easting.to_numpy()[[0, -1]].tolist() == [400050.0, 405950.0]
    assert run.suitability.northing.to_numpy()[[0, -1]].tolist() == [304950.0, 300050.0]
    assert pyproj.CRS.from_cf(run.suitability.spatial_ref.attrs) == pyproj.CRS("EPSG:27700")


def test_an_array_lies_where_the_geotiff_lies(run: Run) -> None:
    with rasterio.open(run.folder / "suitability.tif") as source:
        east, north = source.xy(7, 11)
        value = source.read(1)[7, 11]
        # GDAL's own order of a transform, as rioxarray reads it from the array
        assert tuple(float(part) for part in run.suitability.spatial_ref.attrs["GeoTransform"].split()) == source.transform.to_gdal()
    assert float(run.suitability.sel(easting=east, northing=north)) == value


def test_rules_are_read_off_the_mask_by_name(run: Run) -> None:
    parks = run.fails("Parks")  # 1 km by 1 km
    assert int(parks.sum()) == 100
    assert bool(parks.sel(easting=401550, northing=303950))
    assert not bool(parks.sel(easting=401450, northing=303950))
    kept_out = parks | run.fails("Town core (estimated from population)") | run.fails("unknown")
    assert np.array_equal(run.free.to_numpy(), ~kept_out.to_numpy()), "all cells lie on the area"
    assert run.status.attrs["flag_meanings"].split()[2:] == ["parks", "town_core_estimated_from_population"]
    with pytest.raises(StudyError, match="Parks"):
        run.fails("Prks")


def test_sites_in_memory_are_those_of_the_geopackage(run: Run) -> None:
    there = gpd.read_file(run.folder / "sites.gpkg", layer="sites")
    assert list(run.sites.columns) == list(there.columns)
    pd.testing.assert_frame_equal(pd.DataFrame(run.sites), pd.DataFrame(there), check_dtype=False, check_like=True)
    assert run.sites.crs == there.crs


def test_a_run_that_was_saved_and_opened_answers_as_it_did_in_memory(saved: Run, other: Run) -> None:
    assert saved.saved is not None
    again = open_run(saved.saved)
    assert again.study.noun.criteria == other.study.noun.criteria, "the scenario that Python gave is in the record"
    assert again.study.noun.scenario == "zones"
    assert np.array_equal(again.suitability, other.suitability, equal_nan=True)
    assert np.array_equal(again.status, other.status)
    here, there = other.explain(1).answer, again.explain(1).answer
    for part in ("score", "percentile", "reason", "contributions"):
        assert getattr(here, part) == getattr(there, part)
    assert again.changed == ()
    assert again.notes == other.notes


def test_the_command_line_explains_a_run_of_a_scenario_that_python_gave(saved: Run, other: Run) -> None:
    assert saved.saved is not None
    stored = engine.open_run(saved.saved, engine.SilentReporter(), workers=1)
    assert engine.explain(stored, "1").score == other.explain(1).score
    assert "given in Python" in saved.record["command"]


def test_an_input_that_changed_since_is_named(tiny: Tiny) -> None:
    run = Study.read(tiny.study_file).run("west", out=tiny.path / "out")
    tiny.edit("studies/plant.toml", 'title = "A plant"', 'title = "Another plant"')
    assert run.saved is not None
    assert open_run(run.saved).changed == ("studies/plant.toml",)


def test_points_of_an_explanation_add_up_to_the_score(run: Run) -> None:
    why = run.explain(1)
    assert why.contributions["points"].sum() == pytest.approx(why.score, abs=1e-3)
    assert why.score == pytest.approx(run.sites["score"].iloc[0], abs=1e-3)
    assert why.contributions["criterion"].tolist() == run.study.criteria["name"].tolist()
    assert why.needs["need"].tolist() == ["land"]
    by_id, by_name = run.explain(run.sites["site_id"].iloc[0]), run.explain(run.sites["name"].iloc[0])
    assert by_id.score == by_name.score == why.score


def test_a_place_is_lon_lat(run: Run) -> None:
    lon, lat = TO_DEGREES.transform(402050.0, 301050.0)
    assert run.explain((lon, lat)).score == pytest.approx(float(run.suitability.sel(easting=402050, northing=301050)), abs=0.01)
    with pytest.raises(StudyError, match="Longitude comes first"):
        run.explain((54.0, 200.0))


def test_places_are_judged_alike_however_they_are_given(run: Run, tmp_path: Path) -> None:
    points = [shapely.Point(401250, 301250), shapely.Point(404750, 304150)]
    degrees = [TO_DEGREES.transform(point.x, point.y) for point in points]
    frame = gpd.GeoDataFrame({"name": ["a", "b"]}, geometry=points, crs="EPSG:27700", index=[7, 3])
    table = pd.DataFrame([["a", *degrees[0]], ["b", *degrees[1]]], columns=["Name", "LON", "lat"])
    table.to_csv(tmp_path / "rivals.csv", index=False)
    tuples = [("a", *degrees[0]), ("b", *degrees[1])]
    expected = [float(run.suitability.sel(easting=point.x, northing=point.y, method="nearest")) for point in points]
    for given in (frame, frame.to_crs("EPSG:4326"), table, tuples, tmp_path / "rivals.csv", str(tmp_path / "rivals.csv")):
        judged = run.score(given)
        assert judged["name"].tolist() == ["a", "b"]
        assert judged["score"].to_numpy() == pytest.approx(expected, abs=3.0), "a point is measured at its place, a cell at its centre"
        assert judged["score"].to_numpy() == pytest.approx(run.score(frame)["score"].to_numpy(), abs=1e-3)
        assert judged.crs.to_string() == "EPSG:27700"
        assert judged.geometry.distance(gpd.GeoSeries(points, crs="EPSG:27700")).max() < 0.1
    assert run.score(frame.geometry)["score"].tolist() == run.score(frame)["score"].tolist()
    assert run.score(degrees)["name"].tolist() == ["place 1", "place 2"]
    assert run.score(degrees[0])["score"].tolist() == run.score(degrees)["score"].tolist()[:1]


def test_the_runs_own_areas_score_as_rivals_what_they_score_as_areas(run: Run) -> None:
    judged = run.score(run.sites[["name", "geometry"]])
    assert judged["score"].to_numpy() == pytest.approx(run.sites["score"].to_numpy(), abs=1e-3)
    assert judged["grid_value_km"].to_numpy() == pytest.approx(run.sites["grid_value_km"].to_numpy(), rel=1e-5)
    assert (judged["kind"] == "plot").all()


@pytest.mark.parametrize(
    ("places", "text"),
    [
        (gpd.GeoDataFrame({"name": ["a"]}, geometry=[shapely.Point(1, 1)]), "has no CRS"),
        ([("a", 1.0)], "lon"),
        ([("a", 1.0, 2.0, 3.0)], "place 1 is no place"),
        ([5], "place 1 is no place"),
        (5, "are no places"),
        ([], "no rows"),
        ([("a", "x", 54.0)], "is not a number"),
        (pd.DataFrame({"name": ["a"], "x": [1.0]}), "lon"),
        (gpd.GeoDataFrame(geometry=[shapely.LineString([(0, 0), (1, 1)])], crs="EPSG:27700"), "neither points nor polygons"),
        (gpd.GeoDataFrame(geometry=[None], crs="EPSG:27700"), "no geometry"),
    ],
)
def test_what_is_no_place_is_refused_in_words(run: Run, places: object, text: str) -> None:
    with pytest.raises(LayerError) as caught:
        run.score(places)
    assert text.lower() in str(caught.value).lower()


def test_the_best_area_about_a_point_is_found_within_a_distance_with_its_unit(run: Run) -> None:
    place = TO_DEGREES.transform(401250.0, 301250.0)
    judged = run.score(place, within="1 km")
    assert judged["best_within_km"].tolist() == [1.0]
    assert judged["best_score"].iloc[0] >= judged["score"].iloc[0] - 3
    with pytest.raises(StudyError, match="within"):
        run.score(place, within="far")


def test_known_sites_are_tested_alike_from_a_table_and_from_a_file(run: Run, tmp_path: Path) -> None:
    table = run.sites[["name", "lon", "lat"]]
    table.to_csv(tmp_path / "known.csv", index=False)
    here, there = run.back_test(pd.DataFrame(table)), run.back_test(tmp_path / "known.csv")
    assert here.document() == there.document()
    # a site's own percentile, counted by hand
    scored = run.suitability.to_numpy().ravel()
    expected = [100 * float((scored < site.score).mean()) for site in here.sites]
    assert [site.percentile for site in here.sites] == pytest.approx(expected)


def test_a_comparison_shares_out_all_of_a_change(run: Run, other: Run, saved: Run) -> None:
    found = run.compare(other)
    assert len(found.moved) + len(found.gone) == len(run.sites)
    assert len(found.moved) + len(found.new) == len(other.sites)
    inputs = [f"by_{name}" for name in ("weights", "values", "data", "method")]
    assert found.moved[inputs].sum(axis=1).to_numpy() == pytest.approx(found.moved["change"].to_numpy(), abs=1e-6)
    assert saved.saved is not None
    assert run.compare(saved.saved).moved.equals(run.compare(saved).moved)
    assert list(run.compare(run).moved["change"]) == [0.0] * len(run.sites)


def test_weighing_again_is_bit_for_bit_a_run_of_its_own(run: Run, other: Run) -> None:
    again = run.with_weights({"grid": 1, "zone": 6}, "zones")
    assert np.array_equal(again.suitability, other.suitability, equal_nan=True)
    assert again.record == other.record
    for name in ("sites.csv", "sensitivity.csv", "acceptability.csv", "map.html", "run.json"):
        assert (again.folder / name).read_bytes().replace(again.folder.parent.name.encode(), b"") == (
            other.folder / name
        ).read_bytes().replace(other.folder.parent.name.encode(), b""), name
    with pytest.raises(StudyError, match="Did you mean 'grid'"):
        run.with_weights({"gird": 1})


def test_only_what_is_in_memory_and_as_it_was_is_weighed_again(saved: Run, tiny: Tiny) -> None:
    with pytest.raises(RunError, match="is not in memory"):
        open_run(saved.folder).with_weights({"grid": 1}, "again")
    run = Study.read(tiny.study_file).run("west", cell="200 m")
    assert run.with_weights({"grid": 1}).grid.cell == 200.0
    tiny.edit("studies/plant.toml", 'keep = "outside"', 'keep = "outside"\nbuffer = "1 km"')
    with pytest.raises(RunError, match="differs by more than weights"):
        run.with_weights({"grid": 1})


def test_two_runs_without_an_area_in_common_compare_as_empty_tables(study: Study) -> None:
    found = study.run("west").compare(study.run("east"))
    assert len(found.moved) == 0
    assert "change" in found.moved
    assert len(found.gone) > 0


def test_tables_are_the_files(run: Run) -> None:
    assert run.needs["need"].unique().tolist() == ["land"]
    assert {"rule", "detail"} <= set(run.rejected.columns)
    assert run.near_misses["rule"].unique().tolist() == ["Parks", "Town core (estimated from population)"]
    assert len(run.table("demand")) == 3
    assert set(run.sensitivity["criterion"]) == set(run.study.weights.index)
    assert len(run.shapes("sites")) == len(run.sites)
    with pytest.raises(RunError, match="Did you mean 'needs'"):
        run.table("neds")
    with pytest.raises(RunError, match="this run has none"):
        run.table("readiness")
    with pytest.raises(RunError, match="this run has none"):
        run.shapes("routes")


def test_a_network_is_handed_out_as_a_graph(run: Run) -> None:
    graph = run.graph()
    assert nx.number_connected_components(graph) == 1
    for _, _, edge in graph.edges(data=True):
        assert edge["seconds"] == pytest.approx(edge["metres"] / 10.0), "36 km/h on every road"
    assert sum(edge["metres"] for _, _, edge in graph.edges(data=True)) == pytest.approx(12_000.0), "the roads of the workspace"
    assert run.graph("roads", "lorry").number_of_edges() == graph.number_of_edges()
    with pytest.raises(NetworkError, match="roads by lorry"):
        run.graph("rails")


def test_saving_is_whole_and_once(run: Run, saved: Run, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(RunError, match="holds no run"):
        run.save(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
    with pytest.raises(RunError, match="lies there already"):
        open_run(saved.folder).save(tmp_path / "a")


def test_a_run_saved_without_a_name_lies_where_the_command_line_leaves_it(tiny: Tiny) -> None:
    study = Study.read(tiny.study_file)
    assert study.run("west", cell="200 m").save().saved == tiny.path / "outputs" / "plant" / "west"
    assert study.with_weights({"grid": 1}, "one").run("west", cell="200 m").save().saved == tiny.path / "outputs" / "plant" / "west@one"


def test_a_report_is_that_of_the_command_line(tiny: Tiny) -> None:
    pytest.importorskip("typst", reason="the extra 'report' is not installed")
    left = Study.read(tiny.study_file).run("west", cell="200 m").save()
    files = left.report()
    assert (files.page, files.document, files.changed) == (left.folder / "report.html", left.folder / "report.pdf", ())
    mine = [path.read_bytes() for path in (files.page, files.document)]
    told = CliRunner().invoke(main, ["report", str(left.folder)])
    assert told.exit_code == 0, told.output
    assert [path.read_bytes() for path in (files.page, files.document)] == mine


def test_a_report_asks_for_files_that_are_there(saved: Run, tmp_path: Path) -> None:
    with pytest.raises(RunError, match=r"nowhere\.csv"):
        saved.report(rivals=tmp_path / "nowhere.csv")


def test_a_cluster_needs_a_folder(study: Study) -> None:
    with pytest.raises(RunError, match="out="):
        study.run(dask="local:2")


@pytest.mark.parametrize("name", ["run.json", "sites.gpkg", "suitability.tif", "status.tif"])
def test_a_folder_that_is_no_whole_run_is_refused(saved: Run, tmp_path: Path, name: str) -> None:
    for path in saved.folder.iterdir():
        if path.name != name:
            (tmp_path / path.name).symlink_to(path)
    with pytest.raises(RunError, match=name):
        open_run(tmp_path)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"study_file": 5}',
        '{"study_file": "a", "study": {"given": 5}}',
        "\ud800".encode("utf-8", "surrogatepass").decode("latin-1"),
    ],
)
def test_a_record_that_is_spoilt_is_told(saved: Run, tmp_path: Path, text: str) -> None:
    for path in saved.folder.iterdir():
        if path.name != "run.json":
            (tmp_path / path.name).symlink_to(path)
    (tmp_path / "run.json").write_text(text, encoding="utf-8")
    with pytest.raises(RunError, match=r"run\.json"):
        open_run(tmp_path)


@pytest.mark.parametrize(
    ("table", "key", "value"),
    [
        ("region", "title", None),
        ("grid", "rows", "x"),
        ("grid", "west", "nan"),
        ("grid", "crs", 5),
        ("region", "slug", []),
        ("grid", "cell_m", 0),
    ],
)
def test_a_record_with_one_wrong_value_is_told(saved: Run, tmp_path: Path, table: str, key: str, value: object) -> None:
    for path in saved.folder.iterdir():
        (tmp_path / path.name).symlink_to(path)
    record = json.loads((tmp_path / "run.json").read_text(encoding="utf-8"))
    record[table][key] = value
    (tmp_path / "run.json").unlink()
    (tmp_path / "run.json").write_text(json.dumps(record), encoding="utf-8")
    with pytest.raises(RunError, match="cannot be read as a run record"):
        open_run(tmp_path)


def test_runs_in_folders_can_be_pickled_and_those_in_memory_say_why_not(run: Run, saved: Run) -> None:
    again = pickle.loads(pickle.dumps(saved))  # noqa: S301 - our own bytes
    assert np.array_equal(again.suitability, saved.suitability, equal_nan=True)
    with pytest.raises(RunError, match="Save it first"):
        pickle.dumps(run)


def test_threads_may_share_a_study_and_a_run(study: Study, run: Run, tmp_path: Path) -> None:
    alone = [study.run(region, cell="200 m").sites for region in ("west", "east")]
    with ThreadPoolExecutor(4) as threads:
        together = list(threads.map(lambda region: study.run(region, cell="200 m", workers=1).sites, ["west", "east"]))
        reasons = list(threads.map(lambda rank: run.explain(rank).reason, [1, 2, 3, 1, 2, 3]))
        saved = list(threads.map(lambda name: study.run("west", cell="200 m", workers=1).save(tmp_path / name).folder, ["a", "b", "c"]))
    assert all(a.equals(b) for a, b in zip(alone, together, strict=True))
    assert len({(folder / "sites.gpkg").read_bytes() for folder in saved}) == 1
    assert reasons[:3] == reasons[3:]


def test_without_xarray_the_error_names_the_extra_and_the_rest_works(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    run = study.run("west", cell="200 m")
    monkeypatch.setitem(sys.modules, "xarray", None)
    with pytest.raises(RunError, match=r"pip install 'geo-engine\[notebook\]'"):
        run.suitability  # noqa: B018 - reading it is what is tested
    assert len(run.sites) > 0
    assert "geo-engine-card" in run._repr_html_()


def test_the_map_is_the_file_of_the_run(run: Run, tmp_path: Path) -> None:
    shown = run.map(height=300)
    assert shown.save(tmp_path / "map.html").read_bytes() == (run.folder / "map.html").read_bytes()
    assert "height:300px" in shown._repr_html_()
