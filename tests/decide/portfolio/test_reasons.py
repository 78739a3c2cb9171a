"""What is impossible says what makes it so."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from geo_engine.decide.portfolio import Clock, choose, choose_first, explain_infeasible, trade_off
from geo_engine.errors import RunError
from geo_engine.model.answer.portfolio import PlacementModel, SharedResource
from tests.decide.portfolio.builders import clock, mask, plane, problem, words

COST = np.array([[10.0, 20.0, 90.0, 40.0], [80.0, 70.0, 10.0, 40.0], [50.0, 30.0, 30.0, 40.0]])
WEIGHT = [4.0, 3.0, 2.0]


@pytest.mark.parametrize(
    ("model", "count", "more", "texts"),
    [
        ("p_median", 5, {}, ["5 plants are asked for and there are 4 candidates"]),
        ("p_median", 4, {"forbidden": mask(4, 1)}, ["there are 4 candidates, 1 of them forbidden"]),
        ("p_median", 1, {"fixed": mask(4, 0, 2)}, ["2 sites are fixed: site 0, site 2"]),
        ("p_median", 2, {"fixed": mask(4, 1), "forbidden": mask(4, 1)}, ["fixed and forbidden at once: site 1"]),
        ("p_median", 2, {"capacity": np.full(4, 4.0)}, ["capacity: 2 plants serve 8 cars at most, and the customers need 9"]),
        (
            "set_cover",
            None,
            {"radius": 25.0},
            ["no candidate is within 25 min of customer 2 (30 min at best)"],
        ),
        ("p_median", 2, {"price": np.array([5.0, 6, 7, 8]), "budget": 10.0}, ["budget: 2 plants take 11 GBP at least, and there is 10"]),
        (
            "max_cover",
            3,
            {"radius": 25.0, "resources": (SharedResource("MVA at Hill", 100.0, np.full(4, 50.0), "MVA"),)},
            ["MVA at Hill: 3 plants take 150 MVA at least, and there is 100"],
        ),
    ],
)
def test_counting_names_the_condition(model: PlacementModel, count: int | None, more: dict[str, Any], texts: list[str]) -> None:
    asked = problem(model, count, COST, WEIGHT, **more)
    assert choose(asked, clock()) is None
    assert choose_first(asked, clock()) is None
    said = explain_infeasible(asked, words(asked), clock())
    assert len(said) == len(texts)
    for text, sentence in zip(texts, said, strict=True):
        assert text in sentence


def test_a_customer_that_nobody_can_reach_is_named() -> None:
    cost = COST.copy()
    cost[1] = np.inf
    for model in ("p_median", "p_center"):
        asked = problem(model, 2, cost, WEIGHT)
        assert choose(asked, clock()) is None
        assert explain_infeasible(asked, words(asked), clock()) == ("no candidate can reach customer 1",)
    # To be covered is not asked of everybody, and what is not served can have a price: both have an answer.
    assert choose(problem("max_cover", 2, cost, WEIGHT, radius=30.0), clock()) is not None
    priced = choose(problem("p_median", 1, cost, WEIGHT, unserved=100.0), clock())
    assert priced is not None
    assert priced.value == pytest.approx((4 * 20 + 3 * 100 + 2 * 30) / 9)


def test_conditions_that_are_possible_alone_and_not_together_are_named_and_no_others() -> None:
    # Customers 0 and 1 are near sites 0 and 2 alone; both cost 9, and the cheapest two cost 3.
    more = {"price": np.array([4.0, 1, 5, 2]), "budget": 8.0, "fixed": mask(4, 0), "forbidden": mask(4, 3)}
    asked = problem("set_cover", 2, COST[:2], [1.0, 1.0], radius=15.0, **more)
    assert choose(asked, clock()) is None
    first, second = explain_infeasible(asked, words(asked), clock())
    assert first == "these cannot hold together: every customer within 15 min; budget: 8 GBP"
    assert second == "budget of at least 9 GBP would do, all else being equal"


def test_a_resource_and_capacities_that_clash_are_named_with_what_would_do() -> None:
    # Only sites 0 and 1 together serve 9 cars, and both hang on one substation of 60 MVA.
    shared = SharedResource("substation", 60.0, np.array([50.0, 50, 0, 0]), "MVA")
    asked = problem("p_median", 2, COST, WEIGHT, capacity=np.array([5.0, 4, 3, 3]), resources=(shared,))
    assert choose(asked, clock()) is None
    first, second = explain_infeasible(asked, words(asked), clock())
    assert "substation: 60 MVA in all" in first
    assert "capacities: the plants together must serve 9 cars" in first
    assert second == "substation of at least 100 MVA would do, all else being equal"


def test_what_has_an_answer_has_no_reasons() -> None:
    asked = problem("p_median", 2, COST, WEIGHT)
    assert explain_infeasible(asked, words(asked), clock()) == ()


def test_without_time_there_is_an_error_that_says_what_to_do() -> None:
    with pytest.raises(RunError, match=r"no answer within the time limit of 0 s.*--time-limit"):
        choose(problem("p_median", 2, COST, WEIGHT), Clock(0.0))


def test_a_curve_gets_no_worse_and_says_where_there_is_no_answer() -> None:
    cost, weight, apart = plane(5, 8, 6)
    asked = problem("p_median", None, cost, weight, apart=apart, capacity=np.full(6, weight.sum() / 3 + 1))
    points = trade_off(asked, 6, clock(), words(asked))
    assert [point.count for point in points] == [1, 2, 3, 4, 5, 6]
    assert all("capacity" in point.reason for point in points[:2])
    values = [point.value for point in points[2:]]
    assert values == sorted(values, reverse=True)
    assert all(point.proven for point in points)
    covered = trade_off(problem("set_cover", None, cost, weight, radius=35.0), 4, clock(), words(asked))
    weights = [point.value for point in covered]
    assert weights == sorted(weights)  # of set covering the weight covered by so many


def test_a_curve_without_time_says_so() -> None:
    asked = problem("p_median", None, COST, WEIGHT)
    assert [point.reason for point in trade_off(asked, 2, Clock(0.0), words(asked))] == ["the time ran out"] * 2
