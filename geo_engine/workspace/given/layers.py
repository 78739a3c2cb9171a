"""Tables of a notebook written as the data of a layer."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyogrio

from geo_engine.errors import Fault, LayerError

__all__ = ["write_layer_data"]

_FIXED_DATE = "1980-01-01T00:00:00.000Z"


def write_layer_data(data: object, stem: Path, *, replace: bool) -> Path:
    """Write a table beside the layers: with geometry as a GeoPackage, without as a CSV; the same table gives the same bytes.

    Parameters
    ----------
    data : GeoDataFrame, GeoSeries or DataFrame
        With its CRS where it has geometry.
    stem : Path
        The file without its ending.
    replace : bool
        Whether a file that is there is replaced; it is kept beside the new one as ``.NAME.before``.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    LayerError
        If it is no such table, has no rows or no CRS, cannot be written, or the file is there already.
    """
    if isinstance(data, gpd.GeoSeries):
        data = gpd.GeoDataFrame(geometry=data)
    if not isinstance(data, pd.DataFrame):
        allowed = "a GeoDataFrame, or a DataFrame with lon and lat or easting and northing"
        raise LayerError(Fault(stem.name, "no layer can be made of this", found=type(data).__name__, allowed=allowed))
    if not len(data):
        raise LayerError(Fault(stem.name, "the table has no rows", allowed="one row or more"))
    shaped = isinstance(data, gpd.GeoDataFrame)
    if isinstance(data, gpd.GeoDataFrame) and data.crs is None:
        raise LayerError(Fault(stem.name, "the GeoDataFrame has no CRS", remedy='say what it is in: frame.set_crs("EPSG:4326")'))
    file = stem.with_suffix(".gpkg" if shaped else ".csv")
    if file.exists() and not replace:
        raise LayerError(Fault(f"layers/data/{file.name}", "is there already", remedy="give another name, or replace=True"))
    partial = file.with_name(f".{stem.name}.partial{file.suffix}")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        _write(data, partial, stem.name)
        if file.exists():
            file.rename(file.with_name(f".{file.name}.before"))
        partial.rename(file)
    except (OSError, ValueError, RuntimeError, TypeError) as error:
        partial.unlink(missing_ok=True)
        said = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise LayerError(Fault(f"layers/data/{file.name}", f"cannot be written: {said}")) from error
    return file


def _write(data: pd.DataFrame, path: Path, layer: str) -> None:
    if not isinstance(data, gpd.GeoDataFrame):
        data.to_csv(path, index=False, lineterminator="\n")
        return
    before = pyogrio.get_gdal_config_option("OGR_CURRENT_DATE")
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": _FIXED_DATE})
    try:
        pyogrio.write_dataframe(data, path, layer=layer, driver="GPKG")
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": before})
