"""The staged sift, from the region to a few areas, and what each rule alone keeps out."""

from __future__ import annotations

from geo_engine.publish.report.answers import SiftStep, StageLand
from geo_engine.publish.report.figures import stages_svg
from geo_engine.publish.report.filed import Filed, figure_of
from geo_engine.publish.report.phrases import DASH, count_said, number, share_said
from geo_engine.publish.report.tree import Figure, Note, Paragraph, Section, Table

__all__ = ["near_misses", "sift"]


def sift(filed: Filed) -> Section:
    """Write the sift: the stages at a glance, a small map of each, then line by line what takes land, scores it, or was not tested."""
    plots = filed.study.sites.candidates is not None
    untested = sum(step.kind == "gap" for stage in filed.stages for step in stage.steps)
    counted = "Plots are those that pass so far." if plots else "Pieces are connected land as large as the facility needs, or larger."
    opened = (
        f"The sift starts from all land of {filed.region_title}. Rules take land, one after the other, so each line counts what the lines "
        f"above it left. Criteria take none: they score what is left. {counted}"
    )
    figure = Figure(
        "The sift in small maps. Dark is left, orange is taken by the stage, pale went before; where criteria score, the darker the better",
        f"Small maps of {filed.region_title}, one a stage. {'; '.join(_told(filed, stage) for stage in filed.stages)}.",
        stages_svg(filed.stages),
    )
    warning = (
        f"{count_said(untested, 'subject').capitalize()} below {'is' if untested == 1 else 'are'} marked 'not tested'. They take nothing "
        "away because no layer covers them, not because the land is free of them."
    )
    note = (Note(warning),) if untested else ()
    return Section("The staged sift", (Paragraph(opened), _glance(filed), *note, figure, _lines(filed)), new_page=True)


def _told(filed: Filed, stage: StageLand) -> str:
    if stage is filed.stages[-1]:
        return f"{stage.name}: {stage.count} ranked"
    return f"{stage.name}: {number(stage.hectares, 0)} ha left"


def _counted(filed: Filed, step: SiftStep) -> str:
    if step.kind == "sites":
        return count_said(step.count, filed.one)
    return count_said(step.count, "plot" if filed.study.sites.candidates else "piece")


def _glance(filed: Filed) -> Table:
    all_land = filed.stages[0].steps[0].hectares
    rows = []
    for place, stage in enumerate(filed.stages, start=1):
        kinds = [step.kind for step in stage.steps]
        does = [
            *([count_said(rules, "rule")] if (rules := kinds.count("rule")) else []),
            *(["size"] if "size" in kinds else []),
            *([count_said(scored, "criterion", "criteria")] if (scored := kinds.count("criterion")) else []),
            *([count_said(open_, "not tested", "not tested")] if (open_ := kinds.count("gap")) else []),
            *(["ranking"] if "sites" in kinds else []),
        ]
        taken = sum(step.taken for step in stage.steps)
        left = (number(taken, 0), number(stage.hectares, 0), share_said(stage.hectares / all_land), _counted(filed, stage.steps[-1]))
        rows.append((str(place), stage.name, ", ".join(does) or DASH, *left))
    return Table(
        "The stages at a glance",
        ("", "stage", "what it does", "ha taken", "ha left", "of the land", "left in"),
        tuple(rows),
        (0.4, 2.6, 3.2, 1.1, 1.1, 1.0, 1.3),
        frozenset({0, 3, 4, 5}),
    )


def _lines(filed: Filed) -> Section:
    rows = []
    for place, stage in enumerate(filed.stages, start=1):
        for step in stage.steps:
            name, still = step.name, step.kind in {"criterion", "gap"}
            if step.kind == "gap":
                name = f"{step.name}: not tested"
            taken = DASH if still or step.kind == "land" else number(step.taken, 0)
            left = DASH if still else number(step.hectares, 0)
            why = f"{step.why[:1].upper()}{step.why[1:]}".rstrip(".") + "."
            rows.append((f"{place} {stage.name}", name, why, taken, left, DASH if still else _counted(filed, step)))
    columns = ("stage", "line", "what it is", "ha taken", "ha left", "left in")
    table = Table("Every line of the sift", columns, tuple(rows), (1.5, 2.3, 5.0, 0.9, 0.9, 1.0), frozenset({3, 4}))
    return Section("Line by line", (table,))


def near_misses(filed: Filed) -> Section:
    """Write which rules to relax: land that one rule alone keeps out, and what would be found there."""
    rows = [
        (
            row["rule"],
            number(figure_of(row, "hectares"), 0),
            row["name"] or f"no {filed.one} of the size",
            number(figure_of(row, "score")),
            row["rank"] or DASH,
            share_said(figure_of(row, "fails_share")) if row["fails_share"] else DASH,
        )
        for row in filed.rows("near_misses")
    ]
    if not rows:
        return Section(
            "Near misses: which rules to relax", (Paragraph("The study has no rule that land can fail, so none can be relaxed."),)
        )
    opened = (
        "The land below fails one rule and no other. It shows what each rule costs, and which one to look at again where the sift leaves "
        "too little. That a rule costs much is no reason against it."
    )
    columns = ("rule", "ha it alone keeps out", "best found there without it", "score", "rank it would have", "of it fails")
    table = Table("Near misses, by rule", columns, tuple(rows), (3.2, 1.2, 2.6, 0.8, 1.0, 1.0), frozenset({1, 3, 4, 5}))
    return Section("Near misses: which rules to relax", (Paragraph(opened), table))
