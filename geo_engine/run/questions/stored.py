"""Take up a finished run again: its record, its study, its surface and its sites."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import rasterio
import rasterio.errors
from numpy.typing import NDArray

from geo_engine.errors import Fault, LayerError, RunError
from geo_engine.model import DataWeights, Result, Study, Surface, ValueFunction
from geo_engine.publish import sites_frame
from geo_engine.run.places.naming import Gazetteer, gazetteer
from geo_engine.run.planning.forecast import available_memory, estimate
from geo_engine.run.planning.plan import Plan, make_plan
from geo_engine.run.progress import Reporter
from geo_engine.run.record import run_record
from geo_engine.run.runner import default_folder
from geo_engine.run.solving import input_hashes, solve
from geo_engine.run.storing.rasters import left_surface
from geo_engine.workspace import read_study, with_scenario

__all__ = ["StoredRun", "open_run", "run_in_memory", "study_of_run", "weigh_again"]

_BYTES_A_CELL = 16  # of a question that looks at all land at once: score, status, masks


@dataclass(frozen=True)
class StoredRun:
    """A finished run, ready to be asked.

    Parameters
    ----------
    folder : Path
        Where it lies.
    record : dict
        ``run.json``.
    plan : Plan
        Made again from the study and the layers as they are now.
    changed : tuple of str
        Input files that are not what the run read.
    result : Result or None
        What was found, of a run that is still in memory: its folder is asked for nothing that stands there.
    """

    folder: Path
    record: dict[str, Any]
    plan: Plan
    changed: tuple[str, ...]
    result: Result | None = None

    @property
    def study(self) -> Study:
        """The study, with the run's cell."""
        return self.plan.study

    @cached_property
    def gazetteer(self) -> Gazetteer:
        """Looks up names of points."""
        return gazetteer(self.plan)

    @cached_property
    def sites(self) -> gpd.GeoDataFrame:
        """The ranked sites, in study coordinates, best first."""
        if self.result is not None:
            return sites_frame(self.result)
        try:
            sites = gpd.read_file(self.folder / "sites.gpkg", layer="sites")
        except (RuntimeError, ValueError, OSError) as error:
            raise _unreadable(self.folder / "sites.gpkg", error) from error
        wanted = {"rank", "site_id", "name", "score", *(f"{criterion.slug}_contribution" for criterion in self.study.criteria)}
        missing = sorted(wanted - set(sites.columns))
        if missing:
            raise RunError(
                Fault(
                    str(self.folder / "sites.gpkg"),
                    "does not fit the study as it is now",
                    found=f"no column {', '.join(missing)}",
                    remedy="the study has changed since the run; run the study again",
                )
            )
        return sites

    @cached_property
    def surface(self) -> Surface:
        """The surface, held where the grid is small enough, else read from the run's rasters window by window."""
        if self.result is not None:
            return self.result.surface
        if self._large:
            return left_surface(self.plan.grid, self.folder)
        return Surface(self.plan.grid, self.score, self.status)

    @property
    def _large(self) -> bool:
        return estimate(self.study, self.plan.area, workers=1).stored

    @cached_property
    def score(self) -> NDArray[np.float32]:
        """The whole surface, float32 of the grid's shape, 0 to 100, NaN where there is none."""
        if self.result is not None:
            return np.asarray(self.result.surface.score, np.float32)
        return np.asarray(self._whole("suitability.tif"), np.float32)

    @cached_property
    def status(self) -> NDArray[np.uint32]:
        """The whole bit mask of failed rules, uint32 of the grid's shape; see `Surface`."""
        if self.result is not None:
            return np.asarray(self.result.surface.status, np.uint32)
        return np.asarray(self._whole("status.tif"), np.uint32)

    def _whole(self, name: str) -> NDArray[np.float32] | NDArray[np.uint32]:
        """Read a raster whole, for questions that look at all land at once.

        Raises
        ------
        RunError
            If it cannot be read, or what is asked of it does not fit the memory that is free.
        """
        needed, free = _BYTES_A_CELL * self.plan.grid.size, available_memory()
        if self._large and needed > free:
            what = f"this question looks at all of {self.plan.grid.size:,} cells at once, which takes about {needed / 1e9:.1f} GB of memory"
            raise RunError(Fault(str(self.folder), what, found=f"{free / 1e9:.1f} GB free", remedy="ask it of a run with a coarser cell"))
        try:
            with rasterio.open(self.folder / name) as source:
                whole: NDArray[np.float32] | NDArray[np.uint32] = source.read(1)
        except (rasterio.errors.RasterioError, OSError) as error:
            raise _unreadable(self.folder / name, error) from error
        return whole

    @cached_property
    def sorted_scores(self) -> NDArray[np.float32]:
        """Scores of all scored land, rising, without NaN."""
        score = self.surface.score
        if isinstance(score, np.ndarray):
            return np.sort(score[~np.isnan(score)])
        found = np.empty(round(float(self.record["hectares"]["scored"]) * 1e4 / self.plan.grid.cell_area), np.float32)
        at = 0
        for tile in self.plan.grid.tiles():
            part = score[tile.window]
            part = part[~np.isnan(part)]
            found[at : at + part.size] = part
            at += part.size
        found.sort()
        return found


