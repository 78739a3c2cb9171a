"""The back-test: where known sites fall among the land that was scored."""

from __future__ import annotations

import math

import numpy as np

from geo_engine.publish.report.answers import KnownSites
from geo_engine.publish.report.figures import known_svg
from geo_engine.publish.report.filed import Filed
from geo_engine.publish.report.phrases import count_said, listed, number
from geo_engine.publish.report.tree import Figure, Note, Paragraph, Part, Section, Table

__all__ = ["known_sites"]


def known_sites(filed: Filed) -> Section:
    """Write where known sites fall; that none were given, where none were."""
    title = "Back-test: where known sites fall"
    told = filed.known
    if told is None:
        said = (
            "No known sites were given for this report, so it says nothing of how well the study tells them from other land. "
            "'--known FILE' takes a file of them, by name and place."
        )
        return Section(title, (Note(said),))
    there = [site for site in told.sites if not math.isnan(site.score)]
    off = [site.name for site in told.sites if math.isnan(site.score)]
    columns = ("site", "score", "of the land scores lower", "status")
    rows = tuple((site.name, number(site.score), _percent(site.percentile), site.status) for site in told.sites)
    table = Table(f"Known sites of {told.file}", columns, rows, (3, 0.9, 1.6, 4), frozenset({1, 2}))
    if not there:
        return Section(title, (Paragraph(f"None of {count_said(len(told.sites), 'known site')} lies on scored land."), table))
    parts: list[Part] = [Paragraph(_said(told, len(there)))]
    parts += [Paragraph(f"Without a score: {listed(off, most=6)}.")] if off else []
    best = "; ".join(f"{site.name} {site.score:.1f}, above {site.percentile:.0f} % of the land" for site in there)
    parts.append(
        Figure(
            "Scored land by score (pale), and where the known sites fall (marked)",
            f"A histogram of hectares of land by score, with a mark a known site. {best}.",
            known_svg(told.land, [site.name for site in told.sites], np.array([site.score for site in told.sites])),
        )
    )
    return Section(title, (*parts, table))


def _said(told: KnownSites, there: int) -> str:
    interval = f" (95 % of resamples: {told.auc_interval[0]:.2f} to {told.auc_interval[1]:.2f})" if told.auc_interval else ""
    said = [
        f"The median of {count_said(there, 'known site')} with a score lies above {told.median_percentile:.0f} % of the land.",
        (
            f"A known site taken at random scores higher than land taken at random {100 * told.auc:.0f} times in a hundred{interval}; "
            "by chance it would be 50."
        ),
    ]
    if there < 10:  # noqa: PLR2004 - as the back-test takes it
        said.append(f"{count_said(there, 'site').capitalize()} are too few for an interval: read it as an illustration.")
    if told.comparable is not None:
        hectares, median, auc = told.comparable
        said.append(
            f"Against the {number(hectares, 0)} ha of land that could have been chosen, the median is {median:.0f} % and the chance "
            f"{100 * auc:.0f} in a hundred."
        )
    if told.null is not None:
        said.append(
            f"Mere nearness, as the study's null model has it, would give {told.null[0]:.0f} %, and {100 * told.null[1]:.0f} in a hundred."
        )
    said.append("Known sites were chosen for reasons that no layer here shows; that they score well is a check, and no proof.")
    return " ".join(said)


def _percent(value: float) -> str:
    return "-" if math.isnan(value) else f"{math.floor(value * 10) / 10:.1f} %"
