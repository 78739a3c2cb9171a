"""One thing at a time by mental arithmetic; rank reversal that the literature knows; Sobol and Morris by closed forms."""

from __future__ import annotations

from types import ModuleType

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from geo_engine.decide import weighted_overlay
from geo_engine.decide.robustness import (
    drop_one,
    morris_effects,
    move_thresholds,
    move_weights,
    rank_model,
    reversals_by_addition,
    reversals_by_removal,
    sobol_indices,
    thresholds_of,
    variance,
)
from geo_engine.errors import RunError
from geo_engine.model import (
    Bounded,
    Classes,
    Criterion,
    Distance,
    Exponential,
    Gaussian,
    Linear,
    Logarithm,
    LogisticGrowth,
    Minimum,
    Piecewise,
    Power,
    Ranges,
    ValueFunction,
)

Table = NDArray[np.float64]


def made(function: ValueFunction, number: int = 0) -> Criterion:
    return Criterion(f"Criterion {number}", Distance(layer="ports"), function, 1.0, "because", key=f"c{number}")


# ---------------------------------------------------------------------------------------------- one at a time


def test_a_weight_moves_and_the_others_keep_their_proportions() -> None:
    # weights 0.5, 0.3, 0.2; the first at 0.25: the others 0.45 and 0.3; at 0.75: 0.15 and 0.1
    utilities = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 1.0]])
    first = move_weights(utilities, [0.5, 0.3, 0.2], share=0.5)[0]
    assert (first.criterion, first.what, first.low, first.high) == (0, "weight", 0.25, 0.75)
    assert first.low_scores.tolist() == pytest.approx([25.0, 75.0])
    assert first.high_scores.tolist() == pytest.approx([75.0, 25.0])
    assert (first.low_ranks.tolist(), first.high_ranks.tolist()) == ([2, 1], [1, 2])
    assert first.reach(0) == pytest.approx(50.0)


def test_a_weight_does_not_rise_above_one_and_a_single_one_stays() -> None:
    utilities = np.array([[1.0, 0.0]])
    assert move_weights(utilities, [0.9, 0.1], share=0.5)[0].high == 1.0
    alone = move_weights(utilities, [1.0, 0.0])
    assert [(swing.low, swing.high) for swing in alone] == [(1.0, 1.0), (0.0, 0.0)]


def test_a_site_that_is_the_same_in_all_criteria_does_not_move() -> None:
    for swing in move_weights(np.full((1, 3), 0.4), [0.5, 0.3, 0.2]):
        assert swing.reach(0) == pytest.approx(0.0, abs=1e-12)


def test_dropping_a_criterion_is_as_if_it_had_no_weight() -> None:
    utilities = np.array([[1.0, 0.2, 0.6], [0.0, 0.9, 0.5], [np.nan, 0.1, 0.1]])
    first, second, third = drop_one(utilities, [0.5, 0.3, 0.2])
    assert first.low_scores[:2].tolist() == pytest.approx([100 * (0.6 * 0.2 + 0.4 * 0.6), 100 * (0.6 * 0.9 + 0.4 * 0.5)])
    assert first.low_ranks.tolist() == [2, 1, 0]  # what is unknown has no rank
    assert first.high_ranks.tolist() == [1, 2, 0]
    assert (second.what, third.criterion) == ("left out", 2)
    assert drop_one(utilities, [1.0, 0.0, 0.0])[0].criterion == 1  # the only criterion cannot be left out


def test_dropping_the_limiting_factor_lifts_a_minimum() -> None:
    swing = drop_one(np.array([[0.2, 0.7, 0.9]]), [0.4, 0.3, 0.3], combination=Minimum())[0]
    assert (swing.low_scores[0], swing.high_scores[0]) == (pytest.approx(70.0), pytest.approx(20.0))


@given(st.integers(0, 2**32 - 1), st.floats(0.05, 0.9))
def test_moving_weights_down_and_up_frames_the_score(seed: int, share: float) -> None:
    rng = np.random.default_rng(seed)
    utilities, weights = rng.random((4, 3)), rng.dirichlet(np.ones(3))
    now = 100 * utilities @ weights
    for swing in move_weights(utilities, weights.tolist(), share=share):
        least, most = np.minimum(swing.low_scores, swing.high_scores), np.maximum(swing.low_scores, swing.high_scores)
        assert ((least <= now + 1e-9) & (now <= most + 1e-9)).all()


