"""Everything that a run leaves of one region, written into one folder."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path

from geo_engine.model import Result
from geo_engine.publish.qgis import write_run_project
from geo_engine.publish.rasters import Rasters
from geo_engine.publish.registers import write_cells, write_near_misses, write_needs, write_readiness, write_sensitivity, write_sureness
from geo_engine.publish.tables import write_tables
from geo_engine.publish.vectors import vector_layers, write_geojson, write_geopackage
from geo_engine.publish.webmap import write_map

__all__ = ["write_outputs"]


def write_outputs(
    result: Result,
    folder: Path,
    *,
    record: Mapping[str, object],
    report_progress: Callable[[str], None] | None = None,
    rasters: Rasters | None = None,
) -> tuple[Path, ...]:
    """Write map, tables, geometry, rasters and record into a folder; the same result gives the same bytes.

    Parameters
    ----------
    result : Result
        One region of one study.
    folder : Path
        An existing, empty folder; the caller renames it when all is there.
    record : mapping
        The run record, for run.json: anything that JSON can hold. The ``geo-engine`` of its ``versions``, if
        any, goes into the rasters' tags.
    report_progress : callable, optional
        Is told each file's name before it is written.
    rasters : Rasters, optional
        Those of the result that were begun before.

    Returns
    -------
    tuple of Path
        The files, in the order of writing.
    """
    versions = record.get("versions")
    version = str(versions.get("geo-engine", "")) if isinstance(versions, Mapping) else ""

    def announce(name: str) -> Path:
        if report_progress is not None:
            report_progress(name)
        return folder / name

    announce("suitability.tif, status.tif" + (", best5.tif" if result.surface.best is not None else ""))
    with rasters or Rasters(folder / ".rasters", engine_version=version) as packing:
        packing.begin(result.study, result.region_title, result.surface)
        others = _write_others(result, folder, announce)
        written = [*packing.collect(folder), *others]
    run_file = announce("run.json")
    run_file.write_text(json.dumps(record, ensure_ascii=False, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    return *written, run_file


def _write_others(result: Result, folder: Path, announce: Callable[[str], Path]) -> list[Path]:
    """Write all but the rasters and the record."""
    written: list[Path] = []
    announce("sites.csv, rejected.csv, demand.csv, methods.csv, acceptability.csv, pairwise.csv")
    written.extend(write_tables(result, folder))
    written.extend(write_sureness(result, folder))
    written.append(write_near_misses(result, announce("near_misses.csv")))
    written.append(write_needs(result, announce("needs.csv")))
    if result.study.readiness:
        announce("readiness.csv, missing.csv")
        written.extend(write_readiness(result, folder))
    written.append(write_cells(result, announce("site_cells.csv")))
    written.append(write_sensitivity(result, announce("sensitivity.csv")))
    written.extend(write_geojson(result, announce(f"{layer}.geojson"), layer) for layer in vector_layers(result))
    written.append(write_geopackage(result, announce("sites.gpkg")))
    announce("run.qgz, context.gpkg, suitability.qml, status.qml")
    written.extend(write_run_project(result, folder))
    written.append(write_map(result, announce("map.html")))
    return written
