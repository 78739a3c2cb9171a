"""Each model without capacities against spopt (PySAL) with HiGHS through PuLP."""

from __future__ import annotations

import warnings
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from geo_engine.decide.portfolio import choose
from tests.decide.portfolio.builders import clock, mask, plane, problem

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # of libraries that spopt brings
    pulp: ModuleType = pytest.importorskip("pulp", reason="PuLP is not installed")
    locate: ModuleType = pytest.importorskip("spopt.locate", reason="spopt is not installed")
    pytest.importorskip("highspy", reason="highspy is not installed")

pytestmark = pytest.mark.filterwarnings("ignore")  # spopt 0.7 calls PuLP in ways that PuLP 3 warns of
SEEDS = (1, 2)
CUSTOMERS, SITES, PLANTS = 15, 25, 4


def solved(model: Any) -> float:  # noqa: ANN401 - spopt has no types
    return float(model.solve(pulp.HiGHS(msg=False)).problem.objective.value())


@pytest.mark.parametrize("seed", SEEDS)
def test_p_median_is_that_of_spopt(seed: int) -> None:
    cost, weight, _ = plane(seed, CUSTOMERS, SITES)
    found = choose(problem("p_median", PLANTS, cost, weight), clock())
    assert found is not None
    theirs = solved(locate.PMedian.from_cost_matrix(cost, weight, p_facilities=PLANTS))
    assert found.value * weight.sum() == pytest.approx(theirs, rel=1e-7)


@pytest.mark.parametrize("seed", SEEDS)
def test_p_median_with_sites_that_are_fixed_is_that_of_spopt(seed: int) -> None:
    cost, weight, _ = plane(seed, CUSTOMERS, SITES)
    fixed = mask(SITES, 3, 7)
    found = choose(problem("p_median", PLANTS, cost, weight, fixed=fixed), clock())
    assert found is not None
    theirs = locate.PMedian.from_cost_matrix(cost, weight, p_facilities=PLANTS, predefined_facilities_arr=fixed.astype(int))
    assert found.value * weight.sum() == pytest.approx(solved(theirs), rel=1e-7)


@pytest.mark.parametrize("seed", SEEDS)
def test_maximal_covering_is_that_of_spopt(seed: int) -> None:
    cost, weight, _ = plane(seed, CUSTOMERS, SITES)
    found = choose(problem("max_cover", 2, cost, weight, radius=25.0), clock())
    assert found is not None
    assert found.value == pytest.approx(solved(locate.MCLP.from_cost_matrix(cost, weight, service_radius=25.0, p_facilities=2)))
    assert 0 < found.value < weight.sum()


@pytest.mark.parametrize("seed", SEEDS)
def test_set_covering_is_that_of_spopt(seed: int) -> None:
    cost, weight, _ = plane(seed, CUSTOMERS, SITES)
    found = choose(problem("set_cover", None, cost, weight, radius=30.0), clock())
    assert found is not None
    assert found.value == solved(locate.LSCP.from_cost_matrix(cost, service_radius=30.0))


@pytest.mark.parametrize("seed", SEEDS)
def test_p_centre_is_that_of_spopt(seed: int) -> None:
    cost, weight, _ = plane(seed, CUSTOMERS, SITES)
    found = choose(problem("p_center", PLANTS, cost, weight), clock())
    assert found is not None
    assert found.value == pytest.approx(solved(locate.PCenter.from_cost_matrix(cost, p_facilities=PLANTS)), rel=1e-7)


@pytest.mark.parametrize("seed", SEEDS)
def test_p_dispersion_is_that_of_spopt(seed: int) -> None:
    _, _, apart = plane(seed, CUSTOMERS, SITES)
    found = choose(problem("p_dispersion", PLANTS, np.zeros((0, SITES)), [], apart=apart), clock())
    assert found is not None
    assert found.value == pytest.approx(solved(locate.PDispersion.from_cost_matrix(apart, p_facilities=PLANTS)), rel=1e-7)
