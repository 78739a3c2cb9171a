"""Paper to draw on: matplotlib's figure without its state, and the SVG of it, the same bytes for the same drawing."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, ParamSpec

from geo_engine.errors import Fault, RunError
from geo_engine.publish.style import INK, MUTED, SCORE_STOPS

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.colors import Colormap
    from matplotlib.figure import Figure

__all__ = ["WIDE", "in_style", "paper", "plain_axes", "score_colours", "words"]

P = ParamSpec("P")

WIDE = 6.7
"""Inches of a drawing as wide as the text."""

_STYLE: Any = {  # matplotlib's own type of its settings is a list of their names
    "font.family": "DejaVu Sans",
    "font.size": 7.5,
    "text.color": INK,
    "axes.edgecolor": MUTED,
    "axes.labelcolor": INK,
    "axes.linewidth": 0.6,
    "xtick.color": INK,
    "ytick.color": INK,
    "text.parse_math": False,  # a dollar in a name is a dollar
    "svg.fonttype": "path",
    "svg.hashsalt": "geo_engine",
    "hatch.linewidth": 0.5,
}


def in_style(draw: Callable[P, Figure]) -> Callable[P, bytes]:
    """Turn a function that draws a figure into one that gives its SVG: the one style, letters as outlines, no date, no random names.

    Raises
    ------
    RunError
        If matplotlib, of the extra ``report``, is not installed.
    """

    @wraps(draw)
    def drawn(*args: P.args, **kwargs: P.kwargs) -> bytes:
        try:
            from matplotlib import rc_context  # noqa: PLC0415 - an extra
            from matplotlib.backends.backend_svg import FigureCanvasSVG  # noqa: PLC0415
        except ImportError as error:
            raise RunError(Fault("report", "needs matplotlib and typst", remedy="pip install 'geo-engine[report]'")) from error
        with rc_context(_STYLE), io.BytesIO() as out:
            canvas: Any = FigureCanvasSVG(draw(*args, **kwargs))
            canvas.print_svg(out, metadata={"Date": None, "Creator": None})  # the same bytes as of savefig, which draws twice
            return out.getvalue()

    return drawn


def paper(width: float, height: float) -> Figure:
    """Give an empty figure of so many inches."""
    from matplotlib.figure import Figure  # noqa: PLC0415 - an extra

    return Figure(figsize=(width, height), layout="constrained")


def score_colours() -> Colormap:
    """Give the ramp of scores as a colour map from 0 to 100."""
    from matplotlib.colors import LinearSegmentedColormap  # noqa: PLC0415

    return LinearSegmentedColormap.from_list("score", [(score / 100.0, colour) for score, colour in SCORE_STOPS])


def plain_axes(axes: Axes) -> None:
    """Leave of an axes' frame what a chart needs: no lines above and to the right."""
    axes.spines[["top", "right"]].set_visible(False)


def words(text: str, most: int = 34) -> str:
    """Shorten a label to `most` letters, so that it stays in its place.

    >>> words("Distance to a 275 kV substation (not capacity)", 20), words("A $5 site")
    ('Distance to a 275 k…', 'A $5 site')
    """
    return text if len(text) <= most else text[: most - 1] + "…"
