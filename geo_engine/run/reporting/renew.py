"""Bring reports up to date: run what was not run or whose inputs changed, and leave alone what is current."""

from __future__ import annotations

import json
from importlib import metadata
from pathlib import Path
from typing import Any

from geo_engine.model import Study, slug
from geo_engine.run.progress import Reporter
from geo_engine.run.reporting.asked import Asked
from geo_engine.run.runner import default_folder, run_study
from geo_engine.workspace import find_region, hash_file, read_features, region_names

__all__ = ["STAMP", "bring_up_to_date", "is_current", "regions_of", "run_of", "stamp_of"]

STAMP = "report.json"
"""The file beside a report that holds its stamp."""

_FACES = ("report.html", "report.pdf")


def regions_of(study: Study) -> tuple[str, ...]:
    """Give the slugs of all regions of a study's area, in the order of their names."""
    return tuple(sorted(region_names(read_features(study.layers[study.area], crs=study.crs), study.region_column)))


def bring_up_to_date(study: Study, region: str | None, reporter: Reporter, *, workers: int, cell: float | None = None) -> Path:
    """Run a region where it was not run, or where inputs, cell or engine have changed since.

    Parameters
    ----------
    study : Study
        The question.
    region : str, optional
        Slug or name; the whole area by default.
    reporter : Reporter
        Is told what happens.
    workers : int
        Threads.
    cell : float, optional
        Metres, instead of the study's.

    Returns
    -------
    Path
        The folder of the run.

    Raises
    ------
    StudyError
        If there is no such region; the nearest is told.
    """
    folder, current = run_of(study, region, cell)
    if not current:
        run_study(study, region=folder.name, cell=cell, workers=workers, reporter=reporter)
    return folder


def run_of(study: Study, region: str | None, cell: float | None = None) -> tuple[Path, bool]:
    """Give the folder of a region's run, and whether it holds one whose inputs, cell and engine are as they are now.

    Parameters
    ----------
    study, region, cell
        As of `bring_up_to_date`.

    Raises
    ------
    StudyError
        If there is no such region; the nearest is told.
    """
    if region is None or slug(region) == study.area_slug:
        name = study.area_slug
    else:
        name, _, _ = find_region(study, read_features(study.layers[study.area], crs=study.crs), region)
    folder = default_folder(study, name)
    return folder, _as_read(folder, study, study.cell if cell is None else cell)


def stamp_of(folder: Path, asked: Asked) -> str:
    """Say what a report of a run depends on: the engine, the run's record, runs of its scenarios, what is asked besides, by hash.

    A report that was left with the same stamp need not be made again.
    """
    files = {"run.json": folder / "run.json"} | asked.files
    files |= {each.name: each / "sites.csv" for each in sorted(folder.parent.glob(f"{folder.name}@*"))}
    hashes = {name: hash_file(file) for name, file in files.items() if file.is_file()}
    return json.dumps({"geo-engine": metadata.version("geo-engine"), "made_from": hashes}, indent=1, sort_keys=True) + "\n"


def is_current(folder: Path, asked: Asked) -> bool:
    """Tell whether a folder's report is there and was made from what is there now."""
    try:
        return all((folder / name).is_file() for name in _FACES) and (folder / STAMP).read_text("utf-8") == stamp_of(folder, asked)
    except OSError:
        return False


def _as_read(folder: Path, study: Study, cell: float) -> bool:
    """Tell whether a folder holds a run of this cell and engine whose inputs are byte for byte what they were."""
    try:
        record: dict[str, Any] = json.loads((folder / "run.json").read_text(encoding="utf-8"))
        base = study.path.parent.parent
        files = {name: digest for name, digest in record["inputs_sha256"].items() if "://" not in name}
        return (
            float(record["grid"]["cell_m"]) == cell
            and record["versions"]["geo-engine"] == metadata.version("geo-engine")
            and all((base / name).is_file() and hash_file(base / name) == digest for name, digest in files.items())
        )
    except (OSError, ValueError, KeyError, TypeError):
        return False
