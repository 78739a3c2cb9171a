"""What a check of a layer finds: one fault, how often, and rows that have it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

__all__ = ["CODES", "Finding", "Level"]

Level = Literal["error", "warning"]

CODES: Mapping[str, tuple[Level, str]] = {
    "unanswered": ("error", "a question that nobody has answered"),
    "no_licence": ("error", "no licence, or a word that is none"),
    "future_vintage": ("error", "a vintage that has not come yet"),
    "older_than_vintage": ("warning", "nothing in the data is as young as the vintage"),
    "newer_than_vintage": ("warning", "data younger than the vintage"),
    "not_here": ("warning", "data that do not come with the workspace, and that a recipe says how to get"),
    "unreadable": ("error", "data that cannot be read"),
    "no_crs": ("error", "neither the data nor the layer says a CRS"),
    "degrees_in_metres": ("error", "coordinates look like degrees, and the CRS is in metres"),
    "metres_in_degrees": ("error", "coordinates are no degrees, and the CRS is in degrees"),
    "other_grid": ("error", "positions lie far off, and would lie in the area in another CRS"),
    "swapped_axes": ("error", "positions that fit once east and north are swapped"),
    "elsewhere": ("error", "nothing lies in or near the area"),
    "at_zero": ("error", "positions at 0, 0"),
    "far_outside": ("warning", "positions far outside the area"),
    "lonely": ("warning", "positions far from all others"),
    "no_geometry": ("warning", "rows without geometry"),
    "broken_shape": ("warning", "shapes that are broken and repaired on reading"),
    "collapsed_shape": ("warning", "lines without length, areas without extent"),
    "other_kind": ("error", "geometry of another kind than the layer's"),
    "repeated_row": ("error", "rows that repeat another one in everything"),
    "same_place": ("warning", "features that lie exactly on another one"),
    "repeated_id": ("warning", "names that several rows share"),
    "blank_column": ("warning", "columns without a value"),
    "constant_column": ("warning", "columns with one value in every row"),
    "number_as_text": ("warning", "columns of text that are numbers"),
    "outlier": ("warning", "values far from all others"),
    "accuracy_unit": ("error", "an accuracy in the wrong unit"),
    "length_unit": ("error", "lengths in the wrong unit"),
    "blank_raster": ("error", "a raster without a value"),
    "constant_raster": ("warning", "a raster with one value everywhere"),
    "undeclared_nodata": ("error", "a value that stands for no data and is not declared"),
    "no_unit": ("warning", "a raster of quantities without a unit"),
    "not_covering": ("warning", "a raster that leaves a part of the area out"),
    "stale_acceptance": ("warning", "an accepted fault that is not there"),
}
"""Level and meaning of every fault that is looked for, by code."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault of a layer.

    Parameters
    ----------
    code : str
        A key of `CODES`.
    what : str
        In words, with figures.
    count : int
        Rows, columns or cells that have it.
    examples : tuple of str
        Some of them.
    accepted : str
        Why the layer's file lives with it; empty where it does not.
    """

    code: str
    what: str
    count: int = 1
    examples: tuple[str, ...] = ()
    accepted: str = ""

    @property
    def level(self) -> Level:
        """How bad it is: an error makes results wrong, a warning may."""
        return CODES[self.code][0]
