"""How often each cell is among the best 5 % of scored land when weights are drawn."""

from __future__ import annotations

import math
from concurrent.futures import Executor
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from geo_engine.decide import criterion_utility
from geo_engine.decide.robustness import best_probability, best_thresholds, draw_weights
from geo_engine.measure import TilePlaces
from geo_engine.model import Grid, Study, Surface, Tile
from geo_engine.run.executors import map_unordered
from geo_engine.run.planning.plan import Plan
from geo_engine.run.progress import Reporter
from geo_engine.run.storing.surface import stored_band

__all__ = ["best_surface", "surface_draws"]

_DRAWS = 1_000
_SAMPLE = 100_000  # cells at most from which the score that the best reach is found
_THRESHOLDS_AT_ONCE = 50  # draws


def surface_draws(study: Study) -> int:
    """Give how many draws of weights are made for all land: 1,000, or as many as the study asks for where they are fewer."""
    return min(_DRAWS, study.robustness.draws)


def best_surface(
    plan: Plan,
    surface: Surface,
    scored: int,
    reporter: Reporter,
    executor: Executor,
    *,
    tile_side: int,
    ahead: int,
    folder: Path | None = None,
) -> Surface:
    """Add to a surface the share of 1,000 draws of weights in which each cell is among the best 5 % of scored land.

    Two passes: the score that the best 5 % reach in each draw is found on a regular sample of every k-th row and column (k odd, at most
    100,000 scored cells; all cells where they are no more), then each tile is measured again and counted.

    Parameters
    ----------
    plan : Plan
        The run; its utilities are combined by a weighted sum.
    surface : Surface
        Scored.
    scored : int
        How many cells have a score.
    reporter : Reporter
        Is told.
    executor : Executor
        Shares out draws and tiles; the answer does not depend on it.
    tile_side, ahead : int
        As for the score.
    folder : Path, optional
        Where finished tiles lie; they are held without one.

    Returns
    -------
    Surface
        With `best`, 0 to 1; NaN where the cell has no score. The data are taken as they stand.
    """
    asked, grid = plan.study.robustness, plan.grid
    draws = surface_draws(plan.study)
    weights = draw_weights(asked.weights.about(plan.study.weights), len(plan.study.criteria), draws=draws, seed=asked.seed)
    sample = _sample(plan, scored, executor, tile_side)
    starts = range(0, draws, _THRESHOLDS_AT_ONCE)
    parts = executor.map(lambda first: best_thresholds(sample, weights[first : first + _THRESHOLDS_AT_ONCE]), starts)
    thresholds = np.concatenate(list(parts))

    def count(tile: Tile) -> NDArray[np.float32]:
        out = np.full(tile.shape, np.nan, np.float32)
        known = ~np.isnan(surface.score[tile.window])
        if known.any():
            out[known] = best_probability(_utilities(plan, TilePlaces(grid, tile), known), weights, thresholds)
        return out

    if folder is not None:
        return stored_band(surface, count, reporter, executor, folder, tile_side=tile_side, ahead=ahead)
    best = np.empty(grid.shape, np.float32)
    tiles = list(grid.tiles(tile_side))
    for done, (tile, found) in enumerate(map_unordered(executor, count, tiles, ahead=ahead), start=1):
        best[tile.window] = found
        reporter.advance(done, len(tiles))
    return replace(surface, best=best)


def _utilities(plan: Plan, places: TilePlaces, kept: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Give the utilities of some cells of a tile, float32 of shape (criteria, cells kept)."""
    worth = (criterion_utility(each, measure(places)[kept]) for each, measure in zip(plan.study.criteria, plan.measures, strict=True))
    return np.stack([each.astype(np.float32) for each in worth])


def _sample(plan: Plan, scored: int, executor: Executor, tile_side: int) -> NDArray[np.float32]:
    """Measure the middle cell of every k by k cells, k odd: the centre of a cell of a coarser grid."""
    grid = plan.grid
    step = max(1, math.ceil(math.sqrt(scored / _SAMPLE)))
    step += 1 - step % 2
    coarse = Grid(grid.crs, grid.west, grid.north, grid.cell * step, math.ceil(grid.rows / step), math.ceil(grid.cols / step))

    def measured(tile: Tile) -> NDArray[np.float32]:
        places = TilePlaces(coarse, tile)
        inside = places.inside(plan.rings)
        return _utilities(plan, places, inside) if inside.any() else np.empty((len(plan.measures), 0), np.float32)

    side = max(32, tile_side // 4)  # enough tiles for every worker
    return np.concatenate(list(executor.map(measured, coarse.tiles(side))), axis=1)
