"""Reports that a planner can file: one content, two faces, and an index of the regions that were run."""

from geo_engine.publish.report.build import build_report
from geo_engine.publish.report.faces import html_face, pdf_face
from geo_engine.publish.report.filed import Filed, Line, RivalSheet, Row, StageLand

__all__ = ["Filed", "Line", "RivalSheet", "Row", "StageLand", "build_report", "html_face", "pdf_face"]
