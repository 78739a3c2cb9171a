"""What criteria and rules were measured as is kept for runs with other weights, and changes no byte of what they leave."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from geo_engine.measure import Places, PointPlaces, TilePlaces
from geo_engine.model import Grid, Tile
from geo_engine.run import RunPlan, plan_run, read_study, run_study
from geo_engine.run.storing.kept import KeptMeasure, KeptRule, TileFrame, tile_file
from tests.run.tiny import Tiny, box, point

SIDE = 16  # 60 x 50 cells: 16 tiles, all with land
TILES = 16
CRITERIA = ("Distance to a station", "Time to a plant", "People in reach", "Cars near", "In a zone")


@pytest.fixture(autouse=True)
def worthwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have every grid and every measure be worth keeping, in small tiles."""
    monkeypatch.setattr("geo_engine.run.storing.criteria._WORTHWHILE", 0)
    monkeypatch.setattr("geo_engine.run.storing.criteria._WORTH", -1.0)
    monkeypatch.setattr("geo_engine.run.runner.TILE_SIDE", SIDE)
    monkeypatch.setattr("geo_engine.run.questions.planned.TILE_SIDE", SIDE)


def left(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.name != "timings.json"}


def fresh(tiny: Tiny, to: Path) -> dict[str, bytes]:
    """Give what a run leaves in a workspace that has kept nothing."""
    other = tiny.copy(to)
    for surface in other.outputs.rglob("surface.json"):
        surface.unlink()
    return left(run_study(read_study(other.study_file), workers=2, cache=0).folder)


def surfaces(tiny: Tiny) -> list[Path]:
    there = tiny.outputs / "plant" / ".surfaces"
    return sorted(there.iterdir()) if there.exists() else []


def planned(tiny: Tiny) -> RunPlan:
    return plan_run(tiny.study(), workers=2)


def taken(tiny: Tiny) -> dict[str, int]:
    return {each.name: each.tiles for each in planned(tiny).surfaces}


def why(tiny: Tiny, name: str) -> str:
    return next(each.why for each in planned(tiny).surfaces if each.name == name)


def dear(tiny: Tiny, *, old: str = "weight = 3") -> None:
    tiny.edit("studies/plant.toml", old, "weight = 5")


class Counted:
    """A measure that counts how often it is asked."""

    def __init__(self) -> None:
        self.asked = 0

    def __call__(self, places: Places) -> NDArray[np.float32]:
        self.asked += 1
        e, n = places.coordinates()
        return (e + 2 * n).astype(np.float32)


GRID = Grid("EPSG:27700", 0.0, 400.0, 10.0, 40, 25)
FRAME = TileFrame(GRID, 16, frozenset((row, col) for row in range(3) for col in range(2)), -1.0)


@pytest.fixture
def counted() -> Counted:
    return Counted()


@pytest.fixture
def kept(tmp_path: Path, counted: Counted) -> KeptMeasure:
    return KeptMeasure(tmp_path, FRAME, counted)


def test_a_tile_is_measured_once_and_read_the_same_after(kept: KeptMeasure, counted: Counted) -> None:
    for tile in GRID.tiles(16):
        places = TilePlaces(GRID, tile)
        measured, read = kept(places), kept(places)
        assert np.array_equal(measured, read)
        assert measured.dtype == read.dtype == np.float32
        read[...] = 0  # whoever gets it may change it
        assert np.array_equal(kept(places), measured)
    assert counted.asked == 6


def test_what_is_no_tile_of_the_grid_is_measured(kept: KeptMeasure, counted: Counted, tmp_path: Path) -> None:
    others: list[Places] = [
        PointPlaces(np.array([5.0]), np.array([395.0])),
        TilePlaces(GRID, Tile(0, 8, 0, 16)),
        TilePlaces(GRID, Tile(8, 24, 0, 16)),
        TilePlaces(Grid("EPSG:27700", 5.0, 400.0, 10.0, 40, 25), Tile(0, 16, 0, 16)),
    ]
    for places in others * 2:
        kept(places)
    assert counted.asked == 8
    assert list(tmp_path.iterdir()) == []


def test_what_was_quick_to_measure_is_not_written(counted: Counted, tmp_path: Path) -> None:
    KeptMeasure(tmp_path, TileFrame(GRID, 16, FRAME.tiles, 1e9), counted)(TilePlaces(GRID, Tile(0, 16, 0, 16)))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("spoil", [lambda b: b[:-5], lambda b: b[:40] + bytes([b[40] ^ 1]) + b[41:], lambda _: b"", lambda b: b + b"\0"])
