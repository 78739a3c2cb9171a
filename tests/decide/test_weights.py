"""Weights by published cases, by other libraries, and by what holds for all of them."""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from pymcdm import weights as pymcdm_weights
from pymcdm.weights.subjective import AHP
from skcriteria.preprocessing import weighters

from geo_engine.decide.weights import (
    ahp_weights,
    combine_judgements,
    critic_weights,
    derive_weights,
    entropy_weights,
    equal_weights,
    judgement_matrix,
    point_weights,
    rank_order_weights,
    swing_weights,
)
from geo_engine.model import DataWeights, EqualWeights, PairwiseComparison, PointWeights, RankOrder, SwingWeights, Weighting

# Saaty's comparison of three schools by six criteria (The Analytic Hierarchy Process, 1980; the book was not at hand): learning, friends,
# school life, vocational training, college preparation, music classes. Its weights, lambda and ratio are held against numpy's eigenvalues.
SCHOOLS: list[list[float]] = [
    [1, 4, 3, 1, 3, 4],
    [1 / 4, 1, 7, 3, 1 / 5, 1],
    [1 / 3, 1 / 7, 1, 1 / 5, 1 / 5, 1 / 6],
    [1, 1 / 3, 5, 1, 1, 1 / 3],
    [1 / 3, 5, 5, 1, 1, 3],
    [1 / 4, 1, 6, 3, 1 / 3, 1],
]
# Four fighter aircraft by speed, range, payload, (less) cost, reliability, manoeuvrability: Hwang and Yoon, Multiple Attribute
# Decision Making, 1981, the example that runs through the book.
FIGHTERS = np.array(
    [[2.0, 1500, 20000, 5.5, 5, 9], [2.5, 2700, 18000, 6.5, 3, 5], [1.8, 2000, 21000, 4.5, 7, 7], [2.2, 1800, 20000, 5.0, 5, 5]]
)


def rounded(shares: tuple[float, ...], places: int = 4) -> list[float]:
    return [round(share, places) for share in shares]


# ---------------------------------------------------------------------------------------------- judged


def test_equal_weights_are_equal() -> None:
    assert equal_weights(5).shares == (0.2,) * 5


def test_points_are_relative() -> None:
    assert point_weights([3, 1, 0]).shares == (0.75, 0.25, 0.0)
    assert rounded(point_weights([1e308, 1e308]).shares) == [0.5, 0.5]  # the sum would overflow
    assert swing_weights([100, 50, 50]).shares == (0.5, 0.25, 0.25)
    assert swing_weights([100, 50, 50]).method == "swing"


@pytest.mark.parametrize("points", [[], [0, 0], [1, -1], [1, math.nan], [1, math.inf]])
def test_points_that_weigh_nothing_are_an_error(points: list[float]) -> None:
    with pytest.raises(ValueError, match="points"):
        point_weights(points)


@pytest.mark.parametrize(
    ("formula", "shares"),
    [
        # The three formulas of Barron and Barrett, Decision quality using ranked attribute weights, Management Science 42 (1996); the paper
        # was not at hand. By hand for four: centroid (1 + 1/2 + 1/3 + 1/4) / 4 = 0.5208 and so on down to 1/16; sum 4, 3, 2, 1 of 10;
        # reciprocal 1, 1/2, 1/3, 1/4 of 25/12
        ("centroid", [0.5208, 0.2708, 0.1458, 0.0625]),
        ("sum", [0.4, 0.3, 0.2, 0.1]),
        ("reciprocal", [0.48, 0.24, 0.16, 0.12]),
    ],
)
def test_order_of_four(formula: Literal["centroid", "sum", "reciprocal"], shares: list[float]) -> None:
    assert rounded(rank_order_weights([[0], [1], [2], [3]], formula).shares) == shares
    turned = rank_order_weights([[3], [1], [0], [2]], formula).shares
    assert rounded((turned[3], turned[1], turned[0], turned[2])) == shares


