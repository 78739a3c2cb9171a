"""Names on the map: a badge with the rank on each area, names of areas when near, names of places by their size."""

from __future__ import annotations

from dataclasses import dataclass
from xml.etree.ElementTree import Element

from geo_engine.publish.qgis.elements import child, colour_text, element, millimetres
from geo_engine.publish.style import LIGHT, PAPER

__all__ = ["Label", "labelling"]

_POINTS = 0.75  # of a pixel
_OVER_POINT, _AROUND_POINT, _ORDERED = 1, 0, 6  # placements, by QGIS's numbers
_CIRCLE = 3
_CIRCLE_SIZE = 1  # a fixed size, not one by the text


@dataclass(frozen=True, slots=True)
class Label:
    """One way in which features are labelled.

    Parameters
    ----------
    text : str
        An expression of QGIS.
    title : str
        What the rule is called.
    size : float
        Pixels of the web map.
    bold : bool
        Whether letters are bold.
    where : str
        An expression: which features; empty for all.
    badge : bool
        Whether the text stands in a round badge at the feature's middle and is always shown; else it stands beside it with a halo.
    farthest : float
        Shown at this scale and larger ones only; 0 for all scales.
    rank : str
        An expression of 0 to 10: who keeps its label where there is no room for all; empty for all alike.
    """

    text: str
    title: str
    size: float
    bold: bool = False
    where: str = ""
    badge: bool = False
    farthest: float = 0.0
    rank: str = ""


def labelling(labels: tuple[Label, ...]) -> Element:
    """Give the labels of a layer."""
    made = element("labeling", type="rule-based")
    rules = child(made, "rules", key="labels")
    for number, label in enumerate(labels):
        rule = child(rules, "rule", key=f"label {number}", description=label.title)
        if label.where:
            rule.set("filter", label.where)
        if label.farthest:
            rule.set("scalemaxdenom", f"{label.farthest:.0f}")
            rule.set("scalemindenom", "0")
        rule.append(_settings(label))
    return made


def _settings(label: Label) -> Element:
    made = element("settings", calloutType="simple")
    style = child(
        made,
        "text-style",
        fieldName=label.text,
        isExpression=1,
        fontSize=round(label.size * _POINTS, 2),
        fontSizeUnit="Point",
        fontWeight=75 if label.bold else 50,
        namedStyle="Bold" if label.bold else "Book",
        textColor=colour_text(PAPER if label.badge else LIGHT["label"]),
        textOpacity=1,
        multilineHeight=1,
    )
    halo: dict[str, str | float] = {
        "bufferDraw": not label.badge,
        "bufferSize": millimetres(2.5),
        "bufferSizeUnits": "MM",
        "bufferJoinStyle": 128,
    }
    child(style, "text-buffer", bufferColor=colour_text(LIGHT["halo"]), bufferOpacity=0.85, **halo)
    if label.badge:
        _badge(style)
    child(made, "text-format", multilineAlign=1)
    child(
        made,
        "placement",
        placement=_OVER_POINT if label.badge else _ORDERED,
        quadOffset=4,
        predefinedPositionOrder="T,B,R,L,TR,BR,TL,BL",
        dist=0 if label.badge else millimetres(3 if label.rank else 16),
        distUnits="MM",
        offsetType=0,
        centroidWhole=1,
        centroidInside=1,
        priority=10 if label.badge else 5,
        geometryGeneratorEnabled=0 if label.badge or label.rank else 1,
        geometryGeneratorType="PointGeometry",
        geometryGenerator="" if label.badge or label.rank else "point_on_surface($geometry)",
        layerType="PointGeometry",
    )
    child(
        made,
        "rendering",
        drawLabels=1,
        displayAll=label.badge,
        obstacle=1,
        obstacleFactor=2 if label.badge else 1,
        zIndex=1 if label.badge else 0,
    )
    if label.rank:
        _ranked(made, label.rank)
    return made


def _badge(style: Element) -> None:
    made = child(
        style,
        "background",
        shapeDraw=1,
        shapeType=_CIRCLE,
        shapeSizeType=_CIRCLE_SIZE,
        shapeSizeX=millimetres(24),
        shapeSizeY=millimetres(24),
        shapeSizeUnit="MM",
        shapeFillColor=colour_text(LIGHT["badge"]),
        shapeBorderColor=colour_text(PAPER),
        shapeBorderWidth=millimetres(2),
        shapeBorderWidthUnit="MM",
        shapeOpacity=1,
        shapeJoinStyle=64,
    )
    child(made, "effect", type="effectStack", enabled=0)


def _ranked(settings: Element, rank: str) -> None:
    properties = child(settings, "dd_properties")
    outer = child(properties, "Option", type="Map")
    child(outer, "Option", name="name", type="QString", value="")
    inner = child(child(outer, "Option", name="properties", type="Map"), "Option", name="Priority", type="Map")
    child(inner, "Option", name="active", type="bool", value="true")
    child(inner, "Option", name="expression", type="QString", value=rank)
    child(inner, "Option", name="type", type="int", value="3")
    child(outer, "Option", name="type", type="QString", value="collection")
