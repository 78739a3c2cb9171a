"""The grid that the live map is measured on: as fine as a page can hold, wherever the land lies."""

from __future__ import annotations

from dataclasses import replace

import pytest
import shapely
from shapely.geometry.base import BaseGeometry

from geo_engine.model import Grid
from geo_engine.run.places.display import display_grid
from tests.run.tiny import Tiny


def grid_of(tiny: Tiny, area: BaseGeometry, cell: float) -> Grid:
    """Give the display's grid of an area of a study with cells of a size."""
    plan = tiny.plan()
    return display_grid(replace(plan, area=area, grid=Grid.covering(area.bounds, cell=cell, crs=plan.grid.crs)))


@pytest.mark.parametrize(("side", "times"), [(500_000.0, 5), (100_000.0, 1)])
def test_compact_land_is_shown_by_a_million_cells_at_most(tiny: Tiny, side: float, times: int) -> None:
    # 500 km of cells of 100 m are 25 million of them: 25 in one make a million. 100 km are a million as they are.
    found = grid_of(tiny, shapely.box(0.0, 0.0, side, side), 100.0)
    assert found.cell == times * 100.0
    assert found.size == 1_000_000


def test_islands_far_apart_do_not_make_a_grid_of_billions_of_cells(tiny: Tiny) -> None:
    # Four islands of 10 km at the corners of a box of 10,000 km: 40,000 cells of land in ten billion of the box.
    far, side = 10_000_000.0, 10_000.0
    corners = [(0.0, 0.0), (far - side, 0.0), (0.0, far - side), (far - side, far - side)]
    found = grid_of(tiny, shapely.MultiPolygon([shapely.box(e, n, e + side, n + side) for e, n in corners]), 100.0)
    assert found.cell == 2_500.0  # sixteen million cells of the box
    assert found.size == 16_000_000
