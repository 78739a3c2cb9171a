"""One input moved at a time: against ranking again from nothing, tau against scipy, and cases by hand."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.stats import kendalltau

from geo_engine.decide import weighted_overlay
from geo_engine.decide.robustness import kendall_tau, one_at_a_time, rank_model, site_scores
from geo_engine.model import Combination, Criterion, Distance, Linear, Minimum, WeightedProduct, WeightedSum

Quantities = NDArray[np.float32]


def made(number: int, worst: float = 10.0, best: float = 0.0) -> Criterion:
    return Criterion(f"Criterion {number}", Distance(layer="ports"), Linear(worst, best), 1.0, "because", key=f"c{number}")


def sites_of(seed: int, count: int, criteria: int) -> list[Quantities]:
    rng = np.random.default_rng(seed)
    return [rng.uniform(0, 12, (criteria, rng.integers(1, 4))).astype(np.float32) for _ in range(count)]


def ranked_again(
    criteria: list[Criterion], weights: list[float], sites: list[Quantities], method: Combination
) -> tuple[list[float], list[int]]:
    """Scores by the overlay itself, site after site, and ranks by counting."""
    scores = [float(weighted_overlay(criteria, weights, list(site), method).score.mean()) for site in sites]
    return scores, [1 + sum(other > score + 1e-9 for other in scores) for score in scores]


# ---------------------------------------------------------------------------------------------- against ranking again


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1), st.sampled_from([WeightedSum(), WeightedProduct(), Minimum()]), st.integers(1, 14))
def test_every_move_is_the_study_ranked_again_with_that_one_thing_changed(seed: int, method: Combination, count: int) -> None:
    criteria = [made(0), made(1, 8.0, 1.0), made(2, 0.0, 9.0)]
    weights = [0.5, 0.3, 0.2]
    sites = sites_of(seed, count, 3)
    _, ranks = ranked_again(criteria, weights, sites, method)
    order = sorted(range(count), key=lambda site: ranks[site])
    sites = [sites[site] for site in order]
    now = [ranks[site] for site in order]
    moves = one_at_a_time(criteria, weights, sites, combination=method)
    assert [(m.criterion, m.what, m.moved_by) for m in moves] == [
        (number, what, by)
        for number in range(3)
        for what, by in (
            ("weight", -0.25), ("weight", 0.25), ("worst", -0.1), ("worst", 0.1), ("best", -0.1), ("best", 0.1), ("left out", -1.0),
        )
    ]  # fmt: skip
    for move in moves:
        k, changed, shares = move.criterion, list(criteria), list(weights)
        line = criteria[k].value
        assert isinstance(line, Linear)
        if move.what in {"weight", "left out"}:
            shares[k] = weights[k] * (1 + move.moved_by)
            rest = (1 - shares[k]) / (1 - weights[k])
            shares = [shares[k] if i == k else weight * rest for i, weight in enumerate(weights)]
            assert [move.before, move.after] == pytest.approx([weights[k], shares[k]])
        else:
            moved = getattr(line, move.what) + move.moved_by * abs(line.worst - line.best)
            changed[k] = replace(criteria[k], value=replace(line, **{move.what: moved}))
            assert [move.before, move.after] == pytest.approx([getattr(line, move.what), moved])
        then, places = ranked_again(changed, shares, sites, method)
        assert move.scores == pytest.approx(then, abs=1e-9)
        assert list(move.ranks) == places
        assert move.leader == places.index(1)
        assert move.kept == sum(a <= 10 and b <= 10 for a, b in zip(now, places, strict=True))


def test_how_many_of_the_ten_best_stay_by_hand() -> None:
    """Twelve areas, rank by the first criterion; without it the second turns the order round: ranks 3 to 10 of twelve stay."""
    sites = [np.array([[k], [11 - k]], np.float32) for k in range(12)]
    moves = one_at_a_time([made(0, 11.0), made(1, 11.0)], [0.9, 0.1], sites)
    out = next(move for move in moves if move.what == "left out" and move.criterion == 0)
    assert (out.kept, out.leader, out.tau, list(out.ranks)) == (8, 11, -1.0, list(range(12, 0, -1)))


def test_of_those_that_share_the_first_place_the_one_that_had_it_stays_the_leader() -> None:
    sites = [np.array([[0], [5]], np.float32), np.array([[5], [5]], np.float32)]
    out = [move for move in one_at_a_time([made(0), made(1)], [0.5, 0.5], sites) if move.what == "left out"]
    assert (out[0].leader, out[0].ranks) == (0, (1, 1))
    assert math.isnan(out[0].tau)  # nothing is told apart any more


def test_one_area_one_criterion_and_a_criterion_without_weight() -> None:
    alone = one_at_a_time([made(0)], [1.0], [np.array([[5]], np.float32)])
    assert [move.what for move in alone] == ["weight", "weight", "worst", "worst", "best", "best"]  # the only one cannot be left out
    assert {(move.leader, move.kept, move.ranks) for move in alone} == {(0, 1, (1,))}
    weightless = one_at_a_time([made(0), made(1)], [1.0, 0.0], sites_of(1, 3, 2))
    assert {move.scores for move in weightless if move.criterion == 1} == {weightless[0].scores}


# ---------------------------------------------------------------------------------------------- Kendall's tau


@given(st.integers(0, 2**32 - 1), st.integers(2, 12), st.booleans())
def test_tau_agrees_with_scipy(seed: int, count: int, ties: bool) -> None:  # noqa: FBT001 - hypothesis gives it
    rng = np.random.default_rng(seed)
    one, other = (rng.integers(1, 4 if ties else 1000, count) for _ in range(2))
    if min(np.ptp(one), np.ptp(other)) == 0:
        assert math.isnan(kendall_tau(one, other))
        return
    assert kendall_tau(one, other) == pytest.approx(float(kendalltau(one, other).statistic), abs=1e-12)


def test_tau_leaves_out_who_has_no_rank() -> None:
    assert kendall_tau(np.array([1, 2, 0, 3]), np.array([3, 2, 1, 1])) == -1.0


# ---------------------------------------------------------------------------------------------- models of weights


@pytest.mark.parametrize("method", [WeightedSum(), WeightedProduct(), Minimum()])
def test_a_model_of_weights_stands_a_site_among_the_others_as_counted(method: Combination) -> None:
    rng = np.random.default_rng(4)
    cells = np.array([2, 1, 3, 1])
    utilities, weights = rng.random((7, 3)), rng.uniform(0.1, 2, (20, 3))
    for site in range(4):
        score, margin, rank = (
            rank_model(utilities, site, of, combination=method, cells=cells)(weights) for of in ("score", "margin", "rank")
        )
        for row, drawn in enumerate(weights):
            means = site_scores(utilities, (drawn / drawn.sum()).tolist(), combination=method, cells=cells)
            others = np.delete(means, site)
            assert score[row] == pytest.approx(means[site])
            assert margin[row] == pytest.approx(means[site] - others.max())
            assert rank[row] == 1 + sum(others > means[site] + 1e-9)


def test_a_margin_needs_another_site() -> None:
    with pytest.raises(ValueError, match="another site"):
        rank_model(np.array([[0.5, 0.5]]), 0)
