"""Questions to a finished run: explain, score, backtest."""

from __future__ import annotations

import csv
import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import shapely
from numpy.typing import NDArray

from geo_engine.errors import LayerError, StudyError
from geo_engine.model import Grid
from geo_engine.run import RunOutcome, StoredRun, ask_file, back_test, explain, plain
from geo_engine.run.tiles import score_places
from tests.run import tiny as ws
from tests.run.rivals import at, degrees, drawn, table
from tests.run.tiny import Tiny


@pytest.fixture(scope="module")
def stored(finished: tuple[Tiny, RunOutcome]) -> StoredRun:
    return finished[0].stored()


# ---------------------------------------------------------------------------------------------- explain


@pytest.mark.parametrize("number", range(5))
def test_a_site_is_explained_by_rank_id_and_name_as_its_table_says(stored: StoredRun, number: int) -> None:
    with (stored.folder / "sites.csv").open(encoding="utf-8", newline="") as stream:
        row = list(csv.DictReader(stream))[number]
    for place in (row["rank"], row["site_id"], row["site_id"].lower(), f"  {row['name'].upper()} "):
        answer = explain(stored, place)
        assert (answer.rank, answer.where, answer.region, answer.grid_ref) == (
            int(row["rank"]),
            row["name"],
            row["region"],
            row["grid_ref"],
        )
        assert round(answer.score, 4) == float(row["score"])
        assert answer.score == pytest.approx(sum(part.points for part in answer.contributions), abs=1e-9)
        for part in answer.contributions:
            assert round(part.points, 4) == float(row[f"{part.slug}_contribution"])
            assert round(part.utility, 6) == float(row[f"{part.slug}_utility"])
        assert (answer.status, answer.rules_failed, answer.cells) == ("free", (), 4)


def test_sources_say_layer_publisher_vintage_and_accuracy(stored: StoredRun) -> None:
    answer = explain(stored, "1")
    assert [source.layer for source in answer.sources] == ["stations", "plants", "towns", "plants", "zones"]
    first = answer.sources[0]
    assert (first.title, first.publisher, first.vintage, first.accuracy) == ("Stations", "nobody", "2024", "0.1 km")
    assert answer.sources[1].accuracy == "not stated"


def test_distances_and_travel_times_name_the_feature_they_lead_to(stored: StoredRun) -> None:
    """The nearest station by hand; the plant is one of the plants; a sum leads to none."""
    answer = explain(stored, "1")
    stations = stored.plan.features["stations", stored.study.criteria[0].measure.where]
    away = [math.hypot(point.x - answer.easting, point.y - answer.northing) for point in stations.geometry]
    assert answer.sources[0].nearest == stations.labels()[int(np.argmin(away))]
    assert answer.sources[1].nearest in stored.plan.features["plants", stored.study.criteria[1].measure.where].labels()
    assert [source.nearest for source in answer.sources[2:] if source.layer == "towns"] == [""]  # a sum leads to no one feature


def test_the_best_site_beats_itself_whatever_its_score_is_rounded_to(stored: StoredRun) -> None:
    """The table holds four decimals: up to 0.00005 more or less than the score."""
    for nudge in (-4e-5, 0.0, 4e-5):
        sites = stored.sites.copy()
        sites["score"] = sites["score"] + nudge
        moved = replace(stored)
        moved.__dict__["sites"] = sites
        answer = explain(moved, "1")
        assert answer.reason.startswith("It is the best area found.")


def test_a_rival_in_a_site_s_place_has_the_site_s_rank(stored: StoredRun) -> None:
    """The sites' own outlines, put in as rivals, score and rank as the table says: none loses by a rounding of the file."""
    answers = ask_file(stored, stored.folder / "sites.geojson")
    assert [round(answer.score, 4) for answer in answers] == stored.sites["score"].tolist()
    assert [answer.rank for answer in answers] == stored.sites["rank"].tolist()


