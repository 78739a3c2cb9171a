"""How many plants, and in which order: the trade-off curve, and the best sequence of openings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from geo_engine.decide.portfolio.infeasible import Words, explain_infeasible
from geo_engine.decide.portfolio.programs.program import Clock
from geo_engine.decide.portfolio.solve import choose, least_distance, only
from geo_engine.errors import RunError
from geo_engine.model.answer.portfolio import CurvePoint, Opening, PlacementProblem

__all__ = ["order_openings", "trade_off"]

_MOST_ORDERED = 14  # plants: 16,384 subsets
_MOST_ORDERED_WITH_CAPACITIES = 7  # plants: 128 subsets, each a program


def trade_off(
    problem: PlacementProblem, most: int, clock: Clock, words: Words, told: Callable[[CurvePoint], None] | None = None
) -> tuple[CurvePoint, ...]:
    """Solve for 1, 2, ... plants, each anew: the best sets need not contain each other.

    Parameters
    ----------
    problem : PlacementProblem
        Its `count` is not looked at. For set covering, the curve is that of the weight covered (max_cover).
    most : int
        The last number of plants.
    clock : Clock
        What time there is; where it ends, the points that are left say so.
    words : Words
        For the reasons.
    told : callable, optional
        Is told each point when it is known.
    """
    model = "max_cover" if problem.model == "set_cover" else problem.model
    points = []
    for count in range(1, most + 1):
        asked = replace(problem, model=model, count=count)
        begun = clock.spent
        nothing = CurvePoint(count, np.nan, np.nan, proven=False, taken=(), seconds=0.0)
        try:
            found = choose(asked, clock)
        except RunError:
            point = replace(nothing, seconds=clock.spent - begun, reason="the time ran out")
        else:
            if found is None:
                why = "; ".join(explain_infeasible(asked, words, clock)) or "impossible"
                point = replace(nothing, proven=True, seconds=clock.spent - begun, reason=why)
            else:
                taken = tuple(found.taken.tolist())
                point = CurvePoint(count, found.value, found.bound, found.proven, taken, clock.spent - begun)
        points.append(point)
        if told is not None:
            told(point)
    return tuple(points)


def order_openings(problem: PlacementProblem, taken: NDArray[np.int64], clock: Clock) -> tuple[tuple[Opening, ...], str]:
    """Put the chosen plants in the order in which they should open, one a stage.

    The order makes the sum over the stages of what is open by then as good as can be. That is, for covering the weight covered; for
    p-dispersion the least distance; for p-median and p-centre the mean cost, to which what cannot be served yet adds the
    greatest cost of any pair (or the problem's own `unserved`). Up to fourteen plants (seven with capacities) the best order is
    found by dynamic programming over all subsets (Held and Karp 1962): ``best(T) = value(T) + min over j in T of best(T without j)``.
    Beyond, each next plant is the one that is best at its stage, which is not proven to be the best order. Ties go to the better rank.

    Returns
    -------
    openings : tuple of Opening
        First to last, with the value after each; the last value is that of all of them by this measure.
    method : str
        Which of the two it was, in words.
    """
    sites = taken.tolist()
    value, sense = _measure(problem, clock)
    most = _MOST_ORDERED if problem.capacity is None or problem.model == "p_dispersion" else _MOST_ORDERED_WITH_CAPACITIES
    if len(sites) > most:
        order: list[int] = []
        while len(order) < len(sites):
            rest = [site for site in sites if site not in order]
            order.append(min(rest, key=lambda site: (sense * value([*order, site]), site)))
        method = f"each next plant is the best at its stage (more than {most} plants: the best order is not proven)"
    else:
        order = _best_order(sites, lambda subset: sense * value(subset))
        method = "the best of all orders, by dynamic programming over subsets"
    return tuple(Opening(site, value(order[: number + 1])) for number, site in enumerate(order)), method


def _best_order(sites: list[int], value: Callable[[list[int]], float]) -> list[int]:
    """Find the order with the least sum of values over its beginnings; of equal ones the first by rank."""
    best: dict[int, tuple[float, tuple[int, ...]]] = {0: (0.0, ())}
    for mask in range(1, 1 << len(sites)):
        members = [number for number in range(len(sites)) if mask >> number & 1]
        own = value([sites[number] for number in members])
        total, order = min((_rounded(best[mask ^ 1 << number][0]), (*best[mask ^ 1 << number][1], sites[number])) for number in members)
        best[mask] = (total + own, order)
    return list(best[(1 << len(sites)) - 1][1])


def _rounded(value: float) -> float:
    """Round to ten digits: sums that differ by rounding alone are equal."""
    return float(f"{value:.10g}")


def _measure(problem: PlacementProblem, clock: Clock) -> tuple[Callable[[list[int]], float], int]:
    """Give what a set of open plants is worth, and 1 where less is better or -1 where more is."""
    if problem.model == "p_dispersion":
        return lambda open_now: _finite(least_distance(problem, np.array(open_now, np.int64)), problem), -1
    covers = problem.model in {"max_cover", "set_cover"}
    finite = problem.cost[np.isfinite(problem.cost)]
    idle = problem.unserved if np.isfinite(problem.unserved) else float(finite.max(initial=0.0))
    asked = replace(problem, model="max_cover" if covers else "p_median", unserved=idle, handicap=None)
    known: dict[tuple[int, ...], float] = {}

    def value(open_now: list[int]) -> float:
        key = tuple(sorted(open_now))
        if key not in known:
            known[key] = _by_programs(asked, key, clock) if asked.capacity is not None else _by_nearest(asked, key, covers=covers)
        return known[key]

    return value, -1 if covers else 1


def _finite(distance: float, problem: PlacementProblem) -> float:
    """Give the distance, or the greatest there is where there are no two plants yet."""
    return distance if np.isfinite(distance) or problem.apart is None else float(problem.apart.max(initial=0.0))


def _by_nearest(problem: PlacementProblem, taken: tuple[int, ...], *, covers: bool) -> float:
    there = problem.standing.copy()
    there[list(taken)] = True
    nearest = problem.cost[:, there].min(axis=1, initial=np.inf)
    if covers:
        return float(problem.weight[nearest <= problem.radius].sum())
    return float((problem.shares * np.minimum(nearest, problem.unserved)).sum())


def _by_programs(problem: PlacementProblem, taken: tuple[int, ...], clock: Clock) -> float:
    found = choose(only(problem, np.array(taken, np.int64)), Clock(max(clock.left, 30.0)))
    return found.value if found is not None else float("inf")
