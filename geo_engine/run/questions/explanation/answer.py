"""What a finished run says of a place: score, percentile, rank, rules failed, and what adds up to the score."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo_engine.decide import contributions, percentile_below
from geo_engine.model import STATUS_OFF_AREA, Accuracy, Contribution, Layer, NeedAnswer, SiteReadiness, StatusBit, rule_bits
from geo_engine.run.questions.explanation.cells import points_of, share_outside
from geo_engine.run.questions.explanation.change import Change
from geo_engine.run.questions.explanation.sureness import Sureness
from geo_engine.run.questions.stored import StoredRun
from geo_engine.run.tiles import score_places
from geo_engine.units import format_quantity

__all__ = ["Answer", "Source", "answer_for"]

_TABLE_DECIMALS = 4
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
    cells : int
        How many of the run's cells stand for it.
    change : Change or None
        What would have to change for another rank; None where that was not asked for.
    needs : tuple of NeedAnswer
        What is there of each need; empty where that was not asked for.
    readiness : SiteReadiness or None
        Its marks; None where that was not asked for, or the study has no ``[readiness]``.
    missing : tuple of mapping
        What is to be done about what is not green, as rows of ``missing.csv``.
    sureness : Sureness or None
        How sure its rank is; None where that was not asked for.
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
    change: Change | None = None
    needs: tuple[NeedAnswer, ...] = ()
    readiness: SiteReadiness | None = None
    missing: tuple[Mapping[str, str | float | None], ...] = ()
    sureness: Sureness | None = None


def answer_for(run: StoredRun, name: str, shape: BaseGeometry, *, rank: int | None = None) -> Answer:
    """Tell what a run says of a shape.

    Parameters
    ----------
    run : StoredRun
        The run.
    name : str
        What the answer calls the place.
    shape : shapely geometry
        A point or an area in study coordinates.
    rank : int, optional
        Its rank as a site of the run; by default the one it would have among them.
    """
    plan, study = run.plan, run.study
    e, n, weights = points_of(run, shape)
    scored = score_places(plan, e, n)
    parts = contributions(study.criteria, study.weights, scored.quantities, study.combination, weights)
    off = scored.status == STATUS_OFF_AREA
    # As the surface is made: land with the same score is not below.
    score = float("nan") if off.all() else float(np.sum(weights * scored.score))
    failed = _failed(run, scored.status[~off], weights[~off])
    outside = share_outside(run, shape)
    if outside > 0 and not off.all():
        failed = (*failed, f"off the area ({outside:.0%} of it)")
    centre = shapely.centroid(shape)
    easting, northing = float(shapely.get_x(centre)), float(shapely.get_y(centre))
    where = run.gazetteer(easting, northing)
    listed = ", ".join(failed)
    freed = bool((scored.status[~off] >> np.uint32(StatusBit.FORCED)).all())
    status = "off the area" if off.all() else (f"{'free' if freed else 'restricted'}: {listed}" if failed else "free")
    percentile = percentile_below(run.sorted_scores, score)
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
    )


def _failed(run: StoredRun, status: NDArray[np.uint32], weights: NDArray[np.float64]) -> tuple[str, ...]:
    names: list[tuple[int, str]] = [
        (StatusBit.UNKNOWN, "unknown data"),
        (StatusBit.UNREACHABLE, "unreachable over the network (costs points, excludes nothing)"),
    ]
    names += [(bit, name) for name, bit in rule_bits(run.study.constraints).items()]
    names.append((StatusBit.FORCED, f"freed by force: {', '.join(rule.name for rule in run.study.constraints if rule.force)}"))
    out = []
    for bit, name in names:
        fails = (status >> np.uint32(bit) & np.uint32(1)).astype(np.bool_)
        if fails.any():
            out.append(name if fails.all() else f"{name} ({weights[fails].sum() / weights.sum():.0%} of it)")
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
    one = run.study.sites.one
    if run.sites.empty:
        return f"The run found no {one} to compare it with."
    best = run.sites.iloc[0]
    gaps = sorted(((float(best[f"{part.slug}_contribution"]) - part.points, part) for part in parts), key=lambda gap: -gap[0])
    rule = f" It also fails: {', '.join(failed)}." if failed else ""
    lead = float(best["score"]) - score
    if lead <= _SAME_SCORE:
        if rank == 1:
            return f"It is the best {one} found.{rule}"
        return f"It matches or beats the best {one} found ({best['name']}, {best['score']:.1f}).{rule}"
    most, part = gaps[0]
    text = f"It scores {lead:.1f} points less than the best {one} ({best['name']}), most of it on '{part.criterion}' "
    text += f"({format_quantity(part.value, part.unit)}, {most:.1f} points less)"
    if len(gaps) > 1 and gaps[1][0] > _WORTH_A_WORD:
        text += f", then '{gaps[1][1].criterion}' ({gaps[1][0]:.1f})"
    return text + "." + rule
