"""A weighted overlay of six straight-distance criteria over 91 million cells, whole process, against GDAL's tools."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from shutil import which
from types import SimpleNamespace

import numpy as np
import rasterio

from benchmarks import world
from benchmarks.distance import gdal_distance
from benchmarks.figures import Figure, best_of, timed_process
from benchmarks.overlay_ours import LAYERS
from geo_engine.model import Surface
from geo_engine.publish.rasters import write_suitability

__all__ = ["figures"]


def _gdal(folder: Path) -> float:
    """Time gdal_rasterize and gdal_proximity.py six times, and gdal_calc.py once."""
    seconds = 0.0
    letters, terms = [], []
    for letter, (name, worst) in zip("ABCDEF", LAYERS.items(), strict=True):
        took, near = gdal_distance(world.features(name), world.GRID, folder)
        seconds += took
        letters += [f"-{letter}", str(near)]
        terms.append(f"clip(1-{letter}/{worst},0,1)")
    calc = f"--calc=({'+'.join(terms)})*100/6"
    return seconds + timed_process(["gdal_calc.py", "--quiet", *letters, f"--outfile={folder / 'score.tif'}", calc, "--type=Float32"])[0]


def figures() -> list[Figure]:
    """Measure both sides, and turning ours into a cloud-optimised GeoTIFF on its own."""
    found = []
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        path = folder / "ours.tif"
        command = [sys.executable, "-m", "benchmarks.overlay_ours", str(path)]
        timed_process(command, cwd=world.ROOT)
        seconds, memory = timed_process(command, cwd=world.ROOT)
        what = "overlay of six distances, 91 M cells, whole process"
        if which("gdal_calc.py"):
            found.append(Figure(what, seconds, "s", ">= 7", "gdal_rasterize, gdal_proximity.py, gdal_calc.py", _gdal(folder)))
        else:
            found.append(Figure(what, seconds, "s"))
        found.append(Figure("the same: largest memory", memory / 1e9, "GB", "<= 2"))
        with rasterio.open(path) as source:
            score = source.read(1)
        surface = Surface(world.GRID, score, np.empty((0, 0), np.uint32))
        result = SimpleNamespace(study=SimpleNamespace(title="benchmark", criteria=(), weights=()), region_title="box", surface=surface)
        seconds = best_of(lambda: write_suitability(result, folder / "cog.tif", engine_version=""), 2)  # type: ignore[arg-type]
        found.append(Figure("91 M cells of float32 to a COG with overviews", seconds, "s", "<= 4"))
    return found
