"""Styles and a project for exported layers, so that QGIS shows them by their titles, in the colours that the web map gives them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import pyproj

from geo_engine.model import Layer, Study
from geo_engine.publish.exports.geopackage import Sheet
from geo_engine.publish.qgis.layer import MapLayer, Origin, style_document
from geo_engine.publish.qgis.project import Group, Project, write_project
from geo_engine.publish.qgis.renderers import Cells, exact_cells, one_symbol, ramp_cells
from geo_engine.publish.qgis.symbols import symbol_of
from geo_engine.publish.registers.titles import column_title
from geo_engine.publish.style import SCORE_STOPS, SYMBOLS, Symbol, is_line, symbol_for
from geo_engine.publish.webmap.content.layers import drawn_layers

__all__ = ["Exported", "symbols_in", "write_layer_project", "write_style"]

Box = tuple[float, float, float, float]


@dataclass(frozen=True, eq=False)
class Exported:
    """One exported layer, as far as its look goes.

    Parameters
    ----------
    layer : Layer
        As declared.
    file : str
        Its name in the folder.
    crs : str
        Of the file.
    box : tuple of float
        West, south, east, north in that CRS.
    sheet : Sheet or None
        Its features; None for a raster.
    sign : Symbol or None
        How the web map draws it; None for a raster.
    values : tuple of int
        A raster's classes; empty for a continuous one.
    low, high : float
        Ends of a continuous raster's values.
    """

    layer: Layer
    file: str
    crs: str
    box: Box
    sheet: Sheet | None = None
    sign: Symbol | None = None
    values: tuple[int, ...] = ()
    low: float = 0.0
    high: float = 1.0


def symbols_in(study: Study | None, layers: Iterable[Layer]) -> dict[str, Symbol]:
    """Give layers of features the symbols that the web map of a study gives them; what it does not draw gets the next ones."""
    known = {} if study is None else {name: study.layers[name] for name in drawn_layers(study) if name in study.layers}
    wanted = {layer.name: layer for layer in layers}
    lines = others = 0
    found = {}
    for name, layer in (known | {name: layer for name, layer in wanted.items() if name not in known}).items():
        if layer.geometry == "raster":
            continue
        found[name] = symbol_for(lines if is_line(layer.geometry) else others, layer.geometry)
        lines, others = lines + is_line(layer.geometry), others + (not is_line(layer.geometry))
    return {name: sign for name, sign in found.items() if name in wanted}


def write_style(exported: Exported, folder: Path) -> Path:
    """Write the look beside the data, under the same name, as QML."""
    path = folder / f"{Path(exported.file).stem}.qml"
    path.write_text(style_document(_map_layer(exported, 0)), encoding="utf-8")
    return path


def write_layer_project(exported: Sequence[Exported], path: Path) -> Path:
    """Write a project with all of them, features above rasters, in the CRS of the first."""
    crs = exported[0].crs
    boxes = [pyproj.Transformer.from_crs(each.crs, crs, always_xy=True).transform_bounds(*each.box) for each in exported]
    view = (min(box[0] for box in boxes), min(box[1] for box in boxes), max(box[2] for box in boxes), max(box[3] for box in boxes))
    order = {"points": 0, "lines": 1, "network": 1, "polygons": 2, "raster": 3}
    made = sorted(enumerate(exported), key=lambda item: (order[item[1].layer.geometry], item[0]))
    sources = "; ".join(dict.fromkeys(Origin.of(each.layer).attribution for each in exported))
    titles = ", ".join(each.layer.title for each in exported)
    groups = (Group("Layers", tuple(_map_layer(each, number) for number, each in made)),)
    return write_project(Project(titles if len(exported) == 1 else "Layers", f"Sources: {sources}", sources, crs, view, groups), path)


def _map_layer(exported: Exported, number: int) -> MapLayer:
    layer, origin = exported.layer, Origin.of(exported.layer)
    title, key = layer.title, f"export_{number}"
    if exported.sheet is None or exported.sign is None:
        if exported.values:
            classes = [
                Cells([value], SYMBOLS[place % len(SYMBOLS)].colour, 0.8, f"{value} {layer.unit}".rstrip())
                for place, value in enumerate(exported.values)
            ]
            look = exact_cells(classes)
        else:
            look = ramp_cells(SCORE_STOPS, exported.low, exported.high, opacity=1.0, suffix=f" {layer.unit}".rstrip())
        return MapLayer(key, title, f"./{exported.file}", exported.crs, "raster", look, origin)
    frame = exported.sheet.frame
    aliases = {str(column): column_title(str(column)) for column in frame.columns if column != frame.geometry.name}
    look = one_symbol(symbol_of(exported.sign, layer.geometry))
    source = _source(exported, exported.sheet)
    return MapLayer(key, title, source, exported.crs, layer.geometry, look, origin, aliases=aliases, name_column=layer.id or "")


def _source(exported: Exported, sheet: Sheet) -> str:
    """Name the file as QGIS does: tables with the columns that hold places."""
    if exported.file.endswith(".gpkg"):
        return f"./{exported.file}|layername={sheet.name}"
    if not exported.file.endswith(".csv"):
        return f"./{exported.file}"
    where = "wktField=geometry_wkt"
    if sheet.kind == "Point":
        where = "xField=lon&yField=lat" if pyproj.CRS.from_user_input(exported.crs).is_geographic else "xField=easting&yField=northing"
    return f"file:./{quote(exported.file)}?type=csv&{where}&crs={exported.crs}&detectTypes=yes"
