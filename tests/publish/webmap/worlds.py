"""Small worlds that the engine itself runs, for maps that are compared with it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from geo_engine.model import Combination, Result, Study
from geo_engine.run.planning.plan import make_plan
from geo_engine.run.progress import SilentReporter
from geo_engine.run.solving import solve
from geo_engine.workspace import read_study
from geo_engine.workspace.example import new_workspace

__all__ = ["run", "small_world", "weighed"]

_MORE = """
[[criteria]]
name = "Near a 400 kV substation"
key = "near_400"
layer = "substations"
where = "max_kv >= 400"
measure = "distance"
value = { function = "step", at = "9.7 km", below = 1, above = 0.15 }
weight = 20
why = "A threshold."

[[criteria]]
name = "Not on top of a substation"
key = "bell"
layer = "substations"
measure = "distance"
value = { function = "piecewise", points = [["0 km", 0.02], ["3 km", 1.0], ["12 km", 0.0]] }
weight = 25
why = "A hill."

[scenarios.grid_only]
title = "The grid alone"
why = "To see it."
weights = { choice = 0, near_400 = 0, bell = 0 }
"""


def small_world(folder: Path, cell: str = "500 m") -> Study:
    """Make a workspace of two counties with four criteria, one of them with a threshold, and read its study."""
    path = new_workspace(folder)
    text = path.read_text(encoding="utf-8").replace('cell = "500 m"', f'cell = "{cell}"')
    head, rest = text.split("[[constraints]]")
    more, scenario = _MORE.split("[scenarios")
    path.write_text(f"{head}{more}\n[[constraints]]{rest}\n[scenarios{scenario}\n[robustness]\ndraws = 200\n", encoding="utf-8")
    return read_study(path)


def run(study: Study) -> Result:
    """Run a study and keep its answer."""
    return solve(make_plan(study, None, SilentReporter(), workers=1), SilentReporter(), workers=1)


def weighed(study: Study, weights: list[float], combination: Combination | None = None) -> Study:
    """Give the study with other weights, and another way to combine them if one is given."""
    criteria = tuple(replace(criterion, weight=weight) for criterion, weight in zip(study.criteria, weights, strict=True))
    return replace(study, criteria=criteria, combination=combination or study.combination)
