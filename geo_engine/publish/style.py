"""Colours, symbols and type of everything that is published: the one style file.

The score ramp falls in luminance from end to end, so that it reads in grey and under every common colour
blindness; symbols differ by shape as well as by colour.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

__all__ = [
    "ALL_RULES",
    "ATTENTION",
    "BAND_ENDS",
    "CORRIDOR_COLOUR",
    "COVERED",
    "DARK",
    "FONT",
    "FORCED_LAND",
    "FREE_LAND",
    "INK",
    "LAND",
    "LAND_BEYOND",
    "LIGHT",
    "LINE_COLOURS",
    "MOTORWAY",
    "MOVED_STOPS",
    "MUTED",
    "PAPER",
    "REGION_LINE",
    "ROAD",
    "ROUTE_COLOURS",
    "RULE_STYLES",
    "SCORE_STOPS",
    "SEA",
    "SITE_LINE",
    "SYMBOLS",
    "UNCOVERED",
    "UNKNOWN_LAND",
    "UNREACHABLE_LAND",
    "VEIL",
    "HatchStyle",
    "Symbol",
    "band_colours",
    "is_line",
    "score_palette",
    "symbol_for",
]

FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif'
INK, MUTED, PAPER = "#1b2430", "#52606d", "#ffffff"
ATTENTION = "#c2410c"
SEA, LAND, LAND_BEYOND = "#dbe5ec", "#f6f4ee", "#e9e8e3"
REGION_LINE, MOTORWAY, ROAD = "#5b6673", "#8f3b76", "#9a8f80"

LIGHT: Mapping[str, str] = {
    "ink": INK,
    "muted": MUTED,
    "paper": PAPER,
    "raised": "#ffffff",
    "sunken": "#f1f5f8",
    "line": "#dde3e8",
    "edge": "#8a949e",
    "accent": "#1f5f8b",
    "on-accent": "#ffffff",
    "badge": "#16324f",
    "attention": ATTENTION,
    "warn": "#5c3a07",
    "warn-paper": "#fdf4e3",
    "good": "#15603f",
    "amber": "#8a5a00",
    "red": "#b42318",
    "earned": "#2a6f9b",
    "missed": "#c9d6df",
    "focus": "#1d4ed8",
    "sea": SEA,
    "land": LAND,
    "land-beyond": LAND_BEYOND,
    "coast": "#7d8f9e",
    "region-line": REGION_LINE,
    "motorway": MOTORWAY,
    "road": ROAD,
    "label": "#26313d",
    "halo": "#ffffff",
}
"""Names of the page's colours, and the colours by day."""

DARK: Mapping[str, str] = {
    "ink": "#e8edf2",
    "muted": "#a9b6c2",
    "paper": "#151b22",
    "raised": "#1e262f",
    "sunken": "#222c36",
    "line": "#323d49",
    "edge": "#7d8a97",
    "accent": "#7cc0ee",
    "on-accent": "#0d1319",
    "badge": "#c9dcec",
    "attention": "#ff9b6b",
    "warn": "#f3d9a8",
    "warn-paper": "#33291a",
    "good": "#7fd6a8",
    "amber": "#f2c14e",
    "red": "#ff8f86",
    "earned": "#5aa7d6",
    "missed": "#3a4754",
    "focus": "#9cc4ff",
    "sea": "#10202c",
    "land": "#3a3f42",
    "land-beyond": "#2a2f33",
    "coast": "#5c7080",
    "region-line": "#b9c3cc",
    "motorway": "#e08fc9",
    "road": "#9d968b",
    "label": "#f2f5f8",
    "halo": "#10161c",
}
"""The same by night."""

SCORE_STOPS: tuple[tuple[float, str], ...] = (
    (0.0, "#fff8dc"),
    (20.0, "#dde0a0"),
    (35.0, "#abd095"),
    (50.0, "#74bf9f"),
    (65.0, "#3c9ba3"),
    (80.0, "#2a6f9b"),
    (90.0, "#2a4a86"),
    (100.0, "#1f1c52"),
)
"""Score, 0 to 100, and its colour; straight lines in sRGB between."""


MOVED_STOPS: tuple[tuple[float, str], ...] = (
    (0.0, "#8c510a"),
    (25.0, "#d8b365"),
    (50.0, "#f5f5f5"),
    (75.0, "#5ab4ac"),
    (100.0, "#01665e"),
)
"""What a planner's weights change, from a loss to a gain, nothing in the middle: ColorBrewer's BrBG, safe for colour-blind readers."""


@dataclass(frozen=True, slots=True)
class Symbol:
    """A sign on the map: shape and colour.

    Parameters
    ----------
    shape : str
        ``circle``, ``square``, ``triangle``, ``diamond``, ``pentagon``, ``star``, ``plus`` or ``cross`` for points, ``line``, ``area``.
    colour : str
        ``#rrggbb``.
    """

    shape: str
    colour: str