def test_a_spoilt_tile_is_measured_again(kept: KeptMeasure, counted: Counted, tmp_path: Path, spoil: Callable[[bytes], bytes]) -> None:
    places = TilePlaces(GRID, Tile(0, 16, 0, 16))
    found = kept(places)
    file = tile_file(tmp_path, (0, 0))
    whole = file.read_bytes()
    assert len(whole) == 16 * 16 * 4 + 4
    file.write_bytes(spoil(whole))
    assert np.array_equal(kept(places), found)
    assert counted.asked == 2
    assert file.read_bytes() == whole


def test_a_folder_that_takes_nothing_costs_nothing(counted: Counted, tmp_path: Path) -> None:
    kept = KeptMeasure(tmp_path / "not there", FRAME, counted)
    places = TilePlaces(GRID, Tile(0, 16, 0, 16))
    assert np.array_equal(kept(places), counted(places))


@pytest.mark.parametrize("knows", [True, False])
def test_a_rule_is_read_as_it_was_judged(tmp_path: Path, knows: bool) -> None:  # noqa: FBT001 - a case
    random = np.random.default_rng(4)
    failed, unknown = random.random((16, 16)) < 0.5, random.random((16, 16)) < 0.5
    answers = iter([(failed, unknown if knows else None)])
    rule = KeptRule(tmp_path, FRAME, lambda _: next(answers))
    for _ in range(2):
        found, not_known = rule(TilePlaces(GRID, Tile(0, 16, 0, 16)))
        assert np.array_equal(found, failed)
        assert found.dtype == np.bool_
        assert np.array_equal(not_known, unknown) if knows and not_known is not None else not_known is None
    with pytest.raises(StopIteration):
        rule(PointPlaces(np.zeros(1), np.zeros(1)))


def test_another_weight_takes_up_everything_and_leaves_the_bytes_of_a_fresh_run(tiny: Tiny, tmp_path: Path) -> None:
    first = left(run_study(tiny.study(), workers=2).folder)
    rules = [f"rule: {rule.name}" for rule in tiny.study().constraints]
    assert taken(tiny) == dict.fromkeys([*CRITERIA, *rules], TILES)
    assert {each.why for each in planned(tiny).surfaces} == {"nothing that it depends on has changed"}
    dear(tiny)
    assert set(taken(tiny).values()) == {TILES}
    again = left(run_study(tiny.study(), workers=2).folder)
    assert again != first
    assert again == fresh(tiny, tmp_path / "fresh")


def test_nothing_is_measured_twice(tiny: Tiny, monkeypatch: pytest.MonkeyPatch) -> None:
    run_study(tiny.study(), workers=1)
    asked: list[TilePlaces] = []
    straight = TilePlaces.point_distance

    def noted(self: TilePlaces, *lines: NDArray[np.float64]) -> NDArray[np.float32]:
        asked.append(self)
        return straight(self, *lines)

    monkeypatch.setattr(TilePlaces, "point_distance", noted)
    dear(tiny)
    run_study(tiny.study(), workers=1)
    assert [places for places in asked if places.tile.shape == (SIDE, SIDE)] == []
    run_study(tiny.study(), workers=1, fresh=True)
    assert [places for places in asked if places.tile.shape == (SIDE, SIDE)] != []


def test_a_changed_layer_has_only_what_depends_on_it_measured_again(tiny: Tiny, tmp_path: Path) -> None:
    run_study(tiny.study(), workers=2)
    tiny.features("parks", [({"name": "Great Park"}, box(401500, 303000, 402600, 304000))])
    parks = [f"rule: {rule.name}" for rule in tiny.study().constraints if rule.layer == "parks"]
    assert parks
    assert {name for name, tiles in taken(tiny).items() if not tiles} == set(parks)
    assert why(tiny, parks[0]) == "otherwise than when it was kept: layers/data/parks.geojson"
    assert left(run_study(tiny.study(), workers=2).folder) == fresh(tiny, tmp_path / "fresh")
    tiny.features("stations", [({"name": "Hill", "kv": 400}, point(401050, 304000))])
    assert taken(tiny)["Distance to a station"] == 0
    assert taken(tiny)["Time to a plant"] == TILES


def test_a_network_and_a_vehicle_matter_to_what_travels(tiny: Tiny) -> None:
    run_study(tiny.study(), workers=2)
    tiny.edit("studies/profiles/lorry.toml", '"36 km/h"', '"40 km/h"')
    gone = {name for name, tiles in taken(tiny).items() if not tiles}
    assert "Time to a plant" in gone
    assert "Distance to a station" not in gone
    assert why(tiny, "Time to a plant") == "otherwise than when it was kept: profile 'lorry'"


