"""The overlay of six distances as users of GRASS and of xarray-spatial make it, from features that are burned already."""

from __future__ import annotations

import os
import shlex
import subprocess
import time
from pathlib import Path

import geopandas as gpd
import numpy as np
import pyogrio
import rasterio
from affine import Affine

from benchmarks import world
from benchmarks.overlay_ours import LAYERS
from geo_engine.model import Grid

__all__ = ["burn", "grass", "xarray_spatial"]

_CHUNK = 2048


def burn(folder: Path, grid: Grid = world.GRID) -> dict[str, Path]:
    """Burn each layer as a raster of 1 on no data, which both peers start from; not timed."""
    west, south, east, north = map(str, grid.bounds)
    made = {}
    for name in LAYERS:
        vector, raster = folder / f"{name}_burned.gpkg", folder / f"{name}_burned.tif"
        pyogrio.write_dataframe(gpd.GeoDataFrame(geometry=world.features(name).geometry, crs=grid.crs), vector, layer=name)
        size = ["-tr", str(grid.cell), str(grid.cell), "-te", west, south, east, north]
        command = ["gdal_rasterize", "-q", "-burn", "1", "-a_nodata", "0", "-init", "0", "-ot", "Byte", "-l", name, *size]
        subprocess.run([*command, str(vector), str(raster)], check=True, capture_output=True)
        made[name] = raster
    return made


def grass(burned: dict[str, Path], score: Path, grid: Grid = world.GRID) -> float:
    """Time r.grow.distance six times, r.mapcalc and r.out.gdal to an uncompressed GeoTIFF, in seconds; links to rasters are made before.

    Its own rasters cannot be left uncompressed: LZ4 is the quickest that it has.
    """
    lines = [f"r.external -o --quiet input={shlex.quote(str(path))} output={name}" for name, path in burned.items()]
    lines += [f"g.region raster={next(iter(burned))}", "date +%s.%N > begun"]
    lines += [f"r.grow.distance --quiet input={name} distance={name}_far metric=euclidean" for name in burned]
    terms = "+".join(f"max(0.0,1.0-{name}_far/{worst})" for name, worst in LAYERS.items())
    lines += [f"r.mapcalc --quiet expression='score = float(({terms})*100/6)'"]
    lines += [f"r.out.gdal --quiet -c input=score output={shlex.quote(str(score))} type=Float32 nodata=-1", "date +%s.%N > ended"]
    script = score.with_suffix(".sh")
    script.write_text("\n".join(["set -e", f"cd {shlex.quote(str(score.parent))}", *lines]) + "\n")
    quick = os.environ | {"GRASS_COMPRESSOR": "LZ4", "GRASS_COMPRESS_NULLS": "0"}
    subprocess.run(["grass", "--tmp-location", grid.crs, "--exec", "sh", str(script)], check=True, env=quick, capture_output=True)
    begun, ended = (float((score.parent / name).read_text()) for name in ("begun", "ended"))
    return ended - begun


def xarray_spatial(burned: dict[str, Path], score: Path, grid: Grid = world.GRID) -> float:
    """Time proximity of six dask arrays, their weighted sum and one uncompressed GeoTIFF, in seconds, after a small one that warms it."""
    import dask.array as da  # noqa: PLC0415 - only where it is asked for
    import xarray as xr  # noqa: PLC0415 - the same
    from xrspatial import proximity  # type: ignore[import-untyped] # noqa: PLC0415 - the same

    east = grid.west + (np.arange(grid.cols) + 0.5) * grid.cell
    north = grid.north - (np.arange(grid.rows) + 0.5) * grid.cell

    def far(path: Path, rows: slice, cols: slice) -> xr.DataArray:
        with rasterio.open(path) as source:
            cells = source.read(1)[rows, cols].astype(np.float32)
        lazily = da.from_array(cells, chunks=_CHUNK)
        return proximity(xr.DataArray(lazily, dims=("y", "x"), coords={"y": north[rows], "x": east[cols]}), target_values=[1])

    def weighed(rows: slice, cols: slice) -> np.ndarray:
        terms = [(1 - far(path, rows, cols) / LAYERS[name]).clip(0, 1) for name, path in burned.items()]
        return np.asarray((sum(terms[1:], terms[0]) * (100 / 6)).astype("float32").data.compute())

    weighed(slice(grid.rows // 2, grid.rows // 2 + 300), slice(grid.cols // 2, grid.cols // 2 + 300))
    begun = time.perf_counter()
    cells = weighed(slice(None), slice(None))
    transform = Affine(grid.cell, 0.0, grid.west, 0.0, -grid.cell, grid.north)
    profile = {"driver": "GTiff", "dtype": "float32", "count": 1, "height": grid.rows, "width": grid.cols, "crs": grid.crs}
    with rasterio.open(score, "w", transform=transform, **profile) as sink:
        sink.write(cells, 1)
    return time.perf_counter() - begun
