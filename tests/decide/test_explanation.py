"""What would have to change: weights against every corner of the problem, quantities against a dense scan, cases by hand."""

from __future__ import annotations

import itertools
import math
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from geo_engine.decide import utility
from geo_engine.decide.explanation import Possible, rank_thresholds, threshold_of, weight_change, weights_to_lose, weights_to_win
from geo_engine.errors import RunError
from geo_engine.model import (
    Bounded,
    Classes,
    Exponential,
    Gaussian,
    Large,
    Linear,
    Logarithm,
    LogisticDecay,
    LogisticGrowth,
    MSLarge,
    MSSmall,
    Near,
    Piecewise,
    Power,
    Ranges,
    Small,
    Step,
    SymmetricLinear,
    ValueFunction,
)

Float = NDArray[np.float64]
LINE = Linear(worst=10_000.0, best=0.0)


def corners(leads: Float, now: Float) -> float:
    """Least sum of absolute changes over all corners: where n - 1 of the leads, zeros and unchanged weights meet the sum of 1."""
    count = len(now)
    unit = np.eye(count)
    planes = [(row, 0.0) for row in leads] + [(unit[i], 0.0) for i in range(count)] + [(unit[i], now[i]) for i in range(count)]
    best = math.inf
    for chosen in itertools.combinations(planes, count - 1):
        matrix = np.array([np.ones(count), *(row for row, _ in chosen)])
        if abs(np.linalg.det(matrix)) < 1e-9:
            continue
        there = np.linalg.solve(matrix, [1.0, *(side for _, side in chosen)])
        if (there >= -1e-10).all() and (leads @ there >= -1e-10).all():
            best = min(best, float(np.abs(there - now).sum()))
    return best


def problem(seed: int, sites: int, criteria: int) -> tuple[Float, Float]:
    rng = np.random.default_rng(seed)
    return rng.random((sites, criteria)).round(3), rng.dirichlet(np.ones(criteria))


# ---------------------------------------------------------------------------------------------- weights


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize(("sites", "criteria"), [(2, 2), (4, 3), (5, 4)])
def test_no_corner_of_the_problem_is_nearer(seed: int, sites: int, criteria: int) -> None:
    utilities, weights = problem(seed, sites, criteria)
    scores = utilities @ weights
    first = int(scores.argmax())
    for site in range(sites):
        found = weights_to_win(utilities, weights.tolist(), site)
        others = np.delete(np.arange(sites), site)
        least = 0.0 if site == first else corners(utilities[site] - utilities[others], weights)
        assert (math.inf if found is None else found.size) == pytest.approx(least, abs=1e-7)
    lost = weights_to_lose(utilities, weights.tolist(), first)
    each = {rival: corners((utilities[rival] - utilities[first])[None], weights) for rival in range(sites) if rival != first}
    assert (math.inf if lost is None else lost.size) == pytest.approx(min(each.values()), abs=1e-7)
    if lost is not None:
        assert each[lost.rival] == pytest.approx(min(each.values()), abs=1e-7)


def test_no_weights_of_a_dense_grid_do_it_with_less() -> None:
    steps = 200
    grid = np.array([(i, j, steps - i - j) for i in range(steps + 1) for j in range(steps + 1 - i)]) / steps
    for seed in range(4):
        utilities, weights = problem(seed, 4, 3)
        for site in range(4):
            found = weights_to_win(utilities, weights.tolist(), site)
            wins = (grid @ utilities.T).argmax(axis=1) == site
            if found is None:
                assert not wins.any()
            elif wins.any():
                nearest = float(np.abs(grid[wins] - weights).sum(axis=1).min())
                assert found.size <= nearest + 1e-9


@given(seed=st.integers(0, 10**6), sites=st.integers(2, 12), criteria=st.integers(2, 8))
def test_with_the_change_a_site_is_first_and_with_a_thousandth_less_it_is_not(seed: int, sites: int, criteria: int) -> None:
    utilities, weights = problem(seed, sites, criteria)
    scores = utilities @ weights
    site = int(scores.argmin())
    found = weights_to_win(utilities, weights.tolist(), site)
    assume(found is not None)
    assert found is not None
    changed = np.array(found.weights)
    assert changed.min() >= 0
    assert changed.sum() == pytest.approx(1.0, abs=1e-12)
    assert found.size == pytest.approx(float(np.abs(changed - weights).sum()), abs=1e-12)
    assert utilities[site] @ changed >= (utilities @ changed).max() - 1e-9
    assume(found.size > 1e-4)
    less = weights + 0.999 * (changed - weights)
    assert utilities[site] @ less < (utilities @ less).max()


