"""Tiles in a folder instead of arrays in memory: every byte that a run leaves is the same."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from geo_engine.decide import Area, Ground, Leftover, Located, Piece, Wish, blocks_of, locate_areas, search_ground
from geo_engine.errors import RunError
from geo_engine.model import Grid, Result, Tile
from geo_engine.publish import write_outputs
from geo_engine.run import RunOutcome, SilentReporter, solve
from geo_engine.run.storing.bands import StoredBand
from geo_engine.run.storing.tiles import TileStore, write_tile
from tests.run import tiny as ws
from tests.run.tiny import Tiny

FORMS = {
    "small areas": 'count = 5\nspacing = "1 km"\n',
    "more areas than there is room for": 'count = 40\nspacing = "1.3 km"\n',
    "shaped areas near each other": 'count = 4\nspacing = "0.6 km"\nmax_spacing = "1.5 km"\ncompactness = 0.3\n',
    "areas of several sizes by their share": 'count = 4\nspacing = "1 km"\nmax_area = "85 ha"\nevaluate = "share"\nthreshold = 50\n',
    "beside existing sites": 'count = 6\nspacing = "1 km"\nmax_spacing = "3 km"\nexisting = { layer = "plants", keep = "in" }\n',
    "away from existing sites": 'count = 4\nspacing = "1 km"\nexisting = { layer = "plants", keep = "away" }\n',
}


def left_by(result: Result, folder: Path) -> dict[str, bytes]:
    folder.mkdir()
    write_outputs(result, folder, record={})
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


@pytest.mark.parametrize("side", [7, 16, 64])
def test_a_stored_run_leaves_the_bytes_of_one_that_is_held(
    finished: tuple[Tiny, RunOutcome], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, side: int
) -> None:
    plan = finished[1].plan
    held = left_by(solve(plan, SilentReporter(), workers=2), tmp_path / "held")
    monkeypatch.setattr("geo_engine.run.places.land.ground._SIDE", side)
    stored = solve(plan, SilentReporter(), workers=2, tile_side=side, folder=tmp_path / "tiles")
    assert not stored.surface.held
    assert stored.surface.best is not None
    found = left_by(stored, tmp_path / "stored")
    assert found.keys() == held.keys()
    assert [name for name in found if found[name] != held[name]] == []


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("land", ["1 ha", "20 ha"])
def test_sites_near_misses_and_what_was_dropped_are_the_same_however_areas_are_asked_for(
    tiny: Tiny, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str, land: str
) -> None:
    tiny.write("studies/plant.toml", ws.study_text(sites=FORMS[form], land=land))
    plan = tiny.plan()
    held = solve(plan, SilentReporter(), workers=2)
    monkeypatch.setattr("geo_engine.run.places.land.ground._SIDE", 11)
    stored = solve(plan, SilentReporter(), workers=2, tile_side=16, folder=tmp_path / "tiles")
    assert stored.ranking.sites == held.ranking.sites
    assert repr(stored.ranking.rejected) == repr(held.ranking.rejected)
    assert repr(stored.near_misses) == repr(held.near_misses)
    assert stored.ranking.notes == held.ranking.notes
    assert stored.hectares == held.hectares


def windowed(score: NDArray[np.float32], free: NDArray[np.bool_], side: int) -> Ground:
    """Land of which nobody sees more than a window; blocks are put together from stripes that do not fit them."""

    def highest(block: int) -> NDArray[np.float32]:
        out = np.full((-(-score.shape[0] // block), -(-score.shape[1] // block)), -np.inf, np.float32)
        for row in range(0, score.shape[0], 5):
            part = blocks_of(score[row : row + 5], free[row : row + 5], block, row, 0)
            there = out[row // block : row // block + part.shape[0]]
            np.maximum(there, part, out=there)
        return out

    return Ground(score.shape, side, lambda tile: Piece(score[tile.window].copy(), free[tile.window].copy()), highest)


def told(found: Located) -> tuple[list[tuple[list[int], float]], list[tuple[list[int], float]], Leftover | None]:
    def areas(of: tuple[Area, ...]) -> list[tuple[list[int], float]]:
        return [(area.cells.tolist(), area.score) for area in of]

    return areas(found.areas), areas(found.too_small), found.leftover


@settings(max_examples=60, deadline=None)
@given(
    st.integers(0, 2**32 - 1), st.sampled_from([1, 3, 9, 70]), st.sampled_from([0.0, 2.0, 6.5]), st.sampled_from([1, 6, 13]),
    st.sampled_from([Wish(), Wish(compactness=0.4), Wish(farthest=9.0), Wish(by="share", threshold=60.0), Wish(most_cells=20)]),
)  # fmt: skip
def test_areas_do_not_depend_on_how_much_land_is_seen_at_once(seed: int, cells: int, spacing: float, side: int, wish: Wish) -> None:
    rng = np.random.default_rng(seed)
    rows, cols = rng.integers(5, 45, 2)
    score = rng.choice([10, 50, 60, 90], (rows, cols)).astype(np.float32) if seed % 2 else rng.uniform(0, 100, (rows, cols)).astype("f4")
    free = rng.random((rows, cols)) < rng.choice([0.5, 0.8, 1.0])
    seen = search_ground(windowed(score, free, side), cells=cells, count=6, spacing=spacing, wish=wish)
    assert told(seen) == told(locate_areas(score, free, cells=cells, count=6, spacing=spacing, wish=wish))


def test_sea_is_not_read_to_tell_why_there_are_fewer_areas_than_wanted() -> None:
    score, free = np.full((60, 90), 50.0, np.float32), np.zeros((60, 90), np.bool_)
    free[40:44, 70:75] = True  # twenty cells: two areas of nine, and two cells too small for a third
    sea, asked = windowed(score, free, 12), []
    ground = replace(sea, read=lambda tile: asked.append(tile) or sea.read(tile))  # type: ignore[func-returns-value]
    found = search_ground(ground, cells=9, count=6, spacing=1.0)
    assert [len(area.cells) for area in found.areas] == [9, 9]
    assert found.leftover == Leftover(free=20, too_near=0, too_far=0, too_small=2)
    assert all(free[tile.window].any() for tile in asked)


def test_land_near_some_areas_is_closed_in_windows_as_in_the_whole() -> None:
    rng = np.random.default_rng(5)
    score, free = rng.uniform(0, 100, (40, 33)).astype(np.float32), np.ones((40, 33), np.bool_)
    areas = [(np.array([3, 3, 4]), np.array([30, 31, 30])), (np.array([22]), np.array([7]))]
    whole, parts = (ground.without(areas, 5.5) for ground in (Ground.held(score, free), windowed(score, free, 6)))
    down, right = np.indices(score.shape)
    near = np.min([np.hypot(down - r, right - c) for rows, cols in areas for r, c in zip(rows, cols, strict=True)], axis=0)
    left = whole.read(Tile(0, 40, 0, 33)).free
    assert left.tolist() == (near >= 5.5).tolist()
    for side in (4, 7):
        blocks = blocks_of(score, left, side, 0, 0)
        assert whole.highest(side).tolist() == blocks.tolist() == parts.highest(side).tolist()


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 30), st.integers(1, 30), st.integers(1, 9), st.integers(0, 2**32 - 1))
def test_a_stored_band_is_asked_as_an_array_is(
    tmp_path_factory: pytest.TempPathFactory, rows: int, cols: int, side: int, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    grid = Grid("EPSG:27700", 0.0, 0.0, 1.0, rows, cols)
    whole = rng.uniform(0, 1, (rows, cols)).astype(np.float32)
    folder = tmp_path_factory.mktemp("tiles")
    store = TileStore(folder, grid, side, "score")
    for tile in grid.tiles(side):
        if rng.random() < 0.3:
            whole[tile.window] = np.nan
        else:
            store.add(tile, write_tile(folder, "score", side, tile, (whole[tile.window], np.zeros(tile.shape, np.uint32))))
    band = StoredBand(store, 0, np.float32(np.nan))
    assert band.shape == whole.shape
    r, c = rng.integers(0, rows, 17), rng.integers(0, cols, 17)
    assert np.array_equal(band[r, c], whole[r, c], equal_nan=True)
    (r0, r1), (c0, c1), every = np.sort(rng.integers(0, rows + 3, 2)), np.sort(rng.integers(0, cols + 3, 2)), int(rng.integers(1, 5))
    part = slice(int(r0), int(r1), every), slice(int(c0), int(c1), every)
    assert np.array_equal(band[part], whole[part], equal_nan=True)


def test_spoilt_and_unfinished_tiles_are_not_taken_up(tmp_path: Path) -> None:
    grid = Grid("EPSG:27700", 0.0, 0.0, 1.0, 4, 6)
    tiles = list(grid.tiles(3))
    for number, tile in enumerate(tiles):
        write_tile(tmp_path, "best", 3, tile, (np.full(tile.shape, number, np.float32),))
    first, second = sorted(tmp_path.iterdir())[:2]
    spoilt = bytearray(first.read_bytes())
    spoilt[-1] ^= 1
    first.write_bytes(spoilt)
    (tmp_path / ".best-0-1.1-1").write_bytes(b"half of")
    again = TileStore(tmp_path, grid, 3, "best")
    assert again.collect() == len(tiles) - 1
    assert not first.exists()
    assert [tile in again for tile in tiles] == [False, True, True, True]
    assert min(path.name for path in tmp_path.iterdir()) == second.name
    assert TileStore(tmp_path, grid, 3, "score").collect() == 0


def test_a_tile_that_is_gone_is_told_as_a_fault(tmp_path: Path) -> None:
    grid = Grid("EPSG:27700", 0.0, 0.0, 1.0, 2, 2)
    store = TileStore(tmp_path, grid, 2, "score")
    store.add(grid.whole, write_tile(tmp_path, "score", 2, grid.whole, (np.zeros((2, 2), np.float32),)))
    next(tmp_path.iterdir()).unlink()
    with pytest.raises(RunError, match="gone or spoilt"):
        StoredBand(store, 0, np.float32(np.nan))[0:2, 0:2]
