"""How far six distances of the overlay's peers are from ours, and from an exact transform of the cells that the peers start from."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from shutil import which

import numpy as np
import rasterio
from numpy.typing import NDArray
from scipy import ndimage

from benchmarks import overlay_peers, world
from benchmarks.distance import gdal_distance, surface
from benchmarks.figures import Figure
from geo_engine.measure import distance_to
from geo_engine.model import Grid

__all__ = ["value_figures"]

_GRID = Grid("EPSG:27700", 0.0, 1_300_000.0, 500.0, 2_600, 1_400)
_HALF = _GRID.cell / 2**0.5  # metres: half of a cell's diagonal
_EXACT = "an exact transform of the burned cells (scipy)"


def value_figures(folder: Path) -> list[Figure]:
    """Compare all cells of all six distances, in halves of a cell's diagonal: by `overlay_peers.burn` one explains all that is right."""
    folder = folder / "values"  # gdal_rasterize burns into a file that is there, whatever its grid
    folder.mkdir()
    furthest: dict[str, float] = {}
    own: dict[str, float] = {}
    beyond: list[float] = []
    for name, burned in overlay_peers.burn(folder, _GRID).items():
        ours = np.empty(_GRID.shape, np.float32)
        surface(distance_to(world.features(name)), _GRID, ours)
        exact, found = _distances(name, burned, folder)
        for peer, theirs in {_EXACT: exact, **found}.items():
            apart = np.abs(theirs - ours) / _HALF
            furthest[peer] = max(furthest.get(peer, 0.0), float(apart.max()))
            own[peer] = max(own.get(peer, 0.0), float(np.abs(theirs - exact).max() / _HALF))
            if peer == "GRASS":
                beyond.append(100 * float((apart > 1.0).mean()))
    what = "greatest difference of a distance, six layers at 500 m, to"
    figures = []
    for peer, most in furthest.items():
        figures.append(Figure(f"{what} {peer}", most, "half diagonals", "" if peer == "GRASS" else "<= 1"))
        if peer != _EXACT:
            figures.append(Figure("the same: of the peer to that exact transform", own[peer], "half diagonals"))
    if beyond:
        figures.append(Figure("the same: cells beyond half a diagonal of ours, the worst layer", max(beyond), "%"))
    return figures


def _distances(name: str, burned: Path, folder: Path) -> tuple[NDArray[np.float64], dict[str, NDArray[np.float64]]]:
    """Give the exact distance from the centres of a layer's burned cells, and what each peer that is there makes of it."""
    with rasterio.open(burned) as source:
        exact = ndimage.distance_transform_edt(source.read(1) != 1, sampling=_GRID.cell)
    found = {}
    if which("gdal_proximity.py"):
        with rasterio.open(gdal_distance(world.features(name), _GRID, folder)[1]) as source:
            found["GDAL"] = source.read(1)
    if find_spec("xrspatial"):
        found["xarray-spatial"] = overlay_peers.xarray_distance(burned, _GRID).values
    if which("grass"):
        found["GRASS"] = overlay_peers.grass_distance(burned, _GRID)
    return exact, found
