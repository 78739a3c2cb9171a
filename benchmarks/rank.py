"""The main job: `geo-engine run` of the default study at 250 m, as `make rank` does after set-up."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from benchmarks.figures import Figure, timed_process
from benchmarks.world import ROOT

__all__ = ["figures"]


def figures() -> list[Figure]:
    """Measure time, memory and the map's size."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "great-britain"
        command = [sys.executable, "-m", "geo_engine.cli", "run", str(ROOT / "studies" / "gigafactory.toml"), "--out", str(folder)]
        timed_process(command)
        seconds, memory = timed_process(command)
        size = (folder / "map.html").stat().st_size
    what = "make rank at 250 m, after set-up"
    return [
        Figure(what, seconds, "s", "<= 30"),
        Figure(f"{what}: largest memory", memory / 1e9, "GB", "<= 2"),
        Figure("map.html of Great Britain", size / 1e6, "MB", "<= 6"),
    ]
