"""What a report is made from: the files that a run left, the study, and what was asked about rivals."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo_engine.model import Contribution, Features, NeedAnswer, SiteReadiness, Study, Surface

__all__ = ["Filed", "Line", "RivalSheet", "Row", "StageLand", "figure_of"]

Row = Mapping[str, str]
"""A row of a table as the run left it: text by column, blank where nothing is known."""


def figure_of(row: Row, column: str) -> float:
    """Give a cell as a number; NaN where it is blank or not there.

    >>> figure_of({"score": "81.2", "x": ""}, "score"), figure_of({"x": ""}, "x")
    (81.2, nan)
    """
    text = row.get(column, "")
    return float(text) if text else math.nan


@dataclass(frozen=True, eq=False)
class StageLand:
    """What one stage of the sift leaves of the land.

    Parameters
    ----------
    name : str
        Of the stage.
    why : str
        What it takes away.
    hectares : float
        Left after it.
    blocks : int or None
        Connected pieces of what is left that are as large as the facility needs; areas, once these are found.
    left : bool ndarray, or None
        The cells that are left, thinned to what a small map shows; None where no map is drawn.
    tested : bool
        False for what no layer covers: nothing is taken away, because nothing is known.
    counted : str
        ``"blocks"`` or ``"areas"``.
    """

    name: str
    why: str
    hectares: float
    blocks: int | None
    left: NDArray[np.bool_] | None
    tested: bool = True
    counted: str = "blocks"


@dataclass(frozen=True, eq=False)
class Line:
    """A way from a site: its name in the study, where it leads, and its course in study coordinates."""

    name: str
    facility: str
    geometry: BaseGeometry


@dataclass(frozen=True, eq=False)
class RivalSheet:
    """What a run says of a place that a reader named.

    Parameters
    ----------
    name, where, region, grid_ref, status, reason, dropped, kind : str
        As `score` tells them.
    easting, northing, score, percentile, area_ha, usable_ha : float
        Metres, points, per cent, hectares; NaN where they do not apply.
    rank : int or None
        That it has or would have among the sites.
    contributions : tuple of Contribution
        They add up to the score.
    needs, readiness : tuple of NeedAnswer, SiteReadiness or None
        As of a site.
    about : str
        What the best area about a point is; blank for a plot.
    """

    name: str
    where: str
    region: str
    grid_ref: str
    status: str
    reason: str
    dropped: str
    kind: str
    easting: float
    northing: float
    score: float
    percentile: float
    area_ha: float
    usable_ha: float
    rank: int | None
    contributions: tuple[Contribution, ...]
    needs: tuple[NeedAnswer, ...]
    readiness: SiteReadiness | None
    shape: BaseGeometry
    about: str = ""


@dataclass(frozen=True, eq=False)
class Filed:
    """A finished run as a report reads it.

    Parameters
    ----------
    folder : Path
        Where its files lie, and where the report goes.
    study : Study
        The question, as it is now.
    region, region_title : str
        Slug, and what readers see.
    record : mapping
        ``run.json``.
    tables : mapping of str to tuple of Row
        By the file's name without its ending; what the run did not leave is empty.
    shapes : mapping of str to geometry
        Outline of each site by its id, in study coordinates.
    ways : mapping of str to tuple of Line
        Routes and corridor of each site.
    surface : Surface
        Scores and status.
    area, land : shapely geometry
        The region, and the whole of the study's area.
    features : mapping of str to Features
        Layers by name, for maps.
    stages : tuple of StageLand
        The sift, in order.
    worth : tuple of (str, str)
        Of each criterion in words: how it is measured, and what that is worth.
    changed : tuple of str
        Input files that are not what the run read.
    rivals : tuple of RivalSheet
        Named by the reader.
    scenarios : mapping of str to tuple of Row
        ``sites.csv`` of each scenario of the study that was run for the region.
    command : str
        That makes this report again.
    """

    folder: Path
    study: Study
    region: str
    region_title: str
    record: Mapping[str, Any]
    tables: Mapping[str, tuple[Row, ...]]
    shapes: Mapping[str, BaseGeometry]
    ways: Mapping[str, tuple[Line, ...]]
    surface: Surface
    area: BaseGeometry
    land: BaseGeometry
    features: Mapping[str, Features]
    stages: tuple[StageLand, ...]
    worth: tuple[tuple[str, str], ...]
    changed: tuple[str, ...] = ()
    rivals: tuple[RivalSheet, ...] = ()
    scenarios: Mapping[str, tuple[Row, ...]] = field(default_factory=dict)
    command: str = ""

    def rows(self, table: str) -> tuple[Row, ...]:
        """Give the rows of a table; none where the run left no such table."""
        return self.tables.get(table, ())

    @property
    def sites(self) -> tuple[Row, ...]:
        """The ranked sites, best first."""
        return self.rows("sites")

    def of_site(self, table: str, site_id: str) -> tuple[Row, ...]:
        """Give the rows of a table that speak of a site."""
        return tuple(row for row in self.rows(table) if row.get("site_id") == site_id)