def test_equally_important_criteria_share_their_ranks() -> None:
    assert rounded(rank_order_weights([[0], [1, 2], [3]], "sum").shares) == [0.4, 0.25, 0.25, 0.1]


def test_the_centroid_is_the_mean_of_all_weights_that_keep_the_order() -> None:
    drawn = np.random.default_rng(1).dirichlet(np.ones(5), 200_000)
    assert np.allclose(-np.sort(-drawn, axis=1).mean(axis=0), rank_order_weights([[0], [1], [2], [3], [4]]).shares, atol=2e-3)


@pytest.mark.parametrize("groups", [[], [[0], [0]], [[1], [2]], [[0, 1], [1]]])
def test_an_order_names_each_criterion_once(groups: list[list[int]]) -> None:
    with pytest.raises(ValueError, match="once"):
        rank_order_weights(groups)


# ---------------------------------------------------------------------------------------------- pairwise


def test_ahp_of_saatys_school_case() -> None:
    found = ahp_weights([SCHOOLS], ["learning", "friends", "life", "training", "college", "music"])
    assert rounded(found.shares) == [0.3208, 0.1395, 0.0348, 0.1285, 0.2374, 0.1391]
    assert found.lambda_max is not None
    assert found.consistency_index is not None
    assert found.consistency_ratio is not None
    assert round(found.lambda_max, 4) == 7.4199
    assert found.consistency_index == pytest.approx((found.lambda_max - 6) / 5)
    assert round(found.consistency_ratio, 3) == 0.229
    values, vectors = np.linalg.eig(np.array(SCHOOLS))
    first = vectors[:, values.real.argmax()].real
    assert found.lambda_max == pytest.approx(values.real.max(), abs=1e-9)
    assert np.allclose(found.shares, first / first.sum(), atol=1e-9)


def test_a_contradiction_names_the_three_judgements_that_lie_farthest_from_the_weights() -> None:
    found = ahp_weights([SCHOOLS], ["learning", "friends", "life", "training", "college", "music"])
    (warning,) = found.warnings
    shares = found.shares
    names = ["learning", "friends", "life", "training", "college", "music"]
    far = {(names[i], names[j]): abs(math.log(SCHOOLS[i][j] * shares[j] / shares[i])) for i in range(6) for j in range(i + 1, 6)}
    worst = sorted(far, key=lambda pair: -far[pair])[:3]
    assert "consistency ratio 0.23" in warning
    assert [f"{first} to {second} (given" in warning for first, second in worst] == [True] * 3
    assert warning.count("(given") == 3


def test_consistent_judgements_give_back_their_weights_without_a_warning() -> None:
    weights = np.array([0.4, 0.3, 0.2, 0.1])
    found = ahp_weights([weights[:, None] / weights])
    assert np.allclose(found.shares, weights)
    assert found.lambda_max == pytest.approx(4.0)
    assert found.consistency_ratio == pytest.approx(0.0, abs=1e-12)
    assert found.warnings == ()


def test_one_and_two_criteria_are_always_consistent() -> None:
    assert ahp_weights([[[1]]]).shares == (1.0,)
    two = ahp_weights([[[1.0, 9.0], [1 / 9, 1.0]]])
    assert rounded(two.shares, 6) == [0.9, 0.1]
    assert (two.consistency_ratio, two.warnings) == (0.0, ())


def test_persons_are_combined_by_the_geometric_mean() -> None:
    # Aczel and Saaty 1983: 9 and 1 make 3, and the combination stays reciprocal
    together = combine_judgements([[[1.0, 9.0], [1 / 9, 1.0]], [[1.0, 1.0], [1.0, 1.0]]])
    assert np.allclose(together, [[1.0, 3.0], [1 / 3, 1.0]])
    found = ahp_weights([SCHOOLS, np.array(SCHOOLS).T])  # one says the reverse of the other
    assert np.allclose(found.shares, np.full(6, 1 / 6))
    assert found.notes == ("2 people's judgements, combined by the geometric mean",)


