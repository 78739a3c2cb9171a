"""What a layer has behind addresses, fetched because somebody asked: files copied, services asked for all their rows."""

from __future__ import annotations

import datetime as dt
import json
import os
import re
import urllib.parse
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from email.message import Message
from pathlib import Path
from typing import Any

from geo_engine.errors import Fault, LayerError
from geo_engine.model import Layer
from geo_engine.workspace.catalogue import layer_place, masked
from geo_engine.workspace.remote.download import Limits, download
from geo_engine.workspace.remote.service import copy_service
from geo_engine.workspace.remote.store import is_fetched, is_service, keep, note_of, open_store, store_of

__all__ = ["Fetched", "fetch_layer"]

_ENDINGS = (".osm.pbf", ".osm.bz2", ".tar.gz", ".geo.json")
_ENDING = re.compile(r"(?:\.[a-z0-9]{1,12}){1,2}")
_NAMED = re.compile(r"""filename\*?=(?:UTF-8'')?"?([^";]+)""", re.IGNORECASE)
# What the first bytes of a file say, where its name says nothing.
_SIGNS = (
    (b"PK\x03\x04", ".zip"),
    (b"SQLite format 3\0", ".gpkg"),
    (b"fgb", ".fgb"),
    (b"PAR1", ".parquet"),
    (b"II*\0", ".tif"),
    (b"MM\0*", ".tif"),
)
_WORDS = ((b"{", ".geojson"), (b"[", ".geojson"), (b"<kml", ".kml"), (b"<osm", ".osm"), (b"<", ".gml"))
_PROGRAMS = frozenset({".html", ".htm", ".php", ".aspx", ".asp", ".jsp", ".ashx", ".cgi"})
# Formats that name other files or addresses, which a stranger's file might choose.
_POINTING = frozenset({".vrt", ".ovf", ".py", ".dll", ".so"})


@dataclass(frozen=True, slots=True)
class Fetched:
    """Something that was fetched.

    Parameters
    ----------
    address : str
        Where from, without a pass-word.
    path : Path
        Where it lies.
    sha256 : str
        Of its bytes, hexadecimal digits.
    size : int
        Bytes.
    changed : bool
        Whether it differs from what had been fetched before.
    """

    address: str
    path: Path
    sha256: str
    size: int
    changed: bool


def fetch_layer(
    layer: Layer, *, limits: Limits | None = None, offline: bool = False, tell: Callable[[int], None] | None = None
) -> list[Fetched]:
    """Fetch everything that a layer has behind web addresses: its source, joined tables, the nodes of a network.

    Parameters
    ----------
    layer : Layer
        Any layer.
    limits : Limits, optional
        Size and time.
    offline : bool, optional
        Touch no network and say what is missing; so does the variable GEO_ENGINE_OFFLINE when it is 1.
    tell : callable, optional
        Is told the number of bytes that have come, again and again.

    Returns
    -------
    list of Fetched
        One an address, in the order of the file; empty where all is on this machine.

    Raises
    ------
    LayerError
        If something cannot be fetched; offline, with everything that is not here.
    """
    nodes = [(("network", "nodes"), layer.network.nodes)] if layer.network and layer.network.nodes else []
    joins = [(("join", number), join.source) for number, join in enumerate(layer.join)]
    wanted = [(layer_place(layer, *keys), source) for keys, source in [(("source",), layer.source), *nodes, *joins] if is_fetched(source)]
    store = store_of(layer.path)
    if offline or os.environ.get("GEO_ENGINE_OFFLINE") == "1":
        what = "is not here, and no network may be asked"
        missing = [(place, source) for place, source in wanted if not note_of(source, layer.sublayer, store).is_file()]
        if missing:
            remedy = "fetch it where there is a network, or unset GEO_ENGINE_OFFLINE"
            raise LayerError([Fault(place, f"'{masked(source)}' {what}", remedy=remedy) for place, source in missing])
        return []
    if wanted:
        try:
            open_store(store)
        except OSError as error:
            raise LayerError(Fault(wanted[0][0], f"nothing can be kept in '{store}': {error.strerror}")) from error
    return [_fetch(source, layer.sublayer, store, place, limits or Limits(), tell or (lambda _: None)) for place, source in wanted]


def _fetch(source: str, sublayer: str | None, store: Path, place: str, limits: Limits, tell: Callable[[int], None]) -> Fetched:
    note = note_of(source, sublayer, store)
    before = _before(note)
    if is_service(source):
        part, ending = store / f"{note.stem}.gpkg", ".gpkg"
        told: dict[str, object] = {"rows": copy_service(source, sublayer, part, place, limits)}
        if part.stat().st_size > limits.size:
            part.unlink()
            raise LayerError(Fault(place, "there is more than the limit", allowed=f"{limits.size / 1e6:,.1f} MB"))
    else:
        part = store / f"{note.stem}.part"
        headers = download(source, part, place, limits, tell)
        ending = _ending(source, headers, part)
        told = {"last_modified": headers.get("Last-Modified", ""), "type": headers.get("Content-Type", "")}
        if ending in _POINTING:
            part.unlink()
            what = f"a file {ending} from elsewhere is not taken: it may name any file of this machine"
            raise LayerError(
                Fault(place, what, f"'{masked(source)}'", remedy="fetch the files that it names, and write your own beside them")
            )
    now = dt.datetime.now(dt.UTC).replace(microsecond=0).isoformat()
    path, digest = keep(part, ending, note, {"address": masked(source), "fetched": now, **told})
    return Fetched(masked(source), path, digest, path.stat().st_size, changed=before not in {"", digest})


def _before(note: Path) -> str:
    with suppress(OSError, ValueError, KeyError):
        told: dict[str, Any] = json.loads(note.read_text(encoding="utf-8"))
        return str(told["sha256"])
    return ""


def _ending(address: str, headers: Message, path: Path) -> str:
    """Find the ending of a file's name: from the name that the server gives, from the address, or from its first bytes."""
    named = _NAMED.search(headers.get("Content-Disposition", ""))
    for name in ([urllib.parse.unquote(named[1])] if named else []) + [urllib.parse.unquote(urllib.parse.urlsplit(address).path)]:
        low = name.strip().lower()
        ending = next((each for each in _ENDINGS if low.endswith(each)), Path(low).suffix)
        if _ENDING.fullmatch(ending) and ending not in _PROGRAMS:
            return ending
    with path.open("rb") as stream:
        head = stream.read(512)
    for sign, ending in _SIGNS:
        if head.startswith(sign):
            return ending
    words = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if words.startswith(b"<"):
        return next(ending for sign, ending in _WORDS if sign in words)
    return next((ending for sign, ending in _WORDS if words.startswith(sign)), ".csv")
