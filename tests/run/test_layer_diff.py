"""`layers diff`: rows that differ, by hand; the ranks that they move, against a run with the newer data."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import geopandas as gpd
import pytest

from geo_engine.errors import LayerError, RunError
from geo_engine.run import SilentReporter, add_layer, ask_file, diff_layer, open_run, read_study, rerank, run_study
from tests.run.tiny import DATA, Feature, Tiny, point, stations


def other(tiny: Tiny, features: Iterable[Feature], name: str = "stations_new") -> str:
    tiny.features(name, features)
    return str(tiny.path / "layers" / "data" / f"{name}.geojson")


def old(tiny: Tiny, name: str = "stations") -> str:
    return str(tiny.path / "layers" / "data" / f"{name}.geojson")


def test_the_same_data_do_not_differ(tiny: Tiny) -> None:
    found = diff_layer(tiny.path, "stations", old(tiny), old(tiny))
    assert (found.added, found.gone, found.moved, found.changed, found.same) == ((), (), (), (), 4)


def test_rows_added_gone_moved_and_changed_by_hand(tiny: Tiny) -> None:
    hill, dale, farm, offshore = stations()
    moved = ({**dale[0]}, point(405_300, 300_900))  # 300 m east and 400 m north: 500 m
    changed = ({**farm[0], "kv": 275}, farm[1])
    new = ({"name": "New", "kv": 400}, point(400_500, 300_500))
    found = diff_layer(tiny.path, "stations", old(tiny), other(tiny, [new, changed, moved, hill]))
    assert offshore[0]["name"] == "Offshore"
    assert (found.added, found.gone, found.same, found.rows_old, found.rows_new) == (("New",), ("Offshore",), 1, 4, 4)
    assert [(row.id, row.metres) for row in found.moved] == [("Dale", 500.0)]
    assert [(row.id, row.columns) for row in found.changed] == [("Farm", {"kv": ("132", "275")})]


def test_what_lies_within_the_tolerance_has_not_moved(tiny: Tiny) -> None:
    hill, *rest = stations()
    nudged = other(tiny, [(hill[0], point(401_053, 304_054)), *rest])  # 3 m east and 4 m north: 5 m
    assert [row.metres for row in diff_layer(tiny.path, "stations", old(tiny), nudged, tolerance=4.9).moved] == pytest.approx([5.0])
    assert diff_layer(tiny.path, "stations", old(tiny), nudged, tolerance=5.1).moved == ()


def test_rows_that_share_a_name_are_matched_by_nearness(tiny: Tiny) -> None:
    twins = [({"name": "Twin", "kv": 400}, point(401_000, 301_000)), ({"name": "Twin", "kv": 275}, point(405_000, 304_000))]
    before = other(tiny, twins, "before")
    after = other(tiny, [twins[1], (twins[0][0], point(401_000, 301_200)), ({"name": "Twin", "kv": 1}, point(403_000, 300_000))], "after")
    found = diff_layer(tiny.path, "stations", before, after)
    assert [(row.id, row.metres) for row in found.moved] == [("Twin", 200.0)]
    assert (found.changed, found.gone, found.added, found.same) == ((), (), ("Twin",), 1)


def test_rows_without_a_name_match_nothing(tiny: Tiny) -> None:
    before = other(tiny, [({"name": None, "kv": 1}, point(401_000, 301_000)), ({"name": "A", "kv": 1}, point(401_000, 302_000))], "before")
    found = diff_layer(tiny.path, "stations", before, before)
    assert (found.added, found.gone, found.same) == (("feature 1",), ("feature 1",), 1)


def test_areas_move_by_their_corners(tiny: Tiny) -> None:
    (name, shape), *_ = DATA["parks"]
    assert shape is not None
    corners = [[east + 700, north] for east, north in shape["coordinates"][0]]  # type: ignore[index]
    found = diff_layer(tiny.path, "parks", old(tiny, "parks"), other(tiny, [(name, {**shape, "coordinates": [corners]})]))
    assert [(row.id, row.metres) for row in found.moved] == [("Great Park", 700.0)]


def test_a_place_that_is_lost_has_moved_from_somewhere_to_nowhere(tiny: Tiny) -> None:
    hill, *rest = stations()
    found = diff_layer(tiny.path, "stations", old(tiny), other(tiny, [(hill[0], None), *rest]))
    assert [(row.id, row.metres) for row in found.moved] == [("Hill", float("inf"))]


def test_columns_that_come_and_go_are_named(tiny: Tiny) -> None:
    found = diff_layer(
        tiny.path, "stations", old(tiny), other(tiny, [({"name": made["name"], "volts": 1}, shape) for made, shape in stations()])
    )
    assert (found.columns_added, found.columns_gone, found.changed) == (("volts",), ("kv",), ())


def test_without_a_name_for_rows_it_asks_for_one(tiny: Tiny) -> None:
    with pytest.raises(LayerError, match="--id COLUMN"):
        diff_layer(tiny.path, "roads", old(tiny, "roads"), old(tiny, "roads"))
    assert diff_layer(tiny.path, "roads", old(tiny, "roads"), old(tiny, "roads"), id_column="kind").same == len(DATA["roads"])


def test_an_unused_layer_in_degrees_is_measured_in_metres(tiny: Tiny, tmp_path: Path) -> None:
    for name, lat in (("a", 52.0), ("b", 52.01)):
        (tmp_path / f"{name}.csv").write_text(f"name,lon,lat\nSpot,-1.5,{lat}\n")
    add_layer(
        tiny.path, str(tmp_path / "a.csv"), name="spots", answers={"publisher": "me", "licence": "x", "vintage": "1", "accuracy": "1 m"}
    )
    (row,) = diff_layer(tiny.path, "spots", str(tmp_path / "a.csv"), str(tmp_path / "b.csv")).moved
    # A hundredth of a degree of latitude at 52 N is 1,112.6 m on WGS84 (111,262 m a degree); UTM's scale there is 0.9997 to 1.0.
    assert row.metres == pytest.approx(1112.6, rel=1e-3)


# ---------------------------------------------------------------------------------------------- ranks


def test_ranks_with_newer_data_are_those_of_the_areas_measured_anew(tiny: Tiny) -> None:
    outcome = tiny.run()
    hill, *rest = stations()
    newer = other(tiny, [(hill[0], point(405_950, 300_050)), *rest])
    ranked = rerank(outcome.folder, "stations", old(tiny), newer, SilentReporter(), workers=2)
    assert [site.rank for site in ranked.sites] == [site.rank for site in outcome.result.ranking.sites]
    for site, was in zip(ranked.sites, outcome.result.ranking.sites, strict=True):
        assert site.score == pytest.approx(was.score, abs=1e-4)
    # The oracle: score the same plots as rivals of a run whose layer reads the newer file.
    tiny.edit("layers/stations.toml", "data/stations.geojson", "data/stations_new.geojson")
    changed = run_study(read_study(tiny.study_file), out=tiny.path / "changed")
    plots = tiny.path / "plots.geojson"
    sites = gpd.read_file(outcome.folder / "sites.gpkg", layer="sites")
    sites[["name", "geometry"]].to_file(plots, driver="GeoJSON")
    answers = {answer.name: answer.score for answer in ask_file(open_run(changed.folder, SilentReporter(), workers=2), plots)}
    for site in ranked.sites:
        assert site.new_score == pytest.approx(answers[site.name], abs=0.02)
        assert site.new_score - site.score == pytest.approx(sum(site.by_criterion.values()), abs=1e-3)
    by_score = sorted(-site.new_score for site in ranked.sites)
    assert all(site.new_rank == 1 + by_score.index(-site.new_score) for site in ranked.sites)
    assert any(site.rank != site.new_rank for site in ranked.sites)
    assert "no new search" in ranked.note


def test_areas_that_a_rule_now_keeps_out_are_told(tiny: Tiny) -> None:
    outcome = tiny.run()
    best = outcome.result.ranking.sites[0]
    whole = {"type": "Polygon", "coordinates": [[[400000, 300000], [406000, 300000], [406000, 305000], [400000, 305000], [400000, 300000]]]}
    ranked = rerank(outcome.folder, "parks", old(tiny, "parks"), other(tiny, [({"name": "All"}, whole)]), SilentReporter(), workers=2)
    assert all(site.fails == {"Parks": 1.0} for site in ranked.sites)
    assert ranked.sites[0].name == best.name
    assert len(ranked.changed) == len(ranked.sites)


def test_a_layer_that_the_run_does_not_use_is_refused(tiny: Tiny) -> None:
    outcome = tiny.run()
    tiny.write("layers/spare.toml", (tiny.path / "layers" / "parks.toml").read_text(encoding="utf-8"))
    with pytest.raises(RunError, match="does not use layer 'spare'"):
        rerank(outcome.folder, "spare", old(tiny, "parks"), old(tiny, "parks"), SilentReporter(), workers=1)
