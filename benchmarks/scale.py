"""Ten criteria over Great Britain at 100 m, again with another weight, and at 25 m: time and memory of whole processes."""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from pathlib import Path

from benchmarks.figures import Figure, timed_process
from benchmarks.world import ROOT

__all__ = ["figures"]

_COARSE, _FINE = 100, 25  # metres


def figures() -> list[Figure]:
    """Measure both, and how many times the fine one takes the time of the coarse one; the fine one needs some 6 GB of disk."""
    with tempfile.TemporaryDirectory() as temporary:
        study = _workspace(Path(temporary))
        warm = _run(study, 1000)
        seconds, memory = _run(study, _COARSE)
        figures = [
            Figure("Ten criteria, Great Britain at 1 km", warm[0], "s"),
            Figure(f"Ten criteria, Great Britain at {_COARSE} m", seconds, "s", "<= 12"),
            Figure(f"Ten criteria, Great Britain at {_COARSE} m: largest memory", memory / 1e9, "GB", "<= 2"),
        ]
        study.write_text(study.read_text(encoding="utf-8").replace("weight = 10", "weight = 20", 1), encoding="utf-8")
        again, _ = _run(study, _COARSE)
        figures += [
            Figure(f"the same again with another weight, {_COARSE} m", again, "s"),
            Figure(f"the same again with another weight, {_COARSE} m: share of the first run", 100 * again / seconds, "%", "<= 10"),
        ]
        fine, memory = _run(study, _FINE)
        return [
            *figures,
            Figure(f"Ten criteria, Great Britain at {_FINE} m", fine, "s"),
            Figure(f"Ten criteria, Great Britain at {_FINE} m: largest memory", memory / 1e9, "GB", "<= 3"),
            Figure(f"Ten criteria: time at {_FINE} m over that at {_COARSE} m", fine / seconds, "times", "<= 17"),
        ]


def _workspace(folder: Path) -> Path:
    """Make a workspace of this one's layers with the benchmark's study in it."""
    (folder / "studies").mkdir()
    (folder / "layers").symlink_to(ROOT / "layers")
    (folder / "studies" / "profiles").symlink_to(ROOT / "studies" / "profiles")
    return Path(shutil.copy(ROOT / "benchmarks" / "scale.toml", folder / "studies"))


def _run(study: Path, cell: int) -> tuple[float, float]:
    """Run the study with a cell in a process of its own; give its seconds and its largest memory in bytes."""
    out = study.parent.parent / "run"
    found = timed_process(
        [sys.executable, "-m", "geo_engine.cli", "run", str(study), "--cell", f"{cell} m", "--out", str(out), "--profile"], cwd=ROOT
    )
    for stage in json.loads((out / "timings.json").read_text(encoding="utf-8"))["profile"]["stages"]:
        print(f"  {cell} m, {stage['stage']}: {stage['seconds']:.1f} s, {(stage['peak_bytes'] or 0) / 1e9:.2f} GB", file=sys.stderr)
    return found
