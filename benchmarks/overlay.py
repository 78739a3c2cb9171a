"""A weighted overlay of six straight-distance criteria over 91 million cells against GDAL's tools, GRASS and xarray-spatial."""

from __future__ import annotations

import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path
from shutil import which
from types import SimpleNamespace

import numpy as np
import rasterio

from benchmarks import overlay_ours, overlay_peers, world
from benchmarks.distance import gdal_distance
from benchmarks.figures import Figure, best_of, timed_process
from benchmarks.overlay_ours import LAYERS
from benchmarks.overlay_values import value_figures
from geo_engine.model import Surface
from geo_engine.publish.rasters import write_suitability

__all__ = ["figures"]

_GDAL = "gdal_rasterize, gdal_proximity.py, gdal_calc.py"
_LIMIT = 900  # seconds that a peer is waited for


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


def _against_peers(folder: Path, gdal: float | None) -> list[Figure]:
    """Measure ours with its kernels warm against each peer that is there, and how far its values are from ours."""
    path, score = folder / "warm.tif", folder / "score.tif"
    ours = best_of(lambda: overlay_ours.main(str(path)), 3)
    what = "overlay of six distances, 91 M cells, kernels warm, layers to GeoTIFF"
    found = []
    # Half a cell's diagonal in every distance at once: `overlay_peers.burn` says why that is all that peers lose by burning.
    most = world.GRID.cell / 2**0.5 * sum(100 / len(LAYERS) / worst for worst in LAYERS.values())

    def add(peer: str, bar: str, theirs: float, *, exact: bool = True) -> None:
        found.append(Figure(what, ours, "s", bar, peer, theirs))
        found.append(
            Figure(f"greatest difference of the score to {peer}", _furthest(path, score), "points", f"<= {most:.2f}" if exact else "")
        )
        score.unlink()  # the next peer's place

    if gdal is not None:
        add(_GDAL, ">= 10", gdal)
    burned = overlay_peers.burn(folder) if which("gdal_rasterize") else {}
    if burned and which("grass"):
        # r.grow.distance is off by itself: `overlay_values` measures by how much.
        add("GRASS r.grow.distance, r.mapcalc", ">= 30", overlay_peers.grass(burned, score), exact=False)
    if burned and find_spec("xrspatial"):
        add("xarray-spatial proximity, in memory", ">= 10", overlay_peers.xarray_spatial(burned, score))
        theirs = overlay_peers.dask_within(_LIMIT, burned, score)
        if theirs == float("inf"):
            found.append(Figure(what, ours, "s", ">= 10", f"xarray-spatial proximity with Dask, stopped after {_LIMIT} s", _LIMIT))
        elif theirs is not None:
            add("xarray-spatial proximity with Dask", ">= 10", theirs)
    return found


def _furthest(ours: Path, theirs: Path) -> float:
    with rasterio.open(ours) as one, rasterio.open(theirs) as other:
        return max(float(np.nanmax(np.abs(one.read(1, window=w) - other.read(1, window=w)))) for _, w in one.block_windows(1))


def figures() -> list[Figure]:
    """Measure all sides, and turning ours into a cloud-optimised GeoTIFF on its own."""
    found = []
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        path = folder / "ours.tif"
        command = [sys.executable, "-m", "benchmarks.overlay_ours", str(path)]
        timed_process(command, cwd=world.ROOT)
        seconds, memory = timed_process(command, cwd=world.ROOT)
        what = "overlay of six distances, 91 M cells, whole process"
        gdal = _gdal(folder) if which("gdal_calc.py") else None
        found.append(Figure(what, seconds, "s") if gdal is None else Figure(what, seconds, "s", ">= 7", _GDAL, gdal))
        found.append(Figure("the same: largest memory", memory / 1e9, "GB", "<= 2"))
        found += _against_peers(folder, gdal)
        found += value_figures(folder)
        with rasterio.open(path) as source:
            score = source.read(1)
        surface = Surface(world.GRID, score, np.empty((0, 0), np.uint32))
        result = SimpleNamespace(study=SimpleNamespace(title="benchmark", criteria=(), weights=()), region_title="box", surface=surface)
        seconds = best_of(lambda: write_suitability(result, folder / "cog.tif", engine_version=""), 2)  # type: ignore[arg-type]
        found.append(Figure("91 M cells of float32 to a COG with overviews", seconds, "s", "<= 4"))
    return found
