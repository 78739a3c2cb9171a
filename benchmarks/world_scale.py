"""A made-up world at ever more cells, up to ten billion: whole runs, so that the curve shows how time and memory grow with the cells.

The box is that of the Earth in a cylindrical equal-area projection. Eighteen continents and four islands at the corners are drawn from a
fixed seed; as on Earth, some three tenths of the box are land. The rest is passed over tile by tile, as sea is in any study.
`python -m benchmarks.world_scale 1e10` runs other sizes than the usual: ten billion cells take most of an hour and up to 45 GB of disk.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import geopandas as gpd
import numpy as np
import pyogrio
import shapely
from numpy.typing import NDArray

from benchmarks.figures import Figure, timed_process
from benchmarks.world import ROOT

__all__ = ["figures", "write_world"]

_CRS = "EPSG:6933"
_EAST, _NORTH = 17_367_000.0, 7_280_000.0  # metres: half of the sides; land ends at 85 degrees, where web maps end
_SIZES = (10**7, 10**8, 10**9)
_STUDY = """\
title = "A made-up world"
area = "land"
area_title = "World"
crs = "EPSG:6933"
cell = "10 km"

[context]
places = "towns"

[facility]
capacity = 1
unit = "plant"

[[facility.needs]]
name = "land"
each = "2500 ha"
source = "made up"

[[criteria]]
name = "Distance to a station"
layer = "stations"
measure = "distance"
value = { function = "linear", best = "10 km", worst = "400 km" }
weight = 30
why = "benchmark"

[[criteria]]
name = "Distance to a railway"
layer = "railways"
measure = "distance"
value = { function = "linear", best = "5 km", worst = "300 km" }
weight = 30
why = "benchmark"

[[criteria]]
name = "Distance to a park"
layer = "parks"
measure = "distance"
value = { function = "linear", best = "200 km", worst = "0 km" }
weight = 20
why = "benchmark"

[[criteria]]
name = "Towns within 100 km"
layer = "towns"
measure = "count_within"
within = "100 km"
value = { function = "linear", worst = 0, best = 5 }
weight = 20
why = "benchmark"

[[constraints]]
name = "Parks"
layer = "parks"
keep = "outside"
buffer = "0 m"
why = "benchmark"

[sites]
count = 25
spacing = "100 km"

[robustness]
draws = 1000
data_draws = 1
surface = false
"""
_LAYER = """\
title = "{name} (made up)"
source = "data/{name}.gpkg"
geometry = "{geometry}"
id = "name"
publisher = "benchmark"
licence = "CC0-1.0"
vintage = "made up"
accuracy = "1 km"
"""
_GAPS = """\
[[gaps]]
name = "everything"
title = "Everything"
why = "The world is made up."
closed_by = "nothing"
"""


def figures(sizes: Sequence[int] = _SIZES) -> list[Figure]:
    """Run the world at some sizes, each as a process of its own, and hear beforehand what `check` and `plan` say of it."""
    found = []
    with tempfile.TemporaryDirectory() as temporary:
        study, share = write_world(Path(temporary))
        found.append(Figure("A made-up world: share of the box that is land", 100 * share, "%"))
        for size in sizes:
            cell = f"{(4 * _EAST * _NORTH / size) ** 0.5:.0f} m"
            engine = [sys.executable, "-m", "geo_engine.cli"]
            what = f"A made-up world of {size / 1e6:,.0f} M cells of {cell}"
            asked = partial(timed_process, cwd=ROOT)
            found += [Figure(f"{what}: {verb}", asked([*engine, verb, str(study), "--cell", cell])[0], "s") for verb in ("check", "plan")]
            seconds, memory = asked([*engine, "run", str(study), "--cell", cell, "--out", str(Path(temporary) / "run")])
            found.append(Figure(f"{what}: the whole run", seconds, "s", "<= 3600"))
            found.append(Figure("the same: cells of the box a second", size / seconds / 1e6, "M"))
            found.append(Figure("the same: largest memory", memory / 1e9, "GB", "<= 3"))
    return found


def write_world(folder: Path) -> tuple[Path, float]:
    """Write the world's workspace; give its study, and the share of the box that is land."""
    rng = np.random.default_rng(1)
    land = _continents(rng)
    layers = {
        "land": ("polygons", land),
        "stations": ("points", shapely.points(_anywhere(rng, 2_000))),
        "towns": ("points", shapely.points(_anywhere(rng, 5_000))),
        "railways": ("lines", [_railway(rng, start) for start in _anywhere(rng, 300)]),
        "parks": ("polygons", [_blob(rng, middle, 60e3, 60) for middle in _anywhere(rng, 200)]),
    }
    for sub in ("layers/data", "studies"):
        (folder / sub).mkdir(parents=True)
    for name, (geometry, shapes) in layers.items():
        (folder / "layers" / f"{name}.toml").write_text(_LAYER.format(name=name, geometry=geometry), encoding="utf-8")
        names = [f"{name} {number}" for number in range(1, len(shapes) + 1)]
        pyogrio.write_dataframe(
            gpd.GeoDataFrame({"name": names}, geometry=shapes, crs=_CRS), folder / f"layers/data/{name}.gpkg", layer=name
        )
    (folder / "layers" / "gaps.toml").write_text(_GAPS, encoding="utf-8")
    study = folder / "studies" / "world.toml"
    study.write_text(_STUDY, encoding="utf-8")
    return study, float(shapely.area(land).sum()) / (4 * _EAST * _NORTH)


