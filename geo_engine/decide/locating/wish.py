"""What is asked of areas, and what was found."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

__all__ = ["Area", "Leftover", "Located", "Wish", "cells_needed"]

_COUNTABLE = 2.0**62  # cells, so that a count and twice it fit 64 bits


@dataclass(frozen=True, eq=False)
class Wish:
    """What is asked of areas besides their cells, number, spacing and reach.

    Parameters
    ----------
    most_cells : int or None
        An area may have so many cells where it is worth more than with fewer; None: no more than `cells`.
    by : str
        What an area is judged by: the ``mean``, ``sum`` or ``minimum`` of its cells, or the ``share`` of them at `threshold` or above.
    threshold : float
        Of the share, on the scale of the surface.
    compactness : float
        How much the shape counts against that, 0 to 1: the worth is ``(1 - c) e + 100 c s``, with the squareness
        ``s = 16 cells / perimeter^2`` (perimeter in cells), which is 1 for a square and 4 / pi times the Polsby-Popper ratio.
    holes : bool
        Whether an area may have holes.
    farthest : float
        In cells: some cell of an area lies so near to one of another area that was found before, or in `within`.
    within : bool ndarray, shape (rows, columns), or None
        Where the first area may begin already: land within `farthest` of what is there. None: anywhere.
    """

    most_cells: int | None = None
    by: Literal["mean", "sum", "minimum", "share"] = "mean"
    threshold: float = 0.0
    compactness: float = 0.0
    holes: bool = False
    farthest: float = math.inf
    within: NDArray[np.bool_] | None = None


@dataclass(frozen=True, eq=False)
class Area:
    """A contiguous set of cells.

    Parameters
    ----------
    cells : int64 ndarray, shape (n,)
        Flat indices, rising.
    score : float
        Mean of the surface over them.
    worth : float
        What it was chosen by; see `Wish`.
    """

    cells: NDArray[np.int64]
    score: float
    worth: float = math.nan


@dataclass(frozen=True, slots=True)
class Leftover:
    """Free cells that are in no area, where fewer areas were found than asked for, by what kept them out.

    Parameters
    ----------
    free : int
        All free cells, those of areas included.
    too_near : int
        Closed by the spacing around an area that was found.
    too_far : int
        Open, and farther from every area than `Wish.farthest` lets one begin.
    too_small : int
        Open and near enough: what is left is in pieces that hold no area.
    """

    free: int
    too_near: int
    too_far: int
    too_small: int


@dataclass(frozen=True, eq=False)
class Located:
    """What was found.

    Parameters
    ----------
    areas : tuple of Area
        In the order in which they were taken, the best of what was still open each time.
    too_small : tuple of Area
        Pockets of free land that score at least like the last area and are too small, best first.
    leftover : Leftover or None
        Why there are fewer areas than asked for; None where there are as many.
    """

    areas: tuple[Area, ...]
    too_small: tuple[Area, ...]
    leftover: Leftover | None = None


def cells_needed(area: float, cell: float) -> int:
    """Give the whole cells that an area in square metres takes, rounded up; no more than can be counted, which is more than any grid has.

    >>> cells_needed(500_000.0, 250.0), cells_needed(500_000.0, 100.0)
    (8, 50)
    """
    return max(1, math.ceil(round(min(area / (cell * cell), _COUNTABLE), 9)))
