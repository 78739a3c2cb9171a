"""p-median: least weighted travel (Hakimi 1964), with the columns that an optimum can need and no others."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from geo_engine.decide.portfolio.programs.bounds import may_be_best
from geo_engine.decide.portfolio.programs.flows import flow_program
from geo_engine.decide.portfolio.programs.program import Clock, Found, Program, Rows, minimise, site_program
from geo_engine.model.answer.portfolio import PlacementProblem

__all__ = ["solve_median"]

Float = NDArray[np.float64]

_SLACK = 1e-9  # of the value: two costs nearer than this are the same
_WORTH_BOUNDING = 50  # sites: fewer are solved as fast
_MORE = 2  # a list of nearest sites that was too short grows past the site that was used by so many


@dataclass(frozen=True, eq=False)
class _Nearest:
    """Each customer's sites by cost, those that can be taken, and the cost that needs no new plant.

    Parameters
    ----------
    order : list of int64 ndarray
        Sites by cost, then by rank.
    cost : list of float64 ndarray
        The same sites' costs.
    cap : float64 ndarray, shape (customers,)
        Cost of the nearest standing plant, or of not being served; infinite where there is neither.
    """

    order: list[NDArray[np.int64]]
    cost: list[Float]
    cap: Float


def solve_median(problem: PlacementProblem, clock: Clock) -> tuple[Found, Float]:
    """Find the sites with the least mean cost.

    Returns
    -------
    Found
        Of the program; the first columns are the sites.
    float64 ndarray, shape (customers, sites)
        Which pairs the columns behind the sites stand for: True where a plant may serve; empty where the program has no such columns.

    Notes
    -----
    Without capacities a customer's cost is written as a staircase over the sorted distances ``D_1 < D_2 < ...`` of its sites (radius
    formulation, Elloumi 2010; García, Labbé and Marín 2011): ``D_1 + sum_k (D_{k+1} - D_k) z_k`` where ``z_k`` is 1 if no plant is
    within ``D_k``, so ``z_1 >= 1 - sum_{D = D_1} y`` and ``z_k >= z_{k-1} - sum_{D = D_k} y``. Its relaxation is as tight as that of
    ``x_ij <= y_j`` with far fewer columns. The stairs are cut off beyond the nearest sites of each customer, which can only lower the
    value; where the sites found really cost what the program says, they are an optimum of the whole, and else the stairs that
    were too short are made longer and the program is solved again (the idea of BEAMR, Church 2008). Where nothing but the number of plants
    binds, sites that a bound excludes are left out first; see `may_be_best`.

    With capacities it is the plain program with a column a pair; see `flow_program`.
    """
    if problem.capacity is not None:
        allowed = np.isfinite(problem.cost) & (problem.cost < problem.unserved)
        everybody = not np.isfinite(problem.unserved)
        worth = np.where(allowed, problem.cost, 0.0) * problem.shares[:, None]
        program = flow_program(problem, allowed, worth, everybody=everybody, idle=0.0 if everybody else problem.unserved)
        if problem.handicap is not None:
            program.cost[: problem.sites] = problem.handicap * ~problem.standing
        return minimise(program, clock), allowed.astype(np.float64)
    problem = _without_hopeless(problem)
    nearest = _nearest(problem)
    counted = [number for number, share in enumerate(problem.shares.tolist()) if share > 0]
    if any(not len(nearest.order[number]) and not np.isfinite(nearest.cap[number]) for number in counted):
        return Found(None, np.inf, proven=True, feasible=False), np.zeros((0, 0))
    plants = max((problem.count or 0), 1)
    length = {number: min(2 * problem.sites // plants + 3, len(nearest.order[number])) for number in counted}
    while True:
        found = minimise(_staircase(problem, nearest, length), clock)
        if found.columns is None or not found.proven:
            return found, np.zeros((0, 0))
        taken = found.columns[: problem.sites] > 0.5  # noqa: PLR2004 - whole numbers, as the solver rounds them
        short = 0
        for number in counted:
            order, cost = nearest.order[number], nearest.cost[number]
            hit = np.flatnonzero(taken[order])
            place = int(hit[0]) if hit.size else len(order)
            last = float(cost[min(length[number], len(cost) - 1)]) if len(cost) else 0.0
            real = float(cost[place]) if hit.size else float(nearest.cap[number])
            if length[number] < len(order) and min(real, nearest.cap[number]) > last * (1 + _SLACK):
                length[number] = min(place + _MORE, len(order))
                short += 1
        if not short:
            return found, np.zeros((0, 0))


def _without_hopeless(problem: PlacementProblem) -> PlacementProblem:
    """Forbid the sites that no best choice holds, as far as a bound tells; not where more than the number of plants binds."""
    bound_by_others = (
        problem.handicap is not None
        or problem.resources
        or np.isfinite(problem.budget)
        or problem.one_of is not None
        or (problem.fixed & ~problem.standing).any()
    )
    free = np.flatnonzero(~problem.standing & ~problem.forbidden)
    if bound_by_others or not problem.count or len(free) < _WORTH_BOUNDING:
        return problem
    cost = np.minimum(problem.cost[:, free], _without_new_plants(problem)[:, None])[problem.shares > 0]
    if not np.isfinite(cost).all() or not cost.size:
        return problem
    forbidden = problem.forbidden.copy()
    forbidden[free] = ~may_be_best(cost * problem.shares[problem.shares > 0, None], problem.count)
    return replace(problem, forbidden=forbidden)


def _without_new_plants(problem: PlacementProblem) -> Float:
    """Give each customer's cost from the nearest standing plant, or of not being served; infinite where there is neither."""
    cap = np.full(len(problem.weight), problem.unserved)
    return np.minimum(cap, problem.cost[:, problem.standing].min(axis=1)) if problem.standing.any() else cap


