"""Sites that no best choice of a p-median can hold, found by a bound before the program is made."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["may_be_best"]

Float = NDArray[np.float64]

_ROUNDS = 600
_PATIENCE = 20  # rounds without a better bound before the step is halved
_LEAST_STEP = 1e-3
_SLACK = 1e-9  # of the value: costs nearer than this are the same


def may_be_best(cost: Float, plants: int) -> NDArray[np.bool_]:
    """Tell the sites that a choice of least total cost may hold.

    Parameters
    ----------
    cost : float64 ndarray, shape (customers, sites)
        Of serving each customer from each site, weights included; finite.
    plants : int
        Sites to take, from 1 to their number.

    Returns
    -------
    bool ndarray, shape (sites,)
        False only where every choice with the site costs more than one that is known; of equal choices none is lost.

    Notes
    -----
    Each customer is offered a price for being served (Lagrange multipliers of 'each customer once', moved by subgradients; Cornuéjols,
    Fisher and Nemhauser, Management Science 23, 1977). A site is worth what its customers pay less what they cost, and the bound is
    the sum of the prices less the worth of the best sites. A choice with site j costs at least that bound, with j in the place of the
    last site that was taken. What is known comes from greedy sites and from those taken in the round of the best bound, improved by
    exchanges (Teitz and Bart, Operations Research 16, 1968).

    Examples
    --------
    Two customers beside the first and the second site: the third is in nobody's way and of no use.

    >>> may_be_best(np.array([[0.0, 9.0, 8.0], [9.0, 0.0, 8.0]]), 2).tolist()
    [True, True, False]
    """
    sites = cost.shape[1]
    everything = np.ones(sites, np.bool_)
    if plants >= sites:
        return everything
    nearest = np.sort(cost, axis=1)
    price = nearest[:, min(max(sites // (2 * plants), 1), sites - 1)].copy()
    known = _exchanged(cost, _greedy(cost, plants))
    best, best_worth, taken_best = -np.inf, np.zeros(sites), np.arange(plants)
    step, idle = 2.0, 0
    for _ in range(_ROUNDS):
        worth = np.minimum(cost - price[:, None], 0.0).sum(axis=0)
        taken = np.argsort(worth, kind="stable")[:plants]
        bound = float(price.sum() + worth[taken].sum())
        if bound > best + _SLACK * abs(known):
            best, best_worth, taken_best, idle = bound, worth, taken, 0
        else:
            idle += 1
        if idle >= _PATIENCE:
            step, idle = step / 2.0, 0
        slope = 1.0 - (cost[:, taken] < price[:, None]).sum(axis=1)
        length = float(slope @ slope)
        if step < _LEAST_STEP or length == 0.0 or best >= known * (1.0 - _SLACK):
            break
        price += step * (1.02 * known - bound) / length * slope
    known = min(known, _exchanged(cost, taken_best))
    last = np.sort(best_worth)[plants - 1]
    return np.asarray(best + best_worth - last <= known + _SLACK * (1.0 + abs(known)))


def _greedy(cost: Float, plants: int) -> NDArray[np.int64]:
    """Take sites one after the other, each time the one that saves most."""
    served = np.full(len(cost), np.inf)
    taken: list[int] = []
    for _ in range(plants):
        total = np.minimum(cost, served[:, None]).sum(axis=0)
        total[taken] = np.inf
        taken.append(int(total.argmin()))
        served = np.minimum(served, cost[:, taken[-1]])
    return np.array(taken, np.int64)


def _exchanged(cost: Float, taken: NDArray[np.int64]) -> float:
    """Exchange one site for another while that saves cost, always the best exchange; give the cost in the end."""
    taken = taken.copy()
    total = float(cost[:, taken].min(axis=1).sum())
    while True:
        served = np.sort(cost[:, taken], axis=1)
        by = cost[:, taken].argmin(axis=1)
        second = served[:, 1] if len(taken) > 1 else np.full(len(cost), np.inf)
        least, out, into = total, -1, -1
        for place in range(len(taken)):
            without = np.where(by == place, second, served[:, 0])
            totals = np.minimum(cost, without[:, None]).sum(axis=0)
            other = int(totals.argmin())
            if totals[other] < least - _SLACK * (1.0 + abs(least)):
                least, out, into = float(totals[other]), place, other
        if out < 0:
            return total
        taken[out], total = into, least
