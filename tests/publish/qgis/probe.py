"""Opens a project in QGIS and prints what QGIS makes of it, as JSON; run by the interpreter that QGIS is installed for.

Arguments: the project or a style file with its data, what to do in JSON: `render` (a PNG, with `view`, `size` and `show`, keys of layers),
`shade` (values by key of a raster layer).
"""

from __future__ import annotations

import json
import sys
from typing import Any

from qgis.core import (  # type: ignore[import-not-found]
    QgsApplication,
    QgsLayerTreeModel,
    QgsMapLayer,
    QgsMapRendererSequentialJob,
    QgsMapSettings,
    QgsProject,
    QgsRasterLayer,
    QgsRectangle,
    QgsRenderContext,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QSize  # type: ignore[import-not-found]

PREFIX = "geo_engine_"


def vector(layer: QgsVectorLayer) -> dict[str, Any]:
    renderer = layer.renderer()
    symbols = renderer.symbols(QgsRenderContext()) if renderer else []
    aliases = {field.name(): layer.attributeDisplayName(number) for number, field in enumerate(layer.fields())}
    return {
        "count": layer.featureCount(),
        "colours": [symbol.color().name() for symbol in symbols],
        "classes": [category.value() for category in renderer.categories()] if renderer.type() == "categorizedSymbol" else [],
        "renderer": renderer.type(),
        "labels": bool(layer.labelsEnabled()),
        "aliases": aliases,
        "subset": layer.subsetString(),
        "names": sorted(str(feature["name"]) for feature in layer.getFeatures()) if "name" in aliases else [],
    }


def raster(layer: QgsRasterLayer, values: list[float]) -> dict[str, Any]:
    function = layer.renderer().shader().rasterShaderFunction()
    items = [[item.value, item.color.name(), item.color.alpha(), item.label] for item in function.colorRampItemList()]
    shades = {}
    for value in values:
        seen, *parts = function.shade(float(value))
        shades[str(value)] = parts if seen else None
    return {"items": items, "shades": shades, "opacity": layer.renderer().opacity()}


def described(layer: QgsMapLayer, wish: dict[str, Any]) -> dict[str, Any]:
    key = layer.id().removeprefix(PREFIX)
    metadata = layer.metadata()
    own = (
        raster(layer, wish.get("shade", {}).get(key, [])) if isinstance(layer, QgsRasterLayer) else vector(layer) if layer.isValid() else {}
    )
    return {
        "title": layer.name(),
        "valid": layer.isValid(),
        "crs": layer.crs().authid(),
        "source": layer.source(),
        "abstract": metadata.abstract(),
        "licences": list(metadata.licenses()),
        "rights": list(metadata.rights()),
        **own,
    }


def render(project: QgsProject, wish: dict[str, Any]) -> list[str]:
    root = project.layerTreeRoot()
    shown = []
    for node in root.findLayers():
        if "only" in wish:
            node.setItemVisibilityChecked(node.layerId().removeprefix(PREFIX) in wish["only"])
        elif node.layerId().removeprefix(PREFIX) in wish.get("show", []):
            node.setItemVisibilityChecked(True)
        if node.isVisible():
            shown.append(node.layer())
    settings = QgsMapSettings()
    settings.setLayers(shown)
    settings.setDestinationCrs(project.crs())
    settings.setBackgroundColor(project.backgroundColor())
    settings.setOutputSize(QSize(*wish.get("size", (600, 500))))
    settings.setOutputDpi(96)
    view = wish.get("view")
    settings.setExtent(QgsRectangle(*view) if view else project.viewSettings().defaultViewExtent())
    job = QgsMapRendererSequentialJob(settings)
    job.start()
    job.waitForFinished()
    job.renderedImage().save(wish["render"])
    return [error.message for error in job.errors()]


def main() -> None:
    path, wish = sys.argv[1], json.loads(sys.argv[2])
    application = QgsApplication([], False)  # noqa: FBT003 - no window
    application.initQgis()
    if "style" in wish:
        kind = QgsRasterLayer if wish.get("raster") else QgsVectorLayer
        layer = kind(path, "layer")
        message, loaded = layer.loadNamedStyle(wish["style"])
        print(json.dumps({"loaded": loaded, "message": message, "layer": described(layer, {})}))  # noqa: T201 - what it is for
        return
    project = QgsProject.instance()
    read = project.read(path)
    model = QgsLayerTreeModel(project.layerTreeRoot())
    layers, legends, groups, on = {}, {}, {}, []
    for node in project.layerTreeRoot().findLayers():
        key = node.layerId().removeprefix(PREFIX)
        layers[key] = described(node.layer(), wish)
        legends[key] = [text for entry in model.layerLegendNodes(node) if isinstance(text := entry.data(0), str)]
        groups[key] = node.parent().name()
        on += [key] if node.isVisible() else []
    view = project.viewSettings().defaultViewExtent()
    found = {
        "read": read,
        "title": project.title(),
        "crs": project.crs().authid(),
        "wkt": project.crs().toWkt(),
        "relative": project.filePathStorage() == 1,
        "view": [view.xMinimum(), view.yMinimum(), view.xMaximum(), view.yMaximum()],
        "abstract": project.metadata().abstract(),
        "caption": project.readEntry("CopyrightLabel", "/Label")[0],
        "layers": layers,
        "legends": legends,
        "groups": groups,
        "on": on,
        "errors": render(project, wish) if "render" in wish else [],
    }
    print(json.dumps(found))  # noqa: T201 - what it is for


main()
