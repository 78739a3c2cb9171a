"""How good areas are: against every connected shape of small grids, against plain growth, against random seeds at scale."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import ndimage

from geo_engine.decide import locate_areas
from geo_engine.kernels.areas.cells import SOLID
from geo_engine.kernels.areas.growth import grow
from geo_engine.kernels.areas.worth import MEAN

SIDE, FIELDS = 6, 50
Score = NDArray[np.float32]


@cache
def every_shape(cells: int) -> NDArray[np.int64]:
    """Enumerate all connected sets of so many cells of the grid, as flat indices."""
    beside = [0] * SIDE**2
    for cell in range(SIDE**2):
        r, c = divmod(cell, SIDE)
        for nr, nc in ((r - 1, c), (r + 1, c), (r, c - 1), (r, c + 1)):
            if 0 <= nr < SIDE and 0 <= nc < SIDE:
                beside[cell] |= 1 << nr * SIDE + nc
    shapes = {1 << cell for cell in range(SIDE**2)}
    for _ in range(cells - 1):
        larger = set()
        for shape in shapes:
            rim = 0
            for cell in range(SIDE**2):
                if shape >> cell & 1:
                    rim |= beside[cell]
            larger |= {shape | 1 << cell for cell in range(SIDE**2) if (rim & ~shape) >> cell & 1}
        shapes = larger
    return np.array([[cell for cell in range(SIDE**2) if shape >> cell & 1] for shape in sorted(shapes)])


def field(kind: str, rng: np.random.Generator, side: int = SIDE) -> Score:
    noise = rng.random((side, side))
    if kind == "smooth":
        noise = ndimage.gaussian_filter(noise, 1.0)
        noise = (noise - noise.min()) / (noise.max() - noise.min())
    return (noise * 100).astype(np.float32)


def plain_growth(score: Score, cells: int) -> float:
    """Grow from every cell by the best neighbour, without any exchange; give the best mean."""
    best = 0.0
    for seed in range(score.size):
        area = [divmod(seed, SIDE)]
        while len(area) < cells:
            near = {(r + d, c + e) for r, c in area for d, e in ((-1, 0), (1, 0), (0, -1), (0, 1))} - set(area)
            near = {(r, c) for r, c in near if 0 <= r < SIDE and 0 <= c < SIDE}
            area.append(min(near, key=lambda cell: (-score[cell], cell)))
        best = max(best, float(np.mean([float(score[cell]) for cell in area])))
    return best


def test_as_many_shapes_are_enumerated_as_can_be_counted_by_hand() -> None:
    # Dominoes: 6 rows of 5 and 6 columns of 5. Straight trominoes: 2 * 6 * 4; bent ones: four in each of 25 squares of four.
    assert [len(every_shape(cells)) for cells in (1, 2, 3)] == [36, 60, 48 + 100]


@pytest.mark.parametrize("cells", [5, 6])
@pytest.mark.parametrize("kind", ["noise", "smooth"])
def test_the_best_of_all_shapes_is_found_where_plain_growth_often_misses_it(kind: str, cells: int) -> None:
    rng = np.random.default_rng(11)
    ours, plain = [], []
    for _ in range(FIELDS):
        score = field(kind, rng)
        best = score.astype(np.float64).ravel()[every_shape(cells)].mean(axis=1).max()
        found = locate_areas(score, np.ones(score.shape, np.bool_), cells=cells, count=1, spacing=0.0, reach=9.0)
        ours.append(found.areas[0].score / best)
        plain.append(plain_growth(score, cells) / best)
    reached, plainly = (np.mean(np.array(shares) > 1 - 1e-9) for shares in (ours, plain))
    said = f"{kind}, {cells} cells: ours {reached:.0%}, least {min(ours):.3f}; plain {plainly:.0%}, least {min(plain):.3f}"
    assert reached >= 0.9, said
    assert min(ours) >= 0.98, said
    assert plainly <= reached, said
    if kind == "noise":
        assert plainly < 0.95, said
        assert min(plain) < 0.99, said


@pytest.mark.parametrize("cells", [8, 60])
@pytest.mark.parametrize("kind", ["noise", "smooth"])
def test_no_random_seed_grows_a_better_area_at_scale(kind: str, cells: int) -> None:
    """Ten thousand seeds stand on 120 x 120 cells: two thirds of all."""
    rng = np.random.default_rng(5)
    score = field(kind, rng, 120)
    free = rng.random(score.shape) < 0.9
    best = locate_areas(score, free, cells=cells, count=1, spacing=0.0).areas[0]
    width = 122
    seeds = rng.choice(score.size, 10_000, replace=False)
    assert best.score >= best_grown(score, free, seeds, cells, width)


def best_grown(score: Score, free: NDArray[np.bool_], seeds: NDArray[np.int64], cells: int, width: int) -> float:

    value, usable = np.pad(score, 1).ravel(), np.pad(free, 1).ravel()
    scratch = np.empty(value.size, np.int8), np.empty(value.size), np.empty(value.size, np.int64), np.empty(cells, np.int64)
    best = 0.0
    for seed in seeds.tolist():
        at = (seed // 120 + 1) * width + seed % 120 + 1
        if usable[at]:
            best = max(best, grow(value, usable, width, at, 1.5**2 * cells / np.pi, cells, cells, MEAN, 0.0, SOLID, *scratch)[1])
    return best
