"""Figures of a benchmark: what, ours, the peer's, their ratio and the bar; printed as lines and kept as a table."""

from __future__ import annotations

import os
import platform
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Figure", "best_of", "machine", "table", "timed_process"]


@dataclass(frozen=True)
class Figure:
    """One measured figure.

    Parameters
    ----------
    what : str
        What was measured.
    ours : float
        Our figure, in `unit`.
    unit : str
        Such as s, GB, MB.
    bar : str
        What was asked for: ``">= 20"`` of the ratio, ``"<= 30"`` of ours; empty for none.
    peer : str
        The peer's name; empty where there is none.
    theirs : float
        The peer's figure; NaN where there is none.
    """

    what: str
    ours: float
    unit: str
    bar: str = ""
    peer: str = ""
    theirs: float = float("nan")

    @property
    def ratio(self) -> float:
        """How many times the peer's figure is ours."""
        return self.theirs / self.ours

    @property
    def met(self) -> bool | None:
        """Whether the bar is met; None where there is none."""
        if not self.bar:
            return None
        sign, number = self.bar.split()
        value = self.ratio if self.peer else self.ours
        return value >= float(number) if sign == ">=" else value <= float(number)

    def cells(self) -> list[str]:
        """Give the figure as cells of a table."""
        peer = f"{self.theirs:.3g} {self.unit}" if self.peer else ""
        verdict = {None: "", True: "met", False: "MISSED"}[self.met]
        return [self.what, f"{self.ours:.3g} {self.unit}", self.peer, peer, f"{self.ratio:.1f}" if self.peer else "", self.bar, verdict]

    def line(self) -> str:
        """Give the figure as a line."""
        what, ours, peer, theirs, ratio, bar, verdict = self.cells()
        against = f"; {peer} {theirs}, ratio {ratio}" if peer else ""
        return f"{what}: {ours}{against}" + (f" (bar {bar}: {verdict})" if bar else "")


def best_of(work: Callable[[], object], times: int = 3) -> float:
    """Give the least of some wall times, in seconds."""
    seconds = []
    for _ in range(times):
        begun = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - begun)
    return min(seconds)


def timed_process(command: list[str], *, cwd: Path | None = None) -> tuple[float, float]:
    """Run a command to its end and give its wall time in seconds and its largest memory in bytes (children included)."""
    code = (
        "import resource, subprocess, sys, time; t = time.perf_counter(); "
        "r = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL); d = time.perf_counter() - t; "
        "print(d, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024, r.returncode)"
    )
    done = subprocess.run([sys.executable, "-c", code, *command], check=True, capture_output=True, text=True, cwd=cwd)
    seconds, memory, status = done.stdout.split()[-3:]
    if status != "0":
        msg = f"{' '.join(command)} ended with {status}: {done.stderr[-500:]}"
        raise RuntimeError(msg)
    return float(seconds), float(memory)


def machine() -> str:
    """Say what the figures were measured on."""
    model = next(
        (line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")),
        platform.machine(),
    )
    memory = resource.getpagesize() * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{len(os.sched_getaffinity(0))} cores of {model}, {memory:.0f} GiB, Python {platform.python_version()}"


def table(figures: list[Figure]) -> str:
    """Write the figures as a Markdown table."""
    head = ["what", "ours", "peer", "peer's figure", "ratio", "bar", ""]
    rows = [head, ["---"] * len(head), *(figure.cells() for figure in figures)]
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)
