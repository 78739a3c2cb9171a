"""Archives looked through before anything opens them: members that point outside, and members that swell without end."""

from __future__ import annotations

import stat
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from geo_engine.errors import Fault, LayerError
from geo_engine.workspace.data.table import listed

__all__ = ["look_through"]

_MOST = 20_000_000_000  # bytes that an archive may hold unpacked
_SWELL = 200  # times its packed size that a large member may have; shapes and tables pack to a tenth or a thirtieth
_LARGE = 100_000_000  # bytes: smaller members do no harm however they are packed


def look_through(path: Path, place: str, *, most: int = _MOST) -> None:
    """Refuse an archive with members outside of it, links, or more in it than anybody means; other files pass.

    Nothing is unpacked: GDAL reads members where they are. The sizes are those that the archive states.

    Parameters
    ----------
    path : Path
        Any file.
    place : str
        How messages call the place that names it.
    most : int, optional
        Bytes that the members may have together.

    Raises
    ------
    LayerError
        With everything that is wrong with the archive.
    """
    try:
        if zipfile.is_zipfile(path) and path.suffix.lower() not in {".xlsx", ".ods"}:
            members = list(_zipped(path))
        elif path.suffix.lower() in {".tar", ".tgz"} or path.name.lower().endswith(".tar.gz"):
            members = list(_tarred(path, most))
        else:
            return
    except (zipfile.BadZipFile, tarfile.TarError, OSError, EOFError) as error:
        raise LayerError(Fault(place, f"'{path.name}' cannot be read: {error}", remedy="is the archive whole?")) from error
    faults = []
    if outside := [name for name, _, _, plain in members if not plain or _leads_out(name)]:
        what = f"'{path.name}' has members that lead out of it"
        faults.append(Fault(place, what, listed(repr(name) for name in outside), remedy="do not trust this file; ask for another"))
    total = sum(size for _, size, _, _ in members)
    swollen = [name for name, size, packed, _ in members if size > _LARGE and size > _SWELL * max(packed, 1)]
    if total > most or swollen:
        found = f"{total / 1e9:,.1f} GB out of {path.stat().st_size / 1e9:,.3f} GB"
        faults.append(
            Fault(place, f"'{path.name}' swells when it is unpacked", found, f"{most / 1e9:,.1f} GB, {_SWELL} times", "unpack it yourself")
        )
    if faults:
        raise LayerError(faults)


def _leads_out(name: str) -> bool:
    """Say whether a member's name leaves the archive: absolute, with a drive, or upwards.

    >>> [_leads_out(name) for name in ("a/b.shp", "../b.shp", "/etc/passwd", "a/../../b", "C:/b.shp", "a..b/c")]
    [False, True, True, True, True, False]
    """
    path = PurePosixPath(name.replace("\\", "/"))
    return path.is_absolute() or ".." in path.parts or (len(name) > 1 and name[1] == ":")


def _zipped(path: Path) -> Iterator[tuple[str, int, int, bool]]:
    """Yield name, size, packed size and whether it is a plain file or folder."""
    with zipfile.ZipFile(path) as archive:
        for member in archive.infolist():
            link = stat.S_ISLNK(member.external_attr >> 16)
            yield member.orig_filename, member.file_size, member.compress_size, not link


def _tarred(path: Path, most: int) -> Iterator[tuple[str, int, int, bool]]:
    total = 0
    with tarfile.open(path) as archive:
        for member in archive:
            total += member.size
            yield member.name, member.size, member.size, member.isfile() or member.isdir()
            if total > most:
                return