@dataclass(frozen=True, slots=True)
class HatchStyle:
    r"""How a rule's land is hatched: colour and direction of the strokes (``/``, ``\``, ``-``, ``|``, ``x``, ``.``)."""

    colour: str
    stroke: str


SYMBOLS: tuple[Symbol, ...] = (
    Symbol("square", "#b45309"),
    Symbol("triangle", "#0b6e99"),
    Symbol("diamond", "#a21a6b"),
    Symbol("pentagon", "#15724f"),
    Symbol("star", "#7a3e00"),
    Symbol("plus", "#1d3fb0"),
    Symbol("circle", "#9f1239"),
    Symbol("cross", "#3f3f46"),
    Symbol("square", "#0f766e"),
    Symbol("triangle", "#7c2d92"),
    Symbol("diamond", "#8a6100"),
    Symbol("pentagon", "#2f4ea1"),
)
LINE_COLOURS: tuple[str, ...] = ("#1a73e8", "#7a3e00", "#15724f", "#3f3f46", "#b45309", "#0f766e")
"""Layers of lines, in their own order: blue first, as rivers are drawn, and none near the motorways' purple."""

ROUTE_COLOURS: tuple[str, ...] = ("#d55e00", "#0072b2", "#cc79a7", "#56b4e9", "#e69f00", "#009e73", "#f0e442")
"""Routes of an area, in the study's order: the palette of Okabe and Ito (2008), yellow last, first four that differ for every eye."""
CORRIDOR_COLOUR = "#000000"
"""The line to the grid: the palette's black, and dashed."""
BAND_ENDS = ("#4a1f86", "#e4def2")
"""Isochrones: colour of the least and of the greatest limit, one hue."""

RULE_STYLES: tuple[HatchStyle, ...] = (
    HatchStyle("#15603f", "/"),
    HatchStyle("#8a2c0d", "\\"),
    HatchStyle("#5b2a86", "-"),
    HatchStyle("#0b5a7a", "|"),
    HatchStyle("#7a5c00", "x"),
    HatchStyle("#8b1a4a", "."),
)
ALL_RULES, UNKNOWN_LAND = HatchStyle("#3d4652", "/"), HatchStyle("#6b7280", ".")
FORCED_LAND, UNREACHABLE_LAND = HatchStyle("#1b7837", "."), HatchStyle("#6b2f5c", "-")
FREE_LAND = "#cfe6cb"
VEIL = ("#d6d8da", 0.68)
"""Restricted land where it cannot be hatched: colour and opacity, as its hatch looks from afar."""

SITE_LINE = "#111827"
"""Outline of a ranked area."""
COVERED, UNCOVERED = Symbol("square", "#0b5cad"), Symbol("cross", "#c2410c")
"""Whom the areas serve, and whom none does."""


def symbol_for(number: int, kind: str) -> Symbol:
    """Give the symbol of the layer with this number, by kind of geometry; lines are counted apart from the others.

    >>> symbol_for(0, "points").shape, symbol_for(0, "lines").shape, symbol_for(0, "polygons").shape
    ('square', 'line', 'area')
    """
    if is_line(kind):
        return Symbol("line", LINE_COLOURS[number % len(LINE_COLOURS)])
    base = SYMBOLS[number % len(SYMBOLS)]
    return Symbol("area" if kind == "polygons" else base.shape, base.colour)


def is_line(kind: str) -> bool:
    """Tell whether layers of this kind of geometry are drawn as lines."""
    return kind in {"lines", "network"}


def score_palette(count: int = 255) -> tuple[tuple[int, int, int], ...]:
    """Give `count` colours from score 0 to score 100, as red, green, blue of 0 to 255.

    >>> palette = score_palette(3)
    >>> palette[0], len(palette)
    ((255, 248, 220), 3)
    """
    return tuple(_colour_at(100.0 * step / max(count - 1, 1)) for step in range(count))


def band_colours(count: int) -> tuple[str, ...]:
    """Give colours for `count` isochrones, from the least limit, dark, to the greatest, light; straight lines in sRGB between.

    >>> band_colours(3)
    ('#4a1f86', '#977ebc', '#e4def2')
    """
    near, far = (_rgb(colour) for colour in BAND_ENDS)
    shares = [step / max(count - 1, 1) for step in range(count)]
    return tuple("#" + "".join(f"{round(a + share * (b - a)):02x}" for a, b in zip(near, far, strict=True)) for share in shares)


def _colour_at(score: float) -> tuple[int, int, int]:
    lower = max((stop for stop in SCORE_STOPS if stop[0] <= score), key=lambda stop: stop[0])
    upper = min((stop for stop in SCORE_STOPS if stop[0] >= score), key=lambda stop: stop[0])
    share = 0.0 if upper[0] == lower[0] else (score - lower[0]) / (upper[0] - lower[0])
    red, green, blue = (round(a + share * (b - a)) for a, b in zip(_rgb(lower[1]), _rgb(upper[1]), strict=True))
    return red, green, blue


def _rgb(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
