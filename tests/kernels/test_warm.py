"""What set-up compiles is all that a run needs: a type that it did not think of costs the first run some ten seconds."""

from __future__ import annotations

import importlib
import pkgutil
from pathlib import Path

import pytest
from numba.core.dispatcher import Dispatcher

import geo_engine.kernels
from geo_engine.kernels.__main__ import warm
from geo_engine.run import SilentReporter, make_plan, read_study
from geo_engine.run.solving import solve

ROOT = Path(__file__).parents[2]


def compiled() -> dict[str, set[str]]:
    """Every kernel with the types that it is compiled for in this process."""
    found = {}
    for module in pkgutil.walk_packages(geo_engine.kernels.__path__, "geo_engine.kernels."):
        for name, each in vars(importlib.import_module(module.name)).items():
            if isinstance(each, Dispatcher):
                found[f"{module.name}.{name}"] = {str(signature) for signature in each.signatures}
    return found


@pytest.mark.slow
@pytest.mark.parametrize("study", ["gigafactory", "europe"])
def test_a_run_compiles_nothing_that_set_up_has_not(study: str) -> None:
    warm()
    before = compiled()
    question = read_study(ROOT / "studies" / f"{study}.toml")
    region, cell = {"gigafactory": ("north-east", 1000.0), "europe": ("belgium", 5000.0)}[study]
    solve(make_plan(question, region, SilentReporter(), workers=2, cell=cell), SilentReporter(), workers=2)
    new = {name: sorted(signatures - before[name]) for name, signatures in compiled().items() if signatures - before[name]}
    assert new == {}
    assert sum(map(len, before.values())) > 30
