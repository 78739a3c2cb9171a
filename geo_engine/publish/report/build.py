"""The report from what a run left: which sections, in which order."""

from __future__ import annotations

from geo_engine.publish.report.filed import Filed
from geo_engine.publish.report.sections import (
    benefit,
    brief,
    customers,
    evidence,
    near_misses,
    ranking,
    reference,
    rejected,
    rival_sheets,
    sift,
    since,
    site_sheets,
    summary,
    sureness,
)
from geo_engine.publish.report.tree import Report, Section

__all__ = ["build_report"]


def build_report(filed: Filed) -> Report:
    """Build the whole content of a report.

    Without any area, the near misses come right after the summary: they are what the reader needs then.

    Parameters
    ----------
    filed : Filed
        What the run left.
    """
    study = filed.study
    scenario = f", scenario '{study.scenarios[study.scenario].title}'" if study.scenario else ""
    close: tuple[Section, ...] = (near_misses(filed),)
    sections = (
        summary(filed),
        *since(filed),
        *(() if filed.sites else close),
        brief(filed),
        sift(filed),
        ranking(filed),
        *customers(filed),
        *(close if filed.sites else ()),
        site_sheets(filed),
        *rival_sheets(filed),
        benefit(filed),
        sureness(filed),
        rejected(filed),
        *evidence(filed),
        *reference(filed),
    )
    used = sorted({criterion.measure.layer for criterion in study.criteria} | {rule.layer for rule in study.constraints} | {study.area})
    credit = dict.fromkeys(
        study.layers[name].attribution or f"{study.layers[name].title}: {study.layers[name].publisher}, {study.layers[name].licence}"
        for name in used
    )
    return Report(
        title=f"{study.title}{scenario}",
        subtitle=f"Alternative site assessment: {filed.region_title}",
        sections=sections,
        credit="Data: " + ". ".join(text.rstrip(".") for text in credit) + ".",
    )
