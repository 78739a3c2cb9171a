"""Run a study: plan, tiles, areas, outputs; whole or not at all."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Executor
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from threading import Lock

import numpy as np

from geo_engine.errors import Fault, RunError
from geo_engine.measure import facilities_name
from geo_engine.model import (
    CombinedTravel,
    Distance,
    Features,
    Result,
    Study,
    Surface,
    Travel,
    WeightedSum,
)
from geo_engine.publish import Rasters, write_outputs
from geo_engine.run.executors import ClusterExecutor, StartingCluster, cluster_executor, default_workers, map_unordered, thread_executor
from geo_engine.run.places.candidates import rank_plots
from geo_engine.run.places.display import make_display
from geo_engine.run.places.land.ground import Land
from geo_engine.run.places.near_misses import find_near_misses
from geo_engine.run.places.readiness import judge_readiness
from geo_engine.run.places.sites import connect_sites, rank_areas
from geo_engine.run.places.ways import reach_sites
from geo_engine.run.planning.forecast import estimate
from geo_engine.run.planning.networks import store_networks
from geo_engine.run.planning.plan import Plan, make_plan
from geo_engine.run.planning.reading.inputs import inputs_of
from geo_engine.run.profiling import Profile, Profiler
from geo_engine.run.progress import Reporter, SilentReporter
from geo_engine.run.record import run_record, versions
from geo_engine.run.robustness.sites import judge_sites
from geo_engine.run.robustness.surface import best_surface
from geo_engine.run.storing.criteria import open_surfaces
from geo_engine.run.storing.folders import keep_finished, open_tiles, sweep, tiles_folder
from geo_engine.run.storing.rasters import left_surface
from geo_engine.run.storing.surface import stored_surface
from geo_engine.run.tiles import BLOCK_SIDE, score_tile

__all__ = ["RunOutcome", "compute_surface", "default_folder", "input_hashes", "leave_run", "run_study", "solve"]

TILE_SIDE = 512
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


def compute_surface(
    plan: Plan, reporter: Reporter, executor: Executor, *, tile_side: int = TILE_SIDE, ahead: int = 8, folder: Path | None = None
) -> Surface:
    """Score every tile of the plan's grid, `ahead` of them under way; the answer does not depend on tiles, their order or the executor.

    With a folder tiles are stored there as they are finished, and those that are finished there already are not scored again.
    """
    if folder is not None:
        return stored_surface(plan, reporter, executor, folder, tile_side=tile_side, ahead=ahead)
    score = np.empty(plan.grid.shape, np.float32)
    status = np.empty(plan.grid.shape, np.uint32)
    tiles = list(plan.grid.tiles(tile_side))
    work = map_unordered(executor, partial(score_tile, plan), tiles, ahead=ahead)
    for done, (tile, scored) in enumerate(work, start=1):
        score[tile.window], status[tile.window] = scored.score, scored.status
        reporter.advance(done, len(tiles))
    return Surface(plan.grid, score, status)


def solve(
    plan: Plan,
    reporter: Reporter,
    *,
    workers: int,
    tile_side: int = TILE_SIDE,
    cluster: ClusterExecutor | None = None,
    folder: Path | None = None,
    rasters: Rasters | None = None,
) -> Result:
    """Compute the surface, locate and rank the areas, and gather what is published.

    Parameters
    ----------
    plan : Plan
        The run.
    reporter : Reporter
        Is told.
    workers : int
        Threads.
    tile_side : int, optional
        Cells along a tile.
    cluster : ClusterExecutor, optional
        Scores the land; threads do without one.
    folder : Path, optional
        Where finished tiles lie, which the result reads then; it is held in memory without one. What is found is the same.
    rasters : Rasters, optional
        Begun as soon as the land is scored, while areas are located.

    Raises
    ------
    RunError
        If no cell of the region is land with a score.
    """
    reporter.stage("Scoring land")
    with cluster or thread_executor(workers) as executor:
        ahead = max(8, 2 * (cluster.workers if cluster else workers))
        surface = compute_surface(plan, reporter, executor, tile_side=tile_side, ahead=ahead, folder=folder)
    with thread_executor(workers) as executor:
        land = Land(plan, surface, executor)
    hectares = {name: count * plan.grid.cell_area / 1e4 for name, count in land.cells.items()}
    if hectares["land"] == 0:
        raise RunError(
            Fault(plan.region_title, f"has no land on a grid of {plan.grid.cell:g} m cells", remedy="take a smaller cell or another region")
        )
    if hectares["scored"] == 0:
        raise RunError(
            Fault(
                plan.region_title,
                "has no land with a score: a criterion is unknown everywhere and says unknown = 'refuse'",
                remedy="give that criterion a utility for the unknown, or a layer that covers the region",
            )
        )
    if rasters is not None:
        rasters.begin(plan.study, plan.region_title, surface)
    reporter.stage("Locating and ranking areas")
    ranking = rank_areas(plan, land) if plan.plots is None else rank_plots(plan, surface)
    misses = find_near_misses(plan, land)
    asked = plan.study.robustness
    reporter.stage("Drawing weights and data")
    with thread_executor(workers) as executor:
        ranking = judge_sites(plan, ranking, executor)
    if asked.surface and isinstance(plan.study.combination, WeightedSum):
        reporter.stage("Drawing weights for all land")
        with thread_executor(workers) as executor:
            drawn = partial(best_surface, plan, surface, land.cells["scored"], reporter, executor)
            surface = drawn(tile_side=tile_side, ahead=max(8, 2 * workers), folder=folder)
    if plan.connection is not None:
        reporter.stage("Routing connections")
        with thread_executor(workers) as executor:
            ranking = connect_sites(plan, ranking, executor)
    if plan.study.reach is not None:
        reporter.stage("Drawing routes and isochrones")
        with thread_executor(workers) as executor:
            ranking = reach_sites(plan, ranking, executor)
    ranking = judge_readiness(plan, ranking)
    reporter.stage("Measuring for the map")
    with thread_executor(workers) as executor:
        display = make_display(plan, ranking, executor)
    return Result(
        study=plan.study,
        region=plan.region,
        region_title=plan.region_title,
        surface=surface,
        ranking=ranking,
        near_misses=misses,
        display=display,
        facilities=_facilities(plan),
        features=_whole_layers(plan),
        area=plan.area,
        land=plan.land,
        hectares=hectares,
        inputs=input_hashes(plan),
        masks=land.masks,
    )


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


def _whole_layers(plan: Plan) -> dict[str, Features]:
    """Give each layer once by name: as read without a filter where it was, else as first read."""
    layers: dict[str, Features] = {}
    for (name, where), data in plan.features.items():
        if where is None or name not in layers:
            layers[name] = data
    context = plan.study.context
    if context.places and context.labels:
        layers[context.labels] = plan.features[context.places, context.label_where]
    return layers


def _facilities(plan: Plan) -> dict[str, Features]:
    """Give what each criterion of distance or travel leads to."""
    led = [criterion for criterion in plan.study.criteria if isinstance(criterion.measure, CombinedTravel | Distance | Travel)]
    return {criterion.slug: plan.features[criterion.measure.layer, criterion.measure.where] for criterion in led}


def input_hashes(plan: Plan) -> dict[str, str]:
    """Give the SHA-256 of every file that a plan depends on: the study, its profiles, the gaps, layers and their data."""
    return {name: each.sha256 for name, each in inputs_of(plan.study).items()}
