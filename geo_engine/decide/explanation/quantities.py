"""The quantity of one criterion at which a site would have a rank, all else being equal."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields
from itertools import pairwise
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from geo_engine.decide.value_functions import held, worth
from geo_engine.model import Bounded, Classes, Large, MSLarge, Piecewise, Ranges, Small, SymmetricLinear, ValueFunction

__all__ = ["FROM_ZERO", "Possible", "Threshold", "Verdict", "rank_thresholds", "threshold_of"]

Float = NDArray[np.float64]
Verdict = Literal["reach", "keep", "always", "never"]

_TURNS = ("worst", "best", "minimum", "maximum", "midpoint", "lower", "upper", "at")
_ROUNDING = 1e-12
_FAR = 1e9  # times the largest quantity that a function names: where it has come to its end
_HALVINGS = 200


@dataclass(frozen=True, slots=True)
class Possible:
    """What a quantity can be: from `low` to `high`, and a `whole` number only where it counts something."""

    low: float = 0.0
    high: float = math.inf
    whole: bool = False


FROM_ZERO = Possible()


@dataclass(frozen=True, slots=True)
class Threshold:
    """At which quantity a site has a rank or a better one, all else being equal.

    Parameters
    ----------
    rank : int
        The rank.
    verdict : {'reach', 'keep', 'always', 'never'}
        ``reach``: the rank is better than the site's, and it gets there at `quantity`. ``keep``: it has the rank, and keeps it up to
        `quantity`. ``always`` and ``never``: whatever the quantity.
    quantity : float
        In the unit of the criterion, the one nearest to what it is now; NaN for always and never.
    """

    rank: int
    verdict: Verdict
    quantity: float


def rank_thresholds(
    function: ValueFunction,
    weight: float,
    *,
    utility: float,
    score: float,
    others: Float,
    now: float,
    ranks: Sequence[int],
    possible: Possible = FROM_ZERO,
) -> tuple[Threshold, ...]:
    """Give the quantities of a criterion at which a site of a weighted sum would have ranks.

    A site has rank r or a better one as long as its score is not below the r-th best of the others. Solved for this criterion's
    utility, that is ``utility + (score of the r-th - score) / weight``; the value function is then turned round.

    Parameters
    ----------
    function : ValueFunction
        Of the criterion.
    weight : float
        Its share.
    utility, score : float
        The site's utility on this criterion and its weighted sum, 0 to 1.
    others : float64 ndarray, shape (n,)
        Weighted sums of the other sites.
    now : float
        The quantity as it is, NaN or infinite where unknown or unreachable.
    ranks : sequence of int
        From 1.
    possible : Possible
        What the quantity can be.

    Returns
    -------
    tuple of Threshold
        One a rank.

    Examples
    --------
    By hand: with half the weight on a distance worth 0 at 10 km and 1 at 0, a site at 5 km with a score of 0.5 needs 0.2 more utility to
    be level with 0.6, so 3 km; it stays ahead of 0.4 up to 7 km.

    >>> from geo_engine.model import Linear
    >>> line = Linear(worst=10_000.0, best=0.0)
    >>> others = np.array([0.6, 0.4])
    >>> found = rank_thresholds(line, 0.5, utility=0.5, score=0.5, others=others, now=5000.0, ranks=[1, 2, 5])
    >>> [(each.rank, each.verdict, round(each.quantity, 6)) for each in found]
    [(1, 'reach', 3000.0), (2, 'keep', 7000.0), (5, 'always', nan)]
    """
    falling = -np.sort(-others)
    found = []
    for rank in ranks:
        if rank > len(falling):
            found.append(Threshold(rank, "always", math.nan))
            continue
        gap = float(falling[rank - 1]) - score
        has_it = gap <= _ROUNDING
        if weight == 0:
            found.append(Threshold(rank, "always" if has_it else "never", math.nan))
            continue
        least = utility + gap / weight
        verdict, quantity = threshold_of(function, least, now, possible=possible)
        if possible.whole and verdict == "reach":
            quantity = _whole(function, _enough(least), quantity)
            verdict = "never" if math.isnan(quantity) else verdict
        if verdict == "reach" and has_it:
            verdict = "keep"
        found.append(Threshold(rank, verdict, quantity))
    return tuple(found)


def threshold_of(function: ValueFunction, least: float, now: float, *, possible: Possible = FROM_ZERO) -> tuple[Verdict, float]:
    """Find the quantity, nearest to the one of now, at which a value function comes to a utility or falls below it.

    The quantities are cut where the function turns or jumps; between two cuts it only rises or only falls, and a crossing is found
    by one straight line where it is straight, else by halving.

    Parameters
    ----------
    function : ValueFunction
        Any.
    least : float
        The utility.
    now : float
        From where the nearest quantity is sought; from infinity the largest, from NaN the smallest.
    possible : Possible
        Between which quantities can lie; whether they are whole numbers plays no part here.

    Returns
    -------
    verdict : {'reach', 'always', 'never'}
        ``always``: no quantity is worth less. ``never``: none is worth as much.
    quantity : float
        The last one that is worth `least` or more, on the near side; NaN for always and never.

    Examples
    --------
    >>> from geo_engine.model import Gaussian, Step
    >>> verdict, quantity = threshold_of(Gaussian(10.0, 0.1), 0.67032, 30.0)
    >>> verdict, round(quantity, 4)
    ('reach', 12.0)
    >>> threshold_of(Step(at=5.0, below=0.2, above=0.8), 0.9, 7.0)
    ('never', nan)
    """
    cuts = _cuts(function, (possible.low, possible.high))
    enough = _enough(least)
    sides = [
        (
            _at(function, math.nextafter(cut, -math.inf)) if number else math.nan,
            _at(function, cut),
            _at(function, math.nextafter(cut, math.inf)) if number < len(cuts) - 1 else math.nan,
        )
        for number, cut in enumerate(cuts)
    ]
    crossings = []
    for (low, (_, _, after)), (high, (before, _, _)) in pairwise(zip(cuts, sides, strict=True)):
        if (after >= enough) != (before >= enough):
            crossings.append(_crossing(function, least, enough, (low, after), (high, before)))
    for cut, (before, on, after) in zip(cuts, sides, strict=True):
        for side, beyond in ((before, -math.inf), (after, math.inf)):
            if not math.isnan(side) and (side >= enough) != (on >= enough):
                crossings.append(cut if on >= enough else float(np.nextafter(np.float32(cut), np.float32(beyond))))
    if not crossings:
        return ("always" if sides[0][1] >= enough else "never"), math.nan
    if math.isnan(now) or math.isinf(now):
        return "reach", max(crossings) if now == math.inf else min(crossings)
    return "reach", min(crossings, key=lambda quantity: abs(quantity - now))


def _enough(least: float) -> float:
    """Give the utility that counts as no less, but for rounding."""
    return least - _ROUNDING * max(1.0, abs(least))


def _whole(function: ValueFunction, enough: float, quantity: float) -> float:
    """Give the whole number beside a quantity that is worth enough; NaN where neither is."""
    return next((float(n) for n in (round(quantity), math.floor(quantity), math.ceil(quantity)) if _at(function, n) >= enough), math.nan)


def _at(function: ValueFunction, quantity: float) -> float:
    return float(worth(function, np.array([quantity]))[0])


def _cuts(function: ValueFunction, bounds: tuple[float, float]) -> list[float]:
    """Give, rising, the bounds and the quantities between them at which a function may turn or jump."""
    turns = [turn for turn in _turns(function) if bounds[0] < turn < bounds[1]]
    far = _FAR * max([1.0, *(abs(turn) for turn in turns)])
    return sorted({max(bounds[0], -far), *turns, min(bounds[1], far)})


def _turns(function: ValueFunction) -> list[float]:
    if isinstance(function, Bounded):
        return [*_turns(function.function), *(held(end) for end in (function.lower, function.upper) if end is not None)]
    if isinstance(function, Piecewise):
        return [quantity for quantity, _ in function.points]
    if isinstance(function, Classes):
        return [float(number) for number in function.utilities]
    if isinstance(function, Ranges):
        return [held(end) for low, high, _ in function.ranges for end in (low, high) if math.isfinite(end)]
    if isinstance(function, MSLarge):
        return [function.mean_multiplier * function.mean]
    named = {field.name: getattr(function, field.name) for field in fields(function) if field.name in _TURNS}
    if isinstance(function, SymmetricLinear):
        named["midpoint"] = function.minimum + (function.maximum - function.minimum) / 2.0
    if isinstance(function, Large | Small):
        named["zero"] = 0.0
    return [float(turn) for turn in named.values()]


def _crossing(function: ValueFunction, least: float, enough: float, start: tuple[float, float], end: tuple[float, float]) -> float:
    """Find where a function that only rises or only falls comes to a utility, between two quantities with their utilities.

    `enough` is `least` but for rounding: of the two ends one is worth that and the other is not.
    """
    (low, worth_low), (high, worth_high) = start, end
    straight = low + (least - worth_low) / (worth_high - worth_low) * (high - low)
    if low <= straight <= high and abs(_at(function, straight) - least) < _ROUNDING:
        return straight
    for _ in range(_HALVINGS):
        middle = low + (high - low) / 2.0
        if middle in {low, high}:
            break
        if (_at(function, middle) >= enough) == (worth_low >= enough):
            low = middle
        else:
            high = middle
    return low if worth_low >= enough else high
