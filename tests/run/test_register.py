"""The register of rejected areas: which stage and rule dropped them, with the number, in the order of the sift."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import shapely

from geo_engine.model import Ranking, Stage
from geo_engine.run import RunOutcome
from tests.run import tiny as ws
from tests.run.tiny import Tiny


def ranking(tiny: Tiny) -> Ranking:
    return tiny.solve().ranking


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_rejections_say_which_rule_and_how_much(tiny: Tiny) -> None:
    """The best land by far is in the park: the area around the station fails the rule to the full."""
    tiny.features("stations", [({"name": "In the park", "kv": 400}, ws.point(402000, 303500))])
    tiny.features("parks", [({"name": "P"}, ws.box(401500, 303000, 402500, 304000))])
    tiny.write("studies/plant.toml", ws.study_text([ws.GRID], [ws.PARK_RULE], sites='count = 30\nspacing = "0.5 km"\n', demand=""))
    found = ranking(tiny).rejected
    parks = [item for item in found if item.rule == "Parks"]
    assert parks[0] is found[0]
    assert parks[0].detail == "100% of it fails 'Parks'"
    assert parks[0].score > 97
    assert parks[0].region == "West"
    assert (parks[0].stage, parks[0].number, parks[0].unit) == (Stage.RULE, 100.0, "%")
    assert [item.score for item in parks] == sorted((item.score for item in parks), reverse=True)


def test_rejections_for_size(tiny: Tiny) -> None:
    """All is park but a pocket of two cells around the best station and open land far away."""
    wall = shapely.box(400000, 300000, 403000, 305000).difference(shapely.box(401000, 304000, 401200, 304100))
    tiny.features("parks", [({"name": "Wall"}, json.loads(shapely.to_geojson(wall)))])
    tiny.write("studies/plant.toml", ws.study_text([ws.GRID], [ws.PARK_RULE], sites='count = 2\nspacing = "1 km"\n', demand=""))
    small = [item for item in ranking(tiny).rejected if item.stage is Stage.SIZE]
    assert len(small) == 1
    assert small[0].area_m2 == 20_000.0
    assert small[0].detail == "2 ha of connected free land, 4 ha needed"
    assert (small[0].rule, small[0].number, small[0].unit) == ("area", 2.0, "ha")
    assert (small[0].easting, small[0].northing) == (401100, 304050)


def test_rejections_for_spacing_are_nearer_than_the_spacing(finished: tuple[Tiny, RunOutcome]) -> None:
    dropped = [item for item in finished[1].result.ranking.rejected if item.stage is Stage.SPACING]
    assert dropped
    lowest = min(site.score for site in finished[1].result.ranking.sites)
    for item in dropped:
        far = re.match(r"([\d.]+) km from rank (\d) \((.*)\); 1 km asked for", item.detail)
        assert far
        assert float(far[1]) < 1
        assert finished[1].result.ranking.sites[int(far[2]) - 1].name == far[3]
        assert item.score >= lowest


def test_rejected_table_has_the_ranking_s_rows(finished: tuple[Tiny, RunOutcome]) -> None:
    table = rows(finished[1].folder / "rejected.csv")
    kept = finished[1].result.ranking.rejected
    assert [(row["rule"], row["detail"]) for row in table] == [(item.rule, item.detail) for item in kept]
    assert [(row["stage"], row["stage_name"]) for row in table] == [(str(int(item.stage)), item.stage.name.lower()) for item in kept]
    stages = [int(row["stage"]) for row in table]
    assert stages == sorted(stages)


def test_land_in_too_long_a_shape_is_told_from_too_little_land(tiny: Tiny) -> None:
    """A free strip of 40 by 1 cells about the best station has ten times the land, and no four cells of it lie in a reach of 1."""
    wall = shapely.box(400000, 300000, 403000, 305000).difference(shapely.box(401000, 301000, 401100, 305000))
    tiny.features("parks", [({"name": "Wall"}, json.loads(shapely.to_geojson(wall)))])
    search = 'count = 2\nspacing = "1 km"\nreach = 1.0\n'
    tiny.write("studies/plant.toml", ws.study_text([ws.GRID], [ws.PARK_RULE], sites=search, demand=""))
    long = [item for item in ranking(tiny).rejected if item.stage is Stage.SHAPE]
    assert long
    assert all((item.rule, item.unit) == ("reach", "ha") and item.number < 4 for item in long)
    assert not [item for item in ranking(tiny).rejected if item.stage is Stage.SIZE]


def test_a_candidate_is_dropped_by_the_first_rule_that_it_fails(tiny: Tiny) -> None:
    """Both rules cover the best land; the register names that which the study lists first, and keeps the study's order."""
    tiny.features("stations", [({"name": "In the park", "kv": 400}, ws.point(402000, 303500))])
    tiny.features("zones", [({"name": "Z"}, ws.box(401700, 303300, 402300, 303700))])
    zone = '[[constraints]]\nname = "Zone"\nlayer = "zones"\nkeep = "outside"\n'
    search = 'count = 30\nspacing = "0.5 km"\n'
    for rules, first in (([ws.PARK_RULE, zone], "Parks"), ([zone, ws.PARK_RULE], "Zone")):
        tiny.write("studies/plant.toml", ws.study_text([ws.GRID], rules, sites=search, demand=""))
        dropped = [item.rule for item in ranking(tiny).rejected if item.stage is Stage.RULE]
        assert dropped[0] == first
        order = [rule.split('"')[1] for rule in rules]
        assert [order.index(rule) for rule in dropped] == sorted(order.index(rule) for rule in dropped)