def test_places_by_degrees_are_scored_where_they_are(stored: StoredRun) -> None:
    answer = explain(stored, degrees(402050, 303450))
    assert (answer.easting, answer.northing) == pytest.approx((402050, 303450), abs=0.01)
    assert answer.status == "restricted: Parks"
    assert answer.rules_failed == ("Parks",)
    assert answer.region == "West"
    scored = score_places(stored.plan, np.array([answer.easting]), np.array([answer.northing]))
    assert answer.score == pytest.approx(float(scored.score[0]), abs=1e-9)
    assert "It also fails: Parks" in answer.reason
    assert answer.rank is not None
    better = int((stored.sites["score"] > answer.score).sum())
    assert answer.rank == better + 1


def test_both_rules_are_named_with_the_share_that_fails(stored: StoredRun, tmp_path: Path) -> None:
    half = drawn(tmp_path / "half.geojson", [("Half", ws.box(401000, 303000, 402000, 304000))])
    [answer] = ask_file(stored, half)
    assert answer.cells == 100
    assert answer.rules_failed == ("Parks (50% of it)",)
    assert answer.status == "restricted: Parks (50% of it)"


@pytest.mark.parametrize("place", [(399000, 302500), (403000, 299950), (500000, 200000)])
def test_off_the_area_there_is_no_rank_and_no_percentile(stored: StoredRun, place: tuple[float, float]) -> None:
    answer = explain(stored, degrees(*place))
    assert (answer.status, answer.rank, answer.region) == ("off the area", None, "")
    assert math.isnan(answer.percentile)
    assert answer.reason == "It lies outside the area that was studied, so it has no place in its ranking."


@pytest.mark.parametrize("place", ["0", "6", "-1", "1.0", "", " ", "nowhere", "1,2,3", ",", "1;2"])
def test_an_unknown_site_is_told_with_what_is_allowed(stored: StoredRun, place: str) -> None:
    with pytest.raises(StudyError, match="a rank from 1 to 5, a site_id, a name, or LON,LAT"):
        explain(stored, place)


def test_an_unknown_site_is_told_the_nearest_spelling(stored: StoredRun) -> None:
    with pytest.raises(StudyError, match=r"[Dd]id you mean 'Beeville'"):
        explain(stored, "Beevile")


@pytest.mark.parametrize("place", ["181,52", "-1,91", "52.6,-181", "nan,52", "inf,0", "402050,303450"])
def test_what_is_no_degree_is_told(stored: StoredRun, place: str) -> None:
    with pytest.raises(StudyError, match="longitude -180 to 180, latitude -90 to 90"):
        explain(stored, place)


@pytest.mark.parametrize("place", ["0,90", "180,-90", "178,-40"])
def test_the_ends_of_the_earth_are_off_the_area_or_an_error(stored: StoredRun, place: str) -> None:
    try:
        answer = explain(stored, place)
    except StudyError:
        return
    assert answer.status == "off the area"


# ---------------------------------------------------------------------------------------------- score


def test_points_and_polygons_and_a_polygon_smaller_than_a_cell(stored: StoredRun, tmp_path: Path) -> None:
    shapes = [
        ("Point", ws.point(404050, 301550)),
        ("Cell", ws.box(404000, 301500, 404100, 301600)),
        ("Tiny", ws.box(404049, 301549, 404051, 301551)),
        ("Off centre", ws.box(404001, 301501, 404003, 301503)),
        ("Four cells", ws.box(404000, 301400, 404200, 301600)),
    ]
    point, cell, small, corner, four = ask_file(stored, drawn(tmp_path / "r.geojson", shapes))
    assert [answer.cells for answer in (point, cell, small, corner, four)] == [1, 1, 1, 1, 4]
    assert point.score == cell.score == pytest.approx(small.score, abs=1e-6)
    assert corner.score == pytest.approx(cell.score, abs=1e-9)  # a plot has the values of its cells, however small it is
    scores = stored.score[34:36, 40:42]
    assert four.score == pytest.approx(float(scores.mean(dtype=np.float64)), abs=1e-4)
    assert cell.percentile == pytest.approx(100 * float((stored.sorted_scores < np.float32(cell.score)).mean()))


