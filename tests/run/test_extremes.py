"""Studies at the ends of what can be written: an answer that is right, or one clear error; never a silent nonsense."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from geo_engine.errors import GeoEngineError, LayerError, StudyError
from geo_engine.model import Ranking
from geo_engine.run import plain
from tests.run import tiny as ws
from tests.run.tiny import Tiny

PLANT = "studies/plant.toml"


def ranked(tiny: Tiny, old: str, new: str) -> Ranking:
    tiny.edit(PLANT, old, new)
    return tiny.solve().ranking


@pytest.mark.parametrize("spacing", ["100 km", "99999999 km", "1e30 km", "1e300 km"])
def test_a_spacing_wider_than_the_area_leaves_one_area(tiny: Tiny, spacing: str) -> None:
    assert len(ranked(tiny, 'spacing = "1 km"', f'spacing = "{spacing}"').sites) == 1


@pytest.mark.parametrize("reach", ["1", "10", "1e6", "1e300"])
def test_any_reach_finds_areas_or_is_refused(tiny: Tiny, reach: str) -> None:
    try:
        found = ranked(tiny, "count = 5", f"count = 5\nreach = {reach}")
    except GeoEngineError as error:
        assert "reach" in str(error)  # noqa: PT017 - either is right, a crash is not
    else:
        assert len(found.sites) == 5


@pytest.mark.parametrize("land", ["100 ha", "1e4 ha", "1e300 ha"])
def test_more_land_than_there_is_finds_none_or_is_refused(tiny: Tiny, land: str) -> None:
    """Times four gigawatt hours: from all the 400 ha, of which 100 are barred, to more than any array holds."""
    tiny.features("regions", [({"region": "West"}, ws.box(401000, 303000, 403000, 305000))])
    try:
        found = ranked(tiny, 'each = "1 ha"', f'each = "{land}"')
    except GeoEngineError as error:
        assert "ha" in str(error)  # noqa: PT017 - either is right, a crash is not
    else:
        assert found.sites == ()
        assert found.notes[0].startswith("0 of the 5 areas asked for were found")


def test_a_count_beyond_all_bounds_is_refused_and_the_most_is_not(tiny: Tiny) -> None:
    with pytest.raises(StudyError, match="at most 500"):
        ranked(tiny, "count = 5", "count = 99999999999999999999")
    assert 5 < len(ranked(tiny, "count = 99999999999999999999", "count = 500").sites) < 100


@pytest.mark.parametrize("weight", ["1e308", "5e-324", "1e-300"])
def test_weights_at_the_ends_still_add_up_to_one(tiny: Tiny, weight: str) -> None:
    text = ws.study_text()
    for old in ("3", "2", "1"):
        text = text.replace(f"weight = {old}\n", f"weight = {weight}\n")
    tiny.write(PLANT, text)
    try:
        weights = tiny.study().weights
    except StudyError as error:
        assert "weight" in str(error)  # noqa: PT017 - either is right, a sum of nothing is not
    else:
        assert weights == pytest.approx((0.2,) * 5)


@pytest.mark.parametrize(("unit", "capacity"), [("GWh a year", 0.06), ("GWh/year", 0.06), ("GWh", 0.06), ("MWh a year", 60.0)])
def test_demand_in_kwh_becomes_the_facility_s_energy(tiny: Tiny, unit: str, capacity: float) -> None:
    assert ranked(tiny, 'unit = "GWh a year"', f'unit = "{unit}"').demand[0].capacity == pytest.approx(capacity)


@pytest.mark.parametrize("unit", ["MW", "cars a year", "t"])
def test_demand_in_kwh_for_a_facility_of_another_kind_is_refused(tiny: Tiny, unit: str) -> None:
    """1,000 cars of 60 kWh are not 60,000 MW."""
    with pytest.raises(StudyError, match=r"capacity_each|unit"):
        ranked(tiny, 'unit = "GWh a year"', f'unit = "{unit}"')


@pytest.mark.parametrize("unit", ["t a year", "t/a", "kilotonnes"])
def test_demand_in_another_unit_than_the_facility_s_is_refused(tiny: Tiny, unit: str) -> None:
    """60 kg a car are not 60 t a car."""
    tiny.edit(PLANT, '"60 kWh"', '"60 kg"')
    with pytest.raises(StudyError, match="capacity_each"):
        ranked(tiny, 'unit = "GWh a year"', f'unit = "{unit}"')


@pytest.mark.parametrize("unit", ["battery packs a year", "battery packs", "battery packs/day"])
def test_demand_in_the_facility_s_own_unit_is_taken_as_it_is(tiny: Tiny, unit: str) -> None:
    tiny.edit(PLANT, '"60 kWh"', '"2 battery packs"')
    assert ranked(tiny, 'unit = "GWh a year"', f'unit = "{unit}"').demand[0].capacity == 2000.0


def test_a_blank_size_of_demand_is_told_before_the_land_is_scored(tiny: Tiny) -> None:
    alpha, *others = ws.PLANTS
    tiny.write(PLANT, ws.study_text([ws.GRID], []))
    tiny.features("plants", [({"name": "Alpha", "cars": None, "works": "yes"}, alpha[1]), *others])
    with pytest.raises(LayerError, match="'cars' is blank in 1 rows"):
        tiny.plan()


def test_a_region_of_the_whole_area_s_name_is_not_swallowed(tiny: Tiny) -> None:
    tiny.edit(PLANT, 'area_title = "Both"', 'area_title = "West"')
    try:
        plan = tiny.plan("west")
    except GeoEngineError as error:
        assert "West" in str(error)  # noqa: PT017 - either is right, the wrong area is not
    else:
        assert plan.grid.shape == (50, 30)


def test_a_workspace_reached_by_a_link_leaves_the_same_record(tiny: Tiny, tmp_path: Path) -> None:
    straight = (tiny.run().folder / "run.json").read_bytes()
    (tmp_path / "link").symlink_to(tiny.path)
    assert (Tiny(tmp_path / "link").run().folder / "run.json").read_bytes() == straight


def test_data_outside_the_workspace_do_not_put_a_machine_s_path_into_the_record(tiny: Tiny) -> None:
    (tiny.path / "layers/data/towns.geojson").rename(tiny.path.parent / "towns.geojson")
    tiny.edit("layers/towns.toml", "data/towns.geojson", "../../towns.geojson")
    study = tiny.study()
    assert str(tiny.path.parent) not in json.dumps(plain(study, tiny.path))


def test_regions_and_parks_drawn_twice_count_once(tiny: Tiny) -> None:
    tiny.features("regions", [*ws.regions(), *ws.regions()])
    tiny.features("parks", [*ws.DATA["parks"], *ws.DATA["parks"]])
    hectares = tiny.solve().hectares
    assert (hectares["land"], hectares["Parks"]) == (3000.0, 100.0)


def test_regions_in_letters_that_are_not_latin_can_be_run(tiny: Tiny) -> None:
    names = ("Αθήνα", "Κρήτη")
    tiny.features("regions", [({"region": name}, shape) for name, (_, shape) in zip(names, ws.regions(), strict=True)])
    assert [tiny.plan(name).grid.west for name in names] == [400000, 403000]
    assert tiny.plan(names[0]).region != tiny.plan(names[1]).region
