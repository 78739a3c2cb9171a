"""What must hold for every way to find weights, to combine and to rank: cases that other files do not already put to each of them."""

from __future__ import annotations

import math
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from geo_engine.decide.combine import attribution, combined, compare_methods, net_flow, scores_by_method, topsis_of_sites, vikor
from geo_engine.decide.robustness import draw_weights, drop_one, move_weights, smaa
from geo_engine.decide.weights import (
    ahp_weights,
    critic_weights,
    entropy_weights,
    point_weights,
    rank_order_weights,
    swing_weights,
)
from geo_engine.model import (
    Combination,
    Fuzzy,
    Minimum,
    OrderedAverage,
    QuantifierAverage,
    Topsis,
    UniformWeights,
    WeightedProduct,
    WeightedSum,
)

Table = NDArray[np.float64]
CELL_BY_CELL: list[Combination] = [
    WeightedSum(), WeightedProduct(), QuantifierAverage(0.5), QuantifierAverage(2.0), Topsis(), Fuzzy("and"), Fuzzy("or"),
    Fuzzy("product"), Fuzzy("sum"), Fuzzy("gamma", 0.9), Minimum(), OrderedAverage((1.0, 1.0, 1.0)),
]  # fmt: skip
NAMES = [f"{method.kind}{number}" for number, method in enumerate(CELL_BY_CELL)]
BESIDE_EACH_OTHER = ("topsis_vector", "topsis_minmax", "vikor", "promethee_ii")

seeds = st.integers(0, 2**32 - 1)


def problem(seed: int, sites: int = 6, criteria: int = 3) -> tuple[Table, list[float]]:
    rng = np.random.default_rng(seed)
    return rng.uniform(0.01, 1.0, (sites, criteria)), rng.dirichlet(np.ones(criteria)).tolist()


# ---------------------------------------------------------------------------------------------- combining


@pytest.mark.parametrize("method", CELL_BY_CELL, ids=NAMES)
def test_of_one_criterion_every_method_of_a_surface_makes_its_utility(method: Combination) -> None:
    one = OrderedAverage((1.0,)) if isinstance(method, OrderedAverage) else method
    worth = np.array([[0.0, 0.25, 0.5, 1.0]])
    assert combined(one, worth, [1.0]).tolist() == pytest.approx(worth[0].tolist())
    assert attribution(one, worth, [1.0])[0].tolist() == pytest.approx(worth[0].tolist())


@pytest.mark.parametrize("method", CELL_BY_CELL, ids=NAMES)
@settings(max_examples=25)
@given(seeds)
def test_who_is_worse_in_everything_scores_lower(method: Combination, seed: int) -> None:
    better, weights = problem(seed, 4)
    worse = better * 0.9
    assert (combined(method, worse.T.copy(), weights) < combined(method, better.T.copy(), weights)).all()


@pytest.mark.parametrize("method", CELL_BY_CELL, ids=NAMES)
def test_identical_cells_score_alike_and_a_place_does_not_know_its_neighbours(method: Combination) -> None:
    table, weights = problem(3, 5)
    cells = np.vstack([table, table]).T.copy()
    together = combined(method, cells, weights)
    assert np.array_equal(together[:5], together[5:])
    alone = [float(combined(method, row[:, None].copy(), weights)[0]) for row in table]
    assert together[:5].tolist() == pytest.approx(alone, abs=1e-15)


@pytest.mark.parametrize("name", ["topsis_minmax", "vikor", "promethee_ii"])
@settings(max_examples=25)
@given(seeds)
def test_to_rise_in_one_criterion_costs_no_place_by_the_methods_of_tables(name: str, seed: int) -> None:
    """Where the ideals stay, held by two other sites: then nobody else's figures move but, by PROMETHEE, down."""
    table, weights = problem(seed)
    table[0], table[1] = 1.0, 0.0
    risen = table.copy()
    risen[2, 0] = min(1.0, table[2, 0] + 0.2)
    before, after = (scores_by_method(each, weights)[name] for each in (table, risen))
    assert (after > after[2] + 1e-9).sum() <= (before > before[2] + 1e-9).sum()


