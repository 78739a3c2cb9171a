"""The overlay of six distances as users of GRASS and of xarray-spatial make it, from features that are burned already.

Run as a process of its own for xarray-spatial with Dask, which may take longer than anybody waits: see `dask_within`.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import time
from pathlib import Path

import geopandas as gpd
import numpy as np
import pyogrio
import rasterio
from affine import Affine
from numpy.typing import NDArray

from benchmarks import world
from benchmarks.overlay_ours import LAYERS
from geo_engine.model import Grid

__all__ = ["burn", "dask_within", "grass", "grass_distance", "xarray_distance", "xarray_spatial"]

_CHUNK = 2048


def burn(folder: Path, grid: Grid = world.GRID) -> dict[str, Path]:
    """Burn each layer as a raster of 1 on no data, every cell that it touches, which both peers start from; not timed.

    Then each point of a feature lies in a burned cell and each burned cell holds a point of the feature, neither farther from the
    cell's centre than half of its diagonal. So the exact distance to the burned cells' centres and the exact distance to the feature
    differ by half a diagonal at most, at any place and for points, lines and polygons alike. Without `-at` lines and narrow polygons
    have places whose cell is not burned, and no such bound holds.
    """
    west, south, east, north = map(str, grid.bounds)
    made = {}
    for name in LAYERS:
        vector, raster = folder / f"{name}_burned.gpkg", folder / f"{name}_burned.tif"
        pyogrio.write_dataframe(gpd.GeoDataFrame(geometry=world.features(name).geometry, crs=grid.crs), vector, layer=name)
        size = ["-tr", str(grid.cell), str(grid.cell), "-te", west, south, east, north]
        command = ["gdal_rasterize", "-q", "-at", "-burn", "1", "-a_nodata", "0", "-init", "0", "-ot", "Byte", "-l", name, *size]
        subprocess.run([*command, str(vector), str(raster)], check=True, capture_output=True)
        made[name] = raster
    return made


def _in_grass(folder: Path, lines: list[str], grid: Grid) -> None:
    """Run lines of a shell in a session of GRASS of its own.

    Its own rasters cannot be left uncompressed: LZ4 is the quickest that it has.
    """
    script = folder / "session.sh"
    script.write_text("\n".join(["set -e", f"cd {shlex.quote(str(folder))}", *lines]) + "\n")
    quick = os.environ | {"GRASS_COMPRESSOR": "LZ4", "GRASS_COMPRESS_NULLS": "0"}
    subprocess.run(["grass", "--tmp-location", grid.crs, "--exec", "sh", str(script)], check=True, env=quick, capture_output=True)


def grass(burned: dict[str, Path], score: Path, grid: Grid = world.GRID) -> float:
    """Time r.grow.distance six times, r.mapcalc and r.out.gdal to an uncompressed GeoTIFF, in seconds; links to rasters are made before."""
    lines = [f"r.external -o --quiet input={shlex.quote(str(path))} output={name}" for name, path in burned.items()]
    lines += [f"g.region raster={next(iter(burned))}", "date +%s.%N > begun"]
    lines += [f"r.grow.distance --quiet input={name} distance={name}_far metric=euclidean" for name in burned]
    terms = "+".join(f"max(0.0,1.0-{name}_far/{worst})" for name, worst in LAYERS.items())
    lines += [f"r.mapcalc --quiet expression='score = float(({terms})*100/6)'"]
    lines += [f"r.out.gdal --quiet -c input=score output={shlex.quote(str(score))} type=Float32 nodata=-1", "date +%s.%N > ended"]
    _in_grass(score.parent, lines, grid)
    begun, ended = (float((score.parent / name).read_text()) for name in ("begun", "ended"))
    return ended - begun


def grass_distance(raster: Path, grid: Grid) -> NDArray[np.float64]:
    """Give r.grow.distance's metres from the burned cells of one raster."""
    away = raster.with_name("away.tif")
    lines = [f"r.external -o --quiet input={shlex.quote(str(raster))} output=burned", "g.region raster=burned"]
    lines += ["r.grow.distance --quiet input=burned distance=away metric=euclidean"]
    lines += [f"r.out.gdal --quiet -c --overwrite input=away output={shlex.quote(str(away))} type=Float64 nodata=-1"]
    _in_grass(raster.parent, lines, grid)
    with rasterio.open(away) as source:
        return np.asarray(source.read(1))


