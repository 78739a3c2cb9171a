"""What known sites are held against: comparable land, and the surface of a null model."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from geo_engine.errors import Fault, StudyError
from geo_engine.measure import Places, TilePlaces, distance_to
from geo_engine.model import ComparableLand, rule_bits
from geo_engine.run.questions.stored import StoredRun
from geo_engine.workspace import read_features

__all__ = ["comparable_land", "distances_on", "nearness"]

_TILE_SIDE = 512


def nearness(run: StoredRun, layer: str, where: str | None) -> Callable[[Places], NDArray[np.float32]]:
    """Read features and give what measures the metres to the nearest of them.

    Raises
    ------
    LayerError
        If they cannot be read, or none is left.
    """
    return distance_to(read_features(run.study.layers[layer], crs=run.study.crs, where=where))


def distances_on(run: StoredRun, metres: Callable[[Places], NDArray[np.float32]], land: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Measure distances on the grid where there is land, NaN elsewhere; float32 of the grid's shape."""
    out = np.full(land.shape, np.nan, np.float32)
    for tile in run.plan.grid.tiles(_TILE_SIDE):
        there = land[tile.window]
        if there.any():
            out[tile.window][there] = metres(TilePlaces(run.plan.grid, tile))[there]
    return out


def comparable_land(run: StoredRun, land: ComparableLand) -> NDArray[np.bool_]:
    """Find the scored cells that could have been chosen: those that pass the rules named and lie near what is named.

    Returns
    -------
    bool ndarray of the grid's shape

    Raises
    ------
    StudyError
        If a rule is none of the study's, or no cell is left.
    """
    kept = ~np.isnan(run.score)
    bits = rule_bits(run.study.constraints)
    for name in land.outside_rules:
        kept &= (run.status >> np.uint32(bits[name])) & np.uint32(1) == 0
    if land.near is not None:
        metres = distances_on(run, nearness(run, land.near.layer, land.near.where), kept)
        kept &= metres <= land.near.within
    if not kept.any():
        raise StudyError(Fault("backtest.comparable", "leaves no land to compare with", remedy="widen 'within', or name fewer rules"))
    return kept
