"""Take up a finished run again: its record, its study, its surface and its sites."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import rasterio
import rasterio.errors
from numpy.typing import NDArray

from geo_engine.errors import Fault, LayerError, RunError
from geo_engine.model import Study, Surface
from geo_engine.run.places.naming import Gazetteer, gazetteer
from geo_engine.run.planning.forecast import available_memory, estimate
from geo_engine.run.planning.plan import Plan, make_plan
from geo_engine.run.progress import Reporter
from geo_engine.run.runner import input_hashes
from geo_engine.run.storing.rasters import left_surface
from geo_engine.workspace import read_study, with_scenario

__all__ = ["StoredRun", "open_run"]

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
    """

    folder: Path
    record: dict[str, Any]
    plan: Plan
    changed: tuple[str, ...]

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
        if self._large:
            return left_surface(self.plan.grid, self.folder)
        return Surface(self.plan.grid, self.score, self.status)

    @property
    def _large(self) -> bool:
        return estimate(self.study, self.plan.area, workers=1).stored

    @cached_property
    def score(self) -> NDArray[np.float32]:
        """The whole surface, float32 of the grid's shape, 0 to 100, NaN where there is none."""
        return np.asarray(self._whole("suitability.tif"), np.float32)

    @cached_property
    def status(self) -> NDArray[np.uint32]:
        """The whole bit mask of failed rules, uint32 of the grid's shape; see `Surface`."""
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


def _unreadable(file: Path, error: Exception) -> RunError:
    return RunError(Fault(str(file), f"cannot be read: {str(error).splitlines()[0]}", remedy="run the study again"))


def open_run(folder: Path, reporter: Reporter, *, workers: int) -> StoredRun:
    """Open a run's folder and make its plan again.

    Raises
    ------
    RunError
        If the folder holds no whole run, or the study has moved.
    """
    record_file = folder / "run.json"
    missing = [name for name in ("run.json", "suitability.tif", "sites.gpkg") if not (folder / name).is_file()]
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
        region, cell = record["region"]["slug"], float(record["grid"]["cell_m"])
        corner = (float(record["grid"]["west"]), float(record["grid"]["north"]))
        if not (math.isfinite(cell) and cell > 0):
            msg = f"cell_m is {cell}"
            raise ValueError(msg)  # noqa: TRY301 - one text for all that is wrong with a record
    except (ValueError, KeyError, TypeError) as error:
        raise RunError(Fault(str(record_file), f"cannot be read as a run record: {error}", remedy="run the study again")) from error
    if not study_file.is_file():
        raise RunError(
            Fault(
                str(record_file), "the study it was made from is gone", found=str(study_file), remedy="put it back, or run the study again"
            )
        )
    study = with_scenario(read_study(study_file), record.get("scenario"))
    plan = make_plan(study, region, reporter, workers=workers, cell=cell)
    reporter.stage("")
    now = input_hashes(plan)
    then = record.get("inputs_sha256", {})
    changed = tuple(sorted(name for name in now.keys() | then.keys() if now.get(name) != then.get(name)))
    stored = StoredRun(folder, record, plan, changed)
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
