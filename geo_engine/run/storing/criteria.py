"""Criterion surfaces that runs of a study share: what each depends on, which are there, how much disk they may take."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from geo_engine.measure import PreparedRule
from geo_engine.model import Constraint, Grid, KeepEnough, Measure, PluggedMeasure, Study, failable
from geo_engine.run.planning.forecast import available_disk
from geo_engine.run.planning.plan import Plan
from geo_engine.run.record import plain, versions
from geo_engine.run.storing.folders import engine_digest
from geo_engine.run.storing.kept import KeptMeasure, KeptRule, TileFrame
from geo_engine.workspace import hash_plugin, hash_sources

__all__ = ["Kept", "SurfaceState", "land_tiles", "open_surfaces", "surface_states", "surfaces_folder"]

_LIMIT = 4e9
"""Bytes of disk that the surfaces of a study's runs take at most, unless a user says otherwise."""
_WORTHWHILE = 1e8  # cells of tiles with land, times criteria and rules: what is fewer is measured again in a second
_WORTH = 40e-9  # seconds of a core a cell: to write a cell takes some 12 ns and to read it 3, so what takes less is sooner measured again
_SHARE = 4  # of what the disk has left, a quarter at most: the outputs need room
_TOLD = "surface.json"
_WORDS = ("name", "why", "source", "estimate", "stands_for")  # of a rule: what changes no number


@dataclass(frozen=True, slots=True)
class _Key:
    """What a surface depends on: words to hashes; `digest` is blank where nothing tells whether its data have changed."""

    name: str
    parts: Mapping[str, str]
    digest: str


@dataclass(frozen=True, slots=True)
class SurfaceState:
    """The surface of a criterion or of a rule, before a run.

    Parameters
    ----------
    name : str
        The criterion's, or ``rule: `` and the rule's.
    tiles, of : int
        Tiles that the run takes up, and all that touch the area; these are smaller than those that are scored.
    why : str
        Why that many: what has changed, or that nothing has.
    """

    name: str
    tiles: int
    of: int
    why: str


def surfaces_folder(folder: Path) -> Path:
    """Give the hidden folder beside a run's in which the surfaces of all runs there lie: ``.surfaces``."""
    return folder.parent / ".surfaces"


