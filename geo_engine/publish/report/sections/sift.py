"""The staged sift, from the region to a few areas, and what each rule alone keeps out."""

from __future__ import annotations

import math

from geo_engine.publish.report.figures import stages_svg
from geo_engine.publish.report.filed import Filed, figure_of
from geo_engine.publish.report.phrases import DASH, number, share_said
from geo_engine.publish.report.tree import Figure, Note, Paragraph, Section, Table

__all__ = ["near_misses", "sift"]


def sift(filed: Filed) -> Section:
    """Write the sift: land and pieces that are left after each stage, gaps among them, and a small map of each."""
    all_land = filed.stages[0].hectares
    rows = []
    for number_, stage in enumerate(filed.stages, start=1):
        name = stage.name if stage.tested else f"{stage.name}: not tested"
        left = number(stage.hectares, 0) if stage.tested and not math.isnan(stage.hectares) else DASH
        share = share_said(stage.hectares / all_land) if left != DASH else DASH
        pieces = DASH if stage.blocks is None else f"{stage.blocks:,} {stage.counted}"
        rows.append((str(number_), name, stage.why, left, share, pieces))
    drawn = [stage for stage in filed.stages if stage.left is not None]
    told = "; ".join(f"{stage.name}: {number(stage.hectares, 0)} ha left" for stage in drawn)
    table = Table(
        "Stages of the sift, in the order of the study",
        ("", "stage", "takes away", "ha left", "of the land", "left in"),
        tuple(rows),
        (0.4, 2.4, 5.2, 1.2, 1.0, 1.3),
        frozenset({0, 3, 4, 5}),
    )
    opened = (
        f"The sift starts from all land of {filed.region_title} and takes the rules one after the other, so each row "
        "counts what the rows above "
        "it left. Blocks are connected pieces of land as large as the facility needs; areas are what is found on them."
    )
    return Section(
        "The staged sift",
        (
            Paragraph(opened),
            Note("A row 'not tested' takes nothing away because no layer covers the subject, not because the land is free of it."),
            table,
            Figure(
                "The sift in small maps: dark is left, orange is taken by the stage, pale went before; the last shows what was ranked",
                f"Small maps of {filed.region_title}, one a stage. {told}.",
                stages_svg(filed.stages),
            ),
        ),
    )


def near_misses(filed: Filed) -> Section:
    """Write which rules to relax: land that one rule alone keeps out, and what would be found there."""
    rows = [
        (
            row["rule"],
            number(figure_of(row, "hectares"), 0),
            row["name"] or "no area of the size",
            number(figure_of(row, "score")),
            row["rank"] or DASH,
            share_said(figure_of(row, "fails_share")) if row["fails_share"] else DASH,
        )
        for row in filed.rows("near_misses")
    ]
    opened = (
        "Land below fails one rule and no other. It shows what each rule costs, and which one to look at again where the sift leaves too "
        "little. That a rule costs much is no reason against it."
    )
    columns = ("rule", "ha it alone keeps out", "best found there without it", "score", "rank it would have", "of it fails")
    table = Table("Near misses, by rule", columns, tuple(rows), (3.2, 1.2, 2.6, 0.8, 1.0, 1.0), frozenset({1, 3, 4, 5}))
    return Section("Near misses: which rules to relax", (Paragraph(opened), table))
