"""Measures of a raster read windows about the places, and never the whole: of ten gigabytes, in a process that may have far less."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import rasterio
from rasterio import Affine
from rasterio.windows import Window

from tests.measure.builders import BNG

SIDE = 100_000  # cells of a metre: 10 GB of bytes
ASK = """
import resource, sys
from geo_engine.measure import TilePlaces, prepare
from geo_engine.model import Aspect, ClassDistance, ClassShare, Grid, Layer, Slope
from geo_engine.workspace import open_raster
raster = open_raster(Layer("a", "A", sys.argv[1], "raster", "", "", ""), crs="EPSG:27700")
grid = Grid("EPSG:27700", 54_000.0, 46_000.0, 250.0, 8, 8)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
classes = {"layer": "a", "classes": (7,), "within": 300.0}
for measure in (Slope(layer="a"), Aspect(layer="a"), ClassShare(**classes), ClassDistance(**classes)):
    found = prepare(measure, raster)(TilePlaces(grid, grid.whole))
    print(found[3, 3], found[0, 0])
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


def test_ten_gigabytes_are_measured_in_three_hundred_megabytes(tmp_path: Path) -> None:
    """A square of 100 m of class 7 in the middle of cell (3, 3), on level land: 10,000 of 282,697 cells within 300 m."""
    with rasterio.open(
        tmp_path / "a.tif", "w", driver="GTiff", width=SIDE, height=SIDE, count=1, dtype="uint8", crs=BNG, tiled=True, SPARSE_OK=True,
        BIGTIFF="YES", transform=Affine(1, 0, 0, 0, -1, SIDE),
    ) as out:  # fmt: skip
        out.write(np.full((100, 100), 7, np.uint8), 1, window=Window(54_825, SIDE - 45_175, 100, 100))
    done = subprocess.run(
        [sys.executable, "-c", ASK, str(tmp_path / "a.tif")],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "GDAL_CACHEMAX": "64"},
    )
    *told, grown = done.stdout.split()
    e, n = np.meshgrid(np.arange(-300, 300) + 0.5, np.arange(-300, 300) + 0.5)
    share = 10_000 / (e**2 + n**2 <= 300**2).sum()
    np.testing.assert_allclose([float(each) for each in told], [0, 0, -1, -1, share, 0, 0, 300], rtol=1e-5)
    unit = 1 if sys.platform == "darwin" else 1024  # bytes in what getrusage counts
    assert int(grown) * unit < 300e6
