"""The command line: verbs, no logic."""

from geo_engine.cli.layers import layers
from geo_engine.cli.portfolio import portfolio
from geo_engine.cli.report import report
from geo_engine.cli.runs import plan
from geo_engine.cli.sensitivity import sensitivity
from geo_engine.cli.verbs import main

__all__ = ["layers", "main", "plan", "portfolio", "report", "sensitivity"]
