"""The surface as cloud-optimised GeoTIFFs: score and status, with tags that say what the numbers mean."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from affine import Affine

from geo_engine.model import STATUS_OFF_AREA, Result, StatusBit, rule_bits

__all__ = ["write_status", "write_suitability"]

SCORE_MEANING = "match to these weights, 0 to 100; not a probability of success"


def write_suitability(result: Result, path: Path, *, engine_version: str) -> Path:
    """Write the score as a COG, float32, 0 to 100, NaN off the area and where unknown.

    Restricted land keeps its score: `write_status` tells which land is free. Overviews are averages.

    Parameters
    ----------
    result : Result
        The surface to write.
    path : Path
        The file to make.
    engine_version : str
        Goes into the tags.

    Returns
    -------
    Path
        `path`.
    """
    tags = {"unit": "score, 0 to 100", "meaning": SCORE_MEANING, "restricted_land": "keeps its score; see status.tif"}
    for criterion, weight in zip(result.study.criteria, result.study.weights, strict=True):
        tags[f"weight_{criterion.slug}"] = f"{100 * weight:.4g} %"
    score = np.asarray(result.surface.score, dtype=np.float32)
    _write(result, path, score, np.nan, "average", "suitability", "score", tags, engine_version)
    return path


def write_status(result: Result, path: Path, *, engine_version: str) -> Path:
    """Write the mask of failed rules as a COG, uint32; 0 is free, 4294967295 off the area; tags name each bit.

    Overviews are the nearest cell, since an average of a mask means nothing.

    Parameters
    ----------
    result : Result
        The surface to write.
    path : Path
        The file to make.
    engine_version : str
        Goes into the tags.

    Returns
    -------
    Path
        `path`.
    """
    tags = {
        "meaning": "each bit that is set is a rule that the cell fails; 0 is free land",
        f"bit_{int(StatusBit.UNKNOWN)}": "unknown: a criterion that refuses unknown values has none here",
        f"bit_{int(StatusBit.UNREACHABLE)}": "unreachable over the network",
    }
    estimates = {rule.name for rule in result.study.constraints if rule.estimate}
    for name, bit in rule_bits(result.study.constraints).items():
        tags[f"bit_{bit}"] = f"fails: {name}{' (estimate)' if name in estimates else ''}"
    status = np.asarray(result.surface.status, dtype=np.uint32)
    _write(result, path, status, STATUS_OFF_AREA, "nearest", "status", "bit mask", tags, engine_version)
    return path


def _write(
    result: Result,
    path: Path,
    values: np.ndarray[Any, Any],
    nodata: float,
    overviews: str,
    band: str,
    unit: str,
    tags: dict[str, str],
    engine_version: str,
) -> None:
    """Write one band; tags go to the file and to the band, since viewers show the one or the other."""
    grid = result.surface.grid
    about = {
        "study": result.study.title,
        "region": result.region_title,
        "engine": f"geo_engine {engine_version}".rstrip(),
    }
    with (
        rasterio.Env(GDAL_NUM_THREADS="ALL_CPUS"),
        rasterio.open(
            path,
            "w",
            driver="COG",
            width=grid.cols,
            height=grid.rows,
            count=1,
            dtype=values.dtype.name,
            crs=grid.crs,
            transform=Affine(grid.cell, 0.0, grid.west, 0.0, -grid.cell, grid.north),
            nodata=nodata,
            compress="ZSTD",
            level=1,
            predictor="YES",
            blocksize=512,
            overview_resampling=overviews,
            num_threads="ALL_CPUS",
            bigtiff="IF_SAFER",
        ) as target,
    ):
        target.update_tags(**about, **tags)
        target.update_tags(1, **tags)
        target.set_band_description(1, band)
        target.units = (unit,)
        target.write(values, 1)
