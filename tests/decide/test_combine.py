"""Ways to combine utilities: published cases, other libraries, and what holds for all of them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from numpy.typing import NDArray
from pymcdm import normalizations
from pymcdm.methods import PROMETHEE_II, TOPSIS, VIKOR, WPM, WSM
from skcriteria.agg import simple as skc_simple
from skcriteria.agg import topsis as skc_topsis

from geo_engine.decide import contributions, weighted_overlay
from geo_engine.decide.combine import (
    attribution,
    combined,
    compare_methods,
    fuzzy,
    net_flow,
    ordered_average,
    orness,
    quantifier_average,
    topsis,
    topsis_of_sites,
    trade_off,
    vikor,
    weighted_product,
    weighted_sum,
)
from geo_engine.model import (
    Combination,
    Criterion,
    Distance,
    Fuzzy,
    Linear,
    Minimum,
    OrderedAverage,
    QuantifierAverage,
    Topsis,
    WeightedProduct,
    WeightedSum,
)

Table = NDArray[np.float64]
EVERY: list[Combination] = [
    WeightedSum(), WeightedProduct(), OrderedAverage((3.0, 2.0, 1.0)), OrderedAverage((0.0, 0.0, 1.0)), QuantifierAverage(0.0),
    QuantifierAverage(0.5), QuantifierAverage(2.0), Topsis(), Fuzzy("and"), Fuzzy("or"), Fuzzy("product"), Fuzzy("sum"),
    Fuzzy("gamma", 0.9), Minimum(),
]  # fmt: skip
NAMES = [f"{method.kind}{number}" for number, method in enumerate(EVERY)]


def column(*values: float) -> Table:
    return np.array(values, np.float64).reshape(-1, 1)


# ---------------------------------------------------------------------------------------------- cell by cell


def test_fuzzy_gamma_of_an_moon_and_rencz() -> None:
    # The operator of An, Moon and Rencz 1991, as Bonham-Carter's Geographic Information Systems for Geoscientists, 1994, takes it up; the
    # books were not at hand. Memberships 0.75 and 0.5 by hand: sum 1 - 0.25 x 0.5 = 0.875, product 0.375; gamma 0.9: exp(0.9 ln 0.875 +
    # 0.1 ln 0.375) = exp(-0.1202 - 0.0981) = 0.8039; gamma 0.5: the root of 0.328125 = 0.5728
    assert fuzzy(column(0.75, 0.5), [1, 1], "gamma", 0.9)[0] == pytest.approx(0.8039, abs=1e-4)
    assert fuzzy(column(0.75, 0.5), [1, 1], "gamma", 0.5)[0] == pytest.approx(0.5728, abs=1e-4)
    assert fuzzy(column(0.75, 0.5), [1, 1], "gamma", 0.0)[0] == pytest.approx(0.375)
    assert fuzzy(column(0.75, 0.5), [1, 1], "gamma", 1.0)[0] == pytest.approx(0.875)


def test_owa_of_yager() -> None:
    # The operator of Yager, IEEE Transactions on Systems, Man, and Cybernetics 18, 1988; the paper was not at hand and the figures are
    # worked out by hand: weights 0.4 0.3 0.2 0.1 on 0.6, 1.0, 0.3, 0.5, the best first: 0.4 + 0.18 + 0.1 + 0.03 = 0.71
    assert ordered_average(column(0.6, 1.0, 0.3, 0.5), [0.25] * 4, [0.4, 0.3, 0.2, 0.1])[0] == pytest.approx(0.71)


def test_owa_of_malczewski_with_criterion_weights() -> None:
    # by hand: best first 0.9, 0.6, 0.2 with u = 0.2, 0.5, 0.3 and v = 0.5, 0.3, 0.2: (0.09 + 0.09 + 0.012) / (0.1 + 0.15 + 0.06)
    score = ordered_average(column(0.6, 0.2, 0.9), [0.5, 0.3, 0.2], [0.5, 0.3, 0.2])[0]
    assert score == pytest.approx(0.192 / 0.31)


def test_quantifier_average_by_hand() -> None:
    # best first 0.9 (0.2), 0.6 (0.5), 0.2 (0.3); alpha 2: 0.04, 0.49 - 0.04, 1 - 0.49
    assert quantifier_average(column(0.6, 0.2, 0.9), [0.5, 0.3, 0.2], 2.0)[0] == pytest.approx(0.04 * 0.9 + 0.45 * 0.6 + 0.51 * 0.2)


def test_the_ends_of_owa_are_the_best_the_worst_and_the_sum() -> None:
    u, w = column(0.6, 0.2, 0.9), [0.5, 0.3, 0.2]
    assert ordered_average(u, w, [1, 0, 0])[0] == 0.9
    assert ordered_average(u, w, [0, 0, 1])[0] == 0.2
    assert ordered_average(u, w, [1, 1, 1])[0] == pytest.approx(weighted_sum(u, w)[0])
    assert quantifier_average(u, w, 0.0)[0] == 0.9
    assert quantifier_average(u, w, 1.0)[0] == pytest.approx(weighted_sum(u, w)[0])
    assert quantifier_average(u, w, 1000.0)[0] == pytest.approx(0.2)


def test_order_weights_that_lead_only_to_criteria_without_weight_decide_alone() -> None:
    assert ordered_average(column(0.9, 0.1), [1.0, 0.0], [0.0, 1.0])[0] == pytest.approx(0.1)


def test_orness_and_trade_off_of_jiang_and_eastman() -> None:
    # The triangle of strategies of Jiang and Eastman, IJGIS 14, 2000, with three factors: its corners follow from the formulas by hand:
    # even weights full trade-off and orness one half; all on one no trade-off
    assert orness([1 / 3] * 3) == pytest.approx(0.5)
    assert trade_off([1 / 3] * 3) == pytest.approx(1.0)
    assert (orness([1, 0, 0]), trade_off([1, 0, 0])) == (1.0, 0.0)
    assert (orness([0, 0, 1]), trade_off([0, 0, 1])) == (0.0, 0.0)
    assert (orness([0, 1, 0]), trade_off([0, 1, 0])) == (0.5, 0.0)  # neither risk nor trade-off
    assert orness([1.0]) == 0.5
    assert trade_off([1.0]) == 1.0


def test_topsis_on_a_surface_by_hand() -> None:
    # weights 3/4, 1/4; utilities 1 and 0: near .75, far .25
    assert topsis(column(1.0, 0.0), [0.75, 0.25])[0] == 0.75


@pytest.mark.parametrize("method", EVERY, ids=NAMES)
def test_a_refused_unknown_stays_unknown(method: Combination) -> None:
    u = np.array([[np.nan, 0.5, 0.5], [0.5, 0.5, np.nan], [0.2, 0.2, 0.2]])
    assert np.isnan(combined(method, u, [0.5, 0.5, 0.0])).tolist() == [True, False, True]
    assert np.isnan(combined(method, u, [0.5, 0.0, 0.5])).tolist() == [True, False, True]  # whatever its weight


@pytest.mark.parametrize("method", EVERY, ids=NAMES)
def test_all_best_is_one_and_all_worst_is_nothing(method: Combination) -> None:
    assert combined(method, np.ones((3, 2)), [0.5, 0.3, 0.2]).tolist() == pytest.approx([1.0, 1.0])
    assert combined(method, np.zeros((3, 2)), [0.5, 0.3, 0.2]).tolist() == [0.0, 0.0]


def test_a_method_that_is_not_known_is_an_error() -> None:
    with pytest.raises(TypeError, match="unknown combination"):
        combined(Combination(), np.ones((1, 1)), [1.0])


@st.composite
def cases(draw: st.DrawFn) -> tuple[Combination, Table, list[float]]:
    weights = np.array(draw(st.lists(st.floats(0.01, 1), min_size=3, max_size=3)))
    cells = draw(st.integers(1, 5))
    worth = st.floats(0, 1) | st.sampled_from([0.0, 0.5, 1.0])
    utilities = np.array(draw(st.lists(worth, min_size=3 * cells, max_size=3 * cells))).reshape(3, cells)
    return draw(st.sampled_from(EVERY)), utilities, (weights / weights.sum()).tolist()


@given(cases())
def test_a_score_is_a_share(case: tuple[Combination, Table, list[float]]) -> None:
    score = combined(*case)
    assert ((score >= 0) & (score <= 1 + 1e-12)).all()


@given(cases(), st.integers(0, 2), st.floats(0, 1))
def test_more_of_one_criterion_is_never_worse(case: tuple[Combination, Table, list[float]], number: int, share: float) -> None:
    method, utilities, weights = case
    assume(not isinstance(method, OrderedAverage))  # with criterion weights beside order weights it may be: see the next test
    better = utilities.copy()
    better[number] += share * (1 - better[number])
    assert (combined(method, better, weights) >= combined(method, utilities, weights) - 1e-12).all()


def test_an_ordered_average_with_two_sets_of_weights_may_fall_where_a_utility_rises() -> None:
    # known of the formula: the heavy criterion moves up to an order weight that counts little, and takes its weight out of the average
    low = ordered_average(column(0.50, 0.51, 0.0), [0.90, 0.05, 0.05], [0.1, 0.5, 0.4])[0]
    high = ordered_average(column(0.52, 0.51, 0.0), [0.90, 0.05, 0.05], [0.1, 0.5, 0.4])[0]
    assert high < low


@given(cases(), st.permutations([0, 1, 2]))
def test_order_of_criteria_does_not_matter(case: tuple[Combination, Table, list[float]], order: list[int]) -> None:
    method, utilities, weights = case
    assert np.allclose(combined(method, utilities, weights), combined(method, utilities[order], [weights[i] for i in order]), atol=1e-12)


@given(cases())
def test_what_criteria_add_makes_up_the_score(case: tuple[Combination, Table, list[float]]) -> None:
    method, utilities, weights = case
    parts = attribution(method, utilities, weights)
    assert parts.shape == utilities.shape
    assert np.allclose(parts.sum(axis=0), combined(method, utilities, weights), atol=1e-9)


def test_the_limiting_factor_has_the_whole_score() -> None:
    assert attribution(Minimum(), column(0.8, 0.3, 0.9), [0.4, 0.3, 0.3]).round(9).ravel().tolist() == [0.0, 0.3, 0.0]
    assert attribution(Minimum(), column(0.3, 0.3, 0.9), [0.4, 0.3, 0.3]).round(9).ravel().tolist() == [0.15, 0.15, 0.0]


def test_a_product_is_split_by_weight() -> None:
    # homogeneous of degree one: the price of criterion i is w_i times the score
    score = weighted_product(column(0.5, 0.25, 1.0), [0.5, 0.3, 0.2])[0]
    assert np.allclose(attribution(WeightedProduct(), column(0.5, 0.25, 1.0), [0.5, 0.3, 0.2]).ravel(), np.array([0.5, 0.3, 0.2]) * score)


# ---------------------------------------------------------------------------------------------- the overlay


def test_the_overlay_lays_by_the_studys_method_and_its_contributions_add_up() -> None:
    made = [Criterion(f"C{i}", Distance(layer="ports"), Linear(10.0, 0.0), 1.0, "because", unknown=None if i else 0.5) for i in range(2)]
    quantities = [np.array([2, np.nan, 5, np.inf], np.float32), np.array([6, 0, np.nan, 0], np.float32)]
    overlay = weighted_overlay(made, [0.5, 0.5], quantities, Minimum())
    assert overlay.score[:2].tolist() == pytest.approx([40.0, 50.0])
    assert np.isnan(overlay.score[2])
    assert overlay.score[3] == 0.0
    assert overlay.unknown.tolist() == [False, False, True, False]
    assert overlay.unreachable.tolist() == [False, False, False, True]
    parts = contributions(made, [0.5, 0.5], [q[:2] for q in quantities], Minimum())
    assert sum(part.points for part in parts) == pytest.approx(45.0)
    with pytest.raises(ValueError, match="at least one"):
        weighted_overlay([], [], [], Minimum())


# ---------------------------------------------------------------------------------------------- tables of sites


def test_topsis_of_hwang_and_yoons_aircraft() -> None:
    # The fighters of Hwang and Yoon, Multiple Attribute Decision Making, 1981: closeness .643 .268 .613 .312. The book was not at hand; the
    # closenesses were worked out again by pymcdm, which takes the fourth column as the cost that it is; here it is laid out as its negative
    aircraft = np.array(
        [[2.0, 1500, 20000, -5.5, 5, 9], [2.5, 2700, 18000, -6.5, 3, 5], [1.8, 2000, 21000, -4.5, 7, 7], [2.2, 1800, 20000, -5.0, 5, 5]]
    )
    weights = [0.2, 0.1, 0.1, 0.1, 0.2, 0.3]
    assert np.allclose(topsis_of_sites(aircraft, weights), [0.643, 0.268, 0.613, 0.312], atol=1e-3)
    theirs = TOPSIS(normalizations.vector_normalization)(np.abs(aircraft), np.array(weights), np.array([1, 1, 1, -1, 1, 1]))
    assert np.allclose(topsis_of_sites(aircraft, weights), theirs)


def test_the_two_normalisations_of_topsis_can_pick_different_winners() -> None:
    # the first criterion hardly differs, which minmax takes for as wide a difference as any
    table = np.array([[0.90, 0.60, 0.8], [0.95, 0.50, 0.1], [0.92, 0.20, 0.9]])
    weights = [0.5, 0.3, 0.2]
    assert topsis_of_sites(table, weights, "vector").argmax() == 0
    assert topsis_of_sites(table, weights, "minmax").argmax() == 1
    ranks = compare_methods(table, weights)
    first = dict(zip(ranks.methods, ranks.ranks.T.tolist(), strict=True))
    assert first["topsis_vector"].index(1) != first["topsis_minmax"].index(1)


def test_vikor_of_opricovic_and_tzeng() -> None:
    # EJOR 156 (2004), 445-455, climbers: risk 1, 2, 5 (less is better), altitude 3000, 3750, 4500, even weights: data and reference stand
    # in the manual of the R package MCDM under VIKOR. By hand: shortfalls of A2 are 1/4 and 1/2, so S = 3/8 and R = 1/4: the best in both
    found = vikor(np.array([[-1.0, 3000], [-2.0, 3750], [-5.0, 4500]]), [0.5, 0.5])
    assert found.group.tolist() == pytest.approx([0.5, 0.375, 0.5])
    assert found.regret.tolist() == pytest.approx([0.5, 0.25, 0.5])
    assert found.compromise.tolist() == pytest.approx([1.0, 0.0, 1.0])
    assert found.chosen == (1,)


def test_vikor_names_all_that_have_no_clear_lead() -> None:
    table = np.array([[1.0, 0.5], [0.99, 0.5], [0.98, 0.5], [0.0, 0.6]])
    found = vikor(table, [0.5, 0.5])
    lead = 1 / 3
    best = found.compromise.min()
    assert set(found.chosen) == {i for i in range(4) if found.compromise[i] - best < lead}
    assert len(found.chosen) > 1


def test_promethee_of_mareschal_de_smet_and_nemery() -> None:
    # The example of pymcdm's PROMETHEE_II, which cites Mareschal, De Smet and Nemery, Rank reversal in the PROMETHEE II method (2008). By
    # hand: the third wins 0.5 and 0.2 against the first, 0.5 against the second: (0.7 + 0.5 - 0.3 - 0.5) / 2 = 0.2
    table = np.array([[4.0, 3, 2], [3, 2, 4], [5, 1, 3]])
    assert net_flow(table, [0.5, 0.3, 0.2]).round(6).tolist() == [0.1, -0.3, 0.2]


def test_promethee_counts_a_lead_between_indifference_and_preference_in_proportion() -> None:
    # lead 0.3, indifference 0.1, preference 0.5: half
    assert net_flow(np.array([[0.8], [0.5]]), [1.0], indifference=0.1, preference=0.5).tolist() == pytest.approx([0.5, -0.5])
    with pytest.raises(ValueError, match="below indifference"):
        net_flow(np.ones((2, 1)), [1.0], indifference=0.5, preference=0.1)


@st.composite
def tables(draw: st.DrawFn) -> tuple[Table, Table]:
    shape = draw(st.integers(2, 9)), draw(st.integers(2, 5))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    weights = rng.uniform(0.05, 1, shape[1])
    return rng.uniform(0.01, 1.0, shape), weights / weights.sum()


def as_given(x: Table, cost: bool = False) -> Table:  # noqa: ARG001, FBT001, FBT002 - pymcdm's signature of a normalisation
    return x


@pytest.mark.filterwarnings("ignore:Alternatives with indices")  # pymcdm tells of sites that are better or worse in everything
@given(tables())
def test_methods_agree_with_pymcdm(case: tuple[Table, Table]) -> None:
    table, weights = case
    types = np.ones(len(weights))
    cells = np.ascontiguousarray(table.T)
    assert np.allclose(weighted_sum(cells, weights.tolist()), WSM(as_given)(table, weights, types))
    assert np.allclose(weighted_product(cells, weights.tolist()), WPM(as_given)(table, weights, types))
    for name, normalise in (("vector", normalizations.vector_normalization), ("minmax", normalizations.minmax_normalization)):
        ours = topsis_of_sites(table, weights.tolist(), "vector" if name == "vector" else "minmax")
        assert np.allclose(ours, TOPSIS(normalise)(table, weights, types))
    assert np.allclose(vikor(table, weights.tolist()).compromise, VIKOR()(table, weights, types))
    assert np.allclose(net_flow(table, weights.tolist()), PROMETHEE_II("usual")(table, weights, types))
    n = len(weights)
    linear = PROMETHEE_II("vshape_2", p=np.full(n, 0.6), q=np.full(n, 0.1))(table, weights, types)
    assert np.allclose(net_flow(table, weights.tolist(), indifference=0.1, preference=0.6), linear)


@given(tables())
def test_methods_agree_with_scikit_criteria(case: tuple[Table, Table]) -> None:
    table, weights = case
    objectives = np.ones(len(weights), np.int64)
    cells = np.ascontiguousarray(table.T)
    assert np.allclose(weighted_sum(cells, weights.tolist()), skc_simple.wsm(table, weights)[1])
    logs = skc_simple.wpm(table, weights)[1]  # the logarithm to base 10 of the product
    assert np.allclose(np.log10(weighted_product(cells, weights.tolist())), logs)
    laid = table / np.sqrt((table**2).sum(axis=0))
    assert np.allclose(topsis_of_sites(table, weights.tolist()), skc_topsis.topsis(laid, objectives, weights)[3])


# ---------------------------------------------------------------------------------------------- ranks by method


@given(tables())
def test_a_site_that_is_better_in_everything_is_first_by_every_method(case: tuple[Table, Table]) -> None:
    table, weights = case
    table = np.vstack([table, np.minimum(table.max(axis=0) + 0.01, 1.02)])
    ranks = compare_methods(table / table.max(), weights.tolist())
    assert (ranks.ranks[-1] == 1).all()


@given(tables(), st.floats(0.1, 10))
def test_order_of_sites_and_scale_of_weights_do_not_matter(case: tuple[Table, Table], factor: float) -> None:
    table, weights = case
    order = np.random.default_rng(len(table)).permutation(len(table))
    first = compare_methods(table, weights.tolist())
    assert np.array_equal(first.ranks[order], compare_methods(table[order], weights.tolist()).ranks)
    scaled = weights * factor
    assert np.array_equal(first.ranks, compare_methods(table, (scaled / scaled.sum()).tolist()).ranks)


def test_identical_sites_share_the_first_rank_by_every_method() -> None:
    assert (compare_methods(np.full((3, 2), 0.4), [0.5, 0.5]).ranks == 1).all()


def test_one_site_one_criterion_and_none() -> None:
    assert (compare_methods(np.array([[0.4, 0.2]]), [0.5, 0.5]).ranks == 1).all()
    assert compare_methods(np.array([[0.4], [0.6]]), [1.0]).ranks.T.tolist() == [[2, 1]] * 13
    assert compare_methods(np.empty((0, 2)), [0.5, 0.5]).ranks.shape == (0, 13)


def test_a_criterion_that_is_the_same_everywhere_decides_nothing_by_the_methods_of_tables() -> None:
    table = np.array([[0.5, 0.9], [0.5, 0.1]])
    assert topsis_of_sites(table, [0.9, 0.1], "minmax").tolist() == [1.0, 0.0]
    assert vikor(table, [0.9, 0.1]).chosen == (0,)
    assert net_flow(table, [0.9, 0.1]).tolist() == pytest.approx([0.1, -0.1])


def test_a_site_with_an_unknown_has_no_rank_and_takes_none() -> None:
    ranks = compare_methods(np.array([[0.9, np.nan], [0.5, 0.5], [0.4, 0.4]]), [0.5, 0.5]).ranks
    assert (ranks[0] == 0).all()
    assert (ranks[1] == 1).all()
    assert (ranks[2] == 2).all()
