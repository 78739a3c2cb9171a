"""Sites as geometry files: GeoJSON in WGS84 for the web, GeoPackage in study coordinates for a GIS."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely
from numpy.typing import NDArray
from pyproj import Transformer
from shapely.geometry.base import BaseGeometry

from geo_engine.model import Result
from geo_engine.publish.tables import Cell, corridor_columns, corridor_rows, site_columns, site_rows

__all__ = ["to_wgs84", "write_corridors", "write_geojson", "write_geopackage"]

_FIXED_DATE = "1980-01-01T00:00:00.000Z"
_PLACES = 7  # decimals of a degree: one centimetre, as RFC 7946 advises
_TEXT_COLUMNS = frozenset(
    {
        *("site_id", "name", "region", "grid_ref", "tier", "connection_target", "connection_remark"),
        *("site", "target", "cost_basis", "crosses", "remark"),
    }
)
_WHOLE_COLUMNS = frozenset({"rank", "rank_p05", "rank_p95"})


def to_wgs84(geometries: Sequence[BaseGeometry], crs: str) -> list[BaseGeometry]:
    """Reproject geometries from study coordinates to lon, lat in WGS84 degrees."""
    transformer = Transformer.from_crs(crs, "EPSG:4326", always_xy=True)

    def projected(coordinates: NDArray[np.float64]) -> NDArray[np.float64]:
        lon, lat = transformer.transform(coordinates[:, 0], coordinates[:, 1])
        return np.column_stack([lon, lat])

    return [shapely.transform(geometry, projected) for geometry in geometries]


def write_geojson(result: Result, path: Path) -> Path:
    """Write the sites' outlines as RFC 7946 GeoJSON: lon, lat in WGS84, outer rings counter-clockwise.

    Unknown and unreachable numbers are null, since JSON has neither.

    Parameters
    ----------
    result : Result
        One region of one study.
    path : Path
        The file to make.

    Returns
    -------
    Path
        `path`.
    """
    sites = result.ranking.sites
    return _write_features(result, path, "sites", site_columns(result), site_rows(result), [site.geometry for site in sites])


def write_corridors(result: Result, path: Path) -> Path:
    """Write the corridors to the grid as RFC 7946 GeoJSON lines, from site to substation; parameters as for `write_geojson`."""
    found = corridor_rows(result)
    return _write_features(
        result, path, "corridors", corridor_columns(result), [row for _, row in found], [corridor.geometry for corridor, _ in found]
    )


def _write_features(
    result: Result, path: Path, what: str, columns: list[str], rows: list[dict[str, Cell]], geometries: list[BaseGeometry]
) -> Path:
    features = [
        {
            "type": "Feature",
            "id": row["site_id"],
            "properties": {name: _json_cell(row[name]) for name in columns},
            "geometry": _geometry_object(geometry),
        }
        for row, geometry in zip(rows, to_wgs84(geometries, result.surface.grid.crs), strict=True)
    ]
    document = {"type": "FeatureCollection", "name": f"{what} of {result.study.name}, {result.region}", "features": features}
    path.write_text(json.dumps(document, ensure_ascii=False, allow_nan=False, indent=1) + "\n", encoding="utf-8")
    return path


def write_geopackage(result: Result, path: Path) -> Path:
    """Write the sites' outlines as a GeoPackage layer ``sites`` in study coordinates, their corridors as a layer ``corridors``.

    The date of last change is fixed, so that the same result gives the same bytes. Without a connection in the study
    there is no layer of corridors.

    Parameters
    ----------
    result : Result
        One region of one study.
    path : Path
        The file to make.

    Returns
    -------
    Path
        `path`.
    """
    outlines = [_multi(site.geometry) for site in result.ranking.sites]
    layers = [("sites", "MultiPolygon", _frame(result, site_columns(result), site_rows(result), outlines))]
    if result.study.connection is not None:
        found = corridor_rows(result)
        frame = _frame(result, corridor_columns(result), [row for _, row in found], [corridor.geometry for corridor, _ in found])
        layers.append(("corridors", "LineString", frame))
    before = pyogrio.get_gdal_config_option("OGR_CURRENT_DATE")
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": _FIXED_DATE})
    try:
        for name, kind, frame in layers:
            pyogrio.write_dataframe(frame, path, layer=name, driver="GPKG", geometry_type=kind)
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": before})
    return path


def _frame(result: Result, columns: list[str], rows: list[dict[str, Cell]], geometries: list[BaseGeometry]) -> gpd.GeoDataFrame:
    table = pd.DataFrame({name: _series([row[name] for row in rows], name) for name in columns})
    return gpd.GeoDataFrame(table, geometry=gpd.GeoSeries(geometries, crs=result.surface.grid.crs))


def _series(cells: list[Cell], name: str) -> pd.Series[Any]:
    if name in _TEXT_COLUMNS:
        return pd.Series(cells, dtype=object)
    if name in _WHOLE_COLUMNS:
        return pd.Series(cells, dtype="Int64")
    return pd.Series([math.nan if cell is None else cell for cell in cells], dtype="float64")


def _json_cell(cell: Cell) -> Cell:
    return None if isinstance(cell, float) and not math.isfinite(cell) else cell


def _geometry_object(geometry: BaseGeometry) -> dict[str, Any]:
    rounded = shapely.transform(_outer_rings_counter_clockwise(geometry), lambda degrees: degrees.round(_PLACES))
    parsed: dict[str, Any] = json.loads(shapely.to_geojson(rounded))
    return parsed


def _outer_rings_counter_clockwise(geometry: BaseGeometry) -> BaseGeometry:
    oriented: BaseGeometry = shapely.orient_polygons(geometry)
    return oriented


def _multi(geometry: BaseGeometry) -> BaseGeometry:
    parts = shapely.get_parts(geometry)
    return shapely.MultiPolygon([part for part in parts if part.geom_type == "Polygon"])
