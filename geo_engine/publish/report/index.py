"""The regions of a study side by side: a page with links, and the same as a table for spreadsheets."""

from __future__ import annotations

import html
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from geo_engine.publish.report.faces.html import page
from geo_engine.publish.report.phrases import listed, number, quantity_said, ranks_said, share_said
from geo_engine.publish.tables import Cell, write_csv

__all__ = ["THRESHOLDS", "RegionRow", "index_page", "write_index_table"]

THRESHOLDS = (50, 60, 70, 80)
"""Scores from which free land is summed up."""


@dataclass(frozen=True, slots=True)
class RegionRow:
    """One region that was run.

    Parameters
    ----------
    folder, title : str
        The folder's name, and what readers see.
    cell : float
        Metres; regions of unlike cells are not to be compared to the last hectare.
    land, free : float
        Hectares.
    above : tuple of float
        Hectares of free land that score at least each of `THRESHOLDS`.
    sites : int
        How many were found.
    best, grid_ref, tier, rank_p05, rank_p95, readiness : str
        Of the best one; blank without one.
    score : float
        Of the best one; NaN without one.
    needs : str
        What of the facility's needs is met, short and unknown at the best one.
    jobs : float
        That the facility brings; NaN where the study does not say.
    files : tuple of str
        Which of report.html, report.pdf and map.html are there.
    """

    folder: str
    title: str
    cell: float
    land: float
    free: float
    above: tuple[float, ...]
    sites: int
    best: str
    grid_ref: str
    tier: str
    rank_p05: str
    rank_p95: str
    readiness: str
    score: float
    needs: str
    jobs: float
    files: tuple[str, ...]


def index_page(title: str, rows: Sequence[RegionRow], untested: Sequence[str], map_svg: str) -> str:
    """Write the page.

    Parameters
    ----------
    title : str
        Of the study.
    rows : sequence of RegionRow
        In the order of the page.
    untested : sequence of str
        What was tested in none of them.
    map_svg : str
        Address of the map without a request.
    """
    heads = (
        "region",
        "best area",
        "score",
        "likely ranks there",
        "tier",
        "ready",
        "areas",
        "free land",
        *(f"ha ≥ {s}" for s in THRESHOLDS),
    )
    body = "".join(f"<tr>{''.join(_cells(row))}</tr>" for row in rows)
    best = max((row for row in rows if not math.isnan(row.score)), key=lambda row: row.score, default=None)
    told = (
        f"The highest score of the regions that were run has {best.best} in {best.title}: {number(best.score)} of 100."
        if best
        else "No area was found in any region that was run."
    )
    cells = sorted({row.cell for row in rows})
    grids = f"Cells of {listed([f'{cell:g} m' for cell in cells])}." + (
        " Regions of unlike cells compare roughly." if len(cells) > 1 else ""
    )
    jobs = next((row.jobs for row in rows if not math.isnan(row.jobs)), math.nan)
    work = "" if math.isnan(jobs) else f" Wherever it stands, the facility brings {quantity_said(jobs, 'jobs')} by the study's figure."
    gaps = f"Not tested in any region: {listed([gap.lower() for gap in untested])}." if untested else "The study declares no gap."
    columns = "".join(f'<th scope="col">{html.escape(head)}</th>' for head in (*heads, "files"))
    alternative = "Map of the regions that were run. " + "; ".join(f"{row.title}: {number(row.score)}" for row in rows) + "."
    return page(
        f"{title}: regions side by side",
        f'<header><p class="study">{html.escape(title)}</p><h1>Regions side by side</h1></header><main>'
        f"<p>{html.escape(told + work)}</p>"
        f'<figure class="half"><img alt="{html.escape(alternative)}" src="{map_svg}">'
        "<figcaption>Score of the best area of each region</figcaption></figure>"
        f'<div class="wide" role="region" tabindex="0" aria-label="Regions"><table><caption>Regions that were run</caption>'
        f"<thead><tr>{columns}</tr></thead><tbody>{body}</tbody></table></div>"
        f'<p>{html.escape(grids)} ha ≥ a score: free land that scores at least so much. <a href="index.csv">The table as CSV</a></p>'
        f'<p class="note">{html.escape(gaps)} A score is the match to the weights, no chance of success.</p></main>',
    )


def _cells(row: RegionRow) -> list[str]:
    links = " ".join(f'<a href="{html.escape(row.folder)}/{name}">{html.escape(name)}</a>' for name in row.files)
    texts = (row.title, f"{row.best} ({row.grid_ref})" if row.grid_ref else row.best or "none found")
    likely = ranks_said(row.rank_p05, row.rank_p95) if row.best else "-"
    figures = (number(row.score), likely, row.tier or "-", row.readiness or "-", str(row.sites), share_said(row.free / row.land))
    plain = [f"<td>{html.escape(text)}</td>" for text in texts]
    plain += [f'<td class="figure">{html.escape(text)}</td>' for text in (*figures, *(number(hectares, 0) for hectares in row.above))]
    return [*plain, f"<td>{links}</td>"]


def write_index_table(rows: Sequence[RegionRow], path: Path) -> Path:
    """Write the rows as CSV: numbers as numbers, texts that a spreadsheet would run as formulas neutralised."""
    above = [f"free_ha_score_{least}" for least in THRESHOLDS]
    columns = ["region", "cell_m", "land_ha", "free_ha", *above, "areas", "best", "grid_ref", "score", "tier", "rank_p05", "rank_p95"]
    columns += ["readiness", "needs", "jobs"]
    told: list[dict[str, Cell]] = []
    for row in rows:
        line: dict[str, Cell] = {"region": row.title, "cell_m": row.cell, "land_ha": row.land, "free_ha": row.free, "areas": row.sites}
        line |= dict(zip(above, row.above, strict=True))
        line |= {name: getattr(row, name) or None for name in ("best", "grid_ref", "tier", "readiness", "needs")}
        line |= {name: int(value) if (value := getattr(row, name)) else None for name in ("rank_p05", "rank_p95")}
        line |= {name: None if math.isnan(value := getattr(row, name)) else value for name in ("score", "jobs")}
        told.append(line)
    return write_csv(path, columns, told)
