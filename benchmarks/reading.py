"""Reading: a region of a hundred kilometres out of five million points all over Great Britain, from a GeoPackage and from GeoParquet."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import geopandas
import numpy as np
import pandas as pd
import pyogrio
import shapely

from benchmarks.figures import Figure

__all__ = ["figures"]

_POINTS = 5_000_000
_REGION = (400_000.0, 300_000.0, 500_000.0, 400_000.0)
_ASK = f"""
import re, sys, time
from pathlib import Path
from geo_engine.model import Layer
from geo_engine.workspace import read_features
layer = Layer("a", "A", sys.argv[1], "points", "", "", "", id="name")
begun = time.perf_counter()
data = read_features(layer, crs="EPSG:27700", where=sys.argv[2] or None, columns=["size"], window={_REGION}, only_columns=True)
seconds = time.perf_counter() - begun
# Not getrusage: that remembers the memory of the process that started this one.
most = re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())
print(seconds, int(most[1]) * 1024 / 1e9, len(data))
"""


def _write(folder: Path) -> tuple[list[Path], int]:
    """Write the points in no order, and count those in the region by themselves."""
    generator = np.random.default_rng(1)
    x, y = generator.uniform((80_000, 10_000), (650_000, 1_210_000), (_POINTS, 2)).T
    table = pd.DataFrame(
        {
            "name": np.char.add("P", np.arange(_POINTS).astype(str)),
            "size": generator.integers(0, 1000, _POINTS),
            "kind": generator.choice(["a", "b", "c"], _POINTS),
            "share": generator.random(_POINTS),
        }
    )
    frame = geopandas.GeoDataFrame(table, geometry=shapely.points(x, y), crs="EPSG:27700")
    pyogrio.write_dataframe(frame, folder / "a.gpkg")
    frame.to_parquet(folder / "a.parquet", write_covering_bbox=True, row_group_size=65_536)
    west, south, east, north = _REGION
    return [folder / "a.gpkg", folder / "a.parquet"], int(((x >= west) & (x <= east) & (y >= south) & (y <= north)).sum())


def _ask(path: Path, where: str) -> tuple[float, float, float]:
    """Give seconds, gigabytes and features of a process that reads the region."""
    done = subprocess.run([sys.executable, "-c", _ASK, str(path), where], check=True, capture_output=True, text=True)
    seconds, memory, found = (float(word) for word in done.stdout.split()[-3:])
    return seconds, memory, found


def figures() -> Iterator[Figure]:
    """Measure seconds, the best of three, and the largest memory of a process that reads the region and one column."""
    with tempfile.TemporaryDirectory() as folder:
        paths, there = _write(Path(folder))
        for path in paths:
            for where in ("", "kind = 'a'"):
                seconds, memory, found = min(_ask(path, where) for _ in range(3))
                if not where and found != there:
                    msg = f"{path.name}: {found:.0f} points read, and {there} are there"
                    raise RuntimeError(msg)
                what = f"{found:,.0f} of 5 M points, {path.suffix[1:]}{', ' + where if where else ''}"
                yield Figure(what, seconds, "s", "<= 3")
                yield Figure(f"memory: {what}, the whole process", memory, "GB", "<= 1")
