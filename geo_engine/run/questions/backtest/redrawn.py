"""The back-test again under other weights and without layers: on land sampled by a lattice, the known sites exactly."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo_engine.decide import criterion_utility, percentile_below
from geo_engine.decide.combine import combined
from geo_engine.decide.robustness import draw_weights
from geo_engine.measure import PointPlaces
from geo_engine.run.questions.explanation import points_of
from geo_engine.run.questions.stored import StoredRun
from geo_engine.run.tiles import measure_places

__all__ = ["DRAWS", "Dropped", "Redrawn", "Sample", "drop_layers", "redraw", "take_sample"]

Float = NDArray[np.float64]

DRAWS = 1000
_MOST_PLACES = 20_000
_NEAR = 2000.0  # metres: nearer, a layer's feature may be the known site itself, or have come with it
_SPREAD = (5.0, 50.0, 95.0)


@dataclass(frozen=True, eq=False)
class Sample:
    """Utilities of sampled land and of the known sites.

    Parameters
    ----------
    utilities : float64 ndarray, shape (criteria, places + cells)
        Of the land's places, then of each known site's cells.
    places : int
        Places of land.
    starts : int64 ndarray, shape (sites,)
        Where each site's cells begin behind the places.
    weights : float64 ndarray, shape (cells,)
        What each cell counts; those of a site add up to 1.
    step : int
        Every so many rows and columns of the grid; 1 is all scored land.
    """

    utilities: Float
    places: int
    starts: NDArray[np.int64]
    weights: NDArray[np.float64]
    step: int


@dataclass(frozen=True, slots=True)
class Redrawn:
    """The median percentile over draws of weights.

    Parameters
    ----------
    draws : int
        How many.
    weights : str
        What they are drawn from, in words.
    median_of_medians, low, high : float
        Median, 5 % and 95 % of the draws' medians; NaN without a known site that has a score.
    places, step : int
        Places of land compared with, every so many rows and columns of the grid.
    as_it_is : float
        The median percentile with the study's own weights on the same places.
    """

    draws: int
    weights: str
    median_of_medians: float
    low: float
    high: float
    places: int
    step: int
    as_it_is: float


@dataclass(frozen=True, slots=True)
class Dropped:
    """The back-test without a layer that may know the answer.

    Parameters
    ----------
    layer : str
        The layer whose features lie within 2 km of known sites; all criteria that read it are left out, the others keeping
        their proportions.
    near : tuple of str
        Those sites.
    criteria : tuple of str
        What is left out.
    median_percentile : float
        On the same places as `Redrawn.as_it_is`; NaN where no other criterion has a weight.
    """

    layer: str
    near: tuple[str, ...]
    criteria: tuple[str, ...]
    median_percentile: float


def take_sample(run: StoredRun, shapes: Sequence[BaseGeometry]) -> Sample:
    """Measure scored land on a lattice of at most 20,000 places, and the cells of known sites.

    The lattice is every so many rows and columns, the smallest such number, from the middle of the first step on: it depends on nothing
    but the run's grid and its scored land.

    Parameters
    ----------
    run : StoredRun
        The run.
    shapes : sequence of shapely geometries
        Known sites with a score.
    """
    land = ~np.isnan(run.score)
    step = 1
    while np.count_nonzero(land[step // 2 :: step, step // 2 :: step]) > _MOST_PLACES:
        step += 1
    rows, cols = np.nonzero(land[step // 2 :: step, step // 2 :: step])
    e, n = run.plan.grid.centres(rows * step + step // 2, cols * step + step // 2)
    cells = [points_of(run, shape) for shape in shapes]
    counts = np.array([len(east) for east, _, _ in cells], np.int64)
    weights = np.concatenate([np.empty(0), *(weight for _, _, weight in cells)])
    places = PointPlaces(np.concatenate([e, *(east for east, _, _ in cells)]), np.concatenate([n, *(north for _, north, _ in cells)]))
    measured = measure_places(run.plan, places)
    worth = np.stack([criterion_utility(criterion, quantity) for criterion, quantity in zip(run.study.criteria, measured, strict=True)])
    return Sample(worth, len(e), np.cumsum(counts) - counts, weights, step)


def redraw(run: StoredRun, sample: Sample, *, draws: int = DRAWS) -> Redrawn:
    """Draw weights as the study's robustness says, by its seed, and find each draw's median percentile."""
    study, asked = run.study, run.study.robustness
    weights = draw_weights(asked.weights.about(study.weights), len(study.criteria), draws=draws, seed=asked.seed)
    own = _median(run, sample, study.weights)
    low, middle, high = math.nan, math.nan, math.nan
    if len(sample.starts) and sample.places:
        medians = [_median(run, sample, row) for row in weights.tolist()]
        low, middle, high = np.percentile(medians, _SPREAD).tolist()
    return Redrawn(draws, asked.weights.text(), middle, low, high, sample.places, sample.step, own)


def drop_layers(run: StoredRun, sample: Sample, names: Sequence[str], shapes: Sequence[BaseGeometry]) -> tuple[Dropped, ...]:
    """Leave out, one at a time, each layer of a criterion whose features lie within 2 km of a known site."""
    study = run.study
    near: dict[str, set[int]] = {}
    readers: dict[str, list[int]] = {}
    for number, criterion in enumerate(study.criteria):
        for selection, _ in criterion.measure.reads:
            layer = selection[0]
            if number not in readers.setdefault(layer, []):
                readers[layer].append(number)
            if selection in run.plan.features:
                tree = shapely.STRtree(run.plan.features[selection].geometry)
                close = tree.query(np.array(shapes, dtype=object), predicate="dwithin", distance=_NEAR)[0]
                near.setdefault(layer, set()).update(close.tolist())
    out = []
    for layer, sites in near.items():
        if not sites:
            continue
        kept = np.array([0.0 if number in readers[layer] else weight for number, weight in enumerate(study.weights)])
        median = _median(run, sample, (kept / kept.sum()).tolist()) if kept.sum() > 0 else math.nan
        left_out = tuple(study.criteria[number].name for number in readers[layer])
        out.append(Dropped(layer, tuple(names[site] for site in sorted(sites)), left_out, median))
    return tuple(out)


def _median(run: StoredRun, sample: Sample, weights: Sequence[float]) -> float:
    """Give the median percentile of the known sites under weights: scores are made and rounded as the surface's are."""
    if not len(sample.starts) or not sample.places:
        return math.nan
    score = 100.0 * combined(run.study.combination, sample.utilities, weights)
    land = np.sort(score[: sample.places].astype(np.float32))
    known = np.add.reduceat(sample.weights * score[sample.places :], sample.starts)
    return float(np.median([percentile_below(land, float(one)) for one in known]))
