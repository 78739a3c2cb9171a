"""Each model against every subset of the sites, with capacities, standing plants, budgets and shared resources."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from geo_engine.decide.portfolio import choose, choose_first
from geo_engine.model.answer.portfolio import PLACEMENT_MODELS, PlacementModel, PlacementProblem, SharedResource
from tests.decide.portfolio.builders import MINIMISED, clock, every_set, mask, plane, problem, worth_of

SITES, CUSTOMERS = 6, 5
RADIUS = 45.0


def asked(model: PlacementModel, seed: int, kind: str) -> PlacementProblem:
    cost, weight, apart = plane(seed, CUSTOMERS, SITES)
    random = np.random.default_rng(1000 + seed)
    more: dict[str, Any] = {"apart": apart}
    if model in {"max_cover", "set_cover"}:
        more["radius"] = RADIUS if model == "max_cover" else 70.0
    if "capacity" in kind:
        more["capacity"] = random.integers(4, 16, SITES).astype(np.float64)
    if "whole" in kind:
        more["whole"] = True
    if "unserved" in kind:
        more["unserved"] = 60.0
    if "standing" in kind:
        more["standing"] = mask(SITES, 2)
    if "rules" in kind:
        more |= {"fixed": mask(SITES, 4), "forbidden": mask(SITES, 1)}
    if "limits" in kind:
        more |= {"price": random.integers(1, 9, SITES).astype(np.float64), "budget": 12.0}
        more["resources"] = (SharedResource("water", 5.0, np.array([3.0, 3, 3, 0, 0, 2])), SharedResource("MVA", 1.0, np.eye(SITES)[0] * 2))
    if "handicap" in kind:
        more["handicap"] = random.uniform(0, 8, SITES)
    if "cut off" in kind:
        cost[random.random(cost.shape) < 0.3] = np.inf
    return problem(model, None if model == "set_cover" else 3, cost, weight, **more)


KINDS = (
    "plain",
    "cut off",
    "standing rules",
    "limits",
    "handicap unserved",
    "capacity",
    "capacity standing",
    "capacity whole",
    "capacity unserved limits",
    "capacity cut off",
    "capacity whole unserved",
)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("model", PLACEMENT_MODELS)
def test_no_set_is_better_and_of_equal_ones_the_first_is_taken(model: PlacementModel, kind: str) -> None:
    answers = 0
    for seed in range(1 if "whole" in kind else 2):
        question = asked(model, seed, kind)
        values = {taken: value for taken in every_set(question) if (value := worth_of(question, taken)) is not None}
        found = choose(question, clock())
        first = choose_first(question, clock())
        if not values:
            assert found is None
            assert first is None
            continue
        answers += 1
        best = (min if model in MINIMISED else max)(values.values())
        assert found is not None
        assert first is not None
        assert found.proven
        assert found.gap == 0.0
        assert found.value == pytest.approx(best, rel=1e-6, abs=1e-9)
        assert values[tuple(found.taken.tolist())] == pytest.approx(best, rel=1e-6, abs=1e-9)
        equal = [taken for taken, value in values.items() if value == pytest.approx(best, rel=1e-8, abs=1e-9)]
        assert tuple(first.taken.tolist()) == min(equal)
    if kind in {"plain", "standing rules", "handicap unserved"}:
        assert answers == 2


@pytest.mark.parametrize("model", ["p_median", "max_cover", "set_cover", "p_center"])
@pytest.mark.parametrize("kind", ["capacity", "capacity whole", "capacity unserved limits"])
def test_what_is_served_fits_the_plants_and_adds_up(model: PlacementModel, kind: str) -> None:
    for seed in range(1 if "whole" in kind else 2):
        question = asked(model, seed, kind)
        found = choose(question, clock())
        if found is None:
            continue
        assert question.capacity is not None
        there = mask(SITES, *found.taken.tolist())
        load = question.weight @ found.served
        assert (load <= question.capacity * there * (1 + 1e-6) + 1e-9).all()
        total = found.served.sum(axis=1)
        assert (total <= 1 + 1e-9).all()
        if question.serves_all:
            np.testing.assert_allclose(total, 1.0, atol=1e-9)
        if question.whole:
            assert set(np.unique(found.served)) <= {0.0, 1.0}
        if np.isfinite(question.radius):
            assert (question.cost[found.served > 0] <= question.radius).all()


def test_the_hand_case_of_two_demands_and_three_sites_of_one() -> None:
    demands, sites = np.array([(0.5, 1.0), (1.5, 1.0)]), np.array([(1.0, 1.0), (0.0, 2.0), (2.0, 0.0)])
    cost = np.hypot(*(demands[:, None] - sites[None]).transpose(2, 0, 1))
    found = choose_first(problem("p_median", 2, cost, [1, 1], capacity=np.ones(3)), clock())
    assert found is not None
    # One demand goes to the middle (0.5), the other to the corner next to it, root of 1.25: (0.5 + 1.118034) / 2.
    assert found.value == pytest.approx(0.809017, abs=1e-6)
    assert found.taken.tolist() == [0, 1]


def test_identical_candidates_give_the_best_ranked() -> None:
    cost = np.repeat(np.array([[10.0], [20.0]]), 6, axis=1)
    for model in PLACEMENT_MODELS:
        more = {"radius": 30.0} if "cover" in model else {}
        count = None if model == "set_cover" else 2
        found = choose_first(problem(model, count, cost, [1, 2], apart=np.ones((6, 6)) - np.eye(6), **more), clock())
        assert found is not None
        assert found.taken.tolist() == ([0] if model == "set_cover" else [0, 1])


def test_one_candidate_is_taken() -> None:
    found = choose_first(problem("p_median", 1, [[7.0]], [3.0]), clock())
    assert found is not None
    assert (found.taken.tolist(), found.value) == ([0], 7.0)


def test_one_plant_alone_is_as_far_from_others_as_can_be() -> None:
    found = choose_first(problem("p_dispersion", 1, np.zeros((0, 3)), [], apart=np.ones((3, 3)) - np.eye(3)), clock())
    assert found is not None
    assert (found.taken.tolist(), found.value) == ([0], np.inf)


def test_demand_of_no_size_costs_nothing() -> None:
    found = choose_first(problem("p_median", 1, [[5.0, 1.0], [1.0, 9.0]], [0.0, 0.0]), clock())
    assert found is not None
    assert (found.value, found.taken.tolist()) == (0.0, [0])


def test_customers_go_to_the_nearest_plant_or_to_one_that_stands() -> None:
    question = problem("p_median", 1, [[5.0, 1.0, 3.0], [1.0, 9.0, 3.0]], [1.0, 1.0], standing=mask(3, 2))
    found = choose_first(question, clock())
    assert found is not None
    assert (found.taken.tolist(), found.value) == ([0], 2.0)  # (3 + 1) / 2, as with site 1: the better rank is taken
    assert found.served.tolist() == [[0.0, 0.0, 1.0], [1.0, 0.0, 0.0]]
