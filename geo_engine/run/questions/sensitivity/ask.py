"""Ask a run how its ranking hangs on its inputs: from what it recorded, whatever has become of study and layers since."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from geo_engine.decide import criterion_utility
from geo_engine.decide.combine import shared_ranks
from geo_engine.decide.robustness import (
    TEN_BEST,
    THRESHOLDS_BY,
    WEIGHTS_BY,
    Reversal,
    morris_effects,
    one_at_a_time,
    rank_model,
    reversals_by_addition,
    reversals_by_removal,
    site_scores,
    sobol_indices,
)
from geo_engine.errors import Fault, RunError, StudyError, nearest_spelling
from geo_engine.model import Move
from geo_engine.publish import moved_input
from geo_engine.run.comparing.recorded import RecordedRun, read_run
from geo_engine.run.questions.explanation import Answer
from geo_engine.run.questions.sensitivity.answer import (
    InputMoved,
    MethodReversals,
    SensitivityAnswer,
    Standing,
    Turned,
    Variance,
    WeightEffect,
)

__all__ = ["ask_sensitivity"]

Float = NDArray[np.float64]

_JUDGED = 50  # of the best sites, for rank reversal: each is taken away, and each copied, under a dozen methods
_SAMPLES = 1024  # of a Sobol sequence
_SEED = 1


def ask_sensitivity(
    folder: Path,
    place: str = "1",
    *,
    weights_by: float = WEIGHTS_BY,
    thresholds_by: float = THRESHOLDS_BY,
    variance: Literal["sobol", "morris"] | None = None,
    of: Literal["score", "margin", "rank"] = "margin",
    rivals: Sequence[Answer] = (),
) -> SensitivityAnswer:
    """Tell what each input of a study does to the ranking that a run found.

    Parameters
    ----------
    folder : Path
        Of a finished run.
    place : str
        Rank, id or name of one of its sites; the first by default.
    weights_by, thresholds_by : float
        How far to move, as shares above 0.
    variance : {'sobol', 'morris'} or None
        Whether to ask, too, which weights the spread of an answer comes from.
    of : {'score', 'margin', 'rank'}
        That answer, see `geo_engine.decide.robustness.rank_model`.
    rivals : sequence of Answer
        Sites that may come, as `geo_engine.run.ask_file` scores them; those without a score are left out.

    Raises
    ------
    RunError
        If the folder holds no whole run, or one without a site; if SALib is asked for and not installed.
    StudyError
        If there is no such site, or no other one to keep a margin to; if rivals are judged by other criteria than those of the run.
    """
    run = read_run(folder)
    if not run.sites:
        raise RunError(Fault(str(folder), "the run found no area: there is no ranking to hang on anything", remedy="run the study again"))
    number = _number(run, place)
    cells = np.array([len(site.eastings) for site in run.sites], np.int64)
    laid = np.concatenate([site.quantities for site in run.sites], axis=1)
    utilities = np.stack([criterion_utility(criterion, quantity) for criterion, quantity in zip(run.criteria, laid, strict=True)], axis=1)
    now = site_scores(utilities, run.weights, combination=run.combination, cells=cells)
    found = one_at_a_time(
        run.criteria,
        run.weights,
        [site.quantities for site in run.sites],
        combination=run.combination,
        weights_by=weights_by,
        thresholds_by=thresholds_by,
    )
    means = np.add.reduceat(utilities, np.cumsum(cells) - cells, axis=0)[:_JUDGED] / cells[:_JUDGED, None]
    scores, ranks = now.tolist(), shared_ranks(now).tolist()
    return SensitivityAnswer(
        site=_standing(run, number, scores, ranks),
        leading=tuple(_standing(run, k, scores, ranks) for k in range(min(TEN_BEST, len(run.sites)))),
        sites=len(run.sites),
        weights_by=weights_by,
        thresholds_by=thresholds_by,
        moves=tuple(_told(run, move, number) for move in found),
        judged=len(means),
        reversals=_reversals(run, means, rivals),
        variance=_variance(run, utilities, cells, number, variance, of, weights_by) if variance else None,
    )


def _number(run: RecordedRun, place: str) -> int:
    """Find a site by rank, id or name."""
    wanted = place.strip().casefold()
    for name_of in (lambda site: str(site.rank), lambda site: site.site_id, lambda site: site.name):
        for number, site in enumerate(run.sites):
            if name_of(site).casefold() == wanted:
                return number
    options = [name for site in run.sites for name in (site.site_id, site.name)]
    allowed = f"a rank from 1 to {len(run.sites)}, a site_id, or a name"
    raise StudyError(Fault(place, "is no site of this run", allowed=allowed, remedy=nearest_spelling(place, options)))


def _standing(run: RecordedRun, number: int, scores: Sequence[float], ranks: Sequence[int]) -> Standing:
    site = run.sites[number]
    return Standing(site.site_id, site.name, scores[number], ranks[number])


def _told(run: RecordedRun, move: Move, number: int) -> InputMoved:
    criterion, first = run.criteria[move.criterion], run.sites[move.leader]
    before, after, unit = moved_input(criterion, move)
    return InputMoved(
        criterion=criterion.name,
        slug=criterion.slug,
        input=move.what,
        moved_by=move.moved_by,
        before=before,
        after=after,
        unit=unit,
        first_id=first.site_id,
        first_name=first.name,
        ten_best_kept=move.kept,
        kendall_tau=move.tau,
        site=_standing(run, number, move.scores, move.ranks),
        leading=tuple(_standing(run, k, move.scores, move.ranks) for k in range(min(TEN_BEST, len(run.sites)))),
    )


def _reversals(run: RecordedRun, means: Float, rivals: Sequence[Answer]) -> tuple[MethodReversals, ...]:
    """Take sites away, put a copy of each beside it (Belton and Gear's case, Omega 11, 1983), and let rivals come."""
    names = [site.name for site in run.sites]
    come = [rival for rival in rivals if not math.isnan(rival.score)]
    keys = [criterion.slug for criterion in run.criteria]
    if any([part.slug for part in rival.contributions] != keys for rival in come):
        raise StudyError(
            Fault(str(run.folder), "the study has other criteria now, by which rivals are judged", remedy="run the study again")
        )
    added = np.array([[part.utility for part in rival.contributions] for rival in come]).reshape(len(come), means.shape[1])
    removed = reversals_by_removal(means, run.weights, own=run.combination)
    copied = reversals_by_addition(means, run.weights, means, own=run.combination)
    new = reversals_by_addition(means, run.weights, added, own=run.combination)

    def told(found: Mapping[str, tuple[Reversal, ...]], method: str, causes: Sequence[str]) -> tuple[Turned, ...]:
        return tuple(Turned(causes[each.cause], names[each.better], names[each.worse]) for each in found[method])

    guests = [rival.name for rival in come]
    return tuple(
        MethodReversals(method, told(removed, method, names), told(copied, method, names), told(new, method, guests)) for method in removed
    )


def _variance(
    run: RecordedRun,
    utilities: Float,
    cells: NDArray[np.int64],
    number: int,
    method: Literal["sobol", "morris"],
    of: Literal["score", "margin", "rank"],
    by: float,
) -> Variance:
    """Draw each weight evenly between a share below and a share above itself, and ask where the answer's spread comes from."""
    if of == "margin" and len(run.sites) == 1:
        raise StudyError(Fault("--of margin", "the run found one area, which has no other to keep a margin to", remedy="ask --of score"))
    weighted = [k for k, weight in enumerate(run.weights) if weight > 0]
    low = [run.weights[k] * (1.0 - by) for k in weighted]
    high = [run.weights[k] * (1.0 + by) for k in weighted]
    stands = rank_model(utilities, number, of, combination=run.combination, cells=cells)

    def model(rows: Float) -> Float:
        weights = np.zeros((len(rows), len(run.weights)))
        weights[:, weighted] = rows
        return stands(weights)

    told: list[WeightEffect] = []
    if method == "sobol":
        sobol = sobol_indices(model, low, high, samples=_SAMPLES, seed=_SEED)
        figures = np.stack([sobol.first, sobol.first_error, sobol.total, sobol.total_error], axis=1).tolist()
        order = np.argsort(-sobol.total, kind="stable").tolist()
        keys: tuple[str, ...] = ("first", "first_error", "total", "total_error")
    else:
        morris = morris_effects(model, low, high, seed=_SEED)
        figures = np.stack([morris.mean, morris.spread], axis=1).tolist()
        order = np.argsort(-morris.mean, kind="stable").tolist()
        keys = ("mean", "spread")
    for k in order:
        criterion = run.criteria[weighted[k]]
        told.append(WeightEffect(criterion.name, criterion.slug, low[k], high[k], **dict(zip(keys, figures[k], strict=True))))
    return Variance(method, of, tuple(told))
