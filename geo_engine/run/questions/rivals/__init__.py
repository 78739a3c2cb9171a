"""Rivals: places typed in to be judged as the run's own sites are."""

from geo_engine.run.questions.rivals.ask import BestArea, Rival, ask_file, ask_rivals

__all__ = ["BestArea", "Rival", "ask_file", "ask_rivals"]
