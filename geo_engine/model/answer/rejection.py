"""What was dropped on the way to the sites, at which stage of the sift, and by what."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

__all__ = ["Rejection", "Stage"]


class Stage(IntEnum):
    """Where in the sift a candidate was dropped; the numbers are the order of the sift.

    `AREA`: it lies off the area studied. `RULE`: it fails a rule, or data are unknown there. `SIZE`: too little land. `SHAPE`: enough
    connected land, but not near enough together. `SPACING`: too near a better one. `SCORE`: so many better ones were asked for.
    """

    AREA = 1
    RULE = 2
    SIZE = 3
    SHAPE = 4
    SPACING = 5
    SCORE = 6


@dataclass(frozen=True, slots=True)
class Rejection:
    """A candidate, an area or a given plot, that was dropped, at which stage and by what.

    Parameters
    ----------
    name, region : str
        By the nearest place, of a plot its own name; region it lies in.
    easting, northing, lon, lat, grid_ref : float, float, float, float, str
        Of its middle.
    area_m2 : float
        Square metres.
    score : float
        0 to 100, as if it were free; NaN where it has none.
    stage : Stage
        Where in the sift.
    rule : str
        The rule's name, ``"unknown data"``, or the key of ``[sites]`` that it did not meet.
    number : float
        What dropped it, in `unit`: the share of it that fails, the hectares there are, the kilometres to the better one, the points
        that it lacks of the last site.
    unit : str
        ``"%"``, ``"ha"``, ``"km"`` or ``"points"``.
    detail : str
        One sentence with the number.
    """

    name: str
    region: str
    easting: float
    northing: float
    lon: float
    lat: float
    grid_ref: str
    area_m2: float
    score: float
    stage: Stage
    rule: str
    number: float
    unit: str
    detail: str
