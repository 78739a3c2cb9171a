"""Reports of finished runs: gather what was left, hand it to publishing, and put both faces beside the map."""

from geo_engine.run.reporting.report import ReportFiles, find_runs, write_report

__all__ = ["ReportFiles", "find_runs", "write_report"]
