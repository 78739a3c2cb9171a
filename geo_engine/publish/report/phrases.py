"""Words about numbers: plurals, lists, ranges, ranks; rounding as a reader wants it."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

__all__ = [
    "DASH",
    "area_said",
    "count_said",
    "lead_said",
    "listed",
    "number",
    "places_said",
    "quantity_said",
    "ranks_said",
    "share_said",
    "sure_word",
]

DASH = "-"
"""What stands for a number that is not known or does not apply."""

_SMALL = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_SURE, _LIKELY = 0.9, 0.6
_HALF_A_YEAR, _TWO_YEARS = 6.0, 24.0  # months


def number(value: float, digits: int = 1) -> str:
    """Write a number with thousands separators; what is not known is a dash, and a nothing has no sign.

    >>> number(1234.56), number(float("nan")), number(81.1601), number(-0.04)
    ('1,234.6', '-', '81.2', '0.0')
    """
    return DASH if math.isnan(value) else "unreachable" if math.isinf(value) else f"{value:z,.{digits}f}"


def count_said(count: int, one: str, many: str = "") -> str:
    """Write how many there are, small numbers in words.

    >>> count_said(1, "area"), count_said(25, "area"), count_said(0, "site"), count_said(3, "authority", "authorities")
    ('one area', '25 areas', 'no sites', 'three authorities')
    """
    shown = _SMALL[count] if count < len(_SMALL) else f"{count:,}"
    return f"{shown} {one if count == 1 else many or one + 's'}"


def listed(words: Sequence[str], most: int = 0) -> str:
    """Write words as a list in a sentence, and how many are left out beyond `most`.

    >>> listed(["a"]), listed(["a", "b"]), listed(["a", "b", "c"]), listed(["a", "b", "c", "d"], most=2)
    ('a', 'a and b', 'a, b and c', 'a, b and 2 more')
    """
    shown = list(words)
    if most and len(shown) > most:
        shown = [*shown[:most], f"{len(words) - most} more"]
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}" if shown else "none"


def area_said(hectares: float) -> str:
    """Write an area of land: hectares with separators, and square kilometres where these are easier to see.

    >>> area_said(860895.0), area_said(50.0), area_said(0.0)
    ('860,895 ha (8,609 km²)', '50 ha', '0 ha')
    """
    km2 = hectares / 100.0
    return f"{hectares:,.0f} ha ({km2:,.0f} km²)" if km2 >= 100 else f"{hectares:,.0f} ha"  # noqa: PLR2004 - a hundred square kilometres


def share_said(share: float) -> str:
    """Write a share of one as a percentage; what is not nothing is not written as nothing, and what is not all not as all.

    >>> share_said(0.7783), share_said(0.004), share_said(0.00001), share_said(1.0), share_said(0.997), share_said(0.99999)
    ('78 %', '0.4 %', 'less than 0.1 %', '100 %', '99.7 %', 'more than 99.9 %')
    """
    if 0 < share < 0.0005:  # noqa: PLR2004 - would be written 0.0
        return "less than 0.1 %"
    if 0.9995 <= share < 1:  # noqa: PLR2004 - would be written 100.0
        return "more than 99.9 %"
    fine = 0 < share < 0.1 or 0.995 <= share < 1  # noqa: PLR2004 - where a whole per cent tells too little
    return f"{100 * share:.1f} %" if fine else f"{100 * share:.0f} %"


def quantity_said(value: float, unit: str, digits: int = 4) -> str:
    """Write a quantity to so many digits with its unit, never with an exponent.

    >>> quantity_said(170788.5, "vehicles a year"), quantity_said(1.278804, "km"), quantity_said(4.0, "")
    ('170,800 vehicles a year', '1.279 km', '4')
    """
    if not math.isfinite(value):
        return number(value)
    rounded = float(f"{value:.{digits}g}")
    places = max(0, digits - 1 - math.floor(math.log10(abs(rounded)))) if rounded else 0
    said = f"{rounded:,.{places}f}"
    return f"{said.rstrip('0').rstrip('.') if places else said} {unit}".strip()


def ranks_said(low: str, high: str) -> str:
    """Write a rank interval.

    >>> ranks_said("1", "3"), ranks_said("2", "2"), ranks_said("", "")
    ('1 to 3', '2', 'not drawn')
    """
    return "not drawn" if not low else low if low == high else f"{low} to {high}"


def sure_word(share: float) -> str:
    """Hedge a share of draws in words.

    >>> sure_word(0.95), sure_word(0.7), sure_word(0.3)
    ('almost always', 'in most draws', 'in a minority of the draws')
    """
    return "almost always" if share >= _SURE else "in most draws" if share >= _LIKELY else "in a minority of the draws"


def lead_said(low: float, high: float) -> str:
    """Write a lead time given in months: in weeks below half a year, in years from two on.

    >>> lead_said(2.99, 3.68), lead_said(9.0, 9.0), lead_said(144.0, 168.0), lead_said(float("nan"), float("nan"))
    ('13 to 16 weeks', '9 months', '12 to 14 years', 'no figure found')
    """
    if math.isnan(low):
        return "no figure found"
    unit, months = ("weeks", 12.0 / 52.18) if high < _HALF_A_YEAR else ("years", 12.0) if low >= _TWO_YEARS else ("months", 1.0)
    ends = [float(f"{end / months:.2g}") for end in (low, high)]
    return f"{ends[0]:g} {unit}" if ends[0] == ends[1] else f"{ends[0]:g} to {ends[1]:g} {unit}"


def places_said(text: str) -> str:
    """Say what a count was made of, for readers who know no tables: rows of a layer are places on a map.

    >>> places_said("42 rows within 45 min, the largest Leeds"), places_said("1 of 3 rows within 2 km are blank")
    ('42 places within 45 min, the largest Leeds', '1 of 3 places within 2 km are blank')
    """
    return re.sub(r"\b(\d+) rows\b", r"\1 places", text)
