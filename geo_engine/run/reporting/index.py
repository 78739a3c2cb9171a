"""Gather the regions of a study that were run into one page."""

from __future__ import annotations

import base64
import csv
import json
import math
from pathlib import Path

import geopandas as gpd
import numpy as np
import rasterio

from geo_engine.model import STATUS_OFF_AREA, Study
from geo_engine.publish import untested
from geo_engine.publish.report import THRESHOLDS, RegionMap, RegionRow, index_notes, index_page, regions_svg, write_index_table
from geo_engine.run.places.land.cells import blocking
from geo_engine.run.runner import default_folder

__all__ = ["write_index"]

_LINKED = ("report.html", "report.pdf", "map.html")
_MAP_SIDE = 150  # cells of a small map
_MOST_DOTS = 10


def write_index(study: Study) -> tuple[Path, tuple[str, ...]]:
    """Write ``index.html``, ``index.csv`` and ``index.xlsx`` beside the runs of a study: a row a region, the whole area first.

    A folder that lacks a file or a column, as one that an earlier version left, is left out.

    Parameters
    ----------
    study : Study
        The question, not seen in a scenario.

    Returns
    -------
    page : Path
        The page.
    left_out : tuple of str
        Names of the folders that it does not show.
    """
    base = default_folder(study, study.area_slug).parent
    folders = [file.parent for file in base.glob("*/run.json") if not file.parent.name.startswith(".") and "@" not in file.parent.name]
    shown: list[tuple[RegionRow, RegionMap]] = []
    left_out = []
    for folder in sorted(folders):
        try:
            row = _row(folder, study)
            shown.append((row, _map(folder, row)))
        except (OSError, ValueError, KeyError, RuntimeError):  # what the csv, json, raster and vector readers raise
            left_out.append(folder.name)
    shown.sort(key=lambda each: (each[0].folder != study.area_slug, each[0].title))
    rows = [row for row, _ in shown]
    svg = regions_svg([each for row, each in shown if row.folder != study.area_slug] or [each for _, each in shown])
    address = "data:image/svg+xml;base64," + base64.b64encode(svg).decode("ascii")
    noun = study.sites.one
    write_index_table(rows, base / "index.csv", index_notes(noun, rows, untested(study)))
    page = base / "index.html"
    page.write_text(index_page(study.title, noun, rows, untested(study), address), encoding="utf-8")
    return page, tuple(left_out)


def _row(folder: Path, study: Study) -> RegionRow:
    record = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    with (folder / "sites.csv").open(encoding="utf-8", newline="") as source:
        sites = list(csv.DictReader(source))
    best = sites[0] if sites else {}
    told: list[dict[str, str]] = []
    if best:
        with (folder / "needs.csv").open(encoding="utf-8", newline="") as source:
            told = [row for row in csv.DictReader(source) if row["site_id"] == best["site_id"]]
    work = next((need for need in study.facility.needs if need.name == "jobs"), None)
    ends = [study.facility.capacity * end for end in (work.low, work.high) if end is not None] if work else []
    there = next((float(row["there"]) for row in told if row["need"] == "jobs" and row["there"]), math.nan)
    return RegionRow(
        folder=folder.name,
        title=str(record["region"]["title"]),
        cell=float(record["grid"]["cell_m"]),
        land=float(record["hectares"]["land"]),
        free=float(record["hectares"]["free"]),
        above=_above(folder, float(record["grid"]["cell_m"]) ** 2 / 1e4),
        sites=len(sites),
        best=best.get("name", ""),
        grid_ref=best.get("grid_ref", ""),
        tier=best.get("tier", ""),
        rank_p05=best.get("rank_p05", ""),
        rank_p95=best.get("rank_p95", ""),
        readiness=best.get("readiness", ""),
        score=float(best["score"]) if best else math.nan,
        needs="; ".join(f"{row['need']} {row['state']}" for row in told),
        jobs=work.total(study.facility.capacity) if work else math.nan,
        jobs_low=ends[0] if ends else math.nan,
        jobs_high=ends[-1] if ends else math.nan,
        people=there / work.test.each if work and work.test else math.nan,
        files=tuple(name for name in _LINKED if (folder / name).is_file()),
    )


def _above(folder: Path, cell_ha: float) -> tuple[float, ...]:
    """Sum up the free land that scores at least each threshold; free by force counts, as in the run."""
    with rasterio.open(folder / "suitability.tif") as score, rasterio.open(folder / "status.tif") as status:
        scores, kept = score.read(1), blocking(np.asarray(status.read(1), np.uint32)) == 0
    return tuple(float(np.count_nonzero(kept & (scores >= least))) * cell_ha for least in THRESHOLDS)


def _map(folder: Path, row: RegionRow) -> RegionMap:
    """Thin a region's surface to what a small map shows, with the places of its sites on it."""
    with rasterio.open(folder / "suitability.tif") as score, rasterio.open(folder / "status.tif") as status:
        step = max(1, -(-max(score.shape) // _MAP_SIDE))
        shown = score.read(1)[::step, ::step]
        kept = np.asarray(status.read(1), np.uint32)[::step, ::step]
        west, north, cell = score.bounds.left, score.bounds.top, score.res[0]
    sites = gpd.read_file(folder / "sites.gpkg", layer="sites").head(_MOST_DOTS)
    places = [((point.x - west) / cell, (north - point.y) / cell) for point in sites.geometry.centroid]
    restricted = (kept != STATUS_OFF_AREA) & (blocking(kept) != 0)
    said = "none found" if math.isnan(row.score) else f"best: {row.score:.1f}"
    return RegionMap(row.title, shown, restricted, np.array(places, np.float64).reshape(-1, 2) / step - 0.5, said)
