"""Charts of many places at once: what is given up for what, and where known sites fall among the land."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from geo_engine.publish.report.figures.canvas import WIDE, in_style, paper, plain_axes, words
from geo_engine.publish.style import ATTENTION, INK, LAND_BEYOND, MUTED, SCORE_STOPS

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["known_svg", "label_offsets", "trade_svg", "unbeaten"]

_DARK = SCORE_STOPS[6][1]
_MOST_NAMED = 12
_LETTER = 6.5  # points: height of the letters beside a dot
_TOUCH = 0.1  # points: what only touches does not cover
_DOT = 3.0  # points: half the width of a dot


def unbeaten(gains: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Find what is beaten by nothing else: no other row is at least as good in every column and better in one.

    Parameters
    ----------
    gains : float64 ndarray, shape (n, columns)
        More is better; a row with NaN is compared with nothing and is False.

    Returns
    -------
    bool ndarray, shape (n,)

    Examples
    --------
    >>> unbeaten(np.array([[3.0, 1.0], [2.0, 2.0], [2.0, 1.0], [np.nan, 9.0]])).tolist()
    [True, True, False, False]
    """
    rows = gains.tolist()
    known = [row for row in rows if not any(map(math.isnan, row))]

    def beaten(row: list[float]) -> bool:
        return any(other != row and all(a >= b for a, b in zip(other, row, strict=True)) for other in known)

    return np.array([row in known and not beaten(row) for row in rows], np.bool_)


@in_style
def trade_svg(ranks: Sequence[str], across: NDArray[np.float64], scores: NDArray[np.float64], title: str, *, less: bool) -> Figure:
    """Draw the score of places against something else, the unbeaten ones joined by a line.

    Parameters
    ----------
    ranks : sequence of str
        One a place, written beside it.
    across : float64 ndarray, shape (n, 2)
        Low and high of what stands against the score; the same twice where it has no range. NaN rows are left out.
    scores : float64 ndarray, shape (n,)
        0 to 100.
    title : str
        Of the axis.
    less : bool
        Whether less of it is better.
    """
    figure = paper(WIDE, 2.8)
    axes = figure.add_subplot()
    middle = across.mean(axis=1)
    best = unbeaten(np.column_stack([-middle if less else middle, scores]))
    front = np.flatnonzero(best)[np.argsort(middle[best], kind="stable")]
    axes.plot(middle[front], scores[front], color=_DARK, linewidth=1.3, zorder=2)
    axes.hlines(scores, across[:, 0], across[:, 1], color=MUTED, linewidth=0.8, zorder=1)
    axes.plot(middle[~best], scores[~best], "o", color="#ffffff", markeredgecolor=MUTED, markersize=5, linestyle="none", zorder=3)
    axes.plot(middle[best], scores[best], "D", color=_DARK, markersize=5.5, linestyle="none", zorder=4)
    axes.set_xlabel(title)
    axes.set_ylabel("score")
    axes.margins(x=0.06, y=0.1)
    plain_axes(axes)
    figure.draw_without_rendering()  # limits and layout are settled only then
    shown = [number for number in range(len(ranks)) if not math.isnan(middle[number])]
    dots = axes.transData.transform(np.column_stack([middle[shown], scores[shown]])) * (72 / figure.dpi)
    for number, offset in zip(shown, label_offsets(dots, [ranks[each] for each in shown]), strict=True):
        axes.annotate(ranks[number], (middle[number], scores[number]), offset, textcoords="offset points", fontsize=_LETTER,
                      ha="center", va="center", fontweight="bold" if best[number] else "normal", zorder=5,
                      bbox={"facecolor": "#ffffff", "alpha": 0.75, "linewidth": 0, "pad": 0.2})  # fmt: skip
    return figure


def label_offsets(dots: NDArray[np.float64], labels: Sequence[str]) -> list[tuple[float, float]]:
    """Find where each label stands beside its dot, so that it covers no other dot and no other label where there is room.

    Parameters
    ----------
    dots : float64 ndarray, shape (n, 2)
        In points.
    labels : sequence of str
        One a dot.

    Returns
    -------
    list of (float, float)
        Points from the dot to the middle of its label: at the right above if nothing is in the way, else the free place that is nearest.

    Examples
    --------
    >>> label_offsets(np.array([[0.0, 0.0], [50.0, 0.0]]), ["1", "2"])
    [(4.95, 5.0), (4.95, 5.0)]
    """
    taken = [(x, y, _DOT, _DOT) for x, y in dots.tolist()]  # middle and half sides of what stands there
    found = []
    for (x, y), label in zip(dots.tolist(), labels, strict=True):
        half, tall = 0.3 * _LETTER * len(label), 0.5 * _LETTER
        places = [
            (across * (_DOT + half + 0.3 * out), up * (5.0 + out))
            for out in (0.0, 5.0, 10.0, 16.0)
            for across, up in ((1, 1), (-1, 1), (1, -1), (-1, -1), (0, 1.4), (0, -1.4))
        ]
        crossed = [
            sum(abs(x + dx - u) < half + w - _TOUCH and abs(y + dy - v) < tall + h - _TOUCH for u, v, w, h in taken) for dx, dy in places
        ]
        dx, dy = places[int(np.argmin(crossed))]
        taken.append((x + dx, y + dy, half, tall))
        found.append((round(dx, 6), round(dy, 6)))
    return found


@in_style
def known_svg(land: NDArray[np.float64], names: Sequence[str], scores: NDArray[np.float64]) -> Figure:
    """Draw how much land has which score, and over it where known sites fall, each with its name.

    Parameters
    ----------
    land : float64 ndarray, shape (100,)
        Hectares by whole points of score.
    names : sequence of str
        Of the known sites.
    scores : float64 ndarray, shape (sites,)
        NaN is left out.
    """
    order = [number for number in np.argsort(scores, kind="stable").tolist() if not math.isnan(scores[number])]
    named = order[-_MOST_NAMED:]
    figure = paper(WIDE, 2.4 + 0.17 * len(named))
    axes = figure.add_subplot()
    top = float(land.max(initial=1.0)) / 1000.0
    axes.stairs(land / 1000.0, np.arange(101.0), fill=True, facecolor=LAND_BEYOND, edgecolor=MUTED, linewidth=0.8)
    for place, number in enumerate(named):
        height = top * (1.12 + 0.09 * place)
        axes.plot([scores[number]] * 2, [0, height], color=ATTENTION, linewidth=0.9)
        axes.plot(scores[number], height, "D", color=ATTENTION, markersize=4.5, markeredgecolor=INK, markeredgewidth=0.5)
        left = scores[number] > 40  # noqa: PLR2004 - the name stands where there is room, and over no line of a lower score
        axes.annotate(f"{words(names[number], 44)} {scores[number]:.1f}", (scores[number], height), (-6 if left else 6, 0),
                      textcoords="offset points", ha="right" if left else "left", va="center", fontsize=6.5, zorder=5,
                      bbox={"facecolor": "#ffffff", "alpha": 0.85, "linewidth": 0, "pad": 0.6})  # fmt: skip
    for number in order[:-_MOST_NAMED]:
        axes.plot([scores[number]] * 2, [0, top], color=ATTENTION, linewidth=0.9)
    axes.set_xlim(0, 100)
    axes.set_ylim(0, top * (1.15 + 0.09 * len(named)))
    axes.set_xlabel("score")
    axes.set_ylabel("thousand ha of land")
    plain_axes(axes)
    return figure
