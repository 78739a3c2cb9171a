"""Layers as the engine reads them, written out for other programs: repaired, projected, with their provenance."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

import pyproj
import pyproj.exceptions
import shapely
from shapely.geometry.base import BaseGeometry

from geo_engine.errors import Fault, LayerError, RunError, StudyError
from geo_engine.model import Layer, Study
from geo_engine.publish import (
    FORMATS,
    Exported,
    layer_sheet,
    provenance_of,
    symbols_in,
    write_cells,
    write_layer_project,
    write_sheet,
    write_style,
)
from geo_engine.run.catalogue.showing import layer_called
from geo_engine.run.catalogue.uses import study_for
from geo_engine.workspace import (
    EmptyWindowError,
    find_region,
    find_workspace,
    hash_sources,
    not_here,
    open_raster,
    project,
    raster_facts,
    raster_file,
    read_catalogue,
    read_features,
)

__all__ = ["LayerExport", "LayerFile", "export_layers"]

_WGS84 = "EPSG:4326"


@dataclass(frozen=True, slots=True)
class LayerFile:
    """One exported layer.

    Parameters
    ----------
    layer : str
        Name.
    file : Path
        The file.
    crs : str
        Of the file.
    features, repaired, empty : int
        How many features were written, how many of those read were repaired, and how many had no geometry; 0 of a raster.
    renamed : mapping of str to str
        New name by old, of columns that no format could hold under their own.
    """

    layer: str
    file: Path
    crs: str
    features: int
    repaired: int
    empty: int
    renamed: dict[str, str]


@dataclass(frozen=True, slots=True)
class LayerExport:
    """What an export left.

    Parameters
    ----------
    layers : tuple of LayerFile
        In order.
    files : tuple of Path
        All files, with provenance, styles and project.
    left_out : mapping of str to str
        Layers of ``all`` that were not exported, and why.
    """

    layers: tuple[LayerFile, ...]
    files: tuple[Path, ...]
    left_out: dict[str, str]


@dataclass(frozen=True, slots=True)
class _Wish:
    """In what form, where to, and what of it."""

    form: str
    crs: str | None
    region: str | None
    study: Study | None


def export_layers(  # noqa: PLR0913 - one keyword an option of the verb
    start: Path,
    names: Sequence[str],
    to: Path,
    *,
    form: str = "gpkg",
    crs: str | None = None,
    region: str | None = None,
    study: Path | None = None,
    qgis: bool = False,
    force: bool = False,
) -> LayerExport:
    """Write layers into a folder, whole or not at all.

    Parameters
    ----------
    start : Path
        In the workspace.
    names : sequence of str
        Layers; none for all of the workspace whose data are here.
    to : Path
        The folder; made where it is not there.
    form : str
        Of features, a key of `FORMATS`; a raster is a cloud-optimised GeoTIFF in any case.
    crs : str, optional
        Of the files; by default that of the first study that uses the layer, WGS84 (of a raster: its own) where none does, and of
        GeoJSON always WGS84.
    region : str, optional
        Only what touches this region of the study's area: features whole, cells in its box.
    study : Path, optional
        The study whose CRS, regions and symbols are meant; by default the first that uses a layer.
    qgis : bool
        Whether to write a style beside each file and a project of all.
    force : bool
        Whether files that are there are replaced.

    Raises
    ------
    LayerError
        With every layer that cannot be read.
    StudyError
        If there is no such region or CRS.
    RunError
        If a file is there already, or cannot be written.
    """
    workspace = find_workspace(start)
    catalogue = read_catalogue(workspace)
    if form not in FORMATS:
        raise RunError(Fault("--format", "unknown format", form, ", ".join(FORMATS)))
    if crs is not None:
        _check_crs(crs, form)
    layers = [layer_called(catalogue, name) for name in dict.fromkeys(names or catalogue.layers)]
    missing = {} if names else {layer.name: ", ".join(Path(source).name for source in not_here(layer)) for layer in layers}
    absent = {name: f"its data are not here: {files}" for name, files in missing.items() if files}
    layers = [layer for layer in layers if layer.name not in absent]
    if not layers:
        raise LayerError(Fault(str(workspace / "layers"), "there is no layer to export"))
    wishes = {layer.name: _Wish(form, crs, region, study_for(workspace, study, layer.name)) for layer in layers}
    if region is not None:  # layers that no study uses are cut by the regions of the first
        wishes = {
            name: wish if wish.study is not None else replace(wish, study=study_for(workspace, None)) for name, wish in wishes.items()
        }
    stem = layers[0].name if len(layers) == 1 else "layers"
    wanted = [name for layer in layers for name in _file_names(layer, form, qgis=qgis)] + [f"{stem}.qgz"] * qgis
    _refuse_existing(to, wanted, force=force)
    partial = to.absolute().parent / f".{to.absolute().name}.partial-{os.getpid()}"
    shutil.rmtree(partial, ignore_errors=True)
    try:
        partial.mkdir(parents=True)
        made = _write_all(layers, wishes, partial, absent if not names else None, qgis=qgis)
        wanted = [name for name in wanted if os.path.lexists(partial / name)]
        if qgis:
            write_layer_project([look for _, look in made], partial / f"{stem}.qgz")
            wanted.append(f"{stem}.qgz")
        _move_in(partial, to, wanted)
    except OSError as error:
        raise RunError(Fault(str(to), f"cannot be written: {error.strerror or error}")) from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return LayerExport(tuple(replace(each, file=to / each.file) for each, _ in made), tuple(to / name for name in wanted), absent)


def _check_crs(crs: str, form: str) -> None:
    try:
        known = pyproj.CRS.from_user_input(crs)
    except pyproj.exceptions.CRSError as error:
        raise StudyError(Fault("--crs", "unknown CRS", found=crs or "nothing", allowed="an EPSG code such as EPSG:27700")) from error
    if form == "geojson" and known != pyproj.CRS.from_user_input(_WGS84):
        raise StudyError(Fault("--crs", "GeoJSON is in WGS84 only (RFC 7946)", found=crs, remedy="leave --crs out, or take --format gpkg"))


def _file_names(layer: Layer, form: str, *, qgis: bool) -> list[str]:
    ending = "tif" if layer.geometry == "raster" else form
    return [f"{layer.name}.{ending}", f"{layer.name}.provenance.json", *([f"{layer.name}.qml"] if qgis else [])]


def _refuse_existing(to: Path, names: Sequence[str], *, force: bool) -> None:
    if to.exists() and not to.is_dir():
        raise RunError(Fault(str(to), "is a file", remedy="name a folder with --to"))
    there = [name for name in names if os.path.lexists(to / name)]
    if there and not force:
        raise RunError([Fault(str(to / name), "is there already", remedy="--force to replace it, or another --to") for name in there])
    if folders := [name for name in there if (to / name).is_dir()]:
        raise RunError([Fault(str(to / name), "is a folder") for name in folders])


def _write_all(
    layers: Sequence[Layer], wishes: dict[str, _Wish], folder: Path, absent: dict[str, str] | None, *, qgis: bool
) -> list[tuple[LayerFile, Exported]]:
    """Write every layer; all that cannot be read are told at once. What has nothing in the region goes to `absent`, where that is given."""
    made: list[tuple[LayerFile, Exported]] = []
    faults: list[Fault] = []
    signs = {name: sign for layer in layers for name, sign in symbols_in(wishes[layer.name].study, layers).items() if name == layer.name}
    for layer in layers:
        try:
            write = _raster if layer.geometry == "raster" else _features
            file, look = write(layer, wishes[layer.name], folder)
        except LayerError as error:
            if absent is not None and isinstance(error, EmptyWindowError):
                absent[layer.name] = f"it has nothing in '{wishes[layer.name].region}'"
            else:
                faults.extend(error.faults)
            continue
        look = replace(look, sign=signs.get(layer.name))
        _write_provenance(layer, file, folder)
        if qgis:
            write_style(look, folder)
        made.append((file, look))
    if faults or not made:
        raise LayerError(faults or [Fault("--region", "no layer has anything there")])
    return made


def _features(layer: Layer, wish: _Wish, folder: Path) -> tuple[LayerFile, Exported]:
    target = wish.crs or (_WGS84 if wish.form == "geojson" or wish.study is None else wish.study.crs)
    if wish.region is None:
        data = read_features(layer, crs=target)
    else:
        study, polygon = _region(wish)
        nothing = Fault(f"layer '{layer.name}'", f"has no feature in '{wish.region}'", remedy="leave out the layer, or --region")
        try:
            data = read_features(layer, crs=study.crs, window=polygon.bounds)
        except EmptyWindowError as error:
            raise EmptyWindowError(nothing) from error
        shapely.prepare(polygon)
        data = data.where(shapely.intersects(polygon, data.geometry))
        if not len(data):
            raise EmptyWindowError(nothing)
        data = replace(data, geometry=project(data.geometry, study.crs, target))
    sheet, renamed = layer_sheet(data, target)
    path = write_sheet(sheet, folder / f"{layer.name}.{wish.form}", wish.form)
    west, south, east, north = shapely.total_bounds(data.geometry).tolist()
    file = LayerFile(layer.name, Path(path.name), target, len(data), data.report.repaired, data.report.empty, renamed)
    return file, Exported(layer, path.name, target, (west, south, east, north), sheet)


def _raster(layer: Layer, wish: _Wish, folder: Path) -> tuple[LayerFile, Exported]:
    open_raster(layer, crs=wish.study.crs if wish.study else _WGS84)  # says what is wrong with it
    source = raster_file(layer)
    facts, own, bounds, _ = raster_facts(source, layer.name)
    own_crs = layer.crs or own or _WGS84
    target = wish.crs or (wish.study.crs if wish.study else own_crs)
    classes = layer.values == "classes" or (layer.values == "by type" and facts.kind.endswith("classes"))
    box = None
    if wish.region is not None:
        study, polygon = _region(wish)
        west, south, east, north = pyproj.Transformer.from_crs(study.crs, target, always_xy=True).transform_bounds(*polygon.bounds)
        box = (west, south, east, north)
    path = folder / f"{layer.name}.tif"
    write_cells(source, path, crs=target, own_crs=own_crs, box=box, classes=classes, tags=provenance_of(layer))
    west, south, east, north = pyproj.Transformer.from_crs(own_crs, target, always_xy=True).transform_bounds(*bounds)
    look = Exported(
        layer, path.name, target, box or (west, south, east, north), None, None, facts.values if classes else (), facts.low, facts.high
    )
    return LayerFile(layer.name, Path(path.name), target, 0, 0, 0, {}), look


def _region(wish: _Wish) -> tuple[Study, BaseGeometry]:
    if wish.study is None:
        raise StudyError(Fault("--region", "no study says which regions there are", remedy="name one with --study"))
    area = read_features(wish.study.layers[wish.study.area], crs=wish.study.crs)
    return wish.study, find_region(wish.study, area, wish.region)[2]


def _write_provenance(layer: Layer, file: LayerFile, folder: Path) -> None:
    document = {
        "layer": layer.name,
        **provenance_of(layer),
        "file": file.file.name,
        "sha256": sha256((folder / file.file).read_bytes()).hexdigest(),
        "crs": file.crs,
        "features": file.features,
        "repaired": file.repaired,
        "without_geometry": file.empty,
        "renamed_columns": file.renamed,
        "made_from": hash_sources([layer]),
    }
    text = json.dumps(document, ensure_ascii=False, indent=2) + "\n"
    (folder / f"{layer.name}.provenance.json").write_text(text, encoding="utf-8")


def _move_in(partial: Path, to: Path, names: Sequence[str]) -> None:
    """Move files into their folder; where one cannot be moved, those that were are taken back, and what they replaced returns."""
    made = not to.exists()
    to.mkdir(parents=True, exist_ok=True)
    kept = partial / ".replaced"
    kept.mkdir()
    moved: list[str] = []
    try:
        for name in names:
            if os.path.lexists(to / name):
                (to / name).rename(kept / name)
            moved.append(name)
            (partial / name).rename(to / name)
    except OSError:
        for name in moved:
            with suppress(OSError):
                (to / name).unlink()
            if os.path.lexists(kept / name):
                (kept / name).rename(to / name)
        if made:
            with suppress(OSError):
                to.rmdir()
        raise
