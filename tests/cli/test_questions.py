"""The verbs that ask a finished run: explain, score, backtest; and runs and files of rivals that are spoilt."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from geo_engine.run import RunOutcome
from tests.cli.conftest import TO_DEGREES, Call, parsed, table
from tests.run import tiny as ws
from tests.run.tiny import Tiny


@pytest.fixture(scope="module")
def folder(finished: tuple[Tiny, RunOutcome]) -> Path:
    return finished[1].folder


def degrees(east: float, north: float) -> str:
    lon, lat = TO_DEGREES.transform(east, north)
    return f"{lon:.8f},{lat:.8f}"


# ---------------------------------------------------------------------------------------------- explain


def test_explain_a_site(folder: Path, call: Call) -> None:
    result = call("explain", folder, "1")
    assert result.exit_code == 0
    for text in (
        "rank 1",
        "Status: free.",
        "Distance to a station",
        "Stations, nobody",
        "0.1 km",
        "100 %",
        "It is the best area found.",
        "Not tested: flood zones",
    ):
        assert text in result.stdout, text


def test_explain_as_json_adds_up(folder: Path, call: Call) -> None:
    answer = parsed(call("explain", folder, "2", "--json").stdout)
    assert answer["score"] == pytest.approx(sum(part["points"] for part in answer["contributions"]))
    assert (answer["rank"], answer["status"], answer["rules_failed"]) == (2, "free", [])


def test_explain_says_what_would_have_to_change(folder: Path, call: Call) -> None:
    first, second = (call("explain", folder, rank).stdout for rank in ("1", "2"))
    assert "It keeps the first place until" in first
    assert "takes it: '" in first
    assert "It would be first, before" in second or "No weights make it first." in second
    for text in ("Value at which it would have the rank", "rank 1", "rank 5", "rank 10", "always"):
        assert text in second, text
    assert "kept to" in first
    assert "What would have to change: Not given, because the place has no score." in call("explain", folder, "1.5,52.6").stdout


def test_explain_says_how_sure_a_rank_is(folder: Path, call: Call) -> None:
    for rank in ("1", "2", "3"):
        sure = parsed(call("explain", folder, rank, "--json").stdout)["sureness"]
        said = next(line for line in call("explain", folder, rank).stdout.splitlines() if line.startswith("Tier"))
        assert said.startswith(f"Tier {sure['tier']}: rank")
        assert "in 90 % of 100 draws of weights and data." in said
        if sure["not_separated"] == 0:
            assert said.endswith("No other interval overlaps with its own.")
        else:
            assert "cannot be separated from" in said
            assert f"{sure['best_of_them']}" in said.split("cannot be separated from")[1]
    nowhere = call("explain", folder, degrees(404550, 301550)).stdout
    assert "Tier and rank interval: not drawn, because the place is none of the areas that the run found." in nowhere


def test_explain_a_place_west_of_greenwich_behind_a_double_dash(folder: Path, call: Call) -> None:
    place = degrees(402050, 303450)
    assert place.startswith("-1.9")
    answer = parsed(call("explain", folder, "--json", "--", place).stdout)
    assert answer["status"] == "restricted: Parks"


def test_explain_a_place_west_of_greenwich_as_it_is_typed(folder: Path, call: Call) -> None:
    result = call("explain", folder, degrees(402050, 303450))
    assert result.exit_code == 0, result.output
    assert "Parks" in result.stdout


def test_explain_takes_no_option_for_a_place(folder: Path, call: Call) -> None:
    result = call("explain", folder, "--jsn")
    assert result.exit_code == 2
    assert "--jsn" in result.stderr


def test_explain_off_the_area_as_json_has_null_for_nan(folder: Path, call: Call) -> None:
    answer = parsed(call("explain", folder, "1.5,52.6", "--json").stdout)
    assert (answer["status"], answer["percentile"], answer["rank"]) == ("off the area", None, None)


@pytest.mark.parametrize(
    ("place", "text"),
    [
        ("99", "rank from 1 to 5"),
        ("Beevile", "did you mean 'Beeville'"),
        ("200,52", "longitude -180 to 180"),
        ("1,95", "latitude -90 to 90"),
        ("[red]x[/]", "[red]x[/]"),
    ],
)
def test_explain_an_unknown_place(folder: Path, refused: Call, place: str, text: str) -> None:
    refused(2, (place, text), "explain", folder, place)


# ---------------------------------------------------------------------------------------------- score, backtest


def test_score_prints_a_row_a_rival(folder: Path, call: Call, tmp_path: Path) -> None:
    file = table(
        tmp_path / "r.csv", ("Here", *TO_DEGREES.transform(404550, 301550), ""), ("Park", *TO_DEGREES.transform(402050, 303550), "")
    )
    result = call("score", folder, file)
    assert result.exit_code == 0
    assert "restricted: Parks" in result.stdout
    rivals = parsed(call("score", folder, file, "--json").stdout)["rivals"]
    assert [(rival["name"], rival["status"]) for rival in rivals] == [("Here", "free"), ("Park", "restricted: Parks")]


def test_backtest_as_json(folder: Path, call: Call, tmp_path: Path) -> None:
    rows = [
        ("Here", *TO_DEGREES.transform(404550, 301550), 0.5),
        ("Sea", *TO_DEGREES.transform(390000, 301550), ""),
        ("Park", *TO_DEGREES.transform(402050, 303550), 1),
    ]
    document = parsed(call("backtest", folder, table(tmp_path / "b.csv", *rows), "--json").stdout)
    assert set(document) == {"sites", "median_percentile", "comparable", "null", "draws", "auc", "auc_interval", "lift"}
    assert (document["comparable"], document["null"], document["auc_interval"]) == (None, None, None)
    assert set(document["draws"]) == {"median_of_medians"}
    assert list(document["lift"]) == ["1", "5", "10", "20"]
    assert [list(site) for site in document["sites"]] == [["name", "score", "percentile", "best_percentile", "status"]] * 3
    here, sea, park = document["sites"]
    assert (sea["percentile"], sea["best_percentile"], sea["status"]) == (None, None, "off the area")
    assert here["best_percentile"] >= here["percentile"]
    assert park["best_percentile"] >= park["percentile"]
    assert document["median_percentile"] == pytest.approx((here["percentile"] + park["percentile"]) / 2)


def test_backtest_beside_comparable_land_and_a_null_model(tiny: Tiny, call: Call, refused: Call, tmp_path: Path) -> None:
    file = table(tmp_path / "b.csv", *((f"K{i}", *TO_DEGREES.transform(400150 + 450 * i, 301150), 0.5) for i in range(12)))
    call("run", tiny.study_file)
    folder = tiny.outputs / "plant" / "both"
    refused(2, ("does not say what land is comparable", "[backtest]"), "backtest", folder, file, "--comparable")
    tiny.write(
        "studies/plant.toml",
        ws.study_text()
        + '[backtest]\ncomparable = { outside_rules = ["Parks"] }\n'
        + 'null = { layer = "towns", where = "people > 5000", measure = "distance" }\n',
    )
    document = parsed(call("backtest", folder, file, "--json").stdout)
    assert set(document["comparable"]) == {"hectares", "sites", "median_percentile", "auc", "auc_interval", "lift"}
    assert set(document["null"]) == {"median_percentile", "auc", "auc_interval", "lift"}
    assert document["comparable"]["hectares"] == 2900  # the park is one square kilometre
    assert [site["name"] for site in document["comparable"]["sites"]] == [f"K{i}" for i in range(12)]
    low, high = document["auc_interval"]
    assert 0 <= low <= document["auc"] <= high <= 1
    result = call("backtest", folder, file, "--comparable", "--plot", tmp_path / "b.svg")
    assert result.exit_code == 0
    for text in (
        "of comparable land",
        "Comparable land (29 km²)",
        "Null model",
        "lift, best 1 %",
        "Over 1,000 draws of weights (Dirichlet about the weights, concentration 100): median of medians",
        "Without layer 'plants'",
    ):
        assert text in result.stdout, text
    assert (tmp_path / "b.svg").read_text(encoding="utf-8").startswith("<svg ")
    refused(4, ("b.png", ".svg"), "backtest", folder, file, "--plot", tmp_path / "b.png")


def test_backtest_as_a_table(folder: Path, call: Call, tmp_path: Path) -> None:
    result = call("backtest", folder, table(tmp_path / "b.csv", ("Sea", *TO_DEGREES.transform(390000, 301550), "")))
    assert result.exit_code == 0
    assert "off the area" in result.stdout
    assert "Median percentile: -" in result.stdout


FILES: dict[str, tuple[str, str, str]] = {
    "no name": ("r.csv", "lon,lat\n-1.9,52.6\n", "column 'name' is missing"),
    "no coordinates": ("r.csv", "name,lon,y\nA,-1.9,52.6\n", "column 'lat' is missing"),
    "nan": ("r.csv", "name,lon,lat\nA,nan,52.6\n", "nan"),
    "out of range": ("r.csv", "name,lon,lat\nA,402050,302550\n", "longitude -180 to 180"),
    "no rows": ("r.csv", "name,lon,lat\n", "no rows"),
    "nothing": ("r.csv", "", "empty"),
    "ragged": ("r.csv", "name,lon,lat\nA,-1.9\n", "cells"),
    "broken json": ("r.geojson", '{"type": "FeatureCollection", "features": [{"ty', "r.geojson"),
    "lines": (
        "r.geojson",
        json.dumps({"type": "Feature", "properties": {}, "geometry": {"type": "LineString", "coordinates": [[0, 0], [1, 1]]}}),
        "neither points nor polygons",
    ),
    "no geometry": ("r.geojson", json.dumps({"type": "Feature", "properties": {"name": "A"}, "geometry": None}), "no geometry"),
    "degrees of no place": (
        "r.geojson",
        json.dumps({"type": "Feature", "properties": {"name": "A"}, "geometry": ws.point(500, 99)}),
        "no places",
    ),
}


@pytest.mark.parametrize("verb", ["score", "backtest"])
@pytest.mark.parametrize("name", FILES)
def test_a_bad_file_of_rivals_is_refused(folder: Path, refused: Call, tmp_path: Path, verb: str, name: str) -> None:
    file, content, text = FILES[name]
    (tmp_path / file).write_text(content)
    refused(3, (file, text), verb, folder, tmp_path / file)


@pytest.mark.parametrize("verb", ["score", "backtest"])
def test_a_missing_file_of_rivals_is_refused(folder: Path, refused: Call, tmp_path: Path, verb: str) -> None:
    refused(3, ("gone.csv",), verb, folder, tmp_path / "gone.csv")
    refused(3, (tmp_path.name,), verb, folder, tmp_path)


@pytest.mark.parametrize("verb", ["explain", "score", "backtest"])
def test_a_folder_that_is_no_run_is_refused(tiny: Tiny, refused: Call, verb: str) -> None:
    for run in (tiny.path, tiny.path / "nowhere", tiny.study_file):
        refused(4, (str(run), "is not a run", "geo-engine run"), verb, run, "1")


@pytest.mark.parametrize("name", ["sites.gpkg", "suitability.tif", "run.json"])
def test_a_run_with_a_broken_file_is_refused(finished: tuple[Tiny, RunOutcome], refused: Call, tmp_path: Path, name: str) -> None:
    copy = finished[0].copy(tmp_path / "copy").outputs / "plant" / "both"
    (copy / name).write_bytes(b"broken")
    refused(4, (name,), "explain", copy, "1")


def test_a_changed_input_is_told_and_the_answer_given(finished: tuple[Tiny, RunOutcome], call: Call, tmp_path: Path) -> None:
    tiny = finished[0].copy(tmp_path / "copy")
    tiny.features("zones", [])
    tiny.features("zones", [({"name": "Other"}, ws.box(400000, 300000, 401000, 301000))])
    result = call("explain", tiny.outputs / "plant" / "both", "1")
    assert result.exit_code == 0
    assert "Warning: layers/data/zones.geojson has changed since the run" in result.stderr
