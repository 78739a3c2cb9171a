"""Weights that are found and other ways to combine, from the study file to the outputs."""

from __future__ import annotations

import csv
import json

import numpy as np
import pytest

from geo_engine.decide import criterion_utility
from geo_engine.decide.weights import entropy_weights
from geo_engine.run import check_plan
from geo_engine.run.tiles import score_places
from tests.run import tiny as ws
from tests.run.tiny import Tiny

AHP = """[weights]
method = "ahp"
matrix = [[1, 9, 9, 9, "1/9"], ["1/9", 1, 9, 9, 9], ["1/9", "1/9", 1, 9, 9], ["1/9", "1/9", "1/9", 1, 9], [9, "1/9", "1/9", "1/9", 1]]
"""


def with_tables(tiny: Tiny, text: str) -> Tiny:
    tiny.write("studies/plant.toml", ws.study_text() + text)
    return tiny


def test_weights_by_pairs_reach_scores_check_and_record(tiny: Tiny) -> None:
    outcome = with_tables(tiny, AHP).run()
    study = outcome.result.study
    assert study.weighed is not None
    assert study.weights == pytest.approx(study.weighed.shares)
    for site in outcome.result.ranking.sites:
        assert [part.weight for part in site.contributions] == pytest.approx(study.weighed.shares)
    report = check_plan(outcome.plan, workers=1)
    assert "Combined by: weighted sum" in report.decision
    assert any("found by ahp; lambda max" in line and "consistency ratio" in line for line in report.decision)
    assert any("contradict each other" in line for line in report.warnings)
    assert any("contradict each other" in note for note in outcome.result.ranking.notes)
    record = json.loads((outcome.folder / "run.json").read_text())["study"]
    assert record["weights"] == pytest.approx(study.weighed.shares)
    assert record["weighting"]["kind"] == "ahp"
    assert record["weighed"]["consistency_ratio"] > 0.1


def test_weights_from_data_depend_on_land_and_not_on_cells_or_workers(tiny: Tiny) -> None:
    with_tables(tiny, '[weights]\nmethod = "entropy"\n')
    plan = tiny.plan()
    found = plan.study.weighed
    assert found is not None
    assert sum(found.shares) == pytest.approx(1)
    assert "places on free land" in found.notes[0]
    tiny.edit("studies/plant.toml", 'cell = "100 m"', 'cell = "50 m"')
    assert tiny.plan().study.weights == plan.study.weights
    # the same by hand, over every fiftieth metre of the whole box
    e, n = (side.ravel() for side in np.meshgrid(np.arange(400025.0, 406000, 50), np.arange(300025.0, 305000, 50)))
    scored = score_places(plan, e, n)
    worth = [criterion_utility(c, q)[scored.status == 0] for c, q in zip(plan.study.criteria, scored.quantities, strict=True)]
    assert np.allclose(found.shares, entropy_weights(np.stack(worth, axis=1)).shares, atol=0.02)


def test_weights_from_no_free_land_are_equal_and_say_so(tiny: Tiny) -> None:
    nowhere = '[[constraints]]\nname = "None"\nlayer = "zones"\nkeep = "inside"\nbuffer = "100 km"\n'
    tiny.write("studies/plant.toml", ws.study_text(rules=[*ws.RULES, nowhere]) + '[weights]\nmethod = "critic"\n')
    outcome = tiny.run()
    assert outcome.result.study.weights == (0.2,) * 5
    assert any("do not tell the criteria apart" in note for note in outcome.result.ranking.notes)
    assert (outcome.folder / "methods.csv").read_text().count("\n") == 1


@pytest.mark.parametrize("table", ['method = "minimum"', 'method = "weighted_product"', 'method = "owa"\nalpha = 2'])
def test_another_way_to_combine_holds_for_cells_sites_and_their_contributions(tiny: Tiny, table: str) -> None:
    with_tables(tiny, f"[combine]\n{table}\n")
    outcome = tiny.run()
    surface = outcome.result.surface
    sites = outcome.result.ranking.sites
    assert sites
    for site in sites:
        assert sum(part.points for part in site.contributions) == pytest.approx(site.score)
        assert site.score == pytest.approx(surface.score[site.rows, site.cols].mean(), abs=1e-4)
    assert any("not by a weighted sum" in note for note in outcome.result.ranking.notes)
    stored = tiny.stored()
    assert stored.study.combination == outcome.result.study.combination
    assert (
        json.loads((outcome.folder / "run.json").read_text())["study"]["combined_by"]
        == check_plan(outcome.plan, workers=1).decision[0][13:]
    )


def test_ranks_by_every_method_stand_in_a_table(finished: tuple[Tiny, object]) -> None:
    folder = finished[0].outputs / "plant" / "both"
    with (folder / "methods.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    with (folder / "sites.csv").open(encoding="utf-8", newline="") as stream:
        sites = list(csv.DictReader(stream))
    assert [(row["rank"], row["site_id"], row["name"]) for row in rows] == [(row["rank"], row["site_id"], row["name"]) for row in sites]
    assert [row["weighted_sum"] for row in rows] == [row["rank"] for row in rows]
    assert {"topsis_vector", "topsis_minmax", "vikor", "promethee_ii", "fuzzy_and", "owa_alpha_2"} <= set(rows[0])
    lowest = [min(float(value) for key, value in row.items() if key.endswith("_utility")) for row in sites]
    assert [int(row["fuzzy_and"]) for row in rows] == [1 + sum(other > worth for other in lowest) for worth in lowest]


def test_check_says_what_a_back_test_holds_known_sites_against(tiny: Tiny) -> None:
    assert not any("Back-test" in line for line in check_plan(tiny.plan(), workers=1).decision)
    tiny.write(
        "studies/plant.toml",
        ws.study_text()
        + '[backtest]\nnull = { layer = "towns", where = "people > 5000", measure = "distance" }\n'
        + 'comparable = { outside_rules = ["Parks"], near = { layer = "towns", within = "2 km" } }\n',
    )
    assert check_plan(tiny.plan(), workers=1).decision[-2:] == (
        "Back-test: comparable land is scored land outside 'Parks' and within 2 km of towns",
        "Back-test: the null model holds land for the better the nearer it lies to towns where people > 5000",
    )
