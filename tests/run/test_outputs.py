"""A run's folder: every file, the same bytes, whole or not at all; sites, rejections and demand by hand."""

from __future__ import annotations

import contextlib
import csv
import json
from pathlib import Path

import numpy as np
import pyproj
import pytest
import rasterio
import shapely

from geo_engine.errors import GeoEngineError, RunError
from geo_engine.model import Grid, Ranking
from geo_engine.run import RunOutcome, default_folder, runner, solving
from geo_engine.run.places.land.cells import outline
from tests.run import tiny as ws
from tests.run.tiny import Tiny

FILES = {
    "map.html", "sites.csv", "sites.geojson", "sites.gpkg", "suitability.tif", "status.tif", "rejected.csv", "demand.csv", "methods.csv",
    "near_misses.csv", "site_cells.csv", "run.json", "timings.json", "acceptability.csv", "pairwise.csv", "best5.tif", "sensitivity.csv",
    "needs.csv", "run.qgz", "context.gpkg", "suitability.qml", "status.qml",
    "best5.qml"}  # fmt: skip


def rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def ranking(tiny: Tiny, region: str | None = None) -> Ranking:
    return tiny.solve(region).ranking


# ---------------------------------------------------------------------------------------------- files


def test_every_file_of_the_design_is_there_and_no_other(finished: tuple[Tiny, RunOutcome]) -> None:
    folder = finished[1].folder
    assert folder == default_folder(finished[1].result.study, "both") == finished[0].outputs / "plant" / "both"
    assert {file.name for file in folder.iterdir()} == FILES
    assert sorted(path.name for path in folder.parent.iterdir()) == [".networks", "both"]  # nothing partial is left


def test_same_inputs_same_bytes_whatever_the_workers(tiny: Tiny) -> None:
    first = tiny.run(out=tiny.outputs / "a", workers=1).folder
    second = tiny.run(out=tiny.outputs / "b", workers=2).folder
    for name in sorted(FILES - {"timings.json"}):
        assert (first / name).read_bytes() == (second / name).read_bytes(), name


def test_a_second_run_replaces_the_first(tiny: Tiny) -> None:
    tiny.write("studies/plant.toml", ws.study_text(sites='count = 1\nspacing = "0 m"\n'))
    folder = tiny.run().folder
    assert len(rows(folder / "sites.csv")) == 1
    tiny.write("studies/plant.toml", ws.study_text(sites='count = 2\nspacing = "0 m"\n'))
    assert tiny.run().folder == folder
    assert len(rows(folder / "sites.csv")) == 2
    assert sorted(path.name for path in folder.parent.iterdir()) == [".networks", "both"]


def test_rasters_hold_the_surface(finished: tuple[Tiny, RunOutcome]) -> None:
    surface = finished[1].result.surface
    for name, values in (("suitability.tif", np.asarray(surface.score)), ("status.tif", np.asarray(surface.status))):
        with rasterio.open(finished[1].folder / name) as source:
            assert source.read(1).tobytes() == values.tobytes()
            assert source.bounds == (400000, 300000, 406000, 305000)
            assert source.crs.to_epsg() == 27700


def test_sites_agree_in_csv_geojson_and_geopackage(finished: tuple[Tiny, RunOutcome]) -> None:
    folder, sites = finished[1].folder, finished[1].result.ranking.sites
    table = rows(folder / "sites.csv")
    features = json.loads((folder / "sites.geojson").read_text())["features"]
    stored = finished[0].stored().sites
    assert len(table) == len(features) == len(stored) == len(sites) == 5
    for number, site in enumerate(sites):
        assert table[number]["site_id"] == features[number]["properties"]["site_id"] == stored["site_id"][number] == site.site_id
        assert float(table[number]["score"]) == features[number]["properties"]["score"] == stored["score"][number] == round(site.score, 4)
        assert stored.geometry[number].symmetric_difference(site.geometry).area < 1e-6


# ---------------------------------------------------------------------------------------------- sites


