"""Charts: what adds up to a score, how sure ranks are, what moves the score of the best area."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from geo_engine.publish.report.figures.canvas import WIDE, in_style, paper, plain_axes, score_colours, words
from geo_engine.publish.style import ATTENTION, INK, LAND_BEYOND, MUTED, SCORE_STOPS

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["CHART_SHARE", "acceptability_svg", "contributions_svg", "tornado_svg"]

CHART_SHARE = 0.7
"""Of the text's width that a chart of contributions is drawn for: letters keep their size."""

_DARK = 0.5  # share from which a number is written in white
_LEAST = 0.005  # share that is worth a number


@in_style
def contributions_svg(parts: Sequence[tuple[str, float, float]]) -> Figure:
    """Draw what each criterion adds: a bar of its points within a frame of all that it could add.

    Parameters
    ----------
    parts : sequence of (str, float, float)
        Criterion, points, and the most it can add; NaN points are unknown.
    """
    figure = paper(CHART_SHARE * WIDE, 0.42 + 0.155 * max(len(parts), 1))
    axes = figure.add_subplot()
    at = np.arange(len(parts))[::-1]
    points = np.nan_to_num(np.array([part[1] for part in parts], np.float64))
    most = np.array([part[2] for part in parts], np.float64)
    axes.barh(at, most, height=0.62, facecolor=LAND_BEYOND, edgecolor=MUTED, linewidth=0.5)
    axes.barh(at, points, height=0.62, color=SCORE_STOPS[5][1])
    for place, (_, got, could) in zip(at, parts, strict=True):
        said = "unknown" if np.isnan(got) else f"{got:.1f} of {could:.1f}"
        axes.text(max(could, 0.0 if np.isnan(got) else got) + 0.15, place, said, va="center", fontsize=6.5)
    axes.set_yticks(at, [words(part[0], 58) for part in parts])
    axes.set_xlabel("points of the score: dark what it has, pale what it could have")
    axes.set_xlim(0, max(most.max(initial=1.0), points.max(initial=1.0)) * 1.16)
    plain_axes(axes)
    return figure


@in_style
def acceptability_svg(names: Sequence[str], shares: NDArray[np.float64]) -> Figure:
    """Draw in which share of the draws each area has each rank: darker is more, with the number where there is room.

    Parameters
    ----------
    names : sequence of str
        Of n areas, best first.
    shares : float64 ndarray, shape (n, ranks)
        0 to 1.
    """
    count, ranks = shares.shape
    figure = paper(WIDE, 0.65 + 0.2 * count)
    axes = figure.add_subplot()
    axes.pcolormesh(np.arange(ranks + 1) + 0.5, np.arange(count + 1) - 0.5, shares, cmap=score_colours(), vmin=0, vmax=1)
    for (row, column), share in np.ndenumerate(shares):
        if share >= _LEAST:
            colour = "#ffffff" if share > _DARK else INK
            axes.text(column + 1, row, f"{100 * share:.0f}", ha="center", va="center", fontsize=6, color=colour)
    axes.set_yticks(range(count), [f"{number}. {words(name)}" for number, name in enumerate(names, start=1)])
    axes.set_xticks(range(1, ranks + 1))
    axes.set_xlabel("rank; figures are per cent of the draws")
    axes.invert_yaxis()
    plain_axes(axes)
    return figure


@in_style
def tornado_svg(bars: Sequence[tuple[str, float, float, bool]]) -> Figure:
    """Draw how far the score of the best area goes down and up as one input moves; an input that takes the first place is marked.

    Parameters
    ----------
    bars : sequence of (str, float, float, bool)
        Input, points down (negative) and up, whether it takes the first place. The largest first.
    """
    figure = paper(WIDE, 0.5 + 0.185 * max(len(bars), 1))
    axes = figure.add_subplot()
    at = np.arange(len(bars))[::-1]
    axes.barh(at, [bar[1] for bar in bars], height=0.62, facecolor=LAND_BEYOND, edgecolor=INK, linewidth=0.6, hatch="////")
    axes.barh(at, [bar[2] for bar in bars], height=0.62, facecolor=SCORE_STOPS[5][1], edgecolor=INK, linewidth=0.6)
    axes.axvline(0, color=INK, linewidth=0.8)
    for place, bar in zip(at, bars, strict=True):
        if bar[3]:
            axes.text(max(bar[2], 0), place, "  another one is first", va="center", fontsize=6.5, color=ATTENTION)
    axes.set_yticks(at, [words(bar[0], 58) for bar in bars])
    axes.set_xlabel("change of the best one's score, points (hatched: it falls; dark: it rises)")
    axes.margins(x=0.2)
    plain_axes(axes)
    return figure
