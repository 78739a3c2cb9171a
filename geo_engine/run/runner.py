"""Run a study: plan, tiles, areas, outputs; whole or not at all."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Lock

from geo_engine.errors import Fault, RunError
from geo_engine.measure import facilities_name
from geo_engine.model import (
    Result,
    Study,
)
from geo_engine.publish import Rasters, write_outputs
from geo_engine.run.executors import ClusterExecutor, StartingCluster, cluster_executor, default_workers
from geo_engine.run.planning.forecast import estimate
from geo_engine.run.planning.networks import store_networks
from geo_engine.run.planning.plan import Plan, make_plan
from geo_engine.run.profiling import Profile, Profiler
from geo_engine.run.progress import Reporter, SilentReporter
from geo_engine.run.record import run_record, versions
from geo_engine.run.solving import TILE_SIDE, solve
from geo_engine.run.storing.criteria import open_surfaces
from geo_engine.run.storing.folders import keep_finished, open_tiles, sweep, tiles_folder
from geo_engine.run.storing.rasters import left_surface
from geo_engine.run.tiles import BLOCK_SIDE

__all__ = ["RunOutcome", "default_folder", "leave_run", "run_study"]

_WRITING = Lock()  # GDAL's settings, the date of a GeoPackage among them, are one for all threads
_BYWORK = (".aux.xml", "-wal", "-shm", "-journal")  # what a GIS leaves beside the files of a run, stale once they are new
_AT_TIMES = frozenset(
    {"best5.tif", "best5.qml", "corridors.geojson", "routes.geojson", "isochrones.geojson", "readiness.csv", "missing.csv"}
    | {"report.html", "report.pdf", "report.json"}  # a report speaks of the run that it was made from
)  # ours, and not left by every run: no old one stays


@dataclass(frozen=True, eq=False)
class RunOutcome:
    """A finished run.

    Parameters
    ----------
    plan, result : Plan, Result
        What was asked and what was found.
    folder : Path
        Where the outputs lie.
    timings : mapping of str to float
        Seconds by stage.
    profile : Profile or None
        Where time and memory went, where it was asked for.
    """

    plan: Plan
    result: Result
    folder: Path
    timings: Mapping[str, float]
    profile: Profile | None = None


def default_folder(study: Study, region: str) -> Path:
    """Give the folder of a run in the study's workspace: ``outputs/<study>/<region>``, of a scenario ``<region>@<scenario>``."""
    return study.path.parent.parent / "outputs" / study.name / (f"{region}@{study.scenario}" if study.scenario else region)


def run_study(  # noqa: PLR0913 - one name a wish
    study: Study,
    *,
    region: str | None = None,
    cell: float | None = None,
    out: Path | None = None,
    workers: int | None = None,
    reporter: Reporter | None = None,
    profile: bool = False,
    dask: str | None = None,
    fresh: bool = False,
    cache: float | None = None,
) -> RunOutcome:
    """Run a study for a region and leave its outputs.

    Parameters
    ----------
    study : Study
        The question.
    region : str, optional
        Slug or name; the whole area by default.
    cell : float, optional
        Metres, instead of the study's.
    out : Path, optional
        The folder to leave the outputs in, instead of `default_folder`.
    workers : int, optional
        Threads; as many as cores by default. The answer does not depend on it.
    reporter : Reporter, optional
        Is told what happens.
    profile : bool, optional
        Whether to measure where time and memory go; ``timings.json`` then holds it too, and no other file changes.
    dask : str, optional
        A cluster that scores the land: ``local:4`` for processes here, ``tcp://HOST:PORT`` for a scheduler. The answer does not depend
        on it. Its workers must see the folder of the outputs under the same name. It does not go with `profile`.
    fresh : bool, optional
        Whether to begin anew where finished tiles of a run that was stopped, or what an earlier run measured, could be taken up.
    cache : float, optional
        Bytes of disk, 4 GB by default, for what slow criteria and rules of large grids were measured as, which a run with other
        weights takes up. 0 keeps nothing, and removes what is there.

    Returns
    -------
    RunOutcome
        The result with the folder; outputs appear there whole, replacing those of an earlier run.
    """
    reporter = reporter or SilentReporter()
    profiler = Profiler(reporter) if profile else None
    reporter = profiler or reporter
    workers = workers or default_workers()
    if dask is not None and profile:
        raise RunError(Fault("--profile", "measures the threads of this process, not those of a cluster", remedy="leave out --dask"))
    base = out or default_folder(study, study.area_slug)
    with StartingCluster(dask) if dask else nullcontext() as starting:  # it takes seconds, while layers are read
        plan = make_plan(study, region, reporter, workers=workers, cell=cell, anywhere=False, disk=base)
        folder = (out or default_folder(study, plan.region)).resolve()
        made = [parent for parent in (folder.parent, *folder.parent.parents) if not parent.exists()]
        _check_folder(folder)
        sweep(folder)
        large = estimate(plan.study, plan.area, workers=workers).stored
        tiles = open_tiles(folder, plan.study, plan.grid, plan.region, TILE_SIDE, fresh=fresh) if large else None
        if (before := _cell_of(folder)) not in {None, plan.grid.cell}:
            reporter.note(f"replaces the run at {before:g} m in {folder.name}; --out keeps both")
        for note in _reading_notes(plan):
            reporter.note(note)
        try:
            with Rasters(folder.with_name(f".{folder.name}.rasters-{os.getpid()}"), engine_version=versions()["geo-engine"]) as rasters:
                with _cluster(starting, folder, reporter) as cluster:
                    kept = open_surfaces(plan, folder, min(TILE_SIDE, BLOCK_SIDE), limit=cache, fresh=fresh)
                    if taken := [state.name for state in kept.states if state.tiles]:
                        reporter.note(f"takes up what an earlier run measured: {'; '.join(taken)}")
                    asked = profiler.watched(kept.plan) if profiler else kept.plan
                    result = solve(asked, reporter, workers=workers, tile_side=TILE_SIDE, cluster=cluster, folder=tiles, rasters=rasters)
                found = leave_run(plan, result, folder, reporter, profiler, rasters)
        except BaseException as error:
            keep_finished(tiles_folder(folder), error)
            _remove_empty(made)
            raise
        if tiles is not None:
            result = replace(result, surface=left_surface(plan.grid, folder))
        shutil.rmtree(tiles_folder(folder), ignore_errors=True)
        if folder.parent == default_folder(study, plan.region).parent.resolve():
            store_networks(study, plan.travels)  # beside the runs of the study, once one has ended well
        return RunOutcome(plan, result, folder, reporter.timings, found)


