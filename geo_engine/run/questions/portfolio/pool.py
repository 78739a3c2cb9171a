"""The candidates of a portfolio: a run's areas, more areas of the same surface, plots from a file, and plants that stand."""

from __future__ import annotations

import csv
import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import shapely
from numpy.typing import NDArray

from geo_engine.errors import Fault, RunError, StudyError, nearest_spelling
from geo_engine.measure import point_coordinates, sizes
from geo_engine.model import Site
from geo_engine.model.answer.portfolio import Candidate
from geo_engine.model.search import ExistingPlants
from geo_engine.run.executors import thread_executor
from geo_engine.run.places.candidates import rank_plots
from geo_engine.run.places.land.ground import Land
from geo_engine.run.places.sites import rank_areas
from geo_engine.run.questions.rivals import ask_file
from geo_engine.run.questions.stored import StoredRun
from geo_engine.workspace import read_features, read_rivals

__all__ = ["areas_of", "find_candidates", "priced", "ranked", "standing_plants"]

_AREA, _PLOT, _STANDING = "area of search", "plot", "existing"
MOST_CANDIDATES = 500
"""Areas that are located for a choice."""


def areas_of(run: StoredRun, count: int | None) -> tuple[Candidate, ...]:
    """Give the run's own areas, or so many located on its surface in the same way.

    Raises
    ------
    RunError
        If the run has none.
    """
    if count is None:
        found = [
            Candidate(
                _AREA,
                str(row.site_id),
                str(row.name_),
                str(row.region or ""),
                str(row.grid_ref or ""),
                int(row.rank_),
                float(row.score),
                float(row.easting),
                float(row.northing),
                float(row.lon),
                float(row.lat),
                row.geometry,
            )
            for row in run.sites.rename(columns={"name": "name_", "rank": "rank_"}).itertuples()
        ]
    else:
        plan = replace(run.plan, study=replace(run.study, sites=replace(run.study.sites, count=count)))
        with thread_executor() as executor:
            ranking = rank_areas(plan, Land(plan, run.surface, executor)) if plan.plots is None else rank_plots(plan, run.surface)
        found = [_of_site(site) for site in ranking.sites]
    if not found:
        raise RunError(Fault(str(run.folder), "the run found no area to choose from", remedy="give --plots FILE, or change the study"))
    return tuple(found)


def _of_site(site: Site) -> Candidate:
    return Candidate(
        _AREA,
        site.site_id,
        site.name,
        site.region,
        site.grid_ref,
        site.rank,
        site.score,
        site.easting,
        site.northing,
        site.lon,
        site.lat,
        site.geometry,
    )


def plots_of(run: StoredRun, path: Path) -> tuple[tuple[Candidate, ...], tuple[str, ...]]:
    """Score the plots of a file; those that fail a rule or have no score are left out, and the notes say so."""
    shapes = read_rivals(path, crs=run.study.crs).geometry
    kept, notes = [], []
    for answer, shape in zip(ask_file(run, path), shapes, strict=True):
        if answer.status != "free" or math.isnan(answer.score):
            notes.append(f"Plot '{answer.name}' is left out: {answer.status if answer.status != 'free' else 'it has no score'}.")
            continue
        kept.append(
            Candidate(
                _PLOT,
                f"plot-{answer.name}",
                answer.name,
                answer.region,
                answer.grid_ref,
                None,
                answer.score,
                answer.easting,
                answer.northing,
                answer.lon,
                answer.lat,
                shape,
            )
        )
    return tuple(kept), tuple(notes)


def ranked(
    run: StoredRun, areas: Sequence[Candidate], plots: Path | None, min_score: float
) -> tuple[tuple[Candidate, ...], tuple[str, ...]]:
    """Put areas and plots into one order by score, and leave out what scores too little.

    Areas keep their order among each other; of an area and a plot with one score the area comes first.

    Raises
    ------
    StudyError
        If nothing is left.
    """
    more, notes = plots_of(run, plots) if plots is not None else ((), ())
    everything = sorted([*areas, *more], key=lambda each: -each.score)
    kept = [each for each in everything if each.score >= min_score]
    if not kept:
        best = f"the best scores {everything[0].score:.1f}"
        raise StudyError(Fault("portfolio", f"no candidate scores {min_score:g} or more", found=best, remedy="lower --min-score"))
    if len(kept) < len(everything):
        notes = (*notes, f"{len(everything) - len(kept)} of {len(everything)} candidates score less than {min_score:g} and are left out.")
    if more:
        kept = [replace(each, rank=number) for number, each in enumerate(kept, start=1)]
    return tuple(kept), notes


