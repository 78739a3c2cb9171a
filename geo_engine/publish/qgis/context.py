"""``context.gpkg``: what a run is seen against, whole and in study coordinates, so that its folder can be moved and mailed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo_engine.model import Result
from geo_engine.publish.exports import KINDS, Sheet, layer_sheet, provenance_text, storable
from geo_engine.publish.webmap.content.basemap import named_places, surroundings
from geo_engine.publish.webmap.content.layers import drawn_layers

__all__ = ["context_sheets"]

_MANY = 20_000  # features: of a layer with more, those about the region are enough to see it by


def context_sheets(result: Result) -> dict[str, Sheet]:
    """Give the layers of the file by what they are for.

    Parameters
    ----------
    result : Result
        One region of one study.

    Returns
    -------
    dict of str to Sheet
        ``ground`` (all land of the study), ``region``, ``borders``, ``roads``, ``places`` (names, with their order by size),
        ``demand`` and ``served`` (points, and lines to the best area of each), ``near_misses``, and ``layer NAME`` for each input layer
        that the web map draws. What a study does not have is not there. A layer is whole, but for those of more than
        20,000 features: of these, and of the roads, there is what lies in the region's box, widened by half its longer side. A road is one
        row, by its name and class.
    """
    frame = surroundings(result)
    found: dict[str, Sheet | None] = {
        "ground": _shape(result, "ground", "Land of the study", shapely.clip_by_rect(result.land, *frame)),
        "region": _shape(result, "region", result.region_title, result.area),
        "borders": _input(result, result.study.area, frame),
        "roads": _roads(result, frame),
        "places": _places(result, frame),
        **_demand(result),
        "near_misses": _near_misses(result),
    }
    found |= {f"layer {name}": _input(result, name, frame) for name in drawn_layers(result.study)}
    names: dict[str, Sheet] = {}
    taken: set[str] = set()
    for role, sheet in found.items():
        if sheet is not None:
            names[role] = sheet if sheet.name.lower() not in taken else _renamed(sheet, taken)
            taken.add(names[role].name.lower())
    return names


def _input(result: Result, name: str | None, frame: tuple[float, float, float, float]) -> Sheet | None:
    features = result.features.get(name or "")
    if features is None or not len(features):
        return None
    near = shapely.intersects(features.geometry, shapely.box(*frame)) if len(features) > _MANY else None
    if near is not None and not near.any():
        return None
    # The project tells the rest of where it comes from; tables of metadata would take a quarter of the time.
    return replace(layer_sheet(features, result.surface.grid.crs, near)[0], metadata={})


def _roads(result: Result, frame: tuple[float, float, float, float]) -> Sheet | None:
    """Give a row a road, by its name and class: pieces from junction to junction are ten times as many, and take as long to write."""
    features = result.features.get(result.study.context.roads or "")
    near = np.empty(0, bool) if features is None else shapely.intersects(features.geometry, shapely.box(*frame))
    if features is None or not near.any():
        return None
    layer, table = features.layer, features.table[near]
    named = [layer.id, layer.network.road_class if layer.network else None]
    columns = [column for column in dict.fromkeys(named) if column in table]
    of_road = table.groupby(columns, sort=False, dropna=False).ngroup().to_numpy() if columns else np.zeros(len(table), np.int64)
    pieces, of_line = shapely.get_parts(features.geometry[near], return_index=True)
    order = np.argsort(of_road[of_line], kind="stable")
    lines = shapely.multilinestrings(pieces[order], indices=of_road[of_line][order])
    first = np.unique(of_road, return_index=True)[1]
    kept = storable(table.iloc[first][columns].reset_index(drop=True))[0]
    made = gpd.GeoDataFrame(kept, geometry=gpd.GeoSeries(lines, crs=result.surface.grid.crs))
    return Sheet(layer.name, made, KINDS["lines"], layer.title, provenance_text(layer))


def _frame(
    result: Result, columns: Mapping[str, object] | pd.DataFrame, geometry: Sequence[shapely.Geometry] | NDArray[np.object_]
) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(storable(pd.DataFrame(columns))[0], geometry=gpd.GeoSeries(geometry, crs=result.surface.grid.crs))


def _shape(result: Result, name: str, title: str, shape: shapely.Geometry) -> Sheet:
    polygons = [part for part in shapely.get_parts(shapely.get_parts([shape])) if part.geom_type == "Polygon"]
    return Sheet(name, _frame(result, {"name": [title]}, [shapely.MultiPolygon(polygons)]), KINDS["polygons"], title)


def _places(result: Result, frame: tuple[float, float, float, float]) -> Sheet | None:
    points, names = named_places(result, shapely.clip_by_rect(result.land, *frame), frame)
    if not names:
        return None
    columns = {"name": names, "by_size": np.arange(1, len(names) + 1)}
    return Sheet("place_names", _frame(result, columns, points), KINDS["points"], "Names of places")


def _demand(result: Result) -> dict[str, Sheet | None]:
    sites = {site.site_id: site for site in result.ranking.sites}
    answers = result.ranking.demand
    if not answers:
        return {}
    rows = [
        {
            "name": answer.name,
            "size": answer.size,
            "capacity_needed": answer.capacity,
            "best_area": sites[answer.site_id].name if answer.site_id in sites else "uncovered",
            "site_rank": answer.site_rank,
            "minutes": answer.seconds / 60.0,
            "covered": int(answer.site_id in sites),
        }
        for answer in answers
    ]
    points = [shapely.Point(answer.easting, answer.northing) for answer in answers]
    covered = [number for number, answer in enumerate(answers) if answer.site_id in sites]
    ends = [shapely.Point(sites[answers[number].site_id].easting, sites[answers[number].site_id].northing) for number in covered]
    lines = [shapely.LineString([points[number], end]) for number, end in zip(covered, ends, strict=True)]
    table = pd.DataFrame(rows)
    return {
        "demand": Sheet("demand", _frame(result, table, points), "Point", "Demand"),
        "served": Sheet(
            "demand_served",
            _frame(result, table.iloc[covered].reset_index(drop=True), lines),
            "LineString",
            "Demand and the best area for it",
        )
        if covered
        else None,
    }


def _near_misses(result: Result) -> Sheet | None:
    found = [(miss.rule, area) for miss in result.near_misses for area in miss.areas]
    if not found:
        return None
    columns = {
        "rule": [rule for rule, _ in found],
        "name": [area.name for _, area in found],
        "rank": [area.rank for _, area in found],
        "score": [round(area.score, 4) for _, area in found],
        "area_ha": [round(area.area_m2 / 1e4, 2) for _, area in found],
        "fails_share": [round(area.failing_share, 4) for _, area in found],
    }
    shapes = [shapely.MultiPolygon([part for part in shapely.get_parts(area.geometry) if part.geom_type == "Polygon"]) for _, area in found]
    return Sheet("near_misses", _frame(result, columns, shapes), KINDS["polygons"], "Areas that one rule alone keeps from being found")


def _renamed(sheet: Sheet, taken: set[str]) -> Sheet:
    number = 2
    while f"{sheet.name}_{number}".lower() in taken:
        number += 1
    return replace(sheet, name=f"{sheet.name}_{number}")
