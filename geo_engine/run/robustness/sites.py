"""Rank the sites anew in every draw of weights and data, and say how sure their ranks are."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from geo_engine.decide import criterion_utility
from geo_engine.decide.robustness import draw_weights, one_at_a_time, smaa
from geo_engine.measure import PointPlaces, drawn_quantities
from geo_engine.model import Ranking, Result, Site, Smaa, WeightedSum
from geo_engine.run.planning.plan import Plan
from geo_engine.run.planning.reading.data import data_of
from geo_engine.run.robustness.data import POSITIONS, SIZES, DataDraws
from geo_engine.run.robustness.surface import surface_draws

__all__ = ["drawn_utilities", "inseparable", "judge_sites", "robustness_record"]

Float = NDArray[np.float64]

_MOST_CELLS = 16  # of a site that are measured again in every draw
_SHOWN = 6  # runs of ranks in the note


def judge_sites(plan: Plan, ranking: Ranking, executor: Executor) -> Ranking:
    """Add to a ranking what draws say of its sites (tiers, rank intervals, what cannot be separated), and what each input does."""
    study, asked = plan.study, plan.study.robustness
    if not ranking.sites:
        return ranking
    weights = draw_weights(asked.weights.about(study.weights), len(study.criteria), draws=asked.draws, seed=asked.seed)
    found = smaa(drawn_utilities(plan, ranking.sites, executor), weights, combination=study.combination)
    sites = tuple(
        replace(site, tier=tier, rank_p05=low or None, rank_p95=high or None)
        for site, tier, low, high in zip(ranking.sites, found.tiers, found.rank_low.tolist(), found.rank_high.tolist(), strict=True)
    )
    moves = one_at_a_time(study.criteria, study.weights, [site.quantities for site in sites], combination=study.combination)
    return replace(ranking, sites=sites, robustness=found, moves=moves, notes=(*ranking.notes, *_notes(plan, sites, found)))


def drawn_utilities(plan: Plan, sites: tuple[Site, ...], executor: Executor) -> Float:
    """Give the mean utilities of sites in every draw of the data, shape (draws, sites, criteria); one draw where all are certain.

    Parameters
    ----------
    plan : Plan
        The run.
    sites : tuple of Site
        Located and scored.
    executor : Executor
        Shares out the draws; the answer does not depend on it.

    Returns
    -------
    float64 ndarray
        A criterion in which nothing is uncertain has the site's own utility in each draw. In others the site's own utility moves by what
        the mean over its cells moves, so that data drawn where they were read give the site's score again. Of more than 16 cells, 16
        are measured, evenly taken. A cell whose value becomes unknown in a draw keeps the one it had.
    """
    own = np.array([[part.utility for part in site.contributions] for site in sites])
    drawn = DataDraws(plan.study, plan.features)
    uncertain = [number for number, criterion in enumerate(plan.study.criteria) if drawn.uncertain(criterion)]
    if not uncertain:
        return own[None]
    out = np.repeat(own[None], drawn.draws, axis=0)
    cells = [_some(len(site.rows)) for site in sites]
    rows = np.concatenate([site.rows[some] for site, some in zip(sites, cells, strict=True)])
    cols = np.concatenate([site.cols[some] for site, some in zip(sites, cells, strict=True)])
    first = np.concatenate([[0], np.cumsum([len(some) for some in cells])])
    counts = np.concatenate([site.cell_weights[some] for site, some in zip(sites, cells, strict=True)])
    counts /= np.repeat(np.add.reduceat(counts, first[:-1]), np.diff(first))
    places = PointPlaces(*plan.grid.centres(rows, cols))
    for number in uncertain:
        criterion = plan.study.criteria[number]
        measure = criterion.measure
        data = data_of(plan.study, measure, plan.features)
        quantity = drawn_quantities(measure, data, places, drawn, draws=drawn.draws, stock=plan.stock, executor=executor)
        before = criterion_utility(criterion, plan.measures[number](places))
        worth = criterion_utility(criterion, quantity)
        moved = np.add.reduceat(counts * (np.where(np.isnan(worth), before, worth) - before), first[:-1], axis=1)
        out[:, :, number] = np.clip(own[:, number] + moved, 0.0, 1.0)
    return out


def _some(count: int) -> NDArray[np.int64]:
    return np.unique(np.linspace(0, count - 1, min(count, _MOST_CELLS)).round().astype(np.int64))


def inseparable(low: NDArray[np.int64], high: NDArray[np.int64]) -> list[tuple[int, int]]:
    """Find the longest runs of sites of which no two can be separated, since all their rank intervals overlap.

    Parameters
    ----------
    low, high : int64 ndarray, shape (sites,)
        Rank intervals, best site first.

    Returns
    -------
    list of (int, int)
        First and last number of each run, from 0; runs of one site are left out, and runs may share sites.

    Examples
    --------
    >>> inseparable(np.array([1, 2, 2, 4, 5]), np.array([1, 3, 4, 5, 5]))
    [(1, 2), (2, 3), (3, 4)]
    """
    runs: list[tuple[int, int]] = []
    for begin in range(len(low)):
        end = begin
        while end + 1 < len(low) and low[begin : end + 2].max() <= high[begin : end + 2].min():
            end += 1
        if end > begin and (not runs or end > runs[-1][1]):
            runs.append((begin, end))
    return runs


def _notes(plan: Plan, sites: tuple[Site, ...], found: Smaa) -> Iterator[str]:
    asked = plan.study.robustness
    yield (
        f"Tiers and rank intervals come from {asked.draws:,} draws of weights ({asked.weights.text()}) and {asked.data_draws:,} of the "
        "data, within their stated accuracy. Tier A: among the ten best in 80 % of the draws and more; B: in 20 % and more; C: the rest."
    )
    runs = [f"{sites[begin].rank} to {end + 1}" for begin, end in inseparable(found.rank_low, found.rank_high)]
    if runs:
        shown = ", ".join(runs[:_SHOWN]) + (f" and {len(runs) - _SHOWN} more such runs" if len(runs) > _SHOWN else "")
        yield f"Within these ranks no two {plan.study.sites.one}s can be separated, since their intervals overlap: {shown}."
    if not isinstance(plan.study.combination, WeightedSum):
        yield f"Draws rank the {plan.study.sites.one}s by their mean utilities; by this method that need not be the order of their scores."


def robustness_record(plan: Plan, result: Result) -> dict[str, object]:
    """Write down what was drawn and from which distributions, for ``run.json``."""
    study, asked = plan.study, plan.study.robustness
    drawn = DataDraws(study, plan.features)
    uncertain = {criterion.slug: list(drawn.uncertain(criterion)) for criterion in study.criteria}
    tiers = [site.tier for site in result.ranking.sites]
    return {
        "draws": asked.draws,
        "data_draws": asked.data_draws,
        "seed": asked.seed,
        "weights": asked.weights.text(),
        "positions": POSITIONS,
        "sizes": SIZES,
        "uncertain": uncertain,
        "not_drawn": ["networks", "rules", f"where the {study.sites.one}s lie"],
        "surface_draws": surface_draws(plan.study) if result.surface.best is not None else None,
        "tiers": {tier: tiers.count(tier) for tier in ("A", "B", "C")},
    }
