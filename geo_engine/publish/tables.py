"""Tables of a result: sites, rejected candidates and demand, as columns that CSV, GeoJSON and GeoPackage share.

Units stand in column names. A number stays a number: unknown is blank and unreachable is ``inf``.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping, Sequence
from pathlib import Path

from geo_engine.model import Connection, Contribution, Corridor, NoCorridor, Reach, Result, Route, Site, shape_of, slug
from geo_engine.units import display_unit, to_display

__all__ = [
    "Cell",
    "as_read",
    "connection_cells",
    "corridor_columns",
    "corridor_rows",
    "demand_columns",
    "demand_rows",
    "denatured",
    "measured_cells",
    "neutralised",
    "rejected_rows",
    "rounded",
    "route_cells",
    "site_columns",
    "site_rows",
    "value_column",
    "write_csv",
    "write_tables",
]

Cell = str | int | float | None
"""What a table's cell holds; None is blank."""

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_REJECTED_COLUMNS = (
    *("stage", "stage_name", "name", "region", "lon", "lat", "easting", "northing", "grid_ref", "area_ha", "score"),
    *("rule", "number", "unit", "detail"),
)


def neutralised(text: str) -> str:
    """Put an apostrophe before text that a spreadsheet would run as a formula.

    >>> neutralised("=1+1"), neutralised("Washington")
    ("'=1+1", 'Washington')
    """
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def denatured(text: str) -> str:
    """Take the apostrophe away again that `neutralised` put there.

    >>> denatured("'=1+1"), denatured("'s-Hertogenbosch"), denatured("-1.5")
    ('=1+1', "'s-Hertogenbosch", '-1.5')
    """
    return text[1:] if text.startswith("'") and text[1:].startswith(_FORMULA_STARTS) else text


