"""Each measure that travels in a whole run of the tiny workspace, with values worked out by hand; routes and isochrones of its areas.

Roads run at 10 m/s, along 302500 N from end to end, with branches north at 401000 and 405000 E and south at 403000 E. Land
off them is crossed at 5 m/s, 1 : 1. Plants stand at (401000, 302500), (405000, 302500) and (405000, 304500).
"""

from __future__ import annotations

import json
import re

import numpy as np
import pytest
import shapely

from geo_engine.errors import StudyError
from geo_engine.run.questions.explanation.nearest import nearest_feature
from tests.measure.builders import at
from tests.run import tiny as ws
from tests.run.tiny import Tiny

WAY = 'network = "roads"\nprofile = "lorry"\n'
COST = '[cost]\nper_km = 2.0\nper_hour = 36.0\ncurrency = "GBP"\nsource = "judgement"\n'
TIME = 'value = { function = "linear", best = "0 s", worst = "1000 s" }'
METRES = 'value = { function = "linear", best = "0 m", worst = "10 km" }'
NUMBER = 'value = { function = "linear", worst = 0, best = 2000 }'
MONEY = 'value = { function = "linear", best = 0, worst = 40 }'
RAIL = [({"kind": "rail"}, ws.line((400000, 302500), (406000, 302500)))]
TRAIN = ws.PROFILE.replace('a_road = "36 km/h"', 'rail = "180 km/h"').replace("Lorry", "Train")
ONWARD = "terminals = 'stations'; terminals_where = 'kv = 132'; onward_network = 'rails'; onward_profile = 'train'"
LINEAR = "impedance = 'distance'; decay = { function = 'linear', half = '2 km' }"
PEOPLE = "people_layer = 'towns'; people = 'people'"
ONE = 'value = { function = "linear", worst = 0, best = 1 }'
GAMMA, BETA = (f"where = \"name = '{name}'\"" for name in ("Gamma", "Beta"))


def body(measure: str, keys: str, value: str) -> str:
    """Write a criterion on the plants: its own keys between semicolons."""
    return "\n".join(['layer = "plants"', f'measure = "{measure}"', *keys.split("; "), WAY + value])


# By measure: what it yields at (402050, 302550), which is 50 m off the road and 1050 m along it from the first plant (115 s,
# 1100 m), 2950 m from the second (305 s, 3000 m), 4950 m from the third (505 s, 5000 m); what it is worth there.
MEASURES = {
    "travel_time": (body("travel_time", "", TIME), 115.0, 0.885),
    "third": (body("travel_time", "nth = 3", TIME), 505.0, 0.495),
    "travel_distance": (body("travel_distance", "nth = 2", METRES), 3_000.0, 0.7),
    # 1100 m at 0.2 pence a metre and 115 s at a penny a second.
    "travel_cost": (body("travel_cost", "", MONEY), 2.2 + 1.15, 1 - 3.35 / 40),
    "count": (body("count_within", "within = '305 s'", NUMBER), 2.0, 0.001),
    "count_money": (body("count_within", "within = 3.36; impedance = 'money'", NUMBER), 1.0, 0.0005),
    "sum": (body("sum_within", "size = 'cars'; within = '3001 m'; impedance = 'distance'", NUMBER), 1_500.0, 0.75),
    # Of 1000 cars at 1100 m and of 500 at 3000 m, where nothing counts at 4000 m.
    "access": (body("access", f"size = 'cars'; {LINEAR}", NUMBER), 725.0 + 125.0, 0.425),
    # Ayton stands 2000 m south of the road at 400500, so 450 s from the first plant (and 850 s from the second); Beeville stands 500 m
    # west of the road to the north at 405000, 1000 m up it, 200 s from the second plant and the third, 600 s from the first.
    # Within 451 s: the first plant's 1000 cars for 3000 people, the second's 500 for 9000; the place is within both.
    "catchment": (body("floating_catchment", f"size = 'cars'; {PEOPLE}; within = '451 s'", ONE), 1 / 3 + 1 / 18, 1 / 3 + 1 / 18),
    # The terminal, Farm, stands 1000 m from the road (200 s) and 1500 m from the rail (300 s): the road is quicker.
    "combined": (body("combined_travel", f"{GAMMA}; {ONWARD}; transfer_time = '10 s'", TIME), 505.0, 0.495),
}
PLACE = at((402_050.0, 302_550.0))


def study(tiny: Tiny, text: str) -> Tiny:
    tiny.write("studies/profiles/lorry.toml", ws.PROFILE + COST)
    tiny.write("studies/profiles/train.toml", TRAIN)
    tiny.write("layers/rails.toml", ws.LAYERS["roads"].replace("data/roads", "data/rails"))
    tiny.features("rails", RAIL)
    tiny.write("studies/plant.toml", ws.study_text([ws.criterion("New", text, key="new")], [], demand=""))
    return tiny