def test_a_multipolygon_counts_both_parts(stored: StoredRun, tmp_path: Path) -> None:
    both = shapely.MultiPolygon([shapely.box(404000, 301500, 404100, 301600), shapely.box(401000, 301500, 401200, 301600)])
    [answer] = ask_file(stored, drawn(tmp_path / "r.geojson", [("Both", json.loads(shapely.to_geojson(both)))]))
    cells = [stored.score[34, 40], stored.score[34, 10], stored.score[34, 11]]
    assert answer.cells == 3
    assert answer.score == pytest.approx(float(np.mean(cells)), abs=1e-4)


def test_a_bow_tie_is_repaired(stored: StoredRun, tmp_path: Path) -> None:
    bow = {"type": "Polygon", "coordinates": [[[404000, 301000], [404400, 301400], [404400, 301000], [404000, 301400], [404000, 301000]]]}
    [answer] = ask_file(stored, drawn(tmp_path / "r.geojson", [("Bow", bow)]))
    assert answer.status == "free"
    assert answer.cells == 12  # of 16 cells 8 are halved by the crossing edges, 4 lie in the two halves, 4 outside


def test_a_rival_typed_in_twice_is_told_apart(stored: StoredRun, tmp_path: Path) -> None:
    answers = ask_file(stored, table(tmp_path / "r.csv", [at("Here", 404050, 301550), at("Here", 404050, 301550), at("", 401050, 301550)]))
    assert [answer.name for answer in answers] == ["Here", "Here (2)", "line 4"]
    assert answers[0].score == answers[1].score
    assert answers[0].rank == answers[1].rank


def test_a_rival_partly_off_the_area_says_so(stored: StoredRun, tmp_path: Path) -> None:
    sea = drawn(tmp_path / "r.geojson", [("Mostly sea", ws.box(399000, 300000, 400100, 301000))])  # 10 of 110 cells are land
    [answer] = ask_file(stored, sea)
    assert answer.status != "free"
    assert "off the area" in answer.status


def test_a_rival_off_the_area_has_no_percentile_and_says_why(stored: StoredRun, tmp_path: Path) -> None:
    [off] = ask_file(stored, table(tmp_path / "r.csv", [at("Off", 390000, 301550)]))
    assert (off.status, off.rank) == ("off the area", None)
    assert math.isnan(off.percentile)
    assert "outside the area" in off.reason


