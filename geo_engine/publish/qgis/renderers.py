"""How layers are drawn: one symbol, a symbol by class or by condition, the land around a shape, and the colours of a raster."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from geo_engine.publish.qgis.elements import child, colour_text, element, options

__all__ = ["Cells", "Condition", "by_class", "by_condition", "exact_cells", "inverted", "one_symbol", "ramp_cells"]


@dataclass(frozen=True, eq=False)
class Condition:
    """Features that are drawn alike.

    Parameters
    ----------
    title : str
        In the legend.
    expression : str
        Of QGIS; empty for all, ``ELSE`` for what no other condition takes.
    symbol : Element
        As `geo_engine.publish.qgis.symbols` makes it.
    farthest : float
        They are drawn at this scale and larger ones only (the number below 1); 0 for all scales.
    """

    title: str
    expression: str
    symbol: Element
    farthest: float = 0.0


@dataclass(frozen=True, slots=True)
class Cells:
    """Values of a status raster that are drawn alike: masks, colour (``#rrggbb``), opacity and what the legend says."""

    masks: Sequence[int]
    colour: str
    opacity: float
    title: str


def one_symbol(symbol: Element) -> Element:
    """Draw every feature alike."""
    made = _renderer("singleSymbol")
    _symbols(made, [symbol])
    return made


def by_class(column: str, classes: Sequence[tuple[str | float, str, Element]], *, descending: bool = False) -> Element:
    """Draw features by the value of a column: value, title in the legend, symbol; what has another value is not drawn.

    With `descending`, features with greater values of the column are drawn first, and so lie beneath.
    """
    made = _renderer("categorizedSymbol", attr=column, enableorderby=descending)
    categories = child(made, "categories")
    for number, (value, title, _) in enumerate(classes):
        kind = "string" if isinstance(value, str) else "double"
        child(categories, "category", value=value, type=kind, label=title, symbol=str(number), render="true")
    _symbols(made, [symbol for _, _, symbol in classes])
    if descending:
        child(child(made, "orderby"), "orderByClause", f'"{column}"', asc=0, nullsFirst=0)
    return made


def by_condition(conditions: Sequence[Condition]) -> Element:
    """Draw features by conditions."""
    made = _renderer("RuleRenderer")
    rules = child(made, "rules", key="root")
    for number, condition in enumerate(conditions):
        rule = child(rules, "rule", key=f"rule {number}", symbol=str(number), label=condition.title)
        if condition.expression:
            rule.set("filter", condition.expression)
        if condition.farthest:
            rule.set("scalemaxdenom", f"{condition.farthest:.0f}")
            rule.set("scalemindenom", "0")
    _symbols(made, [condition.symbol for condition in conditions])
    return made


def inverted(symbol: Element) -> Element:
    """Draw what lies outside of the features."""
    made = _renderer("invertedPolygonRenderer", preprocessing=0)
    made.append(one_symbol(symbol))
    return made


def ramp_cells(stops: Sequence[tuple[float, str]], low: float, high: float, *, opacity: float, suffix: str = "") -> Element:
    """Draw a raster's values by a ramp of colours, straight lines in sRGB between the stops, with a continuous legend.

    Parameters
    ----------
    stops : sequence of (float, str)
        From 0 to 100, and ``#rrggbb``; the first is at `low`, the last at `high`.
    low, high : float
        Values of the raster at the ends; what lies beyond them has the colour of the nearer end.
    opacity : float
        0 to 1.
    suffix : str
        Follows the numbers of the legend.
    """
    made, shader = _raster_renderer("INTERPOLATED", low, high, opacity)
    first, last = stops[0][1], stops[-1][1]
    between = ":".join(f"{stop / 100:g};{colour_text(colour)}" for stop, colour in stops[1:-1])
    ramp = child(shader, "colorramp", type="gradient", name="[source]")
    options(ramp, {"color1": colour_text(first), "color2": colour_text(last), "discrete": 0, "rampType": "gradient", "stops": between})
    for stop, colour in stops:
        value = low + (high - low) * stop / 100
        child(shader, "item", value=value, label=f"{value:g}{suffix}", color=colour, alpha=255)
    legend = child(shader, "rampLegendSettings", useContinuousLegend=1, minimumLabel="", maximumLabel="", prefix="", suffix=suffix)
    legend.set("direction", "0")
    legend.set("orientation", "2")
    number = child(legend, "numericFormat", id="basic")
    options(number, {"decimals": 0, "rounding_type": 0, "show_plus": "false", "show_trailing_zeros": "false"})
    return made


def exact_cells(classes: Sequence[Cells]) -> Element:
    """Draw a raster's values by class, and none that no class has.

    A list of single values, and not the palette of QGIS: its values have no more than 31 bits in older versions.
    """
    made, shader = _raster_renderer("EXACT", 0, 2**32 - 1, 1.0)
    listed = sorted((value, number) for number, cells in enumerate(classes) for value in cells.masks)
    for value, number in listed:
        cells = classes[number]
        child(shader, "item", value=value, label=cells.title, color=cells.colour, alpha=round(255 * cells.opacity))
    return made


def _raster_renderer(kind: str, low: float, high: float, opacity: float) -> tuple[Element, Element]:
    made = element(
        "rasterrenderer",
        type="singlebandpseudocolor",
        band=1,
        opacity=opacity,
        alphaBand=-1,
        classificationMin=low,
        classificationMax=high,
        nodataColor="",
    )
    child(made, "rasterTransparency")
    limits = child(made, "minMaxOrigin")
    child(limits, "limits", "None")
    shader = child(
        child(made, "rastershader"),
        "colorrampshader",
        colorRampType=kind,
        classificationMode=1,
        clip=0,
        minimumValue=low,
        maximumValue=high,
        labelPrecision=0,
    )
    return made, shader


def _renderer(kind: str, **attributes: str | float) -> Element:
    return element("renderer-v2", **{"type": kind, "forceraster": 0, "symbollevels": 0, "enableorderby": 0, **attributes})


def _symbols(renderer: Element, symbols: Sequence[Element]) -> None:
    kept = child(renderer, "symbols")
    for number, symbol in enumerate(symbols):
        symbol.set("name", str(number))
        kept.append(symbol)