def test_a_threshold_moves_by_a_share_of_the_span() -> None:
    # worst 10, best 0, a tenth of the span: worst 9 or 11; a site at 5 then has 4/9 or 6/11 instead of 1/2
    criterion = made(Linear(worst=10.0, best=0.0))
    worst, best = move_thresholds([criterion], [1.0], [[np.array([5.0], np.float32)]], share=0.1)
    assert (worst.what, worst.low, worst.high) == ("worst", 9.0, 11.0)
    assert (worst.low_scores[0], worst.high_scores[0]) == (pytest.approx(100 * 4 / 9), pytest.approx(100 * 6 / 11))
    assert (best.what, best.low, best.high) == ("best", -1.0, 1.0)


def test_a_site_of_several_cells_has_their_mean() -> None:
    criteria = [made(Linear(10.0, 0.0), 1), made(Linear(4.0, 0.0), 2)]
    sites = [[np.array([0, 8], np.float32), np.array([1, 3], np.float32)], [np.array([5], np.float32), np.array([2], np.float32)]]
    swing = next(s for s in move_thresholds(criteria, [0.5, 0.5], sites, share=0.1) if (s.criterion, s.what) == (1, "worst"))
    moved = [criteria[0], made(Linear(worst=3.6, best=0.0), 2)]
    expected = [weighted_overlay(moved, [0.5, 0.5], site).score.mean() for site in sites]
    assert swing.low == pytest.approx(3.6)
    assert swing.low_scores.tolist() == pytest.approx(expected)


@pytest.mark.parametrize(
    ("function", "names"),
    [
        (Linear(10.0, 0.0), ["worst", "best"]),
        (Piecewise(((0.0, 1.0), (5.0, 0.5), (9.0, 0.0))), ["point 1", "point 2", "point 3"]),
        (Ranges(((0.0, 5.0, 1.0), (5.0, 9.0, 0.4))), ["range 1 from", "range 2 from", "range 2 to"]),
        (Ranges(((0.0, 4.0, 1.0), (5.0, 9.0, 0.4))), ["range 1 from", "range 1 to", "range 2 from", "range 2 to"]),
        (Logarithm(1.0, 9.0, 0.9), ["lower", "upper"]),
        (Power(1.0, 9.0, 2.0, 1.0), ["lower", "upper"]),
        (Exponential(1.0, 9.0, 0.2), ["lower", "upper"]),
        (Gaussian(10.0, 0.1), ["midpoint"]),
        (LogisticGrowth(0.0, 9.0), ["minimum", "maximum"]),
        (Bounded(Linear(10.0, 0.0), lower=1.0, below=0.0), ["worst", "best", "lower threshold"]),
        (Classes({1: 1.0}), []),
    ],
)
def test_thresholds_of_every_function_can_be_moved(function: ValueFunction, names: list[str]) -> None:
    assert list(thresholds_of(function)) == names
    swings = move_thresholds([made(function)], [1.0], [[np.array([4.9], np.float32)]])
    assert [swing.what for swing in swings] == names
    assert all(swing.low < swing.high for swing in swings)
    assert all(0 <= score <= 100 for swing in swings for score in (swing.low_scores[0], swing.high_scores[0]))


def test_touching_ranges_keep_touching() -> None:
    ranges = Ranges(((0.0, 5.0, 1.0), (5.0, 9.0, 0.4)))
    swing = move_thresholds([made(ranges)], [1.0], [[np.array([5.2], np.float32)]], share=0.1)[1]
    assert [swing.low, swing.high] == pytest.approx([4.6, 5.4])  # a tenth of the way to the nearest other end
    assert (swing.low_scores[0], swing.high_scores[0]) == (40.0, 100.0)


# ---------------------------------------------------------------------------------------------- rank reversal