def run_in_memory(study: Study, reporter: Reporter, *, region: str | None = None, cell: float | None = None, workers: int) -> StoredRun:
    """Run a study and keep the answer in memory, ready to be asked; nothing is written.

    Layers are read whole, since any place may be asked about; the answer is that of `geo_engine.run.run_study`.

    Parameters
    ----------
    study : Study
        The question.
    reporter : Reporter
        Is told what happens.
    region : str, optional
        Slug or name; the whole area by default.
    cell : float, optional
        Metres, instead of the study's.
    workers : int
        Threads.

    Raises
    ------
    StudyError, LayerError, NetworkError, RunError
        As `geo_engine.run.run_study` does.
    """
    plan = make_plan(study, region, reporter, workers=workers, cell=cell)
    result = solve(plan, reporter, workers=workers)
    reporter.stage("")
    folder = default_folder(study, plan.region)
    return StoredRun(folder, run_record(plan, result, folder), plan, (), result)


def weigh_again(run: StoredRun, study: Study, reporter: Reporter, *, workers: int) -> StoredRun:
    """Run a study that weighs and values what a run measured otherwise, without reading and preparing it anew.

    Parameters
    ----------
    run : StoredRun
        In memory.
    study : Study
        The run's own but for weights, value functions, and what a scenario is called.
    reporter : Reporter
        Is told what happens.
    workers : int
        Threads.

    Raises
    ------
    RunError
        If the run is not in memory, or anything else of the study is otherwise: its file has changed, or its weights come from data.
    """
    if run.result is None:
        raise RunError(Fault(str(run.folder), "is not in memory", remedy="run the study under the other weights"))
    if _measured(study) != _measured(run.study) or isinstance(study.weighting, DataWeights):
        remedy = "run the study anew"
        raise RunError(Fault(study.name, "differs by more than weights and value functions from the study that was run", remedy=remedy))
    plan = replace(run.plan, study=study)
    result = replace(solve(plan, reporter, workers=workers), inputs=run.result.inputs)  # what was read then
    reporter.stage("")
    folder = default_folder(study, plan.region)
    return StoredRun(folder, run_record(plan, result, folder), plan, (), result)


def _measured(study: Study) -> Study:
    """Give a study without what it may be weighed and valued by."""
    blank = tuple(replace(criterion, weight=1.0, value=ValueFunction()) for criterion in study.criteria)
    return replace(study, criteria=blank, weighed=None, scenario="", scenarios={}, given={}, title="", gaps=(), aside={}, defaults=())


def _unreadable(file: Path, error: Exception) -> RunError:
    return RunError(Fault(str(file), f"cannot be read: {str(error).splitlines()[0]}", remedy="run the study again"))


def study_of_run(folder: Path) -> tuple[dict[str, Any], Study]:
    """Read a run's record, and the study as that run saw it: its scenario, also one that no file holds, and its cell.

    Raises
    ------
    RunError
        If the folder holds no whole run, or the study has moved.
    StudyError, LayerError
        If the study or a layer's file is wrong now.
    """
    record_file = folder / "run.json"
    missing = [name for name in ("run.json", "suitability.tif", "status.tif", "sites.gpkg") if not (folder / name).is_file()]
    if missing:
        raise RunError(
            Fault(
                str(folder),
                f"is not a run: {', '.join(missing)} missing",
                remedy="give a folder such as outputs/gigafactory/great-britain, or run 'geo-engine run' first",
            )
        )
    try:
        record = json.loads(record_file.read_text(encoding="utf-8"))
        study_file = (folder / record["study_file"]).resolve()
        cell = float(record["grid"]["cell_m"])
        given = {str(key): dict(table) for key, table in record.get("study", {}).get("given", {}).items()}
        corner = [float(record["grid"][key]) for key in ("west", "north")]
        told = [record["region"]["slug"], record["region"]["title"], record["grid"]["crs"], *record.get("notes", [])]
        shape = [record["grid"][key] for key in ("rows", "columns")]
        if not (math.isfinite(cell) and cell > 0 and all(map(math.isfinite, corner))):
            msg = f"cell_m is {cell}, the corner {corner}"
            raise ValueError(msg)  # noqa: TRY301 - one text for all that is wrong with a record
        if not (all(isinstance(text, str) for text in told) and all(isinstance(count, int) for count in shape)):
            msg = "region, grid or notes are not what a run writes"
            raise ValueError(msg)  # noqa: TRY301 - the same
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise RunError(Fault(str(record_file), f"cannot be read as a run record: {error}", remedy="run the study again")) from error
    if not study_file.is_file():
        raise RunError(
            Fault(
                str(record_file), "the study it was made from is gone", found=str(study_file), remedy="put it back, or run the study again"
            )
        )
    return record, replace(with_scenario(read_study(study_file, given=given), record.get("scenario")), cell=cell)


def open_run(folder: Path, reporter: Reporter, *, workers: int) -> StoredRun:
    """Open a run's folder and make its plan again.

    Raises
    ------
    RunError
        If the folder holds no whole run, or the study has moved.
    """
    record, study = study_of_run(folder)
    plan = make_plan(study, record["region"]["slug"], reporter, workers=workers)
    reporter.stage("")
    now = input_hashes(plan)
    then = record.get("inputs_sha256", {})
    changed = tuple(sorted(name for name in now.keys() | then.keys() if now.get(name) != then.get(name)))
    stored = StoredRun(folder, record, plan, changed)
    corner = (float(record["grid"]["west"]), float(record["grid"]["north"]))
    try:
        with rasterio.open(folder / "suitability.tif") as source:
            shape = source.shape
    except (rasterio.errors.RasterioError, OSError) as error:
        raise _unreadable(folder / "suitability.tif", error) from error
    if shape != plan.grid.shape or corner != (plan.grid.west, plan.grid.north):
        raise LayerError(
            Fault(
                str(folder),
                "the area layer has changed since the run",
                found=f"a grid of {plan.grid.shape} cells from {plan.grid.west:g}, {plan.grid.north:g}",
                allowed=f"{shape} cells from {corner[0]:g}, {corner[1]:g}",
                remedy="run the study again",
            )
        )
    return stored
