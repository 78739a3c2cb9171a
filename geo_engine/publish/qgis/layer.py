"""One layer of a QGIS project, and the same look as a style file (QML) that lies beside its data."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from geo_engine.model import Layer
from geo_engine.publish.qgis.elements import child, crs_element, element, options, serialised

__all__ = ["VERSION", "MapLayer", "Origin", "layer_element", "style_document", "tree_element"]

VERSION = "3.22.0"
"""The version of QGIS whose format is written; later ones read it."""

_SHAPES = {
    "points": ("Point", "Point"),
    "lines": ("Line", "LineString"),
    "network": ("Line", "LineString"),
    "polygons": ("Polygon", "MultiPolygon"),
}
_NOT_PLAIN = re.compile(r"\W", re.ASCII)


@dataclass(frozen=True, slots=True)
class Origin:
    """Where data come from, in words: what QGIS shows as a layer's metadata.

    Parameters
    ----------
    abstract : str
        What it is, and what is wrong with it.
    licence, attribution : str
        On which terms, and the sentence to carry.
    """

    abstract: str
    licence: str = ""
    attribution: str = ""

    @classmethod
    def of(cls, layer: Layer) -> Origin:
        """Say it of a layer of the workspace."""
        texts = [f"{layer.publisher}, {layer.vintage}. Accuracy: {layer.accuracy.text()}."]
        texts += [f"Known fault: {fault}." for fault in layer.faults]
        return cls(" ".join(texts), layer.licence, layer.attribution or f"{layer.title}: {layer.publisher}, {layer.licence}")


@dataclass(frozen=True, eq=False)
class MapLayer:
    """A layer with its look.

    Parameters
    ----------
    key : str
        Unique in the project, also when all but ASCII letters and digits become ``_``.
    title : str
        What readers see.
    source : str
        File from the project's folder, with ``|layername=`` where it holds several.
    crs : str
        Of the data.
    kind : str
        ``points``, ``lines``, ``network``, ``polygons`` or ``raster``.
    renderer : Element
        As `geo_engine.publish.qgis.renderers` makes it.
    origin : Origin
        Where it comes from.
    labels : Element or None
        As `geo_engine.publish.qgis.labels` makes them.
    aliases : mapping of str to str
        What readers see in place of a column's name.
    shown : bool
        Whether it is switched on at first.
    legend : tuple of int
        Which entries of the legend are shown, by number; empty for all.
    opacity : float
        Of the layer as one, 0 to 1.
    name_column : str
        Column that names a feature.
    """

    key: str
    title: str
    source: str
    crs: str
    kind: str
    renderer: Element
    origin: Origin
    labels: Element | None = None
    aliases: Mapping[str, str] = field(default_factory=dict)
    shown: bool = True
    legend: tuple[int, ...] = ()
    opacity: float = 1.0
    name_column: str = ""

    @property
    def provider(self) -> str:
        """By which QGIS reads it."""
        return "gdal" if self.kind == "raster" else "delimitedtext" if self.source.startswith("file:") else "ogr"

    @property
    def id(self) -> str:
        """Name the layer as QGIS keeps it: it takes no name of ten letters or fewer."""
        return "geo_engine_" + _NOT_PLAIN.sub("_", self.key)


def layer_element(layer: MapLayer) -> Element:
    """Describe a layer in a project."""
    raster = layer.kind == "raster"
    made = element("maplayer", type="raster" if raster else "vector", autoRefreshEnabled=0, hasScaleBasedVisibilityFlag=0)
    if not raster:
        shape, wkb = _SHAPES[layer.kind]
        made.set("geometry", shape)
        made.set("wkbType", wkb)
        made.set("labelsEnabled", "0" if layer.labels is None else "1")
    child(made, "id", layer.id)
    child(made, "datasource", layer.source)
    child(made, "layername", layer.title)
    child(made, "title", layer.title)
    child(made, "abstract", layer.origin.abstract)
    child(made, "attribution", layer.origin.attribution)
    made.append(crs_element("srs", layer.crs))
    made.append(_metadata(layer))
    child(made, "provider", layer.provider, encoding="" if raster else "UTF-8")
    made.extend(_look(layer))
    return made


def style_document(layer: MapLayer) -> str:
    """Write the look alone, as a QML file: QGIS takes it up where it lies beside the data under the same name."""
    made = element("qgis", version=VERSION, styleCategories="AllStyleCategories")
    if layer.labels is not None:
        made.set("labelsEnabled", "1")
    made.append(_metadata(layer))
    made.extend(_look(layer))
    if layer.kind != "raster":
        child(made, "layerGeometryType", {"Point": "0", "Line": "1", "Polygon": "2"}[_SHAPES[layer.kind][0]])
    return serialised(made)


def _look(layer: MapLayer) -> Sequence[Element]:
    if layer.kind == "raster":
        pipe = element("pipe")
        pipe.append(layer.renderer)
        child(pipe, "rasterresampler", maxOversampling=2)
        return [pipe, element("blendMode", "0")]
    parts = [layer.renderer]
    if layer.labels is not None:
        parts.append(layer.labels)
    parts += [element("blendMode", "0"), element("layerOpacity", f"{layer.opacity:g}")]
    names = element("aliases")
    for number, (column, title) in enumerate(layer.aliases.items()):
        child(names, "alias", index=number, field=column, name=title)
    parts.append(names)
    if layer.name_column:
        name = layer.name_column.replace('"', '""')
        parts.append(element("previewExpression", f'"{name}"'))
    return parts


def _metadata(layer: MapLayer) -> Element:
    made = element("resourceMetadata")
    child(made, "identifier", layer.id)
    child(made, "type", "dataset")
    child(made, "title", layer.title)
    child(made, "abstract", layer.origin.abstract)
    if layer.origin.licence:
        child(made, "license", layer.origin.licence)
    if layer.origin.attribution:
        child(made, "rights", layer.origin.attribution)
    return made


def tree_element(layer: MapLayer) -> Element:
    """Describe a layer in the tree of layers."""
    made = element("layer-tree-layer", id=layer.id, name=layer.title, source=layer.source, providerKey=layer.provider)
    made.set("checked", "Qt::Checked" if layer.shown else "Qt::Unchecked")
    made.set("expanded", "1" if layer.shown else "0")
    properties = child(made, "customproperties")
    if layer.legend:
        options(properties, {"legend/node-order": ",".join(map(str, layer.legend))})
    return made
