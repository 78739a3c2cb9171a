"""What an area is worth: its evaluation and its shape."""

from __future__ import annotations

import numba as nb

__all__ = ["LEAST_GAIN", "MEAN", "MINIMUM", "SUM", "sides", "worth_of"]

MEAN, SUM, MINIMUM = 0, 1, 2
"""What an area is judged by."""
LEAST_GAIN = 1e-9
"""What an area must be worth more by: less is rounding, and swaps must end."""


@nb.njit(nogil=True, cache=True)
def worth_of(count: int, total: float, least: float, perimeter: int, most: int, by: int, compactness: float) -> float:
    """Judge an area: ``(1 - c) e + 100 c s``, with the evaluation e and the squareness ``s = 16 count / perimeter^2``.

    Parameters
    ----------
    count : int
        Cells.
    total, least : float
        Sum and minimum of the values.
    perimeter : int
        Sides of cells along the outline; of holes too.
    most : int
        Cells that an area may have: the sum is told as a share of it, so that it is on the scale of the values.
    by : int
        `MEAN`, `SUM` or `MINIMUM`.
    compactness : float
        c, 0 to 1.

    Returns
    -------
    float
        On the scale of the values, 0 to 100.
    """
    judged = total / count if by == MEAN else total / most if by == SUM else least
    if compactness == 0.0:
        return judged
    return (1.0 - compactness) * judged + 1600.0 * compactness * count / (perimeter * perimeter)


@nb.njit(nogil=True, cache=True, inline="always")
def sides(code: int) -> int:
    """Count the sides that a cell shares with the area, by its ring code."""
    return (code & 1) + (code >> 2 & 1) + (code >> 4 & 1) + (code >> 6 & 1)
