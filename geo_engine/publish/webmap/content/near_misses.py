"""Near misses for the map: land that one rule alone keeps from being free, and the areas that would be found there."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from geo_engine.model import NearMiss, Result, StatusBit, rule_bits
from geo_engine.publish.style import RULE_STYLES
from geo_engine.publish.webmap.encoding import Degrees
from geo_engine.publish.webmap.surface import mask_image
from geo_engine.units import format_quantity

__all__ = ["alone", "near_misses"]

_NO_RULE = np.uint32(1 << StatusBit.UNKNOWN | 1 << StatusBit.UNREACHABLE)


def near_misses(result: Result, status: NDArray[np.uint32], scored: NDArray[np.bool_], degrees: Degrees) -> list[dict[str, Any]]:
    """Collect what fails one rule only, by rule, in the study's order; rules that nothing fails alone are left out.

    Parameters
    ----------
    result : Result
        One region of one study.
    status : uint32 ndarray, shape (rows, columns)
        The status mask as displayed.
    scored : bool ndarray, shape (rows, columns)
        Where there is a score.
    degrees : Degrees
        From study coordinates.

    Returns
    -------
    list of dict
        ``title``, ``hectares``, the hatch of the rule (``colour``, ``stroke``), ``image`` (empty where the land is too little to be
        seen), and ``areas``: what would be found with the rule lifted.
    """
    bits = rule_bits(result.study.constraints)
    found = []
    for number, miss in enumerate(result.near_misses):
        if miss.hectares <= 0:
            continue
        style = RULE_STYLES[number % len(RULE_STYLES)]
        found.append(
            {
                "title": miss.rule,
                "hectares": f"{miss.hectares:,.0f} ha",
                "colour": style.colour,
                "stroke": style.stroke,
                "image": mask_image(alone(status, bits[miss.rule]) & scored),
                "areas": _areas(miss, degrees),
            }
        )
    return found


def alone(status: NDArray[np.uint32], bit: int) -> NDArray[np.bool_]:
    """Tell which cells fail the rule of this bit and no other.

    >>> alone(np.array([4, 5, 12, 0], np.uint32), 2)
    array([ True,  True, False, False])
    """
    found: NDArray[np.bool_] = (status & ~_NO_RULE) == np.uint32(1 << bit)
    return found


def _areas(miss: NearMiss, degrees: Degrees) -> list[dict[str, Any]]:
    return [
        {
            "name": area.name,
            "region": area.region,
            "gridRef": area.grid_ref,
            "rank": area.rank,
            "score": round(area.score, 1),
            "hectares": format_quantity(area.area_m2, "m2", digits=4),
            "share": f"{area.failing_share:.0%}".replace("%", " %"),
            "outline": degrees.lines([area.geometry], least=3),
        }
        for area in miss.areas
    ]