def test_what_is_only_said_or_judged_otherwise_is_not_measured_again(tiny: Tiny) -> None:
    run_study(tiny.study(), workers=2)
    tiny.edit("studies/plant.toml", 'worst = "6 km"', 'worst = "5 km"')
    tiny.edit("studies/plant.toml", 'name = "Distance to a station"', 'name = "How far a station is"')
    assert set(taken(tiny).values()) == {TILES}


def test_another_filter_is_another_surface_and_the_old_one_stays(tiny: Tiny) -> None:
    run_study(tiny.study(), workers=2)
    tiny.edit("studies/plant.toml", "kv >= 275", "kv >= 132")
    assert why(tiny, "Distance to a station") == "otherwise than when it was kept: what is measured"
    run_study(tiny.study(), workers=2)
    tiny.edit("studies/plant.toml", "kv >= 132", "kv >= 275")
    assert taken(tiny)["Distance to a station"] == TILES


def test_regions_and_scenarios_do_not_mix(tiny: Tiny, tmp_path: Path) -> None:
    run_study(tiny.study(), workers=2)
    west = left(run_study(tiny.study(), region="west", workers=2).folder)
    other = tiny.copy(tmp_path / "other")
    assert left(run_study(other.study(), region="west", workers=2, cache=0).folder) == west


def sizes(folders: list[Path]) -> Iterator[int]:
    for folder in folders:
        yield sum(file.stat().st_size for file in folder.glob("*.tile"))


def test_what_was_used_least_lately_makes_room(tiny: Tiny) -> None:
    run_study(tiny.study(), workers=2)
    old = {folder.name for folder in surfaces(tiny)}
    for folder in surfaces(tiny):
        os.utime(folder / "surface.json", (1e9, 1e9))
    tiny.edit("studies/plant.toml", 'cell = "100 m"', 'cell = "125 m"')
    run_study(tiny.study(), workers=2, cache=1e9)
    assert old <= {folder.name for folder in surfaces(tiny)}  # there is room for both
    needed = 9 * SIDE**2 * (5 * 4 + 2 * 1)  # 48 x 40 cells in 9 tiles, five criteria of four bytes and two rules of one
    run_study(tiny.study(), workers=2, cache=needed)
    assert not old & {folder.name for folder in surfaces(tiny)}
    assert 0 < sum(sizes(surfaces(tiny))) <= needed


def test_a_limit_below_what_a_run_needs_keeps_some_tiles(tiny: Tiny, tmp_path: Path) -> None:
    run_study(tiny.study(), workers=2)
    whole = sum(sizes(surfaces(tiny)))
    for folder in surfaces(tiny):
        for file in folder.glob("*.tile"):
            file.unlink()
    result = left(run_study(tiny.study(), workers=2, cache=whole / 2).folder)
    assert 0 < sum(sizes(surfaces(tiny))) <= whole / 2
    assert 0 < max(taken(tiny).values()) < TILES
    assert result == fresh(tiny, tmp_path / "fresh")


def test_a_limit_of_nothing_removes_what_is_there(tiny: Tiny) -> None:
    run_study(tiny.study(), workers=2)
    assert surfaces(tiny)
    run_study(tiny.study(), workers=2, cache=0)
    assert not (tiny.outputs / "plant" / ".surfaces").exists()
    assert plan_run(tiny.study(), workers=2, cache=0).surfaces == ()


def test_foreign_files_among_the_surfaces_do_no_harm(tiny: Tiny) -> None:
    run_study(tiny.study(), workers=2)
    for number, folder in enumerate(surfaces(tiny)):
        (folder / "surface.json").write_text(["", "[]", '{"name": 3}', "{"][number % 4])
    (tiny.outputs / "plant" / ".surfaces" / "note.txt").write_text("mine")
    assert set(taken(tiny).values()) == {0}
    run_study(tiny.study(), workers=2)
    assert set(taken(tiny).values()) == {TILES}


def test_data_from_an_address_are_measured_each_time(tiny: Tiny, monkeypatch: pytest.MonkeyPatch) -> None:
    real = run_study(tiny.study(), workers=2)
    assert real.folder.exists()
    monkeypatch.setattr(
        "geo_engine.run.storing.criteria.hash_sources",
        lambda layers: {layer.source: "not hashed: read from its address" for layer in layers},
    )
    assert set(taken(tiny).values()) == {0}
    assert {each.why for each in planned(tiny).surfaces} == {"its data come from an address, so nothing tells whether they have changed"}
