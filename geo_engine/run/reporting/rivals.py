"""Rivals as a report shows them: the same rows as a site has, and the reason why each ranks where it does."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import shapely
from shapely.geometry.base import BaseGeometry

from geo_engine.measure import facilities_name, find_corridor
from geo_engine.model import Corridor
from geo_engine.network import RouteFinder
from geo_engine.publish import (
    as_read,
    connection_cells,
    measured_cells,
    missing_rows,
    need_rows,
    readiness_rows,
    route_cells,
)
from geo_engine.publish.report import Line, Near, RivalSheet, Row
from geo_engine.run.places.readiness import judge_of
from geo_engine.run.questions.explanation.cells import points_of
from geo_engine.run.questions.rivals import Rival, ask_file
from geo_engine.run.questions.stored import StoredRun
from geo_engine.run.reporting.near import nearest_facilities
from geo_engine.workspace import read_rivals

__all__ = ["RivalRows", "answer_rivals"]


@dataclass(frozen=True, eq=False)
class RivalRows:
    """What a report needs of rivals.

    Parameters
    ----------
    sheets : tuple of RivalSheet
        In the order of the file.
    tables : mapping of str to tuple of Row
        Rows of needs, readiness and missing, by the table's name; their site_id is the rival's key.
    ways : mapping of str to tuple of Line
        Routes and corridor by key.
    near : mapping of str to tuple of Near
        The facility that each criterion leads to, by key.
    """

    sheets: tuple[RivalSheet, ...]
    tables: Mapping[str, tuple[Row, ...]]
    ways: Mapping[str, tuple[Line, ...]]
    near: Mapping[str, tuple[Near, ...]]


def answer_rivals(run: StoredRun, path: Path) -> RivalRows:
    """Judge the rivals of a file, and give each the rows that a site of the run has.

    A point is judged at its place; its corridor begins in the cell about it. A rival off the area has a reason and no rows.

    Raises
    ------
    LayerError
        With every fault of the file.
    """
    shapes, judge = read_rivals(path, crs=run.study.crs).geometry, judge_of(run.plan)
    sheets: list[RivalSheet] = []
    tables: dict[str, list[Row]] = {"needs": [], "readiness": [], "missing": []}
    ways: dict[str, tuple[Line, ...]] = {}
    near: dict[str, tuple[Near, ...]] = {}
    finders = _finders(run)
    for number, (rival, shape) in enumerate(zip(ask_file(run, path), shapes, strict=True), start=1):
        key, row = f"rival-{number}", {**as_read(measured_cells(rival.contributions)), "site_id": f"rival-{number}"}
        if rival.status != "off the area":
            needs = judge.needs(rival.easting, rival.northing, float(shapely.area(shape)))
            marks = judge.readiness(needs, rival.contributions, *points_of(run, shape)[:2])
            told = {"needs": need_rows(needs), "readiness": readiness_rows(marks) if marks else []}
            told["missing"] = missing_rows(run.study, marks) if marks else []
            for name, rows in told.items():
                tables[name] += [{**as_read(each), "site_id": key} for each in rows]
            near[key] = nearest_facilities(run, rival.easting, rival.northing)
            cells, ways[key] = _ways(run, key, rival, shape, finders)
            row |= cells
            row["readiness"] = marks.overall.word if marks else ""
        sheets.append(_sheet(key, row, rival, shape))
    return RivalRows(tuple(sheets), {name: tuple(rows) for name, rows in tables.items()}, ways, near)


def _sheet(key: str, row: Row, rival: Rival, shape: BaseGeometry) -> RivalSheet:
    best, about = rival.best_area, ""
    if best is not None:
        found = "there is no free area of the size" if math.isnan(best.score) else f"the best free area scores {best.score:.1f}"
        about = f"Within {best.within / 1000:g} km of it {found}."
    names = [name for name in RivalSheet.__dataclass_fields__ if name not in {"key", "row", "shape", "about"}]
    return RivalSheet(key=key, row=row, shape=shape, about=about, **{name: getattr(rival, name) for name in names})


def _finders(run: StoredRun) -> dict[str, RouteFinder]:
    reach = run.study.reach
    if reach is None:
        return {}
    travel = run.plan.travels[reach.network, reach.profile]
    return {wish.name: RouteFinder(travel, facilities_name(wish.layer, wish.where), "time", wish.direction) for wish in reach.routes}


def _ways(
    run: StoredRun, key: str, rival: Rival, shape: BaseGeometry, finders: Mapping[str, RouteFinder]
) -> tuple[dict[str, str], tuple[Line, ...]]:
    """Find the routes and the corridor of a rival, as cells of its row and as lines of its map."""
    cells: dict[str, str] = {}
    lines: list[Line] = []
    if run.study.reach is not None:
        told = {name: finder.find(rival.easting, rival.northing) for name, finder in finders.items()}
        cells |= as_read(route_cells(run.study.reach, told))
        lines += [Line(name, route.facility, route.geometry) for name, route in told.items() if route]
    prepared, connection = run.plan.connection, run.study.connection
    if prepared is not None and connection is not None:
        begins = shape if shapely.get_dimensions(shape) else shapely.buffer(shape, connection.cell / 2.0, cap_style="square")
        found = find_corridor(prepared, key, begins)
        cells |= as_read(connection_cells(connection, found))
        lines += [Line("Corridor", found.target, found.geometry)] if isinstance(found, Corridor) else []
    return cells, tuple(lines)
