"""The sections of a report: each is made from what a run left, and every sentence that claims something has its number."""

from geo_engine.publish.report.sections.brief import brief
from geo_engine.publish.report.sections.evidence import evidence
from geo_engine.publish.report.sections.outcome import ranking, rejected
from geo_engine.publish.report.sections.reference import reference
from geo_engine.publish.report.sections.sheets import rival_sheets, site_sheets
from geo_engine.publish.report.sections.sift import near_misses, sift
from geo_engine.publish.report.sections.summary import summary
from geo_engine.publish.report.sections.sureness import sureness

__all__ = [
    "brief",
    "evidence",
    "near_misses",
    "ranking",
    "reference",
    "rejected",
    "rival_sheets",
    "sift",
    "site_sheets",
    "summary",
    "sureness",
]
