"""Ask a finished run: why this place, how do rivals score, where do known sites fall."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo_engine.decide import contributions, percentile_below
from geo_engine.errors import Fault, StudyError, nearest_spelling
from geo_engine.measure import PointPlaces
from geo_engine.model import STATUS_OFF_AREA, Accuracy, Contribution, Layer, StatusBit, rule_bits
from geo_engine.run.questions.nearest import nearest_feature
from geo_engine.run.questions.stored import StoredRun
from geo_engine.run.tiles import score_places
from geo_engine.units import format_quantity
from geo_engine.workspace import Rivals, read_rivals

__all__ = ["Answer", "BackTest", "Source", "ask_file", "back_test", "explain"]


_LARGEST_LON, _LARGEST_LAT = 180.0, 90.0
_TABLE_DECIMALS = 4
_AN_AREA = 2  # dimensions, as shapely counts them
_SAME_SCORE = 1e-4  # points: the tables hold four decimals
_WORTH_A_WORD = 0.5  # points


@dataclass(frozen=True, slots=True)
class Source:
    """Where a contribution's data come from.

    Parameters
    ----------
    layer, title, publisher, vintage : str
        Of the layer.
    accuracy : str
        Of the feature named in `nearest` where it is stated, else of the layer.
    nearest : str
        The feature that a distance or a travel time leads to; empty for other measures and where it was not asked for.
    """

    layer: str
    title: str
    publisher: str
    vintage: str
    accuracy: str
    nearest: str = ""


@dataclass(frozen=True, eq=False)
class Answer:
    """What a run says of a place.

    Parameters
    ----------
    name, where, region, grid_ref : str
        Its own name, its name by the nearest place, its region and grid reference.
    lon, lat, easting, northing : float
        Degrees; metres in study coordinates.
    score : float
        0 to 100; NaN where unknown and off the area.
    percentile : float
        Share, in per cent, of scored land that scores lower.
    status : str
        ``"free"``, ``"off the area"``, or the rules failed.
    rules_failed : tuple of str
        Names, with the share of the place that fails where it is an area.
    rank : int or None
        The rank it has as a site of the run, else the rank it would have among them.
    contributions : tuple of Contribution
        They add up to the score.
    sources : tuple of Source
        For each contribution.
    reason : str
        Why it ranks where it does, in one sentence.
    """

    name: str
    where: str
    region: str
    grid_ref: str
    lon: float
    lat: float
    easting: float
    northing: float
    score: float
    percentile: float
    status: str
    rules_failed: tuple[str, ...]
    rank: int | None
    contributions: tuple[Contribution, ...]
    sources: tuple[Source, ...]
    reason: str
    cells: int = 1
    best_percentile: float = float("nan")


@dataclass(frozen=True, eq=False)
class BackTest:
    """Where known sites fall.

    Parameters
    ----------
    sites : tuple of Answer
        With `best_percentile`: of the best cell within the stated accuracy of the position.
    median_percentile : float
        Of the sites with a score; NaN without any.
    """

    sites: tuple[Answer, ...]
    median_percentile: float


def explain(run: StoredRun, place: str) -> Answer:
    """Explain a site (by rank, id or name) or a place (``LON,LAT`` in degrees).

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
        return _with_nearest(run, _answer(run, place, shapely.Point(e, n)))
    sites = run.sites
    for column in ("rank", "site_id", "name"):
        hit = sites[sites[column].astype(str).str.casefold() == place.strip().casefold()]
        if len(hit):
            row = hit.iloc[0]
            return _with_nearest(run, _answer(run, str(row["name"]), row.geometry, rank=int(row["rank"])))
    options = [*sites["site_id"].astype(str), *sites["name"].astype(str)]
    raise StudyError(
        Fault(
            place,
            "is no site of this run",
            allowed=f"a rank from 1 to {len(sites)}, a site_id, a name, or LON,LAT",
            remedy=nearest_spelling(place, options),
        )
    )