def value_column(criterion_slug: str, si_unit: str) -> str:
    """Name the column of a criterion's raw value, with the unit that readers see.

    >>> value_column("grid_275", "m"), value_column("labour", "people"), value_column("zone", "")
    ('grid_275_value_km', 'labour_value_people', 'zone_value')
    >>> value_column("slope", "%"), value_column("woods", "share")
    ('slope_value_percent', 'woods_value_percent')
    """
    unit = display_unit(si_unit).replace("%", "percent")
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
        score and contributions, 0 to 1 in utilities. Tier and rank interval are blank until they are known. Where the study
        has a connection, kilometres and money of the corridor; blank without one, and the remark says why. Where it asks for
        routes, the facility, kilometres and minutes of each; blank where none can be reached.
    """
    rows = [_site_row(site) for site in result.ranking.sites]
    for row, marks in zip(rows, result.ranking.readiness, strict=bool(result.study.readiness)):
        row.update(readiness=marks.overall.word, readiness_untested=marks.untested)
    connection = result.study.connection
    if connection is not None:
        found = {answer.site_id: answer for answer in result.ranking.corridors}
        for row, site in zip(rows, result.ranking.sites, strict=True):
            row.update(connection_cells(connection, found.get(site.site_id)))
    reach = result.study.reach
    if reach is not None:
        told = {there.site_id: dict(there.routes) for there in result.ranking.reach}
        for row, site in zip(rows, result.ranking.sites, strict=True):
            row.update(route_cells(reach, told.get(site.site_id, {})))
    return rows


def site_columns(result: Result) -> list[str]:
    """Name the columns of `site_rows`, also where no site was found."""
    columns = ["rank", "site_id", "name", "region", "lon", "lat", "easting", "northing", "grid_ref", "area_ha", "score"]
    columns += ["tier", "rank_p05", "rank_p95", "perimeter_km", "compactness", "longest_side_km"]
    columns += ["usable_ha"] if result.study.sites.candidates else []
    columns += ["readiness", "readiness_untested"] if result.study.readiness else []
    for criterion in result.study.criteria:
        columns += [value_column(criterion.slug, criterion.measure.unit), f"{criterion.slug}_utility", f"{criterion.slug}_contribution"]
    if (connection := result.study.connection) is not None:
        columns += ["connection_target", "connection_km", "connection_weighted_km"]
        columns += [*(f"connection_{name}" for name in _cost_columns(connection)), "connection_remark"]
    if (reach := result.study.reach) is not None:
        columns += route_cells(reach, {})
    return columns


def corridor_columns(result: Result) -> list[str]:
    """Name the columns of `corridor_rows`."""
    columns = ["site_id", "rank", "site", "target", "target_accuracy_km", "straight_km", "length_km", "weighted_km"]
    costs = _cost_columns(result.study.connection) if result.study.connection else []
    return [*columns, *costs, *(["cost_basis"] if costs else []), "crosses", "remark"]


def corridor_rows(result: Result) -> list[tuple[Corridor, dict[str, Cell]]]:
    """Give each corridor with its row: kilometres, money, and the kilometres within each multiplier as text."""
    connection = result.study.connection
    sites = {site.site_id: site for site in result.ranking.sites}
    made: list[tuple[Corridor, dict[str, Cell]]] = []
    for corridor in result.ranking.corridors:
        if connection is None or isinstance(corridor, NoCorridor):
            continue
        basis = "; ".join(f"{row.name} ({row.year})" for row in corridor.costs)
        row: dict[str, Cell] = {
            "site_id": corridor.site_id,
            "rank": sites[corridor.site_id].rank,
            "site": sites[corridor.site_id].name,
            "target": corridor.target,
            "target_accuracy_km": rounded(corridor.accuracy_m / 1000.0, 3),
            "straight_km": rounded(corridor.straight_m / 1000.0, 3),
            "length_km": rounded(corridor.length_m / 1000.0, 3),
            "weighted_km": rounded(corridor.weighted_m / 1000.0, 3),
            "cost_basis": f"indicative: {basis}",
            "crosses": "; ".join(f"{name}: {metres / 1000.0:.3f} km" for name, metres in corridor.crosses) or None,
            "remark": corridor.remark or None,
        }
        made.append((corridor, row | _cost_cells(connection, corridor)))
    return made


def rejected_rows(result: Result) -> list[dict[str, Cell]]:
    """Give one row a candidate that was dropped, in the order of the sift: stage, rule, number, and a sentence with the number."""
    return [
        {
            "stage": int(item.stage),
            "stage_name": item.stage.name.lower(),
            "name": item.name,
            "region": item.region,
            "lon": rounded(item.lon, 6),
            "lat": rounded(item.lat, 6),
            "easting": rounded(item.easting, 1),
            "northing": rounded(item.northing, 1),
            "grid_ref": item.grid_ref,
            "area_ha": rounded(to_display(item.area_m2, "m2"), 2),
            "score": rounded(item.score, 4),
            "rule": item.rule,
            "number": rounded(item.number, 3),
            "unit": item.unit,
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
                    rounded(item.lon, 6),
                    rounded(item.lat, 6),
                    rounded(item.easting, 1),
                    rounded(item.northing, 1),
                    rounded(item.size, 4),
                    rounded(item.capacity, 4),
                    names.get(item.site_id, item.site_id) if item.site_id else "uncovered",
                    item.site_id or None,
                    item.site_rank,
                    rounded(to_display(item.seconds, "s"), 1) if item.site_id else None,
                    item.nearest_site_id or None,
                    rounded(to_display(item.nearest_seconds, "s"), 1) if item.nearest_site_id else None,
                ),
                strict=True,
            )
        )
        for item in result.ranking.demand
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
    """Write sites.csv, rejected.csv and demand.csv."""
    return (
        write_csv(folder / "sites.csv", site_columns(result), site_rows(result)),
        write_csv(folder / "rejected.csv", _REJECTED_COLUMNS, rejected_rows(result)),
        write_csv(folder / "demand.csv", demand_columns(result), demand_rows(result)),
    )


def _cost_columns(connection: Connection) -> list[str]:
    unit = _slugged(connection.currency)
    return [f"cost_{bound}_indicative_{unit}" for bound in ("low", "high")] if connection.costs else []


def _cost_cells(connection: Connection, corridor: Corridor | None) -> dict[str, Cell]:
    """Give the costs to three digits: more would promise what an indicative figure cannot hold."""
    costs = (corridor.cost_low, corridor.cost_high) if corridor is not None else (None, None)
    cells = [None if cost is None else float(f"{cost:.3g}") for cost in costs]
    return dict(zip(_cost_columns(connection), cells, strict=False))


def connection_cells(connection: Connection, answer: Corridor | NoCorridor | None) -> dict[str, Cell]:
    """Give target, length and cost of a corridor, as columns of a row of sites; blank without one, and the remark says why."""
    corridor = answer if isinstance(answer, Corridor) else None
    remark = answer.reason if isinstance(answer, NoCorridor) else corridor.remark if corridor else ""
    return {
        "connection_target": corridor.target if corridor else None,
        "connection_km": rounded(corridor.length_m / 1000.0, 3) if corridor else None,
        "connection_weighted_km": rounded(corridor.weighted_m / 1000.0, 3) if corridor else None,
        **{f"connection_{name}": cell for name, cell in _cost_cells(connection, corridor).items()},
        "connection_remark": remark or None,
    }


def route_cells(reach: Reach, told: Mapping[str, Route | None]) -> dict[str, Cell]:
    """Give facility, kilometres and minutes of each route, as columns of a row of sites."""
    cells: dict[str, Cell] = {}
    for wish in reach.routes:
        route = told.get(wish.name)
        cells[f"route_{wish.slug}_facility"] = route.facility if route else None
        cells[f"route_{wish.slug}_km"] = rounded(route.metres / 1000.0, 3) if route else None
        cells[f"route_{wish.slug}_minutes"] = rounded(to_display(route.seconds, "s"), 1) if route else None
    return cells


def _site_row(site: Site) -> dict[str, Cell]:
    shape = shape_of(site.geometry)
    row: dict[str, Cell] = {
        "rank": site.rank,
        "site_id": site.site_id,
        "name": site.name,
        "region": site.region,
        "lon": rounded(site.lon, 6),
        "lat": rounded(site.lat, 6),
        "easting": rounded(site.easting, 1),
        "northing": rounded(site.northing, 1),
        "grid_ref": site.grid_ref,
        "area_ha": rounded(to_display(site.area_m2, "m2"), 2),
        "score": rounded(site.score, 4),
        "tier": site.tier or None,
        "rank_p05": site.rank_p05,
        "rank_p95": site.rank_p95,
        "perimeter_km": rounded(shape.perimeter / 1000.0, 3),
        "compactness": rounded(shape.compactness, 4),
        "longest_side_km": rounded(shape.longest_side / 1000.0, 3),
    }
    if site.usable_m2 is not None:
        row["usable_ha"] = rounded(to_display(site.usable_m2, "m2"), 2)
    return row | measured_cells(site.contributions)


def measured_cells(parts: Sequence[Contribution]) -> dict[str, Cell]:
    """Give value, utility and contribution of each criterion, as columns of a row of sites."""
    row: dict[str, Cell] = {}
    for part in parts:
        row[value_column(part.slug, part.unit)] = _significant(to_display(part.value, part.unit))
        row[f"{part.slug}_utility"] = rounded(part.utility, 6)
        row[f"{part.slug}_contribution"] = rounded(part.points, 4)
    return row


def rounded(value: float, places: int) -> float | None:
    """Round a number for a table; None, a blank cell, for NaN."""
    return None if math.isnan(value) else round(float(value), places)


def _significant(value: float) -> float | None:
    return None if math.isnan(value) else float(f"{value:.7g}")


def as_read(row: Mapping[str, Cell]) -> dict[str, str]:
    """Give a row as texts, as a reader of the CSV gets it, but for apostrophes before formulas.

    >>> as_read({"name": "=1+1", "ha": 50.0, "score": None})
    {'name': '=1+1', 'ha': '50', 'score': ''}
    """
    return {column: cell if isinstance(cell, str) else _text(cell) for column, cell in row.items()}


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
