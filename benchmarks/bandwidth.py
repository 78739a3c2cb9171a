"""Kernels and stages against the machine's memory: a copy of the same size, measured in the same process and the same minute."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks import world
from benchmarks.figures import Figure, best_of, timed_process
from geo_engine.decide import weighted_overlay
from geo_engine.kernels.points import nearest_point_on_tile
from geo_engine.measure import PreparedMeasure, TilePlaces, distance_to, prepare
from geo_engine.model import CountWithin, Criterion, Distance, Grid, Linear, Tile, WeightedSum

__all__ = ["copy_seconds", "figures"]

_TIMES = 7
_RUNS = 3
_BYTES_A_CELL = {"Scoring land": 4 * 15, "Locating and ranking areas": 8, "Writing outputs": 8}
"""Eleven criteria and four rules, four bytes each; after that the score and the mask. Where files hold more, their bytes count."""
_BANDS = 8  # pieces that threads copy: few enough to cost nothing, so many that both are busy to the end


def copy_seconds(source: NDArray[np.float32], target: NDArray[np.float32], threads: int = 2) -> float:
    """Time the copy of an array by threads, best of several: 'Copy' of STREAM (J. D. McCalpin, 1995), in bands of rows."""
    bands = np.array_split(np.arange(len(source)), _BANDS)

    def one(rows: NDArray[np.intp]) -> None:
        np.copyto(target[rows[0] : rows[-1] + 1], source[rows[0] : rows[-1] + 1])

    with ThreadPoolExecutor(threads) as executor:
        return best_of(lambda: list(executor.map(one, bands)), _TIMES)


def figures() -> list[Figure]:
    """Measure the copy, then what writes a surface of the same size, then the stages of the national run."""
    grid = world.GRID
    source, out = np.ones(grid.shape, np.float32), np.zeros(grid.shape, np.float32)
    copied = copy_seconds(source, out)
    moved = 2 * source.nbytes / 1e9  # read once and written once, as STREAM counts
    found = [
        Figure("copy of 91 M float32, 2 threads", copied, "s"),
        Figure("the same: bandwidth, bytes read and written", moved / copied, "GB/s"),
        Figure("the same with one thread", moved / copy_seconds(source, out, 1), "GB/s"),
        Figure("the same in bands of a quarter of a MB, which stay in the cache", _in_cache(), "GB/s"),
    ]
    del source
    stations = world.features("grid_substations")
    e, n = world.points()

    def one(tile: Tile, part: NDArray[np.float32]) -> None:
        nearest_point_on_tile(grid.eastings(tile), grid.northings(tile), e, n, part)

    what = f"distance to {len(stations)} points, 91 M cells, warm"
    found += _in_copies(f"{what}, written once to memory", best_of(lambda: _in_place(one, grid, out), _TIMES), copied, "<= 4")
    within = CountWithin(layer="grid_substations", within=20_000.0)
    kernels: list[tuple[str, PreparedMeasure]] = [
        (f"distance to {len(stations)} points", distance_to(stations)),
        ("number of 487 points within 20 km", prepare(within, stations)),
        ("distance to 12,349 lines", distance_to(world.features("major_roads"))),
        ("distance to 15 polygons", distance_to(world.features("national_parks"))),
    ]
    for name, measure in kernels:
        _let_go(measure, grid)
        seconds = best_of(lambda: _let_go(measure, grid), _TIMES)  # noqa: B023 - called at once
        found += _in_copies(f"{name}, 91 M cells, warm, each tile let go", seconds, copied)
    seconds = best_of(lambda: _overlaid(grid, out), _RUNS)
    found += _in_copies("one distance to points of a score, 91 M cells", seconds, copied)
    return found + _stages(copied / out.nbytes)


def _in_copies(what: str, seconds: float, copied: float, bar: str = "") -> list[Figure]:
    """Give seconds, and how many copies of the same size fit into them."""
    return [Figure(what, seconds, "s"), Figure("the same: copies of the same size in that time", seconds / copied, "copies", bar)]


def _in_place(one: Callable[[Tile, NDArray[np.float32]], None], grid: Grid, out: NDArray[np.float32]) -> None:
    """Have a kernel fill memory of the grid's size with two threads, tile after tile: each tile's cells lie together, nothing is copied."""
    tiles = list(grid.tiles(512))
    firsts = np.cumsum([0, *(tile.shape[0] * tile.shape[1] for tile in tiles)])
    parts = [out.reshape(-1)[a:b].reshape(tile.shape) for tile, a, b in zip(tiles, firsts, firsts[1:], strict=False)]
    with ThreadPoolExecutor(2) as executor:
        list(executor.map(one, tiles, parts))


def _let_go(measure: PreparedMeasure, grid: Grid) -> None:
    """Measure tile after tile with two threads, as the engine asks for them, and keep none."""

    def one(tile: Tile) -> None:
        measure(TilePlaces(grid, tile))

    with ThreadPoolExecutor(2) as executor:
        list(executor.map(one, grid.tiles(512)))


def _in_cache() -> float:
    """Give the bandwidth of a copy that stays in a core's cache, in GB/s: what a kernel that keeps to small tiles may reach."""
    small, other = np.ones(1 << 16, np.float32), np.zeros(1 << 16, np.float32)

    def many() -> None:
        for _ in range(2_000):
            np.copyto(other, small)

    return 2 * small.nbytes * 2_000 / best_of(many, _TIMES) / 1e9


def _overlaid(grid: Grid, quantity: NDArray[np.float32]) -> None:
    """Turn a distance into points of a score, tile by tile."""
    criteria = (Criterion("a", Distance(layer="a"), Linear(worst=25_000.0, best=1_000.0), 1.0, ""),)

    def one(tile: Tile) -> None:
        weighted_overlay(criteria, (1.0,), (quantity[tile.window],), WeightedSum())

    with ThreadPoolExecutor(2) as executor:
        list(executor.map(one, grid.tiles(512)))


def _stages(seconds_a_byte: float) -> list[Figure]:
    """Give the least seconds of each stage of some national runs, and of a copy of the bytes that it cannot do without."""
    study = world.ROOT / "studies" / "gigafactory.toml"
    runs = []
    with tempfile.TemporaryDirectory() as temporary:
        for number in range(_RUNS):
            folder = Path(temporary) / str(number)
            timed_process([sys.executable, "-m", "geo_engine.cli", "run", str(study), "--profile", "--out", str(folder)], cwd=world.ROOT)
            runs.append(json.loads((folder / "timings.json").read_text(encoding="utf-8"))["profile"]["stages"])
    found = []
    for several in zip(*runs, strict=True):
        title, seconds = several[0]["stage"], min(stage["seconds"] for stage in several)
        found.append(Figure(f"gigafactory at 250 m: {title}", seconds, "s"))
        cells = round((several[0]["cells_a_second"] or 0) * several[0]["seconds"])
        least = max(several[0]["read_bytes"] or 0, several[0]["written_bytes"] or 0, cells * _BYTES_A_CELL.get(title, 0))
        found.append(Figure("the same: its floor, a copy of the bytes that it must move", least * seconds_a_byte, "s"))
        found.append(Figure("the same: largest memory", max(stage["peak_bytes"] or 0 for stage in several) / 1e9, "GB"))
    return found
