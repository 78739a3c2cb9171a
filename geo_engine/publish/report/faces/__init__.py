"""The two faces of a report: a page for a browser, and a document for paper; the same content in the same order."""

from geo_engine.publish.report.faces.html import html_face
from geo_engine.publish.report.faces.pdf import pdf_face, typst_source

__all__ = ["html_face", "pdf_face", "typst_source"]
