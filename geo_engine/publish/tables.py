"""Tables of a result: sites, rejected candidates and demand, as columns that CSV, GeoJSON and GeoPackage share.

Units stand in column names. A number stays a number: unknown is blank and unreachable is ``inf``.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping, Sequence
from pathlib import Path

from geo_engine.model import Result, Site, slug
from geo_engine.units import display_unit, to_display

__all__ = [
    "Cell",
    "demand_columns",
    "demand_rows",
    "method_rows",
    "neutralised",
    "rejected_rows",
    "site_columns",
    "site_rows",
    "value_column",
    "write_csv",
    "write_tables",
]

Cell = str | int | float | None
"""What a table's cell holds; None is blank."""

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_REJECTED_COLUMNS = ("name", "region", "lon", "lat", "easting", "northing", "grid_ref", "area_ha", "score", "reason", "detail")


def neutralised(text: str) -> str:
    """Put an apostrophe before text that a spreadsheet would run as a formula.

    >>> neutralised("=1+1"), neutralised("Washington")
    ("'=1+1", 'Washington')
    """
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def value_column(criterion_slug: str, si_unit: str) -> str:
    """Name the column of a criterion's raw value, with the unit that readers see.

    >>> value_column("grid_275", "m"), value_column("labour", "people"), value_column("zone", "")
    ('grid_275_value_km', 'labour_value_people', 'zone_value')
    """
    unit = display_unit(si_unit)
    return f"{criterion_slug}_value_{_slugged(unit)}" if unit else f"{criterion_slug}_value"


def site_rows(result: Result) -> list[dict[str, Cell]]:
    """Give one row a site, best first, as DESIGN's columns: place, score, tier, then each criterion.

    Parameters
    ----------
    result : Result
        One region of one study.

    Returns
    -------
    list of dict
        Degrees in lon and lat (WGS84), metres in easting and northing, hectares in area_ha, points of 100 in
        score and contributions, 0 to 1 in utilities. Tier and rank interval are blank until they are known.
    """
    return [_site_row(site) for site in result.ranking.sites]


def site_columns(result: Result) -> list[str]:
    """Name the columns of `site_rows`, also where no site was found."""
    columns = ["rank", "site_id", "name", "region", "lon", "lat", "easting", "northing", "grid_ref", "area_ha", "score"]
    columns += ["tier", "rank_p05", "rank_p95"]
    for criterion in result.study.criteria:
        columns += [value_column(criterion.slug, criterion.measure.unit), f"{criterion.slug}_utility", f"{criterion.slug}_contribution"]
    return columns


def rejected_rows(result: Result) -> list[dict[str, Cell]]:
    """Give one row a candidate area that was dropped, with the rule that dropped it and a sentence with the number."""
    return [
        {
            "name": item.name,
            "region": item.region,
            "lon": _rounded(item.lon, 6),
            "lat": _rounded(item.lat, 6),
            "easting": _rounded(item.easting, 1),
            "northing": _rounded(item.northing, 1),
            "grid_ref": item.grid_ref,
            "area_ha": _rounded(to_display(item.area_m2, "m2"), 2),
            "score": _rounded(item.score, 4),
            "reason": item.reason,
            "detail": item.detail,
        }
        for item in result.ranking.rejected
    ]


def demand_columns(result: Result) -> list[str]:
    """Name the columns of `demand_rows`; the size and the capacity carry the study's own words."""
    demand = result.study.demand
    size = demand.size if demand else "size"
    return [
        "name",
        "lon",
        "lat",
        "easting",
        "northing",
        size,
        f"capacity_needed_{_slugged(result.study.facility.unit)}",
        "best_area",
        "site_id",
        "site_rank",
        "minutes",
        "nearest_site_id",
        "nearest_minutes",
    ]