def land_tiles(grid: Grid, area: BaseGeometry, side: int) -> frozenset[tuple[int, int]]:
    """Give the row and the column of each tile of a grid that touches the area."""
    tiles = list(grid.tiles(side))
    west = [grid.west + tile.col0 * grid.cell for tile in tiles]
    east = [grid.west + tile.col1 * grid.cell for tile in tiles]
    north = [grid.north - tile.row0 * grid.cell for tile in tiles]
    south = [grid.north - tile.row1 * grid.cell for tile in tiles]
    shapely.prepare(area)
    touched = shapely.intersects(area, shapely.box(west, south, east, north))
    return frozenset((tile.row0 // side, tile.col0 // side) for tile, touches in zip(tiles, touched, strict=True) if touches)


@dataclass(frozen=True, slots=True)
class Kept:
    """What a run keeps and takes up.

    Parameters
    ----------
    plan : Plan
        The same plan, with measures and rules that read what is there.
    states : tuple of SurfaceState
        As found; empty where nothing is kept.
    """

    plan: Plan
    states: tuple[SurfaceState, ...]


def open_surfaces(plan: Plan, folder: Path, side: int, *, limit: float | None = None, fresh: bool = False) -> Kept:
    """Let a plan's measures and rules read what earlier runs left, and leave for later ones what took long to measure.

    Parameters
    ----------
    plan : Plan
        The run.
    folder : Path
        The run's.
    side : int
        Cells along a tile.
    limit : float, optional
        Bytes of disk; surfaces that have not been used for longest make room. 0 keeps none, and removes those that are there.
    fresh : bool, optional
        Whether those of this very run are measured again.
    """
    limit = _LIMIT if limit is None else limit
    place = surfaces_folder(folder)
    tiles = land_tiles(plan.grid, plan.area, side)
    keys = list(_keys(plan.study, plan.grid, plan.region, side)) if limit > 0 and _worthwhile(plan.study, len(tiles), side) else []
    most = _make_room(place, keys, len(tiles) * _bytes(plan.study, side), limit)
    if not keys:
        return Kept(plan, ())
    states = tuple(_state(place, key, len(tiles)) for key in keys)
    allowed = frozenset(sorted(tiles)[: int(most // _bytes(plan.study, side))])
    frame = TileFrame(plan.grid, side, allowed, _WORTH)
    places = [_opened(place, key, fresh=fresh) for key in keys]
    measures = [KeptMeasure(at, frame, each) if at else each for at, each in zip(places, plan.measures, strict=False)]
    judged = zip(places[len(measures) :], plan.rules, strict=True)
    rules = [PreparedRule(KeptRule(at, frame, each.judge)) if at else each for at, each in judged]
    return Kept(replace(plan, measures=tuple(measures), rules=tuple(rules)), states)


def surface_states(
    study: Study, grid: Grid, region: str, area: BaseGeometry, side: int, folder: Path, limit: float | None = None
) -> tuple[SurfaceState, ...]:
    """Tell of each criterion and each rule what a run would take up and why; empty where the grid is too small for it to matter.

    Parameters
    ----------
    study, grid, region
        As for `plan_digest`.
    area : shapely geometry
        The region.
    side, folder, limit
        As for `open_surfaces`.
    """
    of = len(land_tiles(grid, area, side))
    if limit == 0 or not _worthwhile(study, of, side):
        return ()
    return tuple(_state(surfaces_folder(folder), key, of) for key in _keys(study, grid, region, side))


def _bytes(study: Study, side: int) -> int:
    """Give the bytes of one tile of everything."""
    return side * side * (4 * len(study.criteria) + len(failable(study.constraints)))


def _worthwhile(study: Study, tiles: int, side: int) -> bool:
    return tiles * side * side * (len(study.criteria) + len(study.constraints)) >= _WORTHWHILE


def _keys(study: Study, grid: Grid, region: str, side: int) -> Iterator[_Key]:
    """Yield what the surface of each criterion, then of each rule that land can fail, depends on."""
    base = study.path.parent.parent
    frame = {"the grid": _hashed([grid.crs, grid.west, grid.north, grid.cell, grid.rows, grid.cols, side, region])}
    frame |= {"the engine": _hashed([versions(), engine_digest()])}

    @cache
    def files(layer: str) -> Mapping[str, str]:
        return hash_sources([study.layers[layer]])

    def key(name: str, what: object, layers: list[str], measures: list[Measure]) -> _Key:
        parts = dict(frame) | {"what is measured": _hashed(plain(what, base))}
        for layer in dict.fromkeys(layers):
            parts |= files(layer)
        for measure in measures:
            if measure.stands:  # a network depends on the land, too
                parts |= files(study.area)
            parts |= {f"profile '{profile}'": _hashed(plain(study.profiles[profile], base)) for (_, profile), _ in measure.stands}
            if isinstance(measure, PluggedMeasure):
                parts |= dict([hash_plugin(measure.plugin, measure.file)])
        known = not any(value.startswith("not hashed") for value in parts.values())
        return _Key(name, parts, _hashed(parts)[:32] if known else "")

    for criterion in study.criteria:
        yield key(criterion.name, criterion.measure, _touched(criterion.measure), [criterion.measure])
    for rule in failable(study.constraints):
        measures = [each for each in (rule.measure, rule.keep.test.measure if isinstance(rule.keep, KeepEnough) else None) if each]
        layers = [rule.layer, *(layer for (layer, _), _ in rule.reads), *(name for each in measures for name in _touched(each))]
        yield key(f"rule: {rule.name}", _without_words(rule, base), layers, measures)


def _touched(measure: Measure) -> list[str]:
    """Name the layers that a measure reads or travels on."""
    return [measure.layer, *(layer for (layer, _), _ in measure.reads), *(network for (network, _), _ in measure.stands)]


def _without_words(rule: Constraint, base: Path) -> dict[str, Any]:
    return {name: value for name, value in plain(rule, base).items() if name not in _WORDS}


def _hashed(told: object) -> str:
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def _state(place: Path, key: _Key, of: int) -> SurfaceState:
    """Hold a surface against those that are there."""
    if not key.digest:
        return SurfaceState(key.name, 0, of, "its data come from an address, so nothing tells whether they have changed")
    there = _read_told(place / key.digest)
    if there is not None:
        tiles = sum(1 for _ in (place / key.digest).glob("*.tile"))
        return SurfaceState(key.name, tiles, of, "nothing that it depends on has changed" if tiles else "sooner measured than kept")
    others = [told for told in map(_read_told, _folders(place)) if told and told["name"] == key.name]
    if not others:
        return SurfaceState(key.name, 0, of, "no run has kept it yet")
    changed = min((_differences(key.parts, told["parts"]) for told in others), key=len)
    return SurfaceState(key.name, 0, of, f"otherwise than when it was kept: {', '.join(changed)}")


def _differences(now: Mapping[str, str], then: Mapping[str, str]) -> list[str]:
    return [what for what in {**now, **then} if now.get(what) != then.get(what)]


def _folders(place: Path) -> list[Path]:
    """Give the folders of surfaces, those first that were used last."""
    with suppress(OSError):
        return sorted((each for each in place.iterdir() if each.is_dir()), key=lambda each: (-_used(each), each.name))
    return []


def _used(folder: Path) -> float:
    """Give when a surface was used last, in seconds; 0 for what is none."""
    try:
        return (folder / _TOLD).stat().st_mtime
    except OSError:
        return 0.0


def _read_told(folder: Path) -> dict[str, Any] | None:
    try:
        told = json.loads((folder / _TOLD).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    whole = isinstance(told, dict) and isinstance(told.get("name"), str) and isinstance(told.get("parts"), dict)
    return told if whole else None


def _make_room(place: Path, keys: list[_Key], needed: float, limit: float) -> float:
    """Remove what has not been used for longest until the disk holds all within its limit; give the bytes that the run may take."""
    ours = {key.digest for key in keys}
    most = min(float(needed), limit, available_disk(place) / _SHARE)
    free = limit - most if keys else limit
    for folder in _folders(place):
        if folder.name in ours:
            continue
        free -= sum(each.stat().st_size for each in folder.iterdir() if each.is_file())
        if free < 0 or limit <= 0:
            shutil.rmtree(folder, ignore_errors=True)
    with suppress(OSError):
        place.rmdir()  # where nothing is left
    return most


def _opened(place: Path, key: _Key, *, fresh: bool) -> Path | None:
    """Make the folder of a surface ready and mark it as used now; None where it cannot be kept."""
    folder = place / key.digest
    if not key.digest:
        return None
    if fresh:
        shutil.rmtree(folder, ignore_errors=True)
    partial = folder / f".{_TOLD}-{os.getpid()}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        partial.write_text(json.dumps({"name": key.name, "parts": dict(key.parts)}, indent=1), encoding="utf-8")
        partial.replace(folder / _TOLD)
    except OSError:
        return None
    return folder
