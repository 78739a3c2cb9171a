"""What newer data change in a layer: rows added, gone, moved and changed, matched by their names."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyproj
import shapely
from numpy.typing import NDArray

from geo_engine.errors import Fault, LayerError
from geo_engine.model import Layer
from geo_engine.run.catalogue.showing import layer_called
from geo_engine.run.catalogue.uses import study_for
from geo_engine.workspace import Raw, find_workspace, is_address, project, raw_rows, read_catalogue

__all__ = ["ChangedRow", "LayerDiff", "MovedRow", "diff_layer", "with_source"]

_ZONE = 6.0  # degrees of a UTM zone


@dataclass(frozen=True, slots=True)
class MovedRow:
    """A row that lies elsewhere in the newer data, and by how many metres: of lines and areas the Hausdorff distance of their corners."""

    id: str
    metres: float


@dataclass(frozen=True, slots=True)
class ChangedRow:
    """A row of which a column says something else: old and new text by column; blank where a cell is."""

    id: str
    columns: dict[str, tuple[str, str]]


@dataclass(frozen=True, slots=True)
class LayerDiff:
    """How two versions of a layer's data differ.

    Parameters
    ----------
    layer, old, new : str
        Name, and the two sources as typed.
    id : str
        Column by which rows are matched; rows that share a name are matched by nearness, the nearest first.
    rows_old, rows_new : int
        Rows that the layer's filter leaves.
    added, gone : tuple of str
        Names of rows that only one version has.
    moved : tuple of MovedRow
        Farthest first; by more than the tolerance.
    changed : tuple of ChangedRow
        In the order of the old data.
    same : int
        Rows that neither moved nor changed.
    columns_added, columns_gone : tuple of str
        Columns that only one version has.
    """

    layer: str
    old: str
    new: str
    id: str
    rows_old: int
    rows_new: int
    added: tuple[str, ...]
    gone: tuple[str, ...]
    moved: tuple[MovedRow, ...]
    changed: tuple[ChangedRow, ...]
    same: int
    columns_added: tuple[str, ...]
    columns_gone: tuple[str, ...]


def with_source(layer: Layer, source: str) -> Layer:
    """Give a layer that reads other data: a path as typed, or an address."""
    return replace(layer, source=source if is_address(source) and not Path(source).exists() else os.path.abspath(source))  # noqa: PTH100 - a link is kept as it is typed


def diff_layer(start: Path, name: str, old: str, new: str, *, id_column: str | None = None, tolerance: float = 1.0) -> LayerDiff:
    """Compare two versions of a layer's data, both read as the layer's file says.

    Parameters
    ----------
    start : Path
        In the workspace.
    name : str
        Of the layer.
    old, new : str
        Sources.
    id_column : str, optional
        Column that names a row, instead of the layer's own.
    tolerance : float
        Metres: what lies no farther off has not moved.

    Raises
    ------
    LayerError
        If the layer is a raster or unknown, one of the sources cannot be read, or nothing names its rows.
    """
    workspace = find_workspace(start)
    layer = layer_called(read_catalogue(workspace), name)
    if layer.geometry == "raster":
        raise LayerError(
            Fault(name, "is a raster, and has no rows to compare", remedy="compare two runs instead: geo-engine compare RUN RUN")
        )
    layer = replace(layer, id=id_column or layer.id)
    one, two = (raw_rows(with_source(layer, source)) for source in (old, new))
    for raw, source in ((one, old), (two, new)):
        _check(raw, source)
    study = study_for(workspace, None, name)
    crs = study.crs if study is not None else _metric(one)
    shapes = [project(raw.geometry, str(raw.crs), crs) for raw in (one, two)]
    pairs = _pairs(one.keys(), two.keys(), shapes[0], shapes[1])
    a, b = pairs[:, 0], pairs[:, 1]
    moved = _metres(shapes[0][a], shapes[1][b], layer.geometry)
    names = [_label(raw) for raw in (one, two)]
    changed = dict(_changes(one, two, pairs))
    still = int(sum(distance <= tolerance and row not in changed for row, distance in zip(a.tolist(), moved.tolist(), strict=True)))
    far = sorted((-float(moved[k]), names[0][a[k]]) for k in np.flatnonzero(moved > tolerance))
    tables = [[str(column) for column in raw.source.table.columns] for raw in (one, two)]
    return LayerDiff(
        layer=name,
        old=old,
        new=new,
        id=str(layer.id),
        rows_old=len(names[0]),
        rows_new=len(names[1]),
        added=tuple(names[1][k] for k in range(len(names[1])) if k not in set(b.tolist())),
        gone=tuple(names[0][k] for k in range(len(names[0])) if k not in set(a.tolist())),
        moved=tuple(MovedRow(row, -metres) for metres, row in far),
        changed=tuple(ChangedRow(names[0][row], columns) for row, columns in sorted(changed.items())),
        same=still,
        columns_added=tuple(column for column in tables[1] if column not in tables[0]),
        columns_gone=tuple(column for column in tables[0] if column not in tables[1]),
    )


def _check(raw: Raw, source: str) -> None:
    columns = [str(column) for column in raw.source.table.columns]
    if raw.layer.id is None or raw.layer.id not in columns:
        what = f"column '{raw.layer.id}' is missing" if raw.layer.id else "nothing says which column names a row"
        raise LayerError(Fault(source, what, found=", ".join(columns), remedy="name one that both have: --id COLUMN"))
    if raw.crs is None:
        raise LayerError(Fault(source, "states no CRS", remedy=f'add it to layers/{raw.layer.name}.toml: crs = "EPSG:..."'))


def _metric(raw: Raw) -> str:
    """Choose a CRS in metres for data that no study uses: their own, or the UTM zone of their middle."""
    known = pyproj.CRS.from_user_input(raw.crs)
    if known.is_projected:
        return str(raw.crs)
    west, south, east, north = shapely.total_bounds(project(raw.geometry, str(raw.crs), "EPSG:4326")).tolist()
    zone = int(((west + east) / 2 + 180) // _ZONE) % 60 + 1
    return f"EPSG:{(32600 if south + north >= 0 else 32700) + zone}"


def _label(raw: Raw) -> list[str]:
    return [key if key is not None else f"{raw.source.row_word} {row}" for key, row in zip(raw.keys(), raw.source.rows, strict=True)]


def _pairs(
    one: NDArray[np.object_], two: NDArray[np.object_], shapes: NDArray[np.object_], others: NDArray[np.object_]
) -> NDArray[np.int64]:
    """Match rows of one name, shape (n, 2): of several that share it the nearest first; rows without a name match nothing."""
    there: dict[str, list[int]] = {}
    for row, key in enumerate(two):
        if key is not None:
            there.setdefault(key, []).append(row)
    here: dict[str, list[int]] = {}
    for row, key in enumerate(one):
        if key is not None and key in there:
            here.setdefault(key, []).append(row)
    matched: list[tuple[int, int]] = []
    for key, rows in here.items():
        free = there[key]
        if len(rows) == len(free) == 1:
            matched.append((rows[0], free[0]))
            continue
        apart = sorted((float(np.nan_to_num(shapely.distance(shapes[a], others[b]), nan=np.inf)), a, b) for a in rows for b in free)
        taken: set[tuple[int, int]] = set()
        for _, a, b in apart:
            if (0, a) not in taken and (1, b) not in taken:
                taken |= {(0, a), (1, b)}
                matched.append((a, b))
    return np.array(sorted(matched), dtype=np.int64).reshape(-1, 2)


def _metres(old: NDArray[np.object_], new: NDArray[np.object_], kind: str) -> NDArray[np.float64]:
    """Measure how far each row moved; infinite where only one version has a place, 0 where neither has."""
    measured = shapely.distance(old, new) if kind == "points" else shapely.hausdorff_distance(old, new)
    metres = np.asarray(measured, dtype=np.float64)
    blank = [shapely.is_missing(shapes) | shapely.is_empty(shapes) for shapes in (old, new)]
    return np.where(blank[0] & blank[1], 0.0, np.where(np.isnan(metres), np.inf, metres))


def _changes(one: Raw, two: Raw, pairs: NDArray[np.int64]) -> Iterator[tuple[int, dict[str, tuple[str, str]]]]:
    """Yield each matched row of which a column that both have says something else; columns that say where it is are left out."""
    placed = {one.layer.id, *one.placed}
    columns = [str(c) for c in one.source.table.columns if str(c) not in placed and c in two.source.table.columns]
    before = one.source.table.iloc[pairs[:, 0]].reset_index(drop=True)
    after = two.source.table.iloc[pairs[:, 1]].reset_index(drop=True)
    texts = {column: (_texts(before[column]), _texts(after[column])) for column in columns}
    for k, row in enumerate(pairs[:, 0].tolist()):
        if told := {column: (old[k], new[k]) for column, (old, new) in texts.items() if old[k] != new[k]}:
            yield row, told


def _texts(column: pd.Series) -> list[str]:
    """Write cells so that 400 and 400.0 are one: numbers shortly, blanks as nothing."""
    if pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column):
        return ["" if pd.isna(cell) else f"{float(cell):.15g}" for cell in column]
    return ["" if pd.isna(cell) else str(cell).strip() for cell in column]
