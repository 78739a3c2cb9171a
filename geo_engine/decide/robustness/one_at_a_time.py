"""Every input of a study moved, one at a time: the bars of a tornado, and each criterion left out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from geo_engine.decide.combine import shared_ranks
from geo_engine.decide.overlay import criterion_utility
from geo_engine.decide.robustness.sensitivity import Swing, drop_one, move_thresholds, move_weights, site_scores, thresholds_of
from geo_engine.model import Combination, Criterion, Move, WeightedSum

__all__ = ["TEN_BEST", "THRESHOLDS_BY", "WEIGHTS_BY", "kendall_tau", "one_at_a_time"]

WEIGHTS_BY = 0.25
"""How far a weight is moved unless something else is asked for: a share of it."""

THRESHOLDS_BY = 0.1
"""How far a threshold is moved unless something else is asked for: a share of the span."""

TEN_BEST = 10

_WEIGHTED_SUM = WeightedSum()


def one_at_a_time(
    criteria: Sequence[Criterion],
    weights: Sequence[float],
    sites: Sequence[NDArray[np.float32]],
    *,
    combination: Combination = _WEIGHTED_SUM,
    weights_by: float = WEIGHTS_BY,
    thresholds_by: float = THRESHOLDS_BY,
) -> tuple[Move, ...]:
    """Move each weight and each threshold down and up, and leave out each criterion.

    Parameters
    ----------
    criteria, weights : sequences
        Criteria and their shares.
    sites : sequence of float32 ndarray, shape (criteria, cells)
        What was measured at each site's cells, at least one site; best first, so that of those that share the first place the one
        that has it as it is comes first.
    combination : Combination
        How utilities become a score.
    weights_by, thresholds_by : float
        How far, see `move_weights` and `move_thresholds`.

    Returns
    -------
    tuple of Move
        By criterion: its weight down and up, each threshold down and up, the criterion left out.

    Examples
    --------
    By hand: half of the first weight, 0.6, is 0.3; then the second site has 70 points and the first 30.

    >>> from geo_engine.model import Distance, Linear
    >>> made = [Criterion(f"C{k}", Distance(layer="ports"), Linear(0.0, 1.0), w, "because") for k, w in enumerate((3, 2))]
    >>> first, second = (np.array([[a], [b]], np.float32) for a, b in ((1, 0), (0, 1)))
    >>> moves = one_at_a_time(made, [0.6, 0.4], [first, second], weights_by=0.5)
    >>> moves[0].what, moves[0].moved_by, moves[0].leader, moves[0].tau, [round(score, 9) for score in moves[0].scores]
    ('weight', -0.5, 1, -1.0, [30.0, 70.0])
    """
    cells = np.array([site.shape[1] for site in sites], np.int64)
    laid = np.concatenate(sites, axis=1)
    utilities = np.stack([criterion_utility(criterion, quantity) for criterion, quantity in zip(criteria, laid, strict=True)], axis=1)
    by_site = [tuple(site) for site in sites]
    now = shared_ranks(site_scores(utilities, weights, combination=combination, cells=cells))
    swings = (
        *((swing, weights_by) for swing in move_weights(utilities, weights, share=weights_by, combination=combination, cells=cells)),
        *((swing, thresholds_by) for swing in move_thresholds(criteria, weights, by_site, share=thresholds_by, combination=combination)),
        *((swing, 1.0) for swing in drop_one(utilities, weights, combination=combination, cells=cells)),
    )
    ordered = sorted(swings, key=lambda each: each[0].criterion)  # sorting keeps the order within a criterion
    return tuple(move for swing, by in ordered for move in _moves(swing, by, criteria[swing.criterion], weights, now))


def kendall_tau(before: NDArray[np.int64], after: NDArray[np.int64]) -> float:
    """Compare two rankings by Kendall's tau-b (Kendall, Biometrika 33, 1945): pairs in one order less pairs turned, ties allowed for.

    Parameters
    ----------
    before, after : int64 ndarray, shape (sites,)
        Ranks from 1; a site that has 0 in either is left out.

    Returns
    -------
    float
        -1 to 1; NaN where one of the rankings tells no two sites apart.

    Examples
    --------
    >>> kendall_tau(np.array([1, 2, 3]), np.array([1, 3, 2])).__round__(6)
    0.333333
    """
    known = (before > 0) & (after > 0)
    one, other = (np.sign(ranks[known][:, None] - ranks[known]) for ranks in (before, after))
    told = float((one != 0).sum()) * float((other != 0).sum())
    return float((one * other).sum()) / told**0.5 if told > 0 else float("nan")


def _moves(swing: Swing, by: float, criterion: Criterion, weights: Sequence[float], now: NDArray[np.int64]) -> Iterator[Move]:
    """Yield the two sides of a swing; of a criterion that is left out, the one without it."""
    before = weights[swing.criterion] if swing.what in {"weight", "left out"} else thresholds_of(criterion.value)[swing.what]
    best = (now > 0) & (now <= TEN_BEST)
    sides = ((-by, swing.low, swing.low_scores, swing.low_ranks), (by, swing.high, swing.high_scores, swing.high_ranks))
    for moved_by, after, scores, ranks in sides[:1] if swing.what == "left out" else sides:
        yield Move(
            swing.criterion,
            swing.what,
            moved_by,
            float(before),
            float(after),
            int(np.argmax(ranks == 1)),
            int((best & (ranks > 0) & (ranks <= TEN_BEST)).sum()),
            kendall_tau(now, ranks),
            tuple(scores.tolist()),
            tuple(ranks.tolist()),
        )