def test_sites_are_ranked_placed_and_kept_apart(finished: tuple[Tiny, RunOutcome]) -> None:
    result = finished[1].result
    sites = result.ranking.sites
    assert [site.rank for site in sites] == [1, 2, 3, 4, 5]
    assert [site.score for site in sites] == sorted((site.score for site in sites), reverse=True)
    for site in sites:
        assert len(site.rows) == 4
        assert site.area_m2 == site.geometry.area == 40_000.0  # four hectares
        east, north = shapely.get_coordinates(site.geometry.centroid)[0]
        assert (site.easting, site.northing) == pytest.approx((east, north))
        assert site.region == ("West" if east < 403000 else "East")
        lon, lat = pyproj.Transformer.from_crs("EPSG:27700", "EPSG:4326", always_xy=True).transform(east, north)
        assert (site.lon, site.lat) == pytest.approx((lon, lat), abs=1e-6)
    for number, one in enumerate(sites):
        for other in sites[number + 1 :]:
            gaps = np.hypot(one.rows[:, None] - other.rows, one.cols[:, None] - other.cols)
            assert gaps.min() * 100 >= 1000


def test_places_are_named_by_the_nearest_town_and_the_compass(tiny: Tiny) -> None:
    tiny.features("stations", [({"name": "S", "kv": 400}, ws.point(402350, 302350))])
    tiny.write("studies/plant.toml", ws.study_text([ws.GRID], [], sites='count = 1\nspacing = "0 m"\n', land="0.25 ha", demand=""))
    [site] = ranking(tiny).sites
    assert (site.easting, site.northing) == (402350, 302350)
    # Ayton is 2616 m away, Beeville (404500, 303500) 2438 m, in its bearing 242 degrees: south west, just
    assert (site.name, site.place, site.region) == ("2 km SW of Beeville", "Beeville", "West")
    assert site.grid_ref == "SK 023 023"


def test_sites_of_a_region_lie_in_it(tiny: Tiny) -> None:
    assert {site.region for site in ranking(tiny, "west").sites} == {"West"}
    assert {site.region for site in ranking(tiny, "EAST").sites} == {"East"}


def test_the_region_of_a_site_is_the_one_that_holds_most_of_it(tiny: Tiny) -> None:
    """West is a ring of eight cells around one that is East's: the middle of the ring is not in West, all of the ring is."""
    ring = [[402000, 302000], [402300, 302000], [402300, 302300], [402000, 302300], [402000, 302000]]
    hole = [[402100, 302100], [402100, 302200], [402200, 302200], [402200, 302100], [402100, 302100]]
    tiny.features(
        "regions",
        [
            ({"region": "West"}, {"type": "Polygon", "coordinates": [ring, hole]}),
            ({"region": "East"}, ws.box(402100, 302100, 402200, 302200)),
        ],
    )
    tiny.write(
        "studies/plant.toml", ws.study_text([ws.GRID], [], sites='count = 1\nspacing = "0 m"\narea = "8 ha"\nholes = true\n', demand="")
    )
    [site] = ranking(tiny, "west").sites
    assert len(site.rows) == 8
    assert site.region == "West"


def test_every_site_has_its_own_id(tiny: Tiny) -> None:
    tiny.features("regions", [({"region": "West"}, ws.box(400000, 300000, 400400, 300400))])
    tiny.write(
        "studies/plant.toml", ws.study_text([ws.GRID], [], sites='count = 30\nspacing = "0 m"\narea = "0.04 ha"\n', demand="", cell="20 m")
    )
    ids = [site.site_id for site in ranking(tiny).sites]
    assert len(ids) == 30
    assert len(set(ids)) == 30


@pytest.mark.parametrize("cell", [250.0, 33.3, 1 / 3, 0.1])
def test_an_outline_has_no_slits_whatever_the_cell(cell: float) -> None:
    grid = Grid.covering((400_000.0, 300_000.0, 400_000.0 + 40 * cell, 300_000.0 + 40 * cell), cell=cell, crs="EPSG:27700")
    rows, cols = np.mgrid[3:20, 5:25]
    made = outline(grid, rows.ravel(), cols.ravel())
    assert made.geom_type == "Polygon"
    assert len(shapely.get_coordinates(made)) == 5
    assert made.area == pytest.approx(17 * 20 * cell * cell)


