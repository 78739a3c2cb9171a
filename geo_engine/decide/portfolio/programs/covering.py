"""Covering: most customers within a radius, fewest plants for all of them, and the least radius for so many plants."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from geo_engine.decide.portfolio.programs.flows import flow_program
from geo_engine.decide.portfolio.programs.program import Clock, Found, Program, Rows, minimise, site_program
from geo_engine.model.answer.portfolio import PlacementProblem

__all__ = ["all_covered", "solve_center", "solve_max_cover", "solve_set_cover"]

Float = NDArray[np.float64]


def solve_max_cover(problem: PlacementProblem, clock: Clock) -> tuple[Found, NDArray[np.bool_]]:
    """Find the sites that cover the most weight (Church and ReVelle 1974).

    ``max sum w_i z_i`` with ``z_i <= sum_{c_ij <= radius} y_j``; with capacities each pair within the radius has its own column.

    Returns
    -------
    Found
        Its bound is the negative of the greatest share of the weight that may be covered.
    bool ndarray, shape (customers, sites)
        The pairs that count.
    """
    near = problem.cost <= problem.radius
    n, m = problem.sites, len(problem.weight)
    if problem.capacity is not None:
        worth = np.repeat(-problem.shares[:, None], n, axis=1)
        return minimise(flow_program(problem, near, worth, everybody=False), clock), near
    low, high, rows = site_program(problem, n + m)
    covered = sparse.hstack([sparse.csr_array(near.astype(np.float64)), -sparse.eye_array(m)], format="csr")
    rows.append(Rows(covered, np.zeros(m), np.full(m, np.inf)))
    whole = np.zeros(n + m, np.bool_)
    whole[:n] = True
    return minimise(Program(np.concatenate([np.zeros(n), -problem.shares]), low, high, whole, rows), clock), near


def solve_set_cover(problem: PlacementProblem, clock: Clock) -> tuple[Found, NDArray[np.bool_]]:
    """Find the fewest new plants that cover every customer (Toregas, Swain, ReVelle and Bergman 1971)."""
    near = problem.cost <= problem.radius
    program = all_covered(problem, near)
    program.cost[: problem.sites] = ~problem.standing
    return minimise(program, clock), near


def solve_center(problem: PlacementProblem, clock: Clock, target: float | None) -> tuple[Found, NDArray[np.bool_]]:
    """Find the sites with the least greatest cost: by halving the sorted costs, each time asking whether all can be covered.

    Parameters
    ----------
    target : float or None
        Be content with this radius.

    Returns
    -------
    Found
        Of the last radius that can be had; its bound is the least radius that is not ruled out.
    bool ndarray, shape (customers, sites)
        The pairs within that radius.

    Notes
    -----
    Minieka (1970) reduced the problem to set coverings in this way; the radius of an optimum is one of the costs.
    """
    costs = problem.cost[np.isfinite(problem.cost) & (problem.cost <= problem.radius)]
    open_to_all = problem.cost[:, ~problem.forbidden | problem.standing]
    least = float(open_to_all.min(axis=1).max(initial=0.0)) if open_to_all.size else np.inf
    radii = np.unique(costs[costs >= least]) if len(problem.weight) else np.zeros(1)
    if target is not None:
        radii = radii[radii <= target][-1:]
    if not len(radii):
        return Found(None, np.inf, proven=True, feasible=False), problem.cost <= -1.0
    low, high = 0, len(radii) - 1
    best: tuple[Float, int] | None = None
    while best is None or low < high:
        middle = high if best is None else (low + high) // 2
        found = minimise(all_covered(problem, problem.cost <= radii[middle]), clock)
        if found.columns is None and found.feasible:  # the time is up
            if best is None:
                return found, problem.cost <= radii[high]
            return Found(best[0], float(radii[low]), proven=False), problem.cost <= radii[best[1]]
        if found.columns is None:
            if best is None:
                return found, problem.cost <= radii[high]
            low = middle + 1
        else:
            high = middle
            best = (found.columns, middle)
    return Found(best[0], float(radii[low]), proven=True), problem.cost <= radii[best[1]]


def all_covered(problem: PlacementProblem, near: NDArray[np.bool_]) -> Program:
    """Make the program, without a cost, in which every customer is covered, or served in full where there are capacities.

    Parameters
    ----------
    near : bool ndarray, shape (customers, sites)
        Pairs that count.
    """
    if problem.capacity is not None:
        return flow_program(problem, near, np.zeros(near.shape), everybody=True)
    n, m = near.shape[1], near.shape[0]
    low, high, rows = site_program(problem, n)
    rows.append(Rows(sparse.csr_array(near.astype(np.float64)), np.ones(m), np.full(m, np.inf)))
    return Program(np.zeros(n), low, high, np.ones(n, np.bool_), rows)
