"""The shape of a site in figures: perimeter, compactness, longest side."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

__all__ = ["Shape", "shape_of"]


@dataclass(frozen=True, slots=True)
class Shape:
    """A site's outline in figures.

    Parameters
    ----------
    perimeter : float
        Metres, of holes too.
    compactness : float
        ``4 pi area / perimeter^2`` (Polsby and Popper, The third criterion, Yale Law and Policy Review 9, 1991): 1 for a
        circle, 0.785 for a square.
    longest_side : float
        Metres, of the smallest rectangle, turned any way, that holds the site.
    """

    perimeter: float
    compactness: float
    longest_side: float


def shape_of(polygon: BaseGeometry) -> Shape:
    """Measure an outline in study coordinates; all NaN where there is none.

    >>> shape_of(shapely.box(0, 0, 1000, 500))
    Shape(perimeter=3000.0, compactness=0.6981317007977318, longest_side=1000.0)
    """
    perimeter = float(shapely.length(polygon))
    if perimeter == 0.0:
        return Shape(math.nan, math.nan, math.nan)
    corners = shapely.get_coordinates(shapely.minimum_rotated_rectangle(polygon))
    sides = np.hypot(*np.diff(corners, axis=0).T)
    return Shape(perimeter, 4.0 * math.pi * float(shapely.area(polygon)) / perimeter**2, float(sides.max()))
