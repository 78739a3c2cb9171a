"""The layer catalogue: every ``layers/*.toml`` and the declared gaps, and the hashes of the files behind them."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import rasterio
import rasterio.errors

from geo_engine.errors import Fault, LayerError, nearest_spelling
from geo_engine.model import QUESTION, Gap, Join, Layer, NetworkColumns
from geo_engine.workspace.network_files import known_columns
from geo_engine.workspace.remote.store import fetched_hash, store_of
from geo_engine.workspace.schema import GapsTable, LayerTable, NetworkTable, check
from geo_engine.workspace.toml_file import TomlFile, read_toml

__all__ = ["Catalogue", "hash_file", "hash_sources", "is_address", "layer_place", "local_file", "masked", "read_catalogue"]

_LAYER_NAME = re.compile(r"[a-z0-9_]+")
# Two letters or more before the colon, so that C:\data is a path.
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:|/vsi")
# A layer without a column for a pass-word shows none in a record.
_SECRET = re.compile(r"(password\s*=\s*)('[^']*'|\S+)|(?<=://)([^/@\s:]+):[^/@\s]+(?=@)", re.IGNORECASE)
_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The layers of a workspace and the gaps that it declares.

    Parameters
    ----------
    layers : mapping of str to Layer
        By name, in order of name.
    gaps : tuple of Gap
        Those of ``layers/gaps.toml``, closed or not.
    path : Path
        The workspace.
    gap_lists : mapping of str to tuple of Gap
        Those of each ``layers/gaps/NAME.toml``, by name: for studies of other lands, which say ``gaps = "NAME"``.
    """

    layers: Mapping[str, Layer]
    gaps: tuple[Gap, ...]
    path: Path
    gap_lists: Mapping[str, tuple[Gap, ...]] = field(default_factory=dict)


def is_address(source: str) -> bool:
    """Say whether a source is an address that goes to GDAL as it is, and no path.

    >>> is_address("https://example.org/a.gpkg"), is_address("PG:dbname=gis"), is_address("data/a.csv"), is_address("C:/a.csv")
    (True, True, False, False)
    """
    return _ADDRESS.match(source) is not None


def _resolved(source: str, folder: Path) -> str:
    """Make a source absolute: a relative path starts at the TOML file."""
    if is_address(source) and not (folder / source).exists():
        return source
    return os.path.normpath(folder / source)


def local_file(source: str) -> Path | None:
    """Find the file on disk that a source lies in, or None.

    A source may name a member of an archive: ``a.zip!roads.shp``, ``a.zip/roads.shp``, ``zip://a.zip``, ``/vsizip/a.zip/roads.shp``.
    """
    text = re.sub(r"^(?:zip://|/vsi(?:zip|gzip|tar)/)", "", source).split("!")[0]
    if is_address(text):
        return None
    path = Path(text)
    if path.exists():
        return path
    return next((parent for parent in path.parents if parent.is_file()), None)


def layer_place(layer: Layer, *keys: str | int) -> str:
    """Name the place of a key in a layer's file, ``layers/ports.toml:7 id``, or the layer where it has no file."""
    if layer.path is None:
        return f"layer '{layer.name}'"
    file, _ = read_toml(layer.path, f"layers/{layer.path.name}")
    return file.where(*keys)


def _network(table: NetworkTable, known: Mapping[str, Any], folder: Path) -> NetworkColumns:
    """Make the columns of a network: as given, or else as `known` of the source; planarise goes by places and not by names."""
    values = {name: getattr(table, name) for name in NetworkColumns.__slots__}
    values |= {"restrictions": tuple(table.restrictions), "nodes": _resolved(table.nodes, folder) if table.nodes else None}
    left_out = known.keys() - table.model_fields_set - ({"from_node", "to_node"} if table.planarise else set())
    return NetworkColumns(**{**values, **{name: known[name] for name in left_out}})


