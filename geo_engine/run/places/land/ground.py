"""The scored land of a run: counted in one pass, and shown to each search, held or stored."""

from __future__ import annotations

import math
from collections.abc import Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo_engine.decide import Ground, Piece, block_side, blocks_of
from geo_engine.measure import PreparedMeasure, TilePlaces, distance_to
from geo_engine.model import STATUS_OFF_AREA, Site, StatusBit, Surface, Tile, rule_bits
from geo_engine.run.executors import map_unordered
from geo_engine.run.places.land.cells import blocking
from geo_engine.run.planning.plan import Plan

__all__ = ["ANYWHERE", "FREE", "Land", "lifted_rule"]

FREE = 0
"""Land that no rule keeps out: none is lifted."""
ANYWHERE = 2**32 - 1
"""All scored land: every rule is lifted."""

_SIDE = 512  # cells along what is looked at together


def lifted_rule(bit: int) -> int:
    """Give the mask of bits that count for nothing where a rule, by its bit, holds nowhere.

    A cell with a score lacks no criterion's value: if it is marked unknown, a rule has none, and that rule's bit is set as well.
    """
    return 1 << StatusBit.UNKNOWN | 1 << bit


@dataclass(eq=False)
class _Looked:
    """What one pass finds."""

    cells: dict[str, int] = field(default_factory=dict)
    alone: dict[str, int] = field(default_factory=dict)
    highest: dict[int, NDArray[np.float32]] = field(default_factory=dict)
    masks: set[int] = field(default_factory=set)


