"""A layer's data handed out, and data of a notebook taken in as a layer."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import geopandas as gpd
import numpy as np
import rasterio

from geo_engine.errors import Fault, LayerError
from geo_engine.model import Layer, Study
from geo_engine.publish import quick_look_png
from geo_engine.run.catalogue.getting.adding import Added, add_layer
from geo_engine.run.catalogue.picture import look_at_cells, look_at_shapes
from geo_engine.workspace import find_workspace, layer_name, raster_facts, raster_file, read_features
from geo_engine.workspace.given.layers import RasterBand, write_layer_data

__all__ = ["RasterBand", "add_frame", "layer_band", "layer_frame", "layer_picture"]

_MOST_CELLS = 50_000_000


def layer_frame(layer: Layer, crs: str) -> gpd.GeoDataFrame:
    """Read a layer's features as the engine reads them: filtered, joined, repaired, projected.

    Parameters
    ----------
    layer : Layer
        Any but a raster.
    crs : str
        To read it in.

    Returns
    -------
    GeoDataFrame
        The columns of the data, ``accuracy_m`` (metres, NaN where not stated; named so unless the data have that column) and geometry.

    Raises
    ------
    LayerError
        If it is a raster, or its data are wrong.
    """
    if layer.geometry == "raster":
        raise LayerError(Fault(layer.name, "is a raster and has no features", remedy="take its cells: layer.array"))
    data = read_features(layer, crs=crs)
    table = data.table.copy()
    if "accuracy_m" not in table:
        table["accuracy_m"] = data.accuracy
    if "geometry" in table:
        table = table.rename(columns={"geometry": "geometry_1"})
    return gpd.GeoDataFrame(table, geometry=gpd.GeoSeries(data.geometry, index=table.index, crs=crs))


def layer_band(layer: Layer) -> RasterBand:
    """Read a raster layer's first band.

    Raises
    ------
    LayerError
        If it is no raster, has more than 50 million cells, or its cells are turned.
    """
    if layer.geometry != "raster":
        raise LayerError(Fault(layer.name, f"is no raster but {layer.geometry}", remedy="take its features: layer.frame"))
    with rasterio.open(raster_file(layer)) as source:
        if source.width * source.height > _MOST_CELLS:
            found = f"{source.width:,} x {source.height:,} cells"
            raise LayerError(
                Fault(layer.name, "is too large to be read whole", found, f"{_MOST_CELLS:,} cells", "open a window of its file")
            )
        if source.transform.b or source.transform.d:
            raise LayerError(Fault(layer.name, "has cells that do not lie north up"))
        values = source.read(1)
        if np.issubdtype(values.dtype, np.floating):
            values = np.ma.filled(source.read(1, masked=True).astype(np.float32), np.nan)
        crs = layer.crs or (source.crs.to_wkt() if source.crs else "")
        return RasterBand(values, source.transform.c, source.transform.f, source.transform.a, -source.transform.e, crs)


def layer_picture(layer: Layer, crs: str, study: Study | None) -> bytes:
    """Draw a layer as a PNG, with the area of a study beneath, or without.

    Parameters
    ----------
    layer : Layer
        The layer.
    crs : str
        To draw features in, where there is no study; a raster is drawn in its own.
    study : Study or None
        Whose area is drawn, in whose CRS.
    """
    if layer.geometry == "raster":
        _, own, bounds, cells = raster_facts(raster_file(layer), layer.name)
        look = look_at_cells(cells, bounds, layer.crs or own or crs, study)
    else:
        crs = study.crs if study else crs
        look = look_at_shapes(read_features(layer, crs=crs).geometry, crs, study)
    return quick_look_png(look)[0]


def add_frame(
    start: Path,
    data: object,
    name: str,
    *,
    title: str | None = None,
    study: Path | None = None,
    answers: Mapping[str, str] | None = None,
    replace: bool = False,
) -> Added:
    """Keep a table or a raster of a notebook in ``layers/data/`` and make a layer of it, as `add_layer` does of a file.

    Parameters
    ----------
    start : Path
        In the workspace.
    data : GeoDataFrame, GeoSeries, DataFrame or RasterBand
        Geometry with its CRS, or columns that say where: lon and lat, easting and northing, a grid reference; or cells.
    name, title, study, answers
        As for `add_layer`.
    replace : bool
        Whether a layer of that name is replaced, with its data.

    Raises
    ------
    LayerError
        As `add_layer`; if the data cannot be written, or have no CRS. What was there before is left as it was.
    """
    chosen = layer_name(name)
    workspace = find_workspace(start)
    if (workspace / "layers" / f"{chosen}.toml").exists() and not replace:
        raise LayerError(Fault(f"layers/{chosen}.toml", "is there already", remedy="give another name, or replace=True"))
    file = write_layer_data(data, workspace / "layers" / "data" / chosen, replace=replace)
    before = file.with_name(f".{file.name}.before")
    try:
        added = add_layer(start, str(file), name=chosen, title=title, study=study, answers=answers, force=replace)
    except BaseException:
        file.unlink()
        with suppress(FileNotFoundError):
            before.rename(file)
        raise
    before.unlink(missing_ok=True)
    return added
