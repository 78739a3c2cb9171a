"""What was found: the ranking, its sheets, what was dropped, and what the region gains."""

from geo_engine.publish.report.sections.found.benefit import benefit, customers
from geo_engine.publish.report.sections.found.outcome import ranking, rejected
from geo_engine.publish.report.sections.found.sheets import rival_sheets, site_sheets

__all__ = ["benefit", "customers", "ranking", "rejected", "rival_sheets", "site_sheets"]
