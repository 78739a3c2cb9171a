"""Sums over points within a radius, and discs of a radius by point, for tiles and at given places.

Each cell adds the points in their order, so the sum does not depend on the tile.
"""

from __future__ import annotations

import numba as nb
import numpy as np
from numpy.typing import NDArray

__all__ = ["sum_in_discs_at", "sum_in_discs_on_tile"]


@nb.njit(nogil=True, cache=True)
def sum_in_discs_on_tile(
    eastings: NDArray[np.float64],
    northings: NDArray[np.float64],
    points_e: NDArray[np.float64],
    points_n: NDArray[np.float64],
    radius: NDArray[np.float64],
    size: NDArray[np.float64],
    out: NDArray[np.float64],
) -> None:
    """Write for each cell centre the sum of the sizes of the points whose disc holds it (edge included).

    Parameters
    ----------
    eastings, northings : float64 ndarray, shapes (columns,) and (rows,)
        Evenly spaced cell centres in metres, rising and falling.
    points_e, points_n, radius, size : float64 ndarray, shape (n,)
        Centres and radii in metres, and what each point adds.
    out : float64 ndarray, shape (rows, columns)
        Filled in place, in the unit of the size.
    """
    rows, cols = northings.size, eastings.size
    step_n = northings[0] - northings[1] if rows > 1 else 1.0
    step_e = eastings[1] - eastings[0] if cols > 1 else 1.0
    out[:, :] = 0.0
    for i in range(points_e.size):
        e, n, reach = points_e[i], points_n[i], radius[i]
        reach2 = reach * reach
        near = min(reach, 1e9)  # metres: all there is, and a number of cells that an integer holds
        wide = reach + 1.0  # a metre against the rounding of these sums: the edge is decided below, as at a point
        if n + wide < northings[rows - 1] or n - wide > northings[0] or e + wide < eastings[0] or e - wide > eastings[cols - 1]:
            continue
        r0 = max(int((northings[0] - n - near) / step_n) - 1, 0)
        r1 = min(int((northings[0] - n + near) / step_n) + 2, rows)
        c0 = max(int((e - near - eastings[0]) / step_e) - 1, 0)
        c1 = min(int((e + near - eastings[0]) / step_e) + 2, cols)
        for r in range(r0, r1):
            dn2 = (n - northings[r]) ** 2
            for c in range(c0, c1):
                if (e - eastings[c]) ** 2 + dn2 <= reach2:
                    out[r, c] += size[i]


@nb.njit(nogil=True, cache=True)
def sum_in_discs_at(
    eastings: NDArray[np.float64],
    northings: NDArray[np.float64],
    points_e: NDArray[np.float64],
    points_n: NDArray[np.float64],
    radius: NDArray[np.float64],
    size: NDArray[np.float64],
    out: NDArray[np.float64],
) -> None:
    """Write for each given place the sum of the sizes of the points whose disc holds it (edge included).

    Parameters are those of `sum_in_discs_on_tile`, with places of shape (m,) and `out` of shape (m,).
    """
    for j in range(eastings.size):
        out[j] = 0.0
        for i in range(points_e.size):
            if (points_e[i] - eastings[j]) ** 2 + (points_n[i] - northings[j]) ** 2 <= radius[i] * radius[i]:
                out[j] += size[i]
