"""Distances and masks against raster tools: scipy's transform, rasterio's burning, and GDAL's own programs."""

from __future__ import annotations

import subprocess
from pathlib import Path

import numpy as np
import pytest
import rasterio
import shapely
from numpy.typing import NDArray
from rasterio import Affine
from rasterio.features import rasterize
from scipy.ndimage import distance_transform_edt
from shapely.geometry.base import BaseGeometry

from geo_engine.measure import distance_to, prepare
from geo_engine.model import Distance, Features, Grid, Inside
from tests.measure.builders import BNG, Float, centres, dots, features, line, whole, within_a_micrometre

GRID = Grid(BNG, 400_000.0, 540_000.0, 100.0, 90, 140)
TRANSFORM = Affine(GRID.cell, 0.0, GRID.west, 0.0, -GRID.cell, GRID.north)
HALF_DIAGONAL = GRID.cell * np.sqrt(0.5)


def burnt(data: Features, *, touched: bool) -> NDArray[np.uint8]:
    """Mark the cells that hold a feature: every cell touched, or those whose centre is covered."""
    found: NDArray[np.uint8] = rasterize(
        [(one, 1) for one in data.geometry], out_shape=GRID.shape, transform=TRANSFORM, all_touched=touched, dtype="uint8"
    )
    return found


def scattered(kind: str) -> Features:
    rng = np.random.default_rng(17)
    west, south, east, north = GRID.bounds
    e, n = rng.uniform(west, east, (2, 12)), rng.uniform(south, north, (2, 12))
    made: list[BaseGeometry]
    if kind == "points":
        made = dots(e[0], n[0])
    elif kind == "lines":
        made = [line(*ends) for ends in np.stack([e, n], axis=2).transpose(1, 0, 2).tolist()]
    else:
        made = [shapely.buffer(shapely.Point(a, b), rng.uniform(150, 900), quad_segs=3) for a, b in zip(e[0], n[0], strict=True)]
        made[0] = shapely.difference(made[0], shapely.affinity.scale(made[0], 0.4, 0.4))
    return features(made, kind="lines" if kind == "lines" else "polygons")


def by_scipy(cells: NDArray[np.uint8]) -> Float:
    return np.asarray(distance_transform_edt(cells == 0), dtype=np.float64) * GRID.cell


@pytest.mark.parametrize("kind", ["points", "lines", "polygons"])
def test_the_distance_is_within_half_a_cell_diagonal_of_a_raster_transform(kind: str) -> None:
    data = scattered(kind)
    away = np.abs(distance_to(data)(whole(GRID)) - by_scipy(burnt(data, touched=True)))
    assert away.max() <= HALF_DIAGONAL * (1 + 1e-6)
    assert away.max() > 0.2 * HALF_DIAGONAL  # the raster is coarse: a distance to cells would not differ


def test_points_at_cell_centres_agree_with_a_raster_transform_to_the_last_place() -> None:
    rng = np.random.default_rng(4)
    rows, cols = rng.integers(0, GRID.rows, 40), rng.integers(0, GRID.cols, 40)
    e, n = GRID.centres(rows, cols)
    cells = np.zeros(GRID.shape, np.uint8)
    cells[rows, cols] = 1
    within_a_micrometre(distance_to(features(dots(e, n)))(whole(GRID)), by_scipy(cells))


def test_inside_is_the_mask_of_gdal_but_where_an_edge_runs_through_a_centre() -> None:
    data = scattered("polygons")
    places = centres(GRID)
    spots = shapely.points(places.eastings, places.northings)
    clear = np.all([shapely.distance(spots, one.boundary) > 0.01 for one in data.geometry], axis=0).reshape(GRID.shape)
    found = prepare(Inside(layer="things"), data)(whole(GRID))
    assert (found == burnt(data, touched=False))[clear].all()
    assert clear.mean() > 0.99
    assert found.sum() > 500


@pytest.mark.gdal
@pytest.mark.parametrize("kind", ["points", "lines", "polygons"])
def test_the_distance_is_within_half_a_cell_diagonal_of_gdal_proximity(kind: str, tmp_path: Path) -> None:
    data = scattered(kind)
    burn, proximity = tmp_path / "burnt.tif", tmp_path / "proximity.tif"
    with rasterio.open(
        burn,
        "w",
        driver="GTiff",
        width=GRID.cols,
        height=GRID.rows,
        count=1,
        dtype="uint8",
        crs=BNG,
        transform=TRANSFORM,
    ) as out:
        out.write(burnt(data, touched=True), 1)
    subprocess.run(
        ["gdal_proximity.py", str(burn), str(proximity), "-distunits", "GEO", "-ot", "Float32", "-values", "1"],
        check=True,
        capture_output=True,
    )
    with rasterio.open(proximity) as done:
        away = np.abs(prepare(Distance(layer="things"), data)(whole(GRID)) - done.read(1))
    assert away.max() <= HALF_DIAGONAL * (1 + 1e-6)