def test_all_weight_on_nothing_is_refused_or_makes_nothing_and_never_falls_over_in_silence() -> None:
    """A study with all weights 0 is refused when it is read; here the functions below it are asked."""
    for find in (point_weights, swing_weights):
        with pytest.raises(ValueError, match="points"):
            find([0.0, 0.0])
    table = np.array([[0.4, 0.6], [0.9, 0.1]])
    assert combined(WeightedSum(), table.T.copy(), [0.0, 0.0]).tolist() == [0.0, 0.0]
    assert net_flow(table, [0.0, 0.0]).tolist() == [0.0, 0.0]
    assert topsis_of_sites(table, [0.0, 0.0]).tolist() == [0.5, 0.5]
    assert vikor(table, [0.0, 0.0]).compromise.tolist() == [0.0, 0.0]
    with pytest.raises(ValueError, match="zero-size"):
        combined(Minimum(), table.T.copy(), [0.0, 0.0])


def test_a_criterion_of_zero_range_is_no_division_by_nothing() -> None:
    table = np.array([[0.5, 0.9, 0.0], [0.5, 0.1, 0.0], [0.5, 0.4, 0.0]])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        ranks = compare_methods(table, [0.5, 0.3, 0.2])
        moved = move_weights(table, [0.5, 0.3, 0.2])
        dropped = drop_one(table, [0.5, 0.3, 0.2])
    told = dict(zip(ranks.methods, ranks.ranks.T.tolist(), strict=True))
    for name in ("weighted_sum", *BESIDE_EACH_OTHER):
        assert told[name] == [1, 3, 2], name  # the second criterion decides alone
    assert all(swing.low_ranks.tolist() == [1, 3, 2] for swing in moved)
    assert [swing.low_ranks.tolist() for swing in dropped] == [[1, 3, 2], [1, 1, 1], [1, 3, 2]]


# ---------------------------------------------------------------------------------------------- weights


@given(seeds, st.floats(0.001, 1000.0))
def test_weights_do_not_know_the_scale_of_points(seed: int, factor: float) -> None:
    points = np.random.default_rng(seed).uniform(0.1, 9, 4)
    for find in (point_weights, swing_weights):
        assert np.allclose(find((points * factor).tolist()).shares, find(points.tolist()).shares)


@given(seeds)
def test_weights_go_with_their_criteria_whatever_the_order(seed: int) -> None:
    rng = np.random.default_rng(seed)
    order = rng.permutation(4)
    weights = rng.dirichlet(np.ones(4))
    matrix = weights[:, None] / weights
    assert np.allclose(np.array(ahp_weights([matrix]).shares)[order], ahp_weights([matrix[order][:, order]]).shares)
    points = rng.uniform(0.1, 9, 4)
    assert np.allclose(np.array(point_weights(points.tolist()).shares)[order], point_weights(points[order].tolist()).shares)
    place = np.argsort(order)  # where each criterion has gone
    moved = rank_order_weights([[int(place[number])] for number in range(4)]).shares
    assert np.allclose(np.array(rank_order_weights([[number] for number in range(4)]).shares)[order], moved)


@pytest.mark.parametrize("find", [entropy_weights, critic_weights], ids=["entropy", "critic"])
def test_weights_from_identical_places_are_equal(find: object) -> None:
    assert callable(find)
    assert find(np.full((4, 3), 0.7)).shares == pytest.approx((1 / 3,) * 3)


# ---------------------------------------------------------------------------------------------- SMAA


@given(seeds)
def test_draws_do_not_know_the_order_of_criteria_nor_a_common_shift_of_scores(seed: int) -> None:
    table, _ = problem(seed, 5)
    weights = draw_weights(UniformWeights(), 3, draws=64, seed=1)
    order = np.random.default_rng(seed).permutation(3)
    first, again = smaa(table, weights), smaa(table[:, order].copy(), weights[:, order].copy())
    assert np.allclose(first.acceptability, again.acceptability)
    assert np.allclose(first.central_weights[:, order], again.central_weights, equal_nan=True)
    assert np.allclose(first.acceptability, smaa(table * 0.5 + 0.25, weights).acceptability)  # weights add up to 1: scores move alike


@given(seeds)
def test_the_acceptability_of_two_sites_and_two_criteria_in_closed_form(seed: int) -> None:
    """A leads by a in the first criterion and lags by b in the second: it is first where w1 > b / (a + b), so with a / (a + b)."""
    a, b = np.random.default_rng(seed).uniform(0.05, 0.9, 2)
    found = smaa(np.array([[a, 0.0], [0.0, b]]), draw_weights(UniformWeights(), 2, draws=4000, seed=2))
    expected = a / (a + b)
    assert found.acceptability[0, 0] == pytest.approx(expected, abs=5 * math.sqrt(expected * (1 - expected) / 4000) + 1e-3)
