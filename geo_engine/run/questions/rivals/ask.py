"""Judge rivals from a file: points at their place, plots by their own cells exactly as a study's candidates are."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo_engine.decide import locate_areas, percentile_below
from geo_engine.measure import Plots
from geo_engine.run.places.candidates import sift
from geo_engine.run.places.land.cells import blocking, outline
from geo_engine.run.questions.explanation import Answer, answer_for
from geo_engine.run.questions.stored import StoredRun
from geo_engine.workspace import Rivals, read_rivals

__all__ = ["BestArea", "Rival", "ask_file", "ask_rivals"]

_AN_AREA = 2  # dimensions, as shapely counts them


@dataclass(frozen=True, slots=True)
class BestArea:
    """The best area of the size that the facility needs, on free land about a point.

    Parameters
    ----------
    within : float
        Metres: the centres of its cells lie no farther from the point.
    score : float
        0 to 100, the mean of the surface over it; NaN where there is no such area.
    percentile : float
        Share, in per cent, of scored land that scores lower; NaN without a score.
    easting, northing : float
        Of its middle, study CRS, metres; NaN where there is none.
    """

    within: float
    score: float
    percentile: float
    easting: float
    northing: float


@dataclass(frozen=True, eq=False)
class Rival(Answer):
    """What a run says of a rival: an `Answer`, and what only rivals are asked.

    Parameters
    ----------
    kind : str
        ``"point"``: judged at its place alone; ``"plot"``: by its own cells, each weighed by the plot's part in it.
    area_ha, usable_ha : float
        Of a plot: its hectares, and those on free land. NaN for a point.
    dropped : str
        Of a plot: why it would be no site, with the number; empty where it would be one, and for a point.
    dropped_by : str
        The rule of the study, or the key of ``[sites]``, that drops it; empty likewise.
    best_area : BestArea or None
        Of a point: the best area about it; None where neither its accuracy nor a distance is given.
    """

    kind: str = "point"
    area_ha: float = math.nan
    usable_ha: float = math.nan
    dropped: str = ""
    dropped_by: str = ""
    best_area: BestArea | None = None


def ask_file(run: StoredRun, path: Path, *, within: float | None = None) -> tuple[Rival, ...]:
    """Judge rivals from a file: points at their place, plots by their own cells and by the same sift as a study's candidates.

    Parameters
    ----------
    run : StoredRun
        The run.
    path : Path
        CSV with name and lon, lat or easting, northing, and maybe accuracy_km; or points or polygons in any vector format.
    within : float, optional
        Metres about a point in which the best area of the needed size is looked for; by default its accuracy where that is stated.

    Raises
    ------
    LayerError
        With every fault of the file.
    """
    return ask_rivals(run, read_rivals(path, crs=run.study.crs), within=within)


def ask_rivals(run: StoredRun, rivals: Rivals, *, within: float | None = None) -> tuple[Rival, ...]:
    """Judge rivals that have been read; see `ask_file`."""
    plots = Plots.made(rivals.names, rivals.geometry, run.plan.grid)
    sifted = sift(run.plan, run.surface, plots)
    told = []
    for number, (name, shape) in enumerate(zip(rivals.names, rivals.geometry, strict=True)):
        answer = answer_for(run, name, shape)
        base = {field.name: getattr(answer, field.name) for field in fields(Answer)}
        if shapely.get_dimensions(shape) == _AN_AREA:
            verdict = sifted.verdicts[number]
            area, usable = float(sifted.gross[number]) / 1e4, float(sifted.usable[number]) / 1e4
            dropped, by = (verdict.detail, verdict.rule) if verdict else ("", "")
            told.append(Rival(**base, kind="plot", area_ha=area, usable_ha=usable, dropped=dropped, dropped_by=by))
        else:
            far = within if within is not None else float(rivals.accuracy_m[number])
            told.append(Rival(**base, best_area=_best_area(run, shape, far)))
    return tuple(told)


def _best_area(run: StoredRun, point: BaseGeometry, within: float) -> BestArea | None:
    """Find the best area that the engine would locate among the cells whose centres lie near enough."""
    if math.isnan(within) or within <= 0:
        return None
    grid, search = run.plan.grid, run.study.sites
    e, n = float(shapely.get_x(point)), float(shapely.get_y(point))
    (r0, r1), (c0, c1) = grid.cells_at(np.array([e - within, e + within]), np.array([n + within, n - within]))
    window = slice(max(int(r0), 0), max(int(r1) + 1, 0)), slice(max(int(c0), 0), max(int(c1) + 1, 0))
    score, status = np.ascontiguousarray(run.surface.score[window]), run.surface.status[window]
    nothing = BestArea(within, math.nan, math.nan, math.nan, math.nan)
    if not score.size:
        return nothing
    index = np.indices(score.shape, dtype=np.int64)
    east, north = grid.centres(index[0] + window[0].start, index[1] + window[1].start)
    free: NDArray[np.bool_] = (blocking(status) == 0) & ~np.isnan(score) & (np.hypot(east - e, north - n) <= within)
    located = locate_areas(score, free, cells=run.plan.site_cells, count=1, spacing=0.0, reach=search.reach)
    if not located.areas:
        return nothing
    [best] = located.areas
    row, col = np.divmod(best.cells, score.shape[1])
    middle = shapely.centroid(outline(grid, row + window[0].start, col + window[1].start))
    place = float(shapely.get_x(middle)), float(shapely.get_y(middle))
    return BestArea(within, best.score, percentile_below(run.sorted_scores, best.score), *place)
