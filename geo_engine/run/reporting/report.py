"""Make the report of a finished run: gather, build, write both faces whole or not at all."""

from __future__ import annotations

import csv
import os
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import pyogrio

from geo_engine.errors import Fault, RunError
from geo_engine.model import Features
from geo_engine.publish import denatured
from geo_engine.publish.report import SHEETS, Filed, Line, Near, Row, build_report, html_face, pdf_face
from geo_engine.run.progress import Reporter
from geo_engine.run.questions.check import check_plan
from geo_engine.run.questions.stored import StoredRun, open_run
from geo_engine.run.reporting.asked import Asked, known_sites, since
from geo_engine.run.reporting.near import nearest_facilities, reached_facilities
from geo_engine.run.reporting.renew import STAMP, stamp_of
from geo_engine.run.reporting.rivals import RivalRows, answer_rivals
from geo_engine.run.reporting.stages import land_stages
from geo_engine.run.runner import default_folder
from geo_engine.workspace import find_region, read_features, read_study

__all__ = ["ReportFiles", "find_runs", "gather", "write_report"]

NO_RIVALS = RivalRows((), {}, {}, {})
NOTHING = Asked()
"""Nothing besides the run."""

_TABLES = (
    *("sites", "rejected", "demand", "methods", "acceptability", "pairwise", "near_misses"),
    *("needs", "readiness", "missing", "sensitivity"),
)


@dataclass(frozen=True, slots=True)
class ReportFiles:
    """A report's two faces, and the input files that have changed since the run."""

    page: Path
    document: Path
    changed: tuple[str, ...]


def find_runs(path: Path, region: str | None) -> tuple[Path, ...]:
    """Give the folders of runs that are meant: a run's own folder, or of a study the region's, or all that were run.

    Parameters
    ----------
    path : Path
        A run's folder or a study file.
    region : str, optional
        Slug or name, for a study.

    Raises
    ------
    StudyError
        If there is no such region; the nearest are told.
    RunError
        If nothing was run there.
    """
    if path.is_dir():
        if region:
            raise RunError(Fault("--region", "goes with a study", found=str(path), remedy="give the study file, or the run's folder alone"))
        return (path,)
    study = read_study(path)
    base = default_folder(study, study.area_slug).parent
    there = sorted(each.parent for each in base.glob("*/run.json") if not each.parent.name.startswith("."))
    if region is None:
        wanted = [each for each in there if "@" not in each.name]
    else:
        whole, _, scenario = region.partition("@")  # the folder of a scenario's run is a name too
        name, _, _ = find_region(study, read_features(study.layers[study.area], crs=study.crs), whole)
        wanted = [each for each in there if each.name == (f"{name}@{scenario}" if scenario else name)]
    if not wanted:
        names = ", ".join(each.name for each in there) or "nothing yet"
        again = f"geo-engine run {shlex.quote(str(path))}" + (f" --region {shlex.quote(region)}" if region else "")
        raise RunError(Fault(region or str(base), "was not run", allowed=names, remedy=f"run it first: {again}"))
    return tuple(wanted)


def write_report(folder: Path, reporter: Reporter, *, workers: int, asked: Asked = NOTHING) -> ReportFiles:
    """Write ``report.html`` and ``report.pdf`` into a run's folder.

    Parameters
    ----------
    folder : Path
        A finished run.
    reporter : Reporter
        Is told what happens.
    workers : int
        Threads for reading.
    asked : Asked
        Rivals, an earlier run, known sites.

    Raises
    ------
    RunError
        If the folder holds no run, or the extra ``report`` is not installed.
    """
    run = open_run(folder, reporter, workers=workers)
    reporter.stage("Gathering what the run left")
    filed = gather(run, asked)
    reporter.stage("Drawing and writing the report")
    report = build_report(filed)
    faces = {"report.html": html_face(report).encode("utf-8"), "report.pdf": pdf_face(report)}
    faces[STAMP] = stamp_of(folder, asked).encode("utf-8")
    reporter.stage("")
    for name, content in faces.items():
        partial = folder / f".{name}.partial-{os.getpid()}"
        partial.write_bytes(content)
        partial.replace(folder / name)
    return ReportFiles(folder / "report.html", folder / "report.pdf", run.changed)


def gather(run: StoredRun, asked: Asked = NOTHING) -> Filed:
    """Gather what a report is made from: tables, outlines, ways, stages, what is near, and answers on what was asked besides."""
    folder, plan = run.folder, run.plan
    tables = {name: _rows(folder / f"{name}.csv") for name in _TABLES}
    ids = [str(each) for each in run.sites["site_id"]]
    scenarios = {key: _rows(folder.parent / f"{plan.region}@{key}" / "sites.csv") for key in run.study.scenarios if not run.study.scenario}
    study_file = os.path.relpath(run.study.path, run.study.path.parent.parent)
    told = answer_rivals(run, asked.rivals) if asked.rivals else NO_RIVALS
    command = f"geo-engine report {study_file} --region {folder.name}" + asked.options(run.study.path.parent.parent)
    return Filed(
        folder=folder,
        study=run.study,
        region=plan.region,
        region_title=plan.region_title,
        record=run.record,
        tables={name: (*rows, *told.tables.get(name, ())) for name, rows in tables.items()},
        shapes=dict(zip(ids, run.sites.geometry, strict=True)),
        ways={**_ways(run), **told.ways},
        surface=run.surface,
        area=plan.area,
        land=plan.land,
        features=_layers(run),
        stages=land_stages(run),
        worth=tuple((row.measured, row.worth) for row in check_plan(plan, workers=1).criteria),
        changed=run.changed,
        rivals=told.sheets,
        scenarios={key: rows for key, rows in scenarios.items() if rows},
        near={**_near(run, tables["sites"][:SHEETS]), **told.near},
        reached=reached_facilities(run, SHEETS),
        since=since(run, asked.previous) if asked.previous else None,
        known=known_sites(run, asked.known) if asked.known else None,
        command=command,
    )


def _rows(path: Path) -> tuple[Row, ...]:
    if not path.is_file():
        return ()
    with path.open(encoding="utf-8", newline="") as source:
        return tuple({column: denatured(cell) for column, cell in row.items()} for row in csv.DictReader(source))


def _near(run: StoredRun, rows: tuple[Row, ...]) -> dict[str, tuple[Near, ...]]:
    return {row["site_id"]: nearest_facilities(run, float(row["easting"]), float(row["northing"])) for row in rows}


def _ways(run: StoredRun) -> Mapping[str, tuple[Line, ...]]:
    file = run.folder / "sites.gpkg"
    found: dict[str, list[Line]] = {}
    there = {str(name) for name in pyogrio.list_layers(file)[:, 0]}
    for layer, name, facility in (("routes", "route", "facility"), ("corridors", "", "target")):
        if layer not in there:
            continue
        table = gpd.read_file(file, layer=layer)
        for row in table.to_dict("records"):
            line = Line(str(row[name]) if name else "Corridor", str(row[facility]), row["geometry"])
            found.setdefault(str(row["site_id"]), []).append(line)
    return {site: tuple(lines) for site, lines in found.items()}


def _layers(run: StoredRun) -> Mapping[str, Features]:
    """Give each layer once by name: whole where it was read whole."""
    layers: dict[str, Features] = {}
    for (name, where), data in run.plan.features.items():
        if where is None or name not in layers:
            layers[name] = data
    return layers
