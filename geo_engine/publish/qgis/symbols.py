"""Signs of the map as symbols of QGIS: points, lines and areas in the colours and shapes of the style file."""

from __future__ import annotations

from collections.abc import Iterable
from xml.etree.ElementTree import Element

from geo_engine.publish.qgis.elements import child, colour_text, element, millimetres, options
from geo_engine.publish.style import PAPER, HatchStyle, Symbol

__all__ = ["area", "hatched", "line", "outline", "point", "symbol_of"]

# Shape of the style file -> shape of QGIS, how far it is turned, and its size against a circle's.
_SHAPES = {
    "circle": ("circle", 0, 1.0),
    "square": ("square", 0, 0.9),
    "triangle": ("triangle", 0, 1.15),
    "diamond": ("diamond", 0, 1.25),
    "pentagon": ("pentagon", 0, 1.1),
    "star": ("star", 0, 1.4),
    "plus": ("cross_fill", 0, 1.2),
    "cross": ("cross_fill", 45, 1.2),
}
_RADIUS = 5.0  # of a point's sign, in pixels of the web map
_HATCH_ANGLES = {"/": (45,), "\\": (-45,), "-": (0,), "|": (90,), "x": (45, -45), ".": ()}
_AREA_OPACITY = 0.1

Values = dict[str, str | float]
_Layer = tuple[str, Values, Element | None]


def symbol_of(sign: Symbol, kind: str) -> Element:
    """Give the symbol of a layer of this kind of geometry.

    Parameters
    ----------
    sign : Symbol
        Shape and colour, as the web map draws them.
    kind : str
        ``points``, ``lines``, ``network`` or ``polygons``.

    Returns
    -------
    Element
        A ``symbol`` without a name.
    """
    if kind == "points":
        return point(sign)
    if kind == "polygons":
        return area(sign.colour, _AREA_OPACITY, width=1.6)
    return line((sign.colour, 1.6))


def point(sign: Symbol, radius: float = _RADIUS) -> Element:
    """Give the symbol of a point: filled, with a white rim; the radius is in pixels of the web map."""
    name, turn, factor = _SHAPES[sign.shape]
    values: Values = {
        "name": name,
        "angle": turn,
        "color": colour_text(sign.colour, 0.95),
        "outline_color": colour_text(PAPER),
        "outline_width": millimetres(1.2),
        "outline_width_unit": "MM",
        "joinstyle": "miter",
        "size": millimetres(2 * factor * radius),
        "size_unit": "MM",
    }
    return _symbol("marker", [("SimpleMarker", values, None)])


def line(*strokes: tuple[str, float], dash: tuple[float, float] | None = None, opacity: float = 1.0) -> Element:
    """Give the symbol of a line: strokes of a colour and a width in pixels, the lowest first; the last may be dashed."""
    drawn: list[_Layer] = []
    for number, (colour, width) in enumerate(strokes):
        values: Values = {
            "line_color": colour_text(colour, opacity),
            "line_width": millimetres(width),
            "line_width_unit": "MM",
            "joinstyle": "round",
            "capstyle": "flat" if dash else "round",
        }
        if dash and number == len(strokes) - 1:
            values |= {"use_custom_dash": 1, "customdash": ";".join(str(millimetres(part)) for part in dash), "customdash_unit": "MM"}
        drawn.append(("SimpleLine", values, None))
    return _symbol("line", drawn)


def area(colour: str, opacity: float, *, edge: str = "", width: float = 0.0, dashed: bool = False) -> Element:
    """Give the symbol of an area: filled; its edge is of the same colour unless another is named, and none without a width (pixels)."""
    return _symbol("fill", [_filled(colour, opacity, edge or colour, width, dashed=dashed)])


def outline(colour: str, width: float, *, opacity: float = 1.0, dash: tuple[float, float] | None = None) -> Element:
    """Give the symbol of an area of which only the edge is drawn."""
    values: Values = {
        "line_color": colour_text(colour, opacity),
        "line_width": millimetres(width),
        "line_width_unit": "MM",
        "joinstyle": "round",
    }
    if dash:
        values |= {"use_custom_dash": 1, "customdash": ";".join(str(millimetres(part)) for part in dash), "customdash_unit": "MM"}
    return _symbol("fill", [("SimpleLine", values, None)])


def hatched(style: HatchStyle, opacity: float = 0.15) -> Element:
    """Give the symbol of an area that is hatched in a rule's colour and direction; dots where the stroke is one."""
    layers = [_filled(style.colour, opacity, style.colour, 2.0, dashed=True)]
    for angle in _HATCH_ANGLES[style.stroke]:
        stroke = line((style.colour, 1.1))
        values: Values = {"angle": angle, "distance": millimetres(5.7), "distance_unit": "MM"}
        layers.append(("LinePatternFill", values, stroke))
    if style.stroke == ".":
        dot = point(Symbol("circle", style.colour), radius=1.1)
        spaced: Values = {"distance_x": millimetres(6), "distance_y": millimetres(6), "distance_x_unit": "MM", "distance_y_unit": "MM"}
        layers.append(("PointPatternFill", spaced, dot))
    return _symbol("fill", layers)


def _filled(colour: str, opacity: float, edge: str, width: float, *, dashed: bool = False) -> _Layer:
    values: Values = {
        "color": colour_text(colour, opacity),
        "style": "solid" if opacity else "no",
        "outline_color": colour_text(edge, 0.9),
        "outline_style": ("dash" if dashed else "solid") if width else "no",
        "outline_width": millimetres(width),
        "outline_width_unit": "MM",
        "joinstyle": "round",
    }
    return "SimpleFill", values, None


def _symbol(kind: str, layers: Iterable[_Layer]) -> Element:
    made = element("symbol", type=kind, alpha=1, clip_to_extent=1, force_rhr=0)
    for name, values, inner in layers:
        drawn = child(made, "layer", class_=name, enabled=1, locked=0, **{"pass": 0})
        options(drawn, values)
        if inner is not None:
            inner.set("name", f"@{name}")
            drawn.append(inner)
    return made
