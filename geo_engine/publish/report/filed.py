"""What a report is made from: the files that a run left, the study, and what was asked besides."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from shapely.geometry.base import BaseGeometry

from geo_engine.model import Features, Study, Surface
from geo_engine.publish.report.answers import KnownSites, Line, Near, Reached, RivalSheet, Since, StageLand

__all__ = ["SHEETS", "Filed", "Row", "figure_of"]

SHEETS = 10
"""The best that get a sheet of their own."""

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
    near : mapping of str to tuple of Near
        Of each site that gets a sheet, by its id: the facility that each criterion leads to.
    reached : tuple of Reached
        What the criteria that count facilities find about these sites.
    since : Since or None
        What moved since an earlier run; None where none was given.
    known : KnownSites or None
        Where known sites fall; None where none were given.
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
    near: Mapping[str, tuple[Near, ...]] = field(default_factory=dict)
    reached: tuple[Reached, ...] = ()
    since: Since | None = None
    known: KnownSites | None = None
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

    @property
    def noun(self) -> str:
        """What was ranked, in a word: areas, or sites where plots were given."""
        return f"{self.one}s"

    @property
    def one(self) -> str:
        """One of what was ranked."""
        return self.study.sites.one
