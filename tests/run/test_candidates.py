"""Given plots ranked instead of areas searched for: by their own cells, what drops them, what is assembled, and rivals by the same code.

Of the tiny workspace a cell is a hectare and a plant takes four; the park lies at 401500 to 402500 E, 303000 to 304000 N.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import shapely

from geo_engine.errors import GeoEngineError
from geo_engine.model import Rejection, Result, Stage
from geo_engine.run import RunOutcome, StoredRun, ask_file, gaps_sentence
from geo_engine.run.places.candidates.assembly import assembled, neighbours
from tests.run import tiny as ws
from tests.run.rivals import at, drawn, table
from tests.run.tiny import Tiny

LAYER = (
    'title = "Brownfield"\nsource = "data/plots.geojson"\ngeometry = "polygons"\nid = "site"\n'
    'publisher = "nobody"\nlicence = "CC0-1.0"\nvintage = 2024\n'
)
HOSTILE = '=HYPERLINK("x")</script><b>'
PLOTS = {
    "Dale": ws.box(404000, 301500, 404300, 301700),
    "Half off the cells": ws.box(404050, 300450, 404350, 300750),
    "Twice": ws.box(401000, 301500, 401300, 301700),
    "In the park": ws.box(401600, 303100, 402000, 303300),
    "Park edge": ws.box(401300, 303000, 401700, 303200),
    "Coast": ws.box(399900, 301500, 400300, 301700),
    "Mostly sea": ws.box(399500, 304000, 400100, 304200),
    "Sea": ws.box(398000, 301500, 398400, 301700),
    "Garden": ws.box(404410, 301510, 404440, 301540),
    "North field": ws.box(402000, 301000, 402200, 301100),
    "South field": ws.box(402000, 300860, 402200, 300960),
    "Lone field": ws.box(405500, 304500, 405700, 304600),
    HOSTILE: ws.box(405000, 301500, 405400, 301700),
    "Two parts": json.loads(
        shapely.to_geojson(shapely.MultiPolygon([shapely.box(402600, 302000, 402800, 302100), shapely.box(402600, 302300, 402800, 302400)]))
    ),
    "Bow": {"type": "Polygon", "coordinates": [[[404000, 304000], [404400, 304400], [404400, 304000], [404000, 304400], [404000, 304000]]]},
}
FEATURES = [({"site": name}, shape) for name, shape in PLOTS.items()] + [({"site": "Twice"}, ws.box(401200, 301500, 401500, 301700))]


def workspace(path: Path, sites: str = "", features: Sequence[ws.Feature] | None = None, layer: str = LAYER) -> Tiny:
    made = Tiny.make(path)
    made.write("layers/plots.toml", layer)
    made.features("plots", FEATURES if features is None else features)
    made.write("studies/plant.toml", ws.study_text(rules=[ws.PARK_RULE], demand="", sites=f'candidates = "plots"\n{sites}'))
    return made


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> tuple[Tiny, RunOutcome]:
    made = workspace(tmp_path_factory.mktemp("plots") / "ws", 'assemble = "50 m"\n')
    return made, made.run()


@pytest.fixture(scope="module")
def result(ran: tuple[Tiny, RunOutcome]) -> Result:
    return ran[1].result


@pytest.fixture(scope="module")
def stored(ran: tuple[Tiny, RunOutcome]) -> StoredRun:
    return ran[0].stored()


def dropped(result: Result) -> dict[str, Rejection]:
    return {item.name: item for item in result.ranking.rejected}


def test_every_plot_is_a_site_a_part_of_one_or_in_the_register(result: Result) -> None:
    names = {part for site in result.ranking.sites for part in site.name.split(" + ")} | set(dropped(result))
    assert names == {*PLOTS, "Twice (2)"}
    assert len(result.ranking.sites) + len(dropped(result)) == len(FEATURES) - 1  # two fields are one site


def test_a_plot_scores_the_mean_of_its_cells_weighed_by_its_part_in_each(result: Result) -> None:
    """Three by three cells, laid half a cell off to the east and the south: halves and quarters of sixteen cells, by hand."""
    [site] = [site for site in result.ranking.sites if site.name == "Half off the cells"]
    grid, score = result.surface.grid, np.asarray(result.surface.score, np.float64)
    part = np.array([0.5, 1.0, 1.0, 0.5])
    row, col = int((grid.north - 300750) // 100), int((404050 - grid.west) // 100)
    by_hand = (np.outer(part, part) * score[row : row + 4, col : col + 4]).sum() / 9
    assert site.score == pytest.approx(by_hand, abs=1e-4)
    assert site.score == pytest.approx(sum(part.points for part in site.contributions))
    assert (site.area_m2, site.usable_m2) == (90_000.0, 90_000.0)


def test_rules_drop_plots_with_the_rule_and_the_number(result: Result) -> None:
    park, edge = dropped(result)["In the park"], dropped(result)
    assert (park.stage, park.rule, park.number, park.unit) == (Stage.RULE, "Parks", 100.0, "%")
    assert park.detail == "100 % of it fails 'Parks'; 0 ha are left, 4 ha needed"
    assert "Park edge" not in edge  # half of its eight hectares is four, which is enough
    assert next(site for site in result.ranking.sites if site.name == "Park edge").usable_m2 == pytest.approx(40_000)


def test_plots_across_the_coast_keep_what_is_on_land(result: Result) -> None:
    coast = next(site for site in result.ranking.sites if site.name == "Coast")
    assert (coast.area_m2, coast.usable_m2) == (80_000.0, 60_000.0)
    sea, mostly = dropped(result)["Sea"], dropped(result)["Mostly sea"]
    assert (sea.stage, sea.number) == (Stage.AREA, 100.0)
    assert mostly.stage is Stage.AREA
    assert mostly.number == pytest.approx(100 * 10 / 12)
    assert mostly.detail.startswith("83.3 % of it lies off the area studied; 2 ha are left, 4 ha needed; with its neighbours")


def test_neighbours_are_assembled_where_neither_is_enough(result: Result) -> None:
    both = next(site for site in result.ranking.sites if "North field" in site.name)
    assert both.name == "North field + South field"  # 40 m apart, two hectares each
    assert both.geometry.geom_type == "MultiPolygon"
    assert both.area_m2 == both.usable_m2 == 40_000.0
    lone = dropped(result)["Lone field"]
    assert (lone.stage, lone.rule, lone.number, lone.unit) == (Stage.SIZE, "area", 2.0, "ha")
    assert lone.detail == "2 ha usable, 4 ha needed; with its neighbours up to 50 m there is not enough"


def test_a_plot_smaller_than_a_cell_has_the_score_of_its_cell(result: Result) -> None:
    garden = dropped(result)["Garden"]
    row, col = result.surface.grid.cells_at(np.array([404425.0]), np.array([301525.0]))
    assert garden.score == pytest.approx(float(result.surface.score[row[0], col[0]]), abs=1e-5)
    assert garden.number == pytest.approx(0.09)
    assert any("smaller than a cell of 100 m: 1." in note for note in result.ranking.notes)


def test_multipart_crossing_and_overlapping_plots_are_ranked_and_noted(result: Result) -> None:
    sites = {site.name: site for site in result.ranking.sites}
    assert sites["Two parts"].usable_m2 == 40_000.0
    assert sites["Bow"].usable_m2 == pytest.approx(80_000.0)  # two of the four triangles of sixteen hectares
    notes = " ".join(result.ranking.notes)
    assert "1 shapes were repaired" in notes
    assert "Twice (2)" in notes
    assert "(2 ha)" in notes  # they share a strip of 100 by 200 m
    assert len({site.site_id for site in result.ranking.sites}) == len(result.ranking.sites)


def test_tables_and_page_say_sites_and_hold_hostile_names(ran: tuple[Tiny, RunOutcome]) -> None:
    folder, found = ran[1].folder, ran[1].result
    with (folder / "sites.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert f"'{HOSTILE}" in [row["name"] for row in rows]
    assert [float(row["usable_ha"]) for row in rows] == [round((site.usable_m2 or 0) / 1e4, 2) for site in found.ranking.sites]
    page = (folder / "map.html").read_text(encoding="utf-8")
    assert HOSTILE not in page
    assert found.study.sites.noun == "sites"
    assert gaps_sentence(found.study)
    with (folder / "rejected.csv").open(encoding="utf-8", newline="") as stream:
        stages = [int(row["stage"]) for row in csv.DictReader(stream)]
    assert stages == sorted(stages)


def test_a_near_miss_is_the_plot_that_would_pass_without_the_rule(result: Result) -> None:
    [miss] = result.near_misses
    assert {area.name for area in miss.areas} == {"In the park", "Park edge"}


def test_rivals_are_judged_as_the_same_plots_are_as_candidates(ran: tuple[Tiny, RunOutcome], stored: StoredRun) -> None:
    """One meaning, two doors: the layer's own file, typed in as rivals."""
    whole = list(PLOTS.items())
    rivals = {rival.name: rival for rival in ask_file(stored, drawn(ran[0].path / "rivals.geojson", whole))}
    for site in ran[1].result.ranking.sites:
        if site.name in rivals:
            rival = rivals[site.name]
            assert (rival.rank, rival.dropped, rival.kind) == (site.rank, "", "plot")
            assert rival.score == pytest.approx(site.score, abs=1e-9)
            assert rival.usable_ha == pytest.approx((site.usable_m2 or 0) / 1e4)
    for name, item in dropped(ran[1].result).items():
        rival = rivals[name]
        assert rival.dropped_by == item.rule
        assert item.detail.startswith(rival.dropped)
        assert rival.score == pytest.approx(item.score, abs=1e-4, nan_ok=True)


