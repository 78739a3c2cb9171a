"""How sure the ranking is: draws, one input at a time, other methods, scenarios."""

from __future__ import annotations

import numpy as np

from geo_engine.publish.report.figures import acceptability_svg, tornado_svg
from geo_engine.publish.report.filed import Filed, figure_of
from geo_engine.publish.report.phrases import DASH, listed, number, share_said
from geo_engine.publish.report.sections.sure.known import known_sites
from geo_engine.publish.report.sections.sure.trade import trade_off
from geo_engine.publish.report.tree import Figure, Paragraph, Part, Section, Table

__all__ = ["sureness"]

_SHOWN_RANKS = 15
_AREAS = 15
_BARS = 14
_NAMES = frozenset({"owa", "topsis", "vikor", "promethee", "ii"})


def sureness(filed: Filed) -> Section:
    """Write the draws, the tornado of single moves, other ways to combine, and scenarios that were run."""
    if not filed.sites:
        return Section("How sure the ranking is", (Paragraph("There is no ranking to be sure of."), known_sites(filed)))
    parts: list[Part] = [*_draws(filed), *_tornado(filed), *trade_off(filed), *_methods(filed), *_scenarios(filed), known_sites(filed)]
    return Section("How sure the ranking is", tuple(parts), new_page=True)


def _draws(filed: Filed) -> tuple[Part, ...]:
    told = filed.rows("acceptability")[:_AREAS]
    if not told:
        return (Paragraph("Nothing was drawn."),)
    columns = [name for name in told[0] if name.startswith("rank_") and name.removeprefix("rank_").isdigit()][:_SHOWN_RANKS]
    shares = np.nan_to_num(np.array([[figure_of(row, name) for name in columns] for row in told], np.float64))
    drawn = filed.record["robustness"]
    ahead = sorted((row for row in told if figure_of(row, "first") > 0), key=lambda row: -figure_of(row, "first"))
    first = [f"{row['name']} {share_said(figure_of(row, 'first'))}" for row in ahead]
    opened = (
        f"Weights were drawn {int(drawn['draws']):,} times ({drawn['weights']}) and data {int(drawn['data_draws']):,} "
        "times within their stated "
        f"accuracy. First in the draws: {listed(first, most=6)}. Not drawn: {listed(list(drawn['not_drawn']))}."
    )
    figure = Figure(
        f"How often each {filed.one} has each rank, in per cent of the draws",
        f"A table in shades, a row for each and a column a rank. Share of draws in which each is first: {listed(first, most=6)}.",
        acceptability_svg([row["name"] for row in told], shares),
    )
    return (Section("Draws of weights and data", (Paragraph(opened), figure)),)


def _tornado(filed: Filed) -> tuple[Part, ...]:
    moves = filed.rows("sensitivity")
    best = filed.sites[0]
    base = figure_of(best, "score")
    names = {criterion.slug: criterion.label for criterion in filed.study.criteria}
    spans: dict[tuple[str, str], list[tuple[float, bool]]] = {}
    for row in moves:
        change = figure_of(row, "site_1_score") - base
        spans.setdefault((row["criterion"], row["input"]), []).append((change, row["first_site_id"] != best["site_id"]))
    bars = [
        (f"{names.get(slug, slug)}: {what}", min(0.0, *(c for c, _ in told)), max(0.0, *(c for c, _ in told)), any(w for _, w in told))
        for (slug, what), told in spans.items()
    ]
    loses = [bar[0] for bar in bars if bar[3]]
    bars = sorted(bars, key=lambda bar: (-(bar[2] - bar[1]), bar[0]))[:_BARS]
    if not bars:
        return ()
    by = sorted({share_said(abs(figure_of(row, "moved_by"))) for row in moves if row["input"] == "weight"})
    opened = (
        f"Each weight was moved down and up by {listed(by) if by else 'a share'} of itself, each threshold by a share "
        "of its span, each criterion left "
        f"out, one at a time. The largest effect on the score of {best['name']} has '{bars[0][0]}': "
        f"{number(bars[0][1])} to {number(bars[0][2])} "
        f"points. {f'Another {filed.one} comes first by: {listed(loses)}.' if loses else 'None of the moves puts another one first.'}"
    )
    figure = Figure(
        f"What moves the score of {best['name']} ({number(base)}), the largest first",
        "Bars to the left and right of no change: " + "; ".join(f"{bar[0]} {number(bar[1])} to {number(bar[2])}" for bar in bars) + ".",
        tornado_svg(bars),
    )
    return (Section("One input at a time", (Paragraph(opened), figure)),)


def _methods(filed: Filed) -> tuple[Part, ...]:
    told = filed.rows("methods")[:10]
    if not told:
        return ()
    names = [name for name in told[0] if name not in {"rank", "site_id", "name"}]
    rows = tuple(
        (
            _way_said(name),
            next((row["name"] for row in told if row[name] == "1"), f"another {filed.one}"),
            str(sum(bool(row[name]) and int(row[name]) <= 10 for row in told)),  # noqa: PLR2004 - the ten best
        )
        for name in names
    )
    opened = "The same utilities, combined otherwise. A weighted sum lets a strength make up for a weakness; others do not, or less."
    table = Table(
        "Ways to combine the criteria", ("way", "first by it", "of the ten best here, among its ten best"), rows, (2, 3, 2), frozenset({2})
    )
    return (Section("Other ways to combine", (Paragraph(opened), table)),)


def _way_said(column: str) -> str:
    """Name a way to combine as its authors do.

    >>> _way_said("weighted_sum"), _way_said("promethee_ii"), _way_said("owa_alpha_0.5")
    ('weighted sum', 'PROMETHEE II', 'OWA alpha 0.5')
    """
    return " ".join(word.upper() if word in _NAMES else word for word in column.split("_"))


def _scenarios(filed: Filed) -> tuple[Part, ...]:
    rows = []
    for key, scenario in filed.study.scenarios.items():
        there = filed.scenarios.get(key, ())
        best = f"{there[0]['name']} ({number(figure_of(there[0], 'score'))})" if there else "not run for this region"
        kept = {row["site_id"] for row in filed.sites[:10]} & {row["site_id"] for row in there[:10]}
        rows.append((scenario.title, scenario.why, best, str(len(kept)) if there else DASH))
    if not rows:
        return ()
    columns = ("scenario", "its reasoning", "first in it", f"same {filed.noun} among the ten best")
    return (Section("Scenarios", (Table("The study seen otherwise", columns, tuple(rows), (1.4, 5, 2, 1.2), frozenset({3})),)),)
