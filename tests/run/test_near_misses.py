"""Near misses and forced inclusion on the tiny workspace: by runs with a rule dropped, and by the mask bit by bit."""

from __future__ import annotations

import csv
import json

import numpy as np
import pyproj
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from geo_engine.model import STATUS_OFF_AREA, Result, StatusBit, rule_bits
from geo_engine.publish import near_miss_sentence
from geo_engine.run import explain
from geo_engine.run.places.land.cells import blocking
from tests.run import tiny as ws
from tests.run.tiny import Tiny

NEAR = '[[constraints]]\nname = "Near a station"\nlayer = "stations"\nmeasure = "distance"\nkeep = { max = "2.5 km" }\n'
QUICK = (
    '[[constraints]]\nname = "Quick to a plant"\nlayer = "plants"\nmeasure = "travel_time"\nnetwork = "roads"\nprofile = "lorry"\n'
    'keep = { min = "1 min", max = "6 min" }\n'
)
SHARE = '[[constraints]]\nname = "Share of the park"\nlayer = "parks"\nkeep = { share = "60 %", side = "outside" }\n'
ONLY = (
    '[[constraints]]\nname = "No station in zones"\nlayer = "stations"\nkeep = "outside"\nbuffer = "1 km"\nonly_in = { layer = "zones" }\n'
)
GRADE = '[[constraints]]\nname = "Named regions"\nlayer = "parks"\nkeep = { not_classes = ["Great Park"], column = "name" }\n'
FORCE = '[[constraints]]\nname = "Promised"\nlayer = "parks"\nforce = true\n'
RULES = (*ws.RULES, NEAR, QUICK, SHARE, ONLY)


def solved(tiny: Tiny, *rules: str) -> Result:
    tiny.write("studies/plant.toml", ws.study_text(rules=rules))
    return tiny.solve()


def free(result: Result) -> NDArray[np.bool_]:
    passed: NDArray[np.bool_] = (blocking(np.asarray(result.surface.status)) == 0) & ~np.isnan(np.asarray(result.surface.score))
    return passed


@pytest.mark.parametrize("number", range(len(RULES)))
def test_near_misses_are_the_free_land_without_the_rule_less_the_free_land_and_the_areas_of_that_run(tiny: Tiny, number: int) -> None:
    full = solved(tiny, *RULES)
    without = solved(tiny, *RULES[:number], *RULES[number + 1 :])
    miss = full.near_misses[number]
    more = free(without) & ~free(full)
    assert (free(full) <= free(without)).all()
    assert miss.hectares == pytest.approx(more.sum())  # a cell is a hectare
    expected = [site for site in without.ranking.sites if more[site.rows, site.cols].any()]
    assert [(area.rank, area.score, area.geometry.wkt) for area in miss.areas] == [
        (site.rank, site.score, site.geometry.wkt) for site in expected[:5]
    ]
    assert [area.failing_share for area in miss.areas] == [more[site.rows, site.cols].mean() for site in expected[:5]]


def test_a_rule_that_does_not_know_keeps_its_land_out_and_lifting_it_gives_all_of_it_back(tiny: Tiny) -> None:
    full = solved(tiny, *ws.RULES, GRADE)
    status, bits = np.asarray(full.surface.status), rule_bits(full.study.constraints)
    known = status >> np.uint32(StatusBit.UNKNOWN) & 1 == 0
    fails = status >> np.uint32(bits["Named regions"]) & 1 == 1
    assert fails.all()  # in the park by its class, elsewhere because no polygon says a class
    assert known.sum() == 100  # the park is 1 km by 1 km
    assert not np.isnan(np.asarray(full.surface.score)).any()
    miss = {one.rule: one.hectares for one in full.near_misses}
    assert free(full).sum() == 0
    assert miss["Named regions"] == free(solved(tiny, *ws.RULES)).sum()


@settings(max_examples=12, deadline=None)
@given(st.lists(st.sampled_from(RULES), unique=True, min_size=1, max_size=4))
def test_lifting_a_rule_never_shrinks_free_land(tmp_path_factory: pytest.TempPathFactory, rules: list[str]) -> None:
    tiny = Tiny.make(tmp_path_factory.mktemp("lift") / "ws")
    full = free(solved(tiny, *rules))
    assert (full <= free(solved(tiny, *rules[1:]))).all()


def test_forced_land_is_free_whatever_it_fails_says_so_and_keeps_the_rules_it_fails(tiny: Tiny) -> None:
    # The park is forced, though rules keep it out; 100 cells of it.
    tiny.write("studies/plant.toml", ws.study_text(rules=[ws.PARK_RULE, NEAR, FORCE]))
    outcome = tiny.run()
    result = outcome.result
    status = np.asarray(result.surface.status)
    forced = status >> np.uint32(StatusBit.FORCED) & 1 == 1
    assert forced.sum() == result.hectares["forced"] == 100
    assert free(result)[forced].all()
    assert (status[forced] >> np.uint32(2) & 1 == 1).all()  # the park's own rule is still told
    assert [miss.rule for miss in result.near_misses] == ["Parks", "Near a station"]
    lon, lat = pyproj.Transformer.from_crs("EPSG:27700", "EPSG:4326", always_xy=True).transform(402000, 303500)  # within the park
    assert explain(tiny.stored(), f"{lon},{lat}").status == "free: Parks, freed by force: Promised"  # 1.1 km from Hill
    assert "Free by force: Promised" in (outcome.folder / "map.html").read_text()


def test_forced_land_is_never_off_the_area_and_never_unknown(tiny: Tiny) -> None:
    beyond = ws.box(399000, 299000, 402000, 302000)
    tiny.features("parks", [({"name": "Great Park"}, beyond)])
    result = solved(tiny, '[[constraints]]\nname = "None"\nlayer = "zones"\nkeep = { classes = ["Zone"], column = "name" }\n', FORCE)
    status = np.asarray(result.surface.status)
    assert (status == STATUS_OFF_AREA).sum() == 0  # the whole grid is land here, and nothing beyond it was added
    assert (status >> np.uint32(StatusBit.FORCED) & 1).sum() == 0  # outside the zone the class is unknown, and stays so
    west = np.asarray(tiny.solve("west").surface.status)
    assert (west >> np.uint32(StatusBit.FORCED) & 1).sum() == 0


def test_near_misses_are_in_the_table_the_record_and_a_sentence(tiny: Tiny) -> None:
    tiny.write("studies/plant.toml", ws.study_text(rules=RULES))
    outcome = tiny.run()
    with (outcome.folder / "near_misses.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    misses = outcome.result.near_misses
    assert len(rows) == sum(max(len(miss.areas), 1) for miss in misses)
    assert {row["rule"]: float(row["hectares"]) for row in rows} == {miss.rule: miss.hectares for miss in misses}
    best = next(row for row in rows if row["rank"])
    area = next(miss for miss in misses if miss.rule == best["rule"]).areas[0]
    assert (int(best["rank"]), float(best["score"]), best["name"]) == (area.rank, round(area.score, 4), area.name)
    record = json.loads((outcome.folder / "run.json").read_text())
    assert record["near_misses"] == {miss.rule: miss.hectares for miss in misses}
    said = near_miss_sentence(outcome.result)
    for miss in misses:
        assert (f"{miss.hectares:,.0f} ha fail only '{miss.rule}'" in said) == (miss.hectares > 0)