def test_a_point_has_its_own_value_and_the_best_area_within_its_accuracy(stored: StoredRun, tmp_path: Path) -> None:
    rough, exact, metres = (
        *ask_file(
            stored,
            table(tmp_path / "a.csv", [at("Rough", 404050, 301550, 0.5), at("Exact", 404050, 301550, "")], "name,lon,lat,accuracy_km"),
        ),
        *ask_file(stored, table(tmp_path / "b.csv", [("Metres", 404050, 301550)], "name,easting,northing")),
    )
    assert rough.score == exact.score == pytest.approx(metres.score, abs=1e-4)
    assert (metres.easting, metres.northing) == (404050, 301550)
    assert exact.best_area is None
    assert rough.best_area is not None
    grid, score = stored.plan.grid, stored.score
    rows, cols = np.nonzero(stored.status == 0)
    e, n = grid.centres(rows, cols)
    near = np.hypot(e - 404050, n - 301550) <= 500
    best = np.sort(score[rows[near], cols[near]])[::-1]
    assert score[34, 40] <= rough.best_area.score <= float(best[:4].mean()) + 1e-5  # no four cells are better than the four best
    assert np.hypot(rough.best_area.easting - 404050, rough.best_area.northing - 301550) <= 500
    [asked] = ask_file(stored, tmp_path / "b.csv", within=500.0)
    assert asked.best_area is not None
    assert asked.best_area.score == pytest.approx(rough.best_area.score, abs=1e-5)


