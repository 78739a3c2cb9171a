"""The folder that data behind addresses are fetched into: files called by the hash of their content, and notes of what came whence."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from geo_engine.errors import Fault, LayerError

__all__ = ["fetched_file", "fetched_hash", "is_fetched", "is_service", "keep", "note_of", "open_store", "service_address", "store_of"]

_ARCGIS = re.compile(r"^https?://[^?]*/(?:Feature|Map)Server/\d+(?:/query)?/?(?:\?.*)?$", re.IGNORECASE)
_SERVICE = re.compile(r"^(?:WFS|OAPIF|ESRIJSON):https?://", re.IGNORECASE)
_FILE = re.compile(r"^https?://", re.IGNORECASE)
_EVERYTHING = "where=1%3D1&outFields=*&f=json"


def is_service(source: str) -> bool:
    """Say whether an address is a service that is asked, and no file that is copied: WFS, OGC API Features, ArcGIS.

    >>> is_service("WFS:https://example.org/wfs"), is_service("https://example.org/arcgis/rest/services/a/FeatureServer/0")
    (True, True)
    >>> is_service("https://example.org/a.gpkg")
    False
    """
    return bool(_SERVICE.match(source) or _ARCGIS.match(source))


def is_fetched(source: str) -> bool:
    """Say whether a source is read from where it was fetched to.

    >>> is_fetched("https://example.org/a.gpkg"), is_fetched("OAPIF:http://127.0.0.1/"), is_fetched("PG:dbname=gis"), is_fetched("a.csv")
    (True, True, False, False)
    """
    return bool(_FILE.match(source)) or is_service(source)


def service_address(source: str) -> str:
    """Give a service's address as GDAL takes it; a layer of ArcGIS is asked for all rows unless the address asks itself.

    >>> service_address("https://example.org/FeatureServer/0")
    'ESRIJSON:https://example.org/FeatureServer/0/query?where=1%3D1&outFields=*&f=json'
    """
    if not _ARCGIS.match(source):
        return source
    bare, _, query = source.partition("?")
    bare = bare.rstrip("/")
    if not bare.lower().endswith("/query"):
        bare += "/query"
    return f"ESRIJSON:{bare}?{query or _EVERYTHING}"


def store_of(layer_file: Path | None) -> Path:
    """Give the folder of a workspace that is fetched into: ``layers/.fetched``, beside the layer's file.

    >>> store_of(Path("/w/layers/a.toml")).as_posix()
    '/w/layers/.fetched'
    """
    return (layer_file.parent if layer_file else Path("layers")) / ".fetched"


def open_store(store: Path) -> None:
    """Make the folder, which no version control takes in.

    Raises
    ------
    OSError
        If it cannot be made.
    """
    store.mkdir(parents=True, exist_ok=True)
    (store / ".gitignore").write_text("*\n", encoding="utf-8")


def note_of(source: str, sublayer: str | None, store: Path) -> Path:
    """Give the file that says what was fetched from an address; of a service each sublayer is fetched by itself."""
    name = f"{source}\n{sublayer or ''}" if is_service(source) else source
    return store / f"{hashlib.sha256(name.encode()).hexdigest()[:24]}.json"


def keep(part: Path, ending: str, note: Path, said: Mapping[str, Any]) -> tuple[Path, str]:
    """Give a file that has come whole its name, by its content, and write the note of where it came from.

    Returns
    -------
    path : Path
        Where it lies now.
    digest : str
        sha256 of its bytes, hexadecimal digits.
    """
    with part.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    path = part.with_name(f"{digest[:32]}{ending}")
    size = part.stat().st_size
    part.replace(path)
    told = {**said, "file": path.name, "sha256": digest, "bytes": size}
    fresh = note.with_suffix(".new")
    fresh.write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    fresh.replace(note)
    return path, digest


def fetched_file(source: str, sublayer: str | None, store: Path | None, place: str) -> Path:
    """Find what was fetched from an address.

    Raises
    ------
    LayerError
        If it was not fetched yet, or the file is gone or has another length than when it came.
    """
    remedy = "fetch it: geo-engine layers fetch NAME, where NAME is the layer"
    shown = re.sub(r"(?<=://)([^/@\s:]+):[^/@\s]+(?=@)", r"\1:***", source)
    note = note_of(source, sublayer, store) if store else None
    if note is None or not note.is_file():
        raise LayerError(Fault(place, "these data are not here, and nothing is fetched unless asked for", f"'{shown}'", remedy=remedy))
    try:
        told = json.loads(note.read_text(encoding="utf-8"))
        path, size = note.parent / Path(str(told["file"])).name, int(told["bytes"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise LayerError(
            Fault(place, f"'{note.name}', the note of what was fetched, cannot be read", f"'{shown}'", remedy=remedy)
        ) from error
    if not path.is_file() or path.stat().st_size != size:
        raise LayerError(Fault(place, "what was fetched is gone or has changed", f"'{path.name}' of '{shown}'", remedy=remedy))
    return path


def fetched_hash(source: str, sublayer: str | None, store: Path) -> str:
    """Hash the file that was fetched from an address, as it is now; blank where there is none."""
    if not is_fetched(source):
        return ""
    try:
        with fetched_file(source, sublayer, store, "").open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except (LayerError, OSError):
        return ""