def _with_nearest(run: StoredRun, answer: Answer) -> Answer:
    """Name the feature behind each distance and travel time, as seen from the middle of the place."""
    named = []
    for criterion, source in zip(run.study.criteria, answer.sources, strict=True):
        nearest, accuracy = nearest_feature(run.plan, criterion.measure, answer.easting, answer.northing)
        named.append(replace(source, nearest=nearest, accuracy=accuracy or source.accuracy))
    return replace(answer, sources=tuple(named))


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


def ask_file(run: StoredRun, path: Path) -> tuple[Answer, ...]:
    """Score rivals from a file: points at their place, polygons by the run's cells inside them."""
    return _ask(run, read_rivals(path, crs=run.study.crs))


def _ask(run: StoredRun, rivals: Rivals) -> tuple[Answer, ...]:
    return tuple(
        _answer(run, name, shape, accuracy=float(far))
        for name, shape, far in zip(rivals.names, rivals.geometry, rivals.accuracy_m, strict=True)
    )


def back_test(run: StoredRun, path: Path) -> BackTest:
    """Tell where known sites fall on the surface."""
    answers = ask_file(run, path)
    known = [answer.percentile for answer in answers if not math.isnan(answer.percentile)]
    return BackTest(answers, float(np.median(known)) if known else float("nan"))


def _answer(run: StoredRun, name: str, shape: BaseGeometry, *, rank: int | None = None, accuracy: float = float("nan")) -> Answer:
    plan, study = run.plan, run.study
    e, n = _points_of(run, shape)
    scored = score_places(plan, e, n)
    parts = contributions(study.criteria, study.weights, scored.quantities, study.combination)
    off = scored.status == STATUS_OFF_AREA
    score = float("nan") if off.all() else sum(part.points for part in parts)
    failed = _failed(run, scored.status[~off])
    outside = _share_outside(run, shape)
    if outside > 0 and not off.all():
        failed = (*failed, f"off the area ({outside:.0%} of it)")
    centre = shapely.centroid(shape)
    easting, northing = float(shapely.get_x(centre)), float(shapely.get_y(centre))
    where = run.gazetteer(easting, northing)
    listed = ", ".join(failed)
    freed = bool((scored.status[~off] >> np.uint32(StatusBit.FORCED)).all())
    status = "off the area" if off.all() else (f"{'free' if freed else 'restricted'}: {listed}" if failed else "free")
    percentile = float("nan") if off.all() else percentile_below(run.sorted_scores, score)
    board = run.sites["score"].to_numpy(dtype=np.float64)
    if rank is None and not off.all() and not math.isnan(score):
        rank = int((board > round(score, _TABLE_DECIMALS)).sum()) + 1
    sources = tuple(_source(study.layers[criterion.measure.layer]) for criterion in study.criteria)
    return Answer(
        name,
        where.name,
        where.region,
        where.grid_ref,
        where.lon,
        where.lat,
        easting,
        northing,
        score,
        percentile,
        status,
        failed,
        rank,
        parts,
        sources,
        _reason(run, parts, score, failed, rank=rank, off_area=bool(off.all())),
        len(e),
        _best_near(run, easting, northing, accuracy, percentile),
    )


