"""What would have to change: the weights for another first, one quantity for another rank."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo_engine.decide import criterion_utility
from geo_engine.decide.explanation import Possible, Threshold, rank_thresholds, weights_to_lose, weights_to_win
from geo_engine.measure import PointPlaces
from geo_engine.model import Contribution, CountWithin, Inside, Measure, NearestValue, RasterValue, WeightedSum
from geo_engine.run.questions.explanation.cells import points_of
from geo_engine.run.questions.stored import StoredRun
from geo_engine.run.tiles import measure_places

__all__ = ["RANKS", "Change", "ValueChange", "WeightMove", "WeightsAnswer", "site_utilities", "what_would_change"]

Float = NDArray[np.float64]

RANKS = (1, 5, 10)
_SAME = 1e-9  # of a score from 0 to 1
_MOVED = 5e-7  # shares that differ by less are told as they were


@dataclass(frozen=True, slots=True)
class WeightMove:
    """A criterion whose weight would have to be another: shares before and after."""

    criterion: str
    slug: str
    before: float
    after: float


@dataclass(frozen=True, slots=True)
class WeightsAnswer:
    """The smallest change of weights that makes a place first, or takes the first place from it.

    Parameters
    ----------
    first : bool
        Whether the place is first as it is.
    possible : bool
        Whether any weights do it.
    size : float
        Sum of the absolute differences of shares, 0 to 2; NaN where none do.
    rival : str
        Who is first as it is, or who draws level; empty where there is no other, or none that can.
    moves : tuple of WeightMove
        The criteria whose weight changes, the largest change first.
    """

    first: bool
    possible: bool
    size: float
    rival: str
    moves: tuple[WeightMove, ...]


@dataclass(frozen=True, slots=True)
class ValueChange:
    """At which quantity of a criterion a place would have ranks, the same quantity all over it and all else being equal.

    Parameters
    ----------
    criterion, slug : str
        Of the criterion.
    value : float
        As it is: the mean over the place, in `unit`.
    unit : str
        SI unit of the measure.
    ranks : tuple of Threshold
        Quantities in `unit`.
    """

    criterion: str
    slug: str
    value: float
    unit: str
    ranks: tuple[Threshold, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """What would have to change for another rank.

    Parameters
    ----------
    weights : WeightsAnswer or None
        None where it cannot be told.
    values : tuple of ValueChange
        One a criterion; empty where it cannot be told.
    note : str
        Why it cannot be told, or empty.
    """

    weights: WeightsAnswer | None
    values: tuple[ValueChange, ...]
    note: str


def what_would_change(run: StoredRun, parts: Sequence[Contribution], number: int | None, *, on_area: bool) -> Change:
    """Say what would have to change for a place to be first, and at which quantities it would have ranks 1, 5 and 10.

    The place is ranked among the areas that the run found; rules and places that the run did not find play no part.

    Parameters
    ----------
    run : StoredRun
        The run.
    parts : sequence of Contribution
        Of the place.
    number : int or None
        Row of the place among the run's sites; None where it is none of them and is ranked beside them.
    on_area : bool
        Whether it lies in the area that was studied.
    """
    study = run.study
    if not isinstance(study.combination, WeightedSum):
        return Change(None, (), f"Not given for '{study.combination.kind}': it is worked out for a weighted sum only.")
    own = np.array([part.utility for part in parts])
    if not on_area or np.isnan(own).any():
        return Change(None, (), "Not given, because the place has no score.")
    if run.sites.empty:
        return Change(None, (), f"Not given, because the run found no {run.study.sites.one} to compare it with.")
    utilities, names = site_utilities(run), [str(name) for name in run.sites["name"]]
    if number is None:
        utilities, number = np.vstack([utilities, own]), len(utilities)
    weights = np.asarray(study.weights)
    scores = utilities @ weights
    others = np.delete(scores, number)
    values = tuple(
        ValueChange(
            part.criterion,
            part.slug,
            part.value,
            part.unit,
            rank_thresholds(
                criterion.value,
                part.weight,
                utility=float(utilities[number, column]),
                score=float(scores[number]),
                others=others,
                now=part.value,
                ranks=RANKS,
                possible=_possible(criterion.measure),
            ),
        )
        for column, (criterion, part) in enumerate(zip(study.criteria, parts, strict=True))
    )
    return Change(_weights(run, utilities, names, number), values, "")


def site_utilities(run: StoredRun) -> Float:
    """Measure the run's sites again, for utilities that are not rounded as those of tables are.

    Returns
    -------
    float64 ndarray, shape (sites, criteria)
        Means over each site's cells.
    """
    cells = [points_of(run, shape) for shape in run.sites.geometry]
    e, n, weights = (np.concatenate(part) for part in zip(*cells, strict=True))
    places = PointPlaces(e, n)
    starts = np.concatenate([[0], np.cumsum([len(there) for there, _, _ in cells])[:-1]])
    means = [
        np.add.reduceat(weights * criterion_utility(criterion, quantity), starts)
        for criterion, quantity in zip(run.study.criteria, measure_places(run.plan, places), strict=True)
    ]
    return np.stack(means, axis=1)


def _possible(measure: Measure) -> Possible:
    """Say what a quantity can be: of a raster anything, of anything else from 0; counts are whole numbers."""
    if isinstance(measure, RasterValue | NearestValue):
        return Possible(-math.inf)
    if isinstance(measure, Inside):
        return Possible(high=1.0, whole=True)
    return Possible(whole=measure.kind == CountWithin.kind)


def _weights(run: StoredRun, utilities: Float, names: list[str], number: int) -> WeightsAnswer:
    study = run.study
    scores = utilities @ np.asarray(study.weights)
    first = bool(scores[number] >= scores.max() - _SAME)
    found = (weights_to_lose if first else weights_to_win)(utilities, study.weights, number)
    if found is None:
        return WeightsAnswer(first, possible=False, size=math.nan, rival="", moves=())
    moves = [
        WeightMove(criterion.name, criterion.slug, before, after)
        for criterion, before, after in zip(study.criteria, study.weights, found.weights, strict=True)
        if abs(after - before) > _MOVED
    ]
    moves.sort(key=lambda move: -abs(move.after - move.before))
    return WeightsAnswer(first, possible=True, size=found.size, rival=names[found.rival], moves=tuple(moves))
