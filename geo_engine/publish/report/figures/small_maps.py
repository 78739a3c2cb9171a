"""Small maps side by side: the sift stage by stage, and the regions of a study."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from geo_engine.publish import style
from geo_engine.publish.report.answers import StageLand
from geo_engine.publish.report.figures.canvas import WIDE, in_style, paper, score_colours, words

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["RegionMap", "regions_svg", "stages_svg"]

_GONE, _LEFT, _OFF = "#d9d4c7", style.SCORE_STOPS[6][1], "#ffffff"
_STAGES_ACROSS, _REGIONS_ACROSS = 5, 4
_TALLEST = 1.5  # of a small map, to its width


@dataclass(frozen=True, eq=False)
class RegionMap:
    """A region as a small map.

    Parameters
    ----------
    title : str
        Of the region.
    score : float32 ndarray, shape (rows, columns)
        Of the land, thinned; NaN off it.
    restricted : bool ndarray of that shape
        Land that a rule keeps out.
    places : float64 ndarray, shape (n, 2)
        Columns and rows of its best sites on the small map, the best first.
    said : str
        Under the title: the best score, or that none was found.
    """

    title: str
    score: NDArray[np.float32]
    restricted: NDArray[np.bool_]
    places: NDArray[np.float64]
    said: str


@in_style
def stages_svg(stages: Sequence[StageLand]) -> Figure:
    """Draw a small map of each stage.

    What is left is dark, or in the colour of what the stage's criteria are worth there; orange is what the stage takes, pale what went
    before.
    """
    from matplotlib.colors import ListedColormap  # noqa: PLC0415 - an extra

    first = stages[0].left | stages[0].taken
    figure, cells = _sheet(len(stages), _STAGES_ACROSS, first.shape[0] / first.shape[1])
    flat = ListedColormap([_OFF, _GONE, style.ATTENTION, _LEFT])
    for number, (axes, stage) in enumerate(zip(cells, stages, strict=False), start=1):
        kinds = np.where(stage.left, 3, np.where(stage.taken, 2, np.where(first, 1, 0)))
        if number == len(stages):
            kinds = np.where(stage.left, 3, np.where(first, 1, 0))  # the last shows what was found, and no land that was not
        axes.imshow(kinds, cmap=flat, vmin=0, vmax=3, interpolation="nearest")
        if stage.worth is not None:
            worth = np.where(stage.left, stage.worth, np.nan)
            axes.imshow(100 * worth, cmap=score_colours(), vmin=0, vmax=100, interpolation="nearest")
        axes.set_title(_named(number, stage, last=number == len(stages)), fontsize=6.5, loc="left")
    return figure


def _named(number: int, stage: StageLand, *, last: bool) -> str:
    lines = textwrap.wrap(words(f"{number}. {stage.name}", 40), 20)
    return "\n".join([*lines, f"{stage.count:,} ranked" if last else f"{stage.hectares:,.0f} ha left"])


@in_style
def regions_svg(regions: Sequence[RegionMap]) -> Figure:
    """Draw each region with the score of its land, restricted land in grey, and its best sites, the best one largest."""
    shapes = [region.score.shape for region in regions]
    tall = float(np.median([rows / cols for rows, cols in shapes])) if shapes else 1.0
    figure, cells = _sheet(len(regions), _REGIONS_ACROSS, tall)
    for axes, region in zip(cells, regions, strict=False):
        axes.imshow(region.score, cmap=score_colours(), vmin=0, vmax=100, interpolation="nearest")
        axes.imshow(np.where(region.restricted, 0.7, np.nan), cmap="gray", vmin=0, vmax=1, interpolation="nearest")
        for rank, (x, y) in reversed(list(enumerate(region.places.tolist(), start=1))):
            axes.plot(x, y, "o", markersize=5.5 if rank == 1 else 3, markerfacecolor=style.ATTENTION if rank == 1 else "#ffffff",
                      markeredgecolor=style.INK, markeredgewidth=0.6)  # fmt: skip
        axes.set_title(f"{words(region.title, 26)}\n{region.said}", fontsize=7, loc="left")
    return figure


def _sheet(count: int, across: int, tall: float) -> tuple[Figure, list[Axes]]:
    """Give a figure with room for so many maps of a height to width, and their axes without frames."""
    rows = max(1, math.ceil(count / across))
    figure = paper(WIDE, rows * (WIDE / across * min(tall, _TALLEST) + 0.5))
    cells = [figure.add_subplot(rows, across, number) for number in range(1, count + 1)]
    for axes in cells:
        axes.set_axis_off()
        axes.set_anchor("NW")
    return figure, cells
