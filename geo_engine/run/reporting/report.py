"""Make the report of a finished run: gather, build, write both faces whole or not at all."""

from __future__ import annotations

import csv
import math
import os
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import pyogrio
import shapely
from shapely.geometry.base import BaseGeometry

from geo_engine.errors import Fault, RunError, nearest_spelling
from geo_engine.model import Features, NeedAnswer, SiteReadiness, slug
from geo_engine.publish.report import Filed, Line, RivalSheet, Row, build_report, html_face, pdf_face
from geo_engine.run.places.readiness import judge_of
from geo_engine.run.progress import Reporter
from geo_engine.run.questions.check import check_plan
from geo_engine.run.questions.explanation.cells import points_of
from geo_engine.run.questions.rivals import Rival, ask_file
from geo_engine.run.questions.stored import StoredRun, open_run
from geo_engine.run.reporting.renew import STAMP, stamp_of
from geo_engine.run.reporting.stages import land_stages
from geo_engine.run.runner import default_folder
from geo_engine.workspace import read_rivals, read_study

__all__ = ["ReportFiles", "find_runs", "gather", "write_report"]

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
    RunError
        If nothing was run there; the nearest names are told.
    """
    if path.is_dir():
        if region:
            raise RunError(Fault("--region", "goes with a study", found=str(path), remedy="give the study file, or the run's folder alone"))
        return (path,)
    study = read_study(path)
    base = default_folder(study, study.area_slug).parent
    there = sorted(each.parent for each in base.glob("*/run.json") if not each.parent.name.startswith("."))
    wanted = [each for each in there if region is None or each.name in {region, slug(region)}]
    if region is None:
        wanted = [each for each in there if "@" not in each.name]
    if not wanted:
        names = [each.name for each in there]
        again = f"geo-engine run {shlex.quote(str(path))}" + (f" --region {shlex.quote(region)}" if region else "")
        near = nearest_spelling(region or "", names)
        raise RunError(
            Fault(region or str(base), "was not run", allowed=", ".join(names) or "nothing yet", remedy=near or f"run it first: {again}")
        )
    return tuple(wanted)


def write_report(folder: Path, reporter: Reporter, *, workers: int, rivals: Path | None = None) -> ReportFiles:
    """Write ``report.html`` and ``report.pdf`` into a run's folder.

    Parameters
    ----------
    folder : Path
        A finished run.
    reporter : Reporter
        Is told what happens.
    workers : int
        Threads for reading.
    rivals : Path, optional
        A file as for `score`: each place in it gets a sheet.

    Raises
    ------
    RunError
        If the folder holds no run, or the extra ``report`` is not installed.
    """
    run = open_run(folder, reporter, workers=workers)
    reporter.stage("Gathering what the run left")
    filed = gather(run, rivals)
    reporter.stage("Drawing and writing the report")
    report = build_report(filed)
    faces = {"report.html": html_face(report).encode("utf-8"), "report.pdf": pdf_face(report)}
    faces[STAMP] = stamp_of(folder, rivals).encode("utf-8")
    reporter.stage("")
    for name, content in faces.items():
        partial = folder / f".{name}.partial-{os.getpid()}"
        partial.write_bytes(content)
        partial.replace(folder / name)
    return ReportFiles(folder / "report.html", folder / "report.pdf", run.changed)


def gather(run: StoredRun, rivals: Path | None = None) -> Filed:
    """Gather what a report is made from: tables, outlines, ways, stages, and answers on rivals."""
    folder, plan = run.folder, run.plan
    tables = {name: _rows(folder / f"{name}.csv") for name in _TABLES}
    ids = [str(each) for each in run.sites["site_id"]]
    scenarios = {key: _rows(folder.parent / f"{plan.region}@{key}" / "sites.csv") for key in run.study.scenarios if not run.study.scenario}
    study_file = os.path.relpath(run.study.path, run.study.path.parent.parent)
    command = f"geo-engine report {study_file} --region {folder.name}" + (f" --rivals {shlex.quote(rivals.name)}" if rivals else "")
    return Filed(
        folder=folder,
        study=run.study,
        region=plan.region,
        region_title=plan.region_title,
        record=run.record,
        tables=tables,
        shapes=dict(zip(ids, run.sites.geometry, strict=True)),
        ways=_ways(run),
        surface=run.surface,
        area=plan.area,
        land=plan.land,
        features=_layers(run),
        stages=land_stages(run, tables["rejected"]),
        worth=tuple((row.measured, row.worth) for row in check_plan(plan, workers=1).criteria),
        changed=run.changed,
        rivals=_rival_sheets(run, rivals) if rivals else (),
        scenarios={key: rows for key, rows in scenarios.items() if rows},
        command=command,
    )


def _rows(path: Path) -> tuple[Row, ...]:
    if not path.is_file():
        return ()
    with path.open(encoding="utf-8", newline="") as source:
        return tuple(dict(row) for row in csv.DictReader(source))


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


def _rival_sheets(run: StoredRun, path: Path) -> tuple[RivalSheet, ...]:
    judge = judge_of(run.plan)
    shapes = read_rivals(path, crs=run.study.crs).geometry
    sheets = []
    for rival, shape in zip(ask_file(run, path), shapes, strict=True):
        on_land = rival.status != "off the area"
        needs = judge.needs(rival.easting, rival.northing, float(shapely.area(shape))) if on_land else ()
        marks = judge.readiness(needs, rival.contributions, *points_of(run, shape)[:2]) if on_land else None
        sheets.append(_sheet(rival, shape, needs, marks))
    return tuple(sheets)


def _sheet(rival: Rival, shape: BaseGeometry, needs: tuple[NeedAnswer, ...], marks: SiteReadiness | None) -> RivalSheet:
    best = rival.best_area
    about = ""
    if best is not None:
        found = "there is no free area of the size" if math.isnan(best.score) else f"the best free area scores {best.score:.1f}"
        about = f"Within {best.within / 1000:g} km of it {found}."
    names = [name for name in RivalSheet.__dataclass_fields__ if name not in {"needs", "readiness", "shape", "about"}]
    return RivalSheet(
        **{name: getattr(rival, name) for name in names}, needs=needs, readiness=marks, shape=shape, about=about
    )  # fmt: skip