def standing_plants(run: StoredRun, existing: ExistingPlants) -> tuple[tuple[Candidate, ...], NDArray[np.float64]]:
    """Read the plants that stand, with what each makes in the facility's unit.

    Raises
    ------
    StudyError
        If there is no such layer of points.
    LayerError
        If it cannot be read, or a capacity is blank or not a number.
    """
    layer = run.study.layers.get(existing.layer)
    if layer is None or layer.geometry != "points":
        points = [name for name, each in run.study.layers.items() if each.geometry == "points"]
        remedy = nearest_spelling(existing.layer, points)
        raise StudyError(Fault("portfolio existing", f"no layer of points '{existing.layer}'", allowed=", ".join(points), remedy=remedy))
    columns = [existing.capacity] if existing.capacity else []
    data = read_features(layer, crs=run.study.crs, where=existing.where, columns=columns)
    e, n = point_coordinates(data.geometry)
    each = sizes(data, existing.capacity, None) if existing.capacity else np.full(len(data), run.study.facility.capacity)
    found = []
    for number, label in enumerate(data.labels()):
        where = run.gazetteer(float(e[number]), float(n[number]))
        found.append(
            Candidate(
                _STANDING,
                f"existing-{label}",
                label,
                where.region,
                where.grid_ref,
                None,
                math.nan,
                float(e[number]),
                float(n[number]),
                where.lon,
                where.lat,
                shapely.Point(e[number], n[number]),
            )
        )
    return tuple(found), np.asarray(each, np.float64)


def find_candidates(candidates: Sequence[Candidate], named: Sequence[str], option: str) -> NDArray[np.bool_]:
    """Mark the candidates that are named by rank, id or name.

    Raises
    ------
    StudyError
        With every name that is none.
    """
    found = np.zeros(len(candidates), np.bool_)
    faults = []
    for name in named:
        wanted = name.strip().casefold()
        hit = [
            number
            for number, each in enumerate(candidates)
            if each.kind != _STANDING and wanted in {str(each.rank), each.site_id.casefold(), each.name.casefold()}
        ]
        if hit:
            found[hit[0]] = True
        else:
            options = [word for each in candidates for word in (each.site_id, each.name)]
            allowed = f"a rank from {candidates[0].rank} on, a site_id or a name"
            faults.append(Fault(option, f"'{name}' is no candidate", allowed=allowed, remedy=nearest_spelling(name, options)))
    if faults:
        raise StudyError(faults)
    return found


def priced(run: StoredRun, candidates: Sequence[Candidate], source: str) -> tuple[Candidate, ...]:
    """Give each candidate its cost: from a column of the run's sites, or from a CSV with ``site`` and ``cost``.

    Raises
    ------
    StudyError
        If there is no such column or file, or a candidate has no cost there.
    """
    path = Path(source)
    if path.suffix.lower() == ".csv":
        costs = _costs_of(path)
    elif source in run.sites.columns:
        costs = {str(site): float(cost) for site, cost in zip(run.sites["site_id"], _numbers(run, source), strict=True)}
    else:
        columns = [column for column in run.sites.columns if "cost" in column]
        remedy = nearest_spelling(source, [str(column) for column in run.sites.columns])
        allowed = ", ".join([*columns, "a CSV file with columns site and cost"])
        raise StudyError(Fault("--cost", f"'{source}' is no column of sites.csv and no CSV file", allowed=allowed, remedy=remedy))
    made, without = [], []
    for each in candidates:
        known = (costs.get(word) for word in (each.site_id, each.name, str(each.rank)))
        cost = next((value for value in known if value is not None and math.isfinite(value)), None)
        if cost is None:
            without.append(each.name)
        else:
            made.append(replace(each, price=cost))
    if without:
        shown = ", ".join(without[:5]) + (f" and {len(without) - 5} more" if len(without) > 5 else "")  # noqa: PLR2004 - enough to see whom
        raise StudyError(
            Fault("--cost", "candidates without a cost", found=shown, remedy="give all of them in a CSV with columns site and cost")
        )
    return tuple(made)


def _numbers(run: StoredRun, column: str) -> list[float]:
    try:
        return [float(value) for value in run.sites[column]]
    except (TypeError, ValueError) as error:
        raise StudyError(Fault("--cost", f"column '{column}' holds no numbers")) from error


def _costs_of(path: Path) -> dict[str, float]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            rows = list(csv.DictReader(stream))
    except (OSError, UnicodeDecodeError) as error:
        raise StudyError(Fault("--cost", f"{path} cannot be read: {error}")) from error
    if not rows or not {"site", "cost"} <= set(rows[0]):
        found = ", ".join(str(name) for name in rows[0]) if rows else "no rows"
        raise StudyError(Fault("--cost", f"{path.name} needs columns site and cost", found=found))
    costs, faults = {}, []
    for line, row in enumerate(rows, start=2):
        try:
            costs[str(row["site"]).strip()] = float(row["cost"])
        except (TypeError, ValueError):
            faults.append(Fault("--cost", f"line {line} of {path.name} has no number as cost", found=str(row["cost"])))
        else:
            if not costs[str(row["site"]).strip()] >= 0:
                faults.append(Fault("--cost", f"line {line} of {path.name} has a cost that is not 0 or more", found=str(row["cost"])))
    if faults:
        raise StudyError(faults)
    return costs
