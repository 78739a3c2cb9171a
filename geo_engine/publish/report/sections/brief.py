"""The brief: what the facility takes, with ranges and where the figures come from."""

from __future__ import annotations

from geo_engine.publish.report.filed import Filed
from geo_engine.publish.report.tree import Paragraph, Section, Table
from geo_engine.units import format_quantity

__all__ = ["brief"]


def brief(filed: Filed) -> Section:
    """Write what the facility needs: one row a need, in all and for one unit of capacity."""
    facility = filed.study.facility
    rows = []
    for need in facility.needs:
        ends = [facility.capacity * end for end in (need.low, need.high) if end is not None]
        spread = " to ".join(format_quantity(end, need.unit) for end in ends) or "no range given"
        least = f"; at least {format_quantity(need.minimum, need.unit)}" if need.minimum else ""
        rows.append(
            (
                need.name,
                format_quantity(need.total(facility.capacity), need.unit),
                spread + least,
                format_quantity(need.each, need.unit),
                need.source or "no source given",
            )
        )
    opened = (
        f"{filed.study.summary} The facility has a capacity of {facility.capacity:g} {facility.unit}; "
        f"{filed.noun} are looked for that hold {filed.study.sites.area / 1e4:,.4g} ha."
    )
    columns = ("need", "in all", "range", f"for 1 {facility.unit}", "source")
    table = Table(
        f"What a facility of {facility.capacity:g} {facility.unit} takes",
        columns,
        tuple(rows),
        (1.1, 1.3, 1.9, 1.3, 4.5),
        frozenset({1, 3}),
    )
    return Section("The brief", (Paragraph(opened.strip()), table))
