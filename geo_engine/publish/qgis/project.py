"""A QGIS project file: layers in groups, the first view, title, sources and what was not tested; the same content gives the same bytes."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree.ElementTree import Element

import pyproj

from geo_engine.publish.qgis.elements import child, colour_text, crs_element, element, serialised
from geo_engine.publish.qgis.layer import VERSION, MapLayer, layer_element, tree_element
from geo_engine.publish.style import SEA

__all__ = ["Group", "Project", "project_document", "write_project"]

Box = tuple[float, float, float, float]
_FIRST_DAY = (1980, 1, 1, 0, 0, 0)  # the first that a zip file can state
_MODE = 0o644 << 16


@dataclass(frozen=True, slots=True)
class Group:
    """Layers under one heading, drawn in the order given, the first on top."""

    title: str
    layers: tuple[MapLayer, ...]
    expanded: bool = True


@dataclass(frozen=True, slots=True)
class Project:
    """What a project holds.

    Parameters
    ----------
    title : str
        Of the window and of the metadata.
    abstract : str
        What a reader must know.
    caption : str
        Stands on the map's lower edge: what was not tested, and the sentences to carry for the sources.
    crs : str
        Of the map.
    view : tuple of float
        West, south, east, north that are shown first, in that CRS.
    groups : tuple of Group
        From the top down.
    """

    title: str
    abstract: str
    caption: str
    crs: str
    view: Box
    groups: tuple[Group, ...]


def write_project(project: Project, path: Path) -> Path:
    """Write a project as ``.qgz``: a zip file with the document in it, without a date.

    Parameters
    ----------
    project : Project
        With paths of layers from the folder of `path`.
    path : Path
        The file to make.

    Returns
    -------
    Path
        `path`.
    """
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        entry = zipfile.ZipInfo(f"{path.stem}.qgs", date_time=_FIRST_DAY)
        entry.compress_type, entry.external_attr, entry.create_system = zipfile.ZIP_DEFLATED, _MODE, 3
        archive.writestr(entry, project_document(project))
    path.write_bytes(packed.getvalue())
    return path


def project_document(project: Project) -> str:
    """Write the document of a project."""
    made = element("qgis", version=VERSION, projectname=project.title)
    child(made, "title", project.title)
    made.append(crs_element("projectCrs", project.crs))
    tree = child(made, "layer-tree-group")
    child(tree, "customproperties")
    for group in project.groups:
        tree.append(_group_element(group))
    made.append(_canvas(project))
    layers = child(made, "projectlayers")
    layers.extend(layer_element(layer) for layer in _layers(project.groups))
    order = child(made, "layerorder")
    for layer in _layers(project.groups):
        child(order, "layer", id=layer.id)
    made.append(_properties(project))
    made.append(_metadata(project))
    settings = child(made, "ProjectViewSettings", UseProjectScales=0)
    settings.append(_extent("DefaultViewExtent", project))
    return serialised(made)


def _layers(groups: Sequence[Group]) -> list[MapLayer]:
    return [layer for group in groups for layer in group.layers]


def _group_element(group: Group) -> Element:
    shown = any(layer.shown for layer in group.layers)
    made = element("layer-tree-group", name=group.title, checked="Qt::Checked", expanded=group.expanded and shown)
    child(made, "customproperties")
    made.extend(tree_element(layer) for layer in group.layers)
    return made


def _extent(tag: str, project: Project) -> Element:
    west, south, east, north = project.view
    made = element(tag, xmin=west, ymin=south, xmax=east, ymax=north)
    made.append(crs_element("crs", project.crs))
    return made


def _canvas(project: Project) -> Element:
    made = element("mapcanvas", name="theMapCanvas", annotationsVisible=1)
    metric = not pyproj.CRS.from_user_input(project.crs).is_geographic
    child(made, "units", "meters" if metric else "degrees")
    extent = child(made, "extent")
    for name, value in zip(("xmin", "ymin", "xmax", "ymax"), project.view, strict=True):
        child(extent, name, f"{value:.15g}")
    child(made, "rotation", "0")
    made.append(crs_element("destinationsrs", project.crs))
    return made


def _properties(project: Project) -> Element:
    """Write what QGIS keeps by name: relative paths, the colour of the ground, the caption on the map."""
    made = element("properties")

    def put(place: Element, name: str, kind: str, value: str) -> None:
        child(place, name, value, type=kind)

    put(child(made, "Paths"), "Absolute", "bool", "false")
    put(child(made, "SpatialRefSys"), "ProjectionsEnabled", "int", "1")
    gui = child(made, "Gui")
    red, green, blue, _ = colour_text(SEA).split(",")
    for name, value in (("CanvasColorRedPart", red), ("CanvasColorGreenPart", green), ("CanvasColorBluePart", blue)):
        put(gui, name, "int", value)
    caption = child(made, "CopyrightLabel")
    put(caption, "Enabled", "bool", "true")
    put(caption, "Label", "QString", project.caption)
    scale = child(made, "ScaleBar")
    put(scale, "Enabled", "bool", "true")
    put(child(made, "Measure"), "Ellipsoid", "QString", "NONE")
    return made


def _metadata(project: Project) -> Element:
    made = element("projectMetadata")
    child(made, "type", "dataset")
    child(made, "title", project.title)
    child(made, "abstract", project.abstract)
    return made
