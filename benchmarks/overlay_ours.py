"""Our side of the overlay: read six layers, score 91 million cells, write one uncompressed float32 GeoTIFF.

Run as a process of its own by `benchmarks.overlay`.
"""

from __future__ import annotations

import sys
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np
import rasterio
from affine import Affine
from numpy.typing import NDArray

from benchmarks import world
from geo_engine.decide import weighted_overlay
from geo_engine.measure import TilePlaces, distance_to
from geo_engine.model import Criterion, Distance, Linear, Tile

__all__ = ["LAYERS", "main"]

LAYERS = {
    "grid_substations": 25e3,
    "freight_ports": 150e3,
    "rail_freight_terminals": 90e3,
    "vehicle_plants": 120e3,
    "major_roads": 8e3,
    "national_parks": 50e3,
}


def main(path: str) -> None:
    """Score the box and write it to `path`."""
    grid = world.GRID
    criteria = [Criterion(name, Distance(layer=name), Linear(worst=worst, best=0.0), 1.0, "benchmark") for name, worst in LAYERS.items()]
    with ThreadPoolExecutor(2) as executor:
        measures = list(executor.map(lambda name: distance_to(world.features(name)), LAYERS))
    weights = [1 / len(criteria)] * len(criteria)

    def score(tile: Tile) -> NDArray[np.float32]:
        places = TilePlaces(grid, tile)
        return weighted_overlay(criteria, weights, (measure(places) for measure in measures)).score.astype(np.float32)

    profile = {"driver": "GTiff", "dtype": "float32", "count": 1, "height": grid.rows, "width": grid.cols, "crs": grid.crs}
    transform = Affine(grid.cell, 0.0, grid.west, 0.0, -grid.cell, grid.north)
    under_way: deque[tuple[Tile, Future[NDArray[np.float32]]]] = deque()
    with (
        rasterio.open(path, "w", tiled=True, blockxsize=512, blockysize=512, transform=transform, **profile) as sink,
        ThreadPoolExecutor(2) as executor,
    ):

        def write() -> None:
            tile, scored = under_way.popleft()
            sink.write(scored.result(), 1, window=((tile.row0, tile.row1), (tile.col0, tile.col1)))

        for tile in grid.tiles(512):
            under_way.append((tile, executor.submit(score, tile)))
            if len(under_way) > 8:  # noqa: PLR2004 - tiles in memory at once
                write()
        while under_way:
            write()


if __name__ == "__main__":
    main(sys.argv[1])
