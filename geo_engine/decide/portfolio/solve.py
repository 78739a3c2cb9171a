"""Choose sites together: dispatch by model, the exact value of what was chosen, and one answer where several are equally good."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from geo_engine.decide.portfolio.programs.covering import solve_center, solve_max_cover, solve_set_cover
from geo_engine.decide.portfolio.programs.dispersion import solve_dispersion
from geo_engine.decide.portfolio.programs.flows import flow_program, served_by
from geo_engine.decide.portfolio.programs.median import solve_median
from geo_engine.decide.portfolio.programs.program import Clock, Found, minimise
from geo_engine.errors import Fault, RunError
from geo_engine.model.answer.portfolio import Chosen, PlacementModel, PlacementProblem

__all__ = ["GREATER_IS_BETTER", "choose", "choose_first", "least_distance", "only"]

Float = NDArray[np.float64]

GREATER_IS_BETTER: frozenset[PlacementModel] = frozenset({"max_cover", "p_dispersion"})
"""Models whose value is made large."""

_SAME = 1e-7  # of the value: two values nearer than this are equal; the solver's own tolerance is finer
_HALF = 0.5


def choose(problem: PlacementProblem, clock: Clock, *, target: float | None = None) -> Chosen | None:
    """Choose the best sites.

    Parameters
    ----------
    problem : PlacementProblem
        The question.
    clock : Clock
        What time there is.
    target : float, optional
        For p_center and p_dispersion: be content with this value, which saves the search for a better one.

    Returns
    -------
    Chosen or None
        None where it is proven that there is no answer; `explain_infeasible` tells why.

    Raises
    ------
    RunError
        If the time ran out before any answer was found.

    Examples
    --------
    Demands at (0.5, 1) and (1.5, 1), sites at (1, 1), (0, 2) and (2, 0), each good for one demand; two are taken:

    >>> cost = np.array([[0.5, 1.25**0.5, 3.25**0.5], [0.5, 3.25**0.5, 1.25**0.5]])
    >>> none = np.zeros(3, bool)
    >>> problem = PlacementProblem("p_median", 2, cost, np.ones(2), none, none, none, capacity=np.ones(3))
    >>> round(choose(problem, Clock(10)).value, 6)
    0.809017
    """
    before = clock.spent
    found, near = _solved(problem, clock, target)
    if not found.feasible:
        return None
    if found.columns is None:
        raise RunError(
            Fault(
                "portfolio",
                f"no answer within the time limit of {clock.limit:g} s",
                found=f"{problem.sites} candidates, {len(problem.weight)} customers, model {problem.model}",
                remedy="give more time with --time-limit, or fewer candidates",
            )
        )
    taken = np.flatnonzero((found.columns[: problem.sites] > _HALF) & ~problem.standing)
    served = _served(problem, taken, found, near, clock)
    value = _value(problem, taken, served)
    proven = found.proven
    bound = value if proven else _bound(problem, found)
    return Chosen(taken, value, bound, proven, served, clock.spent - before)


def _solved(problem: PlacementProblem, clock: Clock, target: float | None) -> tuple[Found, NDArray[np.bool_]]:
    match problem.model:
        case "p_median":
            found, pairs = solve_median(problem, clock)
            return found, pairs > 0
        case "max_cover":
            return solve_max_cover(problem, clock)
        case "set_cover":
            return solve_set_cover(problem, clock)
        case "p_center":
            return solve_center(problem, clock, target)
        case "p_dispersion":
            return solve_dispersion(problem, clock, target), np.zeros(problem.cost.shape, np.bool_)


def _bound(problem: PlacementProblem, found: Found) -> float:
    """Give the bound in the value's own terms."""
    if problem.model == "max_cover":
        return -found.bound * float(problem.weight.sum())
    if problem.model == "set_cover":
        return math.ceil(found.bound - 1e-6) if math.isfinite(found.bound) else found.bound
    return found.bound


