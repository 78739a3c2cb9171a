"""SMAA-2 by closed forms, by counting one draw after another, and by what holds for every matrix of acceptabilities."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from geo_engine.decide.combine import combined
from geo_engine.decide.robustness import best_probability, best_thresholds, draw_weights, smaa, tiers
from geo_engine.model import (
    DirichletWeights,
    IntervalWeights,
    Minimum,
    OrderedWeights,
    Smaa,
    UniformWeights,
    WeightDistribution,
)

Table = NDArray[np.float64]


def counted(layers: Table, weights: Table) -> tuple[Table, Table]:
    """Acceptability and winning probability, one draw and one pair after another."""
    sites = layers.shape[1]
    accepted, won = np.zeros((sites, sites)), np.zeros((sites, sites))
    for number, drawn in enumerate(weights):
        layer = layers[number % len(layers)]
        scores = [sum(w * u for w, u in zip(drawn, row, strict=True)) for row in layer]
        for i in range(sites):
            better = sum(other > scores[i] for other in scores)
            equal = sum(other == scores[i] for other in scores)
            accepted[i, better : better + equal] += 1.0 / equal
            for j in range(sites):
                won[i, j] += 1.0 if scores[i] > scores[j] else 0.5 if scores[i] == scores[j] else 0.0
    return accepted / len(weights), won / len(weights)


# ---------------------------------------------------------------------------------------------- closed forms


def test_two_sites_and_three_criteria_in_closed_form() -> None:
    # A = (1, 0, 1) beats B = (0, 1, 0) where the second weight is below one half: three quarters of the triangle of weights; the centres
    # of its two parts are (7/18, 2/9, 7/18) and (1/6, 2/3, 1/6)
    weights = draw_weights(UniformWeights(), 3, draws=200_000, seed=1)
    found = smaa(np.array([[1.0, 0, 1], [0, 1, 0]]), weights)
    assert np.allclose(found.acceptability, [[0.75, 0.25], [0.25, 0.75]], atol=4e-3)
    assert np.allclose(found.central_weights, [[7 / 18, 2 / 9, 7 / 18], [1 / 6, 2 / 3, 1 / 6]], atol=4e-3)
    assert found.winning is not None
    assert np.allclose(found.winning, [[0.5, 0.75], [0.25, 0.5]], atol=4e-3)
    assert found.confidence.tolist() == [1.0, 1.0]
    assert (found.rank_low.tolist(), found.rank_high.tolist()) == ([1, 1], [2, 2])


def test_as_many_sites_as_criteria_each_best_in_one_are_first_alike() -> None:
    found = smaa(np.eye(4), draw_weights(UniformWeights(), 4, draws=50_000, seed=2))
    assert np.allclose(found.acceptability, np.full((4, 4), 0.25), atol=0.01)
    # the mean of the largest of four even weights is (1 + 1/2 + 1/3 + 1/4) / 4
    assert np.allclose(np.diag(found.central_weights), np.full(4, 25 / 48), atol=0.01)


def test_data_that_are_not_good_enough_lower_the_confidence() -> None:
    # by any weights the first site is at 0.6 and the second at 0.5 in three layers, at 0.7 in the fourth
    second = np.array([0.5, 0.5, 0.5, 0.7])
    layers = np.stack([np.full((4, 2), 0.6), np.repeat(second[:, None], 2, axis=1)], axis=1)
    found = smaa(layers, draw_weights(UniformWeights(), 2, draws=400, seed=1))
    assert found.acceptability.tolist() == [[0.75, 0.25], [0.25, 0.75]]
    assert found.confidence.tolist() == [0.75, 0.25]
    assert found.winning is not None
    assert found.winning.tolist() == [[0.5, 0.75], [0.25, 0.5]]


def test_drawn_data_may_come_from_a_function_of_the_draws() -> None:
    layers = np.random.default_rng(3).random((2_500, 4, 3))
    weights = draw_weights(UniformWeights(), 3, draws=2_500, seed=4)
    given_whole, asked = smaa(layers, weights), smaa(lambda first, last: layers[first:last], weights)
    same(given_whole, asked)


# ---------------------------------------------------------------------------------------------- by counting


@st.composite
def cases(draw: st.DrawFn) -> tuple[Table, Table]:
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    sites, criteria, layers = draw(st.integers(1, 8)), draw(st.integers(1, 4)), draw(st.integers(1, 3))
    coarse = draw(st.booleans())  # few levels make many ties
    utilities = rng.integers(0, 3, (layers, sites, criteria)) / 2 if coarse else rng.random((layers, sites, criteria))
    weights = rng.integers(1, 4, (30, criteria)) / 4.0 if coarse else rng.dirichlet(np.ones(criteria), 30)
    return np.asarray(utilities, np.float64), weights


@given(cases())
def test_acceptabilities_and_wins_as_counted_one_by_one(case: tuple[Table, Table]) -> None:
    layers, weights = case
    found = smaa(layers, weights)
    accepted, won = counted(layers, weights)
    assert np.allclose(found.acceptability, accepted, atol=1e-12)
    assert found.winning is not None
    assert np.allclose(found.winning, won, atol=1e-12)


@given(cases())
def test_acceptabilities_add_up_by_site_and_by_rank(case: tuple[Table, Table]) -> None:
    found = smaa(*case)
    assert np.allclose(found.acceptability.sum(axis=0), 1)
    assert np.allclose(found.acceptability.sum(axis=1), 1)
    assert found.winning is not None
    assert np.allclose(found.winning + found.winning.T, 1)
    assert (found.rank_low <= found.rank_high).all()


@given(cases())
def test_order_of_sites_does_not_matter(case: tuple[Table, Table]) -> None:
    layers, weights = case
    order = np.random.default_rng(layers.shape[1]).permutation(layers.shape[1])
    first, again = smaa(layers, weights), smaa(np.ascontiguousarray(layers[:, order]), weights)
    assert np.allclose(first.acceptability[order], again.acceptability)
    assert np.allclose(first.central_weights[order], again.central_weights, equal_nan=True)
    assert np.allclose(first.confidence[order], again.confidence, equal_nan=True)


def test_scores_that_crowd_together_beside_a_far_one_are_sorted_all_the_same() -> None:
    crowd = 0.5 + 1e-9 * np.random.default_rng(5).random((60, 1))
    utilities = np.vstack([crowd, [[1.0]]])
    found = smaa(utilities, np.ones((1, 1)))
    order = np.argsort(-utilities[:, 0])
    assert found.acceptability[order, np.arange(61)].tolist() == [1.0] * 61


def test_a_dominated_site_is_never_better() -> None:
    utilities = np.array([[0.6, 0.7, 0.2], [0.5, 0.7, 0.1], [0.9, 0.1, 0.4]])
    found = smaa(utilities, draw_weights(UniformWeights(), 3, draws=2000, seed=1))
    assert found.winning is not None
    assert found.winning[0, 1] == 1.0
    assert found.acceptability[1, 0] == 0.0
    assert np.isnan(found.central_weights[1]).all()
    assert np.isnan(found.confidence[1])


def test_identical_sites_share_their_ranks_and_their_weights() -> None:
    found = smaa(np.array([[0.4, 0.6], [0.4, 0.6], [0.1, 0.1]]), draw_weights(UniformWeights(), 2, draws=1000, seed=1))
    assert np.allclose(found.acceptability, [[0.5, 0.5, 0.0], [0.5, 0.5, 0.0], [0.0, 0.0, 1.0]])
    assert np.allclose(found.central_weights[0], found.central_weights[1])
    assert np.allclose(found.confidence[:2], 0.5)


def test_one_site_one_criterion() -> None:
    found = smaa(np.array([[0.3]]), np.ones((5, 1)))
    assert (found.acceptability.tolist(), found.central_weights.tolist(), found.tiers) == ([[1.0]], [[1.0]], ("A",))


def test_a_criterion_that_is_the_same_everywhere_changes_no_rank() -> None:
    utilities = np.array([[0.2, 0.9], [0.8, 0.1]])
    weights = draw_weights(UniformWeights(), 3, draws=500, seed=6)
    more = smaa(np.column_stack([utilities, [0.5, 0.5]]), weights)
    shares = weights[:, :2] / weights[:, :2].sum(axis=1, keepdims=True)
    assert np.array_equal(more.acceptability, smaa(utilities, shares).acceptability)


def test_a_site_with_an_unknown_takes_no_rank() -> None:
    found = smaa(np.array([[np.nan, 0.5], [0.9, 0.9], [0.1, 0.1]]), draw_weights(UniformWeights(), 2, draws=10, seed=1))
    assert np.isnan(found.acceptability[0]).all()
    assert found.acceptability[1:].tolist() == [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]
    assert (found.rank_low.tolist(), found.tiers[0]) == ([0, 1, 2], "")
    assert found.winning is not None
    assert found.winning[1, 2] == 1.0


def test_nothing_known_and_nothing_drawn() -> None:
    found = smaa(np.full((2, 2), np.nan), np.full((3, 2), 0.5))
    assert np.isnan(found.acceptability).all()
    with pytest.raises(ValueError, match="at least one draw"):
        smaa(np.ones((2, 2)), np.empty((0, 2)))
    with pytest.raises(ValueError, match="weights of 3 criteria"):
        smaa(np.ones((2, 2)), np.ones((1, 3)))
    with pytest.raises(ValueError, match="becomes unknown"):
        smaa(lambda first, last: np.full((last - first, 2, 2), 1.0 if first == last - 1 else np.nan), np.ones((2, 2)))


def same(one: Smaa, other: Smaa) -> None:
    for name in ("acceptability", "central_weights", "confidence", "rank_low", "rank_high", "winning"):
        assert getattr(one, name).tobytes() == getattr(other, name).tobytes(), name
    assert one.tiers == other.tiers


def test_how_draws_are_held_together_does_not_change_a_bit(monkeypatch: pytest.MonkeyPatch) -> None:
    layers = np.random.default_rng(1).integers(0, 4, (7, 9, 3)) / 3.0
    weights = draw_weights(UniformWeights(), 3, draws=500, seed=1)
    first = smaa(layers, weights)
    monkeypatch.setattr("geo_engine.decide.robustness.acceptability._AT_ONCE", 13)
    same(first, smaa(layers, weights))


def test_another_way_to_combine_is_ranked_by_its_own_scores() -> None:
    rng = np.random.default_rng(8)
    utilities, weights = rng.random((5, 3)), rng.dirichlet(np.ones(3), 20)
    found = smaa(utilities, weights, combination=Minimum())
    order = np.argsort(-combined(Minimum(), utilities.T, [1, 1, 1]))
    assert found.acceptability[order, np.arange(5)].tolist() == pytest.approx([1.0] * 5)
    assert found.confidence[order[0]] == 1.0


def test_tiers_by_how_often_a_site_is_among_the_best() -> None:
    shares = np.array([[0.5, 0.3, 0.2], [0.5, 0.1, 0.4], [0.0, 0.2, 0.8], [0.0, 0.1, 0.9], [np.nan] * 3])
    assert tiers(shares, best=2) == ("A", "B", "B", "C", "")


def test_sites_whose_intervals_overlap_cannot_be_separated() -> None:
    utilities = np.array([[0.9, 0.9], [0.5, 0.4], [0.4, 0.5]])
    found = smaa(utilities, draw_weights(UniformWeights(), 2, draws=1000, seed=1))
    assert found.separated(0, 1)
    assert found.separated(2, 0)
    assert not found.separated(1, 2)


# ---------------------------------------------------------------------------------------------- weights


EVERY: list[WeightDistribution] = [
    UniformWeights(),
    IntervalWeights((0.1, 0.2, 0.0, 0.05), (0.5, 0.4, 0.3, 1.0)),
    OrderedWeights(((2,), (0, 3), (1,))),
    DirichletWeights((0.4, 0.3, 0.2, 0.1), 20.0),
]


@pytest.mark.parametrize("distribution", EVERY, ids=lambda distribution: distribution.kind)
def test_weights_are_shares_and_fewer_draws_are_the_first_of_more(distribution: WeightDistribution) -> None:
    drawn = draw_weights(distribution, 4, draws=1000, seed=3)
    assert np.allclose(drawn.sum(axis=1), 1)
    assert (drawn >= 0).all()
    assert np.array_equal(drawn[:300], draw_weights(distribution, 4, draws=300, seed=3))
    assert not np.array_equal(drawn, draw_weights(distribution, 4, draws=1000, seed=4))


def test_even_weights_have_the_moments_of_the_simplex() -> None:
    drawn = draw_weights(UniformWeights(), 4, draws=100_000, seed=1)
    assert np.allclose(drawn.mean(axis=0), 1 / 4, atol=2e-3)
    assert np.allclose(drawn.var(axis=0), (1 / 4) * (3 / 4) / 5, atol=1e-3)  # Dirichlet(1): w (1 - w) / (n + 1)


def test_ordered_weights_keep_the_order_and_have_the_centroid_for_mean() -> None:
    drawn = draw_weights(OrderedWeights(((2,), (0,), (1,))), 3, draws=100_000, seed=1)
    assert (drawn[:, 2] >= drawn[:, 0]).all()
    assert (drawn[:, 0] >= drawn[:, 1]).all()
    assert np.allclose(drawn.mean(axis=0)[[2, 0, 1]], [11 / 18, 5 / 18, 2 / 18], atol=2e-3)


def test_weights_of_one_group_are_alike_and_above_the_next_group() -> None:
    drawn = draw_weights(OrderedWeights(((0, 1), (2,))), 3, draws=50_000, seed=1)
    assert (drawn[:, :2].min(axis=1) >= drawn[:, 2]).all()
    assert np.allclose(drawn.mean(axis=0), [8 / 18, 8 / 18, 2 / 18], atol=3e-3)
    assert (drawn[:, 0] > drawn[:, 1]).mean() == pytest.approx(0.5, abs=0.01)


def test_weights_between_bounds_are_spread_as_even_ones_that_fall_between_them() -> None:
    low, high = np.array([0.1, 0.2, 0.0, 0.05]), np.array([0.5, 0.4, 0.3, 1.0])
    drawn = draw_weights(IntervalWeights(tuple(low), tuple(high)), 4, draws=40_000, seed=1)
    assert ((drawn >= low - 1e-12) & (drawn <= high + 1e-12)).all()
    even = draw_weights(UniformWeights(), 4, draws=1_000_000, seed=2)
    even = even[((even >= low) & (even <= high)).all(axis=1)]
    assert np.allclose(drawn.mean(axis=0), even.mean(axis=0), atol=3e-3)
    assert np.allclose(np.cov(drawn.T), np.cov(even.T), atol=5e-4)
    for share in (0.1, 0.5, 0.9):
        assert np.allclose(np.quantile(drawn, share, axis=0), np.quantile(even, share, axis=0), atol=8e-3)
    lagged = [np.corrcoef(drawn[:-1, i], drawn[1:, i])[0, 1] for i in range(4)]
    assert np.abs(lagged).max() < 0.03  # a draw does not know the one before it


def test_bounds_that_leave_one_set_of_weights_give_it() -> None:
    assert draw_weights(IntervalWeights((0.5, 0.5), (0.5, 0.5)), 2, draws=3, seed=1).tolist() == [[0.5, 0.5]] * 3
    assert draw_weights(IntervalWeights((0.0,), (1.0,)), 1, draws=2, seed=1).tolist() == [[1.0], [1.0]]


def test_weights_about_given_ones_have_their_mean_and_the_spread_that_was_asked_for() -> None:
    shares = np.array([0.4, 0.3, 0.2, 0.1])
    drawn = draw_weights(DirichletWeights(tuple(shares), 20.0), 4, draws=100_000, seed=1)
    assert np.allclose(drawn.mean(axis=0), shares, atol=2e-3)
    assert np.allclose(drawn.std(axis=0), np.sqrt(shares * (1 - shares) / 21), atol=2e-3)
    assert (draw_weights(DirichletWeights((1.0, 0.0), 5.0), 2, draws=10, seed=1)[:, 1] == 0).all()


@pytest.mark.parametrize(
    ("distribution", "said"),
    [
        (IntervalWeights((0.6, 0.6), (1.0, 1.0)), "no weights lie"),
        (IntervalWeights((0.0, 0.0), (0.3, 0.3)), "no weights lie"),
        (IntervalWeights((0.5, 0.0), (0.4, 1.0)), "no weights lie"),
        (IntervalWeights((0.5,), (1.0,)), "no weights lie"),
        (OrderedWeights(((0,),)), "once"),
        (DirichletWeights((0.5, 0.4), 10.0), "add up to 1"),
        (DirichletWeights((0.5, 0.5), 0.0), "concentration"),
    ],
)
def test_distributions_that_cannot_be(distribution: WeightDistribution, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        draw_weights(distribution, 2, draws=1, seed=1)


def test_a_distribution_that_is_not_known_is_an_error() -> None:
    with pytest.raises(TypeError, match="unknown distribution"):
        draw_weights(WeightDistribution(), 2, draws=1, seed=1)


# ---------------------------------------------------------------------------------------------- the surface


def test_the_best_cells_of_a_surface_as_counted_one_by_one() -> None:
    rng = np.random.default_rng(1)
    utilities = rng.random((3, 50, 60)).astype(np.float32)
    utilities[0, 3, 4] = np.nan
    weights = draw_weights(UniformWeights(), 3, draws=40, seed=1)
    thresholds = best_thresholds(utilities.reshape(3, -1), weights)
    found = best_probability(utilities, weights, thresholds)
    flat = utilities.reshape(3, -1).astype(np.float64)
    among = np.zeros(3000)
    for drawn in weights:
        score = drawn @ flat
        among += score >= np.sort(score[~np.isnan(score)])[-150]
    assert np.isnan(found[3, 4])
    expected = (among / 40).reshape(50, 60)
    expected[3, 4] = np.nan
    assert np.nanmax(np.abs(found - expected)) <= 1 / 40  # float32 may turn a cell that is on the edge
    assert np.nanmean(np.abs(found - expected)) < 1e-4


def test_tiles_of_a_surface_are_the_surface() -> None:
    utilities = np.random.default_rng(2).random((4, 100, 70)).astype(np.float32)
    weights = draw_weights(UniformWeights(), 4, draws=30, seed=1)
    thresholds = best_thresholds(utilities[:, ::5].reshape(4, -1), weights)
    whole = best_probability(utilities, weights, thresholds)
    tile = best_probability(utilities[:, 13:40, 7:33], weights, thresholds)
    assert tile.tobytes() == np.ascontiguousarray(whole[13:40, 7:33]).tobytes()


def test_land_without_a_known_cell_has_no_best() -> None:
    nothing = np.full((2, 5), np.nan, np.float32)
    weights = np.full((3, 2), 0.5)
    assert np.isinf(best_thresholds(nothing, weights)).all()
    assert np.isnan(best_probability(nothing, weights, best_thresholds(nothing, weights))).all()
