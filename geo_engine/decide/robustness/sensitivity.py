"""One thing at a time: a weight, a threshold, a criterion left out, and what each does to scores and ranks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from geo_engine.decide.combine import combined, shared_ranks
from geo_engine.decide.overlay import criterion_utility
from geo_engine.model import Bounded, Combination, Criterion, Logarithm, Piecewise, Power, Ranges, ValueFunction, WeightedSum

__all__ = ["Swing", "drop_one", "move_thresholds", "move_weights", "site_scores", "thresholds_of"]

Float = NDArray[np.float64]

_WEIGHTED_SUM = WeightedSum()
_QUANTITIES = ("worst", "best", "at", "midpoint", "minimum", "maximum", "lower", "upper", "mean", "sd")
_MOST = 0.49  # of a span: two thresholds must not meet


@dataclass(frozen=True, eq=False)
class Swing:
    """What moving one input down and up does; arrays of shape (sites,).

    Parameters
    ----------
    criterion : int
        Its number.
    what : str
        The input: ``"weight"``, ``"left out"``, or the name of a threshold.
    low, high : float
        What it was moved to: a share, or a quantity in SI.
    low_scores, high_scores : float64 ndarray
        Scores then, 0 to 100.
    low_ranks, high_ranks : int64 ndarray
        Ranks then, from 1, equal scores sharing the better one; 0 for a site without a score.
    """

    criterion: int
    what: str
    low: float
    high: float
    low_scores: Float
    high_scores: Float
    low_ranks: NDArray[np.int64]
    high_ranks: NDArray[np.int64]

    def reach(self, site: int) -> float:
        """Give the points between the site's two scores: the length of its bar in a tornado."""
        return abs(float(self.high_scores[site] - self.low_scores[site]))


def site_scores(
    utilities: Float, weights: Sequence[float], *, combination: Combination = _WEIGHTED_SUM, cells: NDArray[np.int64] | None = None
) -> Float:
    """Score sites: of several cells the mean of their scores.

    Parameters
    ----------
    utilities : float64 ndarray, shape (rows, criteria)
        0 to 1, NaN where unknown; the rows of a site follow each other.
    weights : sequence of float
        Shares that add up to 1.
    combination : Combination
        How utilities become a score.
    cells : int64 ndarray, shape (sites,), or None
        How many rows each site has, at least one; None: one each.

    Returns
    -------
    float64 ndarray, shape (sites,)
        0 to 100; NaN where any utility is.

    Examples
    --------
    >>> site_scores(np.array([[1.0, 0.0], [0.0, 0.0], [0.0, 1.0]]), [0.5, 0.5], cells=np.array([2, 1]))
    array([25., 50.])
    """
    scores: Float = 100.0 * combined(combination, np.ascontiguousarray(utilities.T), list(weights))
    return scores if cells is None else np.asarray(np.add.reduceat(scores, np.cumsum(cells) - cells) / cells)


def move_weights(
    utilities: Float,
    weights: Sequence[float],
    *,
    share: float = 0.25,
    combination: Combination = _WEIGHTED_SUM,
    cells: NDArray[np.int64] | None = None,
) -> tuple[Swing, ...]:
    """Move one weight at a time, the others keeping their proportions.

    Parameters
    ----------
    utilities, weights, combination, cells
        As for `site_scores`.
    share : float
        Of the weight, down and up; a weight never rises above 1.

    Returns
    -------
    tuple of Swing
        One a criterion. A criterion with all the weight stays as it is.

    Examples
    --------
    >>> [first, second] = move_weights(np.array([[1.0, 0.0], [0.0, 1.0]]), [0.4, 0.6], share=0.5)
    >>> first.low, first.high, first.low_scores.round(6).tolist(), first.high_ranks.tolist()
    (0.2, 0.6000000000000001, [20.0, 80.0], [1, 2])
    """
    given = np.asarray(weights, np.float64)
    swings = []
    for number, weight in enumerate(given):
        ends = [float(min(weight * factor, 1.0)) for factor in (1.0 - share, 1.0 + share)]
        sides = [_with_weight(given, number, end) if weight < 1.0 else given for end in ends]
        scores = [site_scores(utilities, side.tolist(), combination=combination, cells=cells) for side in sides]
        swings.append(_swing(number, "weight", (float(sides[0][number]), float(sides[1][number])), scores))
    return tuple(swings)


def drop_one(
    utilities: Float, weights: Sequence[float], *, combination: Combination = _WEIGHTED_SUM, cells: NDArray[np.int64] | None = None
) -> tuple[Swing, ...]:
    """Leave out one criterion at a time, the others keeping their proportions.

    Parameters
    ----------
    utilities, weights, combination, cells
        As for `site_scores`.

    Returns
    -------
    tuple of Swing
        One a criterion that is not the only one with a weight; `low` is without weight, `high` as it is.
    """
    given = np.asarray(weights, np.float64)
    now = site_scores(utilities, given.tolist(), combination=combination, cells=cells)
    swings = []
    for number, weight in enumerate(given):
        if weight < 1.0:
            rest = _with_weight(given, number, 0.0).tolist()
            without = site_scores(utilities, rest, combination=combination, cells=cells)
            swings.append(_swing(number, "left out", (0.0, float(weight)), [without, now]))
    return tuple(swings)