def leave_run(
    plan: Plan, result: Result, folder: Path, reporter: Reporter, profiler: Profiler | None = None, rasters: Rasters | None = None
) -> Profile | None:
    """Write the outputs of a run beside its folder and put them in place by renaming; give where time went, if that was watched.

    Rasters that `solve` has begun are taken up.

    Raises
    ------
    RunError
        If the folder holds something else.
    """
    _check_folder(folder)
    reporter.stage("Writing outputs")
    made = [parent for parent in (folder.parent, *folder.parent.parents) if not parent.exists()]
    folder.parent.mkdir(parents=True, exist_ok=True)
    partial = folder.parent / f".{folder.name}.partial-{os.getpid()}"
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir()
    try:
        with _WRITING:
            write_outputs(result, partial, record=run_record(plan, result, folder), rasters=rasters)
        reporter.stage("")
        found = profiler.profile(plan) if profiler else None
        timings = dict(reporter.timings) | ({"profile": found.document()} if found else {})
        (partial / "timings.json").write_text(json.dumps(timings, indent=1) + "\n", encoding="utf-8")
        _replace_folder(partial, folder)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        _remove_empty(made)
        raise
    return found


def _remove_empty(folders: Iterable[Path]) -> None:
    """Remove folders that were made for nothing: not those with finished tiles in them."""
    for folder in folders:
        with suppress(OSError):
            folder.rmdir()


@contextmanager
def _cluster(starting: StartingCluster | None, folder: Path, reporter: Reporter) -> Iterator[ClusterExecutor | None]:
    """Let a cluster that was begun work by way of a folder beside that of the run; nothing without one."""
    if starting is None:
        yield None
        return
    reporter.stage("Connecting to the cluster")
    with cluster_executor(starting, folder.parent / f".{folder.name}.work-{os.getpid()}") as cluster:
        reporter.note(f"land is scored by {cluster.workers} threads of the cluster {starting.address}")
        yield cluster


def _check_folder(folder: Path) -> None:
    """Refuse a folder that is not empty and holds no run of ours."""
    if folder.exists() and not folder.is_dir():
        raise RunError(Fault(str(folder), "is a file", remedy="give another folder with --out"))
    if folder.exists() and any(folder.iterdir()) and not (folder / "run.json").exists():
        raise RunError(Fault(str(folder), "is not empty and holds no run", remedy="give another folder with --out"))


def _cell_of(folder: Path) -> float | None:
    """Give the cell of the run that a folder holds; None where it holds none that can be read."""
    try:
        return float(json.loads((folder / "run.json").read_text(encoding="utf-8"))["grid"]["cell_m"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _replace_folder(new: Path, folder: Path) -> None:
    """Put the new folder in the old one's place by renaming; what somebody else put into the old one moves along."""
    _check_folder(folder)
    old = folder.with_name(f".{folder.name}.old-{os.getpid()}")
    if folder.exists():
        folder.rename(old)
    try:
        new.rename(folder)
    except OSError:
        if old.exists():
            old.rename(folder)
        raise
    if old.exists():
        ours = {path.name for path in folder.iterdir()} | _AT_TIMES
        for path in old.iterdir():
            if path.name not in ours and not path.name.endswith(_BYWORK):
                path.rename(folder / path.name)
        shutil.rmtree(old, ignore_errors=True)


def _reading_notes(plan: Plan) -> list[str]:
    notes = []
    for (name, where), data in plan.features.items():
        if data.report.repaired or data.report.empty:
            what = f"{data.report.repaired} shapes repaired, {data.report.empty} without geometry left out"
            notes.append(f"{facilities_name(name, where)}: {what}")
    for (name, _), travel in plan.travels.items():
        report = travel.network.report
        if report.broken_off:
            notes.append(f"{name}: roads drawn apart from the rest are not travelled: {'; '.join(report.broken_off)}")
    notes += [f"'{name}' steps aside for {' and '.join(map(repr, instead))}" for name, instead in plan.study.aside.items()]
    return list(dict.fromkeys(notes))
