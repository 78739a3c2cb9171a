"""How far a run is: one line that changes in a notebook, bars on a terminal, nothing in a script."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from typing import Any

from rich.console import Console

from geo_engine import run as engine

__all__ = ["NotebookReporter", "reporter_here"]

_OFTEN = 0.2  # seconds between two changes of the line


class NotebookReporter(engine.SilentReporter):
    """Show the stage in one line of the cell's output, and at the end what all of it took.

    Parameters
    ----------
    display : callable
        ``IPython.display.display``: shows an object with ``_repr_html_``, and gives a handle that can change it.
    """

    def __init__(self, display: Any) -> None:  # noqa: ANN401 - IPython's, which the engine does not need
        super().__init__()
        self._started = self._changed = time.perf_counter()
        self._stage, self._notes = "", list[str]()
        self._handle = display(_Line("..."), display_id=True)

    def stage(self, title: str) -> None:
        """Show the stage."""
        super().stage(title)
        self._stage = title
        self._show(title, at_once=True)

    def advance(self, done: int, total: int) -> None:
        """Show the share that is done."""
        if total:
            self._show(f"{self._stage}: {done / total:.0%}")

    def note(self, text: str) -> None:
        """Keep a note beneath the line."""
        self._notes.append(text)

    def close(self) -> None:
        """Say that it is done and how long it took."""
        self._show(f"Done in {time.perf_counter() - self._started:.1f} s.", at_once=True)

    def _show(self, text: str, *, at_once: bool = False) -> None:
        now = time.perf_counter()
        if self._handle is not None and (at_once or now - self._changed > _OFTEN):
            self._changed = now
            self._handle.update(_Line(text, tuple(self._notes)))


class _Line:
    """A line of text with notes beneath."""

    def __init__(self, text: str, notes: tuple[str, ...] = ()) -> None:
        self._texts = (text, *notes)

    def __repr__(self) -> str:
        return "\n  ".join(self._texts)

    def _repr_html_(self) -> str:
        first, *notes = (escape(text) for text in self._texts)
        return f'<div style="opacity:.75">{first}{"".join(f"<br>{note}" for note in notes)}</div>'


@contextmanager
def reporter_here(*, progress: bool | None = None) -> Iterator[engine.Reporter]:
    """Give the reporter that fits where the code runs.

    Parameters
    ----------
    progress : bool, optional
        False says nothing, True says something everywhere; by default a notebook shows a line, a terminal with Python's own prompt bars,
        and a script nothing.
    """
    display = _notebook_display()
    if progress is not False and display is not None:
        reporter = NotebookReporter(display)
        yield reporter
        reporter.close()
        return
    wanted = bool(progress) if progress is not None else hasattr(sys, "ps1")
    with engine.reporter_for(Console(stderr=True, emoji=False), quiet=not wanted) as other:
        yield other


def _notebook_display() -> Any:  # noqa: ANN401 - IPython's function, or None
    """Give IPython's `display` where a notebook's kernel runs the code; IPython is not loaded for that."""
    loaded = sys.modules.get("IPython")
    shell = loaded.get_ipython() if loaded is not None else None
    return sys.modules["IPython.display"].display if getattr(shell, "kernel", None) is not None else None
