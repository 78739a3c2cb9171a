"""``near_misses.csv``: land that fails one rule only, and the areas that would be found there."""

from __future__ import annotations

from pathlib import Path

from geo_engine.model import Result
from geo_engine.publish.tables import Cell, write_csv
from geo_engine.units import to_display

__all__ = ["write_near_misses"]

_COLUMNS = (
    "rule",
    "hectares",
    "rank",
    "name",
    "region",
    "lon",
    "lat",
    "easting",
    "northing",
    "grid_ref",
    "area_ha",
    "score",
    "fails_share",
)


def write_near_misses(result: Result, path: Path) -> Path:
    """Write one row an area, best first within its rule; a rule without areas has one row with blanks.

    Parameters
    ----------
    result : Result
        One region of one study.
    path : Path
        The file to make.

    Returns
    -------
    Path
        `path`.
    """
    rows: list[dict[str, Cell]] = []
    for miss in result.near_misses:
        head: dict[str, Cell] = {**dict.fromkeys(_COLUMNS), "rule": miss.rule, "hectares": round(miss.hectares, 4)}
        rows += [
            head
            | {
                "rank": area.rank,
                "name": area.name,
                "region": area.region,
                "lon": round(area.lon, 6),
                "lat": round(area.lat, 6),
                "easting": round(area.easting, 1),
                "northing": round(area.northing, 1),
                "grid_ref": area.grid_ref,
                "area_ha": round(to_display(area.area_m2, "m2"), 2),
                "score": round(area.score, 4),
                "fails_share": round(area.failing_share, 4),
            }
            for area in miss.areas
        ] or [head]
    return write_csv(path, _COLUMNS, rows)
