"""Several plants chosen together from a finished run."""

from geo_engine.run.questions.portfolio.answer import PortfolioFiles, choose_portfolio
from geo_engine.run.questions.portfolio.leave import check_portfolio_folder, leave_portfolio

__all__ = ["PortfolioFiles", "check_portfolio_folder", "choose_portfolio", "leave_portfolio"]
