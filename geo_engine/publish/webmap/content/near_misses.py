"""Near misses for the map: land that one rule alone keeps from being free, and the areas that would be found there."""

from __future__ import annotations

from typing import Any

from geo_engine.model import NearMiss, Result, rule_bits
from geo_engine.publish.style import RULE_STYLES
from geo_engine.publish.webmap.encoding import Degrees
from geo_engine.units import format_quantity

__all__ = ["near_misses"]


def near_misses(result: Result, degrees: Degrees) -> list[dict[str, Any]]:
    """Collect what fails one rule only, by rule, in the study's order; rules that nothing fails alone are left out.

    Parameters
    ----------
    result : Result
        One region of one study.
    degrees : Degrees
        From study coordinates.

    Returns
    -------
    list of dict
        ``title``, ``hectares``, ``bit`` of the rule in the status mask, its hatch (``colour``, ``stroke``), and
        ``areas``: what would be found with the rule lifted.
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
                "bit": bits[miss.rule],
                "areas": _areas(miss, degrees),
            }
        )
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