class Land:
    """The scored land of a plan.

    Parameters
    ----------
    plan : Plan
        The study with its grid.
    surface : Surface
        Scored; held or stored.
    executor : Executor
        Shares out what is counted; the answer does not depend on it.
    """

    def __init__(self, plan: Plan, surface: Surface, executor: Executor) -> None:
        self.plan, self.surface = plan, surface
        existing = plan.study.sites.form.existing
        self._away: PreparedMeasure | None = distance_to(plan.features[existing.selection]) if existing else None
        self._looked = self._look(executor)

    @property
    def cells(self) -> Mapping[str, int]:
        """Cells of land, scored land, free land, and land that fails each rule."""
        return self._looked.cells

    @property
    def alone(self) -> Mapping[str, int]:
        """By rule, the scored cells that fail it and no other."""
        return self._looked.alone

    @property
    def masks(self) -> NDArray[np.uint32]:
        """The different status masks on the area, rising, shape (k,)."""
        return np.array(sorted(self._looked.masks), np.uint32)

    def fails_only(self, bit: int, rows: NDArray[np.int64], cols: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Tell which of some cells have a score and fail a rule, by its bit, and no other."""
        return _alone(self.surface.score[rows, cols], blocking(self.surface.status[rows, cols]), bit)

    def ground(self, lifted: int = FREE) -> Ground:
        """Show the land to a search, some rules lifted: those whose bits are set in a mask."""
        if self.surface.held:
            whole = self.surface.grid.whole
            return Ground.held(self.surface.score[whole.window], *self._kept_whole(lifted))
        grid = self.surface.grid
        return Ground(grid.shape, _SIDE, lambda tile: self._piece(tile, lifted), lambda side: self._highest(side, lifted))

    def without(self, sites: tuple[Site, ...], spacing: float) -> Ground:
        """Show the free land that is not nearer than a spacing in metres to some sites."""
        return self.ground().without([(site.rows, site.cols) for site in sites], spacing / self.surface.grid.cell)

    def _kept_whole(self, lifted: int) -> tuple[NDArray[np.bool_], NDArray[np.bool_] | None]:
        kept, near = np.empty(self.surface.grid.shape, np.bool_), None
        form = self.plan.study.sites.form
        if form.existing is not None and form.existing.keep == "in" and math.isfinite(form.max_spacing):
            near = np.zeros(kept.shape, np.bool_)
        for tile in self.surface.grid.tiles(_SIDE):
            piece = self._piece(tile, lifted)
            kept[tile.window] = piece.free
            if near is not None and piece.within is not None:
                near[tile.window] = piece.within
        return kept, near

    def _piece(self, tile: Tile, lifted: int) -> Piece:
        score, status = self.surface.score[tile.window], self.surface.status[tile.window]
        free = _kept(score, blocking(status), lifted)
        form = self.plan.study.sites.form
        if self._away is None or form.existing is None:
            return Piece(score, free)
        metres = self._away(TilePlaces(self.surface.grid, tile)) if free.any() else np.full(free.shape, np.nan, np.float32)
        within = metres <= form.max_spacing if form.existing.keep == "in" and math.isfinite(form.max_spacing) else None
        return Piece(score, free & self._far_enough(metres), within)

    def _far_enough(self, metres: NDArray[np.float32]) -> NDArray[np.bool_]:
        """Tell what is not nearer than the spacing to what is there already."""
        far: NDArray[np.bool_] = (metres >= self.plan.study.sites.spacing) & (metres > 0.0)
        return far

    def _highest(self, side: int, lifted: int) -> NDArray[np.float32]:
        assert side == block_side(self.plan.site_cells)  # noqa: S101 - no other is searched with
        return self._looked.highest[lifted]

    def _look(self, executor: Executor) -> _Looked:
        """Go over the land once."""
        grid, side = self.surface.grid, block_side(self.plan.site_cells)
        bits = rule_bits(self.plan.study.constraints)
        told = ["land", "scored", "free", "unknown", "unreachable", *bits, *(["forced"] if self.plan.forced else [])]
        lifts = [] if self.surface.held else [FREE, ANYWHERE, *(lifted_rule(bit) for bit in bits.values())]
        shape = -(-grid.rows // side), -(-grid.cols // side)
        none = {lifted: np.full(shape, -np.inf, np.float32) for lifted in lifts}
        found = _Looked(dict.fromkeys(told, 0), dict.fromkeys(bits, 0), none)
        for tile, part in map_unordered(executor, lambda tile: self._part(tile, side, lifts), grid.tiles(_SIDE), ahead=16):
            for name, count in part.cells.items():
                found.cells[name] += count
            for name, count in part.alone.items():
                found.alone[name] += count
            found.masks |= part.masks
            for lifted, blocks in part.highest.items():
                row, col = tile.row0 // side, tile.col0 // side
                there = found.highest[lifted][row : row + blocks.shape[0], col : col + blocks.shape[1]]
                np.maximum(there, blocks, out=there)
        return found

    def _part(self, tile: Tile, side: int, lifts: list[int]) -> _Looked:
        """Count the cells of a tile, and find the highest score of each of its blocks."""
        found, status = _Looked(), self.surface.status[tile.window]
        on = status != STATUS_OFF_AREA
        if not on.any():
            return found
        found.masks = set(pd.unique(status[on]).tolist())
        score, blocked = self.surface.score[tile.window], blocking(status)
        scored, bits = ~np.isnan(score), rule_bits(self.plan.study.constraints)
        masks = {"land": on, "scored": scored, "free": scored & (blocked == 0)}
        marks: dict[str, int] = {"unknown": StatusBit.UNKNOWN, "unreachable": StatusBit.UNREACHABLE}
        if self.plan.forced:
            marks["forced"] = StatusBit.FORCED
        failed = {name: on & _has(status, bit) for name, bit in (marks | bits).items()}
        found.cells = {name: int(np.count_nonzero(mask)) for name, mask in (masks | failed).items()}
        found.alone = {name: int(np.count_nonzero(_alone(score, blocked, bit))) for name, bit in bits.items() if found.cells[name]}
        beside = None
        if self._away is not None and lifts and masks["scored"].any():
            beside = self._far_enough(self._away(TilePlaces(self.surface.grid, tile)))
        for lifted in lifts:
            kept = _kept(score, blocked, lifted)
            found.highest[lifted] = blocks_of(score, kept if beside is None else kept & beside, side, tile.row0, tile.col0)
        return found


def _kept(score: NDArray[np.float32], blocked: NDArray[np.uint32], lifted: int) -> NDArray[np.bool_]:
    """Tell which scored cells no rule keeps out, but those that are lifted."""
    kept: NDArray[np.bool_] = ~np.isnan(score) & (blocked & np.uint32(ANYWHERE ^ lifted) == 0)
    return kept


def _alone(score: NDArray[np.float32], blocked: NDArray[np.uint32], bit: int) -> NDArray[np.bool_]:
    """Tell which scored cells a rule alone keeps out."""
    return _kept(score, blocked, lifted_rule(bit)) & _has(blocked, bit)


def _has(status: NDArray[np.uint32], bit: int) -> NDArray[np.bool_]:
    return ((status >> np.uint32(bit)) & np.uint32(1)).astype(np.bool_)
