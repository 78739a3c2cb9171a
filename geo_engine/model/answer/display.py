"""What the live map computes from: quantities of every criterion at cells as fine as a page can hold."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo_engine.model.grid import Grid

__all__ = ["Display"]


@dataclass(frozen=True, eq=False)
class Display:
    """Quantities at the centres of the cells of a grid that a page can hold: the study's, or a coarser one.

    A run of the study with this grid's cell would measure the same.

    Parameters
    ----------
    grid : Grid
        In study coordinates; its cell is a whole multiple of the study's.
    inside : bool ndarray, shape (rows, columns)
        Cells whose centre lies in the region; there are n of them.
    quantities : float32 ndarray, shape (criteria, n)
        In SI, row by row; NaN unknown, infinite unreachable.
    utilities : float32 ndarray, shape (criteria, n)
        0 to 1; NaN where the quantity is unknown and the criterion refuses the unknown.
    status : uint32 ndarray, shape (n,)
        See `Surface`.
    sites : tuple of float64 ndarray, shape (criteria, cells)
        Utilities of the cells of each ranked site, in their order.
    """

    grid: Grid
    inside: NDArray[np.bool_]
    quantities: NDArray[np.float32]
    utilities: NDArray[np.float32]
    status: NDArray[np.uint32]
    sites: tuple[NDArray[np.float64], ...] = ()
