"""The capture curve of a back-test: which share of the known sites the best share of the land holds."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

from geo_engine.errors import Fault, RunError
from geo_engine.publish.style import ATTENTION, FONT, INK, MUTED, PAPER, REGION_LINE, SCORE_STOPS

__all__ = ["Curve", "capture_svg", "write_capture_plot"]

_WIDTH, _HEIGHT, _SIDE, _LEFT, _TOP = 720, 540, 400, 70, 80
_STYLES = ((SCORE_STOPS[5][1], ""), (REGION_LINE, "7 4"), (ATTENTION, "2 4"))  # told apart by the stroke as well as by the colour
_TICKS = (0, 20, 40, 60, 80, 100)


@dataclass(frozen=True, slots=True)
class Curve:
    """One curve.

    Parameters
    ----------
    name : str
        For the legend.
    percentiles : tuple of float
        Of the known sites, 0 to 100; NaN is left out.
    """

    name: str
    percentiles: tuple[float, ...]


def write_capture_plot(title: str, curves: Sequence[Curve], path: Path) -> Path:
    """Write the plot.

    Raises
    ------
    RunError
        If the file does not end in ``.svg``, or cannot be written.
    """
    if path.suffix.lower() != ".svg":
        raise RunError(Fault(str(path), "is no SVG file", allowed="a name that ends in .svg"))
    try:
        path.write_text(capture_svg(title, curves), encoding="utf-8")
    except OSError as error:
        raise RunError(Fault(str(path), f"cannot be written: {error.strerror}", remedy="give another file")) from error
    return path


def capture_svg(title: str, curves: Sequence[Curve]) -> str:
    """Draw capture curves.

    Across: the best share of the land; up: the share of the known sites that it holds, a step a site. The diagonal is what chance gives.
    Beyond the steps of equal scores, the area below a curve is its AUC.

    Parameters
    ----------
    title : str
        Of the study.
    curves : sequence of Curve
        Three at most.

    Returns
    -------
    str
        An SVG document that needs nothing else.

    Examples
    --------
    >>> svg = capture_svg("Two sites", [Curve("this study", (75.0, 100.0))])
    >>> svg.count("<polyline"), "this study (sites: 2)" in svg
    (1, True)
    """
    bottom, right = _TOP + _SIDE, _LEFT + _SIDE
    frame = f'viewBox="0 0 {_WIDTH} {_HEIGHT}" width="{_WIDTH}" height="{_HEIGHT}" role="img"'
    middle = f"{_TOP + _SIDE / 2:g}"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {frame} font-family=\'{FONT}\' font-size="13" fill="{INK}">',
        f"<title>{escape(title)}</title>",
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="{PAPER}"/>',
        f'<text x="{_LEFT}" y="32" font-size="16" font-weight="600">Known sites in the best land</text>',
        f'<text x="{_LEFT}" y="56" fill="{MUTED}">{escape(title)}</text>',
    ]
    for tick in _TICKS:
        across, up = _LEFT + tick * _SIDE / 100, bottom - tick * _SIDE / 100
        parts += [
            f'<path d="M{across:g} {_TOP}V{bottom}M{_LEFT} {up:g}H{right}" stroke="{MUTED}" stroke-opacity="0.2"/>',
            f'<text x="{across:g}" y="{bottom + 20}" text-anchor="middle">{tick}</text>',
            f'<text x="{_LEFT - 8}" y="{up + 4:g}" text-anchor="end">{tick}</text>',
        ]
    parts += [
        f'<path d="M{_LEFT} {bottom}L{right} {_TOP}" stroke="{MUTED}" stroke-dasharray="1 5" stroke-linecap="round"/>',
        f'<text x="{_LEFT + _SIDE / 2:g}" y="{bottom + 42}" text-anchor="middle">Best share of the land, %</text>',
        f'<text x="20" y="{middle}" text-anchor="middle" transform="rotate(-90 20 {middle})">Known sites in it, %</text>',
    ]
    for number, curve in enumerate(curves):
        parts += _drawn(number, curve, bottom)
    chance = _TOP + 20 + len(curves) * 24
    parts += [
        f'<path d="M{right + 18} {chance - 4}h28" stroke="{MUTED}" stroke-dasharray="1 5" stroke-linecap="round"/>',
        f'<text x="{right + 52}" y="{chance}">chance</text>',
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _drawn(number: int, curve: Curve, bottom: int) -> list[str]:
    colour, dashes = _STYLES[number]
    reached = sorted(100.0 - percentile for percentile in curve.percentiles if not math.isnan(percentile))
    points = [(0.0, 0.0)]
    for count, share in enumerate(reached, start=1):
        points += [(share, points[-1][1]), (share, 100.0 * count / len(reached))]
    points.append((100.0, points[-1][1]))
    places = " ".join(f"{_LEFT + across * _SIDE / 100:.2f},{bottom - up * _SIDE / 100:.2f}" for across, up in points)
    stroke = f'stroke="{colour}" stroke-width="2.5"' + (f' stroke-dasharray="{dashes}"' if dashes else "")
    line = _TOP + 20 + number * 24
    legend = f"{curve.name} (sites: {len(reached)})"
    return [
        f'<polyline points="{places}" fill="none" {stroke}/>',
        f'<path d="M{_LEFT + _SIDE + 18} {line - 4}h28" {stroke}/>',
        f'<text x="{_LEFT + _SIDE + 52}" y="{line}">{escape(legend)}</text>',
    ]
