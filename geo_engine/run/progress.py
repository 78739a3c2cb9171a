"""Say what a run does: a bar on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

__all__ = ["PlainReporter", "Reporter", "SilentReporter", "TerminalReporter", "reporter_for"]


class Reporter(Protocol):
    """Somebody who is told what happens."""

    def stage(self, title: str) -> None:
        """Tell that a stage begins; the one before has ended."""

    def advance(self, done: int, total: int) -> None:
        """Tell how far the stage is."""

    def note(self, text: str) -> None:
        """Tell something worth knowing."""

    @property
    def timings(self) -> Mapping[str, float]:
        """Seconds of each stage that has ended."""


class SilentReporter:
    """Keep the time and say nothing."""

    def __init__(self) -> None:
        self.timings: dict[str, float] = {}
        self._title = ""
        self._begun = time.perf_counter()

    def stage(self, title: str) -> None:
        """Begin a stage."""
        now = time.perf_counter()
        if self._title:
            self.timings[self._title] = round(self.timings.get(self._title, 0.0) + now - self._begun, 3)
        self._title, self._begun = title, now

    def advance(self, done: int, total: int) -> None:
        """Say nothing."""

    def note(self, text: str) -> None:
        """Say nothing."""


class PlainReporter(SilentReporter):
    """Print a line a stage: for logs and pipes, and where several runs are under way, each line with what it is about."""

    def __init__(self, about: str = "") -> None:
        super().__init__()
        self._about = about

    def stage(self, title: str) -> None:
        """Print the stage."""
        super().stage(title)
        if title:
            sys.stderr.write(f"{self._about}{title} ...\n")
            sys.stderr.flush()

    def note(self, text: str) -> None:
        """Print the note."""
        sys.stderr.write(f"{self._about}  {text}\n")
        sys.stderr.flush()


class TerminalReporter(SilentReporter):
    """Draw a bar a stage on a terminal."""

    def __init__(self, progress: Progress) -> None:
        super().__init__()
        self._progress = progress
        self._task = progress.add_task("", total=1, visible=False)

    def stage(self, title: str) -> None:
        """Finish the bar of the last stage and begin a new one."""
        super().stage(title)
        self._progress.update(self._task, completed=self._progress.tasks[self._task].total)
        if title:
            self._task = self._progress.add_task(title, total=1)

    def advance(self, done: int, total: int) -> None:
        """Move the bar."""
        self._progress.update(self._task, completed=done, total=total)

    def note(self, text: str) -> None:
        """Print the note above the bars."""
        self._progress.console.print(f"  {text}", markup=False, highlight=False)


@contextmanager
def reporter_for(console: Console, *, quiet: bool = False) -> Iterator[Reporter]:
    """Give the reporter that fits: bars on a terminal, lines elsewhere, nothing when quiet."""
    if quiet:
        yield SilentReporter()
        return
    if not console.is_terminal:
        yield PlainReporter()
        return
    columns = (
        SpinnerColumn(finished_text="[green]✓"),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console) as progress:
        yield TerminalReporter(progress)