def test_equal_areas_share_a_rank_and_it_is_said(tiny: Tiny) -> None:
    tiny.write("studies/plant.toml", ws.study_text([ws.ZONE], [], sites='count = 3\nspacing = "0 m"\n', demand=""))
    found = ranking(tiny)
    assert [(site.rank, site.tied, site.score) for site in found.sites] == [(1, True, 100.0)] * 3
    assert any("share a rank" in note for note in found.notes)
    starts = [(int(site.rows[0]), int(site.cols[0])) for site in found.sites]
    assert starts == sorted(starts)  # north to south, then west to east


def test_fewer_areas_than_asked_for_are_explained(tiny: Tiny) -> None:
    tiny.write("studies/plant.toml", ws.study_text(sites='count = 50\nspacing = "3 km"\n'))
    found = ranking(tiny)
    assert 0 < len(found.sites) < 50
    assert found.notes[0].startswith(f"{len(found.sites)} of the 50 areas asked for were found")
    assert "4 ha" in found.notes[0]
    assert "3 km" in found.notes[0]


def test_no_area_at_all_is_a_result_with_all_its_files(tiny: Tiny) -> None:
    tiny.features("parks", [({"name": "All"}, ws.box(399000, 299000, 407000, 306000))])
    outcome = tiny.run()
    assert outcome.result.ranking.sites == ()
    assert {file.name for file in outcome.folder.iterdir()} == FILES
    assert rows(outcome.folder / "sites.csv") == []
    assert {row["best_area"] for row in rows(outcome.folder / "demand.csv")} == {"uncovered"}
    assert tiny.stored().sites.empty


# ---------------------------------------------------------------------------------------------- what was dropped


def test_demand_by_hand(tiny: Tiny) -> None:
    """One area of one cell, at 402050 E 302550 N; the plants stand on the road at 401000, 405000 and 405000 + 2 km north."""
    tiny.features("stations", [({"name": "S", "kv": 400}, ws.point(402050, 302550))])
    sites = 'count = 1\nspacing = "1 km"\narea = "1 ha"\n'
    tiny.write("studies/plant.toml", ws.study_text([ws.GRID], [], sites=sites))
    found = ranking(tiny)
    [site] = found.sites
    alpha, beta, gamma = found.demand
    assert [answer.name for answer in found.demand] == ["Alpha", "Beta", "Gamma"]  # by size
    # 50 m off the road at 5 m/s: 10 s, then 1050, 2950 and 4950 m at 10 m/s
    assert alpha.seconds == pytest.approx(115, abs=0.01)
    assert (alpha.site_id, alpha.site_rank, alpha.nearest_seconds) == (site.site_id, 1, alpha.seconds)
    assert np.isnan(beta.seconds)  # 305 s are over 5 min
    assert (beta.site_id, beta.site_rank, beta.nearest_site_id) == ("", None, site.site_id)
    assert beta.nearest_seconds == pytest.approx(305, abs=0.01)
    assert gamma.nearest_seconds == pytest.approx(505, abs=0.01)
    # 60 kWh a car: 1,000 cars take 60 MWh, 0.06 GWh
    assert [answer.capacity for answer in found.demand] == pytest.approx([0.06, 0.03, 0.015])


def test_the_limit_of_demand_is_included(tiny: Tiny) -> None:
    tiny.features("stations", [({"name": "S", "kv": 400}, ws.point(402050, 302550))])
    text = ws.study_text([ws.GRID], [], sites='count = 1\nspacing = "1 km"\narea = "1 ha"\n')
    tiny.write("studies/plant.toml", text.replace('within = "5 min"', 'within = "305 s"'))
    assert [answer.site_rank for answer in ranking(tiny).demand] == [1, 1, None]


def test_a_better_rank_beats_a_nearer_area(finished: tuple[Tiny, RunOutcome]) -> None:
    beta = next(answer for answer in finished[1].result.ranking.demand if answer.name == "Beta")
    assert (beta.site_rank, beta.site_id == beta.nearest_site_id) == (1, False)
    assert beta.nearest_seconds < beta.seconds <= 300


# ---------------------------------------------------------------------------------------------- whole or not at all


