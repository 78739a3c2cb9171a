"""A raster is never read whole: one of forty gigabytes is asked for values by a process that may have one; VRT; kinds of values."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import rasterio
from rasterio import Affine
from rasterio.windows import Window

from geo_engine.errors import LayerError
from geo_engine.model import Layer
from geo_engine.workspace import open_raster

OSGB = "EPSG:27700"
SIDE = 100_000  # cells: 40 GB of float32
ASK = """
import resource, sys
import numpy as np
from geo_engine.model import Layer
from geo_engine.workspace import open_raster
raster = open_raster(Layer("a", "A", sys.argv[1], "raster", "", "", ""), crs="EPSG:27700")
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
x = np.array([55_000.5, 99_999.5, 0.5, 55_001.5])
print(raster.sample(x, np.array([45_000.5, 0.5, 99_999.5, 45_000.5])).tolist())
generator = np.random.default_rng(1)
raster.sample(*generator.uniform(0, 100_000, (2, 2_000)))
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


def layer(path: Path, **more: object) -> Layer:
    return Layer("a", "A", str(path), "raster", "", "", "", **more)  # type: ignore[arg-type]


def write(path: Path, values: np.ndarray, west: float = 0.0, north: float = 4.0) -> Path:
    with rasterio.open(
        path, "w", driver="GTiff", width=values.shape[1], height=values.shape[0], count=1, dtype=values.dtype, crs=OSGB,
        transform=Affine(1, 0, west, 0, -1, north), nodata=255 if values.dtype == np.uint8 else None,
    ) as out:  # fmt: skip
        out.write(values, 1)
    return path


def test_forty_gigabytes_are_asked_in_three_hundred_megabytes(tmp_path: Path) -> None:
    with rasterio.open(
        tmp_path / "a.tif", "w", driver="GTiff", width=SIDE, height=SIDE, count=1, dtype="float32", crs=OSGB, tiled=True, SPARSE_OK=True,
        BIGTIFF="YES", transform=Affine(1, 0, 0, 0, -1, SIDE),
    ) as out:  # fmt: skip
        out.write(np.full((1, 2), 7, np.float32), 1, window=Window(55_000, 54_999, 2, 1))
        out.write(np.full((1, 1), 9, np.float32), 1, window=Window(SIDE - 1, SIDE - 1, 1, 1))
    done = subprocess.run(
        [sys.executable, "-c", ASK, str(tmp_path / "a.tif")],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "GDAL_CACHEMAX": "64"},
    )
    values, grown = done.stdout.splitlines()
    assert values == "[7.0, 9.0, 0.0, 7.0]"
    unit = 1 if sys.platform == "darwin" else 1024  # bytes in what getrusage counts
    assert int(grown) * unit < 300e6


@pytest.mark.gdal
def test_a_virtual_raster_of_two_tiles_is_one(tmp_path: Path) -> None:
    write(tmp_path / "w.tif", np.arange(16, dtype=np.uint8).reshape(4, 4))
    write(tmp_path / "e.tif", np.arange(16, 32, dtype=np.uint8).reshape(4, 4), west=4)
    subprocess.run(["gdalbuildvrt", "-q", tmp_path / "a.vrt", tmp_path / "w.tif", tmp_path / "e.tif"], check=True)
    raster = open_raster(layer(tmp_path / "a.vrt"), crs=OSGB)
    assert raster.sample(np.array([0.5, 3.5, 4.5, 7.5]), np.array([3.5, 0.5, 3.5, 0.5])).tolist() == [0, 15, 16, 31]
    (tmp_path / "e.tif").unlink()
    with pytest.raises(LayerError):
        open_raster(layer(tmp_path / "a.vrt"), crs=OSGB).sample(np.array([4.5]), np.array([3.5]))


def test_what_the_numbers_are_decides_how_they_are_read_between_cells(tmp_path: Path) -> None:
    whole, real = (
        write(tmp_path / "n.tif", np.array([[10, 20]], np.uint8), north=1),
        write(tmp_path / "f.tif", np.array([[1, 2]], np.float32), north=1),
    )
    between = np.array([1.1]), np.array([0.5])  # a tenth of a cell into the right one: six tenths of the way between centres

    def value(path: Path, **more: object) -> float:
        return float(open_raster(layer(path, **more), crs=OSGB).sample(*between)[0])

    assert (value(whole), value(whole, values="classes"), value(whole, values="continuous")) == (20, 20, 16)
    assert value(real) == value(real, values="continuous") == pytest.approx(1.6)
    assert value(real, values="classes") == 2
