"""A surface scored tile by tile into a store, so that memory depends on the tiles under way and not on the grid."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from geo_engine.model import STATUS_OFF_AREA, Surface, Tile
from geo_engine.run.executors import map_unordered
from geo_engine.run.planning.plan import Plan
from geo_engine.run.progress import Reporter
from geo_engine.run.storing.bands import StoredBand
from geo_engine.run.storing.tiles import TileStore, write_tile
from geo_engine.run.tiles import score_tile

__all__ = ["stored_band", "stored_surface"]


def stored_surface(plan: Plan, reporter: Reporter, executor: Executor, folder: Path, *, tile_side: int, ahead: int) -> Surface:
    """Score every tile of the plan's grid into a folder, but those that are finished there; tiles off the area leave no file.

    Parameters
    ----------
    plan : Plan
        The run.
    reporter, executor, tile_side, ahead
        As for a surface that is held; the answer is the same.
    folder : Path
        Where the tiles lie.
    """
    store = TileStore(folder, plan.grid, tile_side, "score")
    _finish(store, partial(_score_into, folder, tile_side, plan), reporter, executor, ahead)
    return Surface(plan.grid, StoredBand(store, 0, np.float32(np.nan)), StoredBand(store, 1, np.uint32(STATUS_OFF_AREA)))


def stored_band(
    surface: Surface,
    count: Callable[[Tile], NDArray[np.float32]],
    reporter: Reporter,
    executor: Executor,
    folder: Path,
    *,
    tile_side: int,
    ahead: int,
) -> Surface:
    """Add to a surface how often each cell is among the best, tile by tile, in the same folder."""
    store = TileStore(folder, surface.grid, tile_side, "best")

    def work(tile: Tile) -> Path | None:
        found = count(tile)
        return None if np.isnan(found).all() else write_tile(folder, "best", tile_side, tile, (found,))

    _finish(store, work, reporter, executor, ahead)
    return replace(surface, best=StoredBand(store, 0, np.float32(np.nan)))


def _score_into(folder: Path, side: int, plan: Plan, tile: Tile) -> Path | None:
    """Score a tile and leave it in a folder, here or in another process; None off the area."""
    scored = score_tile(plan, tile)
    off = (scored.status == STATUS_OFF_AREA).all()
    return None if off else write_tile(folder, "score", side, tile, (scored.score, scored.status))


def _finish(store: TileStore, work: Callable[[Tile], Path | None], reporter: Reporter, executor: Executor, ahead: int) -> None:
    """Have the tiles done that are not there yet."""
    if finished := store.collect():
        reporter.note(f"goes on from {finished:,} finished tiles of a run that was stopped; --fresh begins anew")
    tiles = list(store.grid.tiles(store.side))
    missing = [tile for tile in tiles if tile not in store]
    begun = len(tiles) - len(missing)
    for done, (tile, file) in enumerate(map_unordered(executor, work, missing, ahead=ahead), start=begun + 1):
        if file is not None:
            store.add(tile, file)
        reporter.advance(done, len(tiles))
