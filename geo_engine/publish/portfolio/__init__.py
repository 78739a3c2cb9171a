"""What a choice of several plants leaves: tables, lines and a map that opens without a network."""

from geo_engine.publish.portfolio.page import PortfolioBase, portfolio_page
from geo_engine.publish.portfolio.tables import curve_rows, portfolio_document, portfolio_files, value_words

__all__ = ["PortfolioBase", "curve_rows", "portfolio_document", "portfolio_files", "portfolio_page", "value_words"]
