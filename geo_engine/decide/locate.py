"""Locate contiguous areas of the size that a facility needs: best first, on free land, apart from each other."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo_engine.kernels.areas import close_around, grow_area, grow_seeds, regrow

__all__ = ["Area", "Located", "cells_needed", "close_around", "locate_areas"]

_SEEDS_A_SIDE = 8
_FIRST_HELPING = 200_000  # cells
_POCKETS_LOOKED_AT = 2_000  # seeds: a register to read, not a census


@dataclass(frozen=True, eq=False)
class Area:
    """A contiguous set of cells.

    Parameters
    ----------
    cells : int64 ndarray, shape (n,)
        Flat indices, rising.
    score : float
        Mean of the surface over them.
    """

    cells: NDArray[np.int64]
    score: float


@dataclass(frozen=True, eq=False)
class Located:
    """What was found.

    Parameters
    ----------
    areas : tuple of Area
        Best first.
    too_small : tuple of Area
        Pockets of free land that score at least like the last area and are too small, best first.
    """

    areas: tuple[Area, ...]
    too_small: tuple[Area, ...]


def cells_needed(area: float, cell: float) -> int:
    """Give the whole cells that an area in square metres takes, rounded up.

    >>> cells_needed(500_000.0, 250.0), cells_needed(500_000.0, 100.0)
    (8, 50)
    """
    return max(1, math.ceil(round(area / (cell * cell), 9)))


def locate_areas(
    score: NDArray[np.float32],
    free: NDArray[np.bool_],
    *,
    cells: int,
    count: int,
    spacing: float,
    reach: float = 1.5,
) -> Located:
    """Locate areas of `cells` cells, best first.

    From a seed an area grows by the best neighbouring free cell, within reach of the seed. Each time the best area of all seeds
    on open land is taken, and its surroundings are closed to the others. Not every seed need be grown: cells are visited
    by falling score, and the seeds within reach of a cell are grown, until the best mean is not under the next cell's score.
    Ties go to the lower row, then the lower column, so the answer does not depend on how the surface was computed.

    Parameters
    ----------
    score : float32 ndarray, shape (rows, columns)
        NaN where there is none; such cells must not be free.
    free : bool ndarray, shape (rows, columns)
        Cells that may be part of an area.
    cells : int
        Cells of an area.
    count : int
        Areas wanted.
    spacing : float
        In cells: centres of cells of two areas are at least this far apart.
    reach : float
        Cells of an area lie within `reach` times the radius of the circle of its size around its seed, or within the
        radius about a cell that just holds so many cells, if that is more: it is the shape's freedom.

    Returns
    -------
    Located
        Fewer areas than wanted where free land runs out. Growth is greedy: a cleverer shape may have a better mean.

    Notes
    -----
    Areas of fewer than 64 cells may begin at any cell. Larger ones begin at seeds that keep an eighth of the area's side apart:
    neighbours grow all but the same area.
    """
    if cells > int(np.count_nonzero(free)):
        return Located((), ())
    search = _Search(score, free, cells, min(_reach2(cells, reach), float(sum(side * side for side in score.shape))))
    found: list[Area] = []
    while len(found) < count:
        search.grow()
        area = search.best() or search.last_resort()
        if area is None:
            break
        found.append(area)
        search.close(area, spacing)
    return Located(tuple(found), search.pockets())


def _reach2(cells: int, reach: float) -> float:
    """Give the square of the reach in cells, at least what open land needs to hold an area at all."""
    side = math.ceil(math.sqrt(cells / math.pi)) + 2
    down, right = np.mgrid[-side : side + 1, -side : side + 1]
    smallest = float(np.sort((down**2 + right**2).ravel())[cells - 1])
    with np.errstate(over="ignore"):
        return max(float(np.float64(reach) ** 2) * cells / math.pi, smallest)


class _Search:
    """The areas that have been grown so far, on the land that is still open."""

    def __init__(self, score: NDArray[np.float32], free: NDArray[np.bool_], cells: int, reach2: float) -> None:
        self.score, self.free, self.reach2 = score, free, reach2
        self.open, self.seen = free.copy(), np.zeros(free.shape, np.bool_)
        side = 2 * math.floor(math.sqrt(reach2)) + 3
        self.mark, self.heap, self.area = np.zeros((side, side), np.int64), np.empty(4 * cells + 4, np.int64), np.empty(cells, np.int64)
        self.apart = math.isqrt(cells) // _SEEDS_A_SIDE
        self.seeds, self.means = np.empty(0, np.int64), np.empty(0)
        self.small = np.empty(_POCKETS_LOOKED_AT, np.int64)
        self.count = self.small_count = 0
        self.helpings = _by_falling_score(score, free)
        self.order, self.position = np.empty(0, np.int64), 0

    def grow(self) -> None:
        """Grow seeds until no seed left can be better than the best area."""
        best = float(self.means[: self.count].max(initial=-np.inf))
        while True:
            if self.position == len(self.order):
                helping = next(self.helpings, None)
                if helping is None:
                    return
                self.order, self.position = helping, 0
            if self.count + self.mark.size > len(self.seeds):
                self._enlarge()
            self.position, best, self.count, self.small_count = grow_seeds(
                self.score,
                self.free,
                self.open,
                self.seen,
                self.order,
                self.position,
                best,
                self.reach2,
                self.apart,
                self.mark,
                self.heap,
                self.area,
                self.seeds,
                self.means,
                self.count,
                self.small,
                self.small_count,
            )
            out_of_room = self.count + self.mark.size > len(self.seeds)
            if self.position < len(self.order) and not out_of_room:
                return

    def _enlarge(self) -> None:
        more = len(self.seeds) + 4 * self.mark.size
        self.seeds = np.concatenate([self.seeds[: self.count], np.empty(more, np.int64)])
        self.means = np.concatenate([self.means[: self.count], np.empty(more)])

    def best(self) -> Area | None:
        """Give the best area, the one with the lowest seed of equals."""
        if not self.count:
            return None
        means = self.means[: self.count]
        equal = np.flatnonzero(means == means.max())
        chosen = int(equal[self.seeds[equal].argmin()])
        grow_area(self.score, self.open, int(self.seeds[chosen]), self.reach2, self.mark, self.heap, self.area)
        return Area(np.sort(self.area), float(means[chosen]))

    def last_resort(self) -> Area | None:
        """Try every cell that is still open: seeds that were kept apart may have been closed since."""
        if not self.apart:
            return None
        self.apart, self.seen = 0, np.zeros(self.open.shape, np.bool_)
        self.helpings = _by_falling_score(self.score, self.open)
        self.order, self.position = np.empty(0, np.int64), 0
        self.grow()
        return self.best()

    def close(self, area: Area, spacing: float) -> None:
        """Close the land about an area that is taken."""
        close_around(self.open, area.cells, spacing)
        self.count = regrow(
            self.score,
            self.open,
            area.cells,
            spacing,
            self.reach2,
            self.mark,
            self.heap,
            self.area,
            self.seeds,
            self.means,
            self.count,
        )

    def pockets(self) -> tuple[Area, ...]:
        """Give the pockets of free land that are too small, best first, one of those that lie together."""
        grown: list[Area] = []
        for seed in self.small[: self.small_count].tolist():
            size, total = grow_area(self.score, self.free, seed, self.reach2, self.mark, self.heap, self.area)
            grown.append(Area(np.sort(self.area[:size]), total / size))
        kept: list[Area] = []
        taken: set[int] = set()
        for pocket in sorted(grown, key=lambda a: (-a.score, int(a.cells[0]))):
            members = pocket.cells.tolist()
            if taken.isdisjoint(members):
                kept.append(pocket)
            taken.update(members)
        return tuple(kept)


def _by_falling_score(score: NDArray[np.float32], free: NDArray[np.bool_]) -> Iterator[NDArray[np.int64]]:
    """Yield free cells by falling score, then by flat index, in growing helpings: few are asked for, so few are sorted."""
    left = np.flatnonzero(free)
    values = score.reshape(-1)[left]
    wanted = _FIRST_HELPING
    while len(left):
        if len(left) > wanted:
            floor = np.partition(values, len(left) - wanted)[len(left) - wanted]
            now = values >= floor
        else:
            now = np.ones(len(left), np.bool_)
        order = np.lexsort((left[now], -values[now]))
        yield left[now][order]
        left, values = left[~now], values[~now]
        wanted *= 10