def _served(problem: PlacementProblem, taken: NDArray[np.int64], found: Found, near: NDArray[np.bool_], clock: Clock) -> Float:
    """Tell who is served from where: without capacities from the nearest plant, with them at the least travel that they allow."""
    standing = problem.standing.copy()
    standing[taken] = True
    if problem.model in {"max_cover", "set_cover", "p_center"}:
        allowed = near & standing[None, :]
    else:
        allowed = np.isfinite(problem.cost) & (problem.cost < problem.unserved) & standing[None, :]
    if problem.capacity is None or problem.model == "p_dispersion":
        cost = np.where(allowed, problem.cost, np.inf)
        served = np.zeros(cost.shape)
        if cost.size:
            there = np.flatnonzero(np.isfinite(cost).any(axis=1))
            served[there, cost[there].argmin(axis=1)] = 1.0
        return served
    if problem.model == "p_median" and found.columns is not None:
        return served_by(problem, near, found.columns)
    settled = only(problem, taken)
    worth = np.where(allowed, problem.cost, 0.0) * problem.shares[:, None]
    everybody = problem.model != "max_cover"
    # To serve one more always outweighs the travel: no exchange of customers among plants changes more than all their travel.
    idle = 0.0 if everybody else 2.0 * (len(problem.weight) + 1) * max(float(problem.cost[allowed].max(initial=0.0)), 1.0)
    again = minimise(flow_program(settled, allowed, worth, everybody=everybody, idle=idle), Clock(max(clock.left, 5.0)))
    if again.columns is None:  # the time is up: as the model left it
        return served_by(problem, near, found.columns if found.columns is not None else np.zeros(0))
    return served_by(problem, allowed, again.columns)


def only(problem: PlacementProblem, taken: NDArray[np.int64]) -> PlacementProblem:
    """Give the same problem with the sites settled: these are taken and no others."""
    fixed = np.zeros(problem.sites, np.bool_)
    fixed[taken] = True
    return replace(
        problem, count=None, fixed=fixed, forbidden=~fixed & ~problem.standing, one_of=None, resources=(), price=None, budget=math.inf
    )


def _value(problem: PlacementProblem, taken: NDArray[np.int64], served: Float) -> float:
    cost = np.where(served > 0, problem.cost, 0.0)
    match problem.model:
        case "p_median":
            missing = problem.shares * np.clip(1.0 - served.sum(axis=1), 0.0, None)
            idle = float(missing.sum()) * problem.unserved if np.isfinite(problem.unserved) else 0.0
            handicap = float(problem.handicap[taken].sum()) if problem.handicap is not None else 0.0
            return float((problem.shares[:, None] * cost * served).sum()) + idle + handicap
        case "max_cover":
            return float((problem.weight[:, None] * served).sum())
        case "set_cover":
            return float(len(taken))
        case "p_center":
            return float(cost.max(initial=0.0))
        case "p_dispersion":
            return least_distance(problem, taken)


def least_distance(problem: PlacementProblem, taken: NDArray[np.int64]) -> float:
    """Give the least distance among the plants taken, and from them to standing ones; infinite where there are no two."""
    if problem.apart is None:
        return math.inf
    among = problem.apart[np.ix_(taken, taken)][np.triu_indices(len(taken), 1)]
    to_standing = problem.apart[np.ix_(taken, np.flatnonzero(problem.standing))].ravel()
    return float(np.concatenate([among, to_standing]).min(initial=math.inf))


def choose_first(problem: PlacementProblem, clock: Clock) -> Chosen | None:
    """Choose the best sites, and of equally good choices the one that comes first by rank.

    Sites are compared like words: the choice with the better best-ranked plant comes first, then the one with the better second, and so
    on. One site after another is asked whether a better-ranked one could stand in its place without any loss; values that
    differ by less than a ten-millionth are equal. Where the time runs out, what was found so far stands.

    Returns
    -------
    Chosen or None
        As `choose`; the seconds are those of the whole.
    """
    before = clock.spent
    best = choose(problem, clock)
    if best is None or not best.proven:
        return best
    place = 0
    while place < len(best.taken) and clock.left > 0:
        earlier, here = best.taken[:place], int(best.taken[place])
        after = int(earlier[-1]) + 1 if place else 0
        rivals = np.zeros(problem.sites, np.bool_)
        rivals[after:here] = True
        rivals &= ~problem.forbidden & ~problem.standing & ~problem.fixed
        if not rivals.any():
            place += 1
            continue
        fixed, forbidden = problem.fixed.copy(), problem.forbidden.copy()
        fixed[earlier] = True
        passed = np.zeros(problem.sites, np.bool_)
        passed[:after] = True
        passed[earlier] = False
        forbidden |= passed & ~problem.standing
        try:
            other = choose(replace(problem, fixed=fixed, forbidden=forbidden, one_of=rivals), clock, target=best.value)
        except RunError:
            break
        if other is not None and other.proven and _as_good(problem.model, other.value, best.value):
            best = other
        else:
            place += 1
    return replace(best, seconds=clock.spent - before)


def _as_good(model: PlacementModel, value: float, best: float) -> bool:
    if value == best:
        return True
    slack = _SAME * max(abs(best), 1e-12)
    return value >= best - slack if model in GREATER_IS_BETTER else value <= best + slack
