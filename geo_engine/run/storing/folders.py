"""The hidden folders beside a run's: finished tiles that a run can go on from, and what killed runs left behind."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from functools import cache
from glob import escape
from pathlib import Path

import geo_engine
from geo_engine.errors import Fault, RunError
from geo_engine.model import Grid, Study
from geo_engine.run.planning.reading.inputs import inputs_of
from geo_engine.run.record import plain, versions
from geo_engine.workspace import hash_file

__all__ = ["count_finished", "engine_digest", "finished_tiles", "keep_finished", "open_tiles", "plan_digest", "sweep", "tiles_folder"]

_DIGEST = "plan.sha256"
_OWNER = "process"


def tiles_folder(folder: Path) -> Path:
    """Give the hidden folder in which the finished tiles of a run lie: ``.NAME.tiles`` beside the run's."""
    return folder.parent / f".{folder.name}.tiles"


def plan_digest(study: Study, grid: Grid, region: str, side: int) -> str:
    """Hash all that a tile depends on: the study and its files, the grid, the side of a tile, the engine and its libraries.

    Parameters
    ----------
    study : Study
        With its weights found.
    grid, region : Grid, str
        What is scored.
    side : int
        Cells along a tile.

    Returns
    -------
    str
        Blank where data come from an address, so that nothing tells whether they have changed.
    """
    inputs = {name: each.sha256 for name, each in inputs_of(study).items()}
    if any(value.startswith("not hashed") for value in inputs.values()):
        return ""
    frame = [grid.crs, grid.west, grid.north, grid.cell, grid.rows, grid.cols, side, region]
    told = [plain(study, study.path.parent.parent), inputs, frame, versions(), engine_digest()]
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


@cache
def engine_digest() -> str:
    """Hash the engine's own files, since a version may be worked on."""
    base = Path(geo_engine.__file__).parent
    return hashlib.sha256("".join(hash_file(file) for file in sorted(base.rglob("*.py"))).encode()).hexdigest()


def finished_tiles(folder: Path, study: Study, grid: Grid, region: str, side: int) -> int:
    """Count the finished tiles that a run into a folder would take up; parameters as for `plan_digest`."""
    place = tiles_folder(folder)
    return count_finished(place) if _is_of(place, plan_digest(study, grid, region, side)) else 0


def count_finished(tiles: Path) -> int:
    """Count the finished tiles that lie in a folder of tiles."""
    return sum(1 for _ in tiles.glob("*.tif"))


def _is_of(place: Path, digest: str) -> bool:
    """Tell whether the tiles in a folder are those of what has a digest."""
    try:
        return bool(digest) and (place / _DIGEST).read_text(encoding="ascii") == digest
    except (OSError, ValueError):
        return False


def open_tiles(folder: Path, study: Study, grid: Grid, region: str, side: int, *, fresh: bool) -> Path:
    """Make ready the folder for a run's tiles; those of an earlier run that nothing has changed since stay in it.

    Parameters
    ----------
    folder : Path
        The run's.
    study, grid, region, side
        As for `plan_digest`.
    fresh : bool
        Whether to begin anew in any case.

    Raises
    ------
    RunError
        If another process on this machine is at a run into the same folder: each would clear away the other's tiles.
    """
    place, digest = tiles_folder(folder), plan_digest(study, grid, region, side)
    if (owner := _owner(place)) is not None:
        what = f"process {owner} is at a run into this folder"
        raise RunError(Fault(str(folder), what, remedy="wait until it has ended, or give another folder with --out"))
    if fresh or not _is_of(place, digest):
        shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True, exist_ok=True)
    partial = place / f".{_DIGEST}-{os.getpid()}"
    partial.write_text(digest, encoding="ascii")
    partial.replace(place / _DIGEST)
    (place / _OWNER).write_text(str(os.getpid()), encoding="ascii")
    return place


def _owner(place: Path) -> int | None:
    """Give the other process that is at a folder of tiles; None where there is none, or it is gone."""
    try:
        number = int((place / _OWNER).read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None
    return number if number != os.getpid() and number > 0 and _lives(number) else None


def keep_finished(tiles: Path, error: BaseException) -> None:
    """Keep the folder of tiles of a run that an error ended if any is finished, and tell a user who stopped it that the next goes on."""
    finished = count_finished(tiles)
    (tiles / _OWNER).unlink(missing_ok=True)
    if not finished:
        shutil.rmtree(tiles, ignore_errors=True)
    elif isinstance(error, KeyboardInterrupt):
        error.args = (f"The next run goes on from {finished:,} finished tiles.",)


def sweep(folder: Path) -> None:
    """Clear away what runs into a folder left behind that were killed; give back the last good outputs if one stopped half-way.

    Folders of other processes that are still there are left alone, and so are finished tiles.
    """
    for kind in ("old", "partial", "work"):
        for left in sorted(folder.parent.glob(f".{escape(folder.name)}.{kind}-*")):
            number = re.fullmatch(r"\d+", left.name.rpartition("-")[2])
            if number is None or (int(number[0]) != os.getpid() and _lives(int(number[0]))):
                continue
            if kind == "old" and not folder.exists():
                left.rename(folder)
            else:
                shutil.rmtree(left, ignore_errors=True)


def _lives(process: int) -> bool:
    """Tell whether a process is there; where the system cannot be asked without harm, say yes."""
    if os.name != "posix":
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True