@given(seed=st.integers(0, 10**6), sites=st.integers(2, 8), criteria=st.integers(2, 8))
def test_with_the_change_the_first_is_caught_and_with_a_thousandth_less_it_leads(seed: int, sites: int, criteria: int) -> None:
    utilities, weights = problem(seed, sites, criteria)
    first = int((utilities @ weights).argmax())
    found = weights_to_lose(utilities, weights.tolist(), first)
    assume(found is not None)
    assert found is not None
    changed = np.array(found.weights)
    assert utilities[found.rival] @ changed >= utilities[first] @ changed - 1e-9
    assume(found.size > 1e-4)
    less = weights + 0.999 * (changed - weights)
    assert (np.delete(utilities, first, axis=0) @ less).max() < utilities[first] @ less


def test_a_site_that_is_worse_in_everything_is_first_by_no_weights() -> None:
    utilities = np.array([[0.9, 0.8, 0.7], [0.5, 0.4, 0.3]])
    assert weights_to_win(utilities, [0.2, 0.3, 0.5], 1) is None
    assert weights_to_lose(utilities, [0.2, 0.3, 0.5], 0) is None


def test_a_site_between_two_others_may_be_first_by_no_weights_though_neither_dominates_it() -> None:
    utilities = np.array([[1.0, 0.0], [0.0, 1.0], [0.4, 0.4]])
    assert weights_to_win(utilities, [0.5, 0.5], 2) is None


def test_who_is_first_already_needs_no_change() -> None:
    tied = np.array([[0.5, 0.5], [0.5, 0.5], [0.1, 0.1]])
    for site in (0, 1):
        found = weights_to_win(tied, [0.3, 0.7], site)
        assert found is not None
        assert (found.size, found.weights) == (0.0, (0.3, 0.7))
    lost = weights_to_lose(tied, [0.3, 0.7], 0)
    assert lost is not None
    assert (lost.size, lost.rival) == (0.0, 1)


def test_a_single_site_is_first_whatever_the_weights() -> None:
    found = weights_to_win(np.array([[0.2, 0.4]]), [0.5, 0.5], 0)
    assert found is not None
    assert found.size == 0.0
    assert weights_to_lose(np.array([[0.2, 0.4]]), [0.5, 0.5], 0) is None


def test_a_criterion_without_weight_may_gain_some() -> None:
    """By hand: v on the second criterion lifts B by v and costs A 1 - v; they meet at one half, so 0.5 up and 0.5 down."""
    found = weights_to_win(np.array([[1.0, 0.0], [0.0, 1.0]]), [1.0, 0.0], 1)
    assert found is not None
    assert found.weights == pytest.approx((0.5, 0.5), abs=1e-9)
    assert found.size == pytest.approx(1.0, abs=1e-9)


@pytest.mark.parametrize("status", [1, 4])
def test_a_solver_that_gives_up_is_one_clear_error(monkeypatch: pytest.MonkeyPatch, status: int) -> None:
    def gives_up(*_: object, **__: object) -> SimpleNamespace:
        return SimpleNamespace(status=status, x=None, message="(HiGHS Status 4: Solve error)")

    monkeypatch.setattr(weight_change, "linprog", gives_up)
    for ask, site in ((weights_to_win, 1), (weights_to_lose, 0)):
        with pytest.raises(RunError, match=r"HiGHS ended without an answer.*Status 4: Solve error") as told:
            ask(np.array([[1.0, 0.0], [0.0, 1.0]]), [0.75, 0.25], site)
        assert told.value.exit_code == 4
        assert told.value.faults[0].remedy


# ---------------------------------------------------------------------------------------------- quantities

FUNCTIONS: dict[str, ValueFunction] = {
    "linear": LINE,
    "rising": Linear(worst=200.0, best=9000.0),
    "tent": SymmetricLinear(1000.0, 7000.0),
    "pit": SymmetricLinear(7000.0, 1000.0),
    "piecewise": Piecewise(((0.0, 0.1), (2000.0, 0.9), (4000.0, 0.3), (9000.0, 0.6))),
    "step": Step(at=3000.0, below=0.9, above=0.2),
    "classes": Classes({1: 0.8, 1000: 1.0, 4000: 0.3}, other=0.1),
    "ranges": Ranges(((0.0, 1000.0, 0.2), (1000.0, 5000.0, 0.7)), other=0.05),
    "gaussian": Gaussian(4000.0, 1e-7),
    "near": Near(4000.0, 1e-7),
    "large": Large(4000.0, 5.0),
    "small": Small(4000.0, 5.0),
    "ms large": MSLarge(3000.0, 1500.0),
    "ms small": MSSmall(3000.0, 1500.0),
    "exponential": Exponential(1000.0, 8000.0, 5e-4),
    "logarithm": Logarithm(1000.0, 8000.0, 0.0, falling=True),
    "power": Power(1000.0, 8000.0, 2.0, 0.0),
    "growth": LogisticGrowth(1000.0, 8000.0),
    "decay": LogisticDecay(1000.0, 8000.0),
    "bounded": Bounded(Linear(10_000.0, 0.0), lower=500.0, upper=6000.0, below=0.0, above=0.2),
}


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("least", [0.0, 0.15, 0.31, 0.5, 0.85, 0.999])
@pytest.mark.parametrize("now", [0.0, 2500.0, 5000.0, 20_000.0])
def test_the_nearest_quantity_is_that_of_a_dense_scan(name: str, least: float, now: float) -> None:
    function, step = FUNCTIONS[name], 1.0
    scan = np.arange(0.0, 40_001.0, step, dtype=np.float32)
    enough = utility(function, scan) >= least
    verdict, quantity = threshold_of(function, least, now)
    if (enough.all() or not enough.any()) and verdict == "reach":
        assert quantity > 40_000  # a long tail beyond the scan
        return
    if not enough.any() or enough.all():
        assert verdict == ("always" if enough.all() else "never")
        assert math.isnan(quantity)
        return
    assert verdict == "reach"
    edges = np.flatnonzero(enough[1:] != enough[:-1])
    last = np.where(enough[edges], scan[edges], scan[edges + 1])  # of two neighbours the one that is worth enough
    alone = scan[1:-1][enough[1:-1] & ~enough[:-2] & ~enough[2:]]  # a class is one number
    assert abs(quantity - now) == pytest.approx(float(np.abs(np.concatenate([last, alone]) - now).min()), abs=step)
    assert utility(function, np.array([quantity], np.float32))[0] >= least - 1e-4


