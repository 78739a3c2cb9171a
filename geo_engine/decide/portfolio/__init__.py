"""Choose several plants together: which sites, in which order, what more plants would bring, and why there is no answer."""

from geo_engine.decide.portfolio.infeasible import Words, explain_infeasible
from geo_engine.decide.portfolio.programs.program import Clock
from geo_engine.decide.portfolio.solve import choose, choose_first
from geo_engine.decide.portfolio.stages import order_openings, trade_off

__all__ = ["Clock", "Words", "choose", "choose_first", "explain_infeasible", "order_openings", "trade_off"]
