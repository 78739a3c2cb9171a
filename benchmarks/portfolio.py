"""Choosing several plants: p-median on graphs like those of OR-Library's pmed against spopt, and a national choice.

The 40 problems of Beasley (1985) are not copied here. Graphs are drawn as the files are described: n nodes, n squared over 50 edges with
whole costs of 1 to 100, the last of several edges between two nodes counting, and costs of all pairs by shortest paths. A random tree comes
first, so that each graph is connected.
"""

from __future__ import annotations

import time
import warnings
from importlib.util import find_spec

import numpy as np
from numpy.typing import NDArray
from scipy.sparse.csgraph import floyd_warshall

from benchmarks.figures import Figure, best_of
from geo_engine.decide.portfolio import Clock, choose, choose_first
from geo_engine.model.answer.portfolio import PlacementProblem

__all__ = ["figures", "random_graph"]

SIZES = ((100, 5), (100, 33), (200, 20), (400, 40), (400, 5))
TOO_LONG = {(400, 5)}  # minutes upon minutes for the peer: few plants leave its relaxation loose
CANDIDATES, CUSTOMERS, PLANTS = 200, 20, 5


def random_graph(nodes: int, seed: int) -> NDArray[np.float64]:
    """Give the costs of all pairs of nodes of a graph, float64, shape (nodes, nodes)."""
    random = np.random.Generator(np.random.PCG64(seed))
    cost = np.full((nodes, nodes), np.inf)
    np.fill_diagonal(cost, 0.0)
    order = random.permutation(nodes)
    pairs = [(order[number], order[random.integers(0, number)]) for number in range(1, nodes)]
    while len(pairs) < nodes * nodes // 50:
        a, b = random.integers(0, nodes, 2)
        if a != b:
            pairs.append((a, b))
    for a, b in pairs:
        cost[a, b] = cost[b, a] = random.integers(1, 101)
    return np.asarray(floyd_warshall(cost), np.float64)


def _problem(cost: NDArray[np.float64], weight: NDArray[np.float64], plants: int) -> PlacementProblem:
    none = np.zeros(cost.shape[1], np.bool_)
    return PlacementProblem("p_median", plants, cost, weight, none, none, none)


def _spopt(cost: NDArray[np.float64], plants: int) -> tuple[float, float]:
    """Time the peer from the matrix to the answer, and give its value."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pulp  # noqa: PLC0415 - a peer that need not be installed
        from spopt.locate import PMedian  # noqa: PLC0415

        begun = time.perf_counter()
        solved = PMedian.from_cost_matrix(cost, np.ones(len(cost)), p_facilities=plants).solve(pulp.HiGHS(msg=False))
        return time.perf_counter() - begun, float(solved.problem.objective.value())


def figures() -> list[Figure]:
    """Solve to proven optimality, each the whole way from the matrix of costs."""
    found = []
    for nodes, plants in SIZES:
        cost = random_graph(nodes, nodes + plants)
        problem = _problem(cost, np.ones(nodes), plants)
        answer = choose(problem, Clock(600.0))
        if answer is None or not answer.proven:
            msg = f"no proven optimum for {nodes} nodes and {plants} plants"
            raise RuntimeError(msg)
        ours = best_of(lambda: choose(problem, Clock(600.0)), 2)  # noqa: B023 - called at once
        what = f"p-median, {nodes} nodes, {plants} plants, proven optimum"
        if (nodes, plants) not in TOO_LONG and find_spec("spopt") and find_spec("highspy"):
            theirs, value = _spopt(cost, plants)
            if abs(value - answer.value * nodes) > 1e-6 * value:
                msg = f"spopt finds {value}, we find {answer.value * nodes}"
                raise RuntimeError(msg)
            found.append(Figure(what, ours, "s", ">= 1", "spopt 0.7 with HiGHS", theirs))
        else:
            found.append(Figure(what, ours, "s"))
    random = np.random.Generator(np.random.PCG64(1))
    customers, sites = random.random((CUSTOMERS, 2)), random.random((CANDIDATES, 2))
    cost = np.hypot(*(customers[:, None] - sites[None]).transpose(2, 0, 1)) * 300.0
    problem = _problem(cost, random.integers(1, 300, CUSTOMERS).astype(np.float64), PLANTS)
    what = f"{PLANTS} of {CANDIDATES} sites for {CUSTOMERS} customers, the first of equal ones"
    found.append(Figure(what, best_of(lambda: choose_first(problem, Clock(60.0))), "s", "<= 2"))
    return found