def _points_of(run: StoredRun, shape: BaseGeometry) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give the places that stand for a shape: itself for a point; the centres of the cells inside it for an area, or a point inside."""
    grid = run.plan.grid
    if shapely.get_dimensions(shape) == _AN_AREA:
        west, south, east, north = shapely.bounds(shape)
        (r0, r1), (c0, c1) = grid.cells_at(np.array([west, east]), np.array([north, south]))
        rows, cols = np.mgrid[max(r0, 0) : min(r1 + 1, grid.rows), max(c0, 0) : min(c1 + 1, grid.cols)]
        e, n = grid.centres(rows.ravel(), cols.ravel())
        inside = shapely.contains_xy(shape, e, n)
        on_area = inside & PointPlaces(e, n).inside(run.plan.rings) if inside.any() else inside
        if on_area.any():  # what lies off the area is told as a share, and scored only where nothing lies on it
            return e[on_area], n[on_area]
        if inside.any():
            return e[inside], n[inside]
        shape = shapely.point_on_surface(shape)
    middle = shapely.centroid(shape)
    return np.array([shapely.get_x(middle)]), np.array([shapely.get_y(middle)])


def _share_outside(run: StoredRun, shape: BaseGeometry) -> float:
    """Give the share of an area that lies outside the area studied, to a thousandth; 0 for a point."""
    whole = float(shapely.area(shape))
    return round(1.0 - float(shapely.area(shapely.intersection(shape, run.plan.area))) / whole, 3) if whole > 0 else 0.0


def _failed(run: StoredRun, status: NDArray[np.uint32]) -> tuple[str, ...]:
    names: list[tuple[int, str]] = [
        (StatusBit.UNKNOWN, "unknown data"),
        (StatusBit.UNREACHABLE, "unreachable over the network (costs points, excludes nothing)"),
    ]
    names += [(bit, name) for name, bit in rule_bits(run.study.constraints).items()]
    names.append((StatusBit.FORCED, f"freed by force: {', '.join(rule.name for rule in run.study.constraints if rule.force)}"))
    out = []
    for bit, name in names:
        share = float(((status >> np.uint32(bit)) & np.uint32(1)).mean()) if status.size else 0.0
        if share > 0:
            out.append(name if share == 1 else f"{name} ({share:.0%} of it)")
    return tuple(out)


def _source(layer: Layer) -> Source:
    accuracy: Accuracy = layer.accuracy
    return Source(layer.name, layer.title, layer.publisher, layer.vintage, accuracy.text())


def _reason(
    run: StoredRun, parts: tuple[Contribution, ...], score: float, failed: tuple[str, ...], *, rank: int | None, off_area: bool
) -> str:
    """Say in one sentence what decides: a rule, what is unknown, or the criteria that cost most against the best area."""
    if off_area:
        return "It lies outside the area that was studied, so it has no place in its ranking."
    if math.isnan(score):
        unknown = [part.criterion for part in parts if math.isnan(part.points)]
        return f"It has no score, because {', '.join(repr(name) for name in unknown)} is unknown there."
    if run.sites.empty:
        return "The run found no area to compare it with."
    best = run.sites.iloc[0]
    gaps = sorted(((float(best[f"{part.slug}_contribution"]) - part.points, part) for part in parts), key=lambda gap: -gap[0])
    rule = f" It also fails: {', '.join(failed)}." if failed else ""
    lead = float(best["score"]) - score
    if lead <= _SAME_SCORE:
        if rank == 1:
            return f"It is the best area found.{rule}"
        return f"It matches or beats the best area found ({best['name']}, {best['score']:.1f}).{rule}"
    most, part = gaps[0]
    text = f"It scores {lead:.1f} points less than the best area ({best['name']}), most of it on '{part.criterion}' "
    text += f"({format_quantity(part.value, part.unit)}, {most:.1f} points less)"
    if len(gaps) > 1 and gaps[1][0] > _WORTH_A_WORD:
        text += f", then '{gaps[1][1].criterion}' ({gaps[1][0]:.1f})"
    return text + "." + rule


def _best_near(run: StoredRun, easting: float, northing: float, accuracy: float, percentile: float) -> float:
    """Give the percentile of the best scored cell whose centre lies within the accuracy of a position."""
    if math.isnan(accuracy) or accuracy <= 0:
        return percentile
    grid = run.plan.grid
    reach = math.ceil(accuracy / grid.cell) + 1
    row, col = (int(v[0]) for v in grid.cells_at(np.array([easting]), np.array([northing])))
    r0, r1 = max(row - reach, 0), min(row + reach + 1, grid.rows)
    c0, c1 = max(col - reach, 0), min(col + reach + 1, grid.cols)
    if r0 >= r1 or c0 >= c1:
        return percentile
    rows, cols = np.mgrid[r0:r1, c0:c1]
    e, n = grid.centres(rows, cols)
    near = run.score[r0:r1, c0:c1][np.hypot(e - easting, n - northing) <= accuracy]
    near = near[~np.isnan(near)]
    if not near.size:
        return percentile
    return float(np.nanmax([percentile_below(run.sorted_scores, float(near.max())), percentile]))
