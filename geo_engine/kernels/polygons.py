"""Exact point in polygon by winding number, for every cell centre of a tile and at given places.

Rings are given as segments with shells one way round and holes the other; the winding numbers of overlapping
polygons add up, so a place is inside their union where the sum is not zero. A place exactly on an edge counts for
the polygon to the right of it, once: neighbours that share an edge neither overlap there nor leave a gap.
"""

from __future__ import annotations

import numba as nb
import numpy as np
from numpy.typing import NDArray

__all__ = ["inside_at", "inside_on_tile"]


@nb.njit(nogil=True, cache=True)
def _crossing(north: float, ae: float, an: float, be: float, bn: float) -> float:
    """Easting at which the segment meets the parallel; the same for a-b and b-a, to the bit."""
    if an > bn:
        ae, an, be, bn = be, bn, ae, an
    return ae + (north - an) * ((be - ae) / (bn - an))


@nb.njit(nogil=True, cache=True)
def inside_on_tile(
    eastings: NDArray[np.float64],
    northings: NDArray[np.float64],
    segments: NDArray[np.float64],
    out: NDArray[np.bool_],
) -> None:
    """Tell for each cell centre whether it is inside the union of the polygons.

    Parameters
    ----------
    eastings, northings : float64 ndarray, shapes (columns,) and (rows,)
        Evenly spaced cell centres in metres, rising and falling.
    segments : float64 ndarray, shape (4, n)
        Ring segments: easting and northing of start and end.
    out : bool ndarray, shape (rows, columns)
        Filled in place.
    """
    rows, cols = northings.size, eastings.size
    winding = np.zeros((rows, cols + 1), np.int32)
    step_n = northings[0] - northings[1] if rows > 1 else 1.0
    step_e = eastings[1] - eastings[0] if cols > 1 else 1.0
    for i in range(segments.shape[1]):
        ae, an, be, bn = segments[0, i], segments[1, i], segments[2, i], segments[3, i]
        low, high = min(an, bn), max(an, bn)
        if low == high or high < northings[rows - 1] or low > northings[0] or min(ae, be) > eastings[cols - 1]:
            continue
        turn = 1 if bn > an else -1
        # Rows with low <= north < high, guessed from the spacing and then made certain.
        r = max(int((northings[0] - high) / step_n) - 1, 0)
        while r < rows and northings[r] >= high:
            r += 1
        while r < rows and northings[r] >= low:
            meets = _crossing(northings[r], ae, an, be, bn)
            c = min(max(int((meets - eastings[0]) / step_e), 0), cols)
            while c > 0 and eastings[c - 1] >= meets:
                c -= 1
            while c < cols and eastings[c] < meets:
                c += 1
            winding[r, c] += turn
            r += 1
    for r in range(rows):
        total = 0
        for c in range(cols):
            total += winding[r, c]
            out[r, c] = total != 0


@nb.njit(nogil=True, cache=True)
def inside_at(
    eastings: NDArray[np.float64],
    northings: NDArray[np.float64],
    segments: NDArray[np.float64],
    out: NDArray[np.bool_],
) -> None:
    """Tell for each given place whether it is inside the union of the polygons.

    Parameters
    ----------
    eastings, northings : float64 ndarray, shape (m,)
        Places in metres.
    segments : float64 ndarray, shape (4, n)
        As for `inside_on_tile`.
    out : bool ndarray, shape (m,)
        Filled in place.
    """
    for j in range(eastings.size):
        total = 0
        for i in range(segments.shape[1]):
            an, bn = segments[1, i], segments[3, i]
            level = min(an, bn) <= northings[j] < max(an, bn)
            if level and _crossing(northings[j], segments[0, i], an, segments[2, i], bn) <= eastings[j]:
                total += 1 if bn > an else -1
        out[j] = total != 0
