"""Regions of the study's area and districts in them, and rivals: places that somebody typed in to be judged like the engine's own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo_engine.errors import Fault, LayerError, StudyError, nearest_spellings
from geo_engine.model import Features, Study, slug, unique_names
from geo_engine.workspace.catalogue import layer_place
from geo_engine.workspace.data.geometry import kind_names, of_kind, project, repair, unreal
from geo_engine.workspace.data.rows import WGS84, Source, points_from
from geo_engine.workspace.data.source import read_source
from geo_engine.workspace.data.table import listed, match_column, unknown_column
from geo_engine.workspace.data.vector import read_features

__all__ = ["Rivals", "find_region", "read_rivals", "region_names", "rivals_of"]

_METRES = ("easting", "northing")


def _names(features: Features, column: str) -> pd.Series:
    if column not in features.table.columns:
        place = layer_place(features.layer, "id")
        raise LayerError(unknown_column(place, column, map(str, features.table.columns), ", it should name the regions"))
    names = features.table[column]
    return names.map(lambda name: "" if pd.isna(name) else str(name).strip())


def region_names(features: Features, column: str) -> dict[str, str]:
    """List the regions of an area layer.

    Parameters
    ----------
    features : Features
        The area layer.
    column : str
        The column that names regions; features of one name are one region, features without a name belong to none.

    Returns
    -------
    dict of str to str
        Title by slug, in the order of the data.

    Raises
    ------
    LayerError
        If the column is missing, or two names make the same slug.
    """
    titles: dict[str, str] = {}
    faults = []
    for title in dict.fromkeys(name for name in _names(features, column) if name):
        other = titles.setdefault(slug(title), title)
        if other != title:
            place = layer_place(features.layer, "source")
            faults.append(
                Fault(
                    place,
                    f"two regions have the short name '{slug(title)}'",
                    f"'{other}' and '{title}'",
                    "names that differ in letters or digits",
                )
            )
    if faults:
        raise LayerError(faults)
    return titles


def find_region(study: Study, area_features: Features, region: str | None) -> tuple[str, str, BaseGeometry]:
    """Find a region of the study's area by its slug or its name, or a district, where the study names a layer of these.

    A region comes before a district of the same name. A district's layer is read only for what is no region.

    Parameters
    ----------
    study : Study
        Names the column of regions, the whole area and the layer of districts.
    area_features : Features
        The area layer.
    region : str or None
        Slug or name of a region or a district, in any case; None or the whole area's name for all of it.

    Returns
    -------
    slug, title : str
        How files and readers call it.
    polygon : shapely geometry
        The union of its features, in study coordinates; of a district what lies within the area.

    Raises
    ------
    StudyError
        If there is no such region or district: regions are listed, with the nearest spellings of both. If a district lies off the area.
    LayerError
        If the column of regions is missing or its names are ambiguous.
    """
    titles = region_names(area_features, study.region_column) if study.region_column in area_features.table else {}
    if study.area_slug in titles and len(titles) > 1:
        raise StudyError(
            Fault(
                f"studies/{study.path.name} area_title",
                "the whole area is called like one of its regions",
                found=study.area_title,
                remedy="give area_title another name",
            )
        )
    if region is None or slug(region) == study.area_slug:
        return study.area_slug, study.area_title, shapely.union_all(area_features.geometry)
    titles = region_names(area_features, study.region_column)
    wanted = _meant(region, titles)
    if wanted in titles:
        return wanted, titles[wanted], _union(area_features, study.region_column, titles[wanted])
    options, others = [study.area_slug, *titles], ""
    if study.districts:
        layer = study.layers[study.districts]
        districts = read_features(layer, crs=study.crs)
        column = layer.id or ""
        named = region_names(districts, column)
        wanted = _meant(region, named)
        if wanted in named:
            return wanted, named[wanted], _within(_union(districts, column, named[wanted]), area_features, named[wanted], study)
        options += named
        others = f", or one of the {len(named)} of '{layer.title}'"
    allowed = f"{study.area_slug}, {', '.join(titles)}{others}"
    nearest = nearest_spellings(slug(region), options)
    raise StudyError(Fault(f"studies/{study.path.name} area", f"unknown region '{region}'", "", allowed, nearest))


def _meant(region: str, titles: Mapping[str, str]) -> str:
    """Give the slug that a name means among titles by slug; hyphens and blanks may be left out."""
    wanted = slug(region)
    run_together = {name.replace("-", ""): name for name in titles}
    return wanted if wanted in titles else run_together.get(wanted.replace("-", ""), wanted)


def _union(features: Features, column: str, title: str) -> BaseGeometry:
    return shapely.union_all(features.geometry[_names(features, column).to_numpy() == title])


def _within(district: BaseGeometry, area_features: Features, title: str, study: Study) -> BaseGeometry:
    """Clip a district to the area; lines and points in which borders touch are none of it."""
    parts = shapely.get_parts(shapely.intersection(district, shapely.union_all(area_features.geometry)))
    land = shapely.union_all(parts[shapely.get_dimensions(parts) == 2])  # noqa: PLR2004 - two dimensions: an area
    if shapely.is_empty(land):
        raise StudyError(Fault(f"studies/{study.path.name} districts", f"'{title}' lies outside '{study.area_title}'"))
    return land


@dataclass(frozen=True, eq=False)
class Rivals:
    """Places given by hand.

    Parameters
    ----------
    names : tuple of str
        n names, each once.
    geometry : ndarray of shapely geometries, shape (n,)
        Points or polygons in study coordinates.
    accuracy_m : float64 ndarray, shape (n,)
        Metres; NaN where not stated.
    """

    names: tuple[str, ...]
    geometry: NDArray[np.object_]
    accuracy_m: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.names)


def _rival_accuracy(source: Source, place: str, faults: list[Fault]) -> NDArray[np.float64]:
    column = match_column(map(str, source.table.columns), "accuracy_km")
    if column is None:
        return np.full(len(source.table), np.nan)
    cells = source.table[column]
    numbers = pd.to_numeric(cells, errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
    bad = (np.isnan(numbers) & cells.notna().to_numpy()) | (numbers < 0) | np.isinf(numbers)
    if bad.any():
        found = listed(f"'{cell}' in {source.row_word} {row}" for cell, row in zip(cells[bad], source.rows[bad], strict=True))
        faults.append(Fault(place, f"'{column}' is not a distance", found, "kilometres as a number, or blank"))
    return numbers * 1000.0


def read_rivals(path: Path, *, crs: str) -> Rivals:
    """Read places typed in by hand: a CSV (name, lon, lat and maybe accuracy_km), or points or polygons in any vector format.

    A CSV may have easting and northing in metres of the study's CRS instead of lon and lat; where it has both, metres count.

    Parameters
    ----------
    path : Path
        The file. Headings count in any case.
    crs : str
        The study's CRS.

    Returns
    -------
    Rivals
        n places; a repeated name is made unique by " (2)", a blank one becomes its line or feature number.

    Raises
    ------
    LayerError
        With every fault: missing columns, coordinates that are no places (with lines), other kinds of geometry, no CRS, no rows.
    """
    return rivals_of(read_source(str(path), place=path.name), crs=crs, label=path.name)


def rivals_of(source: Source, *, crs: str, label: str) -> Rivals:
    """Make places of rows as a source gave them; see `read_rivals`.

    Parameters
    ----------
    source : Source
        The rows.
    crs : str
        The study's CRS.
    label : str
        How messages call the source.
    """
    faults: list[Fault] = []
    found = [str(column) for column in source.table.columns]
    name = match_column(found, "name")
    if name is None and source.geometry is None:
        faults.append(unknown_column(label, "name", found))
    if not len(source.table):
        faults.append(Fault(label, "the file has no rows", allowed="one row or more"))
    accuracy = _rival_accuracy(source, label, faults)
    typed, metres = source.geometry is None, all(match_column(found, key) for key in _METRES)
    if typed:
        try:
            source = points_from(source, *(_METRES if metres else ("lon", "lat")), label, label, allowed="a number")
        except LayerError as error:
            faults.extend(error.faults)
    own_crs = crs if typed and metres else source.crs if source.row_word == "feature" and source.crs else WGS84
    if source.row_word == "feature" and source.geometry is not None and not source.crs and found:
        faults.append(Fault(label, "the file states no CRS", remedy="save it with its CRS, or as a CSV with lon and lat"))
    geometry = _rival_geometry(source, own_crs, crs, label, faults)
    if faults:
        raise LayerError(faults)
    cells = source.table[name] if name else pd.Series([None] * len(source.table))
    names = [f"{source.row_word} {row}" if pd.isna(cell) else str(cell).strip() for cell, row in zip(cells, source.rows, strict=True)]
    return Rivals(unique_names(names), geometry, accuracy)


def _rival_geometry(source: Source, own_crs: str, crs: str, label: str, faults: list[Fault]) -> NDArray[np.object_]:
    if source.geometry is None or not len(source.geometry):
        return np.empty(0, dtype=object)

    def tell(bad: NDArray[np.bool_], what: str, allowed: str) -> None:
        if bad.any():
            faults.append(
                Fault(label, f"{int(bad.sum())} places {what}", listed(f"{source.row_word} {row}" for row in source.rows[bad]), allowed)
            )

    missing = shapely.is_missing(source.geometry) | shapely.is_empty(source.geometry)
    tell(missing, "have no geometry", "points or polygons")
    geometry = np.asarray(shapely.force_2d(source.geometry), dtype=object)
    areas = of_kind(geometry, "polygons")
    other = ~(areas | (shapely.get_type_id(geometry) == 0) | missing)
    kinds = ", ".join(kind_names(geometry[other]))
    tell(other, f"are neither points nor polygons ({kinds})", "points or polygons")
    degrees = "longitude -180 to 180, latitude -90 to 90"
    tell(unreal(geometry, own_crs) & ~missing, "have coordinates that are no places", degrees)
    if faults:
        return geometry
    geometry = project(geometry, own_crs, crs)
    tell(unreal(geometry, None), f"cannot be projected to {crs}", "places within its reach")
    if not faults and areas.any():
        geometry[areas], _ = repair(geometry[areas], "polygons")
        tell(np.asarray(shapely.is_empty(geometry)), "have no area after repair", "polygons with an inside")
    return geometry
