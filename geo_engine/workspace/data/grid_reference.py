"""References of the British National Grid, as people write them, turned into eastings and northings.

The grid of letters is that of the Ordnance Survey: squares of 500 km, then of 100 km, each named by a letter from A to Z without
I, from the north-west row by row (OS, A guide to coordinate systems in Great Britain, section 7).
"""

from __future__ import annotations

import re

__all__ = ["read_reference"]

_LETTERS = "ABCDEFGHJKLMNOPQRSTUVWXYZ"
_REFERENCE = re.compile(r"([HJNOST])([A-HJ-Z])((?:\d\d){0,5})([A-NP-Z]{0,2})?", re.ASCII)
_QUADRANTS = {"SW": (0, 0), "SE": (1, 0), "NW": (0, 1), "NE": (1, 1)}
_TETRADS = "ABCDEFGHIJKLMNPQRSTUVWXYZ"  # squares of 2 km, from the south-west column by column, without O


def read_reference(text: str) -> tuple[float, float] | None:
    """Read a reference and give the middle of the square that it names, or None where it is none.

    Two letters and an even number of digits, with or without blanks; half squares (``NZ27NE``) and squares of two kilometres
    (``NZ27A``) too. The middle is off by half the square's diagonal at most.

    Returns
    -------
    tuple of float or None
        Easting and northing in metres.

    Examples
    --------
    >>> read_reference("TG 51409 13177"), read_reference("nz 27"), read_reference("TG5113NE"), read_reference("SU19 3"), read_reference("")
    ((651409.5, 313177.5), (425000.0, 575000.0), (651750.0, 313750.0), None, None)
    """
    match = _REFERENCE.fullmatch(re.sub(r"\s+", "", text).upper())
    if match is None:
        return None
    first, second = (_LETTERS.index(letter) for letter in match.group(1, 2))
    # The origin lies in square S, two columns and one row off the corner of the grid of 500 km squares.
    east = (first % 5 - 2) * 500_000 + second % 5 * 100_000
    north = (3 - first // 5) * 500_000 + (4 - second // 5) * 100_000
    digits, part = match[3], match[4] or ""
    size = 100_000 / 10 ** (len(digits) // 2)
    if digits:
        east += int(digits[: len(digits) // 2]) * size
        north += int(digits[len(digits) // 2 :]) * size
    if len(part) == 2 and part in _QUADRANTS:  # noqa: PLR2004 - two letters
        size /= 2
        across, up = _QUADRANTS[part]
    elif len(part) == 1 and len(digits) == 2:  # noqa: PLR2004 - squares of ten kilometres have tetrads
        size /= 5
        across, up = divmod(_TETRADS.index(part), 5)
    elif part:
        return None
    else:
        across = up = 0
    return east + (across + 0.5) * size, north + (up + 0.5) * size
