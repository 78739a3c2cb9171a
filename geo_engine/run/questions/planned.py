"""What a run will do and why, told before anything is computed: stages, tiles, what is stored, what has changed since the last run."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import geo_engine
from geo_engine.decide.weights import weighed
from geo_engine.model import DataWeights, Grid, Study, WeightedSum
from geo_engine.run.planning.forecast import Estimate, estimate
from geo_engine.run.planning.networks import network_state
from geo_engine.run.planning.plan import grid_of
from geo_engine.run.planning.reading.inputs import Input, inputs_of, networks_of
from geo_engine.run.record import plain
from geo_engine.run.runner import default_folder
from geo_engine.run.solving import TILE_SIDE
from geo_engine.run.storing.criteria import SurfaceState, land_tiles, surface_states
from geo_engine.run.storing.folders import finished_tiles
from geo_engine.run.tiles import BLOCK_SIDE
from geo_engine.workspace import find_region, read_features

__all__ = ["InputState", "NetworkState", "RunPlan", "StagePlan", "differences", "plan_run"]

_LONGEST = 60  # letters of a value that is told
_NOT_JUDGED = frozenset({"layers", "profiles", "weights", "combined_by", "weighed", "defaults", "path", "cell", "scenarios"})
"""Of the recorded study: what has files of its own, what follows from the rest, and the cell, which is told by itself."""


@dataclass(frozen=True, slots=True)
class InputState:
    """A file that the run depends on, beside what the last run in the folder read.

    Parameters
    ----------
    file : str
        Relative to the workspace.
    state : {"same", "changed", "new", "gone", "unknown"}
        ``unknown`` where its content cannot be told: behind an address and not fetched, or no run to compare with.
    used_by : tuple of str
        Criteria, rules and more, in words; empty for what is gone.
    """

    file: str
    state: str
    used_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NetworkState:
    """A network that the run needs: whether it is read as it was stored, and why or why not."""

    name: str
    stored: bool
    why: str


@dataclass(frozen=True, slots=True)
class StagePlan:
    """A stage of the run, by the title that the run shows: what it does, and why it does it."""

    title: str
    what: str
    why: str


@dataclass(frozen=True, slots=True)
class RunPlan:
    """What a run will do.

    Parameters
    ----------
    study, region : str
        Titles.
    folder : Path
        Where the outputs will lie.
    verdict : str
        One sentence: whether anything has changed since the last run there.
    differences : tuple of str
        What the study, the cell or the engine says otherwise than in that run; empty without one.
    inputs : tuple of InputState
        Every file, in order of name.
    networks : tuple of NetworkState
        In the order in which they are needed.
    cells, tiles, tiles_with_land, tile_side : int
        Of the grid; tiles off the land cost nothing.
    stages : tuple of StagePlan
        In order.
    forecast : Estimate
        Memory, disk, time.
    surfaces : tuple of SurfaceState
        What of the criteria and rules is taken up from earlier runs; empty where the grid is too small for it to matter.
    """

    study: str
    region: str
    folder: Path
    verdict: str
    differences: tuple[str, ...]
    inputs: tuple[InputState, ...]
    networks: tuple[NetworkState, ...]
    cells: int
    tiles: int
    tiles_with_land: int
    tile_side: int
    stages: tuple[StagePlan, ...]
    forecast: Estimate
    surfaces: tuple[SurfaceState, ...] = ()


def plan_run(
    study: Study,
    *,
    region: str | None = None,
    cell: float | None = None,
    out: Path | None = None,
    workers: int,
    cache: float | None = None,
) -> RunPlan:
    """Tell what a run will do, reading no more than the area layer and the hashes of files.

    Parameters
    ----------
    study : Study
        The question.
    region : str, optional
        Slug or name; the whole area by default.
    cell : float, optional
        Metres, instead of the study's.
    out : Path, optional
        The folder of the outputs, instead of `default_folder`.
    workers : int
        For the forecast.
    cache : float, optional
        As for `run_study`.

    Raises
    ------
    StudyError
        If there is no such region, or weights cannot be found.
    LayerError
        If the area layer cannot be read, or a file that the study uses is missing.
    """
    if cell is not None:
        study = replace(study, cell=cell)
    if not isinstance(study.weighting, DataWeights):
        study = weighed(study)
    slug, title, area = find_region(study, read_features(study.layers[study.area], crs=study.crs), region)
    folder = (out or default_folder(study, slug)).resolve()
    grid = grid_of(study, area)
    found, record = inputs_of(study), _record_of(folder)
    states, told = tuple(_states(found, record)), tuple(_told(study, grid, slug, record)) if record else ()
    tiles, with_land = math.ceil(grid.rows / TILE_SIDE) * math.ceil(grid.cols / TILE_SIDE), len(land_tiles(grid, area, TILE_SIDE))
    networks = tuple(NetworkState(name, *network_state(study, name)) for name in networks_of(study))
    forecast = estimate(study, area, workers=workers, disk=folder)
    surfaces = surface_states(study, grid, slug, area, min(TILE_SIDE, BLOCK_SIDE), folder, limit=cache)
    kept = []
    if forecast.stored:
        there = finished_tiles(folder, study, grid, slug, TILE_SIDE)
        goes_on = f"{there:,} of a run that was stopped are taken up" if there else "none is yet"
        kept += [f"each tile is stored when it is finished; {goes_on}"]
    taken = sum(1 for each in surfaces if each.tiles)
    kept += [f"{taken} of {len(surfaces)} criteria and rules were measured before" if taken else "everything is measured"]
    where = f"{with_land:,} of {tiles:,} tiles of {TILE_SIDE} cells a side"
    return RunPlan(
        study=study.title,
        region=title,
        folder=folder,
        verdict=_verdict(folder, record, states, told),
        differences=told,
        inputs=states,
        networks=networks,
        cells=grid.rows * grid.cols,
        tiles=tiles,
        tiles_with_land=with_land,
        tile_side=TILE_SIDE,
        stages=tuple(_stages(study, networks, len(found), (where, "; ".join(kept)))),
        forecast=forecast,
        surfaces=surfaces,
    )


def _record_of(folder: Path) -> dict[str, Any] | None:
    """Read the record of the last run in a folder; None where there is none that can be read."""
    try:
        record = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return record if isinstance(record, dict) and isinstance(record.get("inputs_sha256"), dict) else None


def _states(found: Mapping[str, Input], record: Mapping[str, Any] | None) -> Iterator[InputState]:
    """Hold each file against what the last run read."""
    then: Mapping[str, str] = record["inputs_sha256"] if record else {}
    for file in sorted(found.keys() | then.keys()):
        if file not in found:
            yield InputState(file, "gone", ())
            continue
        now = found[file].sha256
        state = "unknown" if record is None or now.startswith("not hashed") else "new" if file not in then else "changed"
        yield InputState(file, "same" if state == "changed" and then[file] == now else state, found[file].users)


def _told(study: Study, grid: Grid, region: str, record: Mapping[str, Any]) -> Iterator[str]:
    """Say what a study, its grid and the engine are now and were not when a run was recorded."""
    base = study.path.parent.parent
    was: Mapping[str, Any] = record.get("grid", {})
    if was.get("cell_m") != grid.cell:
        yield f"cell: {was.get('cell_m')} m -> {grid.cell:g} m"
    if (other := record.get("region", {}).get("slug")) != region:
        yield f"region: {other} -> {region}"
    version = record.get("versions", {}).get("geo-engine")
    if version != geo_engine.__version__:
        yield f"version of the engine: {version} -> {geo_engine.__version__}"
    now = json.loads(json.dumps(plain(study, base)))
    then = dict(record.get("study", {}))
    for document in (now, then):
        for key in _NOT_JUDGED:
            document.pop(key, None)
        if isinstance(study.weighting, DataWeights):  # they are found in the run
            document["criteria"] = [{**each, "weight": None} for each in document.get("criteria", ())]
    yield from differences(then, now)


def differences(then: object, now: object, place: str = "") -> Iterator[str]:
    """Say where two documents of JSON differ; items of a list that have names are told by them, and their order does not count.

    >>> list(differences({"a": [{"name": "x", "weight": 1}], "b": 2}, {"a": [{"name": "x", "weight": 3}, {"name": "y"}], "b": 2}))
    ["a 'x' weight: 1 -> 3", "a 'y': new"]
    """
    if then == now:
        return
    if isinstance(then, dict) and isinstance(now, dict):
        for key in sorted(then.keys() | now.keys(), key=str):
            yield from differences(then.get(key), now.get(key), f"{place} {key}".strip())
        return
    if isinstance(then, list) and isinstance(now, list) and all(isinstance(each, dict) and "name" in each for each in (*then, *now)):
        old, new = ({each["name"]: each for each in items} for items in (then, now))
        for name in dict.fromkeys([*old, *new]):
            if name not in old or name not in new:
                yield f"{place} '{name}': {'new' if name in new else 'gone'}"
            else:
                yield from differences(old[name], new[name], f"{place} '{name}'")
        return
    reworded = isinstance(then, str) and isinstance(now, str) and min(len(then), len(now)) > _LONGEST
    yield f"{place}: reworded" if reworded else f"{place}: {_short(then)} -> {_short(now)}"


def _short(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."


def _verdict(folder: Path, record: Mapping[str, Any] | None, states: tuple[InputState, ...], told: tuple[str, ...]) -> str:
    """Say in a sentence why the run is made, or that it would leave the same bytes."""
    if record is None:
        return "No run to compare with: run.json cannot be read." if (folder / "run.json").exists() else "No run is in the folder yet."
    moved = [each.file for each in states if each.state in {"changed", "new", "gone"}]
    if moved or told:
        files = f"{len(moved)} {'file has' if len(moved) == 1 else 'files have'} changed" if moved else "no file has changed"
        others = f"; {len(told)} other difference{'s' if len(told) != 1 else ''}" if told else ""
        return f"Since the last run in the folder {files}{others}: the run replaces it."
    if any(each.state == "unknown" for each in states):
        return "Nothing that can be told has changed since the last run in the folder; what lies behind addresses may have."
    return "Nothing has changed since the last run in the folder: a run would leave the same bytes, timings apart."


def _stages(study: Study, networks: tuple[NetworkState, ...], files: int, scored: tuple[str, str]) -> Iterator[StagePlan]:
    """Yield the stages that a run of a study has, in order; of the tiles is told how many they are, and what is kept."""
    tiles, kept = scored
    criteria, rules, asked = len(study.criteria), len(study.constraints), study.robustness
    yield StagePlan("Reading layers", f"{files} files of the study and its layers", "layers are held once, in memory")
    if networks:
        built = [each.name for each in networks if not each.stored]
        why = f"built: {', '.join(built)}" if built else "all are stored, and read"
        yield StagePlan("Building networks", ", ".join(each.name for each in networks), why)
    yield StagePlan("Preparing measures", f"{criteria} criteria, {rules} rules", "what every tile needs is made once")
    yield StagePlan("Scoring land", f"{criteria} criteria and {rules} rules on {tiles}", kept)
    searched = f"{study.sites.count} {study.sites.noun}, and near misses of {rules} rules"
    yield StagePlan("Locating and ranking areas", searched, "[sites] asks for them")
    drawn = f"{asked.draws:,} draws of weights, {asked.data_draws:,} of the data"
    yield StagePlan("Drawing weights and data", drawn, "how sure the ranking is: [robustness]")
    if asked.surface and isinstance(study.combination, WeightedSum):
        yield StagePlan(
            "Drawing weights for all land", f"how often each cell is among the best, on {tiles}", "surface = true in [robustness]"
        )
    if study.connection is not None:
        yield StagePlan("Routing connections", f"a line to {study.connection.layer} for each area", "[connection] asks for them")
    if study.reach is not None:
        said = f"{len(study.reach.routes)} routes and {len(study.reach.isochrones)} isochrones for each area"
        yield StagePlan("Drawing routes and isochrones", said, "[reach] asks for them")
    yield StagePlan("Measuring for the map", "the criteria at the map's own resolution", "the map scores anew when a reader moves a weight")
    yield StagePlan("Writing outputs", "map, tables, rasters, record", "they replace the last run whole")
