"""The sections of a report: each is made from what a run left, and every sentence that claims something has its number."""

from geo_engine.publish.report.sections.brief import brief
from geo_engine.publish.report.sections.evidence import evidence
from geo_engine.publish.report.sections.found import benefit, customers, ranking, rejected, rival_sheets, site_sheets
from geo_engine.publish.report.sections.reference import reference
from geo_engine.publish.report.sections.sift import near_misses, sift
from geo_engine.publish.report.sections.summary import summary
from geo_engine.publish.report.sections.sure import since, sureness

__all__ = [
    "benefit",
    "brief",
    "customers",
    "evidence",
    "near_misses",
    "ranking",
    "reference",
    "rejected",
    "rival_sheets",
    "sift",
    "since",
    "site_sheets",
    "summary",
    "sureness",
]