def test_a_rival_larger_than_the_area_takes_no_memory_beyond_the_grid(
    stored: StoredRun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Five million km2 would be 500 million cells of a hectare, and the grid has 3,000."""
    asked: list[int] = []
    centres = Grid.centres

    def counting(grid: Grid, rows: NDArray[np.int64], cols: NDArray[np.int64]) -> object:
        asked.append(int(np.size(rows)))
        return centres(grid, rows, cols)

    monkeypatch.setattr(Grid, "centres", counting)
    country = drawn(tmp_path / "r.geojson", [("Country", ws.box(350000, 250000, 450000, 350000))])
    [answer] = ask_file(stored, country)
    assert max(asked) <= 4 * stored.plan.grid.size
    assert answer.status.startswith("restricted")


def test_the_sentence_names_the_criterion_that_costs_most(stored: StoredRun, tmp_path: Path) -> None:
    [answer] = ask_file(stored, table(tmp_path / "r.csv", [at("Corner", 400050, 304950)]))
    best = stored.sites.iloc[0]
    lost = {part.criterion: float(best[f"{part.slug}_contribution"]) - part.points for part in answer.contributions}
    most = max(lost, key=lambda name: lost[name])
    assert f"most of it on '{most}'" in answer.reason
    assert f"{best['score'] - answer.score:.1f} points less than the best area ({best['name']})" in answer.reason


@pytest.mark.parametrize(
    ("head", "rows", "text"),
    [
        ("title,lon,lat", [("A", -1.9, 52.6)], "name"),
        ("name,lon,lat", [], "no rows"),
        ("name,lon,lat", [("A", "nan", 52.6)], "lon"),
        ("name,lon,lat", [("A", "", 52.6)], "lon"),
        ("name,lon,lat", [("A", "west", 52.6)], "west"),
        ("name,lon,lat", [("A", 402050, 302550)], "402050|degree|longitude"),
        ("name,east,north", [("A", -1.9, 52.6)], "lon"),
        ("name,lon,lat,accuracy_km", [("A", -1.9, 52.6, -1)], "accuracy_km"),
        ("name,lon,lat,accuracy_km", [("A", -1.9, 52.6, "far")], "far"),
    ],
)
def test_a_bad_table_of_rivals_is_one_clear_error(
    stored: StoredRun, tmp_path: Path, head: str, rows: list[tuple[object, ...]], text: str
) -> None:
    with pytest.raises(LayerError, match=text) as caught:
        ask_file(stored, table(tmp_path / "rivals.csv", rows, head))
    assert "rivals.csv" in str(caught.value)


@pytest.mark.parametrize(
    "text",
    ["", "{", '{"type": "FeatureCollection", "features": [{"type": "Feat', '{"type": "FeatureCollection", "features": []}', "\x00\x01"],
)
def test_a_broken_geojson_of_rivals_is_one_clear_error(stored: StoredRun, tmp_path: Path, text: str) -> None:
    (tmp_path / "rivals.geojson").write_text(text)
    with pytest.raises(LayerError, match=r"rivals\.geojson"):
        ask_file(stored, tmp_path / "rivals.geojson")


# ---------------------------------------------------------------------------------------------- backtest


def test_the_best_near_is_at_least_the_place_itself(stored: StoredRun, tmp_path: Path) -> None:
    places = [at(f"{e} {n} {a}", e, n, a) for e in (400050, 402870, 405990) for n in (300050, 303333) for a in (0, 0.5, "")]
    test = back_test(stored, table(tmp_path / "b.csv", places, "name,lon,lat,accuracy_km"))
    for answer in test.sites:
        assert answer.best_percentile >= answer.percentile
    assert test.median_percentile == pytest.approx(float(np.median([answer.percentile for answer in test.sites])))


def test_the_best_near_by_brute_force(stored: StoredRun, tmp_path: Path) -> None:
    [answer] = back_test(stored, table(tmp_path / "b.csv", [at("B", 402050, 301050, 0.35)], "name,lon,lat,accuracy_km")).sites
    grid = stored.plan.grid
    e, n = np.meshgrid(grid.eastings(grid.whole), grid.northings(grid.whole))
    best = stored.score[np.hypot(e - 402050, n - 301050) <= 350].max()
    assert answer.best_percentile == pytest.approx(100 * float((stored.sorted_scores < best).mean()))


def test_a_site_off_the_coast_by_less_than_its_accuracy_is_judged_by_the_land_near(stored: StoredRun, tmp_path: Path) -> None:
    near, far = back_test(
        stored, table(tmp_path / "b.csv", [at("Near", 399900, 302550, 0.5), at("Far", 390000, 302550, 0.5)], "name,lon,lat,accuracy_km")
    ).sites
    assert math.isnan(near.percentile)
    assert 0 <= near.best_percentile <= 100
    assert math.isnan(far.best_percentile)


def test_no_known_site_on_the_area_has_no_median(stored: StoredRun, tmp_path: Path) -> None:
    test = back_test(stored, table(tmp_path / "b.csv", [at("Far", 390000, 302550)]))
    assert math.isnan(test.median_percentile)
    document = json.dumps(plain(test.document(), tmp_path), allow_nan=False)  # null, not NaN
    assert json.loads(document)["median_percentile"] is None
