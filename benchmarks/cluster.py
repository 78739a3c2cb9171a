"""A run of Great Britain at 100 m on a cluster of two processes against the same on two threads, and that both leave the same bytes."""

from __future__ import annotations

import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path

from benchmarks import world
from benchmarks.figures import Figure, timed_process

__all__ = ["figures"]


def figures() -> list[Figure]:
    """Measure whole processes, starting the cluster included; nothing without Dask."""
    if not find_spec("distributed"):
        return []
    with tempfile.TemporaryDirectory() as temporary:
        one, other = Path(temporary) / "threads", Path(temporary) / "cluster"
        run = [sys.executable, "-m", "geo_engine.cli", "run", "studies/gigafactory.toml", "--cell", "100 m", "--cache", "0"]
        threads, _ = timed_process([*run, "--workers", "2", "--out", str(one)], cwd=world.ROOT)
        cluster, _ = timed_process([*run, "--workers", "2", "--dask", "local:2", "--out", str(other)], cwd=world.ROOT)
        names = {path.name for path in one.iterdir()} - {"timings.json"}
        same = sum((one / name).read_bytes() == (other / name).read_bytes() for name in names)
    what = "Great Britain at 100 m, whole process"
    return [
        Figure(f"{what}, 2 threads", threads, "s"),
        Figure(f"{what}, two Dask workers", cluster, "s"),
        Figure("the same: times as long as the threads", cluster / threads, "times", "<= 1.3"),
        Figure(f"the same: share of {len(names)} output files that are equal", 100 * same / len(names), "%", ">= 100"),
    ]
