"""Locate contiguous areas of the size that a facility needs: best first, on free land, apart from each other."""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo_engine.kernels.areas import grow_area, stamp_taken

__all__ = ["Area", "Located", "cells_needed", "locate_areas"]

_FIRST_SEEDS = 200_000


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


def locate_areas(  # noqa: C901 - one loop with its two steps beside it
    score: NDArray[np.float32], free: NDArray[np.bool_], *, cells: int, count: int, spacing: float, reach: float = 1.5
) -> Located:
    """Locate areas of `cells` cells, best first.

    Every free cell is a seed, in falling order of score. From a seed the area grows by the best neighbouring free cell. The grown
    area with the best mean is taken as soon as no seed left scores more than that mean; its surroundings are then closed
    to the others. Ties go to the lower row, then the lower column, so the answer does not depend on how the surface was
    computed.

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
        Cells of an area lie within `reach` times the radius of the circle of its size around its seed: it is the
        shape's freedom.

    Returns
    -------
    Located
        Fewer areas than wanted where free land runs out.
    """
    open_land = free.copy()
    flat_score, flat_open = score.reshape(-1), open_land.reshape(-1)
    mark = np.zeros(score.shape, np.int32)
    heap_scratch, area_scratch = np.empty(4 * cells + 4, np.int64), np.empty(cells, np.int64)
    reach2 = max(reach * math.sqrt(cells / math.pi), 1.0) ** 2
    grown: list[tuple[float, int, NDArray[np.int64]]] = []
    found: list[Area] = []
    small: list[Area] = []
    stamp = 0

    def grow(seed: int) -> None:
        nonlocal stamp
        stamp += 1
        size, total = grow_area(score, open_land, seed, cells, reach2, mark, stamp, heap_scratch, area_scratch)
        if size == cells:
            heapq.heappush(grown, (-total / cells, seed, np.sort(area_scratch)))
            return
        stamp += 1  # too small: for want of free land, or only because other areas have closed the land around?
        size, total = grow_area(score, free, seed, cells, reach2, mark, stamp, heap_scratch, area_scratch)
        if size < cells:
            small.append(Area(np.sort(area_scratch[:size]), total / size))

    def take() -> None:
        negative, seed, area = heapq.heappop(grown)
        if flat_open[area].all():
            found.append(Area(area, -negative))
            stamp_taken(open_land, area, spacing)
        elif flat_open[seed]:  # part of it has been closed since: grow again on what is left
            grow(seed)

    for seed in _seeds(score, free):
        while grown and len(found) < count and -grown[0][0] >= flat_score[seed]:
            take()
        if len(found) >= count:
            break
        if flat_open[seed]:
            grow(seed)
    while grown and len(found) < count:
        take()
    return Located(tuple(found), _distinct(small, score.shape[1], cells))


def _seeds(score: NDArray[np.float32], free: NDArray[np.bool_]) -> Iterator[int]:
    """Yield free cells by falling score, then by flat index; sorted in growing helpings, since few are asked for."""
    cells = np.flatnonzero(free)
    values = score.reshape(-1)[cells]
    taken, wanted = np.zeros(len(cells), np.bool_), _FIRST_SEEDS
    while not taken.all():
        left = np.flatnonzero(~taken)
        if len(left) > wanted:
            floor = np.partition(values[left], len(left) - wanted)[len(left) - wanted]
            left = left[values[left] >= floor]
        order = np.lexsort((cells[left], -values[left]))
        yield from cells[left[order]].tolist()
        taken[left] = True
        wanted *= 10


def _distinct(small: list[Area], cols: int, cells: int) -> tuple[Area, ...]:
    """Keep one of the pockets that overlap or touch: the best by score, then the first."""
    kept: list[Area] = []
    apart = 2.0 * math.sqrt(cells)
    places: list[tuple[float, float]] = []
    for area in sorted(small, key=lambda a: (-a.score, int(a.cells[0]))):
        r, c = float(area.cells[0] // cols), float(area.cells[0] % cols)
        if all(math.hypot(r - pr, c - pc) > apart for pr, pc in places):
            kept.append(area)
            places.append((r, c))
    return tuple(kept)
