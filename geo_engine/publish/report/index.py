"""The regions of a study side by side: a page with links, and the same as a table for spreadsheets."""

from __future__ import annotations

import html
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from geo_engine.publish.report.faces.html import page
from geo_engine.publish.report.phrases import listed, number, quantity_said, ranks_said, share_said
from geo_engine.publish.report.spreadsheet import write_workbook
from geo_engine.publish.summary import inside_sentence
from geo_engine.publish.tables import Cell, write_csv

__all__ = ["THRESHOLDS", "RegionRow", "index_notes", "index_page", "write_index_table"]

_LINKS = {"report.html": "report", "report.pdf": "PDF", "map.html": "map"}
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
    jobs, jobs_low, jobs_high : float
        That the facility brings, with the range of the source; NaN where the study does not say.
    people : float
        Within reach of the best one, of those whom the test of jobs counts; NaN where nothing tells.
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
    jobs_low: float
    jobs_high: float
    people: float
    files: tuple[str, ...]


def index_page(title: str, noun: str, rows: Sequence[RegionRow], untested: Sequence[str], maps_svg: str) -> str:
    """Write the page.

    Parameters
    ----------
    title : str
        Of the study.
    noun : str
        Of what was ranked, one of them: area or site.
    rows : sequence of RegionRow
        In the order of the page.
    untested : sequence of str
        What was tested in none of them.
    maps_svg : str
        Address of the small maps without a request.
    """
    heads = (
        *("region", f"best {noun}", "score", "likely ranks there", "tier", "ready", f"{noun}s", "free land"),
        *(f"ha ≥ {s}" for s in THRESHOLDS),
        *("jobs, of the people in reach",),
    )
    body = "".join(f"<tr>{''.join(_cells(row))}</tr>" for row in rows)
    columns = "".join(f'<th scope="col">{html.escape(head)}</th>' for head in (*heads, "files"))
    told = "; ".join(f"{row.title}: {_score_said(row)}" for row in rows)
    alternative = f"Small maps, one a region, with the score of the land and the best {noun}s. {told}."
    notes = "".join(f"<p>{html.escape(note)}</p>" for note in index_notes(noun, rows, untested))
    return page(
        f"{title}: regions side by side",
        f'<header><p class="study">{html.escape(title)}</p><h1>Regions side by side</h1></header><main>'
        f"<p>{html.escape(_opened(noun, rows))}</p>"
        f'<div class="wide" role="region" tabindex="0" aria-label="Regions"><table><caption>Regions that were run</caption>'
        f"<thead><tr>{columns}</tr></thead><tbody>{body}</tbody></table></div>"
        '<p>The table to download: <a href="index.csv">CSV</a>, <a href="index.xlsx">Excel</a></p>'
        f'<figure class="whole"><img alt="{html.escape(alternative)}" src="{maps_svg}">'
        f"<figcaption>Score of the land of each region, the darker the better; grey is kept out by a rule. Dots are the {noun}s that were "
        f"ranked, the best one in orange</figcaption></figure>{notes}</main>",
    )


def index_notes(noun: str, rows: Sequence[RegionRow], untested: Sequence[str]) -> tuple[str, ...]:
    """Say what the table does not: cells, thresholds, jobs, gaps, and what a score is."""
    cells = sorted({row.cell for row in rows})
    grids = f"Cells of {listed([f'{cell:g} m' for cell in cells])}." + (
        " Regions of unlike cells compare roughly." if len(cells) > 1 else ""
    )
    jobs = next((row for row in rows if not math.isnan(row.jobs)), None)
    work = []
    if jobs is not None:
        spread = "" if math.isnan(jobs.jobs_low) else f" ({number(jobs.jobs_low, 0)} to {number(jobs.jobs_high, 0)})"
        brings = f"Wherever it stands, the facility brings {quantity_said(jobs.jobs, 'jobs')}{spread} by the study's figure."
        work = [f"{brings} They are held against all people within reach of the best {noun}, as the study's test of jobs counts them."]
    gaps = f"Not tested in any region: {listed([inside_sentence(gap) for gap in untested])}." if untested else "The study declares no gap."
    ranges = "'ha ≥' a score is free land that scores at least so much."
    return (f"{grids} {ranges}", *work, f"{gaps} A score is the match to the weights, no chance of success.")


def _opened(noun: str, rows: Sequence[RegionRow]) -> str:
    best = max((row for row in rows if not math.isnan(row.score)), key=lambda row: row.score, default=None)
    if best is None:
        return f"No {noun} was found in any region that was run."
    return f"The highest score of the regions that were run has {best.best} in {best.title}: {number(best.score)} of 100."


def _score_said(row: RegionRow) -> str:
    return "none found" if math.isnan(row.score) else number(row.score)


def _cells(row: RegionRow) -> list[str]:
    links = " ".join(f'<a href="{html.escape(row.folder)}/{name}">{_LINKS.get(name, name)}</a>' for name in row.files)
    texts = (row.title, f"{row.best} ({row.grid_ref})" if row.grid_ref else row.best or "none found")
    likely = ranks_said(row.rank_p05, row.rank_p95) if row.best else "-"
    figures = (number(row.score), likely, row.tier or "-", row.readiness or "-", str(row.sites), share_said(row.free / row.land))
    share = share_said(row.jobs / row.people) if row.people > 0 and row.jobs > 0 else "-"
    plain = [f"<td>{html.escape(text)}</td>" for text in texts]
    values = (*figures, *(number(hectares, 0) for hectares in row.above), share)
    plain += [f'<td class="figure">{html.escape(text)}</td>' for text in values]
    return [*plain, f"<td>{links}</td>"]


def write_index_table(rows: Sequence[RegionRow], path: Path, notes: Sequence[str] = ()) -> tuple[Path, Path]:
    """Write the rows as CSV and, beside it, as an Excel workbook: numbers as numbers, and no text that a spreadsheet would run.

    Parameters
    ----------
    rows : sequence of RegionRow
        In order.
    path : Path
        The CSV; the workbook has its name and ``.xlsx``.
    notes : sequence of str
        For the workbook's second sheet.

    Raises
    ------
    RunError
        If openpyxl, of the extra ``report``, is not installed.
    """
    above = [f"free_ha_score_{least}" for least in THRESHOLDS]
    columns = ["region", "cell_m", "land_ha", "free_ha", *above, "areas", "best", "grid_ref", "score", "tier", "rank_p05", "rank_p95"]
    columns += ["readiness", "needs", "jobs", "jobs_low", "jobs_high", "people_in_reach", "jobs_share_of_people"]
    told: list[dict[str, Cell]] = []
    for row in rows:
        line: dict[str, Cell] = {"region": row.title, "cell_m": row.cell, "land_ha": row.land, "free_ha": row.free, "areas": row.sites}
        line |= dict(zip(above, row.above, strict=True))
        line |= {name: getattr(row, name) or None for name in ("best", "grid_ref", "tier", "readiness", "needs")}
        line |= {name: int(value) if (value := getattr(row, name)) else None for name in ("rank_p05", "rank_p95")}
        line |= {name: None if math.isnan(value := getattr(row, name)) else value for name in ("score", "jobs", "jobs_low", "jobs_high")}
        line["people_in_reach"] = None if math.isnan(row.people) else round(row.people)
        line["jobs_share_of_people"] = round(row.jobs / row.people, 6) if row.jobs > 0 and row.people > 0 else None
        told.append(line)
    return write_csv(path, columns, told), write_workbook(path.with_suffix(".xlsx"), "regions", columns, told, notes)
