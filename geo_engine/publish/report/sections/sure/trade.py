"""What is given up for what: the score against the cost of a connection, and against the weakest side of a place."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from geo_engine.publish.report.figures import trade_svg, unbeaten
from geo_engine.publish.report.filed import Filed, Row, figure_of
from geo_engine.publish.report.phrases import count_said, listed, number
from geo_engine.publish.report.tree import Figure, Paragraph, Part, Section

__all__ = ["trade_off"]

Float = NDArray[np.float64]


def trade_off(filed: Filed) -> tuple[Section, ...]:
    """Write which places no other one beats in score and in cost together, and in score and weakest side together."""
    rows = filed.sites
    if len(rows) < 2:  # noqa: PLR2004 - one place is given up for nothing
        return ()
    parts: list[Part] = []
    scores = np.array([figure_of(row, "score") for row in rows])
    columns = [name for name in rows[0] if name.startswith("connection_cost_")]
    if filed.study.connection is not None and columns:
        costs = np.array([[figure_of(row, columns[0]), figure_of(row, columns[-1])] for row in rows])
        if (~np.isnan(costs).any(axis=1)).sum() > 1:
            parts += _front(filed, rows, costs, scores, f"indicative cost of the corridor, {filed.study.connection.currency}", less=True)
    weakest = np.array([_weakest(filed, row) for row in rows])
    parts += _front(filed, rows, np.column_stack([weakest, weakest]), scores, "utility of its weakest criterion, 0 to 1", less=False)
    return (Section("What is given up for what", tuple(parts)),)


def _weakest(filed: Filed, row: Row) -> float:
    told = [figure_of(row, f"{criterion.slug}_utility") for criterion in filed.study.criteria]
    return float(np.min(told))


def _front(filed: Filed, rows: tuple[Row, ...], across: Float, scores: Float, what: str, *, less: bool) -> tuple[Part, ...]:
    middle = across.mean(axis=1)
    best = unbeaten(np.column_stack([-middle if less else middle, scores]))
    named = [f"{rows[n]['name']} ({number(scores[n])}; {middle[n]:.3g})" for n in np.flatnonzero(best).tolist()]
    beaten = int((~best & ~np.isnan(middle)).sum())
    better = "lower" if less else "higher"
    rest = f" {count_said(beaten, 'other one is', 'others are').capitalize()} beaten on both by one of these." if beaten else ""
    best_said = count_said(len(named), f"{filed.one} is", f"{filed.noun} are").capitalize()
    said = f"Score against {what}; {better} is better. {best_said} beaten on both by no other: {listed(named, most=8)}.{rest}"
    ends = " A thin line runs from the low end of the cost to the high one; the middle is compared." if less else ""
    figure = Figure(
        f"Score against {what}: those that no other beats are dark and joined by a line; numbers are ranks",
        f"A scatter of {len(rows)} {filed.noun}. Not beaten: {listed(named)}.",
        trade_svg([row["rank"] for row in rows], across, scores, what, less=less),
    )
    return (Paragraph(said + ends), figure)
