"""Locating areas: 100 sites of 60 ha on Great Britain's land at 100 m, and the best of 10,000 random seeds beside them."""

from __future__ import annotations

import subprocess
import sys

from benchmarks import world
from benchmarks.figures import Figure

__all__ = ["figures"]


def figures() -> list[Figure]:
    """Measure time, memory and how good the areas are, in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.locate_ours"]
    subprocess.run(command, check=True, capture_output=True, cwd=world.ROOT)
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=world.ROOT)
    land, seconds, memory, best, random, by_random = (float(word) for word in done.stdout.split())
    what = f"100 areas of 60 ha, {land / 1e6:.0f} M cells of land at 100 m"
    return [
        Figure(what, seconds, "s", "<= 10"),
        Figure(f"{what}: largest memory of the process, its surface included", memory / 1e9, "GB", "<= 2"),
        Figure("lead of the best area on the best grown from 10,000 random seeds", best - random, "points", ">= 0"),
        Figure("lead of the 100 areas' mean on that of as many from 10,000 random seeds", by_random, "points", ">= 0"),
    ]
