"""Reports that a planner can file: one content, two faces, and an index of the regions that were run."""

from geo_engine.publish.report.build import build_report
from geo_engine.publish.report.faces import html_face, pdf_face
from geo_engine.publish.report.figures import regions_svg
from geo_engine.publish.report.filed import Filed, Line, RivalSheet, Row, StageLand
from geo_engine.publish.report.index import THRESHOLDS, RegionRow, index_page, write_index_table

__all__ = [
    "THRESHOLDS",
    "Filed",
    "Line",
    "RegionRow",
    "RivalSheet",
    "Row",
    "StageLand",
    "build_report",
    "html_face",
    "index_page",
    "pdf_face",
    "regions_svg",
    "write_index_table",
]
