"""One layer with what its data hold, where they come from and who uses them."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyproj
import pyproj.exceptions
import shapely

from geo_engine.errors import Fault, GeoEngineError, LayerError, StudyError, nearest_spelling
from geo_engine.model import Layer
from geo_engine.run.catalogue.network_view import NetworkView, view_network
from geo_engine.run.catalogue.picture import Picture, draw_cells, draw_shapes, picture_file
from geo_engine.run.catalogue.uses import Use, readable_studies, study_for, uses_of
from geo_engine.run.planning.reading.needs import stands_of
from geo_engine.workspace import (
    Catalogue,
    ColumnFacts,
    RasterFacts,
    column_facts,
    find_workspace,
    hash_sources,
    raster_facts,
    raster_file,
    read_catalogue,
    read_features,
    read_study,
)

__all__ = ["LayerView", "layer_called", "show_layer"]


@dataclass(frozen=True, slots=True)
class LayerView:
    """One layer with what its data hold.

    Parameters
    ----------
    layer : Layer
        As declared.
    features, empty, repaired : int
        Counts of features; 0 for a raster.
    bounds : tuple of float
        West, south, east, north, in the CRS that was read.
    crs : str
        That CRS; a raster's own.
    columns : tuple of ColumnFacts
        Attributes with types, blanks and ranges.
    accuracy : str
        Smallest, middle and largest stated accuracy.
    network : NetworkView or None
        Of a network layer.
    raster : RasterFacts or None
        Of a raster.
    uses : tuple of Use
        Where studies name it.
    files : mapping of str to str
        SHA-256 of every file behind it.
    picture : Picture or None
        Where it was drawn.
    """

    layer: Layer
    features: int
    empty: int
    repaired: int
    bounds: tuple[float, float, float, float]
    crs: str
    columns: tuple[ColumnFacts, ...]
    accuracy: str
    network: NetworkView | None
    raster: RasterFacts | None
    uses: tuple[Use, ...]
    files: dict[str, str]
    picture: Picture | None


def layer_called(catalogue: Catalogue, name: str) -> Layer:
    """Find a layer by its name.

    Raises
    ------
    LayerError
        If there is none, with the nearest spelling.
    """
    if name not in catalogue.layers:
        raise LayerError(Fault(name, "no such layer", found=", ".join(catalogue.layers), remedy=nearest_spelling(name, catalogue.layers)))
    return catalogue.layers[name]


def show_layer(start: Path, name: str, *, crs: str | None = None, draw: bool = False) -> LayerView:
    """Read a layer and describe it.

    Parameters
    ----------
    start : Path
        In the workspace.
    name : str
        Of the layer.
    crs : str, optional
        To read it in; by default that of the first study that uses it for a network, and WGS84 for others. A raster stays in its own.
    draw : bool
        Whether to leave a picture in ``outputs/layers/``.

    Raises
    ------
    LayerError
        If there is no such layer, or its data are wrong.
    StudyError
        If the CRS is not known.
    """
    workspace = find_workspace(start)
    layer = layer_called(read_catalogue(workspace), name)
    studies, _ = readable_studies(workspace)
    uses = tuple(use for study in studies for use in uses_of(study) if use.layer == name)
    files, file = hash_sources([layer]), picture_file(workspace, name)
    if layer.geometry == "raster":
        facts, own, bounds, cells = raster_facts(raster_file(layer), name)
        known = layer.crs or own
        picture = draw_cells(file, cells, bounds, known, study_for(workspace, None, name)) if draw and known else None
        return LayerView(layer, 0, 0, 0, bounds, known or "not stated", (), layer.accuracy.text(), None, facts, uses, files, picture)
    crs = crs if crs is not None else _crs_of(workspace, layer)
    try:
        metric = pyproj.CRS.from_user_input(crs).is_projected
    except pyproj.exceptions.CRSError as error:
        raise StudyError(Fault("--crs", "unknown CRS", found=crs or "nothing", allowed="an EPSG code such as EPSG:27700")) from error
    data = read_features(layer, crs=crs)
    network = view_network(layer, data, workspace / "studies", crs) if layer.network and metric else None
    stated = data.accuracy[~np.isnan(data.accuracy)]
    accuracy = (
        f"{stated.min() / 1000:g} to {stated.max() / 1000:g} km, middle {np.median(stated) / 1000:g} km" if stated.size else "not stated"
    )
    west, south, east, north = shapely.total_bounds(data.geometry).tolist()
    picture = None
    if draw:
        study = study_for(workspace, None, name)
        seen = read_features(layer, crs=study.crs) if study is not None and study.crs != crs else data
        picture = draw_shapes(file, seen.geometry, study.crs if study else crs, study)
    return LayerView(
        layer,
        len(data),
        data.report.empty,
        data.report.repaired,
        (west, south, east, north),
        crs,
        column_facts(data.table),
        accuracy,
        network,
        None,
        uses,
        files,
        picture,
    )


def _crs_of(workspace: Path, layer: Layer) -> str:
    """Choose a CRS: a network's parts are told in metres, so that of a study that uses it."""
    if layer.network:
        for file in sorted((workspace / "studies").glob("*.toml")):
            with suppress(GeoEngineError):
                study = read_study(file)
                if layer.name in {name for (name, _), _ in stands_of(study)}:
                    return study.crs
    return "EPSG:4326"