def _layer(name: str, table: LayerTable, file: TomlFile) -> Layer:
    path = file.path
    network = None if table.network is None else _network(table.network, known_columns(table.source, table.sublayer), path.parent)
    return Layer(
        name=name,
        title=table.title,
        source=_resolved(table.source, path.parent),
        geometry=table.geometry,
        publisher=table.publisher,
        licence=table.licence,
        vintage=table.vintage,
        attribution=table.attribution,
        accuracy=table.accuracy,
        faults=tuple(table.faults),
        missing=tuple((entry.region, entry.what) for entry in table.missing),
        id=table.id,
        where=table.where,
        crs=None if table.crs == QUESTION else table.crs,
        sublayer=table.sublayer,
        lon=table.lon,
        lat=table.lat,
        unit=table.unit,
        join=tuple(Join(_resolved(join.source, path.parent), join.on) for join in table.join),
        network=network,
        closes=tuple(table.closes),
        covers=table.covers,
        accepted=table.accepted,
        questions=tuple(key for key, value in file.data.items() if value == QUESTION),
        easting=table.easting,
        northing=table.northing,
        grid_ref=table.grid_ref,
        encoding=table.encoding,
        decimal=table.decimal,
        tags={key: tuple(values) for key, values in table.tags.items()},
        values=table.values,
        capacity=tuple(table.capacity),
        path=path,
    )


def _read_gaps(path: Path, faults: list[Fault], label: str = "layers/gaps.toml") -> tuple[Gap, ...]:
    if not path.exists():
        return ()
    file, wrong = read_toml(path, label)
    faults.extend(wrong)
    table = None if wrong else check(GapsTable, file, (), faults)
    gaps = tuple(Gap(gap.name, gap.title, gap.why, gap.closed_by) for gap in table.gaps) if table else ()
    names = [gap.name for gap in gaps]
    faults.extend(
        Fault(file.where("gaps", number, "name"), f"gap '{name}' is declared twice")
        for number, name in enumerate(names)
        if name in names[:number]
    )
    return gaps


def read_catalogue(workspace: Path) -> Catalogue:
    """Read every layer and gap that a workspace declares; the data themselves are not opened.

    Parameters
    ----------
    workspace : Path
        The folder with ``layers/``.

    Returns
    -------
    Catalogue
        Layers in order of name; sources absolute.

    Raises
    ------
    LayerError
        With every fault of every file: a name that is not small letters, digits and ``_``; not TOML; an unknown or missing
        key; a wrong value, unit or CRS; a gap that is closed but not declared.
    """
    faults: list[Fault] = []
    folder = workspace.absolute() / "layers"
    if not folder.is_dir():
        raise LayerError(Fault(str(workspace), "there is no folder 'layers'", remedy="make a workspace with: geo-engine new DIR"))
    gaps = _read_gaps(folder / "gaps.toml", faults)
    lists = {path.stem: _read_gaps(path, faults, f"layers/gaps/{path.name}") for path in sorted(folder.glob("gaps/*.toml"))}
    # Where a list of gaps itself is wrong, what layers close is not judged by it.
    gap_names = None if faults else list(dict.fromkeys(gap.name for each in (gaps, *lists.values()) for gap in each))
    layers: dict[str, Layer] = {}
    for path in sorted(folder.glob("*.toml")):
        if path.name == "gaps.toml":
            continue
        file, wrong = read_toml(path, f"layers/{path.name}")
        faults.extend(wrong)
        if not _LAYER_NAME.fullmatch(path.stem):
            faults.append(
                Fault(file.label, f"'{path.stem}' is no name for a layer", allowed="small letters, digits and _", remedy="rename the file")
            )
        table = None if wrong else check(LayerTable, file, (), faults)
        if table is None:
            continue
        layers[path.stem] = _layer(path.stem, table, file)
        if gap_names is not None:
            faults.extend(_unknown_gaps(file, table.closes, gap_names))
    if faults:
        raise LayerError(faults)
    return Catalogue(layers, gaps, folder.parent, lists)


