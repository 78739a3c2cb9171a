"""GeoPackages: several layers in a file, with titles and provenance, the same bytes for the same content."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import geopandas as gpd
import pyogrio

__all__ = ["Sheet", "steady_gdal", "write_sheets"]

_FIXED_DATE = "1980-01-01T00:00:00.000Z"
_VERSION = "1.3"  # of the standard: what QGIS 3.22 and GDAL 3.6 know; both say of 1.4 that they may not read all of it


@dataclass(frozen=True, eq=False)
class Sheet:
    """One layer of a file.

    Parameters
    ----------
    name : str
        Of the table.
    frame : GeoDataFrame
        Attributes that `storable` has seen to, with geometry and CRS.
    kind : str
        Type of all its geometry, such as ``MultiPolygon``.
    title, description : str
        What readers see.
    metadata : mapping of str to str
        Provenance, by name.
    """

    name: str
    frame: gpd.GeoDataFrame
    kind: str
    title: str = ""
    description: str = ""
    metadata: Mapping[str, str] = field(default_factory=dict)


def write_sheets(path: Path, sheets: Iterable[Sheet], *, indexed_from: int = 500) -> Path:
    """Write layers into a GeoPackage, in order; the dates of last change are fixed.

    Parameters
    ----------
    path : Path
        The file to make; must not be there yet.
    sheets : iterable of Sheet
        With names that differ, also without regard to case.
    indexed_from : int
        Layers of so many features and more get a spatial index; fewer are drawn as fast without.

    Returns
    -------
    Path
        `path`.
    """
    with steady_gdal():
        for sheet in sheets:
            index = "YES" if len(sheet.frame) >= indexed_from else "NO"
            options = {"IDENTIFIER": sheet.title, "DESCRIPTION": sheet.description, "SPATIAL_INDEX": index}
            pyogrio.write_dataframe(
                sheet.frame,
                path,
                layer=sheet.name,
                driver="GPKG",
                geometry_type=sheet.kind,
                promote_to_multi=sheet.kind.startswith("Multi"),
                dataset_options={} if path.exists() else {"VERSION": _VERSION},
                layer_options={name: value for name, value in options.items() if value},
                layer_metadata=dict(sheet.metadata) or None,
            )
    return path


@contextmanager
def steady_gdal() -> Iterator[None]:
    """Have GDAL write a fixed date, and not wait for the disk: a file that is not whole is thrown away with its folder."""
    wanted = {"OGR_CURRENT_DATE": _FIXED_DATE, "OGR_SQLITE_SYNCHRONOUS": "OFF"}
    before = {name: pyogrio.get_gdal_config_option(name) for name in wanted}
    pyogrio.set_gdal_config_options(wanted)
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options(before)
