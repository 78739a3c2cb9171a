"""The run record: everything that the result depends on, and nothing else."""

from __future__ import annotations

import math
import os
import platform
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pyproj
import rasterio
import shapely

from geo_engine.decide.combine import combination_words
from geo_engine.model import Corridor, Mark, Result
from geo_engine.network import TravelNetwork
from geo_engine.projection import transformer
from geo_engine.publish import untested
from geo_engine.run.planning.plan import Plan
from geo_engine.run.robustness.sites import robustness_record
from geo_engine.workspace import masked

__all__ = ["plain", "run_record", "versions"]

_LIBRARIES = ("geo-engine", "geopandas", "numba", "numpy", "pandas", "pyogrio", "pyproj", "rasterio", "scipy", "shapely")


def plain(value: Any, base: Path) -> Any:  # noqa: ANN401, PLR0911 - any noun to any JSON value, a return for each kind
    """Turn nouns into what JSON can hold.

    Dataclasses become objects, paths relative to `base`, NaN and infinity null and text; passwords in addresses are masked.
    """
    if isinstance(value, Mark):
        return value.word
    if is_dataclass(value) and not isinstance(value, type):
        kind = {"kind": str(word)} if (word := getattr(value, "kind", "")) else {}
        return kind | {field.name: plain(getattr(value, field.name), base) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(item, base) for key, item in value.items()}
    if isinstance(value, frozenset | set):
        return sorted(plain(item, base) for item in value)
    if isinstance(value, tuple | list):
        return [plain(item, base) for item in value]
    if isinstance(value, Path):
        return Path(os.path.relpath(value, base)).as_posix()
    if isinstance(value, str):
        return Path(os.path.relpath(value, base)).as_posix() if value.startswith(os.sep) and Path(value).exists() else masked(value)
    if isinstance(value, float) and not math.isfinite(value):
        return None if math.isnan(value) else str(value)
    return value


def _pipeline(study_crs: str, easting: float, northing: float) -> dict[str, object]:
    """Give the PROJ pipeline from degrees to the study's CRS that is used about a place: PROJ chooses at the first use."""
    lon, lat = transformer(study_crs, "EPSG:4326").transform(easting, northing)
    forward = transformer("EPSG:4326", study_crs)
    forward.transform(lon, lat)
    used = forward.get_last_used_operation()
    return {
        "pipeline": used.definition,
        "accuracy_m": used.accuracy,
        "note": "PROJ's network is off; without a national grid shift file positions are good to about 2 m",
    }


def _network(travel: TravelNetwork, base: Path) -> dict[str, object]:
    """Write down a network: its parts, what is closed to the vehicle, and how far each group of facilities stands from it."""
    told: dict[str, object] = plain(travel.network.report, base)
    told["closed_share"], told["cut_off_share"] = round(travel.way.closed_share, 6), round(travel.way.cut_off_share, 6)
    told["facilities"] = {
        name: {
            "count": len(there.metres),
            "metres_to_network_median": round(float(np.median(there.metres)), 1),
            "metres_to_network_most": round(float(there.metres.max()), 1),
        }
        for name, there in travel.facilities.items()
        if len(there.metres)
    }
    return told


def versions() -> dict[str, str]:
    """Give the versions of what a run is computed with: the engine, Python, libraries."""
    return (
        {"python": platform.python_version(), "PROJ": pyproj.proj_version_str, "GEOS": shapely.geos_version_string}
        | {"GDAL": ".".join(str(part) for part in pyogrio.__gdal_version__), "GDAL, rasters": rasterio.__gdal_version__}
        | {name: metadata.version(name) for name in _LIBRARIES}
    )


def run_record(plan: Plan, result: Result, folder: Path) -> dict[str, object]:
    """Write down what a run was made from and what it found, for ``run.json``.

    Parameters
    ----------
    plan, result : Plan, Result
        The run.
    folder : Path
        Where the outputs will lie; the study is recorded relative to it.
    """
    study, grid = plan.study, plan.grid
    base = study.path.parent.parent
    body = plain(study, base)
    used = {name for name, _ in plan.features} | {criterion.measure.layer for criterion in study.criteria}
    used |= {rule.layer for rule in study.constraints} | {need.test.measure.layer for need in study.facility.needs if need.test}
    body["layers"] = {name: layer for name, layer in body["layers"].items() if name in used}
    body["weights"] = list(study.weights)
    body["combined_by"] = combination_words(study.combination, len(study.criteria))
    west, south, east, north = grid.bounds
    return {
        "study_file": Path(os.path.relpath(study.path.resolve(), folder)).as_posix(),
        "region": {"slug": plan.region, "title": plan.region_title},
        "command": f"geo-engine run {study.path.relative_to(base).as_posix()} --region {plan.region} --cell '{grid.cell:.10g} m'"
        + (f" --scenario {study.scenario}" if study.scenario else "")
        + (" (a scenario that was given in Python: study.given)" if study.scenario in study.given else ""),
        "scenario": study.scenario or None,
        "grid": {"crs": grid.crs, "west": grid.west, "north": grid.north, "cell_m": grid.cell, "rows": grid.rows, "columns": grid.cols},
        "facility": {"cells": plan.site_cells, "hectares": plan.site_cells * grid.cell_area / 1e4},
        "study": body,
        "inputs_sha256": dict(result.inputs),
        "read": {
            f"{name}{f' where {where}' if where else ''}": plain(data.report, base)
            for (name, where), data in sorted(plan.features.items(), key=lambda item: (item[0][0], item[0][1] or ""))
        },
        "networks": {f"{name} by {profile}": _network(travel, base) for (name, profile), travel in plan.travels.items()},
        "projection": _pipeline(study.crs, (west + east) / 2, (south + north) / 2),
        "hectares": {name: round(value, 4) for name, value in result.hectares.items()},
        "found": {"sites": len(result.ranking.sites), "asked_for": study.sites.count, "rejected": len(result.ranking.rejected)}
        | ({"corridors": sum(isinstance(answer, Corridor) for answer in result.ranking.corridors)} if study.connection else {}),
        "near_misses": {miss.rule: round(miss.hectares, 4) for miss in result.near_misses},
        "robustness": robustness_record(plan, result),
        "notes": list(result.ranking.notes),
        "not_tested": list(untested(study)),
        "versions": versions(),
    }
