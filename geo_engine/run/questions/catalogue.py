"""What a workspace holds: its layers with their provenance, who uses them, and the declared gaps."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyproj
import pyproj.exceptions
import shapely

from geo_engine.errors import Fault, GeoEngineError, LayerError, StudyError, nearest_spelling
from geo_engine.model import Gap, Layer
from geo_engine.run.planning.needs import selections_of, stands_of
from geo_engine.run.questions.network_view import NetworkView, view_network
from geo_engine.workspace import find_workspace, read_catalogue, read_features, read_study

__all__ = ["CatalogueView", "LayerView", "show_layer", "view_catalogue"]


@dataclass(frozen=True, slots=True)
class CatalogueView:
    """Layers by name, the studies that use each, and the gaps that no layer closes."""

    layers: tuple[Layer, ...]
    used_by: dict[str, tuple[str, ...]]
    gaps: tuple[Gap, ...]
    broken_studies: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LayerView:
    """One layer with what its data hold.

    Parameters
    ----------
    layer : Layer
        As declared.
    features, empty, repaired : int
        Counts of features.
    bounds : tuple of float
        West, south, east, north, metres, in the CRS that was read.
    crs : str
        That CRS.
    columns : tuple of (name, type, blanks, example)
        Attributes.
    accuracy : str
        Smallest, middle and largest stated accuracy.
    network : NetworkView or None
        Of a network layer.
    """

    layer: Layer
    features: int
    empty: int
    repaired: int
    bounds: tuple[float, float, float, float]
    crs: str
    columns: tuple[tuple[str, str, int, str], ...]
    accuracy: str
    network: NetworkView | None


def view_catalogue(start: Path) -> CatalogueView:
    """List the layers and gaps of the workspace that holds `start`."""
    workspace = find_workspace(start)
    catalogue = read_catalogue(workspace)
    users: dict[str, list[str]] = {name: [] for name in catalogue.layers}
    broken: list[str] = []
    for file in sorted((workspace / "studies").glob("*.toml")):
        try:
            study = read_study(file)
        except GeoEngineError as error:
            broken.append(f"{file.stem}: {error.faults[0]}")
            continue
        names = {c.measure.layer for c in study.criteria} | {c.layer for c in study.constraints} | {study.area}
        names |= {layer for layer, _ in selections_of(study)}
        if study.connection:
            names |= {study.connection.layer, *(multiplier.layer for multiplier in study.connection.multipliers)}
        names |= {name for name in (study.context.places, study.context.roads) if name}
        for name in names:
            users[name].append(study.name)
    closed = {gap for layer in catalogue.layers.values() for gap in layer.closes}
    gaps = tuple(gap for gap in catalogue.gaps if gap.name not in closed)
    return CatalogueView(tuple(catalogue.layers.values()), {name: tuple(by) for name, by in users.items()}, gaps, tuple(broken))


def show_layer(start: Path, name: str, *, crs: str | None = None) -> LayerView:
    """Read a layer and describe it.

    Parameters
    ----------
    start : Path
        In the workspace.
    name : str
        Of the layer.
    crs : str, optional
        To read it in; by default that of the first study that uses it for a network, and WGS84 for others.

    Raises
    ------
    LayerError
        If there is no such layer, it is a raster, or its data are wrong.
    """
    workspace = find_workspace(start)
    catalogue = read_catalogue(workspace)
    if name not in catalogue.layers:
        raise LayerError(Fault(name, "no such layer", found=", ".join(catalogue.layers), remedy=nearest_spelling(name, catalogue.layers)))
    layer = catalogue.layers[name]
    if layer.geometry == "raster":
        raise LayerError(Fault(name, "is a raster; only vector layers are shown yet", remedy=f"use gdalinfo {layer.source}"))
    crs = crs if crs is not None else _crs_of(workspace, layer)
    try:
        metric = pyproj.CRS.from_user_input(crs).is_projected
    except pyproj.exceptions.CRSError as error:
        raise StudyError(Fault("--crs", "unknown CRS", found=crs or "nothing", allowed="an EPSG code such as EPSG:27700")) from error
    data = read_features(layer, crs=crs)
    network = view_network(layer, data, workspace / "studies", crs) if layer.network and metric else None
    columns = tuple(
        (str(column), str(values.dtype), int(values.isna().sum()), next((str(v) for v in values.dropna()[:1]), ""))
        for column, values in data.table.items()
    )
    stated = data.accuracy[~np.isnan(data.accuracy)]
    accuracy = (
        f"{stated.min() / 1000:g} to {stated.max() / 1000:g} km, middle {np.median(stated) / 1000:g} km" if stated.size else "not stated"
    )
    west, south, east, north = shapely.total_bounds(data.geometry).tolist()
    return LayerView(layer, len(data), data.report.empty, data.report.repaired, (west, south, east, north), crs, columns, accuracy, network)


def _crs_of(workspace: Path, layer: Layer) -> str:
    """Choose a CRS: a network's parts are told in metres, so that of a study that uses it."""
    if layer.network:
        for file in sorted((workspace / "studies").glob("*.toml")):
            with suppress(GeoEngineError):
                study = read_study(file)
                if layer.name in {name for (name, _), _ in stands_of(study)}:
                    return study.crs
    return "EPSG:4326"