def test_methods_that_judge_a_site_by_itself_never_reverse_and_those_that_compare_may() -> None:
    rng = np.random.default_rng(7)
    reversed_by: set[str] = set()
    for _ in range(60):
        found = reversals_by_removal(rng.random((5, 3)), [0.5, 0.3, 0.2])
        reversed_by |= {name for name, reversals in found.items() if reversals}
    alone = {"weighted_sum", "weighted_product", "owa_alpha_0.5", "owa_alpha_2", "fuzzy_and", "fuzzy_or", "fuzzy_product", "fuzzy_sum"}
    assert not reversed_by & alone
    assert {"topsis_minmax", "vikor", "promethee_ii"} <= reversed_by  # known of all three, see Mareschal and others 2008


def test_what_comes_undoes_what_went() -> None:
    rng = np.random.default_rng(3)
    for _ in range(20):
        table = rng.random((5, 3))
        gone = reversals_by_removal(table, [0.5, 0.3, 0.2])
        come = reversals_by_addition(table[:-1], [0.5, 0.3, 0.2], table[-1:])
        for name, reversals in gone.items():
            left = {(reversal.worse, reversal.better) for reversal in reversals if reversal.cause == 4}
            assert {(reversal.better, reversal.worse) for reversal in come[name]} == left


# ---------------------------------------------------------------------------------------------- Sobol and Morris


def ishigami(x: Table) -> Table:
    return np.asarray(np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0]))


def test_sobol_indices_of_ishigamis_function() -> None:
    # closed form with a = 7, b = 0.1 (Ishigami and Homma 1990; Saltelli and others, Sensitivity Analysis, 2000)
    found = sobol_indices(ishigami, [-np.pi] * 3, [np.pi] * 3, samples=4096, seed=1)
    assert np.allclose(found.first, [0.3139, 0.4424, 0.0], atol=0.02)
    assert np.allclose(found.total, [0.5576, 0.4424, 0.2437], atol=0.02)
    assert (found.first_error < 0.1).all()
    assert np.array_equal(found.first, sobol_indices(ishigami, [-np.pi] * 3, [np.pi] * 3, samples=4096, seed=1).first)


def test_sobol_indices_of_a_sum_are_the_shares_of_variance() -> None:
    found = sobol_indices(lambda x: x @ np.array([1.0, 2.0, 0.0]), [0] * 3, [1] * 3, samples=1024)
    assert np.allclose(found.first, [0.2, 0.8, 0.0], atol=0.02)
    assert np.allclose(found.total, [0.2, 0.8, 0.0], atol=0.02)


def test_an_answer_that_never_changes_has_no_indices() -> None:
    found = sobol_indices(lambda x: np.ones(len(x)), [0, 0], [1, 1], samples=16)
    assert found.total.tolist() == [0.0, 0.0]


def test_morris_effects_of_a_sum_are_its_slopes_over_the_range() -> None:
    found = morris_effects(lambda x: 3 * x[:, 0] - 2 * x[:, 1] + x[:, 0] * x[:, 2], [0, 0, 0], [2, 1, 1], trajectories=50)
    assert found.mean[1] == pytest.approx(2.0)
    assert found.spread[1] == pytest.approx(0.0, abs=1e-9)
    assert 6.0 <= found.mean[0] <= 8.0  # slope 3 to 4 over a range of 2
    assert found.spread[0] > 0.1


def test_the_spread_of_a_sites_score_comes_from_weights_whose_utilities_differ() -> None:
    found = sobol_indices(rank_model(np.array([[0.5, 0.5, 1.0]]), 0, "score"), [1, 1, 1], [2, 2, 2], samples=512)
    assert found.total[2] > found.total[0]
    assert found.total[0] == pytest.approx(found.total[1], abs=0.05)
    lowest = rank_model(np.array([[0.2, 0.9]]), 0, "score", combination=Minimum())
    assert lowest(np.array([[1.0, 1.0]])).tolist() == pytest.approx([20.0])


def test_without_salib_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> ModuleType:
        raise ImportError(name)

    monkeypatch.setattr(variance, "import_module", missing)
    for ask in (sobol_indices, morris_effects):
        with pytest.raises(RunError, match=r"geo-engine\[sensitivity\]"):
            ask(lambda x: x[:, 0], [0.0], [1.0])
