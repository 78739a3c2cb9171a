"""Faults of shape: none, broken, collapsed, of another kind, or the same as another one."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo_engine.workspace.data.geometry import kind_names, of_kind
from geo_engine.workspace.faults.finding import Finding
from geo_engine.workspace.raw.look import repeated
from geo_engine.workspace.raw.rows import Raw

__all__ = ["shape_faults"]

_AN_AREA = 2  # dimensions, as shapely counts them


def shape_faults(raw: Raw) -> Iterator[Finding]:
    """Find faults of the shapes of a layer's rows."""
    geometry, total = raw.geometry, len(raw.source.table)
    blank = shapely.is_missing(geometry) | shapely.is_empty(geometry)
    if blank.any():
        yield Finding("no_geometry", f"{blank.sum()} of {total} rows have none and are left out", int(blank.sum()), raw.named(blank))
    kind = raw.layer.geometry
    other = np.zeros(total, dtype=np.bool_)
    other[~blank] = ~of_kind(geometry[~blank], kind)
    if other.any():
        what = f"{other.sum()} of {total} are {', '.join(kind_names(geometry[other]))} in a layer of {kind}"
        yield Finding("other_kind", what, int(other.sum()), raw.named(other))
    yield from _broken(raw, geometry, ~blank & ~other)
    twice = repeated(raw.source)
    if twice.any():
        yield Finding("repeated_row", f"{twice.sum()} rows repeat another one, and count twice", int(twice.sum()), raw.named(twice))
    same = _same(geometry, ~blank) & ~twice
    if same.any():
        what = f"{same.sum()} lie exactly on another one: harmless for distance, counted apart"
        yield Finding("same_place", what, int(same.sum()), raw.named(same))
    yield from _shared_ids(raw)


def _broken(raw: Raw, geometry: NDArray[np.object_], there: NDArray[np.bool_]) -> Iterator[Finding]:
    dimension = shapely.get_dimensions(geometry)
    flat = there & (((dimension == 1) & (shapely.length(geometry) == 0)) | ((dimension == _AN_AREA) & _without_extent(geometry)))
    if flat.any():
        yield Finding("collapsed_shape", f"{flat.sum()} lines without length or areas without extent", int(flat.sum()), raw.named(flat))
    broken = there & ~flat & ~shapely.is_valid(geometry)
    if broken.any():
        reasons = pd.Series([str(reason).split("[")[0] for reason in shapely.is_valid_reason(geometry[broken])]).value_counts()
        said = ", ".join(f"{str(reason).strip().lower()} ({count})" for reason, count in reasons.items())
        yield Finding("broken_shape", f"{broken.sum()} shapes: {said}", int(broken.sum()), raw.named(broken))


def _without_extent(geometry: NDArray[np.object_]) -> NDArray[np.bool_]:
    """Mark shapes whose hull has no area: an area that crosses itself may have none, and is only broken."""
    flat: NDArray[np.bool_] = shapely.area(shapely.convex_hull(geometry)) == 0
    return flat


def _same(geometry: NDArray[np.object_], there: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Mark shapes that are the same as an earlier one."""
    marked = np.zeros(len(geometry), dtype=np.bool_)
    shapes = pd.Series(list(np.asarray(shapely.to_wkb(shapely.normalize(geometry[there])), dtype=object)), dtype=object)
    marked[there] = shapes.duplicated().to_numpy()
    return marked


def _shared_ids(raw: Raw) -> Iterator[Finding]:
    """Tell names that rows share; the stretches of one road share its name by right."""
    if raw.layer.geometry in {"lines", "network"}:
        return
    names = pd.Series(raw.keys(), dtype=object)
    blank = names.isna()
    shared = (names.duplicated() & ~blank).to_numpy(dtype=np.bool_)
    if shared.any():
        what = f"{shared.sum()} rows have a '{raw.layer.id}' that an earlier row has"
        yield Finding("repeated_id", what, int(shared.sum()), raw.named(shared))
