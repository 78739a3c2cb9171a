"""Score a tile: a pure function of the plan and the tile. The same code scores given places."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo_engine.decide import weighted_overlay
from geo_engine.measure import Places, PointPlaces, TilePlaces
from geo_engine.model import STATUS_OFF_AREA, StatusBit, Tile
from geo_engine.run.planning.plan import Plan

__all__ = ["BLOCK_SIDE", "PlaceScores", "TileScores", "measure_places", "score_places", "score_tile", "status_of"]

BLOCK_SIDE = 256
"""Cells along what is measured at once: its arrays stay in the processor's cache, and less is measured beyond the coast."""


@dataclass(frozen=True, eq=False)
class TileScores:
    """A scored tile.

    Parameters
    ----------
    score : float32 ndarray, shape (rows, columns)
        0 to 100; NaN off the area and where unknown.
    status : uint32 ndarray, shape (rows, columns)
        See `Surface`.
    """

    score: NDArray[np.float32]
    status: NDArray[np.uint32]


@dataclass(frozen=True, eq=False)
class PlaceScores:
    """Scored places.

    Parameters
    ----------
    quantities : tuple of float32 ndarray, shape (m,)
        One a criterion, in SI.
    score : float64 ndarray, shape (m,)
        0 to 100; NaN where unknown. A place off the area is scored all the same.
    status : uint32 ndarray, shape (m,)
        See `Surface`; `STATUS_OFF_AREA` off the area.
    """

    quantities: tuple[NDArray[np.float32], ...]
    score: NDArray[np.float64]
    status: NDArray[np.uint32]


def score_tile(plan: Plan, tile: Tile) -> TileScores:
    """Score the cells of a tile."""
    score, status = np.full(tile.shape, np.nan, np.float32), np.full(tile.shape, STATUS_OFF_AREA, np.uint32)
    for part in tile.parts(BLOCK_SIDE):
        places = TilePlaces(plan.grid, part)
        inside = places.inside(plan.rings)
        if inside.any():
            rows, cols = part.row0 - tile.row0, part.col0 - tile.col0
            window = slice(rows, rows + part.shape[0]), slice(cols, cols + part.shape[1])
            score[window], status[window] = _score_block(plan, places, inside)
    return TileScores(score, status)


def _score_block(plan: Plan, places: TilePlaces, inside: NDArray[np.bool_]) -> tuple[NDArray[np.float32], NDArray[np.uint32]]:
    overlay = weighted_overlay(
        plan.study.criteria, plan.study.weights, (measure(places) for measure in plan.measures), plan.study.combination
    )
    status = status_of(plan, places, overlay.unknown, overlay.unreachable)
    status[~inside] = STATUS_OFF_AREA
    score = overlay.score.astype(np.float32)
    score[~inside] = np.nan
    return score, status


def measure_places(plan: Plan, places: Places) -> tuple[NDArray[np.float32], ...]:
    """Measure every criterion at places, in SI."""
    return tuple(measure(places) for measure in plan.measures)


def score_places(plan: Plan, eastings: NDArray[np.float64], northings: NDArray[np.float64]) -> PlaceScores:
    """Score given places, float64 of shape (m,) in metres, by the same code as tiles."""
    places = PointPlaces(np.ascontiguousarray(eastings, np.float64), np.ascontiguousarray(northings, np.float64))
    quantities = measure_places(plan, places)
    overlay = weighted_overlay(plan.study.criteria, plan.study.weights, quantities, plan.study.combination)
    status = status_of(plan, places, overlay.unknown, overlay.unreachable)
    status[~places.inside(plan.rings)] = STATUS_OFF_AREA
    return PlaceScores(quantities, overlay.score, status)


def status_of(plan: Plan, places: Places, unknown: NDArray[np.bool_], unreachable: NDArray[np.bool_]) -> NDArray[np.uint32]:
    """Give the bit mask of places: unknown, unreachable, each rule that is failed, and whether a forced inclusion frees it."""
    status = _bit(unknown, StatusBit.UNKNOWN) | _bit(unreachable, StatusBit.UNREACHABLE)
    for number, rule in enumerate(plan.rules):
        failed, not_known = rule.judge(places)
        status |= _bit(failed, StatusBit.FIRST_RULE + number)
        if not_known is not None:
            status |= _bit(not_known, StatusBit.UNKNOWN)
    for forced in plan.forced:
        # Only what a rule keeps out and nothing leaves unknown: elsewhere there is nothing to be freed, or nothing to go by.
        fails = (status >> np.uint32(StatusBit.FIRST_RULE) != 0) & (status & np.uint32(1 << StatusBit.UNKNOWN) == 0)
        status |= _bit(fails & forced(places), StatusBit.FORCED)
    return status


def _bit(mask: NDArray[np.bool_], bit: int) -> NDArray[np.uint32]:
    return np.left_shift(mask.astype(np.uint32), np.uint32(bit))