def test_a_limit_on_restricted_land_drops_what_would_be_large_enough(tmp_path: Path) -> None:
    found = workspace(tmp_path / "ws", 'restricted_share = "10 %"\nminimum_area = "1 ha"\n').solve()
    edge, garden = dropped(found)["Park edge"], dropped(found)["Garden"]
    assert edge.rule == "Parks"
    assert edge.number == pytest.approx(50.0)
    assert edge.detail == "50 % of it fails 'Parks'; 10 % is allowed"
    assert (garden.rule, garden.unit) == ("minimum_area", "ha")
    assert {"North field", "South field"} <= set(dropped(found))  # nothing asks to assemble them


def test_count_and_spacing_drop_the_rest_with_their_numbers(tmp_path: Path) -> None:
    found = workspace(tmp_path / "ws", 'count = 2\nspacing = "1 km"\n').solve()
    assert len(found.ranking.sites) == 2
    near = [item for item in found.ranking.rejected if item.stage is Stage.SPACING]
    late = [item for item in found.ranking.rejected if item.stage is Stage.SCORE]
    assert all(item.number < 1 for item in near)
    assert late
    worst = found.ranking.sites[-1].score
    assert [item.number for item in late] == pytest.approx([worst - item.score for item in late])


def test_no_plot_that_passes_leaves_no_site_and_says_so(tmp_path: Path) -> None:
    found = workspace(
        tmp_path / "ws", features=[({"site": "A"}, ws.box(401600, 303100, 401700, 303200)), ({"site": None}, ws.box(0, 0, 1, 1))]
    ).run()
    assert found.result.ranking.sites == ()
    assert {item.name for item in found.result.ranking.rejected} == {"A", "plot 2"}
    assert any("none passes" in note for note in found.result.ranking.notes)


