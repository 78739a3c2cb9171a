"""Reports that a planner can file: one content, two faces, and an index of the regions that were run."""

from geo_engine.publish.report.answers import (
    KnownSite,
    KnownSites,
    Line,
    Near,
    Reached,
    RivalSheet,
    Shift,
    SiftStep,
    Since,
    StageLand,
    Unmatched,
)
from geo_engine.publish.report.build import build_report
from geo_engine.publish.report.faces import html_face, pdf_face
from geo_engine.publish.report.figures import RegionMap, regions_svg
from geo_engine.publish.report.filed import SHEETS, Filed, Row
from geo_engine.publish.report.index import THRESHOLDS, RegionRow, index_notes, index_page, write_index_table
from geo_engine.publish.report.phrases import share_said

__all__ = [
    "SHEETS",
    "THRESHOLDS",
    "Filed",
    "KnownSite",
    "KnownSites",
    "Line",
    "Near",
    "Reached",
    "RegionMap",
    "RegionRow",
    "RivalSheet",
    "Row",
    "Shift",
    "SiftStep",
    "Since",
    "StageLand",
    "Unmatched",
    "build_report",
    "html_face",
    "index_notes",
    "index_page",
    "pdf_face",
    "regions_svg",
    "share_said",
    "write_index_table",
]
