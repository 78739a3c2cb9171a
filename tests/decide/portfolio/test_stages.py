"""The order of openings against every order of the chosen plants."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import numpy as np
import pytest

from geo_engine.decide.portfolio import order_openings
from geo_engine.decide.portfolio.programs.dispersion import cliques_over
from geo_engine.model.answer.portfolio import PlacementModel
from tests.decide.portfolio.builders import clock, mask, plane, problem, worth_of


@pytest.mark.parametrize("standing", [(), (6,)])
@pytest.mark.parametrize("capacity", [False, True])
@pytest.mark.parametrize("model", ["p_median", "max_cover", "set_cover", "p_center"])
def test_no_order_is_better(model: PlacementModel, capacity: bool, standing: tuple[int, ...]) -> None:  # noqa: FBT001 - a column of the table
    cost, weight, apart = plane(3, 6, 8)
    more: dict[str, Any] = {"apart": apart, "standing": mask(8, *standing)}
    if "cover" in model:
        more["radius"] = 40.0
    if capacity:
        more["capacity"] = np.full(8, weight.sum() / 3)
    asked = problem(model, 4, cost, weight, **more)
    taken = (0, 2, 5, 7)
    openings, method = order_openings(asked, np.array(taken), clock())
    assert sorted(opening.site for opening in openings) == sorted(taken)
    assert "best of all orders" in method
    # Judged apart from the engine: by covering, or by travel where what is not served counts as the greatest cost.
    judge: PlacementModel = "max_cover" if "cover" in model else "p_median"
    settings = more if "cover" in model else more | {"unserved": float(cost.max())}
    one = problem(judge, None, cost, weight, **settings)
    known = {frozenset(subset): worth_of(one, tuple(sorted(subset))) for order in permutations(taken) for subset in beginnings(order)}
    totals = {order: sum(float(known[frozenset(subset)] or 0.0) for subset in beginnings(order)) for order in permutations(taken)}
    best = max(totals.values()) if judge == "max_cover" else min(totals.values())
    assert totals[tuple(opening.site for opening in openings)] == pytest.approx(best, rel=1e-7)
    for number, opening in enumerate(openings, start=1):
        begun = frozenset(each.site for each in openings[:number])
        assert opening.value == pytest.approx(known[begun], rel=1e-6)


def beginnings(order: tuple[int, ...]) -> list[tuple[int, ...]]:
    return [order[:number] for number in range(1, len(order) + 1)]


def test_many_plants_are_ordered_one_by_one_and_the_method_says_so() -> None:
    cost, weight, _ = plane(4, 10, 20)
    asked = problem("p_median", 16, cost, weight)
    openings, method = order_openings(asked, np.arange(16), clock())
    assert "not proven" in method
    alone = [(cost[:, site] * weight).sum() for site in range(16)]
    assert openings[0].site == int(np.argmin(alone))


def test_plants_of_equal_worth_open_by_rank() -> None:
    asked = problem("p_median", 3, np.full((2, 5), 7.0), [1.0, 1.0])
    openings, _ = order_openings(asked, np.array([1, 3, 4]), clock())
    assert [opening.site for opening in openings] == [1, 3, 4]


@pytest.mark.parametrize("seed", range(5))
def test_cliques_cover_each_pair_and_no_other(seed: int) -> None:
    random = np.random.default_rng(seed)
    conflict = np.triu(random.random((30, 30)) < 0.4, 1)
    conflict |= conflict.T
    covered = np.zeros_like(conflict)
    for clique in cliques_over(conflict):
        assert conflict[np.ix_(clique, clique)].sum() == len(clique) * (len(clique) - 1)
        covered[np.ix_(clique, clique)] = True
    np.fill_diagonal(covered, val=False)
    np.testing.assert_array_equal(covered, conflict)
