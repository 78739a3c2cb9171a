"""``site_cells.csv``: the areas cell by cell with what was measured there, from which any score can be made again."""

from __future__ import annotations

from pathlib import Path

from geo_engine.model import Result
from geo_engine.publish.tables import Cell, write_csv

__all__ = ["write_cells"]


def write_cells(result: Result, path: Path) -> Path:
    """Write one row a cell: the area, the cell's centre in metres, its weight in the area's mean, and a column ``<criterion>_si`` each.

    Quantities are in SI and in full, so that reading them gives the same float32; unknown is ``nan``, unreachable ``inf``.

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
    measured = [f"{criterion.slug}_si" for criterion in result.study.criteria]
    rows: list[dict[str, Cell]] = []
    for site in result.ranking.sites:
        eastings, northings = result.surface.grid.centres(site.rows, site.cols)
        weights = site.cell_weights
        for number, column in enumerate(site.quantities.T):
            row: dict[str, Cell] = {"site_id": site.site_id, "easting": float(eastings[number]), "northing": float(northings[number])}
            row["weight"] = float(weights[number])
            rows.append(row | {name: float(value) for name, value in zip(measured, column, strict=True)})
    return write_csv(path, ["site_id", "easting", "northing", "weight", *measured], rows)
