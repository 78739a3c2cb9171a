"""A weighted overlay of six straight-distance criteria over 91 million cells, whole process, against GDAL's tools."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from shutil import which

import geopandas as gpd
import pyogrio
import rasterio

from benchmarks import world
from benchmarks.figures import Figure, best_of, timed_process
from geo_engine.decide import weighted_overlay
from geo_engine.measure import TilePlaces, distance_to
from geo_engine.model import Criterion, Distance, Linear, Tile
from geo_engine.publish.rasters import write_suitability_raster
from geo_engine.run.executors import map_unordered, thread_executor

__all__ = ["figures", "ours"]

LAYERS = {
    "grid_substations": 25e3,
    "freight_ports": 150e3,
    "rail_freight_terminals": 90e3,
    "vehicle_plants": 120e3,
    "major_roads": 8e3,
    "national_parks": 50e3,
}


def ours(path: Path) -> None:
    """Read six layers, score every cell, write one uncompressed float32 GeoTIFF."""
    grid = world.GRID
    criteria = [Criterion(name, Distance(layer=name), Linear(worst=worst, best=0.0), 1.0, "benchmark") for name, worst in LAYERS.items()]
    measures = [distance_to(world.features(name)) for name in LAYERS]
    weights = [1 / len(criteria)] * len(criteria)

    def score(tile: Tile) -> object:
        places = TilePlaces(grid, tile)
        return weighted_overlay(criteria, weights, (measure(places) for measure in measures)).score.astype("float32")

    profile = {"driver": "GTiff", "dtype": "float32", "count": 1, "height": grid.rows, "width": grid.cols, "crs": grid.crs}
    transform = rasterio.transform.from_origin(grid.west, grid.north, grid.cell, grid.cell)
    with (
        rasterio.open(path, "w", tiled=True, blockxsize=512, blockysize=512, transform=transform, **profile) as sink,
        thread_executor() as executor,
    ):
        for tile, values in map_unordered(executor, score, grid.tiles(512)):
            sink.write(values, 1, window=((tile.row0, tile.row1), (tile.col0, tile.col1)))


def _gdal(folder: Path) -> float:
    """Time gdal_rasterize and gdal_proximity.py six times, and gdal_calc.py once."""
    grid, seconds = world.GRID, 0.0
    west, south, east, north = grid.bounds
    letters, terms = [], []
    for letter, (name, worst) in zip("ABCDEF", LAYERS.items(), strict=True):
        data = world.features(name)
        vector, burned, near = folder / f"{name}.gpkg", folder / f"{name}.tif", folder / f"{name}_distance.tif"
        pyogrio.write_dataframe(gpd.GeoDataFrame(geometry=data.geometry, crs=grid.crs), vector, layer=name)
        burn = [
            "gdal_rasterize",
            "-q",
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
        seconds += timed_process([*burn, str(vector), str(burned)])[0]
        seconds += timed_process(
            ["gdal_proximity.py", "-q", "-values", "1", "-distunits", "GEO", "-ot", "Float32", str(burned), str(near)]
        )[0]
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
        command = [sys.executable, "-m", "benchmarks.overlay", str(path)]
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
        found.append(
            Figure(
                "91 M cells of float32 to a COG",
                best_of(lambda: write_suitability_raster(score, world.GRID, folder / "cog.tif"), 2),
                "s",
                "<= 4",
            )
        )
    return found


if __name__ == "__main__":
    ours(Path(sys.argv[1]))
