"""``needs.csv``: what the facility needs against what is there, site by site."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

from geo_engine.model import NeedAnswer, Result
from geo_engine.publish.tables import Cell, write_csv
from geo_engine.units import display_unit, format_quantity, to_display

__all__ = ["need_rows", "need_said", "needs_sentence", "write_needs"]

_COLUMNS = (
    *("site_id", "rank", "name", "need", "unit", "wanted", "there", "state", "short_by"),
    *("feature", "layer", "vintage", "accuracy", "remark", "basis"),
)


def write_needs(result: Result, path: Path) -> Path:
    """Write one row a site and need, best site first.

    Figures are in `unit`; what is there is blank where nothing is known, and short_by unless it is short.

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
    for site, answers in zip(result.ranking.sites, result.ranking.needs, strict=False):
        who: dict[str, Cell] = {"site_id": site.site_id, "rank": site.rank, "name": site.name}
        rows += [who | row for row in need_rows(answers)]
    return write_csv(path, _COLUMNS, rows)


def need_rows(answers: Sequence[NeedAnswer]) -> list[dict[str, Cell]]:
    """Give one row a need of a place, without whose it is."""
    rows: list[dict[str, Cell]] = []
    for answer in answers:
        row: dict[str, Cell] = {"need": answer.need, "unit": display_unit(answer.unit), "state": answer.state}
        row |= {name: _figure(getattr(answer, name), answer.unit) for name in ("wanted", "there", "short_by")}
        texts = ("feature", "layer", "vintage", "accuracy", "remark", "basis")
        rows.append(row | {name: getattr(answer, name) or None for name in texts})
    return rows


def needs_sentence(needs: Sequence[NeedAnswer]) -> str:
    """Say in one line what is met, short and unknown of a place; empty without needs.

    >>> needs_sentence([NeedAnswer("connection", "MVA", 150.0, 62.0, "short"), NeedAnswer("water", "m3 a day", 9.0, 0.0, "unknown")])
    'Needs: connection short by 88 MVA; water unknown.'
    """
    return f"Needs: {'; '.join(need_said(answer) for answer in needs)}." if needs else ""


def need_said(answer: NeedAnswer) -> str:
    """Say in a few words how it stands with one need."""
    by = f" by {format_quantity(answer.short_by, answer.unit)}" if answer.state == "short" else ""
    return f"{answer.need} {answer.state}{by}"


def _figure(value: float, unit: str) -> float | None:
    return None if math.isnan(value) else float(f"{to_display(value, unit):.7g}")
