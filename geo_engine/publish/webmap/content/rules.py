"""What the rules say of land, as entries that a map shows and explains: title, hectares, bits of the status mask, hatch."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from geo_engine.model import Constraint, KeepClasses, Result, StatusBit, failable, rule_bits
from geo_engine.publish.style import ALL_RULES, FORCED_LAND, RULE_STYLES, UNKNOWN_LAND, UNREACHABLE_LAND

__all__ = ["rule_entries"]


def rule_entries(result: Result) -> list[dict[str, Any]]:
    """Restricted land as one, each rule on its own, then forced land, land without a score and land out of reach; with bits of the mask."""
    bits = rule_bits(result.study.constraints)
    entries: list[dict[str, Any]] = []
    if bits:
        why = "Keeps its score; no area is placed on it."
        entries.append({"title": "Restricted land, any rule", "why": why, "bits": list(bits.values()), "all": True, **asdict(ALL_RULES)})
    for number, rule in enumerate(failable(result.study.constraints)):
        style = RULE_STYLES[number % len(RULE_STYLES)]
        entries.append(
            {
                "title": _rule_title(rule),
                "why": rule.why,
                "hectares": _hectares(result, rule.name),
                "bits": [bits[rule.name]],
                "rule": True,
                "colour": style.colour,
                "stroke": style.stroke,
            }
        )
    names = [rule.name for rule in result.study.constraints if rule.force]
    if names:
        entries.append({"title": f"Free by force: {', '.join(names)}", "bits": [int(StatusBit.FORCED)], **asdict(FORCED_LAND)})
    by_rules = any(rule.measure is not None or isinstance(rule.keep, KeepClasses) for rule in result.study.constraints)
    title = "Unknown: a criterion or a rule has no value" if by_rules else "No score: a value is unknown"
    entries.append({"title": title, "bits": [int(StatusBit.UNKNOWN)], **asdict(UNKNOWN_LAND)})
    entries.append({"title": "Unreachable over the network", "bits": [int(StatusBit.UNREACHABLE)], **asdict(UNREACHABLE_LAND)})
    return entries


def _rule_title(rule: Constraint) -> str:
    said = "estimate" in rule.name.lower()
    return f"{rule.name} (estimate)" if rule.estimate and not said else rule.name


def _hectares(result: Result, name: str) -> str:
    value = result.hectares.get(name)
    return "" if value is None else f"{value:,.0f} ha"
