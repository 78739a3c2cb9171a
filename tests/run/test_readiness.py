"""From a study with needs and thresholds to needs.csv, readiness.csv and missing.csv; each figure found again by brute force."""

from __future__ import annotations

import csv
import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from pyproj import Transformer

from geo_engine.cli import main
from geo_engine.errors import LayerError
from geo_engine.measure import PointPlaces, travel_costs
from geo_engine.model import Mark, rule_bits
from geo_engine.publish.registers import readiness_cards
from geo_engine.run import RunOutcome, best_table, check_plan, explain, run_study, with_scenario
from tests.run.tiny import LAYERS, Tiny, box, point, study_text

SSEN = Path(__file__).parents[3] / "shared/reference/grid_headroom_ssen/ssen_headroom_march2026.csv"
STATIONS = [
    ("Hill", 401_050, 304_050, 30.0),
    ("Dale", 405_000, 300_500, 10.0),
    ("Farm", 402_000, 301_000, None),
    ("Mill", 400_500, 301_500, 0.0),
]
CONNECTION = """
[[facility.needs]]
name = "connection"
each = "5 MVA"
source = "a plan"
test = { measure = "best_within", layer = "stations", size = "spare", within = "2 km", source = "judgement" }
[[facility.needs]]
name = "jobs"
each = "30 jobs"
[facility.needs.test]
measure = "sum_within"
layer = "towns"
size = "people"
within = "4 min"
network = "roads"
profile = "lorry"
each = "0.02 jobs"
covers = "regions"
source = "judgement"
[[facility.needs]]
name = "water"
each = "9 m3 a day"
"""
READY = """
[readiness]
required_gaps = ["flood"]
[[readiness.subjects]]
name = "Grid"
need = "connection"
stands_in = { criterion = "grid", amber = { at_most = "3 km" } }
why = "power"
[[readiness.subjects]]
name = "Roads"
criterion = "plant"
amber = { at_most = "4 min" }
required = false
why = "lorries"
[[readiness.subjects]]
name = "Parks"
rule = "Parks"
why = "law"
[[readiness.actions]]
subject = "Grid"
action = "Ask the operator"
source = "no figure was found"
[[readiness.actions]]
subject = "flood"
action = "Have the risk assessed"
cost_low = 0.5
cost_high = 1.5
cost_unit = "GBP million"
lead_low = "3 months"
lead_high = "1 years"
source = "a paper"
year = 2021
"""


def spoken(tiny: Tiny, *, required: str = "", ready: str = READY) -> Tiny:
    """Give the workspace stations with spare capacity, and a study that asks for it."""
    tiny.features("stations", [({"name": n, "kv": 400, "spare": spare}, point(e, north)) for n, e, north, spare in STATIONS])
    tiny.write("layers/stations.toml", LAYERS["stations"] + 'capacity = ["spare"]\n')
    text = study_text().replace('source = "judgement"\n[demand]', f'source = "judgement"\n{CONNECTION}{required}[demand]', 1)
    assert CONNECTION in text
    tiny.write("studies/plant.toml", text + ready)
    return tiny


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> tuple[Tiny, RunOutcome]:
    tiny = spoken(Tiny.make(tmp_path_factory.mktemp("judged") / "ws"))
    return tiny, tiny.run()


