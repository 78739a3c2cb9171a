"""The surface as cloud-optimised GeoTIFFs: score and status, with tags that say what the numbers mean."""

from __future__ import annotations

import shutil
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
import rasterio
import rasterio.shutil
from affine import Affine
from rasterio.windows import Window

from geo_engine.model import STATUS_OFF_AREA, Band, Result, StatusBit, Study, Surface, rule_bits

__all__ = ["Rasters", "write_best", "write_status", "write_suitability"]

_BLOCK = 512  # cells along a block of a file
_CACHE = 128  # MB of blocks that GDAL holds
_AT_ONCE = 1  # raster: its compression is shared out by GDAL, and what else a run does needs a core too
SCORE_MEANING = "match to these weights, 0 to 100; not a probability of success"


@dataclass(frozen=True, eq=False)
class _Scored:
    """What is known of a result as soon as the land is scored."""

    study: Study
    region_title: str
    surface: Surface


Scored = Result | _Scored


class Rasters:
    """The rasters of a run, written in threads while other work goes on: GDAL lets go of the interpreter's lock.

    On leaving the context what is under way is waited for, since GDAL cannot be stopped; what has not begun is dropped, and the folder that
    was worked in goes.

    Parameters
    ----------
    folder : Path
        To work in: of its own, on the disk of the outputs; made when the first raster is begun.
    engine_version : str
        Goes into the tags.
    """

    def __init__(self, folder: Path, *, engine_version: str) -> None:
        self._folder, self._version = folder, engine_version
        self._pool = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="raster")
        self._begun: dict[str, Future[Path]] = {}

    def __enter__(self) -> Self:
        """Begin nothing yet."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Leave nothing behind."""
        self._pool.shutdown(cancel_futures=True)
        shutil.rmtree(self._folder, ignore_errors=True)

    def begin(self, study: Study, region_title: str, surface: Surface) -> None:
        """Begin to write what a surface has and nobody has begun: score, status, and the chance of being among the best."""
        writers = {"suitability.tif": write_suitability, "status.tif": write_status}
        if surface.best is not None:
            writers["best5.tif"] = write_best
        self._folder.mkdir(parents=True, exist_ok=True)
        scored = _Scored(study, region_title, surface)
        for name, write in writers.items():
            if name not in self._begun:
                self._begun[name] = self._pool.submit(write, scored, self._folder / name, engine_version=self._version)

    def collect(self, folder: Path) -> list[Path]:
        """Put the files into a folder as soon as they are whole, and give them; the first error in a thread is raised here."""
        return [file.result().replace(folder / name) for name, file in self._begun.items()]


def write_suitability(result: Scored, path: Path, *, engine_version: str) -> Path:
    """Write the score as a COG, float32, 0 to 100, NaN off the area and where unknown.

    Restricted land keeps its score: `write_status` tells which land is free. Overviews are averages.

    Parameters
    ----------
    result : Result or its like
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


def write_best(result: Scored, path: Path, *, engine_version: str) -> Path:
    """Write the probability of being among the best as a COG, float32, 0 to 1, NaN off the area and where unknown.

    Overviews are averages.

    Parameters
    ----------
    result : Result or its like
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


def write_status(result: Scored, path: Path, *, engine_version: str) -> Path:
    """Write the mask of failed rules as a COG, uint32; 0 is free, 4294967295 off the area; tags name each bit.

    Overviews are the nearest cell, since an average of a mask means nothing.

    Parameters
    ----------
    result : Result or its like
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


def _write(result: Scored, path: Path, raster: _Raster, engine_version: str) -> None:
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
