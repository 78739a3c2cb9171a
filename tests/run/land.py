"""A tiny workspace with rasters and plug-ins: hills whose slope is known, land cover in squares, woods, and lanes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import rasterio
from numpy.typing import NDArray
from rasterio import Affine

from tests.run.tiny import Tiny, box

__all__ = ["LAND", "OWN", "PLUGIN", "criterion_of", "landed"]

WEST, NORTH, SIDE = 399_000.0, 306_000.0, 50.0  # a border of 1 km about both regions
ROWS, COLS = 140, 160

_FILE = 'source = "data/{}"\ngeometry = "{}"\npublisher = "nobody"\nlicence = "CC0-1.0"\nvintage = 2024\n'
PLUGIN = """
from geo_engine.plugins import measure
import numpy as np

@measure(unit="m")
def beyond(eastings, northings, features, *, offset: float = 0.0):
    away = [np.hypot(eastings - point.x, northings - point.y) for point in features.geometry]
    return np.min(away, axis=0) + offset
"""
LAND = {
    "slope": 'layer = "heights"\nmeasure = "slope"\nunit = "%"\nvalue = { function = "linear", best = "0 %", worst = "20 %" }',
    "aspect": 'layer = "heights"\nmeasure = "aspect"\nfacing = "south"\n'
    'value = { function = "linear", best = "0 degrees", worst = "180 degrees" }',
    "arable": 'layer = "cover"\nmeasure = "class_share"\nclasses = [2]\nwithin = "400 m"\n'
    'value = { function = "linear", worst = "0 %", best = "100 %" }',
    "wood": 'layer = "cover"\nmeasure = "class_distance"\nclasses = [3]\nwithin = "3 km"\n'
    'value = { function = "linear", worst = "0 m", best = "3 km" }',
    "zone": 'layer = "zones"\nmeasure = "coverage"\nvalue = { function = "linear", worst = "0 %", best = "100 %" }',
    "zone_about": 'layer = "zones"\nmeasure = "coverage"\nwithin = "500 m"\nvalue = { function = "linear", worst = 0, best = 1 }',
    "people": 'layer = "towns"\nmeasure = "kernel_density"\nsize = "people"\nunit = "people"\nwithin = "3 km"\n'
    'value = { function = "linear", worst = 0, best = 900 }',
    "roads": 'layer = "roads"\nmeasure = "kernel_density"\nwithin = "1 km"\nvalue = { function = "linear", worst = 0, best = 3 }',
}
OWN = (
    'layer = "stations"\nmeasure = "plugin"\nplugin = "beyond"\nparameters = { offset = 100.0 }\n'
    'value = { function = "linear", best = "100 m", worst = "6 km" }'
)


def criterion_of(key: str, body: str) -> str:
    return f'[[criteria]]\nname = "The {key}"\nkey = "{key}"\nweight = 1\nunknown = 0.5\nwhy = "because"\n{body}\n'


def _raster(path: Path, values: NDArray[np.generic]) -> None:
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        count=1,
        height=ROWS,
        width=COLS,
        dtype=values.dtype,
        crs="EPSG:27700",
        transform=Affine(SIDE, 0, WEST, 0, -SIDE, NORTH),
    ) as out:
        out.write(values, 1)


def landed(tiny: Tiny) -> Tiny:
    """Add heights that rise 10 % to the north west of 403000 E and 20 % to the east from there, and land cover in squares of 1 km."""
    col, row = np.meshgrid(np.arange(COLS) + 0.5, np.arange(ROWS) + 0.5)
    east, north = WEST + SIDE * col, NORTH - SIDE * row
    heights = np.where(east < 403_000.0, 0.1 * (north - 300_000.0), 0.2 * (east - 403_000.0))
    _raster(tiny.path / "layers/data/heights.tif", heights.astype(np.float32))
    square = (east // 1_000 + north // 1_000).astype(np.int64)
    _raster(tiny.path / "layers/data/cover.tif", np.choose(square % 4, [1, 2, 1, 3]).astype(np.uint8))
    tiny.write("layers/heights.toml", 'title = "Heights"\nunit = "m"\naccuracy = "50 m"\n' + _FILE.format("heights.tif", "raster"))
    tiny.write("layers/cover.toml", 'title = "Land cover"\naccuracy = "30 m"\n' + _FILE.format("cover.tif", "raster"))
    tiny.features(
        "zones",
        [({"name": "Zone"}, box(404000, 301000, 405000, 302000)), ({"name": "Strip"}, box(401030, 300970, 401110, 304010))],
    )
    tiny.edit("layers/zones.toml", 'id = "name"\n', 'id = "name"\naccuracy = "20 m"\n')
    return tiny