def _unknown_gaps(file: TomlFile, closes: list[str], names: list[str]) -> Iterator[Fault]:
    for number, name in enumerate(closes):
        if name not in names:
            yield Fault(
                file.where("closes", number),
                f"unknown gap '{name}'",
                "",
                ", ".join(names) or "none: layers/gaps.toml declares none",
                nearest_spelling(name, names),
            )


def hash_file(path: Path) -> str:
    """Hash a file's bytes with sha256, as hexadecimal digits.

    Raises
    ------
    OSError
        If it cannot be read.
    """
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def _files_of(path: Path) -> Iterator[Path]:
    """Yield a file with what belongs to it: all files of a folder, or the files beside it that share its name (``.shx``, ``.tfw``)."""
    if path.is_dir():
        yield from (inner for inner in sorted(path.rglob("*")) if inner.is_file())
        return
    yield path
    for log in (path.with_name(path.name + "-wal"),):  # rows of a GeoPackage that are not yet in its file
        if log.is_file():
            yield log
    if path.suffix.lower() == ".vrt":
        with suppress(rasterio.errors.RasterioError), rasterio.open(path) as virtual:
            yield from (Path(name) for name in virtual.files if Path(name).is_file() and Path(name) != path)
    if path.suffix.lower() in {".shp", ".tab", ".mif", ".tif", ".tiff", ".img", ".asc", ".bil", ".vrt", ".jp2"}:
        for beside in sorted(path.parent.iterdir()):
            if (
                beside != path
                and beside.is_file()
                and (beside.stem == path.stem or beside.name.startswith(f"{path.name}."))
                and beside.suffix != ".toml"
            ):
                yield beside


def hash_sources(layers: Iterable[Layer]) -> dict[str, str]:
    """Hash what layers are made from: each TOML file, each data file on disk, with shapefile parts, archives, joined and node tables.

    Parameters
    ----------
    layers : iterable of Layer
        Layers of one workspace.

    Returns
    -------
    dict of str to str
        In order of key. The key is the file's path relative to the workspace; for data behind an address it is the address
        (passwords masked), with the hash of what was fetched from it, or the words that it was not hashed.

    Raises
    ------
    LayerError
        With every file that is missing or cannot be read.
    """
    hashes: dict[str, str] = {}
    faults: list[Fault] = []
    for layer in layers:
        root = layer.path.parent.parent if layer.path else Path.cwd()
        paths = [layer.path] if layer.path else []
        nodes = [("network", layer.network.nodes)] if layer.network and layer.network.nodes else []
        for key, source in (("source", layer.source), *nodes, *((("join"), join.source) for join in layer.join)):
            local = local_file(source)
            if local is not None:
                paths.extend(_files_of(local))
            elif is_address(source):
                hashes[masked(source)] = fetched_hash(source, layer.sublayer, store_of(layer.path)) or "not hashed: read from its address"
            else:
                faults.append(Fault(layer_place(layer, key), "there is no such file", found=f"'{source}'"))
        for path in paths:
            try:
                hashes[Path(os.path.relpath(path, root)).as_posix()] = hash_file(path)
            except OSError as error:
                faults.append(Fault(layer_place(layer), f"'{path.name}' cannot be read: {error.strerror}"))
    if faults:
        raise LayerError(faults)
    return dict(sorted(hashes.items()))


def masked(source: str) -> str:
    """Take the password out of an address.

    >>> masked("PG:dbname=gis password=secret"), masked("https://me:secret@example.org/a.gpkg"), masked("data/ports.csv")
    ('PG:dbname=gis password=***', 'https://me:***@example.org/a.gpkg', 'data/ports.csv')
    """
    return _SECRET.sub(lambda match: f"{match[1]}***" if match[1] else f"{match[3]}:***", source)
