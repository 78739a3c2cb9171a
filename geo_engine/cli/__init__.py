"""The command line: verbs, no logic."""

from geo_engine.cli.fetching import fetch
from geo_engine.cli.layers import layers
from geo_engine.cli.portfolio import portfolio
from geo_engine.cli.report import report
from geo_engine.cli.sensitivity import sensitivity
from geo_engine.cli.verbs import main

__all__ = ["fetch", "layers", "main", "portfolio", "report", "sensitivity"]