def _names(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


@pytest.mark.parametrize("error", [OSError("disk full"), KeyboardInterrupt(), MemoryError(), ValueError("a bug")])
def test_a_run_that_fails_on_writing_leaves_the_last_good_one(tiny: Tiny, monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    folder = tiny.outputs / "plant" / "both"
    folder.mkdir(parents=True)
    (folder / "run.json").write_text("{}")
    before = _names(tiny.outputs)

    def broken(_result: object, partial: Path, **_: object) -> None:
        (partial / "sites.csv").write_text("half")
        raise error

    monkeypatch.setattr(runner, "write_outputs", broken)
    with pytest.raises(type(error)):
        tiny.run()
    assert _names(tiny.outputs) == before


@pytest.mark.parametrize("name", ["write_suitability", "write_status", "write_best"])
def test_a_raster_that_cannot_be_written_in_its_thread_leaves_the_last_good_run(
    tiny: Tiny, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    folder = tiny.outputs / "plant" / "both"
    folder.mkdir(parents=True)
    (folder / "run.json").write_text("{}")
    before = _names(tiny.outputs)

    def full(_scored: object, path: Path, **_: object) -> Path:
        path.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(f"geo_engine.publish.rasters.{name}", full)
    with pytest.raises(OSError, match="No space left"):
        tiny.run()
    assert _names(tiny.outputs) == before


def test_a_run_that_fails_while_rasters_are_written_leaves_nothing_of_them(tiny: Tiny, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(solving, "rank_areas", broken)  # the rasters are under way by then
    with pytest.raises(ZeroDivisionError):
        tiny.run()
    assert not tiny.outputs.exists()


def test_a_run_that_cannot_be_renamed_leaves_the_last_good_one(tiny: Tiny, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tiny.outputs / "plant" / "both"
    folder.mkdir(parents=True)
    (folder / "run.json").write_text('{"old": 1}')
    monkeypatch.setattr(runner, "write_outputs", lambda *_, **__: None)
    rename = Path.rename

    def stubborn(self: Path, target: Path) -> Path:
        if ".partial-" in self.name:
            msg = "busy"
            raise OSError(msg)
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", stubborn)
    with pytest.raises(OSError, match="busy"):
        tiny.run()
    assert (folder / "run.json").read_text() == '{"old": 1}'
    assert [path.name for path in folder.parent.iterdir()] == ["both"]


def test_a_first_run_that_fails_leaves_no_folder(tiny: Tiny, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(runner, "write_outputs", broken)
    with pytest.raises(OSError, match="No space"):
        tiny.run()
    assert not tiny.outputs.exists()


@pytest.mark.parametrize("inside", ["notes.txt", "sub/notes.txt", ".hidden"])
def test_a_folder_that_is_no_run_is_left_alone(tiny: Tiny, monkeypatch: pytest.MonkeyPatch, inside: str) -> None:
    mine = tiny.path / "mine"
    (mine / inside).parent.mkdir(parents=True)
    (mine / inside).write_text("precious")
    monkeypatch.setattr(runner, "write_outputs", lambda *_, **__: None)
    with pytest.raises(RunError, match="holds no run"):
        tiny.run(out=mine)
    assert (mine / inside).read_text() == "precious"
    assert not [path for path in tiny.path.iterdir() if "partial" in path.name or ".old" in path.name]


@pytest.mark.parametrize("inside", ["notes.txt", "north/sites.csv"])
def test_what_somebody_put_into_a_run_s_folder_is_not_deleted(tiny: Tiny, monkeypatch: pytest.MonkeyPatch, inside: str) -> None:
    monkeypatch.setattr(runner, "write_outputs", lambda _result, folder, **_: (folder / "run.json").write_text("{}"))
    folder = tiny.run(out=tiny.path / "results").folder
    (folder / inside).parent.mkdir(exist_ok=True)
    (folder / inside).write_text("precious")
    with contextlib.suppress(RunError):  # to refuse is as good as to keep
        tiny.run(out=tiny.path / "results")
    assert (folder / inside).read_text() == "precious"


def test_a_file_in_the_way_is_an_error_and_stays(tiny: Tiny, monkeypatch: pytest.MonkeyPatch) -> None:
    (tiny.path / "mine").write_text("precious")
    monkeypatch.setattr(runner, "write_outputs", lambda *_, **__: None)
    with pytest.raises((GeoEngineError, OSError)):
        tiny.run(out=tiny.path / "mine")
    assert (tiny.path / "mine").read_text() == "precious"
    assert not [path for path in tiny.path.iterdir() if "partial" in path.name]


# ---------------------------------------------------------------------------------------------- the record
