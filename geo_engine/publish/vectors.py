"""Sites, corridors, routes and isochrones as geometry files: GeoJSON in WGS84 for the web, GeoPackage in study coordinates for a GIS."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo_engine.model import Result
from geo_engine.projection import transformer
from geo_engine.publish.exports import Sheet, write_sheets
from geo_engine.publish.reach import ISOCHRONE_COLUMNS, ROUTE_COLUMNS, isochrone_rows, route_rows
from geo_engine.publish.tables import Cell, corridor_columns, corridor_rows, site_columns, site_rows

__all__ = ["sites_frame", "to_wgs84", "vector_layers", "write_geojson", "write_geopackage"]

_PLACES = 7  # decimals of a degree: one centimetre, as RFC 7946 advises
_TEXT_COLUMNS = frozenset(
    {
        *("site_id", "name", "region", "grid_ref", "tier", "readiness", "connection_target", "connection_remark"),
        *("site", "target", "cost_basis", "crosses", "remark", "route", "facility", "roads"),
    }
)
_WHOLE_COLUMNS = frozenset({"rank", "rank_p05", "rank_p95", "readiness_untested"})


def to_wgs84(geometries: Sequence[BaseGeometry], crs: str) -> list[BaseGeometry]:
    """Reproject geometries from study coordinates to lon, lat in WGS84 degrees."""
    to_degrees = transformer(crs, "EPSG:4326")

    def projected(coordinates: NDArray[np.float64]) -> NDArray[np.float64]:
        lon, lat = to_degrees.transform(coordinates[:, 0], coordinates[:, 1])
        return np.column_stack([lon, lat])

    return [shapely.transform(geometry, projected) for geometry in geometries]


def vector_layers(result: Result) -> tuple[str, ...]:
    """Name the layers of geometry that a result has: ``sites``, and ``corridors``, ``routes``, ``isochrones`` where the study asks."""
    study = result.study
    asked = {
        "corridors": study.connection is not None,
        "routes": study.reach is not None and bool(study.reach.routes),
        "isochrones": study.reach is not None and bool(study.reach.isochrones),
    }
    return ("sites", *(name for name, wanted in asked.items() if wanted))


def write_geojson(result: Result, path: Path, layer: str = "sites") -> Path:
    """Write a layer as RFC 7946 GeoJSON: lon, lat in WGS84, outer rings counter-clockwise.

    Unknown and unreachable numbers are null, since JSON has neither.

    Parameters
    ----------
    result : Result
        One region of one study.
    path : Path
        The file to make.
    layer : str
        One of `vector_layers`: the sites' outlines, corridors from site to substation, routes in the direction of travel,
        isochrones.

    Returns
    -------
    Path
        `path`.
    """
    table = _table(result, layer)
    features = [
        {
            "type": "Feature",
            "id": identity,
            "properties": {name: _json_cell(row[name]) for name in table.columns},
            "geometry": _geometry_object(geometry),
        }
        for identity, row, geometry in zip(table.ids, table.rows, to_wgs84(table.geometries, result.surface.grid.crs), strict=True)
    ]
    document = {"type": "FeatureCollection", "name": f"{layer} of {result.study.name}, {result.region}", "features": features}
    path.write_text(json.dumps(document, ensure_ascii=False, allow_nan=False, indent=1) + "\n", encoding="utf-8")
    return path


def write_geopackage(result: Result, path: Path) -> Path:
    """Write each of `vector_layers` as a layer of a GeoPackage, in study coordinates.

    The date of last change is fixed, so that the same result gives the same bytes.

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
    tables = {name: _table(result, name) for name in vector_layers(result)}
    write_sheets(path, (Sheet(name, _frame(result, table), table.kind) for name, table in tables.items()))
    return path


def sites_frame(result: Result) -> gpd.GeoDataFrame:
    """Give the sites as the layer ``sites`` of the GeoPackage has them, in study coordinates, best first."""
    return _frame(result, _table(result, "sites"))


@dataclass(frozen=True)
class _Table:
    """Rows with geometry in study coordinates; ids are unique within the layer."""

    kind: str
    columns: Sequence[str]
    rows: list[dict[str, Cell]]
    geometries: list[BaseGeometry]
    ids: list[str]


def _table(result: Result, layer: str) -> _Table:
    if layer == "sites":
        rows = site_rows(result)
        outlines = [site.geometry for site in result.ranking.sites]
        return _Table("MultiPolygon", site_columns(result), rows, outlines, [str(row["site_id"]) for row in rows])
    if layer == "corridors":
        corridors = corridor_rows(result)
        rows, lines = [row for _, row in corridors], [corridor.geometry for corridor, _ in corridors]
        return _Table("LineString", corridor_columns(result), rows, lines, [str(row["site_id"]) for row in rows])
    found = route_rows(result) if layer == "routes" else isochrone_rows(result)
    rows, geometries = [row for _, row in found], [geometry for geometry, _ in found]
    if layer == "routes":
        return _Table("LineString", ROUTE_COLUMNS, rows, geometries, [f"{row['site_id']} {row['route']}" for row in rows])
    return _Table("MultiPolygon", ISOCHRONE_COLUMNS, rows, geometries, [f"{row['site_id']} {row['minutes']:g} min" for row in rows])


def _frame(result: Result, table: _Table) -> gpd.GeoDataFrame:
    cells = pd.DataFrame({name: _series([row[name] for row in table.rows], name) for name in table.columns})
    shapes = [_multi(geometry) for geometry in table.geometries] if table.kind == "MultiPolygon" else table.geometries
    there = [None if shape.is_empty else shape for shape in shapes]  # an isochrone without land: a row without a shape
    return gpd.GeoDataFrame(cells, geometry=gpd.GeoSeries(there, crs=result.surface.grid.crs))


def _series(cells: list[Cell], name: str) -> pd.Series[Any]:
    if name in _TEXT_COLUMNS or _names_a_facility(name):
        return pd.Series(cells, dtype=object)
    if name in _WHOLE_COLUMNS:
        return pd.Series(cells, dtype="Int64")
    return pd.Series([math.nan if cell is None else cell for cell in cells], dtype="float64")


def _names_a_facility(column: str) -> bool:
    return column.startswith("route_") and column.endswith("_facility")


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
