"""How soon a plot can be had is a criterion like any other: a column of the candidate layer."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.run import tiny as ws
from tests.run.test_candidates import LAYER
from tests.run.tiny import Tiny

READY = ws.criterion(
    "Year in which the plot is ready", 'layer = "plots"\nmeasure = "nearest_value"\ncolumn = "ready_year"\nwithin = "100 m"\n'
    'value = { function = "linear", best = 2026, worst = 2036 }',
    key="ready", weight=9, unknown="0.25",
)  # fmt: skip


def plot(name: str, year: int | None, west: float) -> ws.Feature:
    """Nine hectares that lie half a cell off the grid."""
    return ({"site": name, "ready_year": year}, ws.box(west, 301050, west + 300, 301350))


def test_the_plot_that_is_ready_first_ranks_first_and_an_unknown_year_counts_what_the_study_says(tmp_path: Path) -> None:
    made = Tiny.make(tmp_path / "ws")
    made.write("layers/plots.toml", LAYER)
    made.features("plots", [plot("Late", 2036, 403050), plot("Soon", 2026, 403850), plot("Silent", None, 404650)])
    text = ws.study_text(rules=[ws.PARK_RULE], demand="", sites='candidates = "plots"\n')
    made.write("studies/plant.toml", text.replace("[[criteria]]", READY + "\n[[criteria]]", 1))
    sites = {site.name: site for site in made.solve().ranking.sites}
    assert min(sites.values(), key=lambda site: site.rank).name == "Soon"
    ready = {name: next(part for part in site.contributions if part.slug == "ready") for name, site in sites.items()}
    assert {name: part.utility for name, part in ready.items()} == {"Soon": 1.0, "Late": 0.0, "Silent": pytest.approx(0.25)}
    assert (ready["Soon"].value, ready["Late"].value) == pytest.approx((2026.0, 2036.0))  # cells on the edge have the plot's year too