def test_points_with_hectares_stand_for_discs_and_the_note_says_estimate(tmp_path: Path) -> None:
    points = LAYER.replace('"polygons"', '"points"')
    given = [({"site": "A", "ha": 9.0}, ws.point(404250, 301550)), ({"site": "B", "ha": 0.0}, ws.point(401000, 301000))]
    found = workspace(tmp_path / "ws", 'hectares = "ha"\n', given, points).solve()
    [site] = found.ranking.sites
    assert site.name == "A"
    assert site.area_m2 == pytest.approx(90_000)
    assert dropped(found)["B"].stage is Stage.SIZE
    assert dropped(found)["B"].number == 0
    assert any("estimate" in note and "'ha'" in note for note in found.ranking.notes)


@pytest.mark.parametrize(
    ("sites", "layer", "said"),
    [
        ("", LAYER.replace('"polygons"', '"points"'), "nothing says how large its plots are"),
        ('hectares = "ha"\n', LAYER, "hectares is for points"),
        ('name = "title"\n', LAYER, "column 'title' is missing"),
        ("where = \"site = 'nobody'\"\n", LAYER, "no feature left"),
        ("reach = 2.0\n", LAYER, "says how areas are searched for"),
        ('restricted_share = "120 %"\n', LAYER, "restricted_share"),
    ],
)
def test_what_does_not_fit_is_one_clear_error(tmp_path: Path, sites: str, layer: str, said: str) -> None:
    with pytest.raises(GeoEngineError, match=said):
        workspace(tmp_path / "ws", sites, layer=layer).plan()


def test_keys_of_plots_say_nothing_in_a_search(tmp_path: Path) -> None:
    made = workspace(tmp_path / "ws")
    made.write("studies/plant.toml", ws.study_text(sites='count = 2\nspacing = "1 km"\nassemble = "50 m"\n'))
    with pytest.raises(GeoEngineError, match="assemble says nothing without candidates"):
        made.study()


# ---------------------------------------------------------------------------------------------- assembly, by hand


def row_of(*hectares: float, gap: float = 10.0) -> tuple[dict[int, tuple[int, ...]], np.ndarray]:
    """Squares in a row, each so many hectares, and their neighbours up to 20 m."""
    west = np.cumsum([0.0, *(np.sqrt(area * 1e4) + gap for area in hectares)])[:-1]
    shapes = np.array([shapely.box(w, 0, w + np.sqrt(area * 1e4), np.sqrt(area * 1e4)) for w, area in zip(west, hectares, strict=True)])
    return neighbours(shapes, np.arange(len(shapes)), 20.0), np.array(hectares) * 1e4


@pytest.mark.parametrize(
    ("hectares", "score", "groups"),
    [
        ((2, 2, 2), (50, 70, 60), ((1, 2),)),  # from the best by its better neighbour
        ((3, 1, 3), (90, 10, 80), ((0, 1),)),  # the best two are no neighbours; the last is not needed
        ((1, 3, 2), (90, 50, 80), ((0, 1),)),  # the only way leads by the second
        ((1, 3, 3.5), (60, 50, 80), ((1, 2),)),
        ((2, 2, 2, 2), (9, 8, 2, 1), ((0, 1), (2, 3))),  # two groups, and no plot in both
        ((1, 1, 1), (9, 8, 7), ()),
    ],
)
def test_groups_grow_from_the_best_plot_and_hold_no_more_than_is_needed(
    hectares: tuple[float, ...], score: tuple[float, ...], groups: tuple[tuple[int, ...], ...]
) -> None:
    beside, usable = row_of(*hectares)
    assert assembled(beside, np.array(score, float), usable, 4e4, lambda group: bool(usable[list(group)].sum() >= 4e4)) == groups


def test_plots_farther_apart_than_the_gap_are_no_neighbours() -> None:
    assert row_of(2, 2, gap=21.0)[0] == {0: (), 1: ()}
    assert row_of(2, 2, gap=20.0)[0] == {0: (1,), 1: (0,)}
