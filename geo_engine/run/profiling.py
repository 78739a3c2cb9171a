"""Where a run's time and memory go, stage by stage and measure by measure; nothing of it is in the promise of same bytes."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from geo_engine.measure import Places, PreparedRule
from geo_engine.model import failable
from geo_engine.run.planning.plan import Plan
from geo_engine.run.progress import Reporter

__all__ = ["MeasureProfile", "Profile", "Profiler", "StageProfile"]

CELL_STAGES = frozenset({"Scoring land", "Locating and ranking areas", "Drawing weights for all land", "Writing outputs"})
"""Stages that go over every cell of the grid, so that cells a second say something of them."""

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class StageProfile:
    """What a stage took.

    Parameters
    ----------
    stage : str
        Its title.
    seconds, cpu_seconds : float
        On the clock, and of all threads together.
    cells_a_second : float or None
        Cells of the grid, the sea's included, over the seconds; None for a stage that does not go over cells.
    read_bytes, written_bytes : int or None
        Asked of the system through files, from its cache or not; None where the system does not say (it does on Linux).
    peak_bytes : int or None
        Largest resident memory while the stage lasted; None likewise.
    """

    stage: str
    seconds: float
    cpu_seconds: float
    cells_a_second: float | None
    read_bytes: int | None
    written_bytes: int | None
    peak_bytes: int | None


@dataclass(frozen=True, slots=True)
class MeasureProfile:
    """What a criterion's measure or a rule took, for tiles and single places together.

    Parameters
    ----------
    name : str
        Of the criterion or the rule.
    thread_seconds : float
        On the clock of each thread that was in it, added up: above the stage's seconds where several threads were.
    places : int
        Cells and places that were asked for.
    """

    name: str
    thread_seconds: float
    places: int


@dataclass(frozen=True, slots=True)
class Profile:
    """Stages in order, and measures in the study's order."""

    stages: tuple[StageProfile, ...]
    measures: tuple[MeasureProfile, ...]

    def document(self) -> dict[str, Any]:
        """Give what ``timings.json`` holds under ``profile``."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class _Reading:
    clock: float
    cpu: float
    read: int | None
    written: int | None


class Profiler:
    """A reporter that measures each stage and passes on what it is told.

    Parameters
    ----------
    reporter : Reporter
        Is told everything.
    """

    def __init__(self, reporter: Reporter) -> None:
        self._reporter = reporter
        self._title = ""
        self._begun = _reading()
        self._stages: list[StageProfile] = []
        self._spent: dict[str, list[float]] = {}
        self._lock = threading.Lock()

    def stage(self, title: str) -> None:
        """End the stage before and begin another; a blank title only ends."""
        now = _reading()
        if self._title:
            then = self._begun
            read, written = (None if b is None or a is None else b - a for a, b in ((then.read, now.read), (then.written, now.written)))
            seconds, cpu = now.clock - then.clock, now.cpu - then.cpu
            self._stages.append(StageProfile(self._title, round(seconds, 4), round(cpu, 4), None, read, written, _peak()))
        _forget_peak()
        self._title, self._begun = title, _reading()
        self._reporter.stage(title)

    def advance(self, done: int, total: int) -> None:
        """Pass it on."""
        self._reporter.advance(done, total)

    def note(self, text: str) -> None:
        """Pass it on."""
        self._reporter.note(text)

    @property
    def timings(self) -> Mapping[str, float]:
        """Seconds of each stage that has ended."""
        return self._reporter.timings

    def watched(self, plan: Plan) -> Plan:
        """Give the same plan, with measures and rules that are timed at every call; what they answer is the same."""
        names = [criterion.name for criterion in plan.study.criteria]
        rules = [rule.name for rule in failable(plan.study.constraints)]
        measures = tuple(partial(self._timed, name, measure) for name, measure in zip(names, plan.measures, strict=True))
        judged = tuple(
            PreparedRule(partial(self._timed, f"rule: {name}", rule.judge)) for name, rule in zip(rules, plan.rules, strict=True)
        )
        return replace(plan, measures=measures, rules=judged)

    def _timed(self, name: str, work: Callable[[Places], Answer], places: Places) -> Answer:
        begun = time.perf_counter()
        answer = work(places)
        spent, asked = time.perf_counter() - begun, places.shape
        with self._lock:
            told = self._spent.setdefault(name, [0.0, 0])
            told[0] += spent
            told[1] += asked[0] * (asked[1] if len(asked) > 1 else 1)
        return answer

    def profile(self, plan: Plan) -> Profile:
        """Give what was measured so far, with the cells of a plan."""
        cells = plan.grid.rows * plan.grid.cols
        stages = tuple(
            replace(each, cells_a_second=round(cells / each.seconds)) if each.stage in CELL_STAGES and each.seconds else each
            for each in self._stages
        )
        names = [criterion.name for criterion in plan.study.criteria] + [f"rule: {rule.name}" for rule in plan.study.constraints]
        measures = tuple(
            MeasureProfile(name, round(self._spent[name][0], 4), int(self._spent[name][1])) for name in names if name in self._spent
        )
        return Profile(stages, measures)


def _reading() -> _Reading:
    """Read the clocks, and on Linux how many bytes went through files so far."""
    counts: dict[str, int] = {}
    if sys.platform == "linux":
        lines = Path("/proc/self/io").read_text(encoding="ascii").splitlines()
        counts = {name: int(value) for name, _, value in (line.partition(": ") for line in lines)}
    return _Reading(time.perf_counter(), time.process_time(), counts.get("rchar"), counts.get("wchar"))


def _peak() -> int | None:
    """Give the largest resident memory since `_forget_peak`, in bytes."""
    if sys.platform != "linux":
        return None
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:")), None)


def _forget_peak() -> None:
    """Let the system's mark of the largest memory start anew (proc(5): writing 5 to clear_refs)."""
    if sys.platform == "linux":
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
