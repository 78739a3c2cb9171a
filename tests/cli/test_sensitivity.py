"""The verb that asks a run how its ranking hangs on its inputs: table, JSON and sensitivity.csv say the same, and the sums are right."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from geo_engine.cli.console import OUT
from geo_engine.decide.combine import scores_by_method, shared_ranks
from geo_engine.decide.robustness import variance
from geo_engine.run import RunOutcome
from tests.cli.conftest import TO_DEGREES, Call, parsed, table
from tests.run import tiny as ws
from tests.run.tiny import Tiny


@pytest.fixture(scope="module")
def folder(finished: tuple[Tiny, RunOutcome]) -> Path:
    return finished[1].folder


@pytest.fixture(scope="module")
def answer(folder: Path, call: Call) -> Any:  # noqa: ANN401 - whatever JSON holds
    return parsed(call("sensitivity", folder, "--json").stdout)


def rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def means(folder: Path) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """Mean utilities as the table of sites has them."""
    keys = ("grid", "plant", "people", "cars", "zone")
    return np.array([[float(row[f"{key}_utility"]) for key in keys] for row in rows(folder / "sites.csv")])


# ---------------------------------------------------------------------------------------------- moves


def test_the_file_of_a_run_says_what_the_verb_says(folder: Path, answer: Any) -> None:  # noqa: ANN401
    told = rows(folder / "sensitivity.csv")
    assert len(told) == len(answer["moves"])
    for row, move in zip(told, answer["moves"], strict=True):
        assert (row["criterion"], row["input"], row["unit"]) == (move["slug"], move["input"], move["unit"])
        assert (row["first_site_id"], row["first_name"]) == (move["first_id"], move["first_name"])
        for name, key in (("moved_by", "moved_by"), ("before", "before"), ("after", "after"), ("ten_best_kept", "ten_best_kept")):
            assert float(row[name]) == pytest.approx(move[key])
        assert float(row["kendall_tau"]) == pytest.approx(move["kendall_tau"], abs=1e-6)
        for place, site in enumerate(move["leading"], start=1):
            assert float(row[f"site_{place}_score"]) == pytest.approx(site["score"], abs=5e-5)
            assert int(row[f"site_{place}_rank"]) == site["rank"]
        assert row["site_6_score"] == row["site_10_rank"] == ""  # the run found five


def test_a_criterion_that_is_left_out_is_a_study_without_it(folder: Path, answer: Any) -> None:  # noqa: ANN401
    """The weights are 3, 2, 2, 1 and 1 of 9; without the k-th the mean utilities have those of the others."""
    utilities, weights = means(folder), np.array([3.0, 2, 2, 1, 1])
    left = [move for move in answer["moves"] if move["input"] == "left out"]
    assert len(left) == 5
    for number, move in enumerate(left):
        kept = np.delete(weights, number)
        scores = 100 * np.delete(utilities, number, axis=1) @ kept / kept.sum()
        assert [site["score"] for site in move["leading"]] == pytest.approx(scores.tolist(), abs=1e-3)
        assert (move["before"], move["after"]) == (pytest.approx(weights[number] / 9, abs=1e-6), 0.0)
        assert move["first_id"] == move["leading"][int(scores.argmax())]["site_id"]


def test_thresholds_are_told_in_the_readers_unit(answer: Any) -> None:  # noqa: ANN401
    worst = [move for move in answer["moves"] if (move["slug"], move["input"]) == ("grid", "worst")]
    assert [(move["before"], move["after"], move["unit"]) for move in worst] == [(6.0, 5.4, "km"), (6.0, 6.6, "km")]
    point = next(move for move in answer["moves"] if (move["slug"], move["input"]) == ("plant", "point 2"))
    assert (point["before"], point["after"], point["unit"]) == (4.0, 3.7, "min")  # a tenth of the three minutes to the first point


def test_the_table_says_what_the_json_says(folder: Path, call: Call, answer: Any, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: ANN401
    monkeypatch.setattr(OUT, "width", 400)
    shown = call("sensitivity", folder).stdout
    lines = [[cell.strip() for cell in line.strip("│ ").split("│")] for line in shown.splitlines() if line.startswith("│")]
    for down, up in zip(answer["moves"], answer["moves"][1:], strict=False):
        if down["input"] == up["input"] == "weight" and down["slug"] == up["slug"]:
            row = next(line for line in lines if line[:2] == [down["criterion"], "weight"])
            assert row[4] == f"{down['site']['score']:.2f}, {up['site']['score']:.2f}"
            assert row[5] == f"{down['site']['rank']}, {up['site']['rank']}"
        if down["input"] == "left out":
            row = next(line for line in lines if line[0] == down["criterion"] and len(line) == 7 and "%" in line[1])
            assert row[2:6] == [
                f"{down['site']['score']:.2f}", str(down["site"]["rank"]), str(down["ten_best_kept"]), f"{down['kendall_tau']:.2f}",
            ]  # fmt: skip
    for text in ("Each weight moved by 25 %", "Each threshold moved by 10 %", "Rank reversal among the 5 best", "The ten best"):
        assert text in shown


def test_the_asked_site_and_how_far_are_as_asked(folder: Path, call: Call) -> None:
    third = rows(folder / "sites.csv")[2]
    for place in ("3", third["site_id"], third["name"]):
        found = parsed(call("sensitivity", folder, "--site", place, "--by", "50 %", "--json").stdout)
        assert (found["site"]["site_id"], found["site"]["rank"]) == (third["site_id"], 3)
        assert found["site"]["score"] == pytest.approx(float(third["score"]), abs=5e-5)
        assert (found["moves"][0]["moved_by"], found["moves"][0]["after"]) == (-0.5, pytest.approx(1 / 6, abs=1e-6))


# ---------------------------------------------------------------------------------------------- rank reversal


def test_reversals_as_found_by_ranking_again(folder: Path, answer: Any) -> None:  # noqa: ANN401
    table_, weights = means(folder), [w / 9 for w in (3, 2, 2, 1, 1)]
    names = [row["name"] for row in rows(folder / "sites.csv")]
    before = {name: shared_ranks(scores) for name, scores in scores_by_method(table_, weights).items()}
    for told in answer["reversals"]:
        if told["method"] == "own":
            assert (told["removed"], told["copied"], told["added"]) == ([], [], [])
            continue
        expected = set()
        for gone in range(5):
            stay = [k for k in range(5) if k != gone]
            after = dict(zip(stay, shared_ranks(scores_by_method(table_[stay], weights)[told["method"]]).tolist(), strict=True))
            then = before[told["method"]]
            expected |= {(names[gone], names[i], names[j]) for i in stay for j in stay if then[i] < then[j] and after[i] > after[j]}
        assert {(turn["cause"], turn["better"], turn["worse"]) for turn in told["removed"]} == expected
    assert answer["reversals"][0]["method"] == "own"


def test_a_rival_that_comes_may_turn_areas(folder: Path, call: Call, tmp_path: Path) -> None:
    rival = ("Rival", *TO_DEGREES.transform(404550, 301550), "")
    file = table(tmp_path / "r.csv", rival, ("Sea", *TO_DEGREES.transform(390000, 301550), ""))
    found = parsed(call("sensitivity", folder, "--add", file, "--json").stdout)
    causes = {turn["cause"] for told in found["reversals"] for turn in told["added"]}
    assert causes <= {"Rival"}  # the sea has no score and does not come
    assert "with a rival" in call("sensitivity", folder, "--add", file).stdout


# ---------------------------------------------------------------------------------------------- variance


def test_sobol_and_morris_of_a_score(folder: Path, call: Call) -> None:
    """A criterion whose utility lies farthest from the score, weight for weight, moves a score most: d score / d w = u - score."""
    utilities, weights = means(folder)[0], np.array([3.0, 2, 2, 1, 1]) / 9
    slopes = np.abs(weights * (utilities - utilities @ weights))
    keys = np.array(["grid", "plant", "people", "cars", "zone"])
    for method, figure in (("sobol", "total"), ("morris", "mean")):
        found = parsed(call("sensitivity", folder, "--variance", method, "--of", "score", "--by", "5 %", "--json").stdout)["variance"]
        assert (found["method"], found["answer"]) == (method, "score")
        effects = {effect["slug"]: effect[figure] for effect in found["effects"]}
        assert next(iter(effects)) == keys[slopes.argmax()]
        shares = slopes**2 / (slopes**2).sum() if method == "sobol" else 100 * 0.1 * slopes  # nearly linear within a twentieth
        assert [effects[key] for key in keys] == pytest.approx(shares.tolist(), abs=0.03)
    shown = call("sensitivity", folder, "--variance", "sobol").stdout
    assert "Sobol: share of the spread of the margin" in shown
    assert "±" in shown
    assert "Morris: what each weight does to the rank" in call("sensitivity", folder, "--variance", "morris", "--of", "rank").stdout


# ---------------------------------------------------------------------------------------------- what is refused


def test_without_salib_there_is_one_error_with_its_remedy(folder: Path, refused: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> ModuleType:
        raise ImportError(name)

    monkeypatch.setattr(variance, "import_module", missing)
    refused(4, ("SALib is not installed", "pip install 'geo-engine[sensitivity]'"), "sensitivity", folder, "--variance", "sobol")


def test_what_cannot_be_asked_is_refused(folder: Path, refused: Call, call: Call, tmp_path: Path) -> None:
    refused(2, ("99", "rank from 1 to 5"), "sensitivity", folder, "--site", "99")
    refused(4, (str(tmp_path), "is not a run"), "sensitivity", tmp_path)
    for share in ("0 %", "100 %", "-5 %", "much"):
        result = call("sensitivity", folder, "--by", share)
        assert result.exit_code == 2
        assert "--by" in result.stderr


def test_rivals_by_a_study_that_has_changed_are_refused(tiny: Tiny, call: Call, tmp_path: Path) -> None:
    folder = tiny.run().folder
    file = table(tmp_path / "r.csv", ("Rival", *TO_DEGREES.transform(404550, 301550), ""))
    tiny.edit("studies/plant.toml", 'key = "zone"', 'key = "area"')
    tiny.edit("studies/plant.toml", "weight = 3", "weight = 4")
    assert call("sensitivity", folder).exit_code == 0  # what the run recorded is still there
    result = call("sensitivity", folder, "--add", file)
    assert result.exit_code in {2, 4}
    assert "run the study again" in result.stderr


def edited(tiny: Tiny, change: Callable[[str], str]) -> Path:
    tiny.write("studies/plant.toml", change(ws.study_text()))
    return tiny.run().folder


def test_a_run_with_one_area_or_none(tiny: Tiny, call: Call, refused: Call) -> None:
    one = edited(tiny, lambda text: text.replace("count = 5", "count = 1"))
    assert "rank 1 of 1 areas" in call("sensitivity", one).stdout
    refused(2, ("one area", "--of score"), "sensitivity", one, "--variance", "sobol")
    assert call("sensitivity", one, "--variance", "sobol", "--of", "rank").exit_code == 0
    none = edited(tiny, lambda text: text.replace('each = "1 ha"', 'each = "2000 ha"'))
    assert json.loads((none / "run.json").read_text(encoding="utf-8"))["found"]["sites"] == 0
    assert rows(none / "sensitivity.csv") == []
    refused(4, ("found no area",), "sensitivity", none)
