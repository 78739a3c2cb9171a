"""Gather the regions of a study that were run into one page."""

from __future__ import annotations

import base64
import csv
import json
import math
from pathlib import Path

import numpy as np
import rasterio

from geo_engine.model import Study
from geo_engine.publish import untested
from geo_engine.publish.report import THRESHOLDS, RegionRow, index_page, regions_svg, write_index_table
from geo_engine.run.places.land.cells import blocking
from geo_engine.run.runner import default_folder
from geo_engine.workspace import find_region, read_features

__all__ = ["write_index"]

_LINKED = ("report.html", "report.pdf", "map.html")


def write_index(study: Study) -> Path:
    """Write ``index.html`` and ``index.csv`` beside the runs of a study: one row a region, the whole area first, then by title.

    Parameters
    ----------
    study : Study
        The question, not seen in a scenario.

    Returns
    -------
    Path
        The page.
    """
    base = default_folder(study, study.area_slug).parent
    folders = [file.parent for file in base.glob("*/run.json") if not file.parent.name.startswith(".") and "@" not in file.parent.name]
    rows = sorted((_row(folder, study) for folder in folders), key=lambda row: (row.folder != study.area_slug, row.title))
    area = read_features(study.layers[study.area], crs=study.crs)
    shapes = {row.title: find_region(study, area, row.folder)[2] for row in rows if row.folder != study.area_slug}
    scores = {row.title: row.score for row in rows}
    svg = regions_svg(shapes, scores, find_region(study, area, None)[2])
    address = "data:image/svg+xml;base64," + base64.b64encode(svg).decode("ascii")
    write_index_table(rows, base / "index.csv")
    page = base / "index.html"
    page.write_text(index_page(study.title, rows, untested(study), address), encoding="utf-8")
    return page


def _row(folder: Path, study: Study) -> RegionRow:
    record = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    with (folder / "sites.csv").open(encoding="utf-8", newline="") as source:
        sites = list(csv.DictReader(source))
    best = sites[0] if sites else {}
    needs: list[str] = []
    if best:
        with (folder / "needs.csv").open(encoding="utf-8", newline="") as source:
            needs = [f"{row['need']} {row['state']}" for row in csv.DictReader(source) if row["site_id"] == best["site_id"]]
    jobs = next((need.total(study.facility.capacity) for need in study.facility.needs if need.name == "jobs"), math.nan)
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
        needs="; ".join(needs),
        jobs=jobs,
        files=tuple(name for name in _LINKED if (folder / name).is_file()),
    )


def _above(folder: Path, cell_ha: float) -> tuple[float, ...]:
    """Sum up the free land that scores at least each threshold; free by force counts, as in the run."""
    with rasterio.open(folder / "suitability.tif") as score, rasterio.open(folder / "status.tif") as status:
        scores, kept = score.read(1), blocking(np.asarray(status.read(1), np.uint32)) == 0
    return tuple(float(np.count_nonzero(kept & (scores >= least))) * cell_ha for least in THRESHOLDS)
