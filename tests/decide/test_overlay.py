"""Weighted overlay and the shares of a score."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from geo_engine.decide import contributions, criterion_utility, percentile_below, ranks, weighted_overlay
from geo_engine.model import Criterion, Distance, Linear, TravelTime

Quantity = NDArray[np.float32]


def made(number: int = 0, *, weight: float = 1.0, unknown: float | None = None, worst: float = 10.0, best: float = 0.0) -> Criterion:
    return Criterion(
        f"Criterion {number}", Distance(layer="ports"), Linear(worst, best), weight, "because", unknown=unknown, key=f"c{number}"
    )


def f32(*values: float) -> Quantity:
    return np.array(values, np.float32)


def test_two_criteria_by_mental_arithmetic() -> None:
    # utilities 1, .5, 0 and 0, .5, 1; weights 3/4 and 1/4: 75, 50, 25
    overlay = weighted_overlay([made(1), made(2)], [0.75, 0.25], [f32(0, 5, 10), f32(10, 5, 0)])
    assert overlay.score.tolist() == [75.0, 50.0, 25.0]
    assert not overlay.unknown.any()
    assert not overlay.unreachable.any()


def test_a_refused_unknown_leaves_no_score() -> None:
    overlay = weighted_overlay([made(1), made(2)], [0.5, 0.5], [f32(np.nan, 0), f32(0, 0)])
    assert np.isnan(overlay.score[0])
    assert overlay.score[1] == 100.0
    assert overlay.unknown.tolist() == [True, False]


def test_an_unknown_with_a_utility_counts_that_much() -> None:
    overlay = weighted_overlay([made(1, unknown=0.25), made(2)], [0.5, 0.5], [f32(np.nan, 0), f32(0, 0)])
    assert overlay.score.tolist() == [62.5, 100.0]
    assert overlay.unknown.tolist() == [False, False]  # nothing is refused: there is a score


def test_unreachable_is_worst_and_told_apart_from_unknown() -> None:
    criterion = Criterion("Time", TravelTime(layer="p", network="n", profile="l"), Linear(3600.0, 0.0), 1.0, "because", unknown=0.9)
    overlay = weighted_overlay([criterion, made()], [0.5, 0.5], [f32(np.inf, np.nan, 0), f32(0, 0, 0)])
    assert overlay.score.tolist() == [50.0, 95.0, 100.0]
    assert overlay.unreachable.tolist() == [True, False, False]
    assert overlay.unknown.tolist() == [False, False, False]


def test_an_unknown_of_one_layer_is_unknown_even_where_another_is_unreachable() -> None:
    overlay = weighted_overlay([made(1), made(2)], [0.5, 0.5], [f32(np.nan), f32(np.inf)])
    assert np.isnan(overlay.score[0])
    assert overlay.unknown[0]
    assert overlay.unreachable[0]


def test_one_criterion_keeps_the_shape() -> None:
    quantity = np.zeros((3, 4), np.float32)
    overlay = weighted_overlay([made()], [1.0], [quantity])
    assert overlay.score.shape == overlay.unknown.shape == overlay.unreachable.shape == (3, 4)


def test_no_criterion_is_an_error() -> None:
    with pytest.raises(ValueError, match="at least one"):
        weighted_overlay([], [], [])


def test_as_many_quantities_as_criteria() -> None:
    with pytest.raises(ValueError, match="zip"):
        weighted_overlay([made(1), made(2)], [0.5, 0.5], [f32(0)])


def test_quantities_are_asked_for_one_at_a_time_and_left_alone() -> None:
    asked: list[int] = []
    kept = [f32(1, np.nan), f32(2, 3)]

    def stream() -> Iterator[Quantity]:
        for number, quantity in enumerate(kept):
            asked.append(number)
            yield quantity

    weighted_overlay([made(1, unknown=0.5), made(2)], [0.5, 0.5], stream())
    assert asked == [0, 1]
    assert np.isnan(kept[0][1])
    assert kept[1].tolist() == [2.0, 3.0]


@st.composite
def overlays(draw: st.DrawFn) -> tuple[list[Criterion], list[float], list[Quantity]]:
    count = draw(st.integers(1, 6))
    cells = draw(st.integers(1, 8))
    weights = draw(st.lists(st.floats(0.01, 100), min_size=count, max_size=count))
    criteria = [made(i, weight=w, unknown=draw(st.none() | st.floats(0, 1))) for i, w in enumerate(weights)]
    values = st.floats(0, 20, width=32) | st.just(float("nan")) | st.just(float("inf"))
    quantities = [f32(*draw(st.lists(values, min_size=cells, max_size=cells))) for _ in range(count)]
    return criteria, weights, quantities


def shares(weights: list[float]) -> list[float]:
    return [weight / sum(weights) for weight in weights]


@given(overlays(), st.randoms())
def test_order_of_criteria_does_not_matter(case: tuple[list[Criterion], list[float], list[Quantity]], random: Random) -> None:
    criteria, weights, quantities = case
    order = list(range(len(criteria)))
    random.shuffle(order)
    first = weighted_overlay(criteria, shares(weights), quantities)
    again = weighted_overlay([criteria[i] for i in order], shares([weights[i] for i in order]), [quantities[i] for i in order])
    assert np.allclose(first.score, again.score, rtol=0, atol=1e-9, equal_nan=True)
    assert np.array_equal(first.unknown, again.unknown)
    assert np.array_equal(first.unreachable, again.unreachable)


@given(overlays(), st.sampled_from([0.001, 0.5, 2.0, 7.0, 1e6]))
def test_scaling_the_weights_changes_nothing(case: tuple[list[Criterion], list[float], list[Quantity]], factor: float) -> None:
    criteria, weights, quantities = case
    first = weighted_overlay(criteria, shares(weights), quantities)
    again = weighted_overlay(criteria, shares([weight * factor for weight in weights]), quantities)
    assert np.allclose(first.score, again.score, rtol=0, atol=1e-9, equal_nan=True)


@given(overlays())
def test_scores_stay_between_0_and_100_and_only_refused_unknowns_have_none(
    case: tuple[list[Criterion], list[float], list[Quantity]],
) -> None:
    criteria, weights, quantities = case
    overlay = weighted_overlay(criteria, shares(weights), quantities)
    refused = np.any(
        [np.isnan(q) for c, q in zip(criteria, quantities, strict=True) if c.unknown is None] or [np.zeros(len(quantities[0]), bool)],
        axis=0,
    )
    assert np.array_equal(np.isnan(overlay.score), refused)
    known = overlay.score[~refused]
    assert ((known >= 0) & (known <= 100 + 1e-9)).all()
    assert np.array_equal(overlay.unknown, refused)


@given(overlays())
def test_contributions_add_up_to_the_mean_score(case: tuple[list[Criterion], list[float], list[Quantity]]) -> None:
    criteria, weights, quantities = case
    parts = contributions(criteria, shares(weights), quantities)
    score = weighted_overlay(criteria, shares(weights), quantities).score
    assert np.isclose(sum(part.points for part in parts), score.mean(), rtol=0, atol=1e-9, equal_nan=True)
    assert [part.criterion for part in parts] == [criterion.name for criterion in criteria]


def test_a_contribution_carries_value_utility_weight_and_points() -> None:
    [first, second] = contributions([made(1), made(2, unknown=0.5)], [0.8, 0.2], [f32(0, 5), f32(np.nan, 0)])
    assert (first.value, first.utility, first.weight, first.points, first.unit, first.slug) == (2.5, 0.75, 0.8, 60.0, "m", "c1")
    assert np.isnan(second.value)
    assert (second.utility, second.points) == (0.75, 15.0)


def test_the_unknown_of_a_refusing_criterion_has_no_points() -> None:
    [part] = contributions([made(1)], [1.0], [f32(np.nan, 0)])
    assert np.isnan(part.points)
    assert np.isnan(part.utility)


def test_criterion_utility_fills_only_the_unknown() -> None:
    assert criterion_utility(made(1, unknown=0.3), f32(np.nan, np.inf, 5)).tolist() == [0.3, 0.0, 0.5]


@pytest.mark.parametrize(
    ("scores", "rank", "tied"),
    [
        ([], [], []),
        ([5.0], [1], [False]),
        ([5.0, 5.0, 5.0], [1, 1, 1], [True, True, True]),
        ([90.0, 80.0, 80.0, 70.0], [1, 2, 2, 4], [False, True, True, False]),
        ([1.0, 1.0 + 1e-12, 2.0], [2, 2, 1], [True, True, False]),  # equal to nine decimals
        ([1.0, 1.0 + 1e-8], [2, 1], [False, False]),
    ],
)
def test_ranks_share_ties(scores: list[float], rank: list[int], tied: list[bool]) -> None:
    assert ranks(scores) == (rank, tied)


@given(st.lists(st.integers(0, 5), max_size=12))
def test_a_rank_is_one_more_than_the_better_ones(scores: list[int]) -> None:
    rank, tied = ranks([float(score) for score in scores])
    assert rank == [1 + sum(other > score for other in scores) for score in scores]
    assert tied == [scores.count(score) > 1 for score in scores]


@pytest.mark.parametrize(("score", "percent"), [(5.0, 0.0), (10.0, 0.0), (25.0, 50.0), (30.0, 50.0), (40.0, 75.0), (41.0, 100.0)])
def test_percentile_counts_what_scores_lower(score: float, percent: float) -> None:
    assert percentile_below(f32(10, 20, 30, 40), score) == percent


def test_percentile_of_equal_scores_is_the_share_below_them() -> None:
    assert percentile_below(f32(10, 20, 20, 20), 20.0) == 25.0


def test_no_percentile_without_a_score_or_without_land() -> None:
    assert np.isnan(percentile_below(f32(1, 2), float("nan")))
    assert np.isnan(percentile_below(f32(), 1.0))


def test_a_cell_is_not_better_than_itself_for_the_rounding_of_its_score() -> None:
    exact = 66.68134567891234
    assert percentile_below(f32(1, exact, 99), exact) == pytest.approx(100 / 3)
