"""Our side of locating: a surface of six distances over Great Britain, then 100 areas of 60 ha, 10 km apart.

Run as a process of its own by `benchmarks.locate`; prints cells of land, seconds, bytes, the best area's score, that of
random seeds, and the lead of all.
"""

from __future__ import annotations

import resource
import sys
import time

import numpy as np
import shapely
from numpy.typing import NDArray

from benchmarks import world
from benchmarks.overlay_ours import LAYERS
from geo_engine.decide import locate_areas, weighted_overlay
from geo_engine.kernels.areas.cells import SOLID
from geo_engine.kernels.areas.growth import grow
from geo_engine.kernels.areas.land import close_around
from geo_engine.kernels.areas.worth import MEAN
from geo_engine.kernels.shapes import ring_segments
from geo_engine.measure import TilePlaces, distance_to
from geo_engine.model import Criterion, Distance, Linear

__all__ = ["main"]

CELLS, COUNT, SPACING, SEEDS, REACH = 60, 100, 100.0, 10_000, 1.5


def surface() -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """Score the land; national parks are not free."""
    grid = world.GRID
    criteria = [Criterion(name, Distance(layer=name), Linear(worst=worst, best=0.0), 1.0, "benchmark") for name, worst in LAYERS.items()]
    measures = [distance_to(world.features(name)) for name in LAYERS]
    land = ring_segments([shapely.union_all(world.features("regions_itl1").geometry)])
    parks = world.rings()
    score, free = np.full(grid.shape, np.nan, np.float32), np.zeros(grid.shape, np.bool_)
    for tile in grid.tiles(512):
        places = TilePlaces(grid, tile)
        inside = places.inside(land)
        if inside.any():
            found = weighted_overlay(criteria, [1 / len(criteria)] * len(criteria), (measure(places) for measure in measures)).score
            score[tile.window] = np.where(inside, found, np.nan)
            free[tile.window] = inside & ~places.inside(parks)
    return score, free


def random_seeds(score: NDArray[np.float32], free: NDArray[np.bool_]) -> list[float]:
    """Grow an area from each of 10,000 random seeds, and take as many of the best as are asked for, apart from each other."""
    rng, cols = np.random.default_rng(1), score.shape[1]
    reach2 = REACH**2 * CELLS / np.pi
    half = int(reach2**0.5) + 2
    side = 2 * half + 1
    state, key, heap = np.empty(side * side, np.int8), np.empty(side * side), np.empty(side * side, np.int64)
    cells = np.empty(CELLS, np.int64)
    grown: list[tuple[float, NDArray[np.int64]]] = []
    for seed in rng.choice(np.flatnonzero(free), SEEDS, replace=False).tolist():
        r, c = divmod(seed, cols)
        window = slice(r - half, r + half + 1), slice(c - half, c + half + 1)
        usable = free[window].copy()
        if usable.shape != (side, side):
            continue
        usable[[0, -1]] = usable[:, [0, -1]] = False
        value = np.nan_to_num(score[window]).ravel()
        fixed = (reach2, CELLS, CELLS, MEAN, 0.0, SOLID)
        count, worth, _ = grow(value, usable.ravel(), side, side * half + half, *fixed, state, key, heap, cells)
        if count == CELLS:
            grown.append((worth, np.sort((cells // side + r - half) * cols + cells % side + c - half)))
    still_open, taken = free.copy(), []
    for worth, area in sorted(grown, key=lambda one: -one[0]):
        if len(taken) < COUNT and still_open.ravel()[area].all():
            taken.append(worth)
            close_around(still_open, area // cols, area % cols, SPACING, 0, 0)
    return taken


def main() -> None:
    """Measure and print."""
    score, free = surface()
    begun = time.perf_counter()
    found = locate_areas(score, free, cells=CELLS, count=COUNT, spacing=SPACING, reach=REACH)
    seconds = time.perf_counter() - begun
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    by_random = random_seeds(score, free)
    ours = [area.score for area in found.areas]
    land = int(np.count_nonzero(~np.isnan(score)))
    lead = float(np.mean(ours[: len(by_random)]) - np.mean(by_random))
    sys.stdout.write(f"{land} {seconds} {memory} {max(ours)} {max(by_random)} {lead}\n")


if __name__ == "__main__":
    main()