def test_linear_by_hand() -> None:
    assert threshold_of(LINE, 0.75, 9000.0)[1] == pytest.approx(2500.0, abs=1e-9)
    assert threshold_of(LINE, 1.0, 9000.0)[1] == pytest.approx(0.0, abs=1e-9)
    assert threshold_of(LINE, 0.0, 9000.0)[0] == "always"
    assert threshold_of(LINE, 1.0 + 1e-6, 9000.0)[0] == "never"


def test_what_is_unknown_or_unreachable_now_has_a_nearest_quantity_too() -> None:
    tent = SymmetricLinear(0.0, 10.0)
    assert threshold_of(tent, 0.5, math.nan)[1] == pytest.approx(2.5)
    assert threshold_of(tent, 0.5, math.inf)[1] == pytest.approx(7.5)


def test_quantities_beyond_the_bounds_do_not_count() -> None:
    assert threshold_of(Linear(worst=-10.0, best=10.0), 0.4, 3.0)[0] == "always"  # 0.4 is at -2
    assert threshold_of(Linear(worst=-10.0, best=10.0), 0.4, 3.0, possible=Possible(-math.inf))[1] == pytest.approx(-2.0)
    assert threshold_of(Linear(worst=0.0, best=2.0), 0.9, 0.0, possible=Possible(high=1.0))[0] == "never"


@settings(max_examples=100)
@given(seed=st.integers(0, 10**6), rank=st.integers(1, 6), name=st.sampled_from(sorted(set(FUNCTIONS) - {"classes"})))
def test_at_the_quantity_a_site_has_the_rank(seed: int, rank: int, name: str) -> None:
    rng = np.random.default_rng(seed)
    function = FUNCTIONS[name]
    now = float(rng.uniform(0, 9000))
    part = float(utility(function, np.array([now], np.float32))[0])
    weight, rest = 0.4, 0.6 * float(rng.random())
    others = rng.random(5)
    score = weight * part + rest
    [found] = rank_thresholds(function, weight, utility=part, score=score, others=others, now=now, ranks=[rank])

    def rank_at(quantities: Float) -> NDArray[np.int64]:
        scores = rest + weight * utility(function, quantities.astype(np.float32))
        ranks: NDArray[np.int64] = 1 + (others[None, :] > scores[:, None] + 1e-6).sum(axis=1)
        return ranks

    ranks = rank_at(np.linspace(0.0, 30_000.0, 3001))
    if found.verdict == "always":
        assert (ranks <= rank).all()
    elif found.verdict == "never":
        assert (ranks > rank).mean() > 0.99  # a hair's breadth is left to rounding
    else:
        assert rank_at(np.array([found.quantity]))[0] <= rank
        assert (found.verdict == "keep") == (1 + int((others > score + 1e-12).sum()) <= rank)


def test_a_criterion_without_weight_changes_no_rank() -> None:
    found = rank_thresholds(LINE, 0.0, utility=0.5, score=0.5, others=np.array([0.6, 0.4]), now=5000.0, ranks=[1, 2, 3])
    assert [each.verdict for each in found] == ["never", "always", "always"]


def test_a_count_is_a_whole_number() -> None:
    """By hand: 0.55 of utility is at 5.5 of 10; five would not do, six do. Kept is a rank down to a whole number too."""
    line = Linear(worst=0.0, best=10.0)
    others = np.array([0.55, 0.15])
    found = rank_thresholds(line, 1.0, utility=0.3, score=0.3, others=others, now=3.0, ranks=[1, 2], possible=Possible(whole=True))
    assert [(each.verdict, each.quantity) for each in found] == [("reach", 6.0), ("keep", 2.0)]
