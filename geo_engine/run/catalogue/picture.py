"""The quick look at a layer: its features or cells over the area of a study, in the study's CRS."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray

from geo_engine.model import Study
from geo_engine.projection import transformer
from geo_engine.publish import QuickLook, write_quick_look
from geo_engine.workspace import read_features

__all__ = ["Picture", "area_of", "draw_cells", "draw_shapes", "look_at_cells", "look_at_shapes", "picture_file"]

Box = tuple[float, float, float, float]
_FAR = 0.5  # of the area's longer side: features farther off than this are not shown, so that the others can be seen


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that was written.

    Parameters
    ----------
    path : Path
        The PNG.
    bar_m : float
        Metres of its scale bar; 0 where there is none.
    area : str
        Title of the area that is drawn beneath; empty where none is.
    """

    path: Path
    bar_m: float
    area: str

    def text(self) -> str:
        """Say it in a sentence."""
        bar = f"; the bar is {self.bar_m / 1000:g} km" if self.bar_m else ""
        return f"{self.path}{bar}{f'; beneath it {self.area}' if self.area else ''}"


def picture_file(workspace: Path, name: str) -> Path:
    """Give the file of a layer's picture: ``outputs/layers/NAME.png``."""
    return workspace / "outputs" / "layers" / f"{name}.png"


def area_of(study: Study | None) -> shapely.Geometry | None:
    """Give the whole area of a study, in its CRS; None without a study."""
    if study is None:
        return None
    made: shapely.Geometry = shapely.union_all(read_features(study.layers[study.area], crs=study.crs).geometry)
    return made


def draw_shapes(path: Path, shapes: NDArray[np.object_], crs: str, study: Study | None) -> Picture:
    """Draw features, shape (n,), that are in `crs`: the study's CRS where there is a study."""
    return Picture(path, write_quick_look(look_at_shapes(shapes, crs, study), path), study.area_title if study else "")


def draw_cells(path: Path, cells: NDArray[np.float32], bounds: Box, crs: str, study: Study | None) -> Picture:
    """Draw a raster in its own CRS, with the area of a study beneath."""
    return Picture(path, write_quick_look(look_at_cells(cells, bounds, crs, study), path), study.area_title if study else "")


def look_at_shapes(shapes: NDArray[np.object_], crs: str, study: Study | None) -> QuickLook:
    """Say what is drawn of features; see `draw_shapes`."""
    area = area_of(study)
    there = shapes[~(shapely.is_missing(shapes) | shapely.is_empty(shapes))]
    bounds = shapely.total_bounds(there).tolist() if len(there) else None
    return QuickLook(_shown(bounds, area), there, area, metres=pyproj.CRS.from_user_input(crs).is_projected)


def look_at_cells(cells: NDArray[np.float32], bounds: Box, crs: str, study: Study | None) -> QuickLook:
    """Say what is drawn of a raster; see `draw_cells`."""
    area = area_of(study)
    if area is not None and study is not None:
        change = transformer(study.crs, crs)
        area = shapely.transform(area, lambda xy: np.column_stack(change.transform(xy[:, 0], xy[:, 1])))
    metres = pyproj.CRS.from_user_input(crs).is_projected
    return QuickLook(_shown(list(bounds), area), np.empty(0, dtype=object), area, cells, bounds, metres=metres)


def _shown(bounds: list[float] | None, area: shapely.Geometry | None) -> Box:
    """Give the box that is shown: of the data, cut where they reach far beyond the area, and never without the area."""
    if area is None:
        west, south, east, north = bounds or [0.0, 0.0, 1.0, 1.0]
        return west, south, east, north
    a_west, a_south, a_east, a_north = shapely.bounds(area).tolist()
    far = _FAR * max(a_east - a_west, a_north - a_south)
    west, south, east, north = bounds or [a_west, a_south, a_east, a_north]
    return (
        min(a_west, max(west, a_west - far)),
        min(a_south, max(south, a_south - far)),
        max(a_east, min(east, a_east + far)),
        max(a_north, min(north, a_north + far)),
    )
