"""Our side of the travel-time surface: Great Britain's major roads from GeoJSON, or stored, to minutes to a port at 250 m.

Run as a process of its own by `benchmarks.network`; prints seconds from the first read to the last cell, imports left out.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import numpy as np
import shapely
from numpy.typing import NDArray

from benchmarks import world
from geo_engine.measure import TilePlaces, point_coordinates, ring_segments
from geo_engine.measure.travel.travelled import prepare_nearest
from geo_engine.model import Grid, Tile
from geo_engine.network import build_network, load_network, save_network, travel_network
from geo_engine.run.executors import default_workers, map_unordered, thread_executor
from geo_engine.workspace import read_study

__all__ = ["main"]


def main(folder: Path) -> float:
    """Give the seconds that the surface takes, with the network that is stored in a folder or none."""
    study = read_study(world.ROOT / "studies" / "gigafactory.toml")
    grid = Grid("EPSG:27700", 0.0, 1_300_000.0, 250.0, 5_200, 2_800)
    begun = time.perf_counter()
    land = shapely.union_all(world.features("regions_itl1").geometry)
    rings = ring_segments(land)
    place = folder / "roads.npz"
    network = load_network(place, "benchmark", land)
    if network is None:
        network = build_network(world.features("major_roads"), land)
    ports = world.features("freight_ports", "tonnage_class in ('A', 'B')")
    e, n = point_coordinates(ports.geometry)
    travel = travel_network(network, study.profiles["lorry"], {"ports": (e, n, ports.labels())})
    measure = prepare_nearest(travel, "ports", "time")
    out = np.empty(grid.shape, np.float32)
    with thread_executor() as executor:

        def measured(tile: Tile) -> NDArray[np.float32] | None:
            places = TilePlaces(grid, tile)
            return measure(places) if places.inside(rings).any() else None  # as a run does: no land, no work

        for tile, seconds in map_unordered(executor, measured, grid.tiles(512), ahead=2 * default_workers()):
            out[tile.window] = np.inf if seconds is None else seconds
    took = time.perf_counter() - begun
    save_network(network, place, "benchmark")
    return took


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    warm = (folder / "roads.npz").exists()  # then kernels are loaded by a first pass, as in every benchmark that says warm
    first = main(folder)
    print(main(folder) if warm else first)
