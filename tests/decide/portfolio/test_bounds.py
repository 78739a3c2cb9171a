"""Sites that a bound excludes are in no best choice: against every subset, and the answer is the same with them and without."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo_engine.decide.portfolio import Clock, choose
from geo_engine.decide.portfolio.programs import median
from geo_engine.decide.portfolio.programs.bounds import may_be_best
from geo_engine.model.answer.portfolio import PlacementProblem

SEEDS = st.integers(0, 2**31)


@settings(max_examples=60, deadline=None)
@given(seed=SEEDS, customers=st.integers(1, 9), sites=st.integers(1, 9), plants=st.integers(1, 4), coarse=st.booleans())
def test_no_site_of_a_best_choice_is_excluded(seed: int, customers: int, sites: int, plants: int, *, coarse: bool) -> None:
    random = np.random.default_rng(seed)
    cost = random.integers(0, 5, (customers, sites)).astype(float) if coarse else random.random((customers, sites)) * 100.0
    plants = min(plants, sites)
    totals = {taken: float(cost[:, list(taken)].min(axis=1).sum()) for taken in combinations(range(sites), plants)}
    least = min(totals.values())
    best = {site for taken, total in totals.items() if total <= least * (1 + 1e-12) for site in taken}
    assert best <= set(np.flatnonzero(may_be_best(cost, plants)).tolist())


def test_most_sites_of_a_plane_are_excluded() -> None:
    """What the bound is for: of 200 sites among 200 customers few can be in the best choice of five."""
    random = np.random.default_rng(3)
    where = random.random((200, 2))
    cost = np.linalg.norm(where[:, None] - where[None], axis=2)
    assert may_be_best(cost, 5).sum() < 60


@pytest.mark.parametrize("seed", range(6))
def test_the_answer_is_the_same_with_all_sites(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    random = np.random.default_rng(seed)
    where, customers = random.random((14, 2)), random.random((9, 2))
    cost = np.linalg.norm(customers[:, None] - where[None], axis=2)
    standing, forbidden = np.zeros(14, np.bool_), np.zeros(14, np.bool_)
    standing[2], forbidden[5] = seed % 2 == 0, True
    problem = PlacementProblem(
        "p_median", 3, cost, random.random(9) * (random.random(9) > 0.2), standing, np.zeros(14, np.bool_), forbidden
    )
    whole = choose(problem, Clock(60.0))
    monkeypatch.setattr(median, "_WORTH_BOUNDING", 1)
    bounded = choose(problem, Clock(60.0))
    assert whole is not None
    assert bounded is not None
    assert bounded.value == pytest.approx(whole.value, rel=1e-12)
