"""What was found: the ranked table, whom it serves, and the register of what was dropped."""

from __future__ import annotations

from collections import Counter

from geo_engine.publish.report.filed import Filed, figure_of
from geo_engine.publish.report.phrases import DASH, count_said, listed, number, ranks_said
from geo_engine.publish.report.tree import Note, Paragraph, Part, Section, Table
from geo_engine.units import format_quantity

__all__ = ["ranking", "rejected"]


def ranking(filed: Filed) -> Section:
    """Write all that was ranked with rank intervals and marks, and the customers that would be served."""
    if not filed.sites:
        return Section("The ranking", (Note("Nothing was ranked: no area passes the sift. The near misses say which rules to look at."),))
    rows = tuple(
        (
            row["rank"],
            row["name"],
            row["grid_ref"] or f"{row['easting']} {row['northing']}",
            number(figure_of(row, "area_ha"), 0),
            number(figure_of(row, "score")),
            ranks_said(row["rank_p05"], row["rank_p95"]),
            row["tier"] or DASH,
            row.get("readiness") or DASH,
        )
        for row in filed.sites
    )
    columns = ("rank", "place", "grid reference", "ha", "score", "likely ranks", "tier", "ready")
    table = Table(
        f"The {len(rows)} best {filed.study.sites.noun}", columns, rows, (0.7, 4, 1.8, 0.8, 0.9, 1.2, 0.7, 0.9), frozenset({0, 3, 4})
    )
    notes: list[Part] = [Paragraph(str(note)) for note in filed.record.get("notes", ())]
    return Section("The ranking", (table, *notes, *_demand(filed)), new_page=True)


def _demand(filed: Filed) -> tuple[Part, ...]:
    demand = filed.study.demand
    if demand is None:
        return ()
    told = filed.rows("demand")
    capacity = next((name for name in (told[0] if told else ()) if name.startswith("capacity_needed")), "")
    unit = capacity.removeprefix("capacity_needed_").replace("_", " ").replace("gwh", "GWh")
    kept = [row for row in told if row["site_id"]]
    rows = tuple(
        (
            row["name"],
            number(figure_of(row, demand.size), 0),
            number(figure_of(row, capacity)) if capacity else DASH,
            row["best_area"],
            row["site_rank"] or DASH,
            number(figure_of(row, "minutes"), 0),
        )
        for row in told
    )
    opened = (
        f"{len(kept)} of {count_said(len(told), 'customer')} would have an area within {format_quantity(demand.within, 's')}, and "
        f"{len(told) - len(kept)} would be uncovered. One facility makes {filed.study.facility.capacity:g} "
        f"{filed.study.facility.unit}, so it "
        f"cannot keep all of them at once. Need: {demand.source or 'no source given'}."
    )
    size = demand.size.replace("_", " ")
    columns = ("customer", size, f"needs, {unit}" if unit else "needs", "best area for it", "rank", "minutes")
    table = Table("Customers, and the best area for each", columns, rows, (3, 1.3, 1.2, 3, 0.7, 0.9), frozenset({1, 2, 4, 5}))
    title = filed.study.layers[demand.layer].title
    return (Section(f"Customers kept: {title}", (Paragraph(opened), table)),)


def rejected(filed: Filed) -> Section:
    """Write the register of what was dropped: each with its stage, the rule and the number."""
    told = filed.rows("rejected")
    if not told:
        return Section("The register of what was dropped", (Paragraph("Nothing was dropped."),))
    counts = Counter(row["stage_name"] for row in told)
    stages = listed([f"{count} by {name}" for name, count in counts.items()])
    rows = tuple(
        (row["stage_name"], row["name"], row["grid_ref"], number(figure_of(row, "score")), row["rule"], row["detail"]) for row in told
    )
    columns = ("stage", "place", "grid reference", "score", "dropped by", "why")
    table = Table("Dropped, in the order of the sift", columns, rows, (0.8, 2.2, 1.3, 0.7, 2, 4), frozenset({3}))
    opened = f"{count_said(len(told), 'candidate').capitalize()} were dropped: {stages}. The score is what each would have if it were free."
    return Section("The register of what was dropped", (Paragraph(opened), table), new_page=True)
