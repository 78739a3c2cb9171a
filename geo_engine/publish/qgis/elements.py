"""XML as QGIS reads it: elements, maps of options, colours, and text without what XML cannot hold."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from xml.etree.ElementTree import Element, SubElement, indent, tostring

import pyproj

__all__ = ["child", "clean", "colour_text", "crs_element", "element", "millimetres", "options", "quoted", "serialised"]

_PIXEL = 25.4 / 96.0  # millimetres of a pixel of the web map
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def clean(text: str) -> str:
    r"""Leave out what XML 1.0 cannot hold, and break what QGIS would compute in a title.

    >>> clean("a\x00b [% env('HOME') %]")
    "ab [ % env('HOME') %]"
    """
    return _NOT_XML.sub("", text).replace("[%", "[ %")


def element(tag: str, text: str = "", /, **attributes: str | float) -> Element:
    r"""Make an element; numbers are written as short as they can be, truth as 1 and 0.

    >>> serialised(element("layer", "A & B", alpha=0.5, on=True)).split("\n")[-2]
    '<layer alpha="0.5" on="1">A &amp; B</layer>'
    """
    made = Element(tag, {name.rstrip("_"): _written(value) for name, value in attributes.items()})
    made.text = clean(text) or None
    return made


def child(parent: Element, tag: str, text: str = "", /, **attributes: str | float) -> Element:
    """Make an element inside another and give it back."""
    made = element(tag, text, **attributes)
    parent.append(made)
    return made


def options(parent: Element, values: Mapping[str, str | float]) -> Element:
    """Write a map of options, all of them as text, inside an element, and give the map back."""
    made = SubElement(parent, "Option", {"type": "Map"})
    for name, value in values.items():
        SubElement(made, "Option", {"name": name, "type": "QString", "value": _written(value)})
    return made


def colour_text(colour: str, opacity: float = 1.0) -> str:
    """Write a colour as QGIS does: red, green, blue and opacity of 0 to 255.

    >>> colour_text("#1b2430", 0.5)
    '27,36,48,128'
    """
    return f"{int(colour[1:3], 16)},{int(colour[3:5], 16)},{int(colour[5:7], 16)},{round(255 * opacity)}"


def millimetres(pixels: float) -> float:
    """Turn pixels of the web map into millimetres, in which symbols keep their size on paper.

    >>> millimetres(2.0)
    0.529
    """
    return round(pixels * _PIXEL, 3)


def quoted(text: str) -> str:
    r"""Write a text as a literal of a QGIS expression.

    >>> quoted("O'Neill\\")
    "'O''Neill\\\\'"
    """
    return "'" + clean(text).replace("\\", "\\\\").replace("'", "''") + "'"


def crs_element(tag: str, crs: str) -> Element:
    """Describe a CRS by its WKT and, where it has one, its name at an authority."""
    made = element(tag)
    inside = child(made, "spatialrefsys", nativeFormat="Wkt")
    for name, text in _described(crs):
        child(inside, name, text)
    return made


def serialised(root: Element) -> str:
    """Write a document with QGIS's doctype, indented, so that two versions can be compared line by line."""
    indent(root, " ")
    return "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n" + tostring(root, encoding="unicode") + "\n"


def _written(value: str | float) -> str:
    if isinstance(value, str):
        return clean(value)
    return str(int(value)) if float(value).is_integer() else f"{value:.15g}"


@lru_cache(maxsize=16)  # the same for every layer of a project
def _described(crs: str) -> tuple[tuple[str, str], ...]:
    known = pyproj.CRS.from_user_input(crs)
    authority = known.to_authority()
    return (
        ("wkt", known.to_wkt("WKT2_2019")),
        *((("authid", ":".join(authority)),) if authority else ()),
        ("description", known.name),
        ("geographicflag", "true" if known.is_geographic else "false"),
    )
