"""Tell where known sites fall: a study that cannot tell them from other land has little to say of new ones."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo_engine.decide import percentile_below
from geo_engine.decide.known_sites import Standing, stand
from geo_engine.errors import Fault, StudyError
from geo_engine.measure import PointPlaces
from geo_engine.publish import Curve, write_capture_plot
from geo_engine.run.questions.backtest.land import comparable_land, distances_on, nearness
from geo_engine.run.questions.backtest.redrawn import Dropped, Redrawn, drop_layers, redraw, take_sample
from geo_engine.run.questions.explanation import Answer, answer_for, best_near, points_of
from geo_engine.run.questions.stored import StoredRun
from geo_engine.workspace import Rivals, read_rivals

__all__ = ["BackTest", "Compared", "KnownSite", "back_test", "plot_back_test"]

_Scores = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class KnownSite:
    """A known site on the surface.

    Parameters
    ----------
    name, status : str
        As in `Answer`.
    score : float
        0 to 100; NaN where there is none.
    percentile : float
        Share, in per cent, of scored land that scores lower.
    best_percentile : float
        The same of the best cell whose centre lies within the stated accuracy of the position, and at least `percentile`.
    """

    name: str
    score: float
    percentile: float
    best_percentile: float
    status: str


@dataclass(frozen=True, eq=False)
class Compared:
    """Known sites against comparable land.

    Parameters
    ----------
    hectares : float
        Of that land.
    standing : Standing
        Percentiles and what follows from them.
    best_percentiles : tuple of float
        As `KnownSite.best_percentile`, one a site.
    """

    hectares: float
    standing: Standing
    best_percentiles: tuple[float, ...]


@dataclass(frozen=True, eq=False)
class BackTest:
    """Where known sites fall.

    Parameters
    ----------
    sites : tuple of KnownSite
        In the order of the file.
    standing : Standing
        Against all scored land.
    comparable : Compared or None
        Against the study's comparable land; None where it names none.
    null : Standing or None
        Of the study's null model, nearness to its features, against all scored land; None where it has none.
    draws : Redrawn
        Under other weights.
    dropped : tuple of Dropped
        Without each layer that may know the answer.
    """

    sites: tuple[KnownSite, ...]
    standing: Standing
    comparable: Compared | None
    null: Standing | None
    draws: Redrawn
    dropped: tuple[Dropped, ...]

    @property
    def median_percentile(self) -> float:
        """Of the sites that have a score; NaN without any."""
        return self.standing.median_percentile

    def document(self) -> dict[str, Any]:
        """Give what ``backtest --json`` prints."""
        comparable = None
        if self.comparable is not None:
            pairs = zip(self.sites, self.comparable.standing.percentiles, self.comparable.best_percentiles, strict=True)
            sites = [{"name": site.name, "percentile": own, "best_percentile": best} for site, own, best in pairs]
            comparable = {"hectares": self.comparable.hectares, "sites": sites, **_summary(self.comparable.standing)}
        return {
            "sites": list(self.sites),
            "median_percentile": self.median_percentile,
            "comparable": comparable,
            "null": _summary(self.null) if self.null else None,
            "draws": {"median_of_medians": self.draws.median_of_medians},
            **{key: value for key, value in _summary(self.standing).items() if key != "median_percentile"},
        }


def _summary(standing: Standing) -> dict[str, Any]:
    return {
        "median_percentile": standing.median_percentile,
        "auc": standing.auc,
        "auc_interval": standing.auc_interval,
        "lift": standing.lift,
    }


def back_test(run: StoredRun, places: Path | Rivals, *, need_comparable: bool = False) -> BackTest:
    """Tell where known sites fall on the surface of a run, and what that is worth.

    Parameters
    ----------
    run : StoredRun
        The run.
    places : Path or Rivals
        CSV with name, lon, lat and maybe accuracy_km, or points or polygons in any vector format; or places that have been read.
    need_comparable : bool
        Whether a study that does not say what land is comparable is refused.

    Raises
    ------
    LayerError
        If the file is wrong, or a layer of ``[backtest]`` cannot be read.
    StudyError
        If no land is comparable, or nothing says which is and that is needed.
    """
    if need_comparable and (run.study.backtest is None or run.study.backtest.comparable is None):
        what, remedy = "does not say what land is comparable", "add [backtest] with comparable to the study; docs/formats.md shows how"
        raise StudyError(Fault(f"studies/{run.study.path.name}", what, remedy=remedy))
    study, seed = run.study, run.study.robustness.seed
    known = places if isinstance(places, Rivals) else read_rivals(places, crs=study.crs)
    shapes: list[BaseGeometry] = list(known.geometry)
    answers = [answer_for(run, name, shape) for name, shape in zip(known.names, shapes, strict=True)]
    scores = [answer.score for answer in answers]
    near = [best_near(run, shape, float(far)) for shape, far in zip(shapes, known.accuracy_m, strict=True)]
    standing = stand(run.sorted_scores, scores, seed=seed)
    best = _best(run.sorted_scores, standing.percentiles, near)
    sites = tuple(_known(answer, own, top) for answer, own, top in zip(answers, standing.percentiles, best, strict=True))
    there = [number for number, score in enumerate(scores) if not math.isnan(score)]
    sample = take_sample(run, [shapes[number] for number in there])
    return BackTest(
        sites,
        standing,
        _compared(run, scores, near),
        _null(run, shapes, there),
        redraw(run, sample),
        drop_layers(run, sample, [known.names[number] for number in there], [shapes[number] for number in there]),
    )


def plot_back_test(run: StoredRun, test: BackTest, path: Path) -> Path:
    """Write the capture curves of a back-test as an SVG file: against all scored land, comparable land, and by the null model.

    Raises
    ------
    RunError
        If the file cannot be written.
    """
    curves = [Curve("all land", test.standing.percentiles)]
    curves += [Curve("comparable", test.comparable.standing.percentiles)] if test.comparable else []
    curves += [Curve("null model", test.null.percentiles)] if test.null else []
    return write_capture_plot(run.study.title, curves, path)


def _known(answer: Answer, percentile: float, best: float) -> KnownSite:
    return KnownSite(answer.name, answer.score, percentile, best, answer.status)


def _best(land: _Scores, percentiles: tuple[float, ...], near: list[float]) -> tuple[float, ...]:
    """Give the percentiles of the best cells near, where they are better than the sites' own or there is no own."""
    return tuple(float(np.fmax(own, percentile_below(land, score))) for own, score in zip(percentiles, near, strict=True))


def _compared(run: StoredRun, scores: list[float], near: list[float]) -> Compared | None:
    if run.study.backtest is None or run.study.backtest.comparable is None:
        return None
    kept = comparable_land(run, run.study.backtest.comparable)
    land = np.sort(run.score[kept])
    standing = stand(land, scores, seed=run.study.robustness.seed)
    return Compared(land.size * run.plan.grid.cell_area / 1e4, standing, _best(land, standing.percentiles, near))


def _null(run: StoredRun, shapes: list[BaseGeometry], there: list[int]) -> Standing | None:
    """Judge land by nearness alone: the nearer the better, a site by the mean over its cells."""
    model = run.study.backtest.null if run.study.backtest else None
    if model is None:
        return None
    metres = nearness(run, model.layer, model.where)
    land = distances_on(run, metres, ~np.isnan(run.score))
    own = [
        -float(np.sum(weights * metres(PointPlaces(e, n)), dtype=np.float64)) if number in there else math.nan
        for number, (e, n, weights) in enumerate(points_of(run, shape) for shape in shapes)
    ]
    return stand(np.sort(-land[~np.isnan(land)]), own, seed=run.study.robustness.seed)
