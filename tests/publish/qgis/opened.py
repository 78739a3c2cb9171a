"""Asks QGIS, in its own interpreter, what it makes of a project or a style."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

__all__ = ["ask", "styled"]

PROBE = Path(__file__).with_name("probe.py")
PYTHON = "/usr/bin/python3"  # the one that Debian's QGIS is for


def ask(project: Path, **wish: object) -> dict[str, Any]:
    """Open a project; `render` names a PNG to draw, `shade` values whose colours are asked for, by layer."""
    return _run(project, wish)


def styled(data: Path | str, style: Path, *, raster: bool = False) -> dict[str, Any]:
    """Load a style file for data."""
    return _run(data, {"style": str(style), "raster": raster})


def _run(path: Path | str, wish: dict[str, object]) -> dict[str, Any]:
    asked = json.dumps(wish, default=str)
    bare = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "GDAL", "PROJ"))}
    done = subprocess.run(
        [PYTHON, str(PROBE), str(path), asked],
        env=bare | {"QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found
