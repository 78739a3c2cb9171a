"""The smallest change of weights that makes a site first, or takes the first place away from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog

from geo_engine.errors import Fault, RunError

__all__ = ["WeightChange", "weights_to_lose", "weights_to_win"]

Float = NDArray[np.float64]

_TOLERANCE = 1e-10  # the finest that HiGHS takes
_INFEASIBLE = 2  # status of scipy.optimize.linprog


@dataclass(frozen=True, slots=True)
class WeightChange:
    """Other weights under which the ranking has another first.

    Parameters
    ----------
    weights : tuple of float
        Shares that add up to 1.
    size : float
        Sum of the absolute differences from the weights as they are, 0 to 2: what some criteria gain is what the others lose.
    rival : int
        Row of the site whose place is taken, or that takes it.
    """

    weights: tuple[float, ...]
    size: float
    rival: int


def weights_to_win(utilities: Float, weights: Sequence[float], site: int) -> WeightChange | None:
    """Find the smallest change of weights by which a site is first, alone or with others.

    Solves ``min sum(|v - w|)`` over shares v with ``v . u_site >= v . u_other`` for every other site, as a linear program in what each
    weight gains and loses.

    Parameters
    ----------
    utilities : float64 ndarray, shape (sites, criteria)
        0 to 1, known; combined by a weighted sum.
    weights : sequence of float, length criteria
        Shares as they are.
    site : int
        Row of the site.

    Returns
    -------
    WeightChange or None
        Its rival is the best of the others under the weights as they are. None where no weights make the site first: whatever
        is weighed, some mixture of the others is better.

    Raises
    ------
    RunError
        If HiGHS ends without an answer for another reason than that.

    Examples
    --------
    By hand: of utilities (1, 0) and (0, 1) the one with the heavier criterion is first, and both are at even weights.

    >>> found = weights_to_win(np.array([[1.0, 0.0], [0.0, 1.0]]), [0.75, 0.25], 1)
    >>> [round(weight, 9) for weight in found.weights], round(found.size, 9), found.rival
    ([0.5, 0.5], 0.5, 0)
    """
    now = np.asarray(weights, np.float64)
    others = [row for row in range(len(utilities)) if row != site]
    if not others:
        return WeightChange(tuple(now.tolist()), 0.0, site)
    rival = max(others, key=lambda row: float(utilities[row] @ now))
    found = _nearest(utilities[site] - utilities[others], now)
    return None if found is None else WeightChange(tuple(found.tolist()), float(np.abs(found - now).sum()), rival)


def weights_to_lose(utilities: Float, weights: Sequence[float], site: int) -> WeightChange | None:
    """Find the smallest change of weights by which another site draws level with the first: a hair more and it is ahead.

    Parameters
    ----------
    utilities, weights
        As for `weights_to_win`.
    site : int
        Row of the site that is first.

    Returns
    -------
    WeightChange or None
        Its rival is the site that draws level; of several with the same change, that of the lowest row. None where no weights do
        it: the site is as good as every other on every criterion and better on one, or there is no other.

    Examples
    --------
    >>> change = weights_to_lose(np.array([[1.0, 0.0], [0.9, 0.05], [0.0, 1.0]]), [0.75, 0.25], 0)
    >>> change.rival, [round(weight, 9) for weight in change.weights]
    (2, [0.5, 0.5])
    """
    now = np.asarray(weights, np.float64)
    best: WeightChange | None = None
    for rival in range(len(utilities)):
        if rival == site:
            continue
        found = _nearest((utilities[rival] - utilities[site])[None], now)
        size = np.inf if found is None else float(np.abs(found - now).sum())
        if found is not None and (best is None or size < best.size - _TOLERANCE):
            best = WeightChange(tuple(found.tolist()), size, rival)
    return best


def _nearest(leads: Float, now: Float) -> Float | None:
    """Find the shares nearest to those of now under which no lead is below 0; leads of shape (rivals, criteria)."""
    count = len(now)
    if (leads @ now >= 0).all():
        return now
    both = np.concatenate([np.ones(count), -np.ones(count)])  # gains, then losses
    solved = linprog(
        np.ones(2 * count),
        A_ub=np.hstack([-leads, leads]),
        b_ub=leads @ now,
        A_eq=both[None],
        b_eq=[0.0],
        bounds=[(0.0, 1.0)] * count + [(0.0, float(weight)) for weight in now],
        method="highs",
        options={"primal_feasibility_tolerance": _TOLERANCE, "dual_feasibility_tolerance": _TOLERANCE},
    )
    if solved.status == _INFEASIBLE:
        return None
    if solved.status != 0 or solved.x is None:
        remedy = (
            "weights or utilities of very different sizes can do this: give the study rounder weights, or leave out one next to nothing"
        )
        raise RunError(Fault("Smallest change of weights", "HiGHS ended without an answer", found=solved.message, remedy=remedy))
    found = np.maximum(now + solved.x[:count] - solved.x[count:], 0.0)
    return np.asarray(found / found.sum())
