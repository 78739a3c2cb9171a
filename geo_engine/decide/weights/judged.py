"""Weights by judgement of single criteria: equal, by points, by swing, by order of importance."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

import numpy as np

from geo_engine.model import DerivedWeights

__all__ = ["equal_weights", "point_weights", "rank_order_weights", "swing_weights"]


def equal_weights(count: int) -> DerivedWeights:
    """Give each of `count` criteria the same share.

    >>> equal_weights(4).shares
    (0.25, 0.25, 0.25, 0.25)
    """
    return DerivedWeights("equal", (1.0 / count,) * count)


def point_weights(points: Sequence[float], *, method: str = "direct") -> DerivedWeights:
    """Turn points, relative to each other, into shares.

    Raises
    ------
    ValueError
        If a number is negative or not finite, or all are 0.

    Examples
    --------
    >>> point_weights([2, 1, 1]).shares
    (0.5, 0.25, 0.25)
    """
    if not all(math.isfinite(point) and point >= 0 for point in points):
        msg = f"points must be finite and not negative: {list(points)}"
        raise ValueError(msg)
    largest = max(points, default=0.0)
    if largest == 0:
        msg = "at least one criterion needs points above 0"
        raise ValueError(msg)
    total = sum(point / largest for point in points)  # a sum of the points as given may overflow
    return DerivedWeights(method, tuple(point / largest / total for point in points))


def swing_weights(points: Sequence[float]) -> DerivedWeights:
    """Turn swing points into shares: what a swing from worst to best is worth beside the most wanted swing, which has 100.

    Von Winterfeldt and Edwards, Decision Analysis and Behavioral Research, 1986. The swing is that of the value function, from the
    quantity worth 0 to that worth 1: a criterion whose quantities hardly differ has a small swing however grave its subject.

    Raises
    ------
    ValueError
        As for `point_weights`.

    Examples
    --------
    >>> swing_weights([100, 60, 40]).shares
    (0.5, 0.3, 0.2)
    """
    return point_weights(points, method="swing")


def rank_order_weights(groups: Sequence[Sequence[int]], formula: Literal["centroid", "sum", "reciprocal"] = "centroid") -> DerivedWeights:
    """Turn an order of importance into shares.

    Parameters
    ----------
    groups : sequence of sequence of int
        Numbers of the criteria from 0, each once, the most important first; equally important ones in one group share their ranks' weights.
    formula : {'centroid', 'sum', 'reciprocal'}
        With n criteria, the k-th has the centroid weight ``(1/n) sum(1/i for i = k..n)``, the mean of all weights that keep the order
        (Barron and Barrett, Management Science 42, 1996); by rank sum ``2 (n + 1 - k) / (n (n + 1))``; by rank reciprocal
        ``(1/k) / sum(1/i)`` (Stillwell, Seaver and Edwards, Organizational Behavior and Human Performance 28, 1981).

    Raises
    ------
    ValueError
        If the groups do not name each number from 0 once.

    Examples
    --------
    >>> [round(share, 4) for share in rank_order_weights([[0], [1], [2]]).shares]
    [0.6111, 0.2778, 0.1111]
    """
    members = [number for group in groups for number in group]
    n = len(members)
    if sorted(members) != list(range(n)) or n == 0:
        msg = f"an order names each criterion once: {[list(group) for group in groups]}"
        raise ValueError(msg)
    rank = np.arange(1, n + 1, dtype=np.float64)
    worth = {"centroid": np.cumsum((1.0 / rank)[::-1])[::-1], "sum": n + 1.0 - rank, "reciprocal": 1.0 / rank}[formula]
    worth = worth / worth.sum()
    shares = np.empty(n)
    first = 0
    for group in groups:
        shares[list(group)] = worth[first : first + len(group)].mean()
        first += len(group)
    return DerivedWeights(f"rank_order, {formula}", tuple(shares.tolist()))
