"""What the tags of a way in OpenStreetMap say to somebody who travels it: class, direction, speed, access, duration.

Source of the meanings: the OpenStreetMap wiki, pages Key:highway, Key:oneway, Key:maxspeed, Key:access, Key:duration.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import NamedTuple

__all__ = ["Tags", "direction", "duration", "read_tags", "speed"]

_ROADS = frozenset(
    {"motorway", "motorway_link", "trunk", "trunk_link", "primary", "primary_link", "secondary", "secondary_link"}
    | {"tertiary", "tertiary_link", "unclassified", "residential", "living_street", "service", "track", "road"}
)
_RAILWAYS = frozenset({"rail", "light_rail", "narrow_gauge", "preserved", "subway", "tram", "monorail", "funicular"})
_DIRECTIONS = {"yes": 1, "true": 1, "1": 1, "-1": -1, "reverse": -1, "no": 0, "false": 0, "0": 0, "reversible": 0, "alternating": 0}
_KMH = {"": 1.0, "km/h": 1.0, "kmh": 1.0, "kph": 1.0, "mph": 1.609344, "knots": 1.852}  # an international mile and a nautical mile in km
_WALK = 5.0  # km/h; 'walk' is walking pace, for which OpenStreetMap gives no figure
_SPEED = re.compile(r"(\d+(?:\.\d+)?) ?(km/h|kmh|kph|mph|knots|)", re.ASCII)
_CLOCK = re.compile(r"(\d+):([0-5]\d)(?::([0-5]\d))?", re.ASCII)
_PERIOD = re.compile(
    r"P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+(?:\.\d+)?)H)?(?:(\d+(?:\.\d+)?)M)?(?:(\d+(?:\.\d+)?)S)?)?", re.ASCII | re.IGNORECASE
)


class Tags(NamedTuple):
    """A way as a traveller sees it.

    Parameters
    ----------
    mode : {'road', 'rail', 'ferry'}
        What it is for.
    road_class : str
        Value of ``highway`` or ``railway``, or ``ferry``.
    name, ref : str or None
        As tagged.
    oneway : int
        1 along the drawing, -1 against it, 0 both ways.
    maxspeed : float
        Kilometres an hour; infinite for ``none``, NaN where nothing or no speed is said.
    maxspeed_text : str or None
        As tagged.
    access, hgv : str or None
        What motor vehicles and lorries may, by the most specific tag; ``yes`` for a road and None for a railway or a
        ferry that says nothing.
    duration : float
        Seconds for the whole of a ferry; NaN where nothing is said.
    reversible : bool
        Whether the direction changes with the time of day.
    """

    mode: str
    road_class: str
    name: str | None
    ref: str | None
    oneway: int
    maxspeed: float
    maxspeed_text: str | None
    access: str | None
    hgv: str | None
    duration: float
    reversible: bool


def speed(text: str) -> float:
    """Read a value of ``maxspeed`` in kilometres an hour.

    Infinite for ``none``; NaN for what states no single figure: ``GB:nsl_single``, ``signals``, ``50;80``, ``0``.

    >>> speed("50"), round(speed("30 mph"), 2), speed("5 knots"), speed("none"), speed("GB:nsl_single")
    (50.0, 48.28, 9.26, inf, nan)
    """
    word = text.strip().lower()
    if word in {"none", "walk"}:
        return math.inf if word == "none" else _WALK
    match = _SPEED.fullmatch(word)
    value = float(match[1]) * _KMH[match[2]] if match else 0.0
    return value if value > 0 else math.nan


def duration(text: str) -> float:
    """Read a value of ``duration`` in seconds: hours and minutes, plain minutes, or ISO 8601; NaN for anything else.

    >>> duration("1:30"), duration("45"), duration("PT1H30M"), duration("P1DT2H"), duration("an hour")
    (5400.0, 2700.0, 5400.0, 93600.0, nan)
    """
    word = text.strip()
    if match := _CLOCK.fullmatch(word):
        seconds = int(match[1]) * 3600.0 + int(match[2]) * 60.0 + int(match[3] or 0)
    elif word.isascii() and word.isdigit():
        seconds = int(word) * 60.0
    elif match := _PERIOD.fullmatch(word):
        seconds = sum(float(part or 0) * each for part, each in zip(match.groups(), (604800, 86400, 3600, 60, 1), strict=True))
    else:
        seconds = 0.0
    return seconds if seconds > 0 else math.nan


def direction(tags: Mapping[str, str]) -> int:
    """Say which way a way is travelled: 1 along the drawing, -1 against it, 0 both.

    Motorways and roundabouts are one-way unless they say otherwise; a reversible way counts as both.

    >>> direction({"highway": "motorway"}), direction({"oneway": "-1"}), direction({"junction": "roundabout"}), direction({})
    (1, -1, 1, 0)
    """
    implied = int(tags.get("highway") == "motorway" or tags.get("junction") in {"roundabout", "circular"})
    said = next((tags[key] for key in ("oneway:motor_vehicle", "oneway:vehicle", "oneway") if key in tags), "")
    return _DIRECTIONS.get(said.strip().lower(), implied)


def _kind(tags: Mapping[str, str]) -> tuple[str, str] | None:
    """Give mode and class, or None for a way that nobody drives, rides or sails; a road that encloses an area is none."""
    if tags.get("area") == "yes":
        return None
    if tags.get("route") == "ferry":
        return "ferry", "ferry"
    if (road := tags.get("highway", "")) in _ROADS:
        return "road", road
    if (railway := tags.get("railway", "")) in _RAILWAYS:
        return "rail", railway
    return None


def read_tags(tags: Mapping[str, str]) -> Tags | None:
    """Read the tags of a way; None where it is no road for motor vehicles, railway or ferry.

    >>> read_tags({"highway": "service", "access": "private", "hgv": "no"})[7:9], read_tags({"highway": "footway"})
    (('private', 'no'), None)
    """
    if (kind := _kind(tags)) is None:
        return None
    mode, road_class = kind
    default = "yes" if mode == "road" else None
    access = next((tags[key] for key in ("motor_vehicle", "vehicle", "access") if key in tags), default)
    text = tags.get("maxspeed")
    return Tags(
        mode,
        road_class,
        tags.get("name"),
        tags.get("ref"),
        direction(tags),
        math.nan if text is None else speed(text),
        text,
        access,
        tags.get("hgv", access),
        duration(tags.get("duration", "")) if mode == "ferry" else math.nan,
        tags.get("oneway") in {"reversible", "alternating"},
    )
