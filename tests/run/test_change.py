"""What would have to change, on a finished run: the study run again with what the answer says is its oracle."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from geo_engine.model import WeightedProduct
from geo_engine.run import Change, RunOutcome, StoredRun, explain, plain
from geo_engine.run.questions.explanation.change import site_utilities
from tests.run import tiny as ws
from tests.run.rivals import degrees
from tests.run.tiny import Tiny


@pytest.fixture(scope="module")
def stored(finished: tuple[Tiny, RunOutcome]) -> StoredRun:
    return finished[0].stored()


def change_of(run: StoredRun, place: str) -> Change:
    change = explain(run, place).change
    assert change is not None
    return change


def scores_with(run: StoredRun, change: Change, share: float = 1.0) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Scores, 0 to 1, of the run's sites when so much of the change is made."""
    assert change.weights is not None
    after = {move.slug: move.after for move in change.weights.moves}
    before = dict(zip((c.slug for c in run.study.criteria), run.study.weights, strict=True))
    weights = np.array([weight + share * (after.get(slug, weight) - weight) for slug, weight in before.items()])
    assert weights.sum() == pytest.approx(1.0, abs=1e-5)
    return np.asarray(site_utilities(run) @ weights, np.float64)


def test_utilities_measured_again_are_those_of_the_table(stored: StoredRun) -> None:
    again = site_utilities(stored)
    for column, criterion in enumerate(stored.study.criteria):
        assert again[:, column] == pytest.approx(stored.sites[f"{criterion.slug}_utility"].to_numpy(), abs=1e-6)
    assert 100 * again @ np.array(stored.study.weights) == pytest.approx(stored.sites["score"].to_numpy(), abs=1e-4)


@pytest.mark.parametrize("rank", [2, 3, 4, 5])
def test_with_the_weights_that_are_told_a_site_is_first_and_before_that_it_is_not(stored: StoredRun, rank: int) -> None:
    change = change_of(stored, str(rank))
    assert change.weights is not None
    assert not change.weights.first
    if not change.weights.possible:
        assert math.isnan(change.weights.size)
        return
    assert change.weights.rival == stored.sites["name"][0]
    assert scores_with(stored, change)[rank - 1] >= scores_with(stored, change).max() - 1e-5  # moves below 5e-7 are not told
    assert scores_with(stored, change, 0.99)[rank - 1] < scores_with(stored, change, 0.99).max()


def test_the_first_is_told_who_takes_its_place(stored: StoredRun) -> None:
    change = change_of(stored, "1")
    assert change.weights is not None
    assert change.weights.first
    assert change.weights.possible
    rival = list(stored.sites["name"]).index(change.weights.rival)
    after = scores_with(stored, change)
    assert after[rival] == pytest.approx(after[0], abs=1e-5)
    assert scores_with(stored, change, 0.99).argmax() == 0
    assert change.weights.size == pytest.approx(sum(abs(move.after - move.before) for move in change.weights.moves), abs=1e-5)


def test_a_study_with_the_weights_that_are_told_ranks_the_place_first(tiny: Tiny) -> None:
    """Run again, not worked out again: the same areas, asked with the new weights."""
    tiny.run()
    run = tiny.stored()
    place = str(run.sites["name"][1])
    change = change_of(run, place)
    assert change.weights is not None
    assert change.weights.possible
    after = {move.slug: move.after for move in change.weights.moves}
    weights = [after.get(c.slug, w) for c, w in zip(run.study.criteria, run.study.weights, strict=True)]
    criteria = tuple(replace(c, weight=w) for c, w in zip(run.study.criteria, weights, strict=True))
    again = replace(run, plan=replace(run.plan, study=replace(run.study, criteria=criteria)))
    scores = [explain(again, str(name)).score for name in run.sites["name"]]
    assert scores[1] == pytest.approx(max(scores), abs=1e-3)


def test_at_the_quantity_that_is_told_a_place_has_the_rank(stored: StoredRun) -> None:
    place = degrees(404050, 301550)
    answer = explain(stored, place)
    board = np.sort(site_utilities(stored) @ np.array(stored.study.weights))[::-1]
    change = answer.change
    assert change is not None
    [grid] = [value for value in change.values if value.slug == "grid"]  # linear from 0 m, worth 1, to 6 km, worth 0; a third of the weight
    for each in grid.ranks:
        if each.rank > len(board):
            assert each.verdict == "always"
            continue
        metres = answer.contributions[0].value - 6000.0 * (board[each.rank - 1] - answer.score / 100) / answer.contributions[0].weight
        if metres < 0:
            assert each.verdict == "never"
        else:
            assert each.quantity == pytest.approx(metres, abs=1e-2)
            assert (each.verdict == "keep") == (metres >= answer.contributions[0].value)


def test_the_first_keeps_ranks_and_a_zone_is_a_matter_of_yes_or_no(stored: StoredRun) -> None:
    change = change_of(stored, "1")
    for value in change.values:
        assert [each.rank for each in value.ranks] == [1, 5, 10]
        assert {each.verdict for each in value.ranks} <= {"keep", "always"}
    [zone] = [value for value in change_of(stored, "3").values if value.slug == "zone"]
    assert all(math.isnan(each.quantity) or each.quantity in {0.0, 1.0} for each in zone.ranks)


def test_another_method_than_a_weighted_sum_is_told_to_be_left_out(stored: StoredRun) -> None:
    other = replace(stored, plan=replace(stored.plan, study=replace(stored.study, combination=WeightedProduct())))
    change = change_of(other, degrees(404050, 301550))
    assert (change.weights, change.values) == (None, ())
    assert "weighted_product" in change.note
    assert "weighted sum only" in change.note


def test_a_place_without_a_score_is_told_nothing_of_change(stored: StoredRun) -> None:
    assert "no score" in change_of(stored, degrees(390000, 301550)).note


def test_a_run_without_areas_has_nothing_to_compare(tiny: Tiny) -> None:
    tiny.write("studies/plant.toml", ws.study_text(land="900 ha"))
    tiny.run()
    assert "no area" in change_of(tiny.stored(), degrees(404050, 301550)).note


def test_the_change_is_json(stored: StoredRun, tmp_path: Path) -> None:
    document = plain(explain(stored, "2"), tmp_path)["change"]
    assert set(document) == {"weights", "values", "note"}
    assert set(document["weights"]) == {"first", "possible", "size", "rival", "moves"}
    assert set(document["values"][0]["ranks"][0]) == {"rank", "verdict", "quantity"}
