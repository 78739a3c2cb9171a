"""Quantities with units as text ("15 km", "45 min", "60 ha", "8 %") to SI and back.

Inside the engine everything is SI: metres, seconds, square metres, shares of one. Units stand in study
files, in tables and on maps only.
"""

from __future__ import annotations

import math
import re

__all__ = ["DIMENSIONS", "dimension_of", "display_unit", "format_quantity", "parse_quantity", "to_display"]

# dimension -> unit -> how many SI units it is; the first one is the SI unit itself.
DIMENSIONS: dict[str, dict[str, float]] = {
    "length": {"m": 1.0, "km": 1e3, "mi": 1609.344, "miles": 1609.344, "ft": 0.3048},
    "time": {"s": 1.0, "min": 60.0, "h": 3600.0, "hours": 3600.0, "d": 86400.0},
    "area": {"m2": 1.0, "ha": 1e4, "km2": 1e6, "acres": 4046.8564224},
    "speed": {"m/s": 1.0, "km/h": 1 / 3.6, "mph": 0.44704},
    "share": {"": 1.0, "%": 0.01},
    "density": {"per m2": 1.0, "per km2": 1e-6, "per ha": 1e-4},
    "energy": {"kWh": 1.0, "MWh": 1e3, "GWh": 1e6},
    "number": {"": 1.0},
    "storage": {"B": 1.0, "MB": 1e6, "GB": 1e9, "TB": 1e12},
    # What a measure of the land is said in, as it is: with the sign, or as a bare number.
    "percent": {"%": 1.0, "": 1.0},
    "angle": {"degrees": 1.0, "": 1.0},
}
# What a reader is shown: SI unit -> (unit, divisor).
_SHORT = 1000.0  # metres: shorter lengths are shown in metres
_SHOWN = {"m": ("km", 1e3), "s": ("min", 60.0), "m2": ("ha", 1e4), "m/s": ("km/h", 1 / 3.6), "share": ("%", 0.01)}
_DIMENSION = {"m": "length", "s": "time", "m2": "area", "share": "share", "%": "percent", "degrees": "angle"}
# A comma stands only before groups of three digits: "1,5 km" is refused, since half of Europe means one and a half by it.
_QUANTITY = re.compile(r"^\s*([-+]?(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d*)?(?:[eE][-+]?\d+)?)(?![\d,.])\s*(.*?)\s*$")


def parse_quantity(text: str | float, dimension: str) -> float:
    """Read a quantity of a dimension and return it in SI.

    Parameters
    ----------
    text : str or float
        Such as ``"15 km"``; a bare number is taken only where the dimension has a unit-less form.
    dimension : str
        A key of `DIMENSIONS`.

    Returns
    -------
    float
        The value in the SI unit of the dimension (energy: kWh).

    Raises
    ------
    ValueError
        If there is no number, the unit is missing or unknown, or the value is not finite. The message names
        the units that are allowed.

    Examples
    --------
    >>> parse_quantity("15 km", "length"), parse_quantity("45 min", "time"), parse_quantity("8 %", "share")
    (15000.0, 2700.0, 0.08)
    >>> parse_quantity("15", "length")
    Traceback (most recent call last):
        ...
    ValueError: '15' has no unit; write it as '15 m', '15 km', '15 mi', '15 miles' or '15 ft'
    """
    units = DIMENSIONS[dimension]
    if isinstance(text, bool) or not isinstance(text, str | int | float):
        msg = f"{text!r} is not a quantity of {dimension}"
        raise ValueError(msg)
    match = _QUANTITY.match(text) if isinstance(text, str) else None
    if isinstance(text, str) and (match is None or not any(character.isdigit() for character in match[1])):
        hint = "; write decimals with a point: 1.5" if "," in text else ""
        msg = f"'{text}' is not a number with a unit; allowed units of {dimension}: {_listed(units)}{hint}"
        raise ValueError(msg)
    number, unit = (float(match[1].replace(",", "")), match[2]) if match else (float(text), "")
    if unit not in units:
        if unit:
            msg = f"'{text}': unknown unit '{unit}' of {dimension}; allowed: {_listed(units)}"
        else:
            shown = f"{number:g}"
            forms = [f"'{shown} {name}'" for name in units]
            msg = f"'{shown}' has no unit; write it as {', '.join(forms[:-1])} or {forms[-1]}"
        raise ValueError(msg)
    value = number * units[unit]
    if not math.isfinite(value):
        msg = f"'{text}' is not a finite number"
        raise ValueError(msg)
    return value


def _listed(units: dict[str, float]) -> str:
    return ", ".join(name or "(none)" for name in units)


def dimension_of(si_unit: str) -> str:
    """Give the dimension in which quantities of a unit are written; those of any other word are bare numbers.

    >>> dimension_of("m"), dimension_of("degrees"), dimension_of("people")
    ('length', 'angle', 'number')
    """
    return _DIMENSION.get(si_unit, "number")


def display_unit(si_unit: str) -> str:
    """Give the unit that readers see for an SI unit; any other word stays as it is.

    >>> display_unit("m"), display_unit("s"), display_unit("people")
    ('km', 'min', 'people')
    """
    return _SHOWN.get(si_unit, (si_unit, 1.0))[0]


def to_display(value: float, si_unit: str) -> float:
    """Convert a value in an SI unit to the unit of `display_unit`.

    >>> to_display(15000.0, "m"), to_display(2700.0, "s"), to_display(7.0, "people")
    (15.0, 45.0, 7.0)
    """
    return value / _SHOWN.get(si_unit, (si_unit, 1.0))[1]


def format_quantity(value: float, si_unit: str, *, digits: int = 3) -> str:
    """Write a value as a reader wants it: rounded, with thousands separators and unit.

    NaN is written ``unknown`` and infinity ``unreachable``; lengths under a kilometre are written in metres.

    Examples
    --------
    >>> format_quantity(15234.0, "m"), format_quantity(2730.0, "s"), format_quantity(1234567.0, "people")
    ('15.2 km', '45.5 min', '1,230,000 people')
    >>> format_quantity(float("nan"), "m"), format_quantity(float("inf"), "s"), format_quantity(0.0, "m")
    ('unknown', 'unreachable', '0 m')
    """
    if math.isnan(value):
        return "unknown"
    if math.isinf(value):
        return "unreachable"
    if si_unit == "m" and abs(float(f"{value:.{digits}g}")) < _SHORT:
        shown, unit = value, "m"
    else:
        shown, unit = to_display(value, si_unit), display_unit(si_unit)
    if shown != 0:
        places = digits - 1 - math.floor(math.log10(abs(shown)))
        shown = round(shown, places)
        text = f"{shown:,.{max(places, 0)}f}"
        if "." in text:
            text = text.rstrip("0").rstrip(".")
    else:
        text = "0"
    return f"{text} {unit}".rstrip()