def demand_rows(result: Result) -> list[dict[str, Cell]]:
    """Give one row a demand point: what it needs, the best area within reach and its minutes, or ``uncovered``."""
    names = {site.site_id: site.name for site in result.ranking.sites}
    columns = demand_columns(result)
    return [
        dict(
            zip(
                columns,
                (
                    item.name,
                    _rounded(item.lon, 6),
                    _rounded(item.lat, 6),
                    _rounded(item.easting, 1),
                    _rounded(item.northing, 1),
                    _rounded(item.size, 4),
                    _rounded(item.capacity, 4),
                    names.get(item.site_id, item.site_id) if item.site_id else "uncovered",
                    item.site_id or None,
                    item.site_rank,
                    _rounded(to_display(item.seconds, "s"), 1) if item.site_id else None,
                    item.nearest_site_id or None,
                    _rounded(to_display(item.nearest_seconds, "s"), 1) if item.nearest_site_id else None,
                ),
                strict=True,
            )
        )
        for item in result.ranking.demand
    ]


def method_rows(result: Result) -> list[dict[str, Cell]]:
    """Give one row a site, best first: its rank by the study's own method, then by each method of combining."""
    methods = result.ranking.methods
    return [
        {"rank": site.rank, "site_id": site.site_id, "name": site.name, **{name: ranks[number] for name, ranks in methods.items()}}
        for number, site in enumerate(result.ranking.sites)
    ]


def write_csv(path: Path, columns: Sequence[str], rows: Sequence[Mapping[str, Cell]]) -> Path:
    """Write rows as UTF-8 CSV with unix line ends; text that would run as a formula is neutralised.

    Parameters
    ----------
    path : Path
        The file to make.
    columns : sequence of str
        In order; written also where there are no rows.
    rows : sequence of mapping
        Cells by column.

    Returns
    -------
    Path
        `path`.
    """
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow([neutralised(column) for column in columns])
        writer.writerows([[_text(row[column]) for column in columns] for row in rows])
    return path


def write_tables(result: Result, folder: Path) -> tuple[Path, ...]:
    """Write sites.csv, rejected.csv, demand.csv and methods.csv."""
    return (
        write_csv(folder / "sites.csv", site_columns(result), site_rows(result)),
        write_csv(folder / "rejected.csv", _REJECTED_COLUMNS, rejected_rows(result)),
        write_csv(folder / "demand.csv", demand_columns(result), demand_rows(result)),
        write_csv(folder / "methods.csv", ["rank", "site_id", "name", *result.ranking.methods], method_rows(result)),
    )


def _site_row(site: Site) -> dict[str, Cell]:
    row: dict[str, Cell] = {
        "rank": site.rank,
        "site_id": site.site_id,
        "name": site.name,
        "region": site.region,
        "lon": _rounded(site.lon, 6),
        "lat": _rounded(site.lat, 6),
        "easting": _rounded(site.easting, 1),
        "northing": _rounded(site.northing, 1),
        "grid_ref": site.grid_ref,
        "area_ha": _rounded(to_display(site.area_m2, "m2"), 2),
        "score": _rounded(site.score, 4),
        "tier": site.tier or None,
        "rank_p05": site.rank_p05,
        "rank_p95": site.rank_p95,
    }
    for part in site.contributions:
        row[value_column(part.slug, part.unit)] = _significant(to_display(part.value, part.unit))
        row[f"{part.slug}_utility"] = _rounded(part.utility, 6)
        row[f"{part.slug}_contribution"] = _rounded(part.points, 4)
    return row


def _rounded(value: float, places: int) -> float | None:
    return None if math.isnan(value) else round(float(value), places)


def _significant(value: float) -> float | None:
    return None if math.isnan(value) else float(f"{value:.7g}")


def _text(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        return neutralised(cell)
    if isinstance(cell, float) and math.isfinite(cell) and cell == int(cell):
        return str(int(cell))
    return repr(cell)


def _slugged(text: str) -> str:
    return slug(text).replace("-", "_")
