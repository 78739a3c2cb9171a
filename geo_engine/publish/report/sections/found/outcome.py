"""What was found: the ranked table, and the register of what was dropped."""

from __future__ import annotations

from collections import Counter

from geo_engine.publish.report.filed import Filed, figure_of
from geo_engine.publish.report.phrases import DASH, count_said, listed, number, ranks_said
from geo_engine.publish.report.tree import Note, Paragraph, Part, Section, Table

__all__ = ["ranking", "rejected"]

_BY = {
    "area": "too little land",
    "reach": "land too scattered",
    "spacing": "too near a better one",
    "count": "too low a score",
    "minimum_area": "too small a plot",
    "unknown data": "data not known",
}
"""What dropped a candidate that no rule dropped, for readers who do not know the keys of a study."""


def ranking(filed: Filed) -> Section:
    """Write all that was ranked with rank intervals and marks."""
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
    return Section("The ranking", (table, *notes), new_page=True)


def rejected(filed: Filed) -> Section:
    """Write the register of what was dropped: each with its stage, the rule and the number."""
    told = filed.rows("rejected")
    if not told:
        return Section("The register of what was dropped", (Paragraph("Nothing was dropped."),))
    counts = Counter(row["stage_name"] for row in told)
    stages = listed([f"{count} by {name}" for name, count in counts.items()])
    rows = tuple(
        (row["stage_name"], row["name"], row["grid_ref"], number(figure_of(row, "score")), _BY.get(row["rule"], row["rule"]), row["detail"])
        for row in told
    )
    columns = ("stage", "place", "grid reference", "score", "dropped by", "why")
    table = Table("Dropped, in the order of the sift", columns, rows, (0.8, 2.2, 1.3, 0.7, 2, 4), frozenset({3}))
    opened = f"{count_said(len(told), 'candidate').capitalize()} were dropped: {stages}. The score is what each would have if it were free."
    return Section("The register of what was dropped", (Paragraph(opened), table), new_page=True)
