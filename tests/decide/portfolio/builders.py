"""Small problems of choosing sites, and every subset of them tried: the oracle of all models."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Callable, Iterator
from itertools import combinations, product
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog

from geo_engine.decide.portfolio import Clock, Words
from geo_engine.model.answer.portfolio import PlacementModel, PlacementProblem

__all__ = ["MINIMISED", "clock", "every_set", "mask", "plane", "problem", "words", "worth_of"]

Float = NDArray[np.float64]
MINIMISED = {"p_median", "set_cover", "p_center"}


def clock() -> Clock:
    return Clock(60.0)


def mask(sites: int, *taken: int) -> NDArray[np.bool_]:
    made = np.zeros(sites, np.bool_)
    made[list(taken)] = True
    return made


def plane(seed: int, customers: int, sites: int) -> tuple[Float, Float, Float]:
    """Cost of customers by sites, weights, and distances of the sites: places on a square of 100 by 100, weights 1 to 9."""
    random = np.random.default_rng(seed)
    here, there = random.uniform(0, 100, (customers, 2)), random.uniform(0, 100, (sites, 2))
    cost = np.hypot(*(here[:, None] - there[None]).transpose(2, 0, 1))
    apart = np.hypot(*(there[:, None] - there[None]).transpose(2, 0, 1))
    return cost, random.integers(1, 10, customers).astype(np.float64), apart


def problem(model: PlacementModel, count: int | None, cost: Any, weight: Any, **more: Any) -> PlacementProblem:  # noqa: ANN401
    cost = np.asarray(cost, np.float64)
    none = np.zeros(cost.shape[1], np.bool_)
    settled = {"standing": none, "fixed": none, "forbidden": none} | more
    return PlacementProblem(model, count, cost, np.asarray(weight, np.float64), **settled)


def words(asked: PlacementProblem, money: str = "GBP") -> Words:
    sites = tuple(f"site {number}" for number in range(asked.sites))
    return Words(sites, tuple(f"customer {number}" for number in range(len(asked.weight))), lambda cost: f"{cost:g} min", "cars", money)


def every_set(asked: PlacementProblem) -> Iterator[tuple[int, ...]]:
    """Yield each set of new plants that the conditions on sites allow, in the order of the ranks."""
    free = np.flatnonzero(~asked.standing & ~asked.forbidden).tolist()
    counts = range(len(free) + 1) if asked.count is None else [asked.count]
    for count in counts:
        for taken in combinations(free, count):
            chosen = mask(asked.sites, *taken)
            within = all(each.use[chosen].sum() <= each.total * (1 + 1e-9) for each in asked.resources)
            paid = asked.price is None or asked.price[chosen].sum() <= asked.budget * (1 + 1e-9)
            if chosen[asked.fixed].all() and within and paid:
                yield taken


def worth_of(asked: PlacementProblem, taken: tuple[int, ...]) -> float | None:
    """Value a set by itself; None where it cannot serve as the model asks."""
    there = np.flatnonzero(asked.standing | mask(asked.sites, *taken))
    if asked.model == "p_dispersion":
        assert asked.apart is not None
        pairs = [asked.apart[a, b] for a, b in combinations(there.tolist(), 2) if not (asked.standing[a] and asked.standing[b])]
        return float(min(pairs, default=math.inf))
    serve: Callable[..., float | None] = _serve_whole if asked.whole and asked.capacity is not None else _serve
    cost, shares = asked.cost[:, there], asked.weight / asked.weight.sum()
    if asked.model == "p_median":
        handicap = 0.0 if asked.handicap is None else float(asked.handicap[list(taken)].sum())
        idle = shares * asked.unserved if asked.unserved < math.inf else None
        found = serve(asked, there, np.isfinite(cost), np.where(np.isfinite(cost), cost, 0.0) * shares[:, None], idle)
        return None if found is None else found + handicap
    if asked.model == "max_cover":
        near = cost <= asked.radius
        worth = np.repeat(-asked.weight[:, None], len(there), axis=1)
        found = serve(asked, there, near, worth, np.zeros(len(asked.weight)))
        return None if found is None else -found
    if asked.model == "set_cover":
        return float(len(taken)) if serve(asked, there, cost <= asked.radius, np.zeros(cost.shape), None) is not None else None
    if asked.capacity is None:
        farthest = float(cost.min(axis=1, initial=math.inf).max())
        return farthest if farthest < math.inf else None
    radii = np.unique(cost[np.isfinite(cost)]).tolist()
    first = bisect_left(radii, 1, key=lambda radius: int(serve(asked, there, cost <= radius, np.zeros(cost.shape), None) is not None))
    return float(radii[first]) if first < len(radii) else None


def _serve(asked: PlacementProblem, there: NDArray[np.int64], allowed: NDArray[np.bool_], worth: Float, idle: Float | None) -> float | None:
    """Least worth of serving all, customers shared out among plants; with `idle`, what is left unserved costs so much."""
    m, n = allowed.shape
    if not n:
        return None if idle is None else float(idle.sum())
    if asked.capacity is None:  # each by itself
        alone = np.where(allowed, worth, math.inf).min(axis=1)
        total = float((alone if idle is None else np.minimum(alone, idle)).sum())
        return total if total < math.inf else None
    extra = 0 if idle is None else m
    cost = np.concatenate([np.where(allowed, worth, 0.0).ravel(), np.zeros(0) if idle is None else idle])
    once = np.zeros((m, m * n + extra))
    for row in range(m):
        once[row, row * n : (row + 1) * n] = 1.0
        if extra:
            once[row, m * n + row] = 1.0
    load = np.zeros((n, m * n + extra))
    for place in range(n):
        load[place, place : m * n : n] = asked.weight
    bounds = [(0, 1 if ok else 0) for ok in allowed.ravel()] + [(0, 1)] * extra
    found = linprog(cost, A_ub=load, b_ub=asked.capacity[there], A_eq=once, b_eq=np.ones(m), bounds=bounds)
    return float(found.fun or 0.0) if found.status == 0 else None


def _serve_whole(
    asked: PlacementProblem, there: NDArray[np.int64], allowed: NDArray[np.bool_], worth: Float, idle: Float | None
) -> float | None:
    """The same with one plant a customer: every assignment is tried."""
    assert asked.capacity is not None
    m, n = allowed.shape
    best = None
    for chosen in product(range(n + (idle is not None)), repeat=m):
        load, total = np.zeros(n), 0.0
        for customer, place in enumerate(chosen):
            if place == n:
                total += float(idle[customer]) if idle is not None else 0.0
            elif not allowed[customer, place]:
                break
            else:
                load[place] += asked.weight[customer]
                total += float(worth[customer, place])
        else:
            if (load <= asked.capacity[there] * (1 + 1e-9)).all() and (best is None or total < best):
                best = total
    return best
