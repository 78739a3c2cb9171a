"""Write British National Grid references, letters and figures, from eastings and northings."""

from __future__ import annotations

import math

__all__ = ["grid_reference"]

_LETTERS = "ABCDEFGHJKLMNOPQRSTUVWXYZ"  # the 5 by 5 square of letters from the north-west; there is no I
_BRITISH_NATIONAL_GRID = "EPSG:27700"
_EAST_EDGE, _NORTH_EDGE = 700_000, 1_300_000
_DIGITS = (2, 4, 6, 8, 10)


def grid_reference(easting: float, northing: float, crs: str, digits: int = 6) -> str:
    """Give the British National Grid reference of a place, cut off and not rounded, as maps do.

    Parameters
    ----------
    easting, northing : float
        Study coordinates in metres.
    crs : str
        Anything but ``"EPSG:27700"`` has no such reference.
    digits : int
        Figures in all, even, 2 to 10: six are 100 m, eight are 10 m.

    Returns
    -------
    str
        Such as ``"TG 514 131"``; empty for another CRS and off the grid.

    Raises
    ------
    ValueError
        If `digits` is odd or not from 2 to 10.

    Notes
    -----
    Two letters name a square of 500 km and one of 100 km in it; the first letter's grid starts
    1,000 km west and 500 km south of the false origin (Ordnance Survey, A guide to coordinate systems in Great Britain, 7).

    Examples
    --------
    >>> grid_reference(651409.0, 313177.0, "EPSG:27700"), grid_reference(651409.0, 313177.0, "EPSG:27700", digits=10)
    ('TG 514 131', 'TG 51409 13177')
    >>> grid_reference(651409.0, 313177.0, "EPSG:3035")
    ''
    """
    if digits not in _DIGITS:
        msg = f"digits must be 2, 4, 6, 8 or 10, not {digits}"
        raise ValueError(msg)
    if crs.upper() != _BRITISH_NATIONAL_GRID or not (math.isfinite(easting) and math.isfinite(northing)):
        return ""
    east, north = math.floor(easting), math.floor(northing)
    if not (0 <= east < _EAST_EDGE and 0 <= north < _NORTH_EDGE):
        return ""
    wide = _letter((east + 1_000_000) // 500_000, (north + 500_000) // 500_000)
    near = _letter(east % 500_000 // 100_000, north % 500_000 // 100_000)
    half = digits // 2
    figures = [f"{part % 100_000:05d}"[:half] for part in (east, north)]
    return f"{wide}{near} {figures[0]} {figures[1]}"


def _letter(column: int, row_from_south: int) -> str:
    return _LETTERS[(4 - row_from_south) * 5 + column]
