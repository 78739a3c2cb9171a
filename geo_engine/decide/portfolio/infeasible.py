"""Why there is no answer: which of the things asked for cannot hold together, and by how much."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from geo_engine.decide.portfolio.programs.covering import all_covered
from geo_engine.decide.portfolio.programs.program import Clock, Found, Program, minimise, site_program
from geo_engine.model.answer.portfolio import PlacementProblem

__all__ = ["Words", "explain_infeasible"]

_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Words:
    """How readers call what a problem is made of.

    Parameters
    ----------
    sites, customers : tuple of str
        Names, in the problem's order.
    cost : callable
        Writes a cost with its unit.
    weight : str
        What customers are counted in, such as ``"vehicles a year"``.
    money : str
        Unit of the budget.
    """

    sites: tuple[str, ...]
    customers: tuple[str, ...]
    cost: Callable[[float], str]
    weight: str
    money: str = ""


def explain_infeasible(problem: PlacementProblem, words: Words, clock: Clock) -> tuple[str, ...]:
    """Say what makes a problem impossible.

    First by counting, where one condition is impossible by itself. Else conditions are taken away one after another as long as
    what is left remains impossible: those that stay are a smallest set that cannot hold together, and for a budget or a resource among them
    the least that would do is computed.

    Returns
    -------
    tuple of str
        Sentences; empty where the problem has an answer, or the clock ran out before that was known.
    """
    found = _by_counting(problem, words)
    if found:
        return tuple(found)
    if _feasible(problem, clock) is not False:
        return ()
    conditions = _conditions(problem, words)
    kept = list(conditions)
    for condition in conditions:
        fewer = [other for other in kept if other is not condition]
        if _feasible(_with_only(problem, conditions, fewer), clock) is False:
            kept = fewer
    names = [condition.text for condition in kept]
    sentences = [f"these cannot hold together: {'; '.join(names)}"] if len(names) > 1 else [f"impossible by itself: {names[0]}"]
    for condition in kept:
        least = _least(condition.drop(problem), condition.line, clock) if condition.line is not None else None
        if least is not None:
            enough = f"{condition.name} of at least {least:,.6g} {condition.unit}".rstrip()
            sentences.append(f"{enough} would do, all else being equal")
    return tuple(sentences)


@dataclass(frozen=True, eq=False)
class _Condition:
    """Something asked for that can be taken away; `line` is what a number of it adds up, by site."""

    name: str
    text: str
    drop: Callable[[PlacementProblem], PlacementProblem]
    line: NDArray[np.float64] | None = None
    unit: str = ""


def _conditions(problem: PlacementProblem, words: Words) -> list[_Condition]:
    """List what was asked for, what is given up least gladly last."""
    listed = []
    if problem.forbidden.any():
        said = f"sites forbidden: {_named(words.sites, problem.forbidden)}"
        listed.append(_Condition("forbidden sites", said, lambda p: replace(p, forbidden=np.zeros_like(p.forbidden))))
    if problem.fixed.any():
        said = f"sites fixed: {_named(words.sites, problem.fixed)}"
        listed.append(_Condition("fixed sites", said, lambda p: replace(p, fixed=np.zeros_like(p.fixed))))
    for resource in problem.resources:
        said = f"{resource.name}: {resource.total:,.6g} {resource.unit}".rstrip() + " in all"
        name = resource.name
        drop = _without(name)
        listed.append(_Condition(name, said, drop, resource.use, resource.unit))
    if problem.capacity is not None and problem.serves_all:
        said = f"capacities: the plants together must serve {float(problem.weight.sum()):,.6g} {words.weight}"
        listed.append(_Condition("capacity", said, lambda p: replace(p, capacity=None)))
    if problem.serves_all and np.isfinite(problem.radius):
        said = f"every customer within {words.cost(problem.radius)}"
        listed.append(_Condition("time", said, lambda p: replace(p, radius=np.inf)))
    if problem.price is not None and np.isfinite(problem.budget):
        said = f"budget: {problem.budget:,.6g} {words.money}".rstrip()
        listed.append(_Condition("budget", said, lambda p: replace(p, budget=np.inf), problem.price, words.money))
    if problem.count is not None:
        listed.append(_Condition("number", f"{problem.count} new plants", lambda p: replace(p, count=None)))
    return listed


def _without(name: str) -> Callable[[PlacementProblem], PlacementProblem]:
    return lambda p: replace(p, resources=tuple(each for each in p.resources if each.name != name))


def _with_only(problem: PlacementProblem, conditions: list[_Condition], kept: list[_Condition]) -> PlacementProblem:
    for condition in conditions:
        if condition not in kept:
            problem = condition.drop(problem)
    return problem


def _program(problem: PlacementProblem) -> Program:
    """Make the program that asks for any answer at all."""
    if problem.serves_all:
        return all_covered(problem, np.isfinite(problem.cost) & (problem.cost <= problem.radius))
    low, high, rows = site_program(problem, problem.sites)
    return Program(np.zeros(problem.sites), low, high, np.ones(problem.sites, np.bool_), rows)


def _feasible(problem: PlacementProblem, clock: Clock) -> bool | None:
    """Tell whether there is any answer; None where the time ran out."""
    found: Found = minimise(_program(problem), clock)
    return found.feasible if found.columns is not None or not found.feasible else None


def _least(problem: PlacementProblem, line: NDArray[np.float64], clock: Clock) -> float | None:
    """Give the least sum of a line over the sites taken; None where there is none, or no time to find it."""
    program = _program(problem)
    scale = max(float(np.abs(line).max(initial=0.0)), 1e-300)
    program.cost[: problem.sites] = np.where(problem.standing, 0.0, line / scale)
    found = minimise(program, clock)
    if found.columns is None or not found.proven:
        return None
    taken = (found.columns[: problem.sites] > 0.5) & ~problem.standing  # noqa: PLR2004 - whole numbers, as the solver rounds them
    return float(line[taken].sum())


def _by_counting(problem: PlacementProblem, words: Words) -> list[str]:
    """Find the conditions that are impossible by themselves."""
    said = []
    free = ~problem.forbidden & ~problem.standing
    both = problem.fixed & problem.forbidden
    if both.any():
        said.append(f"fixed and forbidden at once: {_named(words.sites, both)}")
    count = problem.count
    if count is not None and count > int(free.sum()):
        candidates = int((~problem.standing).sum())
        barred = f", {candidates - int(free.sum())} of them forbidden" if int(free.sum()) < candidates else ""
        said.append(f"{count} plants are asked for and there are {candidates} candidates{barred}")
    if count is not None and count < int(problem.fixed.sum()):
        said.append(f"{count} plants are asked for and {int(problem.fixed.sum())} sites are fixed: {_named(words.sites, problem.fixed)}")
    if said:
        return said
    said += _unreached(problem, words)
    said += _too_little(problem, words)
    return said


def _unreached(problem: PlacementProblem, words: Words) -> list[str]:
    if not problem.serves_all:
        return []
    open_to = problem.cost[:, ~problem.forbidden | problem.standing]
    nearest = open_to.min(axis=1, initial=np.inf)
    far = [number for number in np.flatnonzero(nearest > problem.radius).tolist() if np.isfinite(nearest[number])]
    cut_off = np.flatnonzero(~np.isfinite(nearest)).tolist()
    said = []
    if far:
        named = [f"{words.customers[number]} ({words.cost(float(nearest[number]))} at best)" for number in far]
        said.append(f"no candidate is within {words.cost(problem.radius)} of {_listed(named)}")
    if cut_off:
        said.append(f"no candidate can reach {_listed([words.customers[number] for number in cut_off])}")
    return said


def _too_little(problem: PlacementProblem, words: Words) -> list[str]:
    said = []
    count = problem.count
    free = ~problem.forbidden & ~problem.standing
    if problem.capacity is not None and problem.serves_all:
        most = np.sort(problem.capacity[free & ~problem.fixed])[::-1]
        wanted = len(most) if count is None else max(count - int(problem.fixed.sum()), 0)
        serves = float(most[:wanted].sum() + problem.capacity[problem.fixed | problem.standing].sum())
        needed = float(problem.weight.sum())
        if serves < needed * (1 - 1e-9):
            plants = _plants(count) if count is not None else "all candidates"
            standing = " with those that stand" if problem.standing.any() else ""
            serve = "serves" if count == 1 and not standing else "serve"
            said.append(f"capacity: {plants}{standing} {serve} {serves:,.6g} {words.weight} at most, and the customers need {needed:,.6g}")
    if count is None:
        return said
    more = max(count - int(problem.fixed.sum()), 0)
    lines = [(each.name, each.use, each.total, each.unit) for each in problem.resources]
    if problem.price is not None and np.isfinite(problem.budget):
        lines.append(("budget", problem.price, problem.budget, words.money))
    for name, use, total, unit in lines:
        least = float(np.sort(use[free & ~problem.fixed])[:more].sum() + use[problem.fixed].sum())
        if least > total * (1 + 1e-9):
            takes = f"{least:,.6g} {unit}".rstrip()
            said.append(f"{name}: {_plants(count)} {'takes' if count == 1 else 'take'} {takes} at least, and there is {total:,.6g}")
    return said


def _plants(count: int) -> str:
    return "1 plant" if count == 1 else f"{count} plants"


def _named(names: tuple[str, ...], mask: NDArray[np.bool_]) -> str:
    return _listed([names[number] for number in np.flatnonzero(mask).tolist()])


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more
