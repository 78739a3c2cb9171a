"""Data become a layer: looked at, drafted, drawn, and said how a study would use them."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import shapely

from geo_engine.errors import Fault, LayerError
from geo_engine.model import Layer, Study
from geo_engine.run.catalogue.picture import Picture, area_of, draw_cells, draw_shapes, picture_file
from geo_engine.run.catalogue.uses import study_for
from geo_engine.workspace import (
    ANSWERS,
    Look,
    criterion_for,
    fetch_layer,
    find_workspace,
    is_address,
    layer_name,
    look_at,
    place_layer,
    project,
    raster_facts,
    toml_for,
)

__all__ = ["Added", "add_layer"]


@dataclass(frozen=True, slots=True)
class Added:
    """A layer that was added.

    Parameters
    ----------
    name : str
        Of the layer.
    path : Path
        Its file.
    look : Look
        What its data hold.
    within : float
        Share of its features (of a raster: of the area) that lie in the study's area; NaN where nothing says it.
    study : str
        The study whose area is meant; empty without one.
    questions : tuple of str
        Keys that a person must answer.
    criterion : str
        To paste into a study.
    picture : Picture or None
        None where the data have no place yet.
    """

    name: str
    path: Path
    look: Look
    within: float
    study: str
    questions: tuple[str, ...]
    criterion: str
    picture: Picture | None


def add_layer(
    start: Path,
    source: str,
    *,
    name: str | None = None,
    title: str | None = None,
    study: Path | None = None,
    sublayer: str | None = None,
    answers: Mapping[str, str] | None = None,
    force: bool = False,
) -> Added:
    """Look at data and make a layer of them.

    Parameters
    ----------
    start : Path
        In the workspace.
    source : str
        A path as typed, or an address for GDAL.
    name, title : str, optional
        Of the layer; by default made of the source's name.
    study : Path, optional
        The study whose area the data are held against; by default the first of the workspace.
    sublayer : str, optional
        Layer inside the source.
    answers : mapping of str to str, optional
        What is known of `ANSWERS`.
    force : bool
        Whether a layer of that name is replaced.

    Raises
    ------
    LayerError
        If the data cannot be read, the layer is there already, or an answer is wrong.
    """
    workspace = find_workspace(start)
    stem = Path(source.split("!", maxsplit=1)[0].rstrip("/")).name.lstrip(".").split(".")[0]
    chosen = layer_name(name or (f"{stem}_{sublayer}" if sublayer else stem))
    path = workspace / "layers" / f"{chosen}.toml"
    if path.exists() and not force:
        raise LayerError(Fault(f"layers/{path.name}", "is there already", remedy="give another --name, or --force to replace it"))
    address = is_address(source) and not Path(source).exists()
    absolute = source if address else os.path.abspath(source)  # noqa: PTH100 - a link is kept as it is typed
    asked = study_for(workspace, study)
    said = title or re.sub(r"[\s_-]+", " ", name or stem).strip().capitalize() or chosen
    # What lies behind a web address is fetched now, since it is asked for; what is looked at is the copy.
    fetched = fetch_layer(Layer(chosen, said, absolute, "points", "", "", "", sublayer=sublayer, path=path)) if address else []
    there = str(fetched[0].path) if fetched else absolute
    look, rows = look_at(there, None if fetched else sublayer)
    look = replace(look, sublayer=sublayer)
    text = toml_for(look, absolute if address else _from_layers(absolute, workspace), said, answers or {})
    place_layer(workspace, chosen, text, force=force)
    picture, within = None, float("nan")
    if look.crs is not None and look.bounds is not None:
        file = picture_file(workspace, chosen)
        if rows is None:
            _, _, bounds, cells = raster_facts(there, chosen)
            picture, within = draw_cells(file, cells, bounds, look.crs, asked), _covered(look, asked)
        else:
            geometry = np.asarray(shapely.force_2d(rows.geometry), dtype=object)
            shapes = project(geometry, look.crs, asked.crs) if asked else geometry
            picture, within = draw_shapes(file, shapes, asked.crs if asked else look.crs, asked), _inside(shapes, asked)
    travel = next((criterion.measure.travels for criterion in asked.criteria if criterion.measure.travels), None) if asked else None
    open_ = tuple(key for key in ("crs", *ANSWERS) if f'\n{key} = "?"' in text)
    criterion = criterion_for(look, chosen, said, travel)
    return Added(chosen, path, look, within, asked.name if asked else "", open_, criterion, picture)


def _from_layers(absolute: str, workspace: Path) -> str:
    """Write a path as a layer's file names it: from the folder of the layers where it lies in the workspace, else whole."""
    inside = Path(absolute).is_relative_to(workspace)
    return Path(os.path.relpath(absolute, workspace / "layers")).as_posix() if inside else Path(absolute).as_posix()


def _inside(shapes: np.ndarray, study: Study | None) -> float:
    area = area_of(study)
    there = shapes[~(shapely.is_missing(shapes) | shapely.is_empty(shapes))]
    if area is None or not len(there):
        return float("nan")
    shapely.prepare(area)
    return float(shapely.intersects(area, there).mean())


def _covered(look: Look, study: Study | None) -> float:
    """Give the share of a study's area that a raster's box covers."""
    area = area_of(study)
    if area is None or study is None or look.bounds is None or look.crs is None:
        return float("nan")
    box = project(
        np.array([shapely.segmentize(shapely.box(*look.bounds), max(look.bounds[2] - look.bounds[0], 1e-9) / 20)]), look.crs, study.crs
    )
    if not np.isfinite(shapely.bounds(box)).all():
        return float("nan")
    return float(shapely.area(shapely.intersection(area, box[0])) / shapely.area(area))
