"""Why a site or a place scores what it scores, what would have to change, and how sure its rank is."""

from __future__ import annotations

import math
from dataclasses import replace

import pyproj
import shapely
from shapely.geometry.base import BaseGeometry

from geo_engine.errors import Fault, StudyError, nearest_spelling
from geo_engine.publish import missing_rows
from geo_engine.run.places.readiness import judge_of
from geo_engine.run.questions.explanation.answer import Answer, answer_for
from geo_engine.run.questions.explanation.cells import points_of
from geo_engine.run.questions.explanation.change import what_would_change
from geo_engine.run.questions.explanation.nearest import nearest_feature
from geo_engine.run.questions.explanation.sureness import how_sure
from geo_engine.run.questions.stored import StoredRun

__all__ = ["explain"]

_LARGEST_LON, _LARGEST_LAT = 180.0, 90.0
_OFF = "off the area"


def explain(run: StoredRun, place: str) -> Answer:
    """Explain a site (by rank, id or name) or a place (``LON,LAT`` in degrees), and say what would have to change for another rank.

    Raises
    ------
    StudyError
        If there is no such site, or the coordinates are not degrees.
    """
    pair = _degrees(place)
    if pair is not None:
        to_study = pyproj.Transformer.from_crs("EPSG:4326", run.study.crs, always_xy=True)
        e, n = to_study.transform(*pair)
        west, south, east, north = run.plan.grid.bounds
        swapped_e, swapped_n = to_study.transform(pair[1], pair[0]) if abs(pair[0]) <= _LARGEST_LAT else (math.inf, math.inf)
        if not (west <= e <= east and south <= n <= north) and west <= swapped_e <= east and south <= swapped_n <= north:
            raise StudyError(
                Fault(place, "lies far outside the study's area", allowed="LON,LAT", remedy=f"did you mean {pair[1]:g},{pair[0]:g}?")
            )
        if not (math.isfinite(e) and math.isfinite(n)):
            raise StudyError(Fault(place, f"cannot be projected to {run.study.crs}", allowed="LON,LAT inside the study's area"))
        shape = shapely.Point(e, n)
        return _whole(run, answer_for(run, place, shape), shape, None)
    sites = run.sites
    for column in ("rank", "site_id", "name"):
        hit = sites[sites[column].astype(str).str.casefold() == place.strip().casefold()]
        if len(hit):
            row = hit.iloc[0]
            answer = answer_for(run, str(row["name"]), row.geometry, rank=int(row["rank"]))
            return _whole(run, answer, row.geometry, int(hit.index[0]))
    options = [*sites["site_id"].astype(str), *sites["name"].astype(str)]
    raise StudyError(
        Fault(
            place,
            "is no site of this run",
            allowed=f"a rank from 1 to {len(sites)}, a site_id, a name, or LON,LAT",
            remedy=nearest_spelling(place, options),
        )
    )


def _whole(run: StoredRun, answer: Answer, shape: BaseGeometry, number: int | None) -> Answer:
    """Name the feature that each distance leads to from the middle of the place; add what would change its rank and how sure it is.

    Needs against what is there, and marks, are added too.
    """
    named = []
    for criterion, source in zip(run.study.criteria, answer.sources, strict=True):
        nearest, accuracy = nearest_feature(run.plan, criterion.measure, answer.easting, answer.northing)
        named.append(replace(source, nearest=nearest, accuracy=accuracy or source.accuracy))
    judge = judge_of(run.plan)
    needs = judge.needs(answer.easting, answer.northing, float(shapely.area(shape)))
    marks = judge.readiness(needs, answer.contributions, *points_of(run, shape)[:2])
    answer = replace(answer, needs=needs, readiness=marks, missing=tuple(missing_rows(run.study, marks)) if marks else ())
    change = what_would_change(run, answer.contributions, number, on_area=answer.status != _OFF)
    return replace(answer, sources=tuple(named), change=change, sureness=how_sure(run, number))


def _degrees(text: str) -> tuple[float, float] | None:
    parts = text.split(",")
    try:
        lon, lat = (float(part) for part in parts)
    except ValueError:
        return None
    if abs(lon) > _LARGEST_LON or abs(lat) > _LARGEST_LAT or not (math.isfinite(lon) and math.isfinite(lat)):
        raise StudyError(
            Fault(
                text,
                "is not LON,LAT in degrees",
                allowed="longitude -180 to 180, latitude -90 to 90",
                remedy="longitude comes first, as in -1.47,54.92",
            )
        )
    return lon, lat