def test_a_rounded_reciprocal_is_taken_as_meant() -> None:
    assert np.allclose(combine_judgements([[[1.0, 3.0], [0.33, 1.0]]]), [[1.0, 3.0], [1 / 3, 1.0]])
    assert np.allclose(combine_judgements([[[1.0, 0.14], [7.0, 1.0]]]), [[1.0, 1 / 7], [7.0, 1.0]])


@pytest.mark.parametrize(
    ("matrix", "said"),
    [
        ([[1, 2], [2, 1]], "not reciprocal"),
        ([[2, 1], [1, 1]], "not reciprocal"),
        ([[1, 0], [0, 1]], "above 0"),
        ([[1, math.nan], [1, 1]], "finite"),
        ([[1, 2, 3], [1, 1, 1]], "square"),
        ([1, 2], "square"),
    ],
)
def test_judgements_that_cannot_be(matrix: list[list[float]], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        ahp_weights([matrix])


def test_judgements_of_pairs_make_a_matrix_in_any_order() -> None:
    assert judgement_matrix(3, [(1, 0, 2.0), (0, 2, 4.0), (2, 1, 0.5)]).tolist() == [[1, 0.5, 4], [2, 1, 2], [0.25, 0.5, 1]]
    for pairs in ([(0, 1, 2.0)], [(0, 1, 2.0), (1, 0, 0.5), (0, 2, 1.0), (1, 2, 1.0)], [(0, 1, -1.0)]):
        with pytest.raises(ValueError, match="judgement"):
            judgement_matrix(3, pairs)


@given(st.integers(2, 8), st.integers(0, 2**32 - 1))
def test_ahp_agrees_with_pymcdm(count: int, seed: int) -> None:
    matrix = random_judgements(count, seed)
    assert np.allclose(ahp_weights([matrix]).shares, AHP(matrix=matrix)(), atol=1e-9)


@given(st.integers(2, 12), st.integers(0, 2**32 - 1))
def test_the_eigenvector_is_one(count: int, seed: int) -> None:
    matrix = random_judgements(count, seed)
    found = ahp_weights([matrix])
    assert np.allclose(matrix @ found.shares, np.array(found.shares) * (found.lambda_max or 0), atol=1e-9)
    assert (found.lambda_max or 0) >= count - 1e-9  # Saaty: n at least, and n only if consistent
    assert sum(found.shares) == pytest.approx(1)


def random_judgements(count: int, seed: int) -> NDArray[np.float64]:
    scale = np.array([1 / 9, 1 / 7, 1 / 5, 1 / 3, 1, 3, 5, 7, 9])
    upper = np.triu(np.random.default_rng(seed).choice(scale, (count, count)), 1)
    lower: NDArray[np.float64] = np.divide(1, upper.T, out=np.zeros((count, count)), where=upper.T > 0)
    return upper + lower + np.eye(count)


# ---------------------------------------------------------------------------------------------- from data


def test_entropy_of_hwang_and_yoons_aircraft() -> None:
    # the weights that are handed down with the case come from entropies rounded to four digits (0.9946, 0.9829, 0.9989, 0.9931, 0.9703,
    # 0.9770): by hand 0.0054 / 0.0832 = 0.0649 and so on; the book was not at hand
    assert np.allclose(entropy_weights(FIGHTERS).shares, [0.0649, 0.2055, 0.0133, 0.0829, 0.3570, 0.2764], atol=2e-3)


def test_critic_by_hand() -> None:
    # columns 0 1 2, 0 1 2 and 2 1 0 laid to 0 .5 1: equal spread; conflict 0 + 2, 0 + 2, 2 + 2
    assert rounded(critic_weights(np.array([[0.0, 0.0, 2.0], [1.0, 1.0, 1.0], [2.0, 2.0, 0.0]])).shares) == [0.25, 0.25, 0.5]


matrices = st.integers(3, 12).flatmap(
    lambda sites: (
        st.integers(2, 6)
        .map(lambda criteria: (sites, criteria))
        .flatmap(lambda shape: st.integers(0, 2**32 - 1).map(lambda seed: np.random.default_rng(seed).uniform(0.05, 1.0, shape)))
    )
)


@given(matrices)
def test_weights_from_data_agree_with_pymcdm_and_scikit_criteria(table: NDArray[np.float64]) -> None:
    best = np.ones(table.shape[1])
    assert np.allclose(entropy_weights(table).shares, pymcdm_weights.entropy_weights(table))
    assert np.allclose(entropy_weights(table).shares, weighters.entropy_weights(table))
    assert np.allclose(critic_weights(table).shares, pymcdm_weights.critic_weights(table))
    assert np.allclose(critic_weights(table).shares, weighters.critic_weights(table, best))


@given(matrices)
def test_order_of_places_and_criteria_does_not_matter(table: NDArray[np.float64]) -> None:
    rows, columns = np.random.default_rng(len(table)).permutation(len(table)), np.arange(table.shape[1])[::-1]
    for find in (entropy_weights, critic_weights):
        assert np.allclose(np.array(find(table).shares)[columns], find(table[rows][:, columns]).shares)
        assert sum(find(table).shares) == pytest.approx(1)


def test_a_criterion_that_is_the_same_everywhere_counts_nothing() -> None:
    table = np.array([[0.3, 1.0, 0.2], [0.3, 0.5, 0.9], [0.3, 0.0, 0.1]])
    for found in (entropy_weights(table), critic_weights(table)):
        assert found.shares[0] == 0.0
        assert found.warnings == ()


@pytest.mark.parametrize("table", [np.array([[0.4, 0.7]]), np.array([[0.4, 0.7], [0.4, 0.7]]), np.empty((0, 2)), np.zeros((3, 2))])
def test_places_that_tell_nothing_apart_leave_equal_weights_and_a_warning(table: NDArray[np.float64]) -> None:
    for found in (entropy_weights(table), critic_weights(table)):
        assert found.shares == (0.5, 0.5)
        assert "do not tell the criteria apart" in found.warnings[0]


def test_places_with_an_unknown_are_left_out() -> None:
    table = np.array([[0.1, 0.9], [0.5, 0.4], [0.8, 0.8]])
    more = np.vstack([table, [np.nan, 0.2]])
    assert entropy_weights(more).shares == entropy_weights(table).shares
    assert critic_weights(more).shares == critic_weights(table).shares


def test_one_criterion_has_all_the_weight() -> None:
    assert entropy_weights(np.array([[0.1], [0.9]])).shares == (1.0,)
    assert critic_weights(np.array([[0.1], [0.9]])).shares == (1.0,)


def test_weights_from_data_want_a_table() -> None:
    with pytest.raises(ValueError, match="places by criteria"):
        critic_weights(np.ones(3))
    with pytest.raises(ValueError, match="not negative"):
        entropy_weights(np.array([[-1.0], [1.0]]))


# ---------------------------------------------------------------------------------------------- what a study says


@pytest.mark.parametrize(
    ("weighting", "method", "shares"),
    [
        (EqualWeights(), "equal", (0.5, 0.5)),
        (PointWeights((3, 1)), "direct", (0.75, 0.25)),
        (SwingWeights((100, 25)), "swing", (0.8, 0.2)),
        (RankOrder(((1,), (0,))), "rank_order, centroid", (0.25, 0.75)),
        (PairwiseComparison((((1, 4), (0.25, 1)),), ("A",)), "ahp", (0.8, 0.2)),
        (DataWeights("entropy"), "entropy", (1.0, 0.0)),
    ],
)
def test_each_way_to_find_weights_is_known(weighting: Weighting, method: str, shares: tuple[float, ...]) -> None:
    found = derive_weights(weighting, ("a", "b"), np.array([[1.0, 0.5], [0.0, 0.5]]))
    assert found.method == method
    assert np.allclose(found.shares, shares)


def test_a_way_that_is_not_known_and_data_that_are_not_there() -> None:
    with pytest.raises(TypeError, match="unknown weighting"):
        derive_weights(Weighting(), ("a",))
    with pytest.raises(ValueError, match="utilities of the places"):
        derive_weights(DataWeights("critic"), ("a",))
