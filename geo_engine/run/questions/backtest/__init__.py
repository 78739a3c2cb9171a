"""Where known sites fall on a run's surface, and beside it: on comparable land, by a null model, with other weights, without leakage."""

from geo_engine.run.questions.backtest.back_test import BackTest, Compared, KnownSite, back_test, plot_back_test
from geo_engine.run.questions.backtest.redrawn import Dropped, Redrawn

__all__ = ["BackTest", "Compared", "Dropped", "KnownSite", "Redrawn", "back_test", "plot_back_test"]