def thresholds_of(function: ValueFunction) -> dict[str, float]:
    """Give the quantities that a value function turns at, by name.

    >>> from geo_engine.model import Linear
    >>> thresholds_of(Linear(worst=25000.0, best=1000.0)), thresholds_of(Piecewise(((0.0, 1.0), (9.0, 0.0))))
    ({'worst': 25000.0, 'best': 1000.0}, {'point 1': 0.0, 'point 2': 9.0})
    """
    if isinstance(function, Bounded):
        ends = {"lower threshold": function.lower, "upper threshold": function.upper}
        return thresholds_of(function.function) | {name: end for name, end in ends.items() if end is not None}
    if isinstance(function, Piecewise):
        return {f"point {number}": quantity for number, (quantity, _) in enumerate(function.points, start=1)}
    if isinstance(function, Ranges):
        return _range_ends(function)
    return {field.name: getattr(function, field.name) for field in fields(function) if field.name in _QUANTITIES}


def move_thresholds(
    criteria: Sequence[Criterion],
    weights: Sequence[float],
    sites: Sequence[Sequence[NDArray[np.float32]]],
    *,
    share: float = 0.1,
    combination: Combination = _WEIGHTED_SUM,
) -> tuple[Swing, ...]:
    """Move one threshold of one value function at a time.

    Parameters
    ----------
    criteria, weights : sequences
        Criteria and their shares.
    sites : sequence of sequence of float32 ndarray, shape (cells,)
        For each site and criterion the quantity at each of the site's cells.
    share : float
        How far: of the span between the function's thresholds, or of the quantity itself where it has one; at most 0.49.
    combination : Combination
        How utilities become a score.

    Returns
    -------
    tuple of Swing
        One a threshold, in the order of the criteria.
    """
    cells = np.array([len(site[0]) for site in sites], np.int64)
    laid = [np.concatenate(quantity) for quantity in zip(*sites, strict=True)]
    worth = np.stack([criterion_utility(c, quantity) for c, quantity in zip(criteria, laid, strict=True)], axis=1)
    swings = []
    for number, criterion in enumerate(criteria):
        for name, low, high in _moved(criterion.value, min(share, _MOST)):
            scores = []
            for function in (low, high):
                there = worth.copy()
                there[:, number] = criterion_utility(replace(criterion, value=function), laid[number])
                scores.append(site_scores(there, weights, combination=combination, cells=cells))
            swings.append(_swing(number, name, (thresholds_of(low)[name], thresholds_of(high)[name]), scores))
    return tuple(swings)


def _moved(function: ValueFunction, share: float) -> Iterator[tuple[str, ValueFunction, ValueFunction]]:
    """Yield each threshold's name with the function that has it lower and higher."""
    given = thresholds_of(function)
    ordered = sorted(given.values())
    for name, quantity in given.items():
        gaps = [abs(b - a) for a, b in pairwise(ordered) if quantity in {a, b} and a != b]
        far = share * (min(gaps) if gaps else abs(quantity))
        yield name, _placed(function, name, quantity - far), _placed(function, name, quantity + far)


def _placed(function: ValueFunction, name: str, quantity: float) -> ValueFunction:
    """Give the function with one threshold elsewhere."""
    if isinstance(function, Bounded):
        inner = function.function if name.endswith("threshold") else _placed(function.function, name, quantity)
        lower = quantity if name == "lower threshold" else function.lower
        upper = quantity if name == "upper threshold" else function.upper
        return Bounded(inner, lower, upper, function.below, function.above)
    if isinstance(function, Piecewise):
        chosen = int(name.split()[1]) - 1
        points = [(quantity, worth) if k == chosen else (at, worth) for k, (at, worth) in enumerate(function.points)]
        return Piecewise(tuple(points))
    if isinstance(function, Ranges):
        return _placed_range(function, name, quantity)
    if isinstance(function, Logarithm | Power) and name == "lower":
        return replace(function, lower=quantity, shift=function.shift + quantity - function.lower)  # the shift stays below it
    return replace(function, **{name: quantity})


def _range_ends(function: Ranges) -> dict[str, float]:
    ends = {}
    for number, (low, high, _) in enumerate(function.ranges, start=1):
        ends[f"range {number} from"] = low
        if number == len(function.ranges) or function.ranges[number][0] != high:  # else the next range's own end
            ends[f"range {number} to"] = high
    return ends


def _placed_range(function: Ranges, name: str, quantity: float) -> Ranges:
    chosen, rows = int(name.split()[1]) - 1, list(function.ranges)
    low, high, worth = rows[chosen]
    rows[chosen] = (low, quantity, worth) if name.endswith("to") else (quantity, high, worth)
    if name.endswith("from") and chosen > 0 and rows[chosen - 1][1] == low:  # neighbours keep touching
        rows[chosen - 1] = (rows[chosen - 1][0], quantity, rows[chosen - 1][2])
    return replace(function, ranges=tuple(rows))


def _with_weight(weights: Float, number: int, weight: float) -> Float:
    moved: Float = weights * ((1.0 - weight) / (1.0 - weights[number]))
    moved[number] = weight
    return moved


def _swing(number: int, what: str, ends: tuple[float, float], scores: Sequence[Float]) -> Swing:
    return Swing(number, what, *ends, scores[0], scores[1], shared_ranks(scores[0]), shared_ranks(scores[1]))