def rows(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def expected(east: float, north: float) -> tuple[str, float]:
    """What a place has of 20 MVA within 2 km, by the table above."""
    near = [spare for _, e, n, spare in STATIONS if math.hypot(e - east, n - north) <= 2_000]
    stated = [spare for spare in near if spare is not None]
    there = max(stated, default=math.nan)
    if stated and there >= 20:
        return "met", there
    return ("short" if near and len(stated) == len(near) else "unknown"), there


def test_each_site_says_what_is_there_of_the_connection(judged: tuple[Tiny, RunOutcome]) -> None:
    outcome = judged[1]
    found = {row["site_id"]: row for row in rows(outcome.folder, "needs.csv") if row["need"] == "connection"}
    assert len(found) == len(outcome.result.ranking.sites) == 5
    for site in outcome.result.ranking.sites:
        state, there = expected(site.easting, site.northing)
        row = found[site.site_id]
        assert (row["state"], row["wanted"], row["unit"]) == (state, "20", "MVA")
        assert row["there"] == ("" if math.isnan(there) else f"{there:g}")
        assert row["short_by"] == (f"{20 - there:g}" if state == "short" else "")
        assert (row["layer"], row["vintage"], row["basis"]) == ("Stations", "2024", "a plan; judgement")
        assert row["accuracy"] == "0.1 km"
    assert len({row["state"] for row in found.values()}) > 1


def test_what_no_test_tells_is_unknown_and_the_land_is_its_own(judged: tuple[Tiny, RunOutcome]) -> None:
    found = rows(judged[1].folder, "needs.csv")
    assert {(row["state"], row["there"], row["remark"]) for row in found if row["need"] == "water"} == {
        ("unknown", "", "nothing in the study tests it")
    }
    assert {(row["state"], row["wanted"], row["there"], row["unit"]) for row in found if row["need"] == "land"} == {("met", "4", "4", "ha")}


def test_workers_are_a_share_of_people_within_reach_over_the_road(judged: tuple[Tiny, RunOutcome]) -> None:
    outcome = judged[1]
    there = {row["site_id"]: float(row["there"]) for row in rows(outcome.folder, "needs.csv") if row["need"] == "jobs"}
    assert set(there.values()) <= {0.0, 60.0, 180.0, 240.0}  # Ayton has 3,000 people, Beeville 9,000: 2 % of them
    sites = outcome.result.ranking.sites
    places = PointPlaces(np.array([site.easting for site in sites]), np.array([site.northing for site in sites]))
    seconds = travel_costs(outcome.plan.travels["roads", "lorry"], "towns", places)  # searched from the towns, not from the sites
    for number, site in enumerate(sites):
        assert there[site.site_id] == 0.02 * float(np.array([3_000, 9_000])[seconds[:, number] <= 240].sum())
    assert len(set(there.values())) > 1


def test_each_site_has_a_mark_a_subject_and_a_grey_row_a_gap(judged: tuple[Tiny, RunOutcome]) -> None:
    outcome = judged[1]
    marks: dict[str, dict[str, dict[str, str]]] = {}
    for row in rows(outcome.folder, "readiness.csv"):
        marks.setdefault(row["site_id"], {})[row["subject"]] = row
    sheet = {row["site_id"]: row for row in rows(outcome.folder, "sites.csv")}
    for site in outcome.result.ranking.sites:
        mine = marks[site.site_id]
        assert list(mine) == ["Grid", "Roads", "Parks", "Flood zones", "Energy price"]
        state, _ = expected(site.easting, site.northing)
        grid, plant = (part.value for part in site.contributions[:2])
        assert mine["Grid"]["mark"] == {"met": "green", "short": "red", "unknown": "amber" if grid <= 3_000 else "red"}[state]
        assert mine["Roads"]["mark"] == ("amber" if plant <= 240 else "red")
        assert mine["Parks"]["mark"] == "green"
        assert [(mine[name]["mark"], mine[name]["required"], mine[name]["gap"]) for name in ("Flood zones", "Energy price")] == [
            ("grey", "yes", "yes"),
            ("grey", "no", "yes"),
        ]
        assert sheet[site.site_id]["readiness"] == ("red" if mine["Grid"]["mark"] == "red" else "grey")
        assert sheet[site.site_id]["readiness_untested"] == "2"
    told = [row["ready"] for row in best_table(outcome.result)]
    assert told == [row["readiness"] for row in sheet.values()]


def test_what_is_missing_has_its_figures_or_blanks(judged: tuple[Tiny, RunOutcome]) -> None:
    outcome = judged[1]
    missing = rows(outcome.folder, "missing.csv")
    flood = next(row for row in missing if row["subject"] == "Flood zones")
    assert (flood["cost_low"], flood["cost_high"], flood["cost_unit"], flood["lead_months_low"]) == ("0.5", "1.5", "GBP million", "3")
    assert (flood["lead_months_high"], flood["source"], flood["year"]) == ("12", "a paper", "2021")
    price = next(row for row in missing if row["subject"] == "Energy price")
    assert (price["action"], price["cost_low"], price["source"]) == ("not stated in the study", "", "")
    asked = [row for row in missing if row["subject"] == "Grid"]
    assert {(row["action"], row["cost_low"], row["lead_months_low"]) for row in asked} == {("Ask the operator", "", "")}
    green = [row["site_id"] for row in rows(outcome.folder, "readiness.csv") if row["subject"] == "Grid" and row["mark"] == "green"]
    assert not {row["site_id"] for row in asked} & set(green)


def test_explain_says_the_same_as_the_tables(judged: tuple[Tiny, RunOutcome]) -> None:
    tiny, outcome = judged
    stored = tiny.stored()
    for site, needs, marks in zip(
        outcome.result.ranking.sites, outcome.result.ranking.needs, outcome.result.ranking.readiness, strict=True
    ):
        answer = explain(stored, str(site.site_id))
        assert [need.state for need in answer.needs] == [need.state for need in needs]
        assert answer.readiness is not None
        assert [mark.mark for mark in answer.readiness.marks] == [mark.mark for mark in marks.marks]
    lon, lat = Transformer.from_crs("EPSG:27700", "EPSG:4326", always_xy=True).transform(401_050, 304_050)
    anywhere = explain(stored, f"{lon},{lat}")
    assert [(need.need, need.state) for need in anywhere.needs[:2]] == [("land", "unknown"), ("connection", "met")]


def test_the_words_of_marks_are_printed_and_stand_in_the_document(judged: tuple[Tiny, RunOutcome]) -> None:
    folder = str(judged[1].folder)
    text = CliRunner().invoke(main, ["explain", folder, "1"]).output
    assert "Needs against what is there" in text
    assert "Readiness: " in text
    assert "0.5 to 1.5 GBP million" in text
    assert "Not tested and required (grey): Flood zones." in text
    document = json.loads(CliRunner().invoke(main, ["explain", folder, "1", "--json"]).output)
    assert document["readiness"]["marks"][3]["mark"] == "grey"


def test_check_says_what_is_tested_and_where_the_marks_change(judged: tuple[Tiny, RunOutcome]) -> None:
    report = check_plan(judged[1].plan, workers=1)
    assert report.readiness == (
        ("Need: connection", "best of spare of stations within 2 km", "1 MVA each", ""),
        (
            "Need: jobs",
            "sum of people of towns within 4 min by lorry on roads, all there is in regions",
            "0.02 jobs each, no capacity",
            "",
        ),
        ("Grid", "need connection; where unknown criterion grid", "amber at most 3 km; amber at best", "required"),
        ("Roads", "criterion plant", "amber at most 4 min; amber at best", ""),
        ("Parks", "rule Parks", "", "required"),
    )


def test_the_cards_hold_what_the_tables_hold(judged: tuple[Tiny, RunOutcome]) -> None:
    result = judged[1].result
    cards: dict[str, Any] = readiness_cards(result)
    assert json.loads(json.dumps(cards)) == cards
    for card, found, needs in zip(cards["sites"], result.ranking.readiness, result.ranking.needs, strict=True):
        assert card["overall"] == found.overall.word
        assert [(each["name"], each["state"]) for each in card["needs"]] == [(need.need, need.state) for need in needs]
        assert [each["subject"] for each in card["marks"]] == ["Grid", "Roads", "Parks"]
    assert [(gap["subject"], gap["required"]) for gap in cards["gaps"]] == [("Flood zones", True), ("Energy price", False)]
    assert cards["actions"]["Flood zones"][0]["cost"] == "0.5 to 1.5 GBP million"
    assert cards["actions"]["Grid"][0]["lead"] == "no figure"


def test_a_rule_that_a_scenario_drops_is_grey(tmp_path: Path) -> None:
    tiny = spoken(Tiny.make(tmp_path / "ws"))
    tiny.write(
        "studies/plant.toml", tiny.study_file.read_text() + '[scenarios.free]\ntitle = "Free"\nwhy = "w"\ndrop_constraints = ["Parks"]\n'
    )
    outcome = run_study(with_scenario(tiny.study(), "free"), workers=2)
    assert {marks.marks[2].mark for marks in outcome.result.ranking.readiness} == {Mark.GREY}


def test_a_required_need_keeps_out_land_that_is_short_and_no_other(tmp_path: Path) -> None:
    tiny = spoken(Tiny.make(tmp_path / "ws"), ready="")
    tiny.edit("studies/plant.toml", 'each = "5 MVA"\n', 'each = "5 MVA"\nrequired = true\n')
    result = tiny.solve()
    grid, status = result.surface.grid, np.asarray(result.surface.status)
    eastings, northings = np.meshgrid(grid.eastings(grid.whole), grid.northings(grid.whole))
    short = np.array([expected(float(e), float(n))[0] == "short" for e, n in zip(eastings.ravel(), northings.ravel(), strict=True)])
    bit = rule_bits(result.study.constraints)["Too little: connection"]
    assert (((status.ravel() >> bit) & 1).astype(bool) == short).all()
    assert 0 < short.sum() < short.size
    states = {expected(site.easting, site.northing)[0] for site in result.ranking.sites}
    assert states <= {"met", "unknown"}
    assert not (status & 1).any()  # land where it is not known stays free, and nothing else is unknown


def test_a_column_that_holds_no_figures_is_told_before_any_land_is_scored(tmp_path: Path) -> None:
    tiny = spoken(Tiny.make(tmp_path / "ws"))
    tiny.edit("studies/plant.toml", 'size = "spare"', 'size = "name"')
    with pytest.raises(LayerError, match="column 'name' is not a number"):
        tiny.plan()


def test_a_study_without_readiness_leaves_no_marks_and_no_old_ones(tmp_path: Path) -> None:
    tiny = spoken(Tiny.make(tmp_path / "ws"))
    folder = tiny.run().folder
    assert (folder / "readiness.csv").is_file()
    tiny.write("studies/plant.toml", study_text())
    tiny.run()
    assert not (folder / "readiness.csv").exists()
    assert not (folder / "missing.csv").exists()
    assert "readiness" not in rows(folder, "sites.csv")[0]


@pytest.mark.skipif(not SSEN.is_file(), reason="the operator's table of headroom is not here")
def test_a_real_table_of_headroom_from_layer_to_mark(tmp_path: Path) -> None:
    """One operator's published headroom: 25 MVA asked for, at grid and bulk supply points within 8 km, in part of its area."""
    tiny = Tiny.make(tmp_path / "ws")
    tiny.features("regions", [({"region": "Thames"}, box(440_000, 180_000, 480_000, 210_000))])
    column = "Estimated Demand Headroom (MVA)"
    tiny.write(
        "layers/headroom.toml",
        f'title = "Headroom"\nsource = "{SSEN}"\ngeometry = "points"\nid = "Substation"\npublisher = "SSEN"\nlicence = "its own"\n'
        f'vintage = "March 2026"\naccuracy = "0.1 km"\ncapacity = ["{column}"]\ncloses = ["flood"]\n',
    )
    where = "\\\"Substation Type\\\" in ('GSP', 'BSP')"
    measure = (
        f'layer = "headroom"\nwhere = "{where}"\nmeasure = "distance"\nvalue = {{ function = "linear", best = "0 m", worst = "30 km" }}\n'
    )
    nearest = f'[[criteria]]\nname = "Distance to a substation"\nkey = "grid"\nweight = 1\nwhy = "w"\n{measure}'
    need = (
        f'[[facility.needs]]\nname = "connection"\neach = "6.25 MVA"\n[facility.needs.test]\nmeasure = "best_within"\nlayer = "headroom"\n'
        f'where = "{where}"\nsize = "{column}"\nwithin = "8 km"\nsource = "judgement"\n'
    )
    ready = '[readiness]\nrequired_gaps = []\n[[readiness.subjects]]\nname = "Grid"\nneed = "connection"\nwhy = "power"\n'
    text = study_text([nearest], (), demand=need, cell="500 m", land="25 ha", sites='count = 20\nspacing = "5 km"\n')
    tiny.write("studies/plant.toml", text.replace('roads = "roads"\n', "") + ready)
    ranking = tiny.run().result.ranking

    table = pd.read_csv(SSEN)
    table = table[table["Substation Type"].isin(["GSP", "BSP"])]
    east, north = Transformer.from_crs("EPSG:4326", "EPSG:27700", always_xy=True).transform(
        table["lon"].to_numpy(), table["lat"].to_numpy()
    )
    spare = table[column].to_numpy()
    assert len(ranking.sites) == 20
    for site, needs, marks in zip(ranking.sites, ranking.needs, ranking.readiness, strict=True):
        near = np.hypot(east - site.easting, north - site.northing) <= 8_000
        best = np.nanmax(spare[near]) if np.isfinite(spare[near]).any() else math.nan
        open_ = not near.any() or np.isnan(spare[near]).any()
        state = "met" if best >= 25 else "unknown" if open_ else "short"
        assert (needs[1].state, needs[1].capacity) == (state, True)
        assert needs[1].there == pytest.approx(best, nan_ok=True)
        assert marks.marks[0].mark is {"met": Mark.GREEN, "unknown": Mark.GREY, "short": Mark.RED}[state]
    assert len({needs[1].state for needs in ranking.needs}) > 1
