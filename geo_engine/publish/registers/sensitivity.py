"""``sensitivity.csv``: one input of the study moved at a time, and what that does to the ranking."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

from geo_engine.model import Criterion, Move, Result
from geo_engine.publish.tables import Cell, write_csv
from geo_engine.units import display_unit, to_display

__all__ = ["moved_input", "write_sensitivity"]

_TOLD = 10  # areas that have columns of their own
_SHARES = {"weight", "left out"}
_COLUMNS = (
    "criterion",
    "input",
    "moved_by",
    "before",
    "after",
    "unit",
    "first_site_id",
    "first_name",
    "ten_best_kept",
    "kendall_tau",
    *(f"site_{place}_{what}" for place in range(1, _TOLD + 1) for what in ("score", "rank")),
)


def moved_input(criterion: Criterion, move: Move) -> tuple[float, float, str]:
    """Give what an input was and what it is moved to, in the unit that readers see, and that unit; empty for shares.

    Parameters
    ----------
    criterion : Criterion
        Whose input it is.
    move : Move
        What was moved.

    Returns
    -------
    before, after : float
        Shares to six decimals, quantities to seven digits.
    unit : str
        Of a quantity.
    """
    if move.what in _SHARES:
        return round(move.before, 6), round(move.after, 6), ""
    unit = criterion.measure.unit
    before, after = (float(f"{to_display(quantity, unit):.7g}") for quantity in (move.before, move.after))
    return before, after, display_unit(unit)


def write_sensitivity(result: Result, path: Path) -> Path:
    """Write one row a move, by criterion: its weight down and up, each threshold down and up, the criterion left out.

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
    sites = result.ranking.sites
    names = [(site.site_id, site.name) for site in sites]
    return write_csv(path, _COLUMNS, [_row(result.study.criteria[move.criterion], move, names) for move in result.ranking.moves])


def _row(criterion: Criterion, move: Move, names: Sequence[tuple[str, str]]) -> dict[str, Cell]:
    before, after, unit = moved_input(criterion, move)
    site_id, name = names[move.leader]
    row: dict[str, Cell] = {**dict.fromkeys(_COLUMNS), "criterion": criterion.slug, "input": move.what, "moved_by": round(move.moved_by, 6)}
    row |= {"before": before, "after": after, "unit": unit or None, "first_site_id": site_id, "first_name": name}
    row |= {"ten_best_kept": move.kept, "kendall_tau": None if math.isnan(move.tau) else round(move.tau, 6)}
    for place, (score, rank) in enumerate(zip(move.scores[:_TOLD], move.ranks[:_TOLD], strict=True), start=1):
        row[f"site_{place}_score"] = round(score, 4)
        row[f"site_{place}_rank"] = rank
    return row