def _nearest(problem: PlacementProblem) -> _Nearest:
    cap = _without_new_plants(problem)
    free = np.flatnonzero(~problem.standing & ~problem.forbidden)
    orders, costs = [], []
    for number, row in enumerate(problem.cost[:, free]):
        by_cost = np.argsort(row, kind="stable")
        by_cost = by_cost[row[by_cost] < cap[number]]
        orders.append(free[by_cost])
        costs.append(row[by_cost])
    return _Nearest(orders, costs, cap)


def _staircase(problem: PlacementProblem, nearest: _Nearest, length: dict[int, int]) -> Program:
    """Make the program in which each customer sees its nearest sites, so many as `length` says, and what lies just beyond."""
    n, first, row = problem.sites, problem.sites, 0
    rows, columns, values = [], [], []
    costs, sides = [], []
    constant = 0.0
    for number, seen in length.items():
        order, cost, share = nearest.order[number], nearest.cost[number], float(problem.shares[number])
        cap = float(nearest.cap[number])
        # The stairs: the costs of the sites seen, then that of the next site, or of what needs no new plant.
        beyond = float(cost[seen]) if seen < len(cost) else cap
        steps = np.unique(cost[:seen])
        if not len(steps) or beyond <= steps[0]:
            constant += share * (float(steps[0]) if len(steps) else beyond)
            continue
        constant += share * float(steps[0])
        steps = steps[steps < beyond]
        level = np.searchsorted(steps, cost, side="left")
        near = (cost < beyond) & (level < len(steps))
        high = len(steps)
        must = not np.isfinite(beyond)  # nothing beyond: one of the sites seen is taken
        stairs = high - must
        rows.append(row + level[near])
        columns.append(order[near])
        values.append(np.ones(int(near.sum())))
        z = first + np.arange(stairs)
        rows.append(row + np.arange(stairs))
        columns.append(z)
        values.append(np.ones(stairs))
        follows = np.arange(1, high)
        rows.append(row + follows)
        columns.append(first + follows - 1)
        values.append(-np.ones(high - 1))
        side = np.zeros(high)
        side[0] = 1.0
        sides.append(side)
        costs.append(share * np.diff(np.append(steps, beyond))[:stairs])
        first, row = first + stairs, row + high
    low, top, site_rows = site_program(problem, first)
    if row:
        matrix = sparse.csr_array((np.concatenate(values), (np.concatenate(rows), np.concatenate(columns))), shape=(row, first))
        site_rows.append(Rows(matrix, np.concatenate(sides), np.full(row, np.inf)))
    cost = np.concatenate([np.zeros(n), *costs])
    if problem.handicap is not None:
        cost[:n] = problem.handicap * ~problem.standing
    whole = np.zeros(first, np.bool_)
    whole[:n] = True
    return Program(cost, low, top, whole, site_rows, constant)
