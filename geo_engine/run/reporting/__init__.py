"""Reports of finished runs: gather what was left, hand it to publishing, and put both faces beside the map."""

from geo_engine.run.reporting.asked import Asked
from geo_engine.run.reporting.index import write_index
from geo_engine.run.reporting.renew import bring_up_to_date, is_current, regions_of
from geo_engine.run.reporting.report import ReportFiles, find_runs, write_report
from geo_engine.run.reporting.together import Renewed, renew_reports

__all__ = [
    "Asked",
    "Renewed",
    "ReportFiles",
    "bring_up_to_date",
    "find_runs",
    "is_current",
    "regions_of",
    "renew_reports",
    "write_index",
    "write_report",
]
