"""Networks stored as arrays in one file, so that a network is built once: reading takes a fraction of a second."""

from __future__ import annotations

import json
import os
import zipfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geo_engine.network.build.network import Network, NetworkReport, Words

__all__ = ["is_stored", "load_network", "save_network"]

_FORMAT = 1
_ARRAYS = ("nodes", "start", "end", "metres", "component", "segments", "segment_edge", "segment_from", "segment_to")
_OPTIONAL = ("oneway", "maxspeed", "speed")
_DAMAGED = (OSError, ValueError, KeyError, TypeError, EOFError, RuntimeError, MemoryError, zipfile.BadZipFile, shapely.errors.ShapelyError)


def save_network(network: Network, path: Path, digest: str) -> None:
    """Write a network to a file, whole or not at all.

    Parameters
    ----------
    network : Network
        Of any size; its land is not written (the one who loads has it).
    path : Path
        Ends in ``.npz``.
    digest : str
        Of everything that the network depends on; `load_network` asks for it.
    """
    arrays: dict[str, Any] = {name: getattr(network, name) for name in _ARRAYS}
    optional = [name for name in _OPTIONAL if getattr(network, name) is not None]
    arrays |= {name: getattr(network, name) for name in optional}
    columns = {"classes": network.classes, **{f"restriction {name}": words for name, words in network.restrictions.items()}}
    if network.labels is not None:
        columns["labels"] = network.labels
    arrays |= {f"code {name}": column.code for name, column in columns.items()}
    arrays["islands"] = np.frombuffer(b"".join(_framed(island) for island in network.islands), np.uint8)
    head = {
        "format": _FORMAT,
        "digest": digest,
        "name": network.name,
        "island_gap": network.island_gap,
        "report": asdict(network.report),
        "optional": optional,
        "words": {name: column.words for name, column in columns.items()},
    }
    arrays["head"] = np.frombuffer(json.dumps(head).encode(), np.uint8)
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with partial.open("wb") as stream:
            np.savez(stream, **arrays)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def is_stored(path: Path, digest: str) -> bool:
    """Tell whether a file holds the network of a digest; only its head is read."""
    try:
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as stored:
            head = json.loads(bytes(stored["head"]))
            return bool(head["format"] == _FORMAT and head["digest"] == digest)
    except _DAMAGED:
        return False


def load_network(path: Path, digest: str, land: BaseGeometry | None = None) -> Network | None:
    """Read a network that was saved.

    Parameters
    ----------
    path : Path
        The file.
    digest : str
        What it must depend on.
    land : shapely geometry, optional
        All of the land.

    Returns
    -------
    Network or None
        None where there is no such file, it was made from something else, or it is damaged: then it is built anew.
    """
    try:
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as stored:
            head = json.loads(bytes(stored["head"]))
            if head["format"] != _FORMAT or head["digest"] != digest:
                return None
            columns = {name: Words(stored[f"code {name}"], tuple(words)) for name, words in head["words"].items()}
            report: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in head["report"].items()}
            return Network(
                name=head["name"],
                classes=columns["classes"],
                labels=columns.get("labels"),
                restrictions={
                    name.removeprefix("restriction "): words for name, words in columns.items() if name.startswith("restriction ")
                },
                islands=tuple(_unframed(bytes(stored["islands"]))),
                report=NetworkReport(**report),
                land=land,
                island_gap=head["island_gap"],
                **{name: stored[name] for name in (*_ARRAYS, *head["optional"])},
            )
    except _DAMAGED:
        return None


def _framed(geometry: BaseGeometry) -> bytes:
    data = shapely.to_wkb(geometry)
    return len(data).to_bytes(8, "little") + data


def _unframed(data: bytes) -> list[BaseGeometry]:
    found, at = [], 0
    while at < len(data):
        size = int.from_bytes(data[at : at + 8], "little")
        found.append(shapely.from_wkb(data[at + 8 : at + 8 + size]))
        at += 8 + size
    return found
