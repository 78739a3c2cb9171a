"""Files of rivals, and places in degrees, for tests that ask runs."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable
from pathlib import Path

import pyproj

from tests.run import tiny as ws

TO_DEGREES = pyproj.Transformer.from_crs("EPSG:27700", "EPSG:4326", always_xy=True)


def degrees(east: float, north: float) -> str:
    lon, lat = TO_DEGREES.transform(east, north)
    return f"{lon:.10f},{lat:.10f}"


def table(path: Path, rows: Iterable[tuple[object, ...]], head: str = "name,lon,lat") -> Path:
    with path.open("w", encoding="utf-8", newline="") as stream:
        stream.write(head + "\n")
        csv.writer(stream).writerows(rows)
    return path


def at(name: str, east: float, north: float, *more: object) -> tuple[object, ...]:
    lon, lat = TO_DEGREES.transform(east, north)
    return (name, lon, lat, *more)


def drawn(path: Path, shapes: Iterable[tuple[str, object]], crs: bool = True) -> Path:  # noqa: FBT001, FBT002 - a test's own
    features = [{"type": "Feature", "properties": {"name": name}, "geometry": shape} for name, shape in shapes]
    document: dict[str, object] = {"type": "FeatureCollection", "features": features}
    if crs:
        document["crs"] = ws.CRS
    path.write_text(json.dumps(document))
    return path