def _continents(rng: np.random.Generator) -> list[shapely.Polygon]:
    """Draw continents, one to each field of a board of six by three, and squares at the corners, which make the box."""
    wide, high = 2 * _EAST / 6, 2 * _NORTH / 3
    middles = [np.array([-_EAST + (i + 0.5) * wide, -_NORTH + (j + 0.5) * high]) for i in range(6) for j in range(3)]
    land = [_blob(rng, middle, 1_650e3, 2_000) for middle in middles]
    corner = shapely.Point(_EAST, _NORTH), shapely.Point(_EAST, -_NORTH), shapely.Point(-_EAST, _NORTH), shapely.Point(-_EAST, -_NORTH)
    box = shapely.box(-_EAST, -_NORTH, _EAST, _NORTH)
    return land + [shapely.intersection(shapely.buffer(each, 50e3, cap_style="square"), box) for each in corner]


def _blob(rng: np.random.Generator, middle: NDArray[np.float64], radius: float, corners: int) -> shapely.Polygon:
    """Draw a round shape whose edge waves by up to two fifths of its radius, with ever smaller waves."""
    angle = np.linspace(0.0, 2 * np.pi, corners, endpoint=False)
    waves = np.arange(2, 40)
    heights = rng.normal(size=waves.size) / waves
    wave = np.sin(np.outer(angle, waves) + rng.uniform(0, 2 * np.pi, waves.size)) @ heights
    away = radius * (1.0 + 0.4 * wave / np.abs(wave).max())
    return shapely.Polygon(np.column_stack([middle[0] + away * np.cos(angle), middle[1] + away * np.sin(angle)]))


def _railway(rng: np.random.Generator, start: NDArray[np.float64]) -> shapely.LineString:
    """Draw a line of a hundred legs of some ten kilometres that turns slowly."""
    heading = rng.uniform(0, 2 * np.pi) + np.cumsum(rng.normal(0, 0.2, 100))
    way = start + np.cumsum(10e3 * np.column_stack([np.cos(heading), np.sin(heading)]), axis=0)
    return shapely.LineString(np.clip(way, [-_EAST, -_NORTH], [_EAST, _NORTH]))


def _anywhere(rng: np.random.Generator, count: int) -> NDArray[np.float64]:
    return rng.uniform([-_EAST, -_NORTH], [_EAST, _NORTH], (count, 2)) * 0.95


if __name__ == "__main__":
    for figure in figures([int(float(size)) for size in sys.argv[1:]] or _SIZES):
        print(figure.line(), flush=True)