@pytest.mark.parametrize("kind", MEASURES)
def test_a_whole_run_of_each_measure(tiny: Tiny, kind: str) -> None:
    text, quantity, utility = MEASURES[kind]
    outcome = study(tiny, text).run()
    assert outcome.plan.measures[0](PLACE).tolist() == pytest.approx([quantity], rel=1e-6)
    row, column = outcome.plan.grid.rows - 26, 20  # 100 m cells, from 300000 N up and from 400000 E on
    grid = outcome.plan.grid
    assert (grid.eastings(grid.whole)[column], grid.northings(grid.whole)[row]) == (402_050.0, 302_550.0)
    assert np.asarray(outcome.result.surface.score)[row, column] == pytest.approx(100 * utility, rel=1e-5)
    criterion = json.loads((outcome.folder / "run.json").read_text())["study"]["criteria"][0]
    assert criterion["measure"]["layer"] == "plants"


def test_the_cheaper_way_by_rail(tiny: Tiny) -> None:
    # A train of 50 m/s; Gamma is the plant, Farm the terminal: the place stands 1000 m west of the road south at 403000, at 301000 N.
    outcome = study(tiny, MEASURES["combined"][0]).run()
    measure = outcome.plan.measures[0]
    # At the terminal: 200 s to the road, 150 s up it, 200 s along it and 200 s up to the plant; or at once 200 s off the road again (a
    # leg there and back: the place goes to the road), 10 s, 300 s to the rail, 60 s along it, 400 s off it.
    by_road, by_rail = 200.0 + 150.0 + 200.0 + 200.0, 200.0 + 200.0 + 10.0 + 300.0 + 3_000.0 / 50.0 + 400.0
    assert measure(at((402_000.0, 301_000.0))).tolist() == [min(by_road, by_rail)]
    cheap = study(tiny, body("combined_travel", f"{BETA}; {ONWARD}; transfer_time = '0 s'", TIME)).run(out=tiny.path / "beta")
    # To Beta by road 550 s; by rail 200 + 200 + 300 + 60 s, so that the road it is.
    assert cheap.plan.measures[0](at((402_000.0, 301_000.0))).tolist() == [550.0]
    # Both ways are told, the cheaper first: by rail 200 s off the road to Farm and there again, 300 s to the rail, 60 s along it.
    told, _ = nearest_feature(cheap.plan, cheap.plan.study.criteria[0].measure, 402_000.0, 301_000.0)
    assert told == "by road all the way to Beta (9.17 min), against by Farm and on to Beta (12.7 min)"


def test_routes_and_isochrones_of_each_area(tiny: Tiny) -> None:
    reach = f'[reach]\n{WAY}isochrones = ["5 min", "15 min"]\n[[reach.routes]]\nname = "To a plant"\nlayer = "plants"\n'
    reach += '[[reach.routes]]\nname = "From a town"\nlayer = "towns"\ndirection = "from"\n'
    tiny.write("studies/plant.toml", ws.study_text() + reach)
    outcome = tiny.run()
    ranking = outcome.result.ranking
    measure = outcome.plan.measures[1]
    assert [there.site_id for there in ranking.reach] == [site.site_id for site in ranking.sites]
    land = shapely.box(400_000, 300_000, 406_000, 305_000)
    for site, there in zip(ranking.sites, ranking.reach, strict=True):
        (to_name, to_plant), (from_name, from_town) = there.routes
        assert (to_name, from_name) == ("To a plant", "From a town")
        assert to_plant is not None
        assert from_town is not None
        assert to_plant.seconds == pytest.approx(float(measure(at((site.easting, site.northing)))[0]), rel=1e-6)
        assert to_plant.facility in {"Alpha", "Beta", "Gamma"}
        assert from_town.facility in {"Ayton", "Beeville"}
        assert shapely.get_coordinates(to_plant.geometry)[0].tolist() == [site.easting, site.northing]
        assert shapely.get_coordinates(from_town.geometry)[-1].tolist() == [site.easting, site.northing]
        inner, outer = (area.geometry for area in there.areas)
        assert [area.limit for area in there.areas] == [300.0, 900.0]
        assert 0 < inner.area < outer.area
        assert inner.difference(outer).area < 1e-6
        assert outer.difference(land).area < 1e-6
        assert not np.isnan(outer.area)


def test_money_needs_a_profile_with_costs(tiny: Tiny) -> None:
    study(tiny, MEASURES["travel_cost"][0]).write("studies/profiles/lorry.toml", ws.PROFILE)
    with pytest.raises(StudyError, match=re.escape("profile 'lorry' says nothing of costs")):
        tiny.run()
