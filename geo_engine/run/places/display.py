"""Measure once more on a grid that the live map can hold, so that the page can weigh anew."""

from __future__ import annotations

import math
from concurrent.futures import Executor

import numpy as np
from numpy.typing import NDArray

from geo_engine.decide import criterion_utility
from geo_engine.measure import TilePlaces
from geo_engine.model import Display, Grid, Ranking, Tile
from geo_engine.run.planning.plan import Plan
from geo_engine.run.tiles import measure_places, status_of

__all__ = ["display_grid", "make_display"]

_MOST_CELLS = 1_000_000
_MOST_BOX = 16_000_000  # cells, the sea's included: a bit of the page each
_MOST_VALUES = 12_000_000  # cells times criteria: some five megabytes of page
_TILE_SIDE = 256  # enough tiles for every worker


def display_grid(plan: Plan) -> Grid:
    """Give the finest grid that a page can hold, its cell a whole multiple of the study's: 500 m for Great Britain at 250 m.

    Land counts, and where little of the box is land, as of islands far apart, the box.
    """
    most = min(_MOST_CELLS, _MOST_VALUES // len(plan.study.criteria))
    west, south, east, north = plan.area.bounds
    share = max(plan.area.area / most, (east - west) * (north - south) / _MOST_BOX)  # of the land or the box, to a cell
    times = max(1, math.ceil(math.sqrt(share / plan.grid.cell_area)))
    return Grid.covering((west, south, east, north), cell=times * plan.grid.cell, crs=plan.grid.crs)


def make_display(plan: Plan, ranking: Ranking, executor: Executor) -> Display:
    """Measure every criterion and rule at the cells of `display_grid`, and give the utilities of the sites' cells.

    Parameters
    ----------
    plan : Plan
        The run.
    ranking : Ranking
        Its sites.
    executor : Executor
        Shares out tiles; the answer does not depend on it.
    """
    grid, criteria = display_grid(plan), plan.study.criteria
    tiles = list(grid.tiles(_TILE_SIDE))
    inside = np.zeros(grid.shape, np.bool_)
    for tile, found in zip(tiles, executor.map(lambda tile: TilePlaces(grid, tile).inside(plan.rings), tiles), strict=True):
        inside[tile.window] = found
    place = np.cumsum(inside, dtype=np.int64).reshape(grid.shape) - 1  # of each cell among those inside
    count = int(np.count_nonzero(inside))
    quantities = np.empty((len(criteria), count), np.float32)
    utilities = np.empty_like(quantities)
    status = np.empty(count, np.uint32)

    def fill(tile: Tile) -> None:
        kept = inside[tile.window]
        if not kept.any():
            return
        places, at = TilePlaces(grid, tile), place[tile.window][kept]
        unknown, unreachable = np.zeros(len(at), np.bool_), np.zeros(len(at), np.bool_)
        for number, (criterion, measured) in enumerate(zip(criteria, measure_places(plan, places), strict=True)):
            quantity = measured[kept]
            worth = criterion_utility(criterion, quantity)
            quantities[number, at], utilities[number, at] = quantity, worth
            unknown |= np.isnan(worth)
            unreachable |= np.isinf(quantity)
        status[at] = status_of(plan, places, _spread(unknown, kept), _spread(unreachable, kept))[kept]

    list(executor.map(fill, tiles))
    sites = tuple(
        np.stack([criterion_utility(criterion, quantity) for criterion, quantity in zip(criteria, site.quantities, strict=True)])
        for site in ranking.sites
    )
    return Display(grid, inside, quantities, utilities, status, sites)


def _spread(values: NDArray[np.bool_], kept: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Put the values of the cells that were kept back to where they are in the tile."""
    whole = np.zeros(kept.shape, np.bool_)
    whole[kept] = values
    return whole
