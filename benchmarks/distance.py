"""Exact distance on 91 million cells against raster transforms: scipy, the edt package, GDAL."""

from __future__ import annotations

import tempfile
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from shutil import which

import geopandas as gpd
import numpy as np
import pyogrio
import rasterio
from numpy.typing import NDArray
from scipy import ndimage

from benchmarks import world
from benchmarks.figures import Figure, best_of, timed_process
from geo_engine.measure import PreparedMeasure, TilePlaces, distance_to
from geo_engine.model import Features, Grid, Tile

__all__ = ["figures", "gdal_distance"]


def surface(measure: PreparedMeasure, grid: Grid, out: NDArray[np.float32]) -> None:
    """Compute a measure over a grid with as many threads as cores."""

    def one(tile: Tile) -> None:
        out[tile.window] = measure(TilePlaces(grid, tile))

    with ThreadPoolExecutor(2) as executor:
        list(executor.map(one, grid.tiles(512)))


def _burned(data: Features, grid: Grid) -> NDArray[np.bool_]:
    """Mark the cells that hold a point: what a raster transform starts from."""
    away = np.ones(grid.shape, np.bool_)
    e, n = world.points(data.layer.name)
    rows, cols = grid.cells_at(e, n)
    on = grid.holds(rows, cols)
    away[rows[on], cols[on]] = False
    return away


def gdal_distance(data: Features, grid: Grid, folder: Path) -> tuple[float, Path]:
    """Time gdal_rasterize and gdal_proximity.py, in seconds, and say where the uncompressed float32 GeoTIFF is that they wrote."""
    name = data.layer.name
    vector, burned, near = folder / f"{name}.gpkg", folder / f"{name}.tif", folder / f"{name}_distance.tif"
    pyogrio.write_dataframe(gpd.GeoDataFrame(geometry=data.geometry, crs=grid.crs), vector, layer=name)
    west, south, east, north = grid.bounds
    burn = [
        "gdal_rasterize",
        "-q",
        "-at",
        "-burn",
        "1",
        "-ot",
        "Byte",
        "-l",
        name,
        "-tr",
        str(grid.cell),
        str(grid.cell),
        "-te",
        *map(str, (west, south, east, north)),
    ]
    seconds, _ = timed_process([*burn, str(vector), str(burned)])
    proximity = ["gdal_proximity.py", "-q", "-values", "1", "-distunits", "GEO", "-ot", "Float32", str(burned), str(near)]
    return seconds + timed_process(proximity)[0], near


def figures() -> list[Figure]:
    """Measure points, lines and polygons; ours warm, each peer as its users run it."""
    grid = world.GRID
    out = np.empty(grid.shape, np.float32)
    found = []
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        data = world.features("grid_substations")
        measure = distance_to(data)
        surface(measure, grid, out)
        ours = best_of(lambda: surface(measure, grid, out))
        what = f"distance to {len(data)} points, 91 M cells, warm"
        away = _burned(data, grid)
        found.append(
            Figure(
                what,
                ours,
                "s",
                ">= 20",
                "scipy distance_transform_edt",
                best_of(lambda: ndimage.distance_transform_edt(away, sampling=100.0), 1),
            )
        )
        if find_spec("edt"):
            edt = import_module("edt")
            found.append(
                Figure(
                    what,
                    ours,
                    "s",
                    ">= 12",
                    "edt package, 2 threads",
                    best_of(lambda: edt.edt(away, anisotropy=(100.0, 100.0), parallel=2), 2),
                )
            )
        gdal = which("gdal_proximity.py") and which("gdal_rasterize")
        if gdal:
            found.append(Figure(what, ours, "s", ">= 20", "gdal_rasterize + gdal_proximity.py", gdal_distance(data, grid, folder)[0]))
            with rasterio.open(folder / "grid_substations_distance.tif") as source:
                off = float(np.max(np.abs(source.read(1)[::7, ::7] - out[::7, ::7])))
            found.append(Figure("greatest difference to gdal_proximity.py (it measures between cell centres)", off, "m", "<= 141.5"))
        for name, kind in (("major_roads", "lines"), ("national_parks", "polygons")):
            data = world.features(name)
            measure = distance_to(data)
            surface(measure, grid, out)
            ours = best_of(lambda: surface(measure, grid, out))  # noqa: B023 - called at once
            if gdal:
                found.append(
                    Figure(
                        f"distance to {len(data):,} {kind}, 91 M cells, warm",
                        ours,
                        "s",
                        ">= 4",
                        "gdal_rasterize + gdal_proximity.py",
                        gdal_distance(data, grid, folder)[0],
                    )
                )
            else:
                found.append(Figure(f"distance to {len(data):,} {kind}, 91 M cells, warm", ours, "s"))
    return found
