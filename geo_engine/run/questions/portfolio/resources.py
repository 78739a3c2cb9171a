"""What plants share: totals by feature of a layer, or as a file lists them."""

from __future__ import annotations

import csv
import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo_engine.errors import Fault, StudyError
from geo_engine.model.answer.portfolio import Candidate, SharedResource
from geo_engine.model.search import ResourceLayer
from geo_engine.run.questions.portfolio.pool import find_candidates
from geo_engine.run.questions.stored import StoredRun
from geo_engine.workspace import read_features

__all__ = ["listed_resources", "shared_resources"]

_COLUMNS = ("resource", "total", "site", "use")


def shared_resources(
    run: StoredRun, wished: Sequence[ResourceLayer], candidates: Sequence[Candidate]
) -> tuple[tuple[SharedResource, ...], tuple[str, ...]]:
    """Make a resource of every feature that two or more candidates would share, or that one would use up.

    Returns
    -------
    resources : tuple of SharedResource
        Those that can limit a choice.
    notes : tuple of str
        What is not known.
    """
    made: list[SharedResource] = []
    notes = []
    points = shapely.points([each.easting for each in candidates], [each.northing for each in candidates])
    new = np.array([each.kind != "existing" for each in candidates], np.bool_)
    for wish in wished:
        columns = [wish.total] if isinstance(wish.total, str) else []
        data = read_features(run.study.layers[wish.layer], crs=run.study.crs, where=wish.where, columns=columns)
        belongs = _features_of(points, data.geometry, wish)
        totals = _totals(wish, data.table, len(data))
        unknown = 0
        for number in np.unique(belongs[(belongs >= 0) & new]).tolist():
            members = (belongs == number) & new
            if math.isnan(totals[number]):
                unknown += int(members.sum())
                continue
            if totals[number] < wish.each * members.sum():
                name = f"{wish.name}, {data.labels()[number]}"
                made.append(SharedResource(name, float(totals[number]), np.where(members, wish.each, 0.0), wish.unit))
        if unknown:
            notes.append(f"{wish.name}: unknown for {unknown} of {int(new.sum())} candidates, which it therefore does not limit.")
        if (outside := int(((belongs < 0) & new).sum())) > 0:
            notes.append(f"{wish.name}: {outside} of {int(new.sum())} candidates share none of it.")
    return tuple(made), tuple(notes)


def _features_of(points: NDArray[np.object_], shapes: NDArray[np.object_], wish: ResourceLayer) -> NDArray[np.int64]:
    """Give the number of the feature that each point belongs to, -1 for none; of equal ones the first."""
    belongs = np.full(len(points), -1, np.int64)
    if not len(shapes):
        return belongs
    for number, point in enumerate(points):
        away = shapely.distance(shapes, point)
        nearest = int(away.argmin())
        inside = shapely.get_dimensions(shapes[nearest]) == 2  # noqa: PLR2004 - of a polygon
        if away[nearest] <= (0.0 if inside else math.inf if wish.within is None else wish.within):
            belongs[number] = nearest
    return belongs


def _totals(wish: ResourceLayer, table: pd.DataFrame, count: int) -> NDArray[np.float64]:
    if isinstance(wish.total, str):
        return np.asarray(pd.to_numeric(table[wish.total], errors="coerce"), np.float64)
    return np.full(count, wish.total)


def listed_resources(path: Path, candidates: Sequence[Candidate]) -> tuple[SharedResource, ...]:
    """Read resources from a CSV with a row for each site that shares one: ``resource, total, site, use`` and maybe ``unit``.

    Raises
    ------
    StudyError
        With every fault: columns, numbers, sites that are none, two totals of one resource.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            rows = list(csv.DictReader(stream))
    except (OSError, UnicodeDecodeError) as error:
        raise StudyError(Fault("--resources", f"{path} cannot be read: {error}")) from error
    if not rows or not set(_COLUMNS) <= set(rows[0]):
        found = ", ".join(str(name) for name in rows[0]) if rows else "no rows"
        raise StudyError(Fault("--resources", f"{path.name} needs columns {', '.join(_COLUMNS)}", found=found))
    faults: list[Fault] = []
    totals: dict[str, float] = {}
    uses: dict[str, NDArray[np.float64]] = {}
    units: dict[str, str] = {}
    for line, row in enumerate(rows, start=2):
        name = str(row["resource"]).strip()
        try:
            total, use = float(row["total"]), float(row["use"])
        except (TypeError, ValueError):
            total = use = math.nan
        if not (total >= 0 and use >= 0):
            faults.append(Fault("--resources", f"line {line} of {path.name} has no number, 0 or more, as total or use"))
            continue
        if totals.setdefault(name, total) != total:
            faults.append(
                Fault("--resources", f"line {line} of {path.name} gives '{name}' another total", found=f"{total:g}, {totals[name]:g}")
            )
        units.setdefault(name, str(row.get("unit") or ""))
        try:
            site = find_candidates(candidates, [str(row["site"])], f"--resources line {line}")
        except StudyError as error:
            faults.extend(error.faults)
            continue
        line_of = uses.setdefault(name, np.zeros(len(candidates)))
        line_of[site] = use
    if faults:
        raise StudyError(faults)
    return tuple(SharedResource(name, totals[name], use, units[name]) for name, use in uses.items())
