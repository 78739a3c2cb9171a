"""The surface as cloud-optimised GeoTIFFs: score and status, with tags that say what the numbers mean."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import rasterio
import rasterio.shutil
from affine import Affine
from rasterio.windows import Window

from geo_engine.model import STATUS_OFF_AREA, Band, Result, StatusBit, rule_bits

__all__ = ["write_best", "write_status", "write_suitability"]

_BLOCK = 512  # cells along a block of a file
_CACHE = 128  # MB of blocks that GDAL holds
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
    _write(result, path, _Raster("suitability", "score", result.surface.score, "float32", np.nan, "average", tags), engine_version)
    return path


def write_best(result: Result, path: Path, *, engine_version: str) -> Path:
    """Write the probability of being among the best as a COG, float32, 0 to 1, NaN off the area and where unknown.

    Overviews are averages.

    Parameters
    ----------
    result : Result
        With `Surface.best`.
    path : Path
        The file to make.
    engine_version : str
        Goes into the tags.

    Returns
    -------
    Path
        `path`.

    Raises
    ------
    ValueError
        If the result has no such surface.
    """
    if result.surface.best is None:
        msg = "nothing was drawn for the surface"
        raise ValueError(msg)
    tags = {
        "unit": "share of draws, 0 to 1",
        "meaning": "share of the draws of weights in which the cell is among the best 5 % of scored land; not a probability of success",
        "weights": result.study.robustness.weights.text(),
        "restricted_land": "is compared too; see status.tif",
    }
    _write(result, path, _Raster("best5", "share", result.surface.best, "float32", np.nan, "average", tags), engine_version)
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
        f"bit_{int(StatusBit.UNKNOWN)}": "unknown: a criterion that refuses unknown values, or a rule, has no value here",
        f"bit_{int(StatusBit.UNREACHABLE)}": "unreachable over the network",
    }
    estimates = {rule.name for rule in result.study.constraints if rule.estimate}
    for name, bit in rule_bits(result.study.constraints).items():
        tags[f"bit_{bit}"] = f"fails: {name}{' (estimate)' if name in estimates else ''}"
    if any(rule.force for rule in result.study.constraints):
        tags[f"bit_{int(StatusBit.FORCED)}"] = "free by a forced inclusion, whatever rules it fails"
        tags["meaning"] = (
            f"each bit that is set is a rule that the cell fails; 0 is free land, and so is any with bit {int(StatusBit.FORCED)}"
        )
    _write(result, path, _Raster("status", "bit mask", result.surface.status, "uint32", STATUS_OFF_AREA, "nearest", tags), engine_version)
    return path


@dataclass(frozen=True, eq=False)
class _Raster:
    """What one raster holds and how its overviews are made."""

    name: str
    unit: str
    values: Band[np.float32] | Band[np.uint32]
    dtype: str
    nodata: float
    overviews: str
    tags: dict[str, str]


def _write(result: Result, path: Path, raster: _Raster, engine_version: str) -> None:
    """Write one raster; tags go to the file and to the band, since viewers show the one or the other.

    Tried on 91 M cells of float32: the standard predictor is faster and smaller than the one for floats, and
    overviews that wait uncompressed on the disk save a quarter of the time. All goes by way of a packed file on the disk, block by
    block, so that memory does not depend on the grid.
    """
    grid = result.surface.grid
    frame = {
        "width": grid.cols,
        "height": grid.rows,
        "count": 1,
        "dtype": raster.dtype,
        "crs": grid.crs,
        "transform": Affine(grid.cell, 0.0, grid.west, 0.0, -grid.cell, grid.north),
        "nodata": raster.nodata,
    }
    about = {
        "study": result.study.title,
        "region": result.region_title,
        "engine": f"geo_engine {engine_version}".rstrip(),
    }
    how = {
        "driver": "COG",
        "compress": "ZSTD",
        "level": 1,
        "predictor": "STANDARD",
        "blocksize": _BLOCK,
        "overview_resampling": raster.overviews,
        "num_threads": "ALL_CPUS",
        "bigtiff": "IF_SAFER",
    }
    packed = {"tiled": True, "blockxsize": _BLOCK, "blockysize": _BLOCK, "compress": "ZSTD", "zstd_level": 1, "sparse_ok": True}
    between = path.with_name(f".{path.name}.tiles.tif")
    with rasterio.Env(GDAL_NUM_THREADS="ALL_CPUS", COG_TMP_COMPRESSION="NONE", GDAL_CACHEMAX=_CACHE):
        with rasterio.open(between, "w", driver="GTiff", bigtiff="YES", num_threads="ALL_CPUS", **frame, **packed) as target:
            target.update_tags(**about, **raster.tags)
            target.update_tags(1, **raster.tags)
            target.set_band_description(1, raster.name)
            target.units = (raster.unit,)
            for tile in grid.tiles(_BLOCK):
                window = raster.values[tile.window]
                there = ~np.isnan(window) if raster.dtype == "float32" else window != raster.nodata
                if there.any():
                    target.write(window, 1, window=Window(tile.col0, tile.row0, *reversed(tile.shape)))
        rasterio.shutil.copy(between, path, **how)
        between.unlink()
