"""Reports of several regions at once: a process a region, no more of them than memory holds."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path

from geo_engine.model import Study
from geo_engine.run.executors import map_unordered
from geo_engine.run.planning.forecast import estimate
from geo_engine.run.progress import PlainReporter, Reporter, SilentReporter
from geo_engine.run.reporting.asked import Asked
from geo_engine.run.reporting.renew import bring_up_to_date, is_current, run_of
from geo_engine.run.reporting.report import ReportFiles, write_report
from geo_engine.workspace import find_region, read_features, read_study

__all__ = ["Renewed", "renew_reports", "under_way"]


@dataclass(frozen=True, slots=True)
class Renewed:
    """What became of one region's report: its folder, and its files, or none where it was current."""

    folder: Path
    files: ReportFiles | None


@dataclass(frozen=True, slots=True)
class _Task:
    study: Path
    region: str | None
    asked: Asked
    workers: int
    cell: float | None
    quiet: bool


def renew_reports(
    study: Study,
    regions: Sequence[str | None],
    asked: Asked,
    reporter: Callable[[], AbstractContextManager[Reporter]],
    *,
    jobs: int,
    workers: int,
    cell: float | None = None,
    quiet: bool = False,
) -> Iterator[Renewed]:
    """Bring the reports of regions up to date: run what was not run or has changed, write what is not current.

    Parameters
    ----------
    study : Study
        The question.
    regions : sequence of str or None
        Slugs or names; None for the whole area.
    asked : Asked
        What is asked besides the runs.
    reporter : callable
        Gives the one who is told, where regions are done one after the other.
    jobs : int
        Regions at once, at most; fewer where memory would not hold them. Each says its stages in lines that begin with its name.
    workers : int
        Threads of all regions together.
    cell : float, optional
        Metres, instead of the study's.
    quiet : bool, optional
        Whether regions that are done at once say nothing.

    Yields
    ------
    Renewed
        As they are done; the same reports however many at once.

    Raises
    ------
    StudyError
        If there is no such region; no other is begun then.
    """
    found = {region: run_of(study, region, cell) for region in regions}
    current = [region for region, (folder, as_read) in found.items() if as_read and is_current(folder, asked.of(folder))]
    yield from (Renewed(found[region][0], None) for region in current)
    left = [region for region in regions if region not in current]
    most, order = (
        (1, left) if min(jobs, len(left)) <= 1 else _most(study if cell is None else replace(study, cell=cell), left, jobs, workers)
    )
    if most == 1:
        for region in left:
            with reporter() as told:
                folder = bring_up_to_date(study, region, told, workers=workers, cell=cell)
                yield Renewed(folder, write_report(folder, told, workers=workers, asked=asked.of(folder)))
        return
    tasks = [_Task(study.path, region, asked, max(1, workers // most), cell, quiet) for region in order]
    with ProcessPoolExecutor(most, mp_context=multiprocessing.get_context("spawn")) as executor:
        yield from (answer for _, answer in map_unordered(executor, _in_process, tasks, ahead=most))


def under_way(memory: Sequence[float], free: float, jobs: int) -> int:
    """Count how many of some runs may be under way at once, whichever these are.

    Parameters
    ----------
    memory : sequence of float
        Bytes of each.
    free : float
        Bytes.
    jobs : int
        No more than these.

    Examples
    --------
    >>> under_way([1e9, 2e9, 3e9], 6e9, jobs=8), under_way([1e9, 2e9, 3e9], 5.5e9, jobs=8), under_way([3e9], 1e9, jobs=2)
    (3, 2, 1)
    """
    largest = sorted(memory, reverse=True)
    fitting = (count for count in range(1, len(largest) + 1) if sum(largest[:count]) <= free)
    return max(1, min(jobs, max(fitting, default=1)))


def _most(study: Study, regions: Sequence[str | None], jobs: int, workers: int) -> tuple[int, list[str | None]]:
    """Count how many regions may be under way at once, and order them by the time that they take, the longest first."""
    area = read_features(study.layers[study.area], crs=study.crs)
    told = {region: estimate(study, find_region(study, area, region)[2], workers=workers) for region in regions}
    order = sorted(told, key=lambda region: -told[region].seconds)
    return under_way([each.memory for each in told.values()], min(each.available for each in told.values()), jobs), order


def _in_process(task: _Task) -> Renewed:
    reporter = SilentReporter() if task.quiet else PlainReporter(f"{task.region or 'whole area'}: ")
    folder = bring_up_to_date(read_study(task.study), task.region, reporter, workers=task.workers, cell=task.cell)
    return Renewed(folder, write_report(folder, reporter, workers=task.workers, asked=task.asked.of(folder)))