def xarray_distance(raster: Path, grid: Grid, *, lazily: bool = False, rows: slice = slice(None), cols: slice = slice(None)):  # type: ignore[no-untyped-def] # noqa: ANN201 - an xarray.DataArray
    """Give xarray-spatial's metres from the burned cells of one raster, as an array in memory or of Dask."""
    import dask.array as da  # noqa: PLC0415 - only where it is asked for
    import xarray as xr  # noqa: PLC0415 - the same
    from xrspatial import proximity  # type: ignore[import-untyped] # noqa: PLC0415 - the same

    with rasterio.open(raster) as source:
        cells = source.read(1)[rows, cols].astype(np.float32)
    axes = {"y": grid.northings(grid.whole)[rows], "x": grid.eastings(grid.whole)[cols]}
    held = da.from_array(cells, chunks=_CHUNK) if lazily else cells
    return proximity(xr.DataArray(held, dims=("y", "x"), coords=axes), target_values=[1])


def xarray_spatial(burned: dict[str, Path], score: Path, grid: Grid = world.GRID, *, lazily: bool = False) -> float:
    """Time six proximities, their weighted sum and one uncompressed GeoTIFF, in seconds, after a small one that warms it."""

    def weighed(rows: slice, cols: slice) -> NDArray[np.float32]:
        total = 0.0
        for name, path in burned.items():
            total = total + (1 - xarray_distance(path, grid, lazily=lazily, rows=rows, cols=cols) / LAYERS[name]).clip(0, 1)
        return np.asarray((total * (100 / 6)).astype("float32").values)  # type: ignore[attr-defined]

    weighed(slice(grid.rows // 2, grid.rows // 2 + 300), slice(grid.cols // 2, grid.cols // 2 + 300))
    begun = time.perf_counter()
    cells = weighed(slice(None), slice(None))
    transform = Affine(grid.cell, 0.0, grid.west, 0.0, -grid.cell, grid.north)
    profile = {"driver": "GTiff", "dtype": "float32", "count": 1, "height": grid.rows, "width": grid.cols, "crs": grid.crs}
    with rasterio.open(score, "w", transform=transform, **profile) as sink:
        sink.write(cells, 1)
    return time.perf_counter() - begun


def dask_within(limit: float, burned: dict[str, Path], score: Path) -> float | None:
    """Time xarray-spatial with Dask in a process of its own; infinite where it was stopped after `limit` seconds, None where it failed."""
    command = [sys.executable, "-m", "benchmarks.overlay_peers", str(score), *map(str, burned.values())]
    try:
        done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=limit, cwd=world.ROOT)
    except subprocess.TimeoutExpired:
        return float("inf")
    if done.returncode:  # for want of memory, it may be
        sys.stderr.write(f"xarray-spatial with Dask ended with {done.returncode}: {done.stderr[-500:]}\n")
        return None
    return float(done.stdout.split()[-1])


def _with_dask(score: Path, *rasters: Path) -> float:
    """Do so here, on the frame of the burned rasters."""
    with rasterio.open(rasters[0]) as source:
        place, rows, cols = source.transform, source.height, source.width
    grid = Grid(world.GRID.crs, place.c, place.f, place.a, rows, cols)
    return xarray_spatial(dict(zip(LAYERS, rasters, strict=True)), score, grid, lazily=True)


if __name__ == "__main__":
    print(_with_dask(*map(Path, sys.argv[1:])))
