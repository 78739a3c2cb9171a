"""What `layers show` says of a network: parts, who reaches them, what the vintage misses."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from geo_engine.cli import main
from geo_engine.run import show_layer
from tests.run.tiny import LAYERS, ROADS, Feature, Tiny, line


def lonely(length: float) -> list[Feature]:
    """The roads of 12 km, and a road of some length in the south-east that nothing leads to."""
    return [*ROADS, ({"kind": "a_road"}, line((406000 - length, 300100), (406000, 300100)))]


def test_a_whole_network_holds_everybody_and_warns_of_nothing(tiny: Tiny) -> None:
    view = show_layer(tiny.path, "roads").network
    assert view is not None
    assert (view.report.components, view.report.main_share, view.report.main_length_share) == (1, 1.0, 1.0)
    assert {(share.what, share.total, share.main) for share in view.shares} >= {("plants", 3.0, 1.0), ("towns", 2.0, 1.0)}
    assert view.warnings == ()
    assert view.missing == ()


def test_a_part_of_its_own_is_told_by_length_and_by_who_meets_it(tiny: Tiny) -> None:
    # 12 km hang together; 1 km does not: 12 of 13 km are 92.3 %. Of two towns none is nearer to the lonely road.
    tiny.features("roads", lonely(1000.0))
    tiny.features("plants", [({"name": "South", "cars": 10, "works": "yes"}, {"type": "Point", "coordinates": [405500, 300200]})])
    view = show_layer(tiny.path, "roads").network
    assert view is not None
    assert view.report.main_length_share == pytest.approx(12 / 13)
    assert any("92.3% of the length" in warning for warning in view.warnings)


def test_bridge_joins_a_part_within_its_length(tiny: Tiny) -> None:
    # The nearest line runs along N 302500 and down E 403000 to N 300500: from (405000, 300100) it is 2,040 m to (403000, 300500).
    tiny.features("roads", lonely(1000.0))
    tiny.write("layers/roads.toml", LAYERS["roads"] + 'bridge = "2100 m"\n')
    view = show_layer(tiny.path, "roads").network
    assert view is not None
    assert view.report.components == 1
    assert view.report.bridges == pytest.approx(((2000**2 + 400**2) ** 0.5,))
    tiny.write("layers/roads.toml", LAYERS["roads"] + 'bridge = "2000 m"\n')
    view = show_layer(tiny.path, "roads").network
    assert view is not None
    assert view.report.bridges == ()


def test_what_a_vintage_misses_is_listed_region_by_region(tiny: Tiny) -> None:
    tiny.write(
        "layers/roads.toml",
        LAYERS["roads"] + '[[missing]]\nregion = "East"\nwhat = "the new bridge"\n[[missing]]\nregion = "East"\nwhat = "the bypass"\n',
    )
    view = show_layer(tiny.path, "roads").network
    assert view is not None
    assert view.missing == (("East", "the new bridge; the bypass"), ("West", ""))
    shown = CliRunner().invoke(main, ["layers", "show", "roads", "--workspace", str(tiny.path)]).output
    assert "the new bridge; the bypass" in shown
    assert "nothing listed" in shown


def test_the_view_is_json_too(tiny: Tiny) -> None:
    result = CliRunner().invoke(main, ["layers", "show", "roads", "--workspace", str(tiny.path), "--json"])
    network = json.loads(result.stdout)["network"]
    assert network["report"]["edges"] == 7
    assert network["shares"][0]["study"] == "plant"


def test_the_record_says_how_far_facilities_stand_from_their_network(tiny: Tiny) -> None:
    record = json.loads((tiny.run().folder / "run.json").read_text(encoding="utf-8"))
    told = record["networks"]["roads by lorry"]
    assert (told["closed_share"], told["cut_off_share"]) == (0.0, 0.0)
    # Every plant stands on a road. Ayton is 2,000 m south of one; Beeville 500 m west of the road along E 405000.
    assert told["facilities"]["plants"] == {"count": 3, "metres_to_network_median": 0.0, "metres_to_network_most": 0.0}
    assert told["facilities"]["towns"] == {"count": 2, "metres_to_network_median": 1250.0, "metres_to_network_most": 2000.0}
