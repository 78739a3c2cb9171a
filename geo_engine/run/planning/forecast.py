"""What a run will take, told before it begins: cells, memory, disk, time; and the refusal of what cannot fit."""

from __future__ import annotations

import math
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

import shapely
from shapely.geometry.base import BaseGeometry

from geo_engine.decide import block_side, cells_needed
from geo_engine.errors import Fault, RunError
from geo_engine.model import Study, failable
from geo_engine.run.planning.search_limits import search_bytes, search_seconds

__all__ = ["Estimate", "available_disk", "available_memory", "estimate", "refuse_unfit"]

# Measured on two cores of 2.8 GHz; for the forecast of `check` only, never for a result.
_SECONDS_A_CELL_AND_CRITERION = 20e-9
_SECONDS_A_CELL_CRITERION_AND_DRAW = 250e-12
_SURFACE_DRAWS = 1_000
_SECONDS_FIXED = 9.0
_BYTES_A_CELL = 21  # of a surface that is held
_BYTES_FIXED = 650 * 2**20
_MOST_HELD = 2e9  # bytes: what would take more is stored tile by tile, however much memory there is
_BYTES_STORED = 700 * 2**20  # caches of tiles, windows and blocks of files
_BYTES_A_WORKER = 60 * 2**20  # tiles under way
_BYTES_A_BLOCK = 4
_DISK_A_CELL = 1.2  # of the grid, of what a run leaves
_DISK_A_CELL_STORED = 14  # of land: finished tiles, the raster on its way, its overviews, and what a run leaves
_DISK_FIXED = 5e6
_ROUND_CELLS = [digit * 10.0**power for power in range(-3, 6) for digit in (1, 2, 2.5, 5)]  # metres


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a run will take.

    Parameters
    ----------
    cells : int
        Cells of the grid.
    memory, disk : float
        Bytes; of the disk at most, while the run lasts.
    seconds : float
        Of the whole run, on this machine's number of cores.
    available, room : float
        Bytes of memory and of disk that are free now; infinite where the system does not say.
    smallest_cell : float
        Metres: the smallest cell, to a round number, that fits both; infinite where none does.
    stored : bool
        Whether finished tiles are stored on the disk as they are made, since the grid is too large to be held in memory.
    """

    cells: int
    memory: float
    disk: float
    seconds: float
    available: float
    room: float
    smallest_cell: float
    stored: bool


def estimate(study: Study, area: BaseGeometry, *, workers: int, disk: Path | None = None) -> Estimate:
    """Foretell the cells, memory, disk and time of a run.

    Parameters
    ----------
    study : Study
        The question.
    area : shapely geometry
        The region.
    workers : int
        Threads.
    disk : Path, optional
        Where the outputs will lie, there or not; the study's workspace by default.
    """
    west, south, east, north = shapely.bounds(area).tolist()
    box = (east - west) * (north - south)
    land = float(shapely.area(area))
    available, free = available_memory(), available_disk(disk or study.path.parent.parent)
    cells = int(box / study.cell**2)
    memory, needed, stored = _needs(study, study.cell, box, land, workers, available)
    smallest = next((each for each in _ROUND_CELLS if _fits(_needs(study, each, box, land, workers, available), available, free)), math.inf)
    steps = len(study.criteria) + len(study.constraints)
    seconds = _SECONDS_FIXED + cells * min(1.0, land / box * 1.6) * steps * _SECONDS_A_CELL_AND_CRITERION * 2 / workers
    seconds += search_seconds(study, cells * land / box)
    if study.robustness.surface:
        seconds += cells * land / box * len(study.criteria) * _SURFACE_DRAWS * _SECONDS_A_CELL_CRITERION_AND_DRAW / workers
    return Estimate(cells, memory, needed, seconds, available, free, smallest, stored)


def _fits(needs: tuple[float, float, bool], available: float, room: float) -> bool:
    return needs[0] <= available and needs[1] <= room


def _needs(study: Study, cell: float, box: float, land: float, workers: int, available: float) -> tuple[float, float, bool]:
    """Give the bytes of memory and of disk that a run takes with a cell, and whether its tiles are stored."""
    cells = box / cell**2
    held = _BYTES_FIXED + _BYTES_A_CELL * cells + search_bytes(cells)
    blocks = cells / block_side(cells_needed(study.sites.area, cell)) ** 2
    searches = 4 + len(failable(study.constraints))
    stored = _BYTES_FIXED + _BYTES_STORED + _BYTES_A_WORKER * workers + blocks * searches * _BYTES_A_BLOCK
    if held <= _MOST_HELD and (held <= available or held <= stored):
        return held, cells * _DISK_A_CELL + _DISK_FIXED, False
    return stored, cells * _DISK_A_CELL / 4 + land / cell**2 * _DISK_A_CELL_STORED + _DISK_FIXED, True


def refuse_unfit(study: Study, shape: tuple[int, int], forecast: Estimate, *, disk: bool) -> None:
    """Refuse a run that cannot fit the memory that is free, or the disk.

    Parameters
    ----------
    study : Study
        The question.
    shape : tuple of int
        Rows and columns of the grid.
    forecast : Estimate
        What it takes.
    disk : bool
        Whether anything will be written.

    Raises
    ------
    RunError
        If it does not fit; the smallest cell that would is told.
    """
    coarser = f"{forecast.smallest_cell:g} m and coarser for this area" if math.isfinite(forecast.smallest_cell) else "no cell fits"
    faults = [
        Fault(
            f"cell = {study.cell:g} m",
            f"a grid of {shape[1]:,} x {shape[0]:,} cells needs about {needed / 1e9:.1f} GB of {what}",
            found=f"{free / 1e9:.1f} GB free",
            allowed=coarser,
            remedy=f"{first}take a coarser cell or a smaller region",
        )
        for what, needed, free, first in (
            ("memory", forecast.memory, forecast.available, ""),
            ("disk", forecast.disk if disk else 0.0, forecast.room, "make room, or "),
        )
        if needed > free
    ]
    if faults:
        raise RunError(faults)


def available_disk(folder: Path) -> float:
    """Give the bytes that are free on the disk of a folder, there or not."""
    there = next((each for each in (folder, *folder.parents) if each.is_dir()), None)
    try:
        return float(shutil.disk_usage(there).free) if there else float("inf")
    except OSError:
        return float("inf")


def available_memory() -> float:
    """Give the bytes of memory that are free now; infinite where the system does not say."""
    try:
        with open("/proc/meminfo", encoding="ascii") as lines:  # noqa: PTH123 - a kernel table, not a file of ours
            for line in lines:
                if line.startswith("MemAvailable:"):
                    return float(line.split()[1]) * 1024
    except OSError:
        pass
    names = getattr(os, "sysconf_names", {})
    if "SC_PHYS_PAGES" in names:
        return float(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    return float("inf")
